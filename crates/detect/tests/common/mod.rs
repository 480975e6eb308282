//! Exchanges for tests.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its own part"
)]

use std::io::Write as _;

use affiant_detect::{DecodeLimits, Detector, Examination, Knowledge};
use affiant_model::{Carrier, Case, Exchange, ExhibitId, Field, FieldName, Reach, Span, Step};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A detector for all tests of a binary: the digests of its values are computed once.
pub fn detector(case: Case) -> Detector<'static> {
    let case = Box::leak(Box::new(case));
    let knowledge = Box::leak(Box::new(Knowledge::built_in().unwrap()));
    Detector::new(case, knowledge, DecodeLimits::default()).unwrap()
}

/// An exchange whose exhibit holds each field as the inside of a JSON string.
pub fn exchange(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    base64: bool,
) -> Exchange {
    let mut raw = b"{".to_vec();
    let mut fields = Vec::new();
    let mut add = |name: FieldName, text: &str, declared: Vec<Step>| {
        let written = serde_json::to_string(text).unwrap();
        let start = raw.len() + 1;
        raw.extend_from_slice(written.as_bytes());
        let range = start..raw.len() - 1;
        let span = Span::new(1000 + range.start as u64, range.len() as u64);
        fields.push(Field {
            name,
            span,
            range,
            carrier: Carrier::JsonString,
            declared,
        });
    };
    add(FieldName::Url, url, vec![]);
    for (name, value) in headers {
        add(
            FieldName::Header {
                name: (*name).to_owned(),
                nth: 1,
            },
            value,
            vec![],
        );
    }
    if base64 {
        add(FieldName::Body, &STANDARD.encode(body), vec![Step::Base64]);
    } else if !body.is_empty() {
        add(FieldName::Body, std::str::from_utf8(body).unwrap(), vec![]);
    }
    let host = url
        .split("//")
        .nth(1)
        .unwrap()
        .split(['/', '?'])
        .next()
        .unwrap()
        .to_owned();
    Exchange {
        method: method.to_owned(),
        url: url.to_owned(),
        host,
        status: Some(200),
        request_body_bytes: body.len() as u64,
        reach: Reach::Acknowledged,
        fields,
        ..Exchange {
            raw: raw.clone(),
            ..Exchange::new(ExhibitId(1), 1, Span::new(1000, raw.len() as u64))
        }
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn form(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        text.bytes()
            .map(|b| {
                if b.is_ascii_alphanumeric() || b"-._".contains(&b) {
                    char::from(b).to_string()
                } else {
                    format!("%{b:02X}")
                }
            })
            .collect::<String>()
    };
    pairs
        .iter()
        .map(|(k, v)| format!("{}={}", encode(k), encode(v)))
        .collect::<Vec<_>>()
        .join("&")
}

pub fn facts(examination: &Examination) -> Vec<(String, String)> {
    let mut facts: Vec<_> = examination
        .transmittals
        .iter()
        .map(|t| (t.datum.clone(), t.value.clone()))
        .collect();
    facts.sort();
    facts
}
