use std::collections::BTreeMap;

use affiant_model::{
    Basis, Case, ExchangeRow, ExhibitId, PartyKind, Reach, Statement, StatementFinding,
    StatementRun, Transmittal,
};

/// How many transmittals are named as examples of a statement.
const EXAMPLES: usize = 5;

/// Holds each statement of the case file against the evidence: in which
/// exhibits its datum was observed on the way to its recipient, how often, and
/// with which values.
///
/// Not counted are patterns, which are no identification, requests of which
/// the capture does not show that they left the device, and what an earlier
/// exhibit holds too. An exhibit that shows nothing of its own and repeats
/// exchanges with the recipient is no run of its own.
#[must_use]
pub fn hold_statements(
    case: &Case,
    exhibits: &[ExhibitId],
    exchanges: &[ExchangeRow],
    transmittals: &[Transmittal],
) -> Vec<StatementFinding> {
    case.statements
        .iter()
        .enumerate()
        .map(|(index, statement)| hold(index, statement, exhibits, exchanges, transmittals))
        .collect()
}

fn hold(
    index: usize,
    statement: &Statement,
    exhibits: &[ExhibitId],
    exchanges: &[ExchangeRow],
    transmittals: &[Transmittal],
) -> StatementFinding {
    let bearing_out: Vec<&Transmittal> = transmittals
        .iter()
        .filter(|t| {
            t.datum == statement.datum
                && (statement.values.is_empty() || statement.values.contains(&t.value))
                && t.basis != Basis::Pattern
                && t.reach > Reach::Contacted
                && concerns(statement, &t.recipient, &t.parent, t.party)
        })
        .collect();
    let runs = exhibits
        .iter()
        .filter_map(|exhibit| {
            let with_recipient = exchanges.iter().filter(|row| {
                row.exhibit == *exhibit
                    && row.kind.has_content()
                    && row.reach > Reach::Contacted
                    && row.party.is_some_and(|party| {
                        concerns(statement, &row.recipient, &row.parent, party)
                    })
            });
            let (own, repeated): (Vec<_>, Vec<_>) =
                with_recipient.partition(|row| row.repeats.is_none());
            let run = StatementRun {
                exhibit: *exhibit,
                transmittals: bearing_out.iter().filter(|t| t.exhibit == *exhibit).count() as u64,
                exchanges: own.len() as u64,
            };
            (repeated.is_empty() || run.transmittals > 0).then_some(run)
        })
        .collect();
    let mut values: BTreeMap<String, u64> = BTreeMap::new();
    for transmittal in &bearing_out {
        *values.entry(transmittal.value.clone()).or_default() += 1;
    }
    StatementFinding {
        statement: index,
        runs,
        transmittals: bearing_out.len() as u64,
        values,
        examples: bearing_out
            .iter()
            .take(EXAMPLES)
            .map(|t| t.transmittal.to_string())
            .collect(),
    }
}

/// Whether a recipient is the one that the statement names; where it names
/// none, whether it is a third party.
fn concerns(statement: &Statement, recipient: &str, parent: &str, party: PartyKind) -> bool {
    if statement.recipient.is_empty() {
        party == PartyKind::Third
    } else {
        statement.recipient == recipient || statement.recipient == parent
    }
}
