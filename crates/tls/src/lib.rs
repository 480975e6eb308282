//! What a TLS handshake shows, and its application data where the keys are known.
//!
//! A [`Session`] takes the two byte streams of one connection as they come and gives out
//! [`Event`]s: the hellos, certificates, application data that authenticates under the keys
//! of a [`KeyLog`], and the count of what stays sealed. [`quic::Initials`] finds the
//! ClientHello in the first datagrams of a QUIC connection.

mod certificate;
mod compressed;
mod events;
mod hash;
mod hello;
mod ja4;
mod keylog;
mod limits;
mod line;
mod messages;
mod opener;
pub mod quic;
mod records;
mod session;
mod suite;
mod suites;
mod wire;

pub use events::{
    Alert, Certificate, CertificateFacts, ClientHello, Data, Event, Reason, Sealed, ServerHello,
    Side, Trouble,
};
pub use keylog::KeyLog;
pub use limits::Limits;
pub use session::Session;

/// Whether a client's stream begins as one of TLS: a handshake record with a ClientHello,
/// or a hello in the form of SSLv2. `None` where the bytes are too few to tell.
pub fn looks_like_tls(first: &[u8]) -> Option<bool> {
    // A record: type 22, version 3.x, length; a message: type 1 (RFC 8446 §5.1, §4).
    // A hello in SSLv2 form: length with the high bit set, type 1, version (RFC 5246 E.2).
    let record = |at: usize, byte: u8| match at {
        0 => byte == 22,
        1 => byte == 3,
        2 => byte <= 4,
        5 => byte == 1,
        _ => true,
    };
    let sslv2 = |at: usize, byte: u8| match at {
        0 => byte & 0x80 != 0,
        2 => byte == 1,
        3 => byte == 3 || byte == 0,
        4 => byte <= 3,
        _ => true,
    };
    let holds = |test: &dyn Fn(usize, u8) -> bool| {
        first
            .iter()
            .take(6)
            .enumerate()
            .all(|(at, byte)| test(at, *byte))
    };
    match (holds(&record), holds(&sslv2), first.len() >= 6) {
        (false, false, _) => Some(false),
        (_, _, true) => Some(true),
        _ => None,
    }
}
