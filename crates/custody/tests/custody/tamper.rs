//! What somebody may do to a case folder, and what notices it.

use std::fs;

use affiant_custody::{CaseFolder, Details, Error, Trust, Verdict};
use affiant_model::{Action, Digest};
use proptest::prelude::*;

use crate::{Scene, acquire, assert_intact, on, stamp};

/// Three exhibits and an analysis: five lines.
fn scene() -> Scene {
    let scene = Scene::with_two_exhibits();
    let mut writer = scene.writer();
    acquire(&mut writer, b"gamma", 3);
    writer
        .record(Action::Analyse, Details::default(), stamp(4))
        .unwrap();
    scene
}

/// The lines of the ledger that verification finds wrong, in order.
fn bad_lines(scene: &Scene) -> Vec<String> {
    let mut lines: Vec<_> = scene
        .verify()
        .checks
        .iter()
        .filter(|check| check.verdict == Verdict::Invalid)
        .filter_map(|check| check.subject.strip_prefix("custody/ledger.jsonl line "))
        .map(str::to_owned)
        .collect();
    lines.dedup();
    lines
}

#[test]
fn one_flipped_byte_of_an_exhibit_is_named_with_both_digests() {
    let scene = scene();
    scene.write("evidence/E-0002.har", "beua");
    let verification = scene.verify();
    assert_eq!(verification.verdict, Verdict::Invalid);
    let bad = verification.first_invalid().unwrap();
    assert_eq!(bad.subject, "evidence/E-0002.har");
    assert_eq!(bad.expected, Some(Digest::of(b"beta").to_hex()));
    assert_eq!(bad.found, Some(Digest::of(b"beua").to_hex()));
    assert_eq!(verification.count(Verdict::Invalid), 1);
}

#[test]
fn every_bad_exhibit_is_reported_not_only_the_first() {
    let scene = scene();
    scene.write("evidence/E-0001.har", "alpha and more");
    fs::remove_file(scene.path("evidence/E-0003.har")).unwrap();
    let verification = scene.verify();
    let (verdict, message) = on(&verification, "evidence/E-0001.har");
    assert_eq!(verdict, Verdict::Invalid);
    assert!(message.contains("14 bytes instead of 5 bytes"), "{message}");
    assert_eq!(on(&verification, "evidence/E-0002.har").0, Verdict::Valid);
    let (verdict, message) = on(&verification, "evidence/E-0003.har");
    assert_eq!(
        (verdict, message),
        (Verdict::Invalid, "exhibit E-0003 is absent")
    );
}

#[test]
fn two_exhibits_that_changed_places_are_both_invalid() {
    let scene = scene();
    scene.write("evidence/E-0001.har", "beta");
    scene.write("evidence/E-0002.har", "alpha");
    assert_eq!(scene.verify().count(Verdict::Invalid), 2);
}

#[test]
fn an_exhibit_altered_together_with_the_list_is_still_caught_by_the_ledger() {
    let scene = scene();
    scene.write("evidence/E-0002.har", "beua");
    let (old, new) = (Digest::of(b"beta").to_hex(), Digest::of(b"beua").to_hex());
    let sums = scene.read("evidence/SHA256SUMS").replace(&old, &new);
    scene.write("evidence/SHA256SUMS", sums);
    let verification = scene.verify();
    assert_eq!(on(&verification, "evidence/E-0002.har").0, Verdict::Invalid);
    let (verdict, message) = on(&verification, "evidence/SHA256SUMS");
    assert_eq!(verdict, Verdict::Invalid);
    assert!(message.contains("`E-0002.har`"), "{message}");

    // And with the ledger: the next line gives it away.
    let ledger = scene.read("custody/ledger.jsonl").replace(&old, &new);
    scene.write("custody/ledger.jsonl", ledger);
    assert_eq!(bad_lines(&scene), ["4"]);
}

