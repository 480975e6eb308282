use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A run of bytes in an exhibit: `offset` from its first byte, `length` in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// Bytes before the run.
    pub offset: u64,
    /// Bytes in the run.
    pub length: u64,
}

impl Span {
    /// A run of `length` bytes that begins `offset` bytes into the exhibit.
    #[must_use]
    pub const fn new(offset: u64, length: u64) -> Self {
        Self { offset, length }
    }

    /// The part `range` of this run, as a run of the exhibit.
    #[must_use]
    pub const fn slice(&self, range: &Range<usize>) -> Self {
        Self::new(
            self.offset + range.start as u64,
            (range.end - range.start) as u64,
        )
    }

    /// The byte just behind the run.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.offset + self.length
    }
}
