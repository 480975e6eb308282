//! When, in a run, a datum first went to a third party.

use std::collections::BTreeMap;

use affiant_model::{Basis, FirstTransmittal, Moment, MomentKind, PartyKind, Reach, Transmittal};
use chrono::{DateTime, Utc};

use super::Inputs;
use super::runs::{self, Run, Runs};
use crate::frame::columns_are_fields;

columns_are_fields!(
    FirstTransmittal,
    "timeline",
    [
        run,
        device,
        phase,
        app_version,
        start,
        start_is,
        recipient,
        datum,
        example,
        time,
        seconds,
        after,
        before,
        transmittals,
        before_notice,
    ]
);

/// Makes the rows: by run, then by time. What has no time is in none.
pub(super) fn timeline(inputs: &Inputs<'_>, runs: &Runs) -> Vec<FirstTransmittal> {
    let mut groups = BTreeMap::<(String, &str, &str), Vec<&Transmittal>>::new();
    for t in inputs.transmittals {
        let counts = t.basis != Basis::Pattern
            && t.reach > Reach::Contacted
            && t.party == PartyKind::Third
            && t.time.is_some();
        if counts {
            let key = (
                runs::of_transmittal(t),
                t.recipient.as_str(),
                t.datum.as_str(),
            );
            groups.entry(key).or_default().push(t);
        }
    }
    let mut rows: Vec<FirstTransmittal> = groups
        .into_iter()
        .filter_map(|((name, ..), group)| {
            let run = runs.0.get(&name)?;
            row(name, run, &moments(&inputs.case.moments, run, runs), &group)
        })
        .collect();
    rows.sort_by(|a, b| {
        let key = |row: &FirstTransmittal| (row.run.clone(), row.time, row.example);
        key(a).cmp(&key(b))
    });
    rows
}

/// The moments of a run, in order.
fn moments(moments: &[Moment], run: &Run, runs: &Runs) -> Vec<(DateTime<Utc>, MomentKind)> {
    let mut found: Vec<_> = moments
        .iter()
        // One that several runs may be meant by is used for none.
        .filter(|moment| run.is_of(moment) && runs.meant_by(moment) == 1)
        .filter_map(|moment| Some((moment.time()?, moment.kind)))
        .collect();
    found.sort();
    found
}

fn row(
    name: String,
    run: &Run,
    moments: &[(DateTime<Utc>, MomentKind)],
    group: &[&Transmittal],
) -> Option<FirstTransmittal> {
    let first = group.iter().min_by_key(|t| (t.time, t.transmittal))?;
    let time = first.time?;
    let opened = moments.iter().find(|(_, kind)| *kind == MomentKind::Opened);
    let (start, start_is) = match opened {
        Some((at, _)) => (*at, "opened, by the case file"),
        None => (run.first?, "first request of the run"),
    };
    let notice = moments
        .iter()
        .find(|(_, kind)| *kind == MomentKind::NoticeShown)
        .map(|(at, _)| *at);
    let word = |moment: Option<&(DateTime<Utc>, MomentKind)>| {
        moment.map_or_else(String::new, |(_, kind)| kind.to_string())
    };
    Some(FirstTransmittal {
        run: name,
        device: first.device.clone(),
        phase: first.phase.clone(),
        app_version: first.app_version.clone(),
        start,
        start_is: start_is.to_owned(),
        recipient: first.recipient.clone(),
        datum: first.datum.clone(),
        example: first.transmittal,
        time,
        seconds: (time - start).num_microseconds()? as f64 / 1e6,
        after: word(moments.iter().rfind(|(at, _)| *at <= time)),
        before: word(moments.iter().find(|(at, _)| *at > time)),
        transmittals: group.len() as u64,
        before_notice: notice.map(|notice| {
            group
                .iter()
                .filter(|t| t.time.is_some_and(|time| time < notice))
                .count() as u64
        }),
    })
}
