//! Values that are too short or too common to be searched for in every spelling.
//!
//! Those that the case file lists are searched for as whole words where that can say
//! something. The others are named in the log, so that a person can look for them: a
//! search that fails on every report would be a search that everybody turns off.

use std::collections::BTreeMap;

use crate::forms::{Bound, Form};
use crate::key::{Entry, Key};
use crate::search::{Matcher, Pattern, Sighting};
use crate::{Error, LogRow};

/// A number of fewer digits is a count, a page, a year.
const SHORTEST_NUMBER: usize = 5;

/// A word of fewer letters and digits is an initial.
const SHORTEST_WORD: usize = 2;

/// Values of fewer characters are too short, longer ones too common.
const SHORT: usize = 6;

/// Why a value is not searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsought {
    /// It stands in other texts by chance.
    TooShort,
    /// It is a word without a digit, or stands in rows of a kind that is left as it is.
    TooCommon,
    /// It is a word of the program's own texts.
    OwnWord,
}

impl Unsought {
    /// It in words, for the log.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::TooShort => "not searched: too short",
            Self::TooCommon => "not searched: too common",
            Self::OwnWord => "not searched: a word of the documents themselves",
        }
    }
}

/// How a spelling is searched for.
pub(crate) enum Reach {
    Anywhere,
    Word,
    Nowhere(Unsought),
}

impl Key {
    /// The spellings that are searched for as whole words, and in no other spelling,
    /// each with the place of its entry among [`Key::entries`].
    pub fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        self.spellings().filter(|(index, value)| {
            let entry = self.entries().get(*index);
            entry.is_some_and(|entry| matches!(self.reach(entry, value), Reach::Word))
        })
    }

    /// What is not searched for: the place of the entry among [`Key::entries`], why, and
    /// how many spellings of it.
    #[must_use]
    pub fn unsearched(&self) -> BTreeMap<(usize, Unsought), u64> {
        let mut found = BTreeMap::new();
        for (index, value) in self.spellings() {
            let Some(entry) = self.entries().get(index) else {
                continue;
            };
            if let Reach::Nowhere(why) = self.reach(entry, value) {
                *found.entry((index, why)).or_default() += 1;
            }
        }
        found
    }

    /// The same as rows of the log, of every document.
    #[must_use]
    pub fn unsearched_rows(&self) -> Vec<LogRow> {
        let rows = self.unsearched().into_iter();
        rows.filter_map(|((index, why), times)| {
            let entry = self.entries().get(index)?;
            Some(LogRow {
                document: "every document".to_owned(),
                part: why.words().to_owned(),
                pseudonym: entry.pseudonym.clone(),
                kind: entry.label.clone(),
                rule: entry.rule.citation(),
                times,
            })
        })
        .collect()
    }

    fn reach(&self, entry: &Entry, value: &str) -> Reach {
        if self.is_sought(entry, value) {
            return Reach::Anywhere;
        }
        let telling = value.chars().filter(|c| c.is_alphanumeric()).count();
        if !entry.is_listed() {
            let short =
                value.chars().count() < SHORT || telling < SHORTEST_WORD || is_number(value);
            return Reach::Nowhere(match short {
                true => Unsought::TooShort,
                false => Unsought::TooCommon,
            });
        }
        if self.settings().own_words.contains(value) {
            return Reach::Nowhere(Unsought::OwnWord);
        }
        let least = match is_number(value) {
            true => SHORTEST_NUMBER,
            false => SHORTEST_WORD,
        };
        match telling >= least {
            true => Reach::Word,
            false => Reach::Nowhere(Unsought::TooShort),
        }
    }
}

/// The forms in which a short value stands as a word: as it is written, and in capitals.
pub(crate) fn forms(value: &str) -> Vec<Form> {
    let bound = match is_number(value) {
        true => Bound::Number,
        false => Bound::Name,
    };
    vec![Form {
        name: "as a word",
        bytes: value.as_bytes().to_vec(),
        bound,
    }]
}

fn is_number(value: &str) -> bool {
    value.chars().all(|c| !c.is_alphabetic())
}

/// Looks for the short values of the case file as whole words, in texts.
#[derive(Debug)]
pub struct Words {
    matcher: Matcher,
}

impl Words {
    /// Gets ready to search.
    ///
    /// # Errors
    /// [`Error::Matcher`] where there are too many values.
    pub fn new(key: &Key) -> Result<Self, Error> {
        let patterns = key.words().flat_map(|(entry, value)| {
            let forms = forms(value).into_iter();
            forms.map(move |form| Pattern { entry, form })
        });
        Ok(Self {
            matcher: Matcher::new(patterns.collect())?,
        })
    }

    /// What stands in a text, each value once. In a table the numbers are counts and
    /// places too, so that only a text in words is searched for numbers.
    #[must_use]
    pub fn find(&self, text: &[u8], table: bool) -> Vec<Sighting> {
        let mut found: Vec<Sighting> = Vec::new();
        for (pattern, range) in self.matcher.find(text) {
            let Some(pattern) = self.matcher.pattern(pattern) else {
                continue;
            };
            let seen = found.iter().any(|sighting| sighting.entry == pattern.entry);
            if !(seen || table && pattern.form.bound == Bound::Number) {
                found.push(Sighting {
                    entry: pattern.entry,
                    form: pattern.form.name,
                    at: range.start,
                });
            }
        }
        found
    }
}
