use std::net::SocketAddr;

use affiant_model::Span;

use crate::{App, Trouble};

/// The two ends of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Who opened it.
    Client,
    /// Who was opened to.
    Server,
}

impl Side {
    /// The other end.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// The protocol of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// RFC 9293.
    Tcp,
    /// RFC 768.
    Udp,
}

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Both ends finished, or one did and no more came.
    Fin,
    /// One end reset it.
    Reset,
    /// It was silent for longer than [`Limits`](crate::Limits) waits, or its ports were used anew.
    Idle,
    /// It gave way to others.
    Evicted,
    /// The capture ended.
    EndOfCapture,
}

/// Number of a conversation, from 1, never used twice.
pub type ConversationId = u64;

/// What [`Network`](crate::Network) found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// A conversation began.
    Opened {
        /// Its number.
        id: ConversationId,
        /// Its protocol.
        transport: Transport,
        /// Who opened it.
        client: SocketAddr,
        /// Who was opened to.
        server: SocketAddr,
        /// When its first packet was captured.
        time: Option<i128>,
        /// Its first packet.
        span: Span,
        /// Whether its beginning was captured: a SYN. Always true of UDP.
        complete: bool,
        /// Whose it was, if its first packet says so.
        app: Option<&'a App>,
    },
    /// Bytes of a TCP stream, in order.
    Bytes {
        /// The conversation.
        id: ConversationId,
        /// Who sent them.
        side: Side,
        /// When the packet that carried them was captured.
        time: Option<i128>,
        /// The number of that packet.
        packet: u64,
        /// Bytes of the stream of this side before them, lost ones included.
        offset: u64,
        /// The bytes.
        bytes: &'a [u8],
        /// Where they stand in the file, in order.
        places: &'a [Span],
    },
    /// Bytes of a TCP stream that were not captured.
    Lost {
        /// The conversation.
        id: ConversationId,
        /// Who sent them.
        side: Side,
        /// Bytes of the stream of this side before them.
        offset: u64,
        /// How many.
        length: u64,
    },
    /// A UDP datagram.
    Datagram {
        /// The conversation.
        id: ConversationId,
        /// Who sent it.
        side: Side,
        /// When its (last) packet was captured.
        time: Option<i128>,
        /// The number of that packet.
        packet: u64,
        /// Its payload, or what of it was captured.
        bytes: &'a [u8],
        /// Where the payload stands in the file, in order.
        places: &'a [Span],
    },
    /// A conversation ended; nothing follows under its number.
    Closed {
        /// The conversation.
        id: ConversationId,
        /// How.
        how: Ending,
        /// Its packets, both ways.
        packets: u64,
        /// Bytes the client sent, as handed on.
        client_bytes: u64,
        /// Bytes the server sent, as handed on.
        server_bytes: u64,
        /// When its last packet was captured.
        last: Option<i128>,
        /// Whether the server acknowledged bytes of the client, or sent some.
        acknowledged: bool,
    },
    /// What could not be read.
    Trouble(Trouble),
}
