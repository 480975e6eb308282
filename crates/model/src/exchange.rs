use std::ops::Range;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::notation::written;
use crate::{ExhibitId, Locator, Span, Step};

/// One request with its response, whatever the format of the capture.
///
/// The exchange keeps the bytes that describe it in the exhibit (`raw`) and an
/// index of the places in the request where data may travel (`fields`). It
/// decodes nothing but what names it: method, address, status.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// The exhibit that holds it.
    pub exhibit: ExhibitId,
    /// Its place in the exhibit, from 1. An entry that could not be read keeps its number.
    pub ordinal: u32,
    /// The bytes of the exhibit that describe it.
    pub span: Span,
    /// Start by the capture's own clock; `None` where the capture has no readable time.
    pub started: Option<DateTime<Utc>>,
    /// The start as the capture writes it.
    pub started_as_written: String,
    /// Method of the request, as written: `GET`, `POST`.
    pub method: String,
    /// Address of the request, as decoded from the capture.
    pub url: String,
    /// Host of the address, in lower case and without port; empty where the address has none.
    pub host: String,
    /// Status of the response; `None` where no response was recorded.
    pub status: Option<u16>,
    /// Network address of the server, where the capture records it.
    pub server_address: Option<String>,
    /// Size of the request body in bytes, as the capture holds it.
    pub request_body_bytes: u64,
    /// How far the capture shows that the request went.
    pub reach: Reach,
    /// The places of the request in which data may travel, in the order of the exhibit.
    pub fields: Vec<Field>,
    /// The bytes of the exhibit at `span`.
    pub raw: Vec<u8>,
}

impl Exchange {
    /// The bytes of a field as they stand in the exhibit, escapes and all.
    ///
    /// Empty where the field's range does not lie in `raw`, which no reader makes.
    #[must_use]
    pub fn bytes_of(&self, field: &Field) -> &[u8] {
        self.raw.get(field.range.clone()).unwrap_or_default()
    }

    /// The field a locator starts from.
    #[must_use]
    pub fn field(&self, locator: &Locator) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == locator.field)
    }
}

/// One place of a request in which data may travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Which place.
    pub name: FieldName,
    /// Its bytes in the exhibit.
    pub span: Span,
    /// Its bytes in [`Exchange::raw`].
    pub range: Range<usize>,
    /// How the capture's format writes it.
    pub carrier: Carrier,
    /// Further encodings that the capture itself declares, outermost first:
    /// [`Step::Base64`] for a HAR body marked `"encoding": "base64"`.
    pub declared: Vec<Step>,
}

/// How a capture's format writes a field's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// As they are.
    Raw,
    /// As the inside of a JSON string (RFC 8259 §7), between the quotation marks.
    JsonString,
}

/// The name of a field, the first part of a [`Locator`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldName {
    /// The address, whole or as far as the capture keeps it in one piece (of
    /// mitmproxy: path and query): `request.url`.
    Url,
    /// A header line: `request.header Referer`; the second of that name: `request.header Cookie#2`.
    Header {
        /// Name as written.
        name: String,
        /// Which one of that name (letter case aside), from 1.
        nth: u32,
    },
    /// A cookie that the capture lists apart from the headers: `request.cookie _fbp`.
    Cookie {
        /// Name as written.
        name: String,
        /// Which one of that name, from 1.
        nth: u32,
    },
    /// The body: `request.body`.
    Body,
    /// A body parameter that the capture lists and the body's text, where it
    /// has one, does not hold: `request.param email`.
    Param {
        /// Name as written.
        name: String,
        /// Which one of that name, from 1.
        nth: u32,
    },
    /// A parameter of the query that the capture lists and the address does not
    /// have: `request.query email`.
    Query {
        /// Name as written.
        name: String,
        /// Which one of that name, from 1.
        nth: u32,
    },
}

/// Where in the request a datum was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the query of the address.
    Query,
    /// In the path of the address, or in its host.
    Path,
    /// In a header other than Cookie and Referer.
    Header,
    /// In a cookie.
    Cookie,
    /// In the body.
    Body,
    /// In the Referer header.
    Referer,
}

written!(Place {
    Query => "query",
    Path => "path",
    Header => "header",
    Cookie => "cookie",
    Body => "body",
    Referer => "referer",
});

/// How far the evidence goes. Never read one as another: "sent" is not "received".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The capture lists the request and records that it failed or was
    /// blocked before any answer, was refused by a proxy, was never timed, or
    /// was answered on the device itself from a cache: it does not show that
    /// the request reached the host.
    Attempted,
    /// The host was looked up or named (DNS, SNI); no request was seen.
    Contacted,
    /// The request was seen; no answer was.
    Sent,
    /// The server answered.
    Acknowledged,
    /// The recipient's own records show it.
    Recorded,
}

written!(Reach {
    Attempted => "attempted",
    Contacted => "contacted",
    Sent => "sent",
    Acknowledged => "acknowledged",
    Recorded => "recorded",
});

/// What a traffic log says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// Short name of the format: `har`.
    pub format: String,
    /// Version that the file states.
    pub version: Option<String>,
    /// Program and version that wrote it, as stated.
    pub writer: Option<String>,
    /// Browser that made the requests, as stated.
    pub browser: Option<String>,
    /// Comment that the writer left in the file.
    pub comment: Option<String>,
    /// Further statements of the writer about device, application and session, in file order.
    pub stated: Vec<(String, String)>,
    /// Entries that the log holds, read or not.
    pub entries: u32,
}
