//! Certificates.

use std::net::IpAddr;

use x509_cert::Certificate as X509;
use x509_cert::der::{Decode, asn1::OctetString};
use x509_cert::ext::pkix::{SubjectAltName, name::GeneralName};

use crate::events::CertificateFacts;
use crate::wire::Reader;

/// The certificates of a message of TLS 1.3 (RFC 8446 §4.4.2) or earlier (RFC 5246 §7.4.2),
/// as DER.
pub(crate) fn chain(body: &[u8], tls13: bool) -> Option<Vec<&[u8]>> {
    let mut rest = Reader(body);
    if tls13 {
        rest.vector(1)?;
    }
    let mut list = rest.vector(3)?;
    let mut chain = Vec::new();
    while !list.is_empty() {
        chain.push(list.vector(3)?.0);
        if tls13 {
            list.vector(2)?;
        }
    }
    Some(chain)
}

/// What a certificate says; `None` where it is none of X.509.
pub(crate) fn facts(der: &[u8]) -> Option<CertificateFacts> {
    let certificate = X509::from_der(der).ok()?;
    let told = certificate.tbs_certificate();
    let seconds = |time: &x509_cert::time::Time| {
        i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
    };
    let names = told.get_extension::<SubjectAltName>().ok().flatten();
    let names = names.map(|(_, names)| names.0).unwrap_or_default();
    Some(CertificateFacts {
        subject: told.subject().to_string(),
        issuer: told.issuer().to_string(),
        san: names.iter().map(name).collect(),
        not_before: seconds(&told.validity().not_before),
        not_after: seconds(&told.validity().not_after),
    })
}

fn name(name: &GeneralName) -> String {
    match name {
        GeneralName::DnsName(name) => format!("DNS:{}", name.as_str()),
        GeneralName::Rfc822Name(name) => format!("email:{}", name.as_str()),
        GeneralName::UniformResourceIdentifier(name) => format!("URI:{}", name.as_str()),
        GeneralName::DirectoryName(name) => format!("DirName:{name}"),
        GeneralName::RegisteredId(id) => format!("RID:{id}"),
        GeneralName::IpAddress(address) => ip(address),
        GeneralName::OtherName(name) => format!("othername:{}", name.type_id),
        GeneralName::EdiPartyName(_) => "EdiPartyName".to_owned(),
    }
}

fn ip(address: &OctetString) -> String {
    let bytes = address.as_bytes();
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    let sixteen = || <[u8; 16]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| sixteen()).map_or_else(
        |_| format!("IP:{}", hex::encode(bytes)),
        |ip| format!("IP:{ip}"),
    )
}
