//! The values of a case that are taken out, each with its pseudonym.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Case, Digest};

use crate::rule::{Rule, Settings, Treatment, initials, remainder};

/// Shorter values of the case file are not searched for, in characters.
const SHORTEST_LISTED: usize = 4;

/// Shorter values of the evidence are not searched for, in characters.
const SHORTEST: usize = 6;

/// Words without a digit say what they are only if they are long, in characters.
const SHORTEST_WORDS: usize = 16;

/// Places of a value that are named; the others are counted.
const PLACES: usize = 5;

/// A value that is taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What stands in its place: `[e-mail address A-1]`.
    pub pseudonym: String,
    /// Its kind, by `datasets/categories`; `data_subject` of a name of a subject.
    pub datum: String,
    /// The kind in words.
    pub label: String,
    /// The rule under which it is taken out.
    pub rule: Rule,
    /// The value in each spelling in which it was met, the first one first.
    pub values: Vec<String>,
    /// Other spellings of it that are searched for.
    pub spellings: Vec<String>,
    /// Where it stands: in the case file by its name, or the number of a transmittal.
    pub places: Vec<String>,
    /// In how many places more.
    pub more: usize,
    /// Whether the case file lists it.
    listed: bool,
}

impl Entry {
    /// Whether the case file lists it.
    pub(crate) const fn is_listed(&self) -> bool {
        self.listed
    }
}

/// All values that are taken out of public versions: the reference list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Key {
    entries: Vec<Entry>,
    /// A spelling in small letters -> entry.
    by_value: BTreeMap<String, usize>,
    settings: Settings,
    /// Values of kinds that are left as they are, in small letters.
    open: BTreeSet<String>,
}

/// A value of the case file, as the evidence's own rows refer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<'a> {
    /// The data subject.
    pub subject: &'a str,
    /// Name of the identifier.
    pub identifier: &'a str,
}

/// Collects the values of a case in the order in which they are met.
#[derive(Debug)]
pub struct KeyBuilder<'a> {
    key: Key,
    labels: &'a BTreeMap<String, String>,
    /// Subject and name of an identifier -> entry.
    identifiers: BTreeMap<(String, String), usize>,
    subjects: Vec<String>,
    /// Letter and kind -> numbers given.
    numbers: BTreeMap<(String, String), usize>,
}

impl<'a> KeyBuilder<'a> {
    /// Begins with the case file: names of data subjects, then their
    /// identifiers. `spellings` gives the texts under which an identifier is known
    /// to travel, by subject and identifier as the case file numbers them.
    #[must_use]
    pub fn new(
        case: &Case,
        settings: Settings,
        labels: &'a BTreeMap<String, String>,
        spellings: &dyn Fn(usize, usize) -> Vec<String>,
    ) -> Self {
        let mut new = Self {
            key: Key {
                settings,
                ..Key::default()
            },
            labels,
            identifiers: BTreeMap::new(),
            subjects: case.subjects.iter().map(|s| s.name.clone()).collect(),
            numbers: BTreeMap::new(),
        };
        for name in new.key.settings.minors.clone() {
            let shown = format!("[{}]", initials(&name));
            new.insert("minor", "name of a minor", Rule::Minor, shown, &name, true);
        }
        let is_party = |name: &str| case.parties.iter().any(|party| party.name == name);
        for (at, subject) in case.subjects.iter().enumerate() {
            // The caption names the parties; of these Rule 5.2 takes out minors only.
            if !is_party(&subject.name) && !new.key.contains(&subject.name) {
                let shown = format!("[data subject {}]", letters(at));
                let place = format!("case.toml: data subject {}", at + 1);
                let index = new.insert(
                    "data_subject",
                    "data subject",
                    Rule::Beyond,
                    shown,
                    &subject.name,
                    true,
                );
                new.place(index, place);
            }
            for (n, identifier) in subject.identifiers.iter().enumerate() {
                let Some(index) = new.add(
                    identifier.kind.as_str(),
                    &identifier.value,
                    Some(&subject.name),
                    true,
                ) else {
                    continue;
                };
                new.place(index, format!("case.toml: {}", identifier.name));
                let of = (subject.name.clone(), identifier.name.clone());
                new.identifiers.insert(of, index);
                for spelling in spellings(at, n) {
                    new.known(index, spelling);
                }
            }
        }
        new
    }

