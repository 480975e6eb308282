//! Whether a block has the digest that its record states.

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// How a labelled digest, as in `sha1:G7HRM7BGOKSKMSXZAHMUQTTV53QOFSMK`
/// (ISO 28500:2017 §5.8), and bytes agree; `None` where the label is unknown.
pub(super) fn agrees(stated: &str, bytes: &[u8]) -> Option<bool> {
    let (label, value) = stated.split_once(':')?;
    let digest = match label.trim().to_ascii_lowercase().as_str() {
        "sha1" | "sha-1" => Sha1::digest(bytes).to_vec(),
        "sha256" | "sha-256" => Sha256::digest(bytes).to_vec(),
        _ => return None,
    };
    let value = value.trim();
    // In base 32 (RFC 4648 §6), or in hexadecimal.
    let hex = digest.iter().map(|byte| format!("{byte:02x}"));
    let hex: String = hex.collect();
    let plain = value.trim_end_matches('=');
    Some(value.eq_ignore_ascii_case(&hex) || plain.eq_ignore_ascii_case(&base32(&digest)))
}

fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut text, mut held, mut bits) = (String::new(), 0_u32, 0_u32);
    let mut letter = |index: u32| {
        let letter = LETTERS.get((index & 31) as usize).copied();
        text.extend(letter.map(char::from));
    };
    for byte in bytes {
        held = (held << 8 | u32::from(*byte)) & 0xffff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            letter(held >> bits);
        }
    }
    if bits > 0 {
        letter(held << (5 - bits));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_in_both_notations() {
        // RFC 4648 §10, and the vectors of FIPS 180 for `abc`.
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(base32(b"foob"), "MZXW6YQ");
        for stated in [
            "sha1:a9993e364706816aba3e25717850c26c9cd0d89d",
            "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5",
            "sha-256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        ] {
            assert_eq!(agrees(stated, b"abc"), Some(true), "{stated}");
            assert_eq!(agrees(stated, b"abd"), Some(false), "{stated}");
        }
        assert_eq!(agrees("md5:900150983cd24fb0d6963f7d28e17f72", b"abc"), None);
        assert_eq!(agrees("none", b"abc"), None);
    }
}
