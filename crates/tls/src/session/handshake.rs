//! What handshake messages say.

use std::ops::Range;

use super::{Retry, Session, Sink, trouble};
use crate::certificate::{self, facts};
use crate::compressed;
use crate::events::{Certificate, Event, Side};
use crate::hash::Hash;
use crate::hello::{self, Fields, extension, text};
use crate::ja4::Transport;
use crate::keylog::{KeyLog, Label};
use crate::line::{Agreed, ClientFacts, Epoch, Line, ServerFacts};
use crate::messages::{
    CERTIFICATE, CLIENT_HELLO, CLIENT_KEY_EXCHANGE, COMPRESSED_CERTIFICATE, ENCRYPTED_EXTENSIONS,
    Message, SERVER_HELLO,
};
use crate::suites;
use crate::wire::Reader;

/// That a cipher suite is not decrypted.
pub(super) fn unread_cipher(code: Option<u16>) -> String {
    let name = code.map(|code| match suites::name(code) {
        Some(name) => name.to_owned(),
        None => format!("0x{code:04x}"),
    });
    let name = name.unwrap_or_else(|| "that is not known".to_owned());
    format!("keys are known, and the cipher suite {name} in this version is not decrypted here")
}

impl Session {
    pub(super) fn message(
        &mut self,
        side: Side,
        message: &Message,
        epoch: Option<Epoch>,
        sink: Sink<'_>,
    ) {
        let read = match (message.kind(), side) {
            (CLIENT_HELLO, Side::Client) => self.client_hello(message, sink),
            (SERVER_HELLO, Side::Server) => self.server_hello(message, sink),
            (ENCRYPTED_EXTENSIONS, Side::Server) if epoch.is_some() => {
                encrypted_extensions(message, sink)
            }
            (CERTIFICATE, _) => self.certificates(side, message.body(), message, epoch, sink),
            (COMPRESSED_CERTIFICATE, _) => self.compressed(side, message, epoch, sink),
            (CLIENT_KEY_EXCHANGE, Side::Client) => {
                let encrypted = Reader(message.body()).vector(2);
                self.agreed.encrypted_premaster = encrypted
                    .map(|encrypted| encrypted.0.to_vec())
                    .unwrap_or_default();
                Some(())
            }
            (CLIENT_HELLO, Side::Server) | (SERVER_HELLO, Side::Client) => None,
            _ => Some(()),
        };
        if read.is_none() {
            let what = match message.kind() {
                CLIENT_HELLO => "a ClientHello",
                SERVER_HELLO => "a ServerHello",
                ENCRYPTED_EXTENSIONS => "a message EncryptedExtensions",
                _ => "a message with certificates",
            };
            let text = match (message.kind(), side) {
                (CLIENT_HELLO, Side::Server) => "a ClientHello stands in the stream of the server",
                (SERVER_HELLO, Side::Client) => "a ServerHello stands in the stream of the client",
                _ => &format!("{what} cannot be read"),
            };
            let consequence = "what it says is not known";
            sink(trouble(
                side,
                message.place.start,
                text.to_owned(),
                consequence,
            ));
        }
        self.rekey(side, message, epoch);
    }

    fn client_hello(&mut self, message: &Message, sink: Sink<'_>) -> Option<()> {
        let fields = Fields::client(message.body())?;
        let mut told = fields.client_hello(Transport::Tcp);
        told.place = message.place.clone();
        let random = fields.random;
        let early = told.early_data;
        sink(Event::ClientHello(told));
        if self.retry == Retry::Asked {
            self.retry = Retry::Answered;
        }
        if self
            .agreed
            .server
            .as_ref()
            .is_some_and(ServerFacts::is_tls13)
        {
            // The second hello after a retry, captured after the server's answer to it.
            return Some(());
        }
        self.agreed = Agreed {
            client: Some(ClientFacts {
                random,
                ciphers: fields.ciphers,
            }),
            ..Agreed::default()
        };
        if early && self.client.lines.is_empty() {
            self.client.lines = vec![Line::new(Epoch::Early, Side::Client, &self.agreed, 0)];
        }
        Some(())
    }

    pub(super) fn sslv2(&mut self, side: Side, body: &[u8], place: Range<u64>, sink: Sink<'_>) {
        match (hello::sslv2(body), side) {
            (Some(mut told), Side::Client) => {
                told.place = place;
                let (random, ciphers) = (told.client_random, told.ciphers.clone());
                sink(Event::ClientHello(told));
                self.agreed.client = Some(ClientFacts { random, ciphers });
            }
            _ => {
                let message = "a hello in the form of SSLv2 cannot be read".to_owned();
                sink(trouble(
                    side,
                    place.start,
                    message,
                    "what it says is not known",
                ));
            }
        }
    }

