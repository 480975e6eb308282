//! Numbers in binary bodies: found as known values only as a whole, each with
//! a locator that can be gone again and a command that prints the value.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod common;
mod encodings;

use std::process::Command;
use std::sync::LazyLock;

use affiant_detect::{DecodeLimits, Detector, replay};
use affiant_model::{
    Case, Circumstances, Exchange, Identifier, IdentifierKind as Kind, Subject, Transmittal,
};
use common::exchange;
use encodings::{cbor_of, messagepack_of, protobuf_number, varint};

static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| {
    let identifiers = [
        ("phone", Kind::Phone, "+14155550132"),
        ("place", Kind::Coordinates, "37.774929,-122.419416"),
        ("birth", Kind::BirthDate, "1980-03-05"),
        ("zip", Kind::PostalCode, "94103"),
    ]
    .map(|(name, kind, value)| Identifier {
        name: name.to_owned(),
        kind,
        value: value.to_owned(),
        device: None,
    })
    .to_vec();
    common::detector(Case {
        subjects: vec![Subject {
            name: "Profile A".into(),
            description: String::new(),
            identifiers,
        }],
        ..Default::default()
    })
});

fn sent(body: &[u8]) -> Exchange {
    exchange("POST", "https://collect.example/v1/e", &[], body, true)
}

fn found(body: &[u8]) -> Vec<Transmittal> {
    let examined = DETECTOR.examine(&sent(body), &Circumstances::default());
    assert!(examined.defects.is_empty(), "{:?}", examined.defects);
    examined.transmittals
}

fn facts(body: &[u8]) -> Vec<(String, String, String)> {
    let found = found(body).into_iter();
    found.map(|t| (t.locator, t.value, t.form)).collect()
}

fn fact(locator: &str, value: &str, form: &str) -> (String, String, String) {
    (locator.to_owned(), value.to_owned(), form.to_owned())
}

/// A record with a text and, in its field 2, two numbers of eight or four bytes.
fn pair(first: &[u8], second: &[u8]) -> Vec<u8> {
    let wire = if first.len() == 8 { 1 } else { 5 };
    let inner = [&[0x08 | wire], first, &[0x10 | wire], second].concat();
    [b"\x0a\x04test\x12", &varint(inner.len())[..], &inner].concat()
}

#[test]
fn two_coordinates_beside_each_other_say_what_they_are() {
    let double = pair(
        &37.774_929_f64.to_le_bytes(),
        &(-122.419_416_f64).to_le_bytes(),
    );
    assert_eq!(
        facts(&double),
        [
            fact(
                "request.body / base64 / protobuf 2.1 / number float-le",
                "37.774929",
                "latitude to 6 decimals, of a pair"
            ),
            fact(
                "request.body / base64 / protobuf 2.2 / number float-le",
                "-122.419416",
                "longitude to 6 decimals, of a pair"
            ),
        ]
    );
    let single = pair(
        &(37.774_929_f64 as f32).to_le_bytes(),
        &(-122.419_416_f64 as f32).to_le_bytes(),
    );
    assert_eq!(found(&single).len(), 2);
    let scaled = pair(
        &377_749_290_i32.to_le_bytes(),
        &(-1_224_194_160_i32).to_le_bytes(),
    );
    let values: Vec<_> = found(&scaled).into_iter().map(|t| t.value).collect();
    assert_eq!(values, ["377749290", "-1224194160"]);
}

