//! What is written reads back, however it is cut; no bytes make a panic.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_http::{Event, Http1, Http2, Limits, protocol};
use common::{Client, Server, Step, answers, body, client, header, read, requests, server};
use proptest::collection::vec;
use proptest::prelude::*;

/// A request as it is meant, and as it is written.
#[derive(Debug, Clone)]
struct Written {
    target: String,
    value: String,
    body: Vec<u8>,
    chunks: Option<Vec<usize>>,
    trailer: bool,
    status: u16,
    bare: bool,
}

impl Written {
    fn request(&self) -> Vec<u8> {
        let end = if self.bare { "\n" } else { "\r\n" };
        let mut bytes = format!(
            "POST {} HTTP/1.1{end}Host: h{end}X-V: {}{end}",
            self.target, self.value
        )
        .into_bytes();
        let Some(sizes) = &self.chunks else {
            bytes.extend(format!("Content-Length: {}{end}{end}", self.body.len()).bytes());
            bytes.extend(&self.body);
            return bytes;
        };
        bytes.extend(format!("Transfer-Encoding: chunked{end}{end}").bytes());
        bytes.extend(chunked(&self.body, sizes, end));
        if self.trailer {
            bytes.extend(format!("X-T: t{end}").bytes());
        }
        bytes.extend(end.bytes());
        bytes
    }

    fn response(&self) -> Vec<u8> {
        let length = if self.status == 304 { 99 } else { 4 };
        let body = if self.status == 304 { "" } else { "body" };
        format!(
            "HTTP/1.1 {} X\r\nContent-Length: {length}\r\n\r\n{body}",
            self.status
        )
        .into_bytes()
    }
}

fn chunked(body: &[u8], sizes: &[usize], end: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = body;
    let mut sizes = sizes.iter().cycle();
    while !rest.is_empty() {
        let size = sizes
            .next()
            .map_or(rest.len(), |size| (*size).clamp(1, rest.len()));
        let (now, later) = rest.split_at(size);
        bytes.extend(format!("{size:x};e=1{end}").bytes());
        bytes.extend(now);
        bytes.extend(end.bytes());
        rest = later;
    }
    bytes.extend(format!("0{end}").bytes());
    bytes
}

fn written() -> impl Strategy<Value = Written> {
    (
        "/[a-z?=&%]{0,20}",
        "[ -~&&[^ ]]{0,20}",
        vec(any::<u8>(), 0..200),
        prop::option::of(vec(1usize..50, 1..4)),
        any::<bool>(),
        prop::sample::select(vec![200u16, 404, 304]),
        any::<bool>(),
    )
        .prop_map(
            |(target, value, body, chunks, trailer, status, bare)| Written {
                target,
                value,
                body,
                chunks,
                trailer,
                status,
                bare,
            },
        )
}

/// Bytes that a parser meets, pieces of real syntax among them.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let words: Vec<Vec<u8>> = [
        &b"GET / HTTP/1.1\r\n"[..], b"POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\n", b"HTTP/1.1 200 OK\r\n", b"\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\nabcde\r\n", b"0\r\n\r\n", b"CONNECT a:1 HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
        b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n",
        b"HTTP/1.1 100 C\r\n\r\n", b"HTTP/1.1 401 U\r\nContent-Length: 0\r\n\r\n", b"\x81\x85\x01\x02\x03\x04hello",
        b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", b"GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n",
        b"HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x00\x00\x00\x04\x00\x00\x00\x00\x00", b"\x00\x00\x03\x01\x05\x00\x00\x00\x01\x82\x84\x86",
        b"\x00\x00\x03\x01\x04\x00\x00\x00\x03\x83\x84\x86", b"\x00\x00\x05\x00\x09\x00\x00\x00\x03\x02abcd",
        b"\x00\x00\x01\x01\x05\x00\x00\x00\x01\x88", b"\x00\x00\x04\x03\x00\x00\x00\x00\x03\x00\x00\x00\x08",
        b"\x00\x00\x05\x05\x04\x00\x00\x00\x01\x00\x00\x00\x02\x82", b"\x00\x00\x02\x01\x00\x00\x00\x00\x05\x82\x84",
        b"\x00\x00\x01\x09\x04\x00\x00\x00\x05\x86", b" \t", b":", b"HTTP/1.",
    ]
    .iter()
    .map(|word| word.to_vec())
    .collect();
    let word = prop_oneof![
        4 => prop::sample::select(words),
        1 => vec(any::<u8>(), 0..12),
    ];
    vec(word, 0..8).prop_map(|words| words.concat())
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (
        prop::sample::select(vec![Client, Server]),
        hostile(),
        0u64..12,
        prop::bool::weighted(0.15),
    );
    vec(
        step.prop_map(|(side, bytes, length, lost)| {
            if lost {
                Step::Lost(side, length)
            } else {
                Step::Push(side, bytes)
            }
        }),
        0..8,
    )
}

fn small() -> Limits {
    Limits {
        head: 90,
        body: 40,
        message: 30,
        waiting: 60,
        open: 3,
        pieces: 3,
        held: 200,
        table: 64,
        troubles: 10,
    }
}

