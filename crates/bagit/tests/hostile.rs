//! Each way in which a bag can be wrong, or made to lie, is told.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod support;

use std::fs;

use affiant_bagit::Severity::{Incomplete, Invalid, Note, Warning};
use affiant_bagit::{Error, check, is_bag};
use affiant_model::Digest;
use sha2::Digest as _;
use support::{DECLARATION, DECLARATION_0_97, by_hand, expect, line, look, put, worst, written};

#[test]
fn what_is_no_folder_is_an_error_and_a_folder_without_bagit_txt_is_invalid() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, b"x").unwrap();
    let refused = |path| check(path, &mut |_| ());
    assert!(matches!(refused(&file), Err(Error::NotAFolder(_))));
    assert!(matches!(
        refused(&dir.path().join("none")),
        Err(Error::Io { .. })
    ));
    let result = look(dir.path());
    assert!(!is_bag(dir.path()));
    assert_eq!(result.version, (0, 0));
    expect(&result, "bagit.txt", Invalid, "absent");
    expect(&result, "data", Invalid, "absent");
    expect(&result, ".", Invalid, "no payload manifest");
}

#[test]
fn a_sound_bag_is_described_in_full() {
    let (_dir, root) = written();
    let mut read = 0;
    let result = check(&root, &mut |bytes| read += bytes).unwrap();
    assert_eq!(result.findings, []);
    assert!(result.is_valid() && is_bag(&root));
    assert_eq!(result.version, (1, 0));
    assert_eq!((result.bytes, result.files), (20, 4));
    let har = result.payload["data/evidence/EV-0001/login page.har"];
    assert_eq!(har.sha256, Digest::of(b"{\"log\":{}}"));
    assert_eq!(har.bytes, 10);
    assert_eq!(
        result.tags["bagit.txt"].sha256,
        Digest::of(DECLARATION.as_bytes())
    );
    assert_eq!(
        result.info,
        [
            ("Source-Organization", "Examiner"),
            ("Payload-Oxum", "20.4")
        ]
        .map(|(label, value)| (label.to_owned(), value.to_owned()))
    );
    // Every byte of the bag was read once.
    assert_eq!(
        read,
        result.bytes + result.tags.values().map(|f| f.bytes).sum::<u64>()
    );
}

#[test]
fn a_changed_an_extra_and_a_missing_file_are_each_told() {
    let (_dir, root) = written();
    put(&root, "data/ledger/ledger.jsonl", b"{\"seq\":2}\n");
    put(&root, "data/extra.har", b"x");
    fs::remove_file(root.join("data/evidence/EV-0001/login page.har")).unwrap();
    let result = look(&root);
    let changed = result
        .findings
        .iter()
        .find(|f| f.path == "data/ledger/ledger.jsonl")
        .unwrap();
    assert_eq!(
        changed.expected,
        Some(Digest::of(b"{\"seq\":1}\n").to_hex())
    );
    assert_eq!(changed.found, Some(Digest::of(b"{\"seq\":2}\n").to_hex()));
    expect(&result, "data/extra.har", Invalid, "no manifest lists it");
    let missing = "data/evidence/EV-0001/login page.har";
    expect(
        &result,
        missing,
        Incomplete,
        "`manifest-sha256.txt`, `manifest-sha512.txt`",
    );
    assert_eq!(result.first_invalid().unwrap().path, changed.path);
}

