use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ExhibitId, PartyKind, Place, Span};

/// A signal of consent or of opting out that an exchange carried. It says what was
/// encoded and sent, not what a person chose or was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentSignal {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// Ordinal of the exchange in the exhibit, from 1.
    pub exchange: u32,
    /// Start of the exchange by the capture's own clock.
    pub time: Option<DateTime<Utc>>,
    /// Host as sent.
    pub host: String,
    /// Organisation.
    pub recipient: String,
    /// Relation to the declared first party.
    pub party: PartyKind,
    /// Kind of signal, by `datasets/categories`: `consent_tcf`, `consent_gpc`.
    pub signal: String,
    /// Name under which it was sent: of a header, cookie, parameter or member.
    pub name: String,
    /// What is encoded, in words.
    pub says: String,
    /// Where in the request.
    pub place: Place,
    /// From the field down to the value.
    pub locator: String,
    /// Byte range in the exhibit of the outermost encoded span.
    pub span: Span,
    /// The value as decoded.
    pub value: String,
    /// Phase of the test, by intake.
    pub phase: Option<String>,
    /// Run of the test, by intake.
    pub run: Option<String>,
}
