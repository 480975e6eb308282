//! The last requests, each with what became of it so far.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;

use affiant_model::Span;

use super::hop::{Hop, Part};
use super::outcome::RESPONSE;
use crate::Limits;
use crate::traffic::elements::Events;
use crate::traffic::entries::Entries;
use crate::traffic::json::{self, Token, Wanted};

/// How many requests are held open for what becomes of them.
const OPEN: usize = 8_192;

/// How many sets of headers are held that come before their request.
const EARLY: usize = 1_024;

const EVENT: &[&str] = &["method", "params", "sessionId"];

/// Members of the parameters of all events that are read.
const PARAMS: &[&str] = &[
    "requestId",
    "request",
    "wallTime",
    "redirectResponse",
    "redirectHasExtraInfo",
    "response",
    "headers",
    "url",
    "errorText",
];

/// Headers with their place in the file.
type Headers = (Span, Vec<u8>);

/// The last requests, oldest first.
pub(super) struct Window<'a> {
    hops: VecDeque<Hop<'a>>,
    limits: &'a Limits,
    /// How many requests left the window.
    gone: usize,
    /// Bytes that are held.
    bytes: usize,
    /// The requests of each identifier, by their place in the file: several
    /// where one redirects to the next.
    open: BTreeMap<String, Vec<usize>>,
    /// Headers whose request is not there yet.
    early: BTreeMap<String, Headers>,
    /// How many of them were not held.
    unheld: u64,
    /// Messages of the client on WebSockets that are not open: the first, and
    /// how many there are.
    lost: Option<(Span, u64)>,
}

impl<'a> Window<'a> {
    pub(super) const fn new(limits: &'a Limits) -> Self {
        Self {
            hops: VecDeque::new(),
            limits,
            gone: 0,
            bytes: 0,
            open: BTreeMap::new(),
            early: BTreeMap::new(),
            unheld: 0,
            lost: None,
        }
    }

    /// Begins a request, and ends the one that redirects to it.
    fn begin(
        &mut self,
        key: String,
        raw: &[u8],
        span: Span,
        params: &Wanted<'_>,
        place: &dyn Fn(Token<'_>) -> Option<Headers>,
        entries: &mut Entries<'a, '_>,
    ) -> ControlFlow<()> {
        let mut moved = None;
        if params.get("redirectResponse") != Token::Null {
            let response = params.part("redirectResponse", RESPONSE);
            let headers = place(response.get("requestHeaders"));
            let none = params.get("redirectHasExtraInfo").text().as_deref() == Some("false");
            if let Some(hop) = self.last(&key) {
                hop.outcome.answer(&response);
                if none {
                    // Headers that came before this event are those of its request.
                    moved = hop.take_extra();
                    hop.settled = true;
                }
                if let Some((span, bytes)) = headers {
                    let added = hop.wire(span, &bytes);
                    self.bytes += added;
                }
            }
        }
        let mut hop = Hop::new(entries.begin(span), raw, self.limits);
        hop.started(params.get("wallTime").text().map(|text| text.into_owned()));
        self.bytes += raw.len();
        let early = moved.or_else(|| self.early.remove(&key));
        if let Some((span, bytes)) = early {
            self.bytes += hop.add(Part::Extra, span, &bytes);
        }
        let number = self.gone + self.hops.len();
        self.open.entry(key.clone()).or_default().push(number);
        hop.key = key;
        self.hops.push_back(hop);
        ControlFlow::Continue(())
    }

    /// Adds the headers that the network stack gave to the first request of the
    /// identifier that waits for them. They may come before it.
    fn extra(&mut self, key: String, headers: Headers) {
        let (gone, hops) = (self.gone, &mut self.hops);
        let open = self.open.get(&key);
        let waiting = open.into_iter().flatten().copied().find(|number| {
            let hop = number.checked_sub(gone).and_then(|at| hops.get(at));
            hop.is_some_and(|hop| !hop.settled && !hop.has_extra)
        });
        let hop = waiting
            .and_then(|number| number.checked_sub(gone))
            .and_then(|at| hops.get_mut(at));
        match hop {
            Some(hop) => self.bytes += hop.add(Part::Extra, headers.0, &headers.1),
            None if self.early.len() < EARLY => {
                let before = self.early.insert(key, headers);
                self.unheld += u64::from(before.is_some());
            }
            None => self.unheld += 1,
        }
    }

    fn message(&mut self, key: &str, span: Span, frame: Option<Headers>) {
        if let Some(hop) = self.last(key)
            && let Some((span, bytes)) = frame
        {
            let added = hop.message(span, &bytes);
            self.bytes += added;
            return;
        }
        let (first, count) = self.lost.unwrap_or((span, 0));
        self.lost = Some((first, count + 1));
    }

    /// The last request of an identifier.
    fn last(&mut self, key: &str) -> Option<&mut Hop<'a>> {
        let number = self.open.get(key)?.last()?;
        let at = number.checked_sub(self.gone)?;
        self.hops.get_mut(at)
    }

