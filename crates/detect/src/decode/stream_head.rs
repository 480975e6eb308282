//! Whether bytes can be a compressed stream that bears no mark, by its first bits, and
//! where its codes are fixed ones by all of them: most bytes that are tried cannot, and a
//! decoder costs more to set up.

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

    /// The same, where the first bit is the highest, as in a Huffman code (RFC 1951, 3.1.1).
    fn code(&mut self, count: usize) -> Option<usize> {
        let number = self.take(count)?;
        Some(number.reverse_bits() >> (usize::BITS as usize - count))
    }

    /// Bytes behind the one that was begun.
    fn whole_bytes_left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at.div_ceil(8))
    }
}

/// The order in which the lengths of the code of code lengths come (RFC 1951, 3.2.7);
/// only how many there are matters here.
const CODE_LENGTHS: usize = 19;

/// Whether bytes can be a stream of DEFLATE as a whole (RFC 1951, 3.2.3): the kind of each
/// block exists, the length of a stored block agrees with its complement, the symbols of one
/// with fixed codes exist, and the last block ends with the last byte. Of a block with codes
/// of its own only the beginning is looked at, and nothing behind it: that the code of
/// the code lengths is complete.
pub(super) fn may_be_deflate(input: &[u8]) -> bool {
    let mut bits = Bits {
        bytes: input,
        at: 0,
    };
    loop {
        match block(&mut bits) {
            Some(Block::Passed { is_last: false }) => {}
            Some(Block::Passed { is_last: true }) => return bits.whole_bytes_left() == 0,
            Some(Block::Open) => return true,
            None => return false,
        }
    }
}

/// What a block of DEFLATE is.
enum Block {
    /// It was read to its end.
    Passed { is_last: bool },
    /// It may be one, and where it ends was not looked for.
    Open,
}

/// Passes over a block; `None` where there is none.
fn block(bits: &mut Bits<'_>) -> Option<Block> {
    let is_last = bits.take(1)? == 1;
    match bits.take(2)? {
        0 => {
            bits.at = bits.at.next_multiple_of(8);
            let length = bits.take(16)?;
            if length ^ bits.take(16)? != 0xffff || length > bits.whole_bytes_left() {
                return None;
            }
            bits.at += 8 * length;
        }
        1 => while !fixed_symbol(bits)? {},
        2 => return has_complete_code(bits)?.then_some(Block::Open),
        _ => return None,
    }
    Some(Block::Passed { is_last })
}

/// Passes over a symbol of the fixed codes with what belongs to it (RFC 1951, 3.2.5 and
/// 3.2.6): whether it ends the block.
fn fixed_symbol(bits: &mut Bits<'_>) -> Option<bool> {
    let seven = bits.code(7)?;
    if seven >= 24 {
        // A literal of eight bits, or of nine, but for the last lengths.
        let eight = seven << 1 | bits.take(1)?;
        return match eight {
            198 | 199 => None,
            192..198 => {
                bits.take(if eight == 197 {
                    0
                } else {
                    5 - usize::from(eight == 192)
                })?;
                distance(bits)
            }
            200.. => bits.take(1).map(|_| false),
            _ => Some(false),
        };
    }
    if seven == 0 {
        return Some(true);
    }
    // 257 to 279: the first eight have no more bits, then each four have one more.
    let length = seven - 1;
    bits.take(if length < 8 { 0 } else { length / 4 - 1 })?;
    distance(bits)
}

/// Passes over a distance of the fixed codes.
fn distance(bits: &mut Bits<'_>) -> Option<bool> {
    let code = bits.code(5)?;
    if code >= 30 {
        return None;
    }
    bits.take((code / 2).saturating_sub(1))?;
    Some(false)
}

/// Whether the code of the code lengths of a block is complete.
fn has_complete_code(bits: &mut Bits<'_>) -> Option<bool> {
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
    Some(sum == 1 << 7 || used <= 1)
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
    if !is_last && bits.take(1)? == 1 {
        return Some(length < bits.whole_bytes_left());
    }
    // The types of blocks of literals, of commands and of distances.
    for _ in 0..3 {
        if bits.take(1)? == 1 {
            let more = bits.take(3)?;
            bits.take(more)?;
            return Some(may_be_prefix_code(bits));
        }
    }
    // What distances and contexts are like.
    bits.take(2 + 4 + 2)?;
    // The trees of literals and of distances.
    for _ in 0..2 {
        if bits.take(1)? == 1 {
            return Some(true);
        }
    }
    Some(may_be_prefix_code(bits))
}

/// Whether a prefix code of Brotli can begin here: that of its code lengths is complete, or
/// has one word (RFC 7932, 3.5). A simple one is not looked at.
fn may_be_prefix_code(bits: &mut Bits<'_>) -> bool {
    const CODE_LENGTHS: usize = 18;
    const COMPLETE: usize = 32;
    let skipped = match bits.take(2) {
        None => return false,
        Some(1) => return true,
        Some(skipped) => skipped,
    };
    let (mut sum, mut used) = (0, 0);
    for _ in skipped..CODE_LENGTHS {
        let Some(length) = code_length(bits) else {
            // A decoder may know the word by fewer bits.
            return true;
        };
        if length > 0 {
            sum += COMPLETE >> length;
            used += 1;
        }
        if sum >= COMPLETE {
            break;
        }
    }
    used == 1 || sum == COMPLETE
}

/// The length of a word of the code of code lengths, itself in a fixed code (RFC 7932, 3.5).
fn code_length(bits: &mut Bits<'_>) -> Option<usize> {
    Some(match bits.take(2)? {
        0 => 0,
        1 => 4,
        2 => 3,
        _ if bits.take(1)? == 0 => 2,
        _ if bits.take(1)? == 0 => 1,
        _ => 5,
    })
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
            let stream = deflated(&bytes, level);
            prop_assert!(may_be_deflate(&stream));
            // Nor is anything read that is cut, or has something behind it, and is not tried.
            let longer = [&stream[..], b"\0"].concat();
            for other in [&stream[..stream.len() - 1], &longer, &stream[1..]] {
                let result = compress::inflate_raw(other, 1 << 20);
                prop_assert!(may_be_deflate(other) || !matches!(result, Inflated::Whole(_)));
            }
            prop_assert!(may_be_brotli(&brotlied(&bytes, level, window), bytes.len()));
        }

        /// Streams of fixed codes: one block in four of noise begins like that.
        #[test]
        fn no_stream_of_fixed_codes_is_left_out(mut bytes in prop::collection::vec(any::<u8>(), 1..24), end in any::<bool>()) {
            bytes[0] = bytes[0] & !7 | 3;
            if end {
                bytes.extend([0, 0]);
            }
            for length in 1..=bytes.len() {
                let result = compress::inflate_raw(&bytes[..length], 1 << 16);
                let is_read = matches!(result, Inflated::Whole(_));
                prop_assert!(may_be_deflate(&bytes[..length]) || !is_read, "{:?}", &bytes[..length]);
            }
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
