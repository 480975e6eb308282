//! Fields that hold one value on each device, and another on every other.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod common;

use affiant_detect::Differential;
use affiant_model::{Case, Circumstances, Device, DifferentialFinding};

fn case() -> Case {
    let device = |name: &str| Device {
        name: name.into(),
        ..Device::default()
    };
    Case {
        devices: vec![device("A"), device("B")],
        ..Case::default()
    }
}

/// What the addresses, each from a device, show.
fn findings(sent: &[(&str, &str)]) -> Vec<DifferentialFinding> {
    let detector = common::detector(case());
    let mut differential = Differential::default();
    let mut rows = Vec::new();
    for (device, url) in sent {
        let exchange = common::exchange("GET", url, &[], b"", false);
        let circumstances = Circumstances {
            device: Some((*device).into()),
            ..Circumstances::default()
        };
        let found = detector.examine(&exchange, &circumstances);
        differential.observe(&found.row, &found.tokens);
        rows.push(found.row);
    }
    differential.findings(&rows, &[])
}

const A: &str = "https://t.example.net/c?uid=a81f03bd55e21c90&v=build-2024.11.05.1&t=1732800000123";
const B: &str = "https://t.example.net/c?uid=ff07c2219ab3de44&v=build-2024.11.05.1&t=1732800000999";

#[test]
fn a_value_of_each_device_tells_them_apart_and_a_constant_does_not() {
    let found = findings(&[("A", A), ("A", A), ("B", B), ("B", B), ("B", B)]);
    assert_eq!(found.len(), 1, "{found:?}");
    let one = &found[0];
    assert_eq!(
        (one.field.as_str(), one.devices, one.exchanges, one.fewest),
        ("uid", 2, 5, 2)
    );
    assert!(one.values.starts_with("A: "), "{}", one.values);
    assert_eq!(one.also_at, "");
}

#[test]
fn one_sighting_of_a_device_is_no_stable_value() {
    assert!(findings(&[("A", A), ("A", A), ("B", B)]).is_empty());
    assert!(findings(&[("A", A), ("A", A)]).is_empty());
}

#[test]
fn a_value_that_changes_or_that_both_have_tells_nothing() {
    let other = A.replace("a81f03bd55e21c90", "0c4419e07fd2b6aa");
    assert!(findings(&[("A", A), ("A", &other), ("B", B), ("B", B)]).is_empty());
    assert!(findings(&[("A", A), ("A", A), ("B", A), ("B", A)]).is_empty());
}

#[test]
fn the_same_value_at_another_organisation_is_a_bridge() {
    let elsewhere = A
        .replace("t.example.net", "sync.example.org")
        .replace("uid", "partner_uid");
    let found = findings(&[("A", A), ("A", A), ("B", B), ("B", B), ("A", &elsewhere)]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].also_at, "example.org");
}
