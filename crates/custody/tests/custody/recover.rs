//! A crash at each step of an acquisition, and what the next writer makes of it.

use std::fs;

use affiant_custody::{Error, Verdict};
use affiant_model::{Action, Digest, ExhibitId};

use crate::{Scene, acquire, assert_intact, entries, on};

/// Opens a writer and gives the note of its `recover` event.
fn recovered(scene: &Scene) -> String {
    let event = scene.writer().recovered().unwrap().clone();
    assert_eq!(event.action, Action::Recover);
    assert_eq!(scene.folder().ledger().unwrap().last(), Some(&event));
    assert_intact(&scene.verify());
    assert!(
        scene.writer().recovered().is_none(),
        "there was something left to put right"
    );
    event.note.unwrap()
}

/// Takes exhibit 2 back to where it was before it was put into place.
fn take_out_of_place(scene: &Scene) {
    fs::create_dir(scene.path("evidence/.incoming")).unwrap();
    fs::rename(
        scene.path("evidence/E-0002.har"),
        scene.path("evidence/.incoming/E-0002"),
    )
    .unwrap();
}

/// The list as it was before exhibit 2.
fn first_line_of_sums(scene: &Scene) -> String {
    let sums = scene.read("evidence/SHA256SUMS");
    sums.split_inclusive('\n').next().unwrap().to_owned()
}

#[test]
fn before_the_record_the_file_is_removed_and_named() {
    let scene = Scene::with_two_exhibits();
    fs::create_dir(scene.path("evidence/.incoming")).unwrap();
    scene.write("evidence/.incoming/E-0003", "half of a cap");
    let before = scene.verify();
    assert_eq!(
        on(&before, "evidence/.incoming/E-0003").0,
        Verdict::Incomplete
    );
    assert_eq!(before.verdict, Verdict::Incomplete);

    assert_eq!(
        recovered(&scene),
        format!(
            "`evidence/.incoming/E-0003` held 13 bytes (SHA-256 {}) of an acquisition that was never recorded: removed",
            Digest::of(b"half of a cap")
        )
    );
    assert_eq!(
        entries(&scene.path("evidence")),
        ["E-0001.har", "E-0002.har", "SHA256SUMS"]
    );
    let next = acquire(&mut scene.writer(), b"gamma", 60);
    assert_eq!(next.id, ExhibitId(3));
}

#[test]
fn an_empty_incoming_folder_is_nothing_to_record() {
    let scene = Scene::with_two_exhibits();
    fs::create_dir(scene.path("evidence/.incoming")).unwrap();
    assert_intact(&scene.verify());
    assert!(scene.writer().recovered().is_none());
    assert_intact(&scene.verify());
}

#[test]
fn a_torn_record_is_cut_off_and_its_file_removed() {
    let scene = Scene::with_two_exhibits();
    // The instant within the write of the ledger line, at every length.
    let ledger = scene.read("custody/ledger.jsonl");
    let whole = ledger[..ledger.len() - 1].rfind('\n').unwrap() + 1;
    take_out_of_place(&scene);
    let sums = first_line_of_sums(&scene);
    for cut in [whole + 1, whole + 40, ledger.len() - 2, ledger.len() - 1] {
        fs::create_dir_all(scene.path("evidence/.incoming")).unwrap();
        scene.write("evidence/.incoming/E-0002", "beta");
        scene.write("evidence/SHA256SUMS", &sums);
        scene.write("custody/ledger.jsonl", &ledger[..cut]);

        let error = scene.folder().exhibits().unwrap_err().to_string();
        assert!(error.contains("line 3"), "{error}");
        let before = scene.verify();
        assert_eq!(
            on(&before, "custody/ledger.jsonl line 3").0,
            Verdict::Incomplete
        );
        assert_eq!(before.verdict, Verdict::Incomplete, "{before:#?}");

        let note = recovered(&scene);
        let torn = Digest::of(&ledger.as_bytes()[whole..cut]);
        let bytes = cut - whole;
        assert!(
            note.contains(&format!("ended in {bytes} bytes"))
                && note.contains(&torn.to_hex())
                && note.contains("never recorded: removed"),
            "{note}"
        );
        assert_eq!(scene.folder().exhibits().unwrap().len(), 1);
    }
}

