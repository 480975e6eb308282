//! What only a Unix file system can put into a bag.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod support;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use affiant_bagit::Severity::Invalid;
use affiant_bagit::is_bag;
use support::{DECLARATION, by_hand, expect, line, look, put, written};

#[test]
fn links_are_invalid_and_never_followed() {
    let outside = tempfile::tempdir().unwrap();
    put(outside.path(), "evidence.har", b"{\"log\":{}}");
    let file = "data/evidence/EV-0001/login page.har";
    let (_dir, root) = written();
    fs::remove_file(root.join(file)).unwrap();
    // To a file with the very bytes that are listed.
    symlink(outside.path().join("evidence.har"), root.join(file)).unwrap();
    let result = look(&root);
    expect(&result, file, Invalid, "symbolic link");
    assert!(!result.payload.contains_key(file));
    for (link, target) in [
        ("data/folder", outside.path()),
        ("data/loop", &root),
        ("data/none", std::path::Path::new("/nonexistent")),
        ("keys/link", outside.path()),
    ] {
        symlink(target, root.join(link)).unwrap();
        expect(&look(&root), link, Invalid, "symbolic link");
    }
    assert_eq!(look(&root).files, 3);
}

#[test]
fn a_link_in_place_of_the_payload_or_of_bagit_txt_is_invalid() {
    let (_dir, root) = written();
    let aside = root.with_extension("aside");
    fs::rename(root.join("data"), &aside).unwrap();
    symlink(&aside, root.join("data")).unwrap();
    let result = look(&root);
    expect(&result, "data", Invalid, "symbolic link");
    assert_eq!(result.files, 0);
    let (_dir, root) = written();
    let aside = root.with_extension("txt");
    fs::rename(root.join("bagit.txt"), &aside).unwrap();
    symlink(&aside, root.join("bagit.txt")).unwrap();
    assert!(!is_bag(&root));
    expect(&look(&root), "bagit.txt", Invalid, "symbolic link");
}

#[test]
fn devices_and_names_that_no_manifest_can_carry_are_invalid() {
    let (_dir, root) = written();
    let _socket = UnixListener::bind(root.join("data/socket")).unwrap();
    put(&root, "data/a\\b", b"x");
    let result = look(&root);
    expect(
        &result,
        "data/socket",
        Invalid,
        "neither a file nor a folder",
    );
    expect(&result, "data/a\\b", Invalid, "backslash");
    // Some file systems refuse such a name themselves.
    if fs::write(root.join("data").join(OsStr::from_bytes(b"\xFF")), b"x").is_ok() {
        expect(&look(&root), "data/\u{fffd}", Invalid, "not Unicode");
    }
}

#[test]
fn names_with_line_ends_and_escapes_are_listed_by_1_0_and_shown_harmless() {
    let manifest = line("data/a%0Ab", b"1");
    let (_dir, root) = by_hand(&[
        ("bagit.txt", DECLARATION.as_bytes()),
        ("manifest-sha256.txt", manifest.as_bytes()),
        ("data/a\nb", b"1"),
    ]);
    assert!(look(&root).is_valid());
    put(&root, "data/\u{1b}[2J", b"x");
    expect(
        &look(&root),
        "data/\\u{1b}[2J",
        Invalid,
        "no manifest lists it",
    );
}
