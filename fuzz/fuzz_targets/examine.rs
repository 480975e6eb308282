//! Any bytes as the body of a request: decoding, matching, patterns and contexts
//! do not panic, stay within their bounds, and every locator that is given leads
//! to its value again.

#![no_main]

use std::sync::LazyLock;

use affiant_detect::{DecodeLimits, Detector, Knowledge, replay};
use affiant_model::{
    Carrier, Case, Circumstances, Exchange, ExhibitId, Field, FieldName, Identifier,
    IdentifierKind, Span, Subject,
};
use libfuzzer_sys::fuzz_target;

const LIMITS: DecodeLimits = DecodeLimits {
    depth: 8,
    nodes: 2_000,
    inflated_bytes: 1 << 20,
    decoded_bytes: 4 << 20,
};

static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| {
    let identifiers = [
        ("e-mail", IdentifierKind::Email, "ann@example.com"),
        ("phone", IdentifierKind::Phone, "+14155550132"),
        ("place", IdentifierKind::Coordinates, "37.774929,-122.419416"),
        ("zip", IdentifierKind::PostalCode, "94103"),
    ]
    .map(|(name, kind, value)| Identifier {
        name: name.to_owned(),
        kind,
        value: value.to_owned(),
        device: None,
    })
    .to_vec();
    let case = Box::leak(Box::new(Case {
        subjects: vec![Subject {
            name: "A".to_owned(),
            description: String::new(),
            identifiers,
        }],
        ..Case::default()
    }));
    let knowledge = Box::leak(Box::new(
        Knowledge::built_in().expect("the datasets follow their schemas"),
    ));
    Detector::new(case, knowledge, LIMITS).expect("four values fit")
});

fuzz_target!(|body: &[u8]| {
    let mut exchange = Exchange::new(ExhibitId(1), 1, Span::new(0, body.len() as u64));
    exchange.method = "POST".to_owned();
    exchange.url = "https://collect.example/e".to_owned();
    exchange.host = "collect.example".to_owned();
    exchange.raw = body.to_vec();
    exchange.fields.push(Field {
        name: FieldName::Body,
        span: exchange.span,
        range: 0..body.len(),
        carrier: Carrier::Raw,
        declared: Vec::new(),
    });
    let examination = DETECTOR.examine(&exchange, &Circumstances::default());
    let transmittals = examination.transmittals.iter();
    let patterns = examination.patterns.iter();
    let locators = transmittals
        .map(|t| (&t.locator, t.value_sha256))
        .chain(patterns.filter_map(|p| Some((&p.locator, p.value_sha256?))));
    for (locator, sha256) in locators {
        let locator = locator.parse().expect("a locator reads back");
        let replayed = replay(&exchange, &locator, &LIMITS).expect("the way can be gone again");
        assert_eq!(affiant_model::Digest::of(&replayed.value), sha256);
    }
});
