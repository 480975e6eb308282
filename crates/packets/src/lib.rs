//! Capture files to packets, TCP streams and UDP datagrams.
//!
//! [`CaptureReader`] cuts a pcap or pcapng file into [`Block`]s; [`Network`] takes the
//! packets one by one, takes link, IP and tunnel headers off, puts fragments and segments
//! together, and says what it found as [`Event`]s. Every byte it hands on keeps its place in
//! the file. Both hold no more than [`Limits`] allows, whatever the length of the file.

mod capture;
mod network;

use std::net::{IpAddr, SocketAddr};

use affiant_model::Span;
pub use capture::{CaptureReader, NotACapture, is_capture};
pub use network::Network;

/// Bounds of what is held; hitting one is a [`Trouble`] or a declared loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one packet or block of a capture file.
    pub block_bytes: usize,
    /// Interfaces described in one section of a pcapng file.
    pub interfaces: usize,
    /// TCP and UDP conversations held at once; the one silent for longest gives way.
    pub conversations: usize,
    /// Nanoseconds of the capture's clock after which a silent TCP conversation is closed.
    pub tcp_idle: i128,
    /// Nanoseconds of the capture's clock after which a silent UDP conversation is closed.
    pub udp_idle: i128,
    /// Bytes held out of order for one side of a TCP conversation.
    pub side_bytes: usize,
    /// Bytes held out of order for all TCP conversations together.
    pub held_bytes: usize,
    /// IP datagrams in reassembly at once.
    pub datagrams: usize,
    /// Bytes of all fragments held.
    pub fragment_bytes: usize,
    /// Nanoseconds of the capture's clock for which fragments wait for the rest (RFC 8200 §4.5).
    pub fragment_time: i128,
    /// Headers one inside the other: tunnels, tags, extension headers.
    pub nesting: usize,
    /// Troubles of one kind said one by one; the rest is counted.
    pub troubles: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const SECOND: i128 = 1_000_000_000;
        Self {
            block_bytes: 16 << 20,
            interfaces: 4096,
            conversations: 65_536,
            tcp_idle: 3600 * SECOND,
            udp_idle: 300 * SECOND,
            side_bytes: 4 << 20,
            held_bytes: 64 << 20,
            datagrams: 1024,
            fragment_bytes: 16 << 20,
            fragment_time: 60 * SECOND,
            nesting: 16,
            troubles: 8,
        }
    }
}

/// What could not be read, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Where in the file; `None` if it is about the whole.
    pub span: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// What was not read.
    pub consequence: String,
}

/// The application a packet belonged to, as the capturing device named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// The user id under which Android runs the application; -1 is unknown.
    pub uid: i32,
    /// The name as written, at most 20 bytes in a trailer; empty if unknown.
    pub name: String,
    /// The package, such as `com.android.chrome`, where the capture says it.
    pub package: Option<String>,
    /// Where the name stands in the file.
    pub span: Span,
}

/// One packet of a capture file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Its number in the file, from 1.
    pub number: u64,
    /// Nanoseconds since 1970-01-01 UTC by the capturing clock; `None` where none was written.
    pub time: Option<i128>,
    /// The LINKTYPE of its interface.
    pub link: u16,
    /// The bytes that were captured.
    pub bytes: Vec<u8>,
    /// Where those bytes stand in the file.
    pub span: Span,
    /// Bytes the packet had on the wire.
    pub original_length: u32,
    /// Whose packet it was, if the capture says so.
    pub app: Option<App>,
    /// A remark on the packet.
    pub comment: Option<String>,
}

/// A piece of a capture file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A packet.
    Packet(Packet),
    /// TLS secrets as a key log (a Decryption Secrets Block).
    Secrets {
        /// The key log.
        text: Vec<u8>,
        /// Where it stands in the file.
        span: Span,
    },
    /// Names the capturing program had for addresses (a Name Resolution Block).
    Names(Vec<(IpAddr, String)>),
    /// What could not be read.
    Trouble(Trouble),
}

/// An interface packets were captured on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Its name, if written.
    pub name: Option<String>,
    /// Its LINKTYPE.
    pub link: u16,
    /// Bytes kept of each packet; 0 is no limit.
    pub snaplen: u32,
    /// Units of its timestamps in one second.
    pub units_per_second: u64,
    /// Seconds to add to its timestamps.
    pub offset_seconds: i64,
}

/// What a capture file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaptureHeader {
    /// `pcap 2.4` or `pcapng 1.0`.
    pub format: String,
    /// The program that wrote it.
    pub writer: Option<String>,
    /// The operating system it ran on.
    pub os: Option<String>,
    /// The machine it ran on.
    pub hardware: Option<String>,
    /// Remarks.
    pub comments: Vec<String>,
    /// Nanoseconds of one unit of the finest clock of its interfaces.
    pub resolution: u64,
    /// Its interfaces, in order.
    pub interfaces: Vec<Interface>,
    /// Sections read so far: 1 in a pcap.
    pub sections: u64,
}

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
    /// It was silent for longer than [`Limits`] waits, or its ports were used anew.
    Idle,
    /// It gave way to others.
    Evicted,
    /// The capture ended.
    EndOfCapture,
}

/// Number of a conversation, from 1, never used twice.
pub type ConversationId = u64;

/// What [`Network`] found.
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