#[test]
fn an_edited_line_is_given_away_by_the_next_with_both_digests() {
    let scene = scene();
    let mut lines = scene.ledger_lines();
    let original = Digest::of(lines[1].as_bytes());
    lines[1] = lines[1].replace("J. Doe", "J. Roe");
    scene.write_ledger(&lines);
    let verification = scene.verify();
    let bad = verification.first_invalid().unwrap();
    assert_eq!(bad.subject, "custody/ledger.jsonl line 3");
    assert!(bad.message.contains("line 2"), "{}", bad.message);
    assert_eq!(bad.expected, Some(original.to_hex()));
    assert_eq!(bad.found, Some(Digest::of(lines[1].as_bytes()).to_hex()));

    let error = scene.folder().ledger().unwrap_err().to_string();
    assert!(
        error.contains("line 3") && error.contains("affiant verify"),
        "{error}"
    );
    assert!(matches!(
        scene.try_writer(),
        Err(Error::Ledger { line: 3, .. })
    ));
}

#[test]
fn removed_repeated_and_moved_lines_are_located() {
    let change = |edit: fn(&mut Vec<String>)| {
        let scene = scene();
        let mut lines = scene.ledger_lines();
        edit(&mut lines);
        scene.write_ledger(&lines);
        bad_lines(&scene)
    };
    assert_eq!(change(|lines| drop(lines.remove(2))), ["3"]);
    assert_eq!(change(|lines| drop(lines.remove(0))), ["1"]);
    assert_eq!(change(|lines| lines.insert(2, lines[1].clone())), ["3"]);
    assert_eq!(change(|lines| lines.swap(1, 2)), ["2", "3", "4"]);
    assert_eq!(change(|lines| lines[2].insert(0, ' ')), ["3", "4"]);
    assert_eq!(change(|lines| lines[2].push('\r')), ["3", "4"]);
    assert_eq!(change(Vec::clear), ["1"]);
}

#[test]
fn an_exhibit_number_used_twice_is_invalid_even_in_a_sound_chain() {
    let scene = Scene::with_two_exhibits();
    let mut lines = scene.ledger_lines();
    lines[2] = lines[2].replace("E-0002", "E-0001");
    scene.write_ledger(&lines);
    let verification = scene.verify();
    let (verdict, message) = on(&verification, "custody/ledger.jsonl line 3");
    assert_eq!(verdict, Verdict::Invalid);
    assert!(
        message.contains("E-0001 was acquired on an earlier line"),
        "{message}"
    );
    assert_eq!(on(&verification, "evidence/E-0002.har").0, Verdict::Invalid);
}

#[test]
fn a_path_in_the_ledger_leads_nowhere_else() {
    let scene = Scene::with_two_exhibits();
    let mut lines = scene.ledger_lines();
    lines[2] = lines[2].replace("evidence/E-0002.har", "evidence/../case.toml");
    scene.write_ledger(&lines);
    assert_eq!(bad_lines(&scene), ["3"]);
    assert!(scene.folder().exhibits().is_err());
    for path in [
        "../x",
        "/etc/passwd",
        "",
        "a//b",
        "./a",
        "a/..",
        "a\\b",
        "C:x",
    ] {
        let result = affiant_custody::describe(&scene.root(), path);
        assert!(matches!(result, Err(Error::Outside { .. })), "{path}");
    }
}

#[test]
fn a_ledger_cut_at_a_line_shows_in_its_head_and_the_limit_is_stated() {
    let scene = Scene::with_two_exhibits();
    let before = scene.verify();
    let (verdict, message) = on(&before, "custody/ledger.jsonl end");
    assert_eq!(verdict, Verdict::NotChecked);
    assert!(
        message.contains("give a checkpoint that you received earlier"),
        "{message}"
    );
    assert_eq!(
        before.head,
        Some(Digest::of(scene.ledger_lines()[2].as_bytes()))
    );

    // Everything that names the last exhibit is removed with skill.
    scene.write_ledger(&scene.ledger_lines()[..2]);
    fs::remove_file(scene.path("evidence/E-0002.har")).unwrap();
    let sums = scene.read("evidence/SHA256SUMS");
    scene.write(
        "evidence/SHA256SUMS",
        sums.split_inclusive('\n').next().unwrap(),
    );
    let after = scene.verify();
    assert_intact(&after);
    assert_ne!(after.head, before.head);
}

#[test]
fn a_file_that_was_never_acquired_is_invalid() {
    let scene = scene();
    scene.write("evidence/E-0004.har", "delta");
    let verification = scene.verify();
    let bad = verification.first_invalid().unwrap();
    assert_eq!(bad.subject, "evidence/E-0004.har");
    assert!(bad.message.contains("does not know"), "{}", bad.message);
}

