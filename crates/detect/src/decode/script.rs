//! Escapes of ECMAScript strings beyond those of JSON (ECMA-262 §12.9.4).

use super::escape::Token;

/// A token that begins with a reverse solidus: `\x40`, `\u{1F600}`. What is
/// neither stands for itself.
pub(super) fn token(rest: &[u8]) -> Token {
    match rest.get(1) {
        Some(b'x') => bytes_token(rest),
        Some(b'u') => code_point_token(rest),
        _ => Token::byte(b'\\', 1),
    }
}

/// ECMAScript means the character of that number by `\xe9`; programs that write
/// bytes so mean a byte. Where the bytes are a character of UTF-8 it is that one.
fn bytes_token(rest: &[u8]) -> Token {
    let mut bytes = [0; 4];
    let mut found = 0;
    for (byte, escape) in bytes.iter_mut().zip(rest.chunks(4)) {
        let [b'\\', b'x', high, low] = escape else {
            break;
        };
        let mut one = [0];
        if hex::decode_to_slice([*high, *low], &mut one).is_err() {
            break;
        }
        *byte = one[0];
        found += 1;
    }
    let character = (1..=found).find_map(|length| {
        let text = std::str::from_utf8(&bytes[..length]).ok()?;
        text.chars().next()
    });
    match (found, character) {
        (0, _) => Token::byte(b'\\', 1),
        (_, Some(c)) => Token::character(c, 4 * c.len_utf8()),
        (_, None) => Token::character(char::from(bytes[0]), 4),
    }
}

fn code_point_token(rest: &[u8]) -> Token {
    /// `\u{10FFFF}`
    const LONGEST: usize = 10;
    let digits = rest
        .strip_prefix(br"\u{")
        .and_then(|inside| inside.split(|b| *b == b'}').next())
        .filter(|digits| digits.len() + 4 <= LONGEST && rest.len() > digits.len() + 3)
        .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        .and_then(|digits| std::str::from_utf8(digits).ok());
    let c = digits
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .and_then(char::from_u32);
    match (c, digits) {
        (Some(c), Some(digits)) => Token::character(c, digits.len() + 4),
        _ => Token::byte(b'\\', 1),
    }
}
