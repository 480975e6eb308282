//! Texts of several words that are found whatever stands between the words: names and
//! street addresses. Each is a row of words with what may stand for each of them.

use affiant_model::IdentifierKind;

use super::contact::STREETS;
use super::letters::{folded, transliterated};

/// Fewest letters of the word by which the others are looked for.
const SHORTEST: usize = 5;

/// A row of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    /// For each word, what it may be, in small letters of ASCII where there are such.
    pub(crate) words: Vec<Vec<String>>,
    /// Those that may be left out.
    pub(crate) optional: Vec<bool>,
    /// Which word the others are looked for by.
    pub(crate) anchor: usize,
    /// How it comes of the value.
    pub(crate) name: &'static str,
    /// Whether anything that is no letter may stand between two words, as in an address.
    pub(crate) loose: bool,
}

/// Words for a part of a house (USPS Publication 28, appendix C2).
const UNITS: [&str; 10] = [
    "apt",
    "apartment",
    "unit",
    "suite",
    "ste",
    "no",
    "room",
    "rm",
    "floor",
    "fl",
];

/// The rows of words of a value, each with the spellings of its anchor.
pub(crate) fn phrases(kind: IdentifierKind, value: &str) -> Vec<(Phrase, Vec<String>)> {
    let words: Vec<&str> = value
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    if words.len() < 2 {
        return Vec::new();
    }
    match kind {
        IdentifierKind::PersonName => {
            let mut turned = words.clone();
            // The last name is what stands behind the last space.
            let last = value.rsplit(char::is_whitespace).next().unwrap_or_default();
            let of_last = last.split(|c: char| !c.is_alphanumeric());
            turned.rotate_right(of_last.filter(|word| !word.is_empty()).count());
            let mut rows = vec![row(&words, "with other marks between its words", false)];
            if turned != words {
                rows.push(row(&turned, "reversed name", false));
            }
            rows.into_iter().flatten().collect()
        }
        IdentifierKind::StreetAddress => row(&words, "with other marks or abbreviations", true)
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

fn row(words: &[&str], name: &'static str, loose: bool) -> Option<(Phrase, Vec<String>)> {
    let is_common = |word: &str| {
        loose && (alternatives(word).len() > 1 || word.bytes().any(|byte| byte.is_ascii_digit()))
    };
    let (anchor, word) = words
        .iter()
        .enumerate()
        .map(|(at, word)| (at, word.to_lowercase()))
        .filter(|(_, word)| folded(word).len() >= SHORTEST && !is_common(word))
        .max_by_key(|(at, word)| (folded(word).len(), usize::MAX - at))?;
    let mut anchors = vec![word.clone(), folded(&word), transliterated(&word)];
    if !word.is_ascii() {
        use unicode_normalization::UnicodeNormalization as _;
        anchors.push(words[anchor].to_owned());
        anchors.push(word.to_uppercase());
        anchors.push(word.nfd().collect());
        anchors.push(words[anchor].nfd().collect());
    }
    anchors.sort();
    anchors.dedup();
    let phrase = Phrase {
        words: words
            .iter()
            .map(|word| {
                let lower = word.to_lowercase();
                let mut all = match loose {
                    true => alternatives(&lower),
                    false => Vec::new(),
                };
                all.extend([folded(&lower), transliterated(&lower)]);
                all.sort();
                all.dedup();
                all
            })
            .collect(),
        optional: words
            .iter()
            .map(|word| loose && UNITS.contains(&word.to_lowercase().as_str()))
            .collect(),
        anchor,
        name,
        loose,
    };
    Some((phrase, anchors))
}

/// What a word of an address may be written as.
fn alternatives(word: &str) -> Vec<String> {
    if UNITS.contains(&word) {
        return UNITS.map(str::to_owned).to_vec();
    }
    STREETS
        .iter()
        .filter(|(long, short)| word == *long || word == *short)
        .flat_map(|(long, short)| [(*long).to_owned(), (*short).to_owned()])
        .collect()
}

/// A word as those of a row are compared.
pub(crate) fn compared(word: &str) -> String {
    folded(&word.to_lowercase())
}
