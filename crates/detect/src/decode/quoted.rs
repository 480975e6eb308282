//! Quoted-printable (RFC 2045 §6.7): `=40` for a byte, `=` and a line break for nothing.

use std::borrow::Cow;

use affiant_model::Step;

use super::escape::Token;
use super::guess;
use super::sniff::Look;
use super::{Child, Escape};

/// So many escapes are no accident, where each equals sign begins one.
const MANY: usize = 4;

/// A token that begins with an equals sign. What is no escape stands for itself.
pub(super) fn token(rest: &[u8]) -> Token {
    match rest {
        [_, b'\r', b'\n', ..] => Token::nothing(3),
        [_, b'\n', ..] => Token::nothing(2),
        [_, high, low, ..] => {
            let mut byte = [0];
            hex::decode_to_slice([*high, *low], &mut byte)
                .map_or(Token::byte(b'=', 1), |()| Token::byte(byte[0], 3))
        }
        _ => Token::byte(b'=', 1),
    }
}

/// Undoes it in a text that nothing declares to be so written: each equals sign begins
/// an escape, the result is text, and there are many, or one that stands for an equals
/// sign, or a known value comes of them. The parameters of a form are not so written.
pub(super) fn sniff<'a>(input: &'a [u8], look: &Look<'_>) -> Option<Child<'a>> {
    let mut escapes = 0;
    let mut of_equals = false;
    for at in memchr::memchr_iter(b'=', input) {
        let is_escape = match input.get(at + 1..).unwrap_or_default() {
            [b'\r', b'\n', ..] | [b'\n', ..] => true,
            [b'3', b'D' | b'd', ..] => {
                of_equals = true;
                true
            }
            // Others than these need no escape in small numbers: `=12` is a value.
            [b'2'..=b'7' | b'A'..=b'F' | b'a'..=b'f' | b'0', low, ..] => low.is_ascii_hexdigit(),
            // Of UTF-8, only what is not the first byte of a character.
            [b'8' | b'9', low, ..] => low.is_ascii_hexdigit() && follows(input, at),
            _ => false,
        };
        if !is_escape {
            return None;
        }
        escapes += 1;
    }
    if escapes == 0 || input.contains(&b'&') {
        return None;
    }
    let range = 0..input.len();
    let child = Child::part(Step::QuotedPrintable, input, range, Escape::QuotedPrintable);
    let is_text = guess::is_text(&child.bytes);
    let is_more = |decoded: &Cow<'_, [u8]>| (look.is_known)(decoded) && !(look.is_known)(input);
    (is_text && (escapes >= MANY || of_equals || is_more(&child.bytes))).then_some(child)
}

/// Whether an escape of more than ASCII stands before.
fn follows(input: &[u8], at: usize) -> bool {
    let before = at.checked_sub(3).and_then(|before| input.get(before..at));
    matches!(
        before,
        Some([b'=', b'8'..=b'9' | b'A'..=b'F' | b'a'..=b'f', _])
    )
}

#[cfg(test)]
mod tests {
    use super::super::DecodeLimits;
    use super::*;

    fn read(text: &str, is_known: bool) -> Option<String> {
        let limits = DecodeLimits::default();
        let look = Look {
            limits: &limits,
            most: 100,
            numbers: false,
            is_known: &|bytes| is_known && bytes.contains(&b'@'),
        };
        let child = sniff(text.as_bytes(), &look)?;
        Some(String::from_utf8_lossy(&child.bytes).into_owned())
    }

    #[test]
    fn escapes_and_soft_breaks_are_undone() {
        assert_eq!(
            read("Zo=C3=AB =\r\nLee=\n =3D x", false).as_deref(),
            Some("Zo\u{eb} Lee = x")
        );
        assert_eq!(read("=61=6E=6e=40", false).as_deref(), Some("ann@"));
        assert_eq!(
            read("Zo=C3=AB =C3=85ngstr=C3=B6m", false).as_deref(),
            Some("Zo\u{eb} \u{c5}ngstr\u{f6}m")
        );
        assert_eq!(
            read("ann=40example.com", true).as_deref(),
            Some("ann@example.com")
        );
    }

    #[test]
    fn what_has_equals_signs_of_its_own_is_left() {
        for text in [
            "a=1",
            "ann=40example.com",
            "a=41&b=42&c=43&d=44",
            "x=12;y=34",
            "YWJj=",
            "=01=02=03=04",
            "=91=92=93=94",
            "no sign",
        ] {
            assert_eq!(read(text, false), None, "{text}");
        }
    }
}
