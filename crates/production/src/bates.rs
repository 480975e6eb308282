//! Bates numbers: `ACME0000001`.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// How the pages of a matter are numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbering {
    prefix: String,
    width: usize,
}

impl Numbering {
    /// Numbers of `width` digits behind `prefix`.
    ///
    /// # Errors
    /// [`Error::Prefix`], [`Error::Width`].
    pub fn new(prefix: &str, width: usize) -> Result<Self, Error> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let begins = prefix.starts_with(|c: char| c.is_ascii_alphabetic());
        let ends = !prefix.ends_with(|c: char| c.is_ascii_digit());
        if !begins || !ends || prefix.len() > 20 || !prefix.chars().all(plain) {
            return Err(Error::Prefix(prefix.to_owned()));
        }
        if !(4..=12).contains(&width) {
            return Err(Error::Width(width));
        }
        Ok(Self {
            prefix: prefix.to_owned(),
            width,
        })
    }

    /// The number `n`, from 1.
    ///
    /// # Errors
    /// [`Error::UsedUp`] where it has more digits, or is 0.
    pub fn number(&self, n: u64) -> Result<Bates, Error> {
        let width = u32::try_from(self.width).unwrap_or(u32::MAX);
        let end = 10_u64.checked_pow(width).unwrap_or(u64::MAX);
        if n == 0 || n >= end {
            return Err(Error::UsedUp {
                prefix: self.prefix.clone(),
                width: self.width,
            });
        }
        Ok(Bates {
            numbering: self.clone(),
            n,
        })
    }

    /// The prefix.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}

/// The number of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bates {
    numbering: Numbering,
    n: u64,
}

impl Bates {
    /// The number so many pages on.
    ///
    /// # Errors
    /// [`Error::UsedUp`].
    pub fn plus(&self, pages: u64) -> Result<Self, Error> {
        self.numbering.number(self.n.saturating_add(pages))
    }

    /// The number without its prefix.
    #[must_use]
    pub const fn n(&self) -> u64 {
        self.n
    }

    /// The prefix.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.numbering.prefix
    }
}

impl fmt::Display for Bates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Numbering { prefix, width } = &self.numbering;
        write!(f, "{prefix}{:0width$}", self.n)
    }
}

impl FromStr for Bates {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (prefix, number) = text.split_at(text.len() - digits);
        let numbering = Numbering::new(prefix, digits)?;
        let n = number.parse().map_err(|_| Error::Width(digits))?;
        numbering.number(n)
    }
}

/// The highest number that the notes of earlier productions name under a prefix,
/// whatever its width: a note says `Bates ACME0000001 to ACME0000024`.
#[must_use]
pub fn highest<'n>(notes: impl IntoIterator<Item = &'n str>, prefix: &str) -> Option<u64> {
    let words = notes
        .into_iter()
        .flat_map(|note| note.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_'));
    words
        .filter_map(|word| word.parse::<Bates>().ok())
        .filter(|bates| bates.prefix() == prefix)
        .map(|bates| bates.n)
        .max()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_prefix_that_could_be_misread_is_refused() {
        for prefix in ["", "A1", "1A", "A B", "A,", "Ä", "-A", &"A".repeat(21)] {
            assert!(Numbering::new(prefix, 7).is_err(), "{prefix}");
        }
        assert!(Numbering::new("ACME-2026_X", 7).is_ok());
        assert!(Numbering::new("A", 3).is_err());
        assert!(Numbering::new("A", 13).is_err());
    }

    #[test]
    fn numbers_end_where_their_digits_do() {
        let numbering = Numbering::new("ABC", 4).unwrap();
        let last = numbering.number(9_999).unwrap();
        assert_eq!(last.to_string(), "ABC9999");
        assert!(last.plus(1).is_err());
        assert!(numbering.number(0).is_err());
    }

    #[test]
    fn earlier_productions_are_read_whatever_their_width() {
        let notes = [
            "volume VOL001: Bates ABC0000001 to ABC0000024 (24 pages)",
            "volume VOL002: Bates ABC00025 to ABC00031, confidential; XYZ0099",
        ];
        assert_eq!(highest(notes, "ABC"), Some(31));
        assert_eq!(highest(notes, "XYZ"), Some(99));
        assert_eq!(highest(notes, "AB"), None);
    }

    proptest! {
        #[test]
        fn a_written_number_reads_back(n in 1..9_999_999_u64, prefix in "[A-Za-z][A-Za-z0-9_-]{0,8}[A-Za-z_-]") {
            let bates = Numbering::new(&prefix, 7).unwrap().number(n).unwrap();
            prop_assert_eq!(bates.to_string().parse::<Bates>().unwrap(), bates);
        }
    }
}
