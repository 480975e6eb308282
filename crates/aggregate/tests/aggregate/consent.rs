//! What a reader of the states of consent depends on: each request counts under the
//! state that the signal had, and what was stated is set beside it.

use affiant_aggregate::consent_timeline;
use affiant_model::{
    Case, ConsentSignal, ConsentState as State, ConsentStretch, ExchangeRow, ExhibitId, Moment,
    MomentKind, PartyKind, Place, Span, Transmittal, TransmittalId,
};
use chrono::{DateTime, Utc};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_585_239_000 + second, 0).unwrap()
}

fn exchange(second: u32, host: &str) -> ExchangeRow {
    ExchangeRow {
        exchange: second,
        time: Some(at(second.into())),
        host: host.into(),
        recipient: format!("{host}, Inc."),
        phase: Some("after opt-out".into()),
        run: Some("1".into()),
        device: Some("phone".into()),
        ..crate::common::exchange()
    }
}

fn signal(second: u32, state: State) -> ConsentSignal {
    ConsentSignal {
        exhibit: ExhibitId(1),
        exchange: second,
        time: Some(at(second.into())),
        host: "a".into(),
        recipient: "a, Inc.".into(),
        party: PartyKind::Third,
        signal: "consent_us_privacy".into(),
        name: "us_privacy".into(),
        says: format!("it says {state}"),
        state,
        place: Place::Query,
        locator: "request.url / query us_privacy".into(),
        span: Span::new(1, 1),
        value: String::new(),
        phase: None,
        run: None,
    }
}

fn transmittal(number: u32, second: u32, host: &str) -> Transmittal {
    Transmittal {
        transmittal: TransmittalId(number),
        exchange: second,
        host: host.into(),
        recipient: format!("{host}, Inc."),
        ..crate::common::transmittal()
    }
}

/// Seven requests, the fourth to another host; the second says no opt-out, the fifth an
/// opt-out. The third and the seventh carry nothing.
fn timeline(case: &Case) -> Vec<ConsentStretch> {
    let exchanges: Vec<_> = (1..=7)
        .map(|second| exchange(second, if second == 4 { "b" } else { "a" }))
        .collect();
    let transmittals: Vec<_> = (1..=7)
        .map(|n| transmittal(n, n, if n == 4 { "b" } else { "a" }))
        .collect();
    let signals = [
        signal(2, State::NoOptOut),
        signal(5, State::NotGranted),
        signal(6, State::NotGranted),
    ];
    consent_timeline(case, &exchanges, &transmittals, &signals).unwrap()
}

type Figures = (State, Option<u32>, u64, u64, u64, u64);

fn figures(row: &ConsentStretch) -> Figures {
    (
        row.state,
        row.exchange,
        row.requests,
        row.carried,
        row.transmittals,
        row.third_party,
    )
}

#[test]
fn each_request_counts_under_the_last_state_that_was_carried_before_it() {
    let rows = timeline(&Case::default());
    let found: Vec<Figures> = rows.iter().map(figures).collect();
    assert_eq!(
        found,
        [
            (State::NoSignal, None, 1, 0, 1, 1),
            (State::NoOptOut, Some(2), 2, 1, 2, 3),
            (State::NotGranted, Some(5), 3, 2, 3, 3),
        ]
    );
    assert_eq!(rows[0].run, "1 (after opt-out, phone)");
    assert_eq!(rows[1].recipients, "a, Inc.; b, Inc.");
    assert_eq!(rows[1].says, "it says no opt-out");
    assert_eq!((rows[1].from, rows[1].until), (Some(at(2)), Some(at(5))));
    // By the name of the phase, the person had opted out.
    let differs: Vec<&str> = rows.iter().map(|row| row.differs_from.as_str()).collect();
    assert_eq!(differs, ["", "phase: after opt-out", ""]);
}

#[test]
fn a_stated_choice_parts_a_stretch_at_its_time() {
    let moment = |kind, second| Moment {
        kind,
        at: at(second).to_rfc3339(),
        run: "1".into(),
        phase: None,
        device: None,
        app_version: None,
        note: String::new(),
    };
    let case = Case {
        moments: vec![
            moment(MomentKind::OptedOut, 3),
            moment(MomentKind::ConsentGiven, 6),
            moment(MomentKind::Closed, 7),
        ],
        ..Default::default()
    };
    let rows = timeline(&case);
    let found: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.state,
                row.requests,
                row.third_party,
                row.differs_from.as_str(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (State::NoSignal, 1, 1, ""),
            (State::NoOptOut, 1, 1, "phase: after opt-out"),
            (State::NoOptOut, 1, 2, "opted out"),
            (State::NotGranted, 1, 1, ""),
            (State::NotGranted, 2, 2, "consent given"),
        ]
    );
    assert_eq!(rows.iter().map(|row| row.requests).sum::<u64>(), 6);
}

#[test]
fn what_is_not_shown_to_have_left_and_what_says_nothing_has_no_state() {
    let attempted = ExchangeRow {
        reach: affiant_model::Reach::Attempted,
        ..exchange(2, "a")
    };
    let signals = [signal(2, State::NotGranted)];
    let rows = consent_timeline(
        &Case::default(),
        &[exchange(1, "a"), attempted],
        &[],
        &signals,
    );
    assert_eq!(rows.unwrap(), []);
    let signals = [signal(1, State::Unstated)];
    let rows = consent_timeline(&Case::default(), &[exchange(1, "a")], &[], &signals);
    assert_eq!(rows.unwrap(), []);
}
