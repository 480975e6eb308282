//! Timeline of a run: when each kind of datum first went to which third party, and
//! the moments that the case file states.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{FirstTransmittal, Moment, MomentKind, RunRow};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::place::{Names, largest, spread, ticks};
use crate::ReportInput;
use crate::view::label;

/// Runs that are drawn, each by itself.
const RUNS: usize = 12;
/// Recipients of a run that have a lane; the last of more stands for the rest.
const LANES: usize = 8;
/// Marks of a run; what first went out later is not drawn.
const MARKS: usize = 30;
/// Moments of a run that are drawn.
const MOMENTS: usize = 12;
/// Least distance of two numbers in a lane, and of two letters, as part of the width.
const PITCH: f64 = 0.034;
/// Part of the width that is left free at either end.
const MARGIN: f64 = 0.03;

/// The figure of one run. Places are parts of the width and of the height.
#[derive(Debug, Serialize)]
pub(super) struct Lanes {
    pub(super) run: String,
    pub(super) start: DateTime<Utc>,
    pub(super) start_is: String,
    lanes: Vec<Lane>,
    marks: Vec<Mark>,
    moments: Vec<Stated>,
    ticks: Vec<Tick>,
    names: Names,
    /// Marks, moments, and recipients drawn as one, that have no place of their own.
    pub(super) other_marks: usize,
    pub(super) other_moments: usize,
    pub(super) other_recipients: usize,
    #[serde(skip)]
    pub(super) rows: usize,
}

/// A recipient.
#[derive(Debug, Serialize)]
struct Lane {
    name: String,
    at: f64,
}

/// What first went out to one recipient at one time.
#[derive(Debug, Serialize)]
struct Mark {
    number: usize,
    lane: usize,
    x: f64,
    /// Where its number stands, moved off its neighbours.
    number_x: f64,
    seconds: f64,
    recipient: String,
    data: Vec<String>,
    example: String,
    /// Whether this was before the first notice that is stated; none where none is.
    before_notice: Option<bool>,
}

/// A moment that the case file states.
#[derive(Debug, Serialize)]
struct Stated {
    letter: String,
    kind: MomentKind,
    x: f64,
    letter_x: f64,
    seconds: f64,
    note: String,
}

/// A tick of the axis.
#[derive(Debug, Serialize)]
struct Tick {
    x: f64,
    seconds: f64,
}

/// Lays out a figure for each run, those with stated moments first where there are
/// too many; second is how many are not drawn.
pub(super) fn lanes(
    input: &ReportInput<'_>,
    runs: &[RunRow],
    timeline: &[FirstTransmittal],
) -> (Vec<Lanes>, usize) {
    let mut by_run: Vec<(&str, Vec<&FirstTransmittal>)> = Vec::new();
    for row in timeline {
        match by_run.last_mut() {
            Some((run, rows)) if *run == row.run => rows.push(row),
            _ => by_run.push((&row.run, vec![row])),
        }
    }
    let moments: BTreeMap<&str, Vec<&Moment>> = by_run
        .iter()
        .map(|(run, _)| (*run, moments(&input.case.moments, run, runs)))
        .collect();
    let all = by_run.len();
    by_run.sort_by_key(|(run, _)| moments[run].is_empty());
    by_run.truncate(RUNS);
    by_run.sort_by_key(|(run, _)| *run);
    let figures: Vec<Lanes> = by_run
        .iter()
        .filter_map(|(run, rows)| figure(input, run, rows, &moments[run]))
        .collect();
    let others = all - figures.len();
    (figures, others)
}

/// The moments of a run, in order. One that several runs may be meant by is of none.
fn moments<'c>(moments: &'c [Moment], run: &str, runs: &[RunRow]) -> Vec<&'c Moment> {
    let is_of = |moment: &Moment, row: &RunRow| {
        let is = |stated: &Option<String>, own: Option<&str>| {
            stated.is_none() || stated.as_deref() == own
        };
        // The name of a run in the tables begins with the name stated at intake.
        let named = row.run.strip_prefix(moment.run.as_str());
        named.is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
            && is(&moment.phase, Some(row.phases.as_str()))
            && is(&moment.device, row.device.as_deref())
            && is(&moment.app_version, row.app_version.as_deref())
    };
    let mut found: Vec<&Moment> = moments
        .iter()
        .filter(|moment| {
            let mut meant = runs.iter().filter(|row| is_of(moment, row));
            meant.next().is_some_and(|row| row.run == run) && meant.next().is_none()
        })
        .filter(|moment| moment.time().is_some())
        .collect();
    found.sort_by_key(|moment| (moment.time(), moment.kind));
    found
}

