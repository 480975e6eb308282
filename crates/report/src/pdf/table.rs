//! Cross-reference tables and streams: ISO 32000-1, 7.5.4 and 7.5.8.

use std::collections::BTreeSet;

use super::syntax::{Dict, Object, Reader};

/// Entries of all tables together.
const MAX_ENTRIES: usize = 1 << 21;

/// Reads a table whose word `xref` was passed: the number and place of each
/// object in use.
pub(crate) fn read(reader: &mut Reader<'_>, entries: &mut BTreeSet<(u32, usize)>) {
    let mut first = None;
    loop {
        let before = reader.at;
        let (Some(one), Some(_)) = (reader.unsigned(), reader.unsigned()) else {
            reader.at = before;
            return;
        };
        reader.skip_space();
        if reader.accept("n") {
            let number = first.and_then(|n: u64| u32::try_from(n).ok());
            if let (Some(number), Ok(at)) = (number, usize::try_from(one))
                && entries.len() < MAX_ENTRIES
            {
                entries.insert((number, at));
            }
            first = first.map(|n| n.saturating_add(1));
        } else if reader.accept("f") {
            first = first.map(|n| n.saturating_add(1));
        } else {
            // The head of a section: its first number and how many there are.
            first = Some(one);
        }
    }
}

/// Reads a cross-reference stream; `false` where not all of it could be read.
pub(crate) fn read_stream(dict: &Dict, bytes: &[u8], entries: &mut BTreeSet<(u32, usize)>) -> bool {
    let numbers = |key| match dict.get(key) {
        Some(Object::Array(items)) => items.iter().map(|n| n.as_size()).collect(),
        _ => None,
    };
    let widths: Option<Vec<usize>> = numbers("W");
    let Some(&[kind, place, other]) = widths.as_deref() else {
        return false;
    };
    let width = kind.saturating_add(place).saturating_add(other);
    if width == 0 || kind.max(place).max(other) > 8 {
        return false;
    }
    let size = dict.get("Size").and_then(Object::as_size).unwrap_or(0);
    let sections = numbers("Index").unwrap_or_else(|| vec![0, size]);
    let mut rows = bytes.chunks_exact(width);
    for section in sections.chunks_exact(2) {
        for n in 0..section[1] {
            let Some(row) = rows.next() else { return false };
            let field = |at: usize, width: usize| {
                let bytes = row.get(at..at + width).unwrap_or_default();
                bytes.iter().fold(0_u64, |v, b| v << 8 | u64::from(*b))
            };
            let in_use = kind == 0 || field(0, kind) == 1;
            let number = u32::try_from(section[0].saturating_add(n));
            let at = usize::try_from(field(kind, place));
            if let (true, Ok(number), Ok(at)) = (in_use, number, at) {
                if entries.len() >= MAX_ENTRIES {
                    return false;
                }
                entries.insert((number, at));
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sections_and_entries_are_told_apart() {
        let text = b"\n0 2\n0000000000 65535 f\r\n0000000017 00000 n\r\n9 1\n0000000123 00000 n\r\ntrailer";
        let mut reader = Reader::new(text, 0);
        let mut entries = BTreeSet::new();
        read(&mut reader, &mut entries);
        assert_eq!(entries, BTreeSet::from([(1, 17), (9, 123)]));
        reader.skip_space();
        assert!(reader.accept("trailer"));
    }

    #[test]
    fn the_rows_of_a_stream_are_read() {
        let dict = Reader::new(b"<</W[1 2 1]/Index[4 2 9 1]>>", 0).object();
        let dict = dict.unwrap().as_dict().unwrap().clone();
        let rows = [1, 1, 0, 0, 2, 0, 7, 3, 1, 0, 20, 0];
        let mut entries = BTreeSet::new();
        assert!(read_stream(&dict, &rows, &mut entries));
        assert_eq!(entries, BTreeSet::from([(4, 256), (9, 20)]));
        assert!(!read_stream(&dict, &rows[..9], &mut entries));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(
            text in "[0-9 nf\\r\\n]{0,120}",
            w in prop::collection::vec(0..99_u64, 0..4),
            index in prop::collection::vec(any::<u32>(), 0..5),
            bytes in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let mut entries = BTreeSet::new();
            read(&mut Reader::new(text.as_bytes(), 0), &mut entries);
            let join = |n: Vec<String>| n.join(" ");
            let w = join(w.iter().map(u64::to_string).collect());
            let index = join(index.iter().map(u32::to_string).collect());
            let text = format!("<</W[{w}]/Index[{index}]/Size 9>>");
            let dict = Reader::new(text.as_bytes(), 0).object();
            if let Some(dict) = dict.as_ref().and_then(Object::as_dict) {
                read_stream(dict, &bytes, &mut entries);
            }
        }
    }
}
