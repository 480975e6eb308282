use std::fs;
use std::io::{self, Read};
use std::process::Command;

use affiant_custody::{Acquisition, CaseFolder, Details, Error, Means};
use affiant_model::{Action, Circumstances, Digest, ExhibitId};

use crate::{CASE, Scene, acquire, entries, har, stamp, take_in, with};

#[test]
fn an_exhibit_is_kept_byte_for_byte_and_recorded_with_its_circumstances() {
    let scene = Scene::empty();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let circumstances = Circumstances {
        custodian: Some("A. Roe".to_owned()),
        ..Circumstances::default()
    };
    let mut told = 0;
    let what = Acquisition {
        original_name: "../../etc/passwd\n.har".to_owned(),
        circumstances: circumstances.clone(),
        ..har()
    };
    let mut means = Means {
        find: &mut |_, _| None,
        secret: [1; 32],
        progress: &mut |n| told += n,
    };
    let exhibit = scene
        .writer()
        .acquire(&mut bytes.as_slice(), what, stamp(1), &mut means)
        .unwrap();

    assert_eq!(told, 3_000_000);
    assert_eq!(exhibit.id, ExhibitId(1));
    assert_eq!(exhibit.file, "E-0001.har");
    assert_eq!(exhibit.sha256, Digest::of(&bytes));
    assert_eq!(exhibit.original_name, "../../etc/passwd\n.har");
    assert_eq!(exhibit.circumstances, circumstances);
    let folder = scene.folder();
    assert_eq!(fs::read(folder.exhibit_path(&exhibit)).unwrap(), bytes);
    assert_eq!(folder.exhibits().unwrap(), std::slice::from_ref(&exhibit));
    let events = folder.ledger().unwrap();
    assert_eq!(events[0].action, Action::Open);
    assert_eq!(events[0].objects[0].sha256, Digest::of(CASE.as_bytes()));
    assert_eq!(events[1].action, Action::Acquire);
    assert_eq!(events[1].objects[0].sha256, exhibit.sha256);
    assert_eq!(
        entries(&folder.evidence_dir()),
        ["E-0001.har", "SHA256SUMS"]
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.exhibit_path(&exhibit)).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o444);
    }
}

#[test]
fn each_line_carries_the_sha256_of_the_line_before() {
    let scene = Scene::with_two_exhibits();
    let lines = scene.ledger_lines();
    let prev = |line: &str| {
        let at = line.find(r#""prev":""#).unwrap() + 8;
        line[at..at + 64].to_owned()
    };
    assert_eq!(prev(&lines[0]), "0".repeat(64));
    for pair in lines.windows(2) {
        assert_eq!(prev(&pair[1]), Digest::of(pair[0].as_bytes()).to_hex());
    }
}

#[test]
fn sha256sum_agrees() {
    let scene = Scene::with_two_exhibits();
    let evidence = scene.path("evidence");
    let run = || {
        Command::new("sha256sum")
            .args(["--strict", "-c", "SHA256SUMS"])
            .current_dir(&evidence)
            .output()
    };
    let Ok(output) = run() else {
        println!("skipped: `sha256sum` is not installed");
        return;
    };
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "E-0001.har: OK\nE-0002.har: OK\n");
    assert!(output.status.success());

    scene.write("evidence/E-0002.har", "bets");
    assert!(!run().unwrap().status.success());
}

#[test]
fn numbers_go_on_and_the_same_content_is_told() {
    let scene = Scene::with_two_exhibits();
    let mut writer = scene.writer();
    let again = acquire(&mut writer, b"alpha", 3);
    assert_eq!(again.id, ExhibitId(3));
    assert_eq!(writer.same_content(&again.sha256), Some(ExhibitId(1)));
    let new = acquire(&mut writer, b"gamma", 4);
    assert_eq!(writer.same_content(&new.sha256), Some(new.id));
    assert_eq!(writer.same_content(&Digest::of(b"delta")), None);
}

#[test]
fn an_extension_is_letters_and_digits_only() {
    let scene = Scene::empty();
    let mut writer = scene.writer();
    for (given, file) in [
        ("HAR", "E-0001.HAR"),
        ("", "E-0002.bin"),
        ("../x", "E-0003.bin"),
        ("abcdefghi", "E-0004.bin"),
        ("hä", "E-0005.bin"),
        ("7z", "E-0006.7z"),
    ] {
        let what = Acquisition {
            extension: given.to_owned(),
            ..Acquisition::default()
        };
        let exhibit = take_in(&mut writer, &mut io::empty(), what, 1).unwrap();
        assert_eq!(exhibit.file, file);
    }
}

