use std::ops::Range;

use affiant_model::{Case, Identifier, IdentifierKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use sha1::Digest as _;

use crate::Error;
use crate::matcher::{AhoMatcher, Matcher};

/// A pattern this long whose characters are those of a digest or a UUID does
/// not occur by chance, whatever stands beside it.
const UNMISTAKABLE: usize = 20;

/// The known values of a case in all their spellings, ready to be searched.
pub(crate) struct KnownValues {
    identifiers: Vec<Known>,
    patterns: Vec<Pattern>,
    whole: Vec<WholeValue>,
    matcher: AhoMatcher,
}

/// An identifier of a data subject.
pub(crate) struct Known {
    pub(crate) subject: String,
    pub(crate) name: String,
    pub(crate) kind: IdentifierKind,
}

struct Pattern {
    identifier: usize,
    bytes: Vec<u8>,
    form: String,
    case_matters: bool,
}

/// A value that many people share: it counts only as a whole.
struct WholeValue {
    identifier: usize,
    folded: String,
}

/// A known value found in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Index of the identifier.
    pub(crate) identifier: usize,
    /// Where.
    pub(crate) range: Range<usize>,
    /// In which spelling.
    pub(crate) form: String,
}

impl KnownValues {
    /// Expands the identifiers of a case.
    pub(crate) fn new(case: &Case) -> Result<Self, Error> {
        let mut identifiers = Vec::new();
        let mut patterns: Vec<Pattern> = Vec::new();
        let mut whole = Vec::new();
        for subject in &case.subjects {
            for identifier in &subject.identifiers {
                let index = identifiers.len();
                if identifier.kind.is_low_entropy() {
                    whole.push(WholeValue {
                        identifier: index,
                        folded: fold(&identifier.value),
                    });
                } else {
                    for (bytes, form, case_matters) in spellings(identifier) {
                        let new = !patterns.iter().any(|p| {
                            p.identifier == index
                                && p.case_matters == case_matters
                                && if case_matters {
                                    p.bytes == bytes
                                } else {
                                    p.bytes.eq_ignore_ascii_case(&bytes)
                                }
                        });
                        if new {
                            patterns.push(Pattern {
                                identifier: index,
                                bytes,
                                form,
                                case_matters,
                            });
                        }
                    }
                }
                identifiers.push(Known {
                    subject: subject.name.clone(),
                    name: identifier.name.clone(),
                    kind: identifier.kind,
                });
            }
        }
        let matcher = AhoMatcher::new(
            patterns
                .iter()
                .map(|p| (p.bytes.as_slice(), p.case_matters)),
        )
        .map_err(|source| Error::Matcher(source.to_string()))?;
        Ok(Self {
            identifiers,
            patterns,
            whole,
            matcher,
        })
    }

    pub(crate) fn identifier(&self, index: usize) -> &Known {
        &self.identifiers[index]
    }

    /// How many spellings are searched for.
    pub(crate) const fn pattern_count(&self) -> usize {
        self.patterns.len()
    }

    /// Every known value in `bytes` that stands by itself. Of several spellings
    /// of one identifier over the same bytes, the longest counts.
    pub(crate) fn search(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        self.matcher.search(bytes, &mut |index, start| {
            let pattern = &self.patterns[index];
            let range = start..start + pattern.bytes.len();
            if stands_alone(
                bytes,
                &range,
                pattern,
                self.identifiers[pattern.identifier].kind,
            ) {
                hits.push(Hit {
                    identifier: pattern.identifier,
                    range,
                    form: pattern.form.clone(),
                });
            }
        });
        hits.sort_by_key(|hit| (hit.identifier, hit.range.start, usize::MAX - hit.range.end));
        let mut kept: Vec<Hit> = Vec::new();
        for hit in hits {
            let within = |other: &Hit| {
                other.identifier == hit.identifier
                    && other.range.start <= hit.range.start
                    && hit.range.end <= other.range.end
            };
            if !kept.iter().rev().take(4).any(within) {
                kept.push(hit);
            }
        }
        kept.sort_by_key(|hit| (hit.range.start, hit.identifier));
        kept
    }

