//! The same request in every form that a vendor's SDKs have used is read the
//! same, and known values are found through compositions of encodings.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod common;

use std::sync::LazyLock;

use affiant_detect::{DecodeLimits, Detector, Examination, replay};
use affiant_model::{
    Basis, Case, Circumstances, Exchange, Identifier, IdentifierKind, Place, Subject, Transmittal,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::{exchange, facts, form, gzip};
use md5::Digest as _;
use proptest::prelude::*;

const IDFA: &str = "1209D0B9-B959-42E6-B921-AA5D9D08C1AF";
const EXTINFO: &str = r#"["i2","us.example.app","17303.0319","4.6.8","13.3.1","iPhone12,1","en_US","PDT","AT\u0026T",414,896,"2.00",6,64,31,"America\/Los_Angeles"]"#;

fn case() -> Case {
    let identifier = |name: &str, kind, value: &str| Identifier {
        name: name.to_owned(),
        kind,
        value: value.to_owned(),
        device: None,
    };
    Case {
        subjects: vec![Subject {
            name: "Profile A".into(),
            description: String::new(),
            identifiers: vec![
                identifier("IDFA of A", IdentifierKind::AdvertisingId, IDFA),
                identifier("e-mail of A", IdentifierKind::Email, "ann.lee@example.com"),
                identifier("carrier of A", IdentifierKind::Carrier, "AT&T"),
            ],
        }],
        ..Default::default()
    }
}

static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| common::detector(case()));

fn examine(exchange: &Exchange) -> Examination {
    DETECTOR.examine(exchange, &Circumstances::default())
}

const APP_EVENT: [(&str, &str); 5] = [
    ("event", "CUSTOM_APP_EVENTS"),
    ("advertiser_id", IDFA),
    ("anon_id", "XZ9DD82044-772F-4B99-B17B-208E9C3CC38B"),
    ("extinfo", EXTINFO),
    (
        "custom_events",
        r#"[{"_eventName":"fb_mobile_activate_app","_logTime":1585180800}]"#,
    ),
];

/// Every wire form of one App Events request, by name.
fn wire_forms() -> Vec<(&'static str, Exchange)> {
    let url = "https://graph.facebook.com/v6.0/123456789/activities";
    let json = serde_json::to_vec(
        &APP_EVENT
            .iter()
            .copied()
            .collect::<std::collections::BTreeMap<_, _>>(),
    )
    .unwrap();
    let urlencoded = form(&APP_EVENT);
    let multipart: String = APP_EVENT
        .iter()
        .map(|(k, v)| {
            format!("--3i2\r\nContent-Disposition: form-data; name=\"{k}\"\r\n\r\n{v}\r\n")
        })
        .collect::<String>()
        + "--3i2--\r\n";
    let type_form = ("Content-Type", "application/x-www-form-urlencoded");
    let type_multipart = ("Content-Type", "multipart/form-data; boundary=3i2");
    let type_json = ("Content-Type", "application/json");
    let gzipped = ("Content-Encoding", "gzip");
    vec![
        (
            "JSON, as the capture decoded it",
            exchange("POST", url, &[type_json, gzipped], &json, false),
        ),
        (
            "gzip JSON in base64",
            exchange("POST", url, &[type_json, gzipped], &gzip(&json), true),
        ),
        (
            "form",
            exchange("POST", url, &[type_form], urlencoded.as_bytes(), false),
        ),
        (
            "gzip form in base64",
            exchange(
                "POST",
                url,
                &[type_form, gzipped],
                &gzip(urlencoded.as_bytes()),
                true,
            ),
        ),
        (
            "multipart",
            exchange("POST", url, &[type_multipart], multipart.as_bytes(), false),
        ),
        (
            "multipart, undeclared",
            exchange("POST", url, &[], multipart.as_bytes(), false),
        ),
        (
            "query",
            exchange("POST", &format!("{url}?{urlencoded}"), &[], b"", false),
        ),
        (
            "ep1 host",
            exchange(
                "POST",
                "https://ep1.facebook.com/v17.0/1/activities",
                &[type_json],
                &json,
                false,
            ),
        ),
    ]
}

