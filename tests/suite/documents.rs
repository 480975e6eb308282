//! Documents that are signed, stamped and checked against their case.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{acme, expect, expect_error, has_tool};

const STATED: [&str; 6] = ["--custodian", "C", "--collected-by", "P", "--method", "M"];
const CAPTURE: &str = r#"{"log": {"version": "1.2", "entries": []}}"#;
pub(crate) const REPORT: &str = "reports/certification-902.pdf";
pub(crate) const DOCUMENT: &str = "acme/reports/certification-902.pdf";

/// A case with one exhibit, analysed and reported; its court is N.D. Cal.
pub(crate) fn reported() -> tempfile::TempDir {
    let folder = acme("");
    let here = folder.path();
    let path = here.join("acme/case.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replacen("[matter]\n", "[matter]\nprofile = \"cand\"\n", 1);
    std::fs::write(&path, text).unwrap();
    std::fs::write(here.join("a.har"), CAPTURE).unwrap();
    expect(
        0,
        here,
        &[&["intake", "acme", "a.har"][..], &STATED].concat(),
    );
    expect(0, here, &["analyze", "acme"]);
    expect(0, here, &["report", "acme"]);
    folder
}

pub(crate) fn run(here: &Path, tool: &str, arguments: &[&str]) {
    let done = Command::new(tool)
        .args(arguments)
        .current_dir(here)
        .output()
        .unwrap();
    assert!(done.status.success(), "{tool} {arguments:?}: {done:?}");
}

