use chrono::{DateTime, Utc};

/// Why an SSH signature, or a list of allowed signers, is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SshError {
    /// It is no SSH signature, or not a whole one.
    #[error("the SSH signature is malformed: {detail}")]
    Malformed {
        /// What is wrong with it.
        detail: String,
    },
    /// The key is of a type that is not checked.
    #[error(
        "keys of the type `{found}` are not supported; sign with `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ecdsa-sha2-nistp384`, `ssh-rsa` or a security token"
    )]
    KeyType {
        /// The type.
        found: String,
    },
    /// The digest or signature algorithm is not accepted.
    #[error("the {what} `{found}` is not accepted: {wanted} is wanted")]
    Algorithm {
        /// What it is for.
        what: &'static str,
        /// What is accepted.
        wanted: &'static str,
        /// What is found.
        found: String,
    },
    /// The signature was made for another purpose.
    #[error("the signature is for the namespace `{found}`, and `{wanted}` is wanted")]
    Namespace {
        /// What was asked for.
        wanted: String,
        /// What was signed.
        found: String,
    },
    /// The signature does not fit: the message is not what was signed.
    #[error(
        "the signature by the key {fingerprint} is not good: the message was changed, or another key signed it"
    )]
    Signature {
        /// Fingerprint of the key in the signature.
        fingerprint: String,
    },
    /// The signature is good, and its key is not among those allowed.
    #[error(
        "the signature is good, but its key {fingerprint} ({key_type}) is not among the allowed signers"
    )]
    UnknownKey {
        /// Type of the key.
        key_type: String,
        /// Its fingerprint.
        fingerprint: String,
    },
    /// The key is allowed for other people.
    #[error("the key {fingerprint} is allowed for `{found}`, and not for `{wanted}`")]
    Identity {
        /// Who was asked for.
        wanted: String,
        /// Whom the list names beside the key.
        found: String,
        /// Fingerprint of the key.
        fingerprint: String,
    },
    /// The key is allowed for other purposes.
    #[error(
        "the key {fingerprint} is allowed for the namespaces `{found}`, and not for `{wanted}`"
    )]
    KeyNamespace {
        /// Namespace of the signature.
        wanted: String,
        /// Namespaces that the list names beside the key.
        found: String,
        /// Fingerprint of the key.
        fingerprint: String,
    },
    /// The key is allowed at other times.
    #[error("the key {fingerprint} is not allowed at {at}: it is from {from} to {until}")]
    OutsideValidity {
        /// The time asked about.
        at: DateTime<Utc>,
        /// From when it is allowed, or `any time`.
        from: String,
        /// Until when it is allowed, or `any time`.
        until: String,
        /// Fingerprint of the key.
        fingerprint: String,
    },
    /// A line of the list cannot be read.
    #[error("line {line} of the allowed signers cannot be read: {detail}")]
    AllowedSigners {
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong with it, and what to do.
        detail: String,
    },
    /// A line of the list names an authority for certificates.
    #[error(
        "line {line} of the allowed signers has `cert-authority`, which is not supported; list each key by itself"
    )]
    CertAuthority {
        /// Number of the line, from 1.
        line: usize,
    },
    /// A line for the list cannot be written.
    #[error("no line of allowed signers can be written: {detail}")]
    Line {
        /// What stands in the way.
        detail: String,
    },
}
