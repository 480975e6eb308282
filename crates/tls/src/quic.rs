//! The ClientHello of QUIC, which anybody on the path can read (RFC 9001 §5.2).
//!
//! The keys of Initial packets follow from a connection id that stands in clear in the first
//! of them. Versions 1 (RFC 9000) and 2 (RFC 9369) are read, and the drafts from the 23rd on.
//! Nothing else of QUIC is.

mod crypto;
mod packet;

use crate::hello::Fields;
use crate::ja4::Transport;
use crate::messages::CLIENT_HELLO;
use crate::wire::Reader;
use crate::{ClientHello, Limits};
use crypto::{Crypto, Keys};
use packet::Initial;

/// Puts the ClientHello of one QUIC connection together.
///
/// Every datagram of the client is pushed, until the hello is there. A datagram that is not
/// QUIC, or comes from the server, does no harm: only what authenticates is read.
pub struct Initials {
    keys: Option<Keys>,
    crypto: Crypto,
    version: Option<u32>,
    done: bool,
    trouble: Option<String>,
    limit: usize,
}

impl Initials {
    /// A connection of which nothing was seen yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            keys: None,
            crypto: Crypto::new(limits.quic_hello),
            version: None,
            done: false,
            trouble: None,
            limit: limits.quic_hello,
        }
    }

    /// Takes the next datagram; gives the hello, once, when it is whole.
    pub fn push(&mut self, datagram: &[u8]) -> Option<ClientHello> {
        if self.done {
            return None;
        }
        let mut rest = datagram;
        // Packets may stand together in one datagram (RFC 9000 §12.2).
        while let Some(found) = packet::first(rest) {
            rest = found.rest;
            match found.initial {
                Some(initial) => self.initial(&initial),
                None => self.unread(found.version),
            }
        }
        let hello = self.hello()?;
        self.done = true;
        self.crypto = Crypto::new(0);
        Some(hello)
    }

    /// The version of QUIC, once a packet of the client has authenticated: `1`, `0x6b3343cf`
    /// for version 2, `0xff00001d` for the 29th draft.
    pub fn version(&self) -> Option<u32> {
        self.version
    }

    /// Why there is no hello, where packets came that look like those of QUIC.
    pub fn trouble(&self) -> Option<String> {
        if self.done {
            return None;
        }
        let waiting = self.version.map(|_| {
            let bytes = self.crypto.length();
            format!("the ClientHello is not whole: {bytes} bytes of it were captured")
        });
        waiting.or_else(|| self.trouble.clone())
    }

    fn initial(&mut self, initial: &Initial<'_>) {
        // The keys stay as they are when the server gives another connection id; they change
        // after a Retry, and with the version.
        let known = self
            .keys
            .as_ref()
            .filter(|keys| keys.version == initial.version);
        if let Some(plain) = known.and_then(|keys| keys.open(initial)) {
            self.crypto.frames(&plain);
            return;
        }
        let fresh = Keys::new(initial.version, initial.destination);
        match fresh.and_then(|keys| Some((keys.open(initial)?, keys))) {
            Some((plain, keys)) => {
                if self.version != Some(keys.version) {
                    self.crypto = Crypto::new(self.limit);
                }
                self.version = Some(keys.version);
                self.keys = Some(keys);
                self.crypto.frames(&plain);
            }
            None => {
                let text = "an Initial packet of QUIC does not authenticate under its keys";
                self.trouble.get_or_insert_with(|| text.to_owned());
            }
        }
    }

    /// A packet with a version that has no keys here.
    fn unread(&mut self, version: u32) {
        if let [b'Q' | b'T', a, b, c] = version.to_be_bytes()
            && [a, b, c].iter().all(u8::is_ascii_digit)
        {
            let name = version.to_be_bytes().escape_ascii().to_string();
            self.trouble
                .get_or_insert(format!("version {name} of QUIC is not read"));
        }
    }

    fn hello(&mut self) -> Option<ClientHello> {
        let bytes = self.crypto.start();
        let mut message = Reader(&bytes);
        if message.u8()? != CLIENT_HELLO {
            self.trouble
                .get_or_insert("the first message is no ClientHello".to_owned());
            return None;
        }
        let body = message.vector(3)?.0;
        match Fields::client(body) {
            Some(fields) => Some(fields.client_hello(Transport::Quic)),
            None => {
                self.done = true;
                self.trouble = Some("the ClientHello cannot be read".to_owned());
                None
            }
        }
    }
}
