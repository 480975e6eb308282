use hmac::{Hmac, KeyInit, Mac};

use super::{Algorithm, HashedText};

/// Longest text that is tried as a salt, in bytes.
const LONGEST_SALT: usize = 128;

/// How many digests are computed at most to explain what one exchange carries.
pub(crate) const MOST_SALTED: usize = 50_000;

/// Whether a name says that its value goes into a hash function beside what is
/// hashed.
pub(crate) fn may_be_salt(name: &str) -> bool {
    let name = name.as_bytes();
    let begins = |at: usize, word: &str| {
        name.get(at..at + word.len())
            .is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes()))
    };
    (0..name.len()).any(|at| match name[at] {
        b's' | b'S' => begins(at, "salt"),
        b'n' | b'N' => begins(at, "nonce"),
        b'p' | b'P' => begins(at, "pepper"),
        b'h' | b'H' => ["hmac", "hashkey", "hash_key", "hash-key"]
            .iter()
            .any(|word| begins(at, word)),
        _ => false,
    })
}

/// An explanation of a digest by a salt that travels with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Salted {
    pub(crate) identifier: usize,
    /// Index of the salt among those given.
    pub(crate) salt: usize,
    pub(crate) form: String,
}

/// Explains `value`, a digest in hexadecimal digits or base64 or as bytes, as
/// that of one of `texts` with one of `salts` before or behind it, or as an
/// HMAC (RFC 2104) whose key is the salt. What many people share is not tried:
/// a salt leaves it as short a list as it was.
///
/// `left` is how many digests may still be computed; what cannot be tried within
/// it is not explained.
pub(crate) fn explain(
    value: &[u8],
    salts: &[&[u8]],
    texts: &[HashedText],
    left: &mut usize,
) -> Option<Salted> {
    let digest = digest_of(value)?;
    let usual = Ways {
        constructions: &CONSTRUCTIONS,
        others: Others::Hmac,
    };
    usual
        .explain(&digest, value, salts, texts, left)
        .or_else(|| {
            let rarer = Ways {
                constructions: &RARER,
                others: Others::Rarer,
            };
            rarer.explain(&digest, value, salts, texts, &mut { MOST_SALTED })
        })
}

/// The same of a salt that stands beside the digest in one value, by the constructions that
/// are usual there, and not as an HMAC.
pub(crate) fn explain_beside(
    value: &[u8],
    salt: &[u8],
    texts: &[HashedText],
    left: &mut usize,
) -> Option<Salted> {
    let digest = digest_of(value)?;
    let ways = Ways {
        constructions: &CONSTRUCTIONS[..BESIDE],
        others: Others::None,
    };
    ways.explain(&digest, value, &[salt], texts, left)
}

/// What is tried beside the constructions of salt and text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    None,
    Hmac,
    Rarer,
}

impl Others {
    /// How many digests are computed for it at most.
    const fn count(self) -> usize {
        match self {
            Self::None => 0,
            Self::Hmac => 1,
            Self::Rarer => 16,
        }
    }
}

/// How salt and text may have been put together.
struct Ways<'w> {
    constructions: &'w [(&'w [u8], bool)],
    others: Others,
}

impl Ways<'_> {
    fn explain(
        &self,
        digest: &[u8],
        value: &[u8],
        salts: &[&[u8]],
        texts: &[HashedText],
        left: &mut usize,
    ) -> Option<Salted> {
        let algorithms: Vec<Algorithm> = Algorithm::COMMON
            .into_iter()
            .filter(|algorithm| algorithm.digest(b"").len() == digest.len())
            .collect();
        for (index, salt) in salts.iter().enumerate() {
            if salt.is_empty() || salt.len() > LONGEST_SALT || *salt == value {
                continue;
            }
            let decoded = (self.others == Others::Rarer)
                .then(|| decoded(salt))
                .flatten();
            for text in texts.iter().filter(|text| !text.shared) {
                for algorithm in &algorithms {
                    let count = self.constructions.len() + self.others.count();
                    let Some(rest) = left.checked_sub(count) else {
                        *left = 0;
                        return None;
                    };
                    *left = rest;
                    let Some(how) =
                        self.how(*algorithm, salt, decoded.as_deref(), &text.bytes, digest)
                    else {
                        continue;
                    };
                    let of = if text.name.is_empty() {
                        String::new()
                    } else {
                        format!(" of {}", text.name)
                    };
                    return Some(Salted {
                        identifier: text.identifier,
                        salt: index,
                        form: format!("{}{of}{how}", algorithm.name()),
                    });
                }
            }
        }
        None
    }

    fn how(
        &self,
        algorithm: Algorithm,
        salt: &[u8],
        decoded: Option<&[u8]>,
        text: &[u8],
        digest: &[u8],
    ) -> Option<String> {
        construction(self.constructions, algorithm, salt, text, digest).or_else(|| {
            match self.others {
                Others::None => None,
                Others::Hmac => as_hmac(algorithm, salt, text, digest),
                Others::Rarer => otherwise(algorithm, salt, decoded, text, digest),
            }
        })
    }
}

