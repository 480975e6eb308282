//! The main job on the model case, end to end.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{
    Row, demo, demo_copy, demo_printed, expect, files, make_demo, repository, sha256, table,
};

const META: &str = "Meta Platforms, Inc.";

fn transmittals() -> Vec<Row> {
    table(&demo().join("zoom-2020"), "transmittals")
}

#[test]
fn the_demo_makes_the_documents_and_ends_with_the_commands_for_ones_own_capture() {
    let printed = demo_printed();
    let reports = demo().join("zoom-2020/reports");
    for name in [
        "expert-report.pdf",
        "certification-902.pdf",
        "notice-902-11.pdf",
        "declaration.pdf",
        "allegations.pdf",
        "validation.pdf",
        "summaries-1006.pdf",
        "gap-review.pdf",
        "evidence-matrix.pdf",
        "custody-log.pdf",
        "gdpr-complaint-en.pdf",
        "gdpr-complaint-de.pdf",
        "gdpr-technical-en.pdf",
        "gdpr-technical-de.pdf",
        "cpr35-report.pdf",
        "bsa-certificate.pdf",
        "iea-65b-certificate.pdf",
        "aids-107.pdf",
        "exhibit-book.pdf",
        "verification.pdf",
        "placeholders/E-0001.pdf",
    ] {
        let bytes = std::fs::read(reports.join(name)).unwrap();
        assert!(bytes.starts_with(b"%PDF-"), "{name}");
    }
    let exhibits = std::fs::read_dir(demo().join("zoom-2020/evidence"))
        .unwrap()
        .count()
        - 1;
    assert_eq!(
        std::fs::read_dir(reports.join("placeholders"))
            .unwrap()
            .count(),
        exhibits
    );
    assert!(printed.starts_with("SYNTHETIC"));
    let commands: Vec<_> = printed.lines().rev().take(4).map(str::trim).collect();
    let verbs: Vec<_> = commands
        .iter()
        .rev()
        .map(|line| line.split(' ').nth(1).unwrap())
        .collect();
    assert_eq!(verbs, ["new", "intake", "analyze", "report"]);
}

#[test]
fn the_same_evidence_gives_the_same_bytes() {
    let (again, _) = make_demo();
    let (first, second) = (files(demo()), files(again.path()));
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        second.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in first {
        assert!(second[&name] == bytes, "{name} differs");
    }
}

#[test]
fn tables_and_documents_can_be_deleted_and_rebuilt_to_the_same_bytes() {
    let copy = demo_copy();
    let case = copy.path().join("zoom-2020");
    let before = files(&case);
    std::fs::remove_dir_all(case.join("tables")).unwrap();
    std::fs::remove_dir_all(case.join("reports")).unwrap();
    // The inputs have defects, which is what 3 says.
    expect(3, copy.path(), &["analyze", "zoom-2020"]);
    expect(3, copy.path(), &["report", "zoom-2020"]);
    let after = files(&case);
    for (name, bytes) in &before {
        assert!(after.get(name) == Some(bytes), "{name} differs");
    }
    assert_eq!(before.len(), after.len());
    expect(6, copy.path(), &["verify", "zoom-2020"]);
}

/// What the runs show going to Meta of the items that the press named. A run is
/// an exhibit here: phase and run by its first exchange.
fn press_items() -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut runs: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    let key = |row: &Row| (row["phase"].clone(), row["run"].clone());
    for row in table(&demo().join("zoom-2020"), "exchanges") {
        runs.entry(key(&row)).or_default();
    }
    let named = [
        "device_model",
        "time_zone",
        "city",
        "carrier",
        "advertising_id",
    ];
    for row in transmittals() {
        if row["recipient"] == META
            && row["reach"] == "acknowledged"
            && named.contains(&row["datum"].as_str())
        {
            runs.entry(key(&row))
                .or_default()
                .insert(row["datum"].clone());
        }
    }
    runs
}

