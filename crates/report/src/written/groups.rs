//! What was addressed to each third party, kind by kind, with the rows and the
//! bytes behind each figure.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{ExhibitId, PartyKind, Span, Transmittal, TransmittalId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use crate::ReportInput;
use crate::counts::{Tally, is_asserted};
use crate::view::label;

/// Kinds, over all recipients, of which a sentence is printed.
const PRINTED_KINDS: usize = 1_000;

/// Runs of numbers that are printed for one kind; the others are counted.
const PRINTED_RUNS: usize = 250;

/// Runs that are printed for all kinds together, each having its even share of them.
const PRINTED_RUNS_IN_ALL: usize = 10_000;

/// What was addressed to one third party.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    recipient: String,
    parent: String,
    domains: Vec<String>,
    devices: Vec<Held>,
    apps: Vec<String>,
    tally: Tally,
    kinds: Vec<Kind>,
    /// Phases with exchanges in which nothing of it was found.
    silent: Vec<Silent>,
}

/// A device, and who holds it by the case file; both may not be stated.
#[derive(Debug, Serialize)]
struct Held {
    device: Option<String>,
    holder: Option<String>,
}

/// A phase in which no transmittal to a recipient was observed.
#[derive(Debug, Serialize)]
struct Silent {
    phase: String,
    exhibits: usize,
    exchanges: u64,
}

/// What was addressed to one third party of one kind of datum.
#[derive(Debug, Serialize)]
struct Kind {
    /// Number of its line in the schedule.
    row: usize,
    label: String,
    tally: Tally,
    exhibits: Vec<String>,
    phases: Vec<String>,
    bases: Vec<String>,
    sources: Vec<String>,
    /// Numbers of the transmittals, in runs.
    numbers: Vec<String>,
    /// Runs that are not printed.
    more: usize,
    first: Cite,
}

/// Where one transmittal stands.
#[derive(Debug, Serialize)]
struct Cite {
    transmittal: TransmittalId,
    exhibit: ExhibitId,
    exchange: u32,
    time: Option<DateTime<Utc>>,
    host: String,
    locator: String,
    span: Span,
    basis: String,
    reach: String,
    status: Option<u16>,
    place: String,
}

/// The third parties, most transmittals first; patterns are left out.
pub(super) fn third_parties(input: &ReportInput<'_>) -> Vec<Group> {
    let mut by: BTreeMap<&str, Vec<&Transmittal>> = BTreeMap::new();
    let asserted = input.transmittals.iter().filter(is_asserted);
    for t in asserted.filter(|t| t.party == PartyKind::Third) {
        by.entry(&t.recipient).or_default().push(t);
    }
    let mut ordered: Vec<_> = by.into_iter().collect();
    ordered.sort_by_key(|(_, found)| std::cmp::Reverse(found.len()));
    let mut row = 0;
    let groups = ordered.into_iter();
    groups
        .map(|(recipient, found)| group(input, recipient, &found, &mut row))
        .collect()
}

fn group(
    input: &ReportInput<'_>,
    recipient: &str,
    found: &[&Transmittal],
    row: &mut usize,
) -> Group {
    let mut kinds: BTreeMap<&str, Vec<&Transmittal>> = BTreeMap::new();
    for t in found {
        kinds.entry(&t.datum).or_default().push(t);
    }
    let kinds = kinds.into_iter().map(|(datum, found)| {
        *row += 1;
        kind(input, *row, datum, &found)
    });
    let devices: BTreeSet<Option<&str>> = found.iter().map(|t| t.device.as_deref()).collect();
    let holder = |device: &str| {
        let stated = input.case.devices.iter().find(|d| d.name == device)?;
        (!stated.holder.is_empty()).then(|| stated.holder.clone())
    };
    Group {
        recipient: recipient.to_owned(),
        parent: found.first().map_or_else(String::new, |t| t.parent.clone()),
        domains: texts(found.iter().map(|t| t.domain.as_str())),
        devices: devices
            .into_iter()
            .map(|device| Held {
                device: device.map(str::to_owned),
                holder: device.and_then(holder),
            })
            .collect(),
        apps: texts(found.iter().filter_map(|t| t.app.as_deref())),
        tally: Tally::of(found.iter().copied()),
        kinds: kinds.collect(),
        silent: silent(input, found),
    }
}

fn kind(input: &ReportInput<'_>, row: usize, datum: &str, found: &[&Transmittal]) -> Kind {
    let numbers = runs(found);
    let exhibits: BTreeSet<ExhibitId> = found.iter().map(|t| t.exhibit).collect();
    Kind {
        row,
        label: label(input.labels, datum),
        tally: Tally::of(found.iter().copied()),
        exhibits: exhibits.iter().map(ToString::to_string).collect(),
        phases: texts(found.iter().filter_map(|t| t.phase.as_deref())),
        bases: texts(found.iter().map(|t| t.basis.to_string())),
        sources: texts(found.iter().filter_map(|t| t.source.as_deref())),
        more: numbers.len().saturating_sub(PRINTED_RUNS),
        numbers: numbers.into_iter().take(PRINTED_RUNS).collect(),
        first: cite(found),
    }
}

/// The one that the evidence carries furthest; of several the first.
fn cite(found: &[&Transmittal]) -> Cite {
    let furthest = |t: &&&Transmittal| (std::cmp::Reverse(t.reach), t.transmittal);
    let t = found.iter().min_by_key(furthest).unwrap_or(&found[0]);
    Cite {
        transmittal: t.transmittal,
        exhibit: t.exhibit,
        exchange: t.exchange,
        time: t.time,
        host: t.host.clone(),
        locator: t.locator.clone(),
        span: t.span,
        basis: t.basis.to_string(),
        reach: t.reach.to_string(),
        status: t.status,
        place: t.place.to_string(),
    }
}

