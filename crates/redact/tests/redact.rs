//! A value does not survive in any spelling, and what was left is found.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::collections::BTreeMap;

use affiant_model::{Case, Identifier, IdentifierKind, Party, Subject};
use affiant_redact::{Key, KeyBuilder, Known, Redactor, Search, Settings, Unsought, Words};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::json;

const IDFA: &str = "7B1F3D52-9C0E-4A67-8E21-5D4C3B2A1908";

fn identifier(name: &str, kind: IdentifierKind, value: &str) -> Identifier {
    Identifier {
        name: name.into(),
        kind,
        value: value.into(),
        device: None,
    }
}

fn case() -> Case {
    let subject = |name: &str, identifiers| Subject {
        name: name.into(),
        description: String::new(),
        identifiers,
    };
    Case {
        parties: vec![Party {
            name: "Robert Roe".into(),
            role: "plaintiff".into(),
        }],
        subjects: vec![
            subject(
                "Ann O'Neil",
                vec![
                    identifier("idfa", IdentifierKind::AdvertisingId, IDFA),
                    identifier("mail", IdentifierKind::Email, "ann.oneil@example.com"),
                    identifier("birth", IdentifierKind::BirthDate, "1980-03-05"),
                    identifier("model", IdentifierKind::DeviceModel, "iPhone12,1"),
                    identifier(
                        "home",
                        IdentifierKind::StreetAddress,
                        "1 Main Street, San Jose, CA 95112",
                    ),
                ],
            ),
            subject(
                "Robert Roe",
                vec![identifier("mail", IdentifierKind::Email, "roe@example.com")],
            ),
        ],
        ..Case::default()
    }
}

fn key_with(settings: Settings) -> Key {
    let labels = BTreeMap::from([
        ("email".to_owned(), "E-mail address".to_owned()),
        ("ip_address".to_owned(), "IP address".to_owned()),
    ]);
    let mut key = KeyBuilder::new(&case(), settings, &labels, &|_, _| Vec::new());
    let known = Known {
        subject: "Ann O'Neil",
        identifier: "mail",
    };
    key.observed(
        "email",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        Some(known),
        "T-000001",
    );
    key.observed("ip_address", "203.0.113.77", None, "T-000002");
    key.observed(
        "page_url",
        "https://example.org/clinic?id=31337",
        None,
        "T-000003",
    );
    key.observed("os_version", "13.3.1", None, "T-000004");
    key.observed("payment_card", "4111 1111 1111 1234", None, "T-000005");
    key.observed("form_text", "yes", None, "T-000006");
    key.finish()
}

fn key() -> Key {
    key_with(Settings::default())
}

#[test]
fn each_value_has_a_pseudonym_of_its_kind_and_subject_in_order_of_appearance() {
    let key = key();
    let shown: Vec<_> = key.entries().iter().map(|e| e.pseudonym.as_str()).collect();
    assert_eq!(
        shown,
        [
            "[data subject A]",
            "[advertising id A-1]",
            "[e-mail address A-1]",
            "[birth date A-1, 1980]",
            "[street address A-1]",
            "[e-mail address B-1]",
            "[IP address X-1]",
            "[page url X-1]",
            "[payment card X-1, ending 1234]",
            "[form text X-1]",
        ]
    );
    // A hash of an address is the address, by another spelling.
    assert_eq!(
        key.pseudonym("5F4DCC3B5AA765D61D8327DEB882CF99"),
        Some("[e-mail address A-1]")
    );
    assert_eq!(key.pseudonym("13.3.1"), None);
}

#[test]
fn local_rules_and_minors_are_treated_as_the_rules_say() {
    let key = key_with(Settings {
        home_address: true,
        minors: vec!["Robert Roe".to_owned()],
        ..Settings::default()
    });
    let home = key.pseudonym("1 Main Street, San Jose, CA 95112");
    assert_eq!(home, Some("[street address A-1, San Jose, CA]"));
    assert_eq!(key.pseudonym("Robert Roe"), Some("[R.R.]"));
    let redactor = Redactor::new(&key).unwrap();
    assert_eq!(
        redactor.text("In re Robert Roe et al."),
        "In re [R.R.] et al."
    );
}

