use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::notation::written;
use crate::{ExhibitId, Locator, Span, Step, Unpacked};

/// One entry of a traffic log, whatever its format: a request with its response,
/// or less than that, as its [`ExchangeKind`] says.
///
/// The exchange keeps the bytes that describe it (`raw`) and an index of the
/// places in the request where data may travel (`fields`). It decodes nothing
/// but what names it: method, address, status.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// The exhibit that holds it.
    pub exhibit: ExhibitId,
    /// Its place in the exhibit, from 1. An entry that could not be read keeps its number.
    pub ordinal: u32,
    /// The bytes of the exhibit that describe it.
    pub span: Span,
    /// What the entry is.
    pub kind: ExchangeKind,
    /// What the entry is about, where its kind needs a word more: the type and
    /// code of a lookup (`A NOERROR`), the transport of a connection, the
    /// resource of an access, the event of a record.
    pub detail: Option<String>,
    /// How many events the entry stands for, where the log counts them (`hits`
    /// of an App Privacy Report); otherwise 1.
    pub events: u64,
    /// Start by the capture's own clock; `None` where the capture has no readable time.
    pub started: Option<DateTime<Utc>>,
    /// The start as the capture writes it.
    pub started_as_written: String,
    /// Time of the last of several events by the capture's own clock.
    pub until: Option<DateTime<Utc>>,
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
    /// Who made the request, as far as the capture says.
    pub client: Client,
    /// What the capture shows of its TLS.
    pub tls: Option<Tls>,
    /// Names that the answer to a lookup leads through (CNAME records), in order.
    pub aliases: Vec<String>,
    /// Size of the request body in bytes, as the capture holds it.
    pub request_body_bytes: u64,
    /// How far the capture shows that the request went.
    pub reach: Reach,
    /// The places of the request in which data may travel, in the order of the exhibit.
    pub fields: Vec<Field>,
    /// What the writer of the capture noted of the entry besides.
    pub marks: Marks,
    /// The bytes of the exhibit at `span`, or what `unpacked` makes of them.
    pub raw: Vec<u8>,
    /// How `raw` comes out of the exhibit; `None` where it stands in it as it is.
    pub unpacked: Option<Unpacked>,
}

impl Exchange {
    /// An entry of which nothing is known but its place: a request that was
    /// listed and not seen to leave, with no bytes.
    #[must_use]
    pub const fn new(exhibit: ExhibitId, ordinal: u32, span: Span) -> Self {
        Self {
            exhibit,
            ordinal,
            span,
            kind: ExchangeKind::Request,
            detail: None,
            events: 1,
            started: None,
            started_as_written: String::new(),
            until: None,
            method: String::new(),
            url: String::new(),
            host: String::new(),
            status: None,
            server_address: None,
            client: Client {
                address: None,
                device: None,
                app: None,
                process: None,
            },
            tls: None,
            aliases: Vec::new(),
            request_body_bytes: 0,
            reach: Reach::Attempted,
            fields: Vec::new(),
            marks: Marks {
                start: None,
                ended: None,
                page: None,
                id: None,
                own: Vec::new(),
            },
            raw: Vec::new(),
            unpacked: None,
        }
    }

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

/// What the writer of a capture noted of an entry besides the exchange itself.
/// Nothing here is part of the traffic; it serves to hold a capture against itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// Where the start time is written.
    pub start: Option<Span>,
    /// When the exchange was over, by the capture's own clock.
    pub ended: Option<DateTime<Utc>>,
    /// The page that the entry says it belongs to (`pageref` of HAR).
    pub page: Option<Mark>,
    /// The identifier that the writer gave to this entry alone.
    pub id: Option<Mark>,
    /// Of the members of the writer's own that the reader knows, those that the
    /// entry has: `_resourceType`.
    pub own: Vec<&'static str>,
}

/// A text of the writer's, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The text.
    pub text: String,
    /// Its bytes in the exhibit.
    pub span: Span,
}

/// What an entry of a traffic log is. Only a request and a message can carry a
/// transmittal; the others show a contact, or what somebody else recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExchangeKind {
    /// A request of HTTP with its response.
    Request,
    /// A message of an open conversation: WebSocket, or a run of bytes over TCP or UDP.
    Message,
    /// A name that was looked up (DNS).
    Lookup,
    /// A server that was named in a handshake (TLS, QUIC).
    Handshake,
    /// A conversation of which only its ends are known.
    Connection,
    /// An app's use of a resource of the device, such as its contacts.
    Access,
    /// What a recipient's own records hold.
    Record,
}

written!(ExchangeKind {
    Request => "request",
    Message => "message",
    Lookup => "lookup",
    Handshake => "handshake",
    Connection => "connection",
    Access => "access",
    Record => "record",
});

impl ExchangeKind {
    /// Whether the entry holds what was sent, and not only that somebody was contacted.
    #[must_use]
    pub const fn has_content(self) -> bool {
        matches!(self, Self::Request | Self::Message)
    }
}

/// Who made a request, as far as the capture says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Network address, with its port where it is known.
    pub address: Option<String>,
    /// Device: its name or model.
    pub device: Option<String>,
    /// App: its identifier or else its name.
    pub app: Option<String>,
    /// Process or user id on the device.
    pub process: Option<String>,
}

/// What a capture shows of a TLS handshake (RFC 8446).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tls {
    /// Version agreed on: `TLS 1.3`.
    pub version: Option<String>,
    /// Cipher suite agreed on, by its IANA name.
    pub cipher: Option<String>,
    /// Host that the client named (SNI).
    pub sni: Option<String>,
    /// Application protocol: the one agreed on, or else those offered, with `, ` between them.
    pub alpn: Option<String>,
    /// JA4 fingerprint of the client.
    pub ja4: Option<String>,
    /// SHA-256 of the server's certificate, in lower-case hex.
    pub certificate: Option<String>,
    /// Subject of that certificate.
    pub subject: Option<String>,
    /// Issuer of that certificate.
    pub issuer: Option<String>,
    /// Its alternative names (RFC 5280 §4.2.1.6): `DNS:example.com`, `IP:192.0.2.1`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// One place of a request in which data may travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Which place.
    pub name: FieldName,
    /// Its bytes in the exhibit; of an exchange that is `unpacked`, the whole
    /// span of the exchange, unless [`Unpacked::place`] gives a narrower one.
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
    /// A message that the client sent on an open conversation, such as a
    /// WebSocket: `request.message 3`.
    Message {
        /// Which one of those that the client sent, from 1.
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
    /// In the body, or in a message on an open conversation.
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
    /// The capture's own clock and how fine it is, in words: `microseconds, UTC`.
    pub clock: Option<String>,
    /// Entries that the log holds, read or not.
    pub entries: u32,
    /// Where the statements above stand in the exhibit, by their names: `writer`,
    /// `browser`, `comment`, `pages`, or that of a statement in `stated`.
    #[serde(skip)]
    pub places: BTreeMap<String, Span>,
    /// Identifiers of the pages that the log lists; `None` where its format has
    /// no pages, or not all of them could be kept.
    #[serde(skip)]
    pub pages: Option<Vec<String>>,
}
