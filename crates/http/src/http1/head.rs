//! The lines of a head (RFC 9112 §2 to §5), read with the tolerance of real
//! servers: a line may end in LF alone, a header may be folded, a target may
//! hold spaces.

use std::ops::Range;

use memchr::memchr;

use crate::HeaderPlace;

/// The parts of a request line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RequestLine {
    pub(crate) method: Range<usize>,
    pub(crate) target: Range<usize>,
}

/// Bytes that a method may have, the space behind it included.
const METHOD: usize = 64;

/// Reads `GET /path HTTP/1.1`, with its line end or without.
pub(crate) fn request_line(line: &[u8]) -> Option<RequestLine> {
    let line = without_end(line);
    let (before, _) = split_version(line)?;
    let method = 0..memchr(b' ', before.get(..METHOD).unwrap_or(before))?;
    let name = before.get(method.clone())?;
    if name.is_empty() || !name.iter().all(is_token) {
        return None;
    }
    let target = trimmed(before, method.end..before.len());
    (!target.is_empty()).then_some(RequestLine { method, target })
}

/// Whether a method may have this byte (RFC 9110 §5.6.2).
fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}

/// What comes before ` HTTP/1.x`, and that.
fn split_version(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (before, version) = line.split_at_checked(line.len().checked_sub(9)?)?;
    let known = version.starts_with(b" HTTP/1.") && version.last()?.is_ascii_digit();
    known.then_some((before, version))
}

/// The status and whether the line is one of HTTP/1: `HTTP/1.1 200 OK`.
pub(crate) fn status_line(line: &[u8]) -> Option<u16> {
    let line = without_end(line);
    let rest = line.strip_prefix(b"HTTP/1.")?;
    let rest = match rest {
        [minor, b' ', rest @ ..] if minor.is_ascii_digit() => rest,
        _ => return None,
    };
    let (code, after) = rest.split_at_checked(3)?;
    if !code.iter().all(u8::is_ascii_digit) || after.first().is_some_and(|byte| *byte != b' ') {
        return None;
    }
    let code: u16 = std::str::from_utf8(code).ok()?.parse().ok()?;
    (100..=599).contains(&code).then_some(code)
}

/// Methods that may begin a request where the reading is taken up again: those
/// of RFC 9110, of WebDAV (RFC 4918, 3253, 5789), UPnP and PURGE.
const METHODS: [&[u8]; 28] = [
    b"VERSION-CONTROL",
    b"UNSUBSCRIBE",
    b"MKWORKSPACE",
    b"PROPPATCH",
    b"SUBSCRIBE",
    b"CHECKOUT",
    b"M-SEARCH",
    b"PROPFIND",
    b"CONNECT",
    b"OPTIONS",
    b"CHECKIN",
    b"DELETE",
    b"NOTIFY",
    b"REPORT",
    b"SEARCH",
    b"UNLOCK",
    b"MERGE",
    b"MKCOL",
    b"PATCH",
    b"PURGE",
    b"TRACE",
    b"COPY",
    b"HEAD",
    b"LOCK",
    b"MOVE",
    b"POST",
    b"GET",
    b"PUT",
];

/// Where in a line a request begins of which this may be the request line; the
/// end of a body may stand before it.
pub(crate) fn request_within(line: &[u8]) -> Option<usize> {
    let (before, _) = split_version(without_end(line))?;
    let space = memchr::memrchr(b' ', before)?;
    let (left, target) = before.split_at_checked(space)?;
    let target = target.get(1..)?;
    let known = METHODS.iter().find(|method| left.ends_with(method))?;
    let plausible = match *known {
        b"CONNECT" => target.contains(&b':'),
        _ => {
            target.starts_with(b"/")
                || target == b"*"
                || memchr::memmem::find(target, b"://").is_some()
        }
    };
    plausible.then(|| left.len() - known.len())
}

/// Whether these are the first bytes of a request of HTTP/1; `None` where more
/// are needed.
pub(crate) fn begins(bytes: &[u8]) -> Option<bool> {
    let blank = bytes
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count();
    let bytes = bytes.get(blank..).unwrap_or_default();
    if let Some(end) = memchr(b'\n', bytes) {
        return Some(bytes.get(..end).and_then(request_line).is_some());
    }
    // Before the line has ended, the method and the space behind it speak.
    let method = bytes.get(..METHOD).unwrap_or(bytes);
    match method.iter().position(|byte| !is_token(byte)) {
        Some(0) => Some(false),
        Some(at) if method.get(at) != Some(&b' ') => Some(false),
        None if method.len() == METHOD => Some(false),
        _ if bytes.len() > LONGEST => Some(false),
        _ => None,
    }
}

/// Bytes of a request line that are waited for.
const LONGEST: usize = 64 << 10;

