//! How much is held and tried.

/// What bounds memory and work. Hitting one is a [`Trouble`](crate::Trouble).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    /// The longest handshake message that is put together, in bytes.
    pub handshake_message: usize,
    /// How many certificates of one message are told.
    pub certificates: usize,
    /// How many troubles of one session are told.
    pub troubles: u64,
    /// The longest ClientHello put together out of QUIC, in bytes.
    pub quic_hello: usize,
    /// Encrypted bytes of a client that wait for the server's hello, in bytes.
    pub waiting: usize,
    /// How many sequence numbers are tried for one record after a loss.
    pub sequences: u64,
    /// How many bytes may be decrypted in vain in one session while a key, a sequence number
    /// or a boundary is searched for.
    pub vain_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake_message: 1 << 19,
            certificates: 64,
            troubles: 64,
            quic_hello: 1 << 16,
            waiting: 1 << 18,
            sequences: 1 << 12,
            vain_bytes: 1 << 24,
        }
    }
}
