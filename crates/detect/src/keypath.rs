use std::borrow::Cow;
use std::str::FromStr;

use affiant_model::{JsonKey, Step};

/// One name or index on the way to a value, with the encodings left out: the
/// form parameter `extinfo` that holds a JSON array, and the JSON member
/// `extinfo` that holds a string of JSON, are both `extinfo[5]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A name, and which one of that name, from 1.
    Name(String, u32),
    Item(usize),
}

impl Key {
    /// Whether both are the same name or index, whichever one of that name.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Name(a, _), Self::Name(b, _)) => a == b,
            (Self::Item(a), Self::Item(b)) => a == b,
            _ => false,
        }
    }
}

/// The names and indices that a step adds.
pub(crate) fn keys_of(step: &Step) -> Vec<Key> {
    match step {
        Step::Query(s) | Step::Form(s) | Step::Cookie(s) | Step::Part(s) | Step::Zip(s) => {
            vec![Key::Name(s.name.clone(), s.nth)]
        }
        Step::Segment(number) => vec![Key::Name(format!("segment {number}"), 1)],
        Step::Host => vec![Key::Name("host".to_owned(), 1)],
        Step::Protobuf(path) => path
            .iter()
            .map(|key| Key::Name(key.number.to_string(), key.nth))
            .collect(),
        Step::Json(path) | Step::MessagePack(path) | Step::Cbor(path) => path
            .iter()
            .map(|key| match key {
                JsonKey::Member(name, nth) => Key::Name(name.clone(), *nth),
                JsonKey::Item(index) => Key::Item(*index),
            })
            .collect(),
        Step::Fragment => vec![Key::Name("fragment".to_owned(), 1)],
        Step::Line(number) => vec![Key::Item(
            usize::try_from(*number)
                .unwrap_or(usize::MAX)
                .saturating_sub(1),
        )],
        Step::Base64
        | Step::Gzip
        | Step::Zlib
        | Step::Deflate
        | Step::Brotli
        | Step::Zstd
        | Step::Bzip2
        | Step::Hex
        | Step::Base32
        | Step::Base32Hex
        | Step::Base58
        | Step::Base36
        | Step::Base62
        | Step::Base62Inverted
        | Step::Base91
        | Step::Substituted
        | Step::Lz4
        | Step::Snappy
        | Step::Base85
        | Step::Ascii85
        | Step::Z85
        | Step::Uuencode
        | Step::Reversed
        | Step::Latin1
        | Step::Codes
        | Step::LzString
        | Step::Utf16Le
        | Step::Utf16Be
        | Step::Entities
        | Step::Percent
        | Step::Unescape
        | Step::Script
        | Step::PercentU
        | Step::Octal
        | Step::QuotedPrintable
        | Step::Number(_)
        | Step::Bytes(_) => Vec::new(),
    }
}

/// The last name that a step adds, as [`keys_of`] gives it.
pub(crate) fn last_name_of(step: &Step) -> Option<Cow<'_, str>> {
    match step {
        Step::Query(s) | Step::Form(s) | Step::Cookie(s) | Step::Part(s) => {
            Some(Cow::Borrowed(&s.name))
        }
        Step::Json(path) | Step::MessagePack(path) | Step::Cbor(path) => {
            path.iter().rev().find_map(|key| match key {
                JsonKey::Member(name, _) => Some(Cow::Borrowed(name.as_str())),
                JsonKey::Item(_) => None,
            })
        }
        _ => {
            let keys = keys_of(step);
            name_of(&keys).map(|name| Cow::Owned(name.to_owned()))
        }
    }
}

/// The way to a value, as text: names with `.` between them, items as `[]`.
pub(crate) fn written(keys: &[Key]) -> String {
    let mut text = String::new();
    for key in keys {
        match key {
            Key::Name(name, _) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.extend(name.chars().take(80));
            }
            Key::Item(_) => text.push_str("[]"),
        }
    }
    text
}

/// The last name on the way to a value.
pub(crate) fn name_of(keys: &[Key]) -> Option<&str> {
    keys.iter().rev().find_map(|key| match key {
        Key::Name(name, _) => Some(name.as_str()),
        Key::Item(_) => None,
    })
}

/// A pattern of key paths: `extinfo[5]`, `custom_events[*]._eventName`, `metadata.*`;
/// `"ud[em]"` is one name, and `"ep."*` any name that begins so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyPattern(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Name(String),
    Item(usize),
    AnyItem,
    /// Any name that begins so.
    AnyName(String),
}

