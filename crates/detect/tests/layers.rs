//! A known value is found through each encoding and through several at once,
//! and stock tools go the printed way to it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
#![allow(clippy::print_stdout, reason = "a test says why it does nothing")]

mod common;
mod encodings;

use std::io::Write as _;
use std::process::Command;
use std::sync::LazyLock;

use affiant_detect::{DecodeLimits, Detector, Examination, replay};
use affiant_model::{Case, Circumstances, Exchange, Identifier, IdentifierKind, Subject};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::{exchange, gzip};
use encodings::{
    ASCII85, BASE36, BASE62, INVERTED, RFC_1924, Z85, backwards, base32, base32hex, base58, base85,
    base91, bzip2, cbor, deflate, latin_1, messagepack, numbers, octal, pairs, property_list,
    protobuf, quoted_printable, radix, snappy, snappy_in_frames, substituted, utf16, uuencode, zip,
    zlib,
};
use proptest::prelude::*;

const VALUE: &str = "ann.lee@example.com";

static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| {
    let subject = Subject {
        name: "Profile A".into(),
        description: String::new(),
        identifiers: vec![Identifier {
            name: "e-mail of A".to_owned(),
            kind: IdentifierKind::Email,
            value: VALUE.to_owned(),
            device: None,
        }],
    };
    common::detector(Case {
        subjects: vec![subject],
        ..Default::default()
    })
});

fn examine(exchange: &Exchange) -> Examination {
    DETECTOR.examine(exchange, &Circumstances::default())
}

fn post(body: &[u8]) -> Exchange {
    exchange("POST", "https://collect.example/v1", &[], body, true)
}

fn brotli(bytes: &[u8]) -> Option<Vec<u8>> {
    piped("brotli", &["-c"], bytes)
}

/// What a stock tool makes of its input; `None` where it is not installed.
fn piped(tool: &str, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    use std::process::Stdio;
    let child = Command::new(tool)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        println!("skipped: `{tool}` is not installed");
        return None;
    };
    child.stdin.take().unwrap().write_all(input).unwrap();
    Some(child.wait_with_output().unwrap().stdout)
}

