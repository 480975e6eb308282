//! Pieces of XML markup, found without holding the text: just enough to tell
//! where each element begins and ends (XML 1.0 §2). No entity is looked up.

use std::io::{BufRead, BufReader, ErrorKind, Read};

use crate::Refusal;

/// What a piece of markup is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// A start tag, with its text as far as it is kept.
    Start(Vec<u8>),
    /// A tag that is start and end at once.
    Empty,
    /// An end tag.
    End,
    /// Text, a section of CDATA, a comment, a declaration or an instruction.
    Other,
    /// Markup within which the file ends.
    Cut,
    /// The end of the file.
    Eof,
}

/// Reads one piece after the other.
pub(super) struct Markup<'r> {
    input: BufReader<&'r mut dyn Read>,
    offset: u64,
}

/// Bytes that are kept up to a bound.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) bytes: Vec<u8>,
    /// Whether there were more.
    pub(super) over: bool,
    bound: usize,
}

impl Kept {
    pub(super) fn up_to(bound: usize) -> Self {
        Self {
            bound,
            ..Self::default()
        }
    }

    fn push(&mut self, part: &[u8]) {
        if self.over || self.bytes.len().saturating_add(part.len()) > self.bound {
            self.over = true;
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(part);
        }
    }
}

/// Bytes of a start tag that are kept.
const TAG: usize = 4 << 10;

impl<'r> Markup<'r> {
    pub(super) fn new(input: &'r mut dyn Read) -> Self {
        Self {
            input: BufReader::with_capacity(256 << 10, input),
            offset: 0,
        }
    }

    /// Bytes before the next piece.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    fn fill(&mut self) -> Result<&[u8], Refusal> {
        loop {
            // Asked twice, because the borrow of the first would outlive the loop.
            match self.input.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(source) => {
                    let offset = self.offset;
                    return Err(Refusal::Read { offset, source });
                }
            }
        }
        Ok(self.input.buffer())
    }

    fn consume(&mut self, count: usize) {
        self.input.consume(count);
        self.offset += count as u64;
    }

    /// Reads the next piece and pushes its bytes.
    pub(super) fn next(&mut self, kept: &mut Kept) -> Result<Piece, Refusal> {
        let chunk = self.fill()?;
        let Some(first) = chunk.first() else {
            return Ok(Piece::Eof);
        };
        if *first != b'<' {
            let length = memchr::memchr(b'<', chunk).unwrap_or(chunk.len());
            kept.push(&chunk[..length]);
            self.consume(length);
            return Ok(Piece::Other);
        }
        // The longest opening is `<![CDATA[`.
        let mut opening = Vec::with_capacity(9);
        for end in [b"]]>".as_slice(), b"-->", b"?>"] {
            let wanted: &[u8] = match end {
                b"]]>" => b"<![CDATA[",
                b"-->" => b"<!--",
                _ => b"<?",
            };
            while opening.len() < wanted.len() && wanted.starts_with(&opening) {
                if !self.byte(&mut opening, kept)? {
                    return Ok(Piece::Cut);
                }
            }
            if opening == wanted {
                return self.until(end, kept);
            }
        }
        self.tag(opening, kept)
    }

    /// Consumes one byte; `false` at the end of the file.
    fn byte(&mut self, to: &mut Vec<u8>, kept: &mut Kept) -> Result<bool, Refusal> {
        let Some(byte) = self.fill()?.first().copied() else {
            return Ok(false);
        };
        to.push(byte);
        kept.push(&[byte]);
        self.consume(1);
        Ok(true)
    }

    /// Consumes everything up to `end`, which ends in `>`.
    fn until(&mut self, end: &[u8], kept: &mut Kept) -> Result<Piece, Refusal> {
        let mut last = Vec::new();
        loop {
            let chunk = self.fill()?;
            if chunk.is_empty() {
                return Ok(Piece::Cut);
            }
            let found = memchr::memchr(b'>', chunk);
            let length = found.map_or(chunk.len(), |at| at + 1);
            let part = &chunk[..length];
            kept.push(part);
            last.extend_from_slice(&part[part.len().saturating_sub(end.len())..]);
            let ended = found.is_some() && last.ends_with(end);
            let surplus = last.len().saturating_sub(end.len());
            last.drain(..surplus);
            self.consume(length);
            if ended {
                return Ok(Piece::Other);
            }
        }
    }

    /// Consumes a tag or a declaration to its end, quotation marks and the
    /// internal subset of a document type declaration minded (§2.8).
    fn tag(&mut self, mut text: Vec<u8>, kept: &mut Kept) -> Result<Piece, Refusal> {
        let declaration = text.starts_with(b"<!");
        let (mut quote, mut depth, mut last) = (None, 0_u32, 0_u8);
        // What was consumed so far may hold the end, as in `<a>`.
        let begun = std::mem::take(&mut text);
        let mut pending: &[u8] = &begun;
        loop {
            let chunk = match pending {
                [] => self.fill()?,
                _ => pending,
            };
            if chunk.is_empty() {
                return Ok(Piece::Cut);
            }
            let mut end = None;
            for (at, byte) in chunk.iter().copied().enumerate() {
                match (quote, byte) {
                    (Some(mark), _) if mark == byte => quote = None,
                    (Some(_), _) => {}
                    (None, b'"' | b'\'') => quote = Some(byte),
                    (None, b'[') if declaration => depth = depth.saturating_add(1),
                    (None, b']') if declaration => depth = depth.saturating_sub(1),
                    (None, b'>') if depth == 0 => {
                        end = Some(at);
                        break;
                    }
                    (None, _) => {}
                }
                last = byte;
            }
            let length = end.map_or(chunk.len(), |at| at + 1);
            let room = TAG.saturating_sub(text.len()).min(length);
            text.extend_from_slice(&chunk[..room]);
            if pending.is_empty() {
                kept.push(&chunk[..length]);
                self.consume(length);
            }
            pending = &[];
            if end.is_some() {
                return Ok(match text.get(1) {
                    Some(b'!' | b'?') => Piece::Other,
                    Some(b'/') => Piece::End,
                    _ if last == b'/' => Piece::Empty,
                    _ => Piece::Start(text),
                });
            }
        }
    }
}