#[test]
fn every_wire_form_of_app_events_gives_the_same_data() {
    let forms = wire_forms();
    // The app's number in the path is the vendor's, and differs on the last host.
    let without_path = |e: &Examination| {
        let mut e = e.clone();
        e.transmittals.retain(|t| t.place != Place::Path);
        facts(&e)
    };
    let expected = without_path(&examine(&forms[0].1));
    let has = |datum: &str, value: &str| {
        assert!(
            expected.contains(&(datum.into(), value.into())),
            "{datum} = {value} not in {expected:#?}"
        );
    };
    has("advertising_id", IDFA);
    has("device_model", "iPhone12,1");
    has("carrier", "AT&T");
    has("time_zone", "America/Los_Angeles");
    has("installation_id", "XZ9DD82044-772F-4B99-B17B-208E9C3CC38B");
    assert!(!expected.iter().any(|(datum, _)| datum == "city"));
    for (name, exchange) in &forms {
        let examination = examine(exchange);
        assert_eq!(without_path(&examination), expected, "{name}");
        assert_eq!(examination.defects, [], "{name}");
    }
}

#[test]
fn a_known_value_in_a_documented_field_is_one_transmittal_with_both_reasons() {
    let examination = examine(&wire_forms()[1].1);
    let of = |datum: &str| -> Vec<Transmittal> {
        examination
            .transmittals
            .iter()
            .filter(|t| t.datum == datum)
            .cloned()
            .collect()
    };
    let advertising = of("advertising_id");
    assert_eq!(advertising.len(), 1);
    assert_eq!(advertising[0].basis, Basis::KnownValue);
    assert_eq!(advertising[0].identifier.as_deref(), Some("IDFA of A"));
    assert!(
        advertising[0]
            .source
            .as_deref()
            .unwrap()
            .contains("facebook-ios-sdk")
    );
    assert_eq!(
        advertising[0].locator,
        "request.body / base64 / gzip / json $.advertiser_id"
    );
    // Many people have this carrier: that it is the subject's is said, but the
    // reason is the documentation.
    let carrier = of("carrier");
    assert_eq!(
        (carrier.len(), carrier[0].basis),
        (1, Basis::DocumentedField)
    );
    assert_eq!(carrier[0].identifier.as_deref(), Some("carrier of A"));
}

#[test]
fn a_value_lies_in_the_exhibit_where_its_transmittal_says() {
    for (name, exchange) in wire_forms() {
        for t in examine(&exchange).transmittals {
            let replay = replay(
                &exchange,
                &t.locator.parse().unwrap(),
                &DecodeLimits::default(),
            )
            .unwrap();
            let start = usize::try_from(t.span.offset).unwrap() - 1000;
            let bytes = &exchange.raw[start..start + usize::try_from(t.span.length).unwrap()];
            assert_eq!(
                (bytes, t.span),
                (replay.raw.as_slice(), replay.span),
                "{name} {}",
                t.locator
            );
            if replay.recipe.is_empty() {
                assert_eq!(bytes, t.value.as_bytes(), "{name} {}", t.locator);
            }
        }
    }
}

#[test]
fn a_shared_value_without_a_name_is_withheld_and_counted() {
    let named = exchange("GET", "https://x.example/?carrier=AT%26T", &[], b"", false);
    assert_eq!(
        facts(&examine(&named)),
        [("carrier".to_owned(), "AT&T".to_owned())]
    );
    let unnamed = exchange("GET", "https://x.example/?q=AT%26T", &[], b"", false);
    let examination = examine(&unnamed);
    assert_eq!(facts(&examination), []);
    assert_eq!(examination.withheld[0].count, 1);
    assert_eq!(examination.withheld[0].datum, "carrier");
}

#[test]
fn the_senders_mark_for_no_value_is_not_a_value() {
    let zero = "00000000-0000-0000-0000-000000000000";
    let body = form(&[("event", "x"), ("advertiser_id", zero)]);
    let request = exchange(
        "POST",
        "https://graph.facebook.com/v6.0/1/activities",
        &[],
        body.as_bytes(),
        false,
    );
    let examination = examine(&request);
    assert!(
        !examination
            .transmittals
            .iter()
            .any(|t| t.datum == "advertising_id")
    );
    assert!(
        examination
            .withheld
            .iter()
            .any(|w| w.datum == "advertising_id" && w.count == 1)
    );
}

