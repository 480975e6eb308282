//! The conformance suite of the Library of Congress, read where it lies.
//!
//! Found by `AFFIANT_CORPUS`, or at `../shared/corpus` beside the repository.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by it, and says what it skips"
)]

use std::fs;
use std::path::{Path, PathBuf};

use affiant_bagit::{BagCheck, Severity, check};

/// The folders of the suite with the number of bags in each.
const FOLDERS: [(&str, usize); 11] = [
    ("v0.93/valid", 2),
    ("v0.94/valid", 2),
    ("v0.95/valid", 2),
    ("v0.96/valid", 8),
    ("v0.97/valid", 12),
    ("v0.97/invalid", 11),
    ("v0.97/linux-only", 6),
    ("v0.97/windows-only", 6),
    ("v0.97/warning", 6),
    ("v1.0/valid", 1),
    ("v1.0/invalid", 4),
];

/// Bags of which the verdict is another than that of the suite, each with the
/// path and the words of the finding that decides, and the reason.
const DEVIATIONS: [(&str, &str, &str, &str); 3] = [
    (
        "v0.97/warning/duplicate-file-with-different-case",
        "data/hello.txt",
        "are one on file systems that do not tell cases",
        "two listed names that are one file on macOS and Windows: what the bag \
         holds depends on who unpacks it, and here one of the two is absent",
    ),
    (
        "v0.97/warning/same-filename-listed-twice-with-different-normalization",
        "data/N\u{fa}\u{f1}ez",
        "are one on file systems that do not tell cases",
        "as above, by two Unicode spellings of one name",
    ),
    (
        "v0.97/warning/special-system-files",
        "data/.DS_Store",
        "it is absent",
        "the suite as published lists `data/.DS_Store` and does not contain it",
    ),
];

