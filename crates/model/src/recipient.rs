use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ExhibitId;
use crate::notation::written;

/// The organisation whose host received an exchange.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Recipient {
    /// Registrable domain by the Public Suffix List, or the host itself where it has none.
    pub domain: String,
    /// The organisation; the domain itself where no source names one.
    pub organisation: String,
    /// Its parent; empty where there is none or none is known.
    pub parent: String,
    /// Country of its seat (ISO 3166-1 alpha-2); empty where unknown.
    pub country: String,
    /// What the host is for, in the source's words; empty where unknown.
    pub role: String,
    /// Where the attribution comes from; empty where the recipient is unknown.
    pub source: String,
}

/// A name that an organisation bore before it took another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormerName {
    /// The name that it took.
    pub organisation: String,
    /// The name that it had before.
    pub former: String,
    /// The day from which it bears the later name.
    pub since: NaiveDate,
    /// Where that is said.
    pub source: String,
}

/// The relation of a host to the matter's declared first party. No more is
/// claimed by it: whether a recipient is a third party in law is for counsel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartyKind {
    /// A host that `case.toml` declares as the first party's, or one under it.
    First,
    /// Any other.
    Third,
}

written!(PartyKind {
    First => "first",
    Third => "third",
});

/// A host that goes to another organisation than its name says, by the answer to a
/// lookup of that name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The host as sent.
    pub host: String,
    /// The names that the answer leads through, with ` > ` between them.
    pub chain: String,
    /// The organisation behind it.
    pub recipient: String,
    /// Where that attribution comes from.
    pub source: String,
    /// What the organisation's host is for, in the words of its source.
    #[serde(default)]
    pub role: String,
    /// The exhibit of the first lookup that shows it.
    pub exhibit: ExhibitId,
    /// Its ordinal in the exhibit.
    pub exchange: u32,
    /// Requests and messages to the host.
    pub exchanges: u64,
    /// Transmittals in them.
    pub transmittals: u64,
}