/// The header lines of `head` from `from` on, and what is wrong with them.
pub(crate) fn header_lines(head: &[u8], from: usize) -> (Vec<HeaderPlace>, Option<String>) {
    let mut headers: Vec<HeaderPlace> = Vec::new();
    let mut broken = None;
    let mut start = from;
    while let Some(rest) = head.get(start..).filter(|rest| !rest.is_empty()) {
        let end = memchr(b'\n', rest).map_or(head.len(), |at| start + at + 1);
        let line = head.get(start..end).unwrap_or_default();
        let line = without_end(line);
        match (line.first(), headers.last_mut()) {
            (None, _) => {}
            // A folded line continues the value (RFC 9112 §5.2).
            (Some(b' ' | b'\t'), Some(last)) => {
                let folded = trimmed(head, start..start + line.len());
                if !folded.is_empty() {
                    let begin = if last.value.is_empty() {
                        folded.start
                    } else {
                        last.value.start
                    };
                    last.value = begin..folded.end;
                }
            }
            _ => match memchr(b':', line) {
                Some(colon) => headers.push(HeaderPlace {
                    name: String::from_utf8_lossy(line.get(..colon).unwrap_or_default())
                        .trim()
                        .to_owned(),
                    value: trimmed(head, start + colon + 1..start + line.len()),
                }),
                None => {
                    broken.get_or_insert_with(|| {
                        format!("byte {start} of the head begins a line that is no header")
                    });
                }
            },
        }
        start = end;
    }
    (headers, broken)
}

/// The values of the headers of a name, letter case aside.
pub(crate) fn values<'a>(
    headers: &'a [HeaderPlace],
    head: &'a [u8],
    name: &'a str,
) -> impl Iterator<Item = &'a [u8]> {
    headers
        .iter()
        .filter(move |header| header.name.eq_ignore_ascii_case(name))
        .filter_map(|header| head.get(header.value.clone()))
}

/// The members of a list header, over all lines of that name (RFC 9110 §5.6.1).
pub(crate) fn members(headers: &[HeaderPlace], head: &[u8], name: &str) -> Vec<String> {
    values(headers, head, name)
        .flat_map(|value| value.split(|byte| *byte == b','))
        .map(|member| String::from_utf8_lossy(member).trim().to_owned())
        .filter(|member| !member.is_empty())
        .collect()
}

/// A line without its line end.
fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A range without the spaces and tabs at both of its ends.
fn trimmed(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let within = bytes.get(range.clone()).unwrap_or_default();
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let left = within.iter().take_while(|byte| blank(byte)).count();
    let right = within.iter().rev().take_while(|byte| blank(byte)).count();
    let start = range.start + left;
    start..(range.end.saturating_sub(right)).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_line_is_told_from_other_lines() {
        let line = b"GET /a b HTTP/1.1\r\n";
        let read = request_line(line).unwrap();
        assert_eq!(&line[read.method], b"GET");
        assert_eq!(&line[read.target], b"/a b");
        for other in [
            "GET / HTTP/2.0",
            "GET HTTP/1.1",
            " HTTP/1.1",
            "",
            "G(T / HTTP/1.1",
            "GET /",
            "HTTP/1.1 200 OK",
        ] {
            assert_eq!(request_line(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn a_status_line_is_told_from_other_lines() {
        assert_eq!(status_line(b"HTTP/1.1 204\r\n"), Some(204));
        assert_eq!(status_line(b"HTTP/1.0 200 Fine\n"), Some(200));
        for other in [
            "HTTP/1.1 2000",
            "HTTP/1.1 20",
            "HTTP/2 200",
            "HTTP/1.1 099",
            "HTTP/1.1 600",
        ] {
            assert_eq!(status_line(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn a_request_is_found_behind_the_end_of_a_body() {
        assert_eq!(request_within(b"tailGET /x HTTP/1.1\r\n"), Some(4));
        assert_eq!(request_within(b"PROPPATCH /x HTTP/1.1\n"), Some(0));
        assert_eq!(request_within(b"CONNECT a:443 HTTP/1.1\n"), Some(0));
        assert_eq!(request_within(b"MKPUT http://a/ HTTP/1.0\n"), Some(2));
        assert_eq!(request_within(b"GET x HTTP/1.1\n"), None);
        assert_eq!(request_within(b"say GET /x HTTP/1.1 twice\n"), None);
    }

    #[test]
    fn folded_and_empty_values_have_their_places() {
        let head = b"A: one\r\n two \r\nB:\r\nC :\tx\r\nodd\r\n\r\n";
        let (headers, broken) = header_lines(head, 0);
        let read: Vec<_> = headers
            .iter()
            .map(|header| (header.name.as_str(), &head[header.value.clone()]))
            .collect();
        assert_eq!(read, [("A", &b"one\r\n two"[..]), ("B", b""), ("C", b"x")]);
        assert!(broken.is_some());
    }
}
