//! What a sample does and does not support, in plain words.
//!
//! ```
//! use affiant_stats::words::{Sample, share};
//! let sample = Sample { one: "run", many: "runs" };
//! assert_eq!(
//!     share(7, 7, 0.95, &sample).unwrap(),
//!     "in 7 of 7 runs; with 95 % confidence the share in runs made like these is at \
//!      least 59.0 % (exact two-sided interval 59.0 % to 100 %)"
//! );
//! ```
//!
//! Bounds are rounded outwards and p-values upwards, so that print never claims
//! more than the figure. No word here says why something is as it is, or that it
//! holds for anybody who was not looked at; [`CONDITIONS`] says so in print, after
//! every such sentence.

use crate::{Error, alpha, clopper_pearson, poisson_interval, upper_bound_of_zero};
use crate::{Fisher, McNemar, RateComparison};

/// What holds of every sentence of this module; to be printed after them.
pub const CONDITIONS: [&str; 5] = [
    "The runs were chosen and made by the examiner. They are not a random sample of users, \
     devices or days, and the figures say nothing of how many users are affected.",
    "They hold for runs made in the same way: the same application, version, device settings, \
     steps and place. Nothing is said of other versions, devices, countries or dates.",
    "Each run is taken to be independent of the others. Runs that share a device, an account \
     or a cached setting may not be, and then the interval is too narrow.",
    "A share of runs in which something was observed is not a probability that it happened to \
     a given person.",
    "Not observed is not absent: what a capture could not show counts as not observed.",
];

/// What was counted, in the words of the sentence: `run`, `runs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample<'a> {
    /// The word for one.
    pub one: &'a str,
    /// The word for none or several.
    pub many: &'a str,
}

impl Sample<'_> {
    fn word(&self, count: u64) -> &str {
        if count == 1 { self.one } else { self.many }
    }
}

/// The sentence for something observed in `successes` of `trials`. Where it was
/// observed in none, the bound is the one-sided one, with the rule of three.
///
/// # Errors
/// As [`clopper_pearson`].
pub fn share(
    successes: u64,
    trials: u64,
    confidence: f64,
    sample: &Sample<'_>,
) -> Result<String, Error> {
    let many = sample.many;
    let sure = confidence_words(confidence)?;
    if successes == 0 {
        let bound = upper_bound_of_zero(trials, confidence)?;
        let three = bound.rule_of_three.map_or(String::new(), |three| {
            format!(", by the rule of three about {}", percent_near(three))
        });
        return Ok(format!(
            "in none of {trials} {}; with {sure} confidence the share in {many} made like these \
             is at most {}{three} (exact one-sided bound)",
            sample.word(trials),
            percent_up(bound.exact),
        ));
    }
    let interval = clopper_pearson(successes, trials, confidence)?;
    let (low, high) = (
        percent_down(interval.low),
        percent_up(interval.high.unwrap_or(1.0)),
    );
    let found = if successes == trials {
        format!("is at least {low}")
    } else {
        format!("lies between {low} and {high}")
    };
    Ok(format!(
        "in {successes} of {trials} {}; with {sure} confidence the share in {many} made like \
         these {found} (exact two-sided interval {low} to {high})",
        sample.word(trials),
    ))
}

/// The sentence for a count over an amount, such as requests in 30 minutes.
///
/// # Errors
/// As [`poisson_interval`].
pub fn count(count: u64, confidence: f64, of: &Sample<'_>, over: &str) -> Result<String, Error> {
    let sure = confidence_words(confidence)?;
    let interval = poisson_interval(count, confidence)?;
    let high = interval
        .high
        .map_or("no bound".to_owned(), |high| decimal(high, Rounding::Up));
    Ok(format!(
        "{count} {} over {over}; if they come independently of one another, with {sure} \
         confidence the mean over as much lies between {} and {high} (exact two-sided interval)",
        of.word(count),
        decimal(interval.low, Rounding::Down),
    ))
}

/// The sentence for two groups of runs.
#[must_use]
pub fn two_groups(found: &Fisher) -> String {
    format!(
        "if the groups did not differ, a division at least as unlikely as this one would come up \
         with a probability of {} (Fisher's exact test, two-sided); {DIFFERENCE}",
        probability(found.two_sided)
    )
}

