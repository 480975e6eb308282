//! Flows that are a conversation and not a request: TCP, UDP, and the messages
//! of a WebSocket in formats before 12, where they had a flow of their own.

use std::collections::BTreeMap;
use std::net::IpAddr;

use affiant_model::{Exchange, ExchangeKind, Reach};

use super::super::address;
use super::super::draft::cut;
use super::connection::Peer;
use super::flow::Draft;
use super::marks::{KILLED, failure};
use super::messages::{Layout, Talk};
use super::reach::{stands, tls_stands};
use super::value::Members;
use super::version::Version;
use super::{NOT_READ, time};

/// What a stream is carried by.
#[derive(Debug, Clone, Copy)]
pub(super) enum Transport {
    Tcp,
    Udp,
}

impl Transport {
    const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }

    const fn scheme(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// How many requests that opened a WebSocket are kept in mind, and how long an
/// address of one may be.
const MOST_OPENINGS: usize = 10_000;
const LONGEST_ADDRESS: usize = 8 << 10;

/// The requests of a file that opened a WebSocket, by the id of their flow: the
/// messages come in a later flow, which names it.
#[derive(Debug, Default)]
pub(super) struct Openings(BTreeMap<Vec<u8>, Opening>);

#[derive(Debug)]
struct Opening {
    ordinal: u32,
    url: String,
    host: String,
}

impl Openings {
    /// Keeps a request in mind, as far as the bounds allow.
    pub(super) fn note(&mut self, id: Vec<u8>, exchange: &Exchange) {
        if self.0.len() < MOST_OPENINGS && exchange.url.len() + id.len() <= LONGEST_ADDRESS {
            let opening = Opening {
                ordinal: exchange.ordinal,
                url: exchange.url.clone(),
                host: exchange.host.clone(),
            };
            self.0.insert(id, opening);
        }
    }
}

impl Draft<'_> {
    /// Reads a flow of TCP or UDP.
    pub(super) fn stream(
        &mut self,
        flow: &Members,
        version: &Version,
        transport: Transport,
    ) -> Option<Exchange> {
        let server = self.server(flow);
        let Some(peer) = self.peer(flow, &server) else {
            self.defect(None, "the flow names no server", NOT_READ);
            return None;
        };
        let port = peer
            .port
            .map_or_else(String::new, |port| format!(":{port}"));
        let url = format!("{}://{}{port}", transport.scheme(), peer.host);
        let host = peer.host;
        self.conversation(
            flow,
            version,
            (Layout::Stream, transport.name()),
            Exchange {
                url,
                host,
                ..self.unknown()
            },
        )
    }

    /// Reads the messages of a WebSocket (`websocket_handshake` in
    /// `convert_11_12`, `mitmproxy/io/compat.py`).
    pub(super) fn websocket_flow(
        &mut self,
        flow: &Members,
        version: &Version,
        openings: &Openings,
    ) -> Option<Exchange> {
        let metadata = self.object(flow, "metadata", &["websocket_handshake"]);
        let metadata = metadata.ok().flatten();
        let id = metadata.as_ref().and_then(|m| m.get("websocket_handshake"));
        let opening = id.and_then(|id| openings.0.get(id.bytes(self.raw)));
        let layout = Layout::WebSocket;
        if let Some(opening) = opening {
            let about = format!("WebSocket that exchange {} opened", opening.ordinal);
            let known = Exchange {
                url: opening.url.clone(),
                host: opening.host.clone(),
                ..self.unknown()
            };
            return self.conversation(flow, version, (layout, &about), known);
        }
        let server = self.server(flow);
        let Some(Peer { host, .. }) = self.peer(flow, &server) else {
            self.defect(None, "the flow names no server", NOT_READ);
            return None;
        };
        self.defect(
            None,
            "the request that opened this WebSocket does not stand before it in the file",
            "the messages are read with the host of the connection, without an address",
        );
        let known = Exchange {
            host,
            ..self.unknown()
        };
        self.conversation(flow, version, (layout, "WebSocket"), known)
    }

    fn conversation(
        &mut self,
        flow: &Members,
        version: &Version,
        (layout, about): (Layout, &str),
        known: Exchange,
    ) -> Option<Exchange> {
        self.edited(flow);
        let server = self.server(flow);
        let error = self.error(flow);
        let held = error == Some(KILLED) || self.is_affirmed(flow, "intercepted");
        let talk = match flow.get("messages") {
            Some(list) => self.messages(list, layout, held),
            None => {
                let means = "it is read as a connection only";
                self.defect(None, "the flow has no messages, not even none", means);
                Talk::default()
            }
        };
        self.body_bytes = talk.sent_bytes;
        let (started, started_as_written) = self.began(flow, &talk);
        let connected = stands(self.raw, &server) && tls_stands(self.raw, &server);
        let (kind, reach) = match (talk.sent > 0, connected) {
            (true, true) if talk.answered => (ExchangeKind::Message, Reach::Acknowledged),
            (true, true) => (ExchangeKind::Message, Reach::Sent),
            (true, false) => (ExchangeKind::Message, Reach::Attempted),
            (false, true) => (ExchangeKind::Connection, Reach::Contacted),
            (false, false) => (ExchangeKind::Connection, Reach::Attempted),
        };
        let said = [talk.said(about)].into_iter().chain(failure(error));
        Some(Exchange {
            kind,
            reach,
            detail: Some(said.collect::<Vec<_>>().join(", ")),
            started,
            started_as_written,
            until: talk.until,
            server_address: self.server_address(&server, version),
            client: self.client(flow),
            tls: self.tls(flow, &server),
            ..known
        })
    }

    /// The time of the first message, or else when the flow was made
    /// (`timestamp_created`, since format 16), or when the client connected.
    fn began(
        &mut self,
        flow: &Members,
        talk: &Talk,
    ) -> (Option<chrono::DateTime<chrono::Utc>>, String) {
        let made = flow
            .get("timestamp_created")
            .and_then(|time| time.text(self.raw));
        let connected = || self.client_time(flow);
        let written = talk
            .started_as_written
            .clone()
            .or_else(|| made.map(std::borrow::Cow::into_owned))
            .or_else(connected)
            .unwrap_or_default();
        let started = time::read(&written);
        if started.is_none() {
            let message = format!("the start time `{}` is not a time", cut(&written));
            self.defect(None, message, "the exchange is read without a time");
        }
        (started, written)
    }

    /// The server of a conversation: the name that the proxy connected to, or
    /// where that is a number, the one that the client named in its TLS.
    fn peer(&self, flow: &Members, server: &Members) -> Option<Peer> {
        let to = self.address_of(server.any(&["address", "peername", "ip_address"]));
        let named = || self.client_sni(flow);
        let (host, port) = match to {
            Some(to) if to.host.parse::<IpAddr>().is_err() => (to.host, to.port),
            Some(to) => (named().unwrap_or(to.host), to.port),
            None => (named()?, None),
        };
        let host = address::of_ip(host.trim_end_matches('.'));
        Some(Peer { host, port })
    }
}
