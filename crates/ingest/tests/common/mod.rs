//! Reads small files for the tests beside it.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]
#![allow(dead_code, unreachable_pub, reason = "each test uses some of it")]

use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use affiant_ingest::{Item, Limits, Reader, Refusal, Settings, format_named};
use affiant_model::{Capture, Defect, Exchange, ExhibitId, Span};

pub struct Log {
    pub capture: Capture,
    pub exchanges: Vec<Exchange>,
    pub defects: Vec<Defect>,
}

impl Log {
    pub fn messages(&self) -> Vec<&str> {
        self.defects.iter().map(|d| d.message.as_str()).collect()
    }
}

pub fn har() -> Reader {
    format_named("har").unwrap()
}

pub fn read_with(input: &mut dyn Read, limits: &Limits) -> Result<Log, Refusal> {
    let (mut exchanges, mut defects) = (Vec::new(), Vec::new());
    let settings = limits.clone().into();
    let capture = har().read(&mut Stream(input), ExhibitId(3), &settings, &mut |item| {
        match item {
            Item::Exchange(exchange) => exchanges.push(exchange),
            Item::Defect(defect) => defects.push(defect),
        }
        ControlFlow::Continue(())
    })?;
    Ok(Log {
        capture,
        exchanges,
        defects,
    })
}

/// Reads a file as a format, and holds each place and each range against its bytes.
pub fn read_as(format: &str, file: &[u8], settings: &Settings) -> Result<Log, Refusal> {
    let reader = format_named(format).unwrap();
    let (mut exchanges, mut defects) = (Vec::new(), Vec::new());
    let mut input = std::io::Cursor::new(file);
    let capture = reader.read(&mut input, ExhibitId(3), settings, &mut |item| {
        match item {
            Item::Exchange(exchange) => exchanges.push(exchange),
            Item::Defect(defect) => defects.push(defect),
        }
        ControlFlow::Continue(())
    })?;
    let mut ranges = Vec::new();
    reader.ranges(&mut &file[..], &mut |span| ranges.push(span))?;
    if reader.range_rule().is_some() {
        assert_eq!(
            ranges.len(),
            capture.entries as usize,
            "a range for each entry"
        );
        assert!(ranges.windows(2).all(|w| w[0].end() <= w[1].offset));
    } else {
        assert!(ranges.is_empty());
    }
    let mut last = 0;
    for exchange in &exchanges {
        assert!(exchange.ordinal > last, "numbers grow");
        last = exchange.ordinal;
        assert!(last <= capture.entries);
        if let Some(range) = ranges.get(last as usize - 1) {
            assert_eq!(*range, exchange.span);
        }
        let place = bytes_at(file, exchange.span);
        for field in &exchange.fields {
            let bytes = exchange.raw.get(field.range.clone()).expect("within raw");
            match exchange.place(field, &(0..bytes.len())) {
                Some(place) => {
                    assert_eq!(place, field.span);
                    assert_eq!(bytes_at(file, place), bytes);
                }
                None => assert_eq!(field.span, exchange.span),
            }
        }
        if exchange.unpacked.is_none() && !exchange.raw.is_empty() && !ranges.is_empty() {
            assert_eq!(place, exchange.raw);
        }
    }
    for defect in &defects {
        let Some(place) = defect.span else { continue };
        bytes_at(file, place);
        let entry = defect.exchange.and_then(|n| ranges.get(n as usize - 1));
        if let Some(entry) = entry {
            assert!(
                entry.offset <= place.offset && place.end() <= entry.end(),
                "{defect:?}"
            );
        }
    }
    Ok(Log {
        capture,
        exchanges,
        defects,
    })
}

/// The bytes of a file at a place.
pub fn bytes_at(file: &[u8], span: Span) -> &[u8] {
    &file[usize::try_from(span.offset).unwrap()..usize::try_from(span.end()).unwrap()]
}

/// Any reader as an input; one that seeks fails.
pub struct Stream<'r>(pub &'r mut dyn Read);

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Stream<'_> {
    fn seek(&mut self, _: SeekFrom) -> std::io::Result<u64> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

pub fn read(file: &str) -> Log {
    read_with(&mut file.as_bytes(), &Limits::default()).unwrap()
}

pub fn entry(request: &str) -> String {
    format!(
        r#"{{"startedDateTime":"2020-03-20T10:00:00Z","request":{request},"response":{{"status":200}}}}"#
    )
}

/// One entry around the request; the whole file, and what was read of it.
pub fn one(request: &str) -> (String, Log) {
    let file = format!(r#"{{"log":{{"entries":[{}]}}}}"#, entry(request));
    let log = read(&file);
    (file, log)
}

pub fn at(file: &str, span: Span) -> &str {
    &file[usize::try_from(span.offset).unwrap()..usize::try_from(span.end()).unwrap()]
}

pub const GET: &str = r#"{"method":"GET","url":"https://example.org/?a=1","headers":[]}"#;
