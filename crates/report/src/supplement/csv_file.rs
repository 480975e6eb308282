//! The file of all differences.

use serde_json::json;

use super::table::{Row, TableDiff};
use crate::Error;

const COLUMNS: [&str; 8] = [
    "table",
    "change",
    "row_before",
    "row_after",
    "key",
    "column",
    "before",
    "after",
];

pub(super) fn write(tables: &[TableDiff]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    encode(tables, &mut bytes).map_err(|error| Error::Table {
        name: "the file of differences".to_owned(),
        message: error.to_string(),
    })?;
    Ok(bytes)
}

fn encode(tables: &[TableDiff], bytes: &mut Vec<u8>) -> Result<(), csv::Error> {
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(bytes);
    out.write_record(COLUMNS)?;
    for table in tables {
        let name = table.name.as_str();
        for row in &table.gone {
            let key = key(table, row);
            out.write_record([
                name,
                "gone",
                number(row),
                "",
                &key,
                "",
                &json!(row).to_string(),
                "",
            ])?;
        }
        for row in &table.added {
            let key = key(table, row);
            out.write_record([
                name,
                "added",
                "",
                number(row),
                &key,
                "",
                "",
                &json!(row).to_string(),
            ])?;
        }
        for changed in &table.changed {
            let key = key(table, &changed.after);
            let (was, is) = (number(&changed.before), number(&changed.after));
            for cell in &changed.cells {
                out.write_record([
                    name,
                    "changed",
                    was,
                    is,
                    &key,
                    &cell.column,
                    &cell.before,
                    &cell.after,
                ])?;
            }
        }
        for (was, is) in &table.renumbered {
            out.write_record([name, "renumbered", was, is, "", "transmittal", was, is])?;
        }
    }
    out.flush()?;
    Ok(())
}

fn number(row: &Row) -> &str {
    row.get("transmittal").map_or("", String::as_str)
}

/// The columns that say which row it is, as a JSON object.
fn key(table: &TableDiff, row: &Row) -> String {
    let key: Row = table
        .key
        .iter()
        .filter_map(|column| Some((column.clone(), row.get(column)?.clone())))
        .collect();
    match key.is_empty() {
        true => String::new(),
        false => json!(key).to_string(),
    }
}
