use std::borrow::Cow;
use std::ops::Range;

use super::{EscapeIndex, octal, quoted, script};

/// A way of writing text in text, one character at a time, so that each byte
/// of the result can be traced back to the bytes that spell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escape {
    /// As it is.
    None,
    /// Inside a JSON string (RFC 8259 §7).
    Json,
    /// Percent-encoding (RFC 3986 §2.1). A `%` that begins no escape stands for itself.
    Percent,
    /// Character references of HTML and XML: decimal, hexadecimal, and the names
    /// that XML 1.0 §4.6 predefines.
    Entities,
    /// `\x40` and `\u{40}` of ECMAScript strings; several `\x` that spell a character
    /// of UTF-8 are that character, as bytes are written by other programs.
    Script,
    /// `%u0040` of `escape()` of ECMAScript; two may be a surrogate pair.
    PercentU,
    /// `\101`: a byte by its number in three octal digits.
    Octal,
    /// Quoted-printable (RFC 2045 §6.7).
    QuotedPrintable,
    /// As `Percent`, and `+` stands for a space (WHATWG URL §5.1).
    Form,
}

/// Up to four bytes of result, and how many bytes of input spell them.
pub(super) struct Token {
    bytes: [u8; 4],
    length: usize,
    consumed: usize,
}

impl Token {
    pub(super) const fn byte(byte: u8, consumed: usize) -> Self {
        Self {
            bytes: [byte, 0, 0, 0],
            length: 1,
            consumed,
        }
    }

    pub(super) const fn nothing(consumed: usize) -> Self {
        Self {
            bytes: [0; 4],
            length: 0,
            consumed,
        }
    }

    pub(super) fn character(c: char, consumed: usize) -> Self {
        let mut bytes = [0; 4];
        let length = c.encode_utf8(&mut bytes).len();
        Self {
            bytes,
            length,
            consumed,
        }
    }

