//! Spellings and digests of given values, for who looks for what must not be shown.

use std::ops::Range;

use affiant_model::{Identifier, IdentifierKind};

use crate::known::{DigestTable, HashedText};
use crate::spelling::{Manner, spellings};

/// The texts under which an identifier of a case may travel. Parts of a name are
/// left out: they are words like any other.
#[must_use]
pub fn texts(identifier: &Identifier) -> Vec<String> {
    let whole = |manner| match manner {
        Manner::Anywhere | Manner::Altered | Manner::Number | Manner::Bytes | Manner::Exact => true,
        Manner::Shared => identifier.kind != IdentifierKind::PersonName,
        Manner::Hashed => false,
    };
    spellings(identifier)
        .into_iter()
        .filter(|spelling| whole(spelling.manner))
        .filter_map(|spelling| String::from_utf8(spelling.bytes).ok())
        .collect()
}

/// Digests of values under the 26 hash functions, and how they are composed.
pub struct Digests {
    table: DigestTable,
}

impl Digests {
    /// Computes the digests of values, each with a number of the caller's own.
    #[must_use]
    pub fn new<'v>(values: impl IntoIterator<Item = (usize, &'v str)>) -> Self {
        let text = |(identifier, value): (usize, &str)| HashedText {
            identifier,
            bytes: value.as_bytes().to_vec(),
            name: String::new(),
            shared: false,
        };
        Self {
            table: DigestTable::new(values.into_iter().map(text).collect()),
        }
    }

    /// Every digest of a value in the bytes, in hexadecimal, in base64 or as bytes:
    /// the value's number, the function in words, the place.
    #[must_use]
    pub fn find(&self, bytes: &[u8]) -> Vec<(usize, String, Range<usize>)> {
        let mut hits = Vec::new();
        self.table.search(bytes, &mut |hit| {
            hits.push((hit.identifier, hit.form, hit.range));
        });
        hits
    }

    /// Under which hash functions, in words.
    #[must_use]
    pub const fn hashing(&self) -> &'static str {
        self.table.reach().words()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_found_under_a_function_that_is_seldom_used() {
        let digests = Digests::new([(4, "ann@example.com"), (7, "203.0.113.77")]);
        // RIPEMD-160 and SHA3-256, by openssl.
        let text = format!(
            "a {} b {}",
            hex::encode(<ripemd::Ripemd160 as ripemd::Digest>::digest(
                b"ann@example.com"
            )),
            hex::encode(<sha3::Sha3_256 as sha3::Digest>::digest(b"203.0.113.77")),
        );
        let found: Vec<_> = digests
            .find(text.as_bytes())
            .into_iter()
            .map(|(number, form, _)| (number, form))
            .collect();
        assert_eq!(
            found,
            [(4, "ripemd-160".to_owned()), (7, "sha3-256".to_owned())]
        );
    }

    #[test]
    fn a_first_name_by_itself_is_no_text_of_a_person() {
        let name = Identifier {
            name: "name".into(),
            kind: IdentifierKind::PersonName,
            value: "Mark Page".into(),
            device: None,
        };
        let texts = texts(&name);
        assert!(texts.contains(&"page, mark".to_owned()), "{texts:?}");
        assert!(!texts.contains(&"page".to_owned()), "{texts:?}");
    }
}
