//! Time-stamps (RFC 3161, updated by RFC 5816): [`StampQuery`] is what is sent
//! to an authority, [`check_response`] reads and checks what comes back.

mod asn1;
mod certificate;
mod cms;
mod error;
mod path;
mod query;
mod signature;
mod token;

use affiant_model::Digest;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{self, PemObject};

use asn1::{Fields, tags};
use certificate::Certificate;
use cms::SignedData;
pub use error::StampError;
pub use query::StampQuery;
pub use token::StampToken;

use crate::shown::shown;

/// Largest response that is read, in bytes. A response with a long chain has
/// some 10 KiB.
const MAX_RESPONSE: usize = 1 << 20;

/// Most certificates that are read of a response, and of a PEM text.
const MAX_CERTIFICATES: usize = 1000;

/// What [`check_response`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What the authority stated, under a signature that is good.
    pub token: StampToken,
    /// Whether the signer's certificate leads to an anchor that was given.
    pub trust: Trust,
}

/// Whether the certificate of the authority leads to an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// There is a path to an anchor, valid at the time of the stamp. Whether a
    /// certificate of it was revoked was not asked.
    Anchored {
        /// Subject of the anchor (RFC 4514).
        root_subject: String,
    },
    /// The signature is good, but nothing that was given vouches for its key:
    /// anyone can make such a token.
    Unknown {
        /// Why no path was found.
        reason: String,
    },
}

/// Reads and checks a response (`.tsr`) or a bare token, in DER, against the
/// digest of what was stamped and, where it is at hand, the query.
///
/// `anchors` and `intermediates` are certificates in DER. An anchor is trusted
/// as given: neither its own dates nor its own signature are asked about. The
/// certificate of the authority may itself be an anchor.
///
/// # Errors
///
/// A variant of [`StampError`] for each thing that must hold and does not. A
/// path that cannot be found is no error but [`Trust::Unknown`].
pub fn check_response(
    tsr: &[u8],
    expected_imprint: &Digest,
    query: Option<&StampQuery>,
    anchors: &[Vec<u8>],
    intermediates: &[Vec<u8>],
) -> Result<Checked, StampError> {
    if tsr.len() > MAX_RESPONSE {
        return Err(StampError::TooLarge {
            bytes: tsr.len(),
            limit: MAX_RESPONSE,
        });
    }
    let signed = SignedData::read(token_of(tsr)?)?;
    let (mut token, own_name) = StampToken::read(signed.content)?;
    check_statement(&token, expected_imprint, query)?;

    let signer = find_signer(&signed, anchors, intermediates)?;
    signed.check_attributes(&signer)?;
    signature::check(&signed, &signer)?;
    if let Some(name) = own_name {
        signer.check_name(name)?;
    }
    signer.check_purpose()?;
    signer.check_validity(token.time)?;
    let trust = path::trust(&signer, &signed, token.time, anchors, intermediates);
    token.authority = signer.subject();
    token.signer_sha256 = Digest::of(signer.der);
    Ok(Checked { token, trust })
}

/// Reads the certificates of a PEM text (RFC 7468), in their order, to DER.
///
/// # Errors
///
/// [`StampError::Pem`] where the text has no certificate, or one that cannot be
/// read; it says which.
pub fn certificates_from_pem(text: &str) -> Result<Vec<Vec<u8>>, StampError> {
    let mut found = Vec::new();
    for item in CertificateDer::pem_slice_iter(text.as_bytes()) {
        let number = found.len() + 1;
        let der = item.map_err(|error| StampError::Pem {
            detail: format!("certificate {number} of it: {}", pem_problem(&error)),
        })?;
        if let Err(error) = Certificate::read(&der) {
            let detail = format!("certificate {number} of it: {error}");
            return Err(StampError::Pem { detail });
        }
        found.push(der.to_vec());
        if found.len() > MAX_CERTIFICATES {
            return Err(StampError::Pem {
                detail: format!("it has more than {MAX_CERTIFICATES} certificates"),
            });
        }
    }
    if found.is_empty() {
        return Err(StampError::Pem {
            detail: "it has no section `-----BEGIN CERTIFICATE-----`".to_owned(),
        });
    }
    Ok(found)
}

