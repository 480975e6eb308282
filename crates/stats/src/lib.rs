//! Exact intervals and tests for counts, and what they support in plain words.
//!
//! Shares: [`clopper_pearson`] and, where nothing was seen, [`upper_bound_of_zero`].
//! Two groups: [`fisher_exact`]. The same devices before and after:
//! [`mcnemar_exact`]. Counts over time: [`poisson_interval`] and
//! [`rate_comparison`]. Several tests at once: [`holm`] and
//! [`benjamini_hochberg`]. [`words`] says what a result does and does not support.
//!
//! Every function is pure: the same numbers give the same answer. Counts go up
//! to [`MAX_COUNT`]; answers are right to 1e-9 of their value, which
//! `tests/statistics/compare.py` holds against `SciPy` and, where `SciPy` itself is
//! further off, against `mpmath`. Probabilities below 1e-307 are given as 0.
//!
//! Why no library: what was found computes these tails from differences of
//! log-gammas, each of which is some 2e10 at a count of 1e9 and so carries an
//! error of 4e-6. Here the masses come from Loader's expansion, in which no such
//! difference occurs, and a tail is the sum of its own terms.

mod adjust;
mod error;
mod law;
mod mass;
mod rate;
mod share;
mod solve;
mod table;
pub mod words;

pub use adjust::{benjamini_hochberg, holm};
pub use error::Error;
pub use rate::{RateComparison, poisson_interval, rate_comparison};
pub use share::{ZeroBound, clopper_pearson, fewest_trials, upper_bound_of_zero};
pub use table::{Fisher, McNemar, fisher_exact, mcnemar_exact};

use serde::Serialize;

/// Largest count that is taken, 10⁹: up to here the answers were compared.
pub const MAX_COUNT: u64 = 1_000_000_000;

/// What two probabilities may differ by, relatively, and still be taken as equal
/// when a two-sided test gathers the outcomes no likelier than the observed one:
/// 1e-7, as in `scipy.stats.binomtest` (`SciPy` 1.17.1) and `fisher.test` of R.
/// It makes ties ties; where it errs, the p-value is larger, never smaller.
pub const TIE: f64 = 1e-7;

/// A range of values, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end; `None` where the numbers set none.
    pub high: Option<f64>,
}

/// One less the confidence, for a confidence that lies between 0 and 1.
fn alpha(confidence: f64) -> Result<f64, Error> {
    let alpha = 1.0 - confidence;
    if confidence > 0.0 && confidence < 1.0 && alpha > 0.0 {
        Ok(alpha)
    } else {
        Err(Error::Confidence(confidence))
    }
}

/// A count as a number, if it is not too large.
fn counted(what: &'static str, count: u64) -> Result<f64, Error> {
    if count <= MAX_COUNT {
        Ok(real(count))
    } else {
        Err(Error::TooLarge { what, count })
    }
}

/// Counts and sums of four counts are far below 2⁵³: the number is exact.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts are at most four times MAX_COUNT, far below 2^53"
)]
const fn real(count: u64) -> f64 {
    count as f64
}
