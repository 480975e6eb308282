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

mod event;
mod limits;

pub use event::{
    Event, HeaderPlace, Message, MessageFrame, MessageKind, Request, Response, Side, Trouble,
    Tunnel,
};
pub use limits::Limits;
