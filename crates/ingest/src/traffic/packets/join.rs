//! The conversations of a capture, each with what is read of it.

use std::collections::BTreeMap;

use affiant_model::Capture;
use affiant_packets::{
    Block, CaptureHeader, ConversationId, Event, Network, Side, Transport, Trouble,
};
use affiant_tls::KeyLog;
use affiant_tls::quic::Initials;

use super::capture::{Found, describe};
use super::channel::{Carrier, Channel};
use super::contact::{self, Counts};
use super::context::{Context, Ends, Now};
use super::handshake::Handshake;
use super::lookup::Lookups;
use super::trail::{Source, hull};
use crate::Limits;
use crate::traffic::entries::Entries;

/// The port of DNS (RFC 1035 §4.2).
const DNS: u16 = 53;

/// Ports on which requests in the clear are likely.
const HTTP: [u16; 4] = [80, 8000, 8080, 3128];

/// Datagrams of a client in which the hello of QUIC is looked for.
const INITIALS: u32 = 32;

/// Joins what the packets bring.
pub(super) struct Joiner<'a, 's> {
    context: Context<'a, 's>,
    conversations: BTreeMap<ConversationId, Conversation>,
    found: Found,
}

struct Conversation {
    ends: Ends,
    transport: Transport,
    what: What,
}

/// What is read of a conversation.
enum What {
    Stream(Box<Channel>),
    Lookups(Lookups),
    /// Datagrams: perhaps of QUIC.
    Datagrams {
        initials: Option<Box<Initials>>,
        tried: u32,
        handshake: Option<Box<Handshake>>,
        version: Option<u32>,
    },
}

impl<'a, 's> Joiner<'a, 's> {
    pub(super) fn new(entries: Entries<'a, 's>, limits: &'a Limits, keys: KeyLog) -> Self {
        Self {
            context: Context::new(entries, limits, keys),
            conversations: BTreeMap::new(),
            found: Found::default(),
        }
    }

    /// Whether nobody wants more.
    pub(super) fn is_over(&self) -> bool {
        self.context.is_over()
    }

    /// The byte of the file behind the last packet.
    pub(super) const fn read_to(&self) -> u64 {
        self.context.now.span.end()
    }

    /// Takes the next block of the file.
    pub(super) fn block(&mut self, block: Block, network: &mut Network) {
        match block {
            Block::Packet(packet) => {
                self.found.packets += 1;
                self.context.now = Now {
                    packet: packet.number,
                    time: packet.time,
                    span: packet.span,
                };
                network.push(&packet, &mut |event| self.event(event));
            }
            Block::Secrets { text, span } => {
                // Those of a file that was gone through before are known.
                self.found.secrets += 1;
                let unread = if text.len() <= self.context.limits.aid_bytes {
                    self.context.keys.add(&text)
                } else {
                    1
                };
                if unread > 0 {
                    let message =
                        format!("{unread} lines of the block of TLS secrets are no secret");
                    self.context
                        .note(Some(span), message, "the lines give no key");
                }
            }
            Block::Names(names) => self.found.name(names, self.context.limits),
            Block::Trouble(trouble) => self.trouble(&trouble),
        }
    }

    fn trouble(&mut self, trouble: &Trouble) {
        self.context
            .note(trouble.span, trouble.message.as_str(), &trouble.consequence);
    }

    /// Takes what the packets brought.
    pub(super) fn event(&mut self, event: Event<'_>) {
        if self.is_over() {
            return;
        }
        match event {
            Event::Opened {
                id,
                transport,
                client,
                server,
                time,
                span,
                app,
                complete,
            } => {
                let first = Now {
                    packet: self.context.now.packet,
                    time,
                    span,
                };
                let ends = Ends {
                    client,
                    server,
                    app: app.cloned(),
                    first,
                };
                self.conversations
                    .insert(id, Conversation::new(transport, ends, complete));
            }
            Event::Bytes {
                id,
                side,
                time,
                packet,
                bytes,
                places,
                ..
            } => {
                let Some(conversation) = self.conversations.get_mut(&id) else {
                    return;
                };
                if let What::Stream(channel) = &mut conversation.what {
                    let sources = match side {
                        Side::Client => sources(channel, time, packet, places),
                        Side::Server => Vec::new(),
                    };
                    channel.push(side, bytes, &sources, &conversation.ends, &mut self.context);
                }
            }
            Event::Lost {
                id, side, length, ..
            } => {
                if let Some(conversation) = self.conversations.get_mut(&id)
                    && let What::Stream(channel) = &mut conversation.what
                {
                    channel.lost(side, length, &conversation.ends, &mut self.context);
                }
            }
            Event::Datagram {
                id,
                side,
                time,
                bytes,
                places,
                ..
            } => {
                if let Some(conversation) = self.conversations.get_mut(&id) {
                    let span = hull(places.iter().copied()).unwrap_or(self.context.now.span);
                    conversation.datagram(side, time, bytes, span, &mut self.context);
                }
            }
            Event::Closed {
                id,
                client_bytes,
                server_bytes,
                last,
                acknowledged,
                ..
            } => {
                if let Some(conversation) = self.conversations.remove(&id) {
                    let counts = Counts {
                        transport: conversation.transport,
                        sent: client_bytes,
                        received: server_bytes,
                        last,
                        acknowledged,
                    };
                    self.found.conversations += 1;
                    self.found.silent += u64::from(client_bytes + server_bytes == 0);
                    conversation.close(&counts, &mut self.context);
                }
            }
            Event::Trouble(trouble) => self.trouble(&trouble),
        }
    }

