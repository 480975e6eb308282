//! Where the body of a message stands.

use std::ops::Range;

use super::head::line;

/// A body in chunks (RFC 9112 §7.1).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Chunked {
    /// No chunks, although they are declared: the tool has joined them.
    Joined,
    /// One chunk with content, so that the body stands in one piece.
    One(Range<usize>),
    /// Several: how many there are, and how many bytes they hold together.
    Many(u64, u64),
    /// Chunks that end before the last one: the same of those that are whole.
    Cut(u64, u64),
}

/// Follows the chunks of a body at `rest` of `bytes`.
pub(super) fn chunks(bytes: &[u8], rest: &Range<usize>) -> Chunked {
    let (mut at, mut count, mut held) = (rest.start, 0_u64, 0_u64);
    let mut one = rest.start..rest.start;
    loop {
        let size = line(bytes, at).and_then(|(size, next)| {
            let ends = next > size.end;
            let text = bytes.get(size).filter(|_| ends)?;
            Some((chunk_size(text)?, next))
        });
        let Some((size, start)) = size else {
            return match count {
                0 => Chunked::Joined,
                count => Chunked::Cut(count, held),
            };
        };
        if size == 0 {
            return match count {
                0 | 1 => Chunked::One(one),
                count => Chunked::Many(count, held),
            };
        }
        let Some(end) = start.checked_add(size).filter(|end| *end <= rest.end) else {
            return Chunked::Cut(count, held);
        };
        (count, held) = (count + 1, held + size as u64);
        one = start..end;
        // The line end behind the data.
        at = match line(bytes, end) {
            Some((empty, next)) if empty.is_empty() => next,
            None => end,
            Some(_) => return Chunked::Cut(count, held),
        };
    }
}

/// The size in the first line of a chunk, in hexadecimal, extensions aside.
fn chunk_size(line: &[u8]) -> Option<usize> {
    let text = line.split(|b| *b == b';').next()?.trim_ascii();
    let digits = !text.is_empty() && text.len() <= 15 && text.iter().all(u8::is_ascii_hexdigit);
    let text = std::str::from_utf8(text).ok().filter(|_| digits)?;
    usize::from_str_radix(text, 16).ok()
}
