//! Rows of the tables that are made from the transmittals.
//!
//! None counts a transmittal whose basis is a pattern. A *run* is the run stated
//! at intake or, where none was, the exhibit.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::notation::written;
use crate::{ExhibitId, PartyKind, TransmittalId};

/// One run in which requests were read: what a share is a share of. A row of `tables/runs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRow {
    /// Run.
    pub run: String,
    /// Phases, by intake, sorted, with `, ` between them.
    pub phases: String,
    /// Device, by intake.
    pub device: Option<String>,
    /// Version of the application, by intake.
    pub app_version: Option<String>,
    /// Exhibits, sorted, with `, ` between them.
    pub exhibits: String,
    /// Requests that are shown to have been sent.
    pub requests: u64,
    /// Of these, those to third parties.
    pub third_party: u64,
    /// Bytes of the bodies of those to third parties.
    pub bytes: u64,
    /// Time of the first, by the capture's own clock.
    pub first: Option<DateTime<Utc>>,
}

/// What reached one recipient of one kind of datum, by whom it is about and how
/// the test was made: a row of `tables/breakdown`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdown {
    /// Organisation.
    pub recipient: String,
    /// Its parent; empty where none is known.
    pub parent: String,
    /// Relation to the declared first party.
    pub party: PartyKind,
    /// Kind of datum.
    pub datum: String,
    /// W3C DPV term.
    pub category: String,
    /// Data subject, where the value is known to be one's.
    pub subject: Option<String>,
    /// Device, by intake.
    pub device: Option<String>,
    /// Run.
    pub run: String,
    /// Phase, by intake.
    pub phase: Option<String>,
    /// Application, by intake.
    pub app: Option<String>,
    /// Version of the application, by intake.
    pub app_version: Option<String>,
    /// Transmittals.
    pub transmittals: u64,
    /// Exchanges that carried at least one of them.
    pub exchanges: u64,
    /// Different values.
    pub values: u64,
    /// Bytes of the exhibits that hold them: the sum of the column `length`.
    pub bytes: u64,
    /// Of the transmittals, those of which the capture does not show that they left.
    pub attempted: u64,
    /// Those that were sent, with no answer seen.
    pub sent: u64,
    /// Those that the server answered.
    pub acknowledged: u64,
    /// Those that the recipient's own records show.
    pub recorded: u64,
    /// First time by the captures' own clocks.
    pub first: Option<DateTime<Utc>>,
    /// Last time by the captures' own clocks.
    pub last: Option<DateTime<Utc>>,
}

/// What one device sent to one host on one day: a row of `tables/device_days`.
/// Requests that are not shown to have left are not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceDay {
    /// Device, by intake; empty where intake states none.
    pub device: String,
    /// Whose device it is, by the case file; empty where that does not say.
    pub holder: String,
    /// Data subject, where the value is known to be one's.
    pub subject: Option<String>,
    /// Day in UTC, `YYYY-MM-DD`; empty where the capture states no time.
    pub day: String,
    /// Organisation.
    pub recipient: String,
    /// Relation to the declared first party.
    pub party: PartyKind,
    /// Host as sent.
    pub host: String,
    /// Kind of datum.
    pub datum: String,
    /// Name under which the case file lists the known value.
    pub identifier: Option<String>,
    /// Transmittals.
    pub transmittals: u64,
    /// Exchanges that carried at least one of them.
    pub exchanges: u64,
    /// First time by the captures' own clocks.
    pub first: Option<DateTime<Utc>>,
    /// Last time by the captures' own clocks.
    pub last: Option<DateTime<Utc>>,
    /// The first of them.
    pub example: TransmittalId,
}

/// When in a run a kind of datum first went to a third party: a row of `tables/timeline`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FirstTransmittal {
    /// Run.
    pub run: String,
    /// Device, by intake.
    pub device: Option<String>,
    /// Phase, by intake.
    pub phase: Option<String>,
    /// Version of the application, by intake.
    pub app_version: Option<String>,
    /// When the run began.
    pub start: DateTime<Utc>,
    /// What that time is: the moment that the case file states, or the first
    /// request of the run.
    pub start_is: String,
    /// Organisation.
    pub recipient: String,
    /// Kind of datum.
    pub datum: String,
    /// The first transmittal.
    pub example: TransmittalId,
    /// Its time by the capture's own clock.
    pub time: DateTime<Utc>,
    /// From the start of the run, in seconds.
    pub seconds: f64,
    /// The last stated moment before it; empty where none is stated.
    pub after: String,
    /// The next stated moment behind it; empty where none is stated.
    pub before: String,
    /// Transmittals of the datum to the recipient in the run.
    pub transmittals: u64,
    /// Of these, those before the first notice that the case file states for the
    /// run; none where it states none.
    pub before_notice: Option<u64>,
}

/// The datum of rows that count any kind of datum.
pub const ANY: &str = "any";

/// What is counted of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Runs.
    Run,
    /// Devices.
    Device,
    /// Versions of the application.
    Version,
}

