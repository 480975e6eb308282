//! The log of Pi-hole and of dnsmasq.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "common/collection.rs"]
mod collection;
mod common;

use affiant_ingest::{Settings, recognise};
use affiant_model::{ExchangeKind, Reach, Unpack, Unpacked};
use common::{Log, bytes_at, read_as};
use proptest::prelude::*;

fn read(text: &str) -> Log {
    read_as("pihole", text.as_bytes(), &Settings::default()).unwrap()
}

/// Lines of dnsmasq at one second.
fn lines(words: &[&str]) -> String {
    words
        .iter()
        .map(|words| format!("Sep 21 00:00:12 dnsmasq[676]: {words}\n"))
        .collect()
}

#[test]
fn a_query_is_joined_with_what_became_of_it() {
    let text = lines(&[
        "started, version pi-hole-2.89",
        "query[A] App.example.com from 192.168.1.9",
        "forwarded app.example.com to 192.0.2.53",
        "query[AAAA] ads.example.net from 192.168.1.7",
        "gravity blocked ads.example.net is ::",
        "reply app.example.com is <CNAME>",
        "reply edge.example.org is <CNAME>",
        "reply host.example.org is 192.0.2.7",
        "query[A] pi.hole from 192.168.1.9",
        "Pi-hole hostname pi.hole is 192.168.1.2",
        "query[A] app.example.com from 192.168.1.7",
        "cached app.example.com is 192.0.2.7",
    ]);
    assert_eq!(recognise(text.as_bytes()).unwrap().name(), "pihole");
    let log = read(&text);
    let [app, ads, own, again] = &log.exchanges[..] else {
        panic!("{:?}", log.defects)
    };
    assert_eq!(
        (app.kind, app.reach),
        (ExchangeKind::Lookup, Reach::Contacted)
    );
    assert_eq!(
        (app.host.as_str(), app.client.address.as_deref()),
        ("app.example.com", Some("192.168.1.9"))
    );
    assert_eq!(app.aliases, ["edge.example.org", "host.example.org"]);
    assert_eq!(app.server_address.as_deref(), Some("192.0.2.7"));
    assert_eq!(app.detail.as_deref(), Some("A, reply"));
    assert_eq!(
        (ads.reach, ads.detail.as_deref()),
        (Reach::Attempted, Some("AAAA, gravity blocked"))
    );
    assert_eq!(own.reach, Reach::Attempted);
    assert_eq!(
        (again.reach, again.detail.as_deref()),
        (Reach::Contacted, Some("A, cached"))
    );
    // The bytes are the lines of the query, the place is from the first to the last.
    assert_eq!(app.raw.split(|b| *b == b']').count(), 5 + 2);
    assert!(bytes_at(text.as_bytes(), app.span).ends_with(b"is 192.0.2.7"));
    // No time: there is neither a year nor a zone.
    assert!(log.exchanges.iter().all(|e| e.started.is_none()));
    assert_eq!(app.started_as_written, "Sep 21 00:00:12");
    assert_eq!(log.messages(), ["the times of the log name no time zone"]);
    assert_eq!(log.capture.stated[0].1, "1");
}

#[test]
fn numbers_tell_two_queries_of_one_name_apart() {
    let text = lines(&[
        "1 192.168.1.9/41772 query[A] a.example from 192.168.1.9",
        "2 192.168.1.7/41773 query[A] a.example from 192.168.1.7",
        "1 192.168.1.9/41772 exactly denied a.example is 0.0.0.0",
        "2 192.168.1.7/41773 reply a.example is NXDOMAIN",
    ]);
    let log = read(&text);
    assert_eq!(log.exchanges[0].reach, Reach::Attempted);
    assert_eq!(
        log.exchanges[0].detail.as_deref(),
        Some("A, exactly denied")
    );
    assert_eq!(log.exchanges[1].reach, Reach::Contacted);
    assert_eq!(log.exchanges[1].detail.as_deref(), Some("A, NXDOMAIN"));
}

#[test]
fn a_line_without_its_query_is_located() {
    let text = lines(&["reply a.example is 192.0.2.7"]) + "nonsense\n";
    let log = read(&text);
    assert_eq!((log.capture.entries, log.defects.len()), (0, 2));
    assert_eq!(
        log.defects[1].span.unwrap().offset,
        text.find("nonsense").unwrap() as u64
    );
}

#[test]
fn queries_beyond_the_window_keep_their_order() {
    let mut text = String::new();
    for n in 0..5_000 {
        text += &lines(&[&format!("query[A] n{n}.example from 192.168.1.9")]);
    }
    text += &lines(&[
        "reply n4999.example is 192.0.2.7",
        "reply n3.example is 192.0.2.7",
    ]);
    let log = read(&text);
    assert_eq!(log.exchanges.len(), 5_000);
    assert_eq!(
        log.exchanges[4_999].server_address.as_deref(),
        Some("192.0.2.7")
    );
    assert_eq!(
        log.defects.len(),
        2,
        "the zone, and the answer that came too late"
    );
}

/// The file holds 23 answers and no query (`grep -c 'query\['` gives 0).
#[test]
fn the_log_of_the_collection_holds_no_query() {
    let Some(file) = collection::folder("devices/pkimSec+pihole-logfile-reader/pihole.log") else {
        return;
    };
    let bytes = std::fs::read(file).unwrap();
    assert_eq!(recognise(&bytes).unwrap().name(), "pihole");
    let log = read_as("pihole", &bytes, &Settings::default()).unwrap();
    assert_eq!((log.capture.entries, log.defects.len()), (0, 23));
}

#[test]
fn each_line_of_an_entry_has_its_place() {
    let text = lines(&[
        "query[A] app.example.com from 192.168.1.9",
        "query[A] alone.example.com from 192.168.1.9",
        "reply app.example.com is 192.0.2.7",
    ]);
    let log = read(&text);
    let [app, alone] = &log.exchanges[..] else {
        panic!("{:?}", log.defects)
    };
    let Some(Unpacked { steps, offset: 0 }) = &app.unpacked else {
        panic!("{:?}", app.unpacked)
    };
    let [Unpack::Runs(runs)] = &steps[..] else {
        panic!("{steps:?}")
    };
    let parts = runs.iter().map(|run| bytes_at(text.as_bytes(), *run));
    assert_eq!(parts.collect::<Vec<_>>().concat(), app.raw);
    assert_eq!(alone.unpacked, None);
    assert_eq!(bytes_at(text.as_bytes(), alone.span), alone.raw);
}

#[test]
fn a_query_with_very_many_lines_says_so_once() {
    let reply = "reply app.example.com is 192.0.2.7";
    let mut words = vec!["query[A] app.example.com from 192.168.1.9"];
    words.extend(vec![reply; 5_000]);
    let log = read(&lines(&words));
    assert!(log.exchanges[0].raw.len() <= 64 << 10);
    let many = |message: &&&str| message.contains("more lines than are kept");
    assert_eq!(log.messages().iter().filter(many).count(), 1);
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let text = lines(&[
            "query[A] a.example from 192.168.1.9",
            "7 192.168.1.9/1 query[A] b.example from 192.168.1.9",
            "reply a.example is <CNAME>",
            "reply c.example is 192.0.2.1",
            "7 192.168.1.9/1 gravity blocked b.example is 0.0.0.0",
        ]);
        let mut file = text.into_bytes();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = read_as("pihole", &file, &Settings::default());
        let _ = recognise(&file);
    }
}
