//! What the text forms share: lines, decimals, base64.

use affiant_model::Digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Characters of a refused text that a message repeats.
const SHOWN: usize = 80;

/// Writes bytes in the standard base64 (RFC 4648 §4), padded.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads standard base64, and only the one spelling that [`encode`] gives.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads a SHA-256 digest in base64.
pub(crate) fn decode_digest(text: &str) -> Option<Digest> {
    let bytes: [u8; 32] = decode(text)?.try_into().ok()?;
    Some(Digest::from_bytes(bytes))
}

/// Reads a decimal number: digits only, no leading zero.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let short = text == "0" || !text.starts_with('0');
    text.parse().ok().filter(|_| plain && short)
}

/// A refused text as a message may show it: escaped, and not all of a long one.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown.escape_debug().to_string()
}

/// Where the first control character other than a line feed is, in bytes.
pub(crate) fn control_character(text: &str) -> Option<usize> {
    text.bytes().position(|byte| byte < b' ' && byte != b'\n')
}

/// A text taken line by line, each ended by a line feed.
pub(crate) struct Lines<'t> {
    rest: &'t str,
    number: usize,
}

impl<'t> Lines<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        Self {
            rest: text,
            number: 0,
        }
    }

    /// The number, from 1, of the line last taken or found missing.
    pub(crate) const fn number(&self) -> usize {
        self.number
    }

    /// What was not taken.
    pub(crate) const fn rest(&self) -> &'t str {
        self.rest
    }

    /// The next line, if it begins with `prefix`: what follows that.
    pub(crate) fn next_if(&mut self, prefix: &str) -> Option<&'t str> {
        self.rest
            .starts_with(prefix)
            .then(|| self.next())?
            .and_then(|line| line.strip_prefix(prefix))
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        self.number += 1;
        let (line, rest) = self.rest.split_once('\n')?;
        self.rest = rest;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_spelling_of_a_number_is_read() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("18446744073709551615"), Some(u64::MAX));
        for text in [
            "",
            "00",
            "01",
            "+1",
            "-1",
            "1 ",
            " 1",
            "1_0",
            "18446744073709551616",
            "١",
        ] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn only_one_spelling_of_base64_is_read() {
        assert_eq!(decode("YQ=="), Some(b"a".to_vec()));
        for text in ["YQ", "YQ=", "YR==", "YQ==\n", " YQ==", "YQ===", "_w=="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn a_message_shows_no_raw_control_or_direction_character() {
        let shown = shown("a\u{202e}b\u{1b}[2J\n");
        assert_eq!(shown, "a\\u{202e}b\\u{1b}[2J\\n");
    }
}
