use crate::{Error, real};

/// Holm's adjustment: of each p-value, the level at which it is still rejected when
/// the chance of one false rejection among all is held (S. Holm, "A Simple
/// Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
/// Statistics 6 (1979), 65–70). It needs no assumption on how the tests hang together.
///
/// In rising order the i-th of m is multiplied by m − i + 1, is at least the one
/// before it and at most 1. The answer has the order of the input.
///
/// # Errors
/// A p-value that is not from 0 to 1, by its place.
pub fn holm(values: &[f64]) -> Result<Vec<f64>, Error> {
    let order = rising(values)?;
    let mut adjusted = vec![0.0; values.len()];
    let mut floor = 0.0_f64;
    for (rank, &place) in order.iter().enumerate() {
        floor = floor
            .max(values[place] * size(values.len() - rank))
            .min(1.0);
        adjusted[place] = floor;
    }
    Ok(adjusted)
}

/// The adjustment of Benjamini and Hochberg: of each p-value, the share of false
/// rejections at which it is still rejected (Y. Benjamini, Y. Hochberg, "Controlling
/// the False Discovery Rate", Journal of the Royal Statistical Society B 57 (1995),
/// 289–300). It holds for independent tests and some that hang together; it holds
/// a share, not the chance of a single false rejection.
///
/// In rising order the i-th of m is multiplied by m / i, is at most the one after it
/// and at most 1. The answer has the order of the input.
///
/// # Errors
/// A p-value that is not from 0 to 1, by its place.
pub fn benjamini_hochberg(values: &[f64]) -> Result<Vec<f64>, Error> {
    let order = rising(values)?;
    let mut adjusted = vec![0.0; values.len()];
    let mut ceiling = 1.0_f64;
    for (rank, &place) in order.iter().enumerate().rev() {
        ceiling = ceiling.min(values[place] * size(values.len()) / size(rank + 1));
        adjusted[place] = ceiling;
    }
    Ok(adjusted)
}

/// Places in rising order of value; of equal ones the first stays first.
fn rising(values: &[f64]) -> Result<Vec<usize>, Error> {
    for (index, &value) in values.iter().enumerate() {
        if !(0.0..=1.0).contains(&value) {
            return Err(Error::PValue {
                place: index + 1,
                value,
            });
        }
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    Ok(order)
}

/// A length as a number.
const fn size(length: usize) -> f64 {
    real(length as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fifteen p-values of Benjamini and Hochberg (1995), § 4: at 0.05 their
    /// procedure rejects the four smallest, those that hold the familywise rate three.
    #[test]
    fn the_example_of_the_paper_rejects_four_and_three() {
        let values = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let below = |adjusted: Vec<f64>| adjusted.iter().filter(|&&p| p <= 0.05).count();
        assert_eq!(below(benjamini_hochberg(&values).unwrap()), 4);
        assert_eq!(below(holm(&values).unwrap()), 3);
    }

    #[test]
    fn the_order_of_the_input_is_kept_and_no_step_goes_back() {
        // By hand: 4·.005, 3·.01, 2·.03, then no less than that.
        let found = holm(&[0.01, 0.04, 0.03, 0.005]).unwrap();
        for (found, expected) in found.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found - expected).abs() < 1e-15);
        }
        // By hand: 4/1·.005, 4/2·.01, then no more than 4/4·.04.
        let found = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.005]).unwrap();
        for (found, expected) in found.iter().zip([0.02, 0.04, 0.04, 0.02]) {
            assert!((found - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn nothing_stays_nothing_and_what_is_no_probability_is_named() {
        assert_eq!(holm(&[]).unwrap(), Vec::<f64>::new());
        assert!(matches!(
            holm(&[0.1, 1.5]),
            Err(Error::PValue { place: 2, .. })
        ));
        assert!(benjamini_hochberg(&[f64::NAN]).is_err());
    }
}
