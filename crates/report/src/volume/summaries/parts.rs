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
            plan(comparison.name.clone(), paragraph)
                .with(tables, &rows, rows.len(), |row| cells(input, row))
        })
        .collect()
}

fn plan(name: String, paragraph: String) -> Plan {
    Plan {
        heading: format!("Compared: {name}"),
        paragraphs: vec![paragraph],
        caption: "Runs with a transmittal before and after, by recipient and datum",
        columns: vec![
            text("Recipient", 1.5),
            text("Datum", 1.4),
            number("Before"),
            number("After"),
            number("p"),
            number("p, Holm"),
            number("Devices"),
            number("p"),
        ],
        remarks: vec![
            "Before, After: runs with a transmittal, of the runs in which requests were read. The first p is Fisher's exact test of these, two-sided: if the parts did not differ, a division at least as unlikely as this one would come up with that probability. p, Holm: the same, adjusted for all rows of the table, which is strict where kinds of datum travel together. It is not the probability that there is no difference, and says nothing of its cause.".to_owned(),
            "Devices: of those in both parts, how many show a transmittal before alone / after alone; the last p is McNemar's exact test of them.".to_owned(),
        ],
        population: POPULATION,
        filter: SENT,
        table: "comparisons",
        only: vec![("comparison", name)],
    }
}

fn cells(input: &ReportInput<'_>, row: &ComparisonRow) -> Vec<String> {
    vec![
        row.recipient.clone(),
        label(input, &row.datum),
        format!("{} of {}", row.before_with, row.before_of),
        format!("{} of {}", row.after_with, row.after_of),
        words::probability(row.p),
        words::probability(row.p_holm),
        format!("{} / {}", row.only_before, row.only_after),
        row.p_devices
            .map_or_else(|| "–".to_owned(), words::probability),
    ]
}
