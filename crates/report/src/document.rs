//! The set of documents: what each is called, for whom it is, and how it is made.

use affiant_model::Forum;

use crate::{
    Book, Error, ReportInput, ReviewTables, SummaryTables, book, figures, make, verification, view,
    volume,
};

/// What the documents of a case are made from.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The case, its custody and its findings.
    pub input: ReportInput<'a>,
    /// The tables that the summaries are printed from.
    pub tables: SummaryTables<'a>,
    /// The tables that the reviews are printed from.
    pub review: ReviewTables<'a>,
    /// The exchanges that the exhibit book prints.
    pub book: &'a Book,
}

/// A document of the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Document {
    /// Draft of an expert's report with the six parts of Fed. R. Civ. P.
    /// 26(a)(2)(B). What is the witness's to state is left blank and marked.
    ExpertReport,
    /// Draft of a certification under Fed. R. Evid. 902(13) and (14).
    Certification902,
    /// Summaries under Fed. R. Evid. 1006.
    Summaries1006,
    /// Elements of claims, and the rows that speak to each.
    EvidenceMatrix,
    /// Every event of the ledger, with the chain of digests.
    CustodyLog,
    /// What was declared, held against what was observed.
    GapReview,
    /// Illustrative aids under Fed. R. Evid. 107.
    Aids107,
    /// Slip sheets, and each cited exchange in print.
    ExhibitBook,
    /// What was computed again, and what came of it.
    Verification,
}

impl Document {
    /// Every document, in the order in which they are made.
    pub const ALL: &'static [Self] = &[
        Self::ExpertReport,
        Self::Certification902,
        Self::Summaries1006,
        Self::EvidenceMatrix,
        Self::CustodyLog,
        Self::GapReview,
        Self::Aids107,
        Self::ExhibitBook,
        Self::Verification,
    ];

    /// Its name: of its file, without the ending, and in `signatories` of the case file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExpertReport => "expert-report",
            Self::Certification902 => "certification-902",
            Self::Summaries1006 => "summaries-1006",
            Self::EvidenceMatrix => "evidence-matrix",
            Self::CustodyLog => "custody-log",
            Self::GapReview => "gap-review",
            Self::Aids107 => "aids-107",
            Self::ExhibitBook => "exhibit-book",
            Self::Verification => "verification",
        }
    }

    /// The forum that it is for; `None` for one that serves before any.
    #[must_use]
    pub const fn forum(self) -> Option<Forum> {
        match self {
            Self::ExpertReport
            | Self::Certification902
            | Self::Summaries1006
            | Self::EvidenceMatrix
            | Self::Aids107 => Some(Forum::UnitedStates),
            Self::CustodyLog | Self::GapReview | Self::ExhibitBook | Self::Verification => None,
        }
    }

    /// Its sheet of paper, as the typesetter calls it.
    pub(crate) const fn paper(self) -> &'static str {
        match self.forum() {
            Some(Forum::UnitedStates) | None => "us-letter",
            Some(_) => "a4",
        }
    }

    /// Whether the case calls for it: its forum does, and there is what it tells of.
    #[must_use]
    pub fn is_called_for(self, material: &Material<'_>) -> bool {
        let case = material.input.case;
        let before = self
            .forum()
            .is_none_or(|forum| case.matter.is_before(forum));
        before
            && match self {
                // Without a notice there is nothing to hold against what was observed.
                Self::GapReview => !case.notices.is_empty(),
                Self::Aids107 => figures::has_any(&material.input, &material.tables),
                _ => true,
            }
    }

    /// Makes it.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] where figures contradict one another,
    /// [`Error::Figure`] where one cannot be put into words,
    /// [`Error::Layout`] where the PDF would not meet PDF/A-3a and PDF/UA-1.
    pub fn make(self, material: &Material<'_>) -> Result<Vec<u8>, Error> {
        let Material {
            input,
            tables,
            review,
            book,
        } = material;
        match self {
            Self::ExpertReport => make(
                "expert-report.typ",
                &view::expert_report(input)?,
                input,
                &view::attachments(input, input.tables),
            ),
            Self::Certification902 => make(
                "certification-902.typ",
                &view::certification_902(input)?,
                input,
                &view::attachments(input, &[]),
            ),
            Self::CustodyLog => make(
                "custody-log.typ",
                &view::custody_log(input)?,
                input,
                &view::attachments(input, &[]),
            ),
            Self::Summaries1006 => volume::summaries_1006(input, tables),
            Self::EvidenceMatrix => volume::evidence_matrix(input, tables, review),
            Self::GapReview => volume::gap_review(input, tables, review),
            Self::Aids107 => figures::aids_107(input, tables),
            Self::ExhibitBook => book::exhibit_book(input, book),
            Self::Verification => verification::verification(input),
        }
    }
}
