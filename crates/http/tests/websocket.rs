//! WebSockets: frames written by hand.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::io::Write;

use affiant_http::{Http1, Limits, MessageKind};
use common::{Client, Server, Step, client, http1, messages, read, server, text, troubles};
use flate2::{Compress, Compression, FlushCompress};

fn opening(extensions: &str) -> [Step; 2] {
    [
        client("GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
        server(format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: {extensions}\r\n\r\n"
        )),
    ]
}

fn conversation(extensions: &str, steps: impl IntoIterator<Item = Step>) -> Vec<Step> {
    opening(extensions).into_iter().chain(steps).collect()
}

fn frame(first: u8, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let bit = if mask.is_some() { 0x80 } else { 0 };
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(bit | u8::try_from(length).unwrap()),
        length @ 126..65536 => {
            frame.push(bit | 126);
            frame.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        length => {
            frame.push(bit | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    let key = mask.unwrap_or_default();
    frame
        .write_all(&mask.map_or(Vec::new(), |mask| mask.to_vec()))
        .unwrap();
    frame.extend(
        payload
            .iter()
            .zip(key.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    frame
}

/// What a peer sends for a message, with the context of those before.
fn deflated(state: &mut Compress, text: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(text.len() + 100);
    state
        .compress_vec(text, &mut packed, FlushCompress::Sync)
        .unwrap();
    assert!(packed.ends_with(&[0, 0, 0xff, 0xff]));
    packed.truncate(packed.len() - 4);
    packed
}

const KEY: Option<[u8; 4]> = Some([0x37, 0xfa, 0x21, 0x3d]);

#[test]
fn messages_are_unmasked_and_joined_past_control_frames() {
    let long = vec![b'x'; 70_000];
    let events = http1(&conversation(
        "",
        [
            client(frame(0x81, KEY, b"Hello")),
            client(frame(0x02, KEY, &long[..200])),
            client(frame(0x89, KEY, b"ping")),
            client(frame(0x80, KEY, &long[200..])),
            server(frame(0x8a, None, b"ping")),
            server(frame(0x81, None, b"answer")),
            client(frame(0x88, KEY, &[3, 232])),
        ],
    ));
    let [first, second, third] = messages(&events)[..] else {
        panic!()
    };
    assert_eq!(
        (first.kind, text(&first.payload).as_str()),
        (MessageKind::Text, "Hello")
    );
    assert_eq!((first.number, first.side, first.ordinal), (1, Client, 1));
    assert_eq!((second.kind, &second.payload), (MessageKind::Binary, &long));
    assert_eq!(second.frames.len(), 2);
    assert_eq!(
        (third.side, third.payload.as_slice()),
        (Server, &b"answer"[..])
    );
    assert!(troubles(&events).is_empty());
}

#[test]
fn compressed_messages_are_inflated_with_those_before_them() {
    let mut state = Compress::new(Compression::default(), false);
    let [first, second] =
        [b"email=a@b.example&x=1", b"email=a@b.example&x=2"].map(|text| deflated(&mut state, text));
    let (start, end) = second.split_at(3);
    let events = http1(&conversation(
        "permessage-deflate; client_max_window_bits",
        [
            client(frame(0xc1, KEY, &first)),
            client(frame(0x41, KEY, start)),
            client(frame(0x80, KEY, end)),
            client(frame(0x81, KEY, b"plain")),
        ],
    ));
    let read: Vec<_> = messages(&events)
        .iter()
        .map(|message| {
            (
                text(&message.payload),
                message.deflated,
                message.context,
                message.complete,
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            ("email=a@b.example&x=1".to_owned(), true, false, true),
            ("email=a@b.example&x=2".to_owned(), true, true, true),
            ("plain".to_owned(), false, false, true),
        ]
    );
}

#[test]
fn after_a_lost_message_those_that_build_on_it_are_not_made_up() {
    let mut state = Compress::new(Compression::default(), false);
    let texts: [&[u8]; 3] = [b"first first first", b"second first", b"third first"];
    let [first, second, third] = texts.map(|text| frame(0xc2, KEY, &deflated(&mut state, text)));
    let middle = second.len() - 2;
    let events = http1(&conversation(
        "permessage-deflate",
        [
            client(&first),
            client(&second[..middle]),
            Step::Lost(Client, 1),
            client(&second[middle + 1..]),
            client(&third),
        ],
    ));
    let read: Vec<_> = messages(&events)
        .iter()
        .map(|message| (message.payload.len(), message.complete))
        .collect();
    assert_eq!(read, [(17, true), (0, false), (0, false)]);
    assert!(
        messages(&events)[2]
            .broken
            .as_deref()
            .unwrap()
            .contains("messages that are missing")
    );
}

#[test]
fn what_inflates_without_end_is_cut() {
    let limits = Limits {
        message: 1000,
        ..Limits::default()
    };
    let mut state = Compress::new(Compression::default(), false);
    let bomb = deflated(&mut state, &vec![0; 1 << 20]);
    let steps = conversation(
        "permessage-deflate; client_no_context_takeover",
        [
            client(frame(0xc2, KEY, &bomb[..900])),
            client(frame(
                0xc2,
                KEY,
                &deflated(&mut Compress::new(Compression::default(), false), b"next"),
            )),
            client(frame(0x82, KEY, &[b'y'; 1001])),
        ],
    );
    for sizes in [&[][..], &[1]] {
        let events = read(Http1::new(limits.clone()), &steps, sizes);
        let read: Vec<_> = messages(&events)
            .iter()
            .map(|message| (message.payload.len(), message.complete))
            .collect();
        assert_eq!(read, [(1000, false), (4, true), (1000, false)]);
    }
}

#[test]
fn a_hole_in_a_frame_ends_the_message_there_and_the_next_is_read() {
    let first = frame(0x81, KEY, b"0123456789");
    let events = http1(&conversation(
        "",
        [
            client(&first[..9]),
            Step::Lost(Client, 5),
            client(&first[14..]),
            client(frame(0x81, KEY, b"next")),
        ],
    ));
    let [broken, next] = messages(&events)[..] else {
        panic!()
    };
    assert_eq!(
        (text(&broken.payload).as_str(), broken.complete),
        ("012", false)
    );
    assert_eq!(
        (text(&next.payload).as_str(), next.complete),
        ("next", true)
    );
}

#[test]
fn a_hole_between_frames_ends_the_reading_of_that_side_alone() {
    let events = http1(&conversation(
        "",
        [
            client(frame(0x01, KEY, b"part")),
            Step::Lost(Client, 30),
            client(frame(0x81, KEY, b"next")),
            server(frame(0x81, None, b"other side")),
        ],
    ));
    let [part, other] = messages(&events)[..] else {
        panic!()
    };
    assert_eq!(
        (text(&part.payload).as_str(), part.complete),
        ("part", false)
    );
    assert_eq!(other.side, Server);
    assert!(
        troubles(&events)
            .iter()
            .any(|trouble| trouble.message.contains("10 bytes of a WebSocket"))
    );
}

#[test]
fn bytes_that_are_no_frames_are_told() {
    let events = http1(&conversation(
        "x-secret",
        [
            client(frame(0xb1, KEY, b"??")),
            server(frame(0x80, None, b"x")),
        ],
    ));
    assert!(messages(&events).is_empty());
    let told: Vec<_> = troubles(&events)
        .iter()
        .map(|trouble| trouble.message.clone())
        .collect();
    assert!(
        told[0].contains("the extension `x-secret` was agreed on and is not known"),
        "{told:?}"
    );
    assert!(told[1].contains("continues no message"), "{told:?}");
}

#[test]
fn frames_sent_before_the_answer_was_captured_are_read() {
    let [ask, answer] = opening("");
    let events = http1(&[ask, client(frame(0x81, KEY, b"early")), answer]);
    assert_eq!(messages(&events).len(), 1);
}
