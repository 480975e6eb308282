//! What is known of how right the method is: figures that the tests of this
//! version measured, and the coverage of the case.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use affiant_model::Digest;

use crate::view::{PRINTED_ROWS, label};
use crate::{Error, ReportInput};

/// What `crates/detect/tests/labelled.rs` measured; it fails where this is not it.
const LABELLED: &str = include_str!("../../../../datasets/validation/labelled.toml");

/// What `tests/suite/android.rs` holds a real capture against.
const BY_HAND: &str = include_str!("../../../../tests/expected/android-first-run.csv");

/// The labelled corpus.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    identifiers: u64,
    encoding: Vec<Count>,
    place: Vec<Count>,
    #[serde(default)]
    missed: Vec<Missed>,
}

/// Requests with an identifier and with a decoy, and what was found in them.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Count {
    name: String,
    requests: u64,
    found: u64,
    decoys: u64,
    false_finds: u64,
}

/// An identifier that was not found in an encoding.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Missed {
    encoding: String,
    identifier: String,
    places: Vec<String>,
}

/// The figures, as the template reads them.
///
/// # Errors
/// [`Error::Dataset`] where the dataset that is compiled in cannot be read.
pub(super) fn data(input: &ReportInput<'_>) -> Result<Value, Error> {
    let labelled: Labelled =
        toml::from_str(LABELLED).map_err(|error| Error::Dataset(error.to_string()))?;
    let sum = |figure: fn(&Count) -> u64| labelled.encoding.iter().map(figure).sum::<u64>();
    let (requests, found) = (sum(|c| c.requests), sum(|c| c.found));
    let (decoys, false_finds) = (sum(|c| c.decoys), sum(|c| c.false_finds));
    let withheld: Vec<Value> = input
        .withheld
        .iter()
        .map(|w| json!({ "label": label(input.labels, &w.datum), "reason": w.reason, "count": w.count }))
        .collect();
    let defects = &input.defects[..input.defects.len().min(PRINTED_ROWS)];
    Ok(json!({
        "sha256": Digest::of(LABELLED.as_bytes()),
        "requests": requests,
        "found": found,
        "decoys": decoys,
        "false_finds": false_finds,
        "recall": per_cent(found, requests),
        "precision": per_cent(found, found + false_finds),
        "by_hand": by_hand(),
        "withheld": withheld,
        "defects": defects,
        "labelled": labelled,
    }))
}

/// Rows of the capture that was read by hand: those of documented fields, without
/// comments and heading, and the one of a known value.
fn by_hand() -> usize {
    let lines = BY_HAND.lines().filter(|line| !line.starts_with('#'));
    lines.skip(1).count()
}

/// Parts of a hundred with two decimals, cut and not rounded, so that what is not
/// all is never printed as all.
fn per_cent(part: u64, whole: u64) -> Option<String> {
    let hundredths = (part * 10_000).checked_div(whole)?;
    Some(format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_that_is_not_all_is_never_printed_as_all() {
        assert_eq!(per_cent(99_999, 100_000).as_deref(), Some("99.99"));
        assert_eq!(per_cent(5, 5).as_deref(), Some("100.00"));
        assert_eq!(per_cent(0, 0), None);
    }

    #[test]
    fn both_counts_of_the_corpus_add_up_to_the_same() {
        let labelled: Labelled = toml::from_str(LABELLED).unwrap();
        for figure in [
            |c: &Count| c.requests,
            |c: &Count| c.found,
            |c: &Count| c.decoys,
        ] {
            let sum = |counts: &[Count]| counts.iter().map(figure).sum::<u64>();
            assert_eq!(sum(&labelled.encoding), sum(&labelled.place));
        }
        let missed: usize = labelled.missed.iter().map(|m| m.places.len()).sum();
        let (of, found): (u64, u64) = labelled
            .encoding
            .iter()
            .fold((0, 0), |(a, b), c| (a + c.requests, b + c.found));
        assert_eq!(of - found, missed as u64);
    }
}
