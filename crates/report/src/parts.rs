//! A document in parts: a table that is too long, or a file that is larger than the
//! court takes, is divided by its rows, and each part is a whole PDF. The exhibit book is
//! divided by its exchanges (`binder`).

use crate::form::{form_of, limit};
use crate::view::PRINTED_ROWS;
use crate::{Document, Error, Material, binder, volume};

/// A part of a document, or the whole of one that has no parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Name of the document, with the number of the part where there are several:
    /// `summaries-1006-2-of-3`.
    pub name: String,
    /// Path in the case folder.
    pub path: String,
    /// The PDF.
    pub bytes: Vec<u8>,
}

/// A file that is larger than the court's profile says that it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oversize {
    /// Path in the case folder.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The limit in bytes.
    pub limit: u64,
}

impl std::fmt::Display for Oversize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { path, bytes, limit } = self;
        write!(
            f,
            "`{path}` has {bytes} bytes, and the court's form says that a file has at most {limit}; it cannot be divided: ask the clerk how it is to be lodged, or state another limit (`[matter.form] limit_mb`)"
        )
    }
}

impl Document {
    /// Makes it, in as many parts as its rows and the court's limit ask for.
    ///
    /// # Errors
    /// As [`Document::make`].
    pub fn make_parts(self, material: &Material<'_>) -> Result<Vec<Part>, Error> {
        let limit = limit(&form_of(material.input.case, self.forum()));
        let parts = match self.volume(material)? {
            Some(volume) => divided(&volume, limit, |volume| {
                volume::typeset(&material.input, self, volume)
            })?,
            None if self == Self::ExhibitBook => {
                binder::divided(&material.input, material.book, limit)?
            }
            None => vec![self.make(material)?],
        };
        let count = parts.len();
        let name = |n: usize| match count {
            1 => self.name().to_owned(),
            _ => format!("{}-{}-of-{count}", self.name(), n + 1),
        };
        Ok(parts
            .into_iter()
            .enumerate()
            .map(|(n, bytes)| Part {
                path: format!("{}/{}.pdf", material.input.folder(), name(n)),
                name: name(n),
                bytes,
            })
            .collect())
    }

    /// Whether a file of it, as made for filing, is larger than the court takes.
    /// What is only served has no such limit.
    #[must_use]
    pub fn oversize(self, material: &Material<'_>, part: &Part) -> Option<Oversize> {
        let limit = limit(&form_of(material.input.case, self.forum()))?;
        let bytes = part.bytes.len() as u64;
        (bytes > limit).then(|| Oversize {
            path: part.path.clone(),
            bytes,
            limit,
        })
    }
}

/// The volume in as few parts as its rows allow, each of at most [`PRINTED_ROWS`] rows;
/// where a part is larger than the limit, in parts of half as many rows, and so on. Of a
/// single row to a part nothing is left to divide.
fn divided(
    volume: &volume::Volume,
    limit: Option<u64>,
    mut typeset: impl FnMut(&volume::Volume) -> Result<Vec<u8>, Error>,
) -> Result<Vec<Vec<u8>>, Error> {
    let mut rows = PRINTED_ROWS;
    loop {
        let mut parts = Vec::new();
        let mut too_large = false;
        for part in volume.divide(rows) {
            let bytes = typeset(&part)?;
            too_large = limit.is_some_and(|limit| bytes.len() as u64 > limit);
            parts.push(bytes);
            if too_large && rows > 1 {
                break;
            }
        }
        if !too_large || rows == 1 {
            return Ok(parts);
        }
        // Fewer rows than the volume has, or nothing would change.
        rows = rows.min(volume.lines()).div_ceil(2).max(1);
    }
}
