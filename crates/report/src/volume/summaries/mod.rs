//! The summaries: what the tables of a case say, and what they do not.

mod apart;
mod devices;
mod parts;
mod shares;
mod times;
mod values;

use affiant_model::ANY;

use super::SummaryTables;
use super::sheet::Sheet;
use crate::{Error, ReportInput, view};

const POPULATION: &str = "all transmittals of the exhibits that could be read, patterns excepted";
const SENT: &str = "third parties; requests that are shown to have been sent";

pub(super) fn lead() -> Vec<String> {
    [
        "Each table below is drawn up as a summary of the exhibits under Fed. R. Evid. 1006, to prove their content. Whether they are so voluminous that they cannot be conveniently examined in court is for the offering party to show, and so is when and where the exhibits are made available for examination or copying (Rule 1006(b)). Each bears its population, its filter, the number of its rows, the digest of the file that it is printed from, and the command that writes this file for another program.",
        "The tables follow from the numbered transmittals. A transmittal is one datum observed in one request to one recipient at one place in the bytes; the command affiant show leads from its number to the bytes. That a request was sent does not say that it was received. A third party is whoever is not the declared first party, and no more is meant.",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// The sheets, in order. One that has nothing to show says so.
pub(super) fn sheets(
    input: &ReportInput<'_>,
    tables: &SummaryTables<'_>,
) -> Result<Vec<Sheet>, Error> {
    let mut sheets = vec![shares::runs(tables)];
    sheets.extend(shares::shares(input, tables)?);
    sheets.extend(parts::comparisons(input, tables));
    sheets.extend([
        times::timeline(input, tables),
        times::device_days(input, tables),
        values::searches(input, tables),
        values::bridges(input, tables),
    ]);
    if !tables.differential.is_empty() {
        sheets.push(values::differential(input, tables));
    }
    // Cases without SDK material, or without such logs, have no such sheets.
    if !tables.presence.is_empty() {
        sheets.push(devices::presence(tables));
    }
    if !tables.device_contacts.is_empty() {
        sheets.push(devices::device_contacts(input, tables));
    }
    if !tables.contexts.is_empty() {
        sheets.push(apart::contexts(tables));
    }
    if !tables.patterns.is_empty() || !tables.unnamed.is_empty() {
        sheets.push(apart::patterns(input, tables));
    }
    Ok(sheets)
}

/// The printed name of a kind of datum, or of any.
fn label(input: &ReportInput<'_>, datum: &str) -> String {
    if datum == ANY {
        "Any datum".to_owned()
    } else {
        view::label(input.labels, datum)
    }
}

/// The number under which a run is printed.
fn number_of(tables: &SummaryTables<'_>, run: &str) -> String {
    let at = tables.runs.iter().position(|row| row.run == run);
    at.map_or_else(|| run.to_owned(), |at| format!("R{}", at + 1))
}
