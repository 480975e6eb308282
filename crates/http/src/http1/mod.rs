//! HTTP/1.0 and HTTP/1.1 (RFC 9112), up to where a conversation becomes
//! something else.

mod client;
mod framing;
mod head;
mod pairing;
mod server;
mod side;

use std::collections::VecDeque;

use client::Client;
use pairing::{Pairing, Switch};
use server::Server;
use side::Context;

use crate::http2::Http2;
use crate::output::{Output, Troubles};
use crate::websocket::WebSocket;
use crate::{Event, Limits, Response, Side, Tunnel};

pub(crate) use head::begins;

/// Reads a conversation of HTTP/1.
///
/// Requests and responses pair in their order. Where bytes are missing, the
/// order is in doubt: a response is then taken as the answer to a request only
/// if that is the one that waits for one.
#[derive(Debug)]
pub struct Http1 {
    limits: Limits,
    client: Client,
    server: Server,
    pairs: Pairing,
    mode: Mode,
    /// What the client sent behind a request to upgrade, from the first hole on.
    waiting: VecDeque<Piece>,
    waiting_bytes: usize,
    troubles: Troubles,
}

/// What the conversation is by now.
#[derive(Debug)]
enum Mode {
    Http1,
    WebSocket(Box<WebSocket>),
    Http2(Box<Http2>),
    Tunnel,
}

/// Bytes or a hole.
#[derive(Debug)]
enum Piece {
    Bytes(Vec<u8>),
    Lost(u64),
}