    /// Takes in a value of the evidence: its kind, the value, the identifier that
    /// it is known to be, and where it stands. A value of a kind that is left as
    /// it is stays.
    pub fn observed(&mut self, datum: &str, value: &str, known: Option<Known<'_>>, place: &str) {
        if value.is_empty() {
            return;
        }
        let named = known.and_then(|known| {
            let name = (known.subject.to_owned(), known.identifier.to_owned());
            self.identifiers.get(&name).copied()
        });
        let index = match named {
            Some(index) => {
                self.spelling(index, value);
                Some(index)
            }
            None => self.add(datum, value, known.map(|known| known.subject), false),
        };
        match index {
            Some(index) => self.place(index, place.to_owned()),
            None => {
                self.key.open.insert(value.to_lowercase());
            }
        }
    }

    /// The key as it is now.
    #[must_use]
    pub fn finish(self) -> Key {
        self.key
    }

    fn add(
        &mut self,
        datum: &str,
        value: &str,
        subject: Option<&str>,
        listed: bool,
    ) -> Option<usize> {
        let (treatment, rule) = self.key.settings.of(datum)?;
        if let Some(index) = self.key.by_value.get(&value.to_lowercase()) {
            return Some(*index);
        }
        let label = self.label(datum);
        let letter = subject
            .and_then(|name| self.subjects.iter().position(|s| s == name))
            .map_or_else(|| "X".to_owned(), letters);
        let number = self
            .numbers
            .entry((letter.clone(), datum.to_owned()))
            .or_default();
        *number += 1;
        let rest = match (treatment, remainder(treatment, value)) {
            (Treatment::LastFour, Some(rest)) => format!(", ending {rest}"),
            (_, Some(rest)) => format!(", {rest}"),
            (_, None) => String::new(),
        };
        let shown = format!("[{label} {letter}-{number}{rest}]");
        Some(self.insert(datum, &label, rule, shown, value, listed))
    }

    fn insert(
        &mut self,
        datum: &str,
        label: &str,
        rule: Rule,
        pseudonym: String,
        value: &str,
        listed: bool,
    ) -> usize {
        let index = self.key.entries.len();
        self.key.entries.push(Entry {
            pseudonym,
            datum: datum.to_owned(),
            label: label.to_owned(),
            rule,
            values: Vec::new(),
            spellings: Vec::new(),
            places: Vec::new(),
            more: 0,
            listed,
        });
        self.spelling(index, value);
        index
    }

    /// A spelling in which a value was met.
    fn spelling(&mut self, index: usize, value: &str) {
        let folded = value.to_lowercase();
        if let Some(entry) = self.key.entries.get_mut(index) {
            let met = entry.values.iter().any(|v| v.to_lowercase() == folded);
            let other = self
                .key
                .by_value
                .get(&folded)
                .is_some_and(|of| *of != index);
            if !met && !other {
                entry.values.push(value.to_owned());
            }
        }
        self.key.by_value.entry(folded).or_insert(index);
    }

    /// A spelling in which it may be.
    fn known(&mut self, index: usize, spelling: String) {
        let folded = spelling.to_lowercase();
        if self.key.by_value.contains_key(&folded) {
            return;
        }
        self.key.by_value.insert(folded, index);
        if let Some(entry) = self.key.entries.get_mut(index) {
            entry.spellings.push(spelling);
        }
    }

    fn place(&mut self, index: usize, place: String) {
        let Some(entry) = self.key.entries.get_mut(index) else {
            return;
        };
        if entry.places.len() < PLACES {
            entry.places.push(place);
        } else {
            entry.more += 1;
        }
    }

