//! What is done to a case when the process dies, and with what.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::json;
use tempfile::TempDir;

use crate::support::{at_once, copy_folder};

pub(super) const KEY: &str = "key.pem";

/// What is to be done to a case when the process dies.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) folder: TempDir,
    pub(super) command: Vec<&'static str>,
    /// What puts a case right afterwards, and may be done twice.
    pub(super) mend: Vec<Vec<&'static str>>,
}

impl Scenario {
    /// `prepare` is done first, in a folder that holds the case and sources.
    pub(super) fn new(
        name: &'static str,
        command: &[&'static str],
        prepare: &[&[&'static str]],
    ) -> Self {
        let folder = empty();
        let here = folder.path();
        for (name, bytes) in sources() {
            let path = here.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        done(here, &["new", "acme"]);
        for arguments in prepare {
            done(here, arguments);
        }
        Self {
            name,
            folder,
            command: command.to_vec(),
            mend: vec![NOTE.to_vec()],
        }
    }

    pub(super) fn mended_by(mut self, arguments: &[&'static str]) -> Self {
        self.mend.push(arguments.to_vec());
        self
    }

    pub(super) fn copy(&self) -> TempDir {
        let copy = empty();
        copy_folder(self.folder.path(), copy.path());
        copy
    }
}

pub(super) const NOTE: &[&str] = &["note", "acme", "after"];

macro_rules! intake {
    ($($word:literal),+) => {
        &["intake", "acme", "--custodian", "C", "--collected-by", "P", "--method", "M", $($word),+]
    };
}

pub(super) const ONE: &[&str] = intake!("one.har");
pub(super) const BIG: &[&str] = intake!("big.bin");
pub(super) const FOLDER: &[&str] = intake!("captures");
pub(super) const ZIP: &[&str] = intake!("captures.zip", "--members");
pub(super) const KEY_NEW: &[&str] = &["key", "new", "acme", "--output", KEY];
pub(super) const CHECKPOINT: &[&str] = &["checkpoint", "acme", "--log-key", KEY];
pub(super) const DELETE: &[&str] = &["delete", "acme", "E-0001", "--reason", "order"];
pub(super) const KEY_REPLACE: &[&str] = &[
    "key",
    "replace",
    "acme",
    "--log-key",
    KEY,
    "--output",
    "second.pem",
];
pub(super) const PRODUCE: &[&str] = &[
    "produce",
    "acme",
    "--to",
    "T",
    "--exhibit",
    "E-0001",
    "--log-key",
    KEY,
    "--output",
    "bag",
];
pub(super) const DERIVE: &[&str] = &[
    "derive",
    "acme",
    "captures/b.txt",
    "--from",
    "E-0001",
    "--reason",
    "R",
    "--how",
    "H",
];

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("first exhibit", ONE, &[]).mended_by(intake!("one.har", "--resume")),
        Scenario::new("second exhibit, of several pieces", BIG, &[ONE])
            .mended_by(intake!("big.bin", "--resume")),
        Scenario::new("folder", FOLDER, &[ONE]).mended_by(intake!("captures", "--resume")),
        Scenario::new("archive with members", ZIP, &[]).mended_by(intake!(
            "captures.zip",
            "--members",
            "--resume"
        )),
        Scenario::new("destruction", DELETE, &[ONE, FOLDER]),
        Scenario::new("key", KEY_NEW, &[ONE]),
        Scenario::new("checkpoint", CHECKPOINT, &[ONE, FOLDER, KEY_NEW]).mended_by(CHECKPOINT),
        Scenario::new("production", PRODUCE, &[ONE, KEY_NEW, CHECKPOINT]),
        Scenario::new("replaced key", KEY_REPLACE, &[ONE, KEY_NEW]),
        Scenario::new("working copy", DERIVE, &[ONE]),
        Scenario::new("note", NOTE, &[ONE]),
    ]
}

/// An empty folder, in memory where that can be: a process that is killed, unlike
/// a machine that loses its power, leaves what it wrote in either.
pub(super) fn empty() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

pub(super) fn har(entries: usize) -> Vec<u8> {
    let entry = |number: usize| {
        json!({
            "startedDateTime": "2026-01-02T03:04:05.678Z",
            "request": {"method": "GET", "url": format!("https://t.example.net/{number}"), "headers": []},
            "response": {"status": 204}
        })
    };
    let entries: Vec<_> = (0..entries).map(entry).collect();
    json!({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": entries}})
        .to_string()
        .into_bytes()
}

/// What can be taken in: path and content.
pub(super) fn sources() -> Vec<(&'static str, Vec<u8>)> {
    let members = vec![("m/a.har", har(2)), ("m/b.bin", b"member".to_vec())];
    vec![
        ("one.har", har(3)),
        (
            "big.bin",
            (0..2_500_000_u32).map(|n| (n / 7) as u8).collect(),
        ),
        ("captures/a.har", har(1)),
        ("captures/b.txt", b"no traffic log".to_vec()),
        ("captures/deeper/c.har", har(4)),
        ("captures.zip", zip(&members)),
    ]
}

/// A zip archive of members that are stored (APPNOTE.TXT 4.3).
pub(super) fn zip(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x5c];
        common.extend(crc.sum().to_le_bytes());
        common.extend([length, length].concat());
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        let offset = u32::try_from(archive.len()).unwrap().to_le_bytes();
        archive.extend([b"PK\x03\x04", common.as_slice(), name.as_bytes(), bytes].concat());
        directory.extend([b"PK\x01\x02\x14\x00", common.as_slice()].concat());
        directory.extend([0; 10]);
        directory.extend([offset.as_slice(), name.as_bytes()].concat());
    }
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let offset = u32::try_from(archive.len()).unwrap().to_le_bytes();
    let end = [
        b"PK\x05\x06\0\0\0\0".as_slice(),
        &count,
        &count,
        &size,
        &offset,
        &[0, 0],
    ];
    [archive, directory, end.concat()].concat()
}
pub(super) fn run(here: &Path, arguments: &[&str]) -> Output {
    at_once(here, arguments).output().unwrap()
}

/// Runs a command that must do what it is asked, defects of the source or not.
pub(super) fn done(here: &Path, arguments: &[&str]) -> Output {
    let output = run(here, arguments);
    assert!(
        matches!(output.status.code(), Some(0 | 3)),
        "affiant {arguments:?}: {:?}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

pub(super) use intake;
