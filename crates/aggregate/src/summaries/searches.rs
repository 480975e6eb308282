//! What was looked for, whether it was found, and over how much.

use std::collections::BTreeSet;

use affiant_model::{PartyKind, Reach, Search};
use affiant_stats::upper_bound_of_zero;

use super::Inputs;
use super::commonality::CONFIDENCE;
use super::runs::{self, Runs};
use crate::Error;
use crate::frame::columns_are_fields;

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
    ]
);

/// Makes the rows: the known values in the order of the case file.
pub(super) fn searches(inputs: &Inputs<'_>, runs: &Runs) -> Result<Vec<Search>, Error> {
    // A value of one device can be looked for in the runs of that device alone.
    let searched = |device: Option<&str>| {
        runs.0
            .values()
            .filter(|run| run.third_party > 0)
            .filter(|run| device.is_none() || run.device.as_deref() == device)
            .fold((0, 0, 0), |(count, requests, bytes), run| {
                (count + 1, requests + run.third_party, bytes + run.bytes)
            })
    };
    let subjects = inputs.case.subjects.iter();
    let known = subjects.flat_map(|subject| subject.identifiers.iter().map(move |i| (subject, i)));
    known
        .map(|(subject, identifier)| {
            let (count, requests, bytes) = searched(identifier.device.as_deref());
            let found = inputs.transmittals.iter().filter(|t| {
                t.identifier.as_ref() == Some(&identifier.name) && t.reach > Reach::Contacted
            });
            let (third, first): (Vec<_>, Vec<_>) = found.partition(|t| t.party == PartyKind::Third);
            let with: BTreeSet<String> = third.iter().map(|t| runs::of_transmittal(t)).collect();
            let upper = if third.is_empty() && count > 0 {
                let bound = upper_bound_of_zero(count, CONFIDENCE);
                Some(bound.map_err(super::statistic::<Search>)?.exact)
            } else {
                None
            };
            Ok(Search {
                identifier: identifier.name.clone(),
                datum: identifier.kind.to_string(),
                subject: subject.name.clone(),
                third_party: third.len() as u64,
                first_party: first.len() as u64,
                requests,
                bytes,
                runs: count,
                runs_with: with.len() as u64,
                upper,
            })
        })
        .collect()
}
