//! What is produced: an exhibit, or a PDF beside the exhibits.

use std::path::{Path, PathBuf};

use affiant_custody::CaseFolder;
use affiant_model::{Case, Digest, Exhibit, ExhibitId};

use crate::console::Console;
use crate::error::{CliError, io};
use crate::guard::guarded;

/// Text of native files that is extracted, in bytes.
const MOST_TEXT: u64 = 16 << 20;

/// Largest PDF that is stamped, in bytes.
const MOST_PDF: u64 = 512 << 20;

/// What is said where the program itself fails on a PDF.
pub(super) const FAILED: &str = "the program failed to read it as a PDF";

/// A document of the production, without its content.
pub(super) struct Item {
    pub(super) exhibit: Option<Exhibit>,
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: Digest,
    pub(super) pages: u64,
    /// The file.
    pub(super) path: PathBuf,
    /// What its pages are.
    pub(super) face: Face,
    /// Whether it is a public version.
    pub(super) redacted: bool,
}

/// What the pages of a document are, and what its text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// The file is a PDF.
    Own,
    /// One page in its place; the file is its text.
    PlaceholderOfText,
    /// One page in its place, which is its text too.
    Placeholder,
}

impl Item {
    /// How the name of the native file ends; `None` where no native file is produced.
    pub(super) fn native(&self) -> Option<String> {
        self.exhibit.as_ref()?;
        let file = self
            .exhibit
            .as_ref()
            .map(|exhibit| Path::new(&exhibit.file));
        let extension = file.and_then(Path::extension).unwrap_or_default();
        Some(extension.to_string_lossy().into_owned())
    }

    /// Its pages as they are before they are stamped.
    pub(super) fn pdf(&self, case: &Case) -> Result<Vec<u8>, CliError> {
        match (&self.exhibit, self.face) {
            (Some(exhibit), Face::Placeholder | Face::PlaceholderOfText) => {
                Ok(affiant_report::placeholder(case, exhibit)?)
            }
            _ => self.read(),
        }
    }

    /// The file, if it is still the one that was opened.
    pub(super) fn read(&self) -> Result<Vec<u8>, CliError> {
        let held = std::fs::read(&self.path).map_err(io("read", &self.path))?;
        match Digest::of(&held) == self.sha256 {
            true => Ok(held),
            false => Err(CliError::verification(format!(
                "`{}` was changed while it was produced; the volume is not whole, run `affiant verify`",
                self.path.display()
            ))),
        }
    }
}

/// What documents are opened with.
#[derive(Clone, Copy)]
pub(super) struct Opening<'a> {
    pub(super) folder: &'a CaseFolder,
    pub(super) case: &'a Case,
    pub(super) console: &'a Console,
}

impl Opening<'_> {
    /// An exhibit among those that the case has.
    pub(super) fn exhibit(&self, known: &[Exhibit], id: ExhibitId) -> Result<Item, CliError> {
        let exhibit = known
            .iter()
            .find(|exhibit| exhibit.id == id)
            .ok_or_else(|| CliError::usage(format!("there is no exhibit {id}")))?;
        let path = self.folder.exhibit_path(exhibit);
        let small = |limit| exhibit.bytes <= limit;
        let held = match small(MOST_TEXT) || (small(MOST_PDF) && begins_as_pdf(&path)?) {
            true => std::fs::read(&path).map_err(io("read", &path))?,
            false => Vec::new(),
        };
        if !held.is_empty() && Digest::of(&held) != exhibit.sha256 {
            return Err(CliError::verification(format!(
                "{id} is not as it was taken in; run `affiant verify`"
            )));
        }
        let mut item = Item {
            exhibit: Some(exhibit.clone()),
            name: exhibit.original_name.clone(),
            bytes: exhibit.bytes,
            sha256: exhibit.sha256,
            pages: 1,
            path,
            face: Face::Placeholder,
            redacted: false,
        };
        if held.starts_with(b"%PDF-") {
            match pages_of(&held) {
                Ok(pages) => (item.pages, item.face) = (pages, Face::Own),
                Err(why) => self.console.remark(&format!(
                    "note: {id} is produced with a placeholder page: {why}"
                )),
            }
        } else if std::str::from_utf8(&held).is_ok() && !held.is_empty() {
            item.face = Face::PlaceholderOfText;
        }
        Ok(item)
    }

    /// A PDF that is no exhibit.
    pub(super) fn pdf(&self, path: &Path) -> Result<Item, CliError> {
        let size = std::fs::metadata(path).map_err(io("read", path))?.len();
        if size > MOST_PDF {
            return Err(CliError::usage(format!(
                "`{}` has {size} bytes, and at most {MOST_PDF} are stamped",
                path.display()
            )));
        }
        let pdf = std::fs::read(path).map_err(io("read", path))?;
        let pages = pages_of(&pdf)
            .map_err(|why| CliError::usage(format!("`{}`: {why}", path.display())))?;
        let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let public = whole(&self.folder.root().join(crate::documents::PUBLIC));
        let name = path.file_name().unwrap_or_default();
        Ok(Item {
            exhibit: None,
            name: name.to_string_lossy().into_owned(),
            bytes: size,
            sha256: Digest::of(&pdf),
            pages,
            path: path.to_path_buf(),
            face: Face::Own,
            redacted: whole(path).starts_with(public),
        })
    }
}

/// Pages of a PDF that can be stamped. A file that the reader of PDFs fails on is one
/// that cannot, and keeps no other from being produced.
fn pages_of(pdf: &[u8]) -> Result<u64, String> {
    match guarded(|| affiant_report::stampable(pdf)) {
        Ok(found) => found.map_err(|why| why.to_string()),
        Err(why) => Err(format!("{FAILED} ({why})")),
    }
}

fn begins_as_pdf(path: &Path) -> Result<bool, CliError> {
    use std::io::Read as _;
    let mut begin = Vec::new();
    let file = std::fs::File::open(path).map_err(io("open", path))?;
    file.take(5)
        .read_to_end(&mut begin)
        .map_err(io("read", path))?;
    Ok(begin == b"%PDF-")
}
