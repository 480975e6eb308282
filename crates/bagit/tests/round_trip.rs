//! What is written checks, with our own reader and with the world's, and no
//! change of a byte goes unseen.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by it, and says what it skips"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use affiant_bagit::{BagWriter, Error, is_bag};
use affiant_model::Digest;
use proptest::prelude::*;
use support::{by_hand, look, put, written};

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

/// Payloads without names that are one on some systems, which the writer refuses.
fn payload() -> impl Strategy<Value = BTreeMap<String, Vec<u8>>> {
    let name = "[a-z\u{e9}\u{4e2d}#*~][a-z 0-9'\"$&;.]{0,6}[a-z]";
    let path = prop::collection::vec(name, 1..4).prop_map(|parts| parts.join("/"));
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    prop::collection::btree_map(path, bytes, 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_written_bag_is_valid_and_any_changed_byte_is_found(
        payload in payload(),
        value in "[ -~\u{e9}]{0,40}",
        place in any::<prop::sample::Index>(),
        flip in 1..=255_u8,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("bag");
        let mut bag = BagWriter::create(&root).unwrap();
        let mut stored = BTreeMap::new();
        for (path, bytes) in &payload {
            match bag.add_payload_bytes(path, bytes) {
                Ok(()) => { stored.insert(format!("data/{path}"), Digest::of(bytes)); }
                Err(Error::Clash { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        bag.add_tag_bytes("VERIFY.md", value.as_bytes(), false).unwrap();
        bag.finish(&[("External-Description".to_owned(), value.clone())]).unwrap();
        let result = look(&root);
        prop_assert_eq!(&result.findings, &[]);
        prop_assert_eq!(&result.info[0].1, value.trim());
        let found: BTreeMap<_, _> = result.payload.iter().map(|(p, f)| (p.clone(), f.sha256)).collect();
        prop_assert_eq!(found, stored);

        let mut files = Vec::new();
        files_below(&root, &mut files);
        for file in files {
            let before = fs::read(&file).unwrap();
            let mut after = before.clone();
            if after.is_empty() {
                after.push(flip);
            } else {
                after[place.index(before.len())] ^= flip;
            }
            fs::write(&file, &after).unwrap();
            let result = look(&root);
            prop_assert!(!result.findings.is_empty(), "{:?}", file);
            // Nothing lists a tag manifest. Where the change is of no account,
            // as of a letter's case in a checksum, it is told and no more.
            let name = file.file_name().and_then(|n| n.to_str()).unwrap();
            if !name.starts_with("tagmanifest-") {
                prop_assert!(!result.is_valid(), "{:?}", file);
            }
            fs::write(&file, &before).unwrap();
        }
    }

    #[test]
    fn no_bytes_of_a_tag_file_stop_the_check_or_make_the_bag_valid(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        text in "([0-9a-f]{32}|[ \t\r\n%*./~:]|data/a|\\\\|http){0,30}",
        file in prop::sample::select(&["bagit.txt", "manifest-md5.txt", "fetch.txt", "bag-info.txt", "tagmanifest-md5.txt"][..]),
        encoding in prop::sample::select(&["UTF-8", "UTF-16", "ISO-8859-1", "x"][..]),
    ) {
        let declaration = format!("BagIt-Version: 1.0\nTag-File-Character-Encoding: {encoding}\n");
        for content in [&bytes, &text.into_bytes()] {
            let (_dir, root) = by_hand(&[("bagit.txt", declaration.as_bytes()), ("data/a", b"unlisted")]);
            put(&root, file, content);
            prop_assert!(!look(&root).is_valid());
        }
    }
}

#[test]
fn a_bag_that_broke_off_is_no_bag() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("bag");
    let mut bag = BagWriter::create(&root).unwrap();
    bag.add_payload_bytes("a", b"a").unwrap();
    assert!(!is_bag(&root));
    let bad = [("A".to_owned(), "x\nB: y".to_owned())];
    assert!(matches!(bag.finish(&bad), Err(Error::Info { .. })));
    assert!(!is_bag(&root) && !look(&root).is_valid());
    assert!(matches!(BagWriter::create(&root), Err(Error::NotEmpty(_))));
}

#[test]
fn files_are_copied_and_their_digests_returned() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("source.har");
    let bytes: Vec<u8> = (0..300_000_u32).map(|i| (i % 251) as u8).collect();
    fs::write(&source, &bytes).unwrap();
    let root = dir.path().join("bag");
    fs::create_dir(&root).unwrap();
    let mut bag = BagWriter::create(&root).unwrap();
    let added = bag.add_payload_file("evidence/a.har", &source).unwrap();
    assert_eq!(added, (Digest::of(&bytes), 300_000));
    bag.finish(&[]).unwrap();
    assert_eq!(fs::read(&source).unwrap(), bytes);
    assert_eq!(fs::read(root.join("data/evidence/a.har")).unwrap(), bytes);
    assert_eq!(look(&root).findings, []);
}

#[test]
fn names_that_a_manifest_cannot_carry_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut bag = BagWriter::create(&dir.path().join("bag")).unwrap();
    for name in [
        "",
        "/a",
        "../a",
        "a/../../b",
        "a//b",
        "a/",
        "./a",
        "a\nb",
        "a\rb",
        "a\\b",
        "100%",
        "a\0b",
        "a\u{1b}b",
        "a\u{85}b",
        "a\u{2028}b",
        "a ",
        "a\u{a0}",
        "a/b ",
    ] {
        let refused = bag.add_payload_bytes(name, b"x");
        assert!(matches!(refused, Err(Error::Name { .. })), "{name:?}");
    }
    for name in [
        "bagit.txt",
        "BagIt.txt",
        "bag-info.txt",
        "fetch.txt",
        "manifest-sha256.txt",
        "tagmanifest-md5.txt",
        "data/a",
        "DATA/a",
        "data",
        "~a",
        "C:a",
        "*a",
        "#a",
        " a",
    ] {
        let refused = bag.add_tag_bytes(name, b"x", false);
        assert!(matches!(refused, Err(Error::Name { .. })), "{name:?}");
    }
    bag.add_payload_bytes("Case/a", b"x").unwrap();
    for name in ["Case/a", "Case/A", "case/b", "Case", "Case/a/b"] {
        let refused = bag.add_payload_bytes(name, b"x");
        assert!(matches!(refused, Err(Error::Clash { .. })), "{name:?}");
    }
    bag.finish(&[]).unwrap();
    assert_eq!(look(&dir.path().join("bag")).findings, []);
}

#[cfg(unix)]
#[test]
fn links_are_not_copied_and_scripts_can_be_run() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let (dir, root) = written();
    let mode = |path: &str| fs::metadata(root.join(path)).unwrap().permissions().mode();
    assert_eq!(mode("verify.sh") & 0o111, 0o111);
    assert_eq!(mode("keys/log.pub.pem") & 0o111, 0);
    let link = dir.path().join("link");
    symlink(root.join("bagit.txt"), &link).unwrap();
    let mut bag = BagWriter::create(&dir.path().join("other")).unwrap();
    for source in [&link, &dir.path().to_path_buf()] {
        let refused = bag.add_payload_file("a", source);
        assert!(matches!(refused, Err(Error::NotAFile(_))));
    }
}

/// Whether a program accepts the bag; `None` where there is no such program.
fn accepts(program: &Path, arguments: &[&str], root: &Path) -> Option<bool> {
    let run = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match run {
        Ok(status) => Some(status.success()),
        Err(error) => {
            println!("skipped: cannot run {}: {error}", program.display());
            None
        }
    }
}

#[test]
fn sha256sum_and_sha512sum_accept_the_manifests() {
    let (_dir, root) = written();
    let verify = |program: &str, manifest: &str| {
        accepts(Path::new(program), &["-c", "--strict", manifest], &root)
    };
    let all = [
        ("sha256sum", "manifest-sha256.txt"),
        ("sha256sum", "tagmanifest-sha256.txt"),
        ("sha512sum", "manifest-sha512.txt"),
        ("sha512sum", "tagmanifest-sha512.txt"),
    ];
    for (program, manifest) in all {
        assert_ne!(verify(program, manifest), Some(false), "{manifest}");
    }
    put(&root, "data/ledger/ledger.jsonl", b"changed");
    assert_ne!(verify("sha256sum", "manifest-sha256.txt"), Some(true));
}

#[test]
fn bagit_py_accepts_the_bag_and_refuses_what_we_refuse() {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test may be told where the program is"
    )]
    let program = std::env::var_os("AFFIANT_BAGIT").unwrap_or_else(|| "bagit.py".into());
    let program = PathBuf::from(program);
    let (_dir, root) = written();
    let verify = || accepts(&program, &["--validate", "."], &root);
    let Some(accepted) = verify() else { return };
    assert!(accepted);
    let file = "data/evidence/EV-0001/login page.har";
    let bytes = fs::read(root.join(file)).unwrap();
    put(&root, file, b"{\"log\":[]}");
    assert_eq!((verify(), look(&root).is_valid()), (Some(false), false));
    put(&root, file, &bytes);
    put(&root, "data/extra", b"");
    assert_eq!((verify(), look(&root).is_valid()), (Some(false), false));
    fs::remove_file(root.join("data/extra")).unwrap();
    put(&root, "verify.sh", b"#!/bin/sh\nexit 0\n");
    assert_eq!((verify(), look(&root).is_valid()), (Some(false), false));
}
