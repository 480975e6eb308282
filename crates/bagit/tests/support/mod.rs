//! Bags for the tests: of the writer, and written by hand to be wrong.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]
#![allow(
    dead_code,
    reason = "each test file is a program of its own and uses a part"
)]

use std::fs;
use std::path::{Path, PathBuf};

use affiant_bagit::{BagCheck, BagWriter, Severity, check};
use affiant_model::Digest;
use tempfile::TempDir;

pub(crate) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
pub(crate) const DECLARATION_0_97: &str =
    "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n";

/// A bag of the writer's with four payload files and two tag files.
pub(crate) fn written() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("bag");
    let mut bag = BagWriter::create(&root).unwrap();
    bag.add_payload_bytes("evidence/EV-0001/login page.har", b"{\"log\":{}}")
        .unwrap();
    bag.add_payload_bytes("evidence/EV-0002/N\u{fa}\u{f1}ez ~1.har", b"")
        .unwrap();
    bag.add_payload_bytes("notes/#*'\"$&;(1).txt", b"").unwrap();
    bag.add_payload_bytes("ledger/ledger.jsonl", b"{\"seq\":1}\n")
        .unwrap();
    bag.add_tag_bytes("verify.sh", b"#!/bin/sh\n", true)
        .unwrap();
    bag.add_tag_bytes("keys/log.pub.pem", b"key\n", false)
        .unwrap();
    let info = [("Source-Organization".to_owned(), "Examiner".to_owned())];
    bag.finish(&info).unwrap();
    (dir, root)
}

pub(crate) fn line(path: &str, bytes: &[u8]) -> String {
    format!("{}  {path}\n", Digest::of(bytes))
}

/// A bag by hand: `files` as they are, and a tag manifest over those tag files.
pub(crate) fn by_hand(files: &[(&str, &[u8])]) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().to_path_buf();
    fs::create_dir(root.join("data")).unwrap();
    let mut tags = String::new();
    for (path, bytes) in files {
        put(&root, path, bytes);
        if !path.starts_with("data/") {
            tags.push_str(&line(path, bytes));
        }
    }
    put(&root, "tagmanifest-sha256.txt", tags.as_bytes());
    (dir, root)
}

pub(crate) fn put(root: &Path, path: &str, bytes: &[u8]) {
    let target = root.join(path);
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::write(target, bytes).unwrap();
}

pub(crate) fn look(root: &Path) -> BagCheck {
    check(root, &mut |_| ()).unwrap()
}

pub(crate) fn worst(check: &BagCheck) -> Option<Severity> {
    check.findings.iter().map(|f| f.severity).max()
}

/// Asserts that a finding of this weight says these words of this path.
#[track_caller]
pub(crate) fn expect(check: &BagCheck, path: &str, severity: Severity, words: &str) {
    assert!(
        check
            .findings
            .iter()
            .any(|f| f.path == path && f.severity == severity && f.message.contains(words)),
        "no {severity:?} finding at {path:?} with {words:?}: {:#?}",
        check.findings
    );
}
