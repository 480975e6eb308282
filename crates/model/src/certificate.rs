use serde::{Deserialize, Serialize};

use crate::ExhibitId;

/// What a server's certificate says of itself, where nothing else says who is
/// behind the host. It names whom it was issued to, who may run the machine for
/// others; nobody has verified it, and no recipient is taken from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFinding {
    /// The host as the capture names it, by name or by address.
    pub host: String,
    /// Organisation of the subject (`O`); empty where the subject names none.
    pub organisation: String,
    /// The subject (RFC 4514), as the capture or its reader writes it.
    pub subject: String,
    /// The issuer, likewise; empty where the capture does not say.
    pub issuer: String,
    /// Alternative names (RFC 5280 §4.2.1.6), the first of them where there are many.
    pub names: Vec<String>,
    /// How many alternative names there are.
    pub all_names: u64,
    /// Whether the host is one of the names, or under one that begins with a star
    /// (RFC 9525 §6.3); `None` where the capture holds none of them.
    pub covers: Option<bool>,
    /// SHA-256 of the certificate in lower-case hex; empty where the capture does
    /// not say.
    pub sha256: String,
    /// The exhibit of the first entry that shows it.
    pub exhibit: ExhibitId,
    /// Its ordinal in the exhibit.
    pub exchange: u32,
    /// Requests, messages, handshakes and connections of which the capture gives
    /// this certificate.
    pub entries: u64,
}