/// How many of the constructions are usual where the salt stands beside the digest.
const BESIDE: usize = 4;

/// What stands between salt and text, and whether the salt stands first.
const CONSTRUCTIONS: [(&[u8], bool); 6] = [
    (b"", true),
    (b"", false),
    (b":", true),
    (b":", false),
    (b"|", true),
    (b"|", false),
];

/// The same, less usual; tried where nothing else explains the digest.
const RARER: [(&[u8], bool); 20] = [
    (b"_", true),
    (b"_", false),
    (b"-", true),
    (b"-", false),
    (b".", true),
    (b".", false),
    (b",", true),
    (b",", false),
    (b"#", true),
    (b"#", false),
    (b"$", true),
    (b"$", false),
    (b"+", true),
    (b"+", false),
    (b" ", true),
    (b" ", false),
    (b"/", true),
    (b"/", false),
    (b"&", true),
    (b"&", false),
];

fn construction(
    constructions: &[(&[u8], bool)],
    algorithm: Algorithm,
    salt: &[u8],
    text: &[u8],
    digest: &[u8],
) -> Option<String> {
    constructions.iter().find_map(|(between, salt_first)| {
        let (a, b) = if *salt_first {
            (salt, text)
        } else {
            (text, salt)
        };
        let side = if *salt_first { "before" } else { "behind" };
        (algorithm.digest(&[a, between, b].concat()) == digest)
            .then(|| format!(" with a salt {side} it"))
    })
}

fn as_hmac(algorithm: Algorithm, salt: &[u8], text: &[u8], digest: &[u8]) -> Option<String> {
    let mac = hmac(algorithm, salt, text)?;
    (mac == digest).then(|| " as HMAC with a salt as key".to_owned())
}

/// Salts on both sides, of a digest of the text, and those that are bytes in letters.
fn otherwise(
    algorithm: Algorithm,
    salt: &[u8],
    decoded: Option<&[u8]>,
    text: &[u8],
    digest: &[u8],
) -> Option<String> {
    const BARE: [(&[u8], bool); 2] = [(b"", true), (b"", false)];
    if algorithm.digest(&[salt, text, salt].concat()) == digest {
        return Some(" with a salt on both sides of it".to_owned());
    }
    for first in Algorithm::COMMON {
        let inner = hex::encode(first.digest(text));
        if let Some(how) = construction(&BARE, algorithm, salt, inner.as_bytes(), digest) {
            let again = match first == algorithm {
                true => ", hashed again".to_owned(),
                false => format!(", hashed first with {},", first.name()),
            };
            return Some(format!("{again}{how}"));
        }
    }
    let decoded = decoded?;
    construction(&BARE, algorithm, decoded, text, digest)
        .or_else(|| as_hmac(algorithm, decoded, text, digest))
        .map(|how| format!("{how}, the salt being bytes in letters"))
}

/// The bytes of a salt that is written in hexadecimal digits or base64.
fn decoded(salt: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    hex::decode(salt)
        .ok()
        .or_else(|| STANDARD.decode(salt).ok())
        .filter(|bytes| bytes.len() >= 4)
}

