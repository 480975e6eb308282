use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Digest, ExchangeTree, ExhibitId, Origin};

/// One item of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibit {
    /// Its number.
    pub id: ExhibitId,
    /// Name in the folder `evidence/`.
    pub file: String,
    /// Name under which it was handed in.
    pub original_name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Format recognised at intake: `har`; empty where none was.
    pub format: String,
    /// When it was taken in, by the clock of the recording machine.
    pub acquired: DateTime<Utc>,
    /// How it came to be, as stated by the person who handed it in.
    pub circumstances: Circumstances,
    /// Further digests in hexadecimal, by algorithm: `md5`, `sha1`, `sha512`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digests: BTreeMap<String, String>,
    /// The archive that it is a member of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Origin>,
    /// The tree over its exchanges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchanges: Option<ExchangeTree>,
}

/// The circumstances of a capture, as stated at intake. Nothing here is
/// inferred: an empty field was not stated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Circumstances {
    /// Application, by package or bundle name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// Version of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
    /// What the acquisition could not avoid changing at the source, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<String>,
    /// Person who made the capture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collected_by: Option<String>,
    /// Person or body that held the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custodian: Option<String>,
    /// Device, by its name in `case.toml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Method of acquisition, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Anything else that was stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Phase of the test, by its name in `case.toml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Where it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Run within the phase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}
