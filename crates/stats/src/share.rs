use serde::Serialize;

use crate::law::{Binomial, Law, log_at_least, log_at_most};
use crate::solve::root;
use crate::{Error, Interval, alpha, counted, real};

/// What can be said of a share where no success was seen, one-sided.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ZeroBound {
    /// The largest share at which no success in so many trials would still have
    /// a probability of at least one less the confidence: `1 − α^(1/n)`.
    pub exact: f64,
    /// The rule of three, `3/n`, at most 1: an approximation of it for a
    /// confidence of 95 %, and `None` for any other.
    pub rule_of_three: Option<f64>,
}

/// A share as the solver leaves it: its logarithm, so that neither it nor one less
/// it has lost digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogShare(pub(crate) f64);

impl LogShare {
    pub(crate) fn share(self) -> f64 {
        self.0.exp()
    }

    /// The share over one less the share.
    pub(crate) fn odds(self) -> f64 {
        1.0 / (-self.0).exp_m1()
    }
}

/// The exact two-sided interval of a share (C. J. Clopper, E. S. Pearson, "The Use
/// of Confidence or Fiducial Limits Illustrated in the Case of the Binomial",
/// Biometrika 26 (1934), 404–413).
///
/// With `α = 1 − confidence`, `n` trials and `x` successes, the lower end is the
/// `p` at which `P(X ≥ x) = α/2` and the upper the one at which `P(X ≤ x) = α/2`;
/// 0 where there is no success, 1 where there is no failure. It covers the true
/// share at least as often as the confidence says, usually more often.
///
/// # Errors
/// No trials, more successes than trials, counts above [`crate::MAX_COUNT`], a
/// confidence that is not between 0 and 1.
pub fn clopper_pearson(successes: u64, trials: u64, confidence: f64) -> Result<Interval, Error> {
    let (low, high) = limits(successes, trials, confidence)?;
    Ok(Interval {
        low: low.map_or(0.0, LogShare::share),
        high: Some(high.map_or(1.0, LogShare::share)),
    })
}

/// Both ends of the interval; `None` for 0 and 1.
pub(crate) fn limits(
    successes: u64,
    trials: u64,
    confidence: f64,
) -> Result<(Option<LogShare>, Option<LogShare>), Error> {
    let target = (alpha(confidence)? / 2.0).ln();
    let n = counted("the number of trials", trials)?;
    if trials == 0 {
        return Err(Error::NoTrials);
    }
    if successes > trials {
        return Err(Error::MoreThanAll { successes, trials });
    }
    let x = real(successes);
    let start = (x / n).ln();
    let low = if successes == 0 {
        None
    } else if successes == trials {
        Some(target / n)
    } else {
        Some(root(start, target, Some(0.0), |t| {
            let law = at(trials, t);
            let tail = log_at_least(&law, successes);
            // d P(X ≥ x) / d ln p = x · mass(x).
            (tail, x * (law.log_mass(successes) - tail).exp())
        }))
    };
    let high = if successes == trials {
        None
    } else if successes == 0 {
        Some((-(target / n).exp_m1()).ln())
    } else {
        Some(root(start, target, Some(0.0), |t| {
            let law = at(trials, t);
            let tail = log_at_most(&law, successes);
            // d P(X ≤ x) / d ln p = −(x + 1) · mass(x + 1).
            let mass = law.log_mass(successes + 1);
            (tail, -(x + 1.0) * (mass - tail).exp())
        }))
    };
    Ok((low.map(LogShare), high.map(LogShare)))
}

/// The law at the share with that logarithm.
fn at(n: u64, t: f64) -> Binomial {
    Binomial {
        n,
        p: t.exp(),
        q: -t.exp_m1(),
    }
}

/// The exact upper bound of a share of which no success was seen in `trials`,
/// one-sided, and the rule of three beside it (J. A. Hanley, A. Lippman-Hand, "If
/// Nothing Goes Wrong, Is Everything All Right?", JAMA 249 (1983), 1743–1745).
///
/// # Errors
/// No trials, more than [`crate::MAX_COUNT`], a confidence that is not between 0
/// and 1.
pub fn upper_bound_of_zero(trials: u64, confidence: f64) -> Result<ZeroBound, Error> {
    let alpha = alpha(confidence)?;
    let n = counted("the number of trials", trials)?;
    if trials == 0 {
        return Err(Error::NoTrials);
    }
    let at_95 = (confidence - 0.95).abs() < 1e-9;
    Ok(ZeroBound {
        exact: -(alpha.ln() / n).exp_m1(),
        rule_of_three: at_95.then_some((3.0 / n).min(1.0)),
    })
}

