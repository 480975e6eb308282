//! Statements are held against what was observed, and no more is counted.

use affiant_aggregate::hold_statements;
use affiant_model::{
    Basis, Case, ExchangeRow, ExhibitId, PartyKind, Reach, Statement, Transmittal,
};

fn statement(datum: &str, recipient: &str) -> Case {
    let statement = Statement {
        datum: datum.into(),
        recipient: recipient.into(),
        ..Default::default()
    };
    Case {
        statements: vec![statement],
        ..Default::default()
    }
}

fn carrier(exhibit: u32, change: impl FnOnce(&mut Transmittal)) -> Transmittal {
    let mut row = Transmittal {
        exhibit: ExhibitId(exhibit),
        datum: "carrier".into(),
        recipient: "Meta".into(),
        parent: "Parent".into(),
        value: "AT&T".into(),
        ..crate::common::transmittal()
    };
    change(&mut row);
    row
}

fn count(case: &Case, rows: &[Transmittal]) -> (u64, Vec<u64>) {
    let exchanges: [ExchangeRow; 0] = [];
    let found = hold_statements(case, &[ExhibitId(1), ExhibitId(2)], &exchanges, rows);
    let runs = found[0].runs.iter().map(|run| run.transmittals).collect();
    (found[0].transmittals, runs)
}

#[test]
fn transmittals_are_counted_by_exhibit_and_by_recipient_or_its_parent() {
    let rows = [
        carrier(1, |_| ()),
        carrier(1, |_| ()),
        carrier(2, |row| row.recipient = "Other".into()),
    ];
    assert_eq!(count(&statement("carrier", "Meta"), &rows), (2, vec![2, 0]));
    assert_eq!(
        count(&statement("carrier", "Parent"), &rows),
        (3, vec![2, 1])
    );
    assert_eq!(count(&statement("city", "Meta"), &rows), (0, vec![0, 0]));
}

#[test]
fn a_statement_without_recipient_is_about_third_parties() {
    let rows = [
        carrier(1, |row| row.party = PartyKind::First),
        carrier(2, |_| ()),
    ];
    assert_eq!(count(&statement("carrier", ""), &rows), (1, vec![0, 1]));
}

#[test]
fn patterns_and_requests_that_may_not_have_left_bear_nothing_out() {
    let rows = [
        carrier(1, |row| row.basis = Basis::Pattern),
        carrier(1, |row| row.reach = Reach::Attempted),
        carrier(1, |row| row.reach = Reach::Contacted),
        carrier(2, |row| row.reach = Reach::Sent),
    ];
    assert_eq!(count(&statement("carrier", "Meta"), &rows), (1, vec![0, 1]));
}

#[test]
fn values_and_examples_are_given() {
    let rows: Vec<_> = (0..7).map(|_| carrier(1, |_| ())).collect();
    let found = hold_statements(&statement("carrier", "Meta"), &[ExhibitId(1)], &[], &rows);
    assert_eq!(found[0].values.get("AT&T"), Some(&7));
    assert_eq!(found[0].examples.len(), 5);
}

#[test]
fn a_statement_that_names_values_is_borne_out_by_those_alone() {
    let mut case = statement("carrier", "Meta");
    case.statements[0].values = vec!["AT&T".into()];
    let rows = [
        carrier(1, |_| ()),
        carrier(1, |row| row.value = "T-Mobile".into()),
    ];
    assert_eq!(count(&case, &rows), (1, vec![1, 0]));
}
