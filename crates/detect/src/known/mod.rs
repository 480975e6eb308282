//! The known values of a case in all their spellings, ready to be searched.

mod alone;
mod coordinates;
mod digests;
mod expansion;
mod grams;
mod mailbox;
mod matcher;
mod numbers;
mod words;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use affiant_model::{Case, IdentifierKind};

use crate::Error;
use crate::spelling::{Phrase, fold};
use crate::walk::slice_of;
use coordinates::Place;
use expansion::{Around, Expansion, Pattern};
use grams::GramMatcher;
use mailbox::Mailbox;
use matcher::{AhoMatcher, Matcher};
use numbers::Numbers;

use digests::{Beside, beside};
pub(crate) use digests::{
    DigestTable, HashedText, MOST_SALTED, Salted, may_be_digest, may_be_salt, may_hold_salt,
};

/// Longest value that is compared as a whole with what many people share.
const LONGEST_SHARED: usize = 200;

/// What is looked for, and how.
pub(crate) struct KnownValues {
    identifiers: Vec<Known>,
    /// Texts sought anywhere, those of the first matcher before those of the second.
    patterns: Vec<Pattern>,
    grams: GramMatcher,
    /// Texts too short for the other.
    short: AhoMatcher,
    first_short: usize,
    numbers: Numbers,
    digests: DigestTable,
    /// Folded text -> identifier and form, of values that many people share.
    shared: BTreeMap<String, Vec<(usize, &'static str)>>,
    places: Vec<Place>,
    phrases: Vec<Phrase>,
    mailboxes: Vec<Mailbox>,
    /// Whether a number can be a known value.
    has_numbers: bool,
    /// CRC-32 of the spellings.
    checksums: BTreeSet<u32>,
}

/// An identifier of a data subject.
pub(crate) struct Known {
    pub(crate) subject: String,
    pub(crate) name: String,
    pub(crate) kind: IdentifierKind,
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
    /// Whether many people share the value, so that it counts only as a whole.
    pub(crate) shared: bool,
    /// As what it was found.
    found_as: FoundAs,
}

impl Hit {
    /// Whether a digest is all that `bytes` are, in letters that stand for it.
    pub(crate) fn is_digest(&self, bytes: &[u8]) -> bool {
        self.found_as == FoundAs::Digest
            && self.range.start == 0
            && bytes[self.range.end..].iter().all(|byte| *byte == b'=')
    }

    /// The same, seen from the bytes around those in which it was found.
    pub(crate) fn at(self, range: Range<usize>) -> Self {
        Self { range, ..self }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FoundAs {
    /// A text: its index.
    Text(usize),
    /// A row of words, or an address by its domain: the index of the part that it was found by.
    Parts(usize),
    Number,
    Digest,
}

/// A whole value that many people share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shared {
    pub(crate) identifier: usize,
    pub(crate) form: String,
    /// Whether it says by itself what it is, as a pair of coordinates does.
    pub(crate) plain: bool,
}

impl KnownValues {
    /// Expands the identifiers of a case.
    pub(crate) fn new(case: &Case) -> Result<Self, Error> {
        let mut identifiers = Vec::new();
        let mut expansion = Expansion::default();
        for subject in &case.subjects {
            for identifier in &subject.identifiers {
                expansion.identifier(identifiers.len(), identifier);
                identifiers.push(Known {
                    subject: subject.name.clone(),
                    name: identifier.name.clone(),
                    kind: identifier.kind,
                });
            }
        }
        let Expansion {
            mut patterns,
            numbers,
            hashed,
            shared,
            places,
            phrases,
            mailboxes,
        } = expansion;
        patterns.sort_by_key(|pattern| pattern.bytes.len() < grams::SHORTEST);
        let first_short = patterns.partition_point(|p| p.bytes.len() >= grams::SHORTEST);
        let sought = |patterns: &[Pattern]| -> Vec<(Vec<u8>, bool)> {
            patterns
                .iter()
                .map(|p| (p.bytes.clone(), p.case_matters))
                .collect()
        };
        let is_number = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
        let has_numbers = numbers.len() > 0
            || !places.is_empty()
            || patterns.iter().any(|pattern| is_number(&pattern.bytes))
            || shared.keys().any(|text| is_number(text.as_bytes()));
        let checksums = hashed
            .iter()
            .filter(|text| !text.shared)
            .map(|text| checksum(&text.bytes))
            .collect();
        let long = sought(&patterns[..first_short]);
        let short = sought(&patterns[first_short..]);
        Ok(Self {
            grams: GramMatcher::new(long.iter().map(|(bytes, case)| (bytes.as_slice(), *case))),
            short: AhoMatcher::new(short.iter().map(|(bytes, case)| (bytes.as_slice(), *case)))
                .map_err(|source| Error::Matcher(source.to_string()))?,
            identifiers,
            patterns,
            first_short,
            numbers,
            digests: DigestTable::new(hashed),
            shared,
            places,
            phrases,
            mailboxes,
            has_numbers,
            checksums,
        })
    }

