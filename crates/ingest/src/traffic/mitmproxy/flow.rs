//! One flow: bytes to an exchange and its defects.

use std::ops::Range;

use affiant_model::{Defect, Exchange, ExhibitId, Field, Mark, Marks, Span, Stage};

use super::super::draft::cut;
use super::address::Address;
use super::reach::{Evidence, SERVER};
use super::value::{Broken, Members, Value};
use super::version::Version;
use super::{NOT_READ, time};
use crate::Limits;

/// Members of a flow.
const FLOW: &[&str] = &[
    "version",
    "type",
    "id",
    "request",
    "response",
    "error",
    "server_conn",
    "intercepted",
    "is_replay",
    "backup",
    "metadata",
    "websocket",
    "messages",
];

/// Members of a request.
const REQUEST: &[&str] = &[
    "method",
    "scheme",
    "host",
    "port",
    "path",
    "authority",
    "http_version",
    "headers",
    "trailers",
    "content",
    "body",
    "client_conn",
    "timestamp_start",
    "timestamp_end",
    "is_replay",
    "tcp_setup_timestamp",
    "ssl_setup_timestamp",
];

const RESPONSE: &[&str] = &["status_code", "code", "is_replay", "timestamp_end"];

/// What is gathered while a flow is read.
pub(super) struct Draft<'a> {
    pub(super) raw: &'a [u8],
    pub(super) limits: &'a Limits,
    pub(super) fields: Vec<Field>,
    pub(super) body_bytes: u64,
    defects: Vec<Defect>,
    span: Span,
    exhibit: ExhibitId,
    ordinal: u32,
}

/// What a flow gives.
pub(super) struct Read {
    pub(super) defects: Vec<Defect>,
    pub(super) exchange: Option<Exchange>,
    pub(super) version: Option<Version>,
}

/// What is known of an exchange besides its bytes and fields.
struct Known {
    method: String,
    address: Address,
    started: Option<chrono::DateTime<chrono::Utc>>,
    started_as_written: String,
    status: Option<u16>,
    reach: affiant_model::Reach,
    server_address: Option<String>,
    marks: Marks,
}

/// Reads the flow whose tnetstring is `raw` and stands at `span` of the exhibit.
pub(super) fn read(
    raw: Vec<u8>,
    span: Span,
    exhibit: ExhibitId,
    ordinal: u32,
    limits: &Limits,
) -> Read {
    let mut draft = Draft {
        raw: &raw,
        limits,
        fields: Vec::new(),
        body_bytes: 0,
        defects: Vec::new(),
        span,
        exhibit,
        ordinal,
    };
    let mut version = None;
    let known = draft.flow(&mut version);
    let Draft {
        mut fields,
        body_bytes,
        defects,
        ..
    } = draft;
    let exchange = known.map(|known| {
        fields.sort_by_key(|field| field.range.start);
        let mut raw = raw;
        raw.shrink_to_fit();
        Exchange {
            started: known.started,
            started_as_written: known.started_as_written,
            method: known.method,
            url: known.address.url,
            host: known.address.host,
            status: known.status,
            server_address: known.server_address,
            request_body_bytes: body_bytes,
            reach: known.reach,
            marks: known.marks,
            fields,
            raw,
            ..Exchange::new(exhibit, ordinal, span)
        }
    });
    Read {
        defects,
        exchange,
        version,
    }
}

