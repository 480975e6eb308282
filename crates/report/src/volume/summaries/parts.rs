//! Two parts of the test.

use affiant_model::ComparisonRow;
use affiant_stats::words;

use super::{POPULATION, SENT, label};
use crate::ReportInput;
use crate::volume::SummaryTables;
use crate::volume::sheet::{Plan, Sheet, number, text};

/// A sheet for each comparison of the case file.
pub(super) fn comparisons(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Vec<Sheet> {
    input
        .case
        .comparisons
        .iter()
        .map(|comparison| {
            let rows: Vec<_> = tables
                .comparisons
                .iter()
                .filter(|row| row.comparison == comparison.name)
                .collect();
            let paragraph = format!(
                "The case file names two parts of the test that are to be compared: before, {}; after, {}. What is compared is whether a run shows a transmittal at all, because the transmittals of one run depend on one another.",
                comparison.before.join(", "),
                comparison.after.join(", ")
            );
            let tested = Tested {
                runs: rows.iter().any(|row| row.p.is_some()),
                devices: rows.iter().any(|row| row.p_devices.is_some()),
            };
            plan(comparison.name.clone(), paragraph, &rows, tested)
                .with(tables, &rows, rows.len(), |row| cells(input, row, tested))
        })
        .collect()
}

/// What was tested: all rows of a comparison or none.
#[derive(Debug, Clone, Copy)]
struct Tested {
    runs: bool,
    devices: bool,
}

fn plan(name: String, paragraph: String, rows: &[&ComparisonRow], tested: Tested) -> Plan {
    let mut columns = vec![
        text("Recipient", 1.5),
        text("Datum", 1.4),
        number("Before"),
        number("After"),
    ];
    if tested.runs {
        columns.extend([number("p"), number("p, Holm")]);
    }
    columns.push(number("Devices"));
    if tested.devices {
        columns.push(number("p"));
    }
    Plan {
        heading: format!("Compared: {name}"),
        paragraphs: vec![paragraph],
        caption: "Runs with a transmittal before and after, by recipient and datum",
        columns,
        remarks: remarks(rows, tested),
        population: POPULATION,
        filter: SENT,
        table: "comparisons",
        only: vec![("comparison", name)],
    }
}

/// What the columns hold, and why what was not tested was not.
fn remarks(rows: &[&ComparisonRow], tested: Tested) -> Vec<String> {
    let mut said = vec![
        "Before, After: runs with a transmittal, of the runs in which requests were read."
            .to_owned(),
    ];
    if tested.runs {
        said.push("The first p is Fisher's exact test of these, two-sided: if the parts did not differ, a division at least as unlikely as this one would come up with that probability. p, Holm: the same, adjusted for all rows of the table, which is strict where kinds of datum travel together. It is not the probability that there is no difference, and says nothing of its cause.".to_owned());
    }
    said.push(
        "Devices: of those in both parts, how many show a transmittal before alone / after alone."
            .to_owned(),
    );
    if tested.devices {
        said.push("The last p is McNemar's exact test of these devices.".to_owned());
    }
    let Some(first) = rows.first() else {
        return said;
    };
    for (what, why) in [
        ("runs", &first.no_inference),
        ("devices", &first.no_inference_of_devices),
    ] {
        if !why.is_empty() {
            said.push(format!(
                "No test of the {what} is made: {why}. The counts stand for themselves."
            ));
        }
    }
    said
}

fn cells(input: &ReportInput<'_>, row: &ComparisonRow, tested: Tested) -> Vec<String> {
    let p = |p: Option<f64>| p.map_or_else(|| "–".to_owned(), words::probability);
    let mut cells = vec![
        row.recipient.clone(),
        label(input, &row.datum),
        format!("{} of {}", row.before_with, row.before_of),
        format!("{} of {}", row.after_with, row.after_of),
    ];
    if tested.runs {
        cells.extend([p(row.p), p(row.p_holm)]);
    }
    cells.push(format!("{} / {}", row.only_before, row.only_after));
    if tested.devices {
        cells.push(p(row.p_devices));
    }
    cells
}
