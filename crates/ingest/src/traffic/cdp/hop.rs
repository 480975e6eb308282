//! One request with what later events say of it: bytes to an exchange.
//!
//! Its bytes are those of the event that begins it, and behind them the objects
//! of other events that hold more of the request: its headers as the network
//! stack gave them, and the messages that the client sent. Each is a run of the
//! exhibit.

use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};

use affiant_model::{FieldName, Span, Step};

use super::outcome::Outcome;
use crate::Limits;
use crate::traffic::draft::{Draft, cut};
use crate::traffic::entries::{Entries, NO_TIME};
use crate::traffic::instant::{Unit, since_1970};
use crate::traffic::json::{self, Token, Wanted};
use crate::traffic::{address, tokens};

const EVENT: &[&str] = &["method", "params"];
const PARAMS: &[&str] = &["request", "url"];
const REQUEST: &[&str] = &[
    "url",
    "urlFragment",
    "method",
    "headers",
    "postData",
    "hasPostData",
    "postDataEntries",
];
const ENTRY: &[&str] = &["bytes"];
const FRAME: &[&str] = &["opcode", "payloadData"];

/// What a run behind the first holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Headers as the network stack gave them.
    Extra,
    /// The same, as older browsers gave them beside the answer.
    Wire,
    /// Headers of the request that opens a WebSocket.
    Handshake,
    /// A message that the client sent.
    Message,
}

/// A request with what became of it so far.
pub(super) struct Hop<'a> {
    draft: Draft<'a>,
    limits: &'a Limits,
    pub(super) key: String,
    pub(super) outcome: Outcome,
    /// Whether no more headers are to come.
    pub(super) settled: bool,
    /// Whether there are headers of the network stack, and beside an answer.
    pub(super) has_extra: bool,
    has_wire: bool,
    raw: Vec<u8>,
    runs: Vec<Span>,
    parts: Vec<(Part, Range<usize>)>,
    time: Option<String>,
    /// Messages beyond the bounds.
    beyond: u64,
}

impl<'a> Hop<'a> {
    pub(super) fn new(draft: Draft<'a>, raw: &[u8], limits: &'a Limits) -> Self {
        let span = draft.exchange.span;
        Self {
            draft,
            limits,
            key: String::new(),
            outcome: Outcome::default(),
            settled: false,
            has_extra: false,
            has_wire: false,
            raw: raw.to_vec(),
            runs: vec![span],
            parts: Vec::new(),
            time: None,
            beyond: 0,
        }
    }

    pub(super) const fn size(&self) -> usize {
        self.raw.len()
    }

    /// Notes the time of the request, where none is known.
    pub(super) fn started(&mut self, time: Option<String>) {
        if self.time.is_none() {
            self.time = time;
        }
    }

    /// Adds a run; how many bytes it has.
    pub(super) fn add(&mut self, part: Part, span: Span, bytes: &[u8]) -> usize {
        let start = self.raw.len();
        self.raw.extend_from_slice(bytes);
        self.parts.push((part, start..self.raw.len()));
        self.runs.push(span);
        self.has_extra |= part == Part::Extra;
        self.has_wire |= part == Part::Wire;
        self.outcome.on_the_wire |= matches!(part, Part::Extra | Part::Wire);
        bytes.len()
    }

    /// Adds headers that stand beside an answer, where there are none yet.
    pub(super) fn wire(&mut self, span: Span, bytes: &[u8]) -> usize {
        if self.has_wire || self.has_extra {
            return 0;
        }
        self.add(Part::Wire, span, bytes)
    }

    /// Adds a message of the client.
    pub(super) fn message(&mut self, span: Span, bytes: &[u8]) -> usize {
        self.outcome.on_the_wire = true;
        let full = self.raw.len().saturating_add(bytes.len()) > self.limits.entry_bytes;
        if full || self.parts.len() >= self.limits.fields {
            self.beyond += 1;
            return 0;
        }
        self.add(Part::Message, span, bytes)
    }

    /// Takes back headers that were given to this request and are those of
    /// another: they are the last run, since nothing else came behind.
    pub(super) fn take_extra(&mut self) -> Option<(Span, Vec<u8>)> {
        let at = self
            .parts
            .iter()
            .position(|(part, _)| *part == Part::Extra)?;
        if at + 1 != self.parts.len() {
            return None;
        }
        let (_, range) = self.parts.pop()?;
        let span = self.runs.pop()?;
        self.outcome.on_the_wire = false;
        self.has_extra = false;
        let bytes = self.raw.get(range.clone())?.to_vec();
        self.raw.truncate(range.start);
        Some((span, bytes))
    }

