use x509_cert::der::asn1::{AnyRef, ObjectIdentifier};
use x509_cert::der::{Error, Reader, SliceReader, Tag};

use super::StampError;

/// The tags that tokens use.
pub(crate) mod tags {
    use x509_cert::der::{Tag, TagNumber};

    pub(crate) const BIT_STRING: Tag = Tag::BitString;
    pub(crate) const BOOLEAN: Tag = Tag::Boolean;
    pub(crate) const GENERALIZED_TIME: Tag = Tag::GeneralizedTime;
    pub(crate) const INTEGER: Tag = Tag::Integer;
    pub(crate) const NULL: Tag = Tag::Null;
    pub(crate) const OCTETS: Tag = Tag::OctetString;
    pub(crate) const OID: Tag = Tag::ObjectIdentifier;
    pub(crate) const SEQUENCE: Tag = Tag::Sequence;
    pub(crate) const SET: Tag = Tag::Set;
    pub(crate) const UTF8: Tag = Tag::Utf8String;

    /// A field that is tagged `[number]` around fields of its own.
    pub(crate) const fn around(number: u32) -> Tag {
        Tag::ContextSpecific {
            constructed: true,
            number: TagNumber(number),
        }
    }

    /// A field that is tagged `[number]` in place of its own tag, and plain.
    pub(crate) const fn plain(number: u32) -> Tag {
        Tag::ContextSpecific {
            constructed: false,
            number: TagNumber(number),
        }
    }
}

/// The object identifiers that tokens use, each with its source.
pub(crate) mod oids {
    use x509_cert::der::asn1::ObjectIdentifier;

    const fn oid(text: &str) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(text)
    }

    // RFC 5652 §5.1, §11.1, §11.2
    pub(crate) const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
    pub(crate) const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
    pub(crate) const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
    // RFC 3161 §2.4.2, §2.3
    pub(crate) const TST_INFO: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.4");
    pub(crate) const TIME_STAMPING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");
    // RFC 5035 §3, §4
    pub(crate) const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
    pub(crate) const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
    // RFC 5754 §2, §3
    pub(crate) const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
    pub(crate) const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
    pub(crate) const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
    pub(crate) const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
    pub(crate) const RSA_SHA256: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
    pub(crate) const RSA_SHA384: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
    pub(crate) const RSA_SHA512: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
    pub(crate) const ECDSA_SHA256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
    pub(crate) const ECDSA_SHA384: ObjectIdentifier = oid("1.2.840.10045.4.3.3");
    // RFC 4055 §3.1, RFC 5480 §2.1, RFC 8410 §3
    pub(crate) const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
    pub(crate) const EC_KEY: ObjectIdentifier = oid("1.2.840.10045.2.1");
    pub(crate) const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
    pub(crate) const P384: ObjectIdentifier = oid("1.3.132.0.34");
    pub(crate) const ED25519: ObjectIdentifier = oid("1.3.101.112");
    // RFC 5280 §4.2.1.3, §4.2.1.12
    pub(crate) const KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
    pub(crate) const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
}

/// Reads DER fields one after the other, and says in which part of the
/// response one is not as it must be.
pub(crate) struct Fields<'a> {
    reader: SliceReader<'a>,
    part: &'static str,
}

impl<'a> Fields<'a> {
    /// The fields that `bytes` hold.
    pub(crate) fn new(bytes: &'a [u8], part: &'static str) -> Result<Self, StampError> {
        let reader = SliceReader::new(bytes).map_err(|error| malformed(part, &error))?;
        Ok(Self { reader, part })
    }

    /// The fields of the SEQUENCE that comes next.
    pub(crate) fn sequence(&mut self, part: &'static str) -> Result<Self, StampError> {
        Self::new(self.value(tags::SEQUENCE)?, part)
    }

