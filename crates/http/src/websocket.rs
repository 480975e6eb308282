//! WebSocket messages (RFC 6455), with compression (RFC 7692) undone.

mod agreed;
mod header;
mod inflater;

use self::agreed::Agreed;
use self::header::Header;
use self::inflater::Inflater;
use crate::building::{add_range, note};
use crate::output::Output;
use crate::{Event, Limits, Message, MessageFrame, MessageKind, Side};

/// Both directions of a WebSocket.
#[derive(Debug)]
pub(crate) struct WebSocket {
    client: Direction,
    server: Direction,
}

impl WebSocket {
    /// A WebSocket opened by request `number`, whose answer agreed on `extensions`.
    pub(crate) fn new(number: u64, extensions: &str) -> Self {
        let agreed = Agreed::read(extensions);
        Self {
            client: Direction::new(number, Side::Client, &agreed),
            server: Direction::new(number, Side::Server, &agreed),
        }
    }

    const fn direction(&mut self, side: Side) -> &mut Direction {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Bytes of `side` that begin at `offset` of its stream.
    pub(crate) fn push(
        &mut self,
        side: Side,
        offset: u64,
        bytes: &[u8],
        limits: &Limits,
        output: &mut Output<'_>,
    ) {
        self.direction(side).push(offset, bytes, limits, output);
    }

    /// A hole in the stream of `side`.
    pub(crate) fn lost(
        &mut self,
        side: Side,
        offset: u64,
        length: u64,
        limits: &Limits,
        output: &mut Output<'_>,
    ) {
        self.direction(side).lost(offset, length, limits, output);
    }

    /// No more bytes come.
    pub(crate) fn finish(&mut self, output: &mut Output<'_>) {
        self.client.finish(output);
        self.server.finish(output);
    }

    pub(crate) fn held(&self) -> usize {
        self.client.held().saturating_add(self.server.held())
    }
}

#[derive(Debug)]
enum State {
    /// The first bytes of a frame.
    Header(Vec<u8>),
    /// The payload of a frame.
    Payload(Payload),
    /// Nothing that can be placed any more.
    Dead { from: u64, bytes: u64 },
}

#[derive(Debug, Clone, Copy)]
struct Payload {
    left: u64,
    mask: Option<[u8; 4]>,
    phase: usize,
    /// Whether it belongs to a message, and is not of a control frame.
    data: bool,
    last: bool,
}

#[derive(Debug)]
struct Direction {
    number: u64,
    side: Side,
    told: u64,
    state: State,
    /// Where the frame begins that is being read.
    frame: u64,
    message: Option<Message>,
    inflater: Option<Inflater>,
    other: Option<String>,
}

impl Direction {
    fn new(number: u64, side: Side, agreed: &Agreed) -> Self {
        let forgets = match side {
            Side::Client => agreed.client_forgets,
            Side::Server => agreed.server_forgets,
        };
        Self {
            number,
            side,
            told: 0,
            state: State::Header(Vec::new()),
            frame: 0,
            message: None,
            inflater: agreed.deflate.then(|| Inflater::new(forgets)),
            other: agreed.other.clone(),
        }
    }

    fn held(&self) -> usize {
        self.message.as_ref().map_or(0, |message| {
            let frames = message.frames.capacity() * size_of::<MessageFrame>() * 2;
            message.payload.capacity().saturating_add(frames)
        })
    }

    fn push(&mut self, offset: u64, bytes: &[u8], limits: &Limits, output: &mut Output<'_>) {
        let mut at = offset;
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = match &mut self.state {
                State::Dead { bytes, .. } => {
                    *bytes = bytes.saturating_add(rest.len() as u64);
                    return;
                }
                State::Header(held) => {
                    if held.is_empty() {
                        self.frame = at;
                    }
                    held.extend(rest.first());
                    let header = Header::read(held);
                    if let Some(header) = header {
                        self.begin(&header, limits, output);
                    }
                    1
                }
                State::Payload(payload) => {
                    let length = usize::try_from(payload.left).unwrap_or(usize::MAX);
                    let part = rest.get(..length).unwrap_or(rest);
                    payload.left -= part.len() as u64;
                    let now = *payload;
                    payload.phase = (payload.phase + part.len()) % 4;
                    if now.data {
                        self.keep(part, at, now, limits);
                    }
                    part.len()
                }
            };
            rest = rest.get(taken..).unwrap_or_default();
            at = at.saturating_add(taken as u64);
            self.end_frame(at, limits, output);
        }
    }

    /// Turns to the payload of a frame.
    fn begin(&mut self, header: &Header, limits: &Limits, output: &mut Output<'_>) {
        let control = header.opcode >= 8;
        let deflated = header.reserved == 0x40 && self.inflater.is_some() && !control;
        let known = matches!(header.opcode, 0..=2 | 8..=10);
        let sane = !control || (header.length <= 125 && header.last);
        if !known || !sane || (header.reserved != 0 && !deflated) {
            let other = self.other.as_deref().map_or(String::new(), |other| {
                format!(" (the extension `{other}` was agreed on and is not known)")
            });
            self.die(
                self.frame,
                &format!("no WebSocket frame begins here{other}"),
                output,
            );
            return;
        }
        let data = match header.opcode {
            0 if self.message.is_none() => {
                output.trouble(
                    self.side,
                    self.frame,
                    format!(
                        "a WebSocket frame of {} bytes continues no message; it was left out",
                        header.length
                    ),
                );
                false
            }
            0 => true,
            1 | 2 => {
                if let Some(message) = self.message.take() {
                    self.tell(message, Some("it has no last frame"), limits, output);
                }
                self.open(header.opcode, deflated);
                true
            }
            _ => false,
        };
        if let (true, Some(message)) = (data, &mut self.message) {
            if message.frames.len() < limits.pieces {
                message.frames.push(MessageFrame {
                    payload: Vec::new(),
                    mask: header.mask,
                });
            } else {
                cut(
                    message,
                    &format!("it comes in more than {} frames", limits.pieces),
                );
            }
        }
        self.state = State::Payload(Payload {
            left: header.length,
            mask: header.mask,
            phase: 0,
            data,
            last: header.last,
        });
    }

