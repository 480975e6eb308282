use std::fmt;

use ring::digest;
use x509_cert::der::Decode;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;

use super::StampError;
use super::asn1::{Fields, malformed, oids, plain_algorithm, tags};
use super::certificate::Certificate;

use crate::shown::shown;

/// The signed message around the statement (CMS `SignedData`, RFC 5652 §5.1).
pub(crate) struct SignedData<'a> {
    /// The statement, `TSTInfo` in DER.
    pub(crate) content: &'a [u8],
    /// The certificates that came with it, in DER. Nothing vouches for them.
    pub(crate) certificates: Vec<&'a [u8]>,
    /// The one signer.
    pub(crate) signer: SignerInfo<'a>,
}

/// One signature (RFC 5652 §5.3).
pub(crate) struct SignerInfo<'a> {
    /// How it names its certificate.
    pub(crate) name: SignerName<'a>,
    /// The digest algorithm of content and attributes.
    pub(crate) digest: &'static digest::Algorithm,
    /// The bytes that are signed: the attributes as a SET.
    pub(crate) signed: Vec<u8>,
    /// Identifier of the signature algorithm.
    pub(crate) algorithm: ObjectIdentifier,
    /// Content of its `AlgorithmIdentifier`, with parameters.
    pub(crate) algorithm_whole: &'a [u8],
    /// The signature.
    pub(crate) signature: &'a [u8],
    attributes: Attributes<'a>,
}

/// How a signature names the certificate of its key.
pub(crate) enum SignerName<'a> {
    /// By issuer and serial number.
    Issued(Box<(Name, SerialNumber)>),
    /// By the certificate's subject key identifier.
    Key(&'a [u8]),
}

impl fmt::Display for SignerName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issued(issued) => {
                let (issuer, serial) = issued.as_ref();
                let issuer = shown(&issuer.to_string());
                write!(
                    f,
                    "issuer `{issuer}`, serial number {}",
                    hex::encode(serial.as_bytes())
                )
            }
            Self::Key(id) => write!(f, "key identifier {}", hex::encode(id)),
        }
    }
}

/// The attributes that are looked at.
struct Attributes<'a> {
    content_type: ObjectIdentifier,
    message_digest: &'a [u8],
    bindings: Vec<Binding<'a>>,
}

/// The digest of the signer's certificate that was signed (RFC 5035).
struct Binding<'a> {
    algorithm: &'static digest::Algorithm,
    hash: &'a [u8],
}

impl<'a> SignedData<'a> {
    /// Reads a `ContentInfo` in DER that holds a signed time-stamp.
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, StampError> {
        let mut outer = Fields::new(der, "token")?;
        let mut info = outer.sequence("token")?;
        outer.finish()?;
        wanted_type("token", oids::SIGNED_DATA, info.oid()?)?;
        let mut inner = Fields::new(info.value(tags::around(0))?, "token")?;
        info.finish()?;
        let mut fields = inner.sequence("signed data of the token")?;
        inner.finish()?;

        // Version 3: the content is no plain data (RFC 5652 §5.1).
        let version = fields.small("version")?;
        if version != 3 {
            return Err(fields.wrong(format!("version 3 is wanted, {version} is found")));
        }
        let digests = read_digests(fields.value(tags::SET)?)?;
        let content = read_content(fields.sequence("content of the token")?)?;
        let certificates = match fields.optional(tags::around(0))? {
            None => Vec::new(),
            Some(set) => read_certificates(set)?,
        };
        // Revocation lists are not used.
        fields.optional(tags::around(1))?;
        let signer = read_signer(fields.value(tags::SET)?, &digests)?;
        fields.finish()?;
        Ok(Self {
            content,
            certificates,
            signer,
        })
    }

    /// Checks that the signed attributes are about this content and this
    /// certificate (RFC 5652 §5.6, RFC 3161 §2.4.2, RFC 5816).
    pub(crate) fn check_attributes(&self, signer: &Certificate<'_>) -> Result<(), StampError> {
        let attributes = &self.signer.attributes;
        wanted_type("signed attributes", oids::TST_INFO, attributes.content_type)?;
        let found = digest::digest(self.signer.digest, self.content);
        if found.as_ref() != attributes.message_digest {
            return Err(StampError::ContentDigest {
                wanted: hex::encode(attributes.message_digest),
                found: hex::encode(found),
            });
        }
        // The digest is of the whole certificate, so that the issuer and serial
        // number that may stand beside it add nothing.
        for binding in &attributes.bindings {
            let found = digest::digest(binding.algorithm, signer.der);
            if found.as_ref() != binding.hash {
                return Err(StampError::SignerBinding {
                    wanted: hex::encode(binding.hash),
                    found: hex::encode(found),
                });
            }
        }
        Ok(())
    }
}

