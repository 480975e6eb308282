//! Digests: SHA-256 always, others beside it where another tool wants them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use affiant_model::Digest;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

/// A further digest, for comparison with a list that another tool made. MD5 and
/// SHA-1 prove nothing against a forger; SHA-256 is what counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// MD5 (RFC 1321).
    Md5,
    /// SHA-1 (FIPS 180-4).
    Sha1,
    /// SHA-512 (FIPS 180-4).
    Sha512,
}

impl Algorithm {
    /// Name in the ledger: `md5`, `sha1`, `sha512`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha512 => "sha512",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Md5, Self::Sha1, Self::Sha512]
            .into_iter()
            .find(|algorithm| algorithm.name() == text)
            .ok_or_else(|| "use one of: md5, sha1, sha512".to_owned())
    }
}

/// What hashing came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hashed {
    pub(crate) sha256: Digest,
    pub(crate) bytes: u64,
    /// The further digests in hexadecimal, by name.
    pub(crate) digests: BTreeMap<String, String>,
}

/// Hashes with all algorithms in one pass.
pub(crate) struct Hasher {
    sha256: Sha256,
    bytes: u64,
    md5: Option<Md5>,
    sha1: Option<Sha1>,
    sha512: Option<Sha512>,
}

impl Hasher {
    pub(crate) fn new(further: &[Algorithm]) -> Self {
        let wants = |algorithm| further.contains(&algorithm);
        Self {
            sha256: Sha256::new(),
            bytes: 0,
            md5: wants(Algorithm::Md5).then(Md5::new),
            sha1: wants(Algorithm::Sha1).then(Sha1::new),
            sha512: wants(Algorithm::Sha512).then(Sha512::new),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.bytes += bytes.len() as u64;
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
        if let Some(sha1) = &mut self.sha1 {
            sha1.update(bytes);
        }
        if let Some(sha512) = &mut self.sha512 {
            sha512.update(bytes);
        }
    }

    pub(crate) fn finish(self) -> Hashed {
        let further = [
            (Algorithm::Md5, self.md5.map(|h| hex::encode(h.finalize()))),
            (
                Algorithm::Sha1,
                self.sha1.map(|h| hex::encode(h.finalize())),
            ),
            (
                Algorithm::Sha512,
                self.sha512.map(|h| hex::encode(h.finalize())),
            ),
        ];
        Hashed {
            sha256: Digest::from_bytes(self.sha256.finalize().into()),
            bytes: self.bytes,
            digests: further
                .into_iter()
                .filter_map(|(algorithm, digest)| Some((algorithm.name().to_owned(), digest?)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_digests_of_abc_are_those_of_the_standards() {
        let mut hasher = Hasher::new(&[Algorithm::Md5, Algorithm::Sha1, Algorithm::Sha512]);
        hasher.update(b"a");
        hasher.update(b"bc");
        let hashed = hasher.finish();
        assert_eq!((hashed.sha256, hashed.bytes), (Digest::of(b"abc"), 3));
        assert_eq!(hashed.digests["md5"], "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            hashed.digests["sha1"],
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
        assert!(hashed.digests["sha512"].starts_with("ddaf35a193617abacc417349ae204131"));
        assert_eq!(hashed.digests["sha512"].len(), 128);
    }
}
