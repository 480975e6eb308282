//! A conversation written down step by step, and read in pieces of any size.

#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use affiant_http::{Event, Http1, Http2, Limits, Message, Request, Response, Side, Trouble};

pub(crate) use Side::{Client, Server};

/// Bytes of a side, or a hole.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Push(Side, Vec<u8>),
    Lost(Side, u64),
}

pub(crate) fn client(bytes: impl AsRef<[u8]>) -> Step {
    Step::Push(Client, bytes.as_ref().to_vec())
}

pub(crate) fn server(bytes: impl AsRef<[u8]>) -> Step {
    Step::Push(Server, bytes.as_ref().to_vec())
}

pub(crate) trait Reader {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn FnMut(Event));
    fn lost(&mut self, side: Side, length: u64, sink: &mut dyn FnMut(Event));
    fn finish(&mut self, sink: &mut dyn FnMut(Event));
}

macro_rules! reader {
    ($type:ty) => {
        impl Reader for $type {
            fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn FnMut(Event)) {
                self.push(side, bytes, sink);
            }
            fn lost(&mut self, side: Side, length: u64, sink: &mut dyn FnMut(Event)) {
                self.lost(side, length, sink);
            }
            fn finish(&mut self, sink: &mut dyn FnMut(Event)) {
                self.finish(sink);
            }
        }
    };
}
reader!(Http1);
reader!(Http2);

/// The events of a conversation whose pushes are cut into pieces of these
/// sizes, over and over; whole, where there are none. All places are checked.
pub(crate) fn read(mut reader: impl Reader, steps: &[Step], sizes: &[usize]) -> Vec<Event> {
    let mut events = Vec::new();
    let mut sink = |event| add(&mut events, event);
    let mut sizes = sizes.iter().cycle();
    for step in steps {
        match step {
            Step::Lost(side, length) => reader.lost(*side, *length, &mut sink),
            Step::Push(side, bytes) => {
                let mut rest = &bytes[..];
                while !rest.is_empty() {
                    let size = sizes
                        .next()
                        .map_or(rest.len(), |size| (*size).clamp(1, rest.len()));
                    let (now, later) = rest.split_at(size);
                    reader.push(*side, now, &mut sink);
                    rest = later;
                }
            }
        }
    }
    reader.finish(&mut sink);
    let streams = (stream(Client, steps), stream(Server, steps));
    for event in &events {
        check(event, &streams);
    }
    events
}

/// Bytes of a tunnel that touch are one event, however they came.
fn add(events: &mut Vec<Event>, event: Event) {
    if let (
        Event::TunnelBytes {
            side,
            offset,
            bytes,
        },
        Some(Event::TunnelBytes {
            side: last,
            offset: from,
            bytes: held,
        }),
    ) = (&event, events.last_mut())
        && side == last
        && *offset == *from + held.len() as u64
    {
        held.extend_from_slice(bytes);
        return;
    }
    events.push(event);
}

/// The stream of a side, with `?` for what was not captured.
pub(crate) fn stream(side: Side, steps: &[Step]) -> Vec<u8> {
    let mut stream = Vec::new();
    for step in steps {
        match step {
            Step::Push(from, bytes) if *from == side => stream.extend_from_slice(bytes),
            Step::Lost(from, length) if *from == side => {
                let length = usize::try_from(*length).unwrap();
                stream.extend(std::iter::repeat_n(b'?', length));
            }
            _ => {}
        }
    }
    stream
}

fn cut(stream: &[u8], ranges: &[std::ops::Range<u64>]) -> Vec<u8> {
    let index = |at: u64| usize::try_from(at).unwrap();
    ranges
        .iter()
        .flat_map(|range| stream[index(range.start)..index(range.end)].to_vec())
        .collect()
}

