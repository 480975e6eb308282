use ring::digest;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};
use rustls_pki_types::alg_id;
use x509_cert::der::asn1::ObjectIdentifier;

use super::StampError;
use super::asn1::{Fields, oids, plain_algorithm};
use super::certificate::{Certificate, KeyKind};
use super::cms::{SignedData, SignerInfo};

/// Checks the signature over the attributes with the key of the certificate.
pub(crate) fn check(signed: &SignedData<'_>, signer: &Certificate<'_>) -> Result<(), StampError> {
    let key = signer.key()?;
    if key.kind == KeyKind::Rsa {
        let bits = modulus_bits(key.bytes)?;
        if !(2048..=8192).contains(&bits) {
            return Err(StampError::KeySize {
                authority: signer.subject(),
                bits,
            });
        }
    }
    let info = &signed.signer;
    let algorithm = choose(info, key.kind)?;
    UnparsedPublicKey::new(algorithm, key.bytes)
        .verify(&info.signed, info.signature)
        .map_err(|_| StampError::Signature {
            authority: signer.subject(),
        })
}

/// The algorithm that key, digest and signature agree on.
fn choose(
    info: &SignerInfo<'_>,
    key: KeyKind,
) -> Result<&'static dyn VerificationAlgorithm, StampError> {
    let refused = |found: String| StampError::Algorithm {
        what: "signature algorithm",
        found,
    };
    let hash = info.digest;
    let named = if info.algorithm == oids::RSA_PSS {
        // Its parameters name the digest, and only the usual ones are accepted.
        [
            (alg_id::RSA_PSS_SHA256, &digest::SHA256),
            (alg_id::RSA_PSS_SHA384, &digest::SHA384),
            (alg_id::RSA_PSS_SHA512, &digest::SHA512),
        ]
        .into_iter()
        .find(|(usual, _)| usual.as_ref() == info.algorithm_whole)
        .map(|(_, hash)| hash)
        .ok_or_else(|| refused(format!("{} with unusual parameters", info.algorithm)))?
    } else {
        plain_algorithm(Fields::new(
            info.algorithm_whole,
            "signature algorithm of the signer",
        )?)?;
        digest_of(info.algorithm).unwrap_or(hash)
    };
    // Else it would be open which of the two the signer meant.
    if named != hash {
        return Err(refused(format!(
            "{} with another digest algorithm",
            info.algorithm
        )));
    }
    match_up(info.algorithm, key, hash)
        .ok_or_else(|| refused(format!("{} with {}", info.algorithm, key.name())))
}

/// The digest that a signature algorithm names.
fn digest_of(algorithm: ObjectIdentifier) -> Option<&'static digest::Algorithm> {
    match algorithm {
        oids::RSA_SHA256 | oids::ECDSA_SHA256 => Some(&digest::SHA256),
        oids::RSA_SHA384 | oids::ECDSA_SHA384 => Some(&digest::SHA384),
        // Ed25519 goes with SHA-512 alone (RFC 8419 §3.1).
        oids::RSA_SHA512 | oids::ED25519 => Some(&digest::SHA512),
        _ => None,
    }
}

fn match_up(
    algorithm: ObjectIdentifier,
    key: KeyKind,
    hash: &'static digest::Algorithm,
) -> Option<&'static dyn VerificationAlgorithm> {
    let by_hash = |of256, of384, of512| {
        if hash == &digest::SHA256 {
            of256
        } else if hash == &digest::SHA384 {
            of384
        } else {
            of512
        }
    };
    match (key, algorithm) {
        (KeyKind::Rsa, oids::RSA | oids::RSA_SHA256 | oids::RSA_SHA384 | oids::RSA_SHA512) => {
            Some(by_hash(
                &RSA_PKCS1_2048_8192_SHA256,
                &RSA_PKCS1_2048_8192_SHA384,
                &RSA_PKCS1_2048_8192_SHA512,
            ))
        }
        (KeyKind::Rsa, oids::RSA_PSS) => Some(by_hash(
            &RSA_PSS_2048_8192_SHA256,
            &RSA_PSS_2048_8192_SHA384,
            &RSA_PSS_2048_8192_SHA512,
        )),
        (KeyKind::P256, oids::ECDSA_SHA256) => Some(&ECDSA_P256_SHA256_ASN1),
        (KeyKind::P256, oids::ECDSA_SHA384) => Some(&ECDSA_P256_SHA384_ASN1),
        (KeyKind::P384, oids::ECDSA_SHA256) => Some(&ECDSA_P384_SHA256_ASN1),
        (KeyKind::P384, oids::ECDSA_SHA384) => Some(&ECDSA_P384_SHA384_ASN1),
        (KeyKind::Ed25519, oids::ED25519) => Some(&ED25519),
        _ => None,
    }
}

/// Size of an RSA key in bits (RFC 8017 §A.1.1).
fn modulus_bits(key: &[u8]) -> Result<usize, StampError> {
    let mut outer = Fields::new(key, "key of the signer")?;
    let modulus = outer
        .sequence("key of the signer")?
        .unsigned("modulus of the key")?;
    let unused = modulus
        .first()
        .map_or(0, |first| first.leading_zeros() as usize);
    Ok(modulus.len() * 8 - unused)
}
