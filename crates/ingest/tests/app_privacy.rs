//! The App Privacy Report of iOS, as it was written from 2021 to 2024.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_ingest::{Settings, recognise};
use affiant_model::{ExchangeKind, Reach};
use common::{Log, read_as};
use proptest::prelude::*;

fn read(text: &str) -> Log {
    read_as("app-privacy", text.as_bytes(), &Settings::default()).unwrap()
}

/// Lines as of iOS 17: a contact and the two ends of an access.
const NOW: &str = concat!(
    r#"{"domain":"Graph.Example.com","firstTimeStamp":"2024-10-12T08:24:53.092+02:00","context":"","timeStamp":"2024-10-18T08:42:46.449+02:00","domainType":1,"initiatedType":"AppInitiated","hits":42,"type":"networkActivity","domainOwner":"Example Inc","bundleID":"com.example.app","domainClassification":1,"contextVerificationType":1}"#,
    "\n",
    r#"{"accessor":{"identifier":"com.example.app","identifierType":"bundleID"},"category":"contacts","identifier":"A-1","kind":"intervalBegin","timeStamp":"2024-10-12T08:25:00.000+02:00","type":"access"}"#,
    "\n",
    r#"{"accessCount":3,"accessor":{"identifier":"com.example.app","identifierType":"bundleID"},"broadcaster":{"identifier":"com.example.host"},"category":"contacts","identifier":"A-1","kind":"intervalEnd","outOfProcess":true,"timeStamp":"2024-10-12T08:25:07.000+02:00","type":"access"}"#,
    "\n",
);

/// Lines as of a beta of iOS 15, in two parts.
const BETA: &str = concat!(
    r#"{"version":3,"recordType":"access","exportTimestamp":"2021-06-25T09:51:51.222-05:00","_marker":"<metadata>"}"#,
    "\n",
    r#"{"accessor":{"identifier":"com.example.app","identifierType":"bundleID"},"tccService":"kTCCServiceCamera","kind":"event","timestamp":"2021-06-20T10:00:00.000-05:00","version":3}"#,
    "\n",
    r#"{"_marker":"<end-of-section>"}"#,
    "\n",
    r#"{"recordType":"networkActivity","_marker":"<metadata>","exportTimestamp":"2021-06-25T09:51:51.767-05:00","version":1}"#,
    "\n",
    r#"{"domain":"mask.example.com","firstTimeStamp":"2021-06-18T05:55:10.417-05:00","domainType":2,"timeStamp":"2021-06-23T04:02:13.891-05:00","context":"","initiatedType":"AppInitiated","hits":7,"domainOwner":"","bundleID":"com.example.app"}"#,
);

#[test]
fn a_contact_stands_for_its_hits_between_two_times() {
    let log = read(NOW);
    let contact = &log.exchanges[0];
    assert_eq!(
        (contact.kind, contact.reach),
        (ExchangeKind::Connection, Reach::Contacted)
    );
    assert_eq!(
        (contact.host.as_str(), contact.events),
        ("graph.example.com", 42)
    );
    assert_eq!(
        contact.started,
        Some("2024-10-12T06:24:53.092Z".parse().unwrap())
    );
    assert_eq!(
        contact.until,
        Some("2024-10-18T06:42:46.449Z".parse().unwrap())
    );
    assert_eq!(contact.client.app.as_deref(), Some("com.example.app"));
    assert_eq!(
        contact.detail.as_deref(),
        Some(
            "initiatedType AppInitiated, domainType 1, domainOwner Example Inc, domainClassification 1, contextVerificationType 1"
        )
    );
    assert!(contact.fields.is_empty() && log.defects.is_empty());
}

#[test]
fn an_access_has_a_resource_and_no_host() {
    let log = read(NOW);
    let [_, begin, end] = &log.exchanges[..] else {
        panic!()
    };
    for access in [begin, end] {
        assert_eq!(
            (access.kind, access.reach),
            (ExchangeKind::Access, Reach::Attempted)
        );
        assert_eq!(
            (access.host.as_str(), access.client.app.as_deref()),
            ("", Some("com.example.app"))
        );
    }
    assert_eq!(begin.detail.as_deref(), Some("contacts, intervalBegin"));
    assert_eq!(
        end.detail.as_deref(),
        Some("contacts, intervalEnd, broadcaster.identifier com.example.host, outOfProcess true")
    );
    assert_eq!((begin.events, end.events), (1, 3));
}

#[test]
fn a_report_of_a_beta_is_read_too() {
    assert_eq!(recognise(BETA.as_bytes()).unwrap().name(), "app-privacy");
    let log = read(BETA);
    assert_eq!((log.capture.entries, log.defects.len()), (2, 0));
    assert_eq!(
        log.exchanges[0].detail.as_deref(),
        Some("kTCCServiceCamera, event")
    );
    assert_eq!(log.exchanges[1].host, "mask.example.com");
    assert_eq!(log.capture.version.as_deref(), Some("3"));
    assert_eq!(log.capture.stated[1].0, "access exportTimestamp");
    assert_eq!(
        log.capture.stated[2],
        ("networkActivity version".to_owned(), "1".to_owned())
    );
}

#[test]
fn what_cannot_be_read_is_located() {
    let text = concat!(
        r#"{"type":"networkActivity","domain":"a.example","timeStamp":"2024-10-12T08:25:00.000"}"#,
        "\n",
        r#"{"type":"prophecy"}"#,
        "\n",
        r#"{"type":"access","accessor":{"identifier":"#,
    );
    let log = read(text);
    assert_eq!((log.exchanges.len(), log.capture.entries), (1, 3));
    assert_eq!(
        (log.exchanges[0].started, log.exchanges[0].events),
        (None, 1)
    );
    let messages = log.messages();
    assert!(messages.contains(&"the line has no readable `hits`"));
    assert!(messages.contains(&"`timeStamp` is no time with a zone: `2024-10-12T08:25:00.000`"));
    assert!(messages.contains(&"the line is of the type `prophecy`, which is not known"));
    assert!(messages[3].starts_with("the file ends inside this line"));
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        for text in [NOW, BETA] {
            let mut file = text.as_bytes().to_vec();
            for (place, byte) in &places {
                let place = place.index(file.len());
                file[place] = *byte;
            }
            let _ = read_as("app-privacy", &file, &Settings::default());
            let _ = recognise(&file);
        }
    }
}
