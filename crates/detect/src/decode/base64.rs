use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::guess::{self, Says};
use super::sniff::Look;

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
    let text = if memchr::memchr3(b'\r', b'\n', b' ', input).is_some() {
        let unbroken = input.iter().filter(|b| !matches!(b, b'\r' | b'\n'));
        mended = unbroken
            .map(|b| if *b == b' ' { b'+' } else { *b })
            .collect();
        &mended
    } else {
        input
    };
    if memchr::memchr2(b'-', b'_', text).is_some() {
        URL_SAFE.decode(text).ok()
    } else {
        STANDARD.decode(text).ok()
    }
}

/// Whether text that nothing declares to be base64 may be it.
pub(super) fn may_be(input: &[u8]) -> bool {
    let is_blank = |b: &u8| matches!(b, b'\r' | b'\n' | b' ');
    input.len() >= SHORTEST
        && !input.iter().all(u8::is_ascii_digit)
        && input.iter().all(|b| OF_RUN[usize::from(*b)] || is_blank(b))
        // Prose has more spaces than base64 has plus signs.
        && memchr::memchr_iter(b' ', input).count() * 16 <= input.len()
}

/// Decodes text that nothing declares to be base64, where the result says
/// something.
fn sniff(input: &[u8], look: &Look<'_>) -> Option<Vec<u8>> {
    let decoded = may_be(input).then(|| decode(input))??;
    (guess::says(&decoded, look) > Says::Nothing).then_some(decoded)
}

/// Shortest run of base64 that is looked for within other text.
const SHORTEST_RUN: usize = 16;

/// The parts of a text that decode as [`sniff`] asks for, such as the parts of
/// a JSON web token or what stands behind `Basic`. What a known value is found in
/// may begin within a run: somebody put letters before it.
pub(super) fn runs(input: &[u8], look: &Look<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    // A run that is long enough does not lie around a byte of another kind: behind the
    // last such byte of a window the next one begins.
    while let Some(window) = input.get(start..start + SHORTEST_RUN) {
        if let Some(other) = window.iter().rposition(|byte| !OF_RUN[usize::from(*byte)]) {
            start += other + 1;
            continue;
        }
        let more = input[start + SHORTEST_RUN..]
            .iter()
            .take_while(|byte| OF_RUN[usize::from(**byte)]);
        let run = start..start + SHORTEST_RUN + more.count();
        start = run.end + 1;
        if run.len() < input.len() && sniff(&input[run.clone()], look).is_some() {
            found.push(run);
        } else if let Some(run) = shifted(input, &run, look) {
            found.push(run);
        }
    }
    found
}

/// The part of a run that decodes to something known, up to three letters in.
fn shifted(input: &[u8], run: &Range<usize>, look: &Look<'_>) -> Option<Range<usize>> {
    (0..4).find_map(|shift| {
        // One letter alone is no byte.
        let rest = run.len().checked_sub(shift)?;
        let whole = rest - usize::from(rest % 4 == 1);
        let part = run.start + shift..run.start + shift + whole;
        let is_rest = shift > 0 || whole < run.len();
        let decoded = decode(input.get(part.clone())?)?;
        (is_rest && (look.is_known)(&decoded)).then_some(part)
    })
}

/// What runs are of: the letters of both alphabets, and what fills up.
const OF_RUN: [bool; 256] = {
    let mut of = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        of[byte] = is_of_alphabet(byte as u8) || byte == b'=' as usize;
        byte += 1;
    }
    of
};

const fn is_of_alphabet(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::super::DecodeLimits;
    use super::*;

    fn look<'l>(limits: &'l DecodeLimits, is_known: &'l dyn Fn(&[u8]) -> bool) -> Look<'l> {
        Look {
            numbers: false,
            limits,
            most: 100,
            is_known,
        }
    }

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
            let limits = DecodeLimits::default();
            assert_eq!(
                sniff(text.as_bytes(), &look(&limits, &|_| false)),
                None,
                "{text}"
            );
        }
    }

    #[test]
    fn tokens_are_found_within_other_text() {
        let text = b"Bearer eyJhbGciOiJIUzI1NiJ9.eyJlbWFpbCI6ImEifQ.AAAA";
        let limits = DecodeLimits::default();
        let look = look(&limits, &|_| false);
        assert_eq!(runs(text, &look), [7..27, 28..46]);
        assert!(runs(b"a long sentence of ordinary words", &look).is_empty());
    }

    #[test]
    fn a_plus_sign_that_became_a_space_is_mended() {
        let limits = DecodeLimits::default();
        let look = look(&limits, &|_| true);
        let decoded = sniff(b"eyJhIjoiPj4 PiJ9PT09eyJhIjoi", &look).unwrap();
        assert!(decoded.starts_with(b"{\"a\":\">>>>"), "{decoded:?}");
    }

    #[test]
    fn a_known_value_is_found_behind_letters_that_are_no_part_of_it() {
        // "xyz" and the base64 of "mail=ann@example.com".
        let text = b"xyzbWFpbD1hbm5AZXhhbXBsZS5jb20";
        let limits = DecodeLimits::default();
        let is_known = |bytes: &[u8]| bytes.windows(15).any(|part| part == b"ann@example.com");
        let found = runs(text, &look(&limits, &is_known));
        assert_eq!(found.first(), Some(&(3..30)));
    }
}
