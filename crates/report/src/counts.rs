//! Every figure of the reports, counted from the transmittals themselves.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Basis, ExhibitId, PartyKind, Reach, Transmittal};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{Error, ReportInput};

/// Figures of the whole case.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Counts {
    exhibits: usize,
    refused: usize,
    exchanges: u64,
    exchanges_first: u64,
    exchanges_third: u64,
    exchanges_with: u64,
    /// Entries that show a contact or a record, and no content.
    contacts: u64,
    /// Found by shape and name only: counted here and nowhere else.
    patterns: usize,
    defects: usize,
    exhibits_with_defects: usize,
    withheld: u64,
    all: Tally,
    third: Tally,
    first: Tally,
}

/// Figures of some transmittals.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Tally {
    pub(crate) transmittals: u64,
    kinds: usize,
    recipients: usize,
    exhibits: usize,
    exchanges: usize,
    pub(crate) attempted: u64,
    contacted: u64,
    sent: u64,
    acknowledged: u64,
    recorded: u64,
    known_values: u64,
    documented_fields: u64,
    observed_fields: u64,
    start: Option<DateTime<Utc>>,
    end: Option<DateTime<Utc>>,
}

/// Figures of one phase of the test, or of the exhibits without one.
#[derive(Debug, Default, Serialize)]
pub(crate) struct PhaseRow {
    phase: Option<String>,
    exhibits: usize,
    exchanges: u64,
    exchanges_third: u64,
    third: Tally,
}

/// Figures of one recipient.
#[derive(Debug, Serialize)]
pub(crate) struct RecipientRow {
    recipient: String,
    parent: String,
    party: PartyKind,
    domains: String,
    tally: Tally,
}

/// Whether a transmittal is asserted; one that rests on a pattern is not.
pub(crate) fn is_asserted(transmittal: &&Transmittal) -> bool {
    transmittal.basis != Basis::Pattern
}

impl Tally {
    /// Counts `transmittals`.
    pub(crate) fn of<'a>(transmittals: impl IntoIterator<Item = &'a Transmittal>) -> Self {
        let mut tally = Self::default();
        let (mut kinds, mut recipients) = (BTreeSet::new(), BTreeSet::new());
        let (mut exhibits, mut exchanges) = (BTreeSet::new(), BTreeSet::new());
        for t in transmittals {
            tally.transmittals += 1;
            kinds.insert(&t.datum);
            recipients.insert(&t.recipient);
            exhibits.insert(t.exhibit);
            exchanges.insert((t.exhibit, t.exchange));
            *match t.reach {
                Reach::Attempted => &mut tally.attempted,
                Reach::Contacted => &mut tally.contacted,
                Reach::Sent => &mut tally.sent,
                Reach::Acknowledged => &mut tally.acknowledged,
                Reach::Recorded => &mut tally.recorded,
            } += 1;
            match t.basis {
                Basis::KnownValue => tally.known_values += 1,
                Basis::DocumentedField => tally.documented_fields += 1,
                Basis::ObservedField => tally.observed_fields += 1,
                Basis::Pattern => {}
            }
            // `None` is less than any time, so it must not win the minimum.
            tally.start = [tally.start, t.time].into_iter().flatten().min();
            tally.end = tally.end.max(t.time);
        }
        tally.kinds = kinds.len();
        tally.recipients = recipients.len();
        tally.exhibits = exhibits.len();
        tally.exchanges = exchanges.len();
        tally
    }
}

