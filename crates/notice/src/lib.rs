//! What was declared, and the gap review: what was declared against what was observed.
//!
//! [`read_notice`] takes a [`Notice`](affiant_model::Notice) of the case file with the bytes of
//! its exhibit and gives a [`ReadNotice`]: the practices that the exhibit itself lists, where its
//! form is known (`readers/`, one form a file), and those that a person read in it, each bound to
//! the bytes of its passage by [`bind`]. [`judge`] holds [`Observed`] against them and gives a
//! [`GapRow`] for each recipient, datum and version of a notice, by the rules that [`rules`] lists.
//!
//! *Declared* is not *done*, and *not declared* is said only of the practices that were read.
//! Nothing here is a conclusion of law.

mod bind;
mod error;
mod gap;
mod json;
mod judge;
mod matching;
mod overrides;
mod readers;
mod reading;
mod remarks;
mod rules;
mod text;
mod vocabulary;

pub use bind::{QuoteProblem, bind, bind_once};
pub use error::Error;
pub use gap::{AppliedOverride, GapRow, Observed, Passage, Review};
pub use judge::judge;
pub use readers::{Format, manifest_practices, read_as, recognise};
pub use reading::{ReadNotice, ReadPractice, Reading, read_notice};
pub use rules::{Rule, rules};
pub use vocabulary::{DatumTerms, Vocabulary};

/// The largest exhibit that is read as a notice, in bytes: 8 MiB. Saved pages and
/// lists of vendors are far below.
pub const MAX_BYTES: usize = 8 << 20;

/// The most practices that are taken from one exhibit.
pub const MAX_PRACTICES: usize = 20_000;
