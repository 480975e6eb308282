//! The last entries, each with what the log says of it so far.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;

use affiant_model::{Span, Tls};

use super::constants::{Constants, Type, integer};
use super::open::{Open, Stripped, What, host};
use crate::Limits;
use crate::traffic::elements::Events;
use crate::traffic::entries::Entries;
use crate::traffic::json::{self, Token, Wanted};
use crate::traffic::message::Response;

/// How many entries, connections and jobs are held open.
const OPEN: usize = 8_192;

/// Bytes of the largest event that is kept of a connection or a job.
const EVENT_BYTES: usize = 64 << 10;

/// Cipher suites that BoringSSL offers, by their numbers and IANA names.
const SUITES: &[(i64, &str)] = &[
    (0x1301, "TLS_AES_128_GCM_SHA256"),
    (0x1302, "TLS_AES_256_GCM_SHA384"),
    (0x1303, "TLS_CHACHA20_POLY1305_SHA256"),
    (0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    (0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    (0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    (0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    (0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    (0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
    (0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"),
    (0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"),
    (0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"),
    (0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"),
];

/// The name of a cipher suite, where it is one that Chrome offers.
fn suite(number: i64) -> Option<String> {
    let found = SUITES.iter().find(|(known, _)| *known == number)?;
    Some(found.1.to_owned())
}

const EVENT: &[&str] = &["type", "phase", "source", "params"];
const SOURCE: &[&str] = &["id"];
const PARAMS: &[&str] = &[
    "headers",
    "length",
    "net_error",
    "host",
    "group_id",
    "source_dependency",
    "version",
    "cipher_suite",
    "next_proto",
    "bytes",
];

/// Which of the entries of one source is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Request,
    Lookup,
    Handshake,
}

/// A connection on which a TLS handshake was finished: the event, and what it says.
struct Socket {
    span: Span,
    raw: Vec<u8>,
    tls: Tls,
}

/// The last entries, oldest first.
pub(super) struct Window<'a> {
    constants: &'a Constants,
    limits: &'a Limits,
    open: VecDeque<Open<'a>>,
    gone: usize,
    bytes: usize,
    /// The last entry of each kind and source, by its place.
    last: BTreeMap<(Kind, i64), usize>,
    /// Connections with TLS that no job has claimed, by their source.
    sockets: BTreeMap<i64, Socket>,
    /// Hosts of the jobs that connect, by their source, with the event.
    jobs: BTreeMap<i64, (String, Span, Vec<u8>)>,
    stripped: Stripped,
    /// Events that hold bytes of sockets: the first, and how many.
    held: Option<(Span, u64)>,
    said: bool,
}

impl<'a> Window<'a> {
    pub(super) fn new(constants: &'a Constants, limits: &'a Limits) -> Self {
        Self {
            constants,
            limits,
            open: VecDeque::new(),
            gone: 0,
            bytes: 0,
            last: BTreeMap::new(),
            sockets: BTreeMap::new(),
            jobs: BTreeMap::new(),
            stripped: Stripped::default(),
            held: None,
            said: false,
        }
    }

    fn begin(
        &mut self,
        what: What,
        source: i64,
        raw: &[u8],
        span: Span,
        entries: &mut Entries<'a, '_>,
    ) {
        let place = self.gone + self.open.len();
        self.last.insert((kind_of(&what), source), place);
        self.bytes += raw.len();
        let draft = entries.begin(span);
        self.open.push_back(Open::new(draft, what, source, raw));
    }

    /// The last entry of a kind and source.
    fn entry(&mut self, kind: Kind, source: i64) -> Option<&mut Open<'a>> {
        let place = self.last.get(&(kind, source))?;
        self.open.get_mut(place.checked_sub(self.gone)?)
    }

    fn end(&mut self, kind: Kind, source: i64, error: i64) {
        if let Some(open) = self.entry(kind, source) {
            open.ended = Some(error);
        }
    }

    fn mark(&mut self, kind: Kind, source: i64) {
        if let Some(open) = self.entry(kind, source) {
            open.marked = true;
        }
    }

    /// Takes the status of an answer, the first line of its headers.
    fn answer(&mut self, source: i64, params: &Wanted<'_>) {
        let mut line = None;
        params.get("headers").items(&mut |header| {
            if line.is_none() {
                line = header.text();
            }
        });
        let response = line.and_then(|line| Response::of(line.as_bytes()).ok());
        if let (Some(open), Some(response)) = (self.entry(Kind::Request, source), response) {
            open.status = Some(response.status);
        }
    }

    /// Keeps what a finished handshake of TLS says, until a job names its host.
    fn connected(&mut self, source: i64, params: &Wanted<'_>, raw: &[u8], span: Span) {
        if raw.len() > EVENT_BYTES {
            return;
        }
        let text = |name: &str| params.get(name).text().map(|text| text.into_owned());
        let tls = Tls {
            version: text("version"),
            cipher: integer(params.get("cipher_suite")).and_then(suite),
            alpn: text("next_proto").filter(|name| name != "unknown"),
            ..Tls::default()
        };
        let raw = raw.to_vec();
        hold(&mut self.sockets, source, Socket { span, raw, tls });
    }

    /// A job has its connection: where that has TLS, and the host is known, it
    /// is an entry.
    fn handshake(&mut self, job: i64, socket: i64, entries: &mut Entries<'a, '_>) {
        if !self.jobs.contains_key(&job) {
            return;
        }
        let Some(Socket { span, raw, tls }) = self.sockets.remove(&socket) else {
            return;
        };
        let Some((host, created, bytes)) = self.jobs.remove(&job) else {
            return;
        };
        self.begin(What::Handshake(host), job, &raw, span, entries);
        if let Some(open) = self.entry(Kind::Handshake, job) {
            open.marked = true;
            open.tls = Some(tls);
            let added = open.add(created, &bytes);
            self.bytes += added;
        }
    }

    /// Hands out the oldest entries while there are too many, or too many bytes.
    fn shrink(&mut self, entries: &mut Entries<'a, '_>) -> ControlFlow<()> {
        while self.open.len() > OPEN || self.bytes > self.limits.entry_bytes {
            self.pop(entries)?;
            if self.open.is_empty() {
                break;
            }
        }
        ControlFlow::Continue(())
    }

    fn pop(&mut self, entries: &mut Entries<'a, '_>) -> ControlFlow<()> {
        let Some(open) = self.open.pop_front() else {
            return ControlFlow::Continue(());
        };
        let key = (kind_of(&open.what), open.source);
        if self.last.get(&key) == Some(&self.gone) {
            self.last.remove(&key);
        }
        self.gone += 1;
        self.bytes = self.bytes.saturating_sub(open.size());
        open.give(self.constants, &mut self.stripped, entries)
    }
}

impl<'a> Events<'a> for Window<'a> {
    /// Takes an event in.
    fn event(&mut self, raw: &[u8], span: Span, entries: &mut Entries<'a, '_>) -> ControlFlow<()> {
        let (text, _) = json::readable(raw);
        let event = match json::wanted(&text, EVENT) {
            Ok(event) => event,
            Err(error) => {
                let message = format!("the event is no JSON object: {}", json::reason(&error));
                return entries.note(Some(span), message, "the event is not read");
            }
        };
        let number = |token| integer(token).unwrap_or(-1);
        let Some(kind) = self.constants.kind(number(event.get("type"))) else {
            return ControlFlow::Continue(());
        };
        let source = number(event.part("source", SOURCE).get("id"));
        let phase = number(event.get("phase"));
        let params = event.part("params", PARAMS);
        let (begins, ends) = (phase == self.constants.begin, phase == self.constants.end);
        let error = integer(params.get("net_error")).unwrap_or(0);
        match kind {
            Type::StartJob if begins => self.begin(What::Request, source, raw, span, entries),
            Type::Lookup if begins => self.begin(What::Lookup, source, raw, span, entries),
            Type::StartJob if ends => self.end(Kind::Request, source, error),
            Type::Lookup if ends => self.end(Kind::Lookup, source, error),
            Type::SendHeaders => {
                if let Token::Compound(part) = event.get("params") {
                    let range = json::range_in(&text, part);
                    let place = span.slice(&range);
                    let bytes = raw.get(range).unwrap_or_default();
                    let added = self
                        .entry(Kind::Request, source)
                        .map_or(0, |open| open.sent(place, bytes));
                    self.bytes += added;
                }
            }
            Type::SendBody => {
                let has_body = params.get("length").is_affirmed();
                if let Some(open) = self.entry(Kind::Request, source) {
                    open.body |= has_body;
                }
            }
            Type::ReadHeaders => self.answer(source, &params),
            Type::SslConnect if ends && error == 0 => self.connected(source, &params, raw, span),
            Type::JobCreated => {
                let name = params.get("group_id").text().unwrap_or_default();
                let (name, bytes) = (host(&name), raw.to_vec());
                if !name.is_empty() && raw.len() <= EVENT_BYTES {
                    hold(&mut self.jobs, source, (name, span, bytes));
                }
            }
            Type::JobSocket => {
                let socket = params.part("source_dependency", SOURCE).get("id");
                self.handshake(source, number(socket), entries);
            }
            Type::QuicSession if begins => {
                let name = params.get("host").text().unwrap_or_default();
                let what = What::Handshake(host(&name));
                self.begin(what, source, raw, span, entries);
            }
            Type::QuicReceived => self.mark(Kind::Handshake, source),
            Type::Bytes if params.get("bytes") != Token::Null => {
                let (first, count) = self.held.unwrap_or((span, 0));
                self.held = Some((first, count + 1));
            }
            _ => {}
        }
        self.shrink(entries)
    }

    /// Hands out the rest, and says what the log does not hold.
    fn finish(&mut self, entries: &mut Entries<'a, '_>) -> ControlFlow<()> {
        while !self.open.is_empty() {
            self.pop(entries)?;
        }
        if std::mem::replace(&mut self.said, true) {
            return ControlFlow::Continue(());
        }
        if self.stripped.count > 0 {
            let mode = self.constants.mode.as_deref();
            let message = format!(
                "{} values of headers, such as cookies and credentials, were stripped when the log was written (capture mode: {})",
                self.stripped.count,
                mode.unwrap_or("not stated")
            );
            let means = "what they held is not in this file; a log that includes cookies and credentials would have them";
            entries.note(self.stripped.first, message, means)?;
        }
        if let Some((span, count)) = self.held {
            let message = format!("{count} events hold bytes that were sent through sockets");
            let means = "these bytes are not read; the headers of requests are";
            entries.note(Some(span), message, means)?;
        }
        ControlFlow::Continue(())
    }
}

const fn kind_of(what: &What) -> Kind {
    match what {
        What::Request => Kind::Request,
        What::Lookup => Kind::Lookup,
        What::Handshake(_) => Kind::Handshake,
    }
}

/// Keeps something of a source, and lets the oldest go where there are too many:
/// numbers of sources ascend.
fn hold<T>(map: &mut BTreeMap<i64, T>, source: i64, value: T) {
    map.insert(source, value);
    if map.len() > OPEN {
        map.pop_first();
    }
}
