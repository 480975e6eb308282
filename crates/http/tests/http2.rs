//! Conversations of HTTP/2, written frame by frame.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_http::{Http2, Limits};
use common::{
    Client, Server, Step, answers, body, client, header, http2, messages, read, requests,
    responses, server, text, troubles,
};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PROMISE: u8 = 5;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;
const PRIORITY: u8 = 32;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Fields without compression: literals that enter no table (RFC 7541 §6.2.2).
fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).unwrap());
            block.extend(text.bytes());
        }
    }
    block
}

fn get(path: &str) -> Vec<u8> {
    block(&[
        (":method", "GET"),
        (":scheme", "https"),
        (":authority", "h"),
        (":path", path),
    ])
}

fn post(path: &str) -> Vec<u8> {
    block(&[
        (":method", "POST"),
        (":scheme", "https"),
        (":path", path),
        ("host", "h2"),
        ("a", "b"),
    ])
}

fn opening() -> [Step; 2] {
    [
        client([PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()),
        server(frame(SETTINGS, 0, 0, &[])),
    ]
}

fn conversation(steps: impl IntoIterator<Item = Step>) -> Vec<Step> {
    opening().into_iter().chain(steps).collect()
}

#[test]
fn interleaved_streams_are_told_apart_with_padding_and_priority_left_out() {
    let padded = [&[2][..], &[0, 0, 0, 0, 16], &post("/1"), &[0, 0]].concat();
    let events = http2(&conversation([
        client(frame(HEADERS, END_HEADERS | PADDED | PRIORITY, 1, &padded)),
        client(frame(HEADERS, END_HEADERS, 3, &post("/3"))),
        client(frame(DATA, 0, 1, b"one ")),
        client(frame(DATA, PADDED, 3, b"\x03three   ")),
        client(frame(DATA, END_STREAM | PADDED, 1, b"\x00first")),
        server(frame(HEADERS, END_HEADERS, 3, &[0x88])),
        server(frame(
            HEADERS,
            END_HEADERS | END_STREAM,
            1,
            &block(&[(":status", "404")]),
        )),
        server(frame(DATA, END_STREAM | PADDED, 3, b"\x01ok ")),
        client(frame(DATA, END_STREAM, 3, b"")),
    ]));
    let [first, second] = requests(&events)[..] else {
        panic!()
    };
    assert_eq!(
        (first.stream, first.number, body(first).as_str()),
        (Some(1), 1, "one first")
    );
    assert_eq!(
        text(&first.raw),
        ":method: POST\n:scheme: https\n:path: /1\nhost: h2\na: b\n\none first"
    );
    assert_eq!(header(first, "a").as_deref(), Some("b"));
    assert_eq!(
        (first.target.as_str(), first.host.as_deref()),
        ("/1", Some("h2"))
    );
    assert_eq!(
        (first.scheme.as_deref(), first.headers.len()),
        (Some("https"), 2)
    );
    assert_eq!((second.stream, body(second).as_str()), (Some(3), "three"));
    assert!(first.complete && second.complete && troubles(&events).is_empty());
    assert_eq!(answers(&events), [(1, 404, true), (2, 200, true)]);
    assert_eq!(responses(&events)[1].body_bytes, 2);
}

#[test]
fn a_block_may_be_continued_and_trailers_stand_behind_the_body() {
    let head = post("/");
    let events = http2(&conversation([
        client(frame(HEADERS, 0, 1, &head[..5])),
        client(frame(CONTINUATION, 0, 1, &head[5..9])),
        client(frame(CONTINUATION, END_HEADERS, 1, &head[9..])),
        client(frame(DATA, 0, 1, b"body")),
        client(frame(
            HEADERS,
            END_HEADERS | END_STREAM,
            1,
            &block(&[("grpc-status", "0")]),
        )),
    ]));
    let [request] = requests(&events)[..] else {
        panic!()
    };
    assert!(request.complete);
    assert_eq!(body(request), "body");
    assert_eq!(header(request, "grpc-status").as_deref(), Some("0"));
    assert!(text(&request.raw).ends_with("\n\nbodygrpc-status: 0\n"));
    assert_eq!(request.pieces.len(), 5);
}

#[test]
fn interim_responses_and_early_answers_pair_with_their_streams() {
    let events = http2(&conversation([
        server(frame(
            HEADERS,
            END_HEADERS,
            1,
            &block(&[(":status", "103")]),
        )),
        server(frame(HEADERS, END_HEADERS | END_STREAM, 1, &[0x88])),
        client(frame(HEADERS, END_HEADERS | END_STREAM, 1, &get("/1"))),
        client(frame(HEADERS, END_HEADERS | END_STREAM, 3, &get("/3"))),
        server(frame(
            HEADERS,
            END_HEADERS,
            3,
            &block(&[(":status", "100")]),
        )),
        server(frame(HEADERS, END_HEADERS | END_STREAM, 7, &[0x88])),
    ]));
    assert_eq!(answers(&events), [(1, 200, true), (2, 100, false)]);
    assert!(
        troubles(&events)[0]
            .message
            .contains("in stream 7, whose request was not read")
    );
}

#[test]
fn a_push_is_marked_as_no_request_of_the_client() {
    let promise = [&[0, 0, 0, 2][..], &get("/pushed")].concat();
    let events = http2(&conversation([
        client(frame(HEADERS, END_HEADERS | END_STREAM, 1, &get("/"))),
        server(frame(PROMISE, END_HEADERS, 1, &promise)),
        server(frame(HEADERS, END_HEADERS | END_STREAM, 2, &[0x88])),
        server(frame(HEADERS, END_HEADERS | END_STREAM, 1, &[0x88])),
    ]));
    let [first, pushed] = requests(&events)[..] else {
        panic!()
    };
    assert!(!first.pushed && pushed.pushed);
    assert_eq!(
        (pushed.stream, pushed.target.as_str()),
        (Some(2), "/pushed")
    );
    assert_eq!(answers(&events), [(2, 200, true), (1, 200, true)]);
}

#[test]
fn a_stream_that_the_client_gives_up_is_incomplete() {
    let events = http2(&conversation([
        client(frame(HEADERS, END_HEADERS, 1, &post("/"))),
        client(frame(DATA, 0, 1, b"part")),
        client(frame(RESET, 0, 1, &[0, 0, 0, 8])),
        client(frame(DATA, 0, 1, b"late")),
    ]));
    let [request] = requests(&events)[..] else {
        panic!()
    };
    assert_eq!((body(request).as_str(), request.complete), ("part", false));
    assert!(request.broken.as_deref().unwrap().contains("code 8"));
    assert!(
        troubles(&events)[0]
            .message
            .contains("4 bytes of DATA belong to no request")
    );
}

#[test]
fn a_request_that_the_server_gives_up_is_read_to_its_end() {
    let events = http2(&conversation([
        client(frame(HEADERS, END_HEADERS, 1, &post("/"))),
        server(frame(HEADERS, END_HEADERS, 1, &[0x88])),
        server(frame(RESET, 0, 1, &[0, 0, 0, 0])),
        client(frame(DATA, END_STREAM, 1, b"all")),
    ]));
    assert!(requests(&events)[0].complete);
    assert_eq!(answers(&events), [(1, 200, false)]);
}

#[test]
fn a_hole_in_data_ends_the_body_and_leaves_the_other_streams_whole() {
    let data = frame(DATA, END_STREAM, 1, b"0123456789");
    let events = http2(&conversation([
        client(frame(HEADERS, END_HEADERS, 1, &post("/1"))),
        client(&data[..12]),
        Step::Lost(Client, 4),
        client(&data[16..]),
        client(frame(HEADERS, END_HEADERS | END_STREAM, 3, &get("/3"))),
        server(frame(HEADERS, END_HEADERS | END_STREAM, 1, &[0x88])),
    ]));
    let [first, second] = requests(&events)[..] else {
        panic!()
    };
    assert_eq!((body(first).as_str(), first.complete), ("012", false));
    assert!(first.broken.as_deref().unwrap().contains("4 bytes at"));
    assert!(second.complete);
    assert_eq!(answers(&events), [(1, 200, true)]);
}

#[test]
fn a_hole_in_a_header_block_loses_all_later_headers_and_not_the_data() {
    let head = frame(HEADERS, END_HEADERS | END_STREAM, 3, &get("/3"));
    let events = http2(&conversation([
        client(frame(HEADERS, END_HEADERS, 1, &post("/1"))),
        client(&head[..20]),
        Step::Lost(Client, 5),
        client(&head[25..]),
        client(frame(HEADERS, END_HEADERS | END_STREAM, 5, &get("/5"))),
        client(frame(DATA, END_STREAM, 1, b"data")),
    ]));
    let [request] = requests(&events)[..] else {
        panic!()
    };
    assert_eq!(
        (request.target.as_str(), body(request).as_str()),
        ("/1", "data")
    );
    assert!(request.complete);
    let told: Vec<_> = troubles(&events)
        .iter()
        .map(|trouble| trouble.message.clone())
        .collect();
    assert!(
        told[0].contains("the header compression is lost"),
        "{told:?}"
    );
    assert!(told[1].contains("2 header blocks"), "{told:?}");
}

#[test]
fn a_hole_over_the_end_of_a_frame_ends_the_reading_of_that_side() {
    let events = http2(&conversation([
        client(frame(HEADERS, END_HEADERS, 1, &post("/1"))),
        client(&frame(DATA, 0, 1, b"0123456789")[..15]),
        Step::Lost(Client, 9),
        client(frame(DATA, END_STREAM, 1, b"unplaced")),
        server(frame(HEADERS, END_HEADERS | END_STREAM, 1, &[0x88])),
    ]));
    let [request] = requests(&events)[..] else {
        panic!()
    };
    assert_eq!(
        (body(request).as_str(), request.complete),
        ("012345", false)
    );
    assert!(
        request
            .broken
            .as_deref()
            .unwrap()
            .contains("could not be read")
    );
    assert_eq!(answers(&events), [(1, 200, true)]);
    assert!(
        troubles(&events)[1]
            .message
            .contains("17 bytes of HTTP/2 were left out, and 9")
    );
}

#[test]
fn without_its_preface_nothing_is_guessed() {
    let events = http2(&[
        client(frame(HEADERS, END_HEADERS | END_STREAM, 1, &get("/"))),
        server(frame(HEADERS, END_HEADERS | END_STREAM, 1, &[0x88])),
    ]);
    assert!(requests(&events).is_empty() && responses(&events).is_empty());
    let told: Vec<_> = troubles(&events)
        .iter()
        .map(|trouble| trouble.message.clone())
        .collect();
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[0].contains("does not begin with the preface"));
}