/// Each encoding alone: the body, and the locator by which the value is found.
fn alone() -> Vec<(Vec<u8>, &'static str)> {
    let value = VALUE.as_bytes();
    let mail = format!("mail={VALUE}").into_bytes();
    let mut all = vec![
        (hex::encode(value).into_bytes(), "hex"),
        (hex::encode_upper(value).into_bytes(), "hex"),
        (base32(value).into_bytes(), "base32"),
        (base58(value).into_bytes(), "base58"),
        (radix(value, BASE36).into_bytes(), "base36"),
        (radix(value, BASE62).into_bytes(), "base62"),
        (radix(value, INVERTED).into_bytes(), "base62-inverted"),
        (base91(value), "base91"),
        (
            substituted(STANDARD.encode(&mail).as_bytes()),
            "substituted / base64 / form mail",
        ),
        (snappy(&mail), "snappy / form mail"),
        (
            snappy_in_frames(&mail),
            "snappy / form mail",
        ),
        (pairs(value, "", ":"), "hex"),
        (pairs(value, "0x", ", "), "hex"),
        (base32hex(value).into_bytes(), "base32hex"),
        (base85(value, RFC_1924), "base85"),
        (base85(value, ASCII85), "ascii85"),
        (
            [b"<~", &base85(value, ASCII85)[..], b"\n~>"].concat(),
            "ascii85",
        ),
        (base85(value, Z85), "z85"),
        (uuencode(value), "uuencode"),
        (
            [&b"begin 644 a\r\n"[..], &uuencode(&mail), b"`\nend\n"].concat(),
            "uuencode / form mail",
        ),
        (
            backwards(STANDARD.encode(&mail).as_bytes()),
            "reversed / base64 / form mail",
        ),
        (
            [&octal(b"to "), &octal(value)[..]].concat(),
            "octal / bytes 3+19",
        ),
        (quoted_printable(&mail), "quoted-printable / form mail"),
        (
            b"Zo=C3=AB=20Lee=\r\n <ann.lee=40example=\r\n.com>".to_vec(),
            "quoted-printable / bytes 10+19",
        ),
        (latin_1(&gzip(&mail)), "latin-1 / gzip / form mail"),
        (
            format!("[{}]", numbers(value, ", ")).into_bytes(),
            "codes",
        ),
        (
            format!("{{\"a\":{{\"v\":[{}]}}}}", numbers(value, ",")).into_bytes(),
            "json $.a.v / codes",
        ),
        (numbers(value, "-").into_bytes(), "codes"),
        (
            br#"{"v":[90,111,235,32,97,110,110,46,108,101,101,64,101,120,97,109,112,108,101,46,99,111,109]}"#.to_vec(),
            "json $.v / codes / bytes 5+19",
        ),
        (
            br#"{"0":97,"1":110,"2":110,"3":46,"4":108,"5":101,"6":101,"7":64,"8":101,"9":120,"10":97,"11":109,"12":112,"13":108,"14":101,"15":46,"16":99,"17":111,"18":109}"#.to_vec(),
            "codes",
        ),
        (property_list(value), "bytes 11+19"),
        (
            [b"<r><![CDATA[", &base32(&mail).into_bytes()[..], b"]]></r>"].concat(),
            "bytes 12+40 / base32 / form mail",
        ),
        (
            format!("1|2|{}|3", hex::encode(&mail)).into_bytes(),
            "bytes 4+48 / hex / form mail",
        ),
        (bzip2(&mail), "bzip2 / form mail"),
        (zip(&mail), "zip logs%2Fv%20[1].txt / form mail"),
        (lz_str::compress_to_base64(VALUE).into_bytes(), "lz-string"),
        (
            lz_str::compress_to_encoded_uri_component(
                format!("[\"{VALUE}\",\"zoë zoë zoë\"]").as_str(),
            )
            .into_bytes(),
            "lz-string / json $[0]",
        ),
        (utf16(value, true), "utf-16le"),
        (utf16(value, false), "utf-16be"),
        (deflate(&mail), "deflate / form mail"),
        (zlib(&mail), "zlib / form mail"),
        (protobuf(value), "protobuf 3.19"),
        (messagepack(value), "msgpack $.user.v"),
        (cbor(value), "cbor $.user.v"),
        (
            b"<a>ann.lee&#64;example.com</a>".to_vec(),
            "bytes 3+23 / entities",
        ),
        (
            br"to ann.lee\x40example.com".to_vec(),
            "script / bytes 3+19",
        ),
        (
            b"to ann.lee%u0040example.com".to_vec(),
            "percent-u / bytes 3+19",
        ),
        (
            [
                &b"\0\0\0\0"[..],
                &[protobuf(value).len() as u8],
                &protobuf(value),
            ]
            .concat(),
            "bytes 5+33 / protobuf 3.19",
        ),
        (
            format!("x9{}", STANDARD.encode(&mail)).into_bytes(),
            "bytes 2+32 / base64 / form mail",
        ),
        (
            protobuf(STANDARD.encode(value).as_bytes()),
            "protobuf 3.19 / base64",
        ),
    ];
    if let Some(stream) = brotli(&mail) {
        all.push((stream, "brotli / form mail"));
    }
    if let Some(stream) = piped("lz4", &["-c"], &mail) {
        all.push((stream, "lz4 / form mail"));
    }
    if let Some(stream) = piped("zstd", &["-c"], &mail) {
        all.push((stream, "zstd / form mail"));
    }
    all
}

#[test]
fn a_known_value_is_found_through_each_encoding() {
    for (body, way) in alone() {
        let found: Vec<_> = examine(&post(&body)).transmittals;
        let locators: Vec<_> = found.iter().map(|t| t.locator.as_str()).collect();
        assert_eq!(
            locators,
            [format!("request.body / base64 / {way}")],
            "{way}"
        );
        assert_eq!(found[0].value, VALUE, "{way}");
    }
}

