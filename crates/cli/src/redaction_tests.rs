#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::collections::BTreeMap;
use std::io::Write as _;

use affiant_model::{Case, Identifier, IdentifierKind, Subject};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest as _;

use super::*;

const SECRET: &str = "ann.oneil@example.com";

fn key_of_secret() -> Key {
    let case = Case {
        subjects: vec![Subject {
            name: "Subject One".into(),
            description: String::new(),
            identifiers: vec![Identifier {
                name: "mail".into(),
                kind: IdentifierKind::Email,
                value: SECRET.into(),
                device: None,
            }],
        }],
        ..Case::default()
    };
    let labels = BTreeMap::from([("email".to_owned(), "E-mail address".to_owned())]);
    let mut key = KeyBuilder::new(&case, Settings::default(), &labels, &|subject, n| {
        texts(&case.subjects[subject].identifiers[n])
    });
    key.observed("ip_address", "203.0.113.77", None, "T-000001");
    key.finish()
}

/// A PDF of one page of which `objects` are further objects.
fn pdf(content: &str, objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut object = |number: usize, body: &[u8]| {
        out.extend(format!("{number} 0 obj\n").bytes());
        out.extend(body);
        out.extend(b"\nendobj\n");
    };
    object(1, b"<</Type /Catalog /Pages 2 0 R>>");
    object(2, b"<</Type /Pages /Kids [3 0 R] /Count 1>>");
    object(
        3,
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R>>",
    );
    object(4, &stream("", content.as_bytes()));
    for (n, body) in objects.iter().enumerate() {
        object(5 + n, body);
    }
    out.extend(b"trailer\n<</Root 1 0 R>>\n%%EOF\n");
    out
}

fn stream(dict: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = format!("<<{dict} /Length {}>>\nstream\n", bytes.len()).into_bytes();
    out.extend(bytes);
    out.extend(b"\nendstream");
    out
}

fn deflated(dict: &str, bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    stream(
        &format!("{dict} /Filter /FlateDecode"),
        &encoder.finish().unwrap(),
    )
}

fn wide(text: &str) -> String {
    let units = text.encode_utf16().flat_map(u16::to_be_bytes);
    format!("<FEFF{}>", hex::encode_upper(units.collect::<Vec<_>>()))
}

#[test]
fn a_value_is_found_in_every_place_of_a_pdf_and_never_named() {
    let key = key_of_secret();
    let check = Check::new(&key).unwrap();
    let shown = "BT (nothing) Tj ET";
    assert_eq!(
        check.layers("clean.pdf", &take_apart(&pdf(shown, &[]))),
        Vec::<String>::new()
    );
    let table = format!("a,b\n1,{SECRET}\n");
    for (what, place, bytes) in [
        ("text", "page 1", pdf(&format!("BT ({SECRET}) Tj ET"), &[])),
        (
            "text in two strings",
            "page 1",
            pdf("BT [(ann.oneil@) 0 (example.com)] TJ ET", &[]),
        ),
        (
            "information",
            "strings and names",
            pdf(
                shown,
                &[format!("<</Title {}>>", wide(SECRET)).into_bytes()],
            ),
        ),
        (
            "XMP",
            "metadata (XMP)",
            pdf(
                shown,
                &[stream(
                    "/Type /Metadata /Subtype /XML",
                    format!("<x:xmpmeta>{SECRET}</x:xmpmeta>").as_bytes(),
                )],
            ),
        ),
        (
            "XMP with references",
            "XML",
            pdf(
                shown,
                &[deflated(
                    "/Type /Metadata",
                    SECRET
                        .replace('@', "&#64;")
                        .replacen("ann", "<x>ann", 1)
                        .as_bytes(),
                )],
            ),
        ),
        (
            "attachment",
            "attached file",
            pdf(shown, &[deflated("/Type /EmbeddedFile", table.as_bytes())]),
        ),
        (
            "outline",
            "strings and names",
            pdf(
                shown,
                &[format!("<</Title {} /Parent 9 0 R>>", wide(SECRET)).into_bytes()],
            ),
        ),
        (
            "alternative text",
            "strings and names",
            pdf(
                shown,
                &[format!("<</S /Figure /Alt ({})>>", SECRET.replace('@', "\\100")).into_bytes()],
            ),
        ),
        (
            "a compressed stream",
            "object 5: stream",
            pdf(shown, &[deflated("", SECRET.as_bytes())]),
        ),
    ] {
        let found = check.layers("x.pdf", &take_apart(&bytes));
        assert!(
            found.iter().any(|words| words.contains(place)),
            "{what}: {found:?}"
        );
        for words in found {
            assert!(
                words.contains("e-mail address [e-mail address A-1]"),
                "{words}"
            );
            assert!(!words.contains("oneil"), "{words}");
        }
    }
}

