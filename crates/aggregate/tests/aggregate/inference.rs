//! From which runs something is inferred, and from which not.

use affiant_aggregate::Summaries;
use affiant_model::{Case, Commonality, Comparison, ComparisonRow, Unit};

use crate::common::runs::{Part, before_and_after, repetitions, summaries, test_of};

fn repeated(runs: usize, with: usize) -> Summaries {
    let (exchanges, transmittals) = repetitions(runs, with);
    summaries(&Case::default(), &exchanges, &transmittals)
}

fn of_unit(found: &Summaries, unit: Unit) -> &Commonality {
    let mut rows = found.commonality.iter();
    rows.find(|row| row.unit == unit).unwrap()
}

#[test]
fn runs_that_repeat_one_test_have_the_exact_bounds_of_their_share() {
    let found = repeated(8, 4);
    let row = of_unit(&found, Unit::Run);
    // 4 of 8 by Clopper and Pearson: P(X ≥ 4) is 2.5 % at the lower.
    assert_eq!((row.with, row.of), (4, 8));
    assert_eq!(row.without, "r5 (A, 1); r6 (B, 1); r7 (A, 1); r8 (B, 1)");
    let (low, high) = (row.low.unwrap(), row.high.unwrap());
    assert!((low - 0.157_012_770_487_058).abs() < 1e-9, "{low}");
    assert!((high - 0.842_987_229_512_942).abs() < 1e-9, "{high}");
    assert_eq!(row.no_inference, "");
}

#[test]
fn few_runs_unlike_runs_devices_and_versions_are_counted_and_nothing_is_inferred() {
    let few = repeated(5, 5);
    let row = of_unit(&few, Unit::Run);
    assert_eq!((row.with, row.of, row.low, row.high), (5, 5, None, None));
    assert!(row.no_inference.contains("fewer than 6 runs"), "{row:?}");
    assert!(row.no_inference.ends_with("there are 5"), "{row:?}");

    let (exchanges, transmittals) = before_and_after();
    let unlike = summaries(&Case::default(), &exchanges, &transmittals);
    let row = of_unit(&unlike, Unit::Run);
    assert_eq!((row.with, row.of, row.low, row.high), (4, 8, None, None));
    assert!(row.no_inference.contains("2 versions"), "{row:?}");
    for (unit, counts) in [(Unit::Device, (2, 2)), (Unit::Version, (1, 2))] {
        let row = of_unit(&unlike, unit);
        assert_eq!((row.with, row.of), counts);
        assert_eq!((row.low, row.high), (None, None), "{unit}");
        assert!(row.no_inference.contains("no repetitions"), "{row:?}");
    }
}

#[test]
fn exhibits_of_which_intake_names_no_run_are_not_taken_for_repetitions() {
    let (mut exchanges, mut transmittals) = test_of(&[Part {
        run: "r1",
        device: "A",
        version: "1",
        with: true,
    }]);
    (exchanges[0].run, transmittals[0].run) = (None, None);
    let found = summaries(&Case::default(), &exchanges, &transmittals);
    let row = of_unit(&found, Unit::Run);
    assert!(row.no_inference.contains("names no run"), "{row:?}");
}

#[test]
fn a_comparison_tests_runs_and_paired_devices() {
    let (exchanges, transmittals) = before_and_after();
    let case = Case {
        comparisons: vec![Comparison {
            name: "versions".into(),
            before: vec!["1".into()],
            after: vec!["2".into()],
        }],
        ..Case::default()
    };
    let found = summaries(&case, &exchanges, &transmittals).comparisons;
    // The datum, and any datum.
    assert_eq!(found.len(), 2);
    let row = &found[0];
    assert_eq!(
        (row.before_with, row.before_of, row.after_with, row.after_of),
        (4, 4, 0, 4)
    );
    assert_eq!((row.before_transmittals, row.after_transmittals), (4, 0));
    // The two most extreme tables of C(8, 4) = 70.
    let p = row.p.unwrap();
    assert!((p - 2.0 / 70.0).abs() < 1e-12, "{p}");
    assert!((row.p_holm.unwrap() - 2.0 * p).abs() < 1e-15);
    assert_eq!((row.only_before, row.only_after), (2, 0));
    // Two devices can give no less than 2 × ½².
    assert_eq!((row.no_inference.as_str(), row.p_devices), ("", None));
    assert!(row.no_inference_of_devices.contains("in both parts: 2"));
}

/// One version against another: so many runs of each, each on a device of its own that
/// is in both parts.
fn compared(before: usize, after: usize, phase: Option<&str>) -> ComparisonRow {
    const NAMES: [&str; 6] = ["A", "B", "C", "D", "E", "F"];
    let part = |version, with| {
        move |device: &&'static str| Part {
            run: "r",
            device,
            version,
            with,
        }
    };
    let mut parts: Vec<Part> = NAMES[..before].iter().map(part("1", true)).collect();
    parts.extend(NAMES[..after].iter().map(part("2", false)));
    let (mut exchanges, mut transmittals) = test_of(&parts);
    exchanges[0].phase = phase.map(str::to_owned);
    transmittals[0].phase = exchanges[0].phase.clone();
    let case = Case {
        comparisons: vec![Comparison {
            name: "versions".into(),
            before: vec!["1".into()],
            after: vec!["2".into()],
        }],
        ..Case::default()
    };
    let mut found = summaries(&case, &exchanges, &transmittals).comparisons;
    found.remove(0)
}

#[test]
fn a_comparison_is_tested_only_where_an_outcome_could_tell_the_parts_apart() {
    // 2 of C(6, 3) = 20 is more than 5 %; six devices can give 2 × ½⁶.
    let few = compared(3, 3, None);
    assert_eq!((few.before_with, few.p, few.p_holm), (3, None, None));
    assert!(few.no_inference.contains("of 3 and 3 runs"), "{few:?}");
    let six = compared(6, 6, None);
    assert!((six.p_devices.unwrap() - 2.0 / 64.0).abs() < 1e-12);
    assert_eq!(six.no_inference_of_devices, "");
    // One run is of another phase than the others of its part.
    let unlike = compared(6, 6, Some("signed in"));
    assert_eq!((unlike.p, unlike.p_devices), (None, None));
    assert!(
        unlike
            .no_inference
            .starts_with("of the part before, the runs are of 2 phases"),
        "{unlike:?}"
    );
}