    /// The content of the next field, which must have this tag.
    pub(crate) fn value(&mut self, tag: Tag) -> Result<&'a [u8], StampError> {
        let found: AnyRef<'a> = self.decode()?;
        if x509_cert::der::Tagged::tag(&found) == tag {
            Ok(found.value())
        } else {
            Err(self.wrong(format!(
                "{tag} is wanted, {} is found",
                x509_cert::der::Tagged::tag(&found)
            )))
        }
    }

    /// The content of the next field where it has this tag.
    pub(crate) fn optional(&mut self, tag: Tag) -> Result<Option<&'a [u8]>, StampError> {
        if self.next_is(tag) {
            self.value(tag).map(Some)
        } else {
            Ok(None)
        }
    }

    /// The next field whole, with its tag and length.
    pub(crate) fn raw(&mut self) -> Result<&'a [u8], StampError> {
        self.reader
            .tlv_bytes()
            .map_err(|error| malformed(self.part, &error))
    }

    /// The object identifier that comes next.
    pub(crate) fn oid(&mut self) -> Result<ObjectIdentifier, StampError> {
        self.decode()
    }

    /// The magnitude of the INTEGER that comes next, without leading zeros; it
    /// must not be negative.
    pub(crate) fn unsigned(&mut self, name: &str) -> Result<&'a [u8], StampError> {
        let value = self.value(tags::INTEGER)?;
        self.magnitude(value, name)
    }

    /// The magnitude that the content of an INTEGER says.
    pub(crate) fn magnitude(&self, value: &'a [u8], name: &str) -> Result<&'a [u8], StampError> {
        match value {
            [] => Err(self.wrong(format!("the {name} has no digits"))),
            [0x80..=0xff, ..] => Err(self.wrong(format!("the {name} is negative"))),
            [0, 0..=0x7f, ..] => Err(self.wrong(format!("the {name} has a leading zero"))),
            [0, rest @ ..] if !rest.is_empty() => Ok(rest),
            _ => Ok(value),
        }
    }

    /// The INTEGER that comes next, which must fit 32 bits.
    pub(crate) fn small(&mut self, name: &str) -> Result<u32, StampError> {
        let digits = self.unsigned(name)?;
        self.narrow(digits, name)
    }

    /// The number that a magnitude of at most 32 bits says.
    pub(crate) fn narrow(&self, digits: &[u8], name: &str) -> Result<u32, StampError> {
        if digits.len() > 4 {
            return Err(self.wrong(format!("the {name} is larger than 32 bits")));
        }
        Ok(digits
            .iter()
            .fold(0, |sum, digit| sum << 8 | u32::from(*digit)))
    }

    /// Whether the next field has this tag.
    pub(crate) fn next_is(&self, tag: Tag) -> bool {
        !self.is_finished() && Tag::peek(&self.reader).is_ok_and(|next| next == tag)
    }

    /// Whether all fields were read.
    pub(crate) fn is_finished(&self) -> bool {
        self.reader.is_finished()
    }

    /// Asserts that all fields were read.
    pub(crate) fn finish(self) -> Result<(), StampError> {
        if self.is_finished() {
            Ok(())
        } else {
            let detail = format!(
                "{} bytes follow where it should end",
                self.reader.remaining_len()
            );
            Err(self.wrong(detail))
        }
    }

    /// An error in this part.
    pub(crate) fn wrong(&self, detail: impl Into<String>) -> StampError {
        StampError::Malformed {
            part: self.part,
            detail: detail.into(),
        }
    }

    fn decode<T: x509_cert::der::Decode<'a, Error = Error>>(&mut self) -> Result<T, StampError> {
        self.reader
            .decode()
            .map_err(|error| malformed(self.part, &error))
    }
}

/// Reads an `AlgorithmIdentifier` without parameters, or with those of NULL:
/// both are in use for digests (RFC 5754 §2).
pub(crate) fn plain_algorithm(mut fields: Fields<'_>) -> Result<ObjectIdentifier, StampError> {
    let oid = fields.oid()?;
    if let Some(content) = fields.optional(tags::NULL)?
        && !content.is_empty()
    {
        return Err(fields.wrong("NULL has a content"));
    }
    fields.finish()?;
    Ok(oid)
}

pub(crate) fn malformed(part: &'static str, error: &Error) -> StampError {
    StampError::Malformed {
        part,
        detail: error.to_string(),
    }
}
