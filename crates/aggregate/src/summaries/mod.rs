//! Tables made from the transmittals: who got what, in which runs, when, and how
//! that compares.

mod breakdown;
mod bridges;
mod commonality;
mod comparisons;
mod days;
mod devices;
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
#[must_use]
pub fn unclear(case: &Case, exchanges: &[ExchangeRow]) -> Vec<String> {
    comparisons::unclear(case, &runs::Runs::of(exchanges))
}

/// Makes the tables.
///
/// # Errors
///
/// [`Error::Compute`] or [`Error::Statistic`] where a table cannot be computed.
pub fn summarise(inputs: &Inputs<'_>) -> Result<Summaries, Error> {
    let runs = runs::Runs::of(inputs.exchanges);
    let breakdown = breakdown::breakdown(inputs.transmittals)?;
    Ok(Summaries {
        runs: runs.rows(),
        device_contacts: devices::device_contacts(inputs),
        device_days: days::device_days(inputs),
        timeline: timeline::timeline(inputs, &runs),
        commonality: commonality::commonality(&breakdown, &runs)?,
        comparisons: comparisons::comparisons(inputs.case, &breakdown, &runs)?,
        bridges: bridges::bridges(inputs),
        searches: searches::searches(inputs, &runs)?,
        breakdown,
    })
}

/// How many exchanges the transmittals are of.
fn exchanges(group: &[&Transmittal]) -> u64 {
    let different: BTreeSet<_> = group.iter().map(|t| (t.exhibit, t.exchange)).collect();
    different.len() as u64
}

/// Names the table whose figure could not be computed.
fn statistic<R: Row>(source: affiant_stats::Error) -> Error {
    Error::Statistic {
        table: R::TABLE,
        source,
    }
}
