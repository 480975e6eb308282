//! Tables and custody to PDF: the expert report, the certification under
//! FRE 902(13) and (14), the custody log, and the placeholders for exhibits
//! that are produced in native format.
//!
//! The documents are typeset by typst in a closed world ([`ReportInput`], the
//! templates in `reports/templates/`, the fonts compiled in) to PDF/A-3a and
//! PDF/UA-1; the same input gives the same bytes. Evidence reaches the
//! typesetter as data and is made safe to print first. Opinions, signatures
//! and whatever else only a person can state are printed as marked blanks.

// The tests' fixture names the crate as a user of it does.
#[cfg(test)]
extern crate self as affiant_report;

mod counts;
mod eol;
mod error;
mod face;
mod flow;
mod input;
mod placeholder;
mod printable;
mod rules;
mod statements;
mod view;
mod world;

pub use error::Error;
pub use input::{Attachment, Dataset, Program, ReportInput};
pub use placeholder::placeholder;

use world::typeset;

/// Makes the draft of an expert report with the six parts of Fed. R. Civ. P.
/// 26(a)(2)(B). What is the witness's to state is left blank and marked.
///
/// # Errors
/// [`Error::Inconsistent`] where the figures contradict one another,
/// [`Error::Layout`] where the PDF would not meet PDF/A-3a and PDF/UA-1.
pub fn expert_report(input: &ReportInput<'_>) -> Result<Vec<u8>, Error> {
    make(
        "expert-report.typ",
        &view::expert_report(input)?,
        input,
        input.tables,
    )
}

/// Makes the draft of a certification under Fed. R. Evid. 902(13) and (14).
///
/// # Errors
/// [`Error::Layout`] where the PDF would not meet PDF/A-3a and PDF/UA-1.
pub fn certification_902(input: &ReportInput<'_>) -> Result<Vec<u8>, Error> {
    make(
        "certification-902.typ",
        &view::certification_902(input)?,
        input,
        &[],
    )
}

/// Makes the custody log: every event of the ledger, with the chain of digests.
///
/// # Errors
/// [`Error::Layout`] where the PDF would not meet PDF/A-3a and PDF/UA-1.
pub fn custody_log(input: &ReportInput<'_>) -> Result<Vec<u8>, Error> {
    make("custody-log.typ", &view::custody_log(input)?, input, &[])
}

fn make(
    document: &'static str,
    data: &[u8],
    input: &ReportInput<'_>,
    attachments: &[Attachment],
) -> Result<Vec<u8>, Error> {
    let creator = format!("{} {}", input.program.name, input.program.version);
    typeset(document, data, attachments, input.as_of, &creator)
}
