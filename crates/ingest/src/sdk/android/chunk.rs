//! Chunks and pools of strings, of which Android's binary files consist
//! (`libs/androidfw/include/androidfw/ResourceTypes.h` of AOSP).

use crate::sdk::tree::{Budget, Trouble};

/// A chunk: its kind, its header and the whole of it.
#[derive(Debug, Clone, Copy)]
pub(in crate::sdk) struct Chunk<'b> {
    pub(in crate::sdk) kind: u16,
    /// Bytes of the file before it.
    pub(in crate::sdk) at: usize,
    /// Length of its header in bytes.
    pub(in crate::sdk) header: usize,
    pub(in crate::sdk) bytes: &'b [u8],
}

pub(in crate::sdk) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let part = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes([part[0], part[1]]))
}

pub(in crate::sdk) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let part = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([part[0], part[1], part[2], part[3]]))
}

/// A number of the file as an index.
pub(in crate::sdk) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl<'b> Chunk<'b> {
    /// The chunk at `at`; `None` where there is no whole header, or a size that
    /// is not sound. One that is longer than the file is taken as far as it goes.
    pub(in crate::sdk) fn at(file: &'b [u8], at: usize) -> Option<Self> {
        let kind = u16_at(file, at)?;
        let header = usize::from(u16_at(file, at + 2)?);
        let size = index(u32_at(file, at + 4)?);
        if header < 8 || size < header {
            return None;
        }
        let end = at.saturating_add(size).min(file.len());
        let bytes = file.get(at..end)?;
        (bytes.len() >= header).then_some(Self {
            kind,
            at,
            header,
            bytes,
        })
    }

    /// The chunks within it, behind its header, as long as they are sound.
    pub(in crate::sdk) fn children(self) -> impl Iterator<Item = Chunk<'b>> {
        let mut next = self.header;
        std::iter::from_fn(move || {
            let mut child = Chunk::at(self.bytes, next)?;
            next += child.bytes.len();
            child.at += self.at;
            Some(child)
        })
    }

    pub(in crate::sdk) fn u16(self, at: usize) -> Option<u16> {
        u16_at(self.bytes, at)
    }

    pub(in crate::sdk) fn u32(self, at: usize) -> Option<u32> {
        u32_at(self.bytes, at)
    }
}

/// Kind of a chunk that is a pool of strings (`RES_STRING_POOL_TYPE`).
pub(in crate::sdk) const STRING_POOL: u16 = 0x0001;

/// A pool of strings, decoded where they are asked for.
#[derive(Debug, Clone, Copy)]
pub(in crate::sdk) struct Pool<'b> {
    chunk: Chunk<'b>,
    count: usize,
    start: usize,
    utf8: bool,
}

impl<'b> Pool<'b> {
    /// The pool that a chunk is.
    pub(in crate::sdk) fn of(chunk: Chunk<'b>) -> Option<Self> {
        const UTF8: u32 = 1 << 8;
        if chunk.kind != STRING_POOL {
            return None;
        }
        Some(Self {
            chunk,
            count: index(chunk.u32(8)?),
            start: index(chunk.u32(20)?),
            utf8: chunk.u32(16)? & UTF8 != 0,
        })
    }

    /// The string of that number; `None` where there is none or it is cut off.
    pub(in crate::sdk) fn get(
        self,
        number: u32,
        budget: &mut Budget,
    ) -> Result<Option<String>, Trouble> {
        let number = index(number);
        if number >= self.count {
            return Ok(None);
        }
        let place = number
            .checked_mul(4)
            .and_then(|at| at.checked_add(self.chunk.header))
            .and_then(|at| self.chunk.u32(at))
            .and_then(|offset| self.start.checked_add(index(offset)));
        let Some(bytes) = place.and_then(|place| self.chunk.bytes.get(place..)) else {
            return Ok(None);
        };
        let Some(text) = (if self.utf8 { utf8(bytes) } else { utf16(bytes) }) else {
            return Ok(None);
        };
        budget.text(text.len(), self.chunk.at)?;
        Ok(Some(text))
    }
}

/// A string of UTF-8: its length in UTF-16 units, its length in bytes, the bytes.
fn utf8(bytes: &[u8]) -> Option<String> {
    let length = |at: usize| {
        let first = usize::from(*bytes.get(at)?);
        if first & 0x80 == 0 {
            return Some((first, at + 1));
        }
        let second = usize::from(*bytes.get(at + 1)?);
        Some(((first & 0x7f) << 8 | second, at + 2))
    };
    let (_, at) = length(0)?;
    let (count, at) = length(at)?;
    Some(String::from_utf8_lossy(bytes.get(at..at + count)?).into_owned())
}

/// A string of UTF-16: its length in units, the units.
fn utf16(bytes: &[u8]) -> Option<String> {
    let first = usize::from(u16_at(bytes, 0)?);
    let (count, at): (usize, usize) = if first & 0x8000 == 0 {
        (first, 2)
    } else {
        ((first & 0x7fff) << 16 | usize::from(u16_at(bytes, 2)?), 4)
    };
    let units: Vec<u16> = bytes
        .get(at..at.checked_add(count.checked_mul(2)?)?)?
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    Some(String::from_utf16_lossy(&units))
}