#[test]
fn stock_tools_go_the_printed_way_to_the_value() {
    let folder = tempfile::tempdir().unwrap();
    for (body, way) in alone() {
        let exchange = post(&body);
        let found = examine(&exchange).transmittals;
        let locator = found[0].locator.parse().unwrap();
        let replay = replay(&exchange, &locator, &DecodeLimits::default()).unwrap();
        // The exchange stands at byte 1000 of its exhibit.
        let exhibit = [vec![b' '; 1000], exchange.raw.clone()].concat();
        std::fs::write(folder.path().join("E-0001.har"), exhibit).unwrap();
        let command = replay.command("E-0001.har", &[]);
        let output = Command::new("sh")
            .args(["-c", &command])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(printed, VALUE, "{way}: {command}: {said}");
    }
}

/// JSON holds text only, and rare letters are told by the text that they give.
fn possible(way: usize, bytes: &[u8]) -> usize {
    let is_of_text = matches!(way, 9 | 11 | 12 | 13 | 17 | 20);
    let ends = way == 20 && bytes.windows(2).any(|two| two == b"]]");
    if ends || is_of_text && std::str::from_utf8(bytes).is_err() {
        1
    } else {
        way
    }
}

/// Ways to wrap bytes; the result is text where the next way needs it.
fn wrapped(way: usize, bytes: &[u8]) -> Vec<u8> {
    match way {
        0 => hex::encode(bytes).into_bytes(),
        1 => STANDARD.encode(bytes).into_bytes(),
        2 => URL_SAFE_NO_PAD.encode(bytes).into_bytes(),
        3 => base32(bytes).into_bytes(),
        4 => gzip(bytes),
        5 => zlib(bytes),
        6 => protobuf(bytes),
        7 => messagepack(bytes),
        8 => cbor(bytes),
        11 => base32hex(bytes).into_bytes(),
        12 => base85(bytes, RFC_1924),
        13 => uuencode(bytes),
        14 => bzip2(bytes),
        15 => zip(bytes),
        16 => pairs(bytes, "", " "),
        17 => quoted_printable(bytes),
        18 => octal(bytes),
        19 => format!("[{}]", numbers(bytes, ",")).into_bytes(),
        20 => [b"<r><![CDATA[", bytes, b"]]></r>"].concat(),
        9 => {
            let text = String::from_utf8_lossy(bytes);
            serde_json::to_vec(&serde_json::json!({ "v": text })).unwrap()
        }
        _ => {
            let percent = |byte: &u8| format!("%{byte:02X}");
            bytes.iter().map(percent).collect::<String>().into_bytes()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_known_value_is_found_through_any_five_encodings(ways in prop::collection::vec(0..21usize, 0..=5)) {
        let mut bytes = VALUE.as_bytes().to_vec();
        for way in &ways {
            let way = possible(*way, &bytes);
            bytes = wrapped(way, &bytes);
        }
        let found = examine(&post(&bytes)).transmittals;
        prop_assert_eq!(found.len(), 1, "{:?}", ways);
        prop_assert_eq!(found[0].value.as_str(), VALUE);
    }

    #[test]
    fn nothing_is_found_where_the_value_is_not(ways in prop::collection::vec(0..21usize, 0..=3), other in "[a-z]{3,9}@[a-z]{3,9}\\.org") {
        let mut bytes = other.into_bytes();
        for way in &ways {
            let way = possible(*way, &bytes);
            bytes = wrapped(way, &bytes);
        }
        prop_assert!(examine(&post(&bytes)).transmittals.is_empty());
    }
}

/// `blob:` and `data:` name something on the device itself.
#[test]
fn a_request_that_names_no_host_is_addressed_to_nobody() {
    let url = "blob:https://app.example.com/ann.lee@example.com";
    let addressed = exchange("GET", url, &[], b"", false);
    let to_nobody = Exchange {
        host: String::new(),
        ..addressed.clone()
    };
    assert_eq!(examine(&addressed).transmittals.len(), 1);
    let examination = examine(&to_nobody);
    assert!(examination.transmittals.is_empty() && examination.patterns.is_empty());
    assert_eq!(examination.row.party, None);
    let [withheld] = &examination.withheld[..] else {
        panic!("one value is withheld: {:?}", examination.withheld);
    };
    assert_eq!((withheld.datum.as_str(), withheld.count), ("email", 1));
    assert!(withheld.reason.contains("names no host"));
}