#[test]
fn a_manifest_made_to_fit_a_changed_file_is_caught_by_the_tag_manifest() {
    let (_dir, root) = written();
    let (before, after) = (b"{\"seq\":1}\n", b"{\"seq\":2}\n");
    put(&root, "data/ledger/ledger.jsonl", after);
    let swap = |file: &str, old: String, new: String| {
        let text = fs::read_to_string(root.join(file)).unwrap();
        assert!(text.contains(&old));
        put(&root, file, text.replace(&old, &new).as_bytes());
    };
    let sha512 = |bytes: &[u8]| hex::encode(sha2::Sha512::digest(bytes));
    swap(
        "manifest-sha256.txt",
        Digest::of(before).to_hex(),
        Digest::of(after).to_hex(),
    );
    swap("manifest-sha512.txt", sha512(before), sha512(after));
    let result = look(&root);
    expect(
        &result,
        "manifest-sha256.txt",
        Invalid,
        "`tagmanifest-sha256.txt`",
    );
    expect(
        &result,
        "manifest-sha512.txt",
        Invalid,
        "`tagmanifest-sha512.txt`",
    );
    assert!(result.findings.iter().all(|f| !f.path.starts_with("data/")));
}

#[test]
fn an_exchange_of_two_files_is_told() {
    let (_dir, root) = written();
    let (a, b) = (
        root.join("data/ledger/ledger.jsonl"),
        root.join("data/evidence/EV-0001/login page.har"),
    );
    let spare = root.join("spare");
    fs::rename(&a, &spare).unwrap();
    fs::rename(&b, &a).unwrap();
    fs::rename(&spare, &b).unwrap();
    let result = look(&root);
    expect(&result, "data/ledger/ledger.jsonl", Invalid, "not the file");
    expect(
        &result,
        "data/evidence/EV-0001/login page.har",
        Invalid,
        "not the file",
    );
}

#[test]
fn paths_that_lead_out_of_the_bag_are_invalid_and_never_opened() {
    let outside = tempfile::NamedTempFile::new().unwrap();
    fs::write(outside.path(), b"secret").unwrap();
    let absolute = outside.path().to_str().unwrap();
    for path in [
        absolute,
        "data/../../x",
        "~/x",
        "C:\\x",
        "data\\x",
        "bag-info.txt",
    ] {
        let manifest = line("data/a", b"a") + &line(path, b"secret");
        let (_dir, root) = by_hand(&[
            ("bagit.txt", DECLARATION.as_bytes()),
            ("manifest-sha256.txt", manifest.as_bytes()),
            ("data/a", b"a"),
        ]);
        let result = look(&root);
        expect(&result, "manifest-sha256.txt", Invalid, "line 2 lists");
        assert_eq!(result.files, 1);
    }
}

#[test]
fn an_oxum_that_does_not_fit_is_invalid() {
    for (value, severity) in [
        ("1.1", None),
        ("2.1", Some(Invalid)),
        ("many", Some(Invalid)),
    ] {
        let manifest = line("data/a", b"a");
        let info = format!("Payload-Oxum: {value}\n");
        let (_dir, root) = by_hand(&[
            ("bagit.txt", DECLARATION.as_bytes()),
            ("bag-info.txt", info.as_bytes()),
            ("manifest-sha256.txt", manifest.as_bytes()),
            ("data/a", b"a"),
        ]);
        assert_eq!(worst(&look(&root)), severity, "{value}");
    }
}

#[test]
fn names_that_are_one_on_another_system_are_invalid() {
    for (a, b) in [
        ("data/a.txt", "data/A.TXT"),
        ("data/N\u{fa}", "data/Nu\u{301}"),
        ("data/a/x", "data/A/y"),
        ("data/a", "data/a."),
    ] {
        let manifest = line(a, b"1") + &line(b, b"2");
        let files: [(&str, &[u8]); 4] = [
            ("bagit.txt", DECLARATION.as_bytes()),
            ("manifest-sha256.txt", manifest.as_bytes()),
            (a, b"1"),
            (b, b"2"),
        ];
        let (_dir, root) = by_hand(&files);
        let result = look(&root);
        let clash = |f: &&affiant_bagit::Finding| f.message.contains("are one on file systems");
        assert_eq!(result.findings.iter().filter(clash).count(), 1, "{a} {b}");
        assert!(!result.is_valid());
    }
}

