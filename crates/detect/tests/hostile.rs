//! What a hostile expert tried: nothing false is claimed, nothing is passed
//! over in silence, and no request takes the program down.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod common;

use std::sync::LazyLock;

use affiant_detect::{DecodeLimits, Detector, Examination, Knowledge, replay};
use affiant_model::{
    Basis, Case, Circumstances, Exchange, Identifier, IdentifierKind, PartyKind, Subject,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{exchange, facts, form, gzip};
use sha2::Digest as _;

const IDFA: &str = "1209D0B9-B959-42E6-B921-AA5D9D08C1AF";
const MAIL: &str = "ann.lee@example.com";
const APP_EVENTS: &str = "https://graph.facebook.com/v6.0/1/activities";

fn case() -> Case {
    let identifier = |kind: IdentifierKind, value: &str| Identifier {
        name: kind.to_string(),
        kind,
        value: value.to_owned(),
        device: None,
    };
    Case {
        subjects: vec![Subject {
            name: "A".into(),
            description: String::new(),
            identifiers: vec![
                identifier(IdentifierKind::AdvertisingId, IDFA),
                identifier(IdentifierKind::Email, MAIL),
                identifier(IdentifierKind::PostalCode, "94107"),
            ],
        }],
        ..Default::default()
    }
}

static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| common::detector(case()));

fn examine(exchange: &Exchange) -> Examination {
    DETECTOR.examine(exchange, &Circumstances::default())
}

fn examine_within(exchange: &Exchange, limits: DecodeLimits) -> Examination {
    let (case, knowledge) = (case(), Knowledge::built_in().unwrap());
    let detector = Detector::new(&case, &knowledge, limits).unwrap();
    detector.examine(exchange, &Circumstances::default())
}

fn post(url: &str, body: &str) -> Exchange {
    exchange("POST", url, &[], body.as_bytes(), false)
}

fn get(url: &str) -> Exchange {
    exchange("GET", url, &[], b"", false)
}

fn withheld(examination: &Examination) -> Vec<(&str, u64)> {
    examination
        .withheld
        .iter()
        .map(|w| (w.datum.as_str(), w.count))
        .collect()
}

#[test]
fn the_fragment_of_the_address_is_not_sent_that_of_a_value_is() {
    let examination = examine(&get("https://t.example/p?x=1#email=ann.lee@example.com"));
    assert_eq!(facts(&examination), []);
    assert_eq!(withheld(&examination), [("email", 1)]);
    let nested = examine(&get(
        "https://t.example/?dl=https%3A%2F%2Fa.b%2F%23ann.lee@example.com",
    ));
    assert_eq!(
        nested.transmittals[0].locator,
        "request.url / query dl / fragment"
    );
}

#[test]
fn the_value_of_a_known_value_is_the_known_value() {
    let body = form(&[
        ("event", "x"),
        ("advertiser_id", &format!("AAAA{IDFA}BBBB")),
    ]);
    let found = examine(&post(APP_EVENTS, &body));
    let of: Vec<_> = found
        .transmittals
        .iter()
        .filter(|t| t.datum == "advertising_id")
        .collect();
    assert_eq!(of.len(), 1);
    assert_eq!(
        (of[0].value.as_str(), of[0].basis),
        (IDFA, Basis::KnownValue)
    );
}

#[test]
fn a_known_value_in_a_field_documented_for_another_datum_is_both() {
    let body = form(&[("event", "x"), ("app_user_id", MAIL)]);
    let found = facts(&examine(&post(APP_EVENTS, &body)));
    for datum in ["user_id", "email"] {
        assert!(
            found.contains(&(datum.into(), MAIL.into())),
            "{datum} in {found:?}"
        );
    }
}

#[test]
fn a_shared_value_in_a_field_whose_name_only_contains_the_word_is_withheld() {
    let examination = examine(&get("https://t.example/?gzip_bytes=94107"));
    assert_eq!(
        (facts(&examination), withheld(&examination)),
        (vec![], vec![("postal_code", 1)])
    );
    let named = examine(&get("https://t.example/?user_zip=94107"));
    assert_eq!(facts(&named).len(), 1);
}

