//! Tables made from the transmittals: who got what, in which runs, when, and how
//! that compares.

mod breakdown;
mod bridges;
mod commonality;
mod comparisons;
mod consent;
mod days;
mod devices;
mod inference;
mod runs;
mod searches;
mod timeline;

use std::collections::BTreeSet;

use affiant_model::{
    Breakdown, Bridge, Case, Commonality, ComparisonRow, DeviceContact, DeviceDay, ExchangeRow,
    FirstTransmittal, RunRow, Search, Transmittal,
};

use crate::Error;
use crate::frame::Row;
use crate::source::Source;

pub use consent::consent_timeline;

/// What the tables are made from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The case file: devices, moments, comparisons and known values.
    pub case: &'a Case,
    /// Every exchange.
    pub exchanges: &'a [ExchangeRow],
    /// Every transmittal.
    pub transmittals: &'a [Transmittal],
    /// The kinds of datum whose values single out a person, device or installation.
    pub singling: &'a BTreeSet<String>,
}

/// The tables, as rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summaries {
    /// The runs.
    pub runs: Vec<RunRow>,
    /// By recipient, datum, subject, device, run, phase and version.
    pub breakdown: Vec<Breakdown>,
    /// By device, day and host.
    pub device_days: Vec<DeviceDay>,
    /// When each datum first went to a third party in a run.
    pub timeline: Vec<FirstTransmittal>,
    /// In how many runs, devices and versions.
    pub commonality: Vec<Commonality>,
    /// The comparisons that the case file asks for.
    pub comparisons: Vec<ComparisonRow>,
    /// Values that went to more than one third party.
    pub bridges: Vec<Bridge>,
    /// Each known value, and whether it was found.
    pub searches: Vec<Search>,
    /// What devices' own logs name.
    pub device_contacts: Vec<DeviceContact>,
}

/// What of the case file's comparisons and moments cannot be done with the runs that
/// were read, each with what to write instead.
///
/// # Errors
///
/// [`Error::Compute`] where the runs cannot be told apart.
pub fn unclear(case: &Case, exchanges: &[ExchangeRow]) -> Result<Vec<String>, Error> {
    let runs = runs::Runs::of(&Source::of_rows(exchanges)?)?;
    Ok(comparisons::unclear(case, &runs))
}

/// Makes the tables.
///
/// # Errors
///
/// [`Error::Compute`] or [`Error::Statistic`] where a table cannot be computed.
pub fn summarise(inputs: &Inputs<'_>) -> Result<Summaries, Error> {
    let exchanges = Source::of_rows(inputs.exchanges)?;
    let transmittals = Source::of_rows(inputs.transmittals)?;
    of_sources(inputs.case, inputs.singling, &exchanges, &transmittals)
}

/// Makes the tables of rows, wherever these are.
pub(crate) fn of_sources(
    case: &Case,
    singling: &BTreeSet<String>,
    exchanges: &Source,
    transmittals: &Source,
) -> Result<Summaries, Error> {
    let runs = runs::Runs::of(exchanges)?;
    let breakdown = breakdown::breakdown(transmittals)?;
    Ok(Summaries {
        runs: runs.rows(),
        device_contacts: devices::device_contacts(case, exchanges, transmittals)?,
        device_days: days::device_days(case, transmittals)?,
        timeline: timeline::timeline(case, transmittals, &runs)?,
        commonality: commonality::commonality(&breakdown, &runs)?,
        comparisons: comparisons::comparisons(case, &breakdown, &runs)?,
        bridges: bridges::bridges(transmittals, singling)?,
        searches: searches::searches(case, transmittals, &runs)?,
        breakdown,
    })
}

/// Names the table whose figure could not be computed.
fn statistic<R: Row>(source: affiant_stats::Error) -> Error {
    Error::Statistic {
        table: R::TABLE,
        source,
    }
}
