use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest;

use super::SshError;
use super::key::{PublicKey, malformed};
use super::wire::{Wire, push_string};

use crate::shown::shown;

const MAGIC: &[u8] = b"SSHSIG";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";

/// Largest signature that is read, in bytes of text. One by the longest RSA key
/// that is accepted has some 4 KiB.
const MAX_ARMORED: usize = 64 << 10;

/// A signature that was read and not checked.
///
/// ```text
/// -----BEGIN SSH SIGNATURE-----
/// U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg…
/// -----END SSH SIGNATURE-----
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshSignature {
    pub(crate) key: PublicKey,
    namespace: String,
    hash: Hash,
    signature: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha512,
}

impl Hash {
    const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    fn of(self, message: &[u8]) -> digest::Digest {
        digest::digest(
            match self {
                Self::Sha256 => &digest::SHA256,
                Self::Sha512 => &digest::SHA512,
            },
            message,
        )
    }
}

impl SshSignature {
    /// Reads a signature in its armour. White space may follow it, nothing else.
    ///
    /// # Errors
    ///
    /// [`SshError::Malformed`] where it is not one, [`SshError::KeyType`] and
    /// [`SshError::Algorithm`] where it is one of a kind that is not checked.
    pub fn parse(armored: &str) -> Result<Self, SshError> {
        if armored.len() > MAX_ARMORED {
            return Err(malformed(format!(
                "it has {} bytes, and no more than {MAX_ARMORED} are read",
                armored.len()
            )));
        }
        let body = armored
            .strip_prefix(BEGIN)
            .ok_or_else(|| malformed(format!("it does not begin with `{BEGIN}`")))?;
        let body = body
            .trim_end()
            .strip_suffix(END)
            .ok_or_else(|| malformed(format!("it does not end with `{END}`")))?;
        let lines = body.starts_with(['\n', '\r']) && body.ends_with('\n');
        if !lines {
            return Err(malformed("its first and last line should stand alone"));
        }
        let base64: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let blob = STANDARD
            .decode(base64)
            .map_err(|error| malformed(format!("it is not base64: {error}")))?;
        Self::read(&blob)
    }

    /// ```text
    /// "SSHSIG" uint32 version, string publickey, string namespace, string reserved, string hash_algorithm, string signature
    /// ```
    fn read(blob: &[u8]) -> Result<Self, SshError> {
        let short = || malformed("it ends too early, or a length in it is wrong");
        let mut wire = Wire::new(blob);
        if wire.take(MAGIC.len()) != Some(MAGIC) {
            return Err(malformed("its content does not begin with `SSHSIG`"));
        }
        let version = wire.number().ok_or_else(short)?;
        if version != 1 {
            return Err(malformed(format!(
                "version 1 is wanted, {version} is found"
            )));
        }
        let key = PublicKey::read(wire.string().ok_or_else(short)?)?;
        let namespace = wire.text().ok_or_else(short)?.to_owned();
        if namespace.is_empty() {
            return Err(malformed("it has no namespace"));
        }
        if !wire.string().ok_or_else(short)?.is_empty() {
            return Err(malformed("its reserved field is not empty"));
        }
        let hash = match wire.text().ok_or_else(short)? {
            "sha256" => Hash::Sha256,
            "sha512" => Hash::Sha512,
            other => {
                return Err(SshError::Algorithm {
                    what: "digest algorithm",
                    wanted: "`sha256` or `sha512`",
                    found: shown(other),
                });
            }
        };
        let signature = wire.string().ok_or_else(short)?.to_vec();
        if !wire.is_finished() {
            return Err(malformed("bytes follow where it should end"));
        }
        Ok(Self {
            key,
            namespace,
            hash,
            signature,
        })
    }

    /// Checks the signature over `message` in `namespace`, and not whose key it
    /// is. For a key on a security token, gives whether the token states that a
    /// person touched it.
    ///
    /// # Errors
    ///
    /// [`SshError::Namespace`] where it is for another purpose,
    /// [`SshError::Signature`] where it does not fit, [`SshError::Malformed`] and
    /// [`SshError::Algorithm`] where its inner part is not one of the key's.
    pub fn verify(&self, message: &[u8], namespace: &str) -> Result<Option<bool>, SshError> {
        if self.namespace != namespace {
            return Err(SshError::Namespace {
                wanted: shown(namespace),
                found: shown(&self.namespace),
            });
        }
        // PROTOCOL.sshsig, "Signed Data, of which the signature goes into the blob above".
        let mut signed = MAGIC.to_vec();
        push_string(&mut signed, self.namespace.as_bytes());
        push_string(&mut signed, b"");
        push_string(&mut signed, self.hash.name().as_bytes());
        push_string(&mut signed, self.hash.of(message).as_ref());
        self.key.verify(&signed, &self.signature)
    }

    /// The purpose that it was made for.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Type of the key: `ssh-ed25519`.
    #[must_use]
    pub fn key_type(&self) -> &str {
        &self.key.name
    }