    /// The shared values that `bytes` as a whole are equal to, letter case aside.
    pub(crate) fn whole_values(&self, bytes: &[u8]) -> Vec<usize> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Vec::new();
        };
        if text.len() > 200 || self.whole.is_empty() {
            return Vec::new();
        }
        let folded = fold(text);
        self.whole
            .iter()
            .filter(|w| w.folded == folded)
            .map(|w| w.identifier)
            .collect()
    }
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Whether a match is not the middle of something longer: `ann@example.com`
/// was not sent where `joann@example.com` was.
fn stands_alone(
    bytes: &[u8],
    range: &Range<usize>,
    pattern: &Pattern,
    kind: IdentifierKind,
) -> bool {
    let machine_made = pattern.bytes.len() >= UNMISTAKABLE
        && (pattern.form != "plain" || is_machine_made(kind))
        && pattern.form != "digits";
    if machine_made {
        return true;
    }
    let email = kind == IdentifierKind::Email;
    // No character is longer than four bytes.
    let before = bytes[range.start.saturating_sub(4)..range.start]
        .utf8_chunks()
        .last();
    let before = before
        .filter(|chunk| chunk.invalid().is_empty())
        .and_then(|c| c.valid().chars().last());
    let after = bytes[range.end..bytes.len().min(range.end + 4)]
        .utf8_chunks()
        .next()
        .and_then(|chunk| chunk.valid().chars().next());
    // A full stop behind an address ends a sentence more often than it goes on.
    let joins_before = |c: char| c.is_alphanumeric() || (email && "._%+-".contains(c));
    let joins_after = |c: char| c.is_alphanumeric() || (email && c == '-');
    !before.is_some_and(joins_before) && !after.is_some_and(joins_after)
}

/// Whether values of this kind are made by machines, long and without meaning.
const fn is_machine_made(kind: IdentifierKind) -> bool {
    use IdentifierKind as K;
    matches!(
        kind,
        K::AdvertisingId | K::VendorId | K::InstallationId | K::DeviceId | K::OtherIdentifier
    )
}

/// The texts under which an identifier may travel: as listed, and normalised as
/// its kind allows, each with a name.
fn texts(identifier: &Identifier) -> Vec<(String, &'static str)> {
    use IdentifierKind as K;
    let value = identifier.value.trim();
    let mut texts = vec![(value.to_owned(), "")];
    let mut add = |text: String, name| {
        if text.len() >= 6 && texts.iter().all(|(other, _)| *other != text) {
            texts.push((text, name));
        }
    };
    match identifier.kind {
        K::Email | K::PersonName | K::StreetAddress | K::UserId | K::DeviceName => {
            add(value.to_lowercase(), "lower case");
        }
        K::AdvertisingId | K::VendorId | K::InstallationId | K::DeviceId | K::MacAddress => {
            add(value.to_lowercase(), "lower case");
            add(value.to_uppercase(), "upper case");
            let bare: String = value.chars().filter(|c| !matches!(c, '-' | ':')).collect();
            add(bare.to_lowercase(), "undashed");
            add(bare.to_uppercase(), "undashed upper case");
        }
        K::Phone | K::Imei => {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            add(format!("+{digits}"), "+digits");
            add(digits, "digits");
        }
        _ => {}
    }
    texts
}

/// The spellings to search for: bytes, name of the form, whether letter case matters.
fn spellings(identifier: &Identifier) -> Vec<(Vec<u8>, String, bool)> {
    let mut spellings = Vec::new();
    for (text, name) in texts(identifier) {
        let plain = match name {
            "" | "lower case" | "upper case" => "plain",
            "undashed upper case" => "undashed",
            other => other,
        };
        spellings.push((text.clone().into_bytes(), plain.to_owned(), false));
        let hashed = |algorithm: &str, encoding: &str| {
            let of = if name.is_empty() {
                String::new()
            } else {
                format!(" of {name}")
            };
            format!("{algorithm}{of}{encoding}")
        };
        for (algorithm, digest) in digests(text.as_bytes()) {
            spellings.push((
                hex::encode(&digest).into_bytes(),
                hashed(algorithm, ""),
                false,
            ));
            for encoded in [
                STANDARD_NO_PAD.encode(&digest),
                URL_SAFE_NO_PAD.encode(&digest),
            ] {
                spellings.push((encoded.into_bytes(), hashed(algorithm, " in base64"), true));
            }
        }
    }
    spellings
}

