//! A real capture, read by hand and by the program.

use std::collections::BTreeMap;
use tempfile::TempDir;

use crate::support::{Row, corpus, expect, repository, rows, table};

const CAPTURE: &str = "har/tweaselORG+ReportHAR/test/fixtures/android/first-run.har";

/// Takes the capture through all commands; `None` where the corpus is absent.
fn android_case() -> Option<TempDir> {
    let capture = corpus()?.join(CAPTURE);
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    expect(0, here, &["new", "android-2023"]);
    std::fs::copy(
        repository().join("tests/expected/android-case.toml"),
        here.join("android-2023/case.toml"),
    )
    .unwrap();
    expect(
        0,
        here,
        &[
            "intake",
            "android-2023",
            capture.to_str().unwrap(),
            "--custodian",
            "the project that published it",
            "--collected-by",
            "not stated",
            "--method",
            "mitmproxy, as the file states",
            "--device",
            "emulator",
            "--app",
            "tld.sample.app",
        ],
    );
    expect(0, here, &["analyze", "android-2023"]);
    expect(0, here, &["report", "android-2023"]);
    expect(6, here, &["verify", "android-2023"]);
    Some(folder)
}

type Fact = (String, String, String, String);

fn count(rows: &[Row]) -> BTreeMap<Fact, usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        let fact = (
            row["exchange"].clone(),
            row["host"].clone(),
            row["datum"].clone(),
            row["value"].clone(),
        );
        *counts.entry(fact).or_default() += 1;
    }
    counts
}

#[test]
fn the_transmittals_of_a_real_capture_are_those_read_by_hand() {
    let Some(folder) = android_case() else { return };
    let found = table(&folder.path().join("android-2023"), "transmittals");
    let by_hand =
        rows(&std::fs::read(repository().join("tests/expected/android-first-run.csv")).unwrap());
    let (found_counts, mut wanted) = (count(&found), count(&by_hand));
    let mut beyond = Vec::new();
    for (fact, number) in &found_counts {
        let expected = wanted.remove(fact).unwrap_or(0);
        if *number != expected {
            beyond.push((fact.clone(), expected, *number));
        }
    }
    assert!(wanted.is_empty(), "not found: {wanted:#?}");
    assert!(
        beyond.is_empty(),
        "found otherwise than by hand (by hand, found): {beyond:#?}"
    );

    for name in [
        "expert-report.pdf",
        "certification-902.pdf",
        "custody-log.pdf",
    ] {
        assert!(
            folder
                .path()
                .join("android-2023/reports")
                .join(name)
                .is_file()
        );
    }
    crate::recipes::check_rows(folder.path(), "android-2023");
}
