use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use affiant_model::{JsonKey, Step};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{Child, Escape};

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
pub(super) fn children(input: &[u8], most: usize) -> Option<Vec<Child<'_>>> {
    let root: &RawValue = serde_json::from_slice(input).ok()?;
    let mut walk = Walk {
        input,
        path: Vec::new(),
        found: Vec::new(),
        most,
    };
    walk.value(root)?;
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
                let mut named = members.into_iter().filter(|(key, _)| name_of(key) == *name);
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
                    .filter(|(key, _)| name_of(key) == *name)
                    .nth(nth)?
                    .1
            }
        };
    }
    Some(leaf(input, value, path.to_vec()))
}

struct Walk<'a> {
    input: &'a [u8],
    path: Vec<JsonKey>,
    found: Vec<Child<'a>>,
    most: usize,
}

impl<'a> Walk<'a> {
    fn value(&mut self, value: &'a RawValue) -> Option<()> {
        if self.path.len() > DEEPEST {
            return None;
        }
        if self.found.len() >= self.most {
            return Some(());
        }
        match parts(value)? {
            Parts::Items(items) => items
                .into_iter()
                .enumerate()
                .try_for_each(|(index, item)| self.below(JsonKey::Item(index), item)),
            Parts::Members(members) => {
                let mut seen: BTreeMap<String, u32> = BTreeMap::new();
                members.into_iter().try_for_each(|(key, member)| {
                    self.escaped_name(key);
                    let name = name_of(key);
                    let nth = *seen
                        .entry(name.clone())
                        .and_modify(|n| *n += 1)
                        .or_insert(1);
                    self.below(JsonKey::Member(name, nth), member)
                })
            }
            Parts::Null => Some(()),
            Parts::Leaf => {
                self.found.push(leaf(self.input, value, self.path.clone()));
                Some(())
            }
        }
    }

    /// A name that is written with escapes may carry data that a search of the
    /// text does not see.
    fn escaped_name(&mut self, key: &RawValue) {
        if key.get().contains('\\') {
            let Range { start, end } = range_of(self.input, key.get());
            let inside = start + 1..end - 1;
            self.found.push(Child::part(
                Step::Bytes(inside.clone()),
                self.input,
                inside,
                Escape::None,
            ));
        }
    }

    fn below(&mut self, key: JsonKey, value: &'a RawValue) -> Option<()> {
        self.path.push(key);
        self.value(value)?;
        self.path.pop();
        Some(())
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

/// The name of a member, its escapes undone.
fn name_of(key: &RawValue) -> String {
    let inside = key.get().get(1..key.get().len() - 1).unwrap_or_default();
    String::from_utf8_lossy(&Escape::Json.decode(inside.as_bytes())).into_owned()
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
