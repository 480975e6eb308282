//! A DNS message in its wire format (RFC 1035 §4), as logs keep answers.

use std::net::{Ipv4Addr, Ipv6Addr};

use simple_dns::{Packet, rdata::RData};

/// What an answer says of the name that was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// Outcome, by its name (RFC 6895 §2.3): `NOERROR`; or its number.
    pub(super) outcome: String,
    /// Names that it leads through (CNAME records), in order.
    pub(super) aliases: Vec<String>,
    /// The first address.
    pub(super) address: Option<String>,
}

/// Reads a message; `None` where it is none.
pub(super) fn read(message: &[u8]) -> Option<Answer> {
    let packet = Packet::parse(message).ok()?;
    let mut answer = Answer {
        outcome: outcome(message.get(3)? & 0x0f),
        ..Answer::default()
    };
    for record in &packet.answers {
        match &record.rdata {
            RData::CNAME(name) => answer.aliases.push(name.0.to_string().to_lowercase()),
            RData::A(a) => {
                let address = || Ipv4Addr::from(a.address).to_string();
                answer.address.get_or_insert_with(address);
            }
            RData::AAAA(a) => {
                let address = || Ipv6Addr::from(a.address).to_string();
                answer.address.get_or_insert_with(address);
            }
            _ => {}
        }
    }
    Some(answer)
}

/// The name of a response code (RFC 6895 §2.3), or its number.
pub(super) fn outcome(code: u8) -> String {
    match code {
        0 => "NOERROR",
        1 => "FORMERR",
        2 => "SERVFAIL",
        3 => "NXDOMAIN",
        4 => "NOTIMP",
        5 => "REFUSED",
        other => return format!("RCODE {other}"),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_and_addresses_are_taken_from_the_answers() {
        // a.example CNAME C.b.example, C.b.example A 192.0.2.7, names compressed.
        let message = b"\x00\x07\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00\
            \x01a\x07example\x00\x00\x01\x00\x01\
            \xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x06\x01C\x01b\xc0\x0e\
            \xc0\x27\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x07";
        let answer = read(message).unwrap();
        assert_eq!(answer.outcome, "NOERROR");
        assert_eq!(answer.aliases, ["c.b.example"]);
        assert_eq!(answer.address.as_deref(), Some("192.0.2.7"));
        // A name that points at itself has no end.
        let mut looping = message.to_vec();
        looping[27..29].copy_from_slice(b"\xc0\x1b");
        assert_eq!(read(&looping), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
            let head = b"\x00\x07\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00";
            let _ = read(&[&head[..], &bytes].concat());
        }
    }
}
