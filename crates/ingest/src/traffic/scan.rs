//! A byte-level scanner over JSON text: follows strings and depth just enough
//! to find where each value begins and ends, without holding the text.

use std::io::{self, Read};

use memchr::{memchr2, memchr3};

use crate::Refusal;

/// Bytes asked of the input at a time.
const CHUNK: usize = 256 << 10;

/// Why scanning cannot go on.
#[derive(Debug)]
pub(super) enum Stop {
    /// The input failed.
    Refused(Refusal),
    /// The receiver has seen enough.
    Break,
    /// The text ends at this byte although more is due.
    Early(u64),
    /// The text is not JSON at this byte: what was due instead.
    NotJson(u64, &'static str),
}

/// The bytes of a value, kept up to a bound.
pub(super) struct Keep {
    /// The bytes; empty when `over`.
    pub(super) bytes: Vec<u8>,
    /// Whether the value was larger than the bound.
    pub(super) over: bool,
    bound: usize,
}

impl Keep {
    /// Keeps a value of at most `bound` bytes.
    pub(super) const fn up_to(bound: usize) -> Self {
        Self {
            bytes: Vec::new(),
            over: false,
            bound,
        }
    }

    fn push(&mut self, part: &[u8]) {
        if self.over || self.bytes.len() + part.len() > self.bound {
            self.over = true;
            self.bytes = Vec::new();
        } else {
            // Most values stand in one piece of what is read ahead.
            if self.bytes.is_empty() {
                self.bytes.reserve_exact(part.len());
            }
            self.bytes.extend_from_slice(part);
        }
    }
}

/// Reads ahead in an input and knows how far it is.
pub(super) struct Scanner<'r> {
    input: &'r mut dyn Read,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were consumed, and that are filled.
    at: usize,
    filled: usize,
    /// Bytes of the input before the buffer.
    before: u64,
}

impl<'r> Scanner<'r> {
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
    pub(super) fn head(&mut self, wanted: usize) -> Result<&[u8], Stop> {
        while self.filled < wanted.min(CHUNK) {
            if self.read_more()? == 0 {
                break;
            }
        }
        Ok(&self.buffer[..self.filled])
    }

    fn read_more(&mut self) -> Result<usize, Stop> {
        loop {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Ok(count) => {
                    self.filled += count;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    let offset = self.before + self.filled as u64;
                    return Err(Stop::Refused(Refusal::Read { offset, source }));
                }
            }
        }
    }

    /// What is buffered and not consumed; empty only at the end of the input.
    fn chunk(&mut self) -> Result<&[u8], Stop> {
        if self.at == self.filled {
            self.before += self.filled as u64;
            self.at = 0;
            self.filled = 0;
            self.read_more()?;
        }
        Ok(&self.buffer[self.at..self.filled])
    }

    /// Leaves out `count` buffered bytes.
    pub(super) fn consume(&mut self, count: usize) {
        self.at = self.filled.min(self.at + count);
    }

    /// The next byte, unconsumed.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, Stop> {
        Ok(self.chunk()?.first().copied())
    }

    /// The next byte that is not white space (RFC 8259 §2), unconsumed.
    pub(super) fn peek_token(&mut self) -> Result<Option<u8>, Stop> {
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Ok(None);
            }
            match chunk
                .iter()
                .position(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
            {
                Some(blanks) => {
                    let byte = chunk[blanks];
                    self.consume(blanks);
                    return Ok(Some(byte));
                }
                None => {
                    let blanks = chunk.len();
                    self.consume(blanks);
                }
            }
        }
    }

    /// As [`Self::peek_token`], where the text cannot end.
    pub(super) fn need_token(&mut self) -> Result<u8, Stop> {
        self.peek_token()?.ok_or_else(|| Stop::Early(self.offset()))
    }

    /// Consumes the next token, which must be `wanted`.
    pub(super) fn expect(&mut self, wanted: u8, name: &'static str) -> Result<(), Stop> {
        if self.need_token()? == wanted {
            self.consume(1);
            Ok(())
        } else {
            Err(Stop::NotJson(self.offset(), name))
        }
    }

    /// Consumes everything to the end of the input.
    pub(super) fn drain(&mut self) -> Result<(), Stop> {
        loop {
            let rest = self.chunk()?.len();
            if rest == 0 {
                return Ok(());
            }
            self.consume(rest);
        }
    }

    /// Consumes everything to the end of the input, and gives as much of it as
    /// the bound allows.
    pub(super) fn rest(&mut self, bound: usize) -> Result<Vec<u8>, Stop> {
        let mut bytes = Vec::new();
        loop {
            let chunk = self.chunk()?;
            let length = chunk.len();
            if length == 0 {
                return Ok(bytes);
            }
            let room = bound.saturating_sub(bytes.len());
            bytes.extend_from_slice(&chunk[..length.min(room)]);
            self.consume(length);
        }
    }

    /// Consumes one value, from its first byte (which is next) to its last,
    /// and keeps it. Brackets are counted, not paired: what stands between them
    /// is for the parser.
    pub(super) fn value(&mut self, keep: &mut Keep) -> Result<(), Stop> {
        match self.need_token()? {
            b'"' | b'{' | b'[' => self.balanced(keep),
            b',' | b':' | b'}' | b']' => Err(Stop::NotJson(self.offset(), "a value")),
            _ => self.literal(keep),
        }
    }

    fn literal(&mut self, keep: &mut Keep) -> Result<(), Stop> {
        loop {
            let chunk = self.chunk()?;
            let end = chunk.iter().position(|b| {
                matches!(
                    b,
                    b',' | b':' | b'"' | b'{' | b'}' | b'[' | b']' | b' ' | b'\t' | b'\r' | b'\n'
                )
            });
            let length = end.unwrap_or(chunk.len());
            keep.push(&chunk[..length]);
            let finished = end.is_some() || chunk.is_empty();
            self.consume(length);
            if finished {
                return Ok(());
            }
        }
    }

    fn balanced(&mut self, keep: &mut Keep) -> Result<(), Stop> {
        let mut state = Balance::default();
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Err(Stop::Early(self.offset()));
            }
            let (length, closed) = state.follow(chunk);
            keep.push(&chunk[..length]);
            self.consume(length);
            if closed {
                return Ok(());
            }
        }
    }

    /// Consumes the opening of a container, or the comma before its next
    /// member; `false` where it closes instead.
    pub(super) fn next_in(&mut self, first: bool, close: u8) -> Result<Next, Stop> {
        let token = self.need_token()?;
        if token == close {
            self.consume(1);
            return Ok(Next::Closed);
        }
        if first {
            return Ok(Next::Member);
        }
        if token != b',' {
            return Ok(Next::NoComma);
        }
        self.consume(1);
        if self.need_token()? == close {
            self.consume(1);
            return Ok(Next::ClosedAfterComma);
        }
        Ok(Next::Member)
    }

    /// Consumes the name of a member and the colon. A name that is longer than
    /// any we look for, or not readable, comes back empty.
    pub(super) fn name(&mut self) -> Result<String, Stop> {
        if self.need_token()? != b'"' {
            return Err(Stop::NotJson(self.offset(), "a member name"));
        }
        let mut keep = Keep::up_to(1 << 10);
        self.balanced(&mut keep)?;
        self.expect(b':', "a colon")?;
        Ok(serde_json::from_slice(&keep.bytes).unwrap_or_default())
    }
}