    fn server_hello(&mut self, message: &Message, sink: Sink<'_>) -> Option<()> {
        let fields = Fields::server(message.body())?;
        let mut told = fields.server_hello();
        told.place = message.place.clone();
        let (version, cipher, retry) = (told.version, told.cipher, told.retry);
        sink(Event::ServerHello(told));
        self.retry = if retry { Retry::Asked } else { Retry::None };
        if retry {
            return Some(());
        }
        let has = |code| fields.extension(code).is_some();
        let server = ServerFacts {
            random: fields.random,
            version,
            cipher,
            session: fields.session.to_vec(),
            compressed: fields.compression != 0,
            encrypt_then_mac: has(extension::ENCRYPT_THEN_MAC),
            extended_master_secret: has(extension::EXTENDED_MASTER_SECRET),
        };
        let tls13 = server.is_tls13();
        self.agreed.server = Some(server);
        if tls13 {
            self.start_tls13();
        } else if self.client.expects_tls13() {
            self.client.lines.clear();
        }
        Some(())
    }

    /// Both sides encrypt what follows: the client perhaps first what it sends early.
    fn start_tls13(&mut self) {
        for side in [Side::Client, Side::Server] {
            let agreed = self.agreed.clone();
            let half = self.half(side);
            let early = half
                .lines
                .drain(..)
                .filter(|line| line.epoch == Epoch::Early);
            let mut lines: Vec<Line> = early.collect();
            for epoch in [Epoch::Handshake, Epoch::Application] {
                lines.push(Line::new(epoch, side, &agreed, half.unsure));
            }
            half.start(lines);
        }
    }

    /// The server's hello is missing: where secrets of TLS 1.3 are known, the suites that the
    /// client offered are tried.
    pub(super) fn expect_tls13(&mut self, keys: &KeyLog) {
        let Some(client) = &self.agreed.client else {
            return;
        };
        let known = [
            Label::ClientHandshake,
            Label::ServerHandshake,
            Label::ClientApplication,
            Label::ServerApplication,
        ];
        if known
            .iter()
            .any(|label| keys.secret(*label, &client.random).is_some())
        {
            self.start_tls13();
        }
    }

    fn certificates(
        &mut self,
        side: Side,
        body: &[u8],
        message: &Message,
        epoch: Option<Epoch>,
        sink: Sink<'_>,
    ) -> Option<()> {
        let tls13 = matches!(epoch, Some(Epoch::Handshake | Epoch::Application));
        let chain = certificate::chain(body, tls13)?;
        if let Some(more) = chain
            .len()
            .checked_sub(self.limits.certificates)
            .filter(|n| *n > 0)
        {
            let text = format!("a message holds {} certificates", chain.len());
            let consequence = format!("the last {more} of them were not read");
            sink(trouble(side, message.place.start, text, &consequence));
        }
        let told = chain.into_iter().take(self.limits.certificates);
        for (number, der) in told.enumerate() {
            sink(Event::Certificate(Certificate {
                side,
                number,
                sha256: hex::encode(Hash::Sha256.digest(der)),
                der_length: der.len() as u64,
                facts: facts(der),
                place: message.place.clone(),
            }));
        }
        Some(())
    }

    fn compressed(
        &mut self,
        side: Side,
        message: &Message,
        epoch: Option<Epoch>,
        sink: Sink<'_>,
    ) -> Option<()> {
        match compressed::expand(message.body(), self.limits.handshake_message) {
            Ok(body) => self.certificates(side, &body, message, epoch, sink),
            Err(problem) => {
                let consequence = "the certificates in it are not known";
                sink(trouble(side, message.place.start, problem, consequence));
                Some(())
            }
        }
    }
}

/// Of these only the protocol is told (RFC 8446 §4.3.1).
fn encrypted_extensions(message: &Message, sink: Sink<'_>) -> Option<()> {
    let found = hello::extensions(Reader(message.body()))?;
    let alpn = found.into_iter().find(|(code, _)| *code == extension::ALPN);
    if let Some((_, body)) = alpn {
        let names = hello::protocols(Reader(body))?;
        names.first().map(|name| sink(Event::Alpn(text(name))))?;
    }
    Some(())
}
