//! The runs, and in how many of them.

use std::collections::BTreeSet;

use affiant_model::{Commonality, Unit};
use affiant_stats::words::{self, CONDITIONS, Sample};

use super::{POPULATION, SENT, label, number_of};
use crate::volume::SummaryTables;
use crate::volume::sheet::{Plan, Sheet, number, text};
use crate::{Error, ReportInput};

pub(super) fn runs(tables: &SummaryTables<'_>) -> Sheet {
    let plan = Plan {
        heading: "The runs".to_owned(),
        paragraphs: vec![
            "A run is a repetition of the test as intake names it, within one phase, on one device, with one version of the application; where intake names none, each exhibit is a run. The tables below name the runs by these numbers.".to_owned(),
        ],
        caption: "Runs in which requests were read",
        columns: vec![
            text("No.", 0.4),
            text("Run", 2.4),
            text("Exhibits", 0.8),
            number("Requests"),
            number("To third parties"),
            text("First, UTC", 1.1),
        ],
        remarks: Vec::new(),
        population: "all requests of the exhibits that could be read",
        filter: "requests that are shown to have been sent and are in no earlier exhibit",
        table: "runs",
        only: Vec::new(),
    };
    plan.with(tables, tables.runs, tables.runs.len(), |row| {
        let first = row
            .first
            .map(|time| time.format("%Y-%m-%d %H:%M:%S").to_string());
        vec![
            number_of(tables, &row.run),
            row.run.clone(),
            row.exhibits.clone(),
            row.requests.to_string(),
            row.third_party.to_string(),
            first.unwrap_or_else(|| "not recorded".to_owned()),
        ]
    })
}

/// Shares of runs, devices and versions.
pub(super) fn shares(
    input: &ReportInput<'_>,
    tables: &SummaryTables<'_>,
) -> Result<Vec<Sheet>, Error> {
    [
        (
            Unit::Run,
            "In how many of the runs",
            "Runs with a transmittal, by recipient and datum",
            Sample { one: "run", many: "runs" },
        ),
        (
            Unit::Device,
            "On how many of the devices",
            "Devices with a transmittal, by recipient and datum",
            Sample { one: "device", many: "devices" },
        ),
        (
            Unit::Version,
            "In how many of the versions",
            "Versions of the application with a transmittal, by recipient and datum",
            Sample { one: "version", many: "versions" },
        ),
    ]
    .into_iter()
    .map(|(unit, heading, caption, sample)| {
        let rows: Vec<_> = tables.commonality.iter().filter(|row| row.unit == unit).collect();
        // All rows of a unit have bounds or none.
        let inferred = rows.iter().all(|row| row.no_inference.is_empty());
        let mut columns = vec![
            text("Recipient", 1.5),
            text("Datum", 1.4),
            number("With"),
            number("Of"),
        ];
        if inferred {
            columns.push(number("Bounds"));
        }
        columns.push(text("Without", 1.2));
        let bounded = if inferred {
            " The bounds are those of the exact interval by Clopper and Pearson, at 95 %."
        } else {
            " They are counted, and nothing is inferred from them."
        };
        let plan = Plan {
            heading: heading.to_owned(),
            paragraphs: vec![format!(
                "Of the {} in which requests were read, so many show at least one transmittal of the datum to the recipient.{bounded}",
                sample.many
            )],
            caption,
            columns,
            remarks: remarks(&rows, &sample)?,
            population: POPULATION,
            filter: SENT,
            table: "commonality",
            only: vec![("unit", unit.to_string())],
        };
        Ok(plan.with(tables, &rows, rows.len(), |row| {
            let mut cells = vec![
                row.recipient.clone(),
                label(input, &row.datum),
                row.with.to_string(),
                row.of.to_string(),
            ];
            if inferred {
                cells.extend(row.low.zip(row.high).map(|(low, high)| bounds(low, high)));
            }
            cells.push(without(tables, row));
            cells
        }))
    })
    .collect()
}

/// What the shares mean: a sentence for each that comes up, and what holds of all; or
/// why nothing is inferred.
fn remarks(rows: &[&Commonality], sample: &Sample<'_>) -> Result<Vec<String>, Error> {
    let Some(first) = rows.first() else {
        return Ok(Vec::new());
    };
    if !first.no_inference.is_empty() {
        return Ok(vec![
            format!("No interval is given: {}.", first.no_inference),
            format!(
                "The {} were chosen by the examiner. A share of them is not a share of all there are, nor of users. Not observed is not absent: what a capture could not show counts as not observed.",
                sample.many
            ),
        ]);
    }
    let shares: BTreeSet<_> = rows.iter().map(|row| (row.with, row.of)).collect();
    let mut said = Vec::new();
    for (with, of) in shares.into_iter().rev() {
        said.push(format!(
            "A transmittal {}.",
            words::share(with, of, 0.95, sample)?
        ));
    }
    said.extend(CONDITIONS.map(str::to_owned));
    Ok(said)
}

/// The units without, runs by their numbers.
fn without(tables: &SummaryTables<'_>, row: &Commonality) -> String {
    if row.unit != Unit::Run {
        return row.without.clone();
    }
    let numbers: Vec<_> = row
        .without
        .split("; ")
        .filter(|run| !run.is_empty())
        .map(|run| number_of(tables, run))
        .collect();
    numbers.join(", ")
}

/// Bounds in percent, rounded outwards.
fn bounds(low: f64, high: f64) -> String {
    format!(
        "{:.1}–{:.1} %",
        (low * 1_000.0).floor() / 10.0,
        ((high * 1_000.0).ceil() / 10.0).min(100.0)
    )
}
