//! The search for values that were left, in bytes of any kind.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, Input, MatchKind};

use crate::forms::{Bound, Form};
use crate::{Error, Key, forms};

/// A value that was found where it should not be; never the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Which: its place among [`Key::entries`].
    pub entry: usize,
    /// In which form: `in base64`.
    pub form: &'static str,
    /// Where in the bytes.
    pub at: usize,
}

/// Looks for every value of a [`Key`] in every form.
#[derive(Debug)]
pub struct Search {
    matcher: Matcher,
}

impl Search {
    /// Gets ready to search.
    ///
    /// # Errors
    /// [`Error::Matcher`] where there are too many values.
    pub fn new(key: &Key) -> Result<Self, Error> {
        let mut patterns = Vec::new();
        for (entry, value) in key.sought() {
            let forms = forms::anywhere(value).into_iter();
            patterns.extend(forms.map(|form| Pattern { entry, form }));
        }
        for (digest, entry) in key.digests() {
            let form = Form {
                name: "as its SHA-256",
                bytes: digest.into_bytes(),
                bound: Bound::None,
            };
            patterns.push(Pattern { entry, form });
        }
        Ok(Self {
            matcher: Matcher::new(patterns)?,
        })
    }

    /// What stands in the bytes: each value once for each form.
    #[must_use]
    pub fn find(&self, bytes: &[u8]) -> Vec<Sighting> {
        let mut seen: BTreeMap<(usize, &'static str), usize> = BTreeMap::new();
        for (pattern, range) in self.matcher.find(bytes) {
            if let Some(pattern) = self.matcher.pattern(pattern) {
                seen.entry((pattern.entry, pattern.form.name))
                    .or_insert(range.start);
            }
        }
        seen.into_iter()
            .map(|((entry, form), at)| Sighting { entry, form, at })
            .collect()
    }
}

/// A form of a value.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) entry: usize,
    pub(crate) form: Form,
}

/// Finds patterns, letter case of ASCII aside, the longest of those that begin first.
#[derive(Debug)]
pub(crate) struct Matcher {
    patterns: Vec<Pattern>,
    automaton: AhoCorasick,
}

impl Matcher {
    pub(crate) fn new(patterns: Vec<Pattern>) -> Result<Self, Error> {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(patterns.iter().map(|pattern| &pattern.form.bytes))
            .map_err(|error| Error::Matcher(error.to_string()))?;
        Ok(Self {
            patterns,
            automaton,
        })
    }

    pub(crate) fn pattern(&self, number: usize) -> Option<&Pattern> {
        self.patterns.get(number)
    }

    /// Whether what was found is the text, and no part of another.
    fn stands(&self, number: usize, bytes: &[u8], range: &Range<usize>) -> bool {
        let Some(form) = self.patterns.get(number).map(|pattern| &pattern.form) else {
            return false;
        };
        match form.bound {
            Bound::None => true,
            Bound::Word => is_alone(bytes, range),
            Bound::Name => {
                let written = bytes.get(range.clone()).unwrap_or_default();
                let capitals = form.bytes.to_ascii_uppercase();
                (written == form.bytes || written == capitals) && is_alone(bytes, range)
            }
            Bound::Number => is_alone(bytes, range) && !is_more_digits(bytes, range),
        }
    }

    /// Patterns by their number, with their places, one behind the other.
    pub(crate) fn find<'s>(
        &'s self,
        bytes: &'s [u8],
    ) -> impl Iterator<Item = (usize, Range<usize>)> + 's {
        let mut from = 0;
        std::iter::from_fn(move || {
            loop {
                let found = self.automaton.find(Input::new(bytes).range(from..))?;
                let (number, range) = (found.pattern().as_usize(), found.range());
                if !self.stands(number, bytes, &range) {
                    from = range.start + 1;
                    continue;
                }
                from = range.end;
                return Some((number, range));
            }
        })
    }
}

/// Whether no letter or digit stands on either side: `12345` is not in `123456`.
fn is_alone(bytes: &[u8], range: &Range<usize>) -> bool {
    let word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80);
    let before = range.start.checked_sub(1).and_then(|at| bytes.get(at));
    !word(before) && !word(bytes.get(range.end))
}

/// Whether a number goes on beside it: `95112` in `1,195.95112`, `2026-95112`, `95112.5`.
/// Behind a dash the rest of a postcode may stand.
fn is_more_digits(bytes: &[u8], range: &Range<usize>) -> bool {
    let at = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied();
    let digit = |byte: Option<u8>| byte.is_some_and(|b| b.is_ascii_digit());
    let before = at(range.start.checked_sub(1));
    let after = at(Some(range.end));
    matches!(before, Some(b'-'))
        || matches!(before, Some(b'.' | b',' | b':')) && digit(at(range.start.checked_sub(2)))
        || matches!(after, Some(b'.' | b',' | b':')) && digit(at(Some(range.end + 1)))
}
