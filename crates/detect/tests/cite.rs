//! A cited exchange shows its bytes, and none of its credentials at any stage.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use affiant_detect::{Citation, CiteError, CiteIn, Detector, Screen, cite};
use affiant_model::{
    Case, Circumstances, CitedExchange, Digest, Exchange, Identifier, IdentifierKind, Subject,
    Transmittal,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{exchange, gzip};
use proptest::prelude::*;

const IDFA: &str = "1209D0B9-B959-42E6-B921-AA5D9D08C1AF";
const OWN: &str = "ann.lee@example.com";

static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| {
    let identifier = |kind, value: &str| Identifier {
        name: value.to_owned(),
        kind,
        value: value.to_owned(),
        device: None,
    };
    common::detector(Case {
        subjects: vec![Subject {
            name: "Profile A".into(),
            description: String::new(),
            identifiers: vec![
                identifier(IdentifierKind::AdvertisingId, IDFA),
                identifier(IdentifierKind::Email, OWN),
            ],
        }],
        ..Default::default()
    })
});

static NONE: BTreeSet<Digest> = BTreeSet::new();

const PLACE: CiteIn<'_> = CiteIn {
    file: "E-0001.har",
    key_logs: &[],
    sessions: &NONE,
};

fn rows(exchange: &Exchange) -> Vec<Transmittal> {
    let examination = DETECTOR.examine(exchange, &Circumstances::default());
    assert!(!examination.transmittals.is_empty());
    examination.transmittals
}

fn cited(exchange: &Exchange) -> CitedExchange {
    let rows = rows(exchange);
    let citations: Vec<_> = rows
        .iter()
        .map(|transmittal| Citation {
            transmittal,
            reasons: vec!["test".to_owned()],
        })
        .collect();
    let screen = Screen::new([OWN.to_owned()]).unwrap();
    cite(exchange, &citations, &screen, PLACE).unwrap()
}

/// Everything that would be printed, hexadecimal read back.
fn printed(cited: &CitedExchange) -> String {
    let mut text = format!("{cited:?}");
    let rows = cited.fields.iter().map(|field| &field.hex);
    let rows = rows.chain(cited.transmittals.iter().map(|t| &t.hex));
    for row in rows.flatten() {
        text.push_str(&String::from_utf8_lossy(&bytes(&row.hex)));
    }
    text
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.split(' ')
        .map(|byte| u8::from_str_radix(byte, 16).unwrap_or(b'*'))
        .collect()
}