    /// Hands out the exchange.
    pub(super) fn give(mut self, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
        // Headers may come before the event that begins the request.
        self.draft.put_together(std::mem::take(&mut self.runs));
        let raw = std::mem::take(&mut self.raw);
        let (text, broken) = json::readable(&raw);
        if let Some((count, first)) = broken {
            let message = format!("{count} bytes of the events are not UTF-8, this one first");
            let means = "each is read as `?`; a value that holds one may not be found";
            let range = first..first.saturating_add(1);
            self.draft.defect(Some(&range), message, means);
        }
        let first = self
            .parts
            .first()
            .map_or(text.len(), |(_, part)| part.start);
        let event = text.get(..first).unwrap_or_default();
        let Ok(event) = json::wanted(event, EVENT) else {
            return entries.give_up(self.draft, None, "the event is not JSON");
        };
        let is_socket = event.get("method").text().as_deref() == Some("Network.webSocketCreated");
        let params = event.part("params", PARAMS);
        let request = params.part("request", REQUEST);
        let url = if is_socket {
            params.get("url")
        } else {
            request.get("url")
        };
        let written = url.text().unwrap_or_default();
        if written.is_empty() {
            return entries.give_up(self.draft, None, "the request has no address");
        }
        let fragment = request.get("urlFragment").text().unwrap_or_default();
        let method = request.get("method").text().unwrap_or_default();
        let method = if is_socket { "GET".into() } else { method };
        let exchange = &mut self.draft.exchange;
        exchange.host = address::host(&method, &written);
        exchange.reach = self.outcome.reach(&method, address::is_local(&written));
        exchange.url = format!("{written}{fragment}");
        exchange.method = method.into_owned();
        exchange.status = self.outcome.status;
        exchange.server_address = self.outcome.server.take();
        exchange.tls = self.outcome.tls.take();
        self.draft.value(FieldName::Url, &text, url, Vec::new());
        self.headers(&text, &request);
        self.body(&text, &request);
        self.messages(&text);
        self.time();
        drop(text);
        entries.give(self.draft, raw)
    }

    /// Adds the headers: those of the network stack, and of the others what the
    /// former do not have.
    fn headers(&mut self, text: &str, request: &Wanted<'_>) {
        let mut known = BTreeSet::new();
        let lists = [Part::Extra, Part::Wire, Part::Handshake]
            .into_iter()
            .filter_map(|part| {
                let range = self
                    .parts
                    .iter()
                    .find(|(other, _)| *other == part)?
                    .1
                    .clone();
                text.get(range).map(Token::Compound)
            });
        let lists: Vec<_> = lists.chain([request.get("headers")]).collect();
        for list in lists {
            let Token::Compound(object) = list else {
                continue;
            };
            let mut met = Vec::new();
            let draft = &mut self.draft;
            let read = json::each_member(object, &mut |name, value| {
                let lower = name.to_ascii_lowercase();
                let value = Token::of(value);
                let repeats = matches!(&*lower, ":method" | ":scheme" | ":path");
                if !repeats && !known.contains(&lower) {
                    draft.header(name, text, value);
                    met.push(lower);
                }
            });
            if read.is_err() {
                let message = "the headers are no JSON object";
                self.draft
                    .defect_of(text, list, message, "they are not read, or not all");
            }
            known.extend(met);
        }
    }

    /// Adds the body: as bytes where the log has them, or else as text.
    fn body(&mut self, text: &str, request: &Wanted<'_>) {
        let mut entries = Vec::new();
        request.get("postDataEntries").items(&mut |entry| {
            let bytes = entry.members(ENTRY).map(|entry| entry.get("bytes"));
            entries.push(bytes.unwrap_or(Token::Null));
        });
        let data = request.get("postData");
        let whole = match entries[..] {
            [Token::Text(_)] => Some((entries[0], vec![Step::Base64])),
            _ if data.text().is_some_and(|text| !text.is_empty()) => Some((data, Vec::new())),
            _ => None,
        };
        if let Some((value, declared)) = whole {
            let held = value.text().map_or(0, |text| text.len() as u64);
            let is_base64 = !declared.is_empty();
            let held = if is_base64 { held / 4 * 3 } else { held };
            self.draft.exchange.request_body_bytes = held;
            self.draft.value(FieldName::Body, text, value, declared);
            if entries.len() > 1 {
                let message = format!("the body was sent in {} parts", entries.len());
                let means = "it is read as the text that the log has of it; a part that is a file is not in it";
                self.draft.defect_of(text, value, message, means);
            }
        } else if request.get("hasPostData").is_affirmed() {
            let message = "the log says that the request has a body and does not hold it";
            self.draft.defect(None, message, "the body is not read");
        }
    }

    fn messages(&mut self, text: &str) {
        let mut nth = 0_u32;
        let frames: Vec<_> = self
            .parts
            .iter()
            .filter(|(part, _)| *part == Part::Message)
            .collect();
        for (_, range) in frames {
            let frame = text.get(range.clone()).unwrap_or_default();
            nth = nth.saturating_add(1);
            let Some(frame) = Token::Compound(frame).members(FRAME) else {
                continue;
            };
            let is_text = frame.get("opcode").number() == Some(1.0);
            let declared = if is_text {
                Vec::new()
            } else {
                vec![Step::Base64]
            };
            let payload = frame.get("payloadData");
            if tokens::content(text, payload).is_some_and(|(range, _)| !range.is_empty()) {
                let name = FieldName::Message { nth };
                self.draft.value(name, text, payload, declared);
            }
        }
        if self.beyond > 0 {
            let message = format!("{} messages are beyond the bounds", self.beyond);
            self.draft.defect(None, message, "they are not read");
        }
    }

    fn time(&mut self) {
        let Some(written) = self.time.take() else {
            self.draft.defect(None, "the request has no time", NO_TIME);
            return;
        };
        self.draft.exchange.started = since_1970(&written, Unit::Seconds);
        if self.draft.exchange.started.is_none() {
            let message = format!("the time `{}` is none", cut(&written));
            self.draft.defect(None, message, NO_TIME);
        }
        self.draft.exchange.started_as_written = written;
    }
}