/// HMAC (RFC 2104) under one of the usual functions; none under another.
fn hmac(algorithm: Algorithm, key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    fn of<M: Mac + KeyInit>(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
        let mac = <M as KeyInit>::new_from_slice(key).ok()?;
        Some(mac.chain_update(text).finalize().into_bytes().to_vec())
    }
    match algorithm {
        Algorithm::Md5 => of::<Hmac<md5::Md5>>(key, text),
        Algorithm::Sha1 => of::<Hmac<sha1::Sha1>>(key, text),
        Algorithm::Sha256 => of::<Hmac<sha2::Sha256>>(key, text),
        Algorithm::Sha512 => of::<Hmac<sha2::Sha512>>(key, text),
        _ => None,
    }
}

/// The digest that a value is, by its length and letters.
fn digest_of(value: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    let is_length = |length: usize| matches!(length, 16 | 20 | 32 | 64);
    if is_length(value.len()) && std::str::from_utf8(value).is_err() {
        return Some(value.to_vec());
    }
    let letters = value
        .strip_suffix(b"==")
        .or(value.strip_suffix(b"="))
        .unwrap_or(value);
    // How many letters such a digest has tells most values.
    match (value.len(), letters.len()) {
        (32 | 40 | 64 | 128, _) => hex::decode(value).ok(),
        (_, 22 | 27 | 43 | 86) => STANDARD_NO_PAD
            .decode(letters)
            .or_else(|_| URL_SAFE_NO_PAD.decode(letters))
            .ok(),
        _ => None,
    }
    .filter(|bytes| is_length(bytes.len()))
}

/// Whether a value may be a digest.
pub(crate) fn may_be_digest(value: &[u8]) -> bool {
    (16..=128).contains(&value.len()) && digest_of(value).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> HashedText {
        HashedText {
            identifier: 3,
            bytes: b"ann@example.com".to_vec(),
            name: "lower case".into(),
            shared: false,
        }
    }

    #[test]
    fn a_salt_in_the_same_exchange_explains_a_digest() {
        let explained = |value: String| {
            let mut left = MOST_SALTED;
            explain(
                value.as_bytes(),
                &[b"other", b"pepper1"],
                &[text()],
                &mut left,
            )
            .map(|s| (s.salt, s.form))
        };
        // printf %s pepper1ann@example.com | sha256sum
        let before = hex::encode(Algorithm::Sha256.digest(b"pepper1ann@example.com"));
        assert_eq!(
            explained(before),
            Some((1, "sha256 of lower case with a salt before it".into()))
        );
        let behind = hex::encode(Algorithm::Md5.digest(b"ann@example.com:pepper1"));
        assert_eq!(
            explained(behind),
            Some((1, "md5 of lower case with a salt behind it".into()))
        );
        let twice = hex::encode(Algorithm::Md5.digest(b"ann@example.com"));
        for (salted, how) in [
            (
                b"pepper1_ann@example.com".to_vec(),
                " with a salt before it",
            ),
            (
                b"pepper1ann@example.compepper1".to_vec(),
                " with a salt on both sides of it",
            ),
            (
                [twice.as_bytes(), b"pepper1"].concat(),
                ", hashed again with a salt behind it",
            ),
            (
                [
                    b"pepper1",
                    hex::encode(Algorithm::Sha1.digest(b"ann@example.com")).as_bytes(),
                ]
                .concat(),
                ", hashed first with sha1, with a salt before it",
            ),
        ] {
            assert_eq!(
                explained(hex::encode(Algorithm::Md5.digest(&salted))),
                Some((1, format!("md5 of lower case{how}")))
            );
        }
        assert_eq!(
            explained(hex::encode(Algorithm::Sha1.digest(b"ann@example.com"))),
            None
        );
        // The bytes of the salt, which is in hexadecimal digits.
        let bytes = [&[0xde, 0xad, 0xbe, 0xef][..], b"ann@example.com"].concat();
        let value = hex::encode(Algorithm::Sha256.digest(&bytes));
        let found = explain(value.as_bytes(), &[b"deadbeef"], &[text()], &mut {
            MOST_SALTED
        });
        assert_eq!(
            found.map(|found| found.form).as_deref(),
            Some("sha256 of lower case with a salt before it, the salt being bytes in letters")
        );
    }

    /// RFC 4231, test case 2.
    #[test]
    fn an_hmac_is_that_of_the_standard() {
        let mac = hmac(Algorithm::Sha256, b"Jefe", b"what do ya want for nothing?").unwrap();
        assert!(hex::encode(mac).starts_with("5bdcc146bf60754e6a042426089575c7"));
    }
}
