//! The summary counts what its documentation says it counts.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use affiant_aggregate::build;
use affiant_model::{Basis, Digest, PartyKind, Reach, RecipientSummary, Transmittal};
use proptest::prelude::*;

use crate::common::{any_transmittal, transmittal};

fn summary(rows: &[Transmittal]) -> Vec<RecipientSummary> {
    build(&[], rows, &[], &[])
        .expect("the rows can be summarised")
        .recipients
}

/// The summary by hand, with nothing but ordered maps.
fn by_hand(rows: &[Transmittal]) -> Vec<RecipientSummary> {
    let mut groups = BTreeMap::<_, Vec<&Transmittal>>::new();
    for row in rows.iter().filter(|row| row.basis != Basis::Pattern) {
        let key = (
            Reverse(row.party),
            &row.recipient,
            &row.datum,
            &row.phase,
            &row.parent,
            &row.category,
        );
        groups.entry(key).or_default().push(row);
    }
    groups
        .into_values()
        .map(|group| one_by_hand(&group))
        .collect()
}

fn one_by_hand(group: &[&Transmittal]) -> RecipientSummary {
    fn different<T: Ord>(items: impl Iterator<Item = T>) -> u64 {
        items.collect::<BTreeSet<_>>().len() as u64
    }
    let such = |test: fn(&Transmittal) -> bool| group.iter().filter(|row| test(row)).count() as u64;
    let domains: BTreeSet<_> = group.iter().map(|row| row.domain.as_str()).collect();
    let one = group[0];
    RecipientSummary {
        recipient: one.recipient.clone(),
        parent: one.parent.clone(),
        party: one.party,
        domains: Vec::from_iter(domains).join(", "),
        category: one.category.clone(),
        datum: one.datum.clone(),
        phase: one.phase.clone(),
        transmittals: group.len() as u64,
        exchanges: different(group.iter().map(|row| (row.exhibit, row.exchange))),
        exhibits: different(group.iter().map(|row| row.exhibit)),
        values: different(group.iter().map(|row| &row.value)),
        known_values: such(|row| row.basis == Basis::KnownValue),
        documented_fields: such(|row| row.basis == Basis::DocumentedField),
        observed_fields: such(|row| row.basis == Basis::ObservedField),
        acknowledged: such(|row| matches!(row.reach, Reach::Acknowledged | Reach::Recorded)),
        attempted: such(|row| row.reach == Reach::Attempted),
        first: group.iter().filter_map(|row| row.time).min(),
        last: group.iter().filter_map(|row| row.time).max(),
    }
}

#[test]
fn one_recipient_in_two_exhibits_is_one_row() {
    let first = transmittal();
    let mut second = transmittal();
    second.exhibit.0 = 2;
    second.domain = "cdn.example".into();
    second.value = "b".into();
    second.value_sha256 = Digest::of(b"b");
    second.basis = Basis::DocumentedField;
    second.reach = Reach::Attempted;
    second.time = None;
    let rows = summary(&[second, first.clone(), first.clone()]);
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(row.domains, "cdn.example, example.com");
    assert_eq!(
        (row.transmittals, row.exchanges, row.exhibits, row.values),
        (3, 2, 2, 2)
    );
    assert_eq!((row.known_values, row.documented_fields), (2, 1));
    assert_eq!((row.acknowledged, row.attempted), (2, 1));
    assert_eq!((row.first, row.last), (first.time, first.time));
}

#[test]
fn patterns_do_not_enter_the_summary() {
    let mut row = transmittal();
    row.basis = Basis::Pattern;
    assert!(summary(&[row]).is_empty());
}

#[test]
fn values_that_are_masked_alike_stay_different() {
    let mut first = transmittal();
    first.value = "***".into();
    let mut second = first.clone();
    second.value_sha256 = Digest::of(b"b");
    assert_eq!(summary(&[first, second])[0].values, 2);
}

#[test]
fn an_untimed_group_has_no_first_and_no_last() {
    let mut row = transmittal();
    row.time = None;
    let rows = summary(&[row]);
    assert_eq!((rows[0].first, rows[0].last), (None, None));
}

#[test]
fn third_parties_come_first_then_names_then_phases() {
    let make = |party, recipient: &str, phase: Option<&str>| {
        let mut row = transmittal();
        row.party = party;
        row.recipient = recipient.into();
        row.phase = phase.map(Into::into);
        row
    };
    let rows = summary(&[
        make(PartyKind::First, "A", None),
        make(PartyKind::Third, "C", None),
        make(PartyKind::Third, "B", Some("4.6.9")),
        make(PartyKind::Third, "B", None),
        make(PartyKind::Third, "B", Some("4.6.8")),
    ]);
    let order: Vec<_> = rows
        .iter()
        .map(|row| (row.recipient.as_str(), row.phase.as_deref()))
        .collect();
    assert_eq!(
        order,
        [
            ("B", None),
            ("B", Some("4.6.8")),
            ("B", Some("4.6.9")),
            ("C", None),
            ("A", None)
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn polars_and_ordered_maps_agree(rows in prop::collection::vec(any_transmittal(), 0..60)) {
        prop_assert_eq!(summary(&rows), by_hand(&rows));
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter(
        rows in prop::collection::vec(any_transmittal(), 0..40).prop_shuffle()
    ) {
        let mut sorted = rows.clone();
        sorted.sort_by_key(|row| row.transmittal);
        prop_assert_eq!(summary(&rows), summary(&sorted));
    }
}