fn pem_problem(error: &pem::Error) -> String {
    shown(&error.to_string())
}

/// The `ContentInfo` of a response, or of a token that stands alone.
///
/// ```text
/// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
/// ```
fn token_of(tsr: &[u8]) -> Result<&[u8], StampError> {
    let mut outer = Fields::new(tsr, "response")?;
    let mut response = outer.sequence("response")?;
    outer.finish()?;
    // A token begins with an object identifier, a response with its status.
    if response.next_is(tags::OID) {
        return Ok(tsr);
    }
    check_status(response.sequence("status of the response")?)?;
    if response.is_finished() {
        return Err(StampError::NoToken);
    }
    let token = response.raw()?;
    response.finish()?;
    Ok(token)
}

/// `PKIStatusInfo` (RFC 3161 §2.4.2).
fn check_status(mut status: Fields<'_>) -> Result<(), StampError> {
    let code = status.small("status")?;
    let text = match status.optional(tags::SEQUENCE)? {
        None => String::new(),
        Some(texts) => {
            let mut texts = Fields::new(texts, "status of the response")?;
            let mut all = Vec::new();
            while !texts.is_finished() {
                all.push(String::from_utf8_lossy(texts.value(tags::UTF8)?).into_owned());
            }
            all.join(" / ")
        }
    };
    let failure = status.optional(tags::BIT_STRING)?;
    status.finish()?;
    // granted (0) and grantedWithMods (1); a failure has no place beside them.
    if code <= 1 && failure.is_none() {
        return Ok(());
    }
    Err(StampError::Status {
        code,
        failure: failure.map_or_else(String::new, failure_words),
        text: shown(&text),
    })
}

/// The names of `PKIFailureInfo` (RFC 3161 §2.4.2) whose bits are set.
fn failure_words(bits: &[u8]) -> String {
    const NAMES: [(usize, &str); 8] = [
        (0, "badAlg"),
        (2, "badRequest"),
        (5, "badDataFormat"),
        (14, "timeNotAvailable"),
        (15, "unacceptedPolicy"),
        (16, "unacceptedExtension"),
        (17, "addInfoNotAvailable"),
        (25, "systemFailure"),
    ];
    let set = |bit: usize| {
        bits.get(1 + bit / 8)
            .is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0)
    };
    let names: Vec<&str> = NAMES
        .iter()
        .filter(|(bit, _)| set(*bit))
        .map(|(_, name)| *name)
        .collect();
    names.join(", ")
}

/// Holds what the authority stated against what was asked.
fn check_statement(
    token: &StampToken,
    expected: &Digest,
    query: Option<&StampQuery>,
) -> Result<(), StampError> {
    if token.imprint != *expected {
        return Err(StampError::Imprint {
            wanted: *expected,
            found: token.imprint,
        });
    }
    let Some(query) = query else { return Ok(()) };
    if query.sha256() != *expected {
        return Err(StampError::QueryImprint {
            wanted: *expected,
            found: query.sha256(),
        });
    }
    if token.nonce.as_deref() != Some(query.nonce_magnitude()) {
        return Err(StampError::Nonce {
            wanted: hex::encode(query.nonce_magnitude()),
            found: token
                .nonce
                .as_ref()
                .map_or_else(|| "none".to_owned(), hex::encode),
        });
    }
    Ok(())
}

/// The certificate that the token names as its signer's: from the token, or
/// from those given.
fn find_signer<'a>(
    signed: &SignedData<'a>,
    anchors: &'a [Vec<u8>],
    intermediates: &'a [Vec<u8>],
) -> Result<Certificate<'a>, StampError> {
    if signed.certificates.len() > MAX_CERTIFICATES {
        return Err(StampError::TooManyCertificates {
            found: signed.certificates.len(),
            limit: MAX_CERTIFICATES,
        });
    }
    let given = intermediates.iter().chain(anchors).map(Vec::as_slice);
    signed
        .certificates
        .iter()
        .copied()
        .chain(given)
        // Another certificate that cannot be read is none of the signer's.
        .filter_map(|der| Certificate::read(der).ok())
        .find(|candidate| candidate.is_named_by(&signed.signer.name))
        .ok_or_else(|| StampError::SignerCertificateMissing {
            wanted: signed.signer.name.to_string(),
        })
}
