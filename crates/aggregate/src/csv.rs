//! Rows as CSV (RFC 4180), with LF at the end of lines.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat};

use crate::Error;
use crate::cell::Value;
use crate::frame::Row;

/// Encodes the rows, under a line with the names of the columns.
pub(crate) fn write<R: Row>(rows: &[R]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    encode(rows, &mut bytes).map_err(|source| Error::Write {
        table: R::TABLE,
        format: "CSV",
        source: source.into(),
    })?;
    Ok(bytes)
}

fn encode<R: Row>(rows: &[R], bytes: &mut Vec<u8>) -> Result<(), csv::Error> {
    let columns = R::columns();
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(bytes);
    writer.write_record(columns.iter().map(|column| column.name))?;
    for row in rows {
        for column in &columns {
            writer.write_field(text((column.get)(row)).as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()?;
    Ok(())
}

/// A cell as text.
pub(crate) fn text(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::Text(text) => text,
        Value::U16(number) => number.to_string().into(),
        Value::U32(number) => number.to_string().into(),
        Value::U64(number) => number.to_string().into(),
        // The shortest text that reads back as the same number.
        Value::F64(number) => number.to_string().into(),
        Value::Time(micros) => DateTime::from_timestamp_micros(micros)
            .map(|time| time.to_rfc3339_opts(SecondsFormat::Micros, true))
            .unwrap_or_default()
            .into(),
    }
}
