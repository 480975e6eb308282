//! The files of a volume, written one behind the other.

use std::collections::BTreeMap;
use std::path::Path;

use affiant_model::{Case, Digest};

use super::item::Face;
use super::plan::{Plan, stamped};
use crate::error::{CliError, io};

/// A folder that files are written into, with their digests.
struct Volume<'a> {
    folder: &'a Path,
    digests: BTreeMap<String, Digest>,
}

/// Writes the volume. No more of it is in memory than one document.
pub(super) fn write(
    folder: &Path,
    name: &str,
    case: &Case,
    plan: &Plan,
    log: &[u8],
    tabs: bool,
) -> Result<(), CliError> {
    let mut volume = Volume {
        folder,
        digests: BTreeMap::new(),
    };
    for (at, (item, record)) in plan.items.iter().zip(&plan.records).enumerate() {
        let numbers = plan.numbers.get(at).map_or(&[][..], Vec::as_slice);
        let pdf = stamped(item, numbers, &plan.legend, case)?;
        if plan.images.get(at) != Some(&Digest::of(&pdf)) {
            return Err(CliError::verification(format!(
                "the pages of `{}` are not those that the ledger records; the volume is not whole",
                item.name
            )));
        }
        volume.file(&record.image, &pdf)?;
        let text = match item.face {
            Face::PlaceholderOfText => item.read()?,
            Face::Own | Face::Placeholder => {
                let pages = affiant_report::page_texts(&pdf);
                pages.join("\u{C}\n").into_bytes()
            }
        };
        drop(pdf);
        volume.file(&record.text, &text)?;
        if !record.native.is_empty() {
            volume.copy(&record.native, &item.path, item.sha256)?;
        }
        if let Some(exhibit) = item.exhibit.as_ref().filter(|_| tabs) {
            let tab = affiant_report::tab(case, exhibit)?;
            volume.file(&format!("TABS/{}.pdf", exhibit.id), &tab)?;
        }
    }
    let data = |end| format!("DATA/{name}.{end}");
    let csv = affiant_production::csv(&plan.records).map_err(CliError::internal)?;
    volume.file(&data("csv"), &csv)?;
    volume.file(&data("dat"), &affiant_production::dat(&plan.records))?;
    volume.file(&data("opt"), &affiant_production::opt(&plan.records, name))?;
    volume.file("production-log.csv", log)?;
    volume.sums()
}

impl Volume<'_> {
    fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), CliError> {
        let path = self.place(name)?;
        std::fs::write(&path, bytes).map_err(io("write", &path))?;
        self.digests.insert(name.to_owned(), Digest::of(bytes));
        Ok(())
    }

    fn copy(&mut self, name: &str, from: &Path, expected: Digest) -> Result<(), CliError> {
        let path = self.place(name)?;
        std::fs::copy(from, &path).map_err(io("copy to", &path))?;
        let copied = affiant_custody::describe(self.folder, name)?.sha256;
        if copied != expected {
            return Err(CliError::verification(format!(
                "`{}` is not as it was taken in; the volume is not whole, run `affiant verify`",
                from.display()
            )));
        }
        self.digests.insert(name.to_owned(), copied);
        Ok(())
    }

    fn place(&self, name: &str) -> Result<std::path::PathBuf, CliError> {
        let path = self.folder.join(name);
        let parent = path.parent().unwrap_or(self.folder);
        std::fs::create_dir_all(parent).map_err(io("make the folder", parent))?;
        Ok(path)
    }

    fn sums(&self) -> Result<(), CliError> {
        let lines = self
            .digests
            .iter()
            .map(|(name, digest)| format!("{digest}  {name}\n"));
        let path = self.folder.join("SHA256SUMS");
        std::fs::write(&path, lines.collect::<String>()).map_err(io("write", &path))
    }
}
