//! The two copies of a document: the one that is served, with its data attached, and
//! the one that is filed, which a court's filing system takes only without.

use affiant_model::{Digest, Form, Forum};
use serde_json::{Value, json};

use crate::form::{file_name, form_of};
use crate::{Document, Error, Material, Part, ReportInput};

/// Which copy of a document is made.
#[derive(Debug, Clone, Copy, Default)]
pub enum CopyKind<'a> {
    /// For service: PDF/A-3a and PDF/UA-1, with the data attached.
    #[default]
    Service,
    /// For filing: PDF/A-2a and PDF/UA-1, with nothing attached.
    Filing {
        /// The copy for service: its path in the case folder, and its SHA-256.
        service: &'a [(String, Digest)],
    },
}

/// The path of a copy for filing, in the case folder.
fn filed(input: &ReportInput<'_>, form: &Form, name: &str) -> String {
    format!("{}/filing/{}.pdf", input.folder(), file_name(form, name))
}

impl CopyKind<'_> {
    /// What the template is told of it.
    pub(crate) fn data(self, input: &ReportInput<'_>, document: Document) -> Value {
        let form = form_of(input.case, document.forum());
        match self {
            Self::Service if document.has_filing_copy() && form.filing_copy => json!({
                "kind": "service",
                "attaches": document.attaches(),
                "other": filed(input, &form, document.name()),
            }),
            Self::Service => json!({ "kind": "service" }),
            Self::Filing { service } => json!({
                "kind": "filing",
                "attaches": document.attaches(),
                "service": service.iter().map(|(path, sha256)| json!({
                    "path": path, "sha256": sha256,
                })).collect::<Vec<_>>(),
            }),
        }
    }
}

impl Document {
    /// Whether it is a paper of the court, and not an exhibit, a table or a record:
    /// papers have the court's form of lines, type and footer.
    #[must_use]
    pub fn is_paper(self) -> bool {
        matches!(
            self,
            Self::Certification902 | Self::Notice90211 | Self::Declaration | Self::Allegations
        )
    }

    /// Whether a copy is made for filing where the court's profile asks for one. What
    /// counsel works with is not filed.
    #[must_use]
    pub fn has_filing_copy(self) -> bool {
        self.forum() == Some(Forum::UnitedStates) && self != Self::EvidenceMatrix
    }

    /// Whether files are attached to its copy for service. Documents that are tables
    /// have none: the tables are files beside them.
    fn attaches(self) -> bool {
        !matches!(
            self,
            Self::Summaries1006 | Self::EvidenceMatrix | Self::GapReview
        )
    }

    /// Makes the copies for filing: none where the court's profile asks for none. `served`
    /// are the paths and digests of the copies for service.
    ///
    /// # Errors
    /// As [`Document::make`], and [`Error::Layout`] where the PDF would not meet PDF/A-2a.
    pub fn make_for_filing(
        self,
        material: &Material<'_>,
        served: &[(String, Digest)],
    ) -> Result<Vec<Part>, Error> {
        let form = form_of(material.input.case, self.forum());
        if !form.filing_copy || !self.has_filing_copy() {
            return Ok(Vec::new());
        }
        let input = ReportInput {
            copy: CopyKind::Filing { service: served },
            ..material.input
        };
        let parts = self.make_parts(&Material { input, ..*material })?;
        Ok(parts
            .into_iter()
            .map(|part| Part {
                path: filed(&input, &form, &part.name),
                ..part
            })
            .collect())
    }
}
