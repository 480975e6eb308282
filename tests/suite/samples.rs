//! The sample documents are those that the program writes.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{copy_folder, demo, expect, files, public, repository, sha256, supplemented};

/// Files that are too large, or too many, to be kept beside the others: their digests are.
const BULKY: u64 = 300_000;

/// Every document of the model case, by its path in `reports/samples`: what the
/// demonstration writes, its public versions, a supplement, and a production.
fn made() -> BTreeMap<String, Vec<u8>> {
    let reports = |top: &Path| files(&top.join("zoom-2020/reports"));
    let mut made = reports(demo());
    let sealed = "reference-list.pdf".to_owned();
    for (name, bytes) in reports(public()) {
        if name.starts_with("public/") || name == sealed {
            made.insert(name, bytes);
        }
    }
    for (name, bytes) in reports(supplemented()) {
        if name.starts_with("supplement-") {
            made.insert(name, bytes);
        }
    }
    for (name, bytes) in production() {
        made.insert(format!("production/{name}"), bytes);
    }
    made
}

/// A volume of two exhibits and a public version, with Bates numbers.
fn production() -> BTreeMap<String, Vec<u8>> {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&public().join("zoom-2020"), &copy.path().join("zoom-2020"));
    let public_version = "zoom-2020/reports/public/certification-902.pdf";
    let begin = ["bates", "zoom-2020", "--to", "opposing counsel"];
    let what = ["--exhibit", "E-0001", "--exhibit", "E-0009", "--pdf"];
    let how = ["--prefix", "SAMPLE", "--tabs", "--output", "VOL001"];
    let arguments = [&begin[..], &what, &[public_version], &how].concat();
    expect(0, copy.path(), &arguments);
    files(&copy.path().join("VOL001"))
}

/// Whether a document is kept whole, and not by its digest alone: those that the
/// demonstration writes, a placeholder, and of the others those that are small.
fn is_kept(name: &str, bytes: &[u8]) -> bool {
    match name.split_once('/') {
        None => true,
        Some(("placeholders", file)) => file == "E-0001.pdf",
        Some(("public", file)) => !file.contains('/') && bytes.len() as u64 <= BULKY,
        Some(("production", file)) => !file.starts_with("NATIVES") && !file.starts_with("TEXT"),
        _ => false,
    }
}

/// Rebuilds the documents of the model case and compares them byte for byte, those that
/// are not kept by their digests. With `UPDATE_SAMPLES` set it writes them instead: open
/// every page before they are committed.
#[test]
fn the_samples_are_rebuilt_byte_for_byte() {
    let samples = repository().join("reports/samples");
    let update = std::env::var_os("UPDATE_SAMPLES").is_some();
    let made = made();
    let sums: String = made
        .iter()
        .map(|(name, bytes)| format!("{}  {}\n", sha256(bytes), place(name)))
        .collect();
    let mut kept: BTreeMap<String, Vec<u8>> = made
        .into_iter()
        .filter(|(name, bytes)| is_kept(name, bytes))
        .map(|(name, bytes)| (place(&name), bytes))
        .collect();
    kept.insert("SHA256SUMS".to_owned(), sums.into_bytes());
    if update {
        let _ = std::fs::remove_dir_all(&samples);
        for (name, bytes) in &kept {
            let path = samples.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
    let found = files(&samples);
    for (name, bytes) in &kept {
        assert!(
            found.get(name) == Some(bytes),
            "reports/samples/{name} is not what the program writes; see CONTRIBUTING.md"
        );
    }
    let strays: Vec<_> = found
        .keys()
        .filter(|name| !kept.contains_key(*name))
        .collect();
    assert!(strays.is_empty(), "of no document that is made: {strays:?}");
}

/// Where a document is among the samples: the placeholders beside the others.
fn place(name: &str) -> String {
    name.trim_start_matches("placeholders/").to_owned()
}
