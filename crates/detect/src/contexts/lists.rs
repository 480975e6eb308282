use std::collections::BTreeMap;

use affiant_model::Context;
use serde::Deserialize;

use crate::sieve::Sieve;

/// A list of `datasets/contexts`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    /// Its name.
    pub(super) slug: String,
    /// The context that its words name.
    pub(super) context: Context,
    /// Words and phrases.
    #[serde(default)]
    words: Vec<String>,
    /// Hosts, with those below them.
    #[serde(default)]
    hosts: Vec<String>,
    /// Segments of the path of an address, whole.
    #[serde(default)]
    segments: Vec<String>,
    /// Whether it says nothing of the address of the exchange itself, but only
    /// of the page that the exchange names.
    #[serde(default)]
    pub(super) pages_only: bool,
    /// Where its words come from.
    source: String,
    /// The statutes that turn on the context.
    turns: String,
}

impl List {
    /// Where its words come from, and what turns on them.
    pub(super) fn citation(&self) -> String {
        format!("{}. Turns on it: {}", self.source, self.turns)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListsFile {
    list: Vec<List>,
}

/// What a part of a request is, where words are looked for in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A host.
    Host,
    /// A segment of a path.
    Segment,
    /// Any other text.
    Text,
}

/// The lists, by the words that they hold.
#[derive(Debug, Default)]
pub(super) struct Lists {
    lists: Vec<List>,
    /// First word -> the whole phrase, and the list.
    phrases: BTreeMap<String, Vec<(Vec<String>, usize)>>,
    /// The first words.
    first: Sieve,
    segments: BTreeMap<String, usize>,
    hosts: BTreeMap<String, usize>,
}

/// A word of a list in a text.
pub(super) struct Word<'l> {
    pub(super) list: &'l List,
    /// The word, host or segment as it is listed.
    pub(super) matched: String,
    /// Where it begins in the text, in bytes.
    pub(super) at: usize,
}

impl Lists {
    pub(super) fn read_file(&mut self, text: &str) -> Result<(), String> {
        let file: ListsFile = toml::from_str(text).map_err(|error| error.to_string())?;
        for list in file.list {
            if list.source.is_empty() || list.turns.is_empty() {
                return Err(format!("`{}` has no source", list.slug));
            }
            let index = self.lists.len();
            for phrase in &list.words {
                let words: Vec<String> = tokens(phrase).map(|(_, word)| word).collect();
                let Some(first) = words.first() else {
                    return Err(format!("`{}` has an empty word", list.slug));
                };
                self.first.insert(first);
                let of = self.phrases.entry(first.clone()).or_default();
                if of.iter().any(|(other, _)| *other == words) {
                    return Err(format!("`{phrase}` is listed twice"));
                }
                of.push((words, index));
            }
            for segment in &list.segments {
                self.segments.insert(fold(segment), index);
            }
            for host in &list.hosts {
                self.hosts.insert(fold(host), index);
            }
            self.lists.push(list);
        }
        Ok(())
    }

    /// How many lists there are.
    pub(super) const fn len(&self) -> usize {
        self.lists.len()
    }

    /// The first word of each list in a text.
    pub(super) fn find(&self, text: &str, part: Part) -> Vec<Word<'_>> {
        let mut found: BTreeMap<usize, Word<'_>> = BTreeMap::new();
        let mut add = |index: usize, matched: String, at: usize| {
            if let Some(list) = self.lists.get(index) {
                found.entry(index).or_insert(Word { list, matched, at });
            }
        };
        match part {
            Part::Host => {
                let lower = fold(text);
                let mut rest = lower.as_str();
                loop {
                    if let Some(index) = self.hosts.get(rest) {
                        add(*index, rest.to_owned(), lower.len() - rest.len());
                    }
                    match rest.split_once('.') {
                        Some((_, above)) => rest = above,
                        None => break,
                    }
                }
            }
            Part::Segment => {
                if let Some(index) = self.segments.get(&fold(text)) {
                    add(*index, fold(text), 0);
                }
            }
            Part::Text => {}
        }
        if part != Part::Host {
            let mut folded = String::new();
            for (at, word) in words(text) {
                fold_into(word, &mut folded);
                if !self.first.may_hold(&folded) {
                    continue;
                }
                for (phrase, index) in self.phrases.get(&folded).into_iter().flatten() {
                    let here = tokens(text.get(at..).unwrap_or_default()).map(|(_, word)| word);
                    if here.take(phrase.len()).eq(phrase.iter().cloned()) {
                        add(*index, phrase.join(" "), at);
                    }
                }
            }
        }
        found.into_values().collect()
    }
}

/// The words of a text with the place where each begins, folded.
fn tokens(text: &str) -> impl Iterator<Item = (usize, String)> {
    words(text).map(|(at, word)| (at, fold(word)))
}

/// The words of a text as they stand there.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive(|c: char| !c.is_alphanumeric())
        .filter_map(move |piece| {
            let start = at;
            at += piece.len();
            let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
            (!word.is_empty()).then_some((start, word))
        })
}

/// Small letters, umlauts as addresses write them.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

fn fold_into(text: &str, folded: &mut String) {
    folded.clear();
    if text.is_ascii() {
        folded.push_str(text);
        folded.make_ascii_lowercase();
        return;
    }
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => folded.push_str("ae"),
            'ö' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            c => folded.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, part: Part) -> Vec<String> {
        let mut lists = Lists::default();
        let file = "[[list]]\nslug = \"a\"\ncontext = \"health\"\nwords = [\"birth control\", \"verhütung\"]\nsegments = [\"symptoms\"]\nhosts = [\"clinic.example\"]\nsource = \"ours\"\nturns = \"none\"\n";
        lists.read_file(file).unwrap();
        let words = lists.find(text, part).into_iter();
        words.map(|word| word.matched).collect()
    }

    #[test]
    fn words_are_found_whole_and_in_their_order() {
        for text in ["Birth-Control pills", "on birth control", "birth_control"] {
            assert_eq!(found(text, Part::Text), ["birth control"], "{text}");
        }
        assert_eq!(found("verhuetung", Part::Segment), ["verhuetung"]);
        assert_eq!(found("Verhütung", Part::Text), ["verhuetung"]);
        for text in ["control birth", "birthcontrol", "birth", "symptoms"] {
            assert_eq!(found(text, Part::Text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_host_is_named_with_those_below_it() {
        assert_eq!(found("www.Clinic.example", Part::Host), ["clinic.example"]);
        assert_eq!(found("myclinic.example", Part::Host), [""; 0]);
        assert_eq!(found("symptoms", Part::Segment), ["symptoms"]);
    }
}
