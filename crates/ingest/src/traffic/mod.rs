mod foreign;
mod har;
mod json;
mod mitmproxy;
mod scan;

use std::io::Read;

use affiant_model::{Capture, ExhibitId, Span};

use crate::{Limits, Refusal, Sink};

/// Number of bytes from the start of a file that suffice to recognise its format.
pub const HEAD_BYTES: usize = 64 << 10;

/// Reads one kind of traffic log.
pub trait Format: Sync {
    /// Short name, as recorded for an exhibit: `har`.
    fn name(&self) -> &'static str;

    /// Name in full, as a report prints it.
    fn title(&self) -> &'static str;

    /// Tells whether a file that begins with `head`, its first [`HEAD_BYTES`]
    /// bytes or all of it, may be of this kind. What follows may still prove
    /// otherwise.
    fn recognise(&self, head: &[u8]) -> bool;

    /// Reads the whole of `input`, bytes of the exhibit `exhibit` from its
    /// first, and hands out each item in the order of the file.
    ///
    /// # Errors
    ///
    /// A refusal, where nothing of the file can be read as this format or the
    /// input fails.
    fn read(
        &self,
        input: &mut dyn Read,
        exhibit: ExhibitId,
        limits: &Limits,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal>;

    /// What the byte range of an entry is, in words, as the ledger records it.
    fn range_rule(&self) -> &'static str;

    /// Hands out the byte range of each entry, also of one that cannot be
    /// read, so that the n-th range is that of exchange n. They ascend and do
    /// not overlap. A file that ends early ends the ranges, without an error.
    ///
    /// # Errors
    ///
    /// As for [`Format::read`].
    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal>;
}

/// Lists the formats in the order in which they are tried: HAR last, because
/// it claims any JSON object whose beginning does not exclude it.
#[must_use]
pub fn formats() -> &'static [&'static dyn Format] {
    &[&mitmproxy::Mitmproxy, &har::Har]
}

/// Finds a format by its short name.
#[must_use]
pub fn format_named(name: &str) -> Option<&'static dyn Format> {
    formats().iter().copied().find(|f| f.name() == name)
}

/// Finds the format of a file by its content.
///
/// `head` is the first [`HEAD_BYTES`] bytes of the file, or all of it.
///
/// # Errors
///
/// A refusal that names what the file is instead, and the remedy.
pub fn recognise(head: &[u8]) -> Result<&'static dyn Format, Refusal> {
    formats()
        .iter()
        .copied()
        .find(|format| format.recognise(head))
        .ok_or_else(|| foreign::refusal(head))
}
