//! The vocabulary of Affiant: plain data with serde, no input or output.
//!
//! Read [`Exchange`] first: one request with its response, as a capture holds
//! it. Detection turns exchanges into [`Transmittal`]s, each with a
//! [`Locator`] that leads back to the bytes of an [`Exhibit`]. The words are
//! those of `GLOSSARY.md`.

mod aggregate;
mod case;
mod case_check;
mod certificate;
mod cited;
mod consent;
mod context;
mod contradiction;
mod custody;
mod defect;
mod differential;
mod digest;
mod endpoint;
mod exchange;
mod exhibit;
mod form;
mod handover;
mod id;
mod locator;
mod locator_parse;
mod notation;
mod notice;
mod notice_check;
mod number;
mod pattern;
mod recipient;
mod record;
mod sdk;
mod sighting;
mod span;
mod summary;
mod transmittal;
mod unpacked;

pub use aggregate::{
    ANY, Breakdown, Bridge, Commonality, ComparisonRow, DeviceContact, DeviceDay, ElementRow,
    FirstTransmittal, Gap, Presence, PresenceState, RunRow, Search, Unit,
};
pub use case::{
    Case, Comparison, Device, DocketEntry, FirstParty, Forum, Handler, Identifier, IdentifierKind,
    Matter, Moment, MomentKind, Party, Phase, Signatory, Statement, Subject,
};
pub use case_check::{PathSegment, Problem};
pub use certificate::CertificateFinding;
pub use cited::{CitedExchange, CitedField, CitedTransmittal, HexRow, Part};
pub use consent::{ConsentSignal, ConsentState, ConsentStretch};
pub use context::{Context, ContextFinding};
pub use contradiction::{Contradiction, ContradictionKind, Side};
pub use custody::{
    Action, Actor, Beacon, CustodyEvent, CustodyObject, ExchangeTree, KeyChange, KeyChangeKind,
    Origin, StampRecord, Tool, Transfer,
};
pub use defect::{Defect, Stage};
pub use differential::DifferentialFinding;
pub use digest::{Digest, ParseDigestError};
pub use endpoint::EndpointFields;
pub use exchange::{
    Capture, Carrier, Client, Exchange, ExchangeKind, Field, FieldName, Mark, Marks, Place, Reach,
    Tls,
};
pub use exhibit::{Circumstances, Exhibit};
pub use form::{Counsel, Form, FormKeys};
pub use handover::{ProductionRules, RedactionRules};
pub use id::{ExhibitId, ParseIdError, TransmittalId};
pub use locator::{JsonKey, Locator, Selector, Step, WireKey};
pub use locator_parse::ParseLocatorError;
pub use notice::{
    DatumTerm, DeclaredPractice, GapOverride, Judgement, Notice, NoticeKind, Period, RecipientClass,
};
pub use number::NumberForm;
pub use pattern::{PatternFinding, UnnamedCount};
pub use recipient::{Alias, FormerName, PartyKind, Recipient};
pub use record::{RecipientRecords, RecordFinding, RecordMatch, RecordRules, RecordsSummary};
pub use sdk::{SdkFinding, SdkFindingKind};
pub use sighting::{Sighting, SightingKind};
pub use span::Span;
pub use summary::{
    AccessSummary, ContactSummary, DecodedStep, ExchangeRow, ExhibitSummary, RecipientSummary,
    StatementFinding, StatementRun, WithheldCount, WorkedExample,
};
pub use transmittal::{Basis, Nature, Transmittal};
pub use unpacked::{Layer, Sent, Unpack, Unpacked};