fn wanted_type(
    part: &'static str,
    wanted: ObjectIdentifier,
    found: ObjectIdentifier,
) -> Result<(), StampError> {
    if found == wanted {
        return Ok(());
    }
    Err(StampError::ContentType {
        part,
        wanted: wanted.to_string(),
        found: found.to_string(),
    })
}

fn read_digests(set: &[u8]) -> Result<Vec<ObjectIdentifier>, StampError> {
    let mut fields = Fields::new(set, "digest algorithms of the token")?;
    let mut found = Vec::new();
    while !fields.is_finished() {
        found.push(plain_algorithm(
            fields.sequence("digest algorithm of the token")?,
        )?);
    }
    Ok(found)
}

/// ```text
/// EncapsulatedContentInfo ::= SEQUENCE { eContentType OBJECT IDENTIFIER, eContent [0] OCTET STRING }
/// ```
fn read_content<'a>(mut fields: Fields<'a>) -> Result<&'a [u8], StampError> {
    wanted_type("token", oids::TST_INFO, fields.oid()?)?;
    let mut inner = Fields::new(fields.value(tags::around(0))?, "content of the token")?;
    fields.finish()?;
    let content = inner.value(tags::OCTETS)?;
    inner.finish()?;
    Ok(content)
}

fn read_certificates(set: &[u8]) -> Result<Vec<&[u8]>, StampError> {
    let mut fields = Fields::new(set, "certificates of the token")?;
    let mut found = Vec::new();
    while !fields.is_finished() {
        // Attribute certificates and others carry tags of their own.
        let plain = fields.next_is(tags::SEQUENCE);
        let der = fields.raw()?;
        if plain {
            found.push(der);
        }
    }
    Ok(found)
}

fn read_signer<'a>(
    set: &'a [u8],
    digests: &[ObjectIdentifier],
) -> Result<SignerInfo<'a>, StampError> {
    let mut all = Fields::new(set, "signer of the token")?;
    let mut count = 0;
    let mut only: &[u8] = &[];
    while !all.is_finished() {
        only = all.value(tags::SEQUENCE)?;
        count += 1;
    }
    if count != 1 {
        return Err(StampError::SignerCount { found: count });
    }
    let mut fields = Fields::new(only, "signer of the token")?;
    let version = fields.small("version")?;
    let name = read_name(&mut fields, version)?;
    let digest_oid = plain_algorithm(fields.sequence("digest algorithm of the signer")?)?;
    let digest = digest_algorithm(digest_oid)?;
    if !digests.contains(&digest_oid) {
        return Err(fields.wrong("its digest algorithm is not among those of the token"));
    }
    if !fields.next_is(tags::around(0)) {
        return Err(StampError::Attribute {
            name: "messageDigest",
            found: 0,
        });
    }
    let attributes = fields.raw()?;
    // What is signed carries the tag of a SET, not that of the field (RFC 5652 §5.4).
    let mut signed = attributes.to_vec();
    if let Some(tag) = signed.first_mut() {
        *tag = 0x31;
    }
    let attributes = read_attributes(attributes)?;
    let algorithm_whole = fields.value(tags::SEQUENCE)?;
    let algorithm = Fields::new(algorithm_whole, "signature algorithm of the signer")?.oid()?;
    let signature = fields.value(tags::OCTETS)?;
    // Attributes that nothing signs say nothing.
    fields.optional(tags::around(1))?;
    fields.finish()?;
    Ok(SignerInfo {
        name,
        digest,
        signed,
        algorithm,
        algorithm_whole,
        signature,
        attributes,
    })
}

