//! The set of documents of a case, made from its material.

use affiant_custody::CaseFolder;
use affiant_model::{Digest, WorkedExample};
use affiant_report::{Book, Cited, Document, Oversize, Part, Redaction};

use super::{Material, with_set};
use crate::console::Stage;
use crate::error::CliError;

/// Takes a file of the documents, by its path in the case folder.
pub(crate) type Sink<'s> = dyn FnMut(&str, &[u8]) -> Result<(), CliError> + 's;

/// Makes every document that the case calls for, and a placeholder for each exhibit, and
/// hands each to `sink`; gives those that the court would not take.
pub(crate) fn documents(
    material: &Material,
    worked: Option<&WorkedExample>,
    book: &Book,
    redaction: Option<Redaction<'_>>,
    stage: &Stage,
    sink: &mut Sink<'_>,
) -> Result<Vec<Oversize>, CliError> {
    let mut oversize = Vec::new();
    let folder = with_set(material, worked, book, redaction, |set| {
        for document in Document::ALL {
            if document.is_called_for(set) {
                let found = stage.part(document.name(), || {
                    let mut bytes = 0;
                    let found = copies(*document, set, &mut |path, file| {
                        bytes += file.len() as u64;
                        sink(path, file)
                    });
                    (found, bytes)
                })?;
                oversize.extend(found);
            }
        }
        Ok::<_, CliError>(set.input.folder())
    })?;
    for exhibit in &material.exhibits {
        sink(
            &format!("{folder}/placeholders/{}.pdf", exhibit.id),
            &affiant_report::placeholder(&material.case, exhibit)?,
        )?;
    }
    Ok(oversize)
}

/// Makes the copies of a document for service, and those for filing where the court's
/// form asks for them; gives those that are larger than the court takes.
fn copies(
    document: Document,
    set: &affiant_report::Material<'_>,
    sink: &mut Sink<'_>,
) -> Result<Vec<Oversize>, CliError> {
    let mut hand_over = |parts: Vec<Part>| -> Result<Vec<Oversize>, CliError> {
        let too_large = |part| document.oversize(set, part);
        let oversize = parts.iter().filter_map(too_large).collect();
        for part in parts {
            sink(&part.path, &part.bytes)?;
        }
        Ok(oversize)
    };
    let parts = document.make_parts(set)?;
    let served: Vec<_> = parts
        .iter()
        .map(|part| (part.path.clone(), Digest::of(&part.bytes)))
        .collect();
    let of_served = hand_over(parts)?;
    let filed = document.make_for_filing(set, &served)?;
    // What is only served is not measured by what the court takes.
    if filed.is_empty() {
        return Ok(of_served);
    }
    hand_over(filed)
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