    fn open(&mut self, opcode: u8, deflated: bool) {
        self.told = self.told.saturating_add(1);
        let context = deflated && self.inflater.as_ref().is_some_and(Inflater::remembers);
        self.message = Some(Message {
            number: self.number,
            side: self.side,
            ordinal: self.told,
            kind: if opcode == 1 {
                MessageKind::Text
            } else {
                MessageKind::Binary
            },
            payload: Vec::new(),
            at: self.frame..self.frame,
            frames: Vec::new(),
            deflated,
            context,
            complete: true,
            broken: None,
        });
    }

    /// Keeps a part of the payload, unmasked.
    fn keep(&mut self, part: &[u8], at: u64, payload: Payload, limits: &Limits) {
        let Some(message) = &mut self.message else {
            return;
        };
        if !message.complete {
            return;
        }
        let room = limits.message.saturating_sub(message.payload.len());
        let fitting = part.get(..room).unwrap_or(part);
        let start = message.payload.len();
        message.payload.extend_from_slice(fitting);
        if let Some(mask) = payload.mask {
            let key = mask.iter().cycle().skip(payload.phase);
            for (byte, key) in message.payload.iter_mut().skip(start).zip(key) {
                *byte ^= key;
            }
        }
        if let Some(frame) = message.frames.last_mut() {
            add_range(
                &mut frame.payload,
                at..at.saturating_add(fitting.len() as u64),
            );
        }
        if fitting.len() < part.len() {
            cut(
                message,
                &format!("it goes on beyond the limit of {} bytes", limits.message),
            );
        }
    }

    fn end_frame(&mut self, at: u64, limits: &Limits, output: &mut Output<'_>) {
        let State::Payload(payload) = &self.state else {
            return;
        };
        if payload.left > 0 {
            return;
        }
        let (data, last) = (payload.data, payload.last);
        self.state = State::Header(Vec::new());
        if !data {
            return;
        }
        if let Some(message) = &mut self.message {
            message.at.end = at;
        }
        if last && let Some(message) = self.message.take() {
            self.tell(message, None, limits, output);
        }
    }

    /// Hands out a message, inflated where it was sent compressed.
    fn tell(
        &mut self,
        mut message: Message,
        why: Option<&str>,
        limits: &Limits,
        output: &mut Output<'_>,
    ) {
        if let Some(why) = why {
            cut(&mut message, why);
        }
        if message.deflated
            && let Some(inflater) = &mut self.inflater
        {
            let packed = std::mem::take(&mut message.payload);
            if message.complete {
                let (payload, problem) = inflater.inflate(&packed, limits.message);
                message.payload = payload;
                if let Some(problem) = problem {
                    cut(&mut message, &problem);
                }
            } else {
                inflater.lose();
                note(&mut message.broken, "so it was not inflated");
            }
        }
        output.event(Event::Message(message));
    }

    fn die(&mut self, from: u64, why: &str, output: &mut Output<'_>) {
        output.trouble(
            self.side,
            from,
            format!("{why}; what this side sent from here on is not read"),
        );
        self.state = State::Dead { from, bytes: 0 };
    }

    fn lost(&mut self, offset: u64, length: u64, limits: &Limits, output: &mut Output<'_>) {
        let why = format!("{length} bytes at {offset} of the stream were not captured");
        match &mut self.state {
            State::Dead { .. } => {}
            State::Payload(payload) if length <= payload.left => {
                payload.left -= length;
                let shift = usize::try_from(length % 4).unwrap_or_default();
                payload.phase = (payload.phase + shift) % 4;
                let data = payload.data;
                if data && let Some(message) = &mut self.message {
                    cut(message, &why);
                }
                self.end_frame(offset.saturating_add(length), limits, output);
            }
            _ => {
                if let Some(mut message) = self.message.take() {
                    message.at.end = offset;
                    self.tell(message, Some(&why), limits, output);
                }
                self.die(offset, &why, output);
            }
        }
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        if let Some(mut message) = self.message.take() {
            cut(&mut message, "the conversation ends before it does");
            if message.deflated {
                message.payload = Vec::new();
                note(&mut message.broken, "so it was not inflated");
            }
            output.event(Event::Message(message));
        }
        match &self.state {
            State::Dead { from, bytes } if *bytes > 0 => output.trouble(
                self.side,
                *from,
                format!("{bytes} bytes of a WebSocket were left out"),
            ),
            State::Header(held) if !held.is_empty() => {
                output.trouble(
                    self.side,
                    self.frame,
                    "the conversation ends within the head of a frame",
                );
            }
            _ => {}
        }
    }
}

/// Says that what follows of a message is not kept.
fn cut(message: &mut Message, why: &str) {
    if message.complete {
        message.complete = false;
        note(&mut message.broken, why);
    }
}