impl Http1 {
    /// A conversation whose first bytes are the first that were sent.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self::starting(limits, false)
    }

    /// A conversation that was under way when the capture began: both sides are
    /// read from the first request line and the first status line on.
    #[must_use]
    pub fn midway(limits: Limits) -> Self {
        Self::starting(limits, true)
    }

    fn starting(limits: Limits, midway: bool) -> Self {
        Self {
            client: Client::new(midway),
            server: Server::new(midway),
            pairs: Pairing::new(!midway),
            mode: Mode::Http1,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            troubles: Troubles::new(&limits),
            limits,
        }
    }

    /// Bytes of a side, which follow those pushed before.
    pub fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn FnMut(Event)) {
        if side == Side::Client && !self.waiting.is_empty() {
            match self.waiting.back_mut() {
                Some(Piece::Bytes(held)) => held.extend_from_slice(bytes),
                _ => self.waiting.push_back(Piece::Bytes(bytes.to_vec())),
            }
            self.waiting_bytes = self.waiting_bytes.saturating_add(bytes.len());
        } else if matches!(self.mode, Mode::Http1) {
            match side {
                Side::Client => self.client.input.push(bytes),
                Side::Server => self.server.input.push(bytes),
            }
        } else {
            self.forward(side, bytes, sink);
            return;
        }
        self.run(side, sink);
        self.bound(sink);
    }

    /// So many bytes of a side follow that were not captured.
    pub fn lost(&mut self, side: Side, length: u64, sink: &mut dyn FnMut(Event)) {
        if length == 0 {
            return;
        }
        if !matches!(self.mode, Mode::Http1) {
            self.forward_hole(side, length, sink);
            return;
        }
        match side {
            Side::Client if self.client.is_waiting() => {
                self.waiting.push_back(Piece::Lost(length));
                // Many holes are memory too.
                self.waiting_bytes = self.waiting_bytes.saturating_add(size_of::<Piece>());
            }
            Side::Client => {
                let (client, mut context, mut output) = self.client_parts(sink);
                client.hole(length, &mut context, &mut output);
            }
            Side::Server => {
                let (server, mut context, mut output) = self.server_parts(sink);
                server.hole(length, &mut context, &mut output);
            }
        }
        self.run(side, sink);
        self.bound(sink);
    }

    /// No more bytes come: hands out what is left.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Event)) {
        self.server.closing = true;
        self.run(Side::Server, sink);
        self.refuse_to_wait(sink);
        match &mut self.mode {
            Mode::Http2(inner) => inner.finish(sink),
            Mode::WebSocket(inner) => {
                let mut output = Output::new(sink, &mut self.troubles);
                inner.finish(&mut output);
            }
            Mode::Tunnel => {}
            Mode::Http1 => self.finish_http(sink),
        }
        let offset = self.client.input.offset();
        Output::new(sink, &mut self.troubles).finish(offset);
    }

    fn finish_http(&mut self, sink: &mut dyn FnMut(Event)) {
        {
            let (client, mut context, mut output) = self.client_parts(sink);
            client.finish(&mut context, &mut output);
        }
        {
            let (server, mut context, mut output) = self.server_parts(sink);
            server.finish(&mut context, &mut output);
        }
        for asked in self.pairs.take_waiting() {
            if let Some((status, at)) = asked.interim {
                sink(Event::Response(Response {
                    number: asked.number,
                    stream: None,
                    status,
                    headers: Vec::new(),
                    body_bytes: 0,
                    at,
                    complete: false,
                    broken: Some("no response but an interim one came".to_owned()),
                }));
            }
        }
    }

    /// Bytes of memory that the conversation holds.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        let mode = match &self.mode {
            Mode::Http2(inner) => inner.held_bytes(),
            Mode::WebSocket(inner) => inner.held(),
            Mode::Http1 | Mode::Tunnel => 0,
        };
        mode.saturating_add(self.client.held())
            .saturating_add(self.server.input.held())
            .saturating_add(self.waiting_bytes)
    }

    fn client_parts<'a>(
        &'a mut self,
        sink: &'a mut dyn FnMut(Event),
    ) -> (&'a mut Client, Context<'a>, Output<'a>) {
        let context = Context {
            limits: &self.limits,
            pairs: &mut self.pairs,
        };
        (
            &mut self.client,
            context,
            Output::new(sink, &mut self.troubles),
        )
    }

    fn server_parts<'a>(
        &'a mut self,
        sink: &'a mut dyn FnMut(Event),
    ) -> (&'a mut Server, Context<'a>, Output<'a>) {
        let context = Context {
            limits: &self.limits,
            pairs: &mut self.pairs,
        };
        (
            &mut self.server,
            context,
            Output::new(sink, &mut self.troubles),
        )
    }

    /// Reads all that can be read by now. After each step of the side that
    /// bytes came from, the other goes as far as it can, so that the order of
    /// the events does not depend on how the bytes were cut.
    fn run(&mut self, from: Side, sink: &mut dyn FnMut(Event)) {
        let other = match from {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        };
        while matches!(self.mode, Mode::Http1) {
            let moved = self.step(other, sink) || self.step(from, sink);
            if self.switch(other, from, sink) || !(moved || self.resume(sink)) {
                return;
            }
        }
    }

    fn step(&mut self, side: Side, sink: &mut dyn FnMut(Event)) -> bool {
        match side {
            Side::Client => {
                let (client, mut context, mut output) = self.client_parts(sink);
                client.step(&mut context, &mut output)
            }
            Side::Server => {
                let (server, mut context, mut output) = self.server_parts(sink);
                server.step(&mut context, &mut output)
            }
        }
    }

    /// Takes up what had to wait behind a hole; false where there is nothing.
    fn resume(&mut self, sink: &mut dyn FnMut(Event)) -> bool {
        if self.client.is_waiting() {
            return false;
        }
        match self.waiting.pop_front() {
            None => return false,
            Some(Piece::Bytes(bytes)) => {
                self.waiting_bytes = self.waiting_bytes.saturating_sub(bytes.len());
                self.client.input.push(&bytes);
            }
            Some(Piece::Lost(length)) => {
                self.waiting_bytes = self.waiting_bytes.saturating_sub(size_of::<Piece>());
                let (client, mut context, mut output) = self.client_parts(sink);
                client.hole(length, &mut context, &mut output);
            }
        }
        true
    }

    /// Reads on without the other side where too much waits for it.
    fn bound(&mut self, sink: &mut dyn FnMut(Event)) {
        if !matches!(self.mode, Mode::Http1) {
            return;
        }
        while self.client.is_waiting()
            && self
                .client
                .input
                .rest()
                .len()
                .saturating_add(self.waiting_bytes)
                > self.limits.waiting
        {
            self.refuse_to_wait(sink);
        }
        let held_back = self.pairs.waiting() == 0 && self.pairs.sure;
        if held_back && self.server.input.rest().len() > self.limits.waiting {
            self.pairs.doubt();
            self.run(Side::Server, sink);
        }
        let blocked = self.pairs.switch.is_some();
        if blocked && self.server.input.rest().len() > self.limits.waiting {
            self.drop_switch(sink);
        }
    }

    /// Takes what follows a request to upgrade for HTTP/1, since its answer is not there.
    fn refuse_to_wait(&mut self, sink: &mut dyn FnMut(Event)) {
        if !matches!(self.mode, Mode::Http1) {
            return;
        }
        self.drop_switch(sink);
        let follows = !self.client.input.rest().is_empty() || !self.waiting.is_empty();
        if let (Some(number), true) = (self.client.waits_for.take(), follows) {
            let offset = self.client.input.offset();
            let message = format!(
                "the answer to request {number}, which asks for another protocol, is not there; what follows is read as HTTP/1"
            );
            Output::new(sink, &mut self.troubles).trouble(Side::Client, offset, message);
            self.pairs.doubt();
        }
        self.run(Side::Client, sink);
    }

    /// Gives up a change of protocol that the client's bytes never reached.
    fn drop_switch(&mut self, sink: &mut dyn FnMut(Event)) {
        let Some(switch) = self.pairs.switch.take() else {
            return;
        };
        let offset = self.server.input.offset();
        let message = format!(
            "the change to {} from here on is not followed, since request {} has no end",
            switch.protocol, switch.number
        );
        Output::new(sink, &mut self.troubles).trouble(Side::Server, offset, message);
        self.pairs.doubt();
        self.run(Side::Server, sink);
    }

    /// Becomes what the server agreed to, once the client's request has ended.
    fn switch(&mut self, first: Side, second: Side, sink: &mut dyn FnMut(Event)) -> bool {
        let ready = self.client.is_between_messages();
        let Some(switch) = self.pairs.switch.take_if(|_| ready) else {
            return false;
        };
        let protocol = switch.protocol.to_ascii_lowercase();
        self.mode = match protocol.as_str() {
            "websocket" => {
                Mode::WebSocket(Box::new(WebSocket::new(switch.number, &switch.extensions)))
            }
            "h2c" => Mode::Http2(Box::new(self.upgraded(&switch))),
            _ => {
                sink(Event::Tunnel(Tunnel {
                    number: switch.number,
                    protocol: switch.protocol,
                    host: switch.host,
                    client_offset: self.client.input.offset(),
                    server_offset: self.server.input.offset(),
                }));
                Mode::Tunnel
            }
        };
        self.client.waits_for = None;
        // What the other side has left comes first, as it does in `run`.
        for side in [first, second] {
            self.hand_over(side, sink);
        }
        true
    }

    /// Hands on what was held of a side.
    fn hand_over(&mut self, side: Side, sink: &mut dyn FnMut(Event)) {
        let bytes = match side {
            Side::Client => self.client.input.take(),
            Side::Server => self.server.input.take(),
        };
        self.deliver(side, &bytes, sink);
        if side == Side::Server {
            return;
        }
        self.waiting_bytes = 0;
        for piece in std::mem::take(&mut self.waiting) {
            match piece {
                Piece::Bytes(bytes) => self.forward(side, &bytes, sink),
                Piece::Lost(length) => self.forward_hole(side, length, sink),
            }
        }
    }

    fn upgraded(&self, switch: &Switch) -> Http2 {
        Http2::upgraded(
            self.limits.clone(),
            switch.number,
            self.pairs.told(),
            (self.client.input.offset(), self.server.input.offset()),
        )
    }

    /// Hands bytes on to what the conversation has become.
    fn forward(&mut self, side: Side, bytes: &[u8], sink: &mut dyn FnMut(Event)) {
        let input = match side {
            Side::Client => &mut self.client.input,
            Side::Server => &mut self.server.input,
        };
        // The input counts the offset, and holds nothing by now.
        input.skip_hole(bytes.len() as u64);
        self.deliver(side, bytes, sink);
    }

    /// Hands on bytes that the input of the side has counted already.
    fn deliver(&mut self, side: Side, bytes: &[u8], sink: &mut dyn FnMut(Event)) {
        if bytes.is_empty() {
            return;
        }
        let offset = self.offset(side).saturating_sub(bytes.len() as u64);
        match &mut self.mode {
            Mode::Http2(inner) => inner.push(side, bytes, sink),
            Mode::WebSocket(inner) => {
                let mut output = Output::new(sink, &mut self.troubles);
                inner.push(side, offset, bytes, &self.limits, &mut output);
            }
            Mode::Tunnel => sink(Event::TunnelBytes {
                side,
                offset,
                bytes: bytes.to_vec(),
            }),
            Mode::Http1 => {}
        }
    }

    const fn offset(&self, side: Side) -> u64 {
        match side {
            Side::Client => self.client.input.offset(),
            Side::Server => self.server.input.offset(),
        }
    }

    fn forward_hole(&mut self, side: Side, length: u64, sink: &mut dyn FnMut(Event)) {
        let offset = self.offset(side);
        match side {
            Side::Client => self.client.input.skip_hole(length),
            Side::Server => self.server.input.skip_hole(length),
        }
        match &mut self.mode {
            Mode::Http2(inner) => inner.lost(side, length, sink),
            Mode::WebSocket(inner) => {
                let mut output = Output::new(sink, &mut self.troubles);
                inner.lost(side, offset, length, &self.limits, &mut output);
            }
            Mode::Tunnel => sink(Event::TunnelLost {
                side,
                offset,
                length,
            }),
            Mode::Http1 => {}
        }
    }
}
