//! A record of the recipient counts for a request only where everything fits.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use affiant_detect::corroborate;
use affiant_model::{
    Basis, Case, Digest, ExchangeKind, ExchangeRow, ExhibitId, FirstParty, PartyKind, Place, Reach,
    RecordMatch, RecordRules, Span, Transmittal, TransmittalId,
};
use proptest::prelude::*;

const META: &str = "Meta Platforms, Inc.";

fn case() -> Case {
    Case {
        first_party: FirstParty {
            name: "Acme, Inc.".to_owned(),
            domains: vec!["acme.example".to_owned()],
            apps: vec!["com.acme.app".to_owned()],
        },
        records: RecordRules {
            names: vec!["Acme: Photo Editor".to_owned()],
            ..RecordRules::default()
        },
        ..Case::default()
    }
}

/// An entry at some seconds after noon.
fn row(exhibit: u32, exchange: u32, kind: ExchangeKind, seconds: i64) -> ExchangeRow {
    let noon: chrono::DateTime<chrono::Utc> = "2024-03-23T12:00:00Z".parse().unwrap();
    ExchangeRow {
        exhibit: ExhibitId(exhibit),
        exchange,
        kind,
        detail: None,
        events: 1,
        time: noon.checked_add_signed(chrono::TimeDelta::seconds(seconds)),
        until: None,
        method: String::new(),
        host: "graph.facebook.com".to_owned(),
        domain: "facebook.com".to_owned(),
        recipient: META.to_owned(),
        parent: String::new(),
        party: Some(PartyKind::Third),
        url: String::new(),
        status: None,
        reach: Reach::Acknowledged,
        request_body_bytes: 0,
        span: Span::new(0, 1),
        unpacked: None,
        server_address: None,
        client_address: None,
        client_app: None,
        client_device: None,
        tls: None,
        ja4: None,
        aliases: None,
        phase: None,
        run: None,
        device: None,
        app: None,
        app_version: None,
        transmittals: 1,
        endpoint: None,
        repeats: None,
    }
}

/// A request of the app of the matter.
fn request(exchange: u32, seconds: i64) -> ExchangeRow {
    ExchangeRow {
        client_app: Some("com.acme.app".to_owned()),
        ..row(1, exchange, ExchangeKind::Request, seconds)
    }
}

/// A record of the app of the matter.
fn record(exchange: u32, seconds: i64) -> ExchangeRow {
    ExchangeRow {
        client_app: Some("Acme: Photo Editor".to_owned()),
        detail: Some("ACTIVATE_APP".to_owned()),
        reach: Reach::Recorded,
        ..row(2, exchange, ExchangeKind::Record, seconds)
    }
}

fn datum(row: &ExchangeRow, datum: &str, value: &str) -> Transmittal {
    Transmittal {
        transmittal: TransmittalId(1),
        exhibit: row.exhibit,
        exchange: row.exchange,
        time: row.time,
        host: row.host.clone(),
        domain: row.domain.clone(),
        recipient: row.recipient.clone(),
        parent: row.parent.clone(),
        party: PartyKind::Third,
        category: String::new(),
        datum: datum.to_owned(),
        identifier: None,
        subject: None,
        basis: Basis::DocumentedField,
        reach: row.reach,
        form: "plain".to_owned(),
        place: Place::Body,
        locator: String::new(),
        span: Span::new(0, 1),
        value: value.to_owned(),
        value_sha256: Digest::of(value.as_bytes()),
        status: row.status,
        phase: None,
        run: None,
        device: None,
        app: None,
        app_version: None,
        source: None,
        nature: affiant_model::Nature::Record,
    }
}

/// What came of each record.
fn findings(rows: &[ExchangeRow], data: &[Transmittal]) -> Vec<(RecordMatch, Option<u32>)> {
    let found = corroborate(&case(), rows, data);
    found
        .records
        .iter()
        .map(|r| (r.finding, r.matched_exchange))
        .collect()
}

#[test]
fn a_record_that_fits_raises_the_reach_of_the_request_and_of_what_it_carried() {
    let mut rows = vec![request(1, 0), request(2, 600), record(1, 3)];
    let mut data = vec![
        datum(&rows[0], "carrier", "T-Mobile"),
        datum(&rows[0], "event_name", "fb_mobile_activate_app"),
        datum(&rows[1], "carrier", "T-Mobile"),
    ];
    let found = corroborate(&case(), &rows, &data);
    let [finding] = &found.records[..] else {
        panic!()
    };
    assert_eq!(finding.finding, RecordMatch::Matched);
    assert_eq!(
        (finding.matched_exhibit, finding.matched_exchange),
        (Some(ExhibitId(1)), Some(1))
    );
    assert_eq!(finding.milliseconds_apart, Some(3_000));
    assert_eq!(
        finding.request_event.as_deref(),
        Some("fb_mobile_activate_app")
    );
    assert_eq!(finding.capture_reach, Some(Reach::Acknowledged));
    let [sum] = &found.summary.as_ref().unwrap().recipients[..] else {
        panic!()
    };
    assert_eq!(
        (
            sum.records,
            sum.matched,
            sum.requests_matched,
            sum.transmittals
        ),
        (1, 1, 1, 2)
    );

    found.apply(&mut rows, &mut data);
    let reaches: Vec<_> = data.iter().map(|row| row.reach).collect();
    assert_eq!(
        reaches,
        [Reach::Recorded, Reach::Recorded, Reach::Acknowledged]
    );
    assert_eq!(
        (rows[0].reach, rows[1].reach),
        (Reach::Recorded, Reach::Acknowledged)
    );
}

