//! The strings of binary property lists, as Apple's systems write them: text beyond ASCII
//! stands in them in UTF-16, and each string behind a mark and its length (`CFBinaryPList.c`
//! of apple/swift-corelibs-foundation: *HEADER*, *OBJECT TABLE*, *OFFSET TABLE*, *TRAILER*).

use std::ops::Range;

use affiant_model::Step;

use super::{Child, Escape};

/// Bytes of the trailer.
const TRAILER: usize = 32;

/// Whether the first bytes are those of a binary property list.
pub(super) fn is_list(input: &[u8]) -> bool {
    input.starts_with(b"bplist0")
}

/// The strings and data in the order of their bytes, `most` of them; none where the list
/// is damaged.
pub(super) fn children(input: &[u8], most: usize) -> Vec<Child<'_>> {
    let mut ranges = strings(input).unwrap_or_default();
    ranges.sort_by_key(|range| range.start);
    ranges.dedup();
    let mut end = 0;
    ranges.retain(|range| {
        let is_behind = range.start >= end;
        if is_behind {
            end = range.end;
        }
        is_behind
    });
    let part =
        |range: Range<usize>| Child::part(Step::Bytes(range.clone()), input, range, Escape::None);
    ranges.into_iter().take(most).map(part).collect()
}

fn strings(input: &[u8]) -> Option<Vec<Range<usize>>> {
    let trailer = input.get(input.len().checked_sub(TRAILER)?..)?;
    let (offset_size, count) = (usize::from(trailer[6]), number(trailer.get(8..16)?)?);
    let table = number(trailer.get(24..32)?)?;
    let end = count.checked_mul(offset_size)?.checked_add(table)?;
    if !(1..=8).contains(&offset_size) || end > input.len() {
        return None;
    }
    let offsets = input.get(table..end)?.chunks_exact(offset_size);
    let object = |offset: &[u8]| string(input, number(offset)?);
    Some(offsets.filter_map(object).collect())
}

/// The string or the data at a place: four bits say which, four how long.
fn string(input: &[u8], at: usize) -> Option<Range<usize>> {
    let mark = *input.get(at)?;
    let unit = match mark >> 4 {
        4 | 5 | 7 => 1,
        6 => 2,
        _ => return None,
    };
    let mut start = at + 1;
    let mut length = usize::from(mark & 0x0f);
    if length == 0x0f {
        // An integer of 1, 2, 4 or 8 bytes says it.
        let size = match *input.get(start)? {
            mark @ 0x10..=0x13 => 1 << (mark & 3),
            _ => return None,
        };
        length = number(input.get(start + 1..start + 1 + size)?)?;
        start += 1 + size;
    }
    let end = length.checked_mul(unit)?.checked_add(start)?;
    (length > 0 && end <= input.len()).then_some(start..end)
}

fn number(bytes: &[u8]) -> Option<usize> {
    let number = bytes.iter().try_fold(0_u64, |number, byte| {
        (number >> 56 == 0).then_some(number << 8 | u64::from(*byte))
    });
    usize::try_from(number?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"v": "Zoë", "n": "ann@example.com!"}` as Python's `plistlib` writes it.
    const LIST: &str = "62706c6973743030d2010203045176516e63005a006f00eb5f1010616e6e406578616d706c652e636f6d21080d0f1118000000000000010100000000000000050000000000000000000000000000002b";

    #[test]
    fn strings_are_parts_and_damage_gives_none() {
        let list = hex::decode(LIST).unwrap();
        assert!(is_list(&list));
        let found: Vec<Vec<u8>> = children(&list, 10)
            .into_iter()
            .map(|child| child.bytes.into_owned())
            .collect();
        assert_eq!(
            found,
            [&b"v"[..], b"n", b"\0Z\0o\0\xeb", b"ann@example.com!"]
        );
        assert_eq!(children(&list[..40], 10), []);
        for at in 0..list.len() {
            let mut other = list.clone();
            other[at] ^= 0xff;
            for child in children(&other, 10) {
                assert!(child.range.end <= other.len());
            }
        }
    }
}
