//! The keys of notes: Ed25519 with a name.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use affiant_model::Digest;
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use zeroize::Zeroizing;

use crate::{NoteError, NoteSignature, pem, text};

/// The type of the signatures made and checked here: plain Ed25519.
const ED25519: u8 = 1;

/// Refuses a name that no signature line could carry (C2SP signed-note).
pub(crate) fn check_name(name: &str) -> Result<(), NoteError> {
    let bad = |c: char| c.is_whitespace() || c == '+' || c < ' ';
    match name.is_empty() || name.contains(bad) {
        false => Ok(()),
        true => Err(NoteError::KeyName {
            name: text::shown(name),
        }),
    }
}

/// The id of a key as it is printed: eight hexadecimal digits.
pub(crate) fn id_hex(key_id: u32) -> String {
    format!("{key_id:08x}")
}

/// A private Ed25519 key with the name under which it signs notes.
///
/// Its bytes are wiped from memory when it is dropped, and never printed.
#[derive(Clone)]
pub struct SigningKey {
    name: String,
    secret: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// The key that RFC 8032 makes of 32 bytes, which are to be random.
    ///
    /// # Errors
    ///
    /// [`NoteError::KeyName`].
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Result<Self, NoteError> {
        let seed = Zeroizing::new(seed);
        Self::new(name, ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// Reads a key as `openssl genpkey -algorithm ed25519` writes it: PKCS #8 in PEM, without a passphrase.
    ///
    /// # Errors
    ///
    /// [`NoteError::KeyName`] and [`NoteError::Pem`].
    pub fn from_pkcs8_pem(name: &str, pem: &str) -> Result<Self, NoteError> {
        Self::new(name, pem::read_private(pem)?)
    }

    fn new(name: &str, secret: ed25519_dalek::SigningKey) -> Result<Self, NoteError> {
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            secret,
        })
    }

    /// Writes the key as openssl reads it: PKCS #8 in PEM, without a passphrase (RFC 8410 §7).
    #[must_use]
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        pem::write_private(&self.secret)
    }

    /// The name under which it signs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key that goes with it.
    #[must_use]
    pub fn verifier_key(&self) -> VerifierKey {
        VerifierKey {
            name: self.name.clone(),
            public: self.secret.verifying_key(),
        }
    }

    /// Signs the text of a note.
    pub(crate) fn sign(&self, text: &str) -> NoteSignature {
        NoteSignature {
            name: self.name.clone(),
            key_id: self.verifier_key().key_id(),
            signature: self.secret.sign(text.as_bytes()).to_vec(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(of {})", self.verifier_key())
    }
}

/// A public Ed25519 key with the name under which it signs notes.
///
/// Its text is the *vkey* of C2SP signed-note: name, id and key, for example
/// `example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k`.
/// Keys are ordered by name, then by their bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: VerifyingKey,
}

impl VerifierKey {
    fn new(name: &str, public: VerifyingKey) -> Result<Self, NoteError> {
        check_name(name)?;
        // Under a point of small order one signature is good for many texts.
        if public.is_weak() {
            return Err(NoteError::NotAPoint);
        }
        Ok(Self {
            name: name.to_owned(),
            public,
        })
    }

    /// Reads a key as `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    ///
    /// [`NoteError::KeyName`], [`NoteError::Pem`] and [`NoteError::NotAPoint`].
    pub fn from_spki_pem(name: &str, pem: &str) -> Result<Self, NoteError> {
        Self::new(name, pem::read_public(pem)?)
    }

    /// Writes the key as `openssl pkey -pubin` reads it; the name is not in it.
    #[must_use]
    pub fn to_spki_pem(&self) -> String {
        pem::write_public(&self.public)
    }

