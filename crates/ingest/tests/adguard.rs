//! Query logs of AdGuard Home.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_ingest::{Settings, recognise};
use affiant_model::{ExchangeKind, Reach};
use base64::Engine as _;
use common::{Log, read_as};
use proptest::prelude::*;

fn read(text: &str) -> Log {
    read_as("adguard", text.as_bytes(), &Settings::default()).unwrap()
}

/// `a.example` leads to `c.example`, which is 192.0.2.7.
const MESSAGE: &[u8] = b"\x00\x07\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00\
    \x01a\x07example\x00\x00\x01\x00\x01\
    \xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x04\x01c\xc0\x0e\
    \xc0\x27\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x07";

fn line(answer: &str, result: &str) -> String {
    format!(
        r#"{{"T":"2023-05-01T12:00:00.123456789+02:00","QH":"A.Example","QT":"A","QC":"IN","CP":"doh","Answer":"{answer}","IP":"192.0.2.9","CID":"phone","Result":{result},"Elapsed":837429}}"#
    ) + "\n"
}

#[test]
fn a_lookup_is_read_with_its_answer() {
    let answer = base64::engine::general_purpose::STANDARD.encode(MESSAGE);
    let text = line(&answer, "{}");
    assert_eq!(recognise(text.as_bytes()).unwrap().name(), "adguard");
    let log = read(&text);
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    let lookup = &log.exchanges[0];
    assert_eq!(
        (lookup.kind, lookup.reach),
        (ExchangeKind::Lookup, Reach::Contacted)
    );
    assert_eq!(
        (lookup.host.as_str(), &lookup.aliases[..]),
        ("a.example", &["c.example".to_owned()][..])
    );
    assert_eq!(lookup.server_address.as_deref(), Some("192.0.2.7"));
    assert_eq!(
        lookup.detail.as_deref(),
        Some("A NOERROR, NotFilteredNotFound, doh")
    );
    assert_eq!(
        lookup.started,
        Some("2023-05-01T10:00:00.123456789Z".parse().unwrap())
    );
    assert_eq!(lookup.client.address.as_deref(), Some("192.0.2.9"));
    assert_eq!(lookup.client.device.as_deref(), Some("phone"));
}

#[test]
fn a_name_that_was_blocked_or_answered_otherwise_is_attempted() {
    for (result, reach, word) in [
        (
            r#"{"IsFiltered":true,"Reason":3}"#,
            Reach::Attempted,
            "FilteredBlockList",
        ),
        (
            r#"{"IsFiltered":true,"Reason":8,"ServiceName":"x"}"#,
            Reach::Attempted,
            "FilteredBlockedService",
        ),
        (r#"{"Reason":9}"#, Reach::Attempted, "Rewritten"),
        (r#"{"Reason":1}"#, Reach::Contacted, "NotFilteredAllowList"),
        (r#"{"Reason":77}"#, Reach::Attempted, "Reason 77"),
    ] {
        let log = read(&line("", result));
        assert_eq!(log.exchanges[0].reach, reach, "{result}");
        assert!(log.exchanges[0].detail.as_ref().unwrap().contains(word));
    }
}

#[test]
fn an_answer_that_cannot_be_read_is_a_defect_and_the_lookup_is_kept() {
    for answer in ["no base64!", "AAAA"] {
        let log = read(&line(answer, "{}"));
        assert_eq!(log.exchanges[0].host, "a.example");
        assert_eq!(
            log.messages(),
            ["the answer is not a DNS message in base64"]
        );
    }
    let log = read("{\"T\":\"yesterday\",\"QH\":\"b.example\",\"QT\":\"A\"}\n{\"T\":");
    assert_eq!(
        (log.exchanges.len(), log.capture.entries, log.defects.len()),
        (1, 2, 2)
    );
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let answer = base64::engine::general_purpose::STANDARD.encode(MESSAGE);
        let mut file = line(&answer, r#"{"Reason":3}"#).into_bytes();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = read_as("adguard", &file, &Settings::default());
    }
}
