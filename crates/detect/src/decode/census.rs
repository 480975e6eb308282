//! Of which kinds the bytes of a text are, by one pass over it: most decodings want a
//! byte that most texts do not have.

use super::guess;

pub(super) const ZERO: u16 = 1;
/// Control characters of ASCII that are no white space.
pub(super) const CONTROL: u16 = 1 << 1;
/// Bytes beyond ASCII.
pub(super) const HIGH: u16 = 1 << 2;
pub(super) const PERCENT: u16 = 1 << 3;
pub(super) const AMPERSAND: u16 = 1 << 4;
pub(super) const EQUALS: u16 = 1 << 5;
pub(super) const BACKSLASH: u16 = 1 << 6;
pub(super) const QUESTION: u16 = 1 << 7;
pub(super) const NEWLINE: u16 = 1 << 8;

const KINDS: [u16; 256] = kinds();

const fn kinds() -> [u16; 256] {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            0 => ZERO | CONTROL,
            b'\n' => NEWLINE,
            b'\t' | 0x0b..=b'\r' => 0,
            0x01..=0x1f | 0x7f => CONTROL,
            0x80..=0xff => HIGH,
            b'%' => PERCENT,
            b'&' => AMPERSAND,
            b'=' => EQUALS,
            b'\\' => BACKSLASH,
            b'?' => QUESTION,
            _ => 0,
        };
        byte += 1;
    }
    kinds
}

/// The kinds of bytes that a text has.
#[derive(Clone, Copy)]
pub(super) struct Census(u16);

impl Census {
    pub(super) fn of(input: &[u8]) -> Self {
        let kinds = input.iter().map(|byte| KINDS[usize::from(*byte)]);
        Self(kinds.fold(0, |all, kind| all | kind))
    }

    /// Whether there is a byte of one of `kinds`.
    pub(super) const fn has(self, kinds: u16) -> bool {
        self.0 & kinds != 0
    }

    /// As [`guess::is_text`] of the input.
    pub(super) fn is_text(self, input: &[u8]) -> bool {
        !self.has(CONTROL)
            && if self.has(HIGH) {
                guess::is_text(input)
            } else {
                !input.is_empty()
            }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{form, letters, lines, multipart, url};
    use super::*;

    proptest! {
        /// What the census says need not be tried would find nothing.
        #[test]
        fn nothing_is_left_out(
            text in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..20),
                "[a\u{1}\u{7f}\u{85}\u{a0}é\n\t\r ]{0,8}".prop_map(String::into_bytes),
                "[a?&=%\\n/\\\\-]{0,12}".prop_map(String::into_bytes),
                "([a-c]\u{0}){4,8}".prop_map(String::into_bytes),
            ]
        ) {
            let census = Census::of(&text);
            prop_assert_eq!(census.is_text(&text), guess::is_text(&text));
            prop_assert!(census.has(ZERO | HIGH) || letters::is_utf16(&text).is_none());
            prop_assert!(census.has(QUESTION) || !url::is_relative(&text));
            prop_assert!(census.has(EQUALS) || !form::is_form(&text));
            prop_assert!(census.has(NEWLINE) || !lines::are_records(&text));
            let begins = text.starts_with(b"--");
            prop_assert!(census.has(NEWLINE) || begins || multipart::first_line(&text).is_none());
        }
    }
}
