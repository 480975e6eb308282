//! Which log a line is of, and whether it is read.

use affiant_model::ExchangeKind;

use super::{http, rows};
use crate::traffic::draft::Draft;
use crate::traffic::row::Row;

/// The logs that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Log {
    Conn,
    Dns,
    Http,
    Quic,
    Ssl,
}

/// Logs that are often handed in and not read, and why.
const NOT_READ: &[(&str, &str)] = &[
    ("analyzer", "names no server contact"),
    ("analyzer_debug", "names no server contact"),
    ("capture_loss", "names no server contact"),
    ("files", "repeats contacts that `http` and `conn` list"),
    ("known_hosts", "names no server contact"),
    ("known_services", "names no server contact"),
    ("loaded_scripts", "names no server contact"),
    ("notice", "names no server contact"),
    ("ocsp", "names no server contact"),
    ("packet_filter", "names no server contact"),
    ("reporter", "names no server contact"),
    ("smtp", "holds mail, which this version does not read"),
    ("software", "names no server contact"),
    ("stats", "names no server contact"),
    ("tunnel", "repeats contacts that `conn` lists"),
    ("websocket", "repeats contacts that `http` lists"),
    ("weird", "repeats contacts that `conn` lists"),
    ("x509", "names no server contact"),
];

/// Why the lines of a log are not read, in words that follow its name.
pub(super) fn why_not(path: &str) -> &'static str {
    NOT_READ
        .iter()
        .find(|(name, _)| *name == path)
        .map_or("is none of those that this version reads", |(_, why)| why)
}

/// Members by which a line without a path shows its log, in this order: a line
/// of `http` has some of `conn` as well.
const MEMBERS: &[(&str, &str)] = &[
    ("trans_depth", "http"),
    ("qclass", "dns"),
    ("trans_id", "dns"),
    ("client_initial_dcid", "quic"),
    ("cert_chain_fps", "ssl"),
    ("ssl_history", "ssl"),
    ("established", "ssl"),
    ("conn_state", "conn"),
    ("certificate.version", "x509"),
    ("fuid", "files"),
    ("notice", "weird"),
];

/// Whether a JSON object is a line of some log of Zeek.
pub(super) fn is_zeek(row: &Row<'_>) -> bool {
    let has = |name| row.get(name).is_some();
    has("ts") && (has("_path") || (has("uid") && has("id.orig_h")) || by_members(row).is_some())
}

fn by_members(row: &Row<'_>) -> Option<&'static str> {
    MEMBERS
        .iter()
        .find(|(member, _)| row.get(member).is_some())
        .map(|(_, log)| *log)
}

impl Log {
    /// The log of that name.
    pub(super) fn named(path: &str) -> Option<Self> {
        match path {
            "conn" => Some(Self::Conn),
            "dns" => Some(Self::Dns),
            "http" => Some(Self::Http),
            "quic" => Some(Self::Quic),
            "ssl" => Some(Self::Ssl),
            _ => None,
        }
    }

    /// The log whose members a line has.
    pub(super) fn by_members(row: &Row<'_>) -> Option<Self> {
        by_members(row).and_then(Self::named)
    }

    /// Reads a line. `sets` stands between the items of a value, unless it is
    /// an array of JSON.
    pub(super) fn fill(self, row: &Row<'_>, sets: Option<&str>, draft: &mut Draft<'_>) {
        rows::ends(row, draft);
        draft.exchange.kind = match self {
            Self::Conn => ExchangeKind::Connection,
            Self::Dns => ExchangeKind::Lookup,
            Self::Http => ExchangeKind::Request,
            Self::Quic | Self::Ssl => ExchangeKind::Handshake,
        };
        match self {
            Self::Conn => rows::conn(row, draft),
            Self::Dns => rows::dns(row, sets, draft),
            Self::Http => http::http(row, draft),
            Self::Quic => rows::quic(row, draft),
            Self::Ssl => rows::ssl(row, sets, draft),
        }
    }
}
