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

/// Decodes base64 or base64url; line breaks (RFC 2045 §6.8) are passed over.
pub(super) fn decode(input: &[u8]) -> Option<Vec<u8>> {
    let unbroken: Vec<u8>;
    let text = if input.iter().any(|b| matches!(b, b'\r' | b'\n')) {
        unbroken = input
            .iter()
            .copied()
            .filter(|b| !matches!(b, b'\r' | b'\n'))
            .collect();
        &unbroken
    } else {
        input
    };
    if text.iter().any(|b| matches!(b, b'-' | b'_')) {
        URL_SAFE.decode(text).ok()
    } else {
        STANDARD.decode(text).ok()
    }
}

/// Decodes text that nothing declares to be base64, where the result is text
/// or a compressed stream: most words are base64 of noise.
pub(super) fn sniff(input: &[u8]) -> Option<Vec<u8>> {
    let plausible = input.len() >= SHORTEST
        && !input.iter().all(u8::is_ascii_digit)
        && input
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(b));
    let decoded = plausible.then(|| decode(input))??;
    let compressed = decoded.starts_with(&[0x1f, 0x8b, 8]) || super::compress::is_zlib(&decoded);
    (compressed || is_text(&decoded)).then_some(decoded)
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
            assert_eq!(sniff(text.as_bytes()), None, "{text}");
        }
    }
}