#[test]
fn what_a_conversation_may_hold_is_bounded_and_the_cut_is_told() {
    let limits = Limits {
        body: 100,

        open: 2,
        ..Limits::default()
    };
    let steps = conversation([
        client(frame(HEADERS, END_HEADERS, 1, &post("/1"))),
        client(frame(HEADERS, END_HEADERS, 3, &post("/3"))),
        client(frame(DATA, 0, 1, &[b'x'; 101])),
        client(frame(DATA, 0, 3, &[b'y'; 50])),
        client(frame(HEADERS, END_HEADERS, 5, &post("/5"))),
        client(frame(DATA, 0, 5, &[b'z'; 99])),
    ]);
    for sizes in [&[][..], &[1]] {
        let events = read(Http2::new(limits.clone()), &steps, sizes);
        let bodies: Vec<_> = requests(&events)
            .iter()
            .map(|request| {
                (
                    request.target.as_str(),
                    request.body.len(),
                    request.complete,
                )
            })
            .collect();
        assert_eq!(
            bodies,
            [("/1", 100, false), ("/3", 50, false), ("/5", 99, false)]
        );
        assert!(
            requests(&events)[0]
                .broken
                .as_deref()
                .unwrap()
                .contains("limit of 100 bytes")
        );
        assert!(
            troubles(&events)[0]
                .message
                .contains("stream 1 is not followed")
        );
    }
}

