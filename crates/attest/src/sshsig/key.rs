use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ring::digest;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};

use super::SshError;
use super::wire::Wire;

use crate::shown::shown;

/// A public key, and its encoding (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4,
/// OpenSSH `PROTOCOL.u2f`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicKey {
    /// The encoding, by which keys are compared.
    pub(crate) blob: Vec<u8>,
    /// Type of the key, as it stands in the encoding.
    pub(crate) name: String,
    material: Material,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Ed25519 {
        point: Vec<u8>,
    },
    P256 {
        point: Vec<u8>,
    },
    P384 {
        point: Vec<u8>,
    },
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    TokenEd25519 {
        point: Vec<u8>,
        application: Vec<u8>,
    },
    TokenP256 {
        point: Vec<u8>,
        application: Vec<u8>,
    },
}

const TOKEN_ED25519: &str = "sk-ssh-ed25519@openssh.com";
const TOKEN_P256: &str = "sk-ecdsa-sha2-nistp256@openssh.com";

impl PublicKey {
    /// Reads the encoding of a key. Gives the type alone where it is another
    /// than those that are checked, or where the encoding is broken.
    pub(crate) fn read(blob: &[u8]) -> Result<Self, SshError> {
        let broken = || malformed("its public key is broken");
        let mut wire = Wire::new(blob);
        let name = wire.text().ok_or_else(broken)?;
        let material = match name {
            "ssh-ed25519" => point(&mut wire, 32).map(|point| Material::Ed25519 { point }),
            "ecdsa-sha2-nistp256" => {
                curve_point(&mut wire, b"nistp256", 65).map(|point| Material::P256 { point })
            }
            "ecdsa-sha2-nistp384" => {
                curve_point(&mut wire, b"nistp384", 97).map(|point| Material::P384 { point })
            }
            "ssh-rsa" => rsa(&mut wire),
            TOKEN_ED25519 => point(&mut wire, 32).and_then(|point| {
                let application = wire.string()?.to_vec();
                Some(Material::TokenEd25519 { point, application })
            }),
            TOKEN_P256 => curve_point(&mut wire, b"nistp256", 65).and_then(|point| {
                let application = wire.string()?.to_vec();
                Some(Material::TokenP256 { point, application })
            }),
            other => {
                return Err(SshError::KeyType {
                    found: shown(other),
                });
            }
        };
        let material = material.filter(|_| wire.is_finished()).ok_or_else(broken)?;
        Ok(Self {
            blob: blob.to_vec(),
            name: name.to_owned(),
            material,
        })
    }

    /// Checks a signature (the inner encoding, with its algorithm) over bytes.
    /// Gives whether a security token states that it was touched, where the key
    /// is on one.
    pub(crate) fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<Option<bool>, SshError> {
        let broken = || malformed("its inner signature is broken");
        let mut wire = Wire::new(signature);
        let algorithm = wire.text().ok_or_else(broken)?;
        let body = wire.string().ok_or_else(broken)?;
        if let Material::Rsa { modulus, exponent } = &self.material {
            if !wire.is_finished() {
                return Err(broken());
            }
            return self
                .verify_rsa(modulus, exponent, algorithm, signed, body)
                .map(|()| None);
        }
        if algorithm != self.name {
            return Err(SshError::Algorithm {
                what: "signature algorithm",
                wanted: "that of the key",
                found: shown(algorithm),
            });
        }
        let (verifier, point, body, application): (&dyn VerificationAlgorithm, _, _, _) =
            match &self.material {
                Material::Ed25519 { point } => (&ED25519, point, body.to_vec(), None),
                Material::P256 { point } => {
                    let body = fixed(body, 32).ok_or_else(broken)?;
                    (&ECDSA_P256_SHA256_FIXED, point, body, None)
                }
                Material::P384 { point } => {
                    let body = fixed(body, 48).ok_or_else(broken)?;
                    (&ECDSA_P384_SHA384_FIXED, point, body, None)
                }
                Material::TokenEd25519 { point, application } => {
                    (&ED25519, point, body.to_vec(), Some(application))
                }
                Material::TokenP256 { point, application } => {
                    let body = fixed(body, 32).ok_or_else(broken)?;
                    (&ECDSA_P256_SHA256_FIXED, point, body, Some(application))
                }
                Material::Rsa { .. } => return Err(broken()),
            };
        let token = application
            .map(|application| token_message(&mut wire, application, signed).ok_or_else(broken))
            .transpose()?;
        if !wire.is_finished() {
            return Err(broken());
        }
        let (message, touched) = match &token {
            Some((message, touched)) => (message.as_slice(), Some(*touched)),
            None => (signed, None),
        };
        UnparsedPublicKey::new(verifier, point)
            .verify(message, &body)
            .map(|()| touched)
            .map_err(|_| self.not_good())
    }

