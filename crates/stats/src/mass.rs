//! Logarithms of the probability of one outcome, after Catherine Loader, "Fast
//! and Accurate Computation of Binomial Probabilities" (2000): each is an error
//! term of Stirling's formula and a deviance, both small, so that no large
//! numbers are subtracted.

use std::f64::consts::PI;

/// Error of Stirling's formula, `ln n! − ((n + ½) ln n − n + ½ ln 2π)`, for n
/// from 0 to 15. The first is that of the formula at 0, `−½ ln 2π`, with
/// `0 ln 0 = 0`; it is not used. Computed with 50 digits (`mpmath.loggamma`).
const STIRLING: [f64; 16] = [
    -0.918_938_533_204_672_8,
    0.081_061_466_795_327_26,
    0.041_340_695_955_409_29,
    0.027_677_925_684_998_34,
    0.020_790_672_103_765_093,
    0.016_644_691_189_821_193,
    0.013_876_128_823_070_748,
    0.011_896_709_945_891_77,
    0.010_411_265_261_972_096,
    0.009_255_462_182_712_733,
    0.008_330_563_433_362_87,
    0.007_573_675_487_951_841,
    0.006_942_840_107_209_53,
    0.006_408_994_188_004_207,
    0.005_951_370_112_758_848,
    0.005_554_733_551_962_801,
];

/// Error of Stirling's formula for a whole number (NIST DLMF 5.11.1; the first
/// term left out is below 1e-17 from 16 on).
fn stirling_error(n: f64) -> f64 {
    if n < 15.5 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 0 to 15"
        )]
        return STIRLING[n as usize];
    }
    let square = n * n;
    (1.0 / 12.0
        - (1.0 / 360.0
            - (1.0 / 1260.0
                - (1.0 / 1680.0 - (1.0 / 1188.0 - 691.0 / 360_360.0 / square) / square) / square)
                / square)
            / square)
        / n
}

/// Loader's deviance `x ln(x/m) + m − x` for a mean `m = scale · share`, whose
/// rounding is made good: at 1e9 it would show.
fn deviance(x: f64, scale: f64, share: f64) -> f64 {
    let mean = scale * share;
    let rest = scale.mul_add(share, -mean);
    let apart = x - mean;
    let main = if apart.abs() < 0.1 * (x + mean) {
        let v = apart / (x + mean);
        let square = v * v;
        let mut sum = apart * v;
        let mut power = 2.0 * x * v;
        // At most a hundredth of what was there is added each time.
        for odd in (3..41_u32).step_by(2) {
            power *= square;
            let next = sum + power / f64::from(odd);
            if next == sum {
                break;
            }
            sum = next;
        }
        sum
    } else {
        x * (x / mean).ln() + mean - x
    };
    // d/dm of the deviance is 1 − x/m.
    main + rest * (-apart / mean)
}

/// `ln` of the probability of `x` successes in `n` trials, each with probability
/// `p`; `q` is one less `p`, handed in because the subtraction would round it.
pub(crate) fn log_binomial(x: f64, n: f64, p: f64, q: f64) -> f64 {
    if p == 0.0 {
        return if x == 0.0 { 0.0 } else { f64::NEG_INFINITY };
    }
    if q == 0.0 {
        return if x == n { 0.0 } else { f64::NEG_INFINITY };
    }
    let log_p = if p > 0.5 { (-q).ln_1p() } else { p.ln() };
    let log_q = if q > 0.5 { (-p).ln_1p() } else { q.ln() };
    if x == 0.0 {
        return n * log_q;
    }
    if x == n {
        return n * log_p;
    }
    let errors = stirling_error(n) - stirling_error(x) - stirling_error(n - x);
    let deviances = deviance(x, n, p) + deviance(n - x, n, q);
    errors - deviances - 0.5 * ((2.0 * PI * x).ln() + (-x / n).ln_1p())
}

/// `ln` of the probability of the count `x` where `mean` are expected.
pub(crate) fn log_poisson(x: f64, mean: f64) -> f64 {
    if x == 0.0 {
        return -mean;
    }
    -stirling_error(x) - deviance(x, mean, 1.0) - 0.5 * (2.0 * PI * x).ln()
}

/// `ln` of the probability that of `drawn` out of `marked + plain`, `x` are marked:
/// three binomial masses of any one probability, here the share drawn.
pub(crate) fn log_hypergeometric(x: f64, marked: f64, plain: f64, drawn: f64) -> f64 {
    let all = marked + plain;
    if all == 0.0 {
        return 0.0;
    }
    let (p, q) = (drawn / all, (all - drawn) / all);
    log_binomial(x, marked, p, q) + log_binomial(drawn - x, plain, p, q)
        - log_binomial(drawn, all, p, q)
}
