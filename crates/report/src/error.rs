/// Why a document was not made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The figures handed in contradict one another, so that a report of them
    /// would contradict itself.
    #[error("{what} is {found} by one table and {expected} by another; analyse the case again")]
    Inconsistent {
        /// Which figure.
        what: &'static str,
        /// The figure by the transmittals.
        expected: u64,
        /// The figure by the other table.
        found: u64,
    },
    /// A figure cannot be put into words.
    #[error("a figure of the tables is wrong: {0}; analyse the case again")]
    Figure(#[from] affiant_stats::Error),
    /// The document could not be laid out, or not to the standard promised.
    #[error("`{document}` could not be made to PDF/A and PDF/UA-1: {message}")]
    Layout {
        /// File name of the document's template.
        document: &'static str,
        /// What the typesetter says, one line for each finding.
        message: String,
    },
    /// A text is too long for a QR code.
    #[error(
        "{what} has {bytes} bytes, and a QR code of error correction M holds 2331; serve the file itself beside a notice of a shorter one"
    )]
    TooLongForQr {
        /// Which text.
        what: &'static str,
        /// Its length.
        bytes: usize,
    },
    /// A file that should be a PDF could not be read as one.
    #[error("the file could not be inspected as a PDF: {0}; inspect the copy that was filed")]
    Inspect(String),
    /// A table that is to be compared cannot be read.
    #[error("the table `{name}` cannot be read: {message}")]
    Table {
        /// Its name.
        name: String,
        /// What is wrong with it.
        message: String,
    },
    /// A dataset that is compiled in cannot be read.
    #[error("a dataset of the program cannot be read: {0}")]
    Dataset(String),
    /// The data could not be written for the typesetter.
    #[error("the data of the document could not be written as JSON: {0}")]
    Data(#[from] serde_json::Error),
    /// A PDF could not be stamped.
    #[error("the PDF cannot be stamped: {0}")]
    Stamp(String),
    /// A value could not be taken out of a public version.
    #[error(transparent)]
    Redact(#[from] affiant_redact::Error),
    /// A placeholder could not be drawn.
    #[error("the placeholder of {exhibit} could not be drawn: {message}")]
    Placeholder {
        /// The exhibit.
        exhibit: affiant_model::ExhibitId,
        /// What went wrong.
        message: String,
    },
}
