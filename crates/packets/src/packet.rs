use std::net::IpAddr;

use affiant_model::Span;

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
