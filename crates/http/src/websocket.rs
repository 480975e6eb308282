//! WebSocket messages (RFC 6455), with compression (RFC 7692) undone.

use flate2::{Decompress, FlushDecompress, Status};

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

/// What `Sec-WebSocket-Extensions` of the answer agrees on.
struct Agreed {
    deflate: bool,
    client_forgets: bool,
    server_forgets: bool,
    other: Option<String>,
}

impl Agreed {
    fn read(extensions: &str) -> Self {
        let mut agreed = Self {
            deflate: false,
            client_forgets: false,
            server_forgets: false,
            other: None,
        };
        for extension in extensions
            .split(',')
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            let mut parts = extension.split(';').map(str::trim);
            if parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("permessage-deflate"))
            {
                agreed.deflate = true;
                for parameter in parts {
                    agreed.client_forgets |= parameter == "client_no_context_takeover";
                    agreed.server_forgets |= parameter == "server_no_context_takeover";
                }
            } else {
                agreed.other = Some(extension.to_owned());
            }
        }
        agreed
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

/// The first two to fourteen bytes of a frame (RFC 6455 §5.2).
struct Header {
    last: bool,
    reserved: u8,
    opcode: u8,
    mask: Option<[u8; 4]>,
    length: u64,
}

impl Header {
    /// Reads it once it is whole.
    fn read(bytes: &[u8]) -> Option<Self> {
        let (&[first, second], rest) = bytes.split_first_chunk::<2>()?;
        let (length, rest) = match second & 0x7f {
            126 => {
                let (length, rest) = rest.split_first_chunk::<2>()?;
                (u64::from(u16::from_be_bytes(*length)), rest)
            }
            127 => {
                let (length, rest) = rest.split_first_chunk::<8>()?;
                (u64::from_be_bytes(*length), rest)
            }
            length => (u64::from(length), rest),
        };
        let mask = match second & 0x80 {
            0 => None,
            _ => Some(*rest.first_chunk::<4>()?),
        };
        Some(Self {
            last: first & 0x80 != 0,
            reserved: first & 0x70,
            opcode: first & 0x0f,
            mask,
            length,
        })
    }
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

/// Undoes `permessage-deflate` for one direction (RFC 7692 §7.2.2).
#[derive(Debug)]
struct Inflater {
    state: Decompress,
    /// Whether each message is compressed by itself.
    forgets: bool,
    used: bool,
    /// Whether what the next message builds on is missing.
    lost: bool,
}

impl Inflater {
    fn new(forgets: bool) -> Self {
        Self {
            state: Decompress::new(false),
            forgets,
            used: false,
            lost: false,
        }
    }

    /// Whether the next message builds on those before it.
    const fn remembers(&self) -> bool {
        self.used && !self.forgets
    }

    const fn lose(&mut self) {
        self.lost = !self.forgets;
        self.used = true;
    }

    /// The bytes of a message, as many as fit, and why there are not more.
    fn inflate(&mut self, packed: &[u8], limit: usize) -> (Vec<u8>, Option<String>) {
        if self.lost {
            let why = "it is compressed with messages that are missing, so it was not inflated";
            return (Vec::new(), Some(why.to_owned()));
        }
        if self.forgets {
            self.state.reset(false);
        }
        self.used = true;
        let mut payload = Vec::new();
        for input in [packed, &[0, 0, 0xff, 0xff]] {
            match self.feed(input, &mut payload, limit) {
                Ok(true) => {}
                // A last block of DEFLATE ends the stream, and with it the context.
                Ok(false) => {
                    self.lose();
                    break;
                }
                Err(why) => {
                    self.lose();
                    return (payload, Some(why));
                }
            }
        }
        (payload, None)
    }

    /// Inflates one input; false where the compressed stream says that it ends.
    fn feed(
        &mut self,
        mut input: &[u8],
        payload: &mut Vec<u8>,
        limit: usize,
    ) -> Result<bool, String> {
        let mut buffer = [0; 8 << 10];
        loop {
            let (read, written) = (self.state.total_in(), self.state.total_out());
            let status = self
                .state
                .decompress(input, &mut buffer, FlushDecompress::Sync)
                .map_err(|_| "it does not inflate from here on".to_owned())?;
            let taken = usize::try_from(self.state.total_in() - read).unwrap_or(usize::MAX);
            let made = usize::try_from(self.state.total_out() - written).unwrap_or(usize::MAX);
            input = input.get(taken..).unwrap_or_default();
            let made = buffer.get(..made).unwrap_or(&buffer);
            let room = limit.saturating_sub(payload.len());
            payload.extend_from_slice(made.get(..room).unwrap_or(made));
            if made.len() > room {
                return Err(format!("it inflates beyond the limit of {limit} bytes"));
            }
            match status {
                Status::StreamEnd => return Ok(false),
                _ if input.is_empty() && made.len() < buffer.len() => return Ok(true),
                _ if taken == 0 && made.is_empty() => {
                    return Err("it does not inflate from here on".to_owned());
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_agreed_on_is_read_from_the_answer() {
        let agreed = Agreed::read("permessage-deflate; client_no_context_takeover, foo; bar");
        assert!(agreed.deflate && agreed.client_forgets && !agreed.server_forgets);
        assert_eq!(agreed.other.as_deref(), Some("foo; bar"));
    }

    #[test]
    fn the_examples_of_rfc_7692_inflate() {
        // RFC 7692 §7.2.3.1 and §7.2.3.2: the second builds on the first.
        let mut inflater = Inflater::new(false);
        let first = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
        let second = [0xf2, 0x00, 0x11, 0x00, 0x00];
        assert_eq!(inflater.inflate(&first, 100), (b"Hello".to_vec(), None));
        assert!(inflater.remembers());
        assert_eq!(inflater.inflate(&second, 100), (b"Hello".to_vec(), None));
        // §7.2.3.4: a block with BFINAL; §7.2.3.5: two blocks.
        let mut inflater = Inflater::new(true);
        let last = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
        let two = [
            0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00,
        ];
        assert_eq!(inflater.inflate(&last, 100), (b"Hello".to_vec(), None));
        assert_eq!(inflater.inflate(&two, 100), (b"Hello".to_vec(), None));
        assert_eq!(inflater.inflate(&two, 3).0, b"Hel");
    }
}