/// The phases of the case file, with exchanges, that none of these is of, not
/// even one that was attempted only.
fn silent(input: &ReportInput<'_>, found: &[&Transmittal]) -> Vec<Silent> {
    let phases = input.case.phases.iter().map(|phase| phase.name.as_str());
    let without = phases.filter(|phase| !found.iter().any(|t| t.phase.as_deref() == Some(*phase)));
    without
        .map(|phase| {
            let of: BTreeSet<ExhibitId> = input
                .exhibits
                .iter()
                .filter(|e| e.circumstances.phase.as_deref() == Some(phase))
                .map(|e| e.id)
                .collect();
            let read = input.summaries.iter().filter(|s| of.contains(&s.exhibit));
            Silent {
                phase: phase.to_owned(),
                exhibits: of.len(),
                exchanges: read.map(|s| u64::from(s.exchanges)).sum(),
            }
        })
        .filter(|phase| phase.exchanges > 0)
        .collect()
}

fn texts<T: Into<String>>(texts: impl Iterator<Item = T>) -> Vec<String> {
    let texts: BTreeSet<String> = texts.map(Into::into).collect();
    texts.into_iter().collect()
}

/// `T-000001 to T-000003`, `T-000007`.
fn runs(found: &[&Transmittal]) -> Vec<String> {
    let mut numbers: Vec<u32> = found.iter().map(|t| t.transmittal.0).collect();
    numbers.sort_unstable();
    let runs = numbers.chunk_by(|a, b| a + 1 == *b);
    runs.map(|run| {
        let number = |n: &u32| TransmittalId(*n).to_string();
        match run {
            [] => String::new(),
            [only] => number(only),
            [first, second] => format!("{}, {}", number(first), number(second)),
            [first, .., last] => format!("{} to {}", number(first), number(last)),
        }
    })
    .collect()
}

/// Keeps the kinds that are printed; says how many there are in all.
pub(super) fn keep_printed(groups: &mut Vec<Group>) -> Value {
    let total: usize = groups.iter().map(|group| group.kinds.len()).sum();
    let share = PRINTED_RUNS_IN_ALL / total.clamp(1, PRINTED_KINDS);
    for group in groups.iter_mut() {
        group.kinds.retain(|kind| kind.row <= PRINTED_KINDS);
        for kind in &mut group.kinds {
            kind.more += kind.numbers.len().saturating_sub(share);
            kind.numbers.truncate(share);
        }
    }
    groups.retain(|group| !group.kinds.is_empty());
    json!({ "total": total, "printed": total.min(PRINTED_KINDS) })
}

#[cfg(test)]
mod tests {
    use affiant_model::Reach;

    use super::*;
    use crate::view::fixture::Fixture;

    #[test]
    fn every_third_party_transmittal_stands_in_one_line_of_the_schedule() {
        let fixture = Fixture::sample();
        let groups = third_parties(&fixture.input());
        let count: u64 = groups
            .iter()
            .flat_map(|g| &g.kinds)
            .map(|k| k.tally.transmittals)
            .sum();
        let third = fixture
            .transmittals
            .iter()
            .filter(|t| t.party == PartyKind::Third)
            .count();
        assert_eq!(count, third as u64);
        let rows: Vec<usize> = groups
            .iter()
            .flat_map(|g| &g.kinds)
            .map(|k| k.row)
            .collect();
        assert_eq!(rows, (1..=rows.len()).collect::<Vec<_>>());
    }

    #[test]
    fn of_many_kinds_each_has_its_share_of_the_numbers_and_the_rest_is_counted() {
        let mut fixture = Fixture::sample();
        let mut rows = fixture.transmittals.clone();
        rows.retain(|t| t.party == PartyKind::Third);
        // 400 kinds of 30 rows, no two of one kind in a run.
        let many = (0..12_000_u32).map(|n| Transmittal {
            transmittal: TransmittalId(n + 1),
            datum: format!("kind_{}", n % 400),
            recipient: "R".to_owned(),
            ..rows[0].clone()
        });
        fixture.transmittals = many.collect();
        let mut groups = third_parties(&fixture.input());
        keep_printed(&mut groups);
        let kinds: Vec<_> = groups.iter().flat_map(|g| &g.kinds).collect();
        assert_eq!(kinds.len(), 400);
        for kind in kinds {
            assert_eq!((kind.numbers.len(), kind.more), (25, 5), "{}", kind.label);
        }
    }

    #[test]
    fn the_row_that_is_cited_is_never_one_that_goes_less_far_than_another() {
        let mut fixture = Fixture::sample();
        for t in fixture.transmittals.iter_mut().take(20) {
            t.reach = Reach::Attempted;
        }
        let groups = third_parties(&fixture.input());
        let kinds = groups.iter().flat_map(|g| &g.kinds);
        for kind in kinds.filter(|k| k.tally.attempted < k.tally.transmittals) {
            assert_ne!(kind.first.reach, "attempted", "{}", kind.label);
        }
    }

    #[test]
    fn a_phase_with_an_attempted_request_is_not_called_silent() {
        let mut fixture = Fixture::sample();
        let before = third_parties(&fixture.input());
        assert_eq!(before[0].silent.len(), 1, "{:?}", before[0].silent);
        let phase = before[0].silent[0].phase.clone();
        let mut more = fixture.transmittals[0].clone();
        more.phase = Some(phase);
        more.reach = Reach::Attempted;
        fixture.transmittals.push(more);
        assert!(third_parties(&fixture.input())[0].silent.is_empty());
    }
}
