//! Lookups of DNS.

use affiant_ingest::Settings;
use affiant_model::{Exchange, ExchangeKind, Reach};

use super::write::{Capture, From};
use crate::common::{Log, read_as};

const CLIENT: &str = "192.0.2.7:50001";
const RESOLVER: &str = "9.9.9.9:53";

/// Asks for `a.example`, or answers with C.b.example and its address.
fn message(id: u16, kind: u8, answer: bool) -> Vec<u8> {
    let mut message = id.to_be_bytes().to_vec();
    message.extend(if answer {
        b"\x81\x80\x00\x01\x00\x02"
    } else {
        b"\x01\x00\x00\x01\x00\x00"
    });
    message.extend([0; 4]);
    message.extend(b"\x01a\x07example\x00\x00");
    message.extend([kind, 0, 1]);
    if answer {
        message.extend(b"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x06\x01C\x01b\xc0\x0e");
        message.extend(b"\xc0\x27\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc6\x33\x64\x07");
    }
    message
}

fn read(capture: &Capture) -> Log {
    read_as("pcap", &capture.bytes, &Settings::default()).unwrap()
}

fn detail(exchange: &Exchange) -> &str {
    exchange.detail.as_deref().unwrap()
}

#[test]
fn a_question_and_its_answer_are_one_lookup() {
    let mut capture = Capture::pcap();
    capture.udp(CLIENT, RESOLVER, &message(7, 1, false));
    capture.udp(CLIENT, RESOLVER, &message(8, 28, false));
    capture.udp(CLIENT, RESOLVER, &message(7, 1, false));
    capture.udp(RESOLVER, CLIENT, &message(7, 1, true));
    capture.udp(RESOLVER, CLIENT, &message(7, 1, true));
    let log = read(&capture);
    let [answered, open] = &log.exchanges[..] else {
        panic!("{:?}", log.exchanges)
    };
    assert_eq!(
        (answered.kind, answered.reach),
        (ExchangeKind::Lookup, Reach::Contacted)
    );
    assert_eq!(
        (&*answered.host, detail(answered)),
        ("a.example", "A NOERROR")
    );
    assert_eq!(answered.aliases, ["c.b.example"]);
    // That of the host, not of the resolver.
    assert_eq!(answered.server_address.as_deref(), Some("198.51.100.7"));
    assert_eq!((answered.events, answered.until.is_some()), (2, true));
    assert_eq!((detail(open), open.events), ("AAAA no answer", 1));
    assert_eq!(answered.client.address.as_deref(), Some(CLIENT));
}

#[test]
fn messages_in_a_stream_have_their_length_before_them() {
    let mut capture = Capture::pcap();
    let mut tcp = capture.tcp(CLIENT, RESOLVER);
    let framed = |message: Vec<u8>| {
        let length = u16::try_from(message.len()).unwrap().to_be_bytes();
        [&length[..], &message].concat()
    };
    tcp.say_in(&mut capture, From::Client, 7, &framed(message(1, 1, false)));
    tcp.say(&mut capture, From::Server, &framed(message(1, 1, true)));
    tcp.close(&mut capture);
    let log = read(&capture);
    assert_eq!(log.exchanges.len(), 1);
    assert_eq!(detail(&log.exchanges[0]), "A NOERROR");
}

#[test]
fn an_answer_without_its_question_says_so_and_the_local_network_is_no_resolver() {
    let mut capture = Capture::pcap();
    capture.udp(RESOLVER, CLIENT, &message(3, 1, true));
    capture.udp("192.0.2.7:5353", "224.0.0.251:5353", &message(0, 12, false));
    let log = read(&capture);
    let found: Vec<_> = log.exchanges.iter().map(|e| (e.kind, detail(e))).collect();
    let wanted = [
        (
            ExchangeKind::Lookup,
            "A NOERROR, the question was not captured",
        ),
        (
            ExchangeKind::Connection,
            "UDP, mDNS on the local network, 27 bytes sent, 0 bytes received",
        ),
    ];
    assert!(wanted.iter().all(|w| found.contains(w)), "{found:?}");
}
