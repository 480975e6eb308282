//! Tables and custody to PDF: the set of documents that [`Document`] lists, each for its
//! forum; a [`supplement`] to an earlier report; the notice of preserved evidence for
//! service on the other side; placeholders and tabs for exhibits that are produced in
//! native format; and Bates numbers on pages. [`inspect`] and [`text_layers`] look into
//! a PDF that may have been altered, or that should hold no secret any more.
//!
//! The documents are typeset by typst in a closed world ([`ReportInput`], the
//! templates in `reports/templates/`, the fonts compiled in) to PDF/A-3a (a copy
//! for filing: PDF/A-2a) and PDF/UA-1; the same input gives the same bytes. Evidence reaches the
//! typesetter as data and is made safe to print first. Opinions, signatures
//! and whatever else only a person can state are printed as marked blanks.

// The tests' fixture names the crate as a user of it does.
#[cfg(test)]
extern crate self as affiant_report;

mod archival;
mod binder;
mod book;
mod consent;
mod copy;
mod counts;
mod document;
mod eol;
mod error;
mod face;
mod figures;
mod flow;
mod form;
mod forums;
mod history;
mod input;
mod inspect;
mod layers;
mod notice;
mod parts;
mod pdf;
mod placeholder;
mod printable;
mod public;
mod readable;
mod rules;
mod schedule;
mod stamp;
mod statements;
mod supplement;
mod verification;
mod view;
mod volume;
mod world;
mod written;

pub use book::{Book, Cited};
pub use copy::CopyKind;
pub use document::{Document, Material};
pub use error::Error;
pub use form::form_problems;
pub use forums::{Regional, Seat};
pub use input::{Attachment, Dataset, NoticeInput, PrintedName, Program, ReportInput};
pub use inspect::{PdfInspection, inspect};
pub use layers::{TextLayers, page_texts, text_layers};
pub use notice::notice;
pub use parts::{Oversize, Part};
pub use placeholder::{placeholder, tab};
pub use public::{Public, Redaction, Version};
pub use readable::Readable;
pub use schedule::SCHEDULE;
pub use supplement::{Difference, Earlier, difference, supplement};

pub use stamp::{stamp, stampable};
pub use volume::{NoticeRule, ReviewTables, SummaryTables};

pub use world::own_words;

use world::{Standard, Typeset, typeset};

fn make(
    document: &'static str,
    data: &[u8],
    input: &ReportInput<'_>,
    attachments: &[Attachment],
) -> Result<Vec<u8>, Error> {
    make_counted(document, data, input, attachments).map(|made| made.pdf)
}

/// The same, with the number of its pages.
fn make_counted(
    document: &'static str,
    data: &[u8],
    input: &ReportInput<'_>,
    attachments: &[Attachment],
) -> Result<Typeset, Error> {
    let (standard, attachments) = match input.copy {
        CopyKind::Service => (Standard::Service, attachments),
        CopyKind::Filing { .. } => (Standard::Filing, &[][..]),
    };
    let line = input.program.line();
    let public = input.redaction.as_ref().and_then(Redaction::public);
    match public {
        None => typeset(document, data, attachments, input.as_of, &line, standard),
        Some(public) => {
            let (data, attachments) = public.rebuild(data, attachments)?;
            typeset(document, &data, &attachments, input.as_of, &line, standard)
        }
    }
}
