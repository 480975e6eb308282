//! Data-safety forms that developers publish, found by `AFFIANT_CORPUS` in its folder `sdk`.
//! What they declare was counted with Python's `csv`, by the boxes that are ticked.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads the environment and says why it is skipped"
)]

use std::path::PathBuf;

use affiant_model::{ExhibitId, Notice, NoticeKind};
use affiant_notice::{Format, read_as, read_notice, recognise};

fn form(owner: &str) -> Option<Vec<u8>> {
    let Some(root) = std::env::var_os("AFFIANT_CORPUS").map(PathBuf::from) else {
        println!("skipped: AFFIANT_CORPUS names no collection");
        return None;
    };
    let path = root.join("sdk").join(owner).join("data_safety_export.csv");
    if !path.is_file() {
        println!("skipped: no {}", path.display());
        return None;
    }
    Some(std::fs::read(path).unwrap())
}

/// Form, types collected, types shared, and those that users can choose.
const FORMS: [(&str, usize, usize, usize); 2] = [
    ("M66B+FairEmail", 15, 0, 15),
    ("manzolo+GeoJournal", 7, 0, 5),
];

#[test]
fn published_forms_in_two_languages_are_read_whole() {
    for (owner, collected, shared, optional) in FORMS {
        let Some(bytes) = form(owner) else { return };
        let format = recognise(NoticeKind::PlayDataSafety, &bytes);
        assert_eq!(format, Some(Format::PlayCsv), "{owner}");
        let reading = read_as(Format::PlayCsv, ExhibitId(1), &bytes).unwrap();
        assert!(reading.defects.is_empty(), "{owner}: {:?}", reading.defects);
        let count = |word: &str| {
            let has = |p: &&affiant_notice::ReadPractice| p.practice.condition.contains(word);
            reading.practices.iter().filter(has).count()
        };
        let classes = reading
            .practices
            .iter()
            .filter(|p| p.practice.class.is_some());
        assert_eq!(reading.practices.len(), collected + shared, "{owner}");
        assert_eq!(classes.count(), shared, "{owner}");
        assert_eq!(count("users can choose"), optional, "{owner}");
        for practice in &reading.practices {
            let span = practice.spans[0];
            let range = usize::try_from(span.offset).unwrap()..usize::try_from(span.end()).unwrap();
            let row = String::from_utf8_lossy(&bytes[range.clone()]);
            assert!(row.starts_with("PSL_DATA_USAGE_RESPONSES:"), "{row}");
            let line = bytes[..range.start].iter().filter(|&&b| b == b'\n').count() + 1;
            assert_eq!(practice.place, format!("line {line}"));
        }
    }
}

#[test]
fn a_notice_of_the_case_file_is_read_by_its_kind() {
    let Some(bytes) = form("M66B+FairEmail") else {
        return;
    };
    let notice = Notice {
        name: "Data safety".into(),
        kind: NoticeKind::PlayDataSafety,
        exhibit: Some(ExhibitId(3)),
        ..Notice::default()
    };
    let read = read_notice(&notice, Some(&bytes));
    let data: Vec<_> = read
        .practices
        .iter()
        .map(|p| p.practice.data[0].as_str())
        .collect();
    assert!(data.contains(&"google:Email address") && data.contains(&"google:Crash logs"));
    assert!(read.defects.is_empty());
}
