use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{ConsentSignal, ConsentStretch, ExhibitId};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::ReportInput;
use crate::view::label;

/// Signals that say the same, under one name, in one phase.
#[derive(Debug, Serialize)]
pub(crate) struct Group {
    phase: Option<String>,
    label: String,
    name: String,
    says: String,
    exchanges: usize,
    recipients: usize,
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
}

/// What the signals say, by phase and kind; with how many there are in all.
#[derive(Debug, Serialize)]
pub(crate) struct Signals {
    total: usize,
    exchanges: usize,
    groups: usize,
    rows: Vec<Group>,
    timeline: Timeline,
}

/// Stretches of a signal that changed, or that differ from what was stated.
#[derive(Debug, Serialize)]
struct Timeline {
    /// Stretches in all, and of how many signals of a run to a host.
    stretches: usize,
    signals: usize,
    /// Signals of which some are printed, and how many stretches those have.
    changed: usize,
    chosen: usize,
    rows: Vec<Stretch>,
}

/// A stretch with its kind of signal in words.
#[derive(Debug, Serialize)]
struct Stretch {
    label: String,
    #[serde(flatten)]
    stretch: ConsentStretch,
}

/// Groups that are printed; the table has all signals.
const PRINTED: usize = 150;

/// Groups the signals of the requests.
pub(crate) fn groups(input: &ReportInput<'_>) -> Signals {
    type Key<'k> = (&'k Option<String>, &'k str, &'k str, &'k str);
    let mut by: BTreeMap<Key<'_>, Vec<&ConsentSignal>> = BTreeMap::new();
    for row in input.consent {
        let key = (
            &row.phase,
            row.signal.as_str(),
            row.name.as_str(),
            row.says.as_str(),
        );
        by.entry(key).or_default().push(row);
    }
    let rows = by
        .iter()
        .take(PRINTED)
        .map(|((phase, signal, name, says), rows)| {
            let times = || rows.iter().filter_map(|row| row.time);
            let recipients: BTreeSet<&str> =
                rows.iter().map(|row| row.recipient.as_str()).collect();
            Group {
                phase: (*phase).clone(),
                label: label(input.labels, signal),
                name: (*name).to_owned(),
                says: (*says).to_owned(),
                exchanges: exchanges(rows.iter().copied()),
                recipients: recipients.len(),
                first: times().min(),
                last: times().max(),
            }
        });
    Signals {
        rows: rows.collect(),
        total: input.consent.len(),
        exchanges: exchanges(input.consent.iter()),
        groups: by.len(),
        timeline: timeline(input),
    }
}

/// The first stretches of the signals that changed or differ.
fn timeline(input: &ReportInput<'_>) -> Timeline {
    type Key<'k> = (&'k str, &'k str, &'k str, &'k str);
    let mut by: BTreeMap<Key<'_>, Vec<&ConsentStretch>> = BTreeMap::new();
    for row in input.consent_timeline {
        let key = (
            row.run.as_str(),
            row.host.as_str(),
            row.signal.as_str(),
            row.name.as_str(),
        );
        by.entry(key).or_default().push(row);
    }
    let signals = by.len();
    by.retain(|_, rows| rows.len() > 1 || rows.iter().any(|row| !row.differs_from.is_empty()));
    Timeline {
        stretches: input.consent_timeline.len(),
        signals,
        changed: by.len(),
        chosen: by.values().map(Vec::len).sum(),
        rows: by
            .values()
            .flatten()
            .take(PRINTED)
            .map(|row| Stretch {
                label: label(input.labels, &row.signal),
                stretch: (*row).clone(),
            })
            .collect(),
    }
}

fn exchanges<'s>(signals: impl Iterator<Item = &'s ConsentSignal>) -> usize {
    let exchanges: BTreeSet<(ExhibitId, u32)> =
        signals.map(|row| (row.exhibit, row.exchange)).collect();
    exchanges.len()
}
