//! Two streams of bytes, and what is found in them: TLS, HTTP, DNS, or nothing
//! that is read. What TLS or a tunnel carries is a channel again.

use affiant_http::Protocol;
use affiant_model::{Span, Tls};
use affiant_packets::Side;

use super::context::{Context, Ends};
use super::http::Http;
use super::lookup::{Framed, Lookups};
use super::tls::Session;
use super::trail::{Source, Trail, hull};

/// Bytes of the client behind which a line that began as a request of HTTP/1 is
/// read as one, however long it gets.
const TELLING: usize = 16 << 10;

/// Bytes of the server that wait until that is told.
const WAITING: usize = 4 << 10;

/// How many channels may lie in one another.
const DEPTH: u8 = 4;

/// Two streams of bytes.
pub(super) struct Channel {
    pub(super) carrier: Carrier,
    /// Places of the client's stream.
    pub(super) trail: Trail,
    state: State,
    /// Whether an entry was given out of it.
    pub(super) given: bool,
    /// The first bytes of the client, where they say what is not read.
    what: Option<&'static str>,
    /// Whether the beginning was not captured, and whether HTTP is likely then.
    midway: Option<bool>,
}

/// What a channel lies in.
#[derive(Debug, Clone, Default)]
pub(super) struct Carrier {
    /// What is known of the TLS around it.
    pub(super) tls: Option<Tls>,
    /// What tunnel it lies in, in words.
    pub(super) through: Option<String>,
    depth: u8,
}

impl Carrier {
    /// Whether the channel lies in nothing but its conversation.
    pub(super) const fn is_bare(&self) -> bool {
        self.tls.is_none() && self.through.is_none()
    }

    /// What lies within this, one deeper; `None` at the bound.
    pub(super) fn within(&self) -> Option<Self> {
        (self.depth < DEPTH).then(|| Self {
            depth: self.depth + 1,
            ..self.clone()
        })
    }
}

enum State {
    /// Too little was seen of it.
    Undecided {
        client: Vec<u8>,
        server: Vec<u8>,
    },
    Tls(Box<Session>),
    Http(Box<Http>),
    Dns(Box<(Lookups, Framed, Framed)>),
    Other,
}

impl Channel {
    pub(super) fn new(carrier: Carrier) -> Self {
        Self::with(
            carrier,
            State::Undecided {
                client: Vec::new(),
                server: Vec::new(),
            },
        )
    }

    /// A channel whose beginning was not captured. `likely` says that its port is
    /// one of HTTP, so that requests are looked for behind what comes first.
    pub(super) fn midway(likely: bool) -> Self {
        Self {
            midway: Some(likely),
            ..Self::new(Carrier::default())
        }
    }

    /// A channel that carries DNS.
    pub(super) fn dns() -> Self {
        Self::with(Carrier::default(), State::Dns(Box::default()))
    }

    fn with(carrier: Carrier, state: State) -> Self {
        Self {
            carrier,
            trail: Trail::default(),
            state,
            given: false,
            what: None,
            midway: None,
        }
    }

    /// Takes the next bytes of a side. `sources` are the places of those of the client.
    pub(super) fn push(
        &mut self,
        side: Side,
        bytes: &[u8],
        sources: &[Source],
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        if side == Side::Client {
            self.note_places(bytes, sources, context);
        }
        match &mut self.state {
            State::Undecided { client, server } => {
                let held = if side == Side::Client { client } else { server };
                held.extend_from_slice(bytes);
                self.decide(ends, context);
            }
            State::Other => {
                // TLS after a greeting: STARTTLS, SOCKS.
                let hello = bytes.first() == Some(&22)
                    && side == Side::Client
                    && affiant_tls::looks_like_tls(bytes) == Some(true);
                if hello && let Some(mut carrier) = self.carrier.within() {
                    let greeting = "begun within another protocol".to_owned();
                    carrier.through.get_or_insert(greeting);
                    let start = self.trail.end() - bytes.len() as u64;
                    self.state = State::Tls(Box::new(Session::new(carrier, start)));
                    self.feed(side, bytes, ends, context);
                }
            }
            _ => self.feed(side, bytes, ends, context),
        }
    }

    fn note_places(&mut self, bytes: &[u8], sources: &[Source], context: &mut Context<'_, '_>) {
        let hello = bytes.first() == Some(&22);
        let wanted = match &self.state {
            State::Dns(_) => false,
            State::Other => hello,
            _ => true,
        };
        if !wanted {
            return self.trail.skip(bytes.len() as u64);
        }
        let before = self.trail.len();
        sources.iter().for_each(|source| self.trail.push(*source));
        let most = match &self.state {
            State::Other => 0,
            State::Http(http) => http.places(),
            _ => context.limits.places,
        };
        if most == 0 {
            self.trail.forget(self.trail.end() - bytes.len() as u64);
        } else {
            self.trail.keep(most);
        }
        if context.places > context.limits.all_places {
            self.trail.keep(0);
        }
        context.places = (context.places + self.trail.len()).saturating_sub(before);
    }

