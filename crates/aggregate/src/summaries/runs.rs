//! Runs: what a test repeats, and what a share is a share of.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{ExchangeKind, ExhibitId, Moment, PartyKind, RunRow};
use chrono::{DateTime, Utc};
use polars::prelude::{Expr, col, lit, when};

use crate::Error;
use crate::frame::{self, columns_are_fields};
use crate::grouping::Grouping;
use crate::query::{computing, has_left, in_columns, is};
use crate::source::Source;

columns_are_fields!(
    RunRow,
    "runs",
    [
        run,
        phases,
        device,
        app_version,
        exhibits,
        requests,
        third_party,
        bytes,
        first
    ]
);

/// The name of a run in the tables: as stated at intake, with phase, device, application
/// and version where those are stated, since each of them may have a "run 1"; where
/// none was stated, the exhibit. [`RunNames`](crate::query::RunNames) says the same of
/// many rows.
pub(super) fn name(run: Option<&str>, exhibit: ExhibitId, of: [&Option<String>; 4]) -> String {
    let Some(run) = run else {
        return exhibit.to_string();
    };
    let of: Vec<&str> = of.into_iter().flatten().map(String::as_str).collect();
    if of.is_empty() {
        run.to_owned()
    } else {
        format!("{run} ({})", of.join(", "))
    }
}

/// Whether the exchange is a request that is shown to have left the device, and
/// that no earlier exhibit holds: what a datum could have been found in.
fn is_searched() -> Expr {
    is("kind", ExchangeKind::Request.as_str())
        .or(is("kind", ExchangeKind::Message.as_str()))
        .and(has_left())
        .and(col("repeats").is_null())
}

/// Exchanges of one run in one exhibit.
struct Part {
    run: Option<String>,
    phase: Option<String>,
    device: Option<String>,
    app: Option<String>,
    app_version: Option<String>,
    exhibit: ExhibitId,
    requests: u64,
    third_party: u64,
    bytes: u64,
    first: Option<DateTime<Utc>>,
    last: u32,
}

columns_are_fields!(
    Part,
    "runs",
    [
        run,
        phase,
        device,
        app,
        app_version,
        exhibit,
        requests,
        third_party,
        bytes,
        first,
        last,
    ]
);

fn parts(exchanges: &Source) -> Result<Vec<Part>, Error> {
    let third = is("party", PartyKind::Third.as_str());
    let grouping = Grouping::by(["run", "phase", "device", "app", "app_version", "exhibit"])
        .rows("requests")
        .sum(third.clone(), "third_party")
        .sum(
            when(third)
                .then(col("request_body_bytes"))
                .otherwise(lit(0_u64)),
            "bytes",
        )
        .least(col("time"), "first")
        .greatest(col("exchange"), "last");
    let groups = grouping
        .of(exchanges, |rows| rows.filter(is_searched()))
        .and_then(in_columns::<Part>);
    let mut parts: Vec<Part> = frame::from_frame(groups.map_err(computing::<RunRow>)?)?;
    parts.sort_by_key(|part| (part.exhibit, part.last));
    Ok(parts)
}

/// One run.
#[derive(Debug, Clone, Default)]
pub(super) struct Run {
    /// Name at intake, or the exhibits.
    pub(super) stated: BTreeSet<String>,
    /// Whether intake names it.
    pub(super) named: bool,
    pub(super) device: Option<String>,
    pub(super) app: Option<String>,
    pub(super) app_version: Option<String>,
    pub(super) phases: BTreeSet<String>,
    /// Time of the first request.
    pub(super) first: Option<DateTime<Utc>>,
    pub(super) exhibits: BTreeSet<ExhibitId>,
    pub(super) requests: u64,
    /// Requests to third parties.
    pub(super) third_party: u64,
    /// Bytes of the bodies of these.
    pub(super) bytes: u64,
}

impl Run {
    /// Whether the moment of the case file is one of this run.
    pub(super) fn is_of(&self, moment: &Moment) -> bool {
        let is = |stated: &Option<String>, own: &Option<String>| stated.is_none() || stated == own;
        let phase = &moment.phase;
        self.stated.contains(&moment.run)
            && phase
                .as_ref()
                .is_none_or(|phase| self.phases.contains(phase))
            && is(&moment.device, &self.device)
            && is(&moment.app_version, &self.app_version)
    }
}

/// The runs in which at least one request was read.
#[derive(Debug, Clone, Default)]
pub(super) struct Runs(pub(super) BTreeMap<String, Run>);

impl Runs {
    pub(super) fn of(exchanges: &Source) -> Result<Self, Error> {
        let mut runs = BTreeMap::<String, Run>::new();
        for part in parts(exchanges)? {
            let stated = [&part.phase, &part.device, &part.app, &part.app_version];
            let run = runs
                .entry(name(part.run.as_deref(), part.exhibit, stated))
                .or_default();
            run.named = part.run.is_some();
            let stated = part.run.unwrap_or_else(|| part.exhibit.to_string());
            run.stated.insert(stated);
            run.device = part.device;
            run.app = part.app;
            run.app_version = part.app_version;
            run.phases.extend(part.phase);
            run.exhibits.insert(part.exhibit);
            run.requests += part.requests;
            run.first = [run.first, part.first].into_iter().flatten().min();
            run.third_party += part.third_party;
            run.bytes += part.bytes;
        }
        Ok(Self(runs))
    }

    /// How many runs a moment of the case file may mean.
    pub(super) fn meant_by(&self, moment: &Moment) -> usize {
        self.0.values().filter(|run| run.is_of(moment)).count()
    }

    /// The runs as a table.
    pub(super) fn rows(&self) -> Vec<RunRow> {
        let joined = |texts: Vec<String>| texts.join(", ");
        let row = |(name, run): (&String, &Run)| RunRow {
            run: name.clone(),
            phases: joined(run.phases.iter().cloned().collect()),
            device: run.device.clone(),
            app_version: run.app_version.clone(),
            exhibits: joined(run.exhibits.iter().map(ToString::to_string).collect()),
            requests: run.requests,
            third_party: run.third_party,
            bytes: run.bytes,
            first: run.first,
        };
        self.0.iter().map(row).collect()
    }
}
