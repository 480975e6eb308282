//! HTTP/1 and HTTP/2 out of the two byte streams of one conversation.
//!
//! [`protocol`] says by the first bytes of the client which of the two it is.
//! [`Http1`] and [`Http2`] are then fed with the bytes of both sides as they
//! come, in pieces of any size, and hand out [`Event`]s: each [`Request`] with
//! the places in the client's stream it is put together from, each [`Response`]
//! by the number of its request, WebSocket [`Message`]s after an upgrade, and
//! the bytes of a [`Tunnel`] after `CONNECT`.
//!
//! What is not there is never made up. A body with a hole ends at the hole, a
//! response whose request is in doubt is no response to it, and what cannot be
//! read is a [`Trouble`] with the number of bytes left out. Memory is bounded by
//! [`Limits`], whatever the bytes are.

mod building;
mod event;
mod hpack;
mod http1;
mod http2;
mod input;
mod limits;
mod output;
mod response;
mod websocket;

pub use event::{
    Event, HeaderPlace, Message, MessageFrame, MessageKind, Request, Response, Side, Trouble,
    Tunnel,
};
pub use http1::Http1;
pub use http2::Http2;
pub use limits::Limits;

/// What the client's first bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// A request of HTTP/1: read it by [`Http1`].
    Http1,
    /// The preface of HTTP/2: read it by [`Http2`].
    Http2,
    /// Neither.
    Other,
}

/// Tells what the client speaks by its first bytes; `None` where more of them
/// are needed. Of a client whose first bytes were not captured nothing can be
/// told this way.
#[must_use]
pub fn protocol(first_bytes: &[u8]) -> Option<Protocol> {
    let preface = http2::PREFACE;
    if first_bytes.starts_with(preface) {
        return Some(Protocol::Http2);
    }
    if !first_bytes.is_empty() && preface.starts_with(first_bytes) {
        return None;
    }
    http1::begins(first_bytes).map(|begins| {
        if begins {
            Protocol::Http1
        } else {
            Protocol::Other
        }
    })
}
