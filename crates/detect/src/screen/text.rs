//! Credentials in a text that is written into a table, such as an address.

use std::borrow::Cow;
use std::ops::Range;

use affiant_model::{Digest, SightingKind};

use super::{forms, names};

/// The longest name that is looked at, in bytes.
const LONGEST_NAME: usize = 64;

/// The text with each credential in it replaced by its kind, length in bytes and SHA-256,
/// as it is spelt there: `access_token=[masked: token, 3 bytes, SHA-256 ba78…]`. Tables are
/// handed on where the exhibits are not; who has the exhibit finds the value at the place that
/// the row names, and tells it by the digest.
///
/// Credentials are those that [`Screen`](super::Screen) sees: parameters by their names, also
/// where an address stands percent-encoded within another, and values by their form. E-mail
/// addresses are none.
pub(crate) fn without_credentials(text: &str) -> Cow<'_, str> {
    let mut found = parameters(text);
    if let Some(user) = user_information(text) {
        found.push((SightingKind::Password, user));
    }
    for form in forms::find(text.as_bytes()) {
        if form.kind != SightingKind::EmailAddress {
            found.push((form.kind, form.range));
        }
    }
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|(_, range)| (range.start, std::cmp::Reverse(range.end)));
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for (kind, range) in found {
        // What lies within a longer one is masked with it; forms and parameters begin and end
        // at ASCII, so that the text can be cut there.
        let (Some(before), Some(value)) = (text.get(at..range.start), text.get(range.clone()))
        else {
            continue;
        };
        masked.push_str(before);
        masked.push_str(&format!(
            "[masked: {kind}, {} bytes, SHA-256 {}]",
            value.len(),
            Digest::of(value.as_bytes())
        ));
        at = range.end;
    }
    masked.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(masked)
}

/// The values of parameters whose names say that they are credentials.
fn parameters(text: &str) -> Vec<(SightingKind, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((sign, length)) = next_sign(bytes, at) {
        let start = sign + length;
        at = start;
        let Some(kind) = name_before(text, sign).and_then(names::of_parameter) else {
            continue;
        };
        let end = end_of_value(bytes, start, length > 1);
        if end > start {
            found.push((kind, start..end));
            at = end;
        }
    }
    found
}

/// The next `=`, plain or percent-encoded once or more, with its length in bytes.
fn next_sign(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while at < bytes.len() {
        at += memchr::memchr2(b'=', b'%', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'=') {
            return Some((at, 1));
        }
        if let Some(length) = encoded(bytes, at, b"3D") {
            return Some((at, length));
        }
        at += 1;
    }
    None
}

/// The length of a percent-encoded character at `at`: of `%3D`, `%253D` and so on.
fn encoded(bytes: &[u8], at: usize, hex: &[u8; 2]) -> Option<usize> {
    let rest = bytes.get(at..)?.strip_prefix(b"%")?;
    let twice = rest
        .chunks_exact(2)
        .take_while(|pair| *pair == b"25")
        .count();
    let pair = rest.get(2 * twice..2 * twice + 2)?;
    pair.eq_ignore_ascii_case(hex).then_some(3 + 2 * twice)
}

/// The name that ends where a sign of equality begins.
fn name_before(text: &str, end: usize) -> Option<&str> {
    let bytes = text.as_bytes();
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = bytes
        .get(..end)?
        .iter()
        .rev()
        .take(LONGEST_NAME + 1)
        .take_while(|byte| is_part(byte))
        .count();
    let mut start = end - length;
    // `%26access_token`: the digits belong to the character before, however often encoded.
    if start > 0 && bytes.get(start - 1) == Some(&b'%') {
        while bytes.get(start..start + 2) == Some(b"25") {
            start += 2;
        }
        start += 2;
    }
    text.get(start..end)
}

/// Where the value of a parameter ends.
fn end_of_value(bytes: &[u8], start: usize, in_encoded: bool) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let ends = |at: usize| {
        let plain = rest.get(at).is_none_or(|byte| {
            matches!(byte, b'&' | b'#' | b';' | b'"' | b'\'' | b'<' | b'>')
                || byte.is_ascii_whitespace()
        });
        plain
            || (in_encoded
                && (encoded(rest, at, b"26").is_some() || encoded(rest, at, b"23").is_some()))
    };
    let length = (0..rest.len()).find(|at| ends(*at)).unwrap_or(rest.len());
    start + length
}

/// The password of `https://user:password@host` (RFC 3986 §3.2.1).
fn user_information(text: &str) -> Option<Range<usize>> {
    let start = text.find("://")? + 3;
    let rest = text.get(start..)?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let user = authority.rsplit_once('@')?.0;
    let colon = user.find(':')?;
    let range = start + colon + 1..start + user.len();
    (!range.is_empty()).then_some(range)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masked(kind: &str, value: &str) -> String {
        let digest = Digest::of(value.as_bytes());
        format!("[masked: {kind}, {} bytes, SHA-256 {digest}]", value.len())
    }

    #[test]
    fn a_token_of_an_address_leaves_its_kind_length_and_digest() {
        let url =
            |token: &str| format!("https://g.example/v6/me?access_token={token}&fields=id#top");
        let token = masked("token", "EAAB0123");
        assert_eq!(without_credentials(&url("EAAB0123")), url(&token));
    }

    #[test]
    fn a_token_of_an_address_within_an_address_is_seen() {
        for (text, value) in [
            (
                "https://a.example/?to=https%3A%2F%2Fb%2F%3Fx%3D1%26id_token%3Dq9%26y%3D2",
                "q9",
            ),
            (
                "https://a.example/?to=b%253Faccess_token%253Dq9%2526y%253D2",
                "q9",
            ),
            ("https://a.example/cb#access_token=q9", "q9"),
            ("https://ann:hunter2@a.example/x?y=1", "hunter2"),
            ("https://a.example/?Client-Secret=s3cret", "s3cret"),
        ] {
            let found = without_credentials(text);
            let digest = Digest::of(value.as_bytes()).to_string();
            assert!(found.contains(&digest), "{found}");
            assert!(!found.contains(&format!("={value}")), "{found}");
            assert!(
                found.ends_with(text.rsplit(value).next().unwrap()),
                "{found}"
            );
        }
    }

    #[test]
    fn a_form_is_masked_wherever_it_stands_and_addresses_are_not() {
        let jwt = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3NjcyMjU2MDB9.c2ln";
        let found = without_credentials(jwt);
        assert_eq!(found, masked("JSON Web Token", jwt));
        for text in [
            "ann@example.com",
            "https://a.example/?token_count=3&q=access_token",
            "https://a.example/?access_token=",
            "iPhone12,1",
            "",
        ] {
            assert!(matches!(without_credentials(text), Cow::Borrowed(same) if same == text));
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_no_value_of_a_token_stays(
            before in "\\PC{0,20}", value in "[a-z0-9]{12,30}", after in "\\PC{0,20}",
        ) {
            let _ = without_credentials(&before);
            let text = format!("{before}?access_token={value}&{after}");
            prop_assert!(!without_credentials(&text).contains(&value));
        }
    }
}