/// Asserts that all the places an event states are right.
fn check(event: &Event, (client, server): &(Vec<u8>, Vec<u8>)) {
    let of = |side| if side == Client { client } else { server };
    match event {
        Event::Request(request) => {
            let side = if request.pushed { Server } else { Client };
            let bytes = cut(of(side), &request.pieces);
            if request.stream.is_none() {
                assert_eq!(bytes, request.raw);
            } else if request
                .headers
                .iter()
                .all(|header| header.value.end <= request.body.start)
            {
                let body = &request.raw[request.body.clone()];
                assert_eq!(&bytes[bytes.len() - body.len()..], body);
            }
            for pair in request.pieces.windows(2) {
                assert!(pair[0].end < pair[1].start, "{:?}", request.pieces);
            }
            assert!(
                request
                    .pieces
                    .iter()
                    .all(|piece| piece.start >= request.at.start)
            );
            assert!(
                request
                    .pieces
                    .iter()
                    .all(|piece| piece.end <= request.at.end)
            );
            assert_eq!(text(&request.raw[request.url.clone()]), request.target);
            assert!(
                request
                    .headers
                    .iter()
                    .all(|header| header.value.end <= request.raw.len())
            );
            assert!(request.complete || request.broken.is_some());
        }
        Event::Response(response) => assert!(response.complete || response.broken.is_some()),
        Event::Message(message) => {
            assert!(message.complete || message.broken.is_some());
            if !message.deflated {
                let stream = of(message.side);
                let mut payload = Vec::new();
                for frame in &message.frames {
                    let key = frame.mask.unwrap_or_default();
                    let bytes = cut(stream, &frame.payload);
                    payload.extend(
                        bytes
                            .iter()
                            .zip(key.iter().cycle())
                            .map(|(byte, key)| byte ^ key),
                    );
                }
                assert_eq!(payload, message.payload);
            }
        }
        Event::TunnelBytes {
            side,
            offset,
            bytes,
        } => {
            let end = offset + bytes.len() as u64;
            assert_eq!(
                &cut(of(*side), std::slice::from_ref(&(*offset..end))),
                bytes
            );
        }
        Event::Trouble(trouble) => {
            assert!(trouble.offset <= of(trouble.side).len() as u64);
        }
        Event::Tunnel(_) | Event::TunnelLost { .. } => {}
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The events of HTTP/1 from the start, and the same in pieces of one byte.
pub(crate) fn http1(steps: &[Step]) -> Vec<Event> {
    let events = read(Http1::new(Limits::default()), steps, &[]);
    let again = read(Http1::new(Limits::default()), steps, &[1]);
    assert_eq!(events, again);
    events
}

pub(crate) fn http2(steps: &[Step]) -> Vec<Event> {
    let events = read(Http2::new(Limits::default()), steps, &[]);
    let again = read(Http2::new(Limits::default()), steps, &[1]);
    assert_eq!(events, again);
    events
}

pub(crate) fn requests(events: &[Event]) -> Vec<&Request> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Request(request) => Some(request),
            _ => None,
        })
        .collect()
}

pub(crate) fn responses(events: &[Event]) -> Vec<&Response> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Response(response) => Some(response),
            _ => None,
        })
        .collect()
}

pub(crate) fn messages(events: &[Event]) -> Vec<&Message> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Message(message) => Some(message),
            _ => None,
        })
        .collect()
}

pub(crate) fn troubles(events: &[Event]) -> Vec<&Trouble> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Trouble(trouble) => Some(trouble),
            _ => None,
        })
        .collect()
}

/// The body of a request.
pub(crate) fn body(request: &Request) -> String {
    text(&request.raw[request.body.clone()])
}

/// The first value of a header.
pub(crate) fn header(request: &Request, name: &str) -> Option<String> {
    let place = request
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case(name))?;
    Some(text(&request.raw[place.value.clone()]))
}

/// Number and status of all responses, and whether they are whole.
pub(crate) fn answers(events: &[Event]) -> Vec<(u64, u16, bool)> {
    responses(events)
        .iter()
        .map(|response| (response.number, response.status, response.complete))
        .collect()
}