#[test]
fn nothing_is_raised_unless_recipient_app_time_and_event_fit() {
    let fits = request(1, 0);
    let carried = [datum(&fits, "event_name", "fb_mobile_activate_app")];
    assert_eq!(
        findings(&[fits.clone(), record(1, 0)], &carried)[0].0,
        RecordMatch::Matched
    );
    let not = |request: ExchangeRow, record: ExchangeRow| {
        let found = findings(&[request, record], &carried);
        assert_eq!(found[0].1, None);
        found[0].0
    };
    let other = |change: &dyn Fn(&mut ExchangeRow), mut row: ExchangeRow| {
        change(&mut row);
        row
    };
    // Another recipient, another app, another time, another event.
    let unmatched = RecordMatch::Unmatched;
    assert_eq!(
        not(
            fits.clone(),
            other(&|r| r.recipient = "Google".into(), record(1, 0))
        ),
        unmatched
    );
    assert_eq!(
        not(
            fits.clone(),
            other(&|r| r.client_app = Some("Other".into()), record(1, 0))
        ),
        unmatched
    );
    assert_eq!(
        not(
            other(&|r| r.client_app = Some("com.other".into()), fits.clone()),
            record(1, 0)
        ),
        unmatched
    );
    assert_eq!(
        not(other(&|r| r.client_app = None, fits.clone()), record(1, 0)),
        unmatched
    );
    assert_eq!(not(fits.clone(), record(1, 121)), unmatched);
    assert_eq!(not(fits.clone(), record(1, -121)), unmatched);
    assert_eq!(
        not(
            fits.clone(),
            other(&|r| r.detail = Some("PURCHASE".into()), record(1, 0))
        ),
        unmatched
    );
    // What was not seen to leave is not raised by what may have come from elsewhere.
    assert_eq!(
        not(
            other(&|r| r.reach = Reach::Attempted, fits.clone()),
            record(1, 0)
        ),
        unmatched
    );
    assert_eq!(
        not(
            other(&|r| r.kind = ExchangeKind::Lookup, fits.clone()),
            record(1, 0)
        ),
        unmatched
    );
    // What the record or the capture does not say is not guessed.
    assert_eq!(
        not(fits.clone(), other(&|r| r.client_app = None, record(1, 0))),
        RecordMatch::NotCompared
    );
    assert_eq!(
        not(fits.clone(), other(&|r| r.time = None, record(1, 0))),
        RecordMatch::NotCompared
    );
    assert_eq!(
        not(other(&|r| r.time = None, fits), record(1, 0)),
        unmatched
    );
}

#[test]
fn what_the_request_says_of_its_app_goes_before_what_was_stated_at_intake() {
    let stated = ExchangeRow {
        client_app: None,
        app: Some("Acme, Inc.".to_owned()),
        ..request(1, 0)
    };
    let rows = [stated.clone(), record(1, 0)];
    assert_eq!(findings(&rows, &[])[0].0, RecordMatch::Matched);
    let other = [datum(&stated, "app_id", "com.other.app")];
    assert_eq!(findings(&rows, &other)[0].0, RecordMatch::Unmatched);
    let ours = [datum(&stated, "app_id", "com.acme.app")];
    assert_eq!(findings(&rows, &ours)[0].0, RecordMatch::Matched);
    // A site goes by its domain, and an app by the name that the record has.
    let site = ExchangeRow {
        client_app: Some("www.acme.example".to_owned()),
        ..record(1, 0)
    };
    assert_eq!(findings(&[stated, site], &[])[0].0, RecordMatch::Matched);
    let foreign = ExchangeRow {
        client_app: Some("Tap & Go".to_owned()),
        ..request(1, 0)
    };
    let theirs = ExchangeRow {
        client_app: Some("tap & go".to_owned()),
        ..record(1, 0)
    };
    assert_eq!(findings(&[foreign, theirs], &[])[0].0, RecordMatch::Matched);
}