#[test]
fn a_condition_is_held_against_the_same_container() {
    let body = form(&[
        ("extinfo", r#"["i2","app"]"#),
        ("extinfo", r#"["x9","secret"]"#),
    ]);
    let found = facts(&examine(&post(APP_EVENTS, &body)));
    assert!(found.contains(&("app_id".into(), "app".into())));
    assert!(
        !found.iter().any(|(_, value)| value == "secret"),
        "{found:?}"
    );
}

#[test]
fn what_programs_write_for_no_value_is_no_value() {
    for mark in ["(null)", "null", "undefined", ""] {
        let body = form(&[("event", "x"), ("advertiser_id", mark)]);
        let found = facts(&examine(&post(APP_EVENTS, &body)));
        assert!(
            !found.iter().any(|(datum, _)| datum == "advertising_id"),
            "{mark}: {found:?}"
        );
    }
}

#[test]
fn a_field_documented_as_hashed_that_is_not_is_said_to_be_plain() {
    let body = form(&[("ud", r#"{"em":"joe@x.org"}"#)]);
    let examination = examine(&post(APP_EVENTS, &body));
    let mail = examination
        .transmittals
        .iter()
        .find(|t| t.datum == "email")
        .unwrap();
    assert_eq!(mail.form, "plain");
}

#[test]
fn a_body_that_a_documented_endpoint_does_not_explain_is_a_defect() {
    for body in ["gibberish", r#"{"extinfo":"[\"i3\",\"a\"]"}"#] {
        let examination = examine(&post(APP_EVENTS, body));
        assert!(
            examination
                .defects
                .iter()
                .any(|d| d.message.contains("none of its fields")),
            "{body}"
        );
    }
}

#[test]
fn a_host_let_to_others_names_no_recipient() {
    let examination = examine(&get("https://d1234.cloudfront.net/?e=ann.lee@example.com"));
    assert_eq!(examination.row.recipient, "d1234.cloudfront.net");
    assert_eq!(examination.row.party, Some(PartyKind::Third));
}

/// Every way of hiding the address, and whether a defect must say that
/// something was not read as what it seems to be.
#[test]
fn a_known_value_is_found_where_it_was_hidden() {
    let escaped = r"ann.lee\u0040example.com";
    let deep = format!("{}\"{escaped}\"{}", "[".repeat(70), "]".repeat(70));
    let protobuf = STANDARD.encode([b"\x0a\x13", MAIL.as_bytes(), b"\x10\xff\xff\x01"].concat());
    let token = STANDARD.encode(format!("{{\"email\":\"{MAIL}\"}}"));
    for (body, defect) in [
        (format!("{{\"a\":1}}\n{{\"b\":\"{escaped}\"}}"), false),
        (format!("{{\"a\":\"{escaped}\",}}"), true),
        (format!("{{\"a\":\"{escaped}"), true),
        (format!("{{\"\\ud800\":1,\"b\":\"{escaped}\"}}"), false),
        (format!("{{\"{escaped}\":1}}"), false),
        (deep, true),
        (format!(")]}}'\n{{\"a\":\"{escaped}\"}}"), false),
        (format!("callback({{\"a\":\"{escaped}\"}})"), false),
        (format!("\u{feff}{{\"a\":\"{escaped}\"}}"), false),
        (protobuf, false),
        (format!("v1|{token}"), false),
        (format!("Bearer eyJhbGciOiJIUzI1NiJ9.{token}.AAAA"), false),
        ("ann.lee%40example.com=1".to_owned(), false),
        (
            "preamble\r\n--X\r\n\r\nann.lee@example.com\r\n--X--".to_owned(),
            false,
        ),
    ] {
        let request = post("https://t.example/", &body);
        let examination = examine(&request);
        let found: Vec<_> = examination
            .transmittals
            .iter()
            .map(|t| t.value.as_str())
            .collect();
        assert_eq!(found, [MAIL], "{body}\n{examination:#?}");
        assert_eq!(
            !examination.defects.is_empty(),
            defect,
            "{body}: {:?}",
            examination.defects
        );
        for t in &examination.transmittals {
            let replayed = replay(
                &request,
                &t.locator.parse().unwrap(),
                &DecodeLimits::default(),
            )
            .unwrap();
            assert_eq!(
                (replayed.value.as_slice(), replayed.span),
                (t.value.as_bytes(), t.span),
                "{body}"
            );
        }
    }
}

#[test]
fn a_declared_boundary_that_does_not_occur_hides_nothing() {
    let headers = [("Content-Type", "multipart/form-data; boundary=none")];
    let body = r#"{"a":"ann.lee\u0040example.com"}"#;
    let request = exchange(
        "POST",
        "https://t.example/",
        &headers,
        body.as_bytes(),
        false,
    );
    assert_eq!(facts(&examine(&request)).len(), 1);
}

#[test]
fn many_streams_in_one_body_stay_within_the_bound() {
    let bomb = STANDARD.encode(gzip(&vec![b'a'; 1 << 20]));
    let body = serde_json::to_string(&vec![bomb; 12]).unwrap();
    let request = exchange(
        "POST",
        "https://t.example/",
        &[],
        &gzip(body.as_bytes()),
        true,
    );
    let limits = DecodeLimits {
        decoded_bytes: 8 << 20,
        ..DecodeLimits::default()
    };
    let examination = examine_within(&request, limits);
    assert!(
        examination.defects[0].message.contains("together"),
        "{:?}",
        examination.defects
    );
}

#[test]
fn a_body_with_more_values_than_the_bound_is_a_defect() {
    let body = format!("[{}0]", "0,".repeat(3000));
    let limits = DecodeLimits {
        nodes: 2000,
        ..DecodeLimits::default()
    };
    let examination = examine_within(&post("https://t.example/", &body), limits);
    assert!(
        examination.defects[0]
            .message
            .contains("more than 2000 values"),
        "{:?}",
        examination.defects
    );
}

#[test]
fn thousands_of_finds_in_one_body_are_all_made() {
    let body =
        serde_json::to_string(&vec![serde_json::json!({"id": IDFA, "n": "\n"}); 3000]).unwrap();
    let examination = examine(&post("https://t.example/", &body));
    assert_eq!(examination.transmittals.len(), 3000);
    assert_eq!(
        examination.transmittals[2999].locator,
        "request.body / json $[2999].id"
    );
}

/// With a table of many digests, one place in twenty of such a run looks at first
/// as if a digest began there: looking from each to the end would take hours.
#[test]
fn a_body_of_hexadecimal_digits_is_searched_once() {
    let digits: String = (0..400_000_u32)
        .map(|n| format!("{:08x}", n.wrapping_mul(2_654_435_761)))
        .collect();
    let hash = hex(&sha2::Sha256::digest(MAIL));
    let found = examine(&post(
        "https://t.example/",
        &format!("g{digits}{hash}{digits}"),
    ));
    let forms: Vec<_> = found.transmittals.iter().map(|t| t.form.as_str()).collect();
    assert_eq!(forms, ["sha256"]);
}

#[test]
fn more_digests_than_can_be_held_against_salts_are_said() {
    let digests: Vec<String> = (0..20_000_u32)
        .map(|n| hex(&sha2::Sha256::digest(n.to_le_bytes())))
        .collect();
    let body = serde_json::json!({ "salt": "k7", "ids": digests }).to_string();
    let found = examine(&post("https://t.example/", &body));
    assert_eq!(found.transmittals.len(), 0);
    let said = found
        .defects
        .iter()
        .filter(|d| d.message.contains("against every salt"));
    assert_eq!(said.count(), 1);
}

#[test]
fn a_documented_hash_that_a_salt_explains_is_one_transmittal() {
    let salted = hex(&sha2::Sha256::digest(format!("k7{MAIL}")));
    let body = form(&[("ud", &format!(r#"{{"em":"{salted}","salt":"k7"}}"#))]);
    let found = examine(&post(APP_EVENTS, &body));
    let emails: Vec<_> = found
        .transmittals
        .iter()
        .filter(|t| t.datum == "email")
        .collect();
    assert_eq!(emails.len(), 1);
    assert_eq!(emails[0].basis, Basis::KnownValue);
    assert!(emails[0].source.is_some());
    assert_eq!(
        emails[0].form,
        "sha256 with a salt before it (request.body / form ud / json $.salt)"
    );
}

/// What many share counts only as a whole, which a digest is with its padding or without.
#[test]
fn a_padded_digest_of_a_shared_value_is_all_of_its_field() {
    let padded = STANDARD.encode(sha2::Sha256::digest("94107"));
    let body = form(&[("ud", &format!(r#"{{"zp":"{padded}"}}"#))]);
    let found = examine(&post(APP_EVENTS, &body));
    let codes: Vec<_> = found
        .transmittals
        .iter()
        .filter(|t| t.datum == "postal_code")
        .collect();
    assert_eq!(codes.len(), 1);
    assert_eq!(codes[0].basis, Basis::KnownValue);
    assert!(codes[0].source.is_some());
    for (name, count) in [("zip", 1), ("x", 0)] {
        let body = form(&[(name, &padded)]);
        let found = examine(&post("https://t.example/", &body));
        assert_eq!(found.transmittals.len(), count, "{name}");
    }
}

/// As shops and frameworks keep passwords: `md5:salt`, `sha1$salt$digest`.
#[test]
fn a_salt_that_stands_beside_its_digest_explains_it() {
    let salted = |text: String| hex(&sha2::Sha256::digest(text));
    for (value, form) in [
        (
            format!("{}:k7Qz", salted(format!("{MAIL}k7Qz"))),
            "sha256 with a salt behind it, which stands behind the digest",
        ),
        (
            format!("k7Qz${}", salted(format!("k7Qz{MAIL}"))),
            "sha256 with a salt before it, which stands before the digest",
        ),
        (
            format!("sha256$k7Qz${}", salted(format!("k7Qz:{MAIL}"))),
            "sha256 with a salt before it, which stands before the digest",
        ),
        (
            format!("{}.8d1f22", salted(format!("8d1f22{MAIL}"))),
            "sha256 with a salt before it, which stands behind the digest",
        ),
    ] {
        let body = serde_json::json!({ "u": value }).to_string();
        let found = examine(&post("https://t.example/", &body));
        let forms: Vec<_> = found.transmittals.iter().map(|t| t.form.as_str()).collect();
        assert_eq!(forms, [form], "{value}");
        assert_eq!(found.transmittals[0].value, value);
    }
    for other in [
        format!("{}:k7Qz", salted(format!("{MAIL}k7Qy"))),
        format!("{}:k7Qz", salted(format!("jo{MAIL}k7Qz"))),
    ] {
        let body = serde_json::json!({ "u": other }).to_string();
        let found = examine(&post("https://t.example/", &body));
        assert!(found.transmittals.is_empty(), "{other}");
    }
}

/// The length of a string may stand before it as a letter, as CBOR writes it, and a dash
/// of an address as a letter of base64.
#[test]
fn the_beginning_of_a_digest_is_found_whatever_stands_before_its_field() {
    let digest = sha2::Sha256::digest(MAIL);
    let sixteen = &hex(&digest)[..16];
    let body = [b"\xa1\x62id\x70", sixteen.as_bytes()].concat();
    let found = examine(&exchange("POST", "https://t.example/", &[], &body, true));
    assert_eq!(found.transmittals.len(), 1);
    assert_eq!(found.transmittals[0].value, sixteen);
    let letters = &STANDARD.encode(digest)[..22];
    let found = examine(&get(&format!(
        "https://t.example/u/{}/e",
        letters.replace('/', "%2F").replace('+', "%2B")
    )));
    assert_eq!(found.transmittals.len(), 1);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
