//! Exchanges as they are printed in an exhibit book.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{DecodedStep, Digest, ExhibitId, FieldName, Reach, Span, TransmittalId};

/// An exchange that a document cites, made readable by sight from the bytes of the
/// exhibit. What [`crate::SightingKind`] names as a credential is masked in every
/// text of it; sizes and digests are those of the bytes as they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CitedExchange {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// Its file in `evidence/`.
    pub file: String,
    /// Ordinal of the exchange in the exhibit, from 1.
    pub exchange: u32,
    /// The bytes of the exhibit that describe the exchange, request and answer.
    pub span: Span,
    /// How its bytes come out of those; `None` where they stand there as they are.
    pub unpacked: Option<String>,
    /// SHA-256 of the bytes that describe it.
    pub sha256: Digest,
    /// Method of the request.
    pub method: String,
    /// Address of the request.
    pub url: String,
    /// Start by the capture's own clock.
    pub time: Option<DateTime<Utc>>,
    /// The start as the capture writes it.
    pub written_time: String,
    /// How far the capture shows that the request went.
    pub reach: Reach,
    /// Status of the answer; `None` where the capture records none.
    pub status: Option<u16>,
    /// Network address of the server, where the capture records it.
    pub server_address: Option<String>,
    /// Everything of the request in which data may travel, in the order of the exhibit.
    pub fields: Vec<CitedField>,
    /// What was masked, in words, each with its number.
    pub masked: Vec<String>,
    /// The transmittals that are cited, in order of their numbers.
    pub transmittals: Vec<CitedTransmittal>,
}

/// One field of a cited request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CitedField {
    /// Its name, as a locator writes it: `request.header Referer`.
    pub name: String,
    /// What it is called by the protocol: `Referer`, or empty for the body.
    pub label: String,
    /// Which place of the request it is.
    pub part: Part,
    /// Its bytes in the exhibit; of an exchange that is unpacked, the bytes that it
    /// comes out of.
    pub span: Span,
    /// Size of the field in bytes, with the escapes of the capture's format undone.
    pub bytes: u64,
    /// SHA-256 of these bytes.
    pub sha256: Digest,
    /// They as text, line by line; none where they are no text.
    pub written: Vec<String>,
    /// They in hexadecimal, where they are no text.
    pub hex: Vec<HexRow>,
    /// How many bytes are not printed.
    pub more: u64,
}

/// Which place of a request a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The address.
    Address,
    /// A header.
    Header,
    /// What the capture lists besides: cookies, parameters.
    Listed,
    /// The body, or a message.
    Body,
}

impl Part {
    /// The place of a field.
    #[must_use]
    pub const fn of(field: &FieldName) -> Self {
        match field {
            FieldName::Url => Self::Address,
            FieldName::Header { .. } => Self::Header,
            FieldName::Cookie { .. } | FieldName::Param { .. } | FieldName::Query { .. } => {
                Self::Listed
            }
            FieldName::Body | FieldName::Message { .. } => Self::Body,
        }
    }
}

/// Up to sixteen bytes of an exhibit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HexRow {
    /// Place of the first of them: in the exhibit or, of bytes that were unpacked
    /// or decoded, among these.
    pub offset: u64,
    /// In hexadecimal, `**` for a masked byte.
    pub hex: String,
    /// As ASCII, `.` for what is none, `*` for a masked byte.
    pub ascii: String,
}

/// A transmittal of a cited exchange, with the way from its bytes to its value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CitedTransmittal {
    /// Its number.
    pub transmittal: TransmittalId,
    /// Why it is printed.
    pub reasons: Vec<String>,
    /// The narrow span: the fewest bytes from which the value can be had.
    pub span: Span,
    /// Whether the offsets of `hex` are places in the exhibit.
    pub in_exhibit: bool,
    /// The bytes at the span; none where an earlier transmittal of the exchange has the same.
    pub hex: Vec<HexRow>,
    /// How many bytes of the span are not printed.
    pub more: u64,
    /// The earlier transmittal of the exchange that has the same span.
    pub same_span: Option<TransmittalId>,
    /// An earlier transmittal of the exchange whose first so many steps are the same.
    pub same_steps: Option<(TransmittalId, usize)>,
    /// The steps from there on.
    pub steps: Vec<DecodedStep>,
    /// The value, masked where it is a credential.
    pub value: String,
    /// Whether it is masked.
    pub value_masked: bool,
    /// SHA-256 of the value.
    pub value_sha256: Digest,
    /// A command of stock tools that gives the value, run in the case folder.
    pub command: String,
}