fn figure(
    input: &ReportInput<'_>,
    run: &str,
    rows: &[&FirstTransmittal],
    moments: &[&Moment],
) -> Option<Lanes> {
    let first = rows.first()?;
    let start = first.start;
    let mut groups = BTreeMap::<(DateTime<Utc>, &str), Vec<&FirstTransmittal>>::new();
    for row in rows {
        groups
            .entry((row.time, &row.recipient))
            .or_default()
            .push(row);
    }
    let other_marks = groups.len().saturating_sub(MARKS);
    let groups: Vec<_> = groups.into_iter().take(MARKS).collect();
    let stated: Vec<(f64, &Moment)> = moments
        .iter()
        .filter_map(|moment| Some((seconds(moment.time()?, start)?, *moment)))
        .collect();
    let other_moments = stated.len().saturating_sub(MOMENTS);
    let stated = &stated[..stated.len().min(MOMENTS)];

    let times = groups.iter().map(|(_, rows)| rows[0].seconds);
    let axis = Axis::of(times.chain(stated.iter().map(|(at, _)| *at)));
    let mut counts = BTreeMap::<String, u64>::new();
    for ((_, recipient), rows) in &groups {
        *counts.entry((*recipient).to_owned()).or_default() += rows.len() as u64;
    }
    let mut names = Names::default();
    let (recipients, other_recipients) = largest(&counts, LANES);
    let number = recipients.len() + usize::from(other_recipients > 0);
    let others = (other_recipients > 0).then(|| format!("others ({other_recipients})"));
    let lanes = recipients.iter().chain(&others).enumerate();
    let lanes = lanes.map(|(n, name)| Lane {
        name: names.short(name, 24),
        at: (n as f64 + 0.5) / number as f64,
    });
    let lanes: Vec<Lane> = lanes.collect();
    let mut marks: Vec<Mark> = groups
        .iter()
        .enumerate()
        .map(|(n, ((_, recipient), rows))| mark(input, n + 1, recipient, rows, &recipients, &axis))
        .collect();
    for lane in 0..lanes.len() {
        part(&mut marks, lane);
    }
    let wanted: Vec<f64> = stated.iter().map(|(at, _)| axis.x(*at)).collect();
    let letters = stated.iter().zip(spread(&wanted, PITCH)).enumerate();
    let moments = letters.map(|(n, ((at, moment), letter_x))| Stated {
        letter: char::from(b'A' + u8::try_from(n).unwrap_or(0)).to_string(),
        kind: moment.kind,
        x: axis.x(*at),
        letter_x,
        seconds: *at,
        note: moment.note.clone(),
    });
    Some(Lanes {
        run: run.to_owned(),
        start,
        start_is: first.start_is.clone(),
        moments: moments.collect(),
        ticks: axis.ticks(),
        lanes,
        marks,
        names,
        other_marks,
        other_moments,
        other_recipients,
        rows: rows.len(),
    })
}

fn mark(
    input: &ReportInput<'_>,
    number: usize,
    recipient: &str,
    rows: &[&FirstTransmittal],
    recipients: &[String],
    axis: &Axis,
) -> Mark {
    let lane = recipients.iter().position(|name| name == recipient);
    let data: BTreeSet<String> = rows.iter().map(|r| label(input.labels, &r.datum)).collect();
    let example = rows.iter().map(|row| row.example).min();
    // Of several rows, before only where each kind was sent before.
    let before = rows.iter().map(|row| row.before_notice.map(|n| n > 0));
    let x = axis.x(rows[0].seconds);
    Mark {
        number,
        lane: lane.unwrap_or(recipients.len()),
        x,
        number_x: x,
        seconds: rows[0].seconds,
        recipient: recipient.to_owned(),
        data: data.into_iter().collect(),
        example: example.map_or_else(String::new, |example| example.to_string()),
        before_notice: before.reduce(|a, b| Some(a? && b?)).flatten(),
    }
}

/// Moves the numbers of one lane apart.
fn part(marks: &mut [Mark], lane: usize) {
    let mut of_lane: Vec<&mut Mark> = marks.iter_mut().filter(|m| m.lane == lane).collect();
    // Marks are in order of time, so that their places ascend.
    let wanted: Vec<f64> = of_lane.iter().map(|mark| mark.x).collect();
    for (mark, place) in of_lane.iter_mut().zip(spread(&wanted, PITCH)) {
        mark.number_x = place;
    }
}

/// From the start of the run, in seconds.
fn seconds(time: DateTime<Utc>, start: DateTime<Utc>) -> Option<f64> {
    Some((time - start).num_microseconds()? as f64 / 1e6)
}

/// The axis of time: seconds from the start of the run.
struct Axis {
    from: f64,
    to: f64,
}

