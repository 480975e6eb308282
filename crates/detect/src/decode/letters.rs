//! Encodings of bytes or text in other letters: hexadecimal, base32, base58,
//! UTF-16, and the character references of HTML and XML.

/// Shorter text decodes to something by chance too often.
const SHORTEST: usize = 12;

/// Decodes hexadecimal (RFC 4648 §8), either case, with or without `0x`.
pub(super) fn hex(input: &[u8]) -> Option<Vec<u8>> {
    let digits = input
        .strip_prefix(b"0x")
        .or_else(|| input.strip_prefix(b"\\x"))
        .unwrap_or(input);
    hex::decode(digits).ok()
}

/// Decodes base32 (RFC 4648 §6), either case, padded or not.
pub(super) fn base32(input: &[u8]) -> Option<Vec<u8>> {
    let digits = input.strip_suffix(b"=").map_or(input, |_| {
        let end = input
            .iter()
            .rposition(|b| *b != b'=')
            .map_or(0, |at| at + 1);
        input.get(..end).unwrap_or_default()
    });
    let mut result = Vec::with_capacity(digits.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a',
            b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        held = held << 5 | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            result.push((held >> bits & 0xff) as u8);
        }
    }
    (!digits.is_empty()).then_some(result)
}

/// The longest text that is read as base58: decoding takes the square of it.
const LONGEST_BASE58: usize = 512;

/// Decodes base58 in the alphabet of Bitcoin, which leaves out `0`, `O`, `I`
/// and `l` (draft-msporny-base58-03 §2).
pub(super) fn base58(input: &[u8]) -> Option<Vec<u8>> {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    if input.is_empty() || input.len() > LONGEST_BASE58 {
        return None;
    }
    // The lowest byte first.
    let mut number: Vec<u8> = Vec::new();
    for digit in input {
        let mut carry = ALPHABET.iter().position(|letter| letter == digit)?;
        for byte in &mut number {
            carry += usize::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            number.push((carry & 0xff) as u8);
            carry >>= 8;
        }
    }
    let zeros = input.iter().take_while(|digit| **digit == b'1').count();
    number.resize(number.len() + zeros, 0);
    number.reverse();
    Some(number)
}

/// Decodes UTF-16 to UTF-8, the low byte first or the high one; half a
/// surrogate pair is no text.
pub(super) fn utf16(input: &[u8], low_first: bool) -> Option<Vec<u8>> {
    let (units, rest) = input.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let units = units.iter().map(|unit| match low_first {
        true => u16::from_le_bytes(*unit),
        false => u16::from_be_bytes(*unit),
    });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    Some(text.ok()?.into_bytes())
}

/// Whether bytes are UTF-16, by their mark or because every other byte of what
/// is mostly ASCII is zero; gives whether the low byte comes first.
pub(super) fn is_utf16(input: &[u8]) -> Option<bool> {
    match input {
        [0xff, 0xfe, ..] => return Some(true),
        [0xfe, 0xff, ..] => return Some(false),
        _ if input.len() < 8 || !input.len().is_multiple_of(2) => return None,
        _ => {}
    }
    let zeros = |from: usize| {
        input
            .iter()
            .skip(from)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let half = input.len() / 2;
    let (high, low) = (zeros(1), zeros(0));
    if high * 10 >= half * 9 && low == 0 {
        Some(true)
    } else if low * 10 >= half * 9 && high == 0 {
        Some(false)
    } else {
        None
    }
}

/// Whether text is long enough, and all hexadecimal of whole bytes.
pub(super) fn may_be_hex(input: &[u8]) -> bool {
    let marked = input.strip_prefix(b"0x");
    let digits = marked.unwrap_or(input);
    digits.len() >= SHORTEST
        && digits.len().is_multiple_of(2)
        && digits.iter().all(u8::is_ascii_hexdigit)
        && (marked.is_some() || !digits.iter().all(u8::is_ascii_digit))
        || digits.len() >= 2 * SHORTEST
            && digits.len().is_multiple_of(2)
            && digits.iter().all(u8::is_ascii_digit)
}

/// Whether text is long enough, and all base32 in one case.
pub(super) fn may_be_base32(input: &[u8]) -> bool {
    let digits = input.iter().filter(|b| **b != b'=').count();
    let of = |letter: fn(&u8) -> bool| {
        input
            .iter()
            .all(|b| letter(b) || matches!(b, b'2'..=b'7' | b'='))
    };
    digits >= SHORTEST && (of(u8::is_ascii_uppercase) || of(u8::is_ascii_lowercase))
}

/// Whether text is long enough, and all base58.
pub(super) fn may_be_base58(input: &[u8]) -> bool {
    (SHORTEST..=LONGEST_BASE58).contains(&input.len())
        && input
            .iter()
            .all(|b| b.is_ascii_alphanumeric() && !b"0OIl".contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_documents_decode() {
        // RFC 4648 §10.
        assert_eq!(base32(b"MZXW6YTBOI======").unwrap(), b"foobar");
        assert_eq!(base32(b"mzxw6ytb").unwrap(), b"fooba");
        assert_eq!(hex(b"666F6f626172").unwrap(), b"foobar");
        // draft-msporny-base58-03 §5.
        assert_eq!(base58(b"2NEpo7TZRRrLZSi2U").unwrap(), b"Hello World!");
        assert_eq!(base58(b"11233QC4").unwrap(), [0, 0, 0x28, 0x7f, 0xb4, 0xcd]);
        assert_eq!(utf16(b"a\0\xe9\0", true).unwrap(), "a\u{e9}".as_bytes());
        assert_eq!(
            utf16(b"\0a\xd8\x3d\xde\0", false).unwrap(),
            "a\u{1f600}".as_bytes()
        );
        assert_eq!(utf16(b"\xd8\x3d\0a", false), None);
    }

    #[test]
    fn digits_alone_are_hexadecimal_behind_their_mark_or_where_there_are_many() {
        assert!(may_be_hex(b"0x38383339323031373435"));
        assert!(!may_be_hex(b"38383339323031373435"));
        assert!(may_be_hex(b"383833393230313734353838"));
    }

    #[test]
    fn utf16_is_known_by_its_mark_or_its_zeros() {
        assert_eq!(is_utf16(b"\xff\xfea\0"), Some(true));
        assert_eq!(is_utf16(b"a\0b\0c\0d\0"), Some(true));
        assert_eq!(is_utf16(b"\0a\0b\0c\0d"), Some(false));
        assert_eq!(is_utf16(b"abcdefgh"), None);
        assert_eq!(is_utf16(b"\0\0\0\0\0\0\0\0"), None);
    }
}
