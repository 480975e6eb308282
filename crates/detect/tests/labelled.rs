//! Known identifiers in many encodings, in every place of a request, among
//! decoys of the same shape: each must be found, and no decoy.
//!
//! `cargo test -p affiant-detect --test labelled -- --nocapture` prints recall by
//! encoding. The figures stand in `datasets/validation/labelled.toml`, from where
//! they are printed in the appendix on validation; with `UPDATE_VALIDATION` set
//! the test writes that file instead of holding it against what it measured.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
#![allow(
    clippy::disallowed_methods,
    reason = "it is told in the environment to write its figures"
)]
#![allow(clippy::print_stdout, reason = "the table is what the test is for")]

mod common;
mod encodings;
mod figures;

use std::sync::LazyLock;

use affiant_detect::Detector;
use affiant_model::{
    Basis, Case, Circumstances, Exchange, Identifier, IdentifierKind as Kind, Subject,
};
use common::exchange;
use encodings::{ENCODINGS, Encoding, NUMBERS};
use figures::Figures;

/// The identifiers of the subject, with what each is when it was shuffled: a
/// decoy of the same letters that is nobody's.
const SUBJECT: [(&str, Kind, &str, &str); 12] = [
    (
        "e-mail",
        Kind::Email,
        "Ann.Lee+news@example.com",
        "nAn.eLe+snew@example.com",
    ),
    (
        "gmail",
        Kind::Email,
        "ann.b.lee@gmail.com",
        "nan.l.bee@gmail.com",
    ),
    ("phone", Kind::Phone, "+14155550132", "+14155550123"),
    (
        "german phone",
        Kind::Phone,
        "+4930901820123",
        "+4930901802132",
    ),
    (
        "name",
        Kind::PersonName,
        "Annabel Zoë Leeworthy",
        "Zoë Annabel Worthylee",
    ),
    (
        "idfa",
        Kind::AdvertisingId,
        "1209D0B9-B959-42E6-B921-AA5D9D08C1AF",
        "1209D0B9-B959-42E6-B921-AA5D9D08C1FA",
    ),
    (
        "android id",
        Kind::VendorId,
        "9774d56d682e549c",
        "9774d56d682e549d",
    ),
    (
        "mac",
        Kind::MacAddress,
        "02:1A:C5:9F:00:7B",
        "02:1A:C5:9F:00:B7",
    ),
    ("imei", Kind::Imei, "490154203237518", "490154203237581"),
    ("account", Kind::UserId, "u-83920174-lee", "u-83920147-lee"),
    (
        "address",
        Kind::StreetAddress,
        "1207 Larkmoor Avenue, Apt 5",
        "1270 Larkmoor Avenue, Apt 5",
    ),
    (
        "ipv6",
        Kind::IpAddress,
        "2001:db8:85a3::8a2e:370:7334",
        "2001:db8:85a3::8a2e:370:7343",
    ),
];

static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| {
    let identifiers = SUBJECT
        .iter()
        .map(|(name, kind, value, _)| Identifier {
            name: (*name).to_owned(),
            kind: *kind,
            value: (*value).to_owned(),
            device: None,
        })
        .collect();
    common::detector(Case {
        subjects: vec![Subject {
            name: "Profile A".into(),
            description: String::new(),
            identifiers,
        }],
        ..Default::default()
    })
});

/// The identifiers that are found in an exchange.
fn found(exchange: &Exchange) -> Vec<String> {
    let examined = DETECTOR.examine(exchange, &Circumstances::default());
    let known = examined.transmittals.into_iter();
    known
        .filter(|t| t.basis == Basis::KnownValue)
        .filter_map(|t| t.identifier)
        .collect()
}

