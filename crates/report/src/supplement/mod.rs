//! The supplement to an expert report: what changed since an earlier one, row by
//! row, as a machine compares them (Fed. R. Civ. P. 26(e)(2)).
//!
//! The earlier tables come out of the earlier document, which carries them.
//! [`difference`] compares, [`supplement`] prints.

mod csv_file;
mod rests;
mod table;

use std::collections::BTreeMap;

use affiant_model::{CustodyEvent, Digest};
use serde_json::{Value, json};

use crate::document::Document;
use crate::printable::VALUE_CHARS;
use crate::view::{PRINTED_ROWS, attachments, common, finish, label, tables};
use crate::{Dataset, Error, ReportInput};
use table::{Row, TableDiff};

/// Columns of `transmittals.csv` that say in print which row is meant.
const SHOWN: [&str; 8] = [
    "transmittal",
    "exhibit",
    "exchange",
    "recipient",
    "datum",
    "value",
    "reach",
    "locator",
];

/// The earlier document, and what was found of it.
#[derive(Debug, Clone, Copy)]
pub struct Earlier<'a> {
    /// Its file name.
    pub name: &'a str,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// The event of the ledger that records a file with this digest; `None` where
    /// none does.
    pub recorded: Option<u64>,
    /// Revisions that the file has; more than one where it was changed after it
    /// was made, as by a signature.
    pub revisions: usize,
    /// What it carries: tables as CSV and its ledger, by name.
    pub attachments: &'a BTreeMap<String, Vec<u8>>,
    /// The ledger that it carries, up to its analysis.
    pub ledger: &'a [CustodyEvent],
    /// The data sets of its analysis; `None` where it does not carry them.
    pub datasets: Option<&'a [Dataset]>,
}

/// What differs between the tables of two analyses.
#[derive(Debug)]
pub struct Difference {
    tables: Vec<TableDiff>,
    /// Tables that only one of the two has.
    only_before: Vec<String>,
    only_after: Vec<String>,
}

impl Difference {
    /// Rows that are new, gone or changed, in all tables.
    #[must_use]
    pub fn rows(&self) -> usize {
        let rows = |t: &TableDiff| t.added.len() + t.gone.len() + t.changed.len();
        self.tables.iter().map(rows).sum()
    }

    /// The same of the transmittals alone: new, gone, changed.
    #[must_use]
    pub fn transmittals(&self) -> (usize, usize, usize) {
        let found = self.tables.iter().find(|t| t.name == TRANSMITTALS);
        found.map_or((0, 0, 0), |t| {
            (t.added.len(), t.gone.len(), t.changed.len())
        })
    }

    /// Every difference as CSV: `table`, `change` (`added`, `gone`, `changed`,
    /// `renumbered`), `row_before`, `row_after`, `key` (a JSON object of the
    /// columns that say which row it is), `column`, `before`, `after`. A row that
    /// is new or gone is one line, with the whole row as a JSON object; a changed
    /// row has a line for each cell that differs.
    ///
    /// # Errors
    /// [`Error::Table`] where it could not be written.
    pub fn csv(&self) -> Result<Vec<u8>, Error> {
        csv_file::write(&self.tables)
    }
}

const TRANSMITTALS: &str = "transmittals.csv";

/// Compares the tables that an earlier document carries with those of now.
///
/// # Errors
/// [`Error::Table`] where a table cannot be read.
pub fn difference(input: &ReportInput<'_>, earlier: &Earlier<'_>) -> Result<Difference, Error> {
    let is_table = |name: &str| name.ends_with(".csv");
    let now = input.tables.iter().filter(|table| is_table(&table.name));
    let (mut found, mut only_after) = (Vec::new(), Vec::new());
    for table in now {
        match earlier.attachments.get(&table.name) {
            Some(before) => found.push(table::compare(&table.name, before, &table.bytes)?),
            None => only_after.push(table.name.clone()),
        }
    }
    let names = earlier.attachments.keys().filter(|name| is_table(name));
    let only_before = names.filter(|name| input.tables.iter().all(|t| t.name != **name));
    Ok(Difference {
        tables: found,
        only_before: only_before.cloned().collect(),
        only_after,
    })
}

/// Makes supplement `number`, in which `csv` is the file of all differences that
/// goes beside it.
///
/// # Errors
/// [`Error::Table`] where a table cannot be read, [`Error::Layout`] where the PDF
/// would not meet PDF/A-3a and PDF/UA-1.
pub fn supplement(
    input: &ReportInput<'_>,
    earlier: &Earlier<'_>,
    difference: &Difference,
    number: usize,
    csv: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut data = common(input, Document::ExpertReport)?;
    let attached = attachments(input, input.tables);
    data.insert("tables".into(), tables(&attached).into());
    // It has the caption of the report that it supplements, and no copy for filing.
    data.insert("copy".into(), json!({ "kind": "service" }));
    data.insert("number".into(), number.into());
    data.insert("value_chars".into(), VALUE_CHARS.into());
    let before = rests::analysis(earlier.ledger);
    data.insert(
        "earlier".into(),
        json!({
            "name": earlier.name,
            "bytes": earlier.bytes,
            "sha256": earlier.sha256,
            "recorded": earlier.recorded,
            "revisions": earlier.revisions,
            "events": earlier.ledger.len(),
            "analysis": before.map(|event| event.seq),
            "as_of": before.map(|event| event.time),
        }),
    );
    data.insert(
        "analysis".into(),
        json!(rests::analysis(input.ledger).map(|event| event.seq)),
    );
    data.insert(
        "csv".into(),
        json!({ "bytes": csv.len(), "sha256": Digest::of(csv) }),
    );
    let rests = rests::rests(
        earlier.ledger,
        input.ledger,
        earlier.datasets,
        input.datasets,
    );
    data.insert("rests".into(), rests.into());
    data.insert(
        "exhibits_between".into(),
        rests::exhibits_between(earlier.ledger, input.ledger).into(),
    );
    data.insert(
        "events_between".into(),
        rests::events_between(earlier.ledger, input.ledger).into(),
    );
    data.insert(
        "compared".into(),
        difference.tables.iter().map(counts).collect(),
    );
    data.insert("only_before".into(), json!(difference.only_before));
    data.insert("only_after".into(), json!(difference.only_after));
    data.insert("recipients".into(), by_recipient(input, earlier)?);
    let transmittals = difference.tables.iter().find(|t| t.name == TRANSMITTALS);
    data.insert(
        "transmittals".into(),
        transmittals.map_or(Value::Null, |t| printed(input, t)),
    );
    crate::make("supplement.typ", &finish(data)?, input, &attached)
}

