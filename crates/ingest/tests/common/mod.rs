//! Reads small HARs for the tests beside it.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]
#![allow(dead_code, unreachable_pub, reason = "each test uses some of it")]

use std::io::Read;
use std::ops::ControlFlow;

use affiant_ingest::{Format, Item, Limits, Refusal, format_named};
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

pub fn har() -> &'static dyn Format {
    format_named("har").unwrap()
}

pub fn read_with(input: &mut dyn Read, limits: &Limits) -> Result<Log, Refusal> {
    let (mut exchanges, mut defects) = (Vec::new(), Vec::new());
    let capture = har().read(input, ExhibitId(3), limits, &mut |item| {
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