#[test]
fn of_several_requests_the_closest_is_taken_and_a_tie_is_not_decided() {
    let rows = [request(1, 0), request(2, 60), record(1, 50)];
    let found = corroborate(&case(), &rows, &[]);
    assert_eq!(found.records[0].matched_exchange, Some(2));
    assert_eq!(found.records[0].candidates, 2);
    assert_eq!(found.summary.unwrap().recipients[0].several, 1);

    let tie = [request(1, 0), request(2, 60), record(1, 30)];
    let found = corroborate(&case(), &tie, &[]);
    assert_eq!(found.records[0].finding, RecordMatch::Tied);
    let sum = &found.summary.unwrap().recipients[0];
    assert_eq!((sum.tied, sum.requests_matched), (1, 0));

    // One record for one request; a request that names two events may have two.
    let twice = [request(1, 0), record(1, 1), record(2, 2)];
    let matched = (RecordMatch::Matched, Some(1));
    assert_eq!(
        findings(&twice, &[]),
        [matched, (RecordMatch::Unmatched, None)]
    );
    let events = |names: [&str; 2]| names.map(|name| datum(&twice[0], "event_name", name));
    let both = events(["fb_mobile_activate_app", "fb_mobile_activate_app"]);
    assert_eq!(findings(&twice, &both), [matched, matched]);
    let one = events(["fb_mobile_activate_app", "fb_mobile_purchase"]);
    assert_eq!(
        findings(&twice, &one),
        [matched, (RecordMatch::Unmatched, None)]
    );
}

#[test]
fn a_record_in_two_exports_counts_once() {
    let again = |exchange, seconds| ExchangeRow {
        exhibit: ExhibitId(3),
        ..record(exchange, seconds)
    };
    let rows = [
        request(1, 0),
        request(2, 20),
        record(1, 1),
        again(1, 1),
        again(2, 1),
    ];
    let found = corroborate(&case(), &rows, &[]);
    let came: Vec<_> = found
        .records
        .iter()
        .map(|r| (r.finding, r.matched_exhibit))
        .collect();
    // The second of the second export is one that the first does not have.
    let matched = (RecordMatch::Matched, Some(ExhibitId(1)));
    assert_eq!(
        came,
        [
            matched,
            (RecordMatch::Repeated, Some(ExhibitId(2))),
            matched
        ]
    );
}

#[test]
fn requests_that_no_record_matches_are_counted_within_the_time_of_the_records() {
    let rows = [
        request(1, -1_000),
        request(2, 0),
        request(3, 300),
        request(4, 900),
        request(5, 5_000),
        record(1, 0),
        record(2, 900),
    ];
    let sum = corroborate(&case(), &rows, &[]).summary.unwrap().recipients[0].clone();
    assert_eq!((sum.requests, sum.requests_matched), (3, 2));
}

#[test]
fn more_requests_than_are_looked_at_are_a_defect() {
    let mut rows: Vec<_> = (0..100).map(|n| request(n + 1, 0)).collect();
    rows.push(record(1, 1));
    let found = corroborate(&case(), &rows, &[]);
    assert!(found.defects[0].message.contains("more than 64 requests"));
    assert_eq!(found.records[0].finding, RecordMatch::Tied);
}

proptest! {
    /// The result does not depend on the order of requests and records, no
    /// record has two requests, and none is farther than the window.
    #[test]
    fn the_matching_is_one_to_one_within_the_window(
        requests in prop::collection::vec(-300..300_i64, 0..30),
        records in prop::collection::vec(-300..300_i64, 1..30),
    ) {
        let mut rows: Vec<_> = requests.iter().zip(1..).map(|(at, n)| request(n, *at)).collect();
        rows.extend(records.iter().zip(1..).map(|(at, n)| record(n, *at)));
        let found = corroborate(&case(), &rows, &[]);
        let mut taken = std::collections::BTreeSet::new();
        for finding in &found.records {
            if let Some(exchange) = finding.matched_exchange {
                prop_assert!(taken.insert(exchange));
                prop_assert!(finding.milliseconds_apart.unwrap() <= 120_000);
            }
        }
        let sum = &found.summary.as_ref().unwrap().recipients[0];
        prop_assert_eq!(sum.records, sum.matched + sum.tied + sum.unmatched + sum.not_compared + sum.repeated);
        prop_assert_eq!(sum.requests_matched, taken.len() as u64);
        prop_assert!(sum.requests_matched <= sum.requests);

        // The same rows the other way round: the same records are matched, at
        // the same distances.
        let matched = |found: &affiant_detect::Corroboration| {
            let all = found.records.iter();
            let mut apart: Vec<_> = all.map(|r| (r.time, r.finding, r.milliseconds_apart)).collect();
            apart.sort();
            apart
        };
        let before = matched(&found);
        let count = requests.len();
        rows[..count].reverse();
        prop_assert_eq!(before, matched(&corroborate(&case(), &rows, &[])));
    }
}