#[test]
fn a_text_is_rebuilt_in_whatever_spelling_it_holds_the_value() {
    let key = key();
    let redactor = Redactor::new(&key).unwrap();
    let search = Search::new(&key).unwrap();
    let mail = "ann.oneil@example.com";
    for spelled in [
        mail.to_owned(),
        mail.to_uppercase(),
        mail.replace('@', "%40"),
        hex::encode(mail),
        STANDARD.encode(mail),
        STANDARD.encode(format!("x{mail}y")),
        STANDARD.encode(format!("xy{mail}")),
        "5f4dcc3b5aa765d61d8327deb882cf99".to_owned(),
        affiant_model::Digest::of(mail.as_bytes()).to_hex(),
    ] {
        let text = format!("to {spelled}, sent");
        assert_eq!(search.find(text.as_bytes()).len(), 1, "{text}");
        let rebuilt = redactor.text(&text);
        assert!(rebuilt.contains('['), "{rebuilt}");
        assert!(search.find(rebuilt.as_bytes()).is_empty(), "{rebuilt}");
    }
    let wide: Vec<u8> = mail.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(search.find(&wide)[0].form, "as UTF-16");
}

#[test]
fn what_is_part_of_another_text_is_left_alone() {
    let key = key();
    let redactor = Redactor::new(&key).unwrap();
    for text in [
        "version 13.3.1 on iPhone12,1",
        "1203.0.113.770",
        "joann.oneil",
        "Robert Roe, plaintiff",
        "yes",
    ] {
        assert_eq!(redactor.text(text), text);
    }
}

#[test]
fn rows_of_a_kind_lose_their_value_however_short_it_is() {
    let key = key();
    let redactor = Redactor::new(&key).unwrap();
    let mut data = json!({
        "rows": [
            { "datum": "form_text", "value": "yes", "value_sha256": "ab" },
            { "datum": "os_version", "value": "13.3.1", "value_sha256": "cd" },
            { "datum": "", "value": "…the clinic…", "matched": "clinic" },
            { "statement": 1, "values": { "203.0.113.77": 4 } },
        ],
        "n": 1,
    });
    redactor.data(&mut data);
    assert_eq!(
        data["rows"],
        json!([
            { "datum": "form_text", "value": "[form text X-1]", "value_sha256": "[digest withheld]" },
            { "datum": "os_version", "value": "13.3.1", "value_sha256": "cd" },
            { "datum": "", "value": "[excerpt withheld]", "matched": "[excerpt withheld]" },
            { "statement": 1, "values": { "[IP address X-1]": 4 } },
        ])
    );
    let log = redactor.log("a report", &data);
    let rows: Vec<_> = log
        .iter()
        .map(|r| (r.pseudonym.as_str(), r.times))
        .collect();
    assert_eq!(rows, [("[IP address X-1]", 1), ("[form text X-1]", 1)]);
    assert!(log.iter().all(|row| row.rule == "beyond Rule 5.2(a)"));
}

#[test]
fn a_table_keeps_its_shape_and_loses_its_values_and_their_digests() {
    let key = key();
    let redactor = Redactor::new(&key).unwrap();
    let table = "transmittal,datum,value,value_sha256,locator\n\
        T-000001,ip_address,203.0.113.77,aa,\"a, \"\"b\"\"\"\n\
        T-000002,os_version,13.3.1,bb,203.0.113.77\n";
    let out = String::from_utf8(redactor.csv(table.as_bytes()).unwrap()).unwrap();
    assert_eq!(
        out,
        "transmittal,datum,value,value_sha256,locator\n\
        T-000001,ip_address,[IP address X-1],[digest withheld],\"a, \"\"b\"\"\"\n\
        T-000002,os_version,13.3.1,bb,[IP address X-1]\n"
    );
}

