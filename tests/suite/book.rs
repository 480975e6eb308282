//! The exhibit book of the model case, held against the evidence by hand.

use std::collections::BTreeSet;
use std::process::Command;

use crate::support::{demo, has_tool, table};

fn text(document: &str, layout: bool) -> Option<String> {
    if !has_tool("pdftotext") {
        return None;
    }
    let path = demo().join(format!("zoom-2020/reports/{document}.pdf"));
    let mut command = Command::new("pdftotext");
    if layout {
        command.arg("-layout");
    }
    let output = command.arg(path).arg("-").output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}

/// `6233  33 45 39  3E9`: place, bytes, and what follows.
fn hex_row(line: &str) -> Option<(usize, Vec<u8>)> {
    let mut words = line.split_whitespace();
    // With a plus sign it is a place within bytes that were decoded.
    let offset = words.next().filter(|word| !word.starts_with('+'))?;
    let offset = offset.parse().ok()?;
    let two = |word: &&str| {
        word.len() == 2
            && word
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let bytes: Vec<u8> = words
        .take_while(two)
        .take(16)
        .filter_map(|word| u8::from_str_radix(word, 16).ok())
        .collect();
    // Fewer might be words of another line.
    (bytes.len() == 16).then_some((offset, bytes))
}

#[test]
fn each_row_of_hexadecimal_is_what_the_exhibit_holds_at_that_place() {
    let Some(text) = text("exhibit-book", true) else {
        return;
    };
    let mut exhibit = Vec::new();
    let mut compared = 0;
    for line in text.lines() {
        if let Some((_, id)) = line.trim().split_once(" of E-")
            && line.trim().starts_with("Exchange ")
        {
            let path = demo().join(format!("zoom-2020/evidence/E-{id}.har"));
            exhibit = std::fs::read(path).unwrap();
        }
        if let Some((offset, bytes)) = hex_row(line) {
            assert_eq!(exhibit[offset..offset + 16], bytes[..], "{line}");
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared} rows");
}

#[test]
fn the_first_row_of_each_recipient_datum_and_phase_is_in_the_book() {
    let Some(text) = text("exhibit-book", false) else {
        return;
    };
    let rows = table(&demo().join("zoom-2020"), "transmittals");
    let mut groups = BTreeSet::new();
    for row in rows.iter().filter(|row| row["party"] == "third") {
        if groups.insert((&row["recipient"], &row["datum"], &row["phase"])) {
            let heading = format!("{}: ", row["transmittal"]);
            assert!(text.contains(&heading), "{heading}");
        }
    }
    assert!(groups.len() > 20);
}

#[test]
fn the_verification_report_of_the_model_case_finds_all_as_recorded() {
    let Some(text) = text("verification", false) else {
        return;
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in ["12 equal; none differs", "13 of 13 hold it"] {
        assert!(text.contains(said), "missing: {said}");
    }
    assert!(!text.contains("NOT as recorded") && !text.contains("NOT equal"));
}
