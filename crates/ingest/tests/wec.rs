//! Inspections of the Website Evidence Collector.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_ingest::{Limits, Settings, recognise};
use affiant_model::{ExchangeKind, FieldName, Reach};
use common::{Log, bytes_at, read_as};
use proptest::prelude::*;

const INSPECTION: &str = r#"{
  "title": "Website Evidence Collection",
  "task_description": null,
  "uri_ins": "https://shop.example/",
  "uri_refs": ["https://shop.example/"],
  "uri_dest": "https://shop.example/",
  "script": {"host": "lab", "version": {"npm": "2.1.1", "commit": "v2.1.2"}},
  "cookies": [{"name": "_ga", "value": "GA1.2.1", "domain": "shop.example"}],
  "localStorage": {"https://shop.example": {"a": {"value": 1}}, "https://b.example": {}},
  "beacons": [
    {"url": "https:\/\/t.example/p?id=7&x=1", "query": {"id": 7}, "filter": "||t.example^",
     "listName": "easyprivacy.txt", "log": {"stack": [], "timestamp": "2024-05-30T12:53:48.101Z"},
     "occurrances": 5}
  ],
  "browser": {"name": "Chromium", "version": "Chrome/121.0", "user_agent": "Mozilla/5.0"},
  "hosts": {
    "requests": {"firstParty": ["shop.example"], "thirdParty": ["t.example", "CDN.example."]},
    "beacons": {"firstParty": [], "thirdParty": ["t.example"]}
  },
  "start_time": "2024-05-30T12:53:44.473Z",
  "websocketLog": {
    "1.2": {"timestamp": "2024-05-30T12:53:50.000Z", "url": "wss://ws.example/s", "messages": [
      {"timestamp": 1.5, "io": "out", "m": [{"user":"ann"}, "x"]},
      {"timestamp": 1.6, "io": "in", "m": ["ok"]},
      {"timestamp": 1.7, "io": "out", "m": ["bye"]}]},
    "1.3": {"timestamp": "2024-05-30T12:53:50.000Z", "url": "wss://idle.example/", "messages": []}
  }
}"#;

fn read(text: &str) -> Log {
    read_as("wec", text.as_bytes(), &Settings::default()).unwrap()
}

#[test]
fn a_beacon_is_a_request_that_is_not_shown_to_have_left() {
    assert_eq!(recognise(INSPECTION.as_bytes()).unwrap().name(), "wec");
    let log = read(INSPECTION);
    assert_eq!(log.capture.entries, 6);
    let beacon = &log.exchanges[0];
    assert_eq!(
        (beacon.kind, beacon.reach, beacon.events),
        (ExchangeKind::Request, Reach::Attempted, 5)
    );
    assert_eq!(beacon.url, "https://t.example/p?id=7&x=1");
    assert_eq!(
        (beacon.host.as_str(), beacon.method.as_str()),
        ("t.example", "")
    );
    assert_eq!(
        beacon.started,
        Some("2024-05-30T12:53:48.101Z".parse().unwrap())
    );
    assert_eq!(
        beacon.detail.as_deref(),
        Some("issued by the page; matched by easyprivacy.txt: ||t.example^")
    );
    let [url] = &beacon.fields[..] else { panic!() };
    let written = bytes_at(INSPECTION.as_bytes(), url.span);
    assert_eq!(written, br"https:\/\/t.example/p?id=7&x=1");
    let said = log.messages();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("neither headers nor bodies"));
    assert!(log.defects[0].consequence.contains("requests.har"));
}

#[test]
fn hosts_are_contacts_without_a_time() {
    let log = read(INSPECTION);
    let hosts: Vec<_> = log.exchanges[1..4]
        .iter()
        .map(|e| e.host.as_str())
        .collect();
    assert_eq!(hosts, ["shop.example", "t.example", "cdn.example"]);
    for host in &log.exchanges[1..4] {
        assert_eq!(
            (host.kind, host.reach, host.started),
            (ExchangeKind::Connection, Reach::Attempted, None)
        );
        assert!(host.fields.is_empty());
    }
    assert!(log.messages()[1].contains("have no times"));
}

#[test]
fn what_the_page_sent_over_a_websocket_is_a_message() {
    let log = read(INSPECTION);
    let [socket, idle] = &log.exchanges[4..] else {
        panic!()
    };
    assert_eq!(
        (socket.kind, socket.reach),
        (ExchangeKind::Message, Reach::Acknowledged)
    );
    assert_eq!(socket.host, "ws.example");
    let messages: Vec<_> = socket
        .fields
        .iter()
        .filter(|field| matches!(field.name, FieldName::Message { .. }))
        .map(|field| bytes_at(INSPECTION.as_bytes(), field.span))
        .collect();
    assert_eq!(messages, [&br#"[{"user":"ann"}, "x"]"#[..], br#"["bye"]"#]);
    assert_eq!(
        (idle.kind, idle.fields.len()),
        (ExchangeKind::Connection, 0)
    );
}

#[test]
fn what_the_file_says_of_the_visit_is_kept() {
    let capture = read(INSPECTION).capture;
    assert_eq!(
        capture.writer.as_deref(),
        Some("Website Evidence Collector 2.1.1")
    );
    assert_eq!(capture.browser.as_deref(), Some("Chrome/121.0"));
    let stated: Vec<_> = capture
        .stated
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    for wanted in [
        "uri_ins=https://shop.example/",
        "cookies that the browser held at the end=1",
        "origins with local storage=2",
    ] {
        assert!(stated.iter().any(|s| s == wanted), "{stated:?}");
    }
}

#[test]
fn what_cannot_be_read_is_said_and_keeps_its_number() {
    let edit = |from: &str, to: &str| INSPECTION.replace(from, to);
    for (text, exchanges, said) in [
        (
            edit(r#""url": "https:\/\/t.example/p?id=7&x=1", "#, ""),
            5,
            "the beacon has no address",
        ),
        (
            edit("2024-05-30T12:53:48.101Z", "soon"),
            6,
            "the time is none: `soon`",
        ),
        (
            edit(r#""io": "in""#, r#""io": "?""#),
            6,
            "1 messages of the WebSocket are not",
        ),
        (
            edit(r#""CDN.example.""#, r#""""#),
            5,
            "the host has no name",
        ),
    ] {
        let log = read(&text);
        assert_eq!(log.exchanges.len(), exchanges, "{said}");
        assert_eq!(
            (log.capture.entries, log.defects.len()),
            (6, 3),
            "{:?}",
            log.messages()
        );
        assert!(
            log.messages().iter().any(|m| m.contains(said)),
            "{:?}",
            log.messages()
        );
    }
    let refused = |text: &str, limits: Limits| {
        let refused = read_as("wec", text.as_bytes(), &limits.into());
        refused.err().unwrap().to_string()
    };
    assert!(refused(&INSPECTION[..400], Limits::default()).contains("EOF while parsing"));
    let small = Limits {
        entry_bytes: 100,
        ..Limits::default()
    };
    assert!(refused(INSPECTION, small).contains("larger than the bound"));
}

#[test]
fn other_json_is_not_taken_for_an_inspection() {
    for other in ["{}", "[]", r#"{"uri_ins":1}"#, r#"{"log":{"entries":[]}}"#] {
        let name = recognise(other.as_bytes()).map(|reader| reader.name());
        assert_ne!(name.ok().as_deref(), Some("wec"), "{other}");
    }
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut file = INSPECTION.as_bytes().to_vec();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = recognise(&file);
        // Each place is held against the file there.
        let _ = read_as("wec", &file, &Settings::default());
    }
}