written!(Unit {
    Run => "run",
    Device => "device",
    Version => "version",
});

/// In how many of the runs, devices or versions a kind of datum went to a third
/// party: a row of `tables/commonality`. In the rows whose datum is [`ANY`] any kind counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Commonality {
    /// What is counted.
    pub unit: Unit,
    /// Organisation.
    pub recipient: String,
    /// Its parent; empty where none is known.
    pub parent: String,
    /// Kind of datum.
    pub datum: String,
    /// W3C DPV term.
    pub category: String,
    /// Units with at least one transmittal that is shown to have been sent.
    pub with: u64,
    /// Units in which requests were read.
    pub of: u64,
    /// The lower bound of the share, by Clopper and Pearson, from 0 to 1; none where
    /// `no_inference` says why.
    pub low: Option<f64>,
    /// The upper bound of the share, likewise.
    pub high: Option<f64>,
    /// Why no bounds are given, in words; empty where they are. Only runs that repeat one
    /// test have any, and not too few of them.
    pub no_inference: String,
    /// Units without, sorted, with `; ` between them: the name of a run holds commas.
    pub without: String,
}

/// One kind of datum and one recipient in two parts of a test: a row of `tables/comparisons`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonRow {
    /// The comparison, by its name in the case file.
    pub comparison: String,
    /// Organisation.
    pub recipient: String,
    /// Kind of datum.
    pub datum: String,
    /// Runs of the first part with at least one transmittal.
    pub before_with: u64,
    /// Runs of the first part.
    pub before_of: u64,
    /// Runs of the second part with at least one transmittal.
    pub after_with: u64,
    /// Runs of the second part.
    pub after_of: u64,
    /// Transmittals in the first part.
    pub before_transmittals: u64,
    /// Transmittals in the second part.
    pub after_transmittals: u64,
    /// Fisher's exact test on the runs, two-sided; none where `no_inference` says why.
    pub p: Option<f64>,
    /// The same, adjusted by Holm for all rows of the comparison.
    pub p_holm: Option<f64>,
    /// Devices in both parts that had a transmittal in the first alone.
    pub only_before: u64,
    /// Devices in both parts that had a transmittal in the second alone.
    pub only_after: u64,
    /// McNemar's exact test on these devices; none where no device differs, or where
    /// `no_inference_of_devices` says why.
    pub p_devices: Option<f64>,
    /// Why the runs are not tested, in words; empty where they are.
    pub no_inference: String,
    /// Why the devices are not tested, in words; empty where they are.
    pub no_inference_of_devices: String,
}

/// A value that went to more than one third party: a row of `tables/bridges`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bridge {
    /// Kinds of datum as which it went, sorted, with `, ` between them.
    pub datums: String,
    /// Name under which the case file lists the value; none where it is a
    /// documented field's and not known to be anybody's.
    pub identifier: Option<String>,
    /// Data subject, where the value is known to be one's.
    pub subject: Option<String>,
    /// SHA-256 of the value as decoded, of the first of them.
    pub value_sha256: String,
    /// How many organisations.
    pub organisations: u64,
    /// The organisations, sorted, with `; ` between them.
    pub recipients: String,
    /// Spellings and hashes under which it went, sorted, with `, ` between them.
    pub forms: String,
    /// Transmittals.
    pub transmittals: u64,
    /// Exchanges.
    pub exchanges: u64,
    /// First time by the captures' own clocks.
    pub first: Option<DateTime<Utc>>,
    /// Last time by the captures' own clocks.
    pub last: Option<DateTime<Utc>>,
    /// One transmittal of each organisation, in their order, with `, ` between them.
    pub examples: String,
}

/// A known value, and whether it was found: a row of `tables/searches`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// Name under which the case file lists it.
    pub identifier: String,
    /// Kind of datum.
    pub datum: String,
    /// Data subject.
    pub subject: String,
    /// Transmittals to third parties that are shown to have been sent.
    pub third_party: u64,
    /// Transmittals to the first party that are shown to have been sent.
    pub first_party: u64,
    /// Requests to third parties that were searched.
    pub requests: u64,
    /// Bytes of their bodies.
    pub bytes: u64,
    /// Runs with such requests.
    pub runs: u64,
    /// Of the runs, those with a transmittal to a third party.
    pub runs_with: u64,
    /// Where there is none: the upper bound of the share of such runs, exact, at 95 %;
    /// none where `no_inference` says why.
    pub upper: Option<f64>,
    /// Why no bound is given where the value was not found, in words; empty otherwise.
    pub no_inference: String,
}

/// An organisation by what is built into the application and by what was heard: a
/// row of `tables/presence`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// The organisation; of what is built in, the maker that a source names.
    pub organisation: String,
    /// What is the case.
    pub state: PresenceState,
    /// Its SDKs, sorted, with `, ` between them.
    pub sdks: String,
    /// Versions that the exhibits state, sorted, with `, ` between them.
    pub versions: String,
    /// Exhibits that show them, sorted, with `, ` between them.
    pub exhibits: String,
    /// Findings that name it.
    pub findings: u64,
    /// Requests and messages to it that are shown to have been sent.
    pub requests: u64,
    /// Other entries that name a host of it: lookups, handshakes, connections.
    pub contacts: u64,
    /// Besides, entries that are not shown to have left the device.
    pub attempted: u64,
    /// Transmittals to it that are shown to have been sent.
    pub transmittals: u64,
}