/// A data subject with short values: a first name, postcodes, a year, a word of every page.
fn short_key() -> Key {
    let subject = |name: &str, identifiers| Subject {
        name: name.into(),
        description: String::new(),
        identifiers,
    };
    let bob = vec![
        identifier("zip", IdentifierKind::PostalCode, "95112"),
        identifier("post town", IdentifierKind::PostalCode, "N1 9GU"),
        identifier("year", IdentifierKind::BirthDate, "1980"),
    ];
    let case = Case {
        subjects: vec![
            subject("Bob", bob),
            subject("May", Vec::new()),
            subject("K", Vec::new()),
        ],
        ..Case::default()
    };
    let settings = Settings {
        own_words: ["May".to_owned()].into(),
        ..Settings::default()
    };
    let labels = BTreeMap::new();
    let mut key = KeyBuilder::new(&case, settings, &labels, &|_, _| Vec::new());
    key.observed("form_text", "yes", None, "T-000001");
    key.observed("user_id", "1234567", None, "T-000002");
    key.observed("form_text", "of two words", None, "T-000003");
    key.finish()
}

#[test]
fn a_short_value_of_the_case_file_is_taken_out_and_found_as_a_whole_word() {
    let key = short_key();
    let (redactor, words) = (Redactor::new(&key).unwrap(), Words::new(&key).unwrap());
    for (text, rebuilt) in [
        (
            "to Bob, in 95112.",
            "to [data subject A], in [postal code A-1].",
        ),
        (
            "BOB's, ZIP 95112-1234",
            "[data subject A]'s, ZIP [postal code A-1]-1234",
        ),
    ] {
        assert_eq!(words.find(text.as_bytes(), false).len(), 2, "{text}");
        assert_eq!(redactor.text(text), rebuilt);
        assert!(words.find(rebuilt.as_bytes(), false).is_empty());
    }
    // A part of another word or number, or a place in a table, is none.
    for text in [
        "Bobby bob B0b",
        "195112 1,195,112 95112.5 2026-95112 at 95112x",
        "May K 1980",
    ] {
        assert_eq!(redactor.text(text), text);
        assert!(words.find(text.as_bytes(), false).is_empty(), "{text}");
    }
    assert!(words.find(b"a,95112,b", true).is_empty());
    let table = "exchange,value,offset\n1,95112,95112\n";
    let out = String::from_utf8(redactor.csv(table.as_bytes()).unwrap()).unwrap();
    assert_eq!(out, "exchange,value,offset\n1,[postal code A-1],95112\n");
}

#[test]
fn what_is_not_searched_for_is_named_with_its_reason_and_never_by_its_value() {
    let rows = short_key().unsearched_rows();
    let said: Vec<_> = rows
        .iter()
        .map(|row| (row.pseudonym.as_str(), row.part.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("[birth date A-1, 1980]", Unsought::TooShort.words()),
            ("[data subject B]", Unsought::OwnWord.words()),
            ("[data subject C]", Unsought::TooShort.words()),
            ("[form text X-1]", Unsought::TooShort.words()),
            ("[user id X-1]", Unsought::TooShort.words()),
            ("[form text X-2]", Unsought::TooCommon.words()),
        ]
    );
    assert!(
        said.iter()
            .all(|(_, why)| why.starts_with("not searched: "))
    );
}

proptest! {
    #[test]
    fn no_text_keeps_a_value_that_is_searched_for(before in ".{0,20}", after in ".{0,20}") {
        let key = key();
        let redactor = Redactor::new(&key).unwrap();
        let search = Search::new(&key).unwrap();
        let text = format!("{before}{IDFA}{after}{}", IDFA.to_lowercase());
        let rebuilt = redactor.text(&text).into_owned();
        prop_assert!(search.find(rebuilt.as_bytes()).is_empty(), "{}", rebuilt);
        // What was rebuilt is not changed by doing it again.
        prop_assert_eq!(redactor.text(&rebuilt), rebuilt.as_str());
    }
}
