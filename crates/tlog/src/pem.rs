//! Ed25519 keys in PEM, as openssl reads and writes them (RFC 8410).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use ed25519_dalek::{SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::NoteError;

/// DER of a private key up to its 32 bytes: version 0, no public key, for
/// openssl 3.0 refuses version 1 (RFC 8410 §7).
const PRIVATE: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// DER of a public key up to its 32 bytes (RFC 8410 §4).
const PUBLIC: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

pub(crate) fn read_private(pem: &str) -> Result<SigningKey, NoteError> {
    SigningKey::from_pkcs8_pem(pem).map_err(|error| NoteError::Pem {
        kind: "private",
        cause: error.to_string(),
    })
}

pub(crate) fn write_private(key: &SigningKey) -> Zeroizing<String> {
    let mut der = Zeroizing::new([0; 48]);
    der[..16].copy_from_slice(&PRIVATE);
    der[16..].copy_from_slice(key.as_bytes());
    // Large enough from the start, so that no copy is left behind.
    let mut pem = Zeroizing::new(String::with_capacity(128));
    pem.push_str("-----BEGIN PRIVATE KEY-----\n");
    STANDARD.encode_string(der.as_slice(), &mut pem);
    pem.push_str("\n-----END PRIVATE KEY-----\n");
    pem
}

pub(crate) fn read_public(pem: &str) -> Result<VerifyingKey, NoteError> {
    VerifyingKey::from_public_key_pem(pem).map_err(|error| NoteError::Pem {
        kind: "public",
        cause: error.to_string(),
    })
}

pub(crate) fn write_public(key: &VerifyingKey) -> String {
    let der = [PUBLIC.as_slice(), key.as_bytes()].concat();
    let text = STANDARD.encode(der);
    format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of RFC 8410 §10.1 and §10.3.
    const RFC_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
";
    const RFC_PRIVATE: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";

    #[test]
    fn the_keys_of_rfc_8410_are_read_and_written() {
        let private = read_private(RFC_PRIVATE).unwrap();
        let public = read_public(RFC_PUBLIC).unwrap();
        assert_eq!(private.verifying_key(), public);
        assert_eq!(*write_private(&private), RFC_PRIVATE);
        assert_eq!(write_public(&public), RFC_PUBLIC);
    }

    #[test]
    fn one_kind_of_key_is_not_taken_for_the_other() {
        assert!(read_private(RFC_PUBLIC).is_err());
        assert!(read_public(RFC_PRIVATE).is_err());
        assert!(read_private("").is_err());
        let error = read_public("no key").unwrap_err().to_string();
        assert!(
            error.starts_with("this is no Ed25519 public key in PEM: "),
            "{error}"
        );
    }
}