pub(crate) fn verdict(said: &str, subject: &str) -> String {
    let value: Value = serde_json::from_str(said).unwrap();
    let checks = value["checks"].as_array().unwrap();
    // That a file is as recorded comes before what is in it.
    let check = checks
        .iter()
        .rfind(|check| check["subject"].as_str().unwrap().contains(subject));
    let check = check.unwrap_or_else(|| panic!("no `{subject}` in {said}"));
    check["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn each_paper_has_a_copy_for_filing_whose_digest_is_in_the_ledger() {
    let folder = reported();
    let here = folder.path();
    let ledger = std::fs::read_to_string(here.join("acme/custody/ledger.jsonl")).unwrap();
    let last: Value = serde_json::from_str(ledger.lines().last().unwrap()).unwrap();
    let paths: Vec<_> = last["objects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|object| object["path"].as_str().unwrap())
        .collect();
    for path in [
        "reports/certification-902.pdf",
        "reports/filing/certification_902.pdf",
        "reports/expert-report.pdf",
        "reports/filing/expert_report.pdf",
        "reports/filing/summaries_1006.pdf",
    ] {
        assert!(paths.contains(&path), "{path} not in {paths:?}");
    }
    // The copy for filing carries no ledger, and is known by the case all the same.
    let copy = "acme/reports/filing/certification_902.pdf";
    let said = expect(6, here, &["verify", copy, "--case", "acme", "--json"]);
    assert_eq!(verdict(&said, "made again from the evidence"), "valid");
}

#[test]
fn a_signed_document_says_who_signed_it_from_which_tables_it_is_and_that_it_follows() {
    if !has_tool("ssh-keygen") {
        return;
    }
    let folder = reported();
    let here = folder.path();
    run(
        here,
        "ssh-keygen",
        &["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", "doe"],
    );
    let sign = ["sign", "acme", REPORT, "--identity", "doe@example.org"];
    expect(0, here, &[&sign[..], &["--with", "doe"]].concat());
    let key = std::fs::read_to_string(here.join("doe.pub")).unwrap();
    let allowed = format!("doe@example.org namespaces=\"affiant-document@v1\" {key}");
    std::fs::write(here.join("signers"), allowed).unwrap();
    let verify = ["verify", DOCUMENT, "--case", "acme", "--json"];
    let trusted = [&verify[..], &["--signers", "signers"]].concat();
    let said = expect(6, here, &trusted);
    assert_eq!(verdict(&said, "custody/documents/"), "valid");
    assert_eq!(verdict(&said, "made by"), "valid");
    assert_eq!(verdict(&said, "made from"), "valid");
    assert_eq!(verdict(&said, "made again from the evidence"), "valid");
    assert!(said.contains("tables/transmittals.parquet"), "{said}");
    // Who does not name the signer is told so.
    expect(5, here, &verify);
    // Stock tools check it without the program.
    let names = std::fs::read_dir(here.join("acme/custody/documents")).unwrap();
    let name = names.last().unwrap().unwrap().path();
    let signature = name.to_str().unwrap();
    let command = format!(
        "ssh-keygen -Y verify -f signers -I doe@example.org -n affiant-document@v1 -s '{signature}' < {DOCUMENT}"
    );
    run(here, "bash", &["-c", &command]);
    // The same document with one byte changed is none of the case.
    let mut bytes = std::fs::read(here.join(DOCUMENT)).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    std::fs::write(here.join("changed.pdf"), bytes).unwrap();
    let changed = ["verify", "changed.pdf", "--case", "acme", "--json"];
    let said = expect(1, here, &changed);
    assert!(said.contains("no event of the case records"), "{said}");
    // What no event records cannot be signed.
    let sign = [
        "sign",
        "acme",
        "changed.pdf",
        "--identity",
        "doe@example.org",
    ];
    let said = expect_error(2, here, &[&sign[..], &["--with", "doe"]].concat());
    assert!(said.contains("no event of the case records"), "{said}");
}

#[test]
fn a_document_that_was_made_anew_leaves_its_signature_unchecked_and_a_planted_one_is_seen() {
    if !has_tool("ssh-keygen") {
        return;
    }
    let folder = reported();
    let here = folder.path();
    run(
        here,
        "ssh-keygen",
        &["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", "doe"],
    );
    let sign = ["sign", "acme", REPORT, "--identity", "doe@example.org"];
    expect(0, here, &[&sign[..], &["--with", "doe"]].concat());
    let old = std::fs::read(here.join(DOCUMENT)).unwrap();
    std::fs::write(here.join("old.pdf"), &old).unwrap();
    expect(0, here, &["analyze", "acme"]);
    let path = here.join("acme/case.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        text.replacen("division = \"\"", "division = \"San Jose Division\"", 1),
    )
    .unwrap();
    expect(0, here, &["analyze", "acme"]);
    expect(0, here, &["report", "acme"]);
    let said = expect(6, here, &["verify", "acme", "--quick", "--json"]);
    assert_eq!(verdict(&said, "custody/documents/"), "not-checked");
    // Against the old file the signature is still good; that it follows, nobody can say now.
    let said = expect(5, here, &["verify", "old.pdf", "--case", "acme", "--json"]);
    assert_eq!(verdict(&said, "custody/documents/"), "untrusted-key");
    assert_eq!(
        verdict(&said, "made again from the evidence"),
        "not-checked"
    );
    // A signature of a document that was never made.
    let planted = format!("acme/custody/documents/{}.doe.sig", "0".repeat(64));
    std::fs::write(here.join(planted), "x").unwrap();
    let said = expect(1, here, &["verify", "acme", "--quick", "--json"]);
    assert!(said.contains("no event records the making"), "{said}");
}

#[test]
fn of_a_document_in_parts_the_whole_goes_and_what_the_ledger_does_not_record_stays() {
    let folder = reported();
    let here = folder.path();
    let reports = here.join("acme/reports");
    assert!(reports.join("exhibit-book.pdf").exists());
    std::fs::write(reports.join("exhibit-book-9-of-9.pdf"), "theirs").unwrap();
    // More slip sheets than a part of the book has.
    std::fs::create_dir(here.join("more")).unwrap();
    for n in 0..100 {
        let capture = format!("{CAPTURE}{}", " ".repeat(n + 1));
        std::fs::write(here.join(format!("more/{n:02}.har")), capture).unwrap();
    }
    let intake = [&["intake", "acme", "more"][..], &STATED].concat();
    expect(0, here, &intake);
    expect(0, here, &["analyze", "acme"]);
    let said = expect_error(0, here, &["report", "acme"]);
    let removed = "`reports/exhibit-book.pdf`, of an earlier report, was removed";
    assert!(said.contains(removed), "{said}");
    assert!(!reports.join("exhibit-book.pdf").exists());
    assert!(reports.join("exhibit-book-2-of-2.pdf").exists());
    let planted = std::fs::read_to_string(reports.join("exhibit-book-9-of-9.pdf"));
    assert_eq!(planted.unwrap(), "theirs");
    let ledger = std::fs::read_to_string(here.join("acme/custody/ledger.jsonl")).unwrap();
    let noted = "removed, of an earlier report: reports/exhibit-book.pdf";
    assert!(ledger.lines().last().unwrap().contains(noted), "{ledger}");
}
