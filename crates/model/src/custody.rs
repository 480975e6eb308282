use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::notation::written;
use crate::{Circumstances, Digest, ExhibitId};

/// One entry of the ledger: one thing done to the evidence, by whom, when and
/// with what. On disk it is one line of canonical JSON (RFC 8785).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustodyEvent {
    /// Place in the ledger, from 1.
    pub seq: u64,
    /// SHA-256 of the line before, without its line feed; 64 zeros in the first.
    pub prev: String,
    /// 128 random bits in hexadecimal, so that a hidden line cannot be guessed from its digest.
    pub nonce: String,
    /// When, in UTC.
    pub time: DateTime<Utc>,
    /// Which clock said so.
    pub clock: String,
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: Action,
    /// To what; none for what concerns the case as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<CustodyObject>,
    /// With what.
    pub tool: Tool,
    /// The circumstances of an acquisition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circumstances: Option<Circumstances>,
    /// Anything else, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The person who acted, as stated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Name; the account name of the machine where none was stated.
    pub name: String,
    /// In what capacity; empty where not stated.
    pub role: String,
}

/// A file concerned by an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyObject {
    /// The exhibit, where the file is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exhibit: Option<ExhibitId>,
    /// Path in the case folder, with `/` between its parts.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Size in bytes.
    pub bytes: u64,
    /// Name under which it was handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_name: Option<String>,
    /// Format recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

/// The program that acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// SHA-256 of the program file; `None` where it was not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
}

/// What was done. The words are those of ISO/IEC 27037 and SWGDE practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// The case folder was made.
    Open,
    /// An exhibit was copied in and hashed.
    Acquire,
    /// The tables were made from the exhibits.
    Analyse,
    /// Documents were made from the tables.
    Report,
    /// A recording that broke off was put right; nothing acknowledged was lost.
    Recover,
}

written!(Action {
    Open => "open",
    Acquire => "acquire",
    Analyse => "analyse",
    Report => "report",
    Recover => "recover",
});
