//! The tables made from the transmittals count what their documentation says.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{
    Basis, Breakdown, Case, Device, Digest, Identifier, IdentifierKind, Moment, MomentKind, Reach,
    Subject, Transmittal, TransmittalId,
};
use chrono::TimeDelta;
use proptest::prelude::*;

use crate::common::runs::{Part, at, before_and_after, repetitions, summaries, test_of};
use crate::common::{any_transmittal, transmittal};

#[test]
fn runs_of_one_name_on_two_devices_are_two_runs() {
    let (exchanges, transmittals) = before_and_after();
    let found = summaries(&Case::default(), &exchanges, &transmittals);
    let runs: BTreeSet<_> = found.breakdown.iter().map(|row| row.run.as_str()).collect();
    assert_eq!(
        Vec::from_iter(runs),
        ["r1 (A, 1)", "r1 (B, 1)", "r2 (A, 1)", "r2 (B, 1)"]
    );
}

#[test]
fn what_was_attempted_and_what_is_a_pattern_counts_for_no_run() {
    let (exchanges, mut transmittals) = before_and_after();
    for t in &mut transmittals {
        t.reach = Reach::Attempted;
    }
    let found = summaries(&Case::default(), &exchanges, &transmittals);
    assert!(found.commonality.is_empty() && found.timeline.is_empty());
    assert!(found.device_days.is_empty() && found.bridges.is_empty());
    assert_eq!(
        found.breakdown.iter().map(|row| row.attempted).sum::<u64>(),
        4
    );
    for t in &mut transmittals {
        (t.reach, t.basis) = (Reach::Acknowledged, Basis::Pattern);
    }
    let found = summaries(&Case::default(), &exchanges, &transmittals);
    assert!(found.breakdown.is_empty() && found.commonality.is_empty());
}

#[test]
fn the_timeline_counts_from_the_opening_that_the_case_file_states() {
    let (exchanges, transmittals) = test_of(&[Part {
        run: "r",
        device: "A",
        version: "1",
        with: true,
    }]);
    let mut case = Case::default();
    let first = |case: &Case| summaries(case, &exchanges, &transmittals).timeline[0].clone();
    let row = first(&case);
    assert_eq!(
        (row.seconds, row.start_is.as_str()),
        (10.0, "first request of the run")
    );
    assert_eq!((row.before_notice, row.after.as_str()), (None, ""));

    for (kind, time) in [(MomentKind::Opened, -4), (MomentKind::NoticeShown, 60)] {
        case.moments.push(Moment {
            kind,
            at: (at(0) + TimeDelta::seconds(time)).to_rfc3339(),
            run: "r".into(),
            phase: None,
            device: None,
            app_version: None,
            note: String::new(),
        });
    }
    let row = first(&case);
    assert_eq!(
        (row.seconds, row.start_is.as_str()),
        (15.0, "opened, by the case file")
    );
    assert_eq!(
        (row.after.as_str(), row.before.as_str()),
        ("opened", "notice shown")
    );
    assert_eq!(row.before_notice, Some(1));
}

#[test]
fn a_bridge_needs_two_houses_and_a_value_that_singles_out() {
    let (exchanges, _) = before_and_after();
    let to = |recipient: &str, parent: &str, value: &str, number| {
        let mut t = transmittal();
        t.transmittal = TransmittalId(number);
        (t.recipient, t.parent) = (recipient.to_owned(), parent.to_owned());
        (t.identifier, t.basis) = (None, Basis::DocumentedField);
        (t.value, t.value_sha256) = (value.to_owned(), Digest::of(value.as_bytes()));
        t
    };
    let bridges = |rows: &[Transmittal]| summaries(&Case::default(), &exchanges, rows).bridges;
    let id = "7b1f3d52-9c0e-4a67-8e21-5d4c3b2a1908";
    let found = bridges(&[
        to("One", "", id, 1),
        to("Two", "", id, 2),
        to("Two", "", id, 3),
    ]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].organisations, found[0].transmittals), (2, 3));
    assert_eq!(found[0].recipients, "One; Two");
    assert_eq!(found[0].examples, "T-000001, T-000002");
    // Two brands of one house; a blanked identifier; a number that many have.
    assert!(bridges(&[to("One", "House", id, 1), to("Two", "House", id, 2)]).is_empty());
    let blank = "00000000-0000-0000-0000-000000000000";
    assert!(bridges(&[to("One", "", blank, 1), to("Two", "", blank, 2)]).is_empty());
    assert!(bridges(&[to("One", "", "1234", 1), to("Two", "", "1234", 2)]).is_empty());
    let mut model = [
        to("One", "", "iPhone12,1", 1),
        to("Two", "", "iPhone12,1", 2),
    ];
    for t in &mut model {
        t.datum = "device_model".into();
    }
    assert!(bridges(&model).is_empty());
}

