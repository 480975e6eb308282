//! Reading of a PDF that nobody vouches for (ISO 32000-1). The file is read
//! from its first byte to its last, so that what was replaced or deleted is seen
//! too; what its cross-reference tables lead to besides is read as well. Work and memory are bounded.

mod filter;
mod follow;
mod fonts;
mod pages;
#[cfg(test)]
pub(crate) mod sample;
mod scan;
mod shown;
mod syntax;
mod table;
mod unicode;

pub(crate) use filter::{decode, inflate};
pub(crate) use fonts::Fonts;
pub(crate) use pages::pages;
pub(crate) use scan::{Indirect, Scan, occurrences, scan};
pub(crate) use shown::shown;
pub(crate) use syntax::{Dict, Object, Reader};

/// Longest decoded stream, in bytes.
pub(crate) const MAX_STREAM: usize = 64 << 20;

/// Decoded bytes of all streams together.
pub(crate) const MAX_DECODED: usize = 256 << 20;