/// What comes next in a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Another member.
    Member,
    /// Something without a comma before it.
    NoComma,
    /// Its end.
    Closed,
    /// Its end, behind a comma that announced another member.
    ClosedAfterComma,
}

/// Where we are inside a string or between brackets.
#[derive(Default)]
struct Balance {
    depth: u64,
    in_string: bool,
    escaped: bool,
}

impl Balance {
    /// Follows `chunk`: how many bytes of it belong to the value, and whether
    /// the value ends there.
    fn follow(&mut self, chunk: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while at < chunk.len() {
            if self.escaped {
                self.escaped = false;
                at += 1;
            } else if self.in_string {
                let Some(found) = memchr2(b'"', b'\\', &chunk[at..]) else {
                    return (chunk.len(), false);
                };
                at += found + 1;
                if chunk[at - 1] == b'\\' {
                    // Escapes often follow one another.
                    at += 1;
                    while chunk.get(at) == Some(&b'\\') {
                        at += 2;
                    }
                    self.escaped = at > chunk.len();
                    at = at.min(chunk.len());
                } else {
                    self.in_string = false;
                    if self.depth == 0 {
                        return (at, true);
                    }
                }
            } else {
                let Some(found) = next_structural(&chunk[at..]) else {
                    return (chunk.len(), false);
                };
                at += found + 1;
                match chunk[at - 1] {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    _ => {
                        self.depth = self.depth.saturating_sub(1);
                        if self.depth == 0 {
                            return (at, true);
                        }
                    }
                }
            }
        }
        (at, false)
    }
}

/// The next quotation mark or bracket. Between strings there is little but
/// white space and commas, which a plain loop passes fastest; long runs, as of
/// indentation or numbers, go to the vector search.
pub(super) fn next_structural(bytes: &[u8]) -> Option<usize> {
    const NEAR: usize = 32;
    let is_structural = |b: &u8| matches!(b, b'"' | b'{' | b'}' | b'[' | b']');
    let near = &bytes[..bytes.len().min(NEAR)];
    if let Some(found) = near.iter().position(is_structural) {
        return Some(found);
    }
    let far = &bytes[near.len()..];
    let quote_or_open = memchr3(b'"', b'{', b'[', far);
    let before = &far[..quote_or_open.unwrap_or(far.len())];
    memchr2(b'}', b']', before)
        .or(quote_or_open)
        .map(|found| near.len() + found)
}