#[test]
fn what_all_open_requests_hold_together_is_bounded() {
    let limits = Limits {
        held: 300,
        ..Limits::default()
    };
    let steps = conversation([
        client(frame(HEADERS, END_HEADERS, 1, &post("/1"))),
        client(frame(HEADERS, END_HEADERS, 3, &post("/3"))),
        client(frame(DATA, 0, 1, &[b'x'; 100])),
        client(frame(DATA, 0, 3, &[b'y'; 100])),
    ]);
    let events = read(Http2::new(limits.clone()), &steps, &[]);
    assert_eq!(events, read(Http2::new(limits), &steps, &[1]));
    let [cut, other] = requests(&events)[..] else {
        panic!()
    };
    assert!(
        cut.broken
            .as_deref()
            .unwrap()
            .contains("more than 300 bytes")
    );
    assert_eq!((cut.target.as_str(), other.body.len()), ("/3", 100));
    assert!(cut.body.len() < 100);
}

#[test]
fn headers_beyond_the_limit_are_cut_and_told() {
    let limits = Limits {
        head: 120,
        ..Limits::default()
    };
    let long = "v".repeat(60);
    let fields = [
        (":method", "GET"),
        (":path", "/"),
        ("a", &long),
        ("b", &long),
        ("c", "d"),
    ];
    let steps = conversation([client(frame(
        HEADERS,
        END_HEADERS | END_STREAM,
        1,
        &block(&fields),
    ))]);
    let events = read(Http2::new(limits), &steps, &[]);
    let [request] = requests(&events)[..] else {
        panic!()
    };
    assert!(!request.complete);
    assert!(
        request
            .broken
            .as_deref()
            .unwrap()
            .contains("64 bytes of its headers")
    );
    assert_eq!(request.headers.len(), 2);
}

#[test]
fn a_websocket_within_a_stream_is_read_as_messages() {
    let connect = block(&[
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "https"),
        (":path", "/ws"),
        (":authority", "h"),
    ]);
    let masked = [0x81, 0x82, 1, 2, 3, 4, b'h' ^ 1, b'i' ^ 2];
    let events = http2(&conversation([
        client(frame(HEADERS, END_HEADERS, 1, &connect)),
        client(frame(DATA, 0, 1, &masked[..7])),
        server(frame(HEADERS, END_HEADERS, 1, &[0x88])),
        client(frame(DATA, 0, 1, &masked[7..])),
        server(frame(DATA, 0, 1, &[0x82, 1, 7])),
    ]));
    let [request] = requests(&events)[..] else {
        panic!()
    };
    assert!(request.complete && request.body.is_empty());
    assert_eq!(
        (request.target.as_str(), request.host.as_deref()),
        ("/ws", Some("h"))
    );
    let [first, second] = messages(&events)[..] else {
        panic!()
    };
    assert_eq!((first.side, &first.payload[..]), (Client, &b"hi"[..]));
    assert_eq!(first.frames[0].payload.len(), 2);
    assert_eq!((second.side, &second.payload[..]), (Server, &[7][..]));
}
