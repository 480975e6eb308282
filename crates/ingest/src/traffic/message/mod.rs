//! A message of HTTP/1 as text, such as many tools keep it (RFC 9112 §2.1):
//! places of its parts, whatever holds it.
//!
//! ```text
//! POST /collect?v=1 HTTP/1.1
//! Host: collect.example
//! Content-Length: 5
//!
//! a=b&c
//! ```
//!
//! [`Request::of`] and [`Response::of`] take a message apart; [`Request::fill`]
//! makes it the request of an entry. Lines may end in LF alone (RFC 9112 §2.2),
//! and a header may go on in lines that begin with white space (§5.2), which
//! belong to its value as they stand. What is no header is a defect.

mod body;
mod fill;
pub(super) mod head;

#[cfg(test)]
mod tests;

use std::ops::Range;

use affiant_model::Reach;

pub(super) use fill::{Context, not_undone};
use head::Head;

/// Why bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotHttp(pub(super) &'static str);

/// A request, by the places of its parts in its bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: Range<usize>,
    /// The target as written: path and query, a whole address, or of CONNECT
    /// host and port (RFC 9112 §3.2).
    pub(super) target: Range<usize>,
    head: Head,
}

impl Request {
    /// Takes a request apart.
    ///
    /// # Errors
    ///
    /// The first line is not that of a request.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, NotHttp> {
        let head = Head::of(bytes);
        let line = head.first.clone();
        let text = bytes.get(line.clone()).unwrap_or_default();
        let blank = |b: &u8| *b == b' ' || *b == b'\t';
        let method = text.iter().position(blank).unwrap_or(text.len());
        let token = |b: &u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b);
        let is_method = text.get(..method).is_some_and(|m| m.iter().all(token));
        if method == 0 || !is_method || method == text.len() {
            return Err(NotHttp("it does not begin with a method and a target"));
        }
        // A target with spaces in it is not allowed, and found.
        let version = text
            .iter()
            .rposition(blank)
            .filter(|at| text.get(at + 1..).is_some_and(|v| v.starts_with(b"HTTP/")));
        let end = version.unwrap_or(text.len());
        let target = trimmed(text, method..end.max(method));
        if target.is_empty() {
            return Err(NotHttp("it does not begin with a method and a target"));
        }
        let at = line.start;
        Ok(Self {
            method: at..at + method,
            target: at + target.start..at + target.end,
            head,
        })
    }

    /// Where everything behind the empty line stands.
    pub(super) const fn rest(&self) -> &Range<usize> {
        &self.head.rest
    }

    /// The value of the first header of a name, as text.
    pub(super) fn header<'b>(
        &self,
        bytes: &'b [u8],
        name: &str,
    ) -> Option<std::borrow::Cow<'b, str>> {
        self.head.value(bytes, name)
    }
}

/// What a response says in its first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Response {
    /// Its status: the final one where interim ones stand before it.
    pub(super) status: u16,
    /// Where the words behind the status stand.
    pub(super) reason: Range<usize>,
}

impl Response {
    /// Reads the status of a response, behind interim ones (RFC 9110 §15.2).
    ///
    /// # Errors
    ///
    /// The first line is not that of a response.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, NotHttp> {
        const INTERIM: usize = 16;
        let (mut at, mut found) = (0, None);
        for _ in 0..INTERIM {
            let rest = bytes.get(at..).unwrap_or_default();
            let head = Head::of(rest);
            let line = rest.get(head.first.clone()).unwrap_or_default();
            let Some((status, words)) = status(line) else {
                break;
            };
            let start = at + head.first.start;
            let reason = trimmed(bytes, start + words..start + line.len());
            found = Some(Self { status, reason });
            if !(100..200).contains(&status) || status == 101 {
                break;
            }
            at += head.rest.start;
        }
        found.ok_or(NotHttp("it does not begin with a status of HTTP"))
    }
}

/// The status in `HTTP/1.1 200 OK`, and where the words behind it begin.
fn status(line: &[u8]) -> Option<(u16, usize)> {
    let rest = line.strip_prefix(b"HTTP/")?;
    let at = rest.iter().position(|b| *b == b' ')?;
    let code_text = rest.get(at..)?.trim_ascii_start();
    let digits = code_text.get(..3)?;
    let ends = code_text.get(3).is_none_or(|b| !b.is_ascii_digit());
    let code = std::str::from_utf8(digits).ok()?.parse::<u16>().ok()?;
    let words = line.len() - code_text.len() + 3;
    (ends && digits.iter().all(u8::is_ascii_digit) && code >= 100).then_some((code, words))
}

/// How far a request went of which a status is recorded, or none: the rules of
/// `traffic::har`. CONNECT is answered by the proxy, and so is what has 407
/// (RFC 9110 §15.5.8); an interim status may come from any server on the way.
pub(super) fn reach(method: &str, status: Option<u16>) -> Reach {
    match status {
        _ if method.eq_ignore_ascii_case("CONNECT") => Reach::Attempted,
        Some(407) => Reach::Attempted,
        Some(101 | 200..) => Reach::Acknowledged,
        Some(_) | None => Reach::Sent,
    }
}

/// A range of `bytes` without the white space around.
fn trimmed(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let part = bytes.get(range.clone()).unwrap_or_default();
    let start = part.len() - part.trim_ascii_start().len();
    let kept = part.trim_ascii().len();
    range.start + start..range.start + start + kept
}
