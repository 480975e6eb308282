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
mod export;
mod files;
mod frame;
mod grouping;
mod parquet;
mod query;
mod recipients;
mod records;
mod review;
mod sdk;
mod source;
mod statements;
mod summaries;
mod transmittals;

use affiant_model::{
    AccessSummary, Breakdown, Bridge, Commonality, ComparisonRow, ConsentSignal, ConsentStretch,
    ContactSummary, ContextFinding, Contradiction, Defect, DeviceContact, DeviceDay,
    DifferentialFinding, ElementRow, ExchangeRow, FirstTransmittal, Gap, PatternFinding, Presence,
    RecipientSummary, RecordFinding, RunRow, SdkFinding, Search, Transmittal,
};

pub use error::Error;
pub use export::{Condition, ExportFormat, Exported, TABLES, export};
pub use files::{Files, aggregate};
use frame::Row;
pub use sdk::presence;
use source::Source;
pub use statements::hold_statements;
pub use summaries::{Inputs, Summaries, consent_timeline, summarise, unclear};

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
    /// `accesses` and `contradictions`, in this order; then what was added.
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
    let recipients = recipients::summarise(&Source::of_rows(transmittals)?)?;
    let source = Source::of_rows(exchanges)?;
    let contacts = contacts::contacts(&source)?;
    let accesses = contacts::accesses(&source)?;
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

    /// Adds the tables `consent` and `consent_timeline`; a case whose requests carried no
    /// signal has neither.
    ///
    /// # Errors
    ///
    /// As [`build`].
    pub fn add_consent(
        &mut self,
        signals: &[ConsentSignal],
        timeline: &[ConsentStretch],
    ) -> Result<(), Error> {
        if !signals.is_empty() {
            self.tables.extend([table(signals)?, table(timeline)?]);
        }
        Ok(())
    }
}

impl Aggregates {
    /// Adds the tables of what is built in; a case without such exhibits has none.
    ///
    /// # Errors
    ///
    /// As [`build`].
    pub fn add_sdks(
        &mut self,
        findings: &[SdkFinding],
        presence: &[Presence],
    ) -> Result<(), Error> {
        if !findings.is_empty() {
            self.tables.extend([table(findings)?, table(presence)?]);
        }
        Ok(())
    }

    /// Adds the tables of fields that tell devices apart, of patterns and of contexts,
    /// which no other table counts.
    ///
    /// # Errors
    ///
    /// As [`build`].
    pub fn add_apart(
        &mut self,
        differential: &[DifferentialFinding],
        patterns: &[PatternFinding],
        contexts: &[ContextFinding],
    ) -> Result<(), Error> {
        self.tables
            .extend([table(differential)?, table(patterns)?, table(contexts)?]);
        Ok(())
    }

    /// Adds the table of the gap review.
    ///
    /// # Errors
    ///
    /// As [`build`].
    pub fn add_gaps(&mut self, gaps: &[Gap]) -> Result<(), Error> {
        self.tables.push(table(gaps)?);
        Ok(())
    }

    /// Adds the table of the evidence matrix, which is made from the others.
    ///
    /// # Errors
    ///
    /// As [`build`].
    pub fn add_matrix(&mut self, matrix: &[ElementRow]) -> Result<(), Error> {
        self.tables.push(table(matrix)?);
        Ok(())
    }

    /// Adds the tables of the summaries, each of them whether or not it has rows.
    ///
    /// # Errors
    ///
    /// As [`build`].
    pub fn add_summaries(&mut self, summaries: &Summaries) -> Result<(), Error> {
        self.tables.extend(files::summaries_of(summaries)?);
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

/// Makes the functions that read a table back.
macro_rules! readers {
    ($($name:ident: $row:ty),+ $(,)?) => {$(
        #[doc = concat!("Reads `", stringify!($row), "` rows back from the Parquet of their table.")]
        ///
        /// # Errors
        ///
        /// [`Error::Damaged`], [`Error::Read`], [`Error::Columns`] or [`Error::Cell`]
        /// where the bytes are not what this crate writes.
        pub fn $name(parquet: &[u8]) -> Result<Vec<$row>, Error> {
            parquet::read(parquet)
        }
    )+};
}

readers!(
    read_exchanges: ExchangeRow,
    read_transmittals: Transmittal,
    read_defects: Defect,
    read_recipients: RecipientSummary,
    read_contacts: ContactSummary,
    read_accesses: AccessSummary,
    read_records: RecordFinding,
    read_consent: ConsentSignal,
    read_consent_timeline: ConsentStretch,
    read_contradictions: Contradiction,
    read_runs: RunRow,
    read_breakdown: Breakdown,
    read_device_days: DeviceDay,
    read_timeline: FirstTransmittal,
    read_commonality: Commonality,
    read_comparisons: ComparisonRow,
    read_bridges: Bridge,
    read_searches: Search,
    read_device_contacts: DeviceContact,
    read_sdk_findings: SdkFinding,
    read_presence: Presence,
    read_differential: DifferentialFinding,
    read_patterns: PatternFinding,
    read_contexts: ContextFinding,
    read_gaps: Gap,
    read_matrix: ElementRow,
);
