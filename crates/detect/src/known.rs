use std::ops::Range;

use affiant_model::{Case, IdentifierKind};

use crate::Error;
use crate::matcher::{AhoMatcher, Matcher};
use crate::spelling::spellings;
use crate::walk::slice_of;

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
    /// Whether it stands by itself: `ann@example.com` was not sent where
    /// `joann@example.com` was.
    pub(crate) alone: bool,
    /// Index of the spelling.
    pub(crate) pattern: usize,
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

    /// Nothing to search for.
    pub(crate) fn none() -> Result<Self, Error> {
        let matcher = AhoMatcher::new(std::iter::empty())
            .map_err(|source| Error::Matcher(source.to_string()))?;
        Ok(Self {
            identifiers: Vec::new(),
            patterns: Vec::new(),
            whole: Vec::new(),
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

    /// Every known value in `bytes`, in the order of their start. Of several
    /// spellings of one identifier over the same bytes, the longest counts.
    pub(crate) fn search(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        self.matcher.search(bytes, &mut |pattern, start| {
            let Pattern {
                identifier,
                bytes: spelling,
                form,
                ..
            } = &self.patterns[pattern];
            let range = start..start + spelling.len();
            let alone = self.is_alone(bytes, &range, pattern);
            hits.push(Hit {
                identifier: *identifier,
                range,
                form: form.clone(),
                alone,
                pattern,
            });
        });
        hits.sort_by_key(|hit| {
            (
                hit.identifier,
                !hit.alone,
                hit.range.start,
                usize::MAX - hit.range.end,
            )
        });
        let mut kept: Vec<Hit> = Vec::new();
        for hit in hits {
            let within = |other: &Hit| {
                other.identifier == hit.identifier
                    && other.range.start <= hit.range.start
                    && hit.range.end <= other.range.end
            };
            if !kept.last().is_some_and(within) {
                kept.push(hit);
            }
        }
        kept.sort_by_key(|hit| (hit.range.start, hit.identifier));
        kept
    }

    /// Those of `hits`, found in `bytes`, that lie in `range`, by their place in it.
    pub(crate) fn within(&self, hits: &[Hit], bytes: &[u8], range: &Range<usize>) -> Vec<Hit> {
        let part = bytes.get(range.clone()).unwrap_or_default();
        slice_of(hits, range)
            .iter()
            .filter(|hit| hit.range.end <= range.end)
            .map(|hit| {
                let range = hit.range.start - range.start..hit.range.end - range.start;
                Hit {
                    alone: self.is_alone(part, &range, hit.pattern),
                    range,
                    ..hit.clone()
                }
            })
            .collect()
    }

    fn is_alone(&self, bytes: &[u8], range: &Range<usize>, pattern: usize) -> bool {
        let pattern = &self.patterns[pattern];
        stands_alone(
            bytes,
            range,
            pattern,
            self.identifiers[pattern.identifier].kind,
        )
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
    let digits = pattern
        .bytes
        .iter()
        .all(|b| b.is_ascii_digit() || *b == b'.');
    // No character is longer than four bytes, and two are looked at.
    let before = String::from_utf8_lossy(&bytes[range.start.saturating_sub(8)..range.start]);
    let after = String::from_utf8_lossy(&bytes[range.end..bytes.len().min(range.end + 8)]);
    let mut before = before.chars().rev();
    let (before, further_before) = (before.next(), before.next());
    let mut after = after.chars();
    let (after, further_after) = (after.next(), after.next());
    let is_word = |c: Option<char>| {
        c.is_some_and(|c| c.is_alphanumeric() && c != char::REPLACEMENT_CHARACTER)
    };
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());

    // Within an address, these stand between its parts.
    let joined_before = email && before.is_some_and(|c| "._%+-".contains(c));
    let joined_after =
        email && after.is_some_and(|c| c == '-' || c == '.') && is_word(further_after);
    // Within a number, a version or a date, these do.
    let number_before =
        digits && before.is_some_and(|c| ".-,".contains(c)) && is_digit(further_before);
    let number_after =
        digits && after.is_some_and(|c| ".-,".contains(c)) && is_digit(further_after);
    !(is_word(before)
        || is_word(after)
        || joined_before
        || joined_after
        || number_before
        || number_after)
}

/// Whether values of this kind are made by machines, long and without meaning.
const fn is_machine_made(kind: IdentifierKind) -> bool {
    use IdentifierKind as K;
    matches!(
        kind,
        K::AdvertisingId | K::VendorId | K::InstallationId | K::DeviceId | K::OtherIdentifier
    )
}

#[cfg(test)]
mod tests {
    use affiant_model::{Identifier, Subject};

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
            .filter(|hit| hit.alone)
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
            "ann@example.com.au",
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
    fn a_number_within_a_number_a_version_or_a_date_is_not_the_number() {
        let user = known(IdentifierKind::UserId, "123456");
        for text in [
            "1584700000.123456",
            "-33.123456",
            "123456.78",
            "2020-123456-9",
            "1,123456",
        ] {
            assert_eq!(forms(&user, text), [], "{text}");
        }
        assert_eq!(forms(&user, "user-123456."), pair("123456", "plain"));
        let address = known(IdentifierKind::IpAddress, "80.0.39.14");
        assert_eq!(forms(&address, "1.80.0.39.14"), []);
        assert_eq!(
            forms(&address, "ip 80.0.39.14, port 80"),
            pair("80.0.39.14", "plain")
        );
    }

    #[test]
    fn a_shared_value_counts_only_as_a_whole() {
        let known = known(IdentifierKind::Carrier, "AT&T");
        assert_eq!(forms(&known, "the carrier is AT&T"), []);
        assert_eq!(known.whole_values(b"at&t "), [0]);
        assert_eq!(known.whole_values(b"the carrier is AT&T"), [0; 0]);
    }
}