fn digests(bytes: &[u8]) -> [(&'static str, Vec<u8>); 3] {
    [
        ("md5", md5::Md5::digest(bytes).to_vec()),
        ("sha1", sha1::Sha1::digest(bytes).to_vec()),
        ("sha256", sha2::Sha256::digest(bytes).to_vec()),
    ]
}

#[cfg(test)]
mod tests {
    use affiant_model::Subject;

    use super::*;

    fn known(kind: IdentifierKind, value: &str) -> KnownValues {
        let identifier = Identifier {
            name: "it".into(),
            kind,
            value: value.into(),
            device: None,
        };
        let subject = Subject {
            name: "A".into(),
            identifiers: vec![identifier],
            ..Default::default()
        };
        KnownValues::new(&Case {
            subjects: vec![subject],
            ..Default::default()
        })
        .unwrap()
    }

    fn forms(known: &KnownValues, text: &str) -> Vec<(String, String)> {
        known
            .search(text.as_bytes())
            .into_iter()
            .map(|hit| (text[hit.range].to_owned(), hit.form))
            .collect()
    }

    fn pair(a: &str, b: &str) -> Vec<(String, String)> {
        vec![(a.to_owned(), b.to_owned())]
    }

    #[test]
    fn an_address_is_found_plain_and_hashed_as_vendors_document() {
        let known = known(IdentifierKind::Email, "Ann@Example.com");
        assert_eq!(
            forms(&known, "mail ann@example.com."),
            pair("ann@example.com", "plain")
        );
        // printf %s ann@example.com | sha256sum
        let sha256 = "71D4F55F72FA128DFB468A1A3901507C804B74316488744D769D7F4B16696476";
        assert_eq!(forms(&known, sha256), pair(sha256, "sha256 of lower case"));
        // printf %s Ann@Example.com | md5sum
        let md5 = "2bd27504149156f0c6c917bf68c8499d";
        assert_eq!(forms(&known, &format!("x{md5}y")), pair(md5, "md5"));
    }

    #[test]
    fn a_longer_address_is_not_the_address() {
        let known = known(IdentifierKind::Email, "ann@example.com");
        for text in [
            "joann@example.com",
            "j.ann@example.com",
            "ann@example.community",
            "ann@example.com-x.org",
        ] {
            assert_eq!(forms(&known, text), [], "{text}");
        }
    }

    #[test]
    fn a_uuid_is_found_in_either_case_with_and_without_dashes_and_inside_a_prefix() {
        let known = known(
            IdentifierKind::InstallationId,
            "9DD82044-772F-4B99-B17B-208E9C3CC38B",
        );
        assert_eq!(
            forms(&known, "XZ9dd82044-772f-4b99-b17b-208e9c3cc38b"),
            pair("9dd82044-772f-4b99-b17b-208e9c3cc38b", "plain")
        );
        assert_eq!(
            forms(&known, "9dd82044772f4b99b17b208e9c3cc38b"),
            pair("9dd82044772f4b99b17b208e9c3cc38b", "undashed")
        );
    }

    #[test]
    fn a_telephone_number_is_found_with_or_without_its_punctuation() {
        let known = known(IdentifierKind::Phone, "+1 (415) 555-0132");
        assert_eq!(
            forms(&known, "ph=14155550132&"),
            pair("14155550132", "digits")
        );
        assert_eq!(forms(&known, "9914155550132"), []);
    }

    #[test]
    fn a_shared_value_counts_only_as_a_whole() {
        let known = known(IdentifierKind::Carrier, "AT&T");
        assert_eq!(forms(&known, "the carrier is AT&T"), []);
        assert_eq!(known.whole_values(b"at&t "), [0]);
        assert_eq!(known.whole_values(b"the carrier is AT&T"), [0; 0]);
    }
}
