use std::io;

/// Says why a file is not read as a traffic log at all, and what to do about it.
///
/// Whatever can be read of a file is read: a refusal means that no entry was.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The file is of another kind, or of none that this version reads.
    #[error("not a {wanted}: {cause}{}; {remedy}", at(*.offset))]
    NotThisFormat {
        /// The format that was looked for: `HAR`.
        wanted: &'static str,
        /// What the file is instead, or what it lacks.
        cause: String,
        /// Bytes of the file before the place, where it has one.
        offset: Option<u64>,
        /// What to do.
        remedy: &'static str,
    },
    /// The file could not be read to its end.
    #[error("the traffic log cannot be read beyond byte {offset}: check the medium and try again")]
    Read {
        /// Bytes that were read.
        offset: u64,
        /// What the operating system says.
        source: io::Error,
    },
}

/// The place, as a part of a sentence.
fn at(offset: Option<u64>) -> String {
    offset.map_or_else(String::new, |offset| format!(" (at byte {offset})"))
}