    /// The name under which it signs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The 32 bytes of the key (RFC 8032 §5.1.5).
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.public.to_bytes()
    }

    /// The number by which notes name the key, no secret and no proof: the
    /// first four bytes of the SHA-256 of name, line feed, type and key.
    #[must_use]
    pub fn key_id(&self) -> u32 {
        let named = [
            self.name.as_bytes(),
            b"\n",
            &[ED25519],
            self.public.as_bytes(),
        ]
        .concat();
        let [a, b, c, d, ..] = *Digest::of(&named).as_bytes();
        u32::from_be_bytes([a, b, c, d])
    }

    /// The id as it is printed: eight hexadecimal digits.
    #[must_use]
    pub fn key_id_hex(&self) -> String {
        id_hex(self.key_id())
    }

    /// The SHA-256 of the 32 bytes of the key, by which people compare it.
    #[must_use]
    pub fn fingerprint(&self) -> Digest {
        Digest::of(self.public.as_bytes())
    }

    /// Whether the key made the signature, by the strict rules of RFC 8032 §5.1.7.
    pub(crate) fn made(&self, signature: &[u8], text: &str) -> bool {
        Signature::from_slice(signature)
            .and_then(|signature| self.public.verify_strict(text.as_bytes(), &signature))
            .is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [[ED25519].as_slice(), self.public.as_bytes()].concat();
        let (name, id) = (&self.name, self.key_id_hex());
        write!(f, "{name}+{id}+{}", text::encode(&key))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(vkey: &str) -> Result<Self, Self::Err> {
        let refused = |cause| NoteError::KeyText {
            text: text::shown(vkey),
            cause,
        };
        let mut parts = vkey.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(refused("it has not three parts"));
        };
        let key = text::decode(key).ok_or_else(|| refused("its last part is not base64"))?;
        let Some((&ED25519, key)) = key.split_first() else {
            return Err(refused("it is not of type 1, Ed25519"));
        };
        let bytes: [u8; 32] = key
            .try_into()
            .map_err(|_| refused("it has not 32 bytes of key"))?;
        let public = VerifyingKey::from_bytes(&bytes).map_err(|_| NoteError::NotAPoint)?;
        let key = Self::new(name, public)?;
        match key.key_id_hex() == id {
            true => Ok(key),
            false => Err(refused("its id is not that of name and key")),
        }
    }
}

impl Ord for VerifierKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_key = || self.public.as_bytes().cmp(other.public.as_bytes());
        self.name.cmp(&other.name).then_with(by_key)
    }
}

