//! What changed since an earlier report.

use std::path::Path;

use serde_json::Value;

use crate::support::{Row, demo_copy, expect, expect_error, files, has_tool, supplemented, table};

fn run(code: i32, folder: &Path) -> Value {
    let arguments = [
        "supplement",
        "zoom-2020",
        "--earlier",
        "served.pdf",
        "--json",
    ];
    serde_json::from_str(&expect(code, folder, &arguments)).unwrap()
}

#[test]
fn a_supplement_says_which_rows_changed_is_recorded_once_and_verifies() {
    let copy = demo_copy();
    let here = copy.path();
    let case = here.join("zoom-2020");
    std::fs::copy(
        case.join("reports/expert-report.pdf"),
        here.join("served.pdf"),
    )
    .unwrap();
    let ledger = || std::fs::read_to_string(case.join("custody/ledger.jsonl")).unwrap();
    let events = ledger().lines().count();

    // Nothing changed yet.
    let none = run(0, here);
    assert_eq!(none["rows"], 0, "{none}");
    assert_eq!(none["earlier"]["recorded"], events as u64);
    let before = files(&case);
    run(0, here);
    assert!(before == files(&case), "the same supplement is one event");

    // A known value is another from now on: its rows rest on the field alone.
    let path = case.join("case.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let idfa = "D4E86A09-1F75-4C3B-9A52-60B7E8F1C3D4";
    assert!(text.contains(idfa));
    std::fs::write(
        &path,
        text.replace(idfa, "D4E86A09-1F75-4C3B-9A52-60B7E8F1C3D5"),
    )
    .unwrap();
    expect(3, here, &["analyze", "zoom-2020"]);
    let changed = run(0, here);
    assert_eq!(changed["documents"][0]["path"], "reports/supplement-2.pdf");
    assert!(
        changed["transmittals"]["changed"].as_u64().unwrap() > 0,
        "{changed}"
    );
    let csv = std::fs::read_to_string(case.join("reports/supplement-2.csv")).unwrap();
    let basis = ",basis,known value,documented field\n";
    assert!(csv.contains(basis), "{csv}");
    assert!(
        ledger()
            .lines()
            .last()
            .unwrap()
            .contains("\"action\":\"supplement\"")
    );

    // The first supplement stays what it was, and both are known to the case.
    let said = expect(6, here, &["verify", "zoom-2020", "--quick", "--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["verdict"], "not-checked", "{said}");
    let checks = said["checks"].as_array().unwrap();
    for n in [1, 2] {
        let path = format!("reports/supplement-{n}.pdf");
        let check = checks
            .iter()
            .find(|check| check["subject"] == path.as_str());
        assert_eq!(check.unwrap()["verdict"], "valid", "{path}");
    }
    let supplement = "zoom-2020/reports/supplement-2.pdf";
    let said = expect(6, here, &["verify", supplement, "--case", "zoom-2020"]);
    assert!(!said.contains("INVALID:"), "{said}");

    // A supplement carries its tables, so that the next can start from it.
    std::fs::copy(here.join(supplement), here.join("served.pdf")).unwrap();
    assert_eq!(run(0, here)["rows"], 0);
}

/// Fed. R. Civ. P. 26(e)(2): captures that came in after the report was served.
#[test]
fn a_supplement_on_captures_that_came_in_later_adds_their_rows_and_takes_none_away() {
    let case = supplemented().join("zoom-2020");
    let rows = table(&case, "transmittals");
    let later = |row: &&Row| row["exhibit"].as_str() >= "E-0010";
    let expected: Vec<_> = rows
        .iter()
        .filter(later)
        .map(|r| &r["transmittal"])
        .collect();
    assert!(!expected.is_empty());
    let bytes = std::fs::read(case.join("reports/supplement-1.csv")).unwrap();
    let changes = crate::support::rows(&bytes);
    let of_transmittals = |change: &str| -> Vec<_> {
        let of = |row: &&Row| row["table"] == "transmittals.csv" && row["change"] == change;
        changes
            .iter()
            .filter(of)
            .map(|row| &row["row_after"])
            .collect()
    };
    assert_eq!(of_transmittals("added"), expected);
    for change in ["gone", "changed", "renumbered"] {
        assert_eq!(of_transmittals(change), Vec::<&String>::new(), "{change}");
    }
    // Who has the earlier report can see that it is the one.
    let ledger = std::fs::read_to_string(case.join("custody/ledger.jsonl")).unwrap();
    let actions: Vec<Value> = ledger
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["action"].take())
        .collect();
    let last: Vec<_> = actions.iter().rev().take(3).rev().collect();
    assert_eq!(last, ["analyse", "supplement", "report"]);
    let said = expect(6, supplemented(), &["verify", "zoom-2020", "--quick"]);
    assert!(said.contains(" 0 INVALID"), "{said}");
    if has_tool("pdftotext") {
        let pdf = case.join("reports/supplement-1.pdf");
        let output = std::process::Command::new("pdftotext")
            .arg(pdf)
            .arg("-")
            .output();
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for fact in ["E-0010", "E-0012", "SYNTHETIC"] {
            assert!(text.contains(fact), "{fact} not in {text}");
        }
    }
}

#[test]
fn a_document_of_another_case_or_none_is_refused() {
    let copy = demo_copy();
    let here = copy.path();
    std::fs::copy(
        here.join("zoom-2020/reports/expert-report.pdf"),
        here.join("served.pdf"),
    )
    .unwrap();
    expect(0, here, &["new", "other"]);
    let said = expect_error(2, here, &["supplement", "other", "--earlier", "served.pdf"]);
    assert!(
        said.contains("not the beginning of the ledger of the case"),
        "{said}"
    );
    let without = "zoom-2020/reports/placeholders/E-0001.pdf";
    let said = expect_error(2, here, &["supplement", "zoom-2020", "--earlier", without]);
    assert!(said.contains("carries no `ledger.jsonl`"), "{said}");
    std::fs::write(here.join("text.pdf"), "no PDF").unwrap();
    expect_error(
        2,
        here,
        &["supplement", "zoom-2020", "--earlier", "text.pdf"],
    );
}
