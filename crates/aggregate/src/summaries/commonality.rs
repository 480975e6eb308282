//! In how many of the runs, devices and versions.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{ANY, Breakdown, Commonality, PartyKind, Unit};
use affiant_stats::clopper_pearson;

use super::inference::{CONFIDENCE, no_share};
use super::runs::{Run, Runs};
use crate::Error;
use crate::frame::columns_are_fields;

columns_are_fields!(
    Commonality,
    "commonality",
    [
        unit,
        recipient,
        parent,
        datum,
        category,
        with,
        of,
        low,
        high,
        without,
        no_inference,
    ]
);

/// Makes the rows: by unit, recipient and datum.
pub(super) fn commonality(breakdown: &[Breakdown], runs: &Runs) -> Result<Vec<Commonality>, Error> {
    let mut rows = Vec::new();
    for unit in Unit::ALL {
        let of_unit = of_unit(*unit, breakdown, runs);
        rows.extend(of_unit.map_err(super::statistic::<Commonality>)?);
    }
    Ok(rows)
}

/// Why the share of a unit gets no bounds; empty where it gets them.
fn no_inference(unit: Unit, runs: &Runs) -> Result<String, affiant_stats::Error> {
    match unit {
        Unit::Run => no_share(&runs.0.values().collect::<Vec<_>>()),
        Unit::Device => Ok(
            "devices are chosen and no repetitions of a run; how many there are is all that is said"
                .to_owned(),
        ),
        Unit::Version => Ok(
            "versions differ by design and are no repetitions of a run; how many there are is all that is said"
                .to_owned(),
        ),
    }
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
) -> Result<Vec<Commonality>, affiant_stats::Error> {
    let no_inference = no_inference(unit, runs)?;
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
            let share = if no_inference.is_empty() {
                Some(clopper_pearson(
                    units.len() as u64,
                    all.len() as u64,
                    CONFIDENCE,
                )?)
            } else {
                None
            };
            Ok(Commonality {
                unit,
                recipient: recipient.to_owned(),
                parent: parent.to_owned(),
                datum: datum.to_owned(),
                category: category.to_owned(),
                with: units.len() as u64,
                of: all.len() as u64,
                low: share.map(|share| share.low),
                high: share.map(|share| share.high.unwrap_or(1.0)),
                no_inference: no_inference.clone(),
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