    fn result(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Escape {
    /// Undoes the escapes; borrows where there are none.
    pub(crate) fn decode(self, raw: &[u8]) -> Cow<'_, [u8]> {
        if self.is_plain(raw) {
            return Cow::Borrowed(raw);
        }
        let mut result = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while !rest.is_empty() {
            let (plain, escaped) = rest.split_at(self.plain_run(rest));
            result.extend_from_slice(plain);
            rest = escaped;
            if !rest.is_empty() {
                let token = self.token(rest);
                result.extend_from_slice(token.result());
                rest = &rest[token.consumed..];
            }
        }
        Cow::Owned(result)
    }

    /// Whether undoing the escapes changes nothing.
    pub(crate) fn is_plain(self, raw: &[u8]) -> bool {
        self.plain_run(raw) == raw.len()
    }

    /// How many bytes stand for themselves before the first that may begin an escape.
    pub(crate) fn plain_run(self, raw: &[u8]) -> usize {
        let first = match self {
            Self::None => None,
            Self::Json | Self::Script | Self::Octal => memchr::memchr(b'\\', raw),
            Self::Entities => memchr::memchr(b'&', raw),
            Self::QuotedPrintable => memchr::memchr(b'=', raw),
            Self::Percent | Self::PercentU => memchr::memchr(b'%', raw),
            Self::Form => memchr::memchr2(b'%', b'+', raw),
        };
        first.unwrap_or(raw.len())
    }

    /// The bytes of `raw` that spell the bytes `decoded` of the result. An
    /// escape of which only a part was asked for is taken whole.
    pub(crate) fn raw_range(self, raw: &[u8], decoded: &Range<usize>) -> Range<usize> {
        EscapeIndex::new(self, raw).raw_range(self, raw, decoded)
    }

    /// Bytes of result, and bytes of input, of the first token of `rest`, which
    /// is not empty.
    pub(crate) fn token_size(self, rest: &[u8]) -> (usize, usize) {
        let token = self.token(rest);
        (token.length, token.consumed)
    }

    /// Whether undoing the escapes of `raw` meets half of a surrogate pair (or
    /// the character that stands for one): stock tools differ on what to do then.
    pub(crate) fn has_lone_surrogate(self, raw: &[u8]) -> bool {
        self == Self::Json
            && raw.windows(2).any(|pair| pair == br"\u")
            && String::from_utf8_lossy(&self.decode(raw)).contains(char::REPLACEMENT_CHARACTER)
    }

    /// The first token of `rest`, which is not empty.
    fn token(self, rest: &[u8]) -> Token {
        match (self, rest) {
            (Self::Json, [b'\\', ..]) => json_token(rest),
            (Self::Entities, [b'&', ..]) => entity_token(rest),
            (Self::Script, [b'\\', ..]) => script::token(rest),
            (Self::Octal, [b'\\', ..]) => octal::token(rest),
            (Self::QuotedPrintable, [b'=', ..]) => quoted::token(rest),
            (Self::PercentU, [b'%', ..]) => unit_token(rest, *b"%u"),
            (Self::Percent | Self::Form, [b'%', high, low, ..]) => {
                let mut byte = [0];
                hex::decode_to_slice([*high, *low], &mut byte)
                    .map_or(Token::byte(b'%', 1), |()| Token::byte(byte[0], 3))
            }
            (Self::Form, [b'+', ..]) => Token::byte(b' ', 1),
            (_, [first, ..]) => Token::byte(*first, 1),
            (_, []) => Token::nothing(1),
        }
    }
}

/// A token that begins with an ampersand. What is no reference stands for itself.
fn entity_token(rest: &[u8]) -> Token {
    /// `&#x10FFFF;`
    const LONGEST: usize = 10;
    let name = rest
        .iter()
        .take(LONGEST)
        .position(|byte| *byte == b';')
        .and_then(|end| std::str::from_utf8(rest.get(1..end)?).ok());
    let Some(name) = name else {
        return Token::byte(b'&', 1);
    };
    let code = |digits: &str, radix| {
        let plain = digits.bytes().all(|b| b.is_ascii_alphanumeric());
        plain.then(|| u32::from_str_radix(digits, radix).ok())?
    };
    let meant = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match name.strip_prefix('#') {
            Some(number) => number
                .strip_prefix(['x', 'X'])
                .map_or_else(|| code(number, 10), |digits| code(digits, 16))
                .and_then(char::from_u32),
            None => None,
        },
    };
    meant.map_or(Token::byte(b'&', 1), |c| {
        Token::character(c, name.len() + 2)
    })
}

/// A token that begins with a reverse solidus. What is no escape stands for
/// itself; half a surrogate pair becomes U+FFFD.
fn json_token(rest: &[u8]) -> Token {
    let simple = match rest.get(1) {
        Some(b'n') => b'\n',
        Some(b't') => b'\t',
        Some(b'r') => b'\r',
        Some(b'b') => 0x08,
        Some(b'f') => 0x0c,
        Some(&c @ (b'"' | b'\\' | b'/')) => c,
        Some(b'u') => return unit_token(rest, *br"\u"),
        _ => return Token::byte(b'\\', 1),
    };
    Token::byte(simple, 2)
}

