//! Files that earlier reports made of a document which now is in other parts.

use std::collections::{BTreeMap, BTreeSet};

use affiant_custody::{CaseFolder, Removal};
use affiant_model::{Action, CustodyObject};

use crate::console::Console;
use crate::error::CliError;

/// Removes what earlier reports made of the same documents and the last did not make
/// again: the whole where a document is in parts now, parts where it is whole or in fewer.
/// A file goes only if it is, byte for byte, what an event records, and if nobody signed
/// or stamped it; else it stays, and a remark says so. Gives the paths of those removed.
pub(crate) fn remove(
    folder: &CaseFolder,
    made: &[CustodyObject],
    console: &Console,
) -> Result<Vec<String>, CliError> {
    let paths: BTreeSet<&str> = made.iter().map(|object| object.path.as_str()).collect();
    let documents: BTreeSet<&str> = paths.iter().map(|path| document(path)).collect();
    let ledger = folder.ledger()?;
    let reported = ledger.iter().filter(|event| event.action == Action::Report);
    let mut earlier: BTreeMap<&str, Vec<&CustodyObject>> = BTreeMap::new();
    for object in reported.flat_map(|event| &event.objects) {
        let path = object.path.as_str();
        if !paths.contains(path) && documents.contains(document(path)) {
            earlier.entry(path).or_default().push(object);
        }
    }
    let mut removed = Vec::new();
    for (path, recorded) in earlier {
        match remove_one(folder, &recorded)? {
            Fate::Removed => {
                console.remark(&format!(
                    "`{path}`, of an earlier report, was removed: the document is in other parts now"
                ));
                removed.push(path.to_owned());
            }
            Fate::Signed => console.remark(&format!(
                "`{path}` is of an earlier report, and was signed or stamped; it was left: keep it elsewhere"
            )),
            Fate::Other => console.remark(&format!(
                "`{path}` bears the name of a file of an earlier report and is none that the ledger records; it was left"
            )),
            Fate::Absent => {}
        }
    }
    Ok(removed)
}

/// What became of a file of an earlier report.
enum Fate {
    Removed,
    Absent,
    Signed,
    Other,
}

/// Removes the file if it is one of those that were recorded under its path.
fn remove_one(folder: &CaseFolder, recorded: &[&CustodyObject]) -> Result<Fate, CliError> {
    let mut fate = Fate::Absent;
    for object in recorded {
        let filed = !folder.filed_for(&object.sha256)?.is_empty();
        if filed
            && affiant_custody::describe(&folder.root(), &object.path)
                .is_ok_and(|now| now.sha256 == object.sha256)
        {
            return Ok(Fate::Signed);
        }
        match folder.remove_derived(object)? {
            Removal::Removed => return Ok(Fate::Removed),
            Removal::Absent => return Ok(Fate::Absent),
            Removal::Left => fate = Fate::Other,
        }
    }
    Ok(fate)
}

/// The path of a document without the number of its part: that of `exhibit-book` for
/// `exhibit-book-2-of-3.pdf`, also where a court's names of files have `_` for `-`.
fn document(path: &str) -> &str {
    let stem = path.strip_suffix(".pdf").unwrap_or(path);
    let part = |stem: &str| -> Option<usize> {
        let before = undigited(stem)?;
        let before = before
            .strip_suffix("-of-")
            .or_else(|| before.strip_suffix("_of_"))?;
        let before = undigited(before)?.strip_suffix(['-', '_'])?;
        Some(before.len())
    };
    part(stem).and_then(|end| stem.get(..end)).unwrap_or(stem)
}

/// The text without the digits at its end; `None` where it has none there.
fn undigited(text: &str) -> Option<&str> {
    let before = text.trim_end_matches(|c: char| c.is_ascii_digit());
    (before.len() < text.len()).then_some(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_of_the_document_whose_name_it_has() {
        for (path, of) in [
            ("reports/exhibit-book.pdf", "reports/exhibit-book"),
            ("reports/exhibit-book-12-of-30.pdf", "reports/exhibit-book"),
            (
                "reports/filing/summaries_1006_2_of_3.pdf",
                "reports/filing/summaries_1006",
            ),
            ("reports/summaries-1006.pdf", "reports/summaries-1006"),
            (
                "reports/placeholders/E-0001.pdf",
                "reports/placeholders/E-0001",
            ),
            (
                "reports/public/redaction-log.csv",
                "reports/public/redaction-log.csv",
            ),
        ] {
            assert_eq!(document(path), of);
        }
    }
}
