//! The member `constants`: what the numbers in a log stand for, and what it
//! says of itself.

use std::collections::BTreeMap;

use affiant_model::Capture;
use chrono::{DateTime, Utc};

use crate::Limits;
use crate::traffic::json::{self, Token};

const CONSTANTS: &[&str] = &[
    "logEventTypes",
    "logEventPhase",
    "netError",
    "timeTickOffset",
    "logCaptureMode",
    "logFormatVersion",
    "clientInfo",
];
const CLIENT: &[&str] = &["name", "version", "os_type", "command_line"];
const PHASE: &[&str] = &["PHASE_BEGIN", "PHASE_END"];

/// Events that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    StartJob,
    SendHeaders,
    SendBody,
    ReadHeaders,
    Lookup,
    SslConnect,
    JobCreated,
    JobSocket,
    QuicSession,
    QuicReceived,
    /// Bytes that went out through a socket.
    Bytes,
}

/// Their names, also those of earlier versions.
const TYPES: &[(&str, Type)] = &[
    ("URL_REQUEST_START_JOB", Type::StartJob),
    ("HTTP_TRANSACTION_SEND_REQUEST_HEADERS", Type::SendHeaders),
    (
        "HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS",
        Type::SendHeaders,
    ),
    (
        "HTTP_TRANSACTION_SPDY_SEND_REQUEST_HEADERS",
        Type::SendHeaders,
    ),
    (
        "HTTP_TRANSACTION_QUIC_SEND_REQUEST_HEADERS",
        Type::SendHeaders,
    ),
    ("HTTP_TRANSACTION_SEND_REQUEST_BODY", Type::SendBody),
    ("HTTP_TRANSACTION_READ_RESPONSE_HEADERS", Type::ReadHeaders),
    ("HOST_RESOLVER_MANAGER_JOB", Type::Lookup),
    ("HOST_RESOLVER_IMPL_JOB", Type::Lookup),
    ("SSL_CONNECT", Type::SslConnect),
    ("SOCKET_POOL_CONNECT_JOB_CREATED", Type::JobCreated),
    ("CONNECT_JOB_SET_SOCKET", Type::JobSocket),
    ("QUIC_SESSION", Type::QuicSession),
    ("QUIC_SESSION_PACKET_RECEIVED", Type::QuicReceived),
    ("SSL_SOCKET_BYTES_SENT", Type::Bytes),
    ("SOCKET_BYTES_SENT", Type::Bytes),
];

/// What the numbers in a log stand for.
#[derive(Debug, Default)]
pub(super) struct Constants {
    types: BTreeMap<i64, Type>,
    pub(super) begin: i64,
    pub(super) end: i64,
    errors: BTreeMap<i64, String>,
    /// Milliseconds from the browser's own count to 1970.
    offset: Option<i64>,
    pub(super) mode: Option<String>,
    client: Vec<(&'static str, String)>,
    version: Option<String>,
}

impl Constants {
    /// Reads the constants; `None` where they are no JSON object with names of events.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let (text, _) = json::readable(bytes);
        let all = json::wanted(&text, CONSTANTS).ok()?;
        let Token::Compound(types) = all.get("logEventTypes") else {
            return None;
        };
        let mut found = Self {
            begin: 1,
            end: 2,
            offset: integer(all.get("timeTickOffset")),
            mode: all
                .get("logCaptureMode")
                .text()
                .map(|text| text.into_owned()),
            version: all
                .get("logFormatVersion")
                .text()
                .map(|text| text.into_owned()),
            ..Self::default()
        };
        json::each_member(types, &mut |name, value| {
            let known = TYPES.iter().find(|(known, _)| *known == name);
            if let (Some((_, kind)), Some(number)) = (known, integer(Token::of(value))) {
                found.types.insert(number, *kind);
            }
        })
        .ok()?;
        let phase = all.part("logEventPhase", PHASE);
        found.begin = integer(phase.get("PHASE_BEGIN")).unwrap_or(found.begin);
        found.end = integer(phase.get("PHASE_END")).unwrap_or(found.end);
        if let Token::Compound(errors) = all.get("netError") {
            // An error leaves the names out that stand behind it.
            let _ = json::each_member(errors, &mut |name, value| {
                if let Some(number) = integer(Token::of(value)) {
                    found.errors.insert(number, name.to_owned());
                }
            });
        }
        let client = all.part("clientInfo", CLIENT);
        for name in CLIENT {
            if let Some(value) = client.get(name).text() {
                found.client.push((name, value.into_owned()));
            }
        }
        Some(found)
    }

    /// The type of an event that is read.
    pub(super) fn kind(&self, number: i64) -> Option<Type> {
        self.types.get(&number).copied()
    }

    /// The name of an error.
    pub(super) fn error(&self, number: i64) -> String {
        let name = self.errors.get(&number);
        name.map_or_else(|| format!("error {number}"), Clone::clone)
    }

    /// The instant of a time of the log.
    pub(super) fn instant(&self, time: &str) -> Option<DateTime<Utc>> {
        let time = time.trim().parse::<i64>().ok()?;
        DateTime::from_timestamp_millis(time.checked_add(self.offset?)?)
    }

    /// Adds what the log says of itself.
    pub(super) fn state(&self, capture: &mut Capture, limits: &Limits) {
        let value = |wanted: &str| {
            let found = self.client.iter().find(|(name, _)| *name == wanted);
            found
                .map(|(_, value)| value.as_str())
                .filter(|value| !value.is_empty())
        };
        if let Some(name) = value("name") {
            let version = value("version").unwrap_or_default();
            capture.browser = Some(format!("{name} {version}").trim().to_owned());
            capture.writer.clone_from(&capture.browser);
        }
        capture.version.clone_from(&self.version);
        let mode = self.mode.as_deref().map(|mode| ("logCaptureMode", mode));
        let more = ["os_type", "command_line"]
            .into_iter()
            .filter_map(|name| value(name).map(|value| (name, value)));
        for (name, value) in mode.into_iter().chain(more) {
            if value.len() <= limits.stated_bytes {
                capture.stated.push((name.to_owned(), value.to_owned()));
            }
        }
    }
}

/// A whole number, also where it is written as a string or with a fraction of zero.
pub(super) fn integer(token: Token<'_>) -> Option<i64> {
    let text = token.text()?;
    let text = text.trim();
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    };
    whole.parse().ok()
}
