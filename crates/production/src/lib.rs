//! Productions under Fed. R. Civ. P. 34: Bates numbers, and the load files by
//! which a review platform takes a production in.
//!
//! [`Bates`] numbers pages; [`Record`] is one document of a production; [`dat`],
//! [`opt`] and [`csv()`] write load files of them. There is no standard of these
//! forms: they follow what Relativity and Everlaw document that they read (seen
//! in 2026), with the delimiters that Concordance made usual.

mod bates;
mod load;
mod record;

pub use bates::{Bates, Numbering, highest};
pub use load::{csv, dat, opt};
pub use record::{FIELDS, Record};

/// Why a production cannot be numbered or listed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The prefix would be misread.
    #[error(
        "`{0}` is no Bates prefix: write 1 to 20 letters, digits, `-` or `_`, beginning with a letter and not ending in a digit, so that it is seen where the number begins"
    )]
    Prefix(String),
    /// The width cannot be.
    #[error("Bates numbers have 4 to 12 digits, and not {0}")]
    Width(usize),
    /// No number is left.
    #[error(
        "Bates numbers of {width} digits with the prefix `{prefix}` are used up; choose another prefix or a greater width"
    )]
    UsedUp {
        /// The prefix.
        prefix: String,
        /// Its digits.
        width: usize,
    },
    /// A table could not be written.
    #[error("the load file could not be written: {0}")]
    Table(String),
}
