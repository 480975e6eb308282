//! Lines of a text, each with its place, none held beyond a bound.

use std::io::{BufRead, BufReader, Read};

use affiant_model::Span;

use crate::Refusal;

/// Reads lines one after the other.
pub(super) struct Lines<'r> {
    input: BufReader<&'r mut dyn Read>,
    bound: usize,
    offset: u64,
    number: u64,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its place, without the line end (LF, or CR LF).
    pub(super) span: Span,
    /// Its number, from 1.
    pub(super) number: u64,
    /// Its bytes, without the line end; of a line that is longer than the
    /// bound, none.
    pub(super) bytes: Vec<u8>,
    /// Its first byte, also where it is longer than the bound.
    pub(super) first: Option<u8>,
    /// Whether it is longer than the bound.
    pub(super) over: bool,
    /// Whether a line end follows; the last line may have none, because the
    /// file was cut or still written.
    pub(super) ended: bool,
}

impl Line {
    /// The line as text, what is not UTF-8 replaced.
    pub(super) fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

/// The first line of the beginning of a file that is not blank, without white
/// space around; empty where there is none.
pub(super) fn first(head: &[u8]) -> &[u8] {
    head.split(|b| *b == b'\n')
        .map(<[u8]>::trim_ascii)
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}

impl<'r> Lines<'r> {
    /// Reads lines of at most `bound` bytes.
    pub(super) fn new(input: &'r mut dyn Read, bound: usize) -> Self {
        Self {
            input: BufReader::with_capacity(256 << 10, input),
            bound,
            offset: 0,
            number: 0,
        }
    }

    /// Bytes before the next line.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    ///
    /// The input fails.
    pub(super) fn next(&mut self) -> Result<Option<Line>, Refusal> {
        let start = self.offset;
        let (mut bytes, mut over, mut ended, mut length) = (Vec::new(), false, false, 0_u64);
        let (mut first, mut last) = (None, 0);
        loop {
            let part = match self.input.fill_buf() {
                Ok([]) => break,
                Ok(part) => part,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(source) => {
                    return Err(Refusal::Read {
                        offset: self.offset,
                        source,
                    });
                }
            };
            let end = memchr::memchr(b'\n', part);
            let taken = &part[..end.unwrap_or(part.len())];
            if over || bytes.len() + taken.len() > self.bound.saturating_add(1) {
                over = true;
                bytes = Vec::new();
            } else {
                bytes.extend_from_slice(taken);
            }
            first = first.or(taken.first().copied());
            last = taken.last().copied().unwrap_or(last);
            length += taken.len() as u64;
            let consumed = taken.len() + usize::from(end.is_some());
            self.offset += consumed as u64;
            self.input.consume(consumed);
            if end.is_some() {
                ended = true;
                break;
            }
        }
        if self.offset == start {
            return Ok(None);
        }
        if ended && last == b'\r' {
            length -= 1;
            bytes.pop();
        }
        if bytes.len() > self.bound {
            over = true;
            bytes = Vec::new();
        }
        if length == 0 {
            first = None;
        }
        self.number += 1;
        Ok(Some(Line {
            span: Span::new(start, length),
            number: self.number,
            bytes,
            first,
            over,
            ended,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_its_place() {
        let mut input = &b"one\r\n\ntwo\rx\nthree is long\nend"[..];
        let mut lines = Lines::new(&mut input, 5);
        let mut next = || lines.next().unwrap();
        let line = next().unwrap();
        assert_eq!(
            (line.span, line.bytes.as_slice()),
            (Span::new(0, 3), &b"one"[..])
        );
        assert_eq!(next().unwrap().span, Span::new(5, 0));
        assert_eq!(next().unwrap().bytes, b"two\rx");
        let long = next().unwrap();
        assert!(long.over && long.ended && long.bytes.is_empty());
        assert_eq!(long.first, Some(b't'));
        assert_eq!((long.span, long.number), (Span::new(12, 13), 4));
        let last = next().unwrap();
        assert_eq!((last.ended, last.text().as_ref()), (false, "end"));
        assert_eq!(next(), None);
    }
}
