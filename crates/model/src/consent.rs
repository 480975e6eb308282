use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::notation::written;
use crate::{ExhibitId, PartyKind, Place, Span, TransmittalId};

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
    /// The same, in one of few words.
    pub state: ConsentState,
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

/// What a signal encodes, in one of few words. It is not what a person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConsentState {
    /// No request to the host had carried the signal.
    NoSignal,
    /// Consent or an authorization, for all that the signal speaks of.
    Granted,
    /// For some of it.
    InPart,
    /// For none of it, or an opt-out, or that use is to be limited.
    NotGranted,
    /// That no opt-out was made.
    NoOptOut,
    /// Nothing of the kind.
    Unstated,
}

written!(ConsentState {
    NoSignal => "no signal",
    Granted => "granted",
    InPart => "granted in part",
    NotGranted => "not granted",
    NoOptOut => "no opt-out",
    Unstated => "not stated",
});

/// A stretch of a run in which the requests to one host carried one state of one signal,
/// or had carried none; parted where the case file states a choice about consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentStretch {
    /// The run. It is of one device, whose clock alone orders the stretches.
    pub run: String,
    /// The device.
    pub device: Option<String>,
    /// The phase, by intake.
    pub phase: Option<String>,
    /// Host as sent.
    pub host: String,
    /// Organisation.
    pub recipient: String,
    /// Relation to the declared first party.
    pub party: PartyKind,
    /// Kind of signal, by `datasets/categories`.
    pub signal: String,
    /// Name under which it was sent.
    pub name: String,
    /// Which stretch of the run, host and signal, from 1.
    pub stretch: u32,
    /// What the signal encodes.
    pub state: ConsentState,
    /// The same, in the words of the request from which on it did.
    pub says: String,
    /// Exhibit of that request; none before any signal.
    pub exhibit: Option<ExhibitId>,
    /// Its ordinal in the exhibit.
    pub exchange: Option<u32>,
    /// Start of the stretch: of that request, or of what the case file states. None
    /// before any signal.
    pub from: Option<DateTime<Utc>>,
    /// Start of the next stretch; none of the last.
    pub until: Option<DateTime<Utc>>,
    /// What the case file had last stated of consent: a kind of moment; empty where nothing.
    pub stated: String,
    /// What of that, or of the phase, is another thing than the state; empty where nothing is.
    pub differs_from: String,
    /// Requests to the host.
    pub requests: u64,
    /// Those of them that carried the signal.
    pub carried: u64,
    /// Transmittals to the host.
    pub transmittals: u64,
    /// The first of them.
    pub example: Option<TransmittalId>,
    /// Transmittals of the run to third parties, at any host, in the same time. Stretches
    /// of other hosts and signals count the same ones: they are not to be added up.
    pub third_party: u64,
    /// Their recipients.
    pub recipients: String,
}
