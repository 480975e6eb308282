//! Values that have the shape of personal data, where no known value was found
//! and no source says what the place holds. The shape is checked as a standard
//! writes it, and mostly the name beside it must say the same. What is found is
//! reported apart: a pattern says what a value may be.
//!
//! The walk asks [`Patterns::wants`] of each value, which must cost little;
//! [`Patterns::find`] then decides of those that nothing has claimed.

mod accounts;
mod checks;
mod free_text;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Exchange, FieldName, Locator, Place, Step, UnnamedCount};

use crate::keypath::Key;
use crate::known::KnownValues;
use crate::leaf::Leaf;
pub use free_text::{FreeText, Shape, emails_without_spaces, free_text};
use rules::Rules;
pub(crate) use rules::{Check, Rule};

/// The longest value that is looked at.
const LONGEST: usize = 512;

/// How many findings of one exchange are given; the others are counted.
pub(crate) const MOST_FINDINGS: usize = 500;

/// Names that say nothing without the one before them: `device.id`.
const GENERIC: [&str; 5] = ["id", "uuid", "number", "value", "hash"];

/// The rules of `datasets/patterns`.
#[derive(Debug, Default)]
pub(crate) struct Patterns(Rules);

/// A value that a rule fits.
pub(crate) struct Match<'m> {
    pub(crate) rule: &'m Rule,
    pub(crate) leaf: &'m Leaf,
    /// The name that the rule asks for, as it is written; empty where it asks for none.
    pub(crate) name: String,
    /// The value as it may be printed.
    pub(crate) shown: String,
}

/// What the rules say of an exchange.
#[derive(Default)]
pub(crate) struct Matches<'m> {
    pub(crate) found: Vec<Match<'m>>,
    pub(crate) unnamed: Vec<UnnamedCount>,
    /// How many more were found than are given.
    pub(crate) beyond: usize,
}

impl Patterns {
    /// Reads a file of `datasets/patterns`.
    pub(crate) fn read_file(
        &mut self,
        text: &str,
        is_datum: &dyn Fn(&str) -> bool,
    ) -> Result<(), String> {
        self.0.read_file(text, is_datum)
    }

    /// How many rules there are.
    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether a value is to be kept for a closer look. `name` is the last of the names
    /// among its `keys`.
    pub(crate) fn wants(
        &self,
        bytes: &[u8],
        steps: &[Step],
        place: Place,
        name: Option<&str>,
        keys: &dyn Fn() -> Vec<Key>,
    ) -> bool {
        if bytes.is_empty() || bytes.len() > LONGEST || !bytes.is_ascii() {
            return false;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return false;
        };
        if is_rare(text) {
            return true;
        }
        let bare = Bare::of(said(name.unwrap_or_default(), place));
        let bare = bare.as_str();
        if is_claim(steps) && bare == "alg" {
            return true;
        }
        let passes = |bare: &str| self.0.named(bare).any(|rule| rule.check.passes(text));
        passes(bare)
            || GENERIC.contains(&bare)
                && Name::of(&keys(), place)
                    .with_parent()
                    .is_some_and(|bare| passes(&bare))
    }

    /// The rules that fit the leaves that nothing else has claimed.
    pub(crate) fn find<'m>(
        &'m self,
        leaves: &'m [Leaf],
        claimed: &BTreeSet<usize>,
        known: &KnownValues,
        exchange: &Exchange,
    ) -> Matches<'m> {
        let mut matches = Matches::default();
        let mut unnamed: BTreeMap<&str, u64> = BTreeMap::new();
        let around = Around::new(leaves, known, exchange);
        for (number, leaf) in leaves.iter().enumerate() {
            let is_candidate = !leaf.guessed
                && !claimed.contains(&number)
                && (1..=LONGEST).contains(&leaf.bytes.len());
            let Some(text) = std::str::from_utf8(&leaf.bytes)
                .ok()
                .filter(|_| is_candidate)
            else {
                continue;
            };
            match self.of_leaf(leaf, text, &around) {
                Some(found) if matches.found.len() < MOST_FINDINGS => matches.found.push(found),
                Some(_) => matches.beyond += 1,
                None => {
                    let shape = |rule: &&Rule| rule.check.is_counted() && rule.check.passes(text);
                    if is_rare(text)
                        && let Some(rule) = self.0.all().iter().find(shape)
                    {
                        *unnamed.entry(check_name(rule.check)).or_default() += 1;
                    }
                }
            }
        }
        matches.unnamed = unnamed
            .into_iter()
            .map(|(rule, count)| UnnamedCount {
                rule: rule.to_owned(),
                count,
            })
            .collect();
        matches
    }

    fn of_leaf<'m>(&'m self, leaf: &'m Leaf, text: &str, around: &Around<'_>) -> Option<Match<'m>> {
        let name = Name::of(&leaf.keys, leaf.place);
        let fits = |rule: &&Rule| rule.check.passes(text) && around.allow(rule, leaf, text);
        let rule = self
            .0
            .named(name.bare.as_str())
            .find(fits)
            .or_else(|| self.0.named(&name.with_parent()?).find(fits))
            .or_else(|| {
                let mut all = self.0.all().iter();
                all.find(|rule| rule.names.is_empty() && fits(rule))
            })?;
        let written = match rule.names.is_empty() {
            true => String::new(),
            false => name.written.to_owned(),
        };
        Some(Match {
            rule,
            leaf,
            name: written,
            shown: rule.mask.apply(text),
        })
    }
}

