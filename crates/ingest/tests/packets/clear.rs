//! Requests in the clear: their bytes, places and reach.

use affiant_ingest::Settings;
use affiant_model::{ExchangeKind, FieldName, Reach, Span, Unpack};

use super::write::{Capture, From};
use crate::common::{Log, bytes_at, read_as};

const CLIENT: &str = "192.0.2.7:40001";
const SERVER: &str = "198.51.100.9:80";

fn read(capture: &Capture) -> Log {
    read_as("pcap", &capture.bytes, &Settings::default()).unwrap()
}

fn place_of(file: &[u8], text: &str) -> Span {
    let at = memchr::memmem::find(file, text.as_bytes()).unwrap();
    Span::new(at as u64, text.len() as u64)
}

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn a_request_in_one_packet_stands_in_the_file_as_it_is() {
    let mut capture = Capture::pcap();
    let request = "POST /v1/log?a=1 HTTP/1.1\r\nHost: Example.org\r\nCookie: id=7\r\nContent-Length: 5\r\n\r\nhello";
    let mut tcp = capture.tcp(CLIENT, SERVER);
    tcp.say(&mut capture, From::Client, request.as_bytes());
    tcp.say(&mut capture, From::Server, ANSWER);
    tcp.close(&mut capture);
    let log = read(&capture);
    assert_eq!(log.messages(), Vec::<&str>::new());
    let [exchange] = &log.exchanges[..] else {
        panic!("{:?}", log.exchanges)
    };
    assert_eq!(exchange.kind, ExchangeKind::Request);
    assert_eq!(
        (&*exchange.method, &*exchange.url),
        ("POST", "http://Example.org/v1/log?a=1")
    );
    assert_eq!(
        (&*exchange.host, exchange.status),
        ("example.org", Some(200))
    );
    assert_eq!(
        (exchange.reach, exchange.request_body_bytes),
        (Reach::Acknowledged, 5)
    );
    assert_eq!(exchange.unpacked, None);
    assert_eq!(exchange.span, place_of(&capture.bytes, request));
    assert_eq!(exchange.raw, request.as_bytes());
    assert_eq!(exchange.client.address.as_deref(), Some(CLIENT));
    assert_eq!(exchange.server_address.as_deref(), Some("198.51.100.9"));
    assert_eq!(exchange.started_as_written, "1584698400.003000000");
    assert_eq!(
        exchange.started.unwrap().to_rfc3339(),
        "2020-03-20T10:00:00.003+00:00"
    );
    let names: Vec<String> = exchange.fields.iter().map(|f| f.name.to_string()).collect();
    let wanted = [
        "request.url",
        "request.header Host",
        "request.header Cookie",
        "request.header Content-Length",
        "request.body",
    ];
    assert_eq!(names, wanted);
    let clock = "microseconds since 1970 in UTC by the capturing machine";
    assert_eq!(log.capture.clock.as_deref(), Some(clock));
    assert_eq!((&*log.capture.format, log.capture.entries), ("pcap", 1));
}

#[test]
fn a_field_within_one_packet_has_its_exact_place_though_the_request_has_many() {
    let mut capture = Capture::pcap();
    let head = "PUT /a HTTP/1.1\r\nHost: example.org\r\nX-Id: needle\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut tcp = capture.tcp(CLIENT, SERVER);
    // The second segment comes first, and the first again with other bytes.
    let (first, second) = head.split_at(30);
    tcp.at(&mut capture, 30, second.as_bytes());
    tcp.at(&mut capture, 0, first.as_bytes());
    tcp.at(&mut capture, 0, &[b'#'; 30]);
    tcp.skip(u32::try_from(head.len()).unwrap());
    tcp.say(
        &mut capture,
        From::Client,
        b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
    );
    tcp.say(&mut capture, From::Server, ANSWER);
    let log = read(&capture);
    let other = "1 TCP segment(s) that differ from others on the same bytes";
    assert_eq!(log.messages(), [other]);
    let exchange = &log.exchanges[0];
    assert_eq!(exchange.raw, [head.as_bytes(), b"abcdefg"].concat());
    let Some([Unpack::Runs(runs)]) = exchange.unpacked.as_ref().map(|u| &u.steps[..]) else {
        panic!("{:?}", exchange.unpacked)
    };
    let together: Vec<u8> = runs
        .iter()
        .flat_map(|run| bytes_at(&capture.bytes, *run))
        .copied()
        .collect();
    assert_eq!(together, exchange.raw);
    let field = |wanted: &str| {
        exchange
            .fields
            .iter()
            .find(|f| f.name.to_string() == wanted)
            .unwrap()
    };
    assert_eq!(
        field("request.header X-Id").span,
        place_of(&capture.bytes, "needle")
    );
    assert_eq!(field("request.url").span, place_of(&capture.bytes, "/a"));
    // The body is two chunks: no one place.
    let body = field("request.body");
    assert_eq!((body.span, &body.name), (exchange.span, &FieldName::Body));
    assert_eq!(
        exchange.place(body, &(0..3)),
        Some(place_of(&capture.bytes, "abc"))
    );
    assert_eq!(exchange.place(body, &(2..4)), None);
    assert_eq!(
        exchange.place(body, &(3..7)),
        Some(place_of(&capture.bytes, "defg"))
    );
}