#[test]
fn the_hexadecimal_is_the_bytes_of_the_exhibit_at_their_offsets() {
    let body = format!(r#"{{"advertiser_id":"{IDFA}","note":"a\"b"}}"#);
    let exchange = exchange("POST", "https://x.example/a", &[], body.as_bytes(), false);
    let cited = cited(&exchange);
    let t = &cited.transmittals[0];
    assert!(t.in_exhibit);
    let (mut found, mut at) = (Vec::new(), t.span.offset);
    for row in &t.hex {
        assert_eq!(row.offset, at);
        found.extend(bytes(&row.hex));
        at += 16;
    }
    assert_eq!(found, IDFA.as_bytes());
    let start = usize::try_from(t.span.offset - exchange.span.offset).unwrap();
    assert_eq!(exchange.raw[start..start + found.len()], found[..]);
    assert_eq!(t.value, IDFA);
    assert_eq!(t.value_sha256, Digest::of(IDFA.as_bytes()));
    assert!(cited.masked.is_empty());
    let shown = &cited
        .fields
        .iter()
        .find(|f| f.name == "request.body")
        .unwrap();
    assert_eq!(shown.written.concat(), body);
    assert_eq!(shown.sha256, Digest::of(body.as_bytes()));
}

#[test]
fn credentials_are_masked_in_headers_address_body_steps_and_hexadecimal() {
    let secrets = [
        ("Authorization", "Bearer s3cr3t-bearer-value"),
        ("Cookie", "theme=dark; JSESSIONID=0123456789abcdef"),
    ];
    let body = format!(
        r#"{{"advertiser_id":"{IDFA}","access_token":"t0k\/en-in-the-body","pwd":"x7","mail":"other.person@example.org","own":"{OWN}"}}"#
    );
    let url = "https://x.example/a?access_token=q%2Bsecret-in-the-url&n=1";
    let cited = cited(&exchange("POST", url, &secrets, body.as_bytes(), false));
    let printed = printed(&cited);
    for secret in [
        "s3cr3t-bearer",
        "0123456789abcdef",
        "en-in-the-body",
        "secret-in-the-url",
        "\"x7",
        "other.person",
    ] {
        assert!(!printed.contains(secret), "{secret} is printed");
    }
    for clear in [
        IDFA,
        OWN,
        "Bearer ****",
        "theme=dark",
        "JSESSIONID=****",
        "n=1",
    ] {
        assert!(printed.contains(clear), "{clear} is not printed");
    }
    assert!(
        cited
            .masked
            .iter()
            .any(|m| m.starts_with("authorization header"))
    );
    assert!(cited.masked.contains(&"password `pwd` (1)".to_owned()));
}

#[test]
fn encoded_bytes_that_hold_a_credential_are_covered_as_a_whole() {
    let inner = STANDARD.encode(gzip(br#"{"access_token":"deeply-nested-secret"}"#));
    let body = format!(r#"{{"advertiser_id":"{IDFA}","blob":"{inner}"}}"#);
    let wrapped = gzip(body.as_bytes());
    let cited = cited(&exchange(
        "POST",
        "https://x.example/a",
        &[],
        &wrapped,
        true,
    ));
    let printed = printed(&cited);
    assert!(!printed.contains(&inner[..20]), "{printed}");
    assert!(!printed.contains("deeply-nested"));
    assert!(printed.contains(IDFA));
    let t = &cited.transmittals[0];
    assert!(t.hex.iter().all(|row| row.ascii.chars().all(|c| c == '*')));
    // The digests are those of the bytes as they are.
    let body = Digest::of(body.as_bytes());
    assert!(t.steps.iter().any(|step| step.sha256 == body));
}

#[test]
fn a_session_number_that_the_tables_assert_is_no_credential_and_a_password_always_is() {
    let body =
        format!(r#"{{"advertiser_id":"{IDFA}","session_id":"s-0123456789","pwd":"p-0123456789"}}"#);
    let exchange = exchange("POST", "https://x.example/a", &[], body.as_bytes(), false);
    let rows = rows(&exchange);
    let citation = Citation {
        transmittal: &rows[0],
        reasons: Vec::new(),
    };
    let screen = Screen::new([]).unwrap();
    let values = [Digest::of(b"s-0123456789"), Digest::of(b"p-0123456789")];
    let place = CiteIn {
        sessions: &BTreeSet::from(values),
        ..PLACE
    };
    let hidden = cite(&exchange, std::slice::from_ref(&citation), &screen, PLACE).unwrap();
    assert!(!printed(&hidden).contains("s-0123456789"));
    let shown = cite(&exchange, &[citation], &screen, place).unwrap();
    assert!(printed(&shown).contains("s-0123456789"));
    assert!(!printed(&shown).contains("p-0123456789"));
}

#[test]
fn what_two_values_have_in_common_is_printed_once() {
    let body = format!(r#"{{"advertiser_id":"{IDFA}","own":"{OWN}"}}"#);
    let cited = cited(&exchange(
        "POST",
        "https://x.example/a",
        &[],
        &gzip(body.as_bytes()),
        true,
    ));
    let [first, second] = &cited.transmittals[..] else {
        panic!("{:?}", cited.transmittals)
    };
    assert_eq!(second.same_span, Some(first.transmittal));
    assert!(second.hex.is_empty());
    let (of, steps) = second.same_steps.unwrap();
    assert_eq!((of, steps), (first.transmittal, first.steps.len() - 1));
    assert_eq!(second.steps.len(), 1);
}

#[test]
fn a_row_that_the_bytes_do_not_bear_out_is_refused() {
    let exchange = exchange(
        "GET",
        &format!("https://x.example/?i={IDFA}"),
        &[],
        b"",
        false,
    );
    let screen = Screen::new([]).unwrap();
    let refused = |change: fn(&mut Transmittal)| {
        let mut row = rows(&exchange).remove(0);
        change(&mut row);
        let citation = Citation {
            transmittal: &row,
            reasons: Vec::new(),
        };
        cite(&exchange, &[citation], &screen, PLACE).unwrap_err()
    };
    let moved = refused(|row| row.span.offset += 1);
    assert!(matches!(moved, CiteError::Differs { .. }), "{moved}");
    let other = refused(|row| row.value_sha256 = Digest::of(b"another"));
    assert!(other.to_string().contains("the exhibit gives"), "{other}");
    let lost = refused(|row| row.locator = "request.body / json $.i".to_owned());
    assert!(matches!(lost, CiteError::Way { .. }), "{lost}");
}

proptest! {
    #[test]
    fn no_password_is_printed_whatever_it_is_made_of(secret in "[ -~é]{8,40}", nested in any::<bool>()) {
        // What stands in the request by another name cannot be told apart.
        prop_assume!(!secret.contains(IDFA) && !secret.contains('*') && !secret.trim().is_empty());
        let mut body = BTreeMap::from([("advertiser_id", IDFA), ("password", secret.as_str())]);
        let inner = serde_json::to_string(&body).unwrap();
        if nested {
            body = BTreeMap::from([("inner", inner.as_str())]);
        }
        let body = serde_json::to_string(&body).unwrap();
        let cited = cited(&exchange("POST", "https://x.example/", &[], body.as_bytes(), false));
        for field in &cited.fields {
            prop_assert!(!field.written.concat().contains(&secret), "{:?}", field.written);
        }
        for step in cited.transmittals.iter().flat_map(|t| &t.steps) {
            prop_assert!(!step.excerpt.contains(&secret), "{}", step.excerpt);
        }
    }
}
