//! The tables of exchanges and transmittals that stand in files and need not fit in
//! memory.

use std::collections::BTreeSet;
use std::path::Path;

use affiant_model::{Case, ExchangeRow, Transmittal};

use crate::source::Source;
use crate::summaries::{self, Summaries};
use crate::{Error, Table, contacts, recipients, table};

/// Two files of tables, and what their summaries depend on.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    /// The case file: devices, moments, comparisons and known values.
    pub case: &'a Case,
    /// The kinds of datum whose values single out a person, device or installation.
    pub singling: &'a BTreeSet<String>,
    /// `exchanges.parquet`.
    pub exchanges: &'a Path,
    /// `transmittals.parquet`.
    pub transmittals: &'a Path,
    /// Rows that are held at one time while different things are counted; what suits
    /// four gigabytes of memory where none is stated.
    pub part: Option<usize>,
}

/// Makes `recipients`, `contacts`, `accesses` and the summaries, by the same code as
/// [`build`](crate::build) and [`summarise`](crate::summarise), and so the same bytes.
///
/// # Errors
///
/// [`Error::Damaged`], [`Error::Read`] or [`Error::Columns`] where a file is not what this
/// crate writes; [`Error::Compute`] or [`Error::Statistic`] where a table cannot be
/// computed.
pub fn aggregate(files: &Files<'_>) -> Result<Vec<Table>, Error> {
    let exchanges = Source::of_file::<ExchangeRow>(files.exchanges)?.in_parts_of(files.part);
    let transmittals = Source::of_file::<Transmittal>(files.transmittals)?.in_parts_of(files.part);
    let mut tables = vec![
        table(&recipients::summarise(&transmittals)?)?,
        table(&contacts::contacts(&exchanges)?)?,
        table(&contacts::accesses(&exchanges)?)?,
    ];
    let summaries = summaries::of_sources(files.case, files.singling, &exchanges, &transmittals)?;
    tables.extend(summaries_of(&summaries)?);
    Ok(tables)
}

/// The tables of the summaries, each of them whether or not it has rows.
pub(crate) fn summaries_of(summaries: &Summaries) -> Result<[Table; 9], Error> {
    Ok([
        table(&summaries.runs)?,
        table(&summaries.breakdown)?,
        table(&summaries.device_days)?,
        table(&summaries.timeline)?,
        table(&summaries.commonality)?,
        table(&summaries.comparisons)?,
        table(&summaries.bridges)?,
        table(&summaries.searches)?,
        table(&summaries.device_contacts)?,
    ])
}
