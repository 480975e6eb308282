//! The requests of a channel that carries HTTP, each held until its answer.

use std::collections::{BTreeMap, BTreeSet};

use affiant_http::{Event, Http1, Http2, Request, Response, Tunnel};
use affiant_model::Span;
use affiant_packets::Side;

use super::channel::{Carrier, Channel, place};
use super::context::{Context, Ends};
use super::trail::{Source, Trail};
use super::{message, request};

/// Places kept for a channel of HTTP/2, where they serve for time and packet alone.
const PLACES: usize = 4096;

/// Bytes that a place takes in memory, roughly.
const PLACE_BYTES: usize = 80;

/// How much is remembered of requests that are still open: more than the parser
/// keeps open.
const OPEN: usize = 4096;

enum Parser {
    One(Http1),
    Two(Http2),
}

/// The requests of a channel.
pub(super) struct Http {
    parser: Parser,
    /// Requests without their answer, by number.
    waiting: BTreeMap<u64, (Request, Vec<Source>)>,
    /// Answers that came before their request was at its end.
    answers: BTreeMap<u64, Response>,
    /// Requests that the server announced, whose answers are no answers to a client.
    announced: BTreeSet<u64>,
    /// Addresses of the requests that opened a WebSocket or a tunnel.
    opened: BTreeMap<u64, request::Address>,
    tunnel: Option<Box<Channel>>,
    /// Bytes of the requests that wait.
    waiting_bytes: u64,
    /// Bytes held, which the context counts too.
    held: u64,
    /// What was read of the client's stream.
    read: u64,
    given: bool,
}

impl Http {
    pub(super) fn one(context: &Context<'_, '_>) -> Self {
        Self::new(Parser::One(Http1::new(limits(context))))
    }

    /// Of a conversation whose beginning was not captured.
    pub(super) fn midway(context: &Context<'_, '_>) -> Self {
        Self::new(Parser::One(Http1::midway(limits(context))))
    }

    pub(super) fn two(context: &Context<'_, '_>) -> Self {
        Self::new(Parser::Two(Http2::new(limits(context))))
    }

    const fn new(parser: Parser) -> Self {
        Self {
            parser,
            waiting: BTreeMap::new(),
            answers: BTreeMap::new(),
            announced: BTreeSet::new(),
            opened: BTreeMap::new(),
            tunnel: None,
            waiting_bytes: 0,
            held: 0,
            read: 0,
            given: false,
        }
    }

    /// How many places are kept of the client's stream.
    pub(super) const fn places(&self) -> usize {
        match self.parser {
            Parser::One(_) => usize::MAX,
            Parser::Two(_) => PLACES,
        }
    }

    /// The offset of the client's stream before which no place is asked for.
    pub(super) const fn read_to(&self) -> u64 {
        self.read
    }

    /// Whether all requests that are held are too much, and these a part of it.
    pub(super) fn is_too_much(&self, context: &Context<'_, '_>) -> bool {
        context.held > context.limits.held_bytes && self.held > 0
    }

    pub(super) fn push(
        &mut self,
        side: Side,
        bytes: &[u8],
        trail: &Trail,
        carrier: &Carrier,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) -> bool {
        let mut events = Vec::new();
        let mut sink = |event| events.push(event);
        match &mut self.parser {
            Parser::One(parser) => parser.push(of(side), bytes, &mut sink),
            Parser::Two(parser) => parser.push(of(side), bytes, &mut sink),
        }
        self.take(events, trail, carrier, ends, context);
        self.count(trail, context);
        self.given
    }

    pub(super) fn lost(
        &mut self,
        side: Side,
        length: u64,
        trail: &Trail,
        carrier: &Carrier,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) -> bool {
        let mut events = Vec::new();
        let mut sink = |event| events.push(event);
        match &mut self.parser {
            Parser::One(parser) => parser.lost(of(side), length, &mut sink),
            Parser::Two(parser) => parser.lost(of(side), length, &mut sink),
        }
        self.take(events, trail, carrier, ends, context);
        self.given
    }

    /// Gives out what is still held.
    pub(super) fn finish(
        &mut self,
        trail: &Trail,
        carrier: &Carrier,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) -> bool {
        let mut events = Vec::new();
        let mut sink = |event| events.push(event);
        match &mut self.parser {
            Parser::One(parser) => parser.finish(&mut sink),
            Parser::Two(parser) => parser.finish(&mut sink),
        }
        self.take(events, trail, carrier, ends, context);
        if let Some(tunnel) = &mut self.tunnel {
            self.given |= tunnel.finish(ends, context);
        }
        while let Some((_, (request, places))) = self.waiting.pop_first() {
            self.give(&request, &places, None, carrier, ends, context);
        }
        context.held = context.held.saturating_sub(self.held);
        self.held = 0;
        self.given
    }

    fn take(
        &mut self,
        events: Vec<Event>,
        trail: &Trail,
        carrier: &Carrier,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        for event in events {
            match event {
                Event::Request(request) => self.request(request, trail, carrier, ends, context),
                Event::Response(response) => self.response(response, carrier, ends, context),
                Event::Message(sent) => {
                    self.read = self.read.max(self.behind(&sent));
                    if sent.side == affiant_http::Side::Server {
                        context.received += 1;
                        continue;
                    }
                    let address = self.opened.get(&sent.number);
                    message::give(sent, address, trail, carrier, ends, context);
                    self.given = true;
                }
                Event::Tunnel(tunnel) => self.open(&tunnel, carrier, ends, context),
                Event::TunnelBytes {
                    side,
                    offset,
                    bytes,
                } => self.through(side, offset, &bytes, trail, ends, context),
                Event::TunnelLost { side, length, .. } => {
                    if let Some(tunnel) = &mut self.tunnel {
                        tunnel.lost(from(side), length, ends, context);
                    }
                }
                Event::Trouble(trouble) => {
                    let at = trouble.offset..trouble.offset.saturating_add(1);
                    let span = match trouble.side {
                        affiant_http::Side::Client => place(trail, &at),
                        affiant_http::Side::Server => None,
                    };
                    let span = span.unwrap_or(ends.first.span);
                    let means = "what was left out is not searched";
                    context.note(Some(span), trouble.message, means);
                }
            }
        }
    }

