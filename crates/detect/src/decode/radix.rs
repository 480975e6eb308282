//! Bytes written as one number in letters of base36 or base62. Any word may be such a number,
//! so that it is read only where a known value comes of it. Most are passed over by a look
//! at the last bytes, which cost a multiplication for each letter.

use affiant_model::Step;

use super::sniff::Look;

/// Fewer letters are words and short identifiers.
const SHORTEST: usize = 15;

/// Decoding takes the square of the length.
const LONGEST: usize = 512;

const DIGITS: &str = "0123456789";
const CAPITALS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const SMALL: &str = "abcdefghijklmnopqrstuvwxyz";

/// How many letters the digests and identifiers of 16, 20, 28, 32, 48 and 64 bytes have.
const OF_BASE62: [usize; 11] = [21, 22, 26, 27, 37, 38, 43, 64, 65, 85, 86];
const OF_BASE36: [usize; 12] = [24, 25, 30, 31, 43, 44, 49, 50, 74, 75, 99, 100];

/// The value of a letter.
fn digit(step: &Step, letter: u8) -> Option<u64> {
    let (capital, small) = match step {
        Step::Base36 => (10, 10),
        Step::Base62 => (10, 36),
        Step::Base62Inverted => (36, 10),
        _ => return None,
    };
    Some(match letter {
        b'0'..=b'9' => u64::from(letter - b'0'),
        b'A'..=b'Z' => u64::from(letter - b'A') + capital,
        b'a'..=b'z' => u64::from(letter - b'a') + small,
        _ => return None,
    })
}

const fn radix(step: &Step) -> u64 {
    match step {
        Step::Base36 => 36,
        _ => 62,
    }
}

/// The bytes of the number, the highest first; `None` of another step or other letters.
pub(super) fn decode(step: &Step, input: &[u8]) -> Option<Vec<u8>> {
    /// Five letters of base62 are less than 32 bits.
    const AT_ONCE: usize = 5;
    if input.is_empty() || input.len() > LONGEST {
        return None;
    }
    // The lowest word first.
    let mut number: Vec<u32> = Vec::with_capacity(input.len() / AT_ONCE + 1);
    for letters in input.chunks(AT_ONCE) {
        let (mut carry, mut scale) = (0, 1);
        for letter in letters {
            carry = carry * radix(step) + digit(step, *letter)?;
            scale *= radix(step);
        }
        for word in &mut number {
            carry += u64::from(*word) * scale;
            *word = (carry & 0xffff_ffff) as u32;
            carry >>= 32;
        }
        if carry > 0 {
            number.push(carry as u32);
        }
    }
    let bytes = number.iter().rev().flat_map(|word| word.to_be_bytes());
    let bytes: Vec<u8> = bytes.skip_while(|byte| *byte == 0).collect();
    (!bytes.is_empty()).then_some(bytes)
}

/// Whether the last eight bytes of the number are like text.
fn ends_as_text(step: &Step, input: &[u8]) -> bool {
    let last = input.iter().try_fold(0_u64, |number, letter| {
        let digit = digit(step, *letter)?;
        Some(number.wrapping_mul(radix(step)).wrapping_add(digit))
    });
    last.is_some_and(|last| {
        let plain = |byte: &u8| matches!(byte, b' '..=b'~');
        let bytes = last.to_be_bytes();
        bytes.iter().all(|byte| plain(byte) || *byte >= 0x80)
            && bytes.iter().filter(|byte| plain(byte)).count() >= 6
    })
}

/// Reads digits and letters as a number in which a known value is.
pub(super) fn sniff(input: &[u8], look: &Look<'_>) -> Option<(Step, Vec<u8>)> {
    let has = |is: fn(&u8) -> bool| input.iter().any(is);
    if !(SHORTEST..=LONGEST).contains(&input.len())
        || !has(u8::is_ascii_digit)
        || !input.iter().all(u8::is_ascii_alphanumeric)
    {
        return None;
    }
    let ways: &[Step] = match (has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase)) {
        (true, true) => &[Step::Base62, Step::Base62Inverted],
        (false, false) => return None,
        _ => &[Step::Base36],
    };
    ways.iter().find_map(|step| {
        let is_of_length = match step {
            Step::Base36 => OF_BASE36.contains(&input.len()),
            _ => OF_BASE62.contains(&input.len()),
        };
        let bytes = (is_of_length || ends_as_text(step, input)).then(|| decode(step, input))??;
        (look.is_known)(&bytes).then(|| (step.clone(), bytes))
    })
}

/// The command of Perl that decodes it.
pub(crate) fn command(step: &Step) -> String {
    let letters = match step {
        Step::Base36 => [DIGITS, SMALL, ""],
        Step::Base62 => [DIGITS, CAPITALS, SMALL],
        _ => [DIGITS, SMALL, CAPITALS],
    };
    let fold = if *step == Step::Base36 { "lc " } else { "" };
    format!(
        "perl -Mbigint -0777 -ne '$n = 0; $n = $n * {} + index(\"{}\", {fold}$_) for split //; \
         $h = substr($n->as_hex, 2); $h = \"0$h\" if length($h) % 2; print pack(\"H*\", $h)'",
        radix(step),
        letters.concat()
    )
}

#[cfg(test)]
mod tests {
    use super::super::DecodeLimits;
    use super::*;

    fn read(text: &str) -> Option<(String, String)> {
        let limits = DecodeLimits::default();
        let look = Look {
            limits: &limits,
            most: 100,
            numbers: false,
            is_known: &|bytes| bytes.windows(15).any(|part| part == b"ann@example.com"),
        };
        let (step, bytes) = sniff(text.as_bytes(), &look)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Some((step.to_string(), text))
    }

    /// Written by Python: the number of the bytes, digit by digit.
    #[test]
    fn a_known_value_is_read_in_each_way() {
        for (written, step) in [
            ("t78zd66jbxaf57pvw6fpuul", "base36"),
            ("iWcwbDi6iOuMLFdFcQaj", "base62"),
            ("IwCWBdI6IoUmlfDfCqAJ", "base62-inverted"),
        ] {
            assert_eq!(
                read(written),
                Some((step.to_owned(), "ann@example.com".to_owned()))
            );
        }
        for other in ["GTM5XK2ABCDEFGHIJK", "d41d8cd98f00b204e9800998ecf8427e", ""] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_python_would_write_reads_back(bytes in proptest::collection::vec(1_u8.., 1..80)) {
            for step in [Step::Base36, Step::Base62, Step::Base62Inverted] {
                let letters: Vec<u8> = match step {
                    Step::Base36 => [DIGITS, SMALL, ""],
                    Step::Base62 => [DIGITS, CAPITALS, SMALL],
                    _ => [DIGITS, SMALL, CAPITALS],
                }.concat().into_bytes();
                let mut number = bytes.clone();
                let mut written = Vec::new();
                while number.iter().any(|byte| *byte > 0) {
                    let mut rest = 0_usize;
                    for byte in &mut number {
                        let value = rest << 8 | usize::from(*byte);
                        *byte = (value / letters.len()) as u8;
                        rest = value % letters.len();
                    }
                    written.push(letters[rest]);
                }
                written.reverse();
                proptest::prop_assert_eq!(decode(&step, &written), Some(bytes.clone()));
            }
        }
    }
}
