//! One transaction: bytes to an exchange and its defects.

use std::net::IpAddr;
use std::ops::ControlFlow;

use affiant_model::{ExchangeKind, FieldName, Reach, Span, Step, Tls};

use super::super::address;
use super::super::draft::{Draft, cut};
use super::super::entries::{Entries, NO_TIME};
use super::super::json::{self, Token, Wanted};
use super::super::message::{self, not_undone};
use super::super::time::{self, Unreadable};
use super::request::bracketed;
use crate::Limits;

const TRANSACTION: &[&str] = &[
    "status",
    "method",
    "scheme",
    "host",
    "port",
    "actualPort",
    "path",
    "query",
    "tunnel",
    "webSocket",
    "remoteAddress",
    "clientAddress",
    "clientPort",
    "times",
    "ssl",
    "alpn",
    "request",
    "response",
];
const MESSAGE: &[&str] = &["status", "sizes", "contentEncoding", "header", "body"];
const HEADER: &[&str] = &["firstLine", "headers"];
const BODY: &[&str] = &["text", "encoding", "encoded", "decoded"];
const TIMES: &[&str] = &["start", "requestBegin", "requestComplete"];
const SIZES: &[&str] = &["headers", "body"];
const TLS: &[&str] = &["protocol", "cipherSuite"];

/// Reads the transaction whose bytes are `raw`, and hands out what it gives.
pub(super) fn read(
    raw: Vec<u8>,
    span: Span,
    limits: &Limits,
    entries: &mut Entries<'_, '_>,
) -> ControlFlow<()> {
    let mut draft = entries.begin(span);
    let (text, broken) = json::readable(&raw);
    if let Some((count, first)) = broken {
        let message = format!("{count} bytes of the entry are not UTF-8, this one first");
        let means = "each is read as `?`; a value that holds one may not be found";
        draft.defect(Some(&(first..first + 1)), message, means);
    }
    let whole = match json::wanted(&text, TRANSACTION) {
        Ok(whole) => whole,
        Err(error) => {
            let at = json::offset_of(&text, &error);
            let message = format!(
                "the transaction is no JSON object: {}",
                json::reason(&error)
            );
            return entries.give_up(draft, Some(&(at..at)), message);
        }
    };
    for name in &whole.repeated {
        let message = format!("the member `{name}` occurs more than once");
        draft.defect(None, message, "the last one is read");
    }
    let (request, response) = (
        whole.part("request", MESSAGE),
        whole.part("response", MESSAGE),
    );
    let reading = Reading {
        text: &text,
        limits,
        header: request.part("header", HEADER),
        body: request.part("body", BODY),
        times: whole.part("times", TIMES),
        tls: whole.part("ssl", TLS),
        alpn: whole.part("alpn", TLS),
        received: response.part("sizes", SIZES),
        sent: request.part("sizes", SIZES),
        whole,
        request,
        response,
    };
    if reading.string("host").is_empty() {
        let message = "the transaction has no host";
        return entries.give_up(draft, None, message);
    }
    if reading.whole.get("tunnel").is_affirmed() {
        reading.tunnel(&mut draft);
    } else {
        reading.exchange(&mut draft);
    }
    reading.ends(&mut draft);
    reading.started(&mut draft);
    drop(reading);
    drop(text);
    entries.give(draft, raw)
}

/// The parts of a transaction.
pub(super) struct Reading<'a> {
    pub(super) text: &'a str,
    pub(super) limits: &'a Limits,
    pub(super) whole: Wanted<'a>,
    request: Wanted<'a>,
    response: Wanted<'a>,
    pub(super) header: Wanted<'a>,
    body: Wanted<'a>,
    times: Wanted<'a>,
    tls: Wanted<'a>,
    alpn: Wanted<'a>,
    sent: Wanted<'a>,
    received: Wanted<'a>,
}

impl<'a> Reading<'a> {
    /// A member of the transaction as text; empty where there is none.
    pub(super) fn string(&self, name: &str) -> String {
        self.whole.get(name).text().unwrap_or_default().into_owned()
    }

    /// A conversation that was not decrypted.
    fn tunnel(&self, draft: &mut Draft<'_>) {
        let exchange = &mut draft.exchange;
        exchange.kind = ExchangeKind::Connection;
        exchange.host = address::host("CONNECT", &bracketed(&self.string("host")));
        let bytes = |sizes: &Wanted<'_>| sizes.get("body").number().unwrap_or_default();
        let (sent, received) = (bytes(&self.sent), bytes(&self.received));
        let port = self.whole.get("actualPort").text();
        let port = port.map_or_else(String::new, |port| format!(" to port {port}"));
        exchange.detail = Some(format!(
            "tunnel{port}, {}, {sent} bytes sent, {received} bytes received",
            cut(&self.string("status"))
        ));
        exchange.reach = if received > 0.0 {
            Reach::Contacted
        } else {
            Reach::Attempted
        };
        let known = |part: &Wanted<'_>, name: &str| part.get(name).text().map(|t| t.into_owned());
        let tls = Tls {
            version: known(&self.tls, "protocol").map(|v| v.replace("TLSv", "TLS ")),
            cipher: known(&self.tls, "cipherSuite"),
            alpn: known(&self.alpn, "protocol"),
            ..Tls::default()
        };
        exchange.tls = (tls != Tls::default()).then_some(tls);
    }

