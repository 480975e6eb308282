//! Tables: exchanges, transmittals, defects and contradictions as Parquet and CSV,
//! and the summary of what reached whom.
//!
//! [`build`] makes the tables of a case; the `read_` functions read their
//! Parquet back, so that a report can be written from the tables alone. Only
//! this crate knows polars, and no type of it shows outside.
//!
//! # What the files hold
//!
//! - The columns and their order are fixed; those of `transmittals` are a
//!   contract that other programs rely on. An empty table has them too.
//! - The same rows give the same bytes, in Parquet and in CSV.
//! - A Parquet file holds the SHA-256 of its other bytes in front of its
//!   footer, where other readers pass over it. Reading checks it first, so a
//!   damaged table is refused and never read as other rows. It is no
//!   signature: whoever alters a table on purpose can also renew it. Rebuild
//!   the tables from the evidence where that matters.
//! - Times are UTC, to the microsecond; what a capture writes beyond that is
//!   cut off (its own text stays in the exhibit).
//! - CSV is RFC 4180 with a header line, UTF-8 without byte order mark, and LF
//!   at the end of lines. Times are RFC 3339 with six decimals and `Z`. A null
//!   is an empty field, and so is an empty text: only Parquet keeps the two
//!   apart.
//! - Values are never altered. In particular a value that begins with `=`,
//!   `+`, `-` or `@` is written as it was observed: a spreadsheet may take it
//!   for a formula, so import such columns as text.

mod cell;
mod consent;
mod contacts;
mod contradictions;
mod csv;
mod defects;
mod error;
mod exchanges;
mod frame;
mod parquet;
mod recipients;
mod records;
mod statements;
mod transmittals;

use affiant_model::{
    AccessSummary, ConsentSignal, ContactSummary, Contradiction, Defect, ExchangeRow,
    RecipientSummary, RecordFinding, Transmittal,
};

pub use error::Error;
use frame::Row;
pub use statements::hold_statements;

/// One table, encoded in both formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name without ending: `transmittals`.
    pub name: &'static str,
    /// Rows, the header line of the CSV not counted.
    pub rows: usize,
    /// The table as CSV.
    pub csv: Vec<u8>,
    /// The table as Parquet.
    pub parquet: Vec<u8>,
}

/// The tables of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregates {
    /// `exchanges`, `transmittals`, `defects`, `recipients`, `contacts`,
    /// `accesses` and `contradictions`, in this order; then `records` and
    /// `consent`, where they were added.
    pub tables: Vec<Table>,
    /// The rows of the table `recipients`: third parties before first parties,
    /// then by recipient, datum and phase. Transmittals whose basis is a
    /// pattern do not enter it.
    pub recipients: Vec<RecipientSummary>,
    /// The rows of the table `contacts`: third parties before first parties,
    /// then by recipient and host.
    pub contacts: Vec<ContactSummary>,
    /// The rows of the table `accesses`, by app and resource.
    pub accesses: Vec<AccessSummary>,
}

/// Makes the tables. Rows keep the order in which they are given. An exchange
/// that repeats one of an earlier exhibit is a row, and is in no summary.
///
/// # Errors
///
/// [`Error::Compute`] or [`Error::Write`] where a table cannot be computed or
/// encoded.
pub fn build(
    exchanges: &[ExchangeRow],
    transmittals: &[Transmittal],
    defects: &[Defect],
    contradictions: &[Contradiction],
) -> Result<Aggregates, Error> {
    let recipients = recipients::summarise(frame::to_frame(transmittals)?)?;
    let frame = frame::to_frame(exchanges)?;
    let contacts = contacts::contacts(frame.clone())?;
    let accesses = contacts::accesses(frame)?;
    let tables = vec![
        table(exchanges)?,
        table(transmittals)?,
        table(defects)?,
        table(&recipients)?,
        table(&contacts)?,
        table(&accesses)?,
        table(contradictions)?,
    ];
    Ok(Aggregates {
        tables,
        recipients,
        contacts,
        accesses,
    })
}

impl Aggregates {
    /// Adds the table `records`; a case without records has none.
    ///
    /// # Errors
    ///
    /// As [`build`].
    pub fn add_records(&mut self, records: &[RecordFinding]) -> Result<(), Error> {
        if !records.is_empty() {
            self.tables.push(table(records)?);
        }
        Ok(())
    }

    /// Adds the table `consent`; a case whose requests carried no signal has none.
    ///
    /// # Errors
    ///
    /// As [`build`].
    pub fn add_consent(&mut self, signals: &[ConsentSignal]) -> Result<(), Error> {
        if !signals.is_empty() {
            self.tables.push(table(signals)?);
        }
        Ok(())
    }
}

fn table<R: Row>(rows: &[R]) -> Result<Table, Error> {
    Ok(Table {
        name: R::TABLE,
        rows: rows.len(),
        csv: csv::write(rows)?,
        parquet: parquet::write::<R>(&mut frame::to_frame(rows)?)?,
    })
}

/// Reads `exchanges.parquet` back.
///
/// # Errors
///
/// [`Error::Damaged`], [`Error::Read`], [`Error::Columns`] or [`Error::Cell`]
/// where the bytes are not what [`build`] writes.
pub fn read_exchanges(parquet: &[u8]) -> Result<Vec<ExchangeRow>, Error> {
    parquet::read(parquet)
}

/// Reads `transmittals.parquet` back.
///
/// # Errors
///
/// As [`read_exchanges`].
pub fn read_transmittals(parquet: &[u8]) -> Result<Vec<Transmittal>, Error> {
    parquet::read(parquet)
}

/// Reads `defects.parquet` back.
///
/// # Errors
///
/// As [`read_exchanges`].
pub fn read_defects(parquet: &[u8]) -> Result<Vec<Defect>, Error> {
    parquet::read(parquet)
}

/// Reads `recipients.parquet` back.
///
/// # Errors
///
/// As [`read_exchanges`].
pub fn read_recipients(parquet: &[u8]) -> Result<Vec<RecipientSummary>, Error> {
    parquet::read(parquet)
}

/// Reads `contacts.parquet` back.
///
/// # Errors
///
/// As [`read_exchanges`].
pub fn read_contacts(parquet: &[u8]) -> Result<Vec<ContactSummary>, Error> {
    parquet::read(parquet)
}

/// Reads `accesses.parquet` back.
///
/// # Errors
///
/// As [`read_exchanges`].
pub fn read_accesses(parquet: &[u8]) -> Result<Vec<AccessSummary>, Error> {
    parquet::read(parquet)
}

/// Reads `records.parquet` back.
///
/// # Errors
///
/// As [`read_exchanges`].
pub fn read_records(parquet: &[u8]) -> Result<Vec<RecordFinding>, Error> {
    parquet::read(parquet)
}

/// Reads `consent.parquet` back.
///
/// # Errors
///
/// As [`read_exchanges`].
pub fn read_consent(parquet: &[u8]) -> Result<Vec<ConsentSignal>, Error> {
    parquet::read(parquet)
}

/// Reads `contradictions.parquet` back.
///
/// # Errors
///
/// As [`read_exchanges`].
pub fn read_contradictions(parquet: &[u8]) -> Result<Vec<Contradiction>, Error> {
    parquet::read(parquet)
}
