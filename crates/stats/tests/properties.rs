//! What must hold of any counts.

use affiant_stats::words::{Sample, share, two_rates};
use affiant_stats::{
    MAX_COUNT, benjamini_hochberg, clopper_pearson, fisher_exact, holm, mcnemar_exact,
    poisson_interval, rate_comparison, upper_bound_of_zero,
};
use proptest::prelude::*;

/// Small counts as often as large ones.
fn count() -> impl Strategy<Value = u64> {
    prop_oneof![0..30_u64, 0..5000_u64, 0..=MAX_COUNT]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn an_interval_holds_the_observed_share_and_grows_with_confidence(
        trials in count(), part in 0.0..=1.0_f64, confidence in 0.01..0.999_f64,
    ) {
        prop_assume!(trials > 0);
        let successes = ((trials as f64 * part) as u64).min(trials);
        let share = successes as f64 / trials as f64;
        let found = clopper_pearson(successes, trials, confidence).unwrap();
        let wider = clopper_pearson(successes, trials, 0.9999).unwrap();
        let high = found.high.unwrap();
        prop_assert!(0.0 <= found.low && found.low <= share && share <= high && high <= 1.0);
        prop_assert!(wider.low <= found.low && high <= wider.high.unwrap());
        // Failures are successes seen from the other side.
        let mirrored = clopper_pearson(trials - successes, trials, confidence).unwrap();
        prop_assert!((1.0 - mirrored.low - high).abs() < 1e-12);
        if successes == 0 {
            prop_assert!(upper_bound_of_zero(trials, confidence).unwrap().exact <= high);
        }
    }

    #[test]
    fn a_table_read_by_columns_or_upside_down_has_the_same_values(
        cells in prop::array::uniform4(prop_oneof![0..30_u64, 0..3000_u64]),
    ) {
        let [a, b, c, d] = cells;
        let found = fisher_exact([[a, b], [c, d]]).unwrap();
        let turned = fisher_exact([[a, c], [b, d]]).unwrap();
        let upside_down = fisher_exact([[c, d], [a, b]]).unwrap();
        for p in [found.two_sided, found.less, found.greater] {
            prop_assert!((0.0..=1.0).contains(&p));
        }
        prop_assert!((found.two_sided - turned.two_sided).abs() <= 1e-10 * found.two_sided);
        prop_assert!((found.two_sided - upside_down.two_sided).abs() <= 1e-10 * found.two_sided);
        prop_assert!((found.less - upside_down.greater).abs() <= 1e-10 * found.less);
        // The observed table is in both tails.
        prop_assert!(found.less + found.greater >= 1.0 - 1e-12);
    }

    #[test]
    fn any_counts_give_finite_answers_within_their_range(
        a in count(), b in count(), exposure_a in 1e-9..1e9_f64, exposure_b in 1e-9..1e9_f64,
    ) {
        let interval = poisson_interval(a, 0.95).unwrap();
        prop_assert!(interval.low <= a as f64 && a as f64 <= interval.high.unwrap());
        prop_assume!(a + b <= MAX_COUNT);
        let pairs = mcnemar_exact(a, b).unwrap();
        prop_assert!((0.0..=1.0).contains(&pairs.two_sided));
        let found = rate_comparison(a, exposure_a, b, exposure_b, 0.95).unwrap();
        for p in [found.two_sided, found.less, found.greater] {
            prop_assert!((0.0..=1.0).contains(&p));
        }
        if let Some(ratio) = found.ratio {
            prop_assert!(found.interval.low <= ratio * (1.0 + 1e-9));
            prop_assert!(ratio <= found.interval.high.unwrap() * (1.0 + 1e-9));
        }
        prop_assert!(!two_rates(&found, 0.95).unwrap().contains("NaN"));
    }

    #[test]
    fn adjusted_values_are_no_smaller_and_keep_their_order(
        values in prop::collection::vec(0.0..=1.0_f64, 0..40),
    ) {
        let (by_holm, by_share) = (holm(&values).unwrap(), benjamini_hochberg(&values).unwrap());
        for (i, value) in values.iter().enumerate() {
            prop_assert!(by_share[i] >= value * (1.0 - 1e-12) && by_holm[i] >= by_share[i] * (1.0 - 1e-12));
            for (j, other) in values.iter().enumerate() {
                prop_assert!(value > other || (by_holm[i] <= by_holm[j] && by_share[i] <= by_share[j]));
            }
        }
    }

    #[test]
    fn a_sentence_names_both_counts_and_no_impossible_share(trials in 1..5000_u64, successes in 0..5000_u64) {
        prop_assume!(successes <= trials);
        let sample = Sample { one: "run", many: "runs" };
        let text = share(successes, trials, 0.95, &sample).unwrap();
        let named = if successes == 0 { "none".to_owned() } else { successes.to_string() };
        let start = format!("in {named} of {trials} run");
        prop_assert!(text.starts_with(&start), "{}", text);
        prop_assert!(!text.contains("NaN") && !text.contains(" -"), "{}", text);
    }
}

#[test]
fn the_largest_counts_are_computed() {
    let half = clopper_pearson(MAX_COUNT / 2, MAX_COUNT, 0.95).unwrap();
    // The normal approximation, which is good here: 1.959964 · √(¼ / 10⁹).
    assert!((half.low - (0.5 - 3.098_975e-5)).abs() < 1e-9);
    let table = fisher_exact([[MAX_COUNT, MAX_COUNT], [MAX_COUNT, MAX_COUNT]]).unwrap();
    assert_eq!(table.two_sided, 1.0);
    assert!(fisher_exact([[MAX_COUNT + 1, 0], [0, 1]]).is_err());
}
