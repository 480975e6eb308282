//! A session of TLS: its handshake, and the channel that it carries.

use affiant_packets::Side;
use affiant_tls::Event;

use super::channel::{Carrier, Channel, place};
use super::context::{Context, Ends};
use super::handshake::Handshake;
use super::trail::{Source, Trail, hull};

/// A session while it is read.
pub(super) struct Session {
    session: affiant_tls::Session,
    handshake: Handshake,
    inner: Channel,
    /// Where the client's part begins in its stream.
    start: u64,
    /// What was read of the client's stream.
    read: u64,
}

impl Session {
    /// A session that begins at an offset of the client's stream.
    pub(super) fn new(carrier: Carrier, start: u64) -> Self {
        Self {
            session: affiant_tls::Session::new(&affiant_tls::Limits::default()),
            handshake: Handshake::default(),
            inner: Channel::new(carrier),
            start,
            read: start,
        }
    }

    /// The offset of the client's stream before which no place is asked for.
    pub(super) const fn read_to(&self) -> u64 {
        self.read
    }

    pub(super) fn push(
        &mut self,
        side: Side,
        bytes: &[u8],
        trail: &Trail,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        let mut events = Vec::new();
        let mut sink = |event| events.push(event);
        self.session.push(of(side), bytes, &context.keys, &mut sink);
        self.take(events, trail, ends, context);
    }

    pub(super) fn lost(
        &mut self,
        side: Side,
        length: u64,
        trail: &Trail,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        let mut events = Vec::new();
        let mut sink = |event| events.push(event);
        self.session
            .lost(of(side), length, &context.keys, &mut sink);
        self.take(events, trail, ends, context);
    }

    /// Gives out what is still held, and the handshake behind it.
    pub(super) fn finish(
        &mut self,
        trail: &Trail,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) -> bool {
        let mut events = Vec::new();
        let mut sink = |event| events.push(event);
        self.session.finish(&context.keys, &mut sink);
        self.take(events, trail, ends, context);
        let given = self.inner.finish(ends, context);
        let through = self.inner.carrier.through.as_deref();
        self.handshake.give(None, through, ends, context);
        given || self.handshake.hello.is_some()
    }

    fn take(
        &mut self,
        events: Vec<Event>,
        trail: &Trail,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        for event in events {
            match event {
                Event::ClientHello(hello) => {
                    let pieces = trail.find(&self.absolute(&hello.place), true);
                    let place = hull(pieces.iter().map(|piece| piece.span));
                    let time = pieces.first().map_or(context.now.time, |piece| piece.time);
                    let place = place.unwrap_or(ends.first.span);
                    self.handshake.client_hello(&hello, place, time);
                    self.read = self.read.max(self.absolute(&hello.place).end);
                }
                Event::ServerHello(hello) => self.handshake.server_hello(&hello),
                Event::Alpn(protocol) => self.handshake.tls.alpn = Some(protocol),
                Event::Certificate(certificate) => self.handshake.certificate(&certificate),
                Event::Data(data) => self.data(&data, trail, ends, context),
                Event::Sealed(sealed) => {
                    self.handshake.sealed(&sealed);
                    if sealed.side == affiant_tls::Side::Client {
                        self.read = self.read.max(self.absolute(&sealed.place).end);
                    }
                }
                Event::Alert(_) => {}
                Event::Trouble(trouble) => {
                    let at = self.start.saturating_add(trouble.offset);
                    let span = match trouble.side {
                        affiant_tls::Side::Client => place(trail, &(at..at.saturating_add(1))),
                        affiant_tls::Side::Server => None,
                    };
                    let span = span.unwrap_or(ends.first.span);
                    context.note(Some(span), trouble.message, &trouble.consequence);
                }
            }
        }
    }

    fn data(
        &mut self,
        data: &affiant_tls::Data,
        trail: &Trail,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        let length = data.bytes.len() as u64;
        self.handshake.data(data.side, length);
        self.inner.carrier.tls = Some(self.handshake.tls.clone());
        if data.side == affiant_tls::Side::Server {
            return self
                .inner
                .push(Side::Server, &data.bytes, &[], ends, context);
        }
        let record = self.absolute(&data.record);
        let pieces = trail.find(&record, true);
        let now = context.now;
        let source = Source {
            length,
            base: self.inner.trail.end(),
            span: hull(pieces.iter().map(|piece| piece.span)).unwrap_or(now.span),
            packet: pieces.first().map_or(now.packet, |piece| piece.packet),
            last: pieces.last().map_or(now.packet, |piece| piece.last),
            time: pieces.first().map_or(now.time, |piece| piece.time),
        };
        self.read = self.read.max(record.end);
        self.inner
            .push(Side::Client, &data.bytes, &[source], ends, context);
    }

    const fn absolute(&self, range: &std::ops::Range<u64>) -> std::ops::Range<u64> {
        self.start.saturating_add(range.start)..self.start.saturating_add(range.end)
    }
}

const fn of(side: Side) -> affiant_tls::Side {
    match side {
        Side::Client => affiant_tls::Side::Client,
        Side::Server => affiant_tls::Side::Server,
    }
}