    /// Hands out the oldest requests while there are too many, or too many bytes.
    fn shrink(&mut self, entries: &mut Entries<'a, '_>) -> ControlFlow<()> {
        while self.hops.len() > OPEN || self.bytes > self.limits.entry_bytes {
            self.pop(entries)?;
            if self.hops.is_empty() {
                break;
            }
        }
        ControlFlow::Continue(())
    }

    fn pop(&mut self, entries: &mut Entries<'a, '_>) -> ControlFlow<()> {
        let Some(hop) = self.hops.pop_front() else {
            return ControlFlow::Continue(());
        };
        if let Some(numbers) = self.open.get_mut(&hop.key) {
            numbers.retain(|number| *number != self.gone);
            if numbers.is_empty() {
                self.open.remove(&hop.key);
            }
        }
        self.gone += 1;
        self.bytes = self.bytes.saturating_sub(hop.size());
        hop.give(entries)
    }
}

impl<'a> Events<'a> for Window<'a> {
    /// Takes an event in.
    fn event(&mut self, raw: &[u8], span: Span, entries: &mut Entries<'a, '_>) -> ControlFlow<()> {
        const NOT_READ: &str = "the event is not read";
        let (text, _) = json::readable(raw);
        let event = match json::wanted(&text, EVENT) {
            Ok(event) => event,
            Err(error) => {
                let message = format!("the event is no JSON object: {}", json::reason(&error));
                return entries.note(Some(span), message, NOT_READ);
            }
        };
        let method = event.get("method").text().unwrap_or_default();
        let Some(name) = method.strip_prefix("Network.") else {
            return ControlFlow::Continue(());
        };
        let params = event.part("params", PARAMS);
        let Some(id) = params.get("requestId").text() else {
            return ControlFlow::Continue(());
        };
        let session = event.get("sessionId").text().unwrap_or_default();
        let key = format!("{session} {id}");
        let place = |token: Token<'_>| -> Option<Headers> {
            let Token::Compound(part) = token else {
                return None;
            };
            let range = json::range_in(&text, part);
            let bytes = raw.get(range.clone())?.to_vec();
            Some((span.slice(&range), bytes))
        };
        match name {
            "requestWillBeSent" | "webSocketCreated" => {
                self.begin(key, raw, span, &params, &place, entries)?;
            }
            "requestWillBeSentExtraInfo" => {
                if let Some(headers) = place(params.get("headers")) {
                    self.extra(key, headers);
                }
            }
            "webSocketWillSendHandshakeRequest" => {
                let request = params.part("request", &["headers"]);
                let headers = place(request.get("headers"));
                let time = params.get("wallTime").text().map(|t| t.into_owned());
                if let Some(hop) = self.last(&key) {
                    hop.started(time);
                    if let Some((span, bytes)) = headers {
                        self.bytes += hop.add(Part::Handshake, span, &bytes);
                    }
                }
            }
            "responseReceived" | "webSocketHandshakeResponseReceived" => {
                let response = params.part("response", RESPONSE);
                let headers = place(response.get("requestHeaders"));
                if let Some(hop) = self.last(&key) {
                    hop.outcome.answer(&response);
                    if let Some((span, bytes)) = headers {
                        self.bytes += hop.wire(span, &bytes);
                    }
                }
            }
            "requestServedFromCache" => {
                if let Some(hop) = self.last(&key) {
                    hop.outcome.local = true;
                }
            }
            "loadingFailed" => {
                if let Some(hop) = self.last(&key) {
                    hop.outcome.failed = true;
                }
            }
            "webSocketFrameSent" => self.message(&key, span, place(params.get("response"))),
            _ => {}
        }
        self.shrink(entries)
    }

    /// Hands out the rest.
    fn finish(&mut self, entries: &mut Entries<'a, '_>) -> ControlFlow<()> {
        while !self.hops.is_empty() {
            self.pop(entries)?;
        }
        let count = self.unheld.saturating_add(self.early.len() as u64);
        if count > 0 {
            let first = self
                .early
                .values()
                .map(|(span, _)| *span)
                .min_by_key(|span| span.offset);
            let message = format!("{count} sets of request headers have no request in the log");
            entries.note(first, message, "they are not read")?;
        }
        if let Some((span, count)) = self.lost {
            let message =
                format!("{count} messages were sent on WebSockets that the log does not open");
            entries.note(Some(span), message, "they are not read")?;
        }
        ControlFlow::Continue(())
    }
}
