//! When, in a run, a datum first went to a third party.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use affiant_model::{Case, FirstTransmittal, Moment, MomentKind, PartyKind, TransmittalId};
use chrono::{DateTime, Utc};
use polars::prelude::{
    Column, DataFrame, DataType, IntoLazy, JoinArgs, JoinType, LazyFrame, PolarsResult, col,
};

use super::runs::{Run, Runs};
use crate::Error;
use crate::frame::{self, columns_are_fields};
use crate::grouping::Grouping;
use crate::query::{computing, has_left, in_columns, is, is_asserted, transmittal_number};
use crate::source::Source;

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

/// What one run sent of one datum to one recipient.
struct Group {
    run: String,
    recipient: String,
    datum: String,
    transmittals: u64,
    before_notice: u64,
    first: DateTime<Utc>,
}

columns_are_fields!(
    Group,
    "timeline",
    [run, recipient, datum, transmittals, before_notice, first]
);

/// The first of them.
struct First {
    run: String,
    recipient: String,
    datum: String,
    device: Option<String>,
    phase: Option<String>,
    app_version: Option<String>,
    number: u32,
}

columns_are_fields!(
    First,
    "timeline",
    [run, recipient, datum, device, phase, app_version, number]
);

const KEYS: [&str; 3] = ["run", "recipient", "datum"];

/// Makes the rows: by run, then by time. What has no time is in none.
pub(super) fn timeline(
    case: &Case,
    transmittals: &Source,
    runs: &Runs,
) -> Result<Vec<FirstTransmittal>, Error> {
    let moments: BTreeMap<&str, _> = runs
        .0
        .iter()
        .map(|(name, run)| (name.as_str(), moments(&case.moments, run, runs)))
        .collect();
    let (groups, firsts) =
        groups(transmittals, &notices(&moments)).map_err(computing::<FirstTransmittal>)?;
    let mut first_of = BTreeMap::<_, First>::new();
    for first in frame::from_frame::<First>(firsts)? {
        let key = (
            first.run.clone(),
            first.recipient.clone(),
            first.datum.clone(),
        );
        match first_of.entry(key) {
            Entry::Occupied(mut other) if first.number < other.get().number => {
                other.insert(first);
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(none) => {
                none.insert(first);
            }
        }
    }
    let groups: Vec<Group> = frame::from_frame(groups)?;
    let mut rows: Vec<FirstTransmittal> = groups
        .into_iter()
        .filter_map(|group| {
            let run = runs.0.get(&group.run)?;
            let moments = moments.get(group.run.as_str())?;
            let key = (group.run, group.recipient, group.datum);
            let first = first_of.remove(&key)?;
            row(
                first,
                run,
                moments,
                (group.first, group.transmittals, group.before_notice),
            )
        })
        .collect();
    rows.sort_by(|a, b| {
        let key = |row: &FirstTransmittal| (row.run.clone(), row.time, row.example);
        key(a).cmp(&key(b))
    });
    Ok(rows)
}

/// The run and the time of each notice, as columns.
fn notices(moments: &BTreeMap<&str, Moments>) -> Vec<(String, i64)> {
    let notices = moments
        .iter()
        .filter_map(|(run, moments)| Some(((*run).to_owned(), notice(moments)?)));
    notices
        .map(|(run, at)| (run, at.timestamp_micros()))
        .collect()
}

/// The groups, and in a second pass the rows at the first time of each.
fn groups(
    transmittals: &Source,
    notices: &[(String, i64)],
) -> PolarsResult<(DataFrame, DataFrame)> {
    let names = transmittals.run_names()?;
    let rows = |rows: LazyFrame| {
        let rows = rows
            .filter(is_asserted())
            .filter(has_left())
            .filter(is("party", PartyKind::Third.as_str()))
            .filter(col("time").is_not_null());
        names.in_rows(rows)
    };
    let noticed = DataFrame::new(
        notices.len(),
        vec![
            Column::new(
                "run".into(),
                notices.iter().map(|n| n.0.as_str()).collect::<Vec<_>>(),
            ),
            Column::new(
                "notice".into(),
                notices.iter().map(|n| n.1).collect::<Vec<_>>(),
            ),
        ],
    )?;
    let before = col("time").cast(DataType::Int64).lt(col("notice"));
    let groups = Grouping::by(KEYS)
        .rows("transmittals")
        .sum(before, "before_notice")
        .least(col("time"), "first")
        .of(transmittals, |source| {
            rows(source).join(
                noticed.clone().lazy(),
                [col("run")],
                [col("run")],
                JoinArgs::new(JoinType::Left),
            )
        })?;
    let firsts = Grouping::by([
        "run",
        "recipient",
        "datum",
        "device",
        "phase",
        "app_version",
    ])
    .least(transmittal_number(), "number")
    .of(transmittals, |source| {
        let at = |time: &'static str| [KEYS.map(col).to_vec(), vec![col(time)]].concat();
        let first = groups.clone().lazy().select(at("first"));
        let inner = JoinArgs::new(JoinType::Inner);
        rows(source).join(first, at("time"), at("first"), inner)
    })?;
    Ok((in_columns::<Group>(groups)?, in_columns::<First>(firsts)?))
}

/// Moments of a run, in order.
type Moments = Vec<(DateTime<Utc>, MomentKind)>;

/// When the notice was shown.
fn notice(moments: &Moments) -> Option<DateTime<Utc>> {
    let shown = moments
        .iter()
        .find(|(_, kind)| *kind == MomentKind::NoticeShown);
    shown.map(|(at, _)| *at)
}

/// The moments of a run, in order.
fn moments(moments: &[Moment], run: &Run, runs: &Runs) -> Moments {
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
    first: First,
    run: &Run,
    moments: &Moments,
    (time, transmittals, before_notice): (DateTime<Utc>, u64, u64),
) -> Option<FirstTransmittal> {
    let opened = moments.iter().find(|(_, kind)| *kind == MomentKind::Opened);
    let (start, start_is) = match opened {
        Some((at, _)) => (*at, "opened, by the case file"),
        None => (run.first?, "first request of the run"),
    };
    let word = |moment: Option<&(DateTime<Utc>, MomentKind)>| {
        moment.map_or_else(String::new, |(_, kind)| kind.to_string())
    };
    Some(FirstTransmittal {
        run: first.run,
        device: first.device,
        phase: first.phase,
        app_version: first.app_version,
        start,
        start_is: start_is.to_owned(),
        recipient: first.recipient,
        datum: first.datum,
        example: TransmittalId(first.number),
        time,
        seconds: (time - start).num_microseconds()? as f64 / 1e6,
        after: word(moments.iter().rfind(|(at, _)| *at <= time)),
        before: word(moments.iter().find(|(at, _)| *at > time)),
        transmittals,
        before_notice: notice(moments).map(|_| before_notice),
    })
}
