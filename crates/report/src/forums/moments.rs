//! What was stated of consent, and what was sent to third parties between one
//! stated moment and the next.

use std::collections::BTreeMap;

use affiant_model::{Exhibit, Moment, MomentKind, PartyKind, Transmittal};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::counts::{Tally, is_asserted};
use crate::{Error, ReportInput};

/// The moments of the case file, in the order of their times.
pub(super) fn moments(input: &ReportInput<'_>) -> Value {
    let mut moments: Vec<&Moment> = input.case.moments.iter().collect();
    moments.sort_by_key(|moment| moment.time());
    moments
        .iter()
        .map(|moment| json!({ "moment": moment, "time": moment.time() }))
        .collect()
}

/// A run as moments name it: its name at intake or, where it has none, its exhibit;
/// then phase, device and version.
type Run = (String, Option<String>, Option<String>, Option<String>);

fn run_of(exhibit: &Exhibit) -> Run {
    let stated = &exhibit.circumstances;
    (
        stated.run.clone().unwrap_or_else(|| exhibit.id.to_string()),
        stated.phase.clone(),
        stated.device.clone(),
        stated.app_version.clone(),
    )
}

fn is_of(moment: &Moment, (run, phase, device, version): &Run) -> bool {
    let fits = |stated: &Option<String>, own: &Option<String>| stated.is_none() || stated == own;
    moment.run == *run
        && fits(&moment.phase, phase)
        && fits(&moment.device, device)
        && fits(&moment.app_version, version)
}

/// Whether a moment says something of consent.
const fn speaks_of_consent(kind: MomentKind) -> bool {
    matches!(
        kind,
        MomentKind::NoticeShown
            | MomentKind::ConsentGiven
            | MomentKind::ConsentRefused
            | MomentKind::OptedOut
    )
}

/// For each run, the stretches between the moments that are stated for it, each
/// with the last that was stated of consent and the transmittals to third parties.
/// A run without a stated moment is one stretch. What has no time stands apart.
///
/// # Errors
/// [`Error::Inconsistent`] where the stretches do not add up to the whole.
pub(super) fn periods(input: &ReportInput<'_>) -> Result<Value, Error> {
    let third = || {
        let asserted = input.transmittals.iter().filter(is_asserted);
        asserted.filter(|t| t.party == PartyKind::Third)
    };
    let mut runs: BTreeMap<Run, Vec<&Transmittal>> = BTreeMap::new();
    for exhibit in input.exhibits {
        let own = third().filter(|t| t.exhibit == exhibit.id);
        runs.entry(run_of(exhibit)).or_default().extend(own);
    }
    let mut rows = Vec::new();
    let mut sum = 0;
    for (run, transmittals) in &runs {
        let mut moments: Vec<(DateTime<Utc>, &Moment)> = input
            .case
            .moments
            .iter()
            .filter(|moment| is_of(moment, run))
            .filter_map(|moment| Some((moment.time()?, moment)))
            .collect();
        moments.sort_by_key(|(time, _)| *time);
        for (index, own) in parted(&moments, transmittals).into_iter().enumerate() {
            sum += own.len() as u64;
            rows.push(row(run, &moments, index, &own)?);
        }
        let undated: Vec<_> = transmittals
            .iter()
            .copied()
            .filter(|t| t.time.is_none())
            .collect();
        sum += undated.len() as u64;
        if !undated.is_empty() {
            let mut row = row(run, &[], 0, &undated)?;
            row["undated"] = true.into();
            rows.push(row);
        }
    }
    let whole = third().count() as u64;
    if sum != whole {
        return Err(Error::Inconsistent {
            what: "the number of transmittals between the stated moments",
            expected: whole,
            found: sum,
        });
    }
    Ok(rows.into())
}

/// The transmittals with a time: before the first moment, then from each to the next.
fn parted<'t>(
    moments: &[(DateTime<Utc>, &Moment)],
    transmittals: &[&'t Transmittal],
) -> Vec<Vec<&'t Transmittal>> {
    let mut parts = vec![Vec::new(); moments.len() + 1];
    for t in transmittals {
        if let Some(time) = t.time {
            let part = moments.iter().filter(|(moment, _)| *moment <= time).count();
            parts[part].push(*t);
        }
    }
    parts
}

fn row(
    run: &Run,
    moments: &[(DateTime<Utc>, &Moment)],
    index: usize,
    transmittals: &[&Transmittal],
) -> Result<Value, Error> {
    let at = |index: Option<usize>| {
        let (time, moment) = moments.get(index?)?;
        Some(json!({ "kind": moment.kind, "time": time }))
    };
    let state = moments[..index.min(moments.len())]
        .iter()
        .rev()
        .find(|(_, moment)| speaks_of_consent(moment.kind))
        .map(|(_, moment)| moment.kind);
    Ok(json!({
        "run": run.0,
        "phase": run.1,
        "device": run.2,
        "app_version": run.3,
        "from": at(index.checked_sub(1)),
        "to": at(Some(index)),
        "state": state,
        "undated": false,
        "tally": serde_json::to_value(Tally::of(transmittals.iter().copied()))?,
        "example": transmittals.first().map(|t| t.transmittal),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture::Fixture;

    fn moment(kind: MomentKind, at: DateTime<Utc>, phase: &str) -> Moment {
        Moment {
            kind,
            at: at.to_rfc3339(),
            run: "1".into(),
            phase: Some(phase.into()),
            device: None,
            app_version: None,
            note: String::new(),
        }
    }

    #[test]
    fn what_was_sent_before_a_notice_is_counted_before_it_and_all_of_it_once() {
        let mut fixture = Fixture::sample();
        let first = fixture.transmittals[0].clone();
        let phase = first.phase.clone().unwrap();
        let after = first.time.unwrap() + chrono::TimeDelta::seconds(1);
        fixture.case.moments = vec![
            moment(MomentKind::ConsentRefused, after, &phase),
            moment(
                MomentKind::Opened,
                after - chrono::TimeDelta::seconds(60),
                &phase,
            ),
        ];
        let rows = periods(&fixture.input()).unwrap();
        let of_run: Vec<_> = rows
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["run"] == "1" && row["phase"] == phase.as_str())
            .collect();
        let count = |n: usize| of_run[n]["tally"]["transmittals"].as_u64().unwrap();
        assert_eq!(of_run.len(), 3);
        assert_eq!((count(0), count(2)), (0, 0));
        assert!(count(1) > 10);
        assert_eq!(of_run[1]["from"]["kind"], "opened");
        assert_eq!(of_run[1]["to"]["kind"], "consent refused");
        assert_eq!(of_run[1]["state"], Value::Null);
        assert_eq!(of_run[2]["state"], "consent refused");
    }

    #[test]
    fn a_transmittal_without_a_time_stands_apart() {
        let mut fixture = Fixture::sample();
        fixture.transmittals[0].time = None;
        let rows = periods(&fixture.input()).unwrap();
        let undated = rows.as_array().unwrap().iter();
        let undated: Vec<_> = undated.filter(|row| row["undated"] == true).collect();
        assert_eq!(undated.len(), 1);
        assert_eq!(undated[0]["tally"]["transmittals"], 1);
    }
}