#[test]
fn a_request_with_a_hole_ends_at_it_and_one_without_an_answer_was_sent() {
    let mut capture = Capture::pcap();
    let mut tcp = capture.tcp(CLIENT, SERVER);
    tcp.say(
        &mut capture,
        From::Client,
        b"POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2000\r\n\r\nbegin",
    );
    tcp.skip(1_000);
    tcp.say(&mut capture, From::Client, b"end");
    let mut other = capture.tcp("192.0.2.7:40002", SERVER);
    other.say(
        &mut capture,
        From::Client,
        b"GET /b HTTP/1.1\r\nHost: b.example\r\n\r\n",
    );
    let log = read(&capture);
    assert_eq!(log.exchanges.len(), 2, "{:?}", log.messages());
    for exchange in &log.exchanges {
        assert_eq!((exchange.reach, exchange.status), (Reach::Sent, None));
    }
    let cut = log
        .exchanges
        .iter()
        .find(|e| e.host == "a.example")
        .unwrap();
    assert!(cut.raw.ends_with(b"begin"));
    let message = |m: &&str| m.starts_with("the request is not complete");
    assert_eq!(log.messages().iter().filter(|m| message(m)).count(), 1);
}

#[test]
fn what_a_proxy_says_is_no_answer_of_the_host() {
    let mut capture = Capture::pcap();
    let mut reached = |status: &str, request: &str| {
        let mut tcp = capture.tcp(
            &format!("192.0.2.7:{}", 40_000 + capture.bytes.len()),
            "10.0.0.1:3128",
        );
        tcp.say(&mut capture, From::Client, request.as_bytes());
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
        tcp.say(&mut capture, From::Server, answer.as_bytes());
        tcp.close(&mut capture);
    };
    let absolute = "GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n";
    for status in ["200", "407", "502", "103"] {
        reached(status, absolute);
    }
    reached(
        "403",
        "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n",
    );
    let log = read(&capture);
    let found: Vec<_> = log.exchanges.iter().map(|e| (e.status, e.reach)).collect();
    let wanted = [
        (Some(200), Reach::Acknowledged),
        (Some(407), Reach::Attempted),
        (Some(502), Reach::Sent),
        (Some(103), Reach::Sent),
        (Some(403), Reach::Attempted),
    ];
    for wanted in wanted {
        assert!(found.contains(&wanted), "{wanted:?} in {found:?}");
    }
    for exchange in &log.exchanges {
        assert_eq!(exchange.host, "a.example");
        assert_eq!(exchange.server_address.as_deref(), Some("10.0.0.1"));
        assert_eq!(
            exchange.detail.as_deref(),
            Some("to the proxy 10.0.0.1:3128")
        );
    }
}

#[test]
fn a_message_of_a_websocket_is_placed_under_its_mask() {
    let mut capture = Capture::pcap();
    let mut tcp = capture.tcp(CLIENT, SERVER);
    let opening = "GET /chat HTTP/1.1\r\nHost: ws.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    tcp.say(&mut capture, From::Client, opening.as_bytes());
    let switched = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    tcp.say(&mut capture, From::Server, switched.as_bytes());
    // The masked text of RFC 6455 §5.7.
    let hello = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    tcp.say(&mut capture, From::Client, hello);
    tcp.say(&mut capture, From::Server, b"\x81\x02hi");
    tcp.close(&mut capture);
    let log = read(&capture);
    let [opened, said] = &log.exchanges[..] else {
        panic!("{:?}", log.exchanges)
    };
    assert_eq!(
        (opened.status, opened.reach),
        (Some(101), Reach::Acknowledged)
    );
    assert_eq!(
        (said.kind, said.reach),
        (ExchangeKind::Message, Reach::Sent)
    );
    assert_eq!(
        (&said.raw[..], &*said.url),
        (&b"Hello"[..], "http://ws.example/chat")
    );
    let at = memchr::memmem::find(&capture.bytes, hello).unwrap() + 6;
    let way = format!("runs {at}+5 / unmask 5:37fa213d / bytes 0+5");
    assert_eq!(said.unpacking(), Some(way));
    let stated = |name: &str| {
        log.capture
            .stated
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, t)| &**t)
    };
    assert_eq!(
        stated("WebSocket messages of servers, not listed"),
        Some("1")
    );
}