impl Draft<'_> {
    /// Notes a defect, at a place or else at the whole flow.
    pub(super) fn defect(&mut self, place: Option<Span>, message: impl Into<String>, means: &str) {
        self.defects.push(Defect {
            exhibit: self.exhibit,
            exchange: Some(self.ordinal),
            span: Some(place.unwrap_or(self.span)),
            stage: Stage::Ingest,
            message: message.into(),
            consequence: means.to_owned(),
        });
    }

    /// The place of a part of the flow in the exhibit.
    pub(super) const fn place(&self, range: &Range<usize>) -> Span {
        self.span.slice(range)
    }

    fn flow(&mut self, version: &mut Option<Version>) -> Option<Known> {
        let whole = Value::whole(self.raw);
        let flow = match whole.and_then(|whole| whole.members(self.raw, FLOW)) {
            Ok(Some(flow)) => flow,
            Ok(None) => {
                self.defect(
                    None,
                    "the value is not a dictionary, which a flow is",
                    NOT_READ,
                );
                return None;
            }
            Err(Broken(at)) => {
                let place = self.place(&(at..self.raw.len()));
                self.defect(
                    Some(place),
                    "the flow is not a tnetstring from here on",
                    NOT_READ,
                );
                return None;
            }
        };
        self.repeated(None, &flow);
        let version = version.insert(self.version(&flow)?);
        if !self.is_http(&flow, version) {
            return None;
        }
        self.marks(&flow);
        self.http(&flow, version)
    }

    fn version(&mut self, flow: &Members) -> Option<Version> {
        let value = flow.get("version");
        match value.and_then(|value| Version::read(self.raw, value)) {
            Some(version) if version.is_known() => Some(version),
            found => {
                let message = match found {
                    Some(version) => format!(
                        "the version {} of the flow format is not known",
                        version.written
                    ),
                    None => "the flow has no version of its format".to_owned(),
                };
                let place = value.map(|value| self.place(&value.range));
                self.defect(place, message, NOT_READ);
                None
            }
        }
    }

    /// Whether the flow is one of HTTP; says what it is otherwise.
    fn is_http(&mut self, flow: &Members, version: &Version) -> bool {
        let kind = flow.get("type").map(|kind| kind.bytes(self.raw));
        if kind == Some(b"http") || (kind.is_none() && version.is_0_10()) {
            return true;
        }
        let mut messages = 0_u64;
        if let Some(list) = flow.get("messages") {
            // A list that breaks off has at least the messages before.
            let _ = list.items(self.raw, &mut |_| {
                messages += 1;
                true
            });
        }
        let count = counted(messages, "message", "messages");
        let (message, means) = match kind {
            Some(b"tcp") => (
                format!("the flow is a TCP connection with {count}, not HTTP"),
                "it is not read: what was sent over it is not searched",
            ),
            Some(b"udp") => (
                format!("the flow is a UDP connection with {count}, not HTTP"),
                "it is not read: what was sent over it is not searched",
            ),
            Some(b"websocket") => (
                format!("the flow is a WebSocket connection with {count}"),
                "the messages are not read; the opening request has a flow of its own",
            ),
            Some(b"dns") => (
                "the flow is a DNS query, not HTTP".to_owned(),
                "it is not read: the name that was looked up is not reported",
            ),
            Some(other) => {
                let other = cut(&String::from_utf8_lossy(other));
                (format!("the flow is of the type `{other}`"), NOT_READ)
            }
            None => ("the flow has no type".to_owned(), NOT_READ),
        };
        self.defect(None, message, means);
        false
    }

    fn http(&mut self, flow: &Members, version: &Version) -> Option<Known> {
        let request = match self.object(flow, "request", REQUEST) {
            Ok(Some(request)) => request,
            Ok(None) => {
                self.defect(None, "the flow has no request", NOT_READ);
                return None;
            }
            Err(()) => return None,
        };
        let response = self.object(flow, "response", RESPONSE);
        let unreadable = response.is_err();
        let response = response.ok().flatten();
        let server = self.object(flow, "server_conn", SERVER).ok().flatten();
        let server = server.unwrap_or_else(|| Members::none(SERVER));
        let method = request
            .get("method")
            .and_then(|method| method.text(self.raw));
        let method = method.unwrap_or_default().into_owned();
        if method.is_empty() {
            let means = "the exchange is read without it";
            self.defect(None, "the request has no method", means);
        }
        let headers = self.headers(&request);
        let Some(address) = self.address(&request, &method, headers.named_host()) else {
            self.defect(None, "the request has no host", NOT_READ);
            return None;
        };
        let (started, started_as_written) = self.started(&request);
        let status = response.as_ref().and_then(|response| self.status(response));
        self.body(&request, &headers, &method);
        let replayed = self.replayed(flow, &request, response.as_ref(), version);
        let blocked = self.blocked(flow);
        let evidence = Evidence {
            raw: self.raw,
            version,
            connect: method.eq_ignore_ascii_case("CONNECT"),
            secure: request
                .get("scheme")
                .is_some_and(|s| s.bytes(self.raw) == b"https"),
            status,
            odd: unreadable || (response.is_some() && status.is_none()),
            error: self.error(flow),
            replayed,
            intercepted: flow
                .get("intercepted")
                .is_some_and(|v| v.is_affirmed(self.raw)),
            blocked,
            request: &request,
            server: &server,
        };
        let reach = evidence.reach();
        Some(Known {
            marks: self.noted(flow, &request, response.as_ref()),
            reach,
            server_address: self.server_address(&server, version),
            method,
            address,
            started,
            started_as_written,
            status,
        })
    }

    /// A dictionary of the flow: `None` where it is not there or null, and an
    /// error, with its defect, where it cannot be read.
    pub(super) fn object(
        &mut self,
        flow: &Members,
        name: &'static str,
        names: &'static [&'static str],
    ) -> Result<Option<Members>, ()> {
        let Some(value) = flow.get(name) else {
            return Ok(None);
        };
        match value.members(self.raw, names) {
            Ok(Some(members)) => {
                self.repeated(Some(self.place(&value.range)), &members);
                Ok(Some(members))
            }
            Ok(None) => {
                let place = self.place(&value.range);
                let message = format!("`{name}` is not a dictionary");
                self.defect(Some(place), message, "it is not read");
                Err(())
            }
            Err(Broken(at)) => {
                let place = self.place(&(at..value.range.end.max(at)));
                let message = format!("`{name}` is not a tnetstring from here on");
                self.defect(Some(place), message, "it is not read");
                Err(())
            }
        }
    }

    /// Notes the members that occur more than once.
    fn repeated(&mut self, place: Option<Span>, members: &Members) {
        for name in &members.repeated {
            let message = format!("the member `{name}` occurs more than once");
            self.defect(place, message, "the last one is read");
        }
    }

    /// What the file notes besides the exchange: the time at which the answer,
    /// or else the request, was complete, and the identifier of the flow, which
    /// mitmproxy makes at random (`Flow.__init__` in `mitmproxy/flow.py`).
    fn noted(&self, flow: &Members, request: &Members, response: Option<&Members>) -> Marks {
        let end = |members: &Members| {
            let value = members.get("timestamp_end")?;
            time::read(&value.text(self.raw)?)
        };
        let start = request.get("timestamp_start");
        let id = flow.get("id").and_then(|value| {
            Some(Mark {
                text: value.text(self.raw)?.into_owned(),
                span: self.place(&value.range),
            })
        });
        Marks {
            start: start.map(|value| self.place(&value.range)),
            ended: response.and_then(end).or_else(|| end(request)),
            page: None,
            id,
            own: Vec::new(),
        }
    }

    fn started(&mut self, request: &Members) -> (Option<chrono::DateTime<chrono::Utc>>, String) {
        let value = request.get("timestamp_start");
        let written = value.and_then(|value| value.text(self.raw));
        let written = written.unwrap_or_default().into_owned();
        if let Some(time) = time::read(&written) {
            return (Some(time), written);
        }
        let message = if written.is_empty() {
            "the request has no start time".to_owned()
        } else {
            format!("the start time `{}` is not a time", cut(&written))
        };
        let place = value.map(|value| self.place(&value.range));
        self.defect(place, message, "the exchange is read without a time");
        (None, written)
    }

    /// The status of a response: three digits from 100 (RFC 9110 §15).
    fn status(&mut self, response: &Members) -> Option<u16> {
        // `code` until 0.13 (`convert_013_014` in `mitmproxy/io/compat.py`).
        let value = response.any(&["status_code", "code"]);
        let text = value.and_then(|value| value.text(self.raw));
        let text = text.unwrap_or_default();
        let status = text.parse::<u16>().ok();
        if let Some(status) = status.filter(|status| (100..1000).contains(status)) {
            return Some(status);
        }
        let message = format!("the response status `{}` is not one of HTTP", cut(&text));
        let place = value.map(|value| self.place(&value.range));
        let means = "the exchange is read as one without an answer";
        self.defect(place, message, means);
        None
    }
}

/// A number with the word for what is counted.
pub(super) fn counted(count: u64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
