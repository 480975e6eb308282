//! Any row can be checked with `dd` and stock decoders.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::support::{Row, demo, expect, has_tool, table};

/// One row for each shape of locator: digits and names of members do not make
/// another shape, kinds of steps do.
fn one_row_for_each_shape(rows: Vec<Row>) -> Vec<Row> {
    let shape = |row: &Row| {
        let kinds: Vec<_> = row["locator"]
            .split(" / ")
            .map(|step| step.split(' ').next().unwrap().to_owned())
            .collect();
        (
            row["exhibit"].clone(),
            kinds,
            row["form"].clone(),
            row["place"].clone(),
            row["datum"].clone(),
        )
    };
    let shapes: BTreeMap<_, _> = rows.into_iter().map(|row| (shape(&row), row)).collect();
    shapes.into_values().collect()
}

pub(crate) fn check_rows(folder: &Path, case: &str) {
    if !["jq", "perl", "gunzip", "base64"].into_iter().all(has_tool) {
        return;
    }
    let rows = one_row_for_each_shape(table(&folder.join(case), "transmittals"));
    assert!(rows.len() >= 20, "{} rows", rows.len());
    for row in rows {
        let shown = expect(0, folder, &["show", case, &row["transmittal"], "--json"]);
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let command = shown["command"].as_str().unwrap();
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(folder.join(case))
            .output()
            .unwrap();
        assert_eq!(
            hex::encode(Sha256::digest(&output.stdout)),
            row["value_sha256"],
            "{}: {command}\n{}\n{}",
            row["locator"],
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn rows_of_every_shape_are_found_in_the_exhibit_with_stock_tools() {
    check_rows(demo(), "zoom-2020");
}

#[test]
fn a_plain_value_stands_at_its_bytes() {
    let case = demo().join("zoom-2020");
    let mut plain = 0;
    for row in table(&case, "transmittals") {
        let exhibit = std::fs::read(case.join(format!("evidence/{}.har", row["exhibit"]))).unwrap();
        let offset: usize = row["offset"].parse().unwrap();
        let length: usize = row["length"].parse().unwrap();
        plain += usize::from(exhibit[offset..offset + length] == *row["value"].as_bytes());
    }
    assert!(plain > 100, "{plain}");
}

#[test]
fn show_prints_bytes_each_step_and_the_value() {
    let case = demo().join("zoom-2020");
    let row = table(&case, "transmittals")
        .into_iter()
        .find(|row| row["locator"].contains("base64 / gzip") && row["datum"] == "device_model")
        .unwrap();
    let printed = expect(0, demo(), &["show", "zoom-2020", &row["transmittal"]]);
    for part in [
        &row["value"],
        &row["locator"],
        "1. base64",
        "2. gzip",
        "3. json $.extinfo",
        "dd if='evidence/",
    ] {
        assert!(printed.contains(part), "{part} is not in\n{printed}");
    }
}