#[test]
fn every_opening_of_the_old_version_sent_what_the_press_said_except_a_city() {
    let runs = press_items();
    let manifest =
        std::fs::read_to_string(repository().join("datasets/zoom-2020/captures.toml")).unwrap();
    assert_eq!(runs.len(), manifest.matches("\n[[capture]]").count());
    let all = ["advertising_id", "carrier", "device_model", "time_zone"];
    let without = |item: &str| {
        all.into_iter()
            .filter(|other| *other != item)
            .collect::<Vec<_>>()
    };
    for ((phase, run), items) in &runs {
        let expected = match (phase.as_str(), run.as_str()) {
            // Closing the application sends nothing; its event goes out at the next opening.
            ("4.6.8 signed out", "a2") => Vec::new(),
            // Advertising tracking is limited in this run, and there is no SIM in that one.
            ("4.6.8 signed out", "b2") => without("advertising_id"),
            ("4.6.8 signed out", "b3") => without("carrier"),
            (phase, _) if phase.starts_with("4.6.8") => all.to_vec(),
            _ => Vec::new(),
        };
        assert_eq!(items.iter().collect::<Vec<_>>(), expected, "{phase}, {run}");
    }
    let city = |row: &Row| row["datum"] == "city" && row["party"] == "third";
    assert!(!transmittals().iter().any(city));
}

#[test]
fn nothing_is_claimed_of_the_decoys() {
    let rows = transmittals();
    let value_of_nobody = |row: &&Row| {
        row["value"] == "00000000-0000-0000-0000-000000000000" || row["value"] == "NoCarrier"
    };
    assert_eq!(rows.iter().filter(value_of_nobody).count(), 0);
    let third: BTreeSet<_> = rows
        .iter()
        .filter(|row| row["party"] == "third")
        .map(|row| row["recipient"].as_str())
        .collect();
    assert_eq!(third, BTreeSet::from([META]));
}

#[test]
fn numbers_in_the_tables_follow_from_one_another() {
    let case = demo().join("zoom-2020");
    let rows = transmittals();
    let numbers: Vec<_> = rows.iter().map(|row| row["transmittal"].clone()).collect();
    let expected: Vec<_> = (1..=rows.len()).map(|n| format!("T-{n:06}")).collect();
    assert_eq!(numbers, expected);
    let sum = |table: &[Row], column: &str| {
        table
            .iter()
            .map(|row| row[column].parse::<usize>().unwrap())
            .sum::<usize>()
    };
    assert_eq!(sum(&table(&case, "exchanges"), "transmittals"), rows.len());
    assert_eq!(sum(&table(&case, "recipients"), "transmittals"), rows.len());
    let analysis: serde_json::Value =
        serde_json::from_slice(&std::fs::read(case.join("tables/analysis.json")).unwrap()).unwrap();
    let exhibits = analysis["exhibits"].as_array().unwrap();
    let total: u64 = exhibits
        .iter()
        .map(|exhibit| exhibit["transmittals"].as_u64().unwrap())
        .sum();
    assert_eq!(usize::try_from(total).unwrap(), rows.len());
    assert_eq!(table(&case, "defects").len(), 5);
}

/// What is handed on with the papers must not open an account.
#[test]
fn a_token_in_an_address_is_masked_in_the_table_and_told_by_its_digest_in_the_exhibit() {
    const TOKEN: &str = "SYNTHETIC-ACCESS-TOKEN-OF-TEST-PROFILE-A";
    let case = demo().join("zoom-2020");
    let rows = table(&case, "exchanges");
    let masked: Vec<_> = rows
        .iter()
        .filter(|row| row["url"].contains("[masked: token, "))
        .collect();
    assert_eq!(masked.len(), 1);
    let (row, digest) = (masked[0], sha256(TOKEN.as_bytes()));
    let said = format!(
        "access_token=[masked: token, {} bytes, SHA-256 {digest}]",
        TOKEN.len()
    );
    assert!(row["url"].contains(&said), "{}", row["url"]);
    for name in ["exchanges", "transmittals", "contexts", "contradictions"] {
        let text = std::fs::read_to_string(case.join(format!("tables/{name}.csv"))).unwrap();
        assert!(!text.contains(TOKEN), "{name}");
    }
    // The exhibit holds it, within the bytes of that exchange.
    let number = |column: &str| row[column].parse::<usize>().unwrap();
    let evidence = std::fs::read(case.join(format!("evidence/{}.har", row["exhibit"]))).unwrap();
    let entry = &evidence[number("offset")..number("offset") + number("length")];
    assert!(String::from_utf8_lossy(entry).contains(TOKEN));
}

#[test]
fn a_class_of_a_framework_is_proposed_as_no_contents() {
    let rows = table(&demo().join("zoom-2020"), "transmittals");
    let views: Vec<_> = rows
        .iter()
        .filter(|row| row["datum"] == "screen_name")
        .collect();
    assert!(!views.is_empty());
    for row in views {
        assert_eq!(row["value"], "UINavigationController");
        assert_eq!(row["nature"], "record", "{row:?}");
    }
}