fn counts(table: &TableDiff) -> Value {
    json!({
        "name": table.name,
        "key": table.key.join(", "),
        "before": table.before,
        "after": table.after,
        "same": table.same,
        "added": table.added.len(),
        "gone": table.gone.len(),
        "changed": table.changed.len(),
        "renumbered": table.renumbered.len(),
        "columns_gone": table.columns_gone.join(", "),
        "columns_new": table.columns_new.join(", "),
    })
}

/// The rows that are printed of the table of transmittals.
fn printed(input: &ReportInput<'_>, table: &TableDiff) -> Value {
    let row = |row: &Row| -> Value {
        let cell = |column: &str| row.get(column).cloned().unwrap_or_default();
        let mut shown: serde_json::Map<String, Value> = SHOWN
            .iter()
            .map(|column| ((*column).to_owned(), cell(column).into()))
            .collect();
        shown.insert("label".into(), label(input.labels, &cell("datum")).into());
        let recipient = cell("recipient");
        shown.insert("recipient".into(), name_of(input, &recipient).into());
        Value::Object(shown)
    };
    let rows = |rows: &[Row]| -> Vec<Value> { rows.iter().take(PRINTED_ROWS).map(row).collect() };
    let changed = table.changed.iter().take(PRINTED_ROWS).map(|changed| {
        let cells = changed.cells.iter().map(|cell| {
            json!({ "column": cell.column, "before": value(&cell.before), "after": value(&cell.after) })
        });
        let (cells, row): (Vec<_>, _) = (cells.collect(), row(&changed.after));
        json!({ "row": row, "was": changed.before.get("transmittal"), "cells": cells })
    });
    json!({
        "added": { "rows": rows(&table.added), "total": table.added.len() },
        "gone": { "rows": rows(&table.gone), "total": table.gone.len() },
        "changed": { "rows": changed.collect::<Vec<_>>(), "total": table.changed.len() },
        "renumbered": {
            "rows": table.renumbered.iter().take(PRINTED_ROWS).collect::<Vec<_>>(),
            "total": table.renumbered.len(),
        },
    })
}

/// The name by which a recipient of the tables is printed.
fn name_of<'a>(input: &'a ReportInput<'_>, listed: &'a str) -> &'a str {
    let named = input.names.iter().find(|name| name.listed == listed);
    named.map_or(listed, |name| &name.printed)
}

/// A cell under the limit of values.
fn value(cell: &str) -> Value {
    json!({ "value": cell })
}

/// Transmittals by recipient and reach, before and after; patterns are left out.
fn by_recipient(input: &ReportInput<'_>, earlier: &Earlier<'_>) -> Result<Value, Error> {
    type Counts = BTreeMap<(String, String), BTreeMap<String, u64>>;
    let count = |bytes: &[u8]| -> Result<Counts, Error> {
        let mut counts = Counts::new();
        for row in table::rows(TRANSMITTALS, bytes)? {
            let cell = |column: &str| row.get(column).cloned().unwrap_or_default();
            if cell("basis") == "pattern" {
                continue;
            }
            let of = counts
                .entry((cell("party"), cell("recipient")))
                .or_default();
            *of.entry(cell("reach")).or_default() += 1;
        }
        Ok(counts)
    };
    let none: &[u8] = b"transmittal\n";
    let before = earlier.attachments.get(TRANSMITTALS);
    let now = input.tables.iter().find(|t| t.name == TRANSMITTALS);
    let before = count(before.map_or(none, Vec::as_slice))?;
    let after = count(now.map_or(none, |t| &t.bytes[..]))?;
    let keys: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    // Third parties before the first party.
    let mut keys: Vec<_> = keys.into_iter().collect();
    keys.sort_by_key(|(party, _)| party == "first");
    let rows = keys.into_iter().map(|key| {
        let of = |counts: &Counts| {
            let of = counts.get(key);
            let reach = |reach: &str| of.and_then(|c| c.get(reach)).copied().unwrap_or(0);
            json!({
                "all": of.map_or(0, |c| c.values().sum::<u64>()),
                "answered": reach("acknowledged") + reach("recorded"),
                "sent": reach("sent"),
                "attempted": reach("attempted"),
            })
        };
        let recipient = name_of(input, &key.1);
        json!({ "party": key.0, "recipient": recipient, "before": of(&before), "after": of(&after) })
    });
    Ok(rows.take(PRINTED_ROWS).collect())
}
