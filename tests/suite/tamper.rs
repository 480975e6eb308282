//! What is changed is found, and named.

use std::process::Command;

use crate::support::{damage, demo_copy, expect, expect_error, has_tool};

#[test]
fn one_flipped_byte_makes_verify_and_sha256sum_fail_and_both_name_the_exhibit() {
    let copy = demo_copy();
    let case = copy.path().join("zoom-2020");
    damage(&case.join("evidence/E-0003.har"), |bytes| bytes[100] ^= 1);

    let printed = expect(1, copy.path(), &["verify", "zoom-2020"]);
    assert!(
        printed.starts_with("First bad record: evidence/E-0003.har\n"),
        "{printed}"
    );
    let sums = std::fs::read_to_string(case.join("evidence/SHA256SUMS")).unwrap();
    let recorded = sums
        .lines()
        .find(|line| line.ends_with("E-0003.har"))
        .unwrap()
        .split(' ')
        .next()
        .unwrap();
    assert!(
        printed.contains(&format!("expected {recorded}")),
        "{printed}"
    );

    let refused = expect_error(1, copy.path(), &["analyze", "zoom-2020"]);
    assert!(
        refused.contains("exhibit E-0003 is not as it was taken in"),
        "{refused}"
    );

    if has_tool("sha256sum") {
        let check = Command::new("sha256sum")
            .args(["-c", "SHA256SUMS"])
            .current_dir(case.join("evidence"))
            .output()
            .unwrap();
        assert_eq!(check.status.code(), Some(1));
        let said = String::from_utf8_lossy(&check.stdout).into_owned();
        let failed: Vec<_> = said
            .lines()
            .filter(|line| line.ends_with("FAILED"))
            .collect();
        assert_eq!(failed, ["E-0003.har: FAILED"]);
    }
}

#[test]
fn an_edited_table_document_or_ledger_is_named() {
    for (file, at) in [
        ("tables/transmittals.csv", 2000),
        ("reports/expert-report.pdf", 5000),
        ("custody/ledger.jsonl", 700),
    ] {
        let copy = demo_copy();
        damage(&copy.path().join("zoom-2020").join(file), |bytes| {
            bytes[at] ^= 1
        });
        let printed = expect(1, copy.path(), &["verify", "zoom-2020"]);
        assert!(
            printed.lines().next().unwrap().contains(file),
            "{file}: {printed}"
        );
    }
}

#[test]
fn documents_are_not_made_from_tables_that_were_edited_or_are_out_of_date() {
    let copy = demo_copy();
    let case = copy.path().join("zoom-2020");
    damage(&case.join("tables/recipients.csv"), |bytes| bytes[300] ^= 1);
    let refused = expect_error(2, copy.path(), &["report", "zoom-2020"]);
    assert!(
        refused.contains("`tables/recipients.csv` has changed"),
        "{refused}"
    );

    let copy = demo_copy();
    let case = copy.path().join("zoom-2020");
    damage(&case.join("case.toml"), |bytes| {
        bytes.extend_from_slice(b"# a remark\n")
    });
    let refused = expect_error(2, copy.path(), &["report", "zoom-2020"]);
    assert!(refused.contains("`case.toml` has changed"), "{refused}");
}
