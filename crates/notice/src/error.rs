use crate::MAX_BYTES;

/// Why an exhibit is not read as a notice. It is preserved all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is larger than [`MAX_BYTES`].
    #[error(
        "{0} bytes are more than the {MAX_BYTES} that are read of a notice; take in the page or export alone"
    )]
    TooLarge(usize),
    /// It is not UTF-8.
    #[error("byte {0} is not UTF-8; take in the file as it was downloaded")]
    NotText(usize),
    /// It is not JSON.
    #[error("not JSON: {0}; take in the file as it was downloaded")]
    NotJson(String),
    /// It is not of the form that it was read as.
    #[error("not a {form}: {why}")]
    NotThisForm {
        /// Name of the form.
        form: &'static str,
        /// What is missing.
        why: String,
    },
}