/// The kind of shape, as which values without a name are counted.
const fn check_name(check: Check) -> &'static str {
    match check {
        Check::Uuid => "uuid",
        Check::Imei => "imei",
        Check::Card => "payment-card",
        Check::Iban => "iban",
        Check::Phone => "telephone-number",
        Check::Address => "ip-address",
        Check::Mac => "mac-address",
        Check::MetaCookie => "meta-cookie",
        Check::AnalyticsCookie => "analytics-cookie",
        Check::Digest => "digest",
        _ => "other",
    }
}

/// Whether a value may have a shape that is rare enough to be counted without a
/// name: by length and a few characters, so that most values are done with.
fn is_rare(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has = |byte: u8| memchr::memchr(byte, bytes).is_some();
    let first_is_digit = bytes.first().is_some_and(u8::is_ascii_digit);
    match bytes.len() {
        0..=6 => false,
        36 if bytes[8] == b'-' => checks::is_uuid(text),
        32 | 40 | 64 if checks::is_digest(text) => true,
        17 if matches!(bytes[2], b':' | b'-') => checks::is_mac(text),
        13..=19 if first_is_digit && bytes.iter().all(u8::is_ascii_digit) => {
            checks::is_imei(text) || accounts::is_card(text)
        }
        _ => {
            let is_address = bytes.len() <= 39
                && (first_is_digit && bytes.iter().filter(|b| **b == b'.').count() == 3
                    || bytes.iter().filter(|b| **b == b':').count() >= 3);
            is_address && checks::is_public_address(text)
                || bytes[0] == b'+' && checks::is_phone(text)
                || text.starts_with("fb.") && checks::is_meta_cookie(text)
                || text.starts_with("GA1.") && checks::is_analytics_cookie(text)
                || bytes[0].is_ascii_uppercase()
                    && bytes[2].is_ascii_digit()
                    && accounts::is_iban(text)
                || has(b'@') && checks::is_email(text)
        }
    }
}

/// The last name on the way to a value.
struct Name<'n> {
    /// The way down to it.
    keys: &'n [Key],
    /// As it is written.
    written: &'n str,
    /// In small letters and digits alone.
    bare: Bare,
}

impl<'n> Name<'n> {
    fn of(keys: &'n [Key], place: Place) -> Self {
        let at = keys.iter().rposition(|key| matches!(key, Key::Name(..)));
        let written = match at.and_then(|at| keys.get(at)) {
            Some(Key::Name(name, _)) => name.as_str(),
            _ => "",
        };
        Self {
            keys: keys.get(..at.unwrap_or(0)).unwrap_or_default(),
            written,
            bare: Bare::of(said(written, place)),
        }
    }

    /// With the name before it, where the last says nothing alone.
    fn with_parent(&self) -> Option<String> {
        if !GENERIC.contains(&self.bare.as_str()) {
            return None;
        }
        let mut before = self.keys.iter().rev();
        let parent = before.find_map(|key| match key {
            Key::Name(name, _) => Some(name),
            Key::Item(_) => None,
        })?;
        Some(Bare::of(parent).as_str().to_owned() + self.bare.as_str())
    }
}

/// A name without what headers begin with that no standard names.
fn said(written: &str, place: Place) -> &str {
    match written.strip_prefix("x-") {
        Some(rest) if place == Place::Header => rest,
        _ => written,
    }
}

