//! What was looked for, whether it was found, and over how much.

use std::collections::BTreeSet;

use affiant_model::{Case, PartyKind, Search};
use affiant_stats::upper_bound_of_zero;
use polars::prelude::col;

use super::inference::{CONFIDENCE, no_share};
use super::runs::{Run, Runs};
use crate::Error;
use crate::frame::{self, columns_are_fields};
use crate::grouping::Grouping;
use crate::query::{computing, has_left, in_columns};
use crate::source::Source;

columns_are_fields!(
    Search,
    "searches",
    [
        identifier,
        datum,
        subject,
        third_party,
        first_party,
        requests,
        bytes,
        runs,
        runs_with,
        upper,
        no_inference,
    ]
);

/// Transmittals of one known value in one run.
struct Found {
    identifier: String,
    party: PartyKind,
    run: String,
    transmittals: u64,
}

columns_are_fields!(Found, "searches", [identifier, party, run, transmittals]);

fn found(transmittals: &Source) -> Result<Vec<Found>, Error> {
    let grouping = Grouping::by(["identifier", "party", "run"]).rows("transmittals");
    let groups = transmittals
        .run_names()
        .and_then(|names| {
            grouping.of(transmittals, |rows| {
                names.in_rows(
                    rows.filter(col("identifier").is_not_null())
                        .filter(has_left()),
                )
            })
        })
        .and_then(in_columns::<Found>);
    frame::from_frame(groups.map_err(computing::<Search>)?)
}

/// Makes the rows: the known values in the order of the case file.
pub(super) fn searches(
    case: &Case,
    transmittals: &Source,
    runs: &Runs,
) -> Result<Vec<Search>, Error> {
    let found = found(transmittals)?;
    // A value of one device can be looked for in the runs of that device alone.
    let searched = |device: Option<&str>| {
        runs.0
            .values()
            .filter(|run| run.third_party > 0)
            .filter(|run| device.is_none() || run.device.as_deref() == device)
            .collect::<Vec<&Run>>()
    };
    let subjects = case.subjects.iter();
    let known = subjects.flat_map(|subject| subject.identifiers.iter().map(move |i| (subject, i)));
    known
        .map(|(subject, identifier)| {
            let searched = searched(identifier.device.as_deref());
            let count = searched.len() as u64;
            let of = |party: PartyKind| {
                found
                    .iter()
                    .filter(move |row| row.identifier == identifier.name && row.party == party)
            };
            let sum = |party| of(party).map(|row| row.transmittals).sum::<u64>();
            let third = sum(PartyKind::Third);
            let with: BTreeSet<&str> = of(PartyKind::Third).map(|row| row.run.as_str()).collect();
            let (upper, no_inference) = if third == 0 && count > 0 {
                bound(&searched).map_err(super::statistic::<Search>)?
            } else {
                (None, String::new())
            };
            Ok(Search {
                identifier: identifier.name.clone(),
                datum: identifier.kind.to_string(),
                subject: subject.name.clone(),
                third_party: third,
                first_party: sum(PartyKind::First),
                requests: searched.iter().map(|run| run.third_party).sum(),
                bytes: searched.iter().map(|run| run.bytes).sum(),
                runs: count,
                runs_with: with.len() as u64,
                upper,
                no_inference,
            })
        })
        .collect()
}

/// The bound of a share of none of the runs, or why there is none.
fn bound(runs: &[&Run]) -> Result<(Option<f64>, String), affiant_stats::Error> {
    let why = no_share(runs)?;
    if !why.is_empty() {
        return Ok((None, why));
    }
    let bound = upper_bound_of_zero(runs.len() as u64, CONFIDENCE)?;
    Ok((Some(bound.exact), why))
}