#[expect(
    clippy::disallowed_methods,
    reason = "the corpus lies outside of the repository"
)]
fn suite() -> Option<PathBuf> {
    let corpus = std::env::var_os("AFFIANT_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let suite = corpus.join("conformance/bagit");
    if suite.is_dir() {
        return Some(suite);
    }
    println!("skipped: no conformance suite at {}", suite.display());
    None
}

fn bags(folder: &Path) -> Vec<PathBuf> {
    let mut bags: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    bags.sort();
    bags
}

fn worst(check: &BagCheck) -> Option<Severity> {
    check.findings.iter().map(|f| f.severity).max()
}

#[test]
fn every_bag_of_the_suite_gets_the_verdict_of_its_folder() {
    let Some(suite) = suite() else { return };
    let mut seen = 0;
    let mut deviations = Vec::new();
    for (folder, count) in FOLDERS {
        let bags = bags(&suite.join(folder));
        assert_eq!(bags.len(), count, "bags in {folder}");
        seen += count;
        for bag in bags {
            let name = format!(
                "{folder}/{}",
                bag.file_name().and_then(|n| n.to_str()).unwrap()
            );
            let result = check(&bag, &mut |_| ()).unwrap();
            let agrees = match folder.split('/').nth(1) {
                Some("valid") => result.is_valid(),
                Some("warning") => worst(&result) == Some(Severity::Warning),
                _ => !result.is_valid(),
            };
            if !agrees {
                println!("{name}: {:?}", result.first_invalid());
                let Some((_, path, words, _)) = DEVIATIONS.iter().find(|d| d.0 == name) else {
                    panic!("{name}: {:#?}", result.findings);
                };
                let decides = |f: &affiant_bagit::Finding| {
                    f.path == *path
                        && f.message.contains(words)
                        && f.severity >= Severity::Incomplete
                };
                assert!(result.findings.iter().any(decides), "{name}: {result:#?}");
                deviations.push(name);
            }
        }
    }
    assert_eq!(seen, 60);
    assert_eq!(deviations, DEVIATIONS.map(|d| d.0));
}

#[test]
fn no_folder_of_the_suite_is_left_out() {
    let Some(suite) = suite() else { return };
    let mut found = Vec::new();
    for version in bags(&suite) {
        for kind in bags(&version) {
            let folder = kind.strip_prefix(&suite).unwrap();
            found.push(folder.to_str().unwrap().to_owned());
        }
    }
    let mut known = FOLDERS.map(|(folder, _)| folder.to_owned());
    known.sort();
    assert_eq!(found, known);
}

/// A bag can be refused for the wrong reason: these are refused for the right one.
#[test]
fn invalid_bags_are_refused_for_what_is_wrong_with_them() {
    let Some(suite) = suite() else { return };
    for (bag, path, words) in [
        (
            "v0.97/invalid/bom-in-bagit.txt",
            "bagit.txt",
            "byte order mark",
        ),
        (
            "v0.97/invalid/corrupt-data-file",
            "data/bare-filename",
            "not the file",
        ),
        (
            "v0.97/invalid/corrupt-tag-file",
            "bag-info.txt",
            "not the file",
        ),
        (
            "v0.97/invalid/extra-file-in-bag",
            "data/bar",
            "no manifest lists it",
        ),
        ("v0.97/invalid/missing-baginfo", "bag-info.txt", "absent"),
        ("v0.97/invalid/missing-bagit.txt", "bagit.txt", "absent"),
        (
            "v0.97/invalid/baginfo-missing-encoding",
            "bagit.txt",
            "exactly two lines",
        ),
        (
            "v0.97/invalid/invalid-version-number",
            "bagit.txt",
            "`.97` is not a version",
        ),
        (
            "v0.97/invalid/out-of-scope-file-paths-using-dot-notation",
            "manifest-md5.txt",
            "leads out of its folder",
        ),
        (
            "v0.97/invalid/out-of-scope-file-paths-using-dot-notation-for-fetch",
            "fetch.txt",
            "leads out of its folder",
        ),
        (
            "v0.97/invalid/same-filename-listed-twice-with-different-hashes",
            "manifest-sha256.txt",
            "a second time, with another checksum",
        ),
        (
            "v0.97/linux-only/out-of-scope-file-paths-using-shortcut-username",
            "manifest-md5.txt",
            "begins with `~`",
        ),
        (
            "v0.97/windows-only/out-of-scope-file-paths-using-unc-for-fetch",
            "fetch.txt",
            "backslash",
        ),
        (
            "v1.0/invalid/bagit-with-invalid-whitespace",
            "bagit.txt",
            "without any other blank",
        ),
        (
            "v1.0/invalid/notAllManifestsListAllFiles",
            "data/missingFromManifest.txt",
            "no manifest lists it",
        ),
        (
            "v1.0/invalid/same-filename-listed-twice-with-the-same-hash",
            "manifest-sha256.txt",
            "a second time",
        ),
    ] {
        let result = check(&suite.join(bag), &mut |_| ()).unwrap();
        let right = |f: &affiant_bagit::Finding| {
            f.path == path && f.message.contains(words) && f.severity >= Severity::Incomplete
        };
        assert!(
            result.findings.iter().any(right),
            "{bag}: {:#?}",
            result.findings
        );
    }
}

#[test]
fn every_path_out_of_scope_is_refused_in_the_file_that_lists_it() {
    let Some(suite) = suite() else { return };
    for folder in ["v0.97/linux-only", "v0.97/windows-only"] {
        for bag in bags(&suite.join(folder)) {
            let fetch = bag
                .to_str()
                .is_some_and(|name| name.ends_with("-for-fetch"));
            let file = if fetch {
                "fetch.txt"
            } else {
                "manifest-md5.txt"
            };
            let result = check(&bag, &mut |_| ()).unwrap();
            let refused = |f: &affiant_bagit::Finding| {
                f.path == file && f.severity == Severity::Invalid && f.message.contains("lists `")
            };
            assert!(
                result.findings.iter().any(refused),
                "{}: {:#?}",
                bag.display(),
                result.findings
            );
        }
    }
}