/// The sentence for the same devices before and after.
#[must_use]
pub fn before_and_after(found: &McNemar) -> String {
    if found.differing == 0 {
        return "no pair differs between before and after, so the pairs show no difference; \
                they do not show that there is none"
            .to_owned();
    }
    format!(
        "{} differ between before and after; if either direction were as likely, a split at least \
         as uneven would come up with a probability of {} (McNemar's test, exact, two-sided); \
         {DIFFERENCE}",
        if found.differing == 1 {
            "1 pair".to_owned()
        } else {
            format!("{} pairs", found.differing)
        },
        probability(found.two_sided)
    )
}

/// The sentence for two rates.
///
/// # Errors
/// A confidence that is not between 0 and 1.
pub fn two_rates(found: &RateComparison, confidence: f64) -> Result<String, Error> {
    let sure = confidence_words(confidence)?;
    let low = decimal(found.interval.low, Rounding::Down);
    let between = match found.interval.high {
        Some(high) => format!("lies between {low} and {}", decimal(high, Rounding::Up)),
        None if found.interval.low > 0.0 => format!("is at least {low}"),
        None => "cannot be bounded".to_owned(),
    };
    Ok(format!(
        "with {sure} confidence the ratio of the first rate to the second {between}; if the rates \
         were the same, a division at least as unlikely as this one would come up with a \
         probability of {} (exact conditional test, two-sided); {DIFFERENCE}",
        probability(found.two_sided)
    ))
}

/// The sentence that goes with adjusted p-values.
#[must_use]
pub fn adjusted(tests: usize, method: Adjustment) -> String {
    let (by, held) = match method {
        Adjustment::Holm => ("Holm", "the chance of even one false finding among them"),
        Adjustment::BenjaminiHochberg => (
            "Benjamini and Hochberg",
            "the expected share of false ones among the findings",
        ),
    };
    format!("{tests} tests were made and all are listed; adjusted by {by}, which holds {held}")
}

/// Which adjustment was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// [`crate::holm`].
    Holm,
    /// [`crate::benjamini_hochberg`].
    BenjaminiHochberg,
}

/// What every test leaves open.
const DIFFERENCE: &str = "it is not the probability that there is no difference, and says \
                          nothing of its cause";

/// A probability in print: three digits, rounded up, or `less than 0.0001`.
#[must_use]
pub fn probability(p: f64) -> String {
    if p < 0.000_1 {
        "less than 0.0001".to_owned()
    } else if p >= 1.0 {
        "1".to_owned()
    } else {
        trimmed(&decimal(p, Rounding::Up))
    }
}