impl PartialOrd for VerifierKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of C2SP signed-note.
    const FOO: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    /// Pairs of public key and seed from the tests of transparency-dev/formats
    /// (log/note_test.go, commit 0b850f1).
    const PAIRS: [(&str, &str); 4] = [
        (
            "Log+2271c621+AemuH5ooBpEPcr+W8onrjA1NfuzBVHdezakU81Ekarvs",
            "AdEIq9FLRQni54Wg68T96VJO+iayOaulswav2DUMKgvQ",
        ),
        (
            "Known+451c786d+AXAQ0T7lbwuY4ABJ9/MYY9bWV3hmSyOGVt2x42NkmdUH",
            "AQPRoE2+Z+Ed1HaHBA9F/FfracvcZ2rDU39kCecMEoci",
        ),
        (
            "KnownAgain+4893b26c+AQ+LR7BFF/F/dkpIBjBpSvT0crkteizuUkavAoGeaYMj",
            "ARhZda/l25zjGZswYLDZsLNRzNpmv5wYTN9IoTr1OJ2+",
        ),
        (
            "Unknown+fdbb2e08+AWgRIYZ+8x1Vl+1Q+sR8zciNHiYI1SdlBjNw+RV0rots",
            "Aav2knTC6orbhXX8pMWuNiWgO+Wwk2DB+h1eU2Q1W1nU",
        ),
    ];

    fn signing_key() -> SigningKey {
        SigningKey::from_seed("example.com/log", [7; 32]).unwrap()
    }

    #[test]
    fn published_keys_are_read_and_written() {
        for key in [
            FOO,
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        ] {
            assert_eq!(key.parse::<VerifierKey>().unwrap().to_string(), key);
        }
        let key: VerifierKey = FOO.parse().unwrap();
        assert_eq!(key.name(), "example.com/foo");
        assert_eq!(key.key_id(), 0x530d_903a);
        assert_eq!(key.key_id_hex(), "530d903a");
    }

    #[test]
    fn published_seeds_give_their_published_keys() {
        for (vkey, seed) in PAIRS {
            let name = vkey.split('+').next().unwrap();
            let seed: [u8; 32] = text::decode(seed).unwrap()[1..].try_into().unwrap();
            let key = SigningKey::from_seed(name, seed).unwrap();
            assert_eq!(key.verifier_key().to_string(), vkey);
        }
    }

    #[test]
    fn a_key_that_is_not_exact_is_refused() {
        for (vkey, cause) in [
            ("", "three parts"),
            ("bananas.sigstore.dev+12344556", "three parts"),
            (
                "rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!",
                "not base64",
            ),
            ("rekor.sigstore.dev+12345678+AwEB", "not of type 1"),
            ("rekor.sigstore.dev+12345678+", "not of type 1"),
            ("rekor.sigstore.dev+12345678+AQEB", "not 32 bytes"),
            // A point of order 1: anything verifies under it.
            (
                "weak+12345678+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "no point",
            ),
            // No point at all: y = 2.
            (
                "none+12345678+AQIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "no point",
            ),
        ] {
            let error = vkey.parse::<VerifierKey>().unwrap_err().to_string();
            assert!(error.contains(cause), "{vkey}: {error}");
        }
        for vkey in [
            FOO.replace("530d903a", "530d903b"),
            FOO.replace("530d903a", "530D903A"),
            FOO.replace("530d903a", "+530d903a"),
            FOO.replace("example.com", "example.org"),
            FOO.replace("example.com", ""),
            FOO.replace("example.com", "example com"),
            FOO.replace("example.com", "example\u{2003}com"),
            format!("{FOO}\n"),
            format!(" {FOO}"),
            format!("{FOO}="),
        ] {
            assert!(vkey.parse::<VerifierKey>().is_err(), "{vkey}");
        }
    }

    #[test]
    fn a_name_that_no_signature_line_can_carry_names_no_key() {
        for name in [
            "",
            "a b",
            "a+b",
            "a\u{a0}b",
            "a\u{2028}b",
            "a\nb",
            "a\u{0}b",
        ] {
            assert!(SigningKey::from_seed(name, [1; 32]).is_err(), "{name}");
            let pem = signing_key().verifier_key().to_spki_pem();
            assert!(VerifierKey::from_spki_pem(name, &pem).is_err(), "{name}");
        }
        assert!(SigningKey::from_seed("Señor-1", [1; 32]).is_ok());
    }

    #[test]
    fn what_is_printed_of_a_private_key_does_not_have_its_secret() {
        let key = signing_key();
        let printed = format!("{key:?}");
        assert_eq!(printed, format!("SigningKey(of {})", key.verifier_key()));
        for secret in [
            text::encode(&[7; 32]),
            hex::encode([7; 32]),
            "7, 7".to_owned(),
        ] {
            assert!(!printed.contains(&secret));
        }
    }

    #[test]
    fn keys_survive_pem() {
        let key = signing_key();
        let again = SigningKey::from_pkcs8_pem(key.name(), &key.to_pkcs8_pem()).unwrap();
        assert_eq!(again.verifier_key(), key.verifier_key());
        let public = key.verifier_key();
        let again = VerifierKey::from_spki_pem(public.name(), &public.to_spki_pem()).unwrap();
        assert_eq!(again, public);
        assert_eq!(again.fingerprint(), Digest::of(&again.public_key()));
    }

    #[test]
    fn keys_are_ordered_by_name_and_then_by_bytes() {
        let key = |name, seed| {
            SigningKey::from_seed(name, [seed; 32])
                .unwrap()
                .verifier_key()
        };
        let mut keys = [key("b", 1), key("a", 2), key("a", 1)];
        keys.sort();
        assert_eq!(
            [keys[0].name(), keys[1].name(), keys[2].name()],
            ["a", "a", "b"]
        );
        assert!(keys[0].public_key() < keys[1].public_key());
    }
}