/// A request with the bytes in one place, where they can stand there.
fn requests(bytes: &[u8]) -> Vec<(&'static str, Exchange)> {
    const URL: &str = "https://collect.example/v1/e";
    let mut requests = Vec::new();
    if let Ok(text) = std::str::from_utf8(bytes) {
        let form = common::form(&[("a", "1"), ("d", text), ("z", "x y")]);
        let quoted = serde_json::to_string(text).unwrap();
        let json = format!("{{\"n\":1,\"user\":{{\"v\":{quoted}}},\"list\":[null,true]}}");
        let segment = common::form(&[("", text)]);
        requests.push((
            "query",
            exchange("GET", &format!("{URL}?{form}"), &[], b"", false),
        ));
        requests.push((
            "path",
            exchange(
                "GET",
                &format!("{URL}/{}/x", &segment[1..]),
                &[],
                b"",
                false,
            ),
        ));
        requests.push((
            "form body",
            exchange(
                "POST",
                URL,
                &[("Content-Type", "application/x-www-form-urlencoded")],
                form.as_bytes(),
                false,
            ),
        ));
        requests.push((
            "JSON body",
            exchange("POST", URL, &[], json.as_bytes(), false),
        ));
        let twice = format!("{{\"events\":{}}}", serde_json::to_string(&json).unwrap());
        requests.push((
            "JSON in JSON",
            exchange("POST", URL, &[], twice.as_bytes(), false),
        ));
        let inner = common::form(&[("payload", &json)]);
        requests.push((
            "JSON in form",
            exchange("POST", URL, &[], inner.as_bytes(), false),
        ));
        let referer = format!("https://site.example/p?{form}");
        requests.push((
            "referer",
            exchange("GET", URL, &[("Referer", &referer)], b"", false),
        ));
        if !text.chars().any(|c| c.is_control() || "; ,\"".contains(c)) {
            let cookie = format!("sid=1; v={text}; b=2");
            requests.push((
                "cookie",
                exchange("GET", URL, &[("Cookie", &cookie)], b"", false),
            ));
            requests.push((
                "header",
                exchange("GET", URL, &[("X-Id", text)], b"", false),
            ));
        }
        let lines = format!("{{\"e\":1}}\n{json}\n");
        requests.push((
            "lines of JSON",
            exchange("POST", URL, &[], lines.as_bytes(), false),
        ));
        let xml = format!(
            "<r><k>v</k><d>{}</d></r>",
            text.replace('&', "&amp;").replace('<', "&lt;")
        );
        requests.push(("XML", exchange("POST", URL, &[], xml.as_bytes(), false)));
    }
    let part = [b"--bb\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--bb\r\nContent-Disposition: form-data; name=\"v\"\r\n\r\n", bytes, b"\r\n--bb--\r\n"].concat();
    requests.push((
        "multipart",
        exchange(
            "POST",
            URL,
            &[("Content-Type", "multipart/form-data; boundary=bb")],
            &part,
            true,
        ),
    ));
    requests.push(("body", exchange("POST", URL, &[], bytes, true)));
    requests.push((
        "gzip body",
        exchange("POST", URL, &[], &common::gzip(bytes), true),
    ));
    requests
}

/// Puts each identifier and its decoy, in each encoding, in each place.
fn measure() -> Figures {
    let mut figures = Figures::new(SUBJECT.len());
    for Encoding {
        name: encoding,
        encode,
    } in ENCODINGS.iter().chain(NUMBERS)
    {
        for (name, _, value, decoy) in SUBJECT {
            let Some(encoded) = encode(value.as_bytes()) else {
                continue;
            };
            for (place, request) in requests(&encoded) {
                figures.value(encoding, name, place, &found(&request));
            }
            let decoy = encode(decoy.as_bytes()).unwrap();
            for (place, request) in requests(&decoy) {
                figures.decoy(encoding, name, place, &found(&request));
            }
        }
    }
    figures
}

#[test]
fn every_identifier_is_found_in_every_encoding_and_no_decoy_and_the_printed_figures_say_so() {
    let figures = measure();
    print!("{}", figures.table());
    assert!(figures.wrong.is_empty(), "{}", figures.wrong.join("\n"));
    assert!(figures.recall() >= 0.995, "recall {:.4}", figures.recall());
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../datasets/validation/labelled.toml");
    if std::env::var_os("UPDATE_VALIDATION").is_some() {
        std::fs::write(&path, figures.toml()).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).ok().as_ref() == Some(&figures.toml()),
        "{} is not what was measured; see the README beside it",
        path.display()
    );
}
