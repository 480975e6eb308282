//! JSON in which each value keeps its place in the exhibit.

use std::fmt;

use affiant_model::Span;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::{Error, MAX_BYTES};

/// A value of a JSON text, with the byte at which it begins in the exhibit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a> {
    raw: &'a str,
    offset: u64,
}

impl<'a> Node<'a> {
    /// Reads a whole file.
    pub(crate) fn of_file(bytes: &'a [u8]) -> Result<Self, Error> {
        let text = text_of(bytes)?;
        let bom = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self::parse(&text[bom..], bom as u64)
    }

    /// Reads a text that begins `offset` bytes into the exhibit.
    pub(crate) fn parse(text: &'a str, offset: u64) -> Result<Self, Error> {
        let raw: &RawValue =
            serde_json::from_str(text).map_err(|error| Error::NotJson(error.to_string()))?;
        Ok(Self::within(raw, text, offset))
    }

    /// Reads the value with which a text begins, whatever follows it.
    pub(crate) fn first_of(text: &'a str, offset: u64) -> Option<Self> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        let raw = values.next()?.ok()?;
        Some(Self::within(raw, text, offset))
    }

    fn within(raw: &'a RawValue, text: &str, offset: u64) -> Self {
        let raw = raw.get();
        let from = (raw.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        Self {
            raw,
            offset: offset + from as u64,
        }
    }

    /// The bytes of the exhibit.
    pub(crate) const fn span(&self) -> Span {
        Span::new(self.offset, self.raw.len() as u64)
    }

    /// The value as it stands in the exhibit.
    pub(crate) const fn raw(&self) -> &'a str {
        self.raw
    }

    /// The members of an object in their order, a name that stands twice twice;
    /// empty for anything else.
    pub(crate) fn members(&self) -> Vec<(String, Self)> {
        if !self.raw.starts_with('{') {
            return Vec::new();
        }
        let members: Members<'a> = serde_json::from_str(self.raw).unwrap_or_default();
        members
            .0
            .into_iter()
            .map(|(name, raw)| (name, Self::within(raw, self.raw, self.offset)))
            .collect()
    }

    /// The items of an array; empty for anything else.
    pub(crate) fn items(&self) -> Vec<Self> {
        if !self.raw.starts_with('[') {
            return Vec::new();
        }
        let items: Vec<&'a RawValue> = serde_json::from_str(self.raw).unwrap_or_default();
        items
            .into_iter()
            .map(|raw| Self::within(raw, self.raw, self.offset))
            .collect()
    }

    /// The member of that name; of several the last, as other readers take it.
    pub(crate) fn get(&self, name: &str) -> Option<Self> {
        self.members()
            .into_iter()
            .rev()
            .find_map(|(found, node)| (found == name).then_some(node))
    }

    /// The item of that number.
    pub(crate) fn item(&self, index: usize) -> Option<Self> {
        self.items().get(index).copied()
    }

    /// The text of a string.
    pub(crate) fn text(&self) -> Option<String> {
        serde_json::from_str(self.raw).ok()
    }

    /// A whole number of no sign.
    pub(crate) fn number(&self) -> Option<u64> {
        serde_json::from_str(self.raw).ok()
    }

    /// `true` or `false`.
    pub(crate) fn truth(&self) -> Option<bool> {
        serde_json::from_str(self.raw).ok()
    }

    /// Whether it is an array.
    pub(crate) fn is_array(&self) -> bool {
        self.raw.starts_with('[')
    }

    /// Whether it is an object.
    pub(crate) fn is_object(&self) -> bool {
        self.raw.starts_with('{')
    }

    /// The text of the member of that name; empty where it has none.
    pub(crate) fn text_at(&self, name: &str) -> String {
        self.get(name)
            .and_then(|node| node.text())
            .unwrap_or_default()
    }
}

/// The text of an exhibit that is small enough.
pub(crate) fn text_of(bytes: &[u8]) -> Result<&str, Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::TooLarge(bytes.len()));
    }
    std::str::from_utf8(bytes).map_err(|error| Error::NotText(error.valid_up_to()))
}

#[derive(Default)]
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_its_bytes_in_the_file() {
        let file = "\u{feff} {\"a\" : [ 1, {\"b\":\"x\\u0079\"} ] }".as_bytes();
        let node = Node::of_file(file).unwrap();
        let inner = node.get("a").unwrap().item(1).unwrap().get("b").unwrap();
        let span = inner.span();
        let range = usize::try_from(span.offset).unwrap()..usize::try_from(span.end()).unwrap();
        assert_eq!(&file[range], b"\"x\\u0079\"");
        assert_eq!(inner.text().as_deref(), Some("xy"));
        assert_eq!(node.get("a").unwrap().item(0).unwrap().number(), Some(1));
    }

    #[test]
    fn depth_without_end_is_refused_and_does_not_overflow() {
        let deep = "[".repeat(200_000);
        assert!(Node::of_file(deep.as_bytes()).is_err());
        let closed = format!("{}{}", deep, "]".repeat(200_000));
        if let Ok(node) = Node::of_file(closed.as_bytes()) {
            assert_eq!(node.items().len(), 1);
        }
    }

    #[test]
    fn what_is_no_json_or_too_large_is_an_error() {
        assert!(matches!(Node::of_file(b"{\"a\":"), Err(Error::NotJson(_))));
        assert!(matches!(Node::of_file(b"\xff"), Err(Error::NotText(0))));
        let large = vec![b' '; MAX_BYTES + 1];
        assert!(matches!(Node::of_file(&large), Err(Error::TooLarge(_))));
    }
}
