use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Digest, ExhibitId, Nature, PartyKind, Place, Reach, Span};

/// A value that has the shape of personal data, in a place of an exchange of
/// which neither a known value nor a source says what it is. It is no
/// [`crate::Transmittal`], and is never counted with them: the reason is
/// [`crate::Basis::Pattern`], shape and name only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternFinding {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// Ordinal of the exchange in the exhibit, from 1.
    pub exchange: u32,
    /// Start of the exchange by the capture's own clock.
    pub time: Option<DateTime<Utc>>,
    /// Host as sent.
    pub host: String,
    /// Registrable domain.
    pub domain: String,
    /// Organisation.
    pub recipient: String,
    /// Its parent; empty where none is known.
    pub parent: String,
    /// Relation to the declared first party.
    pub party: PartyKind,
    /// W3C Data Privacy Vocabulary term of the datum.
    pub category: String,
    /// Kind of datum that a value of this shape and name would be, by
    /// `datasets/categories`. That it is one is not asserted.
    pub datum: String,
    /// The rule, by its name in `datasets/patterns`.
    pub rule: String,
    /// What was checked of the value and what its name says, in words.
    pub check: String,
    /// The name that the value stands under; empty where the rule needs none.
    pub name: String,
    /// How far the evidence goes.
    pub reach: Reach,
    /// Where in the request.
    pub place: Place,
    /// From the field down to the value.
    pub locator: String,
    /// Byte range in the exhibit of the outermost encoded span.
    pub span: Span,
    /// The value as decoded, or what the rule leaves of it.
    pub value: String,
    /// Whether the rule hides some of the value.
    pub masked: bool,
    /// SHA-256 of the value's bytes; `None` where the value is masked, because
    /// few values are possible, and each could be tried.
    pub value_sha256: Option<Digest>,
    /// Response status.
    pub status: Option<u16>,
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
    /// The standard or documentation that the check follows.
    pub source: String,
    /// Whether it would be contents of a communication, routing, or a record.
    pub nature: Nature,
}

/// How many values had the shape of a rule, and were not reported because their
/// name does not say what they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnnamedCount {
    /// The rule, by its name in `datasets/patterns`.
    pub rule: String,
    /// How many.
    pub count: u64,
}