/// A token that begins with `mark` and four hexadecimal digits: a unit of UTF-16,
/// with the one after it where the two are a pair.
fn unit_token(rest: &[u8], mark: [u8; 2]) -> Token {
    let unit = |at: usize| {
        let digits = rest.get(at..at + 4)?;
        let text = std::str::from_utf8(digits).ok()?;
        (text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| u16::from_str_radix(text, 16).ok())?
    };
    let first = rest.starts_with(&mark).then(|| unit(2)).flatten();
    let Some(first) = first else {
        return Token::byte(mark[0], 1);
    };
    let second = (rest.get(6..8) == Some(&mark)).then(|| unit(8)).flatten();
    if let Some(second) = second
        && let Some(Ok(pair)) = char::decode_utf16([first, second]).next()
        && pair as u32 > 0xffff
    {
        return Token::character(pair, 12);
    }
    let single = char::decode_utf16([first]).next().and_then(Result::ok);
    Token::character(single.unwrap_or(char::REPLACEMENT_CHARACTER), 6)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(escape: Escape, raw: &str) -> String {
        String::from_utf8_lossy(&escape.decode(raw.as_bytes())).into_owned()
    }

    #[test]
    fn escapes_are_undone_as_their_documents_say() {
        assert_eq!(
            decoded(Escape::Json, r#"a\"b\/c\nd\u00e9\ud83d\ude00"#),
            "a\"b/c\nd\u{e9}\u{1f600}"
        );
        assert_eq!(decoded(Escape::Percent, "a%40b+c%zz%4"), "a@b+c%zz%4");
        assert_eq!(decoded(Escape::Form, "a%40b+c%2B"), "a@b c+");
        assert_eq!(
            decoded(Escape::Entities, "a&#64;b&#x40;&amp;&lt;&nope; &#xd800; &"),
            "a@b@&<&nope; &#xd800; &"
        );
        assert_eq!(
            decoded(
                Escape::Script,
                r"a\x40b\u{1F600}\xc3\xa9\xe9\u0040\x4\u{}\u{110000}"
            ),
            "a@b\u{1f600}\u{e9}\u{e9}\\u0040\\x4\\u{}\\u{110000}"
        );
        assert_eq!(
            decoded(Escape::PercentU, "a%u0040b%40%uD83D%uDE00%ud83d%u12"),
            "a@b%40\u{1f600}\u{fffd}%u12"
        );
        assert_eq!(
            decoded(Escape::Octal, r"a\100b\303\251\477\10"),
            "a@b\u{e9}\\477\\10"
        );
        assert_eq!(
            decoded(Escape::QuotedPrintable, "a=40b=\r\n=c3=A9=\n=4=zz="),
            "a@b\u{e9}=4=zz="
        );
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced_and_what_is_no_escape_stays() {
        assert_eq!(decoded(Escape::Json, r"\ud83d\u0041"), "\u{fffd}A");
        assert_eq!(decoded(Escape::Json, r"\q\u12"), r"\q\u12");
    }

    const ALL: [Escape; 9] = [
        Escape::None,
        Escape::Json,
        Escape::Percent,
        Escape::Entities,
        Escape::Script,
        Escape::PercentU,
        Escape::Octal,
        Escape::QuotedPrintable,
        Escape::Form,
    ];

    proptest! {
        #[test]
        fn json_strings_are_undone_as_serde_json_does(text in ".{0,40}") {
            let written = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(decoded(Escape::Json, &written[1..written.len() - 1]), text);
        }

        #[test]
        fn a_range_of_the_result_is_found_in_the_input(
            raw in r#"([a-c%+&]|&#6[0-9];|&amp;|&#x1f600;|%4[0-9]|%u00e9|%ud83d%ude00|\\n|\\10[0-7]|=4[0-9]|=\n|\\x4[0-9]|\\xc3\\xa9|\\xff|\\u\{1f600\}|\\u00e9|\\ud83d\\ude00|\\"){0,12}"#, a in 0usize..20, b in 0usize..20
        ) {
            for escape in ALL {
                let whole = escape.decode(raw.as_bytes()).into_owned();
                let (start, end) = (a.min(b).min(whole.len()), a.max(b).min(whole.len()));
                let range = escape.raw_range(raw.as_bytes(), &(start..end));
                let part = escape.decode(&raw.as_bytes()[range]).into_owned();
                if start < end {
                    let wanted = &whole[start..end];
                    prop_assert!(part.windows(wanted.len()).any(|w| w == wanted));
                    prop_assert!(part.len() <= wanted.len() + 6);
                }
            }
        }

        #[test]
        fn no_bytes_make_it_panic(raw in prop::collection::vec(any::<u8>(), 0..60), a in 0usize..80, b in 0usize..80) {
            for escape in ALL {
                let n = escape.decode(&raw).len();
                let range = escape.raw_range(&raw, &(a.min(b).min(n)..a.max(b).min(n)));
                prop_assert!(range.end <= raw.len() && range.start <= range.end);
            }
        }
    }
}
