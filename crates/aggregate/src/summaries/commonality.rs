//! In how many of the runs, devices and versions.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{ANY, Breakdown, Commonality, PartyKind, Unit};
use affiant_stats::clopper_pearson;

use super::runs::{Run, Runs};
use crate::Error;
use crate::frame::columns_are_fields;

columns_are_fields!(
    Commonality,
    "commonality",
    [
        unit, recipient, parent, datum, category, with, of, low, high, without
    ]
);

/// The confidence of every interval.
pub(super) const CONFIDENCE: f64 = 0.95;

/// Makes the rows: by unit, recipient and datum.
pub(super) fn commonality(breakdown: &[Breakdown], runs: &Runs) -> Result<Vec<Commonality>, Error> {
    let units = Unit::ALL
        .iter()
        .flat_map(|unit| of_unit(*unit, breakdown, runs));
    units
        .collect::<Result<_, _>>()
        .map_err(super::statistic::<Commonality>)
}

/// The unit that a run belongs to; none where intake does not state it.
fn unit_of(unit: Unit, name: &str, run: &Run) -> Option<String> {
    match unit {
        Unit::Run => Some(name.to_owned()),
        Unit::Device => run.device.clone(),
        // A version is one of an application.
        Unit::Version => run.app_version.as_ref().map(|version| match &run.app {
            Some(app) => format!("{app} {version}"),
            None => version.clone(),
        }),
    }
}

fn of_unit(
    unit: Unit,
    breakdown: &[Breakdown],
    runs: &Runs,
) -> Vec<Result<Commonality, affiant_stats::Error>> {
    let of = |name: &str| runs.0.get(name).and_then(|run| unit_of(unit, name, run));
    let all: BTreeSet<String> = runs.0.keys().filter_map(|name| of(name)).collect();
    let mut with = BTreeMap::<_, BTreeSet<String>>::new();
    for row in breakdown.iter().filter(|row| shows(row)) {
        let (recipient, parent) = (row.recipient.as_str(), row.parent.as_str());
        for (datum, category) in [(row.datum.as_str(), row.category.as_str()), (ANY, "")] {
            let key = (recipient, datum, parent, category);
            with.entry(key).or_default().extend(of(&row.run));
        }
    }
    with.into_iter()
        .filter(|(_, units)| !units.is_empty())
        .map(|((recipient, datum, parent, category), units)| {
            let share = clopper_pearson(units.len() as u64, all.len() as u64, CONFIDENCE)?;
            Ok(Commonality {
                unit,
                recipient: recipient.to_owned(),
                parent: parent.to_owned(),
                datum: datum.to_owned(),
                category: category.to_owned(),
                with: units.len() as u64,
                of: all.len() as u64,
                low: share.low,
                high: share.high.unwrap_or(1.0),
                without: all
                    .difference(&units)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join("; "),
            })
        })
        .collect()
}

/// Whether the row shows that something was sent to a third party.
pub(super) fn shows(row: &Breakdown) -> bool {
    row.party == PartyKind::Third && row.sent + row.acknowledged + row.recorded > 0
}