/// The name in a start tag.
pub(super) fn name(tag: &[u8]) -> &[u8] {
    let inside = tag.strip_prefix(b"<").unwrap_or(tag);
    let end = inside
        .iter()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
    inside
        .get(..end.unwrap_or(inside.len()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out one byte at a time, so that no piece comes whole.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = buffer.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }

    fn pieces(text: &str) -> Vec<(Piece, String)> {
        let mut input = Slow(text.as_bytes());
        let mut markup = Markup::new(&mut input);
        let mut found = Vec::new();
        loop {
            let mut kept = Kept::up_to(1000);
            let piece = markup.next(&mut kept).unwrap();
            if piece == Piece::Eof {
                assert_eq!(markup.offset(), text.len() as u64);
                return found;
            }
            found.push((piece, String::from_utf8(kept.bytes).unwrap()));
        }
    }

    #[test]
    fn markup_is_told_apart_and_nothing_is_lost() {
        let text = "<?xml version=\"1.0\"?><!DOCTYPE items [\n<!ELEMENT items (item*)>\n<!ATTLIST a b CDATA \"]>\">\n]><items b='>'>\
                    <a/><![CDATA[<b>]]]]><!-- < > --></items >";
        let found = pieces(text);
        let joined: String = found.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(joined, text);
        let telling: Vec<_> = found
            .iter()
            .filter(|(piece, _)| *piece != Piece::Other)
            .map(|(_, text)| text.as_str())
            .collect();
        assert_eq!(telling, ["<items b='>'>", "<a/>", "</items >"]);
        assert_eq!(name(b"<items b='>'>"), b"items");
        assert_eq!(pieces("<a>")[0].0, Piece::Start(b"<a>".to_vec()));
        for cut in ["<", "<!", "<![CDATA[x]]", "<a b=\"", "<!-- --"] {
            assert_eq!(pieces(cut)[0].0, Piece::Cut, "{cut}");
        }
    }
}