#[test]
fn a_value_is_found_in_every_spelling_and_under_hash_functions() {
    let key = key_of_secret();
    let check = Check::new(&key).unwrap();
    let sha1 = hex::encode(sha2::Sha512::digest(SECRET));
    for (form, text) in [
        ("as it is", SECRET.to_uppercase()),
        ("as it is", "annoneil+x, ann.oneil@EXAMPLE.com".to_owned()),
        ("percent-encoded", SECRET.replace('@', "%40")),
        ("in hexadecimal", hex::encode(SECRET)),
        ("in base64", STANDARD.encode(SECRET)),
        ("in base64", STANDARD.encode(format!("x{SECRET}"))),
        ("in base64", STANDARD.encode(format!("xy{SECRET}z"))),
        ("as sha512", sha1),
        (
            "as sha256",
            STANDARD.encode(sha2::Sha256::digest("203.0.113.77")),
        ),
        ("as its SHA-256", hex::encode(sha2::Sha256::digest(SECRET))),
    ] {
        let bytes = pdf(&format!("BT (to {text}) Tj ET"), &[]);
        let found = check.layers("x.pdf", &take_apart(&bytes));
        assert!(
            found
                .iter()
                .any(|words| words.contains("page 1") && words.contains(form)),
            "{form}: {found:?}"
        );
    }
}

#[test]
fn the_colour_profile_of_a_pdf_is_no_data_subject() {
    let case = Case {
        subjects: vec![Subject {
            name: "Profile 1".into(),
            description: String::new(),
            identifiers: Vec::new(),
        }],
        ..Case::default()
    };
    let labels = BTreeMap::new();
    let key = KeyBuilder::new(&case, Settings::default(), &labels, &|_, _| Vec::new()).finish();
    let check = Check::new(&key).unwrap();
    let found = |shown: &str| {
        let intent = b"<</Type /OutputIntent /DestOutputProfile 1 0 R>>".to_vec();
        check.layers(
            "x.pdf",
            &take_apart(&pdf(&format!("BT ({shown}) Tj ET"), &[intent])),
        )
    };
    assert_eq!(found("nothing"), Vec::<String>::new());
    assert!(!found("of Profile 1").is_empty());
}

#[test]
fn a_digest_of_another_value_is_none_of_one_character() {
    let labels = BTreeMap::new();
    let mut key = KeyBuilder::new(&Case::default(), Settings::default(), &labels, &|_, _| {
        Vec::new()
    });
    key.observed("event_property", "0", None, "T-000001");
    let key = key.finish();
    let check = Check::new(&key).unwrap();
    let found = |text: &str| {
        let digest = hex::encode(sha2::Sha256::digest(text));
        check.layers(
            "x.pdf",
            &take_apart(&pdf(&format!("BT (to {digest}) Tj ET"), &[])),
        )
    };
    // 30 is `0` in hexadecimal digits.
    assert_eq!(found("30"), Vec::<String>::new());
    assert!(
        !found("0").is_empty(),
        "who has the digest tries ten digits"
    );
}

#[test]
fn what_cannot_be_searched_is_no_public_version() {
    let key = key_of_secret();
    let check = Check::new(&key).unwrap();
    let bytes = pdf("", &[stream("/Filter /JBIG2Decode /X 1", b"\x00\x01")]);
    let found = check.layers("x.pdf", &take_apart(&bytes));
    assert!(
        found
            .iter()
            .any(|words| words.contains("cannot be searched")),
        "{found:?}"
    );
}
