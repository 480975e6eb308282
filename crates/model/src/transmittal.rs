use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::notation::written;
use crate::{Digest, ExhibitId, PartyKind, Place, Reach, Span, TransmittalId};

/// One datum observed in one exchange to one recipient at one place in the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transmittal {
    /// Number, stable for the same evidence, case file and version.
    pub transmittal: TransmittalId,
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
    /// W3C Data Privacy Vocabulary term, such as `pd:EmailAddress`.
    pub category: String,
    /// Kind of datum, by `datasets/categories`: `advertising_id`, `email`.
    pub datum: String,
    /// Name under which `case.toml` lists the known value.
    pub identifier: Option<String>,
    /// Data subject.
    pub subject: Option<String>,
    /// Why we say so.
    pub basis: Basis,
    /// How far the evidence goes.
    pub reach: Reach,
    /// Which spelling of the value: `plain`, `sha256`, `md5`.
    pub form: String,
    /// Where in the request.
    pub place: Place,
    /// From the field down to the value: `request.body / gzip / json $.extinfo / json $[5]`.
    pub locator: String,
    /// Byte range in the exhibit of the outermost encoded span.
    pub span: Span,
    /// The value as decoded.
    pub value: String,
    /// SHA-256 of the value's bytes.
    pub value_sha256: Digest,
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
    /// Citation of the documented or observed field.
    pub source: Option<String>,
    /// Whether it is contents of a communication, routing, or a record.
    pub nature: Nature,
}

/// The division on which statutes about communications turn. Which side a datum
/// is on is for a court: this is a proposal, by the kind of datum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nature {
    /// "Substance, purport, or meaning" of a communication (18 U.S.C. § 2510(8)).
    Contents,
    /// "Dialing, routing, addressing, or signaling information" (18 U.S.C. § 3127(3)).
    Routing,
    /// A record of a person, account or device.
    Record,
}

written!(Nature {
    Contents => "contents",
    Routing => "routing",
    Record => "record",
});

/// Why a transmittal is asserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// A seeded identifier, or a hash of one, was found.
    KnownValue,
    /// The vendor's own source or documentation says what the field is or, of a
    /// header that every browser sends, its standard.
    DocumentedField,
    /// Others' published work, or an observation with its reason, says what the
    /// field is: not the vendor's word.
    ObservedField,
    /// Shape and name only: reported apart, never counted with the others.
    Pattern,
}

written!(Basis {
    KnownValue => "known value",
    DocumentedField => "documented field",
    ObservedField => "observed field",
    Pattern => "pattern",
});
