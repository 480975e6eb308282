//! What a session of TLS gives out.

use std::ops::Range;

/// One of the two ends of a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Side {
    /// Who opened the connection and sent the first hello.
    Client,
    /// Who answered.
    Server,
}

/// What was found in the two streams, in the order in which it was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// The first message of a handshake, and again after a retry or in a renegotiation.
    ClientHello(ClientHello),
    /// The answer to it.
    ServerHello(ServerHello),
    /// The protocol that a TLS 1.3 server chose, which it says under encryption:
    /// given only where the keys of the handshake are known.
    Alpn(String),
    /// A certificate of a chain, the owner's own first.
    Certificate(Certificate),
    /// Application data, decrypted and authenticated, in the order of its stream.
    Data(Data),
    /// Bytes of a stream that were not read.
    Sealed(Sealed),
    /// An alert.
    Alert(Alert),
    /// What could not be read as it should.
    Trouble(Trouble),
}

/// What a client says of itself before anything is agreed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ClientHello {
    /// The host name asked for (RFC 6066 §3). Not proof that this host answered.
    pub sni: Option<String>,
    /// The protocols offered, most wanted first (RFC 7301): `h2`, `http/1.1`.
    /// A value that is no printable ASCII is given with escapes: `\xff`.
    pub alpn: Vec<String>,
    /// The fingerprint JA4 (FoxIO). `None` for a hello in the form of SSLv2.
    pub ja4: Option<String>,
    /// The versions offered, as on the wire, without GREASE: `0x0304` is TLS 1.3.
    /// Without the extension for it, the one version of the hello.
    pub versions: Vec<u16>,
    /// The number by which a key log names the session.
    pub client_random: [u8; 32],
    /// The cipher suites offered, as on the wire and in its order, GREASE included.
    pub ciphers: Vec<u16>,
    /// The hello carries the extension `encrypted_client_hello`: the name in `sni` may be
    /// that of a front, and the real one hidden; or the extension is GREASE.
    pub ech: bool,
    /// The hello carries values reserved to keep servers tolerant (RFC 8701).
    pub grease: bool,
    /// The hello announces data before the handshake is done (RFC 8446 §4.2.10).
    pub early_data: bool,
    /// The hello has the form of SSLv2, as clients before 2010 sent it.
    pub sslv2: bool,
    /// Where it stands in the client's stream, from the start of its first record to its end.
    /// Empty for a hello out of QUIC.
    pub place: Range<u64>,
}

/// What a server chose.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ServerHello {
    /// The version chosen, as on the wire: `0x0303` is TLS 1.2.
    pub version: u16,
    /// The cipher suite chosen, as on the wire.
    pub cipher: u16,
    /// Its name in the registry of IANA.
    pub cipher_name: Option<&'static str>,
    /// The protocol chosen. In TLS 1.3 see [`Event::Alpn`].
    pub alpn: Option<String>,
    /// The server asks for another hello (HelloRetryRequest, RFC 8446 §4.1.4).
    pub retry: bool,
    /// Where it stands in the server's stream.
    pub place: Range<u64>,
}

/// A certificate, as far as it can be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Certificate {
    /// Whose it is.
    pub side: Side,
    /// Its number in the chain, from 0: the owner's own.
    pub number: usize,
    /// SHA-256 of the DER bytes, in hexadecimal digits.
    pub sha256: String,
    /// Length of the DER bytes.
    pub der_length: u64,
    /// What it says; `None` where it cannot be read.
    pub facts: Option<CertificateFacts>,
    /// Where the message stands that carries it, in the side's stream.
    pub place: Range<u64>,
}

/// What a certificate says. Nobody has verified it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CertificateFacts {
    /// The subject (RFC 4514).
    pub subject: String,
    /// The issuer (RFC 4514).
    pub issuer: String,
    /// Alternative names: `DNS:example.com`, `IP:192.0.2.1`.
    pub san: Vec<String>,
    /// The first second of validity, since 1970 UTC.
    pub not_before: i64,
    /// The last second of validity, since 1970 UTC.
    pub not_after: i64,
}

/// A piece of application data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Data {
    /// Who sent it.
    pub side: Side,
    /// The plain text.
    pub bytes: Vec<u8>,
    /// It was sent before the handshake was done (0-RTT). A server may refuse such data,
    /// and the client then sends it again.
    pub early: bool,
    /// The record of the side's stream out of which it was decrypted, header included.
    pub record: Range<u64>,
}

/// Bytes that were not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sealed {
    /// Who sent them.
    pub side: Side,
    /// How many, headers of records not counted.
    pub bytes: u64,
    /// Why.
    pub reason: Reason,
    /// Where they stand in the side's stream.
    pub place: Range<u64>,
}

/// Why bytes were not read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// Encrypted under a key that is not known.
    NoKey,
    /// Encrypted with a cipher that this program does not decrypt.
    Cipher,
    /// A key is known, and the record does not authenticate under it.
    Unverified,
    /// The boundaries of records were lost.
    Unframed,
}

/// An alert (RFC 8446 §6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alert {
    /// Who sent it.
    pub side: Side,
    /// Its level: 1 warning, 2 fatal.
    pub level: u8,
    /// Its description, as on the wire: 0 is `close_notify`.
    pub description: u8,
    /// It came encrypted, and was authenticated.
    pub authenticated: bool,
    /// The record that carries it.
    pub place: Range<u64>,
}

/// What could not be read as it should.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trouble {
    /// In whose stream.
    pub side: Side,
    /// Where in it.
    pub offset: u64,
    /// What is wrong.
    pub message: String,
    /// What was not read for it.
    pub consequence: String,
}
