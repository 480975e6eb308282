//! Values that hold nothing but themselves: short words, numbers and UUIDs, which most of
//! what requests carry is, and hexadecimal digits, which are read in one way only. They are told
//! by a look. Read as other letters they give something by chance at most: of sixteen letters
//! of base64 all are hexadecimal digits of one case once in four thousand million times.

/// The decodings of letters and the fields between marks take eight bytes or more.
const SHORTEST: usize = 8;

/// Fewer digits are a number under every decoding.
const SHORTEST_OF_DIGITS: usize = 12;

/// Fewer hexadecimal digits may be letters of another alphabet by chance.
const SHORTEST_OF_HEX: usize = 16;

/// The length of a UUID with its dashes (RFC 9562 §4).
const UUID: usize = 36;

/// Whether nothing is to be taken from the value.
pub(super) fn is_bare(input: &[u8]) -> bool {
    match input.len() {
        0..SHORTEST => input.iter().all(u8::is_ascii_alphanumeric),
        SHORTEST..SHORTEST_OF_DIGITS => input.iter().all(u8::is_ascii_digit),
        UUID => is_uuid(input),
        _ => false,
    }
}

/// Whether the letters are of hexadecimal digits and of nothing else: of one case, with a
/// letter among them, enough of them, and in pairs.
pub(super) fn is_hex_only(input: &[u8]) -> bool {
    let of = |digit: fn(&u8) -> bool| {
        input
            .iter()
            .all(|byte| byte.is_ascii_digit() || digit(byte))
    };
    input.len() >= SHORTEST_OF_HEX
        && input.len().is_multiple_of(2)
        && (of(|byte| matches!(byte, b'a'..=b'f')) || of(|byte| matches!(byte, b'A'..=b'F')))
        && !input.iter().all(u8::is_ascii_digit)
}

/// A UUID of any version and variant.
fn is_uuid(input: &[u8]) -> bool {
    input.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sniff::children;
    use super::super::{DecodeLimits, Hint, Look};
    use super::*;

    #[test]
    fn words_numbers_and_identifiers_are_bare() {
        for value in ["", "en", "iOS", "iPhone7", "1646350142", "00000000"] {
            assert!(is_bare(value.as_bytes()), "{value}");
        }
        assert!(is_bare(b"6D92078A-8246-4BA4-AE5B-76104861E7DC"));
        for value in [
            "a=b",
            "a.b",
            "é",
            "YW5uQGEu",
            "164635014212",
            "\x1f\u{8b}\x08",
        ] {
            assert!(!is_bare(value.as_bytes()), "{value}");
        }
        assert!(!is_bare(b"6D92078A-8246-4BA4-AE5B-76104861E7D="));
    }

    #[test]
    fn digits_of_one_case_in_pairs_are_hexadecimal() {
        assert!(is_hex_only(b"616e6e406578616d706c652e636f6d"));
        for value in [
            "616e6e406578616d706c652e636f6",
            "616e6e",
            "1234567890123456",
            "616E6e406578616d706c652e636f6d",
            "616e6e406578616d706c652e636f6g",
        ] {
            assert!(!is_hex_only(value.as_bytes()), "{value}");
        }
    }

    proptest! {
        /// Nothing is passed over that the decodings would have found in it.
        #[test]
        fn the_decodings_take_nothing_from_a_short_word(text in "[0-9A-Za-z]{0,7}") {
            let limits = DecodeLimits::default();
            let look = Look { limits: &limits, most: 100, numbers: true, is_known: &|_| true };
            // The hint of a form passes over nothing, and gives the whole at most.
            let looked = children(text.as_bytes(), &Hint::Documented(Vec::new()), &look);
            prop_assert!(looked.children.is_empty() && looked.trouble.is_none());
        }
    }
}