#[test]
fn a_documented_value_that_looks_like_base64_is_kept_as_it_was_sent() {
    // Either could be decoded to text.
    for value in ["Y2FycmllYw==", "26004526"] {
        let body = form(&[("anon_id", value)]);
        let request = exchange(
            "POST",
            "https://graph.facebook.com/v6.0/1/activities",
            &[],
            body.as_bytes(),
            false,
        );
        let examination = examine(&request);
        let found: Vec<_> = examination
            .transmittals
            .iter()
            .filter(|t| t.datum == "installation_id")
            .collect();
        assert_eq!(found.len(), 1, "{value}");
        assert_eq!(found[0].value, value);
    }
}

#[test]
fn a_damaged_stream_is_a_defect_with_its_place() {
    let mut stream = gzip(b"advertiser_id=1209D0B9-B959-42E6-B921-AA5D9D08C1AF");
    let middle = stream.len() / 2;
    stream[middle] ^= 0xff;
    let request = exchange("POST", "https://x.example/", &[], &stream, true);
    let examination = examine(&request);
    assert!(
        examination.defects[0].message.contains("damaged"),
        "{:?}",
        examination.defects
    );
    assert_eq!(
        examination.defects[0].span.unwrap(),
        request.fields.last().unwrap().span
    );
}

#[test]
fn what_a_bomb_would_give_is_bounded_and_a_defect() {
    let bomb = gzip(&vec![b'a'; 65 << 20]);
    let examination = examine(&exchange("POST", "https://x.example/", &[], &bomb, true));
    assert!(
        examination.defects[0].message.contains("gives more than"),
        "{:?}",
        examination.defects
    );
}

#[test]
fn a_value_in_a_member_name_is_found_once() {
    let body = format!(r#"{{"users":{{"{IDFA}":{{"seen":1}}}}}}"#);
    let examination = examine(&exchange(
        "POST",
        "https://x.example/",
        &[],
        body.as_bytes(),
        false,
    ));
    let found: Vec<_> = examination
        .transmittals
        .iter()
        .map(|t| t.locator.as_str())
        .collect();
    assert_eq!(found, ["request.body / bytes 11+36"]);
}

/// Ways to wrap a value in an encoding.
#[derive(Debug, Clone, Copy)]
enum Wrap {
    Json,
    JsonString,
    Form,
    Base64,
    Base64Url,
    Percent,
    GzipBase64,
    Url,
}

fn wrap(wrap: Wrap, value: &str) -> String {
    match wrap {
        Wrap::Json => serde_json::json!({"a": [1, {"b c": value}], "z": null}).to_string(),
        Wrap::JsonString => serde_json::to_string(value).unwrap(),
        Wrap::Form => form(&[("first", "1"), ("value[x]", value), ("last", "")]),
        Wrap::Base64 => STANDARD.encode(value),
        Wrap::Base64Url => URL_SAFE_NO_PAD.encode(value),
        Wrap::Percent => value.bytes().map(|b| format!("%{b:02x}")).collect(),
        Wrap::GzipBase64 => STANDARD.encode(gzip(value.as_bytes())),
        Wrap::Url => format!("https://h.example/p?{}", form(&[("u", value)])),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_known_value_is_found_once_through_any_five_encodings(
        wraps in prop::collection::vec(
            prop::sample::select(vec![
                Wrap::Json, Wrap::JsonString, Wrap::Form, Wrap::Base64, Wrap::Base64Url,
                Wrap::Percent, Wrap::GzipBase64, Wrap::Url,
            ]),
            0..=5,
        ),
        which in 0usize..3,
    ) {
        let md5 = hex::encode(md5::Md5::digest("ann.lee@example.com"));
        let value = [IDFA, "ann.lee@example.com", md5.as_str()][which].to_owned();
        let body = wraps.iter().fold(value.clone(), |text, w| wrap(*w, &text));
        let examination = examine(&exchange("POST", "https://x.example/t", &[], body.as_bytes(), false));
        let found: Vec<_> = examination.transmittals.iter().map(|t| t.value.to_lowercase()).collect();
        prop_assert_eq!(found, [value.to_lowercase()], "{}", body);
    }

    #[test]
    fn no_body_makes_it_panic(body in "\\PC{0,200}", url in "https://x.example/\\PC{0,60}") {
        examine(&exchange("POST", &url, &[("Cookie", &body), ("Referer", &body)], body.as_bytes(), false));
    }
}