    /// Forgets the places before an offset of the client's stream.
    fn forget(&mut self, offset: u64, context: &mut Context<'_, '_>) {
        let before = self.trail.len();
        self.trail.forget(offset);
        context.places = context.places.saturating_sub(before - self.trail.len());
    }

    fn decide(&mut self, ends: &Ends, context: &mut Context<'_, '_>) {
        let State::Undecided { client, server } = &mut self.state else {
            return;
        };
        let is_tls = affiant_tls::looks_like_tls(client);
        let next = match (is_tls, affiant_http::protocol(client)) {
            (Some(true), _) => self
                .carrier
                .within()
                .map(|carrier| State::Tls(Box::new(Session::new(carrier, 0)))),
            (_, Some(Protocol::Http1)) if self.midway.is_some() => {
                Some(State::Http(Box::new(Http::midway(context))))
            }
            (_, Some(Protocol::Http1)) => Some(State::Http(Box::new(Http::one(context)))),
            (_, Some(Protocol::Http2)) => Some(State::Http(Box::new(Http::two(context)))),
            (_, None) if client.len() >= TELLING => Some(State::Http(Box::new(Http::one(context)))),
            (Some(false), Some(Protocol::Other)) if self.midway == Some(true) => {
                Some(State::Http(Box::new(Http::midway(context))))
            }
            (Some(false), Some(Protocol::Other)) => None,
            _ if server.len() > WAITING => None,
            _ => return,
        };
        let (client, server) = (std::mem::take(client), std::mem::take(server));
        if next.is_none() && matches!(client[..], [0x17, 3, 0..=4, ..]) {
            self.what = Some("TLS of which the handshake was not captured");
        }
        self.state = next.unwrap_or(State::Other);
        if matches!(self.state, State::Other) {
            return self.forget(u64::MAX, context);
        }
        self.feed(Side::Client, &client, ends, context);
        if !server.is_empty() {
            self.feed(Side::Server, &server, ends, context);
        }
    }

    fn feed(&mut self, side: Side, bytes: &[u8], ends: &Ends, context: &mut Context<'_, '_>) {
        let behind = match &mut self.state {
            State::Tls(session) => {
                session.push(side, bytes, &self.trail, ends, context);
                session.read_to()
            }
            State::Http(http) => {
                let given = http.push(side, bytes, &self.trail, &self.carrier, ends, context);
                self.given |= given;
                if http.is_too_much(context) {
                    self.give_up(ends, context);
                    u64::MAX
                } else {
                    http.read_to()
                }
            }
            State::Dns(dns) => {
                let (lookups, client, server) = &mut **dns;
                let framed = if side == Side::Client { client } else { server };
                let span = context.now.span;
                let mut sink = |message: &[u8]| lookups.message(side, message, span, ends, context);
                framed.push(bytes, &mut sink);
                self.given |= lookups.any;
                return;
            }
            State::Undecided { .. } | State::Other => return,
        };
        self.forget(behind, context);
    }

    /// Ends the reading of requests that would hold too much.
    fn give_up(&mut self, ends: &Ends, context: &mut Context<'_, '_>) {
        if let State::Http(http) = &mut self.state {
            let bound = context.limits.held_bytes;
            let message =
                format!("requests that are not at their end hold more than {bound} bytes");
            context.note(
                Some(ends.first.span),
                message,
                "the rest of the conversation is not read",
            );
            self.given |= http.finish(&self.trail, &self.carrier, ends, context);
        }
        self.state = State::Other;
    }

    /// Takes note that bytes of a side were not captured.
    pub(super) fn lost(
        &mut self,
        side: Side,
        length: u64,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        if side == Side::Client {
            self.trail.skip(length);
        }
        match &mut self.state {
            State::Tls(session) => session.lost(side, length, &self.trail, ends, context),
            State::Http(http) => {
                let given = http.lost(side, length, &self.trail, &self.carrier, ends, context);
                self.given |= given;
            }
            State::Dns(_) | State::Undecided { .. } => {
                if let State::Dns(dns) = &mut self.state {
                    dns.0.finish(ends, context);
                }
                self.state = State::Other;
            }
            State::Other => {}
        }
    }

    /// Gives out what is still held. Gives whether an entry came out of the channel.
    pub(super) fn finish(&mut self, ends: &Ends, context: &mut Context<'_, '_>) -> bool {
        match &mut self.state {
            State::Tls(session) => self.given |= session.finish(&self.trail, ends, context),
            State::Http(http) => {
                self.given |= http.finish(&self.trail, &self.carrier, ends, context);
            }
            State::Dns(dns) => dns.0.finish(ends, context),
            State::Undecided { .. } | State::Other => {}
        }
        self.forget(u64::MAX, context);
        self.given
    }

    /// What the channel carries, where that is known and not read.
    pub(super) const fn what(&self) -> Option<&'static str> {
        self.what
    }
}

/// Where a range of the client's stream stands in the file, from its first to
/// its last byte.
pub(super) fn place(trail: &Trail, range: &std::ops::Range<u64>) -> Option<Span> {
    let pieces = trail.find(range, true);
    hull(pieces.iter().map(|piece| piece.span))
}
