//! Packets to conversations.

mod lifetimes;

use std::collections::VecDeque;

use crate::{
    ConversationId, Ending, Event, Limits, Packet, Side, Transport,
    bytes::be16,
    conversations::{End, Key, Table},
    data::Data,
    fragments::Fragments,
    ip::{self, Carried},
    link::{self, Layer},
    tally::{Tally, Unread},
    tcp::{Context, Header, Tcp},
    trailer, tunnel,
};

/// Packets to conversations.
///
/// The client of a TCP conversation is who sent the SYN. Where none was captured, and for
/// UDP, it is who talks to a well-known port (below 1024) from another; else who spoke first.
#[derive(Debug)]
pub struct Network {
    limits: Limits,
    table: Table<Conversation>,
    fragments: Fragments,
    tally: Tally,
    opened: u64,
    held_bytes: usize,
    history_bytes: usize,
    /// The times of the last two packets: one that is far off must not close everything.
    times: [Option<i128>; 2],
    /// TCP conversations that are over, and when they will be closed.
    lingering: VecDeque<(Option<i128>, usize, ConversationId)>,
}

/// What a [`Network`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Held {
    /// Conversations, those included that are closed and kept to know strays by.
    pub conversations: usize,
    /// Bytes out of order, with what it costs to hold them.
    pub out_of_order: usize,
    /// Bytes to compare others with.
    pub compared: usize,
    /// Bytes of fragments, with what it costs to hold them.
    pub fragments: usize,
}

#[derive(Debug)]
struct Conversation {
    id: ConversationId,
    client: End,
    packets: u64,
    last: Option<i128>,
    protocol: Protocol,
}

#[derive(Debug)]
enum Protocol {
    Tcp(Box<Tcp>),
    /// Bytes of the client and of the server.
    Udp(u64, u64),
}

type Sink<'a> = dyn FnMut(Event<'_>) + 'a;

