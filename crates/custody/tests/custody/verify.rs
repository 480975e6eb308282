use std::fs;

use affiant_custody::{Trust, Verdict, Verification, describe};
use affiant_model::{Action, Digest};

use crate::{Scene, acquire, assert_intact, on, stamp, with};

/// A case that was analysed and reported on.
fn reported() -> Scene {
    let scene = Scene::with_two_exhibits();
    scene.write("tables/transmittals.parquet", "rows");
    scene.write("reports/report.pdf", "pages");
    let object = |path| describe(&scene.root(), path).unwrap();
    let mut writer = scene.writer();
    let made = vec![object("case.toml"), object("tables/transmittals.parquet")];
    writer
        .record(Action::Analyse, with(made), stamp(10))
        .unwrap();
    let made = vec![object("reports/report.pdf")];
    writer
        .record(Action::Report, with(made), stamp(11))
        .unwrap();
    drop(writer);
    scene
}

#[test]
fn an_intact_case_is_valid_in_everything_that_can_be_checked_here() {
    for scene in [Scene::empty(), Scene::with_two_exhibits(), reported()] {
        assert_intact(&scene.verify());
    }
    let mut told = 0;
    let verification =
        affiant_custody::verify(&reported().root(), &Trust::default(), &mut |bytes| {
            told += bytes
        })
        .unwrap();
    assert_eq!((told, verification.bytes), (9, 9));
    assert_eq!((verification.events, verification.exhibits), (5, 2));
}

#[test]
fn derived_files_may_be_absent_but_not_altered() {
    let scene = reported();
    fs::remove_file(scene.path("tables/transmittals.parquet")).unwrap();
    scene.write("reports/report.pdf", "other pages");
    let verification = scene.verify();
    let (verdict, message) = on(&verification, "tables/transmittals.parquet");
    assert_eq!(verdict, Verdict::NotChecked);
    assert!(message.contains("`affiant analyze`"), "{message}");
    let bad = verification.first_invalid().unwrap();
    assert_eq!(bad.subject, "reports/report.pdf");
    assert_eq!(bad.expected, Some(Digest::of(b"pages").to_hex()));
    assert_eq!(bad.found, Some(Digest::of(b"other pages").to_hex()));
}

#[test]
fn only_the_last_analysis_counts() {
    let scene = reported();
    scene.write("tables/transmittals.parquet", "more rows");
    let object = describe(&scene.root(), "tables/transmittals.parquet").unwrap();
    scene
        .writer()
        .record(Action::Analyse, with(vec![object]), stamp(12))
        .unwrap();
    let object = describe(&scene.root(), "reports/report.pdf").unwrap();
    let verification = scene.verify();
    let (verdict, message) = on(&verification, "reports");
    assert_eq!(verdict, Verdict::NotChecked);
    assert_eq!(
        message,
        "made before the last analysis (event 6); run `affiant report` again"
    );
    scene
        .writer()
        .record(Action::Report, with(vec![object]), stamp(13))
        .unwrap();
    assert_intact(&scene.verify());
}

#[test]
fn an_exhibit_that_the_last_analysis_did_not_see_is_named() {
    let scene = reported();
    acquire(&mut scene.writer(), b"gamma", 12);
    let verification = scene.verify();
    let (verdict, message) = on(&verification, "tables");
    assert_eq!(verdict, Verdict::NotChecked);
    assert_eq!(
        message,
        "E-0003 was taken in after the last analysis (event 4); run `affiant analyze` again"
    );
    assert_eq!(verification.verdict, Verdict::NotChecked);
}