/// ```text
/// SignerIdentifier ::= CHOICE { issuerAndSerialNumber (version 1), [0] SubjectKeyIdentifier (version 3) }
/// ```
fn read_name<'a>(fields: &mut Fields<'a>, version: u32) -> Result<SignerName<'a>, StampError> {
    const PART: &str = "name of the signer";
    match version {
        1 => {
            let mut pair = fields.sequence(PART)?;
            let issuer = Name::from_der(pair.raw()?).map_err(|e| malformed(PART, &e))?;
            let serial = SerialNumber::from_der(pair.raw()?).map_err(|e| malformed(PART, &e))?;
            pair.finish()?;
            Ok(SignerName::Issued(Box::new((issuer, serial))))
        }
        3 => fields.value(tags::plain(0)).map(SignerName::Key),
        other => Err(fields.wrong(format!("version 1 or 3 is wanted, {other} is found"))),
    }
}

/// ```text
/// Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET }
/// ```
fn read_attributes(der: &[u8]) -> Result<Attributes<'_>, StampError> {
    const PART: &str = "signed attributes";
    let mut all = Fields::new(Fields::new(der, PART)?.value(tags::around(0))?, PART)?;
    let (mut types, mut hashes) = (Vec::new(), Vec::new());
    let (mut first, mut second) = (Vec::new(), Vec::new());
    while !all.is_finished() {
        let mut attribute = all.sequence(PART)?;
        let oid = attribute.oid()?;
        let mut values = Fields::new(attribute.value(tags::SET)?, PART)?;
        attribute.finish()?;
        match oid {
            oids::CONTENT_TYPE => types.push(values.oid()?),
            oids::MESSAGE_DIGEST => hashes.push(values.value(tags::OCTETS)?),
            oids::SIGNING_CERTIFICATE => first.push(read_binding(values.sequence(PART)?, false)?),
            oids::SIGNING_CERTIFICATE_V2 => {
                second.push(read_binding(values.sequence(PART)?, true)?);
            }
            _ => continue,
        }
        values.finish()?;
    }
    let once = |name, found: usize| match found {
        1 => Ok(()),
        _ => Err(StampError::Attribute { name, found }),
    };
    once("contentType", types.len())?;
    once("messageDigest", hashes.len())?;
    // An authority may bind its certificate in the old way, the new one, or both.
    if !first.is_empty() {
        once("signingCertificate", first.len())?;
    }
    if first.is_empty() || !second.is_empty() {
        once("signingCertificateV2", second.len())?;
    }
    first.append(&mut second);
    Ok(Attributes {
        content_type: types[0],
        message_digest: hashes[0],
        bindings: first,
    })
}

/// ```text
/// SigningCertificate   ::= SEQUENCE { certs SEQUENCE OF ESSCertID, policies OPTIONAL }
/// ESSCertID            ::= SEQUENCE { certHash OCTET STRING (of SHA-1), issuerSerial OPTIONAL }
/// ESSCertIDv2          ::= SEQUENCE { hashAlgorithm DEFAULT SHA-256, certHash OCTET STRING, issuerSerial OPTIONAL }
/// ```
///
/// The first of `certs` is the signer's.
fn read_binding<'a>(mut fields: Fields<'a>, second: bool) -> Result<Binding<'a>, StampError> {
    const PART: &str = "attribute that binds the certificate";
    let mut all = fields.sequence(PART)?;
    fields.optional(tags::SEQUENCE)?;
    fields.finish()?;
    let mut of_signer = all.sequence(PART)?;
    let algorithm = if !second {
        // It names one certificate among those with a good signature and a path;
        // for that, SHA-1 is enough: a second certificate of a given digest
        // cannot be made.
        &digest::SHA1_FOR_LEGACY_USE_ONLY
    } else if of_signer.next_is(tags::SEQUENCE) {
        digest_algorithm(plain_algorithm(of_signer.sequence(PART)?)?)?
    } else {
        &digest::SHA256
    };
    let hash = of_signer.value(tags::OCTETS)?;
    of_signer.optional(tags::SEQUENCE)?;
    of_signer.finish()?;
    Ok(Binding { algorithm, hash })
}

fn digest_algorithm(oid: ObjectIdentifier) -> Result<&'static digest::Algorithm, StampError> {
    match oid {
        oids::SHA256 => Ok(&digest::SHA256),
        oids::SHA384 => Ok(&digest::SHA384),
        oids::SHA512 => Ok(&digest::SHA512),
        other => Err(StampError::Algorithm {
            what: "digest algorithm",
            found: other.to_string(),
        }),
    }
}