    /// Nothing to search for.
    pub(crate) fn none() -> Result<Self, Error> {
        Self::new(&Case::default())
    }

    pub(crate) fn identifier(&self, index: usize) -> &Known {
        &self.identifiers[index]
    }

    /// How many spellings are looked for.
    pub(crate) fn pattern_count(&self) -> usize {
        let shared: usize = self.shared.values().map(Vec::len).sum();
        self.patterns.len() + self.numbers.len() + self.digests.len() + shared + self.places.len()
    }

    /// Under which hash functions the values are looked for, in words.
    pub(crate) const fn hashing(&self) -> &'static str {
        self.digests.reach().words()
    }

    /// Every known value in `bytes`, in the order of their start. Of several
    /// spellings of one identifier over the same bytes, the longest counts.
    pub(crate) fn search(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        let mut text = |index: usize, start: usize| {
            let pattern = &self.patterns[index];
            let mut range = start..start + pattern.bytes.len();
            let mut found_as = FoundAs::Text(index);
            if let Some(around) = pattern.around {
                let whole = match around {
                    Around::Words(phrase) => words::around(&self.phrases[phrase], bytes, range),
                    Around::Mailbox(mailbox) => self.mailboxes[mailbox].around(bytes, range),
                };
                let Some(whole) = whole else { return };
                range = whole;
                found_as = FoundAs::Parts(index);
            }
            hits.push(Hit {
                identifier: pattern.identifier,
                form: pattern.form.to_owned(),
                alone: self.is_alone(bytes, &range, found_as),
                shared: false,
                found_as,
                range,
            });
        };
        self.grams.search(bytes, &mut text);
        self.short.search(bytes, &mut |index, start| {
            text(self.first_short + index, start)
        });
        self.numbers.search(bytes, &mut |identifier, range, form| {
            hits.push(Hit {
                identifier,
                form: form.to_owned(),
                alone: self.is_alone(bytes, &range, FoundAs::Number),
                shared: false,
                found_as: FoundAs::Number,
                range,
            });
        });
        self.digests.search(bytes, &mut |hit| {
            hits.push(Hit {
                identifier: hit.identifier,
                range: hit.range,
                form: hit.form,
                alone: true,
                shared: hit.shared,
                found_as: FoundAs::Digest,
            });
        });
        if hits.len() > 1 {
            hits = longest(hits);
        }
        hits
    }

    /// Those of `hits`, found in `bytes`, that lie in `range`, by their place in it.
    pub(crate) fn within(&self, hits: &[Hit], bytes: &[u8], range: &Range<usize>) -> Vec<Hit> {
        let part = bytes.get(range.clone()).unwrap_or_default();
        if slice_of(hits, range).is_empty() && self.digests.may_be_cut_off(bytes, range) {
            return self.search(part);
        }
        slice_of(hits, range)
            .iter()
            .filter(|hit| hit.range.end <= range.end)
            .map(|hit| {
                let range = hit.range.start - range.start..hit.range.end - range.start;
                Hit {
                    alone: self.is_alone(part, &range, hit.found_as),
                    range,
                    ..hit.clone()
                }
            })
            .collect()
    }

