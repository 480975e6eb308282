//! Whether bytes can begin a compressed stream that bears no mark, by its first
//! bits: most bytes that are tried cannot, and a decoder costs more to set up.

/// Bits, the lowest of each byte first.
struct Bits<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<usize> {
        let mut number = 0;
        for bit in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            number |= usize::from(byte >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        Some(number)
    }

    /// Bytes behind the one that was begun.
    fn whole_bytes_left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at.div_ceil(8))
    }
}

/// The order in which the lengths of the code of code lengths come (RFC 1951, 3.2.7);
/// only how many there are matters here.
const CODE_LENGTHS: usize = 19;

/// Whether the first block can be one of DEFLATE (RFC 1951, 3.2.3): its kind exists,
/// the length of a stored block agrees with its complement, and the code of the
/// code lengths of a dynamic one is complete.
pub(super) fn may_be_deflate(input: &[u8]) -> bool {
    deflate(&mut Bits {
        bytes: input,
        at: 0,
    })
    .unwrap_or(false)
}

fn deflate(bits: &mut Bits<'_>) -> Option<bool> {
    bits.take(1)?;
    Some(match bits.take(2)? {
        0 => {
            bits.at = bits.at.next_multiple_of(8);
            let length = bits.take(16)?;
            length ^ bits.take(16)? == 0xffff
        }
        1 => true,
        2 => {
            bits.take(10)?;
            let count = (bits.take(4)? + 4).min(CODE_LENGTHS);
            let (mut sum, mut used) = (0, 0);
            for _ in 0..count {
                let length = bits.take(3)?;
                if length > 0 {
                    sum += 1 << (7 - length);
                    used += 1;
                }
            }
            // Decoders differ in whether a code of one word may be incomplete.
            sum == 1 << 7 || used <= 1
        }
        _ => false,
    })
}

/// Whether the stream can begin as one of Brotli that gives some bytes, and no more
/// than `bound` (RFC 7932, 9.1 and 9.2).
pub(super) fn may_be_brotli(input: &[u8], bound: usize) -> bool {
    brotli(
        &mut Bits {
            bytes: input,
            at: 0,
        },
        bound,
    )
    .unwrap_or(false)
}

fn brotli(bits: &mut Bits<'_>, bound: usize) -> Option<bool> {
    // The size of the window; what is reserved some decoders read as a large one.
    if bits.take(1)? == 1 && bits.take(3)? == 0 && bits.take(3)? == 1 {
        return Some(true);
    }
    let is_last = bits.take(1)? == 1;
    if is_last && bits.take(1)? == 1 {
        return Some(false);
    }
    let nibbles = match bits.take(2)? {
        // Metadata.
        3 => return Some(true),
        more => 4 + more,
    };
    let length = bits.take(4 * nibbles)?;
    // The highest nibble is not zero where there are more than four.
    if length + 1 > bound || (nibbles > 4 && length >> (4 * (nibbles - 1)) == 0) {
        return Some(false);
    }
    let is_stored = !is_last && bits.take(1)? == 1;
    Some(!is_stored || length < bits.whole_bytes_left())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::super::compress::{self, Inflated};
    use super::*;

    fn deflated(bytes: &[u8], level: u32) -> Vec<u8> {
        let level = flate2::Compression::new(level);
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), level);
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn brotlied(bytes: &[u8], quality: u32, window: u32) -> Vec<u8> {
        let mut result = Vec::new();
        let mut encoder = brotli::CompressorWriter::new(&mut result, 4096, quality, window);
        encoder.write_all(bytes).unwrap();
        drop(encoder);
        result
    }

    proptest! {
        #[test]
        fn what_encoders_write_is_tried(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 1..300),
                "[a-e]{1,2000}".prop_map(String::into_bytes),
            ],
            level in 0_u32..10,
            window in 10_u32..23,
        ) {
            prop_assert!(may_be_deflate(&deflated(&bytes, level)));
            prop_assert!(may_be_brotli(&brotlied(&bytes, level, window), bytes.len()));
        }

        /// The decoders read nothing that would not be tried.
        #[test]
        fn what_is_not_tried_is_no_stream(bytes in prop::collection::vec(any::<u8>(), 1..40)) {
            let bound = bytes.len() * 64;
            if !may_be_deflate(&bytes) {
                prop_assert!(!matches!(compress::inflate_raw(&bytes, bound), Inflated::Whole(_)));
            }
            if !may_be_brotli(&bytes, bound) {
                let result = compress::brotli(&bytes, bound);
                let is_empty = matches!(&result, Inflated::Whole(bytes) if bytes.is_empty());
                prop_assert!(is_empty || !matches!(result, Inflated::Whole(_)));
            }
        }
    }
}
