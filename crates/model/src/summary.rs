use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Basis, Capture, Digest, ExchangeKind, ExhibitId, PartyKind, Reach, Span};

/// One exchange as a row of `tables/exchanges`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRow {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// Ordinal of the exchange in the exhibit, from 1.
    pub exchange: u32,
    /// What the entry is.
    pub kind: ExchangeKind,
    /// What it is about, where its kind needs a word more.
    pub detail: Option<String>,
    /// How many events the entry stands for.
    pub events: u64,
    /// Start by the capture's own clock.
    pub time: Option<DateTime<Utc>>,
    /// Time of the last of several events.
    pub until: Option<DateTime<Utc>>,
    /// Method of the request.
    pub method: String,
    /// Host as sent.
    pub host: String,
    /// Registrable domain.
    pub domain: String,
    /// Organisation.
    pub recipient: String,
    /// Its parent; empty where none is known.
    pub parent: String,
    /// Relation to the declared first party; `None` where the entry goes to
    /// nobody, as a use of the device's own resources.
    pub party: Option<PartyKind>,
    /// Address as sent.
    pub url: String,
    /// Response status.
    pub status: Option<u16>,
    /// How far the evidence goes.
    pub reach: Reach,
    /// Size of the request body in bytes, as the capture holds it.
    pub request_body_bytes: u64,
    /// The bytes of the exhibit that describe the exchange.
    pub span: Span,
    /// How its bytes come out of those; `None` where they stand there as they are.
    pub unpacked: Option<String>,
    /// Network address of the server, as the capture records it.
    pub server_address: Option<String>,
    /// Network address of the client, as the capture records it.
    pub client_address: Option<String>,
    /// App or process that made the request, as the capture records it.
    pub client_app: Option<String>,
    /// Device that made the request, as the capture records it.
    pub client_device: Option<String>,
    /// Version of TLS, as the capture shows it.
    pub tls: Option<String>,
    /// JA4 fingerprint of the client's handshake.
    pub ja4: Option<String>,
    /// Names that the answer to a lookup leads through, with ` > ` between them.
    pub aliases: Option<String>,
    /// Phase of the test, by intake.
    pub phase: Option<String>,
    /// Run of the test, by intake.
    pub run: Option<String>,
    /// Device, by intake.
    pub device: Option<String>,
    /// Application, by intake.
    pub app: Option<String>,
    /// Version of the application, by intake.
    pub app_version: Option<String>,
    /// Transmittals found in it.
    pub transmittals: u32,
    /// The documented endpoint that it matches, by slug.
    pub endpoint: Option<String>,
    /// The exchange of an earlier exhibit that this one is, as `E-0001/3`. It is
    /// counted there, with its transmittals, and in no total here.
    pub repeats: Option<String>,
}

/// What reached one recipient of one kind of datum in one phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientSummary {
    /// Organisation.
    pub recipient: String,
    /// Its parent; empty where none is known.
    pub parent: String,
    /// Relation to the declared first party.
    pub party: PartyKind,
    /// Registrable domains, sorted, with `, ` between them.
    pub domains: String,
    /// W3C DPV term.
    pub category: String,
    /// Kind of datum.
    pub datum: String,
    /// Phase, where intake stated one.
    pub phase: Option<String>,
    /// Transmittals.
    pub transmittals: u64,
    /// Exchanges that carried at least one of them.
    pub exchanges: u64,
    /// Exhibits that hold those exchanges.
    pub exhibits: u64,
    /// Different values.
    pub values: u64,
    /// Of the transmittals, those whose basis is a known value.
    pub known_values: u64,
    /// Of the transmittals, those whose basis is a documented field.
    pub documented_fields: u64,
    /// Of the transmittals, those whose basis is an observed field.
    pub observed_fields: u64,
    /// Of the transmittals, those that the server answered.
    pub acknowledged: u64,
    /// Of the transmittals, those of which the capture does not show that they left.
    pub attempted: u64,
    /// First time by the capture's own clock.
    pub first: Option<DateTime<Utc>>,
    /// Last time by the capture's own clock.
    pub last: Option<DateTime<Utc>>,
}