/// The longest name that is looked at.
const LONGEST_NAME: usize = 64;

/// A name in small letters and digits alone; nothing of one that is too long.
/// Every value has one, so that it takes no memory of its own.
struct Bare {
    letters: [u8; LONGEST_NAME],
    length: usize,
}

impl Bare {
    fn of(name: &str) -> Self {
        let mut bare = Self {
            letters: [0; LONGEST_NAME],
            length: 0,
        };
        if name.len() <= LONGEST_NAME {
            let kept = name.bytes().filter(u8::is_ascii_alphanumeric);
            for (letter, byte) in bare.letters.iter_mut().zip(kept) {
                *letter = byte.to_ascii_lowercase();
                bare.length += 1;
            }
        }
        bare
    }

    fn as_str(&self) -> &str {
        let letters = self.letters.get(..self.length).unwrap_or_default();
        std::str::from_utf8(letters).unwrap_or_default()
    }
}

/// Whether the way leads into JSON in base64, as to the claims of a token.
fn is_claim(steps: &[Step]) -> bool {
    matches!(steps, [.., Step::Base64, Step::Json(path)] if path.len() == 1)
}

/// A record: the field it is in, where parameters are not fields of their own;
/// its place; and the way to it.
type Record<'a> = (Option<&'a FieldName>, Place, &'a [Key]);

fn record_of(leaf: &Leaf) -> Option<Record<'_>> {
    let (_, record) = leaf.keys.split_last()?;
    let is_own = matches!(
        leaf.field,
        FieldName::Query { .. } | FieldName::Param { .. }
    );
    Some(((!is_own).then_some(&leaf.field), leaf.place, record))
}

/// What stands around a value.
struct Around<'a> {
    /// The names of degrees in each record that has any.
    degrees: BTreeMap<Record<'a>, BTreeSet<String>>,
    /// The ways to tokens whose header is there: JSON in base64 with the member
    /// `alg` (RFC 7515 §4.1.1).
    tokens: BTreeSet<String>,
    known: &'a KnownValues,
    exchange: &'a Exchange,
}

impl<'a> Around<'a> {
    fn new(leaves: &'a [Leaf], known: &'a KnownValues, exchange: &'a Exchange) -> Self {
        let mut around = Self {
            degrees: BTreeMap::new(),
            tokens: BTreeSet::new(),
            known,
            exchange,
        };
        for leaf in leaves {
            let name = || Name::of(&leaf.keys, leaf.place).bare.as_str().to_owned();
            let is_degrees =
                std::str::from_utf8(&leaf.bytes).is_ok_and(|text| Check::Longitude.passes(text));
            if is_degrees && let Some(record) = record_of(leaf) {
                around.degrees.entry(record).or_default().insert(name());
            }
            if let Some(token) = token_of(leaf)
                && name() == "alg"
            {
                around.tokens.insert(token);
            }
        }
        around
    }

    /// Whether what is around the value allows the rule.
    fn allow(&self, rule: &Rule, leaf: &Leaf, text: &str) -> bool {
        match rule.check {
            Check::Address => !self.is_own(text),
            Check::Latitude | Check::Longitude => record_of(leaf)
                .and_then(|record| self.degrees.get(&record))
                .is_some_and(|names| rule.beside.iter().any(|name| names.contains(name))),
            Check::Claim => token_of(leaf).is_some_and(|token| self.tokens.contains(&token)),
            Check::Crc32 => checks::checksum(text).is_some_and(|sum| self.known.has_checksum(sum)),
            _ => true,
        }
    }

    /// Whether an address is that of the host or of the machine that captured.
    fn is_own(&self, text: &str) -> bool {
        let exchange = self.exchange;
        let own = [
            exchange.server_address.as_deref(),
            exchange.client.address.as_deref(),
            Some(exchange.host.as_str()),
        ];
        own.into_iter()
            .flatten()
            .any(|own| own == text || own.split(':').next() == Some(text))
    }
}

/// The way to the token that a claim is in: all but its part, base64 and JSON.
fn token_of(leaf: &Leaf) -> Option<String> {
    match leaf.steps.as_slice() {
        [token @ .., Step::Bytes(_), Step::Base64, Step::Json(path)] if path.len() == 1 => {
            let token = Locator {
                field: leaf.field.clone(),
                steps: token.to_vec(),
            };
            Some(token.to_string())
        }
        _ => None,
    }
}
