//! First line and headers of a message.

use std::borrow::Cow;
use std::ops::Range;

use super::trimmed;

/// How many headers are held of one message, and how many lines that are none.
const HEADERS: usize = 100_000;
const ODD: usize = 1_000;

/// First line and headers, by their places in the bytes of the message.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) first: Range<usize>,
    pub(super) headers: Vec<Header>,
    /// Lines that are no headers.
    pub(super) odd: Vec<Range<usize>>,
    /// How many lines there are beyond the bounds.
    pub(super) beyond: u64,
    /// What stands behind the empty line.
    pub(super) rest: Range<usize>,
    /// Whether there is an empty line.
    pub(super) ended: bool,
}

/// One header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) name: Range<usize>,
    /// Without the white space around.
    pub(super) value: Range<usize>,
}

impl Head {
    /// Takes the head of a message apart. Empty lines before it are passed over
    /// (RFC 9112 §2.2).
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut head = Self::default();
        let mut at = 0;
        while let Some((line, next)) = line(bytes, at) {
            at = next;
            if !line.is_empty() {
                head.first = line;
                break;
            }
        }
        while let Some((line, next)) = line(bytes, at) {
            at = next;
            if line.is_empty() {
                head.ended = true;
                break;
            }
            head.take(bytes, line);
        }
        head.rest = at..bytes.len();
        head
    }

    fn take(&mut self, bytes: &[u8], line: Range<usize>) {
        let text = bytes.get(line.clone()).unwrap_or_default();
        let folded = text.first().is_some_and(|b| *b == b' ' || *b == b'\t');
        if folded && let Some(last) = self.headers.last_mut() {
            let whole = trimmed(bytes, line);
            if !whole.is_empty() {
                last.value = if last.value.is_empty() {
                    whole
                } else {
                    last.value.start..whole.end
                };
            }
            return;
        }
        // The name of a pseudo-header of HTTP/2 begins with the colon.
        let from = usize::from(text.first() == Some(&b':'));
        let colon = text
            .iter()
            .skip(from)
            .position(|b| *b == b':')
            .map(|at| at + from)
            .filter(|at| *at > 0);
        let parts = colon.map(|colon| {
            let name = trimmed(bytes, line.start..line.start + colon);
            (name, trimmed(bytes, line.start + colon + 1..line.end))
        });
        match parts.filter(|(name, _)| !name.is_empty()) {
            Some((name, value)) if self.headers.len() < HEADERS => {
                self.headers.push(Header { name, value });
            }
            None if self.odd.len() < ODD => self.odd.push(line),
            _ => self.beyond += 1,
        }
    }

    /// The values of the headers of a name, in order.
    pub(super) fn values<'b>(
        &self,
        bytes: &'b [u8],
        name: &str,
    ) -> impl Iterator<Item = Cow<'b, str>> {
        self.headers
            .iter()
            .filter(move |header| {
                bytes
                    .get(header.name.clone())
                    .is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
            })
            .map(move |header| {
                String::from_utf8_lossy(bytes.get(header.value.clone()).unwrap_or_default())
            })
    }

    /// The value of the first header of a name.
    pub(super) fn value<'b>(&self, bytes: &'b [u8], name: &str) -> Option<Cow<'b, str>> {
        self.values(bytes, name).next()
    }
}

/// The line that begins at `at`, without its end, and where the next begins.
pub(in super::super) fn line(bytes: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
    let (length, next) = match memchr::memchr(b'\n', rest) {
        Some(end) => (end, end + 1),
        None => (rest.len(), rest.len()),
    };
    let text = rest.get(..length).unwrap_or_default();
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    Some((at..at + text.len(), at + next))
}
