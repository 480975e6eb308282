use serde::Serialize;

use crate::law::{Binomial, Hypergeometric, at_least, at_most, no_likelier};
use crate::{Error, counted, real};

/// What Fisher's exact test gives of a table of two groups and two outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Fisher {
    /// Probability, if group and outcome have nothing to do with each other, of
    /// all tables with these sums that are no likelier than the one observed.
    pub two_sided: f64,
    /// Probability of at most as many in the first cell.
    pub less: f64,
    /// Probability of at least as many in the first cell.
    pub greater: f64,
    /// The odds ratio of the sample, `ad / bc`; `None` where `bc` is 0.
    pub odds_ratio: Option<f64>,
}

/// What the exact test of McNemar gives of pairs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct McNemar {
    /// Pairs that differ.
    pub differing: u64,
    /// Probability, if either direction were as likely, of a split at least as uneven.
    pub two_sided: f64,
    /// Probability of at least as many in the first direction.
    pub greater: f64,
}

/// Fisher's exact test of the table `[[a, b], [c, d]]`: rows are groups, columns
/// outcomes (R. A. Fisher, The Design of Experiments (1935), chapter II; Statistical
/// Methods for Research Workers, § 21.02).
///
/// With its sums held, the first cell is hypergeometric. The two-sided value is the
/// sum over all tables no likelier than the observed, as in `SciPy` and R; ties are
/// by [`crate::TIE`]. (`scipy.stats.fisher_exact` 1.17.1 has a tolerance of 1e-14.)
/// A table with an empty row or column has a p-value of 1.
///
/// # Errors
/// A cell above [`crate::MAX_COUNT`].
pub fn fisher_exact(table: [[u64; 2]; 2]) -> Result<Fisher, Error> {
    let [[a, b], [c, d]] = table;
    for cell in [a, b, c, d] {
        counted("a cell of the table", cell)?;
    }
    let law = Hypergeometric {
        marked: a + b,
        plain: c + d,
        drawn: a + c,
    };
    let across = real(b) * real(c);
    Ok(Fisher {
        two_sided: no_likelier(&law, a),
        less: at_most(&law, a).min(1.0),
        greater: at_least(&law, a).min(1.0),
        odds_ratio: (across > 0.0).then(|| real(a) * real(d) / across),
    })
}

/// McNemar's test for pairs, exact: `first` pairs changed in one direction,
/// `second` in the other, those that did not change do not count (Q. McNemar,
/// Psychometrika 12 (1947), 153–157; with binomial probabilities as in A. Agresti,
/// Categorical Data Analysis, § 10.1).
///
/// If either direction is as likely, the split is binomial with ½; the two-sided
/// value is twice the smaller tail, at most 1. Without a pair that differs it is 1.
///
/// # Errors
/// More than [`crate::MAX_COUNT`] pairs that differ.
pub fn mcnemar_exact(first: u64, second: u64) -> Result<McNemar, Error> {
    counted("the number of pairs", first)?;
    counted("the number of pairs", second)?;
    let differing = first + second;
    counted("the number of pairs", differing)?;
    let law = Binomial {
        n: differing,
        p: 0.5,
        q: 0.5,
    };
    Ok(McNemar {
        differing,
        two_sided: (2.0 * at_most(&law, first.min(second))).min(1.0),
        greater: at_least(&law, first).min(1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, relative: f64) {
        assert!(
            (found - expected).abs() <= relative * expected,
            "{found} {expected}"
        );
    }

    /// R. A. Fisher, The Design of Experiments (1935), chapter II: eight cups, of
    /// which three of four are named rightly. 1, 16, 36, 16, 1 of 70.
    #[test]
    fn the_lady_tasting_tea_has_seventeen_of_seventy() {
        let found = fisher_exact([[3, 1], [1, 3]]).unwrap();
        close(found.greater, 17.0 / 70.0, 1e-14);
        close(found.less, 69.0 / 70.0, 1e-14);
        close(found.two_sided, 34.0 / 70.0, 1e-14);
        assert_eq!(found.odds_ratio, Some(9.0));
        close(
            fisher_exact([[4, 0], [0, 4]]).unwrap().greater,
            1.0 / 70.0,
            1e-14,
        );
    }

    /// R. A. Fisher, Statistical Methods for Research Workers, § 21.02: convictions
    /// of twins; the one-sided value there is 0.0004652, the two-sided that of R.
    #[test]
    fn the_convicted_twins_are_those_of_the_book() {
        let found = fisher_exact([[10, 3], [2, 15]]).unwrap();
        close(found.greater, 0.000_465_2, 1e-4);
        close(found.two_sided, 0.000_536_7, 1e-4);
    }

    #[test]
    fn an_empty_row_or_column_tells_nothing() {
        for table in [[[0, 0], [3, 4]], [[3, 0], [4, 0]], [[0, 0], [0, 0]]] {
            let found = fisher_exact(table).unwrap();
            assert_eq!((found.two_sided, found.odds_ratio), (1.0, None));
        }
    }

    #[test]
    fn ten_pairs_split_nine_to_one_have_twenty_two_of_1024() {
        let found = mcnemar_exact(9, 1).unwrap();
        close(found.two_sided, 22.0 / 1024.0, 1e-14);
        close(found.greater, 11.0 / 1024.0, 1e-14);
        assert_eq!(mcnemar_exact(0, 0).unwrap().two_sided, 1.0);
        assert_eq!(mcnemar_exact(4, 4).unwrap().two_sided, 1.0);
    }
}
