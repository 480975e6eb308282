//! When something is inferred from runs, and in words why not.

use std::collections::BTreeSet;

use affiant_stats::{Error, fewest_trials, fisher_exact, mcnemar_exact};

use super::runs::Run;

/// The confidence of every interval.
pub(super) const CONFIDENCE: f64 = 0.95;

/// A test that cannot give a p-value of 5 % or less is not made; what is added lets a
/// probability of one in twenty pass.
const LEVEL: f64 = 0.05 + 1e-9;

/// Why the share of these runs gets no bounds; empty where it gets them.
///
/// # Errors
/// As the functions of `affiant_stats`.
pub(super) fn no_share(runs: &[&Run]) -> Result<String, Error> {
    if let Some(why) = unlike(runs) {
        return Ok(why);
    }
    let fewest = fewest_trials(CONFIDENCE)?;
    Ok(if (runs.len() as u64) < fewest {
        format!(
            "of fewer than {fewest} runs, even a transmittal in every one would leave open whether most runs made like these have one; there are {}",
            runs.len()
        )
    } else {
        String::new()
    })
}

/// Why the runs of two parts of a test are not tested against one another; empty
/// where they are.
///
/// # Errors
/// As the functions of `affiant_stats`.
pub(super) fn no_test(before: &[&Run], after: &[&Run]) -> Result<String, Error> {
    for (part, runs) in [("before", before), ("after", after)] {
        if let Some(why) = unlike(runs) {
            return Ok(format!("of the part {part}, {why}"));
        }
    }
    let (first, second) = (before.len() as u64, after.len() as u64);
    // The two parts as different as can be.
    let least = fisher_exact([[first, 0], [0, second]])?.two_sided;
    Ok(if least > LEVEL {
        format!(
            "of {first} and {second} runs no outcome is so unlikely that the test could tell the parts apart at the level of 5 %"
        )
    } else {
        String::new()
    })
}

/// Why devices that are in both parts are not tested; empty where they are.
///
/// # Errors
/// As the functions of `affiant_stats`.
pub(super) fn no_paired_test(
    before: &[&Run],
    after: &[&Run],
    devices: u64,
) -> Result<String, Error> {
    for (part, runs) in [("before", before), ("after", after)] {
        if let Some(why) = unlike(runs) {
            return Ok(format!("of the part {part}, {why}"));
        }
    }
    let tests = devices > 0 && mcnemar_exact(devices, 0)?.two_sided <= LEVEL;
    Ok(if tests {
        String::new()
    } else {
        format!(
            "devices that are in both parts: {devices}; of so few no outcome is so unlikely that the test could tell the parts apart at the level of 5 %"
        )
    })
}

/// What keeps runs from being repetitions of one test: `None` where nothing is seen that
/// does. Devices may differ.
fn unlike(runs: &[&Run]) -> Option<String> {
    if runs.iter().any(|run| !run.named) {
        return Some(
            "intake names no run for some exhibits, so that these are not shown to repeat a test"
                .to_owned(),
        );
    }
    let phases: BTreeSet<_> = runs.iter().map(|run| &run.phases).collect();
    let applications: BTreeSet<_> = runs.iter().map(|run| &run.app).collect();
    let versions: BTreeSet<_> = runs.iter().map(|run| &run.app_version).collect();
    let kinds = [
        (phases.len(), "phases"),
        (applications.len(), "applications"),
        (versions.len(), "versions"),
    ];
    let differing: Vec<_> = kinds
        .into_iter()
        .filter(|(count, _)| *count > 1)
        .map(|(count, kind)| format!("{count} {kind}"))
        .collect();
    (!differing.is_empty()).then(|| {
        format!(
            "the runs are of {}, and so no repetitions of one test",
            differing.join(" and ")
        )
    })
}
