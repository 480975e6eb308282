//! The set of documents: what each is called, for whom it is, and how it is made.

use affiant_model::{Case, Forum};

use crate::form::{form_of, sheet};
use crate::forums::{self, Language};
use crate::volume::Volume;
use crate::{
    Book, Error, ReportInput, ReviewTables, SummaryTables, binder, figures, make, verification,
    view, volume, written,
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
    /// Written notice under Fed. R. Evid. 902(11), (13) and (14).
    Notice90211,
    /// Declaration of facts under 28 U.S.C. § 1746.
    Declaration,
    /// Allegations of fact for a complaint, each with its citation.
    Allegations,
    /// Appendix on validation, by the letters of Fed. R. Evid. 702.
    Validation,
    /// Summaries under Fed. R. Evid. 1006.
    Summaries1006,
    /// Elements of claims, and the rows that speak to each.
    EvidenceMatrix,
    /// Every event of the ledger, with the chain of digests.
    CustodyLog,
    /// What was declared, held against what was observed.
    GapReview,
    /// Annex to a complaint under Art. 77 GDPR, in English.
    GdprComplaintEn,
    /// The same, in German.
    GdprComplaintDe,
    /// Technical report for a supervisory authority, in English.
    GdprTechnicalEn,
    /// The same, in German.
    GdprTechnicalDe,
    /// Draft of an expert's report under CPR Part 35.
    Cpr35Report,
    /// Certificate under s. 63(4) of the Bharatiya Sakshya Adhiniyam, 2023.
    BsaCertificate,
    /// Certificate under s. 65B(4) of the Indian Evidence Act, 1872.
    Iea65bCertificate,
    /// Illustrative aids under Fed. R. Evid. 107.
    Aids107,
    /// Slip sheets, and each cited exchange in print.
    ExhibitBook,
    /// What was computed again, and what came of it.
    Verification,
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
        Self::Notice90211,
        Self::Declaration,
        Self::Allegations,
        Self::Validation,
        Self::Summaries1006,
        Self::EvidenceMatrix,
        Self::CustodyLog,
        Self::GapReview,
        Self::GdprComplaintEn,
        Self::GdprComplaintDe,
        Self::GdprTechnicalEn,
        Self::GdprTechnicalDe,
        Self::Cpr35Report,
        Self::BsaCertificate,
        Self::Iea65bCertificate,
        Self::Aids107,
        Self::ExhibitBook,
        Self::Verification,
        Self::ReferenceList,
        Self::RedactionLog,
    ];

    /// Its name: of its file, without the ending, and in `signatories` of the case file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExpertReport => "expert-report",
            Self::Certification902 => "certification-902",
            Self::Notice90211 => "notice-902-11",
            Self::Declaration => "declaration",
            Self::Allegations => "allegations",
            Self::Validation => "validation",
            Self::Summaries1006 => "summaries-1006",
            Self::EvidenceMatrix => "evidence-matrix",
            Self::CustodyLog => "custody-log",
            Self::GapReview => "gap-review",
            Self::GdprComplaintEn => "gdpr-complaint-en",
            Self::GdprComplaintDe => "gdpr-complaint-de",
            Self::GdprTechnicalEn => "gdpr-technical-en",
            Self::GdprTechnicalDe => "gdpr-technical-de",
            Self::Cpr35Report => "cpr35-report",
            Self::BsaCertificate => "bsa-certificate",
            Self::Iea65bCertificate => "iea-65b-certificate",
            Self::Aids107 => "aids-107",
            Self::ExhibitBook => "exhibit-book",
            Self::Verification => "verification",
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
            | Self::Notice90211
            | Self::Declaration
            | Self::Allegations
            | Self::Validation
            | Self::Summaries1006
            | Self::EvidenceMatrix
            | Self::Aids107 => Some(Forum::UnitedStates),
            Self::CustodyLog
            | Self::GapReview
            | Self::ExhibitBook
            | Self::Verification
            | Self::ReferenceList
            | Self::RedactionLog => None,
            Self::GdprComplaintEn
            | Self::GdprComplaintDe
            | Self::GdprTechnicalEn
            | Self::GdprTechnicalDe => Some(Forum::EuropeanUnion),
            Self::Cpr35Report => Some(Forum::UnitedKingdom),
            Self::BsaCertificate | Self::Iea65bCertificate => Some(Forum::India),
        }
    }

    /// Its sheet of paper, as the typesetter calls it.
    pub(crate) fn paper(self, case: &Case) -> &'static str {
        sheet(&form_of(case, self.forum()))
    }

    /// Its language.
    pub(crate) const fn language(self) -> Language {
        match self {
            Self::GdprComplaintDe | Self::GdprTechnicalDe => Language::German,
            _ => Language::English,
        }
    }

    /// The region whose spelling its language has, as the typesetter calls it.
    pub(crate) const fn region(self) -> &'static str {
        match (self.language(), self.forum()) {
            (Language::German, _) => "de",
            (Language::English, Some(Forum::UnitedStates) | None) => "us",
            (Language::English, Some(_)) => "gb",
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
                Self::Aids107 => figures::has_any(&material.input, &material.tables),
                Self::ReferenceList => redaction.is_some_and(|r| r.public().is_none()),
                Self::RedactionLog => redaction.is_some_and(|r| r.public().is_some()),
                // It prints the bytes of the evidence.
                Self::ExhibitBook => redaction.is_none_or(|r| r.public().is_none()),
                _ => true,
            }
    }

    /// Makes it; of one that is divided, the first part.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] where figures contradict one another,
    /// [`Error::Figure`] where one cannot be put into words,
    /// [`Error::Layout`] where the PDF would not meet PDF/A-3a and PDF/UA-1.
    pub fn make(self, material: &Material<'_>) -> Result<Vec<u8>, Error> {
        if let Some(volume) = self.volume(material)? {
            let first = volume.divide(view::PRINTED_ROWS).into_iter().next();
            return volume::typeset(&material.input, self, first.as_ref().unwrap_or(&volume));
        }
        let input = &material.input;
        match self {
            Self::ExpertReport => make(
                "expert-report.typ",
                &view::expert_report(input)?,
                input,
                &view::attachments(input, input.tables),
            ),
            Self::Certification902 => {
                let (data, attached) = view::certification_902(input)?;
                make("certification-902.typ", &data, input, &attached)
            }
            Self::Notice90211 => written::make("notice-902-11.typ", self, material),
            Self::Declaration => written::make("declaration.typ", self, material),
            Self::Allegations => written::make("allegations.typ", self, material),
            Self::Validation => written::make("validation.typ", self, material),
            Self::GdprComplaintEn | Self::GdprComplaintDe => forums::gdpr_complaint(self, material),
            Self::GdprTechnicalEn | Self::GdprTechnicalDe => forums::gdpr_technical(self, material),
            Self::Cpr35Report => forums::cpr35_report(self, material),
            Self::BsaCertificate => forums::certificate(self, "bsa-certificate.typ", input),
            Self::Iea65bCertificate => forums::certificate(self, "iea-65b-certificate.typ", input),
            Self::Aids107 => figures::aids_107(input, &material.tables),
            Self::ExhibitBook => binder::whole(input, material.book),
            Self::Verification => verification::verification(input),
            // Those that are volumes were made above.
            Self::CustodyLog
            | Self::Summaries1006
            | Self::EvidenceMatrix
            | Self::GapReview
            | Self::ReferenceList
            | Self::RedactionLog => make(
                "custody-log.typ",
                &view::custody_log(input)?,
                input,
                &view::attachments(input, &[]),
            ),
        }
    }

    /// Its tables, where it is one that is tables.
    pub(crate) fn volume(self, material: &Material<'_>) -> Result<Option<Volume>, Error> {
        let Material {
            input,
            tables,
            review,
            ..
        } = material;
        Ok(match self {
            Self::Summaries1006 => Some(volume::summaries_1006(input, tables)?),
            Self::EvidenceMatrix => Some(volume::evidence_matrix(tables, review)),
            Self::GapReview => Some(volume::gap_review(input, tables, review)),
            Self::ReferenceList => Some(volume::reference_list(input, tables)),
            Self::RedactionLog => Some(volume::redaction_log(input, tables)),
            _ => None,
        })
    }
}
