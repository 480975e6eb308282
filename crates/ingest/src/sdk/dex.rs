//! Classes and strings of Dalvik executables (`classes.dex`; AOSP, *Dalvik
//! executable format*).

use std::collections::BTreeMap;

use super::android::chunk::{index, u32_at};

/// Whether a file begins as a Dalvik executable does.
pub(super) fn is_dex(head: &[u8]) -> bool {
    head.len() >= 8 && head.starts_with(b"dex\n") && head[7] == 0
}

/// A Dalvik executable.
pub(super) struct Dex<'b> {
    bytes: &'b [u8],
    strings: Table,
    types: Table,
    classes: Table,
}

/// A table of the file: how many entries, and where they begin.
#[derive(Clone, Copy)]
struct Table {
    count: usize,
    at: usize,
}

/// A string of the file and where its bytes stand.
pub(super) struct Text<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) at: usize,
}

impl<'b> Dex<'b> {
    /// Reads the header. A table that reaches beyond the file is an error.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, String> {
        const STRINGS: usize = 56;
        const TYPES: usize = 64;
        const CLASSES: usize = 96;
        const STANDARD: u32 = 0x1234_5678;
        if !is_dex(bytes) {
            return Err("it is no Dalvik executable".to_owned());
        }
        if u32_at(bytes, 40) != Some(STANDARD) {
            return Err("its byte order is not the standard one".to_owned());
        }
        let table = |at: usize, each: usize, what: &str| {
            let read = || {
                let count = index(u32_at(bytes, at)?);
                let start = index(u32_at(bytes, at + 4)?);
                let end = count.checked_mul(each)?.checked_add(start)?;
                (end <= bytes.len()).then_some(Table { count, at: start })
            };
            read().ok_or_else(|| format!("its table of {what} reaches beyond the file"))
        };
        Ok(Self {
            bytes,
            strings: table(STRINGS, 4, "strings")?,
            types: table(TYPES, 4, "types")?,
            classes: table(CLASSES, 32, "classes")?,
        })
    }

    /// The string of that number: modified UTF-8, as it stands.
    fn string(&self, number: usize) -> Option<Text<'b>> {
        if number >= self.strings.count {
            return None;
        }
        let mut at = index(u32_at(self.bytes, self.strings.at + number * 4)?);
        // The length in UTF-16 units, as a number of up to five bytes.
        for _ in 0..5 {
            let byte = *self.bytes.get(at)?;
            at += 1;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let rest = self.bytes.get(at..)?;
        let end = memchr::memchr(0, rest)?;
        Some(Text {
            bytes: &rest[..end],
            at,
        })
    }

    /// Every string, and how many cannot be read.
    pub(super) fn strings(&self, visit: &mut dyn FnMut(Text<'b>)) -> usize {
        let mut lost = 0;
        for number in 0..self.strings.count {
            match self.string(number) {
                Some(text) => visit(text),
                None => lost += 1,
            }
        }
        lost
    }

    /// The names of the classes that the file defines, `com.example.A$B`, and
    /// how many cannot be read. A class that is only mentioned is not among them.
    pub(super) fn classes(&self, visit: &mut dyn FnMut(&str, usize)) -> usize {
        let mut lost = 0;
        let mut seen = BTreeMap::new();
        for number in 0..self.classes.count {
            let name = u32_at(self.bytes, self.classes.at + number * 32)
                .map(index)
                .filter(|number| *number < self.types.count)
                .and_then(|number| u32_at(self.bytes, self.types.at + number * 4))
                .and_then(|number| self.string(index(number)));
            let Some(text) = name else {
                lost += 1;
                continue;
            };
            if seen.insert(text.at, ()).is_some() {
                continue;
            }
            match text.bytes {
                [b'L', name @ .., b';'] => {
                    let name = String::from_utf8_lossy(name).replace('/', ".");
                    visit(&name, text.at + 1);
                }
                _ => lost += 1,
            }
        }
        lost
    }
}
