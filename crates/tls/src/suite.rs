//! What a cipher suite means for records.

use crate::hash::Hash;
use crate::suites;

/// How records are encrypted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cipher {
    Aes128Gcm,
    Aes256Gcm,
    ChaCha20Poly1305,
    /// With a tag of 16 bytes, or of 8.
    Aes128Ccm {
        short: bool,
    },
    Aes256Ccm {
        short: bool,
    },
    /// With the hash of its HMAC.
    Aes128Cbc(Hash),
    Aes256Cbc(Hash),
}

impl Cipher {
    pub(crate) fn key_length(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Ccm { .. } | Self::Aes128Cbc(_) => 16,
            _ => 32,
        }
    }

    /// The part of the nonce that is derived in TLS 1.2; the first vector of CBC in TLS 1.0.
    pub(crate) fn fixed_iv_length(self) -> usize {
        match self {
            Self::Aes128Cbc(_) | Self::Aes256Cbc(_) => 16,
            Self::ChaCha20Poly1305 => 12,
            _ => 4,
        }
    }

    /// The hash of the HMAC, with CBC.
    pub(crate) fn mac(self) -> Option<Hash> {
        match self {
            Self::Aes128Cbc(hash) | Self::Aes256Cbc(hash) => Some(hash),
            _ => None,
        }
    }
}

/// A cipher suite that can be decrypted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Suite {
    pub(crate) cipher: Cipher,
    /// The hash of the PRF of TLS 1.2, and of HKDF.
    pub(crate) hash: Hash,
}

impl Suite {
    /// Reads the parameters off the name, which states them:
    /// `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`, `TLS_AES_128_GCM_SHA256`.
    pub(crate) fn of(code: u16) -> Option<Self> {
        let name = suites::name(code)?;
        let tls13 = code >> 8 == 0x13;
        let cipher = match name.split_once("_WITH_") {
            Some((_, cipher)) if !tls13 => cipher,
            None if tls13 => name.strip_prefix("TLS_")?,
            _ => return None,
        };
        let last = cipher.rsplit('_').next().unwrap_or_default();
        let hash = match last {
            "SHA384" => Hash::Sha384,
            _ => Hash::Sha256,
        };
        // With CBC the name ends in the hash of the HMAC.
        let mac = || match last {
            "MD5" => Some(Hash::Md5),
            "SHA" => Some(Hash::Sha1),
            "SHA256" => Some(Hash::Sha256),
            "SHA384" => Some(Hash::Sha384),
            _ => None,
        };
        let starts = |start: &str| cipher.starts_with(start);
        let cipher = if starts("AES_128_GCM") {
            Cipher::Aes128Gcm
        } else if starts("AES_256_GCM") {
            Cipher::Aes256Gcm
        } else if starts("CHACHA20_POLY1305") {
            Cipher::ChaCha20Poly1305
        } else if starts("AES_128_CCM") {
            Cipher::Aes128Ccm {
                short: starts("AES_128_CCM_8"),
            }
        } else if starts("AES_256_CCM") {
            Cipher::Aes256Ccm {
                short: starts("AES_256_CCM_8"),
            }
        } else if starts("AES_128_CBC") {
            Cipher::Aes128Cbc(mac()?)
        } else if starts("AES_256_CBC") {
            Cipher::Aes256Cbc(mac()?)
        } else {
            return None;
        };
        Some(Self { cipher, hash })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_cipher_and_hash() {
        let cases = [
            (0x1301, Cipher::Aes128Gcm, Hash::Sha256),
            (0x1302, Cipher::Aes256Gcm, Hash::Sha384),
            (0x1303, Cipher::ChaCha20Poly1305, Hash::Sha256),
            (0x1305, Cipher::Aes128Ccm { short: true }, Hash::Sha256),
            (0xc09d, Cipher::Aes256Ccm { short: false }, Hash::Sha256),
            (0xc030, Cipher::Aes256Gcm, Hash::Sha384),
            (0xc013, Cipher::Aes128Cbc(Hash::Sha1), Hash::Sha256),
            (0xc028, Cipher::Aes256Cbc(Hash::Sha384), Hash::Sha384),
            (0xcca8, Cipher::ChaCha20Poly1305, Hash::Sha256),
        ];
        for (code, cipher, hash) in cases {
            assert_eq!(Suite::of(code), Some(Suite { cipher, hash }), "{code:04x}");
        }
        for sealed in [0x0005, 0x000a, 0x0041, 0x00ff, 0x5600, 0x1234, 0x00c6] {
            assert_eq!(Suite::of(sealed), None, "{sealed:04x}");
        }
    }
}
