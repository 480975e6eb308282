//! A table for other programs: filtered, in the format that they read.

use affiant_model::{
    AccessSummary, Breakdown, Bridge, Commonality, ComparisonRow, ConsentSignal, ConsentStretch,
    ContactSummary, ContextFinding, Contradiction, Defect, DeviceContact, DeviceDay,
    DifferentialFinding, ElementRow, ExchangeRow, FirstTransmittal, Gap, PatternFinding, Presence,
    RecipientSummary, RecordFinding, RunRow, SdkFinding, Search, Transmittal,
};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use crate::cell::Value;
use crate::frame::{self, Row};
use crate::{Error, csv, parquet};

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// RFC 4180, as the tables of a case are written.
    Csv,
    /// Parquet, as the tables of a case are written.
    Parquet,
    /// One JSON object a line; times are text, as in CSV, and a null is null.
    JsonLines,
    /// A workbook of Excel. Texts are texts, never formulas, and are marked so that
    /// they stay texts when a cell is edited.
    Xlsx,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub bytes: Vec<u8>,
    /// Rows of the table.
    pub population: usize,
    /// Rows that the filter lets through.
    pub rows: usize,
    /// Texts that were cut to what a cell of a workbook can hold.
    pub cut: usize,
}

/// A condition on a row: the column, and the text that its cell must have in CSV.
pub type Condition = (String, String);

/// Most characters of a cell, and most rows of a sheet, by Microsoft's
/// "Excel specifications and limits".
const CELL: usize = 32_767;
const SHEET: usize = 1_048_576;

/// Names the tables that can be exported, and exports one.
macro_rules! tables {
    ($($row:ty),+ $(,)?) => {
        /// The tables that can be exported.
        pub const TABLES: &[&str] = &[$(<$row as Row>::TABLE),+];

        /// Exports a table from its Parquet.
        ///
        /// # Errors
        ///
        /// [`Error::Unknown`] where there is no such table or column; else as the
        /// functions that read a table, and [`Error::Write`].
        pub fn export(
            table: &str,
            bytes: &[u8],
            conditions: &[Condition],
            format: ExportFormat,
        ) -> Result<Exported, Error> {
            match table {
                $(name if name == <$row as Row>::TABLE => of::<$row>(bytes, conditions, format),)+
                other => Err(Error::Unknown {
                    what: format!("table `{other}`"),
                    known: TABLES.join(", "),
                }),
            }
        }
    };
}

tables!(
    Transmittal,
    ExchangeRow,
    RecipientSummary,
    RunRow,
    Breakdown,
    DeviceDay,
    FirstTransmittal,
    Commonality,
    ComparisonRow,
    Bridge,
    Search,
    DeviceContact,
    SdkFinding,
    Presence,
    DifferentialFinding,
    PatternFinding,
    ContextFinding,
    Gap,
    ElementRow,
    ContactSummary,
    AccessSummary,
    ConsentSignal,
    ConsentStretch,
    RecordFinding,
    Contradiction,
    Defect,
);

fn of<R: Row>(
    bytes: &[u8],
    conditions: &[Condition],
    format: ExportFormat,
) -> Result<Exported, Error> {
    let mut rows: Vec<R> = parquet::read(bytes)?;
    let population = rows.len();
    let columns = R::columns();
    for (name, wanted) in conditions {
        let column = columns.iter().find(|column| column.name == name);
        let column = column.ok_or_else(|| Error::Unknown {
            what: format!("column `{name}` of table `{}`", R::TABLE),
            known: columns
                .iter()
                .map(|column| column.name)
                .collect::<Vec<_>>()
                .join(", "),
        })?;
        rows.retain(|row| csv::text((column.get)(row)) == *wanted);
    }
    let write = |format, source: Box<dyn std::error::Error + Send + Sync>| Error::Write {
        table: R::TABLE,
        format,
        source,
    };
    let mut cut = 0;
    let bytes = match format {
        ExportFormat::Csv => csv::write(&rows)?,
        ExportFormat::Parquet => parquet::write::<R>(&mut frame::to_frame(&rows)?)?,
        ExportFormat::JsonLines => {
            json_lines(&rows).map_err(|source| write("JSON Lines", source.into()))?
        }
        ExportFormat::Xlsx => {
            workbook(&rows, &mut cut).map_err(|source| write("a workbook", source.into()))?
        }
    };
    Ok(Exported {
        bytes,
        population,
        rows: rows.len(),
        cut,
    })
}

fn json_lines<R: Row>(rows: &[R]) -> Result<Vec<u8>, serde_json::Error> {
    let columns = R::columns();
    let mut bytes = Vec::new();
    for row in rows {
        let cells: Vec<(&str, serde_json::Value)> = columns
            .iter()
            .map(|column| (column.name, json((column.get)(row))))
            .collect();
        serde_json::to_writer(&mut bytes, &InOrder(&cells))?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// An object whose members keep the order of the columns.
struct InOrder<'a>(&'a [(&'a str, serde_json::Value)]);

impl serde::Serialize for InOrder<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

fn json(value: Value<'_>) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::U16(number) => number.into(),
        Value::U32(number) => number.into(),
        Value::U64(number) => number.into(),
        Value::F64(number) => number.into(),
        text @ (Value::Text(_) | Value::Time(_)) => csv::text(text).into_owned().into(),
    }
}

/// Makes a workbook, of several sheets where one cannot hold the rows.
fn workbook<R: Row>(rows: &[R], cut: &mut usize) -> Result<Vec<u8>, XlsxError> {
    let columns = R::columns();
    let (head, quoted) = (Format::new().set_bold(), Format::new().set_quote_prefix());
    let mut book = Workbook::new();
    // The time of making would make two workbooks of one table.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    // The header takes a row of each sheet.
    let parts: Vec<&[R]> = if rows.is_empty() {
        vec![rows]
    } else {
        rows.chunks(SHEET - 1).collect()
    };
    let several = parts.len() > 1;
    for (number, part) in parts.into_iter().enumerate() {
        let sheet = book.add_worksheet();
        sheet.set_name(if several {
            format!("{} {}", R::TABLE, number + 1)
        } else {
            R::TABLE.to_owned()
        })?;
        sheet.set_freeze_panes(1, 0)?;
        for (at, column) in (0_u16..).zip(&columns) {
            sheet.write_string_with_format(0, at, column.name, &head)?;
        }
        for (line, row) in (1_u32..).zip(part) {
            for (at, column) in (0_u16..).zip(&columns) {
                match (column.get)(row) {
                    Value::Null => {}
                    Value::U16(number) => drop(sheet.write_number(line, at, number)?),
                    Value::U32(number) => drop(sheet.write_number(line, at, number)?),
                    Value::F64(number) => drop(sheet.write_number(line, at, number)?),
                    // Beyond 2^53 a number of a workbook is another number.
                    Value::U64(number) if number < 1 << 53 => {
                        sheet.write_number(line, at, number as f64)?;
                    }
                    value => {
                        let text = csv::text(value);
                        let fits: String = text.chars().take(CELL).collect();
                        *cut += usize::from(fits.len() < text.len());
                        sheet.write_string_with_format(line, at, fits, &quoted)?;
                    }
                }
            }
        }
    }
    book.save_to_buffer()
}
