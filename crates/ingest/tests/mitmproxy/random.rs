//! Random flows, and random damage to them.

use std::io::{self, Read};
use std::ops::ControlFlow;

use crate::common::Stream;
use affiant_ingest::{Item, Limits, Settings, recognise};
use affiant_model::{ExhibitId, FieldName};
use proptest::prelude::*;

use super::conversations::of_each_kind;
use super::write::{V, at, b, flow, mitmproxy, read, read_with};

/// Hands out a few bytes at a time.
struct Dribble<'a>(&'a [u8], usize);

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.1.min(buffer.len());
        self.0.read(&mut buffer[..size])
    }
}

#[derive(Debug, Clone)]
struct Request {
    path: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

fn request() -> impl Strategy<Value = Request> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..20);
    let headers = prop::collection::vec(("x-[a-z]{1,3}", bytes()), 0..5);
    (bytes(), headers, bytes()).prop_map(|(tail, headers, body)| Request {
        path: [b"/", &tail[..]].concat(),
        headers,
        body,
    })
}

fn written(request: &Request) -> V {
    let headers = request.headers.iter();
    let headers = headers.map(|(name, value)| V::List(vec![b(name), b(value)]));
    flow()
        .with("request.path", b(&request.path))
        .with("request.headers", V::List(headers.collect()))
        .with("request.content", b(&request.body))
}

proptest! {
    #[test]
    fn what_was_written_is_read_back(
        requests in prop::collection::vec(request(), 1..5),
        size in 1_usize..50,
    ) {
        let file: Vec<u8> = requests.iter().flat_map(|r| written(r).bytes()).collect();
        let mut exchanges = Vec::new();
        let mut input = Dribble(&file, size);
        mitmproxy()
            .read(&mut Stream(&mut input), ExhibitId(1), &Settings::default(), &mut |item| {
                match item {
                    Item::Exchange(exchange) => exchanges.push(exchange),
                    Item::Defect(defect) => panic!("{defect:?}"),
                }
                ControlFlow::Continue(())
            })
            .unwrap();
        prop_assert_eq!(exchanges.len(), requests.len());
        for (exchange, request) in exchanges.iter().zip(&requests) {
            let mut headers = request.headers.iter();
            let mut body = &[][..];
            for field in &exchange.fields {
                let bytes = at(&file, field.span);
                match &field.name {
                    FieldName::Url => prop_assert_eq!(bytes, &request.path[..]),
                    FieldName::Body => body = bytes,
                    FieldName::Header { name, .. } => {
                        let (wanted, value) = headers.next().unwrap();
                        prop_assert_eq!((name, bytes), (wanted, &value[..]));
                    }
                    other => panic!("{other:?}"),
                }
            }
            prop_assert_eq!((headers.next(), body), (None, &request.body[..]));
        }
    }

    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut file = [flow().bytes(), of_each_kind(), flow().bytes()].concat();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let small = Limits { entry_bytes: 200, fields: 2, ..Limits::default() };
        for limits in [Limits::default(), small] {
            // Each place is held against the file there.
            let _ = read_with(&file, &limits);
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(tail in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = recognise(&tail);
        let _ = read_with(&tail, &Limits::default());
        let log = read(&[&flow().bytes()[..], &tail].concat());
        prop_assert_eq!(log.exchanges[0].ordinal, 1);
        prop_assert!(tail.is_empty() || log.exchanges.len() + log.defects.len() > 1);
    }
}
