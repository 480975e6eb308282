/// What cannot be computed, and why.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Error {
    /// A confidence that is no share.
    #[error("the confidence is {0}; give a number above 0 and below 1, such as 0.95")]
    Confidence(f64),
    /// More successes than trials.
    #[error("{successes} of {trials} is no share; give at most as many successes as trials")]
    MoreThanAll {
        /// The successes.
        successes: u64,
        /// The trials.
        trials: u64,
    },
    /// No trial was made, so nothing can be said of a share.
    #[error("there are no trials; give at least 1")]
    NoTrials,
    /// A count above [`crate::MAX_COUNT`].
    #[error("{what} is {count}; counts up to 1000000000 are computed")]
    TooLarge {
        /// Which count.
        what: &'static str,
        /// The count.
        count: u64,
    },
    /// An exposure that is no length of time or other amount.
    #[error("the exposure is {0}; give a finite number above 0, the same unit for both")]
    Exposure(f64),
    /// A p-value that is no probability.
    #[error("p-value number {place} is {value}; give numbers from 0 to 1")]
    PValue {
        /// Its place in the list, from 1.
        place: usize,
        /// The value.
        value: f64,
    },
}
