//! Logs of NextDNS.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_ingest::{Settings, recognise};
use affiant_model::{ExchangeKind, Reach};
use common::{Log, read_as};
use proptest::prelude::*;

fn read(text: &str) -> Log {
    read_as("nextdns", text.as_bytes(), &Settings::default()).unwrap()
}

const LOG: &str = "timestamp,domain,query_type,dnssec,protocol,client_ip,status,reasons,destination_country,root_domain,device_id,device_name,device_model,device_local_ip,matched_name,client_name\n\
2024-01-02T03:04:05.678Z,Graph.Example.com,A,false,DNS-over-HTTPS,192.0.2.9,,,US,example.com,ABCDE,\"Anna's \"\"new\"\" phone, blue\",,,,\n\
2024-01-02T03:04:06.000Z,ads.example.net,AAAA,false,DNS-over-HTTPS,192.0.2.9,blocked,\"blocklist:oisd,blocklist:x\",,example.net,,,,,tracker.example.org,apple-profile\n\
2024-01-02 03:04:07,b.example,A,,UDP,,default,,,b.example,,,,,,\n\
2024-01-02 03:04:08,c.example,A,,UDP,,relayed,,,c.example,,,,,,\n";

#[test]
fn a_lookup_is_read_and_a_blocked_one_is_attempted() {
    assert_eq!(recognise(LOG.as_bytes()).unwrap().name(), "nextdns");
    let log = read(LOG);
    let [open, blocked, local, last] = &log.exchanges[..] else {
        panic!()
    };
    assert_eq!(
        (open.kind, open.reach),
        (ExchangeKind::Lookup, Reach::Contacted)
    );
    assert_eq!(open.host, "graph.example.com");
    assert_eq!(
        open.client.device.as_deref(),
        Some("Anna's \"new\" phone, blue")
    );
    assert_eq!(open.detail.as_deref(), Some("A, protocol DNS-over-HTTPS"));
    assert_eq!(
        open.started,
        Some("2024-01-02T03:04:05.678Z".parse().unwrap())
    );
    assert_eq!(
        (blocked.reach, blocked.client.device.as_deref()),
        (Reach::Attempted, Some("apple-profile"))
    );
    assert_eq!(
        blocked.detail.as_deref(),
        Some(
            "AAAA, blocked, reasons blocklist:oisd,blocklist:x, matched_name tracker.example.org, protocol DNS-over-HTTPS"
        )
    );
    // A time without a zone is kept as written, and said once.
    assert_eq!((local.started, last.started), (None, None));
    assert_eq!(local.started_as_written, "2024-01-02 03:04:07");
    assert_eq!(log.messages(), ["the times of the log name no time zone"]);
}

#[test]
fn a_record_that_is_cut_is_a_defect() {
    let log = read(&format!("{LOG}2024-01-02T03:04:05.678Z,\"a.exa"));
    assert_eq!((log.exchanges.len(), log.capture.entries), (4, 5));
    assert!(log.messages()[1].contains("inside quotation marks"));
    let other = read_as("nextdns", b"a,b\n1,2\n", &Settings::default());
    assert!(
        other
            .err()
            .unwrap()
            .to_string()
            .contains("no column `domain`")
    );
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = LOG.as_bytes().to_vec();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = read_as("nextdns", &file, &Settings::default());
    }
}