impl Network {
    /// A network of which nothing was seen.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            table: Table::new(),
            fragments: Fragments::new(limits),
            tally: Tally::new(limits.troubles),
            opened: 0,
            held_bytes: 0,
            history_bytes: 0,
            times: [None; 2],
            lingering: VecDeque::new(),
        }
    }

    /// Takes the next packet of the capture and tells `sink` what it brought.
    pub fn push(&mut self, packet: &Packet, sink: &mut dyn FnMut(Event<'_>)) {
        if packet.time.is_some() {
            self.times = [packet.time, self.times[0]];
            self.expire(sink);
        }
        let mut bytes = packet.bytes.as_slice();
        if packet.app.is_some()
            && let Some((before, _)) = trailer::split(packet.link, bytes, packet.span.offset)
        {
            bytes = before;
        }
        let missing = u64::from(packet.original_length).saturating_sub(packet.span.length);
        let data = Data::run(bytes, packet.span.offset, missing);
        self.layer(packet, Layer::Link(packet.link), data, 0, sink);
    }

    /// What is held at the moment, which [`Limits`] bounds.
    #[must_use]
    pub fn held(&self) -> Held {
        Held {
            conversations: self.table.len(),
            out_of_order: self.held_bytes,
            compared: self.history_bytes,
            fragments: self.fragments.held(),
        }
    }

    /// Tells `sink` what is left at the end of the capture.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Event<'_>)) {
        for transport in [Transport::Tcp, Transport::Udp] {
            while let Some(slot) = self.table.oldest(transport) {
                self.remove(slot, Ending::EndOfCapture, sink);
            }
        }
        self.lingering.clear();
        self.fragments.finish(&mut self.tally, sink);
        self.tally.finish(sink);
    }

    /// Takes headers off down to IP.
    fn layer(
        &mut self,
        packet: &Packet,
        mut layer: Layer,
        mut data: Data<'_>,
        mut depth: usize,
        sink: &mut Sink<'_>,
    ) {
        while layer != Layer::Ip {
            if depth > self.limits.nesting {
                return self.tally.count(Unread::Nested, packet.span, sink);
            }
            match link::peel(layer, &data) {
                Ok(inside) => (layer, data) = inside,
                Err(unread) => return self.tally.count(unread, packet.span, sink),
            }
            depth += 1;
        }
        match ip::packet(&data) {
            Ok(carried) => self.carried(packet, carried, depth, sink),
            Err(unread) => self.tally.count(unread, packet.span, sink),
        }
    }

    /// Takes what IP carries, through extension headers, fragments and tunnels.
    fn carried(
        &mut self,
        packet: &Packet,
        mut carried: Carried<'_>,
        mut depth: usize,
        sink: &mut Sink<'_>,
    ) {
        loop {
            if depth > self.limits.nesting {
                return self.tally.count(Unread::Nested, packet.span, sink);
            }
            depth += 1;
            if let Some(fragment) = carried.fragment {
                let whole =
                    self.fragments
                        .push(&carried, fragment, packet.time, &mut self.tally, sink);
                if let Some(whole) = whole {
                    let data = Data::runs(&whole.bytes, &whole.places);
                    let protocol = whole.protocol;
                    let whole = Carried {
                        protocol,
                        data,
                        fragment: None,
                        ..carried
                    };
                    self.carried(packet, whole, depth, sink);
                }
                return;
            }
            match ip::extension(&carried) {
                Some(Ok(inside)) => carried = inside,
                Some(Err(unread)) => return self.tally.count(unread, packet.span, sink),
                None => break,
            }
        }
        match carried.protocol {
            ip::TCP => self.tcp(packet, &carried, sink),
            ip::UDP => self.udp(packet, &carried, depth, sink),
            ip::IPV4 | ip::IPV6 => {
                self.layer(packet, Layer::EtherType(0x0800), carried.data, depth, sink)
            }
            ip::GRE => match tunnel::gre(&carried.data) {
                Ok((layer, data)) => self.layer(packet, layer, data, depth, sink),
                Err(unread) => self.tally.count(unread, packet.span, sink),
            },
            other => self.tally.count(Unread::Protocol(other), packet.span, sink),
        }
    }

    fn tcp(&mut self, packet: &Packet, carried: &Carried<'_>, sink: &mut Sink<'_>) {
        let Some((header, data)) = Header::read(&carried.data) else {
            return self
                .tally
                .count(Unread::Malformed("TCP"), packet.span, sink);
        };
        let source = (carried.source, header.source);
        let destination = (carried.destination, header.destination);
        let key = Key::new(Transport::Tcp, source, destination);
        let mut found = self.table.find(&key);
        if let Some(slot) = found
            && self
                .table
                .get(slot)
                .is_some_and(|conversation| conversation.is_superseded(source, &header, &data))
        {
            self.remove(slot, Ending::Idle, sink);
            found = None;
        }
        let slot = found.unwrap_or_else(|| {
            let from_server = match (header.syn, header.acknowledges()) {
                (true, acknowledges) => acknowledges,
                _ => is_from_server(source, destination),
            };
            let ends = if from_server {
                (destination, source)
            } else {
                (source, destination)
            };
            self.open(packet, key, ends, header.syn, sink)
        });
        self.segment(packet, slot, source, &header, &data, sink);
    }

    fn segment(
        &mut self,
        packet: &Packet,
        slot: usize,
        source: End,
        header: &Header,
        data: &Data<'_>,
        sink: &mut Sink<'_>,
    ) {
        self.table.touch(slot);
        let Some(conversation) = self.table.get_mut(slot) else {
            return;
        };
        let side = conversation.side(source);
        let Protocol::Tcp(tcp) = &mut conversation.protocol else {
            return;
        };
        if tcp.closed {
            return;
        }
        conversation.packets += 1;
        conversation.last = packet.time.or(conversation.last);
        let mut context = Context {
            limits: &self.limits,
            time: packet.time,
            packet: packet.number,
            packets: conversation.packets,
            held_bytes: &mut self.held_bytes,
            history_bytes: &mut self.history_bytes,
            tally: &mut self.tally,
            sink,
        };
        if tcp.push(side, header, data, &mut context) {
            let until = packet.time.map(|time| time + self.limits.linger);
            self.lingering.push_back((until, slot, conversation.id));
            self.expire_lingering(None, sink);
        }
        if self.held_bytes > self.limits.held_bytes {
            self.relieve(sink);
        }
    }

    fn udp(&mut self, packet: &Packet, carried: &Carried<'_>, depth: usize, sink: &mut Sink<'_>) {
        let Some((ports, data)) = datagram(&carried.data) else {
            return self
                .tally
                .count(Unread::Malformed("UDP"), packet.span, sink);
        };
        if let Some((layer, inside)) = tunnel::over_udp(ports.1, &data) {
            return self.layer(packet, layer, inside, depth, sink);
        }
        let (source, destination) = ((carried.source, ports.0), (carried.destination, ports.1));
        let key = Key::new(Transport::Udp, source, destination);
        let slot = self.table.find(&key).unwrap_or_else(|| {
            let from_server = is_from_server(source, destination);
            let ends = if from_server {
                (destination, source)
            } else {
                (source, destination)
            };
            self.open(packet, key, ends, true, sink)
        });
        self.table.touch(slot);
        if data.missing > 0 {
            self.tally.count(Unread::CutDatagram, data.span(), sink);
        }
        let Some(conversation) = self.table.get_mut(slot) else {
            return;
        };
        conversation.packets += 1;
        conversation.last = packet.time.or(conversation.last);
        let (id, side, bytes) = (conversation.id, conversation.side(source), data.bytes);
        if let Protocol::Udp(client, server) = &mut conversation.protocol {
            let sent = if side == Side::Client { client } else { server };
            *sent += bytes.len() as u64;
        }
        let (time, number) = (packet.time, packet.number);
        data.with_places(|places| {
            sink(Event::Datagram {
                id,
                side,
                time,
                packet: number,
                bytes,
                places,
            });
        });
    }
}

impl Conversation {
    fn side(&self, source: End) -> Side {
        if source == self.client {
            Side::Client
        } else {
            Side::Server
        }
    }

    fn is_superseded(&self, source: End, header: &Header, data: &Data<'_>) -> bool {
        match &self.protocol {
            Protocol::Tcp(tcp) => tcp.is_superseded(self.side(source), header, data),
            Protocol::Udp(..) => false,
        }
    }
}

/// Whether a packet comes from a well-known port and goes to another.
const fn is_from_server(source: End, destination: End) -> bool {
    source.1 < 1024 && destination.1 >= 1024
}

/// Ports and payload of a UDP datagram (RFC 768). A length of 0 is that of a jumbogram
/// (RFC 2675 §4); one that is larger than the IP packet is not believed.
fn datagram<'a>(data: &Data<'a>) -> Option<((u16, u16), Data<'a>)> {
    let ports = (be16(data.bytes, 0)?, be16(data.bytes, 2)?);
    let length = u64::from(be16(data.bytes, 4)?);
    let inside = data.behind(8)?;
    match length {
        0 => Some((ports, inside)),
        1..8 => None,
        _ => Some((ports, inside.first((length - 8).min(inside.length())))),
    }
}
