//! Lines as `uuencode` writes them (POSIX.1-2017, uuencode, "uuencode Base64/historical
//! algorithm"): a letter for the number of bytes, then four letters for three bytes.

/// Longest text that stands before the lines: `begin 644 name`.
const LONGEST_HEAD: usize = 300;

/// Six bits of a letter; a space and a grave accent are both zero.
const fn six(letter: u8) -> Option<u8> {
    match letter {
        b' '..=b'`' => Some((letter - b' ') & 0x3f),
        _ => None,
    }
}

/// How many letters stand behind the first of a line of so many bytes.
const fn letters_for(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

/// Whether the first line has the length that its first letter says.
pub(super) fn may_be(input: &[u8]) -> bool {
    let body = behind_head(input);
    let Some(count @ 1..) = body.first().and_then(|first| six(*first)) else {
        return false;
    };
    let letters = letters_for(usize::from(count));
    let end = 1 + letters;
    // What ends a line or the text; trailing spaces, which are zeros, may be lost.
    body.len() > letters / 4 * 3 && matches!(body.get(end), None | Some(b'\n' | b'\r'))
}

/// Decodes the lines, up to the end or to the line that says so.
pub(super) fn decode(input: &[u8]) -> Option<Vec<u8>> {
    let mut result = Vec::with_capacity(input.len() / 4 * 3);
    for line in behind_head(input).split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line == b"end" {
            break;
        }
        let Some((first, letters)) = line.split_first() else {
            continue;
        };
        let count = usize::from(six(*first)?);
        if letters.len() > letters_for(count) || letters.len() + 3 < count.div_ceil(3) * 4 {
            return None;
        }
        let before = result.len();
        for four in letters.chunks(4) {
            let mut bits = 0_u32;
            for at in 0..4 {
                bits = bits << 6 | u32::from(six(*four.get(at).unwrap_or(&b' '))?);
            }
            result.extend_from_slice(&bits.to_be_bytes()[1..]);
        }
        if result.len() < before + count {
            return None;
        }
        result.truncate(before + count);
    }
    (!result.is_empty()).then_some(result)
}

/// The lines behind the head, where there is one.
fn behind_head(input: &[u8]) -> &[u8] {
    let head = input.get(..input.len().min(LONGEST_HEAD));
    head.filter(|head| head.starts_with(b"begin "))
        .and_then(|head| head.iter().position(|byte| *byte == b'\n'))
        .map_or(input, |at| &input[at + 1..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_decoded_with_and_without_their_head() {
        // binascii.b2a_uu(b'ann.lee@example.com') of Python 3, with a grave accent for zero.
        let line = "386YN+FQE94!E>&%M<&QE+F-O;0``";
        for text in [
            line.to_owned(),
            format!("{line}\n"),
            format!("begin 644 a.txt\r\n{line}\r\n`\r\nend\r\n"),
        ] {
            assert!(may_be(text.as_bytes()), "{text}");
            let decoded = decode(text.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(decoded.as_deref(), Some("ann.lee@example.com"), "{text}");
        }
        for other in ["", "a", "an ordinary line", "HELLO WORLD", "`"] {
            assert!(!may_be(other.as_bytes()), "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(input in prop::collection::vec(any::<u8>(), 0..80)) {
            may_be(&input);
            let _ = decode(&input);
        }
    }
}
