//! The three laws of chance used here, and their tails as sums of their terms.

use crate::mass::{log_binomial, log_hypergeometric, log_poisson};
use crate::{TIE, real};

/// A law over whole numbers with one peak.
pub(crate) trait Law {
    /// The least and the greatest outcome.
    fn range(&self) -> (u64, u64);
    /// `ln` of the probability of `k`, which lies in the range.
    fn log_mass(&self, k: u64) -> f64;
    /// Probability of `k + 1` as a multiple of that of `k`; both in the range.
    fn growth(&self, k: u64) -> f64;
    /// A likeliest outcome, in the range.
    fn mode(&self) -> u64;
}

/// `ln P(X ≥ k)`.
pub(crate) fn log_at_least(law: &impl Law, k: u64) -> f64 {
    let (least, greatest) = law.range();
    if k <= least {
        0.0
    } else if k > greatest {
        f64::NEG_INFINITY
    } else if k > law.mode() {
        law.log_mass(k) + sum_upwards(law, k, greatest).ln()
    } else {
        (-at_most(law, k - 1)).ln_1p()
    }
}

/// `ln P(X ≤ k)`.
pub(crate) fn log_at_most(law: &impl Law, k: u64) -> f64 {
    let (least, greatest) = law.range();
    if k < least {
        f64::NEG_INFINITY
    } else if k >= greatest {
        0.0
    } else if k < law.mode() {
        law.log_mass(k) + sum_downwards(law, k, least).ln()
    } else {
        (-at_least(law, k + 1)).ln_1p()
    }
}

/// `P(X ≥ k)`.
pub(crate) fn at_least(law: &impl Law, k: u64) -> f64 {
    log_at_least(law, k).exp()
}

/// `P(X ≤ k)`.
pub(crate) fn at_most(law: &impl Law, k: u64) -> f64 {
    log_at_most(law, k).exp()
}

/// The probability of all outcomes that are no likelier than `k`.
pub(crate) fn no_likelier(law: &impl Law, k: u64) -> f64 {
    let (least, greatest) = law.range();
    let (mode, bound) = (law.mode(), law.log_mass(k) + TIE.ln_1p());
    if law.log_mass(mode) <= bound {
        return 1.0;
    }
    let p = if k < mode {
        // The first outcome above the peak that is no likelier.
        let (mut under, mut over) = (mode, greatest + 1);
        while over - under > 1 {
            let middle = under + (over - under) / 2;
            if law.log_mass(middle) <= bound {
                over = middle;
            } else {
                under = middle;
            }
        }
        at_most(law, k) + at_least(law, over)
    } else {
        // The last outcome below the peak that is no likelier; one is added to
        // `under` so that "none" can be written.
        let (mut under, mut over) = (least, mode + 1);
        while over - under > 1 {
            let middle = under + (over - under) / 2;
            if law.log_mass(middle - 1) <= bound {
                under = middle;
            } else {
                over = middle;
            }
        }
        let below = if under == least {
            0.0
        } else {
            at_most(law, under - 1)
        };
        at_least(law, k) + below
    };
    p.min(1.0)
}

/// The masses from `k` up, as a multiple of that of `k`, which lies beyond the peak.
fn sum_upwards(law: &impl Law, k: u64, greatest: u64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for j in k..greatest {
        let growth = law.growth(j);
        term *= growth;
        sum += term;
        if negligible(term, growth, sum) {
            break;
        }
    }
    sum
}

/// The masses from `k` down, as a multiple of that of `k`, which lies before the peak.
fn sum_downwards(law: &impl Law, k: u64, least: u64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for j in (least..k).rev() {
        let shrink = 1.0 / law.growth(j);
        term *= shrink;
        sum += term;
        if negligible(term, shrink, sum) {
            break;
        }
    }
    sum
}

/// Whether the terms after this one, each at most `ratio` of the one before, add
/// less than 1e-17 of the sum.
fn negligible(term: f64, ratio: f64, sum: f64) -> bool {
    ratio < 1.0 && term * ratio < 1e-17 * sum * (1.0 - ratio)
}

/// Successes in `n` trials.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Binomial {
    pub(crate) n: u64,
    pub(crate) p: f64,
    pub(crate) q: f64,
}

impl Law for Binomial {
    fn range(&self) -> (u64, u64) {
        (0, self.n)
    }

    fn log_mass(&self, k: u64) -> f64 {
        log_binomial(real(k), real(self.n), self.p, self.q)
    }

    fn growth(&self, k: u64) -> f64 {
        real(self.n - k) / real(k + 1) * (self.p / self.q)
    }

    fn mode(&self) -> u64 {
        whole(real(self.n + 1) * self.p).min(self.n)
    }
}

/// Events where `mean` are expected.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Poisson {
    pub(crate) mean: f64,
}

impl Law for Poisson {
    fn range(&self) -> (u64, u64) {
        // No end; the sum stops by itself long before.
        (0, u64::MAX - 1)
    }

    fn log_mass(&self, k: u64) -> f64 {
        log_poisson(real(k), self.mean)
    }

    fn growth(&self, k: u64) -> f64 {
        self.mean / real(k + 1)
    }

    fn mode(&self) -> u64 {
        whole(self.mean)
    }
}

/// Marked ones among `drawn`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hypergeometric {
    pub(crate) marked: u64,
    pub(crate) plain: u64,
    pub(crate) drawn: u64,
}

impl Law for Hypergeometric {
    fn range(&self) -> (u64, u64) {
        (
            self.drawn.saturating_sub(self.plain),
            self.drawn.min(self.marked),
        )
    }

    fn log_mass(&self, k: u64) -> f64 {
        log_hypergeometric(
            real(k),
            real(self.marked),
            real(self.plain),
            real(self.drawn),
        )
    }

    fn growth(&self, k: u64) -> f64 {
        let left = real(self.marked - k) * real(self.drawn - k);
        // In this order nothing is below 0: growth is asked for within the range.
        left / (real(k + 1) * real(self.plain + k + 1 - self.drawn))
    }

    fn mode(&self) -> u64 {
        let (marked, drawn) = (u128::from(self.marked), u128::from(self.drawn));
        let all = marked + u128::from(self.plain);
        let (least, greatest) = self.range();
        u64::try_from((marked + 1) * (drawn + 1) / (all + 2))
            .unwrap_or(greatest)
            .clamp(least, greatest)
    }
}

/// The whole part of a number that is not below 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a mean of counts: not negative, and the cast saturates"
)]
const fn whole(x: f64) -> u64 {
    x as u64
}
