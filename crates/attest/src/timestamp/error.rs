use affiant_model::Digest;
use chrono::{DateTime, Utc};

/// Why a time-stamp is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// The response is larger than any that an authority sends.
    #[error("the response has {bytes} bytes, and no more than {limit} are read")]
    TooLarge {
        /// Size.
        bytes: usize,
        /// Largest size that is read.
        limit: usize,
    },
    /// The bytes are not DER, or not the fields that belong there.
    #[error("the {part} is malformed: {detail}")]
    Malformed {
        /// Which part of the response.
        part: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// The query has something that [`StampQuery`](super::StampQuery) cannot say.
    #[error("the query is not one that can be held against an answer: {detail}")]
    Query {
        /// What it has or lacks.
        detail: String,
    },
    /// The authority did not grant the stamp.
    #[error(
        "the authority granted no stamp: status 0 or 1 is wanted, {code} is found (failure `{failure}`, text `{text}`)"
    )]
    Status {
        /// `PKIStatus`.
        code: u32,
        /// Names of `PKIFailureInfo`.
        failure: String,
        /// What the authority says of it.
        text: String,
    },
    /// The response has a status and no token.
    #[error("the response says that a stamp was granted, and has none")]
    NoToken,
    /// The token is not a signed time-stamp.
    #[error("the content of the {part} should be `{wanted}` and is `{found}`")]
    ContentType {
        /// Where it is said.
        part: &'static str,
        /// Object identifier of what is wanted.
        wanted: String,
        /// Object identifier found.
        found: String,
    },
    /// The digest that was stamped is of another algorithm.
    #[error("the stamped digest should be SHA-256 (`2.16.840.1.101.3.4.2.1`) and is `{found}`")]
    ImprintAlgorithm {
        /// Object identifier found.
        found: String,
    },
    /// The stamp is over other bytes.
    #[error("the stamp is over other bytes: SHA-256 {wanted} is wanted, {found} was stamped")]
    Imprint {
        /// Digest of what should have been stamped.
        wanted: Digest,
        /// Digest in the token.
        found: Digest,
    },
    /// The query that was given asks about other bytes.
    #[error("the query is about other bytes: SHA-256 {wanted} is wanted, {found} was asked for")]
    QueryImprint {
        /// Digest of what should have been asked for.
        wanted: Digest,
        /// Digest in the query.
        found: Digest,
    },
    /// The token answers another query.
    #[error("the token answers another query: nonce {wanted} is wanted, {found} is found")]
    Nonce {
        /// Nonce of the query, in hexadecimal.
        wanted: String,
        /// Nonce of the token, in hexadecimal, or `none`.
        found: String,
    },
    /// The token has a critical extension, which must be understood.
    #[error("the token has the critical extension `{oid}`, which is not understood")]
    CriticalExtension {
        /// Its object identifier.
        oid: String,
    },
    /// A token has one signer, the authority (RFC 3161 §2.4.2).
    #[error("the token should have one signer and has {found}")]
    SignerCount {
        /// How many it has.
        found: usize,
    },
    /// The token holds more certificates than any authority sends.
    #[error("the token holds {found} certificates, and no more than {limit} are read")]
    TooManyCertificates {
        /// How many it holds.
        found: usize,
        /// Most that are read.
        limit: usize,
    },
    /// The signer's certificate is neither in the token nor given.
    #[error(
        "the certificate of the signer ({wanted}) is not in the token; give it with the other certificates"
    )]
    SignerCertificateMissing {
        /// How the token names it.
        wanted: String,
    },
    /// A signed attribute that must be there once is absent or repeated.
    #[error("the signed attribute {name} should be there once and is there {found} times")]
    Attribute {
        /// Its name.
        name: &'static str,
        /// How often it is there.
        found: usize,
    },
    /// The content is not what was signed.
    #[error(
        "the statement in the token was changed after it was signed: its digest is {found}, the signature is over {wanted}"
    )]
    ContentDigest {
        /// Digest in the signed attributes, in hexadecimal.
        wanted: String,
        /// Digest of the content, in hexadecimal.
        found: String,
    },
    /// The token was signed under another certificate than the one found.
    #[error(
        "the token is bound to another certificate: digest {wanted} is wanted, that of the signer's is {found}"
    )]
    SignerBinding {
        /// Digest in the signed attribute, in hexadecimal.
        wanted: String,
        /// Digest of the certificate, in hexadecimal.
        found: String,
    },
    /// An algorithm is not among those accepted.
    #[error(
        "the {what} `{found}` is not accepted: RSA, ECDSA on P-256 or P-384, or Ed25519 is wanted, with SHA-256, SHA-384 or SHA-512"
    )]
    Algorithm {
        /// What it is for.
        what: &'static str,
        /// Object identifier, or identifiers.
        found: String,
    },
    /// The key is too short, or longer than is read.
    #[error("the key of `{authority}` should have 2048 to 8192 bits and has {bits}")]
    KeySize {
        /// Subject of the signer's certificate.
        authority: String,
        /// Size of the key in bits.
        bits: usize,
    },
    /// The signature does not fit.
    #[error(
        "the signature of `{authority}` is not good: the token was changed, or another signed it"
    )]
    Signature {
        /// Subject of the signer's certificate.
        authority: String,
    },
    /// The authority calls itself by a name that its certificate does not have
    /// (RFC 3161 §2.4.2, `tsa`).
    #[error("the token says that it is from `{found}`, and its certificate is that of `{wanted}`")]
    AuthorityName {
        /// Subject of the signer's certificate.
        wanted: String,
        /// Name in the token.
        found: String,
    },
    /// The certificate is not for time-stamping, or not for that alone (RFC 3161 §2.3).
    #[error(
        "the certificate of `{authority}` should be for time-stamping alone (`1.3.6.1.5.5.7.3.8`) and is for {found}"
    )]
    KeyPurpose {
        /// Subject of the signer's certificate.
        authority: String,
        /// The purposes found.
        found: String,
    },
    /// The certificate does not mark its purpose as critical (RFC 3161 §2.3).
    #[error(
        "the certificate of `{authority}` should mark its extended key usage as critical and does not"
    )]
    KeyPurposeNotCritical {
        /// Subject of the signer's certificate.
        authority: String,
    },
    /// The key usage of the certificate allows other things than signatures.
    #[error(
        "the key of `{authority}` should be for signatures alone (digitalSignature, nonRepudiation); its key usage is `{found}`"
    )]
    KeyUsage {
        /// Subject of the signer's certificate.
        authority: String,
        /// The bits of the extension, in hexadecimal.
        found: String,
    },
    /// The certificate was not valid when it stamped.
    #[error(
        "the certificate of `{authority}` was not valid at {time}: it is from {from} to {until}"
    )]
    OutsideValidity {
        /// Subject of the signer's certificate.
        authority: String,
        /// The time of the stamp.
        time: DateTime<Utc>,
        /// From when it is valid.
        from: DateTime<Utc>,
        /// Until when, inclusive.
        until: DateTime<Utc>,
    },
    /// A text that should hold certificates does not.
    #[error("the text is not certificates in PEM: {detail}")]
    Pem {
        /// What is wrong with it.
        detail: String,
    },
}
