use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use affiant_model::{JsonKey, Step};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::sniff::Look;
use super::{Child, Escape, codes};

/// Nesting beyond this is left undecoded. `serde_json` itself stops at 128.
const DEEPEST: usize = 64;

/// Whether the text may be a JSON object, array or string.
pub(super) fn is_json(input: &[u8]) -> bool {
    let mut significant = input.iter().filter(|b| !b.is_ascii_whitespace());
    let first = significant.next();
    let last = significant.next_back();
    matches!(
        (first, last),
        (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')) | (Some(b'"'), Some(b'"'))
    )
}

/// Whether the text begins as only JSON does, so that it is worth a word when
/// it cannot be read as such.
pub(super) fn looks_like_json(input: &[u8]) -> bool {
    let mut significant = input.iter().filter(|b| !b.is_ascii_whitespace());
    let (first, second) = (significant.next(), significant.next());
    matches!(
        (first, second),
        (Some(b'{'), Some(b'"')) | (Some(b'['), Some(b'"' | b'{' | b'['))
    )
}

/// The first `most` strings, numbers and truth values of a JSON text, in order;
/// `None` where the input is not JSON or nested deeper than is read.
pub(super) fn children<'a>(input: &'a [u8], look: &Look<'_>) -> Option<Vec<Child<'a>>> {
    serde_json::from_slice::<&RawValue>(input).ok()?;
    let mut walk = Walk {
        input,
        at: 0,
        path: Vec::new(),
        found: Vec::new(),
        look,
    };
    walk.value()?;
    Some(walk.found)
}

/// Whether the text is the inside of a JSON string that every tool reads.
pub(crate) fn is_inside_of_string(text: &[u8]) -> bool {
    serde_json::from_slice::<String>(&[b"\"", text, b"\""].concat()).is_ok()
}

/// Whether stock tools read the value at `path` as we do: no object on the way
/// names the member twice (they take the last), and no string of the text has
/// half a surrogate pair.
pub(crate) fn is_unambiguous(input: &[u8], path: &[JsonKey]) -> bool {
    let Ok(mut value) = serde_json::from_slice::<&RawValue>(input) else {
        return false;
    };
    for key in path {
        let next = match (key, parts(value)) {
            (JsonKey::Item(index), Some(Parts::Items(items))) => items.get(*index).copied(),
            (JsonKey::Member(name, _), Some(Parts::Members(members))) => {
                let mut named = members.into_iter().filter(|(key, _)| is_named(key, name));
                let first = named.next();
                if named.next().is_some() {
                    None
                } else {
                    first.map(|(_, value)| value)
                }
            }
            _ => None,
        };
        let Some(next) = next else { return false };
        value = next;
    }
    !Escape::Json.has_lone_surrogate(input)
}

/// The value at `path`: strings unescaped, other values as written.
pub(super) fn select<'a>(input: &'a [u8], path: &[JsonKey]) -> Option<Child<'a>> {
    let mut value: &RawValue = serde_json::from_slice(input).ok()?;
    for key in path {
        value = match key {
            JsonKey::Item(index) => {
                let Parts::Items(items) = parts(value)? else {
                    return None;
                };
                items.get(*index).copied()?
            }
            JsonKey::Member(name, nth) => {
                let Parts::Members(members) = parts(value)? else {
                    return None;
                };
                let nth = usize::try_from(*nth).ok()?.checked_sub(1)?;
                members
                    .iter()
                    .filter(|(key, _)| is_named(key, name))
                    .nth(nth)?
                    .1
            }
        };
    }
    Some(leaf(input, value, path.to_vec()))
}

/// A walk through what is known to be JSON: values are found by what divides them.
struct Walk<'a, 'l> {
    input: &'a [u8],
    at: usize,
    path: Vec<JsonKey>,
    found: Vec<Child<'a>>,
    look: &'l Look<'l>,
}

