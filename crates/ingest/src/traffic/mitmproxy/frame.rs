//! The stream of flows: where each tnetstring begins and ends, by its length.

use std::io::{self, Read};

use affiant_model::Span;

use super::value::Tag;
use crate::Refusal;

/// Bytes asked of the input at a time.
const CHUNK: usize = 256 << 10;

/// Digits of the longest length that is read, as in `mitmproxy/io/tnetstring.py`.
pub(super) const MOST_DIGITS: usize = 12;

/// Room made for a value before its bytes are there: a length is only a claim.
const ROOM: u64 = 1 << 20;

/// What stands next in the file.
#[derive(Debug)]
pub(super) enum Frame {
    /// A value within the bound: its bytes, from the first digit to the tag.
    Whole(Span, Vec<u8>),
    /// A value beyond the bound, passed over by its length.
    TooLarge(Span),
    /// A value whose end is not where its length says: framing is lost.
    NoTag(Span),
    /// A value that the end of the file cuts off.
    Cut(Span),
    /// Something that is not a value.
    NotOne,
    /// The end of the file.
    End,
}

/// Reads one value after the other.
pub(super) struct Frames<'r> {
    input: &'r mut dyn Read,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were consumed, and that are filled.
    at: usize,
    filled: usize,
    /// Bytes of the input before the buffer.
    before: u64,
}

impl<'r> Frames<'r> {
    pub(super) fn new(input: &'r mut dyn Read) -> Self {
        Self {
            input,
            buffer: vec![0; CHUNK],
            at: 0,
            filled: 0,
            before: 0,
        }
    }

    /// Bytes of the input before the next one.
    pub(super) const fn offset(&self) -> u64 {
        self.before + self.at as u64
    }

    /// The first `wanted` bytes of the input, or all of it, unconsumed. To be
    /// called before anything else.
    pub(super) fn head(&mut self, wanted: usize) -> Result<&[u8], Refusal> {
        let wanted = wanted.min(CHUNK);
        while self.filled < wanted && self.read_more()? > 0 {}
        Ok(&self.buffer[..self.filled.min(wanted)])
    }

    /// The next value; it is kept where it takes `bound` bytes or fewer.
    pub(super) fn next(&mut self, bound: usize) -> Result<Frame, Refusal> {
        let start = self.offset();
        let span = |end: u64| Span::new(start, end - start);
        let mut bytes = Vec::new();
        loop {
            match self.peek()? {
                None if bytes.is_empty() => return Ok(Frame::End),
                None => return Ok(Frame::Cut(span(self.offset()))),
                Some(digit) if digit.is_ascii_digit() && bytes.len() < MOST_DIGITS => {
                    bytes.push(digit);
                    self.at += 1;
                }
                Some(b':') if !bytes.is_empty() => break,
                Some(_) => return Ok(Frame::NotOne),
            }
        }
        let length = bytes
            .iter()
            .fold(0_u64, |n, d| n * 10 + u64::from(d - b'0'));
        // The colon before the payload and the tag behind it.
        let whole = bytes.len() as u64 + length + 2;
        let keep = whole <= bound as u64;
        if keep {
            bytes.reserve(usize::try_from(whole.min(ROOM)).unwrap_or_default());
        }
        let mut rest = length + 2;
        let mut last = 0;
        while rest > 0 {
            let chunk = self.chunk()?;
            let Some(end) = chunk.len().checked_sub(1) else {
                return Ok(Frame::Cut(span(self.offset())));
            };
            let take = usize::try_from(rest).map_or(end + 1, |rest| rest.min(end + 1));
            last = chunk[take - 1];
            if keep {
                bytes.extend_from_slice(&chunk[..take]);
            }
            self.at += take;
            rest -= take as u64;
        }
        let span = span(self.offset());
        Ok(match Tag::of(last) {
            None => Frame::NoTag(span),
            Some(_) if keep => Frame::Whole(span, bytes),
            Some(_) => Frame::TooLarge(span),
        })
    }

    /// Consumes everything to the end of the input.
    pub(super) fn drain(&mut self) -> Result<(), Refusal> {
        while !self.chunk()?.is_empty() {
            self.at = self.filled;
        }
        Ok(())
    }

    fn peek(&mut self) -> Result<Option<u8>, Refusal> {
        Ok(self.chunk()?.first().copied())
    }

    /// What is buffered and not consumed; empty only at the end of the input.
    fn chunk(&mut self) -> Result<&[u8], Refusal> {
        if self.at == self.filled {
            self.before += self.filled as u64;
            self.at = 0;
            self.filled = 0;
            self.read_more()?;
        }
        Ok(&self.buffer[self.at..self.filled])
    }

    fn read_more(&mut self) -> Result<usize, Refusal> {
        loop {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Ok(count) => {
                    self.filled += count;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    let offset = self.before + self.filled as u64;
                    return Err(Refusal::Read { offset, source });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(file: &[u8], bound: usize) -> Vec<String> {
        let mut input = file;
        let mut frames = Frames::new(&mut input);
        let mut found = Vec::new();
        loop {
            let frame = frames.next(bound).unwrap();
            let end = matches!(
                frame,
                Frame::End | Frame::NotOne | Frame::NoTag(_) | Frame::Cut(_)
            );
            found.push(match frame {
                Frame::Whole(span, bytes) => {
                    assert_eq!(span.length, bytes.len() as u64);
                    format!("{}@{}", String::from_utf8_lossy(&bytes), span.offset)
                }
                other => format!("{other:?}")
                    .replace("offset: ", "")
                    .replace("length: ", ""),
            });
            if end {
                return found;
            }
        }
    }

    #[test]
    fn each_value_is_found_by_its_length() {
        assert_eq!(
            frames(b"0:~3:abc,1:1#", 5),
            ["0:~@0", "TooLarge(Span { 3, 6 })", "1:1#@9", "End"]
        );
    }

    #[test]
    fn what_is_no_value_is_told_apart_from_one_that_is_cut() {
        assert_eq!(frames(b"0:~x", 9), ["0:~@0", "NotOne"]);
        assert_eq!(frames(b":", 9), ["NotOne"]);
        assert_eq!(frames(b"1234567890123:", 9), ["NotOne"]);
        assert_eq!(frames(b"2:ab?", 9), ["NoTag(Span { 0, 5 })"]);
        for cut in ["2", "2:", "2:a", "2:ab", "999999999999:ab"] {
            let wanted = format!("Cut(Span {{ 0, {} }})", cut.len());
            assert_eq!(frames(cut.as_bytes(), usize::MAX), [wanted], "{cut}");
        }
    }
}