/// The fewest trials of which the share can be shown to be above one half: with a
/// success in every one, the lower bound of Clopper and Pearson is (α/2)^(1/n).
///
/// # Errors
/// A confidence that is not between 0 and 1.
pub fn fewest_trials(confidence: f64) -> Result<u64, Error> {
    let alpha = alpha(confidence)?;
    Ok(((alpha / 2.0).ln() / 0.5_f64.ln()).ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} {expected}");
    }

    #[test]
    fn with_one_run_fewer_all_of_them_would_not_show_most() {
        for (confidence, fewest) in [(0.95, 6), (0.99, 8), (0.5, 2)] {
            let found = fewest_trials(confidence).unwrap();
            assert_eq!(found, fewest);
            let low = |n| clopper_pearson(n, n, confidence).unwrap().low;
            assert!(low(fewest) >= 0.5 && low(fewest - 1) <= 0.5);
        }
        assert!(fewest_trials(1.0).is_err());
    }

    /// R. G. Newcombe, "Two-Sided Confidence Intervals for the Single Proportion",
    /// Statistics in Medicine 17 (1998), 857–872, table I, method 5.
    #[test]
    fn the_intervals_are_those_of_newcombes_table() {
        for (x, n, low, high) in [
            (81, 263, 0.2527, 0.3676),
            (15, 148, 0.0578, 0.1617),
            (0, 20, 0.0, 0.1684),
            (1, 29, 0.0009, 0.1776),
        ] {
            let found = clopper_pearson(x, n, 0.95).unwrap();
            close(found.low, low, 5e-5);
            close(found.high.unwrap(), high, 5e-5);
        }
    }

    /// 3.688879454113936 is ln 40; the next term of the series is below 1e-8 of it.
    #[test]
    fn none_of_a_thousand_million_keeps_its_digits() {
        let high = clopper_pearson(0, 1_000_000_000, 0.95)
            .unwrap()
            .high
            .unwrap();
        close(high * 1e9, 40_f64.ln() - 40_f64.ln().powi(2) / 2e9, 1e-12);
    }

    #[test]
    fn all_and_none_have_closed_forms() {
        let all = clopper_pearson(7, 7, 0.95).unwrap();
        close(all.low, 0.025_f64.powf(1.0 / 7.0), 1e-14);
        assert_eq!(all.high, Some(1.0));
        let none = clopper_pearson(0, 7, 0.95).unwrap();
        assert_eq!(none.low, 0.0);
        close(none.high.unwrap(), 1.0 - 0.025_f64.powf(1.0 / 7.0), 1e-14);
    }

    /// Hanley and Lippman-Hand (1983): 0 of 14, at most 19.3 %, by the rule 21.4 %.
    #[test]
    fn none_seen_is_bounded_and_the_rule_of_three_stands_beside_it() {
        let found = upper_bound_of_zero(14, 0.95).unwrap();
        close(found.exact, 0.1926, 5e-5);
        close(found.rule_of_three.unwrap(), 0.2143, 5e-5);
        assert_eq!(upper_bound_of_zero(14, 0.99).unwrap().rule_of_three, None);
        assert_eq!(
            upper_bound_of_zero(2, 0.95).unwrap().rule_of_three,
            Some(1.0)
        );
    }

    #[test]
    fn what_is_no_share_is_refused() {
        assert_eq!(clopper_pearson(0, 0, 0.95), Err(Error::NoTrials));
        assert_eq!(
            clopper_pearson(3, 2, 0.95),
            Err(Error::MoreThanAll {
                successes: 3,
                trials: 2
            })
        );
        for confidence in [0.0, 1.0, 95.0, -0.1, f64::NAN] {
            assert!(clopper_pearson(1, 2, confidence).is_err());
        }
        assert!(clopper_pearson(1, crate::MAX_COUNT + 1, 0.95).is_err());
    }
}
