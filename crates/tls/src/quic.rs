//! The ClientHello of QUIC.

use crate::{ClientHello, Limits};

/// Puts the ClientHello of one QUIC connection together.
pub struct Initials {}

impl Initials {
    /// A connection of which nothing was seen yet.
    pub fn new(_limits: &Limits) -> Self {
        Self {}
    }
    /// Takes the next datagram of the client (one of the server does no harm); gives the
    /// hello, once, when it is whole.
    pub fn push(&mut self, _datagram: &[u8]) -> Option<ClientHello> {
        None
    }
    /// Why there is no hello, where packets came that could not be read.
    pub fn trouble(&self) -> Option<String> {
        None
    }
}
