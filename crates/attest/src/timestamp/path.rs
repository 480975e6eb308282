use std::time::Duration;

use chrono::{DateTime, Utc};
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert, ring as algorithms};

use super::Trust;
use super::certificate::Certificate;
use super::cms::SignedData;

use crate::shown::shown;

/// Content of the object identifier of time-stamping, 1.3.6.1.5.5.7.3.8.
const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];

/// The signatures that a path may have: no SHA-1, no RSA key under 2048 bits.
static ACCEPTED: &[&dyn SignatureVerificationAlgorithm] = &[
    algorithms::ECDSA_P256_SHA256,
    algorithms::ECDSA_P256_SHA384,
    algorithms::ECDSA_P384_SHA256,
    algorithms::ECDSA_P384_SHA384,
    algorithms::ED25519,
    algorithms::RSA_PKCS1_2048_8192_SHA256,
    algorithms::RSA_PKCS1_2048_8192_SHA384,
    algorithms::RSA_PKCS1_2048_8192_SHA512,
    algorithms::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    algorithms::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    algorithms::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
];

/// Looks for a path from the signer to an anchor that was valid at `time`
/// (RFC 5280 §6).
pub(crate) fn trust(
    signer: &Certificate<'_>,
    signed: &SignedData<'_>,
    time: DateTime<Utc>,
    anchors: &[Vec<u8>],
    intermediates: &[Vec<u8>],
) -> Trust {
    if anchors.is_empty() {
        return unknown("no root certificate was given".to_owned());
    }
    if anchors.iter().any(|anchor| anchor == signer.der) {
        return Trust::Anchored {
            root_subject: signer.subject(),
        };
    }
    let Some(time) = u64::try_from(time.timestamp()).ok() else {
        return unknown("the stamp is from before 1970".to_owned());
    };
    let time = UnixTime::since_unix_epoch(Duration::from_secs(time));
    let anchors: Vec<CertificateDer<'_>> = anchors
        .iter()
        .map(|der| CertificateDer::from(der.as_slice()))
        .collect();
    // An anchor that cannot be read is the anchor of nothing.
    let trusted: Vec<(TrustAnchor<'_>, &CertificateDer<'_>)> = anchors
        .iter()
        .filter_map(|der| Some((anchor_from_trusted_cert(der).ok()?, der)))
        .collect();
    if trusted.is_empty() {
        return unknown("no root certificate that was given can be read".to_owned());
    }
    let given = intermediates.iter().map(Vec::as_slice);
    let between: Vec<CertificateDer<'_>> = signed
        .certificates
        .iter()
        .copied()
        .chain(given)
        .map(CertificateDer::from)
        .collect();
    let own = CertificateDer::from(signer.der);
    match find_path(&own, &trusted, &between, time) {
        Ok(root_subject) => Trust::Anchored { root_subject },
        Err(error) => unknown(format!(
            "no path leads from the certificate of `{}` to a root certificate that was given: {}",
            signer.subject(),
            reason(&error)
        )),
    }
}

fn find_path(
    own: &CertificateDer<'_>,
    trusted: &[(TrustAnchor<'_>, &CertificateDer<'_>)],
    between: &[CertificateDer<'_>],
    time: UnixTime,
) -> Result<String, webpki::Error> {
    let end = EndEntityCert::try_from(own)?;
    let anchors: Vec<TrustAnchor<'_>> = trusted.iter().map(|(anchor, _)| anchor.clone()).collect();
    // That the signer has this purpose was checked; an issuer need not state any.
    let path = end.verify_for_usage(
        ACCEPTED,
        &anchors,
        between,
        time,
        KeyUsage::required_if_present(TIME_STAMPING),
        None,
        None,
    )?;
    let subject = trusted
        .iter()
        .find(|(anchor, _)| anchor == path.anchor())
        .and_then(|(_, der)| Certificate::read(der).ok())
        .map(|root| root.subject());
    Ok(subject.unwrap_or_else(|| "an anchor whose subject cannot be read".to_owned()))
}

fn reason(error: &webpki::Error) -> String {
    match error {
        webpki::Error::UnknownIssuer => "the issuer is none of them".to_owned(),
        webpki::Error::CertExpired { .. } => {
            "a certificate between them had expired at the time of the stamp".to_owned()
        }
        webpki::Error::CertNotValidYet { .. } => {
            "a certificate between them was not yet valid at the time of the stamp".to_owned()
        }
        webpki::Error::CaUsedAsEndEntity => {
            "the certificate is that of an issuer, not of an authority".to_owned()
        }
        other => shown(&other.to_string()),
    }
}

const fn unknown(reason: String) -> Trust {
    Trust::Unknown { reason }
}
