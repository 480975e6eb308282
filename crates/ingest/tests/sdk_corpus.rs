//! Every file of SDK material in a collection of real ones: how much is read of
//! it, by kind, as Python counts (`plistlib`, `json`, `xml.etree`), or why it is
//! refused.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "common/collection.rs"]
mod collection;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::ops::ControlFlow;

use affiant_ingest::{HEAD_BYTES, SdkItem, SdkLimits, recognise, recognise_sdk};
use affiant_model::ExhibitId;

/// Path, reader or refusal, and the number of findings of each kind, for each file.
const TABLE: &str = include_str!("sdk/corpus.txt");

/// What is read of a file, as the table writes it.
fn read(bytes: &[u8], name: &str) -> String {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let reader = match recognise_sdk(head, name) {
        Ok(reader) => reader,
        Err(refusal) => return format!("refused: {refusal} |"),
    };
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut input = Cursor::new(bytes);
    let limits = SdkLimits::default();
    let read = reader.read(&mut input, ExhibitId(1), name, &limits, &mut |item| {
        let key = match item {
            SdkItem::Finding(finding) => {
                assert!(
                    !finding.place.is_empty() && !finding.rule.is_empty(),
                    "{finding:?}"
                );
                let span = finding.span.unwrap();
                assert!(
                    span.length > 0 && span.end() <= bytes.len() as u64,
                    "{finding:?}"
                );
                finding.kind.to_string().replace(' ', "-")
            }
            SdkItem::Defect(_) => "defect".to_owned(),
        };
        *counts.entry(key).or_default() += 1;
        ControlFlow::Continue(())
    });
    match read {
        Ok(_) => {
            let counts: Vec<_> = counts
                .iter()
                .map(|(key, count)| format!("{key}={count}"))
                .collect();
            format!("{} | {}", reader.name(), counts.join(" "))
        }
        Err(refusal) => format!("refused: {refusal} |"),
    }
}

#[test]
fn every_file_of_the_collection_is_read_or_refused_as_the_table_says() {
    let Some(root) = collection::folder("sdk") else {
        return;
    };
    let mut wrong = Vec::new();
    let mut claimed = std::collections::BTreeSet::new();
    for line in TABLE.lines() {
        let (path, wanted) = line.split_once(" | ").unwrap();
        let mut wanted: Vec<&str> = wanted.split(" |").map(str::trim).collect();
        wanted.resize(2, "");
        let counts: std::collections::BTreeSet<&str> = wanted[1].split(' ').collect();
        let bytes = std::fs::read(root.join(path)).unwrap();
        let found = read(&bytes, path);
        let traffic = recognise(&bytes[..bytes.len().min(HEAD_BYTES)]);
        claimed.extend(traffic.ok().map(|reader| reader.name()));
        let (format, found_counts) = found.rsplit_once(" |").unwrap();
        let found_counts = found_counts.trim().split(' ').collect();
        let same = match wanted[0].strip_prefix("refused: ") {
            Some(cause) => format.starts_with("refused") && format.contains(cause),
            None => wanted[0] == format && counts == found_counts,
        };
        if !same {
            wrong.push(format!("{line}\n  {found}"));
        }
    }
    // Of the traffic logs only HAR claims any of these, where the beginning of a
    // large JSON object does not exclude it.
    claimed.remove("har");
    assert!(claimed.is_empty(), "{claimed:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