/// Whether an organisation was found in the package, in the traffic, or in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PresenceState {
    /// Built in, and a host of it was called or named.
    PresentAndHeard,
    /// Built in, and what names a host of it is not shown to have left the device.
    PresentAndAttempted,
    /// Built in, and no entry of a capture names a host of it.
    PresentAndSilent,
    /// Built in, and no source names a host of it, so that it could not be heard.
    PresentWithoutHost,
    /// A host of it was called or named, and nothing of it was found built in.
    HeardAndNotFound,
    /// Nothing of it was found built in, and what names a host of it is not shown to
    /// have left the device.
    AttemptedAndNotFound,
}

written!(PresenceState {
    PresentAndHeard => "present and heard from",
    PresentAndAttempted => "present, and only attempted",
    PresentAndSilent => "present and silent",
    PresentWithoutHost => "present, and no host of it is known",
    HeardAndNotFound => "heard from and not found",
    AttemptedAndNotFound => "only attempted, and not found",
});

/// A host that a device's own log names, beside what was decoded elsewhere: a row
/// of `tables/device_contacts`. A contact is not content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceContact {
    /// Device, by intake; empty where intake states none.
    pub device: String,
    /// Whose device it is, by the case file; empty where that does not say.
    pub holder: String,
    /// App that the log names; empty where it names none.
    pub app: String,
    /// Host as the log names it.
    pub host: String,
    /// Organisation.
    pub recipient: String,
    /// Relation to the declared first party.
    pub party: PartyKind,
    /// Exhibits, sorted, with `, ` between them.
    pub exhibits: String,
    /// Contacts that are shown to have left the device, by the events that the log counts.
    pub contacts: u64,
    /// Besides, those that are not, counted the same way.
    pub attempted: u64,
    /// First time by the log's own clock.
    pub first: Option<DateTime<Utc>>,
    /// Last time by the log's own clock.
    pub last: Option<DateTime<Utc>>,
    /// Transmittals to that host that were decoded in captures of other devices, where
    /// it is stated which devices those are.
    pub elsewhere_host: u64,
    /// Transmittals to that organisation, likewise.
    pub elsewhere: u64,
    /// The kinds of datum of these, sorted, with `, ` between them.
    pub data_elsewhere: String,
}

/// One recipient and one datum held against one version of one notice: a row of
/// `tables/gaps`. No conclusion of law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Organisation.
    pub recipient: String,
    /// Its parent; empty where none is known.
    pub parent: String,
    /// Registrable domains, sorted, with `, ` between them.
    pub domains: String,
    /// Relation to the declared first party.
    pub party: PartyKind,
    /// Kind of datum.
    pub datum: String,
    /// W3C DPV term.
    pub category: String,
    /// The notice, by its name in the case file; empty where there is none.
    pub notice: String,
    /// Its exhibit.
    pub exhibit: Option<ExhibitId>,
    /// When the version was in force, as far as the case file states it.
    pub in_force: String,
    /// First day of the exchanges, in UTC; empty where none has a time.
    pub first_day: String,
    /// Last day.
    pub last_day: String,
    /// Transmittals on days on which the version was in force.
    pub transmittals: u64,
    /// Transmittals without a time.
    pub undated: u64,
    /// The judgement, after overrides; `not judged` where nothing could be compared.
    pub judgement: String,
    /// The number of the rule: `R1`.
    pub rule: String,
    /// The passages that the rule rests on, each with its place, one a line; else
    /// what was compared.
    pub passages: String,
    /// Passages that speak of it too, one a line.
    pub others: String,
    /// What must be known beside the judgement, one a line.
    pub remarks: String,
    /// The override in the rule's place: who, when, why, and what it replaces.
    pub overridden: Option<String>,
}

/// An element of a claim, and rows that speak to it: a row of `tables/matrix`. No
/// conclusion of law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElementRow {
    /// Slug of the claim.
    pub claim: String,
    /// The claim, in print.
    pub title: String,
    /// The provision.
    pub citation: String,
    /// Of which date its text is, as far as that is known, and what counsel is told of it.
    pub edition: String,
    /// What has to be shown, in the words of `datasets/statutes`.
    pub element: String,
    /// The part of the provision.
    pub element_citation: String,
    /// Whether that part was read, and where.
    pub reading: String,
    /// Which rows were asked for; empty where no column speaks to the element.
    pub asked: String,
    /// What such rows say, and no more.
    pub says: String,
    /// How many there are; none where nothing was asked or could be.
    pub rows: Option<u64>,
    /// The answer in words, with examples.
    pub answer: String,
    /// What no column shows.
    pub silent: String,
}
