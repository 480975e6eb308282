//! Productions with Bates numbers: no number twice, natives byte for byte, and every
//! file named in the load files and in SHA256SUMS.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::support::{demo_copy, expect, expect_error, files, has_tool, rows};

const CASE: &str = "zoom-2020";

fn bates(top: &Path, more: &[&str]) -> String {
    let begin = [
        "bates",
        CASE,
        "--to",
        "opposing counsel",
        "--prefix",
        "ACME",
    ];
    let arguments: Vec<_> = begin.iter().chain(more).copied().collect();
    expect(0, top, &arguments)
}

#[test]
fn numbers_go_on_over_productions_and_none_is_given_twice() {
    let copy = demo_copy();
    let top = copy.path();
    let pdf = "zoom-2020/reports/certification-902.pdf";
    bates(
        top,
        &[
            "--exhibit",
            "E-0001",
            "--exhibit",
            "E-0002",
            "--pdf",
            pdf,
            "--output",
            "VOL001",
        ],
    );
    bates(
        top,
        &["--exhibit", "E-0003", "--output", "VOL002", "--width", "9"],
    );
    let mut seen = BTreeSet::new();
    for volume in ["VOL001", "VOL002"] {
        let log = std::fs::read(top.join(volume).join("production-log.csv")).unwrap();
        for row in rows(&log) {
            let number = |text: &str| text.trim_start_matches("ACME").parse::<u64>().unwrap();
            for n in number(&row["BEGBATES"])..=number(&row["ENDBATES"]) {
                assert!(seen.insert(n), "{n} was given twice");
            }
        }
    }
    let whole: Vec<u64> = (1..=seen.len() as u64).collect();
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), whole);
    // A number that was given is refused, and nothing is written.
    let arguments = [
        "bates",
        CASE,
        "--to",
        "x",
        "--prefix",
        "ACME",
        "--start",
        "2",
        "--exhibit",
        "E-0004",
        "--output",
        "VOL003",
    ];
    let said = expect_error(2, top, &arguments);
    assert!(said.contains("given already"), "{said}");
    assert!(!top.join("VOL003").exists());
    // Another prefix has numbers of its own.
    let begin = ["bates", CASE, "--to", "x", "--prefix", "XYZ"];
    let more = ["--exhibit", "E-0004", "--output", "VOL004"];
    let said = expect(
        0,
        top,
        &begin.iter().chain(&more).copied().collect::<Vec<_>>(),
    );
    assert!(said.contains("XYZ0000001 to XYZ0000001"), "{said}");
    // The disclosures are in the ledger, which is sound.
    let verified = expect(6, top, &["verify", CASE]);
    assert!(verified.contains(" 0 INVALID"), "{verified}");
}

#[test]
fn a_volume_holds_what_its_load_files_say() {
    let copy = demo_copy();
    let top = copy.path();
    let pdf = "zoom-2020/reports/certification-902.pdf";
    bates(
        top,
        &[
            "--exhibit",
            "E-0002",
            "--pdf",
            pdf,
            "--tabs",
            "--confidentiality",
            "CONFIDENTIAL – SUBJECT TO PROTECTIVE ORDER",
            "--output",
            "VOL001",
        ],
    );
    let volume = top.join("VOL001");
    let held = files(&volume);
    let csv = &held["DATA/VOL001.csv"][3..];
    let listed = rows(csv);
    assert_eq!(listed.len(), 2);
    let evidence = files(&top.join(CASE).join("evidence"));
    assert_eq!(held["NATIVES/ACME0000001.har"], evidence["E-0002.har"]);
    for row in &listed {
        for column in ["NATIVEPATH", "TEXTPATH", "IMAGEPATH"] {
            let path = row[column].replace('\\', "/");
            assert!(path.is_empty() || held.contains_key(&path), "{path}");
        }
        assert_eq!(
            row["CONFIDENTIALITY"],
            "CONFIDENTIAL – SUBJECT TO PROTECTIVE ORDER"
        );
    }
    assert_eq!(listed[1]["FILENAME"], "certification-902.pdf");
    assert!(held.contains_key("TABS/E-0002.pdf"));
    let opt = String::from_utf8(held["DATA/VOL001.opt"].clone()).unwrap();
    assert!(
        opt.starts_with("ACME0000001,VOL001,IMAGES\\ACME0000001.pdf,Y,,,1\r\n"),
        "{opt}"
    );
    let sums = String::from_utf8(held["SHA256SUMS"].clone()).unwrap();
    assert_eq!(sums.lines().count(), held.len() - 1);
    if has_tool("sha256sum") {
        let checked = Command::new("sha256sum")
            .args(["--quiet", "-c", "SHA256SUMS"])
            .current_dir(&volume)
            .status();
        assert!(checked.unwrap().success());
    }
    if has_tool("pdftotext") {
        let last = format!("{}.pdf", listed[1]["BEGBATES"]);
        let output = Command::new("pdftotext")
            .arg(volume.join("IMAGES").join(last))
            .arg("-")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            text.contains(&listed[1]["BEGBATES"]),
            "the first page bears no number"
        );
        assert!(
            text.contains(&listed[1]["ENDBATES"]),
            "the last page bears no number"
        );
    }
}