impl Counts {
    /// Counts the whole case.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] where the summaries do not add up to the
    /// transmittals: a report must not contradict itself.
    pub(crate) fn of(input: &ReportInput<'_>) -> Result<Self, Error> {
        let total = input.transmittals.len() as u64;
        let by_recipient = input.recipients.iter().map(|r| r.transmittals).sum();
        let by_exhibit = input.summaries.iter().map(|s| u64::from(s.transmittals));
        same("the number of transmittals", total, by_recipient)?;
        same("the number of transmittals", total, by_exhibit.sum())?;

        let sum = |figure: fn(&affiant_model::ExhibitSummary) -> u32| {
            input.summaries.iter().map(|s| u64::from(figure(s))).sum()
        };
        let with_defects: BTreeSet<ExhibitId> = input.defects.iter().map(|d| d.exhibit).collect();
        let of = |party| {
            let asserted = input.transmittals.iter().filter(is_asserted);
            Tally::of(asserted.filter(|t| t.party == party))
        };
        Ok(Self {
            exhibits: input.exhibits.len(),
            refused: input
                .summaries
                .iter()
                .filter(|s| s.refused.is_some())
                .count(),
            exchanges: sum(|s| s.exchanges),
            exchanges_first: sum(|s| s.first_party),
            exchanges_third: sum(|s| s.third_party),
            exchanges_with: sum(|s| s.with_transmittals),
            contacts: sum(|s| s.contacts),
            patterns: input
                .transmittals
                .iter()
                .filter(|t| !is_asserted(t))
                .count(),
            defects: input.defects.len(),
            exhibits_with_defects: with_defects.len(),
            withheld: input.withheld.iter().map(|w| w.count).sum(),
            all: Tally::of(input.transmittals.iter().filter(is_asserted)),
            third: of(PartyKind::Third),
            first: of(PartyKind::First),
        })
    }
}

fn same(what: &'static str, expected: u64, found: u64) -> Result<(), Error> {
    if expected == found {
        return Ok(());
    }
    Err(Error::Inconsistent {
        what,
        expected,
        found,
    })
}

/// One row for each phase, in the order of the case file, then those that only
/// the exhibits name, then the exhibits without a phase.
pub(crate) fn by_phase(input: &ReportInput<'_>) -> Vec<PhaseRow> {
    let mut phases: Vec<Option<&str>> = Vec::new();
    let declared = input.case.phases.iter().map(|p| Some(p.name.as_str()));
    let stated = input
        .exhibits
        .iter()
        .map(|e| e.circumstances.phase.as_deref());
    for phase in declared
        .chain(stated.clone().filter(Option::is_some))
        .chain(stated)
    {
        if !phases.contains(&phase) {
            phases.push(phase);
        }
    }
    let rows = phases.into_iter().map(|phase| {
        let exhibits: BTreeSet<ExhibitId> = input
            .exhibits
            .iter()
            .filter(|e| e.circumstances.phase.as_deref() == phase)
            .map(|e| e.id)
            .collect();
        let summaries = || {
            input
                .summaries
                .iter()
                .filter(|s| exhibits.contains(&s.exhibit))
        };
        PhaseRow {
            phase: phase.map(str::to_owned),
            exhibits: exhibits.len(),
            exchanges: summaries().map(|s| u64::from(s.exchanges)).sum(),
            exchanges_third: summaries().map(|s| u64::from(s.third_party)).sum(),
            third: Tally::of(
                input
                    .transmittals
                    .iter()
                    .filter(is_asserted)
                    .filter(|t| t.party == PartyKind::Third && exhibits.contains(&t.exhibit)),
            ),
        }
    });
    rows.collect()
}

/// One row for each recipient, third parties first, then by number of transmittals.
pub(crate) fn by_recipient(input: &ReportInput<'_>) -> Vec<RecipientRow> {
    let mut groups: BTreeMap<(PartyKind, &str), Vec<&Transmittal>> = BTreeMap::new();
    for t in input.transmittals.iter().filter(is_asserted) {
        groups.entry((t.party, &t.recipient)).or_default().push(t);
    }
    let mut rows: Vec<RecipientRow> = groups
        .into_iter()
        .map(|((party, recipient), transmittals)| {
            let domains: BTreeSet<&str> = transmittals.iter().map(|t| t.domain.as_str()).collect();
            RecipientRow {
                recipient: recipient.to_owned(),
                parent: transmittals
                    .first()
                    .map_or_else(String::new, |t| t.parent.clone()),
                party,
                domains: domains.into_iter().collect::<Vec<_>>().join(", "),
                tally: Tally::of(transmittals),
            }
        })
        .collect();
    rows.sort_by_key(|row| {
        (
            row.party == PartyKind::First,
            std::cmp::Reverse(row.tally.transmittals),
        )
    });
    rows
}
