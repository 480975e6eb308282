//! TCP conversations.

mod history;
mod stream;

use affiant_model::Span;
pub(crate) use stream::Stream;

use crate::{
    ConversationId, Ending, Event, Limits, Side,
    bytes::{be16, be32},
    data::Data,
    tally::{Tally, Unread},
};

/// What a segment says of itself (RFC 9293 §3.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub(crate) source: u16,
    pub(crate) destination: u16,
    sequence: u32,
    acknowledgement: Option<u32>,
    pub(crate) syn: bool,
    fin: bool,
    reset: bool,
}

impl Header {
    /// The header of a segment, and its payload. Checksums are not looked at: the network card
    /// fills them in after the capture of what is sent.
    pub(crate) fn read<'a>(data: &Data<'a>) -> Option<(Self, Data<'a>)> {
        let flags = be16(data.bytes, 12)?;
        let length = usize::from(flags >> 12) * 4;
        if length < 20 {
            return None;
        }
        let header = Self {
            source: be16(data.bytes, 0)?,
            destination: be16(data.bytes, 2)?,
            sequence: be32(data.bytes, 4)?,
            acknowledgement: (flags & 0x10 != 0).then_some(be32(data.bytes, 8)?),
            syn: flags & 2 != 0,
            fin: flags & 1 != 0,
            reset: flags & 4 != 0,
        };
        Some((header, data.behind(length)?))
    }

    pub(crate) const fn acknowledges(&self) -> bool {
        self.acknowledgement.is_some()
    }

    /// The sequence number of the first byte of the payload: SYN counts as a byte before it.
    const fn payload(&self) -> u32 {
        self.sequence.wrapping_add(self.syn as u32)
    }
}

/// What goes beside a segment.
pub(crate) struct Context<'a, 'b> {
    pub(crate) limits: &'a Limits,
    pub(crate) time: Option<i128>,
    /// The number of the packet in the file.
    pub(crate) packet: u64,
    /// Packets of the conversation so far.
    pub(crate) packets: u64,
    pub(crate) held_bytes: &'a mut usize,
    pub(crate) history_bytes: &'a mut usize,
    pub(crate) tally: &'a mut Tally,
    pub(crate) sink: &'a mut (dyn FnMut(Event<'_>) + 'b),
}

impl Context<'_, '_> {
    fn count(&mut self, kind: Unread, span: Span) {
        self.tally.count(kind, span, self.sink);
    }
}

/// A TCP conversation.
#[derive(Debug)]
pub(crate) struct Tcp {
    client: Stream,
    server: Stream,
    reset: bool,
    /// It is over, and waits only for strays.
    pub(crate) lingers: bool,
    /// It was closed, and is kept to know strays by.
    pub(crate) closed: bool,
}

impl Tcp {
    pub(crate) fn new(id: ConversationId) -> Self {
        Self {
            client: Stream::new(id, Side::Client),
            server: Stream::new(id, Side::Server),
            reset: false,
            lingers: false,
            closed: false,
        }
    }

    const fn stream(&self, side: Side) -> &Stream {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    const fn stream_mut(&mut self, side: Side) -> &mut Stream {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Whether a segment begins another conversation between the same ports: a SYN with
    /// another sequence number, or bytes that came after this one was closed.
    pub(crate) fn is_superseded(&self, side: Side, header: &Header, data: &Data<'_>) -> bool {
        let stream = self.stream(side);
        if header.syn {
            return stream.begins_elsewhere(header.payload());
        }
        self.closed && !header.reset && stream.is_new(header.sequence, data)
    }

    /// Takes a segment; whether the conversation is over now.
    pub(crate) fn push(
        &mut self,
        side: Side,
        header: &Header,
        data: &Data<'_>,
        context: &mut Context<'_, '_>,
    ) -> bool {
        if header.syn
            && let Some(acknowledgement) = header.acknowledgement
        {
            self.stream_mut(side.other()).begin(acknowledgement);
        }
        // A reset may carry words to the user, which are not of the stream (RFC 9293 §3.5.3),
        // and a sequence number that is none.
        if header.reset {
            self.reset = true;
        } else {
            self.stream_mut(side)
                .push(header.payload(), data, header.fin, context);
            self.stream_mut(side).lose_what_was_acknowledged(context);
            if let Some(acknowledgement) = header.acknowledgement {
                self.stream_mut(side.other())
                    .acknowledge(acknowledgement, context);
            }
        }
        let is_over = self.reset || (self.client.is_ended() && self.server.is_ended());
        is_over && !std::mem::replace(&mut self.lingers, true)
    }

    /// Waits no longer for what some hole lacks, until no more than `most` bytes of all
    /// conversations are held.
    pub(crate) fn relieve(&mut self, most: usize, context: &mut Context<'_, '_>) {
        for stream in [&mut self.client, &mut self.server] {
            while stream.held_bytes > 0 && *context.held_bytes > most {
                stream.give_up_hole(context);
            }
        }
    }

    /// Hands on what is left; how it ended, if nothing it did itself then for `cause`.
    pub(crate) fn close(&mut self, cause: Ending, context: &mut Context<'_, '_>) -> Ending {
        self.client.give_up_all(context);
        self.server.give_up_all(context);
        self.closed = true;
        if self.reset {
            Ending::Reset
        } else if self.client.has_end() || self.server.has_end() {
            Ending::Fin
        } else {
            cause
        }
    }

    /// Bytes handed on of the client and of the server.
    pub(crate) const fn bytes(&self) -> (u64, u64) {
        (self.client.bytes, self.server.bytes)
    }

    /// Whether the server acknowledged bytes, or sent some.
    pub(crate) fn is_acknowledged(&self) -> bool {
        self.server.bytes > 0 || self.client.acknowledged_bytes() > 0
    }
}