#[test]
fn a_derived_file_that_the_ledger_does_not_name_is_not_passed_over() {
    let scene = reported();
    fs::create_dir_all(scene.path("reports/placeholders/more")).unwrap();
    for path in [
        "reports/expert-report.pdf",
        "reports/placeholders/more/E-0001.pdf",
        "tables/.transmittals.csv.new",
    ] {
        scene.write(path, "planted");
        let verification = scene.verify();
        let (verdict, message) = on(&verification, path);
        assert_eq!(verdict, Verdict::NotChecked, "{path}");
        assert!(message.starts_with("not named by the ledger"), "{message}");
    }
    // What an earlier analysis named, and the last does not.
    scene
        .writer()
        .record(Action::Analyse, with(Vec::new()), stamp(12))
        .unwrap();
    let verification = scene.verify();
    let (verdict, message) = on(&verification, "tables/transmittals.parquet");
    assert_eq!(verdict, Verdict::NotChecked);
    assert!(
        message.starts_with("named by event 4 (`analyse`) only"),
        "{message}"
    );
}

// Elsewhere a name must be text.
#[cfg(target_os = "linux")]
#[test]
fn what_a_link_or_a_strange_name_leads_to_is_not_passed_over() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let scene = reported();
    symlink(scene.path("evidence"), scene.path("tables/linked")).unwrap();
    let strange = scene
        .path("reports")
        .join(std::ffi::OsStr::from_bytes(b"\xff"));
    fs::create_dir(&strange).unwrap();
    fs::write(strange.join("planted.pdf"), "planted").unwrap();
    let verification = scene.verify();
    for path in ["tables/linked", "reports/\u{fffd}/planted.pdf"] {
        assert_eq!(on(&verification, path).0, Verdict::NotChecked, "{path}");
    }
    assert!(
        !verification
            .checks
            .iter()
            .any(|check| check.subject.starts_with("tables/linked/")),
        "{verification:#?}"
    );
}

#[test]
fn a_case_file_edited_after_the_analysis_makes_the_analysis_out_of_date() {
    let scene = Scene::empty();
    scene.write("case.toml", "edited");
    let (verdict, _) = on(&scene.verify(), "case.toml");
    assert_eq!(verdict, Verdict::NotChecked);

    let scene = reported();
    scene.write("case.toml", "edited");
    let verification = scene.verify();
    let (verdict, message) = on(&verification, "case.toml");
    assert_eq!(verdict, Verdict::Incomplete);
    assert!(
        message.starts_with("changed since event 4") && message.contains("analyse again"),
        "{message}"
    );
    assert_eq!(verification.verdict, Verdict::Incomplete);
}

#[test]
fn an_analysis_that_names_an_exhibit_by_another_digest_is_invalid() {
    let scene = Scene::with_two_exhibits();
    let mut object = describe(&scene.root(), "evidence/E-0001.har").unwrap();
    object.sha256 = Digest::of(b"other");
    scene
        .writer()
        .record(Action::Analyse, with(vec![object]), stamp(3))
        .unwrap();
    assert_eq!(
        on(&scene.verify(), "evidence/E-0001.har").0,
        Verdict::Invalid
    );
}

#[test]
fn a_clock_set_back_is_reported_and_contradicts_nothing() {
    let scene = Scene::empty();
    let mut writer = scene.writer();
    acquire(&mut writer, b"alpha", 9);
    acquire(&mut writer, b"beta", 4);
    drop(writer);
    let verification = scene.verify();
    let (verdict, message) = on(&verification, "custody/ledger.jsonl line 3");
    assert_eq!(verdict, Verdict::Incomplete);
    assert!(message.contains("clock"), "{message}");
    assert_eq!(scene.folder().exhibits().unwrap().len(), 2);
    acquire(&mut scene.writer(), b"gamma", 5);
}

#[test]
fn a_case_in_which_another_records_is_verified_with_a_warning() {
    let scene = Scene::with_two_exhibits();
    let writer = scene.writer();
    assert_eq!(on(&scene.verify(), "custody/lock").0, Verdict::NotChecked);
    drop(writer);
    assert_intact(&scene.verify());
}

#[test]
fn verification_changes_nothing() {
    let scene = reported();
    let ledger = scene.read("custody/ledger.jsonl");
    fs::write(scene.path("custody/ledger.jsonl"), format!("{ledger}torn")).unwrap();
    let first: Verification = scene.verify();
    assert_eq!(scene.verify(), first);
    assert_eq!(scene.read("custody/ledger.jsonl"), format!("{ledger}torn"));
}