impl Axis {
    /// From the start, or what is before it, to the last time.
    fn of(times: impl Iterator<Item = f64>) -> Self {
        let (mut from, mut to) = (0.0_f64, 0.0_f64);
        for time in times {
            from = from.min(time);
            to = to.max(time);
        }
        // A run of one moment has an axis of a second.
        let to = if to > from { to } else { from + 1.0 };
        Self { from, to }
    }

    fn x(&self, seconds: f64) -> f64 {
        let part = (seconds - self.from) / (self.to - self.from);
        MARGIN + part.clamp(0.0, 1.0) * (1.0 - 2.0 * MARGIN)
    }

    fn ticks(&self) -> Vec<Tick> {
        let ticks = ticks(self.from, self.to, 8).into_iter();
        let tick = |seconds| Tick {
            x: self.x(seconds),
            seconds,
        };
        ticks.map(tick).collect()
    }
}

impl Lanes {
    /// What the figure shows, in words.
    pub(super) fn alt(&self) -> String {
        let moments = self
            .moments
            .iter()
            .map(|m| format!("{:.3} s: {}, by the case file", m.seconds, m.kind));
        let marks = self.marks.iter().map(|m| {
            format!(
                "{:.3} s: {} to {}",
                m.seconds,
                m.data.join(", "),
                m.recipient
            )
        });
        let all: Vec<String> = moments.chain(marks).collect();
        format!(
            "Timeline of the run {}, in seconds from its start. {}.",
            self.run,
            all.join("; ")
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use affiant_model::TransmittalId;
    use proptest::prelude::*;

    use super::*;
    use crate::view::fixture::{Fixture, at};

    static SAMPLE: LazyLock<Fixture> = LazyLock::new(Fixture::sample);

    fn run(name: &str, phase: &str, device: &str) -> RunRow {
        RunRow {
            run: name.into(),
            phases: phase.into(),
            device: Some(device.into()),
            app_version: None,
            exhibits: "E-0001".into(),
            requests: 1,
            third_party: 1,
            bytes: 1,
            first: None,
        }
    }

    fn moment(run: &str, device: Option<&str>) -> Moment {
        Moment {
            kind: MomentKind::NoticeShown,
            at: at(5).to_rfc3339(),
            run: run.into(),
            phase: None,
            device: device.map(str::to_owned),
            app_version: None,
            note: String::new(),
        }
    }

    #[test]
    fn a_moment_that_two_runs_may_be_meant_by_is_of_neither() {
        let runs = [
            run("a1 (p, A)", "p", "A"),
            run("a1 (p, B)", "p", "B"),
            run("a11", "p", "A"),
        ];
        let unclear = [moment("a1", None)];
        assert!(moments(&unclear, "a1 (p, A)", &runs).is_empty());
        let clear = [moment("a1", Some("B"))];
        assert!(moments(&clear, "a1 (p, A)", &runs).is_empty());
        assert_eq!(moments(&clear, "a1 (p, B)", &runs).len(), 1);
    }

    fn first(recipient: usize, datum: usize, millis: i64) -> FirstTransmittal {
        FirstTransmittal {
            run: "r".into(),
            device: None,
            phase: None,
            app_version: None,
            start: at(0),
            start_is: "first request of the run".into(),
            recipient: format!("R{recipient}"),
            datum: format!("d{datum}"),
            example: TransmittalId(1),
            time: at(0) + chrono::TimeDelta::milliseconds(millis),
            seconds: millis as f64 / 1e3,
            after: String::new(),
            before: String::new(),
            transmittals: 1,
            before_notice: Some(1),
        }
    }

    proptest! {
        #[test]
        fn every_mark_lies_in_the_frame_and_none_is_lost(
            picks in prop::collection::btree_set((0..20_usize, 0..9_usize, -5_000..900_000_i64), 1..60),
        ) {
            let mut rows: Vec<_> = picks.iter().map(|(r, d, t)| first(*r, *d, *t)).collect();
            rows.sort_by_key(|row| row.time);
            let (figures, others) = lanes(&SAMPLE.input(), &[], &rows);
            prop_assert_eq!((figures.len(), others), (1, 0));
            let figure = &figures[0];
            let times: BTreeSet<_> = picks.iter().map(|(r, _, t)| (r, t)).collect();
            prop_assert_eq!(figure.marks.len() + figure.other_marks, times.len());
            for mark in &figure.marks {
                prop_assert!((0.0..=1.0).contains(&mark.x) && (0.0..=1.0).contains(&mark.number_x));
                prop_assert!(mark.lane < figure.lanes.len());
                prop_assert_eq!(mark.before_notice, Some(true));
            }
            prop_assert!(figure.ticks.iter().all(|t| (0.0..=1.0).contains(&t.x)));
            prop_assert!(figure.lanes.len() <= LANES);
        }
    }
}
