use serde::Serialize;

use crate::law::{
    Binomial, Law, Poisson, at_least, at_most, log_at_least, log_at_most, no_likelier,
};
use crate::share::{LogShare, limits};
use crate::solve::root;
use crate::{Error, Interval, alpha, counted};

/// Two rates compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RateComparison {
    /// Rate of the first over rate of the second, as observed; `None` where the
    /// second count is 0.
    pub ratio: Option<f64>,
    /// The exact interval of that ratio; its upper end is `None` where the second
    /// count is 0. From 0 without an upper end where both are 0: nothing is known.
    pub interval: Interval,
    /// Probability, if the rates were the same, of all divisions of the total
    /// that are no likelier than the one observed.
    pub two_sided: f64,
    /// Probability of at most as many of the first.
    pub less: f64,
    /// Probability of at least as many of the first.
    pub greater: f64,
}

/// The exact two-sided interval of the mean of a count (F. Garwood, "Fiducial Limits
/// for the Poisson Distribution", Biometrika 28 (1936), 437–442).
///
/// The lower end is the mean at which `P(X ≥ count) = α/2`, 0 for a count of 0;
/// the upper the one at which `P(X ≤ count) = α/2`. It holds for events that come
/// independently of one another; those of an application that sends by a timer do not.
///
/// # Errors
/// A count above [`crate::MAX_COUNT`], a confidence that is not between 0 and 1.
pub fn poisson_interval(count: u64, confidence: f64) -> Result<Interval, Error> {
    let target = (alpha(confidence)? / 2.0).ln();
    let x = counted("the count", count)?;
    if count == 0 {
        return Ok(Interval {
            low: 0.0,
            high: Some(-target),
        });
    }
    // The unknown is the logarithm of mean over count, so that no digits are lost
    // where the mean is large.
    let law = |t: f64| Poisson { mean: x * t.exp() };
    let low = root(0.0, target, None, |t| {
        let tail = log_at_least(&law(t), count);
        // d P(X ≥ x) / d ln mean = x · mass(x).
        (tail, x * (law(t).log_mass(count) - tail).exp())
    });
    let high = root(0.0, target, None, |t| {
        let tail = log_at_most(&law(t), count);
        // d P(X ≤ x) / d ln mean = −(x + 1) · mass(x + 1).
        let mass = law(t).log_mass(count + 1);
        (tail, -(x + 1.0) * (mass - tail).exp())
    });
    Ok(Interval {
        low: x * low.exp(),
        high: Some(x * high.exp()),
    })
}

/// The exact conditional test of two rates: of the events together, each is of the
/// first kind with probability `exposure_a / (exposure_a + exposure_b)` if the
/// rates are the same (J. Przyborowski, H. Wilenski, Biometrika 31 (1940), 313–323).
///
/// The two-sided value gathers the divisions no likelier than the observed, as
/// `scipy.stats.binomtest` does; the interval of the ratio is that of Clopper and
/// Pearson for the division, as odds over the ratio of the exposures. (The test in
/// `scipy.stats.poisson_means_test` is another one, the E-test, and not exact.)
/// Exposures are any amounts of one unit: minutes, sessions, pages. Without an
/// event every p-value is 1.
///
/// # Errors
/// An exposure that is not finite and above 0, or so unequal that a share cannot be
/// written; together more than [`crate::MAX_COUNT`] events; a confidence that is
/// not between 0 and 1.
pub fn rate_comparison(
    count_a: u64,
    exposure_a: f64,
    count_b: u64,
    exposure_b: f64,
    confidence: f64,
) -> Result<RateComparison, Error> {
    alpha(confidence)?;
    let a = counted("the first count", count_a)?;
    let b = counted("the second count", count_b)?;
    for exposure in [exposure_a, exposure_b] {
        if !(exposure.is_finite() && exposure > 0.0) {
            return Err(Error::Exposure(exposure));
        }
    }
    // One over the other, whichever does not overflow.
    let (p, q) = (
        1.0 / (1.0 + exposure_b / exposure_a),
        1.0 / (1.0 + exposure_a / exposure_b),
    );
    if p < f64::MIN_POSITIVE || q < f64::MIN_POSITIVE {
        return Err(Error::Exposure(exposure_a.max(exposure_b)));
    }
    let times = exposure_b / exposure_a;
    let n = count_a + count_b;
    counted("the sum of the counts", n)?;
    if n == 0 {
        return Ok(RateComparison {
            ratio: None,
            interval: Interval {
                low: 0.0,
                high: None,
            },
            two_sided: 1.0,
            less: 1.0,
            greater: 1.0,
        });
    }
    let law = Binomial { n, p, q };
    let (low, high) = limits(count_a, n, confidence)?;
    Ok(RateComparison {
        ratio: (count_b > 0).then(|| a / b * times),
        interval: Interval {
            low: low.map_or(0.0, |low| low.odds() * times),
            high: high.map(LogShare::odds).map(|odds| odds * times),
        },
        two_sided: no_likelier(&law, count_a),
        less: at_most(&law, count_a).min(1.0),
        greater: at_least(&law, count_a).min(1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} {expected}");
    }

    /// Limits for 95 % as in Garwood (1936), table; also K. Ulm, American Journal of
    /// Epidemiology 131 (1990), 373–375.
    #[test]
    fn the_limits_of_a_count_are_those_of_garwoods_table() {
        for (count, low, high) in [
            (0, 0.0, 3.689),
            (1, 0.0253, 5.572),
            (5, 1.623, 11.668),
            (10, 4.795, 18.390),
        ] {
            let found = poisson_interval(count, 0.95).unwrap();
            close(found.low, low, 5e-4);
            close(found.high.unwrap(), high, 5e-4);
        }
    }

    /// The second example of `?poisson.test` in R (package stats): 11 events in
    /// 800 person-years against 21 in 3011.
    #[test]
    fn two_rates_compare_as_in_the_manual_of_r() {
        let found = rate_comparison(11, 800.0, 21, 3011.0, 0.95).unwrap();
        close(found.ratio.unwrap(), 1.971_488, 5e-7);
        close(found.two_sided, 0.079_67, 5e-6);
        close(found.interval.low, 0.858_426_4, 5e-8);
        close(found.interval.high.unwrap(), 4.277_265_9, 5e-8);
    }

    #[test]
    fn no_events_tell_nothing_and_none_of_one_kind_leaves_an_end_open() {
        let none = rate_comparison(0, 1.0, 0, 1.0, 0.95).unwrap();
        assert_eq!((none.ratio, none.two_sided), (None, 1.0));
        let open = rate_comparison(5, 1.0, 0, 1.0, 0.95).unwrap();
        assert_eq!((open.ratio, open.interval.high), (None, None));
        // Half to the fifth, on either side.
        close(open.two_sided, 0.0625, 1e-15);
    }

    #[test]
    fn an_exposure_must_be_an_amount() {
        for exposure in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(rate_comparison(1, exposure, 1, 1.0, 0.95).is_err());
        }
        assert!(rate_comparison(1, 1e-300, 1, 1e300, 0.95).is_err());
    }
}
