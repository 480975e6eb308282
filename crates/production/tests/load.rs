//! What is written is read back by readers made after the forms' descriptions.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use affiant_model::Digest;
use affiant_production::{FIELDS, Record, csv, dat, opt};
use proptest::prelude::*;

fn record(name: &str, custodian: &str) -> Record {
    Record {
        begin: "ABC0000001".into(),
        end: "ABC0000003".into(),
        begin_family: "ABC0000001".into(),
        end_family: "ABC0000003".into(),
        pages: 3,
        custodian: custodian.into(),
        exhibit: "E-0001".into(),
        file_name: name.into(),
        bytes: 17,
        sha256: Digest::of(b"x"),
        received: "2026-01-31 14:00:05".into(),
        confidentiality: "CONFIDENTIAL".into(),
        redacted: false,
        native: "NATIVES/ABC0000001.har".into(),
        text: "TEXT/ABC0000001.txt".into(),
        image: "IMAGES/ABC0000001.pdf".into(),
    }
}

/// A reader of Concordance DAT: U+00FE around values, U+0014 between them.
fn read_dat(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(bytes).unwrap();
    let text = text.strip_prefix('\u{FEFF}').expect("a byte order mark");
    let lines = text.strip_suffix("\r\n").unwrap().split("\r\n");
    lines
        .map(|line| {
            line.split('\u{14}')
                .map(|cell| {
                    let inner = cell
                        .strip_prefix('\u{FE}')
                        .unwrap()
                        .strip_suffix('\u{FE}')
                        .unwrap();
                    assert!(!inner.contains(['\u{FE}', '\u{14}', '\r', '\n']));
                    unspell(&inner.replace('\u{AE}', "\n"))
                })
                .collect()
        })
        .collect()
}

/// `\u{FE}` as the character.
fn unspell(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\\u{") {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let end = after.find('}').unwrap();
        let code = u32::from_str_radix(&after[3..end], 16).unwrap();
        out.push(char::from_u32(code).unwrap());
        rest = &after[end + 1..];
    }
    out + rest
}

/// A reader of RFC 4180 in which every value is quoted.
fn read_csv(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(bytes)
        .unwrap()
        .strip_prefix('\u{FEFF}')
        .unwrap();
    let (mut rows, mut row, mut rest) = (Vec::new(), Vec::new(), text);
    while !rest.is_empty() {
        rest = rest.strip_prefix('"').expect("a quote");
        let mut value = String::new();
        loop {
            let at = rest.find('"').unwrap();
            value.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            match rest.strip_prefix('"') {
                Some(more) => {
                    value.push('"');
                    rest = more;
                }
                None => break,
            }
        }
        row.push(value);
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None => {
                rest = rest.strip_prefix("\r\n").expect("a line end");
                rows.push(std::mem::take(&mut row));
            }
        }
    }
    rows
}

#[test]
fn each_page_range_has_one_line_of_seven_fields_with_the_pages_on_it() {
    let text = String::from_utf8(opt(&[record("a.har", "")], "VOL001")).unwrap();
    assert_eq!(text, "ABC0000001,VOL001,IMAGES\\ABC0000001.pdf,Y,,,3\r\n");
}

#[test]
fn a_name_with_the_delimiters_in_it_stays_one_value() {
    let name = "=cmd|' /C calc'!A0, \u{FE}orn\u{14}\r\n\u{AE} \"q\" \\u{FE} \u{202E}.exe";
    let rows = read_dat(&dat(&[record(name, "Þór")]));
    let at = FIELDS.iter().position(|f| *f == "FILENAME").unwrap();
    assert_eq!(rows[1][at], name);
    assert_eq!(read_csv(&csv(&[record(name, "Þór")]).unwrap())[1][at], name);
}

proptest! {
    #[test]
    fn load_files_read_back_whatever_a_file_is_called(name in "(?s).{0,40}", custodian in "(?s)[\u{FE}\u{14}\u{AE}\\\\u{}FE\r\n\",;a-z]{0,30}") {
        let records = vec![record(&name, &custodian), record("b.pcap", "")];
        let wanted: Vec<Vec<String>> = std::iter::once(FIELDS.map(str::to_owned).to_vec())
            .chain(records.iter().map(|r| r.values().to_vec()))
            .collect();
        prop_assert_eq!(read_dat(&dat(&records)), wanted.clone());
        prop_assert_eq!(read_csv(&csv(&records).unwrap()), wanted);
    }
}
