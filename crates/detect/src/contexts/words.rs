//! Words of the lists in addresses, titles and searches.

use std::borrow::Cow;
use std::collections::BTreeMap;

use affiant_model::{Basis, FieldName, Locator, Span, Step};

use super::lists::Part;
use super::{Contexts, Said, Seen};
use crate::decode::{self, DecodeLimits, Hint, Look};
use crate::leaf::{carried, place_of};
use crate::replay;

/// How much of a value is searched for words, in bytes.
const LONGEST: usize = 8 << 10;

/// How many characters of a value are kept around what was matched.
const EXCERPT: usize = 80;

/// How many values of one exchange are searched for words.
const MOST_VALUES: usize = 500;

/// How many bytes of an exchange's fields are decoded again to say in which part
/// of an address a word stands.
const REPLAYED_BYTES: usize = 64 << 20;

/// The kinds of datum whose documented fields say what a page or a search is about.
const ABOUT: [&str; 7] = [
    "page_url",
    "page_referrer",
    "page_title",
    "search_term",
    "video_title",
    "page_content",
    "screen_name",
];

impl Contexts {
    /// Words of the lists in the addresses of the exchange and in what its
    /// documented fields say of a page or a search.
    pub(super) fn words(&self, seen: &Seen<'_>) -> Vec<Said> {
        let mut values: BTreeMap<String, Value<'_>> = BTreeMap::new();
        for field in &seen.exchange.fields {
            let locator = Locator {
                field: field.name.clone(),
                steps: Vec::new(),
            };
            let is_address = match &field.name {
                FieldName::Url => true,
                FieldName::Header { name, .. } => name.eq_ignore_ascii_case("referer"),
                _ => false,
            };
            if is_address {
                let bytes = carried(field).decode(seen.exchange.bytes_of(field));
                let value = Value {
                    bytes,
                    span: field.span,
                    locator,
                    datum: "",
                };
                values.insert(value.locator.to_string(), value);
            }
        }
        for t in seen.transmittals {
            let is_about = ABOUT.contains(&t.datum.as_str()) && values.len() < MOST_VALUES;
            if let Some(locator) = is_about.then(|| t.locator.parse().ok()).flatten() {
                let value = Value {
                    bytes: Cow::Borrowed(t.value.as_bytes()),
                    span: t.span,
                    locator,
                    datum: &t.datum,
                };
                values.insert(t.locator.clone(), value);
            }
        }
        let mut said = Vec::new();
        let mut left = REPLAYED_BYTES;
        for value in values.values() {
            self.value(seen, value, &mut left, &mut said);
        }
        said
    }

    /// Words in one value, or in the parts of the address that it is.
    fn value(&self, seen: &Seen<'_>, value: &Value<'_>, left: &mut usize, said: &mut Vec<Said>) {
        let is_own = value.locator.field == FieldName::Url && value.locator.steps.is_empty();
        let end = match memchr::memchr(b'#', &value.bytes) {
            Some(end) if is_own => end,
            _ => value.bytes.len(),
        };
        for (step, part, text) in parts(&value.bytes[..end.min(LONGEST)], seen.limits) {
            for word in self.0.find(&text, part) {
                if word.list.pages_only && is_own {
                    continue;
                }
                let (locator, span) = value.part(step.as_ref(), seen, left);
                said.push(Said {
                    context: word.list.context,
                    basis: Basis::Pattern,
                    datum: value.datum.to_owned(),
                    place: place_of(&locator.field, &locator.steps),
                    locator: locator.to_string(),
                    span,
                    value: excerpt(&text, word.at),
                    matched: word.matched,
                    rule: word.list.slug.clone(),
                    source: word.list.citation(),
                });
            }
        }
    }
}

/// A value in which words are looked for.
struct Value<'v> {
    bytes: Cow<'v, [u8]>,
    span: Span,
    locator: Locator,
    datum: &'v str,
}

impl Value<'_> {
    /// The way to a part of it, gone again; that to the whole where the bounds
    /// do not allow it, or the part is not there.
    fn part(&self, step: Option<&Step>, seen: &Seen<'_>, left: &mut usize) -> (Locator, Span) {
        let whole = || (self.locator.clone(), self.span);
        let Some(step) = step else { return whole() };
        let mut locator = self.locator.clone();
        locator.steps.push(step.clone());
        let size = seen
            .exchange
            .field(&locator)
            .map_or(0, |field| field.range.len());
        let Some(rest) = left.checked_sub(size.saturating_mul(locator.steps.len() + 1)) else {
            return whole();
        };
        *left = rest;
        match replay(seen.exchange, &locator, seen.limits) {
            Ok(replayed) => (locator, replayed.span),
            Err(_) => whole(),
        }
    }
}

/// The parts of an address, or the whole of any other text.
fn parts(bytes: &[u8], limits: &DecodeLimits) -> Vec<(Option<Step>, Part, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let is_address = bytes.starts_with(b"http://") || bytes.starts_with(b"https://");
    if !is_address {
        return vec![(None, Part::Text, text(bytes))];
    }
    let look = Look {
        limits,
        most: 200,
        numbers: false,
        is_known: &|_| false,
    };
    let children = decode::children(bytes, &Hint::Url, &look).children;
    children
        .into_iter()
        .filter_map(|child| {
            let part = match &child.step {
                Step::Host => Part::Host,
                Step::Segment(_) => Part::Segment,
                Step::Query(_) => Part::Text,
                _ => return None,
            };
            Some((Some(child.step.clone()), part, text(&child.bytes)))
        })
        .collect()
}

/// Some of a text around a place in it.
pub(super) fn excerpt(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default().chars().count();
    let skip = before.saturating_sub(EXCERPT / 4);
    let mut shown: String = text.chars().skip(skip).take(EXCERPT).collect();
    if skip > 0 {
        shown.insert_str(0, "… ");
    }
    if text.chars().count() > skip + EXCERPT {
        shown.push_str(" …");
    }
    shown
}