#[test]
fn a_file_in_another_unicode_spelling_is_found_and_told() {
    let manifest = line("data/N\u{fa}", b"1");
    let (_dir, root) = by_hand(&[
        ("bagit.txt", DECLARATION.as_bytes()),
        ("manifest-sha256.txt", manifest.as_bytes()),
        ("data/Nu\u{301}", b"1"),
    ]);
    let result = look(&root);
    assert!(result.is_valid());
    expect(
        &result,
        "data/Nu\u{301}",
        Warning,
        "another Unicode spelling",
    );
    put(&root, "data/Nu\u{301}", b"2");
    expect(&look(&root), "data/Nu\u{301}", Invalid, "not the file");
}

#[test]
fn since_1_0_every_manifest_lists_every_file() {
    let both = line("data/a", b"a") + &line("data/b", b"b");
    let sha512 = format!("{}  data/a\n", hex::encode(sha2::Sha512::digest(b"a")));
    for (declaration, severity) in [(DECLARATION, Invalid), (DECLARATION_0_97, Warning)] {
        let (_dir, root) = by_hand(&[
            ("bagit.txt", declaration.as_bytes()),
            ("manifest-sha256.txt", both.as_bytes()),
            ("manifest-sha512.txt", sha512.as_bytes()),
            ("data/a", b"a"),
            ("data/b", b"b"),
        ]);
        let result = look(&root);
        assert_eq!(worst(&result), Some(severity));
        expect(
            &result,
            "data/b",
            severity,
            "`manifest-sha512.txt` does not list it",
        );
    }
}

#[test]
fn a_tag_manifest_must_list_the_payload_manifests_and_others_are_told() {
    let (_dir, root) = written();
    let file = "tagmanifest-sha256.txt";
    let text = fs::read_to_string(root.join(file)).unwrap();
    let without = |path: &str| -> String {
        let kept = text.lines().filter(|l| !l.ends_with(path));
        kept.map(|l| format!("{l}\n")).collect()
    };
    put(&root, file, without("  manifest-sha512.txt").as_bytes());
    expect(
        &look(&root),
        "manifest-sha512.txt",
        Invalid,
        "does not list it",
    );
    put(&root, file, without("  bag-info.txt").as_bytes());
    expect(&look(&root), "bag-info.txt", Warning, "does not list it");
    put(&root, file, text.as_bytes());
    put(&root, "tagmanifest-sha256.txt.sig", b"signature");
    let result = look(&root);
    assert!(result.is_valid());
    expect(
        &result,
        "tagmanifest-sha256.txt.sig",
        Note,
        "does not list it",
    );
    fs::remove_file(root.join(file)).unwrap();
    fs::remove_file(root.join("tagmanifest-sha512.txt")).unwrap();
    expect(&look(&root), ".", Warning, "no tag manifest");
}

#[test]
fn weak_and_unknown_algorithms_are_told() {
    let md5 = "0cc175b9c0f1b6a831c399e269772661  data/a\n";
    let (_dir, root) = by_hand(&[
        ("bagit.txt", DECLARATION.as_bytes()),
        ("manifest-md5.txt", md5.as_bytes()),
        ("data/a", b"a"),
    ]);
    let result = look(&root);
    assert!(result.is_valid());
    expect(&result, ".", Warning, "the payload is listed by md5 alone");
    let sums = line("data/a", b"a");
    for name in [
        "manifest-blake3.txt",
        "manifest-sha-256.txt",
        "Manifest-sha256.txt",
    ] {
        let (_dir, root) = by_hand(&[
            ("bagit.txt", DECLARATION.as_bytes()),
            ("manifest-md5.txt", md5.as_bytes()),
            (name, sums.as_bytes()),
            ("data/a", b"a"),
        ]);
        let result = look(&root);
        expect(&result, name, Incomplete, "not known");
        assert_eq!(worst(&result), Some(Incomplete), "{name}");
    }
}

