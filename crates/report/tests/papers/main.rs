//! The papers in words, rule by rule, as their text is extracted.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
#![allow(
    clippy::print_stdout,
    dead_code,
    reason = "the helpers of tests are tests, and each binary uses its own part"
)]

#[path = "../fixture/mod.rs"]
mod fixture;

mod expert;
mod filed;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use affiant_report::Document;
use fixture::Fixture;
use fixture::tools::{dense, has, text};

/// The documents of the sample, made once.
static SAMPLE: LazyLock<BTreeMap<&str, Vec<u8>>> = LazyLock::new(|| {
    let fixture = Fixture::sample();
    let of = |document: &Document| (document.name(), fixture.make(*document).unwrap());
    [
        Document::Certification902,
        Document::Notice90211,
        Document::Declaration,
        Document::Allegations,
        Document::Validation,
        Document::ExpertReport,
    ]
    .iter()
    .map(of)
    .collect()
});

fn made(fixture: &Fixture, document: Document) -> Option<String> {
    text(&fixture.make(document).unwrap())
}

#[track_caller]
fn has_not(text: &str, words: &[&str]) {
    let text = text.to_lowercase();
    for word in words {
        assert!(!text.contains(&dense(word)), "printed: {word}");
    }
}

/// Words of argument, of conclusion and of overstatement.
const NO_ARGUMENT: [&str; 12] = [
    "unlawful",
    "illegal",
    "violat",
    "clearly",
    "obviously",
    "leaked",
    "stolen",
    "secretly",
    "without consent",
    "therefore",
    "proves",
    "surveil",
];

#[test]
fn a_case_without_exhibits_has_papers_that_say_so() {
    let fixture = Fixture::empty();
    for (document, said) in [
        (
            Document::Declaration,
            "no transmittal addressed to a third party was observed.",
        ),
        (
            Document::Allegations,
            "no datum was observed in a request addressed to a third party.",
        ),
        (Document::Notice90211, "No exhibit was taken in."),
        (Document::Validation, "0 exchanges were searched"),
    ] {
        let Some(text) = made(&fixture, document) else {
            return;
        };
        has(&text, &[said]);
    }
}
