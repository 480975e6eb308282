//! Messages on an open conversation: searched like a body, and said to be no
//! more than sent.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod common;

use affiant_detect::{DecodeLimits, Detector, Examination, Knowledge, replay};
use affiant_model::{
    Carrier, Case, Circumstances, Exchange, ExchangeKind, Field, FieldName, Identifier,
    IdentifierKind, Place, Reach, Span, Subject,
};
use common::exchange;

const EMAIL: &str = "ann.lee@example.com";

fn examine(exchange: &Exchange) -> Examination {
    let case = Case {
        subjects: vec![Subject {
            name: "A".into(),
            description: String::new(),
            identifiers: vec![Identifier {
                name: "e-mail of A".into(),
                kind: IdentifierKind::Email,
                value: EMAIL.into(),
                device: None,
            }],
        }],
        ..Case::default()
    };
    let knowledge = Knowledge::built_in().unwrap();
    let detector = Detector::new(&case, &knowledge, DecodeLimits::default()).unwrap();
    detector.examine(exchange, &Circumstances::default())
}

/// An exchange with two messages behind its request, the second of which holds the address.
fn conversation() -> Exchange {
    let url = format!("https://ws.example.org/?user={EMAIL}");
    let mut exchange = exchange("GET", &url, &[], b"", false);
    exchange.status = Some(101);
    for (nth, text) in (1..).zip(["hello", r#"{"to":"x","from":"ann.lee@example.com"}"#]) {
        let range = exchange.raw.len()..exchange.raw.len() + text.len();
        exchange.raw.extend_from_slice(text.as_bytes());
        exchange.span.length = exchange.raw.len() as u64;
        exchange.fields.push(Field {
            name: FieldName::Message { nth },
            span: Span::new(1000 + range.start as u64, range.len() as u64),
            range,
            carrier: Carrier::Raw,
            declared: Vec::new(),
        });
    }
    exchange
}

#[test]
fn a_message_is_decoded_like_a_body_and_an_answer_to_the_handshake_is_none_to_it() {
    let exchange = conversation();
    let found = examine(&exchange);
    assert!(found.defects.is_empty(), "{:?}", found.defects);
    let [request, message] = &found.transmittals[..] else {
        panic!("{:?}", found.transmittals)
    };
    assert_eq!(
        (request.reach, request.status, request.place),
        (Reach::Acknowledged, Some(101), Place::Query)
    );
    assert_eq!(message.locator, "request.message 2 / json $.from");
    assert_eq!(message.value, EMAIL);
    assert_eq!(
        (message.reach, message.status, message.place),
        (Reach::Sent, None, Place::Body)
    );
    let again = replay(
        &exchange,
        &message.locator.parse().unwrap(),
        &DecodeLimits::default(),
    );
    assert_eq!(again.unwrap().value, EMAIL.as_bytes());
}

#[test]
fn a_message_reaches_no_further_than_its_conversation() {
    for (kind, reach, wanted) in [
        (ExchangeKind::Message, Reach::Attempted, Reach::Attempted),
        (ExchangeKind::Message, Reach::Acknowledged, Reach::Sent),
        (ExchangeKind::Request, Reach::Sent, Reach::Sent),
    ] {
        let conversation = Exchange {
            kind,
            reach,
            ..conversation()
        };
        let found = examine(&conversation);
        let message = found.transmittals.last().unwrap();
        assert_eq!((message.place, message.reach), (Place::Body, wanted));
    }
}