#[test]
fn files_to_be_fetched_are_not_fetched_and_leave_the_bag_incomplete() {
    let manifest = line("data/a", b"a") + &line("data/b", b"bb");
    let fetch = "http://example.invalid/b 2 data/b\n";
    let (_dir, root) = by_hand(&[
        ("bagit.txt", DECLARATION.as_bytes()),
        ("bag-info.txt", b"Payload-Oxum: 3.2\n"),
        ("fetch.txt", fetch.as_bytes()),
        ("manifest-sha256.txt", manifest.as_bytes()),
        ("data/a", b"a"),
    ]);
    let result = look(&root);
    assert_eq!(worst(&result), Some(Incomplete));
    expect(&result, "data/b", Incomplete, "nothing is fetched");
    put(&root, "data/b", b"bb");
    assert!(look(&root).is_valid());
    let stray = "http://example.invalid/c - data/c\n";
    let (_dir, root) = by_hand(&[
        ("bagit.txt", DECLARATION.as_bytes()),
        ("fetch.txt", stray.as_bytes()),
        ("manifest-sha256.txt", line("data/a", b"a").as_bytes()),
        ("data/a", b"a"),
    ]);
    expect(
        &look(&root),
        "data/c",
        Invalid,
        "`manifest-sha256.txt` does not",
    );
}

#[test]
fn byte_order_marks_and_other_line_ends_are_told() {
    let (_dir, root) = written();
    let rewrite = |file: &str, change: &dyn Fn(String) -> String| {
        let text = fs::read_to_string(root.join(file)).unwrap();
        put(&root, file, change(text.clone()).as_bytes());
        let result = look(&root);
        put(&root, file, text.as_bytes());
        result
    };
    let crlf = |text: String| text.replace('\n', "\r\n");
    let bom = |text: String| format!("\u{feff}{text}");
    expect(
        &rewrite("bagit.txt", &bom),
        "bagit.txt",
        Invalid,
        "byte order mark",
    );
    expect(
        &rewrite("bagit.txt", &crlf),
        "bagit.txt",
        Invalid,
        "not the file",
    );
    let manifest = "manifest-sha256.txt";
    expect(
        &rewrite(manifest, &bom),
        manifest,
        Warning,
        "byte order mark",
    );
    expect(&rewrite(manifest, &crlf), manifest, Invalid, "not the file");
    let tags = "tagmanifest-sha256.txt";
    expect(&rewrite(tags, &crlf), tags, Note, "CRLF");
    expect(&rewrite(tags, &bom), tags, Warning, "byte order mark");
}

#[test]
fn a_tag_file_that_is_not_text_or_too_large_or_in_an_unknown_encoding_is_told() {
    let (_dir, root) = written();
    put(&root, "bag-info.txt", b"A: \xFF\n");
    expect(&look(&root), "bag-info.txt", Invalid, "not text");
    let huge = fs::File::create(root.join("bag-info.txt")).unwrap();
    huge.set_len((64 << 20) + 1).unwrap();
    expect(&look(&root), "bag-info.txt", Incomplete, "too large");
    let koi8 = "BagIt-Version: 1.0\nTag-File-Character-Encoding: KOI8-R\n";
    put(&root, "bagit.txt", koi8.as_bytes());
    expect(
        &look(&root),
        "bagit.txt",
        Incomplete,
        "`KOI8-R` is not known",
    );
}

#[test]
fn percent_signs_are_read_as_the_version_says() {
    let bag = |declaration: &str, listed: &str| {
        let manifest = line(listed, b"1");
        let (_dir, root) = by_hand(&[
            ("bagit.txt", declaration.as_bytes()),
            ("manifest-sha256.txt", manifest.as_bytes()),
            ("data/100%.txt", b"1"),
        ]);
        look(&root).is_valid()
    };
    assert!(bag(DECLARATION, "data/100%25.txt"));
    assert!(!bag(DECLARATION, "data/100%.txt"));
    assert!(bag(DECLARATION_0_97, "data/100%.txt"));
    assert!(!bag(DECLARATION_0_97, "data/100%25.txt"));
}