    fn exchange(&self, draft: &mut Draft<'_>) {
        let method = self.string("method");
        if method.is_empty() {
            let means = "the exchange is read without it";
            draft.defect(None, "the transaction has no method", means);
        }
        draft.exchange.method.clone_from(&method);
        let named = self.headers(draft);
        self.address(&method, named, draft);
        self.body(draft);
        let status = self.response.get("status").number();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked"
        )]
        let status = status
            .filter(|code| (100.0..1000.0).contains(code))
            .map(|code| code as u16);
        draft.exchange.status = status;
        draft.exchange.reach = self.reach(&method, status);
        if self.whole.get("webSocket").is_affirmed() {
            let message = "the transaction is a WebSocket, whose messages are not in this file";
            let means = "the messages are not read; the opening request is";
            draft.defect(None, message, means);
        }
    }

    fn reach(&self, method: &str, status: Option<u16>) -> Reach {
        const FAILED: &[&str] = &["fail", "exception", "block"];
        let state = self.string("status").to_ascii_lowercase();
        if FAILED.iter().any(|word| state.contains(word)) {
            return Reach::Attempted;
        }
        let timed = self.whole.get("times") != Token::Null;
        if status.is_none() && timed && !self.times.get("requestComplete").is_affirmed() {
            return Reach::Attempted;
        }
        message::reach(method, status)
    }

    fn body(&self, draft: &mut Draft<'_>) {
        let encoded = self.body.get("encoded");
        let is_base64 = self
            .body
            .get("encoding")
            .text()
            .is_some_and(|t| t == "base64");
        let (value, declared) = match encoded {
            Token::Text(_) if is_base64 => (encoded, vec![Step::Base64]),
            _ => (self.body.get("text"), Vec::new()),
        };
        let held = value.text().map_or(0, |text| text.len() as u64);
        if held == 0 {
            let stated = self.sent.get("body").number().filter(|bytes| *bytes > 0.0);
            if let Some(stated) = stated {
                let message = format!(
                    "the capture records a request body of {stated} bytes but does not hold it"
                );
                draft.defect(None, message, "the body is not read");
            }
            return;
        }
        if matches!(encoded, Token::Text(_)) && !is_base64 {
            let message = "the body is under an encoding that is not known";
            draft.defect_of(self.text, encoded, message, "it is not read");
            return;
        }
        draft.exchange.request_body_bytes = if declared.is_empty() {
            held
        } else {
            held / 4 * 3
        };
        let under = self.request.get("contentEncoding").text();
        let under = under.map(|coding| not_undone(&coding)).unwrap_or_default();
        if !declared.is_empty() && !under.is_empty() && !self.body.get("decoded").is_affirmed() {
            let codings = cut(&under.join(", "));
            let message = format!("the body is under the content coding `{codings}`");
            let means = "it is read without undoing it; what it holds may not be found";
            draft.defect_of(self.text, value, message, means);
        }
        draft.value(FieldName::Body, self.text, value, declared);
    }

    /// The two ends: of the client its address, of the server too.
    fn ends(&self, draft: &mut Draft<'_>) {
        let client = self.string("clientAddress");
        let client = client.rsplit('/').next().unwrap_or_default();
        if !client.is_empty() {
            let port = self.whole.get("clientPort").text();
            draft.exchange.client.address = Some(address::with_port(client, port.as_deref()));
        }
        let remote = self.string("remoteAddress");
        let ip = remote.rsplit('/').next().unwrap_or_default();
        let is_ip = |text: &&str| text.parse::<IpAddr>().is_ok();
        let without_port = ip
            .rsplit_once(':')
            .map(|(ip, _)| ip.trim_matches(['[', ']']));
        let ip = Some(ip).filter(is_ip).or(without_port.filter(is_ip));
        draft.exchange.server_address = ip.map(str::to_owned);
    }

    fn started(&self, draft: &mut Draft<'_>) {
        let begun = ["requestBegin", "start"]
            .into_iter()
            .map(|name| self.times.get(name))
            .find(|time| time.is_affirmed());
        let Some(token) = begun else {
            draft.defect(None, "the transaction has no time", NO_TIME);
            return;
        };
        let written = token.text().unwrap_or_default().into_owned();
        match time::read(&written) {
            Ok(time) => draft.exchange.started = Some(time),
            Err(Unreadable::NoZone) => {
                let message = format!("the time `{}` has no time zone", cut(&written));
                draft.defect_of(self.text, token, message, NO_TIME);
            }
            Err(Unreadable::NotATime) => {
                let message = format!("the time `{}` is none", cut(&written));
                draft.defect_of(self.text, token, message, NO_TIME);
            }
        }
        draft.exchange.started_as_written = written;
    }
}