impl KeyPattern {
    /// Whether the pattern matches; then the indices and names that stood for
    /// `[*]` and `.*`, in order.
    pub(crate) fn matches<'k>(&self, keys: &'k [Key]) -> Option<Vec<&'k Key>> {
        if keys.len() != self.0.len() {
            return None;
        }
        let mut stood_for = Vec::new();
        for (part, key) in self.0.iter().zip(keys) {
            match (part, key) {
                (Part::Name(wanted), Key::Name(name, _)) if wanted == name => {}
                (Part::Item(wanted), Key::Item(index)) if wanted == index => {}
                (Part::AnyItem, Key::Item(_)) => stood_for.push(key),
                (Part::AnyName(begin), Key::Name(name, _)) if name.starts_with(begin) => {
                    stood_for.push(key);
                }
                _ => return None,
            }
        }
        Some(stood_for)
    }

    /// The key path that the pattern means when its stars stand for `keys`;
    /// of several of one name, the first.
    pub(crate) fn with(&self, stood_for: &[&Key]) -> Option<Vec<Key>> {
        let mut stars = stood_for.iter();
        self.0
            .iter()
            .map(|part| match part {
                Part::Name(name) => Some(Key::Name(name.clone(), 1)),
                Part::Item(index) => Some(Key::Item(*index)),
                Part::AnyItem | Part::AnyName(_) => stars.next().map(|key| (*key).clone()),
            })
            .collect()
    }
}

impl FromStr for KeyPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused =
            || format!("`{text}` is not a key path such as `extinfo[5]` or `events[*].name`");
        let mut parts = Vec::new();
        let mut rest = text;
        loop {
            let (part, mut tail) = if let Some(quoted) = rest.strip_prefix('"') {
                let (name, tail) = quoted.split_once('"').ok_or_else(refused)?;
                match tail.strip_prefix('*') {
                    Some(tail) => (Some(Part::AnyName(name.to_owned())), tail),
                    None => (Some(Part::Name(name.to_owned())), tail),
                }
            } else {
                let (name, tail) = rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()));
                let part = match name {
                    // Only the whole value may be a list without a name.
                    "" if parts.is_empty() && tail.starts_with('[') => None,
                    "" => return Err(refused()),
                    "*" => Some(Part::AnyName(String::new())),
                    name => Some(Part::Name(name.to_owned())),
                };
                (part, tail)
            };
            parts.extend(part);
            while let Some(indexed) = tail.strip_prefix('[') {
                let (index, after) = indexed.split_once(']').ok_or_else(refused)?;
                parts.push(match index {
                    "*" => Part::AnyItem,
                    digits => Part::Item(digits.parse().map_err(|_| refused())?),
                });
                tail = after;
            }
            if tail.is_empty() {
                break;
            }
            rest = tail.strip_prefix('.').ok_or_else(refused)?;
        }
        Ok(Self(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_keys_and_say_what_stood_for_the_star() {
        let keys = [
            Key::Name("events".into(), 1),
            Key::Item(3),
            Key::Name("device".into(), 1),
        ];
        let matches = |text: &str| {
            text.parse::<KeyPattern>()
                .unwrap()
                .matches(&keys)
                .map(|s| s.len())
        };
        assert_eq!(matches("events[3].device"), Some(0));
        assert_eq!(matches("events[*].*"), Some(2));
        assert_eq!(matches("events[2].device"), None);
        assert_eq!(matches("events[*]"), None);
    }

    #[test]
    fn the_last_name_of_a_step_is_that_of_its_keys() {
        for written in [
            "query a",
            "form b#2",
            "cookie c",
            "part d",
            "segment 2",
            "host",
            "json $.a[0].b[1]",
            "json $[0]",
            "cbor $.x",
            "protobuf 3#2.1",
            "fragment",
            "line 4",
            "base64",
        ] {
            let step: Step = written.parse().unwrap();
            let keys = keys_of(&step);
            assert_eq!(last_name_of(&step).as_deref(), name_of(&keys), "{written}");
        }
    }

    #[test]
    fn a_quoted_name_may_hold_what_divides_a_path() {
        let matches = |text: &str, name: &str| {
            let keys = [Key::Name(name.into(), 1)];
            text.parse::<KeyPattern>().unwrap().matches(&keys).is_some()
        };
        assert!(matches("\"ud[em]\"", "ud[em]"));
        assert!(matches("\"ep.\"*", "ep.title"));
        assert!(!matches("\"ep.\"*", "epn.value"));
    }

    #[test]
    fn what_is_no_key_path_is_refused() {
        for bad in ["", "a..b", "a[", "a[x]", "a[1", "a.", "\"a", "\"a\"b"] {
            assert!(bad.parse::<KeyPattern>().is_err(), "{bad}");
        }
    }
}
