//! One flow: bytes to an exchange and its defects.

use std::ops::Range;

use affiant_model::{Defect, Exchange, ExhibitId, Field, Span, Stage};

use super::super::draft::cut;
use super::NOT_READ;
use super::conversation::{Openings, Transport};
use super::value::{Broken, Members, Value};
use super::version::Version;
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
    "client_conn",
    "timestamp_created",
];

/// What is gathered while a flow is read.
pub(super) struct Draft<'a> {
    pub(super) raw: &'a [u8],
    pub(super) limits: &'a Limits,
    pub(super) fields: Vec<Field>,
    pub(super) body_bytes: u64,
    /// The id of the flow, where it opened a WebSocket whose messages have a
    /// flow of their own.
    pub(super) opening: Option<Vec<u8>>,
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
    /// See [`Draft::opening`].
    pub(super) opening: Option<Vec<u8>>,
}

/// Reads the flow whose tnetstring is `raw` and stands at `span` of the exhibit.
pub(super) fn read(
    raw: Vec<u8>,
    span: Span,
    exhibit: ExhibitId,
    ordinal: u32,
    limits: &Limits,
    openings: &Openings,
) -> Read {
    let mut draft = Draft {
        raw: &raw,
        limits,
        fields: Vec::new(),
        body_bytes: 0,
        opening: None,
        defects: Vec::new(),
        span,
        exhibit,
        ordinal,
    };
    let mut version = None;
    let exchange = draft.flow(&mut version, openings);
    let Draft {
        mut fields,
        body_bytes,
        defects,
        opening,
        ..
    } = draft;
    let exchange = exchange.map(|exchange| {
        fields.sort_by_key(|field| field.range.start);
        let mut raw = raw;
        raw.shrink_to_fit();
        Exchange {
            request_body_bytes: body_bytes,
            fields,
            raw,
            ..exchange
        }
    });
    Read {
        defects,
        exchange,
        version,
        opening,
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

    /// An exchange of which nothing is known but its place.
    pub(super) const fn unknown(&self) -> Exchange {
        Exchange::new(self.exhibit, self.ordinal, self.span)
    }

    fn flow(&mut self, version: &mut Option<Version>, openings: &Openings) -> Option<Exchange> {
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
        self.of_type(&flow, version, openings)
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

    /// Reads the flow by its type.
    fn of_type(
        &mut self,
        flow: &Members,
        version: &Version,
        openings: &Openings,
    ) -> Option<Exchange> {
        let kind = flow.get("type").map(|kind| kind.bytes(self.raw));
        let message = match kind {
            Some(b"http") => return self.http(flow, version),
            None if version.is_0_10() => return self.http(flow, version),
            Some(b"tcp") => return self.stream(flow, version, Transport::Tcp),
            Some(b"udp") => return self.stream(flow, version, Transport::Udp),
            Some(b"websocket") => return self.websocket_flow(flow, version, openings),
            Some(b"dns") => return self.lookup(flow),
            Some(other) => {
                let other = cut(&String::from_utf8_lossy(other));
                format!("the flow is of the type `{other}`")
            }
            None => "the flow has no type".to_owned(),
        };
        self.defect(None, message, NOT_READ);
        None
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
}

/// A number with the word for what is counted.
pub(super) fn counted(count: u64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
