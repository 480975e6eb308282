//! The set of documents: what each is called, for whom it is, and how it is made.

use affiant_model::Forum;

use crate::{Error, ReportInput, ReviewTables, SummaryTables, make, view, volume};

/// What the documents of a case are made from.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The case, its custody and its findings.
    pub input: ReportInput<'a>,
    /// The tables that the summaries are printed from.
    pub tables: SummaryTables<'a>,
    /// The tables that the reviews are printed from.
    pub review: ReviewTables<'a>,
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
    /// The values that public versions leave out, under Fed. R. Civ. P. 5.2(g); sealed.
    ReferenceList,
    /// What was taken out of the public versions made before it.
    RedactionLog,
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
        Self::ReferenceList,
        Self::RedactionLog,
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
            Self::ReferenceList => "reference-list",
            Self::RedactionLog => "redaction-log",
        }
    }

    /// The forum that it is for; `None` for one that serves before any.
    #[must_use]
    pub const fn forum(self) -> Option<Forum> {
        match self {
            Self::ExpertReport
            | Self::Certification902
            | Self::Summaries1006
            | Self::EvidenceMatrix => Some(Forum::UnitedStates),
            Self::CustodyLog | Self::GapReview | Self::ReferenceList | Self::RedactionLog => None,
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
        let redaction = material.input.redaction;
        before
            && match self {
                // Without a notice there is nothing to hold against what was observed.
                Self::GapReview => !case.notices.is_empty(),
                Self::ReferenceList => redaction.is_some_and(|r| r.public().is_none()),
                Self::RedactionLog => redaction.is_some_and(|r| r.public().is_some()),
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
            Self::ReferenceList => volume::reference_list(input, tables),
            Self::RedactionLog => volume::redaction_log(input, tables),
        }
    }
}
