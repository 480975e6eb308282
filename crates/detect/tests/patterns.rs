//! Shapes of personal data that nothing else claims are reported apart, with
//! the name that says what they are, and not without it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod common;
mod encodings;

use std::sync::LazyLock;

use affiant_detect::{Detector, Examination};
use affiant_model::{Case, Circumstances, Exchange, Identifier, IdentifierKind as Kind, Subject};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::exchange;

static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| {
    common::detector(Case {
        subjects: vec![Subject {
            name: "Profile A".into(),
            description: String::new(),
            identifiers: vec![Identifier {
                name: "e-mail".into(),
                kind: Kind::Email,
                value: "ann@example.com".into(),
                device: None,
            }],
        }],
        ..Default::default()
    })
});

const URL: &str = "https://collect.example/v1/e";

fn examined(exchange: &Exchange) -> Examination {
    DETECTOR.examine(exchange, &Circumstances::default())
}

fn sent(body: &str) -> Examination {
    examined(&exchange("POST", URL, &[], body.as_bytes(), false))
}

/// Rule, name, value as printed.
fn found(examination: &Examination) -> Vec<(&str, &str, &str)> {
    let patterns = examination.patterns.iter();
    patterns
        .map(|p| (p.rule.as_str(), p.name.as_str(), p.value.as_str()))
        .collect()
}

#[test]
fn a_shape_is_reported_where_its_name_says_what_it_is() {
    let uuid = "919108f7-52d1-4320-9bac-f847db4148a8";
    let body = format!(
        r#"{{"device":{{"id":"{uuid}"}},"idfa":"{uuid}","user_id":"{uuid}","request":"{uuid}",
        "imei":"260531793113837","n":260531793113837,"phone":"+1 415 555 0132","mac":"02:1a:c5:9f:00:7b",
        "clientIp":"8.8.4.4","version":"8.8.4.4"}}"#
    );
    let examination = sent(&body);
    assert_eq!(
        found(&examination),
        [
            ("device-uuid", "id", uuid),
            ("advertising-uuid", "idfa", uuid),
            ("user-uuid", "user_id", uuid),
            ("imei", "imei", "260531793113837"),
            ("telephone-number", "phone", "***********0132"),
            ("mac-address", "mac", "02:1a:c5:9f:00:7b"),
            ("ip-address", "clientIp", "8.8.4.4"),
        ]
    );
    let unnamed: Vec<_> = examination
        .unnamed
        .iter()
        .map(|u| (u.rule.as_str(), u.count))
        .collect();
    assert_eq!(unnamed, [("imei", 1), ("ip-address", 1), ("uuid", 1)]);
    assert!(examination.transmittals.is_empty());
}

#[test]
fn numbers_of_accounts_and_addresses_of_others_are_masked_and_have_no_digest() {
    let body = r#"{"cardNumber":"4111 1111 1111 1111","iban":"DE89370400440532013000","ssn":"219-09-9998",
        "note":"joe@example.org","order":"4111111111111111","serial":"219099998"}"#;
    let examination = sent(body);
    assert_eq!(
        found(&examination),
        [
            ("payment-card", "cardNumber", "***************1111"),
            ("iban", "iban", "******************3000"),
            ("us-ssn", "ssn", "*******9998"),
            ("email-address", "", "j***@example.org"),
        ]
    );
    for pattern in &examination.patterns {
        assert!(pattern.masked && pattern.value_sha256.is_none());
    }
    assert!(!format!("{:?}", examination.patterns).contains("joe@"));
}