impl Walk<'_, '_> {
    /// The next byte that is not white space.
    fn token(&mut self) -> Option<u8> {
        let rest = self.input.get(self.at..)?;
        let blanks = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        self.at += blanks;
        rest.get(blanks).copied()
    }

    /// Passes over a token, of a container the bracket or the comma before its next
    /// member; whether there is one.
    fn next_in(&mut self, close: u8) -> Option<bool> {
        let mut token = self.token()?;
        if token == b',' {
            self.at += 1;
            token = self.token()?;
        }
        let closes = token == close;
        self.at += usize::from(closes);
        Some(!closes)
    }

    fn value(&mut self) -> Option<()> {
        if self.path.len() > DEEPEST {
            return None;
        }
        let first = self.token()?;
        if self.found.len() >= self.look.most {
            self.pass(first);
            return Some(());
        }
        match first {
            b'[' | b'{' if self.codes() => {}
            b'[' => {
                self.at += 1;
                let mut index = 0;
                while self.next_in(b']')? {
                    self.below(JsonKey::Item(index))?;
                    index += 1;
                }
            }
            b'{' => {
                self.at += 1;
                let mut seen: BTreeMap<Cow<'_, str>, u32> = BTreeMap::new();
                while self.next_in(b'}')? {
                    let key = self.string();
                    self.escaped_name(&key);
                    let name = name_of(self.input.get(key).unwrap_or_default());
                    let owned = name.clone().into_owned();
                    let nth = seen.entry(name).or_default();
                    *nth += 1;
                    let nth = *nth;
                    self.token()?;
                    self.at += 1;
                    self.below(JsonKey::Member(owned, nth))?;
                }
            }
            b'"' => {
                let inside = self.string();
                self.leaf(inside, Escape::Json);
            }
            first => {
                let start = self.at;
                self.pass(first);
                if first != b'n' {
                    self.leaf(start..self.at, Escape::None);
                }
            }
        }
        Some(())
    }

    /// Passes over an array or object of numbers that are text or bytes, if it is one.
    fn codes(&mut self) -> bool {
        let rest = self.input.get(self.at..).unwrap_or_default();
        let length = codes::may_be(rest).then(|| codes::length(rest)).flatten();
        let Some(length) = length.filter(|length| *length < self.input.len()) else {
            return false;
        };
        let says = codes::sniff(&rest[..length], self.look).is_some();
        if says {
            let range = self.at..self.at + length;
            self.at = range.end;
            self.leaf(range, Escape::None);
        }
        says
    }

    fn below(&mut self, key: JsonKey) -> Option<()> {
        self.path.push(key);
        self.value()?;
        self.path.pop();
        Some(())
    }

    /// Passes over a string, and gives its inside.
    fn string(&mut self) -> Range<usize> {
        let start = self.at + 1;
        let mut from = start;
        loop {
            let rest = self.input.get(from..).unwrap_or_default();
            match memchr::memchr2(b'"', b'\\', rest) {
                Some(at) if rest[at] == b'\\' => from += at + 2,
                end => {
                    let end = from + end.unwrap_or(rest.len());
                    self.at = end + 1;
                    return start..end;
                }
            }
        }
    }

    /// Passes over a value that begins with `first`.
    fn pass(&mut self, first: u8) {
        let mut depth = 0_usize;
        let mut next = Some(first);
        while let Some(byte) = next {
            match byte {
                b'"' => {
                    self.string();
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                }
                b',' | b':' => self.at += 1,
                _ => {
                    let rest = self.input.get(self.at..).unwrap_or_default();
                    let ends = |b: &u8| b.is_ascii_whitespace() || b",:]}".contains(b);
                    self.at += rest.iter().position(ends).unwrap_or(rest.len());
                }
            }
            if depth == 0 {
                return;
            }
            next = self.token();
        }
    }

    /// A name that is written with escapes may carry data that a search of the
    /// text does not see.
    fn escaped_name(&mut self, inside: &Range<usize>) {
        let name = self.input.get(inside.clone()).unwrap_or_default();
        if !Escape::Json.is_plain(name) {
            self.found.push(Child::part(
                Step::Bytes(inside.clone()),
                self.input,
                inside.clone(),
                Escape::None,
            ));
        }
    }