#[test]
fn what_was_not_found_is_said_with_how_much_was_searched() {
    let (exchanges, transmittals) = repetitions(8, 4);
    let identifier = |name: &str| Identifier {
        name: name.into(),
        kind: IdentifierKind::Email,
        value: "a@example.com".into(),
        device: None,
    };
    let case = Case {
        subjects: vec![Subject {
            name: "A".into(),
            description: String::new(),
            identifiers: vec![identifier("idfa"), identifier("mail")],
        }],
        ..Case::default()
    };
    let found = summaries(&case, &exchanges, &transmittals).searches;
    assert_eq!(
        (found[0].third_party, found[0].runs, found[0].runs_with),
        (4, 8, 4)
    );
    assert_eq!(found[0].upper, None);
    assert_eq!((found[1].third_party, found[1].requests), (0, 8));
    // 1 - 0.025^(1/8) would be two-sided; the bound of a zero is one-sided: 1 - 0.05^(1/8).
    let upper = found[1].upper.unwrap();
    assert!(
        (upper - (1.0 - 0.05_f64.powf(1.0 / 8.0))).abs() < 1e-12,
        "{upper}"
    );
    assert_eq!(found[1].no_inference, "");
    // Runs of two versions repeat no one test.
    let (exchanges, transmittals) = before_and_after();
    let found = summaries(&case, &exchanges, &transmittals).searches;
    assert_eq!((found[1].third_party, found[1].upper), (0, None));
    assert!(found[1].no_inference.contains("2 versions"));
    assert_eq!(found[0].no_inference, "", "it was found");
}

#[test]
fn a_day_of_a_device_says_whose_it_is_and_where_it_went() {
    let (exchanges, transmittals) = before_and_after();
    let case = Case {
        devices: vec![Device {
            name: "A".into(),
            holder: "plaintiff 1".into(),
            ..Device::default()
        }],
        ..Case::default()
    };
    let found = summaries(&case, &exchanges, &transmittals).device_days;
    let days: Vec<_> = found
        .iter()
        .map(|row| {
            (
                row.device.as_str(),
                row.holder.as_str(),
                row.day.as_str(),
                row.transmittals,
            )
        })
        .collect();
    assert_eq!(
        days,
        [
            ("A", "plaintiff 1", "2020-03-26", 2),
            ("B", "", "2020-03-26", 2)
        ]
    );
    assert_eq!(found[0].host, "graph.example.com");
}

/// The breakdown by hand, with nothing but ordered maps: key to (rows, exchanges, values, bytes).
fn by_hand(rows: &[Transmittal]) -> BTreeMap<String, (u64, u64, u64, u64)> {
    let mut groups = BTreeMap::<String, Vec<&Transmittal>>::new();
    for t in rows.iter().filter(|t| t.basis != Basis::Pattern) {
        let run = t
            .run
            .as_ref()
            .map(|run| (run, &t.phase, &t.device, &t.app, &t.app_version));
        let exhibit = run.is_none().then_some(t.exhibit);
        let of = (
            &t.recipient,
            &t.parent,
            t.party,
            &t.datum,
            &t.category,
            &t.subject,
        );
        let key = format!(
            "{of:?}{:?}{run:?}{exhibit:?}{:?}",
            (&t.device, &t.phase),
            (&t.app, &t.app_version)
        );
        groups.entry(key).or_default().push(t);
    }
    let different = |group: &[&Transmittal]| {
        let exchanges: BTreeSet<_> = group.iter().map(|t| (t.exhibit, t.exchange)).collect();
        let values: BTreeSet<_> = group.iter().map(|t| t.value_sha256.to_hex()).collect();
        (exchanges.len() as u64, values.len() as u64)
    };
    groups
        .into_iter()
        .map(|(key, group)| {
            let (exchanges, values) = different(&group);
            let bytes = group
                .iter()
                .fold(0, |sum: u64, t| sum.wrapping_add(t.span.length));
            (key, (group.len() as u64, exchanges, values, bytes))
        })
        .collect()
}

proptest! {
    #[test]
    fn the_breakdown_agrees_with_a_count_by_hand(
        rows in prop::collection::vec(any_transmittal(), 0..40)
    ) {
        let found = summaries(&Case::default(), &[], &rows).breakdown;
        let mut counted: Vec<_> = found
            .iter()
            .map(|row: &Breakdown| (row.transmittals, row.exchanges, row.values, row.bytes))
            .collect();
        let mut expected: Vec<_> = by_hand(&rows).into_values().collect();
        counted.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(counted, expected);
        for row in &found {
            prop_assert_eq!(row.attempted + row.sent + row.acknowledged + row.recorded
                + contacted(&rows, row), row.transmittals);
        }
    }
}

/// Transmittals of a row that show a contact only, which no analysis makes.
fn contacted(rows: &[Transmittal], row: &Breakdown) -> u64 {
    let same = |t: &&Transmittal| {
        t.reach == Reach::Contacted
            && t.basis != Basis::Pattern
            && (&t.recipient, &t.parent, t.party) == (&row.recipient, &row.parent, row.party)
            && (&t.datum, &t.category, &t.subject) == (&row.datum, &row.category, &row.subject)
            && (&t.device, &t.phase, &t.app) == (&row.device, &row.phase, &row.app)
            && t.app_version == row.app_version
            && run_of(t) == row.run
    };
    rows.iter().filter(same).count() as u64
}

fn run_of(t: &Transmittal) -> String {
    let of: Vec<_> = [&t.phase, &t.device, &t.app, &t.app_version]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    match &t.run {
        None => t.exhibit.to_string(),
        Some(run) if of.is_empty() => run.clone(),
        Some(run) => format!("{run} ({})", of.join(", ")),
    }
}
