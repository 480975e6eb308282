use chrono::{DateTime, Utc};
use x509_cert::der::Decode;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectAltName, SubjectKeyIdentifier};
use x509_cert::name::Name;

use super::StampError;
use super::asn1::{Fields, malformed, oids, tags};
use super::cms::SignerName;

use crate::shown::shown;

/// A certificate, and its bytes.
pub(crate) struct Certificate<'a> {
    pub(crate) der: &'a [u8],
    content: x509_cert::Certificate,
}

/// What a public key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Rsa,
    P256,
    P384,
    Ed25519,
}

impl KeyKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rsa => "an RSA key",
            Self::P256 => "a P-256 key",
            Self::P384 => "a P-384 key",
            Self::Ed25519 => "an Ed25519 key",
        }
    }
}

/// The public key of a certificate.
pub(crate) struct Key<'a> {
    pub(crate) kind: KeyKind,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Certificate<'a> {
    /// Reads a certificate in DER (RFC 5280 §4.1).
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, StampError> {
        let content = x509_cert::Certificate::from_der(der)
            .map_err(|error| malformed("certificate", &error))?;
        Ok(Self { der, content })
    }

    /// Subject (RFC 4514), fit to be printed.
    pub(crate) fn subject(&self) -> String {
        shown(&self.content.tbs_certificate().subject().to_string())
    }

    /// Whether a signature names this certificate.
    pub(crate) fn is_named_by(&self, name: &SignerName<'_>) -> bool {
        let fields = self.content.tbs_certificate();
        match name {
            SignerName::Issued(issued) => {
                *fields.issuer() == issued.0 && *fields.serial_number() == issued.1
            }
            SignerName::Key(wanted) => fields
                .get_extension::<SubjectKeyIdentifier>()
                .ok()
                .flatten()
                .is_some_and(|(_, id)| id.0.as_bytes() == *wanted),
        }
    }

    /// Checks that the name that a token gives its authority is one of the
    /// certificate's: its subject, letter case and type of string aside, or an
    /// alternative name.
    pub(crate) fn check_name(&self, general_name: &[u8]) -> Result<(), StampError> {
        let name = GeneralName::from_der(general_name)
            .map_err(|error| malformed("name of the authority in the token", &error))?;
        let fields = self.content.tbs_certificate();
        let plain = |name: &Name| name.to_string().to_lowercase();
        let (same, found) = match &name {
            GeneralName::DirectoryName(name) => {
                (plain(name) == plain(fields.subject()), name.to_string())
            }
            _ => (false, format!("name {}", hex::encode(general_name))),
        };
        let alternative = || {
            let names = fields.get_extension::<SubjectAltName>().ok().flatten();
            names.is_some_and(|(_, names)| names.0.contains(&name))
        };
        if same || alternative() {
            return Ok(());
        }
        Err(StampError::AuthorityName {
            wanted: self.subject(),
            found: shown(&found),
        })
    }

    /// Its public key.
    pub(crate) fn key(&self) -> Result<Key<'_>, StampError> {
        let info = self.content.tbs_certificate().subject_public_key_info();
        let curve =
            || -> Option<ObjectIdentifier> { info.algorithm.parameters.as_ref()?.decode_as().ok() };
        let refused = |found: String| StampError::Algorithm {
            what: "key of the signer",
            found,
        };
        let kind = match info.algorithm.oid {
            oids::RSA => KeyKind::Rsa,
            oids::ED25519 => KeyKind::Ed25519,
            oids::EC_KEY => match curve() {
                Some(oids::P256) => KeyKind::P256,
                Some(oids::P384) => KeyKind::P384,
                Some(other) => return Err(refused(other.to_string())),
                None => return Err(refused("curve without a name".to_owned())),
            },
            other => return Err(refused(other.to_string())),
        };
        let bytes = info
            .subject_public_key
            .as_bytes()
            .ok_or_else(|| refused("key with a broken last byte".to_owned()))?;
        Ok(Key { kind, bytes })
    }

    /// Checks that the certificate is for time-stamping, for nothing else, and
    /// says so critically (RFC 3161 §2.3); and that its key signs and does
    /// nothing else, as `openssl ts` asks.
    pub(crate) fn check_purpose(&self) -> Result<(), StampError> {
        const PART: &str = "extended key usage of the certificate";
        let authority = self.subject();
        let Some(extension) = self.only(oids::EXTENDED_KEY_USAGE)? else {
            return Err(StampError::KeyPurpose {
                authority,
                found: "no stated purpose".to_owned(),
            });
        };
        let purposes = ExtendedKeyUsage::from_der(extension.extn_value.as_bytes())
            .map_err(|error| malformed(PART, &error))?
            .0;
        if purposes != [oids::TIME_STAMPING] {
            let found: Vec<String> = purposes.iter().map(|oid| format!("`{oid}`")).collect();
            return Err(StampError::KeyPurpose {
                authority,
                found: shown(&found.join(", ")),
            });
        }
        if !extension.critical {
            return Err(StampError::KeyPurposeNotCritical { authority });
        }
        self.check_key_usage()
    }

    fn check_key_usage(&self) -> Result<(), StampError> {
        const SIGNATURES: u8 = 0b1100_0000; // digitalSignature, nonRepudiation
        let Some(extension) = self.only(oids::KEY_USAGE)? else {
            return Ok(());
        };
        let mut fields = Fields::new(
            extension.extn_value.as_bytes(),
            "key usage of the certificate",
        )?;
        let bits = fields.value(tags::BIT_STRING)?;
        fields.finish()?;
        // The first byte counts the unused bits of the last.
        match bits {
            [_, first] if first & SIGNATURES != 0 && first & !SIGNATURES == 0 => Ok(()),
            _ => Err(StampError::KeyUsage {
                authority: self.subject(),
                found: hex::encode(bits.get(1..).unwrap_or_default()),
            }),
        }
    }

    /// Checks that the certificate was valid at a time.
    pub(crate) fn check_validity(&self, time: DateTime<Utc>) -> Result<(), StampError> {
        let validity = self.content.tbs_certificate().validity();
        let from = utc(validity.not_before);
        let until = utc(validity.not_after);
        // Certificates know whole seconds, and the last one counts.
        let seconds = time.timestamp();
        if from.timestamp() <= seconds && seconds <= until.timestamp() {
            return Ok(());
        }
        Err(StampError::OutsideValidity {
            authority: self.subject(),
            time,
            from,
            until,
        })
    }

    /// An extension, which must not be there twice (RFC 5280 §4.2).
    fn only(&self, oid: ObjectIdentifier) -> Result<Option<&Extension>, StampError> {
        let mut found = self
            .content
            .tbs_certificate()
            .extensions()
            .into_iter()
            .flatten()
            .filter(|extension| extension.extn_id == oid);
        let first = found.next();
        if found.next().is_some() {
            return Err(StampError::Malformed {
                part: "certificate",
                detail: format!("the extension `{oid}` is there twice"),
            });
        }
        Ok(first)
    }
}

fn utc(time: x509_cert::time::Time) -> DateTime<Utc> {
    // The years of a certificate end with 9999, which chrono can say.
    i64::try_from(time.to_unix_duration().as_secs())
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .unwrap_or(DateTime::UNIX_EPOCH)
}
