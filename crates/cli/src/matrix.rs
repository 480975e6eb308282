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
            let columns = statutes.columns(table.name);
            read(table, &attempts, &columns, &mut rows).map_err(CliError::internal)?;
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

/// Puts in the rows of a table, with the columns that are asked for. An exchange that an
/// earlier exhibit holds too counts there.
fn read(
    table: &Table,
    attempts: &BTreeSet<(String, String)>,
    columns: &BTreeSet<&str>,
    rows: &mut Rows,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut reader = csv::Reader::from_reader(table.csv.as_slice());
    let names: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let speaks = |record: &csv::StringRecord| {
        let cell = |name: &str| {
            let at = names.iter().position(|column| column == name);
            at.and_then(|at| record.get(at))
                .filter(|cell| !cell.is_empty())
        };
        // What is not shown to have left the device speaks to nothing.
        let attempted = table.name == "recipients" && cell("attempted") == cell("transmittals");
        let place = || Some((cell("exhibit")?.to_owned(), cell("exchange")?.to_owned()));
        let consent =
            table.name == "consent" && place().is_some_and(|place| attempts.contains(&place));
        cell("repeats").is_none() && !attempted && !consent
    };
    let row = |record: &csv::StringRecord| -> Row {
        let cells = names.iter().zip(record);
        cells
            .filter(|(name, cell)| !cell.is_empty() && columns.contains(name.as_str()))
            .map(|(name, cell)| (name.clone(), cell.to_owned()))
            .collect()
    };
    let read = reader.records().filter_map(|record| match record {
        Ok(record) => speaks(&record).then(|| Ok(row(&record))),
        Err(error) => Some(Err(error.into())),
    });
    rows.insert_each(table.name, read)
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
