//! Digests, HMAC, and the derivations of keys that stand on them.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha384};

/// A hash function of a cipher suite.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
}

impl Hash {
    /// Length of its digest.
    pub(crate) fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }

    pub(crate) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => Md5::digest(bytes).to_vec(),
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
        }
    }

    /// HMAC over the parts, one after the other (RFC 2104).
    pub(crate) fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Md5 => mac::<Hmac<Md5>>(key, parts),
            Self::Sha1 => mac::<Hmac<Sha1>>(key, parts),
            Self::Sha256 => mac::<Hmac<Sha256>>(key, parts),
            Self::Sha384 => mac::<Hmac<Sha384>>(key, parts),
        }
    }

    /// P_hash (RFC 5246 §5).
    fn stretch(self, secret: &[u8], seed: &[&[u8]], length: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(length + self.length());
        let mut a = self.hmac(secret, seed);
        while out.len() < length {
            let mut parts = vec![a.as_slice()];
            parts.extend_from_slice(seed);
            out.extend_from_slice(&self.hmac(secret, &parts));
            a = self.hmac(secret, &[&a]);
        }
        out.truncate(length);
        out
    }

    /// HKDF-Extract (RFC 5869 §2.2).
    pub(crate) fn extract(self, salt: &[u8], secret: &[u8]) -> Vec<u8> {
        self.hmac(salt, &[secret])
    }

    /// HKDF-Expand-Label with an empty context (RFC 8446 §7.1).
    pub(crate) fn expand_label(self, secret: &[u8], label: &str, length: usize) -> Vec<u8> {
        let full = [b"tls13 ", label.as_bytes()].concat();
        let mut info = (length as u16).to_be_bytes().to_vec();
        info.push(full.len() as u8);
        info.extend_from_slice(&full);
        info.push(0);
        // HKDF-Expand (RFC 5869 §2.3).
        let (mut out, mut block, mut counter) = (Vec::new(), Vec::new(), 1_u8);
        while out.len() < length {
            block = self.hmac(secret, &[&block, &info, &[counter]]);
            out.extend_from_slice(&block);
            counter = counter.wrapping_add(1);
        }
        out.truncate(length);
        out
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // HMAC takes a key of any length, so that this always succeeds.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
        return Vec::new();
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// The PRF of TLS 1.2 under a hash (RFC 5246 §5), or without one that of TLS 1.0 and 1.1
/// (RFC 2246 §5).
pub(crate) fn prf(
    hash: Option<Hash>,
    secret: &[u8],
    label: &str,
    seeds: &[&[u8]],
    length: usize,
) -> Vec<u8> {
    let mut seed = vec![label.as_bytes()];
    seed.extend_from_slice(seeds);
    if let Some(hash) = hash {
        return hash.stretch(secret, &seed, length);
    }
    let half = secret.len().div_ceil(2);
    let (head, tail) = (
        secret.get(..half).unwrap_or_default(),
        secret.get(secret.len() - half..).unwrap_or_default(),
    );
    let md5 = Hash::Md5.stretch(head, &seed, length);
    let sha1 = Hash::Sha1.stretch(tail, &seed, length);
    md5.iter().zip(sha1).map(|(a, b)| a ^ b).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector for SHA-256 that the IETF's list of TLS passed around in 2009.
    #[test]
    fn the_prf_of_tls_1_2_gives_the_published_vector() {
        let secret = hex::decode("9bbe436ba940f017b17652849a71db35").unwrap();
        let seed = hex::decode("a0ba9f936cda311827a6f796ffd5198c").unwrap();
        let out = prf(Some(Hash::Sha256), &secret, "test label", &[&seed], 100);
        assert_eq!(
            hex::encode(out),
            "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a\
             6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab\
             4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701\
             87347b66"
        );
    }

    /// RFC 8448 §3: the client's handshake keys.
    #[test]
    fn keys_expand_as_in_rfc_8448() {
        let secret =
            hex::decode("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21")
                .unwrap();
        let key = Hash::Sha256.expand_label(&secret, "key", 16);
        assert_eq!(hex::encode(key), "dbfaa693d1762c5b666af5d950258d01");
        let iv = Hash::Sha256.expand_label(&secret, "iv", 12);
        assert_eq!(hex::encode(iv), "5bd3c71b836e0b76bb73265f");
    }
}