    fn is_alone(&self, bytes: &[u8], range: &Range<usize>, found_as: FoundAs) -> bool {
        match found_as {
            FoundAs::Digest => true,
            FoundAs::Number => alone::number(bytes, range),
            FoundAs::Text(index) | FoundAs::Parts(index) => {
                let pattern = &self.patterns[index];
                let kind = self.identifiers[pattern.identifier].kind;
                alone::text(bytes, range, pattern.case_matters, kind)
            }
        }
    }

    /// Whether a known value is in `bytes`, or they are one coordinate of a known place.
    pub(crate) fn is_known(&self, bytes: &[u8]) -> bool {
        !self.search(bytes).is_empty()
            || matches!(bytes, [b'-' | b'0'..=b'9', ..])
                && std::str::from_utf8(bytes)
                    .is_ok_and(|text| self.places.iter().any(|place| place.is_coordinate(text)))
    }

    /// What many people share and `bytes` as a whole are, letter case aside.
    pub(crate) fn whole_values(&self, bytes: &[u8]) -> Vec<Shared> {
        if bytes.len() > LONGEST_SHARED || (self.shared.is_empty() && self.places.is_empty()) {
            return Vec::new();
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Vec::new();
        };
        let mut found: Vec<Shared> = Vec::new();
        if !self.shared.is_empty() {
            let listed = self.shared.get(&fold(text)).into_iter().flatten();
            found.extend(listed.map(|(identifier, form)| Shared {
                identifier: *identifier,
                form: (*form).to_owned(),
                plain: false,
            }));
        }
        found.extend(self.places.iter().filter_map(|place| {
            place.is(text).map(|likeness| Shared {
                identifier: place.identifier,
                form: likeness.form,
                plain: likeness.whole,
            })
        }));
        found
    }

    /// Whether a number that stands in a binary body can be a known value.
    pub(crate) const fn has_numbers(&self) -> bool {
        self.has_numbers
    }

    /// Whether it is the CRC-32 of a spelling of a known value.
    pub(crate) fn has_checksum(&self, sum: u32) -> bool {
        self.checksums.contains(&sum)
    }

    /// Whether anything is looked for under a hash function.
    pub(crate) const fn is_hashed(&self) -> bool {
        self.digests.len() > 0
    }

    /// Explains a digest by a salt that stands beside it in one value.
    pub(crate) fn salted_beside(&self, value: &[u8], left: &mut usize) -> Option<Salted> {
        let Beside { digest, salt } = beside(value)?;
        let is_before = salt.start < digest.start;
        let (digest, salt) = (&value[digest], &value[salt]);
        let found = digests::explain_beside(digest, salt, self.digests.texts(), left)?;
        let side = if is_before { "before" } else { "behind" };
        Some(Salted {
            form: format!("{}, which stands {side} the digest", found.form),
            ..found
        })
    }

    /// Explains a digest by a salt that travels with it, with at most `left`
    /// digests computed.
    pub(crate) fn salted(&self, value: &[u8], salts: &[&[u8]], left: &mut usize) -> Option<Salted> {
        digests::explain(value, salts, self.digests.texts(), left)
    }
}

/// The CRC of RFC 1952, 8.
fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Of several hits of one identifier over the same bytes, the longest; in the
/// order of their start.
fn longest(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| {
        (
            hit.identifier,
            !hit.alone,
            hit.range.start,
            usize::MAX - hit.range.end,
            // A spelling says more than parts do.
            matches!(hit.found_as, FoundAs::Parts(_)),
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

#[cfg(test)]
mod tests;
