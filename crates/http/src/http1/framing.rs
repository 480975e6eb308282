//! Where a body ends (RFC 9112 §6 and §7).

use super::head::{members, values};
use crate::HeaderPlace;
use crate::input::{Found, Input};

/// Bytes of a line that gives the size of a chunk, extensions included.
const SIZE_LINE: usize = 16 << 10;

/// How the end of a body is known, and what of it is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// So many bytes.
    Length(u64),
    /// Chunks.
    Chunked(Chunk),
    /// All that comes until the conversation ends.
    UntilClose,
}

/// What of a chunked body comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chunk {
    Size,
    Data(u64),
    DataEnd,
    Trailers,
}

/// What the next bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// So many bytes of the body.
    Data(usize),
    /// So many bytes of framing.
    Frame(usize),
    /// A header line behind the body.
    Trailer(usize),
    /// Nothing before more bytes come.
    More,
    /// The body has ended; so many bytes of framing are left.
    End(usize),
    /// This is no framing.
    Bad(&'static str),
}

/// What headers say of the body that follows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stated {
    /// Nothing.
    Nothing,
    /// This; and what is odd about it.
    Framing(Framing, Option<&'static str>),
    /// What they say cannot be followed.
    Contradiction(&'static str),
    /// A transfer coding that is not `chunked` at its end.
    OtherCoding,
}

impl Stated {
    /// Reads `Transfer-Encoding` and `Content-Length` (RFC 9112 §6.3).
    pub(crate) fn by(headers: &[HeaderPlace], head: &[u8]) -> Self {
        let codings = members(headers, head, "transfer-encoding");
        let length = content_length(headers, head);
        if let Some(last) = codings.last() {
            if last.eq_ignore_ascii_case("chunked") {
                let odd = (length != Ok(None)).then_some("it states Content-Length beside chunks");
                return Self::Framing(Framing::Chunked(Chunk::Size), odd);
            }
            if !last.eq_ignore_ascii_case("identity") {
                return Self::OtherCoding;
            }
        }
        match length {
            Ok(None) => Self::Nothing,
            Ok(Some(length)) => Self::Framing(Framing::Length(length), None),
            Err(why) => Self::Contradiction(why),
        }
    }
}

fn content_length(headers: &[HeaderPlace], head: &[u8]) -> Result<Option<u64>, &'static str> {
    let mut length = None;
    if values(headers, head, "content-length").next().is_none() {
        return Ok(None);
    }
    for stated in members(headers, head, "content-length") {
        if !stated.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("its Content-Length is no number");
        }
        let read = stated
            .parse()
            .map_err(|_| "its Content-Length is no number")?;
        if *length.get_or_insert(read) != read {
            return Err("it states two different Content-Lengths");
        }
    }
    length.map(Some).ok_or("its Content-Length is empty")
}

impl Framing {
    /// Looks at the next bytes. What it names must be taken from `input` before
    /// the next call.
    pub(crate) fn next(&mut self, input: &mut Input, limit: usize) -> Part {
        let at_hand = input.rest().len();
        match self {
            Self::UntilClose if at_hand == 0 => Part::More,
            Self::UntilClose => Part::Data(at_hand),
            Self::Length(0) => Part::End(0),
            Self::Length(left) => take(left, at_hand),
            Self::Chunked(chunk) => chunk.next(input, limit),
        }
    }

    /// Goes over a hole; false where what follows it cannot be known.
    pub(crate) const fn skip(&mut self, length: u64) -> bool {
        match self {
            Self::UntilClose => true,
            Self::Length(left) | Self::Chunked(Chunk::Data(left)) if length <= *left => {
                *left -= length;
                true
            }
            _ => false,
        }
    }
}

/// As many of the bytes at hand as are still to come.
fn take(left: &mut u64, at_hand: usize) -> Part {
    let bytes = usize::try_from(*left).unwrap_or(usize::MAX).min(at_hand);
    *left -= bytes as u64;
    if bytes == 0 {
        Part::More
    } else {
        Part::Data(bytes)
    }
}

impl Chunk {
    fn next(&mut self, input: &mut Input, limit: usize) -> Part {
        match self {
            Self::Size => match input.line(SIZE_LINE) {
                Found::More => Part::More,
                Found::TooLong => Part::Bad("the line with the size of a chunk has no end"),
                Found::At(end) => {
                    let Some(size) = chunk_size(input.rest().get(..end).unwrap_or_default()) else {
                        return Part::Bad("the size of a chunk is no number");
                    };
                    *self = if size == 0 {
                        Self::Trailers
                    } else {
                        Self::Data(size)
                    };
                    Part::Frame(end)
                }
            },
            Self::Data(0) => {
                *self = Self::DataEnd;
                Part::Frame(0)
            }
            Self::Data(left) => take(left, input.rest().len()),
            Self::DataEnd => match input.rest() {
                [] | [b'\r'] => Part::More,
                [b'\n', ..] => self.turn(Self::Size, 1),
                [b'\r', b'\n', ..] => self.turn(Self::Size, 2),
                _ => Part::Bad("a chunk does not end where it should"),
            },
            Self::Trailers => match input.line(limit) {
                Found::More => Part::More,
                Found::TooLong => Part::Bad("a line behind the last chunk has no end"),
                Found::At(end) => match input.rest().get(..end).unwrap_or_default() {
                    b"\n" | b"\r\n" => Part::End(end),
                    _ => Part::Trailer(end),
                },
            },
        }
    }

    const fn turn(&mut self, next: Self, bytes: usize) -> Part {
        *self = next;
        Part::Frame(bytes)
    }
}

/// The size that a chunk's first line states, extensions aside (RFC 9112 §7.1).
fn chunk_size(line: &[u8]) -> Option<u64> {
    let text = line.split(|byte| *byte == b';').next()?.trim_ascii();
    if text.is_empty() || !text.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_chunk_is_read_without_its_extensions() {
        assert_eq!(chunk_size(b"1A;name=\"v\"\r\n"), Some(26));
        assert_eq!(chunk_size(b"0 \n"), Some(0));
        for bad in [&b"\r\n"[..], b"x", b"+1", b"11111111111111111", b"-1"] {
            assert_eq!(chunk_size(bad), None);
        }
    }
}
