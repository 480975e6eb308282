//! How far a flow shows that its request went.
//!
//! The proxy stands between device and recipient, so that a complete request in
//! the file shows only that it came as far as the proxy. What is said here of
//! the proxy's order of steps is in `mitmproxy/proxy/layers/http/__init__.py`,
//! commit 8fc25b3, unless another place is named.

use affiant_model::Reach;

use super::marks::KILLED;
use super::value::Members;
use super::version::Version;

/// Members of a flow's server connection that are read.
pub(super) const SERVER: &[&str] = &[
    "address",
    "ip_address",
    "peer_address",
    "peername",
    "via",
    "via2",
    "transport_protocol",
    "timestamp_start",
    "timestamp_tcp_setup",
    "timestamp_ssl_setup",
    "timestamp_tls_setup",
    "tls",
    "tls_version",
    "cipher",
    "cipher_name",
    "sni",
    "alpn",
    "alpn_proto_negotiated",
    "certificate_list",
    "cert",
];

/// The status by which a proxy refuses to pass a request on (RFC 9110 §15.5.8).
const PROXY_REFUSED: u16 = 407;

/// What of a flow bears on the question.
pub(super) struct Evidence<'a> {
    pub(super) raw: &'a [u8],
    pub(super) version: &'a Version,
    pub(super) request: &'a Members,
    pub(super) server: &'a Members,
    pub(super) connect: bool,
    pub(super) secure: bool,
    /// The status of the response, where there is one of HTTP.
    pub(super) status: Option<u16>,
    /// Whether the flow has a response that is not one of HTTP.
    pub(super) odd: bool,
    /// The message of the flow's error, where it has one.
    pub(super) error: Option<&'a [u8]>,
    /// Whether the request or the answer was played back by the proxy.
    pub(super) replayed: bool,
    /// Whether the flow was held back when it was written.
    pub(super) intercepted: bool,
    /// Whether the proxy marks the answer as its own (`blocklisted`).
    pub(super) blocked: bool,
}

impl Evidence<'_> {
    /// The reach, never further than the file bears out.
    pub(super) fn reach(&self) -> Reach {
        // The proxy itself answers CONNECT (`handle_connect_finish`).
        if self.connect || self.replayed || self.blocked || self.odd || !self.connected() {
            return Reach::Attempted;
        }
        match self.status {
            Some(PROXY_REFUSED) => Reach::Attempted,
            // An answer without a connection is a script's, and was excluded.
            Some(101 | 200..) => Reach::Acknowledged,
            Some(_) | None if self.was_passed_on() => Reach::Sent,
            Some(_) | None => Reach::Attempted,
        }
    }

    /// Whether there was a connection to a server.
    fn connected(&self) -> bool {
        if self.version.is_0_10() {
            return self.tcp_setup().is_some();
        }
        stands(self.raw, self.server)
    }

    /// Whether a request without an answer left the proxy.
    fn was_passed_on(&self) -> bool {
        let Some(complete) = time(self.raw, self.request, &["timestamp_end"]) else {
            return false;
        };
        if self.intercepted || (self.secure && self.tls_setup().is_none()) {
            return false;
        }
        let Some(error) = self.error else {
            return true;
        };
        // A flow fails before it is passed on as well as after: where the
        // client gives up, or the flow is ended, while it is held back. Only of
        // a connection that was opened once the request was complete does the
        // order tell: nothing stands between the set-up and the sending
        // (`make_server_connection`, since commit 2d35c7b, format 10).
        let ready = if self.secure {
            self.tls_setup()
        } else {
            self.tcp_setup()
        };
        self.version.from(10) && error != KILLED && ready.is_some_and(|ready| ready >= complete)
    }

    fn tcp_setup(&self) -> Option<f64> {
        if self.version.is_0_10() {
            return time(self.raw, self.request, &["tcp_setup_timestamp"]);
        }
        time(self.raw, self.server, &["timestamp_tcp_setup"])
    }

    fn tls_setup(&self) -> Option<f64> {
        if self.version.is_0_10() {
            return time(self.raw, self.request, &["ssl_setup_timestamp"]);
        }
        // `ssl` until format 5 (`convert_5_6` in `mitmproxy/io/compat.py`).
        let names = &["timestamp_tls_setup", "timestamp_ssl_setup"];
        time(self.raw, self.server, names)
    }
}

/// Whether there was a connection to a server. Of TCP the time of its set-up is
/// kept; of UDP, QUIC among it, the address of the peer, which is set when the
/// connection stands (`mitmproxy/proxy/server.py`, `open_connection`).
pub(super) fn stands(raw: &[u8], server: &Members) -> bool {
    let udp = server.get("transport_protocol");
    let udp = udp.is_some_and(|protocol| protocol.bytes(raw) == b"udp");
    time(raw, server, &["timestamp_tcp_setup"]).is_some()
        || udp
            && server.get("peername").is_some()
            && time(raw, server, &["timestamp_start"]).is_some()
}

/// Whether the TLS to the server stood, where there was to be one (`tls`, since
/// format 10).
pub(super) fn tls_stands(raw: &[u8], server: &Members) -> bool {
    let wanted = server.get("tls").is_some_and(|tls| tls.is_affirmed(raw));
    !wanted || time(raw, server, &["timestamp_tls_setup"]).is_some()
}

fn time(raw: &[u8], members: &Members, names: &[&str]) -> Option<f64> {
    members.any(names)?.number(raw)
}