/// Which host the captures name, how often, and how far the evidence of it goes.
/// Accesses, which go to no host, do not enter it. An entry that stands in two
/// exhibits is counted once, where it can be seen to be the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactSummary {
    /// Organisation.
    pub recipient: String,
    /// Its parent; empty where none is known.
    pub parent: String,
    /// Relation to the declared first party.
    pub party: PartyKind,
    /// Registrable domain.
    pub domain: String,
    /// Host as the capture names it.
    pub host: String,
    /// Requests and messages.
    pub requests: u64,
    /// Lookups.
    pub lookups: u64,
    /// Handshakes.
    pub handshakes: u64,
    /// Connections, by the events that they stand for.
    pub connections: u64,
    /// Entries of the recipient's own records.
    pub records: u64,
    /// Of all these entries, those that the capture does not show to have left.
    pub attempted: u64,
    /// Of all these entries, those that the server answered or its owner recorded.
    pub acknowledged: u64,
    /// Apps that the captures name, sorted, with `, ` between them.
    pub apps: String,
    /// Exhibits.
    pub exhibits: u64,
    /// First time by the captures' own clocks.
    pub first: Option<DateTime<Utc>>,
    /// Last time by the captures' own clocks.
    pub last: Option<DateTime<Utc>>,
}

/// How often an app used a resource of the device, as the device itself logged it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessSummary {
    /// App, as the device names it.
    pub app: String,
    /// Resource: `contacts`, `location`.
    pub resource: String,
    /// Entries of the log.
    pub accesses: u64,
    /// Exhibits.
    pub exhibits: u64,
    /// First time by the device's own clock.
    pub first: Option<DateTime<Utc>>,
    /// Last time by the device's own clock.
    pub last: Option<DateTime<Utc>>,
}

/// What one exhibit gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExhibitSummary {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// What the traffic log says of itself; `None` where it was refused.
    pub capture: Option<Capture>,
    /// Why the file was refused as a whole, where it was.
    pub refused: Option<String>,
    /// Requests and messages read.
    pub exchanges: u32,
    /// Other entries read, which show a contact or a record and carry no
    /// content: lookups, handshakes, connections, accesses, records.
    pub contacts: u32,
    /// Entries that are in an earlier exhibit too: counted there, and in none of
    /// the other figures here.
    #[serde(default)]
    pub repeats: u32,
    /// Of the requests and messages, those to the declared first party.
    pub first_party: u32,
    /// Of the requests and messages, those to others.
    pub third_party: u32,
    /// Of these, those in which at least one transmittal was found.
    pub with_transmittals: u32,
    /// Transmittals.
    pub transmittals: u32,
    /// Defects.
    pub defects: u32,
    /// First time by the capture's own clock.
    pub first: Option<DateTime<Utc>>,
    /// Last time by the capture's own clock.
    pub last: Option<DateTime<Utc>>,
}

/// What was seen and withheld, so that it is counted although it is not asserted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithheldCount {
    /// Why it was withheld.
    pub reason: String,
    /// Kind of datum.
    pub datum: String,
    /// How often.
    pub count: u64,
}

/// A statement of `case.toml` held against the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementFinding {
    /// Index of the statement in `case.toml`, from 0.
    pub statement: usize,
    /// Runs (exhibits) looked at, in order, with what each shows.
    pub runs: Vec<StatementRun>,
    /// Transmittals of the statement's datum to its recipient.
    pub transmittals: u64,
    /// The values observed, each with its count, masked nowhere.
    pub values: BTreeMap<String, u64>,
    /// Numbers of the first transmittals that show it, at most five.
    pub examples: Vec<String>,
}

/// A statement in one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementRun {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// Transmittals of the statement's datum to its recipient in it.
    pub transmittals: u64,
    /// Exchanges with the recipient in it.
    pub exchanges: u64,
}

/// One transmittal decoded from the raw bytes, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkedExample {
    /// Number of the transmittal.
    pub transmittal: String,
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// Name of the exhibit's file in `evidence/`.
    pub file: String,
    /// Ordinal of the exchange.
    pub exchange: u32,
    /// Method and address of the request.
    pub request_line: String,
    /// The whole locator.
    pub locator: String,
    /// The outermost encoded span.
    pub span: Span,
    /// The bytes of the field, then the result of each decoding.
    pub steps: Vec<DecodedStep>,
    /// A command of stock tools that gives the value, run in the case folder.
    pub command: String,
    /// The value.
    pub value: String,
    /// What kind of datum it is.
    pub datum: String,
    /// Why we say so.
    pub basis: Basis,
    /// Citation of the documented field.
    pub source: Option<String>,
}

/// The bytes after one decoding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecodedStep {
    /// What was done: `request.body: 380 bytes of the exhibit, from byte 1041`, `gzip`.
    pub title: String,
    /// Size of the result in bytes.
    pub bytes: u64,
    /// SHA-256 of the result.
    pub sha256: Digest,
    /// The result, or the part of it that is read next, as text; bytes that
    /// are not text as `\x1f`.
    pub excerpt: String,
    /// Whether the excerpt leaves out something that follows.
    pub cut: bool,
}
