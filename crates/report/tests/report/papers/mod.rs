//! The papers in words, rule by rule, as their text is extracted.

mod expert;
mod filed;

use crate::fixture::Fixture;
use crate::fixture::tools::{dense, has, text};
use affiant_report::Document;

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
