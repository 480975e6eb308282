//! The documents can be read in their order by one who has the text alone.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{demo, has_tool, table};

/// The text of a PDF in the order in which it stands in the file, with one blank between words.
fn text(pdf: &Path) -> String {
    let output = Command::new("pdftotext")
        .arg("-raw")
        .arg(pdf)
        .arg("-")
        .output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The titles of the outline, each before those under it.
fn titles(items: &Value) -> Vec<String> {
    let items = items.as_array().unwrap().iter();
    items
        .flat_map(|item| {
            let title = item["title"].as_str().unwrap().split_whitespace();
            let title = title.collect::<Vec<_>>().join(" ");
            [vec![title], titles(&item["kids"])].concat()
        })
        .collect()
}

/// Whether a text has the parts one behind the other; the first that is not there.
fn wanting<'p>(text: &str, parts: &'p [String]) -> Option<&'p str> {
    let mut rest = text;
    for part in parts {
        match rest.split_once(part.as_str()) {
            Some((_, behind)) => rest = behind,
            None => return Some(part),
        }
    }
    None
}

#[test]
fn the_text_of_each_document_has_its_headings_in_the_order_of_the_outline() {
    if !has_tool("pdftotext") || !has_tool("qpdf") {
        return;
    }
    let mut documents = 0;
    for entry in std::fs::read_dir(demo().join("zoom-2020/reports")).unwrap() {
        let pdf = entry.unwrap().path();
        if pdf.extension().is_none_or(|extension| extension != "pdf") {
            continue;
        }
        let arguments = ["--json=2", "--json-key=outlines"];
        let output = Command::new("qpdf").args(arguments).arg(&pdf).output();
        let outline: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
        let titles = titles(&outline["outlines"]);
        assert!(!titles.is_empty(), "{}", pdf.display());
        assert_eq!(wanting(&text(&pdf), &titles), None, "{}", pdf.display());
        documents += 1;
    }
    assert_eq!(documents, 20);
}

#[test]
fn the_rows_of_the_appendix_read_in_the_order_of_their_table() {
    if !has_tool("pdftotext") {
        return;
    }
    let case = demo().join("zoom-2020");
    let text = text(&case.join("reports/expert-report.pdf"));
    let (_, appendix) = text.rsplit_once("Appendix A: every transmittal").unwrap();
    let (printed, _) = appendix.split_once("Sources of the documented").unwrap();
    let is_number = |word: &&str| {
        word.strip_prefix("T-")
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let printed: Vec<&str> = printed.split(' ').filter(is_number).collect();
    let rows = table(&case, "transmittals");
    assert_eq!(printed.len(), rows.len());
    for (printed, row) in printed.iter().zip(&rows) {
        assert_eq!(*printed, row["transmittal"]);
    }
    // In a row, what stands beside one another in the table follows on one another.
    let first = &rows[0];
    let row = [
        "transmittal",
        "exhibit",
        "recipient",
        "host",
        "value",
        "basis",
        "reach",
    ];
    let row: Vec<String> = row.map(|column| first[column].clone()).to_vec();
    let unbroken = |text: &str| text.replace(' ', "");
    let row: Vec<String> = row.iter().map(|cell| unbroken(cell)).collect();
    assert_eq!(wanting(&unbroken(appendix), &row), None);
}