    fn leaf(&mut self, range: Range<usize>, escape: Escape) {
        let step = Step::Json(self.path.clone());
        self.found
            .push(Child::part(step, self.input, range, escape));
    }
}

fn leaf<'a>(input: &'a [u8], value: &RawValue, path: Vec<JsonKey>) -> Child<'a> {
    let range = range_of(input, value.get());
    let step = Step::Json(path);
    if value.get().starts_with('"') {
        Child::part(step, input, range.start + 1..range.end - 1, Escape::Json)
    } else {
        Child::part(step, input, range, Escape::None)
    }
}

/// Where `part`, a slice of `whole`, begins and ends in it.
fn range_of(whole: &[u8], part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    start..start + part.len()
}

/// The name of a member, given without its quotation marks, its escapes undone.
fn name_of(inside: &[u8]) -> Cow<'_, str> {
    match Escape::Json.decode(inside) {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// Whether a key, given with its quotation marks, is that name.
fn is_named(key: &RawValue, name: &str) -> bool {
    let key = key.get();
    name_of(key.get(1..key.len() - 1).unwrap_or_default().as_bytes()) == name
}

/// One level of a JSON value.
enum Parts<'a> {
    Members(Vec<(&'a RawValue, &'a RawValue)>),
    Items(Vec<&'a RawValue>),
    Leaf,
    Null,
}

fn parts(value: &RawValue) -> Option<Parts<'_>> {
    match value.get().as_bytes().first()? {
        b'{' => serde_json::from_str(value.get())
            .ok()
            .map(|Members(members)| Parts::Members(members)),
        b'[' => serde_json::from_str(value.get())
            .ok()
            .map(|Items(items)| Parts::Items(items)),
        b'n' => Some(Parts::Null),
        _ => Some(Parts::Leaf),
    }
}

/// The members of an object in order, those of the same name too.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

struct Items<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
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
        deserializer.deserialize_map(Collect)
    }
}

impl<'de> Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(Collect)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn children(input: &[u8], most: usize) -> Option<Vec<Child<'_>>> {
        let limits = super::super::DecodeLimits::default();
        let look = Look {
            limits: &limits,
            most,
            numbers: true,
            is_known: &|_| false,
        };
        super::children(input, &look)
    }

    #[test]
    fn leaves_come_in_order_with_path_and_range() {
        let text = br#" {"a": ["x\"y", 2.50, null, {}], "a": true, "b c": "z"} "#;
        let found: Vec<_> = children(text, usize::MAX)
            .unwrap()
            .iter()
            .map(|c| format!("{} = {}", c.step, String::from_utf8_lossy(&c.bytes)))
            .collect();
        assert_eq!(
            found,
            [
                r#"json $.a[0] = x"y"#,
                "json $.a[1] = 2.50",
                "json $.a#2 = true",
                r#"json $["b\u0020c"] = z"#
            ]
        );
    }

    #[test]
    fn deep_nesting_is_refused_without_overflow() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(children(deep.as_bytes(), usize::MAX), None);
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i32>().prop_map(serde_json::Value::from),
            ".{0,12}".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
                prop::collection::btree_map(".{0,6}", inner, 0..6)
                    .prop_map(|m| serde_json::Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_leaf_is_selected_again_by_its_path(value in json(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_vec_pretty(&value) } else { serde_json::to_vec(&value) }.unwrap();
            for child in children(&text, usize::MAX).unwrap() {
                // Names that are written with escapes are given too.
                let Step::Json(path) = &child.step else { continue };
                prop_assert_eq!(select(&text, path), Some(child.clone()));
                prop_assert_eq!(child.escape.unwrap().decode(&text[child.range.clone()]), child.bytes.clone());
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            children(&bytes, usize::MAX);
        }
    }
}