    /// Says what the capture says of itself.
    pub(super) fn finish(self, format: &str, header: &CaptureHeader) -> Capture {
        let Self {
            context, mut found, ..
        } = self;
        found.announced = context.announced;
        found.received = context.received;
        let limits = context.limits;
        let entries = context.finish();
        describe(format, header, &found, entries, limits)
    }
}

/// The places of bytes of a client.
fn sources(
    channel: &Channel,
    time: Option<i128>,
    packet: u64,
    places: &[affiant_model::Span],
) -> Vec<Source> {
    let mut base = channel.trail.end();
    places
        .iter()
        .map(|span| {
            let source = Source {
                length: span.length,
                base,
                span: *span,
                packet,
                last: packet,
                time,
            };
            base = base.saturating_add(span.length);
            source
        })
        .collect()
}

impl Conversation {
    fn new(transport: Transport, ends: Ends, complete: bool) -> Self {
        let dns = ends.server.port() == DNS;
        let what = match transport {
            Transport::Tcp if dns => What::Stream(Box::new(Channel::dns())),
            Transport::Tcp if complete => What::Stream(Box::new(Channel::new(Carrier::default()))),
            Transport::Tcp => {
                let likely = HTTP.contains(&ends.server.port());
                What::Stream(Box::new(Channel::midway(likely)))
            }
            Transport::Udp if dns => What::Lookups(Lookups::default()),
            Transport::Udp => What::Datagrams {
                initials: None,
                tried: 0,
                handshake: None,
                version: None,
            },
        };
        Self {
            ends,
            transport,
            what,
        }
    }

    fn datagram(
        &mut self,
        side: Side,
        time: Option<i128>,
        bytes: &[u8],
        span: affiant_model::Span,
        context: &mut Context<'_, '_>,
    ) {
        match &mut self.what {
            What::Lookups(lookups) => lookups.message(side, bytes, span, &self.ends, context),
            What::Datagrams {
                initials,
                tried,
                handshake,
                version,
            } => {
                // The first byte of a packet with a long header (RFC 9000 §17.2).
                let long = bytes.first().is_some_and(|first| first & 0xc0 == 0xc0);
                let asks = side == Side::Client && long && handshake.is_none();
                if !asks || *tried >= INITIALS {
                    return;
                }
                *tried += 1;
                let initials = initials.get_or_insert_with(|| {
                    Box::new(Initials::new(&affiant_tls::Limits::default()))
                });
                if let Some(hello) = initials.push(bytes) {
                    *version = initials.version();
                    let mut found = Handshake::default();
                    found.client_hello(&hello, span, time);
                    *handshake = Some(Box::new(found));
                }
            }
            What::Stream(_) => {}
        }
    }

    /// Gives out what is still open, and the conversation itself where nothing
    /// else was given out of it.
    fn close(self, counts: &Counts, context: &mut Context<'_, '_>) {
        let ends = &self.ends;
        let (given, what) = match self.what {
            What::Stream(mut channel) => (channel.finish(ends, context), channel.what()),
            What::Lookups(mut lookups) => {
                lookups.finish(ends, context);
                (lookups.any, None)
            }
            What::Datagrams {
                handshake, version, ..
            } => {
                if let Some(handshake) = &handshake {
                    handshake.give(Some(quic(version)), None, ends, context);
                }
                (handshake.is_some(), None)
            }
        };
        if !given && counts.sent + counts.received > 0 {
            contact::give(counts, what, ends, context);
        }
    }
}

/// QUIC with its version (RFC 9000 §15, RFC 9369 §3.1).
const fn quic(version: Option<u32>) -> &'static str {
    match version {
        Some(1) => "QUIC 1",
        Some(0x6b33_43cf) => "QUIC 2",
        Some(0xff00_0000..=0xff00_00ff) => "QUIC draft",
        _ => "QUIC",
    }
}
