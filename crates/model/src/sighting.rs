use chrono::{DateTime, Utc};

use crate::notation::written;
use crate::{Digest, Span};

/// What was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SightingKind {
    /// The value of a header `Authorization` or `Proxy-Authorization` (RFC 9110 §11.6.2).
    Authorization,
    /// A cookie whose name says that it holds a session or a log-in.
    SessionCookie,
    /// A value whose name says that it is a token: `access_token`.
    Token,
    /// A value whose name says that it is a password or a secret.
    Password,
    /// A JSON Web Token (RFC 7519).
    JsonWebToken,
    /// A key in a form that its issuer documents: `AKIA…`, `sk_live_…`.
    Key,
    /// A private key in PEM (RFC 7468).
    PrivateKey,
    /// Secrets by which sessions of TLS are opened: a key log, or blocks of them in
    /// a capture.
    TlsSecrets,
    /// An e-mail address that belongs to no data subject of the case.
    EmailAddress,
}

written!(SightingKind {
    Authorization => "authorization header",
    SessionCookie => "session cookie",
    Token => "token",
    Password => "password",
    JsonWebToken => "JSON Web Token",
    Key => "key",
    PrivateKey => "private key",
    TlsSecrets => "TLS secrets",
    EmailAddress => "e-mail address",
});

impl SightingKind {
    /// Whether it opens something, and is not only about somebody.
    #[must_use]
    pub const fn is_credential(self) -> bool {
        !matches!(self, Self::EmailAddress)
    }
}

/// One value that was seen, without the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// What it is.
    pub kind: SightingKind,
    /// Its name, where it has one: of the header, cookie or parameter, or the
    /// issuer of the key.
    pub name: String,
    /// Where it stands in the exhibit; of a value that had to be decoded, the
    /// outermost bytes that hold it.
    pub span: Span,
    /// Digest of the value, by which equal values are told.
    pub sha256: Digest,
    /// When it ends to be valid, where it says so itself.
    pub expires: Option<DateTime<Utc>>,
}
