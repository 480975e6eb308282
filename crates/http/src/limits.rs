/// What one conversation may make this crate hold. A conversation that goes
/// beyond one is cut there, and the message or a [`crate::Trouble`] says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the head of a message: request line or pseudo-headers, and header lines.
    pub head: usize,
    /// Bytes of the body of a request.
    pub body: usize,
    /// Bytes of a WebSocket message, after inflating.
    pub message: usize,
    /// Bytes of one side that may wait for the other side: what follows a
    /// request to upgrade, or an answer seen before its request.
    pub waiting: usize,
    /// Requests that may wait for their answer (HTTP/1), and streams that may be
    /// open at once (HTTP/2).
    pub open: usize,
    /// Ranges of the stream that one request or message may be put together from.
    pub pieces: usize,
    /// Bytes of all requests of a conversation that are not complete yet.
    pub held: usize,
    /// Bytes of the dynamic table of HPACK, counted as RFC 7541 §4.1 does.
    pub table: usize,
    /// Troubles that are told one by one; further ones are counted.
    pub troubles: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: 256 << 10,
            body: 64 << 20,
            message: 16 << 20,
            waiting: 1 << 20,
            open: 1024,
            pieces: 1 << 18,
            held: 128 << 20,
            table: 64 << 10,
            troubles: 100,
        }
    }
}
