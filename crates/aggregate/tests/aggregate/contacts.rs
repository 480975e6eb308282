//! What a reader of the table of hosts depends on: each entry is counted once
//! and as what it is.

use crate::common::exchange;
use affiant_aggregate::{build, read_accesses, read_contacts};
use affiant_model::{ExchangeKind, ExchangeRow, ExhibitId, PartyKind, Reach, Span};

fn row(exhibit: u32, kind: ExchangeKind, host: &str, reach: Reach) -> ExchangeRow {
    ExchangeRow {
        exhibit: ExhibitId(exhibit),
        exchange: 1,
        kind,
        detail: None,
        events: 1,
        time: None,
        until: None,
        method: String::new(),
        host: host.to_owned(),
        domain: host.to_owned(),
        recipient: host.to_owned(),
        parent: String::new(),
        party: Some(PartyKind::Third),
        url: String::new(),
        status: None,
        reach,
        request_body_bytes: 0,
        span: Span::new(0, 1),
        phase: None,
        run: None,
        device: None,
        app: None,
        app_version: None,
        ..exchange()
    }
}

#[test]
fn each_entry_of_a_host_is_counted_as_what_it_is() {
    let time = |text: &str| Some(text.parse().unwrap());
    let rows = [
        ExchangeRow {
            client_app: Some("b.app".to_owned()),
            time: time("2020-03-20T10:00:00Z"),
            ..row(1, ExchangeKind::Request, "a.example", Reach::Acknowledged)
        },
        ExchangeRow {
            events: 7,
            client_app: Some("a.app".to_owned()),
            time: time("2020-03-19T10:00:00Z"),
            until: time("2020-03-22T10:00:00Z"),
            ..row(2, ExchangeKind::Connection, "a.example", Reach::Contacted)
        },
        row(2, ExchangeKind::Lookup, "a.example", Reach::Attempted),
        row(2, ExchangeKind::Handshake, "a.example", Reach::Contacted),
        // What an earlier exhibit holds too is counted there.
        ExchangeRow {
            repeats: Some("E-0002/1".to_owned()),
            ..row(3, ExchangeKind::Lookup, "a.example", Reach::Contacted)
        },
        ExchangeRow {
            party: Some(PartyKind::First),
            ..row(1, ExchangeKind::Request, "0.example", Reach::Sent)
        },
    ];
    let made = build(&rows, &[], &[], &[]).unwrap();
    let [third, first] = &made.contacts[..] else {
        panic!("{:?}", made.contacts);
    };
    assert_eq!(
        (third.host.as_str(), first.host.as_str()),
        ("a.example", "0.example")
    );
    assert_eq!(
        (
            third.requests,
            third.lookups,
            third.handshakes,
            third.connections,
            third.records
        ),
        (1, 1, 1, 7, 0)
    );
    assert_eq!(
        (third.attempted, third.acknowledged, third.exhibits),
        (1, 1, 2)
    );
    assert_eq!(third.apps, "a.app, b.app");
    assert_eq!(third.first, time("2020-03-19T10:00:00Z"));
    assert_eq!(third.last, time("2020-03-22T10:00:00Z"));
    let table = made.tables.iter().find(|t| t.name == "contacts").unwrap();
    assert_eq!(read_contacts(&table.parquet).unwrap(), made.contacts);
}

#[test]
fn an_access_is_no_contact() {
    let access = |app: &str, resource: &str| ExchangeRow {
        party: None,
        client_app: Some(app.to_owned()),
        detail: Some(resource.to_owned()),
        ..row(1, ExchangeKind::Access, "", Reach::Contacted)
    };
    let rows = [
        access("app", "contacts"),
        access("app", "camera"),
        access("app", "contacts"),
    ];
    let made = build(&rows, &[], &[], &[]).unwrap();
    assert!(made.contacts.is_empty());
    let found: Vec<_> = made
        .accesses
        .iter()
        .map(|row| (row.app.as_str(), row.resource.as_str(), row.accesses))
        .collect();
    assert_eq!(found, [("app", "camera", 1), ("app", "contacts", 2)]);
    let table = made.tables.iter().find(|t| t.name == "accesses").unwrap();
    assert_eq!(read_accesses(&table.parquet).unwrap(), made.accesses);
}
