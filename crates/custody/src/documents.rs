//! Documents that persons sign and authorities stamp: files of `custody/documents`.

use std::path::{Path, PathBuf};

use affiant_model::{Action, CustodyEvent, Digest};

use crate::verify::is_name;
use crate::{CaseFolder, Error, files};

/// Namespace of SSH signatures over documents.
pub const DOCUMENT_NAMESPACE: &str = "affiant-document@v1";

/// Where what is put under documents is filed, in the case folder.
pub(crate) const FOLDER: &str = "custody/documents";

/// No document is larger, in bytes.
pub(crate) const LIMIT: u64 = 1 << 30;

/// The name of a file there: `DIGEST.NAME.sig`, the SHA-256 of the document in
/// hexadecimal and the name of who signed or stamped it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FiledFor {
    pub(crate) document: Digest,
    pub(crate) kind: String,
}

impl FiledFor {
    pub(crate) fn parse(file: &str) -> Option<Self> {
        let mut parts = file.split('.');
        let (digest, name, kind) = (parts.next()?, parts.next()?, parts.next()?);
        let document: Digest = digest.parse().ok()?;
        let known = ["sig", "tsq", "tsr", "pem"].contains(&kind);
        let plain = document.to_hex() == digest && parts.next().is_none();
        (plain && known && is_name(name)).then(|| Self {
            document,
            kind: kind.to_owned(),
        })
    }
}

/// The first event that records the making of a document of that digest, and its path then.
#[must_use]
pub fn made<'e>(
    events: &'e [CustodyEvent],
    document: &Digest,
) -> Option<(&'e CustodyEvent, &'e str)> {
    events
        .iter()
        .filter(|event| matches!(event.action, Action::Report | Action::Supplement))
        .find_map(|event| {
            let mut objects = event.objects.iter();
            let object = objects.find(|object| object.sha256 == *document)?;
            Some((event, object.path.as_str()))
        })
}

impl CaseFolder {
    /// The files that were filed for a document: signatures and answers of authorities.
    ///
    /// # Errors
    ///
    /// [`Error::Io`].
    pub fn filed_for(&self, document: &Digest) -> Result<Vec<PathBuf>, Error> {
        let folder = self.documents_dir();
        let mut found = Vec::new();
        for name in files::names(&folder)? {
            let filed = FiledFor::parse(&name.to_string_lossy());
            let fits = |filed: FiledFor| {
                filed.document == *document && ["sig", "tsr"].contains(&filed.kind.as_str())
            };
            if filed.is_some_and(fits) {
                found.push(folder.join(name));
            }
        }
        found.sort();
        Ok(found)
    }
}

/// The bytes of a document, and whether it is the one of that digest.
pub(crate) fn read(path: &Path) -> Result<(Vec<u8>, Digest), Error> {
    files::ordinary_file(path)?;
    let bytes = files::read_bounded(path, LIMIT)?;
    let digest = Digest::of(&bytes);
    Ok((bytes, digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_what_is_filed_for_a_document_are_read_strictly() {
        let digest = Digest::of(b"x").to_hex();
        let filed = FiledFor::parse(&format!("{digest}.j-doe.sig")).unwrap();
        assert_eq!(filed.document, Digest::of(b"x"));
        for other in [
            format!("{digest}.sig"),
            format!("{digest}.A.sig"),
            format!("{}.a.sig", digest.to_uppercase()),
            format!("{}.a.sig", &digest[1..]),
            format!("{digest}.a.b.sig"),
            format!("{digest}.a.exe"),
        ] {
            assert_eq!(FiledFor::parse(&other), None, "{other}");
        }
    }
}
