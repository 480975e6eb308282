//! Messages that stand one behind the other, each behind its length.

use affiant_model::Step;

use super::{Child, Escape, wire};

/// Bytes before a message of gRPC.
const HEAD: usize = 5;

/// The messages of gRPC that all of the input is: of each, whether it is compressed, its
/// length in four bytes, its bytes (grpc/grpc, `doc/PROTOCOL-HTTP2.md`,
/// Length-Prefixed-Message).
pub(super) fn grpc(input: &[u8], most: usize) -> Option<Vec<Child<'_>>> {
    let mut messages = Vec::new();
    let mut at = 0;
    while let Some(rest) = input.get(at..).filter(|rest| !rest.is_empty()) {
        let [0 | 1, a, b, c, d] = *rest.first_chunk::<HEAD>()? else {
            return None;
        };
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?;
        let range = at + HEAD..(at + HEAD).checked_add(length)?;
        if range.is_empty() || range.end > input.len() {
            return None;
        }
        at = range.end;
        messages.push(range);
    }
    parts(input, messages, most)
}

/// The records that all of the input is, two or more, each behind its length as a varint
/// (*Protocol Buffers*, Techniques, "Streaming Multiple Messages").
pub(super) fn delimited(input: &[u8], most: usize) -> Option<Vec<Child<'_>>> {
    let mut messages = Vec::new();
    let mut at = 0;
    while at < input.len() {
        let length = usize::try_from(wire::varint(input, &mut at)?).ok()?;
        let range = at..at.checked_add(length)?;
        let is_record = input.get(range.clone()).is_some_and(wire::is_record);
        if !is_record {
            return None;
        }
        at = range.end;
        messages.push(range);
    }
    // One of them must say something: noise may be records.
    let says = |range: &std::ops::Range<usize>| {
        wire::children(&input[range.clone()], usize::MAX, false, &|_| false)
    };
    (messages.len() > 1 && messages.iter().any(|range| says(range).is_some()))
        .then(|| parts(input, messages, most))
        .flatten()
}

fn parts(input: &[u8], ranges: Vec<std::ops::Range<usize>>, most: usize) -> Option<Vec<Child<'_>>> {
    let part = |range: std::ops::Range<usize>| {
        Child::part(Step::Bytes(range.clone()), input, range, Escape::None)
    };
    let parts: Vec<_> = ranges.into_iter().take(most).map(part).collect();
    (!parts.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(children: Option<Vec<Child<'_>>>) -> Vec<std::ops::Range<usize>> {
        let children = children.unwrap_or_default().into_iter();
        children.map(|child| child.range).collect()
    }

    #[test]
    fn all_of_the_input_is_messages_or_it_has_none() {
        let two = b"\0\0\0\0\x02ab\x01\0\0\0\x01c";
        assert_eq!(ranges(grpc(two, 10)), [5..7, 12..13]);
        assert_eq!(ranges(grpc(two, 1)).len(), 1);
        for other in [&two[..12], b"\x02\0\0\0\x01a", b"\0\0\0\0\0", b""] {
            assert!(ranges(grpc(other, 10)).is_empty(), "{other:?}");
        }
        // Each record has the text "ann" in its first field.
        let records = b"\x05\x0a\x03ann\x05\x0a\x03ann";
        assert_eq!(ranges(delimited(records, 10)), [1..6, 7..12]);
        assert!(ranges(delimited(&records[..6], 10)).is_empty());
        assert!(ranges(delimited(&records[..11], 10)).is_empty());
    }
}