#[test]
fn the_list_of_digests_is_compared_line_by_line() {
    let scene = scene();
    let sums = scene.read("evidence/SHA256SUMS");
    let check = |text: &str| {
        scene.write("evidence/SHA256SUMS", text);
        let verification = scene.verify();
        let (verdict, message) = on(&verification, "evidence/SHA256SUMS");
        assert_eq!(verdict, Verdict::Invalid, "{message}");
        message.to_owned()
    };
    let without_second: String = sums
        .lines()
        .filter(|l| !l.contains("E-0002"))
        .fold(String::new(), |text, line| text + line + "\n");
    assert_eq!(check(&without_second), "`E-0002.har` is not listed");
    let added = format!("{sums}{}  E-0009.har\n", "0".repeat(64));
    assert!(check(&added).contains("`E-0009.har` is listed"));
    check(&format!("{sums}{}", sums.lines().next().unwrap()));
    check(&sums.replace('\n', "\r\n"));
    check(sums.trim_end());
}

#[test]
fn a_missing_ledger_is_a_finding_and_not_a_refusal() {
    let scene = scene();
    fs::remove_file(scene.path("custody/ledger.jsonl")).unwrap();
    let verification = scene.verify();
    assert_eq!(
        on(&verification, "custody/ledger.jsonl").0,
        Verdict::Invalid
    );
    assert_eq!(verification.head, None);
    assert!(matches!(
        CaseFolder::open(&scene.root()),
        Err(Error::NotACase { .. })
    ));
    let nowhere = affiant_custody::verify(&scene.path("tables"), &Trust::default(), &mut |_| {});
    assert!(matches!(nowhere, Err(Error::NotACase { .. })));
}

#[cfg(unix)]
#[test]
fn a_link_is_refused_wherever_it_stands() {
    use std::os::unix::fs::symlink;
    for path in [
        "evidence/E-0001.har",
        "evidence/SHA256SUMS",
        "evidence/E-0009.har",
        "evidence",
        "custody/ledger.jsonl",
        "custody",
    ] {
        let scene = Scene::with_two_exhibits();
        let aside = scene.dir.path().join("aside");
        // The link leads to the very same bytes.
        if scene.path(path).exists() {
            fs::rename(scene.path(path), &aside).unwrap();
        } else {
            fs::write(&aside, "x").unwrap();
        }
        symlink(&aside, scene.path(path)).unwrap();
        let writer = CaseFolder::open(&scene.root()).and_then(|f| f.writer(&mut || stamp(9)));
        assert!(matches!(writer, Err(Error::NotOrdinary { .. })), "{path}");
        let verification = scene.verify();
        assert_eq!(verification.verdict, Verdict::Invalid, "{path}");
    }
    let scene = Scene::with_two_exhibits();
    fs::remove_file(scene.path("custody/lock")).unwrap();
    symlink("/nowhere", scene.path("custody/lock")).unwrap();
    assert!(matches!(scene.try_writer(), Err(Error::NotOrdinary { .. })));
    fs::remove_dir(scene.path("tables")).unwrap();
    symlink(scene.path("evidence"), scene.path("tables")).unwrap();
    let result = affiant_custody::describe(&scene.root(), "tables/E-0001.har");
    assert!(matches!(result, Err(Error::NotOrdinary { .. })));
}

#[test]
fn every_single_byte_of_the_ledger_counts() {
    let scene = scene();
    let ledger = fs::read(scene.path("custody/ledger.jsonl")).unwrap();
    let head = scene.verify().head;
    let config = ProptestConfig::with_cases(400);
    proptest!(config, |(at in 0..ledger.len(), byte in any::<u8>())| {
        prop_assume!(ledger[at] != byte);
        let mut changed = ledger.clone();
        changed[at] = byte;
        scene.write("custody/ledger.jsonl", &changed);
        let verification = scene.verify();
        // In the last line a change may show in the head alone.
        let last = ledger[..ledger.len() - 1].iter().rposition(|b| *b == b'\n').unwrap();
        if at <= last {
            prop_assert_eq!(verification.verdict, Verdict::Invalid);
        } else {
            prop_assert!(
                verification.verdict >= Verdict::Incomplete || verification.head != head
            );
        }
    });
}
