//! Names of nodes: IRIs that end with a UUID, as UCO suggests.

use std::fmt::Write as _;

use sha1::{Digest as _, Sha1};

/// Name space of UUIDs made from a URL (RFC 9562 §6.6).
const OF_URLS: [u8; 16] = [
    0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
];

/// The IRI of an ontology's class, by its prefix in the context.
pub(crate) const PREFIXES: [(&str, &str); 10] = [
    (
        "case-investigation",
        "https://ontology.caseontology.org/case/investigation/",
    ),
    (
        "uco-action",
        "https://ontology.unifiedcyberontology.org/uco/action/",
    ),
    (
        "uco-core",
        "https://ontology.unifiedcyberontology.org/uco/core/",
    ),
    (
        "uco-identity",
        "https://ontology.unifiedcyberontology.org/uco/identity/",
    ),
    (
        "uco-location",
        "https://ontology.unifiedcyberontology.org/uco/location/",
    ),
    (
        "uco-observable",
        "https://ontology.unifiedcyberontology.org/uco/observable/",
    ),
    (
        "uco-role",
        "https://ontology.unifiedcyberontology.org/uco/role/",
    ),
    (
        "uco-tool",
        "https://ontology.unifiedcyberontology.org/uco/tool/",
    ),
    (
        "uco-types",
        "https://ontology.unifiedcyberontology.org/uco/types/",
    ),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// A UUID of version 5 (RFC 9562 §5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Uuid([u8; 16]);

impl Uuid {
    /// That of a URL, or of what is read as one.
    pub(crate) fn of_url(url: &str) -> Self {
        Self(OF_URLS).named(url)
    }

    /// That of a name in the name space that this UUID is.
    pub(crate) fn named(self, name: &str) -> Self {
        let digest = Sha1::new()
            .chain_update(self.0)
            .chain_update(name)
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        bytes[6] = bytes[6] & 0x0f | 0x50;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }

    /// That of a facet of the object that bears this one, as the library of
    /// CASE makes it (casework/CASE-Utilities-Python, `inherent_uuid.py` 0.2.0).
    pub(crate) fn of_facet(self, class: &str) -> Self {
        self.named(&expanded(class))
    }

    /// That of a digest, made in the same library from `urn:hash::sha256:…`.
    pub(crate) fn of_hash(method: &str, hex: &str) -> Self {
        let method = method.to_ascii_lowercase();
        Self::of_url(&format!("urn:hash::{method}:{hex}"))
    }
}

impl std::fmt::Display for Uuid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (n, byte) in self.0.iter().enumerate() {
            let hyphen = if matches!(n, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{hyphen}{byte:02x}")?;
        }
        Ok(())
    }
}

/// The name of a node: `kb:File-` and a UUID.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    /// What stands before the UUID: the class without its prefix.
    pub(crate) kind: String,
    /// The UUID.
    pub(crate) uuid: Uuid,
}

impl Id {
    /// The name of something whose UUID is known.
    pub(crate) fn new(kind: &str, uuid: Uuid) -> Self {
        Self {
            kind: kind.to_owned(),
            uuid,
        }
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "kb:{}-{}", self.kind, self.uuid)
    }
}

/// The IRI that the names of a case begin with.
pub(crate) fn base(origin: &str) -> String {
    let mut iri = String::from("https://");
    for byte in origin.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                iri.push(char::from(byte));
            }
            // Writing to a `String` does not fail.
            _ => drop(write!(iri, "%{byte:02X}")),
        }
    }
    iri.push('/');
    iri
}

fn expanded(class: &str) -> String {
    match class.split_once(':') {
        Some((prefix, name)) => PREFIXES
            .iter()
            .find(|(known, _)| *known == prefix)
            .map_or_else(|| class.to_owned(), |(_, iri)| format!("{iri}{name}")),
        None => class.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_of_version_5_is_that_of_rfc_9562_appendix_a_4() {
        // The name space of domain names.
        let mut dns = OF_URLS;
        dns[3] = 0x10;
        assert_eq!(
            Uuid(dns).named("www.example.com").to_string(),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2"
        );
    }

    #[test]
    fn facets_and_digests_are_named_as_the_library_of_case_names_them() {
        // The example in the documentation of `inherent_uuid.py`.
        let mut file = [0; 16];
        for (n, byte) in file.iter_mut().enumerate() {
            let hex = &"ac6b44cfdc6b4f2ca09dc9beb0a345a9"[2 * n..2 * n + 2];
            *byte = u8::from_str_radix(hex, 16).unwrap();
        }
        assert_eq!(
            Uuid(file).of_facet("uco-observable:FileFacet").to_string(),
            "01d292e3-0f38-5974-868d-006ef07f5186"
        );
        // Computed with `hash_method_value_uuid` of case-utils 0.18.0.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(
            Uuid::of_hash("SHA256", abc).to_string(),
            "3a9c5b20-02ea-5bd6-92c4-7d2933b2950c"
        );
    }

    #[test]
    fn an_origin_that_is_no_part_of_an_iri_becomes_one() {
        assert_eq!(base("affiant.case/a/0f"), "https://affiant.case/a/0f/");
        assert_eq!(base("a b\"<ä>"), "https://a%20b%22%3C%C3%A4%3E/");
    }
}
