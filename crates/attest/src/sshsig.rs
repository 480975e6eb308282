//! SSH signatures (OpenSSH `PROTOCOL.sshsig`), as `ssh-keygen -Y sign` makes and
//! `ssh-keygen -Y verify` checks them: [`verify_ssh`].

mod allowed;
mod error;
mod key;
mod pattern;
mod signature;
mod wire;

use chrono::{DateTime, Utc};

pub use allowed::{AllowedSigners, allowed_signers_line};
pub use error::SshError;
pub use signature::SshSignature;

/// Who signed, as [`verify_ssh`] found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshSigner {
    /// The identity that was asked for; where none was, the principals that the
    /// list names beside the key.
    pub identity: String,
    /// Type of the key: `ssh-ed25519`.
    pub key_type: String,
    /// Fingerprint of the key: `SHA256:` and base64 without padding.
    pub fingerprint: String,
    /// For a key on a security token: whether the token states that a person
    /// touched it. Absent for other keys.
    pub touched: Option<bool>,
}

/// Checks that a signature over `message` in `namespace` is good, and that its
/// key is allowed at the time `at`: for `identity`, or for anyone where none is
/// given. The verdict is that of `ssh-keygen -Y verify` (of `-Y find-principals`
/// with `-Y check-novalidate` without an identity).
///
/// # Errors
///
/// A variant of [`SshError`] for each way to fail. A good signature by a key
/// that is not listed is [`SshError::UnknownKey`], with its fingerprint.
pub fn verify_ssh(
    armored: &str,
    message: &[u8],
    namespace: &str,
    allowed: &AllowedSigners,
    identity: Option<&str>,
    at: DateTime<Utc>,
) -> Result<SshSigner, SshError> {
    let signature = SshSignature::parse(armored)?;
    let touched = signature.verify(message, namespace)?;
    let identity = allowed.find(&signature, identity, at)?;
    Ok(SshSigner {
        identity,
        key_type: signature.key_type().to_owned(),
        fingerprint: signature.fingerprint(),
        touched,
    })
}

/// The public key in a signature, as one line of OpenSSH: `ssh-ed25519 AAAA…`.
/// Nothing is checked but that it can be read.
///
/// # Errors
///
/// [`SshError::Malformed`] and the like, where the signature cannot be read.
pub fn public_key_of(armored: &str) -> Result<String, SshError> {
    Ok(SshSignature::parse(armored)?.public_key())
}