    fn request(
        &mut self,
        request: Request,
        trail: &Trail,
        carrier: &Carrier,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        if request.pushed {
            context.announced += 1;
            self.announced.insert(request.number);
            if self.announced.len() > OPEN {
                self.announced.pop_first();
            }
            return;
        }
        let exact = carrier.tls.is_none() && request.stream.is_none();
        let places: Vec<Source> = match request.stream {
            None => request
                .pieces
                .iter()
                .flat_map(|piece| trail.find(piece, exact))
                .collect(),
            // The places of all pieces would be many and serve for little.
            Some(_) => {
                let first = request.pieces.first().map(|piece| trail.find(piece, false));
                let last = request.pieces.last().map(|piece| trail.find(piece, false));
                first.into_iter().chain(last).flatten().collect()
            }
        };
        if request.stream.is_none() {
            self.read = self.read.max(request.at.end);
        }
        match self.answers.remove(&request.number) {
            Some(answer) => self.give(&request, &places, Some(&answer), carrier, ends, context),
            None => {
                self.waiting_bytes += request.raw.len() as u64;
                self.waiting.insert(request.number, (request, places));
            }
        }
    }

    fn response(
        &mut self,
        response: Response,
        carrier: &Carrier,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        match self.waiting.remove(&response.number) {
            Some((request, places)) => {
                self.waiting_bytes -= request.raw.len() as u64;
                self.give(&request, &places, Some(&response), carrier, ends, context);
            }
            None if self.announced.remove(&response.number) => {}
            None => {
                self.answers.insert(response.number, response);
                if self.answers.len() > OPEN {
                    self.answers.pop_first();
                }
            }
        }
    }

    fn give(
        &mut self,
        request: &Request,
        places: &[Source],
        response: Option<&Response>,
        carrier: &Carrier,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        let address = request::Address::of(request, carrier, ends);
        if response.is_some_and(|response| response.status == 101) || request.method == "CONNECT" {
            self.opened.insert(request.number, address.clone());
            if self.opened.len() > OPEN {
                self.opened.pop_first();
            }
        }
        let way = request::Way {
            carrier,
            clear: matches!(self.parser, Parser::Two(_)) && carrier.is_bare(),
            places,
        };
        request::give(request, response, address, &way, ends, context);
        self.given = true;
    }

    fn open(
        &mut self,
        tunnel: &Tunnel,
        carrier: &Carrier,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        let Some(mut inside) = carrier.within() else {
            let message = "the conversation is a tunnel in too many others";
            context.note(
                Some(ends.first.span),
                message,
                "what it carries is not read",
            );
            return;
        };
        let host = tunnel.host.as_deref().unwrap_or_default();
        inside.through = Some(if tunnel.protocol.eq_ignore_ascii_case("CONNECT") {
            let host = crate::traffic::draft::cut(host);
            format!("through the proxy {} to {host}", ends.server)
        } else {
            let protocol = crate::traffic::draft::cut(&tunnel.protocol);
            format!("upgraded to {protocol}")
        });
        self.tunnel = Some(Box::new(Channel::new(inside)));
    }

    fn through(
        &mut self,
        side: affiant_http::Side,
        offset: u64,
        bytes: &[u8],
        trail: &Trail,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        let Some(tunnel) = &mut self.tunnel else {
            return;
        };
        let behind = offset.saturating_add(bytes.len() as u64);
        let sources = match side {
            affiant_http::Side::Client => {
                self.read = self.read.max(behind);
                trail.find(&(offset..behind), tunnel.carrier.tls.is_none())
            }
            affiant_http::Side::Server => Vec::new(),
        };
        tunnel.push(from(side), bytes, &sources, ends, context);
    }

    fn behind(&self, message: &affiant_http::Message) -> u64 {
        match (message.side, &self.parser) {
            (affiant_http::Side::Client, Parser::One(_)) => message.at.end,
            _ => 0,
        }
    }

    /// Counts what is held.
    fn count(&mut self, trail: &Trail, context: &mut Context<'_, '_>) {
        let parser = match &self.parser {
            Parser::One(parser) => parser.held_bytes(),
            Parser::Two(parser) => parser.held_bytes(),
        };
        let held = (parser + PLACE_BYTES * trail.len()) as u64 + self.waiting_bytes;
        context.held = context.held.saturating_sub(self.held) + held;
        self.held = held;
    }
}

fn limits(context: &Context<'_, '_>) -> affiant_http::Limits {
    let entry = context.limits.entry_bytes;
    affiant_http::Limits {
        body: entry,
        held: entry,
        ..affiant_http::Limits::default()
    }
}

const fn of(side: Side) -> affiant_http::Side {
    match side {
        Side::Client => affiant_http::Side::Client,
        Side::Server => affiant_http::Side::Server,
    }
}

const fn from(side: affiant_http::Side) -> Side {
    match side {
        affiant_http::Side::Client => Side::Client,
        affiant_http::Side::Server => Side::Server,
    }
}

/// The whole of several places.
pub(super) fn whole(places: &[Source], ends: &Ends) -> Span {
    super::trail::hull(places.iter().map(|place| place.span)).unwrap_or(ends.first.span)
}