/// `95 %`.
fn confidence_words(confidence: f64) -> Result<String, Error> {
    alpha(confidence)?;
    // Digits enough for 99.9999 %; a confidence is typed by a person.
    let text = format!("{:.6}", confidence * 100.0);
    Ok(format!("{} %", trimmed(&text)))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rounding {
    Down,
    Near,
    Up,
}

fn percent_down(share: f64) -> String {
    percent(share, Rounding::Down)
}

fn percent_up(share: f64) -> String {
    percent(share, Rounding::Up)
}

fn percent_near(share: f64) -> String {
    percent(share, Rounding::Near)
}

/// A share from 0 to 1 in per cent. Above 50 % the digits are those of the rest,
/// so that 99.99 % is not rounded to 100 %.
fn percent(share: f64, rounding: Rounding) -> String {
    if share <= 0.0 {
        return "0 %".to_owned();
    }
    if share >= 1.0 {
        return "100 %".to_owned();
    }
    let places = places(100.0 * share.min(1.0 - share));
    let text = rounded(100.0 * share, places.min(12), rounding);
    if rounding == Rounding::Near || text.starts_with("100") {
        format!("{} %", trimmed(&text))
    } else {
        format!("{text} %")
    }
}

/// A number from 0 up with some three digits.
fn decimal(value: f64, rounding: Rounding) -> String {
    if value <= 0.0 {
        return "0".to_owned();
    }
    rounded(value, places(value) + usize::from(value < 10.0), rounding)
}

/// Places behind the point for three digits of 10 and more, two of less.
fn places(value: f64) -> usize {
    if value >= 1.0 {
        return 1;
    }
    // From a text, so that no logarithm is rounded across a power of ten.
    let text = format!("{value:e}");
    let exponent: usize = text
        .rsplit_once("e-")
        .and_then(|(_, digits)| digits.parse().ok())
        .unwrap_or(0);
    exponent + 1
}

/// The value with that many places. A value within 1e-9 of a last place counts as it.
fn rounded(value: f64, places: usize, rounding: Rounding) -> String {
    let unit = 10_f64.powi(i32::try_from(places).unwrap_or(300).min(300));
    let scaled = value * unit;
    let nearest = scaled.round();
    let steps = match rounding {
        _ if (scaled - nearest).abs() < 1e-9 * nearest.max(1.0) => nearest,
        Rounding::Near => nearest,
        Rounding::Down => scaled.floor(),
        Rounding::Up => scaled.ceil(),
    };
    format!("{:.places$}", steps / unit)
}

/// Without zeros at the end of the places, and without a point that nothing follows.
fn trimmed(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fisher_exact, mcnemar_exact, rate_comparison};

    const RUNS: Sample<'_> = Sample {
        one: "run",
        many: "runs",
    };

    #[test]
    fn none_of_twenty_runs_is_a_bound_and_not_a_none() {
        assert_eq!(
            share(0, 20, 0.95, &RUNS).unwrap(),
            "in none of 20 runs; with 95 % confidence the share in runs made like these is at \
             most 14.0 %, by the rule of three about 15 % (exact one-sided bound)"
        );
    }

    #[test]
    fn one_run_supports_almost_nothing_and_says_so() {
        assert_eq!(
            share(1, 1, 0.95, &RUNS).unwrap(),
            "in 1 of 1 run; with 95 % confidence the share in runs made like these is at least \
             2.5 % (exact two-sided interval 2.5 % to 100 %)"
        );
    }

    #[test]
    fn some_of_the_runs_lie_between_two_bounds_rounded_outwards() {
        // Newcombe (1998): 0.0578 to 0.1617.
        assert_eq!(
            share(15, 148, 0.95, &RUNS).unwrap(),
            "in 15 of 148 runs; with 95 % confidence the share in runs made like these lies \
             between 5.7 % and 16.2 % (exact two-sided interval 5.7 % to 16.2 %)"
        );
    }

    #[test]
    fn a_bound_is_never_rounded_to_all_or_nothing() {
        assert_eq!(percent_up(0.999_91), "99.9910 %");
        assert_eq!(percent_down(0.999_999), "99.99990 %");
        assert_eq!(percent_up(3.69e-9), "0.00000037 %");
        assert_eq!(percent_down(0.000_012_3), "0.0012 %");
        assert_eq!(percent_up(0.139_108), "14.0 %");
        assert_eq!(percent_down(0.05), "5.0 %");
    }

    #[test]
    fn a_probability_is_rounded_up_and_never_to_nothing() {
        assert_eq!(probability(0.028_571), "0.0286");
        assert_eq!(probability(0.5), "0.5");
        assert_eq!(probability(0.000_099), "less than 0.0001");
        assert_eq!(probability(0.0), "less than 0.0001");
        assert_eq!(probability(1.0), "1");
    }

    #[test]
    fn every_test_says_what_its_figure_is_not() {
        let rates = rate_comparison(11, 800.0, 21, 3011.0, 0.95).unwrap();
        for sentence in [
            two_groups(&fisher_exact([[7, 0], [0, 7]]).unwrap()),
            before_and_after(&mcnemar_exact(9, 1).unwrap()),
            two_rates(&rates, 0.95).unwrap(),
        ] {
            assert!(sentence.ends_with(DIFFERENCE), "{sentence}");
        }
        assert!(
            two_rates(&rates, 0.95)
                .unwrap()
                .contains("between 0.858 and 4.28")
        );
        assert!(before_and_after(&mcnemar_exact(0, 0).unwrap()).contains("do not show"));
    }

    #[test]
    fn a_count_has_a_mean_that_may_be_larger_and_smaller() {
        let requests = Sample {
            one: "request",
            many: "requests",
        };
        assert_eq!(
            count(10, 0.95, &requests, "30 minutes").unwrap(),
            "10 requests over 30 minutes; if they come independently of one another, with 95 % \
             confidence the mean over as much lies between 4.79 and 18.4 (exact two-sided \
             interval)"
        );
    }
}
