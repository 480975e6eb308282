//! Values of a JSON text as they stand in it: each a slice of the text, so
//! that its place is known, decoded only where its content is needed.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A value of a JSON text, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A string, with its quotation marks.
    Text(&'a str),
    /// A number, `true` or `false`.
    Literal(&'a str),
    /// An object or an array.
    Compound(&'a str),
    /// `null`.
    Null,
}

impl<'a> Token<'a> {
    pub(super) fn of(value: &'a RawValue) -> Self {
        let text = value.get();
        match text.as_bytes().first() {
            Some(b'"') => Self::Text(text),
            Some(b'{' | b'[') => Self::Compound(text),
            Some(b'n') | None => Self::Null,
            _ => Self::Literal(text),
        }
    }

    /// The content of a string, decoded, or a literal as written.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(token) => Some(lossy(bytes_of(token))),
            Self::Literal(token) => Some(Cow::Borrowed(token)),
            Self::Compound(_) | Self::Null => None,
        }
    }

    /// The members of an object that have one of `names`; `None` where the
    /// value is not an object.
    pub(super) fn members(self, names: &'static [&'static str]) -> Option<Wanted<'a>> {
        match self {
            Self::Compound(text) => wanted(text, names).ok(),
            Self::Text(_) | Self::Literal(_) | Self::Null => None,
        }
    }

    /// Visits the items of an array; `false` where the value is not an array.
    pub(super) fn items(self, visit: &mut dyn FnMut(Self)) -> bool {
        match self {
            Self::Compound(text) => each_item(text, &mut |item| visit(Self::of(item))).is_ok(),
            Self::Text(_) | Self::Literal(_) | Self::Null => false,
        }
    }

    /// Whether the value says yes: neither null, false, zero nor empty.
    pub(super) fn is_affirmed(self) -> bool {
        match self {
            Self::Compound(text) => text.bytes().any(|b| !b"{}[] \t\r\n".contains(&b)),
            _ => self
                .text()
                .is_some_and(|text| !matches!(text.trim(), "" | "0" | "false" | "null" | "-1")),
        }
    }

    /// The value as a number, also where it is written as a string.
    pub(super) fn number(self) -> Option<f64> {
        self.text()?
            .trim()
            .parse()
            .ok()
            .filter(|n: &f64| n.is_finite())
    }
}

/// The content of a JSON string, given with its quotation marks. A lone
/// surrogate, which has no UTF-8 form, comes out as three bytes that are not
/// UTF-8 (WTF-8).
pub(super) fn bytes_of(token: &str) -> Cow<'_, [u8]> {
    let inside = token
        .get(1..token.len().saturating_sub(1))
        .unwrap_or_default();
    if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
        return Cow::Borrowed(inside.as_bytes());
    }
    serde_json::Deserializer::from_str(token)
        .deserialize_bytes(Bytes)
        .unwrap_or(Cow::Borrowed(inside.as_bytes()))
}

struct Bytes;

impl<'de> Visitor<'de> for Bytes {
    type Value = Cow<'de, [u8]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(Cow::Owned(bytes.to_vec()))
    }

    fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(bytes))
    }
}

/// The name of a member, decoded.
struct Key<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_bytes(Bytes)
            .map(|bytes| Self(lossy(bytes)))
    }
}

/// The name of a member, given with its quotation marks, decoded.
pub(super) fn name_of(key: &str) -> Cow<'_, str> {
    lossy(bytes_of(key))
}

fn lossy(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(
            String::from_utf8(bytes)
                .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()),
        ),
    }
}

/// Where `part`, a slice of `text`, lies in it.
pub(super) fn range_in(text: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    let end = start.wrapping_add(part.len());
    if start <= end && end <= text.len() {
        start..end
    } else {
        0..0
    }
}

/// Visits the members of an object in order, names decoded.
///
/// # Errors
///
/// The text is not JSON, or not an object.
pub(super) fn each_member<'a>(
    object: &'a str,
    visit: &mut dyn FnMut(&str, &'a RawValue),
) -> Result<(), serde_json::Error> {
    struct Members<'v, 'a>(&'v mut dyn FnMut(&str, &'a RawValue));

    impl<'a> Visitor<'a> for Members<'_, 'a> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some((Key(name), value)) = map.next_entry::<Key<'a>, &'a RawValue>()? {
                (self.0)(&name, value);
            }
            Ok(())
        }
    }

    let mut reader = serde_json::Deserializer::from_str(object);
    reader.deserialize_map(Members(visit))?;
    reader.end()
}

/// Visits the items of an array in order.
///
/// # Errors
///
/// The text is not JSON, or not an array.
pub(super) fn each_item<'a>(
    array: &'a str,
    visit: &mut dyn FnMut(&'a RawValue),
) -> Result<(), serde_json::Error> {
    struct Items<'v, 'a>(&'v mut dyn FnMut(&'a RawValue));

    impl<'a> Visitor<'a> for Items<'_, 'a> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
            while let Some(item) = items.next_element::<&'a RawValue>()? {
                (self.0)(item);
            }
            Ok(())
        }
    }

    serde_json::Deserializer::from_str(array).deserialize_seq(Items(visit))
}

