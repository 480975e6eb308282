//! Sources that change, go or cannot be read, and two commands at once.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{HAR, acme, code, goes_on, intake, names, said, words};
use crate::support::{at_once, can_strace, files, under_strace};

#[test]
fn a_source_that_changes_while_it_is_read_is_not_taken_in() {
    let folder = acme();
    let here = folder.path();
    let ledger = fs::read(here.join("acme/custody/ledger.jsonl")).unwrap();
    let path = here.join("growing.log");
    fs::write(&path, vec![b'x'; 48 << 20]).unwrap();
    let ended = AtomicBool::new(false);
    let output = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = OpenOptions::new().append(true).open(&path).unwrap();
            while !ended.load(Ordering::Relaxed) {
                file.write_all(b"more\n").unwrap();
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        });
        let output = intake(here, &["growing.log"]);
        ended.store(true, Ordering::Relaxed);
        output
    });
    let message = said(&output);
    assert_eq!(code(&output), 2, "{message}");
    assert!(
        message.contains("growing.log` to its end: it changed while it was read")
            && message.contains("nothing was taken in"),
        "{message}"
    );
    assert_eq!(names(here), ["first.har"]);
    assert!(
        files(&here.join("acme"))
            .keys()
            .all(|path| !path.contains("E-0002"))
    );
    goes_on(here, &ledger);
    // It stands still now.
    assert_eq!(code(&intake(here, &["growing.log"])), 3);
    assert_eq!(names(here), ["first.har", "growing.log"]);
}

/// An intake that waits for the rest of its standard input, and holds the lock.
struct Waiting(std::process::Child);

impl Waiting {
    fn begin(here: &Path, files: &[&str]) -> Self {
        let mut command = at_once(here, &words(files));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // More than is looked at before the copy is begun.
        let blank = vec![b' '; 1 << 20];
        let input = child.stdin.as_mut().unwrap();
        input.write_all(HAR.as_bytes()).unwrap();
        input.write_all(&blank).unwrap();
        while !here.join("acme/evidence/.incoming/E-0002").exists() {
            assert!(child.try_wait().unwrap().is_none(), "the intake has ended");
            std::thread::yield_now();
        }
        Self(child)
    }

    /// Lets it have the end of its input.
    fn end(self) -> Output {
        self.0.wait_with_output().unwrap()
    }
}

#[test]
fn of_two_commands_on_one_case_the_second_is_sent_away_and_nothing_is_lost() {
    let folder = acme();
    let here = folder.path();
    let ledger = fs::read(here.join("acme/custody/ledger.jsonl")).unwrap();
    let waiting = Waiting::begin(here, &["-"]);
    let second = words(&["second.har"]);
    for arguments in [
        second.as_slice(),
        &["note", "acme", "x"],
        &["delete", "acme", "E-0001", "--reason", "x"],
    ] {
        let refused = at_once(here, arguments).output().unwrap();
        let message = said(&refused);
        assert_eq!(code(&refused), 2, "{message}");
        assert!(
            message.contains("another affiant is at work in `acme`"),
            "{message}"
        );
    }
    assert!(fs::read(here.join("acme/custody/ledger.jsonl")).unwrap() == ledger);
    let verified = at_once(here, &["verify", "--quick", "acme"])
        .output()
        .unwrap();
    let message = said(&verified);
    assert_eq!(code(&verified), 4, "{message}");
    assert!(
        message.contains("another affiant is recording"),
        "{message}"
    );
    let first = waiting.end();
    assert_eq!(code(&first), 0, "{}", said(&first));
    assert_eq!(code(&intake(here, &["second.har"])), 0);
    assert_eq!(names(here), ["first.har", "stdin.bin", "second.har"]);
    goes_on(here, &ledger);
}

#[test]
fn a_source_of_a_folder_that_is_gone_is_named_and_the_others_are_taken_in() {
    let folder = acme();
    let here = folder.path();
    let ledger = fs::read(here.join("acme/custody/ledger.jsonl")).unwrap();
    let waiting = Waiting::begin(here, &["-", "captures", "second.har"]);
    fs::remove_file(here.join("captures/a.har")).unwrap();
    let output = waiting.end();
    let message = said(&output);
    assert_eq!(code(&output), 3, "{message}");
    assert!(
        message.contains("not taken in: captures/a.har: "),
        "{message}"
    );
    assert_eq!(
        names(here),
        ["first.har", "stdin.bin", "captures/b.txt", "second.har"]
    );
    goes_on(here, &ledger);
}

#[test]
fn a_source_of_a_folder_that_cannot_be_read_is_named_and_the_others_are_taken_in() {
    if !can_strace() {
        return;
    }
    for (name, error) in [("openat", "EACCES"), ("read", "EIO")] {
        let folder = acme();
        let here = folder.path();
        let ledger = fs::read(here.join("acme/custody/ledger.jsonl")).unwrap();
        let path = here.join("captures/a.har");
        let path = fs::canonicalize(path).unwrap();
        let filter = format!("trace={name}");
        let inject = format!("inject={name}:error={error}");
        let options = [
            "-qq",
            "-f",
            "-o",
            "/dev/null",
            "-P",
            path.to_str().unwrap(),
            "-e",
            &filter,
            "-e",
            &inject,
        ];
        let captures = path.parent().unwrap().to_str().unwrap();
        let output = under_strace(here, &options, &words(&[captures, "second.har"]))
            .output()
            .unwrap();
        let message = said(&output);
        assert_eq!(code(&output), 3, "{error}: {message}");
        assert!(
            message.contains("not taken in: captures/a.har: "),
            "{error}: {message}"
        );
        assert_eq!(
            names(here),
            ["first.har", "captures/b.txt", "second.har"],
            "{error}"
        );
        goes_on(here, &ledger);
    }
}