    /// `Advertising identifier` as `advertising identifier`.
    fn label(&self, datum: &str) -> String {
        let label = self
            .labels
            .get(datum)
            .cloned()
            .unwrap_or_else(|| datum.replace('_', " "));
        let mut chars = label.chars();
        let first = chars.next();
        let acronym = chars.clone().next().is_some_and(char::is_uppercase);
        match first {
            Some(first) if !acronym => first.to_lowercase().chain(chars).collect(),
            _ => label,
        }
    }
}

impl Key {
    /// The entries, in the order in which their values were met.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The settings under which it was made.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the text is a value that is taken out.
    fn contains(&self, value: &str) -> bool {
        self.by_value.contains_key(&value.to_lowercase())
    }

    /// What stands in the place of a value, if it is one that is taken out.
    #[must_use]
    pub fn pseudonym(&self, value: &str) -> Option<&str> {
        let index = self.by_value.get(&value.to_lowercase())?;
        self.entries.get(*index).map(|e| e.pseudonym.as_str())
    }

    /// The spellings that are searched for in texts, each with the place of its
    /// entry among [`Key::entries`].
    pub fn sought(&self) -> impl Iterator<Item = (usize, &str)> {
        self.spellings().filter(|(index, value)| {
            self.entries
                .get(*index)
                .is_some_and(|entry| self.is_sought(entry, value))
        })
    }

    /// Every spelling, however short, with the place of its entry.
    pub fn texts(&self) -> impl Iterator<Item = (usize, &str)> {
        self.spellings()
    }

    /// Whether the case file lists the value of an entry.
    #[must_use]
    pub fn is_listed(&self, index: usize) -> bool {
        self.entries.get(index).is_some_and(|entry| entry.listed)
    }

    pub(crate) fn spellings(&self) -> impl Iterator<Item = (usize, &str)> {
        let all = self.entries.iter().enumerate();
        all.flat_map(|(index, entry)| {
            let texts = entry.values.iter().chain(&entry.spellings);
            texts.map(move |text| (index, text.as_str()))
        })
    }

    pub(crate) fn is_sought(&self, entry: &Entry, value: &str) -> bool {
        let characters = value.chars().count();
        if entry.listed {
            return characters >= SHORTEST_LISTED && is_telling(value, SHORTEST_LISTED);
        }
        let words = value.chars().all(|c| !c.is_ascii_digit() && c != '@');
        characters >= SHORTEST
            && (!words || characters >= SHORTEST_WORDS)
            && !self.open.contains(&value.to_lowercase())
            && is_telling(value, SHORTEST)
    }

    /// Texts whose SHA-256 is taken out wherever it stands.
    pub(crate) fn digests(&self) -> BTreeMap<String, usize> {
        self.spellings()
            .map(|(index, value)| (Digest::of(value.as_bytes()).to_hex(), index))
            .collect()
    }
}

/// A number alone has eight digits to be sought; a text has a letter or digit.
fn is_telling(value: &str, shortest: usize) -> bool {
    let telling = value.chars().filter(|c| c.is_alphanumeric()).count();
    let number = value
        .chars()
        .all(|c| c.is_ascii_digit() || ".,-+ ".contains(c));
    telling >= shortest.min(4) && (!number || telling >= 8)
}

/// 0 as `A`, 25 as `Z`, 26 as `AA`; `X` alone is of no known subject, and left out.
fn letters(at: usize) -> String {
    let at = if at >= 23 { at + 1 } else { at };
    let mut out = Vec::new();
    let mut rest = at + 1;
    while rest > 0 {
        rest -= 1;
        let digit = u8::try_from(rest % 26).unwrap_or_default();
        out.push(char::from(b'A' + digit));
        rest /= 26;
    }
    out.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_behind_z_and_leave_x_to_nobody() {
        let all: Vec<String> = (0..60).map(letters).collect();
        assert_eq!((all[0].as_str(), all[22].as_str()), ("A", "W"));
        assert_eq!(
            (all[23].as_str(), all[24].as_str(), all[25].as_str()),
            ("Y", "Z", "AA")
        );
        assert!(!all.contains(&"X".to_owned()));
        let different: BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), 60);
    }
}