/// Gives some bytes and then fails, as a card that is pulled out.
struct Failing(usize);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match std::mem::take(&mut self.0) {
            0 => Err(io::Error::other("pulled out")),
            n => {
                buffer[..n].fill(b'x');
                Ok(n)
            }
        }
    }
}

#[test]
fn a_source_that_fails_leaves_nothing_and_uses_up_no_number() {
    let scene = Scene::empty();
    let mut writer = scene.writer();
    let what = Acquisition {
        original_name: "card.har".to_owned(),
        ..har()
    };
    let error = take_in(&mut writer, &mut Failing(100), what, 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read `card.har` to its end: pulled out; nothing was taken in"
    );
    assert!(entries(&scene.path("evidence")).is_empty());
    assert_eq!(scene.ledger_lines().len(), 1);
    assert_eq!(acquire(&mut writer, b"alpha", 2).id, ExhibitId(1));
}

#[test]
fn a_record_that_would_be_too_long_takes_nothing_in() {
    let scene = Scene::empty();
    let mut writer = scene.writer();
    let what = Acquisition {
        original_name: "n".repeat(2 << 20),
        ..har()
    };
    let result = take_in(&mut writer, &mut io::empty(), what, 1);
    assert!(matches!(result, Err(Error::Unwritable { .. })));
    assert!(entries(&scene.path("evidence")).is_empty());
    assert_eq!(scene.ledger_lines().len(), 1);
}

#[test]
fn a_file_that_bears_the_next_number_is_not_overwritten() {
    let scene = Scene::empty();
    scene.write("evidence/E-0001.pcap", "somebody's");
    let mut writer = scene.writer();
    let result = take_in(&mut writer, &mut io::empty(), har(), 1);
    assert!(matches!(result, Err(Error::Unrecorded { .. })));
    assert_eq!(scene.read("evidence/E-0001.pcap"), "somebody's");
}

#[test]
fn a_second_writer_is_told_to_wait() {
    let scene = Scene::empty();
    let first = scene.writer();
    let error = scene.try_writer().unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("another affiant is at work in `"),
        "{error}"
    );
    drop(first);
    scene.writer();
}

#[test]
fn a_case_is_made_in_a_new_or_empty_folder_only() {
    let dir = tempfile::tempdir().unwrap();
    CaseFolder::create(dir.path(), CASE, stamp(0)).unwrap();
    let again = CaseFolder::create(dir.path(), CASE, stamp(0));
    assert!(matches!(again, Err(Error::NotEmpty { .. })));

    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("letter.txt"), "x").unwrap();
    let refused = CaseFolder::create(other.path(), CASE, stamp(0));
    assert!(matches!(refused, Err(Error::NotEmpty { .. })));
    assert_eq!(entries(other.path()), ["letter.txt"]);

    let error = CaseFolder::open(other.path()).unwrap_err().to_string();
    assert!(error.contains("`affiant new NAME`"), "{error}");
}

#[test]
fn a_case_whose_making_broke_off_is_made_again_unless_its_case_file_differs() {
    let dir = tempfile::tempdir().unwrap();
    for folder in ["custody", "evidence", "tables"] {
        fs::create_dir(dir.path().join(folder)).unwrap();
    }
    fs::write(dir.path().join("custody/lock"), "").unwrap();
    fs::write(dir.path().join("custody/.ledger.jsonl.new"), "{").unwrap();
    fs::write(dir.path().join("case.toml"), "[somebody's]\n").unwrap();
    let refused = CaseFolder::create(dir.path(), CASE, stamp(0));
    assert!(matches!(refused, Err(Error::NotEmpty { .. })));

    fs::write(dir.path().join("case.toml"), CASE).unwrap();
    let folder = CaseFolder::create(dir.path(), CASE, stamp(0)).unwrap();
    assert_eq!(folder.ledger().unwrap().len(), 1);
}

#[test]
fn a_time_is_kept_to_the_microsecond() {
    let scene = Scene::empty();
    let mut fine = stamp(1);
    fine.time += chrono::TimeDelta::nanoseconds(123_456_789);
    let event = scene
        .writer()
        .record(Action::Analyse, Details::default(), fine)
        .unwrap();
    assert_eq!(event.time.timestamp_subsec_nanos(), 123_456_000);
    assert_eq!(scene.folder().ledger().unwrap()[1], event);
}

#[test]
fn acquisition_and_recovery_are_recorded_only_by_being_done() {
    let scene = Scene::empty();
    for action in [Action::Open, Action::Acquire, Action::Recover] {
        let result = scene.writer().record(action, with(vec![]), stamp(1));
        assert!(matches!(result, Err(Error::Unwritable { .. })));
    }
    assert_eq!(scene.ledger_lines().len(), 1);
}
