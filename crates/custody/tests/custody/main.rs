//! The case folder as its users meet it: taken in, broken off, tampered with, verified.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod acquire;
mod derived;
mod recover;
mod signed;
mod tamper;
mod verify;

use std::fs;
use std::path::{Path, PathBuf};

use affiant_custody::{
    Acquisition, CaseFolder, Details, Error, Means, Stamp, Trust, Verdict, Verification, Writer,
};
use affiant_model::{Actor, CustodyObject, Exhibit, Tool};
use chrono::{DateTime, TimeDelta};

const CASE: &str = "[matter]\nname = \"acme\"\n";

/// A stamp of minute `n`.
fn stamp(n: u8) -> Stamp {
    Stamp {
        time: DateTime::from_timestamp(1_583_000_000, 0).unwrap() + TimeDelta::minutes(n.into()),
        clock: "system".to_owned(),
        clock_offset: None,
        beacon: None,
        authority: None,
        machine: None,
        nonce: [n; 16],
        actor: Actor {
            name: "J. Doe".to_owned(),
            role: "examiner".to_owned(),
        },
        tool: Tool {
            name: "affiant".to_owned(),
            version: "0.1.0".to_owned(),
            sha256: None,
        },
    }
}

/// A case folder that is removed with the test.
struct Scene {
    dir: tempfile::TempDir,
}

impl Scene {
    /// An opened case without exhibits.
    fn empty() -> Self {
        let scene = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        CaseFolder::create(&scene.root(), CASE, stamp(0)).unwrap();
        scene
    }

    /// A case with the exhibits `alpha` and `beta`.
    fn with_two_exhibits() -> Self {
        let scene = Self::empty();
        let mut writer = scene.writer();
        acquire(&mut writer, b"alpha", 1);
        acquire(&mut writer, b"beta", 2);
        scene
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("acme")
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.root().join(relative)
    }

    fn folder(&self) -> CaseFolder {
        CaseFolder::open(&self.root()).unwrap()
    }

    fn writer(&self) -> Writer {
        self.try_writer().unwrap()
    }

    fn try_writer(&self) -> Result<Writer, Error> {
        self.folder().writer(&mut || stamp(50))
    }

    fn verify(&self) -> Verification {
        affiant_custody::verify(&self.root(), &Trust::default(), &mut |_| {}).unwrap()
    }

    fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap()
    }

    /// Writes a file although it is write-protected, as a tamperer would.
    fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) {
        let _ = fs::remove_file(self.path(relative));
        fs::write(self.path(relative), bytes).unwrap();
    }

    fn ledger_lines(&self) -> Vec<String> {
        self.read("custody/ledger.jsonl")
            .lines()
            .map(str::to_owned)
            .collect()
    }

    fn write_ledger(&self, lines: &[String]) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        self.write("custody/ledger.jsonl", text);
    }
}

fn acquire(writer: &mut Writer, mut bytes: &[u8], n: u8) -> Exhibit {
    take_in(writer, &mut bytes, har(), n).unwrap()
}

/// What is stated of a capture.
fn har() -> Acquisition {
    Acquisition {
        original_name: "capture.har".to_owned(),
        extension: "har".to_owned(),
        format: "har".to_owned(),
        ..Acquisition::default()
    }
}

/// An event about these files.
fn with(objects: Vec<CustodyObject>) -> Details {
    Details {
        objects,
        ..Details::default()
    }
}

/// Takes a source in; it has no exchanges.
fn take_in(
    writer: &mut Writer,
    source: &mut dyn std::io::Read,
    what: Acquisition,
    n: u8,
) -> Result<Exhibit, Error> {
    let mut means = Means {
        find: &mut |_, _| None,
        secret: [n; 32],
        progress: &mut |_| {},
    };
    writer.acquire(source, what, stamp(n), &mut means)
}

/// The only checks that an intact folder without signatures does not pass:
/// that nothing is signed, and what a chain cannot show.
fn assert_intact(verification: &Verification) {
    let other: Vec<_> = verification
        .checks
        .iter()
        .filter(|check| check.verdict != Verdict::Valid)
        .collect();
    let subjects: Vec<_> = other.iter().map(|check| check.subject.as_str()).collect();
    assert_eq!(
        subjects,
        ["custody/checkpoints", "custody/ledger.jsonl end"],
        "{other:#?}"
    );
    assert_eq!(verification.verdict, Verdict::NotChecked);
}

/// The worst verdict on `subject`, and its message.
fn on<'a>(verification: &'a Verification, subject: &str) -> (Verdict, &'a str) {
    verification
        .checks
        .iter()
        .filter(|check| check.subject == subject)
        .max_by_key(|check| check.verdict)
        .map(|check| (check.verdict, check.message.as_str()))
        .unwrap_or_else(|| panic!("no check of {subject}: {verification:#?}"))
}

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
