//! `MurmurHash3` with 128 bits for machines of 64 (A. Appleby, `aappleby/smhasher`,
//! `src/MurmurHash3.cpp`, `MurmurHash3_x64_128`), with a seed of zero. It is no cryptographic
//! function; programs that tell browsers apart and those of A. Senol and others use it.

const C1: u64 = 0x87c3_7b91_1142_53d5;
const C2: u64 = 0x4cf5_ad43_2745_937f;

/// The two halves of the digest.
pub(super) fn murmur3(bytes: &[u8]) -> [u64; 2] {
    let (mut h1, mut h2) = (0_u64, 0_u64);
    let (blocks, tail) = bytes.as_chunks::<16>();
    for block in blocks {
        let [k1, k2] = words(block);
        h1 ^= mixed(k1, C1, 31, C2);
        h1 = h1.rotate_left(27).wrapping_add(h2);
        h1 = h1.wrapping_mul(5).wrapping_add(0x52dc_e729);
        h2 ^= mixed(k2, C2, 33, C1);
        h2 = h2.rotate_left(31).wrapping_add(h1);
        h2 = h2.wrapping_mul(5).wrapping_add(0x3849_5ab5);
    }
    let mut last = [0; 16];
    last[..tail.len()].copy_from_slice(tail);
    let [k1, k2] = words(&last);
    // What is not there is zero, and changes nothing.
    h2 ^= mixed(k2, C2, 33, C1);
    h1 ^= mixed(k1, C1, 31, C2);
    let length = bytes.len() as u64;
    h1 ^= length;
    h2 ^= length;
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    h1 = finished(h1);
    h2 = finished(h2);
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    [h1, h2]
}

fn words(block: &[u8; 16]) -> [u64; 2] {
    let number = u128::from_le_bytes(*block);
    [number as u64, (number >> 64) as u64]
}

const fn mixed(k: u64, first: u64, turn: u32, second: u64) -> u64 {
    k.wrapping_mul(first).rotate_left(turn).wrapping_mul(second)
}

const fn finished(mut k: u64) -> u64 {
    k ^= k >> 33;
    k = k.wrapping_mul(0xff51_afd7_ed55_8ccd);
    k ^= k >> 33;
    k = k.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    k ^ k >> 33
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Guava and `mmh3` of Python give it.
    #[test]
    fn digests_are_those_of_other_implementations() {
        for (text, digest) in [
            ("hello", "cbd8a7b341bd9b025b1e906a48ae1d19"),
            ("hello, world", "342fac623a5ebc8e4cdcbc079642414d"),
            (
                "The quick brown fox jumps over the lazy dog.",
                "cd99481f9ee902c9695da1a38987b6e7",
            ),
            ("", "00000000000000000000000000000000"),
        ] {
            let [first, second] = murmur3(text.as_bytes());
            assert_eq!(format!("{first:016x}{second:016x}"), digest, "{text}");
        }
    }
}