#[test]
fn the_app_that_the_capturing_device_names_is_the_client() {
    let mut capture = Capture::pcap();
    capture.app(10_123, "com.example.app");
    let mut tcp = capture.tcp(CLIENT, SERVER);
    tcp.say(
        &mut capture,
        From::Client,
        b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    );
    tcp.say(&mut capture, From::Server, ANSWER);
    let log = read(&capture);
    let client = &log.exchanges[0].client;
    assert_eq!(client.app.as_deref(), Some("com.example.app"));
    assert_eq!(client.process.as_deref(), Some("uid 10123"));
    // The trailer is no part of what was sent.
    assert!(log.exchanges[0].raw.ends_with(b"\r\n\r\n"));
}

#[test]
fn conversations_that_are_not_read_are_contacts_with_their_counts() {
    let mut capture = Capture::pcap();
    let mut tcp = capture.tcp(CLIENT, "198.51.100.9:5222");
    tcp.say(&mut capture, From::Server, b"220 hello\r\n");
    tcp.say(&mut capture, From::Client, b"\x01\x02\x03");
    tcp.close(&mut capture);
    capture.udp("192.0.2.7:123", "198.51.100.1:123", &[0; 48]);
    // Nobody sent anything.
    capture.tcp("192.0.2.7:40009", SERVER).close(&mut capture);
    let log = read(&capture);
    let found: Vec<_> = log
        .exchanges
        .iter()
        .map(|e| (e.detail.as_deref().unwrap(), e.reach))
        .collect();
    let wanted = [
        ("TCP, 3 bytes sent, 11 bytes received", Reach::Contacted),
        ("UDP, 48 bytes sent, 0 bytes received", Reach::Attempted),
    ];
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(wanted.iter().all(|w| found.contains(w)), "{found:?}");
    let silent = (
        "conversations without data, not listed".to_owned(),
        "1".to_owned(),
    );
    assert!(
        log.capture.stated.contains(&silent),
        "{:?}",
        log.capture.stated
    );
}

#[test]
fn requests_under_a_compression_come_out_of_it_by_their_runs() {
    let mut capture = Capture::pcap();
    let mut tcp = capture.tcp(CLIENT, SERVER);
    tcp.say_in(
        &mut capture,
        From::Client,
        20,
        b"GET /long/path HTTP/1.1\r\nHost: a.example\r\n\r\n",
    );
    let file = zstd::encode_all(&capture.bytes[..], 3).unwrap();
    assert_eq!(
        affiant_ingest::recognise(&file).unwrap().name(),
        "zstd/pcap"
    );
    let log = read_as("zstd/pcap", &file, &Settings::default()).unwrap();
    let [Unpack::Zstd, Unpack::Runs(runs)] = &log.exchanges[0].unpacked.as_ref().unwrap().steps[..]
    else {
        panic!("{:?}", log.exchanges)
    };
    let together: Vec<u8> = runs
        .iter()
        .flat_map(|run| bytes_at(&capture.bytes, *run))
        .copied()
        .collect();
    assert_eq!(together, log.exchanges[0].raw);
}

#[test]
fn requests_that_wait_for_ever_are_bounded() {
    let mut capture = Capture::pcap();
    for n in 0..8 {
        let mut tcp = capture.tcp(&format!("192.0.2.7:{}", 41_000 + n), SERVER);
        let head = b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 99999\r\n\r\n";
        tcp.say(&mut capture, From::Client, head);
        tcp.say(&mut capture, From::Client, &[b'x'; 9_000]);
    }
    let settings = affiant_ingest::Limits {
        held_bytes: 20_000,
        entries: 6,
        ..affiant_ingest::Limits::default()
    }
    .into();
    let log = read_as("pcap", &capture.bytes, &settings).unwrap();
    assert_eq!((log.exchanges.len(), log.capture.entries), (6, 6));
    let said = log.messages().join("\n");
    assert!(said.contains("hold more than 20000 bytes"), "{said}");
    assert!(said.contains("2 entries beyond the bound of 6"), "{said}");
}
