//! Hexadecimal digits in pairs with the same mark between each two of them:
//! `65:6d:61`, `65 6d 61`, `0x65, 0x6d, 0x61`.

/// Fewer pairs are a number, a time or a version.
const FEWEST: usize = 6;

/// What may stand between two pairs.
const MARKS: &[u8] = b":- ,;._|";

/// Decodes such pairs; `None` where the text is anything else, which its first bytes show.
pub(super) fn hex(input: &[u8]) -> Option<Vec<u8>> {
    let prefixed = input.starts_with(b"0x");
    let lead = if prefixed { 2 } else { 0 };
    let pair = |at: usize| -> Option<u8> {
        if prefixed && input.get(at..at + 2) != Some(b"0x") {
            return None;
        }
        let mut byte = [0];
        hex::decode_to_slice(input.get(at + lead..at + lead + 2)?, &mut byte).ok()?;
        Some(byte[0])
    };
    let first = pair(0)?;
    let behind = input.get(lead + 2..)?;
    let mark = match behind {
        [mark, b' ', ..] if *mark != b' ' && MARKS.contains(mark) => behind.get(..2)?,
        [mark, ..] if MARKS.contains(mark) => behind.get(..1)?,
        _ => return None,
    };
    let mut bytes = vec![first];
    let mut at = lead + 2;
    while at < input.len() {
        if input.get(at..at + mark.len()) != Some(mark) {
            return None;
        }
        at += mark.len();
        bytes.push(pair(at)?);
        at += lead + 2;
    }
    (bytes.len() >= FEWEST).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pairs_with_one_mark_between_them_are_read() {
        for text in [
            "61:6e:6e:40:61:2e:62",
            "61 6E 6e 40 61 2e 62",
            "61-6e-6e-40-61-2e-62",
            "0x61,0x6e,0x6e,0x40,0x61,0x2e,0x62",
            "0x61, 0x6e, 0x6e, 0x40, 0x61, 0x2e, 0x62",
        ] {
            assert_eq!(
                hex(text.as_bytes()).as_deref(),
                Some(&b"ann@a.b"[..]),
                "{text}"
            );
        }
        for text in [
            "61:6e-6e:40:61:2e:62",
            "61:6e:6e:40:61:2e:6",
            "61:6e:6e:40:61:2e:62:",
            "616e6e40612e62",
            "12:30:45",
            "1,2,3,4,5,6,7,8",
            "0x61,6e,6e,40,61,2e,62",
            "",
        ] {
            assert_eq!(hex(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_back(bytes in prop::collection::vec(any::<u8>(), 6..40), mark in 0..MARKS.len()) {
            let mark = char::from(MARKS[mark]).to_string();
            let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            prop_assert_eq!(hex(pairs.join(&mark).as_bytes()), Some(bytes));
        }
    }
}
