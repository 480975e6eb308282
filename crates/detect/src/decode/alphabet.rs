//! Of which alphabets all bytes of a text are, by one pass over it.

/// Hexadecimal digits.
pub(super) const HEX: u8 = 1;
/// Base32 in capital letters or in small ones, with what fills up.
pub(super) const BASE32: u8 = 1 << 1;
/// Base58.
pub(super) const BASE58: u8 = 1 << 2;
/// Base64 of either alphabet, with what fills up, broken lines and spaces.
pub(super) const BASE64: u8 = 1 << 3;
/// LZ-string of either alphabet.
pub(super) const LZ: u8 = 1 << 4;
/// Base32hex in either case, with what fills up.
pub(super) const BASE32_HEX: u8 = 1 << 5;

const OF: [u8; 256] = table();

const fn table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        let mut of = 0;
        if byte.is_ascii_hexdigit() {
            of |= HEX;
        }
        if byte.is_ascii_alphabetic() || matches!(byte, b'2'..=b'7' | b'=') {
            of |= BASE32;
        }
        if byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l') {
            of |= BASE58;
        }
        if byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'+' | b'/' | b'-' | b'_' | b'=' | b'\r' | b'\n' | b' '
            )
        {
            of |= BASE64;
        }
        if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'=' | b'$') {
            of |= LZ;
        }
        if matches!(byte, b'0'..=b'9' | b'A'..=b'V' | b'a'..=b'v' | b'=') {
            of |= BASE32_HEX;
        }
        table[at] = of;
        at += 1;
    }
    table
}

/// The alphabets that all bytes are of; nothing where there is none, which is
/// mostly seen at the first space, point or dash.
pub(super) fn of_all(input: &[u8]) -> u8 {
    let mut all = u8::MAX;
    for byte in input {
        all &= OF[usize::from(*byte)];
        if all == 0 {
            break;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{base64, letters, lz};
    use super::*;

    proptest! {
        /// What is left out could not have been read.
        #[test]
        fn no_text_of_an_alphabet_is_left_out(text in "[0-9a-fA-F2-7=OIlz+/_$ \r.-]{0,30}") {
            let text = text.as_bytes();
            let all = of_all(text);
            for (may_be, alphabet) in [
                (letters::may_be_hex(text) && !text.starts_with(b"0x"), HEX),
                (letters::may_be_base32(text), BASE32),
                (letters::may_be_base58(text), BASE58),
                (base64::may_be(text), BASE64),
                (lz::may_be(text), LZ),
            ] {
                prop_assert!(!may_be || all & alphabet != 0);
            }
        }
    }
}