#[test]
fn two_coordinates_in_a_list_or_record_of_json_say_what_they_are() {
    let texts = |body: &str| {
        let request = exchange(
            "POST",
            "https://collect.example/v1/e",
            &[],
            body.as_bytes(),
            false,
        );
        let examined = DETECTOR.examine(&request, &Circumstances::default());
        let found = examined.transmittals.into_iter();
        found.map(|t| t.locator).collect::<Vec<_>>()
    };
    assert_eq!(
        texts(r#"{"p":[37.774929,-122.419416]}"#),
        ["request.body / json $.p[0]", "request.body / json $.p[1]"]
    );
    assert_eq!(texts(r#"{"y":37.7749,"x":"-122.4194"}"#).len(), 2);
    for other in [
        r#"{"p":[37.774929,-121.419416]}"#,
        r#"{"p":[37.77,-122.42]}"#,
        r#"{"p":[37.774929],"q":[-122.419416]}"#,
    ] {
        assert!(texts(other).is_empty(), "{other}");
    }
}

#[test]
fn a_record_of_numbers_alone_is_taken_apart_where_one_is_known() {
    let record = |fields: &[&[u8]]| fields.concat();
    let phone = record(&[b"\x08\x03\x10", &varint(14_155_550_132)]);
    let place = record(&[
        b"\x09",
        &37.774_929_f64.to_le_bytes(),
        b"\x11",
        &(-122.419_416_f64).to_le_bytes(),
    ]);
    let of_floats = record(&[
        b"\x0d",
        &37.774_93_f32.to_le_bytes(),
        b"\x15",
        &(-122.419_42_f32).to_le_bytes(),
    ]);
    for (body, count) in [(&phone, 1), (&place, 2), (&of_floats, 2)] {
        assert_eq!(facts(body).len(), count, "{body:?}");
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, body);
        let url = format!(
            "https://collect.example/v1/e?{}",
            common::form(&[("d", &encoded)])
        );
        let request = exchange("GET", &url, &[], b"", false);
        let examined = DETECTOR.examine(&request, &Circumstances::default());
        assert_eq!(examined.transmittals.len(), count, "{url}");
    }
    let other = record(&[b"\x08\x03\x10", &varint(14_155_550_133)]);
    assert_eq!(facts(&other), []);
}

#[test]
fn one_number_without_a_name_is_no_place_and_no_date() {
    let other = pair(&37.774_929_f64.to_le_bytes(), &12.5_f64.to_le_bytes());
    assert_eq!(facts(&other), []);
    let birth = protobuf_number(0, &varint(321_062_400));
    assert_eq!(facts(&birth), []);
    let examined = DETECTOR.examine(&sent(&birth), &Circumstances::default());
    assert_eq!(examined.withheld.len(), 1);
}

#[test]
fn a_name_says_what_a_number_is() {
    let named = |name: &str, item: &[u8]| {
        let name = [&[0xa0 | name.len() as u8], name.as_bytes()].concat();
        [b"\x81", &name[..], item].concat()
    };
    let birth = named(
        "birthDate",
        &[b"\xce", &321_062_400_u32.to_be_bytes()[..]].concat(),
    );
    assert_eq!(
        facts(&birth),
        [fact(
            "request.body / base64 / msgpack $.birthDate / number uint-be",
            "321062400",
            "in seconds"
        )]
    );
    let north = named(
        "latitudeE7",
        &[b"\xd2", &377_749_290_i32.to_be_bytes()[..]].concat(),
    );
    assert_eq!(found(&north).len(), 1);
    let zip = named("postalCode", b"\xce\x00\x01\x6f\x97");
    assert_eq!(found(&zip)[0].value, "94103");
    let other = named("serialNum", b"\xce\x00\x01\x6f\x97");
    assert_eq!(facts(&other), []);
}

#[test]
fn a_number_within_a_longer_one_is_another() {
    let longer = 141_555_501_329_u64;
    assert_eq!(facts(&protobuf_number(1, &longer.to_le_bytes())), []);
    let item = [b"\xcf", &longer.to_be_bytes()[..]].concat();
    assert_eq!(facts(&messagepack_of(&item)), []);
    assert_eq!(facts(&cbor_of(&[b"\x1b", &item[1..]].concat())), []);
}

#[test]
fn json_may_hold_degrees_as_whole_numbers() {
    let body = br#"{"latitudeE7":377749290,"longitudeE7":-1224194160,"n":377749290}"#;
    let request = exchange("POST", "https://collect.example/v1/e", &[], body, false);
    let examined = DETECTOR.examine(&request, &Circumstances::default());
    let values: Vec<_> = examined.transmittals.into_iter().map(|t| t.value).collect();
    assert_eq!(values, ["377749290", "-1224194160"]);
}

#[test]
fn a_command_of_stock_tools_prints_the_number_from_the_exhibit() {
    if Command::new("perl").arg("-v").output().is_err() {
        return println!("skipped: no perl");
    }
    let folder = tempfile::tempdir().unwrap();
    let phone = 14_155_550_132_u64;
    let bodies = [
        pair(
            &37.774_929_f64.to_le_bytes(),
            &(-122.419_416_f64).to_le_bytes(),
        ),
        protobuf_number(0, &varint(14_155_550_132)),
        messagepack_of(&[b"\xcb", &(phone as f64).to_be_bytes()[..]].concat()),
        cbor_of(&[b"\x1b", &phone.to_be_bytes()[..]].concat()),
        common::gzip(&protobuf_number(1, &phone.to_le_bytes())),
    ];
    for body in bodies {
        let request = sent(&body);
        let exhibit = [vec![b'.'; 1000], request.raw.clone()].concat();
        std::fs::write(folder.path().join("exhibit"), exhibit).unwrap();
        let examined = DETECTOR.examine(&request, &Circumstances::default());
        assert!(!examined.transmittals.is_empty());
        for transmittal in examined.transmittals {
            let locator = transmittal.locator.parse().unwrap();
            let replayed = replay(&request, &locator, &DecodeLimits::default()).unwrap();
            assert_eq!(replayed.value, transmittal.value.as_bytes());
            let command = replayed.command("exhibit", &[]);
            let output = Command::new("sh")
                .args(["-c", &command])
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert_eq!(output.stdout, replayed.value, "{command}");
        }
    }
}
