use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use affiant_model::Digest;
use sha2::Digest as _;

/// A checksum algorithm of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// MD5 (RFC 1321). Collisions can be made at will.
    Md5,
    /// SHA-1 (FIPS 180-4). Collisions can be made.
    Sha1,
    /// SHA-224 (FIPS 180-4).
    Sha224,
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SHA-384 (FIPS 180-4).
    Sha384,
    /// SHA-512 (FIPS 180-4).
    Sha512,
}

impl Algorithm {
    const ALL: [Self; 6] = [
        Self::Md5,
        Self::Sha1,
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
    ];

    /// The name that stands in the name of a manifest, by RFC 8493 section 2.4.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// Whether two different files with the same checksum can be made, so that
    /// an equal checksum does not show that nobody exchanged the file.
    #[must_use]
    pub const fn is_weak(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1)
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == name)
    }

    /// Hexadecimal digits of a checksum.
    pub(crate) const fn hex_len(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha224 => 56,
            Self::Sha256 => 64,
            Self::Sha384 => 96,
            Self::Sha512 => 128,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The checksums of one file.
#[derive(Debug, Clone)]
pub(crate) struct Checksums {
    /// Always taken.
    pub(crate) sha256: Digest,
    /// All that were asked for, SHA-256 among them, in lower-case hexadecimal.
    pub(crate) hex: BTreeMap<Algorithm, String>,
}

impl Checksums {
    /// The checksums of bytes that are in memory.
    pub(crate) fn of(bytes: &[u8], wanted: &BTreeSet<Algorithm>) -> Self {
        let mut hashers = Hashers::new(wanted);
        hashers.update(bytes);
        hashers.finish()
    }
}

/// Several checksums taken in one reading.
pub(crate) struct Hashers {
    sha256: sha2::Sha256,
    others: Vec<(Algorithm, Hasher)>,
}

impl Hashers {
    pub(crate) fn new(wanted: &BTreeSet<Algorithm>) -> Self {
        Self {
            sha256: sha2::Sha256::new(),
            others: wanted
                .iter()
                .filter_map(|&algorithm| Some((algorithm, Hasher::new(algorithm)?)))
                .collect(),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        for (_, hasher) in &mut self.others {
            hasher.update(bytes);
        }
    }

    pub(crate) fn finish(self) -> Checksums {
        let sha256 = Digest::from_bytes(self.sha256.finalize().into());
        let mut hex: BTreeMap<_, _> = self
            .others
            .into_iter()
            .map(|(algorithm, hasher)| (algorithm, hasher.finish()))
            .collect();
        hex.insert(Algorithm::Sha256, sha256.to_hex());
        Checksums { sha256, hex }
    }
}

enum Hasher {
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

impl Hasher {
    /// `None` for SHA-256, which is taken anyway.
    fn new(algorithm: Algorithm) -> Option<Self> {
        Some(match algorithm {
            Algorithm::Md5 => Self::Md5(md5::Md5::new()),
            Algorithm::Sha1 => Self::Sha1(sha1::Sha1::new()),
            Algorithm::Sha224 => Self::Sha224(sha2::Sha224::new()),
            Algorithm::Sha256 => return None,
            Algorithm::Sha384 => Self::Sha384(sha2::Sha384::new()),
            Algorithm::Sha512 => Self::Sha512(sha2::Sha512::new()),
        })
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Md5(h) => h.update(bytes),
            Self::Sha1(h) => h.update(bytes),
            Self::Sha224(h) => h.update(bytes),
            Self::Sha384(h) => h.update(bytes),
            Self::Sha512(h) => h.update(bytes),
        }
    }

    fn finish(self) -> String {
        match self {
            Self::Md5(h) => hex::encode(h.finalize()),
            Self::Sha1(h) => hex::encode(h.finalize()),
            Self::Sha224(h) => hex::encode(h.finalize()),
            Self::Sha384(h) => hex::encode(h.finalize()),
            Self::Sha512(h) => hex::encode(h.finalize()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_of_abc_are_the_published_vectors() {
        let all = Checksums::of(b"abc", &Algorithm::ALL.into_iter().collect());
        let starts = [
            "900150983cd24fb0",
            "a9993e364706816a",
            "23097d223405d822",
            "ba7816bf8f01cfea",
            "cb00753f45a35e8b",
            "ddaf35a193617aba",
        ];
        for (algorithm, start) in Algorithm::ALL.into_iter().zip(starts) {
            assert!(all.hex[&algorithm].starts_with(start), "{algorithm}");
            assert_eq!(all.hex[&algorithm].len(), algorithm.hex_len());
            assert_eq!(Algorithm::from_name(algorithm.as_str()), Some(algorithm));
        }
        assert_eq!(Algorithm::from_name("SHA256"), None);
    }
}