    /// Fingerprint of the key: `SHA256:` and base64 without padding.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint()
    }

    /// The key as one line of OpenSSH: `ssh-ed25519 AAAA…`.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.key.line()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ring::rand::SystemRandom;
    use ring::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    };

    use super::*;

    const APPLICATION: &[u8] = b"ssh:";

    fn strings(parts: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        for part in parts {
            push_string(&mut out, part);
        }
        out
    }

    fn armor(blob: &[u8]) -> String {
        format!("{BEGIN}\n{}\n{END}\n", STANDARD.encode(blob))
    }

    /// A signature as a security token makes it, put together after PROTOCOL.u2f
    /// and PROTOCOL.sshsig: the fields of the key, and how it signs.
    fn by(
        key: &[&[u8]],
        sign: impl Fn(&[u8]) -> Vec<u8>,
        message: &[u8],
        flags: u8,
        counter: u32,
    ) -> String {
        let sha256 = |bytes: &[u8]| digest::digest(&digest::SHA256, bytes).as_ref().to_vec();
        let sha512 = digest::digest(&digest::SHA512, message);
        let mut inner = b"SSHSIG".to_vec();
        inner.extend(strings(&[b"ns", b"", b"sha512", sha512.as_ref()]));
        let mut signed = sha256(APPLICATION);
        signed.push(flags);
        signed.extend(counter.to_be_bytes());
        signed.extend(sha256(&inner));

        let mut signature = strings(&[key[0], &sign(&signed)]);
        signature.push(flags);
        signature.extend(counter.to_be_bytes());
        let mut blob = b"SSHSIG\0\0\0\x01".to_vec();
        blob.extend(strings(&[&strings(key), b"ns", b"", b"sha512", &signature]));
        armor(&blob)
    }

    fn by_token(message: &[u8], flags: u8, counter: u32) -> String {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let key: [&[u8]; 3] = [
            b"sk-ssh-ed25519@openssh.com",
            pair.public_key().as_ref(),
            APPLICATION,
        ];
        let sign = |signed: &[u8]| pair.sign(signed).as_ref().to_vec();
        by(&key, sign, message, flags, counter)
    }

    #[test]
    fn a_signature_of_a_security_token_with_p256_is_checked() {
        let chance = SystemRandom::new();
        let scheme = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::generate_pkcs8(scheme, &chance).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(scheme, pair.as_ref(), &chance).unwrap();
        let key: [&[u8]; 4] = [
            b"sk-ecdsa-sha2-nistp256@openssh.com",
            b"nistp256",
            pair.public_key().as_ref(),
            APPLICATION,
        ];
        let mpint = |half: &[u8]| {
            let zeros = half.iter().take_while(|digit| **digit == 0).count();
            let sign = if half[zeros] >= 0x80 { &[0][..] } else { &[] };
            [sign, &half[zeros..]].concat()
        };
        let sign = |signed: &[u8]| {
            let fixed = pair.sign(&chance, signed).unwrap();
            let (r, s) = fixed.as_ref().split_at(32);
            strings(&[&mpint(r), &mpint(s)])
        };
        let signature = SshSignature::parse(&by(&key, sign, b"hello", 5, 9)).unwrap();
        assert_eq!(signature.verify(b"hello", "ns"), Ok(Some(true)));
        assert!(signature.verify(b"hullo", "ns").is_err());
    }

    #[test]
    fn a_signature_of_a_security_token_is_checked_with_its_touch_and_counter() {
        let signature = SshSignature::parse(&by_token(b"hello", 1, 42)).unwrap();
        assert_eq!(signature.verify(b"hello", "ns"), Ok(Some(true)));
        assert_eq!(signature.key_type(), "sk-ssh-ed25519@openssh.com");
        let untouched = SshSignature::parse(&by_token(b"hello", 0, 42)).unwrap();
        assert_eq!(untouched.verify(b"hello", "ns"), Ok(Some(false)));
        assert!(matches!(
            signature.verify(b"hullo", "ns"),
            Err(SshError::Signature { .. })
        ));

        // Neither the touch nor the counter can be changed afterwards.
        let whole = by_token(b"hello", 1, 42);
        let text: String = whole
            .lines()
            .filter(|line| !line.starts_with('-'))
            .collect();
        let blob = STANDARD.decode(text).unwrap();
        for back in 1..=5 {
            let mut changed = blob.clone();
            let at = changed.len() - back;
            changed[at] ^= 1;
            let changed = SshSignature::parse(&armor(&changed)).unwrap();
            assert!(
                changed.verify(b"hello", "ns").is_err(),
                "byte {back} from the end"
            );
        }
    }

    #[test]
    fn no_changed_bit_of_a_signature_stays_good() {
        let whole = by_token(b"hello", 1, 42);
        let text: String = whole
            .lines()
            .filter(|line| !line.starts_with('-'))
            .collect();
        let blob = STANDARD.decode(text).unwrap();
        for at in 0..blob.len() {
            for bit in 0..8 {
                let mut changed = blob.clone();
                changed[at] ^= 1 << bit;
                let verdict = SshSignature::parse(&armor(&changed))
                    .and_then(|signature| signature.verify(b"hello", "ns"));
                assert!(verdict.is_err(), "bit {bit} of byte {at}");
            }
        }
    }

    #[test]
    fn what_stands_around_a_signature_is_refused() {
        let good = by_token(b"hello", 1, 42);
        assert!(SshSignature::parse(&good.replace('\n', "\r\n")).is_ok());
        let broken = [
            good.replace("BEGIN", "START"),
            good.replace("-----END", "----END"),
            format!("x{good}"),
            format!("{good}x"),
            good.replacen('A', "*", 1),
            String::new(),
            format!("{BEGIN}{END}"),
            format!("{BEGIN}\n{END}"),
            "\n".repeat(MAX_ARMORED + 1),
        ];
        for text in broken {
            let error = SshSignature::parse(&text).unwrap_err();
            assert!(matches!(error, SshError::Malformed { .. }), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(text: String, bytes: Vec<u8>) {
            let _ = SshSignature::parse(&text);
            let _ = SshSignature::read(&bytes);
            let mut begun = b"SSHSIG\0\0\0\x01".to_vec();
            begun.extend(&bytes);
            let _ = SshSignature::read(&begun);
            let _ = PublicKey::read(&bytes);
        }
    }
}
