//! Two parts of a test, run by run.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{ANY, Breakdown, Case, Comparison, ComparisonRow};
use affiant_stats::{fisher_exact, holm, mcnemar_exact};

use super::commonality::shows;
use super::inference::{no_paired_test, no_test};
use super::runs::{Run, Runs};
use crate::Error;
use crate::frame::columns_are_fields;

columns_are_fields!(
    ComparisonRow,
    "comparisons",
    [
        comparison,
        recipient,
        datum,
        before_with,
        before_of,
        after_with,
        after_of,
        before_transmittals,
        after_transmittals,
        p,
        p_holm,
        only_before,
        only_after,
        p_devices,
        no_inference,
        no_inference_of_devices,
    ]
);

/// Makes the rows: by comparison, recipient and datum.
///
/// What is compared is whether a run shows a transmittal, not how many there are
/// of them: the transmittals of one run depend on one another.
pub(super) fn comparisons(
    case: &Case,
    breakdown: &[Breakdown],
    runs: &Runs,
) -> Result<Vec<ComparisonRow>, Error> {
    let mut rows = Vec::new();
    for comparison in &case.comparisons {
        let compared = compare(comparison, breakdown, runs);
        rows.extend(compared.map_err(super::statistic::<ComparisonRow>)?);
    }
    Ok(rows)
}

/// The runs of one side, by name.
type Side<'r> = BTreeMap<&'r str, &'r Run>;

fn side<'r>(names: &[String], runs: &'r Runs) -> Side<'r> {
    let belongs = |run: &Run| {
        let version = run.app_version.iter();
        run.phases
            .iter()
            .chain(version)
            .any(|name| names.contains(name))
    };
    runs.0
        .iter()
        .filter(|(_, run)| belongs(run))
        .map(|(name, run)| (name.as_str(), run))
        .collect()
}

/// Why runs and devices are not tested; empty where they are.
struct Untested {
    runs: String,
    devices: String,
}

impl Untested {
    fn of(sides: &[Side<'_>; 2]) -> Result<Self, affiant_stats::Error> {
        let [before, after] = sides.each_ref().map(|side| {
            let runs = side.values().copied();
            runs.collect::<Vec<_>>()
        });
        let both = devices(&sides[0]).intersection(&devices(&sides[1])).count();
        Ok(Self {
            runs: no_test(&before, &after)?,
            devices: no_paired_test(&before, &after, both as u64)?,
        })
    }
}

/// The devices of a side.
fn devices<'r>(side: &Side<'r>) -> BTreeSet<&'r str> {
    side.values()
        .filter_map(|run| run.device.as_deref())
        .collect()
}

/// What of the comparisons, and of the moments, the runs do not allow: a side of no
/// run, a run on both sides, a moment that several runs may be meant by.
pub(super) fn unclear(case: &Case, runs: &Runs) -> Vec<String> {
    let mut found = Vec::new();
    for comparison in &case.comparisons {
        let name = &comparison.name;
        let [before, after] = [
            side(&comparison.before, runs),
            side(&comparison.after, runs),
        ];
        for (which, side) in [("before", &before), ("after", &after)] {
            if side.is_empty() {
                found.push(format!(
                    "comparison `{name}`: no run with a request is `{which}`; write phases or versions as at intake"
                ));
            }
        }
        if let Some(both) = before.keys().find(|run| after.contains_key(*run)) {
            found.push(format!(
                "comparison `{name}`: run {both} is on both sides, by its phase and by its version; compare phases or versions alone"
            ));
        }
    }
    for (number, moment) in (1..).zip(&case.moments) {
        let meant = runs.meant_by(moment);
        if meant > 1 {
            found.push(format!(
                "moment {number}: {meant} runs may be meant by `{}`; state its phase, device and app_version",
                moment.run
            ));
        }
    }
    found
}

/// The runs and transmittals of one side that show one datum at one recipient.
#[derive(Default)]
struct Shown<'b> {
    runs: BTreeSet<&'b str>,
    transmittals: u64,
}

fn compare(
    comparison: &Comparison,
    breakdown: &[Breakdown],
    runs: &Runs,
) -> Result<Vec<ComparisonRow>, affiant_stats::Error> {
    let sides = [
        side(&comparison.before, runs),
        side(&comparison.after, runs),
    ];
    // What cannot be compared is said by `unclear`, and gives no row.
    let overlap = sides[0].keys().any(|run| sides[1].contains_key(run));
    if overlap || sides.iter().any(BTreeMap::is_empty) {
        return Ok(Vec::new());
    }
    let untested = Untested::of(&sides)?;
    let mut found = BTreeMap::<_, [Shown<'_>; 2]>::new();
    for row in breakdown.iter().filter(|row| shows(row)) {
        for (index, side) in sides.iter().enumerate() {
            if side.contains_key(row.run.as_str()) {
                for datum in [row.datum.as_str(), ANY] {
                    let shown = &mut found.entry((&row.recipient, datum)).or_default()[index];
                    shown.runs.insert(&row.run);
                    shown.transmittals += row.sent + row.acknowledged + row.recorded;
                }
            }
        }
    }
    let mut rows: Vec<ComparisonRow> = found
        .into_iter()
        .map(|((recipient, datum), shown)| {
            Ok(ComparisonRow {
                comparison: comparison.name.clone(),
                recipient: recipient.clone(),
                datum: datum.to_owned(),
                ..tested(&sides, &shown, &untested)?
            })
        })
        .collect::<Result<_, _>>()?;
    // All rows of a comparison are tested or none.
    let adjusted = holm(&rows.iter().filter_map(|row| row.p).collect::<Vec<_>>())?;
    for (row, p) in rows.iter_mut().zip(adjusted) {
        row.p_holm = Some(p);
    }
    Ok(rows)
}

fn tested(
    sides: &[Side<'_>; 2],
    shown: &[Shown<'_>; 2],
    untested: &Untested,
) -> Result<ComparisonRow, affiant_stats::Error> {
    let with = [shown[0].runs.len() as u64, shown[1].runs.len() as u64];
    let of = [sides[0].len() as u64, sides[1].len() as u64];
    // Devices of a side with a transmittal.
    let showing = |index: usize| {
        let runs = sides[index].iter();
        runs.filter(|(name, _)| shown[index].runs.contains(*name))
            .filter_map(|(_, run)| run.device.as_deref())
            .collect::<BTreeSet<_>>()
    };
    let (before, after) = (showing(0), showing(1));
    let [mut only_before, mut only_after] = [0, 0];
    for device in devices(&sides[0]).intersection(&devices(&sides[1])) {
        match (before.contains(device), after.contains(device)) {
            (true, false) => only_before += 1,
            (false, true) => only_after += 1,
            _ => {}
        }
    }
    let p = if untested.runs.is_empty() {
        let table = [[with[0], of[0] - with[0]], [with[1], of[1] - with[1]]];
        Some(fisher_exact(table)?.two_sided)
    } else {
        None
    };
    let p_devices = if untested.devices.is_empty() && only_before + only_after > 0 {
        Some(mcnemar_exact(only_before, only_after)?.two_sided)
    } else {
        None
    };
    Ok(ComparisonRow {
        comparison: String::new(),
        recipient: String::new(),
        datum: String::new(),
        before_with: with[0],
        before_of: of[0],
        after_with: with[1],
        after_of: of[1],
        before_transmittals: shown[0].transmittals,
        after_transmittals: shown[1].transmittals,
        p,
        p_holm: None,
        only_before,
        only_after,
        p_devices,
        no_inference: untested.runs.clone(),
        no_inference_of_devices: untested.devices.clone(),
    })
}
