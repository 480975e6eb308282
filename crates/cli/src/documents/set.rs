//! The set of documents of a case, made from its material.

use affiant_custody::CaseFolder;
use affiant_model::{Digest, WorkedExample};
use affiant_report::{Book, Cited, Document, Oversize, Redaction};

use super::{Material, with_set};
use crate::console::Stage;
use crate::error::CliError;

/// Makes every document that the case calls for, and a placeholder for each exhibit.
pub(crate) fn documents(
    material: &Material,
    worked: Option<&WorkedExample>,
    book: &Book,
    redaction: Option<Redaction<'_>>,
    stage: &Stage,
) -> Result<Documents, CliError> {
    let mut documents = Documents::default();
    let folder = with_set(material, worked, book, redaction, |set| {
        for document in Document::ALL {
            if document.is_called_for(set) {
                stage.part(document.name(), || {
                    let before = documents.bytes();
                    let made = documents.add(*document, set);
                    (made, documents.bytes() - before)
                })?;
            }
        }
        Ok::<_, CliError>(set.input.folder())
    })?;
    for exhibit in &material.exhibits {
        documents.files.push((
            format!("{folder}/placeholders/{}.pdf", exhibit.id),
            affiant_report::placeholder(&material.case, exhibit)?,
        ));
    }
    Ok(documents)
}

/// The files of the set, and which of them the court would not take.
#[derive(Default)]
pub(crate) struct Documents {
    /// By their path in the case folder.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) oversize: Vec<Oversize>,
}

impl Documents {
    /// The size of all files.
    fn bytes(&self) -> u64 {
        self.files.iter().map(|(_, bytes)| bytes.len() as u64).sum()
    }

    /// Adds the copies of a document for service, and those for filing where the court's
    /// form asks for them.
    fn add(
        &mut self,
        document: Document,
        set: &affiant_report::Material<'_>,
    ) -> Result<(), CliError> {
        let parts = document.make_parts(set)?;
        let served: Vec<_> = parts
            .iter()
            .map(|part| (part.path.clone(), Digest::of(&part.bytes)))
            .collect();
        let filed = document.make_for_filing(set, &served)?;
        // What is only served is not measured by what the court takes.
        let measured = if filed.is_empty() { &parts } else { &filed };
        let oversize = measured
            .iter()
            .filter_map(|part| document.oversize(set, part));
        self.oversize.extend(oversize);
        let all = parts.into_iter().chain(filed);
        self.files.extend(all.map(|part| (part.path, part.bytes)));
        Ok(())
    }
}

/// The exchanges that the exhibit book prints.
pub(super) fn book(
    folder: &CaseFolder,
    material: &Material,
    worked: Option<&WorkedExample>,
) -> Result<Book, CliError> {
    let summaries = &material.summaries;
    let cited = Cited::of(
        worked,
        &material.analysed.summary.statements,
        &summaries.tables(),
        &summaries.review(),
    );
    crate::book::read(
        folder,
        &material.case,
        &material.exhibits,
        &material.transmittals,
        &cited,
    )
}
