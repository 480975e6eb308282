//! Runs: what a test repeats, and what a share is a share of.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{ExchangeRow, ExhibitId, Moment, PartyKind, Reach, RunRow, Transmittal};
use chrono::{DateTime, Utc};

use crate::frame::columns_are_fields;

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
/// none was stated, the exhibit.
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

/// The run of a transmittal.
pub(super) fn of_transmittal(t: &Transmittal) -> String {
    name(
        t.run.as_deref(),
        t.exhibit,
        [&t.phase, &t.device, &t.app, &t.app_version],
    )
}

/// The run of an exchange.
pub(super) fn of_exchange(row: &ExchangeRow) -> String {
    name(
        row.run.as_deref(),
        row.exhibit,
        [&row.phase, &row.device, &row.app, &row.app_version],
    )
}

/// Whether the exchange is a request that is shown to have left the device, and
/// that no earlier exhibit holds: what a datum could have been found in.
pub(super) fn is_searched(row: &ExchangeRow) -> bool {
    row.kind.has_content() && row.reach > Reach::Contacted && row.repeats.is_none()
}

/// One run.
#[derive(Debug, Clone, Default)]
pub(super) struct Run {
    /// Name at intake, or the exhibits.
    pub(super) stated: BTreeSet<String>,
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
    pub(super) fn of(exchanges: &[ExchangeRow]) -> Self {
        let mut runs = BTreeMap::<String, Run>::new();
        for row in exchanges.iter().filter(|row| is_searched(row)) {
            let run = runs.entry(of_exchange(row)).or_default();
            let stated = row.run.clone().unwrap_or_else(|| row.exhibit.to_string());
            run.stated.insert(stated);
            run.device.clone_from(&row.device);
            run.app.clone_from(&row.app);
            run.app_version.clone_from(&row.app_version);
            run.phases.extend(row.phase.clone());
            run.exhibits.insert(row.exhibit);
            run.requests += 1;
            run.first = [run.first, row.time].into_iter().flatten().min();
            if row.party == Some(PartyKind::Third) {
                run.third_party += 1;
                run.bytes += row.request_body_bytes;
            }
        }
        Self(runs)
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