    fn verify_rsa(
        &self,
        modulus: &[u8],
        exponent: &[u8],
        algorithm: &str,
        signed: &[u8],
        body: &[u8],
    ) -> Result<(), SshError> {
        let parameters: &RsaParameters = match algorithm {
            "rsa-sha2-256" => &RSA_PKCS1_2048_8192_SHA256,
            "rsa-sha2-512" => &RSA_PKCS1_2048_8192_SHA512,
            other => {
                return Err(SshError::Algorithm {
                    what: "signature algorithm",
                    wanted: "`rsa-sha2-256` or `rsa-sha2-512`",
                    found: shown(other),
                });
            }
        };
        let bits = modulus.len() * 8 - modulus[0].leading_zeros() as usize;
        if !(2048..=8192).contains(&bits) {
            return Err(SshError::Algorithm {
                what: "size of the RSA key",
                wanted: "2048 to 8192 bits",
                found: format!("{bits} bits"),
            });
        }
        // Leading zeros may be left out (OpenSSH ssh-rsa.c), and are part of it.
        let zeros = modulus
            .len()
            .checked_sub(body.len())
            .ok_or_else(|| malformed("its RSA signature is longer than the key"))?;
        let whole = [vec![0; zeros].as_slice(), body].concat();
        RsaPublicKeyComponents {
            n: modulus,
            e: exponent,
        }
        .verify(parameters, signed, &whole)
        .map_err(|_| self.not_good())
    }

    fn not_good(&self) -> SshError {
        SshError::Signature {
            fingerprint: self.fingerprint(),
        }
    }

    /// Fingerprint, as `ssh-keygen -l` prints it.
    pub(crate) fn fingerprint(&self) -> String {
        fingerprint(&self.blob)
    }

    /// The line of OpenSSH, without a comment.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.name, STANDARD.encode(&self.blob))
    }
}

pub(crate) fn fingerprint(blob: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, blob);
    format!("SHA256:{}", STANDARD_NO_PAD.encode(digest))
}

pub(crate) fn malformed(detail: impl Into<String>) -> SshError {
    SshError::Malformed {
        detail: detail.into(),
    }
}

fn point(wire: &mut Wire<'_>, length: usize) -> Option<Vec<u8>> {
    wire.string()
        .filter(|point| point.len() == length)
        .map(<[u8]>::to_vec)
}

fn curve_point(wire: &mut Wire<'_>, curve: &[u8], length: usize) -> Option<Vec<u8>> {
    wire.string().filter(|found| *found == curve)?;
    point(wire, length)
}

fn rsa(wire: &mut Wire<'_>) -> Option<Material> {
    let exponent = wire.positive()?.to_vec();
    let modulus = wire.positive()?.to_vec();
    Some(Material::Rsa { modulus, exponent })
}

/// An ECDSA signature (RFC 5656 §3.1.2) as its two numbers, each of `length` bytes.
fn fixed(body: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut wire = Wire::new(body);
    let mut out = Vec::with_capacity(2 * length);
    for _ in 0..2 {
        let digits = wire.positive()?;
        out.resize(out.len() + length.checked_sub(digits.len())?, 0);
        out.extend_from_slice(digits);
    }
    wire.is_finished().then_some(out)
}

/// What a security token signs (OpenSSH `PROTOCOL.u2f`, "Signature"): the digest of
/// the application, flags, a counter, and the digest of the message. Flags and
/// counter follow the signature. Also gives whether the token was touched.
fn token_message(
    wire: &mut Wire<'_>,
    application: &[u8],
    signed: &[u8],
) -> Option<(Vec<u8>, bool)> {
    const TOUCHED: u8 = 1;
    let flags = wire.byte()?;
    let counter = wire.number()?;
    let message = [
        digest::digest(&digest::SHA256, application).as_ref(),
        &[flags],
        &counter.to_be_bytes(),
        digest::digest(&digest::SHA256, signed).as_ref(),
    ]
    .concat();
    Some((message, flags & TOUCHED != 0))
}