/// The members of an object that somebody asked for. As in every common
/// reader, the last of several with one name counts.
pub(super) struct Wanted<'a> {
    names: &'static [&'static str],
    values: Vec<Token<'a>>,
    /// The names that occur more than once.
    pub(super) repeated: Vec<&'static str>,
}

impl<'a> Wanted<'a> {
    /// An object with none of the members.
    pub(super) fn none(names: &'static [&'static str]) -> Self {
        Self {
            names,
            values: vec![Token::Null; names.len()],
            repeated: Vec::new(),
        }
    }

    /// Sets the value of the member with that index, which may be one again.
    pub(super) fn set(&mut self, index: usize, value: Token<'a>, again: bool) {
        let (Some(slot), Some(name)) = (self.values.get_mut(index), self.names.get(index)) else {
            return;
        };
        *slot = value;
        if again && !self.repeated.contains(name) {
            self.repeated.push(*name);
        }
    }

    /// The value of a member; `null` where it is absent or was not asked for.
    pub(super) fn get(&self, name: &str) -> Token<'a> {
        self.names
            .iter()
            .position(|wanted| *wanted == name)
            .and_then(|at| self.values.get(at).copied())
            .unwrap_or(Token::Null)
    }

    /// The members of an object that is a member; none where it is no object.
    pub(super) fn part(&self, name: &str, names: &'static [&'static str]) -> Self {
        self.get(name)
            .members(names)
            .unwrap_or_else(|| Self::none(names))
    }
}

/// Picks members out of an object by name.
///
/// # Errors
///
/// The text is not JSON, or not an object.
pub(super) fn wanted<'a>(
    object: &'a str,
    names: &'static [&'static str],
) -> Result<Wanted<'a>, serde_json::Error> {
    let mut found = Wanted::none(names);
    let mut seen = vec![false; names.len()];
    each_member(object, &mut |name, value| {
        if let Some(at) = names.iter().position(|wanted| *wanted == name) {
            let again = std::mem::replace(&mut seen[at], true);
            found.set(at, Token::of(value), again);
        }
    })?;
    Ok(found)
}

/// Bytes of `text` before the place that an error of the parser names.
pub(super) fn offset_of(text: &str, error: &serde_json::Error) -> usize {
    let line_start = if error.line() <= 1 {
        0
    } else {
        memchr::memchr_iter(b'\n', text.as_bytes())
            .nth(error.line() - 2)
            .map_or(0, |newline| newline + 1)
    };
    (line_start + error.column().saturating_sub(1)).min(text.len())
}

/// The bytes as text, with `?` for each byte that is not UTF-8: how many there
/// are, and where the first is.
pub(super) fn readable(raw: &[u8]) -> (Cow<'_, str>, Option<(usize, usize)>) {
    let first = match std::str::from_utf8(raw) {
        Ok(text) => return (Cow::Borrowed(text), None),
        Err(error) => error.valid_up_to(),
    };
    let mut text = String::with_capacity(raw.len());
    let mut count = 0;
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        for _ in chunk.invalid() {
            text.push('?');
            count += 1;
        }
    }
    (Cow::Owned(text), Some((count, first)))
}

/// What the parser says, without the place, which the defect has.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}

/// JSON of any kind, for tests that hold two readings of it against each other.
#[cfg(test)]
pub(super) mod any {
    use proptest::prelude::*;

    /// A value whose numbers are of the form `number`, a regular expression.
    pub(in super::super) fn value(number: &'static str) -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            number,
            Just("null".to_owned()),
            Just("false".to_owned()),
            r#""([a-c{}\[\],:é ]|\\"|\\\\|\\u00e9|\\n|\\/|[a-z ]{30,80}){0,9}""#,
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let value = ("[ \n\t]{0,2}", inner, "[ \r]{0,2}")
                .prop_map(|(before, value, after)| format!("{before}{value}{after}"));
            let name = prop_oneof![
                Just("a"),
                Just("b"),
                Just(r"\u0061"),
                Just("url"),
                Just(r#"é\""#)
            ];
            let member =
                (name, value.clone()).prop_map(|(name, value)| format!("\"{name}\" :{value}"));
            prop_oneof![
                prop::collection::vec(value, 0..5)
                    .prop_map(|items| format!("[{}]", items.join(","))),
                prop::collection::vec(member, 0..5)
                    .prop_map(|items| format!("{{{}}}", items.join(","))),
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_surrogate_does_not_hide_the_rest() {
        assert_eq!(bytes_of(r#""a\ud800b""#).as_ref(), b"a\xed\xa0\x80b");
        let token = Token::Text(r#""a\ud800b\ud83d\ude00""#);
        assert!(
            token
                .text()
                .is_some_and(|t| t.starts_with('a') && t.ends_with("b😀"))
        );
        let mut names = Vec::new();
        each_member(r#"{"\udc00":1,"x":2}"#, &mut |name, _| {
            names.push(name.to_owned())
        })
        .unwrap();
        assert_eq!(names[1], "x");
    }

    #[test]
    fn an_error_is_placed_at_the_byte() {
        let text = "{\n \"a\": 1,\n \"b\": ?\n}";
        let error = each_member(text, &mut |_, _| {}).unwrap_err();
        assert_eq!(&text[offset_of(text, &error)..][..1], "?");
    }
}
