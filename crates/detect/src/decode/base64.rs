use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Padding may be there or not, and the last bits need not be zero: writers differ.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Shorter text decodes to something by chance too often.
const SHORTEST: usize = 8;

/// Decodes base64 or base64url. Line breaks (RFC 2045 §6.8) are passed over,
/// and a space stands for the `+` that form decoding made a space of.
pub(super) fn decode(input: &[u8]) -> Option<Vec<u8>> {
    let mended: Vec<u8>;
    let text = if input.iter().any(|b| matches!(b, b'\r' | b'\n' | b' ')) {
        let unbroken = input.iter().filter(|b| !matches!(b, b'\r' | b'\n'));
        mended = unbroken
            .map(|b| if *b == b' ' { b'+' } else { *b })
            .collect();
        &mended
    } else {
        input
    };
    if text.iter().any(|b| matches!(b, b'-' | b'_')) {
        URL_SAFE.decode(text).ok()
    } else {
        STANDARD.decode(text).ok()
    }
}

/// Decodes text that nothing declares to be base64, where the result is text,
/// a compressed stream, or holds what `is_known` knows: most words are base64
/// of noise.
pub(super) fn sniff(input: &[u8], is_known: &dyn Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    let spaces = input.iter().filter(|b| **b == b' ').count();
    let plausible = input.len() >= SHORTEST
        && !input.iter().all(u8::is_ascii_digit)
        && input.iter().all(|b| is_of_alphabet(*b) || b"=\r\n ".contains(b))
        // Prose has more spaces than base64 has plus signs.
        && spaces * 16 <= input.len();
    let decoded = plausible.then(|| decode(input))??;
    let compressed = decoded.starts_with(&[0x1f, 0x8b, 8]) || super::compress::is_zlib(&decoded);
    (compressed || is_text(&decoded) || is_known(&decoded)).then_some(decoded)
}

/// Shortest run of base64 that is looked for within other text.
const SHORTEST_RUN: usize = 16;

/// The parts of a text that decode as [`sniff`] asks for, such as the parts of
/// a JSON web token or what stands behind `Basic`.
pub(super) fn runs(input: &[u8], is_known: &dyn Fn(&[u8]) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for piece in input.split_inclusive(|b| !is_of_alphabet(*b) && *b != b'=') {
        let bare = piece.len()
            - usize::from(
                piece
                    .last()
                    .is_some_and(|b| !is_of_alphabet(*b) && *b != b'='),
            );
        let run = start..start + bare;
        if bare >= SHORTEST_RUN
            && bare < input.len()
            && sniff(&input[run.clone()], is_known).is_some()
        {
            found.push(run);
        }
        start += piece.len();
    }
    found
}

const fn is_of_alphabet(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| {
        !text.is_empty() && !text.chars().any(|c| c.is_control() && !c.is_whitespace())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_with_and_without_padding() {
        for text in [
            "eyJhIjoiPz8_In0",
            "eyJhIjoiPz8/In0=",
            "eyJhIjoi\r\nPz8/In0=",
        ] {
            assert_eq!(
                decode(text.as_bytes()).as_deref(),
                Some(br#"{"a":"???"}"#.as_slice()),
                "{text}"
            );
        }
    }

    #[test]
    fn words_and_numbers_are_not_taken_for_base64() {
        for text in [
            "advertising",
            "1172860168313205995",
            "26004526",
            "MOBILE_APP_INSTALL",
            "iPhone11",
            "deadbeef",
        ] {
            assert_eq!(sniff(text.as_bytes(), &|_| false), None, "{text}");
        }
    }

    #[test]
    fn tokens_are_found_within_other_text() {
        let text = b"Bearer eyJhbGciOiJIUzI1NiJ9.eyJlbWFpbCI6ImEifQ.AAAA";
        assert_eq!(runs(text, &|_| false), [7..27, 28..46]);
        assert!(runs(b"a long sentence of ordinary words", &|_| false).is_empty());
    }

    #[test]
    fn a_plus_sign_that_became_a_space_is_mended() {
        let decoded = sniff(b"eyJhIjoiPj4 PiJ9PT09eyJhIjoi", &|_| true).unwrap();
        assert!(decoded.starts_with(b"{\"a\":\">>>>"), "{decoded:?}");
    }
}
