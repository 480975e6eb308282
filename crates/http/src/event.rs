use std::ops::Range;

/// One end of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Who opened it.
    Client,
    /// Who answered.
    Server,
}

/// What was read out of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A request, told when it is complete, or when no more of it can come.
    Request(Request),
    /// The answer to a request, told when its end is known. It may come before
    /// the event of its request, where a server answers before it has read all.
    Response(Response),
    /// A WebSocket message.
    Message(Message),
    /// From here on the conversation is not HTTP: what follows `CONNECT`, or an
    /// upgrade to a protocol that is not read here.
    Tunnel(Tunnel),
    /// Bytes within a tunnel, in order.
    TunnelBytes {
        /// Who sent them.
        side: Side,
        /// Their place in the side's stream.
        offset: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A hole within a tunnel.
    TunnelLost {
        /// Whose stream has it.
        side: Side,
        /// Its place in the side's stream.
        offset: u64,
        /// Its bytes.
        length: u64,
    },
    /// Something that could not be read.
    Trouble(Trouble),
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its number in the conversation, from 1; that of its [`Response`] too.
    pub number: u64,
    /// Its stream (HTTP/2).
    pub stream: Option<u32>,
    /// Whether the server announced it (`PUSH_PROMISE`): no client sent it, and
    /// its places are in the server's stream.
    pub pushed: bool,
    /// Method as written.
    pub method: String,
    /// Target as written: a path with query, an absolute address (to a proxy),
    /// a host with port (`CONNECT`) or `*`.
    pub target: String,
    /// Whom it is for: the authority of an absolute target or of `CONNECT`
    /// (RFC 9112 §3.2.2), `:authority`, or else the value of `Host`.
    pub host: Option<String>,
    /// Scheme, where the request states it: `:scheme`, or that of an absolute target.
    pub scheme: Option<String>,
    /// HTTP/1: the head as it stands in the stream, and the body without the
    /// framing of chunks. HTTP/2: the decoded header list as lines
    /// `name: value\n` in the order of the wire, an empty line `\n`, then the
    /// DATA of the stream without framing and padding. Of both, the lines of
    /// trailers stand behind the body.
    pub raw: Vec<u8>,
    /// The ranges of the side's stream that carry it, in order, without those
    /// that touch kept apart. HTTP/1: `raw` is these, one after another.
    /// HTTP/2: the fragments of the header block, then the DATA.
    pub pieces: Vec<Range<u64>>,
    /// From its first byte to behind its last in the side's stream, framing
    /// included; of HTTP/2, with what other streams sent in between.
    pub at: Range<u64>,
    /// The header lines, in order, trailers included; of HTTP/2 without pseudo-headers.
    pub headers: Vec<HeaderPlace>,
    /// The target in `raw`.
    pub url: Range<usize>,
    /// The body in `raw`.
    pub body: Range<usize>,
    /// Whether `raw` is the whole request.
    pub complete: bool,
    /// Why it is not, or what else is wrong with it.
    pub broken: Option<String>,
}

/// A header line of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderPlace {
    /// Name as written.
    pub name: String,
    /// Its value in [`Request::raw`], without white space at both ends; a
    /// folded value with its line ends (RFC 9112 §5.2).
    pub value: Range<usize>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The number of the request.
    pub number: u64,
    /// Its stream (HTTP/2).
    pub stream: Option<u32>,
    /// Status code. One below 200 (but 101) only where no other came.
    pub status: u16,
    /// The headers that describe it: `content-type`, `content-encoding`,
    /// `content-length`, `date`, `location`, `server`, `upgrade`, `via`, with
    /// names in lower case, and of `set-cookie` the name of the cookie only.
    pub headers: Vec<(String, String)>,
    /// Bytes of its body that were seen, without the framing.
    pub body_bytes: u64,
    /// From its first byte to behind its last in the server's stream, framing included.
    pub at: Range<u64>,
    /// Whether its end was seen.
    pub complete: bool,
    /// Why it was not, or what else is wrong with it.
    pub broken: Option<String>,
}

/// A message of a WebSocket (RFC 6455).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The number of the request that opened the WebSocket.
    pub number: u64,
    /// Who sent it.
    pub side: Side,
    /// Its number among the messages of this side, from 1.
    pub ordinal: u64,
    /// What it says it is.
    pub kind: MessageKind,
    /// What was sent, with masking and compression undone.
    pub payload: Vec<u8>,
    /// From the first byte of its first frame to behind its last in the side's stream.
    pub at: Range<u64>,
    /// The frames it is put together from.
    pub frames: Vec<MessageFrame>,
    /// Whether it was sent compressed (RFC 7692).
    pub deflated: bool,
    /// Whether inflating it takes the messages before it as well.
    pub context: bool,
    /// Whether `payload` is the whole message.
    pub complete: bool,
    /// Why it is not, or what else is wrong with it.
    pub broken: Option<String>,
}

/// The kind of a WebSocket message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageKind {
    /// UTF-8.
    Text,
    /// Bytes.
    Binary,
}

/// A data frame of a WebSocket message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageFrame {
    /// Its payload in the side's stream, in one piece, or in several where the
    /// stream is cut into frames of its own (RFC 8441).
    pub payload: Vec<Range<u64>>,
    /// The key that masks it.
    pub mask: Option<[u8; 4]>,
}

/// Where a conversation ceases to be HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tunnel {
    /// The number of the request that asked for it.
    pub number: u64,
    /// `CONNECT`, or the protocol that was upgraded to, as the server writes it.
    pub protocol: String,
    /// Who the tunnel leads to: the target of `CONNECT`, or else the host of the request.
    pub host: Option<String>,
    /// The first byte of the tunnel in the client's stream.
    pub client_offset: u64,
    /// The first byte of the tunnel in the server's stream.
    pub server_offset: u64,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Whose stream.
    pub side: Side,
    /// Where in it.
    pub offset: u64,
    /// What is wrong, and what was left out.
    pub message: String,
}
