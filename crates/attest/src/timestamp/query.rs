use affiant_model::Digest;

use super::StampError;
use super::asn1::{Fields, oids, plain_algorithm, tags};

/// A request for a time-stamp over a SHA-256 digest (RFC 3161 §2.4.1), the
/// content of a `.tsq` file.
///
/// ```text
/// TimeStampReq ::= SEQUENCE { version 1, messageImprint, nonce INTEGER, certReq TRUE }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampQuery {
    sha256: Digest,
    nonce: [u8; 16],
}

/// `AlgorithmIdentifier` of SHA-256 with parameters of NULL, as `openssl ts`
/// writes it; authorities must accept it with and without (RFC 5754 §2).
const SHA256: [u8; 15] = [
    0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
];

impl StampQuery {
    /// A query about what has this digest. The nonce ties the answer to it and
    /// must be made by chance for each query.
    #[must_use]
    pub const fn new(sha256: Digest, nonce: [u8; 16]) -> Self {
        Self { sha256, nonce }
    }

    /// The digest that is to be stamped.
    #[must_use]
    pub const fn sha256(&self) -> Digest {
        self.sha256
    }

    /// The nonce, as a number with its highest byte first.
    #[must_use]
    pub const fn nonce(&self) -> [u8; 16] {
        self.nonce
    }

    /// The digits of the nonce without leading zeros; one zero where it is zero.
    pub(crate) fn nonce_magnitude(&self) -> &[u8] {
        let zeros = self.nonce.iter().take_while(|digit| **digit == 0).count();
        &self.nonce[zeros.min(15)..]
    }

    /// The query in DER.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        // Every length is under 128, so that each takes one byte.
        let mut imprint = SHA256.to_vec();
        push(&mut imprint, 0x04, self.sha256.as_bytes());
        let mut nonce = self.nonce_magnitude().to_vec();
        if nonce.first().is_some_and(|first| *first >= 0x80) {
            nonce.insert(0, 0);
        }
        let mut fields = vec![0x02, 0x01, 0x01];
        push(&mut fields, 0x30, &imprint);
        push(&mut fields, 0x02, &nonce);
        fields.extend([0x01, 0x01, 0xff]);
        let mut whole = Vec::new();
        push(&mut whole, 0x30, &fields);
        whole
    }

    /// Reads a query back, as [`to_der`](Self::to_der) or `openssl ts -query
    /// -sha256 -cert` writes it.
    ///
    /// # Errors
    ///
    /// [`StampError::Malformed`] where it is not one in DER, and
    /// [`StampError::ImprintAlgorithm`] or [`StampError::Query`] where it asks
    /// for something else: another digest, no nonce or one of more than 128
    /// bits, no certificate, a policy, an extension.
    pub fn from_der(der: &[u8]) -> Result<Self, StampError> {
        let mut outer = Fields::new(der, "query")?;
        let mut fields = outer.sequence("query")?;
        outer.finish()?;
        let version = fields.small("version")?;
        if version != 1 {
            return Err(fields.wrong(format!("version 1 is wanted, {version} is found")));
        }
        let sha256 = read_imprint(fields.sequence("imprint of the query")?)?;
        if let Some(policy) = fields
            .next_is(tags::OID)
            .then(|| fields.oid())
            .transpose()?
        {
            return unsupported(format!("it asks for the policy `{policy}`"));
        }
        if !fields.next_is(tags::INTEGER) {
            return unsupported("it has no nonce");
        }
        let nonce = widen(fields.unsigned("nonce")?)?;
        if fields.optional(tags::BOOLEAN)? != Some(&[0xff]) {
            return unsupported("it does not ask for the certificate");
        }
        if !fields.is_finished() {
            return unsupported("it has an extension");
        }
        Ok(Self { sha256, nonce })
    }
}

/// Reads a `MessageImprint` (RFC 3161 §2.4.1), which must be of SHA-256.
pub(crate) fn read_imprint(mut fields: Fields<'_>) -> Result<Digest, StampError> {
    let algorithm = plain_algorithm(fields.sequence("algorithm of the imprint")?)?;
    if algorithm != oids::SHA256 {
        return Err(StampError::ImprintAlgorithm {
            found: algorithm.to_string(),
        });
    }
    let hash = fields.value(tags::OCTETS)?;
    let Ok(bytes) = <[u8; 32]>::try_from(hash) else {
        return Err(fields.wrong(format!(
            "a SHA-256 digest has 32 bytes, this one {}",
            hash.len()
        )));
    };
    fields.finish()?;
    Ok(Digest::from_bytes(bytes))
}

fn widen(digits: &[u8]) -> Result<[u8; 16], StampError> {
    let mut nonce = [0; 16];
    match 16_usize.checked_sub(digits.len()) {
        Some(zeros) => nonce[zeros..].copy_from_slice(digits),
        None => return unsupported("its nonce has more than 128 bits"),
    }
    Ok(nonce)
}

fn unsupported<T>(detail: impl Into<String>) -> Result<T, StampError> {
    Err(StampError::Query {
        detail: detail.into(),
    })
}

fn push(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    debug_assert!(content.len() < 128, "the length takes one byte");
    out.extend([tag, content.len() as u8]);
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_query_has_the_bytes_that_openssl_writes_for_the_same_values() {
        // openssl asn1parse -genconf of the structure in RFC 3161 §2.4.1.
        let nonce = [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 1, 2, 3, 4, 5, 6, 7];
        let der = StampQuery::new(Digest::of(b"abc"), nonce).to_der();
        assert_eq!(
            hex::encode(der),
            "304402010130\
             31300d0609608648016503040201050004\
             20ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\
             020900ff010203040506070101ff"
        );
    }

    #[test]
    fn a_query_that_asks_for_something_else_is_refused_with_what_it_asks_for() {
        let der = StampQuery::new(Digest::of(b"abc"), [7; 16]).to_der();
        let mut longer = der.clone();
        longer.push(0);
        assert!(StampQuery::from_der(&longer).is_err());
        assert!(StampQuery::from_der(&der[..der.len() - 1]).is_err());

        let mut without_certificate = der[..der.len() - 3].to_vec();
        without_certificate[1] -= 3;
        let error = StampQuery::from_der(&without_certificate).unwrap_err();
        assert!(error.to_string().contains("certificate"), "{error}");

        let mut sha512 = der;
        sha512[19] = 3;
        assert_eq!(
            StampQuery::from_der(&sha512),
            Err(StampError::ImprintAlgorithm {
                found: "2.16.840.1.101.3.4.2.3".to_owned()
            })
        );
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(nonce: [u8; 16], text: [u8; 4]) {
            let query = StampQuery::new(Digest::of(&text), nonce);
            prop_assert_eq!(StampQuery::from_der(&query.to_der()), Ok(query));
        }

        #[test]
        fn one_changed_byte_is_refused_or_read_as_another_query(at in 0_usize..76, with in 1_u8..) {
            let query = StampQuery::new(Digest::of(b"abc"), [0x7f; 16]);
            let mut der = query.to_der();
            let at = at % der.len();
            der[at] ^= with;
            prop_assert_ne!(StampQuery::from_der(&der), Ok(query));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = StampQuery::from_der(&bytes);
        }
    }
}
