//! Bytes that a program kept in a string, one character each (ISO/IEC 8859-1), before
//! the string was written in UTF-8: compressed streams in JSON, records, digests, and
//! text that was taken for Latin-1 where it was UTF-8 already (`ZoÃ«` for `Zoë`).

use super::guess::{self, Says};
use super::sniff::Look;

/// Longer text without control characters is not searched a second time.
const LONGEST: usize = 300;

/// The bytes that the characters stand for; `None` where one stands for none.
pub(super) fn bytes(input: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(input.len());
    let mut rest = input;
    loop {
        match *rest {
            [] => return Some(bytes),
            [byte @ ..0x80, ..] => {
                bytes.push(byte);
                rest = &rest[1..];
            }
            [lead @ (0xc2 | 0xc3), low @ 0x80..0xc0, ..] => {
                bytes.push(lead << 6 | low & 0x3f);
                rest = &rest[2..];
            }
            _ => return None,
        }
    }
}

/// Whether a text begins as a stream of gzip, Zstandard or zlib does that was kept in a string.
pub(super) fn is_marked(text: &[u8]) -> bool {
    [
        &b"\x1f\xc2\x8b\x08"[..],
        b"(\xc2\xb5/\xc3\xbd",
        b"x\xc2\x9c",
        b"x\xc3\x9a",
    ]
    .iter()
    .any(|mark| text.starts_with(mark))
}

/// Undoes it where the bytes say more than the text: they are UTF-8 once more, a known
/// value that the text is not, or, of text with control characters, a stream or a record.
pub(super) fn sniff(input: &[u8], has_control: bool, look: &Look<'_>) -> Option<Vec<u8>> {
    let bytes = bytes(input)?;
    if bytes.len() == input.len() {
        return None;
    }
    let is_known = |bytes: &[u8]| (look.is_known)(bytes);
    let says = if has_control {
        guess::says(&bytes, look) > Says::Nothing
    } else {
        guess::is_text(&bytes) || input.len() <= LONGEST && is_known(&bytes) && !is_known(input)
    };
    says.then_some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::DecodeLimits;
    use super::*;

    fn read(text: &str) -> Option<Vec<u8>> {
        let limits = DecodeLimits::default();
        let look = Look {
            limits: &limits,
            most: 100,
            numbers: false,
            is_known: &|bytes| {
                bytes
                    .windows(4)
                    .any(|part| part == [0xe9, 0xff, 0xe8, 0xfe])
            },
        };
        let has_control = text.chars().any(char::is_control);
        sniff(text.as_bytes(), has_control, &look)
    }

    #[test]
    fn text_that_was_encoded_twice_and_known_bytes_are_read_and_other_text_is_left() {
        assert_eq!(
            read("Zo\u{c3}\u{ab}").as_deref(),
            Some("Zo\u{eb}".as_bytes())
        );
        assert_eq!(
            read("\u{e9}\u{ff}\u{e8}\u{fe}"),
            Some(vec![0xe9, 0xff, 0xe8, 0xfe])
        );
        let gzip = "\u{1f}\u{8b}\u{8}\0rest";
        assert_eq!(read(gzip).as_deref(), Some(&b"\x1f\x8b\x08\0rest"[..]));
        for other in [
            "Zo\u{eb}",
            "plain",
            "na\u{ef}ve caf\u{e9}",
            "\u{141}\u{c3}\u{ab}",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_back(all in prop::collection::vec(any::<u8>(), 0..40)) {
            let text: String = all.iter().map(|byte| char::from(*byte)).collect();
            prop_assert_eq!(bytes(text.as_bytes()), Some(all));
        }
    }
}