/// What is told, in order, and apart from it the troubles: which of two troubles
/// of the two sides is met first depends on how the bytes came, and so does which
/// of more than are told are only counted.
fn told(events: Vec<Event>) -> (Vec<Event>, Vec<String>) {
    let (troubles, events): (Vec<_>, Vec<_>) = events
        .into_iter()
        .partition(|event| matches!(event, Event::Trouble(_)));
    let mut troubles: Vec<String> = troubles.iter().map(|event| format!("{event:?}")).collect();
    troubles.sort();
    if troubles.len() as u64 > small().troubles {
        troubles.retain(|trouble| trouble.contains("are only counted"));
    }
    (events, troubles)
}

proptest! {
    #[test]
    fn requests_read_back_however_they_are_cut(
        all in vec(written(), 1..5),
        pipelined in any::<bool>(),
        sizes in vec(1usize..40, 1..5),
    ) {
        let mut steps = Vec::new();
        if pipelined {
            steps.push(client(all.iter().flat_map(Written::request).collect::<Vec<_>>()));
            steps.push(server(all.iter().flat_map(Written::response).collect::<Vec<_>>()));
        } else {
            for one in &all {
                steps.extend([client(one.request()), server(one.response())]);
            }
        }
        let events = read(Http1::new(Limits::default()), &steps, &[]);
        prop_assert_eq!(&events, &read(Http1::new(Limits::default()), &steps, &sizes));
        let read = requests(&events);
        prop_assert_eq!(read.len(), all.len());
        for (request, meant) in read.iter().zip(&all) {
            prop_assert!(request.complete && request.broken.is_none());
            prop_assert_eq!(&request.target, &meant.target);
            prop_assert_eq!(&request.raw[request.body.clone()], &meant.body[..]);
            prop_assert_eq!(header(request, "x-v").unwrap(), &meant.value[..]);
            let trailer = meant.trailer && meant.chunks.is_some();
            prop_assert_eq!(header(request, "x-t").is_some(), trailer);
        }
        let expected: Vec<_> = (1..).zip(&all).map(|(number, one)| (number, one.status, true)).collect();
        prop_assert_eq!(answers(&events), expected);
    }

    #[test]
    fn a_body_with_a_hole_is_the_part_before_it(
        bytes in vec(b'a'..=b'z', 20..200),
        at in 0usize..20,
        length in 1usize..20,
        chunks in prop::option::of(Just(vec![500usize])),
    ) {
        let bare = Written {
            target: "/".into(), value: String::new(), body: bytes.clone(), chunks, trailer: false, status: 200, bare: false,
        };
        let stream = bare.request();
        let start = stream.windows(bytes.len()).position(|window| window == bytes).unwrap() + at;
        let end = (start + length).min(stream.len());
        let steps = [
            client(&stream[..start]),
            Step::Lost(Client, (end - start) as u64),
            client(&stream[end..]),
            client("GET /next HTTP/1.1\r\n\r\n"),
        ];
        let events = read(Http1::new(Limits::default()), &steps, &[]);
        let read = requests(&events);
        prop_assert_eq!(read.len(), 2);
        let kept = body(read[0]);
        prop_assert_eq!(kept.as_bytes(), &bytes[..at]);
        prop_assert!(!read[0].complete && read[1].complete);
    }

    #[test]
    fn no_bytes_make_a_panic_and_no_cut_changes_the_events_of_http_1(
        steps in steps(),
        sizes in vec(1usize..9, 1..4),
        midway in any::<bool>(),
        tight in any::<bool>(),
    ) {
        let limits = if tight { small() } else { Limits::default() };
        let reader = || if midway { Http1::midway(limits.clone()) } else { Http1::new(limits.clone()) };
        let events = told(read(reader(), &steps, &[]));
        prop_assert_eq!(&events, &told(read(reader(), &steps, &sizes)));
        prop_assert_eq!(&events, &told(read(reader(), &steps, &[1])));
    }

    #[test]
    fn no_bytes_make_a_panic_and_no_cut_changes_the_events_of_http_2(
        steps in steps(),
        sizes in vec(1usize..9, 1..4),
        preface in prop::bool::weighted(0.8),
        tight in any::<bool>(),
    ) {
        let limits = if tight { small() } else { Limits::default() };
        let mut all = Vec::new();
        if preface {
            all.push(client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
            all.push(server(b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"));
        }
        all.extend(steps);
        let events = told(read(Http2::new(limits.clone()), &all, &[]));
        prop_assert_eq!(&events, &told(read(Http2::new(limits.clone()), &all, &sizes)));
        prop_assert_eq!(&events, &told(read(Http2::new(limits), &all, &[1])));
    }

    #[test]
    fn each_request_has_its_own_number_and_each_answer_that_of_one(steps in steps()) {
        let events = read(Http1::new(Limits::default()), &steps, &[]);
        let mut numbers: Vec<_> = requests(&events).iter().map(|request| request.number).collect();
        let told = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        prop_assert_eq!(numbers.len(), told);
        for event in &events {
            if let Event::Response(response) = event {
                prop_assert!(response.number > 0);
            }
        }
    }

    #[test]
    fn the_first_bytes_never_tell_two_protocols(bytes in hostile()) {
        let told: Vec<_> = (0..=bytes.len()).filter_map(|end| protocol(&bytes[..end])).collect();
        prop_assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{:?}", told);
    }
}
