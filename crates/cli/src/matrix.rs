use std::collections::BTreeSet;

use affiant_aggregate::Table;
use affiant_model::{Case, ElementRow, Reach};
use affiant_statutes::{ClaimRow, Outcome, Phases, Row, Rows, Statutes};

use crate::error::CliError;

/// Puts the questions of `datasets/statutes` to the tables.
pub(crate) fn matrix(
    statutes: &Statutes,
    case: &Case,
    tables: &[Table],
) -> Result<Vec<ElementRow>, CliError> {
    let mut rows = Rows::default();
    let attempts = attempts(tables).map_err(CliError::internal)?;
    for table in tables {
        if affiant_statutes::TABLES
            .iter()
            .any(|known| known.name == table.name)
        {
            let read = read(table, &attempts).map_err(CliError::internal)?;
            rows.insert(table.name, read).map_err(CliError::internal)?;
        }
    }
    let phases = Phases::by_name(case.phases.iter().map(|phase| phase.name.as_str()));
    let found = statutes
        .matrix(&rows, &phases)
        .map_err(CliError::internal)?;
    Ok(found.into_iter().map(row).collect())
}

/// The exchanges that are not shown to have left the device, by exhibit and ordinal.
fn attempts(tables: &[Table]) -> Result<BTreeSet<(String, String)>, csv::Error> {
    let mut found = BTreeSet::new();
    for table in tables.iter().filter(|table| table.name == "exchanges") {
        let mut reader = csv::Reader::from_reader(table.csv.as_slice());
        let names = reader.headers()?.clone();
        for record in reader.records() {
            let record = record?;
            let cell = |name: &str| {
                let at = names.iter().position(|column| column == name);
                at.and_then(|at| record.get(at))
                    .unwrap_or_default()
                    .to_owned()
            };
            if cell("reach") == Reach::Attempted.as_str() {
                found.insert((cell("exhibit"), cell("exchange")));
            }
        }
    }
    Ok(found)
}

/// The rows of a table. An exchange that an earlier exhibit holds too counts there.
fn read(table: &Table, attempts: &BTreeSet<(String, String)>) -> Result<Vec<Row>, csv::Error> {
    let mut reader = csv::Reader::from_reader(table.csv.as_slice());
    let names: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let cells = names
            .iter()
            .zip(&record)
            .filter(|(_, cell)| !cell.is_empty());
        let row: Row = cells
            .map(|(name, cell)| (name.clone(), cell.to_owned()))
            .collect();
        // What is not shown to have left the device speaks to nothing.
        let attempted =
            table.name == "recipients" && row.get("attempted") == row.get("transmittals");
        let place = row.get("exhibit").zip(row.get("exchange"));
        let consent = table.name == "consent"
            && place.is_some_and(|(a, b)| attempts.contains(&(a.clone(), b.clone())));
        if !row.contains_key("repeats") && !attempted && !consent {
            rows.push(row);
        }
    }
    Ok(rows)
}

fn row(found: ClaimRow) -> ElementRow {
    let rows = match &found.outcome {
        Outcome::Rows(found) => Some(found.rows),
        Outcome::NoTable(_) | Outcome::NoPhase(_) | Outcome::Silent => None,
    };
    ElementRow {
        claim: found.claim,
        title: found.title,
        citation: found.citation,
        edition: found.edition,
        element: found.text,
        element_citation: found.element_citation,
        reading: found.reading,
        asked: found.condition,
        says: found.says,
        rows,
        answer: found.outcome.to_string(),
        silent: found.silent,
    }
}