#[test]
fn after_the_record_the_exhibit_is_put_into_place() {
    let scene = Scene::with_two_exhibits();
    take_out_of_place(&scene);
    let sums = first_line_of_sums(&scene);
    scene.write("evidence/SHA256SUMS", sums);
    let before = scene.verify();
    assert_eq!(on(&before, "evidence/E-0002.har").0, Verdict::Incomplete);

    let note = recovered(&scene);
    assert!(
        note.contains("put into place as `evidence/E-0002.har`")
            && note.contains(&Digest::of(b"beta").to_hex()),
        "{note}"
    );
    assert_eq!(scene.read("evidence/E-0002.har"), "beta");
    let event = scene.folder().ledger().unwrap().pop().unwrap();
    assert_eq!(event.objects[0].exhibit, Some(ExhibitId(2)));
}

#[test]
fn after_the_move_the_list_of_digests_is_written_anew() {
    let scene = Scene::with_two_exhibits();
    let whole = scene.read("evidence/SHA256SUMS");
    let sums = first_line_of_sums(&scene);
    scene.write("evidence/SHA256SUMS", &sums);
    scene.write("evidence/.SHA256SUMS.new", "half");
    assert_eq!(scene.verify().verdict, Verdict::Incomplete);

    let note = recovered(&scene);
    assert!(
        note.contains(&Digest::of(sums.as_bytes()).to_hex()),
        "{note}"
    );
    assert!(
        note.contains("`evidence/.SHA256SUMS.new` held 4 bytes"),
        "{note}"
    );
    assert_eq!(scene.read("evidence/SHA256SUMS"), whole);

    fs::remove_file(scene.path("evidence/SHA256SUMS")).unwrap();
    assert!(recovered(&scene).contains("was absent"));
}

#[test]
fn a_crash_while_putting_right_is_put_right_in_turn() {
    let scene = Scene::with_two_exhibits();
    take_out_of_place(&scene);
    recovered(&scene);
    // The `recover` event was written, and then the machine stopped.
    take_out_of_place(&scene);
    fs::write(scene.path("custody/.ledger.jsonl.new"), "{").unwrap();
    let note = recovered(&scene);
    assert!(note.contains("put into place"), "{note}");
    assert!(note.contains("`custody/.ledger.jsonl.new`"), "{note}");
    assert_eq!(scene.folder().ledger().unwrap().len(), 5);
}

#[test]
fn a_recorded_exhibit_that_changed_before_it_was_put_into_place_is_refused() {
    let scene = Scene::with_two_exhibits();
    take_out_of_place(&scene);
    scene.write("evidence/.incoming/E-0002", "bets");
    let ledger = scene.read("custody/ledger.jsonl");
    assert!(matches!(
        scene.try_writer(),
        Err(Error::Damaged { number, .. }) if number == "E-0002"
    ));
    assert_eq!(scene.read("custody/ledger.jsonl"), ledger);
    assert_eq!(scene.read("evidence/.incoming/E-0002"), "bets");
}

#[test]
fn a_foreign_file_among_the_incoming_is_not_removed() {
    let scene = Scene::with_two_exhibits();
    fs::create_dir(scene.path("evidence/.incoming")).unwrap();
    for name in ["letter.txt", "e-3", "E-3"] {
        let path = format!("evidence/.incoming/{name}");
        scene.write(&path, "x");
        assert!(matches!(scene.try_writer(), Err(Error::Unrecorded { .. })));
        fs::remove_file(scene.path(&path)).unwrap();
    }
}