#[test]
fn what_is_known_or_documented_is_no_pattern() {
    assert_eq!(found(&sent(r#"{"email":"ann@example.com"}"#)), []);
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let pixel = format!(
        "https://www.facebook.com/tr/?id=1&ev=PageView&ud%5Bem%5D={digest}&fbp=fb.1.1750000000001.1098115397"
    );
    let documented = examined(&exchange("GET", &pixel, &[], b"", false));
    assert_eq!(found(&documented), []);
    let elsewhere =
        format!("{URL}?ud%5Bem%5D={digest}&_fbp=fb.1.1750000000001.1098115397&sha256={digest}");
    let elsewhere = examined(&exchange("GET", &elsewhere, &[], b"", false));
    assert_eq!(
        found(&elsewhere),
        [
            ("hashed-email", "ud[em]", digest),
            ("meta-browser", "_fbp", "fb.1.1750000000001.1098115397")
        ]
    );
}

#[test]
fn latitude_and_longitude_are_reported_together_or_not_at_all() {
    let both = sent(
        r#"{"a":{"lat":52.520007,"lng":13.404954},"b":{"lat":52.520007},"c":{"lng":13.404954}}"#,
    );
    assert_eq!(
        found(&both),
        [
            ("latitude", "lat", "52.520007"),
            ("longitude", "lng", "13.404954")
        ]
    );
    let rough = sent(r#"{"lat":52.5,"lng":13.4}"#);
    assert_eq!(found(&rough), []);
    let query = examined(&exchange(
        "GET",
        &format!("{URL}?lat=52.520007&lon=13.404954"),
        &[],
        b"",
        false,
    ));
    assert_eq!(found(&query).len(), 2);
    let packed = encodings::messagepack_of(
        &[
            b"\x82\xa3lat\xcb",
            &52.520_007_f64.to_be_bytes()[..],
            b"\xa3lng\xcb",
            &13.404_954_f64.to_be_bytes()[..],
        ]
        .concat(),
    );
    let packed = examined(&exchange("POST", URL, &[], &packed, true));
    assert_eq!(found(&packed).len(), 2);
}

#[test]
fn claims_of_a_token_are_named_by_it() {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let token = format!(
        "{}.{}.{}",
        part(r#"{"alg":"HS256","typ":"JWT"}"#),
        part(
            r#"{"iss":"site","sub":"auth0|5f7c8ec7c33c6c004bbafe82","email":"joe@example.org","iat":1584700000}"#
        ),
        URL_SAFE_NO_PAD.encode([0xa7; 32])
    );
    let header = exchange(
        "GET",
        URL,
        &[("Authorization", &format!("Bearer {token}"))],
        b"",
        false,
    );
    let examination = examined(&header);
    assert_eq!(
        found(&examination),
        [
            ("jwt-subject", "sub", "auth0|5f7c8ec7c33c6c004bbafe82"),
            ("jwt-email", "email", "j***@example.org"),
        ]
    );
    assert_eq!(found(&sent(r#"{"sub":"weekly"}"#)), []);
}

#[test]
fn a_checksum_of_a_known_value_is_a_pattern_under_its_name() {
    let mut crc = flate2::Crc::new();
    crc.update(b"ann@example.com");
    let sum = format!("{:08x}", crc.sum());
    let examination = sent(&format!(
        r#"{{"email_crc32":"{sum}","etag":"{sum}","crc":"00000001"}}"#
    ));
    assert_eq!(found(&examination), [("crc32", "email_crc32", &*sum)]);
}

#[test]
fn every_pattern_has_a_locator_that_leads_to_its_value() {
    let body = r#"{"data":"{\"gclid\":\"EAIaIQobChMIh4Tz0f_abc123456\",\"idfv\":\"919108F7-52D1-4320-9BAC-F847DB4148A8\"}"}"#;
    let request = exchange("POST", URL, &[], body.as_bytes(), false);
    let examination = examined(&request);
    assert_eq!(examination.patterns.len(), 2);
    for pattern in examination.patterns {
        let locator = pattern.locator.parse().unwrap();
        let replay = affiant_detect::replay(&request, &locator, &Default::default()).unwrap();
        assert_eq!(replay.value, pattern.value.as_bytes());
        assert_eq!(replay.span, pattern.span);
        assert!(!pattern.source.is_empty() && !pattern.category.is_empty());
    }
}
