/// Makes a gzip stream (RFC 1952) with one block of fixed Huffman codes
/// (RFC 1951 §3.2.6).
///
/// Written out here because a library may compress otherwise in its next
/// version, and these files are to stay the same bytes.
pub(crate) fn gzip(data: &[u8]) -> Vec<u8> {
    // No name, no time; made on Unix, as zlib marks it on iOS.
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0x13];
    out.extend(deflate(data));
    out.extend(crc32(data).to_le_bytes());
    out.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
    out
}

const MIN_MATCH: usize = 3;
const MAX_MATCH: usize = 258;
const WINDOW: usize = 4096;

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(0b011, 3); // last block, fixed codes
    let mut at = 0;
    while at < data.len() {
        let (length, distance) = longest_match(data, at);
        if length >= MIN_MATCH {
            push_length(&mut bits, length);
            push_distance(&mut bits, distance);
            at += length;
        } else {
            push_symbol(&mut bits, u32::from(data[at]));
            at += 1;
        }
    }
    push_symbol(&mut bits, 256);
    bits.finish()
}

fn longest_match(data: &[u8], at: usize) -> (usize, usize) {
    let mut best = (0, 0);
    for start in at.saturating_sub(WINDOW)..at {
        let length = data[start..]
            .iter()
            .zip(&data[at..])
            .take(MAX_MATCH)
            .take_while(|(a, b)| a == b)
            .count();
        if length >= best.0 {
            best = (length, at - start);
        }
    }
    best
}

fn push_symbol(bits: &mut Bits, symbol: u32) {
    match symbol {
        0..=143 => bits.push_reversed(0x30 + symbol, 8),
        144..=255 => bits.push_reversed(0x190 + symbol - 144, 9),
        256..=279 => bits.push_reversed(symbol - 256, 7),
        _ => bits.push_reversed(0xc0 + symbol - 280, 8),
    }
}

fn push_length(bits: &mut Bits, length: usize) {
    // Codes 257 to 284 stand for runs of lengths that double in width every
    // fourth code; 285 for the greatest.
    if length == MAX_MATCH {
        return push_symbol(bits, 285);
    }
    let (mut code, mut base) = (257, MIN_MATCH);
    for step in 0..7_u32 {
        let (codes, extra) = if step == 0 { (8, 0) } else { (4, step) };
        for _ in 0..codes {
            let width = 1 << extra;
            if length < base + width {
                push_symbol(bits, code);
                return bits.push(u32::try_from(length - base).unwrap_or_default(), extra);
            }
            base += width;
            code += 1;
        }
    }
}

fn push_distance(bits: &mut Bits, distance: usize) {
    let (mut code, mut base) = (0, 1);
    for step in 0..14_u32 {
        let (codes, extra) = if step == 0 { (4, 0) } else { (2, step) };
        for _ in 0..codes {
            let width = 1 << extra;
            if distance < base + width {
                bits.push_reversed(code, 5);
                return bits.push(u32::try_from(distance - base).unwrap_or_default(), extra);
            }
            base += width;
            code += 1;
        }
    }
}

/// Bits, packed from the lowest of each byte upwards (RFC 1951 §3.1.1).
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    pending: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, width: u32) {
        for bit in 0..width {
            self.pending |= (value >> bit & 1) << self.count;
            self.count += 1;
            if self.count == 8 {
                self.bytes.extend(self.pending.to_le_bytes().first());
                (self.pending, self.count) = (0, 0);
            }
        }
    }

    /// A Huffman code, whose highest bit goes first.
    fn push_reversed(&mut self, value: u32, width: u32) {
        self.push(value.reverse_bits() >> (32 - width), width);
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.push(0, 8 - self.count);
        }
        self.bytes
    }
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_library_gives_back_what_was_compressed() {
        let mut random = super::super::random::Random::new(1);
        let mut texts: Vec<Vec<u8>> = vec![Vec::new(), vec![b'a'; 3000], (0..=255).collect()];
        for count in [1, 10, 60] {
            let words: String = (0..count).map(|_| random.uuid()).collect();
            texts.push(words.repeat(3).into_bytes());
        }
        for text in texts {
            let mut back = Vec::new();
            flate2::read::GzDecoder::new(gzip(&text).as_slice())
                .read_to_end(&mut back)
                .unwrap();
            assert_eq!(back, text);
        }
    }
}
