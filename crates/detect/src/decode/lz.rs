//! LZ-string, as JavaScript programs compress what they keep and send:
//! pieroxy/lz-string 1.5.0, `_decompress`, in the alphabets of
//! `compressToBase64` and `compressToEncodedURIComponent`.

use super::compress::Inflated;

/// Bits of one letter.
const LETTER: u32 = 6;

/// What a code of the stream means, below those that name an entry.
const EIGHT_BITS: usize = 0;
const SIXTEEN_BITS: usize = 1;
const END: usize = 2;
/// Codes that name no entry.
const RESERVED: usize = 3;

/// What a letter of either alphabet stands for; what fills up stands for nothing.
fn value(letter: u8) -> Option<u32> {
    Some(u32::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' | b'-' => 63,
        b'=' | b'$' => 0,
        _ => return None,
    }))
}

/// Whether all letters are of one of the alphabets.
pub(super) fn may_be(input: &[u8]) -> bool {
    input.len() >= 8 && input.iter().all(|letter| value(*letter).is_some())
}

/// The bits of letters, the highest of each letter first; those of a number in
/// the stream come the lowest first.
struct Bits<'b> {
    letters: &'b [u8],
    at: usize,
}

impl Bits<'_> {
    fn number(&mut self, bits: u32) -> Option<usize> {
        let mut number = 0;
        for bit in 0..bits {
            let letter = *self.letters.get(self.at / LETTER as usize)?;
            let shift = LETTER - 1 - (self.at % LETTER as usize) as u32;
            number |= ((value(letter)? >> shift & 1) as usize) << bit;
            self.at += 1;
        }
        Some(number)
    }
}

/// Decompresses letters to text, at most `most` bytes of it.
pub(super) fn decompress(input: &[u8], most: usize) -> Inflated {
    match units(input, most / 2) {
        Some(units) => match String::from_utf16(&units) {
            Ok(text) => Inflated::Whole(text.into_bytes()),
            Err(_) => Inflated::Corrupt,
        },
        None => Inflated::Corrupt,
    }
}

fn units(input: &[u8], most: usize) -> Option<Vec<u16>> {
    let mut bits = Bits {
        letters: input,
        at: 0,
    };
    let mut units: Vec<u16> = Vec::new();
    // Each entry is a stretch of what has been written: its start and length.
    let mut entries: Vec<(usize, usize)> = Vec::new();
    let mut width = 2;
    let mut until_wider = 4;
    let mut last: Option<(usize, usize)> = None;
    loop {
        let code = bits.number(width)?;
        let start = units.len();
        let entry = match code {
            END => break,
            EIGHT_BITS | SIXTEEN_BITS => {
                let size = if code == EIGHT_BITS { 8 } else { 16 };
                units.push(u16::try_from(bits.number(size)?).ok()?);
                entries.push((start, 1));
                if last.is_some() {
                    until_wider -= 1;
                }
                (start, 1)
            }
            code => {
                let (last_start, last_length) = last?;
                let known = entries.get(code - RESERVED).copied();
                // The entry that this very code completes: the last one and
                // its own first unit.
                let (from, length) = match known {
                    Some(entry) => entry,
                    None if code - RESERVED == entries.len() => (last_start, last_length + 1),
                    None => return None,
                };
                if units.len() + length > most {
                    return None;
                }
                for at in from..from + length {
                    let unit = *units.get(at)?;
                    units.push(unit);
                }
                (start, length)
            }
        };
        if last.is_none() {
            width = 3;
        } else if until_wider == 0 {
            until_wider = 1 << width;
            width += 1;
        }
        if let Some((start, length)) = last {
            entries.push((start, length + 1));
            until_wider -= 1;
            if until_wider == 0 {
                until_wider = 1 << width;
                width += 1;
            }
        }
        last = Some(entry);
    }
    // Nothing but what fills up the last letters may follow.
    let rest = input.get(bits.at.div_ceil(LETTER as usize)..)?;
    let fills = rest.iter().all(|letter| value(*letter) == Some(0));
    (fills && rest.len() <= 5 && units.len() <= most).then_some(units)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn round(compressed: &str) -> Option<String> {
        match decompress(compressed.as_bytes(), 1 << 20) {
            Inflated::Whole(bytes) => String::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    proptest! {
        #[test]
        fn reads_plain_text(text in "[a-z0-9:]{0,60}") {
            prop_assert_eq!(round(&lz_str::compress_to_base64(text.as_str())), Some(text.clone()));
        }

        /// Against an encoder that others wrote.
        #[test]
        fn reads_what_is_written(text in "[ab]{0,80}|[ -~]{0,200}|\\PC{0,40}") {
            prop_assert_eq!(round(&lz_str::compress_to_base64(text.as_str())), Some(text.clone()));
            prop_assert_eq!(round(&lz_str::compress_to_encoded_uri_component(text.as_str())), Some(text));
        }

        #[test]
        fn noise_is_refused_or_bounded(noise in "[A-Za-z0-9+/]{0,400}") {
            if let Inflated::Whole(bytes) = decompress(noise.as_bytes(), 2_000) {
                prop_assert!(bytes.len() <= 3_000);
            }
        }
    }
}
