//! Binary encodings of JSON-like values: MessagePack and CBOR. Both are read by
//! one walk over their items; strings and numbers are found where they stand.

mod token;

use std::collections::BTreeMap;
use std::ops::Range;

use affiant_model::{JsonKey, Step};

use super::guess::is_text;
use super::number::{MOST_NUMBERS, Wire};
use super::{Child, Escape};
use token::{Token, cbor, messagepack};

/// Nesting beyond this is left undecoded.
const DEEPEST: usize = 64;

/// The shortest input in which numbers alone are taken for a record.
const SHORTEST_OF_NUMBERS: usize = 8;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packed {
    /// MessagePack (msgpack/msgpack, `spec.md`, commit 8aa09e2).
    MessagePack,
    /// CBOR (RFC 8949).
    Cbor,
}

impl Packed {
    fn step(self, path: Vec<JsonKey>) -> Step {
        match self {
            Self::MessagePack => Step::MessagePack(path),
            Self::Cbor => Step::Cbor(path),
        }
    }

    fn token(self, input: &[u8], at: &mut usize) -> Option<Token> {
        match self {
            Self::MessagePack => messagepack(input, at),
            Self::Cbor => cbor(input, at),
        }
    }
}

/// Takes a value apart into its strings and numbers, the first `most` of them; `None` where
/// the input is not one map or array of this encoding with a name or a string of
/// text in it, nor CBOR that is tagged to be such.
pub(super) fn children(packed: Packed, input: &[u8], most: usize) -> Option<Vec<Child<'_>>> {
    let mut walk = Walk {
        packed,
        input,
        at: 0,
        path: Vec::new(),
        found: Vec::new(),
        number_count: 0,
        most,
        named: false,
    };
    if let Some(within) = tagged(packed, input) {
        walk.push(within, None);
        return Some(walk.found);
    }
    let first = walk.packed.token(input, &mut walk.at)?;
    if !matches!(first, Token::Map(_) | Token::Array(_)) {
        return None;
    }
    walk.item(first)?;
    let says = |child: &Child<'_>| {
        child.number.is_none()
            && child.bytes.len() >= 3
            && std::str::from_utf8(&child.bytes).is_ok()
    };
    let is_meant = walk.named || walk.found.iter().any(says);
    let has_strings = walk.found.iter().any(|child| child.number.is_none());
    let is_enough = has_strings || (walk.named && input.len() >= SHORTEST_OF_NUMBERS);
    (walk.at == input.len() && is_meant && is_enough && !walk.found.is_empty())
        .then_some(walk.found)
}

/// The bytes of an item of CBOR that are tagged to be CBOR themselves and are all of the
/// input (RFC 8949 §3.4.5.1).
fn tagged(packed: Packed, input: &[u8]) -> Option<Range<usize>> {
    const ENCODED_ITEM: &[u8] = b"\xd8\x18";
    let mut at = 0;
    let is_tagged = packed == Packed::Cbor && input.starts_with(ENCODED_ITEM);
    match is_tagged.then(|| cbor(input, &mut at)).flatten()? {
        Token::String(range) if at == input.len() && !range.is_empty() => Some(range),
        _ => None,
    }
}

/// The string or number at `path`.
pub(super) fn select<'a>(packed: Packed, input: &'a [u8], path: &[JsonKey]) -> Option<Child<'a>> {
    let wanted = packed.step(path.to_vec());
    let mut children = children(packed, input, usize::MAX)?.into_iter();
    children.find(|child| child.step == wanted)
}

struct Walk<'a> {
    packed: Packed,
    input: &'a [u8],
    at: usize,
    path: Vec<JsonKey>,
    found: Vec<Child<'a>>,
    /// How many of those found are numbers.
    number_count: usize,
    most: usize,
    /// Whether a map named a member by text.
    named: bool,
}

impl Walk<'_> {
    fn next(&mut self) -> Option<Token> {
        self.packed.token(self.input, &mut self.at)
    }

    fn item(&mut self, token: Token) -> Option<()> {
        match token {
            Token::String(range) => {
                self.push(range, None);
                Some(())
            }
            Token::Number(_, wire, range) => {
                self.push(range, Some(wire));
                Some(())
            }
            Token::Other => Some(()),
            Token::Break => None,
            Token::Array(count) => self.array(count),
            Token::Map(count) => self.map(count),
        }
    }

    fn push(&mut self, range: Range<usize>, number: Option<Wire>) {
        // One number more than is read, so that it is seen that there are more.
        let is_within = match number {
            Some(_) => self.number_count <= MOST_NUMBERS,
            None => self.found.len() - self.number_count < self.most,
        };
        if is_within && !range.is_empty() {
            self.number_count += usize::from(number.is_some());
            let step = self.packed.step(self.path.clone());
            let child = Child::part(step, self.input, range, Escape::None);
            self.found.push(Child { number, ..child });
        }
    }

    fn array(&mut self, count: Option<u64>) -> Option<()> {
        let mut index = 0;
        while count.is_none_or(|count| (index as u64) < count) {
            let token = self.next()?;
            if matches!(token, Token::Break) {
                return count.is_none().then_some(());
            }
            self.within(JsonKey::Item(index), token)?;
            index += 1;
        }
        Some(())
    }

    fn map(&mut self, count: Option<u64>) -> Option<()> {
        let mut names: BTreeMap<String, u32> = BTreeMap::new();
        let mut read = 0;
        while count.is_none_or(|count| read < count) {
            let name = match self.next()? {
                Token::Break => return count.is_none().then_some(()),
                Token::String(range) => {
                    let bytes = self.input.get(range)?;
                    self.named |= is_text(bytes);
                    String::from_utf8(bytes.to_vec()).ok()?
                }
                Token::Number(Some(key), ..) => key.to_string(),
                _ => return None,
            };
            let nth = names.entry(name.clone()).or_default();
            *nth += 1;
            let key = JsonKey::Member(name, *nth);
            let token = self.next()?;
            self.within(key, token)?;
            read += 1;
        }
        Some(())
    }

    fn within(&mut self, key: JsonKey, token: Token) -> Option<()> {
        if self.path.len() >= DEEPEST {
            return None;
        }
        self.path.push(key);
        self.item(token)?;
        self.path.pop();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(packed: Packed, input: &[u8]) -> Option<Vec<(String, String)>> {
        let children = children(packed, input, 100)?;
        for child in &children {
            let path = match &child.step {
                Step::MessagePack(path) | Step::Cbor(path) => path,
                other => panic!("{other}"),
            };
            assert_eq!(select(packed, input, path).as_ref(), Some(child));
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Some(
            children
                .iter()
                .map(|c| (c.step.to_string(), text(&c.bytes)))
                .collect(),
        )
    }

    fn pair(a: &str, b: &str) -> (String, String) {
        (a.to_owned(), b.to_owned())
    }

    #[test]
    fn messagepack_is_read_as_its_specification_writes_it() {
        // {"compact": "true!", "list": [7, "ann@example.com", nil], "raw": bin 2}
        let input = b"\x83\xa7compact\xa5true!\xa4list\x93\x07\xafann@example.com\xc0\xa3raw\xc4\x02\xff\xfe";
        let found = steps(Packed::MessagePack, input).unwrap();
        assert_eq!(found[0], pair("msgpack $.compact", "true!"));
        assert_eq!(found[1], pair("msgpack $.list[0]", "\x07"));
        assert_eq!(found[2], pair("msgpack $.list[1]", "ann@example.com"));
        assert_eq!(found.len(), 4);
        assert_eq!(steps(Packed::MessagePack, &input[..input.len() - 1]), None);
    }

    #[test]
    fn cbor_is_read_as_its_rfc_writes_it() {
        // RFC 8949, appendix A: {"a": "A", "b": "B", …} and [_ 1, [2, 3]], made longer.
        let input = b"\xa2\x61a\x6fann@example.com\x61b\x9f\x01\xc0\x74hello\x32013-03-21T20:0\xff";
        let found = steps(Packed::Cbor, input).unwrap();
        assert_eq!(found[0], pair("cbor $.a", "ann@example.com"));
        assert_eq!(found[1], pair("cbor $.b[0]", "\x01"));
        assert_eq!(found[2].0, "cbor $.b[1]");
        assert_eq!(steps(Packed::Cbor, &input[..input.len() - 1]), None);
        assert_eq!(steps(Packed::Cbor, b"plain text"), None);
    }

    #[test]
    fn an_item_that_is_tagged_to_be_cbor_is_given_and_any_number_of_tags_is_passed() {
        // RFC 8949 §3.4.5.1, around {"e": "ann@example.com"}, and within a map.
        let item = b"\xa1\x61e\x6fann@example.com";
        let tagged = [&b"\xd8\x18\x53"[..], item].concat();
        let found = children(Packed::Cbor, &tagged, 9).unwrap();
        assert_eq!(found[0].step.to_string(), "cbor $");
        assert_eq!(&*found[0].bytes, item);
        assert_eq!(select(Packed::Cbor, &tagged, &[]).as_ref(), found.first());
        let within = [&b"\xa1\x61v"[..], &tagged].concat();
        let found = children(Packed::Cbor, &within, 9).unwrap();
        assert_eq!(&*found[0].bytes, item);
        let tags = [vec![0xc1; 1 << 20], item.to_vec()].concat();
        assert_eq!(children(Packed::Cbor, &tags, 9).unwrap().len(), 1);
        assert_eq!(children(Packed::Cbor, &tags[..1 << 20], 9), None);
    }

    #[test]
    fn numbers_are_found_behind_their_marks() {
        // {"lat": 37.774929, "id": 490154203237518, "n": -1000}, the last only in CBOR.
        let packed = b"\x82\xa3lat\xcb\x40\x42\xe3\x30\xdf\x9b\xdc\x6a\xa2id\xcf\0\x01\xbd\xca\xfe\xf7\x3b\x0e";
        let found = children(Packed::MessagePack, packed, 9).unwrap();
        let of = |c: &Child<'_>| (c.step.to_string(), c.number, c.range.clone());
        assert_eq!(
            of(&found[0]),
            ("msgpack $.lat".to_owned(), Some(Wire::Float), 6..14)
        );
        assert_eq!(
            of(&found[1]),
            ("msgpack $.id".to_owned(), Some(Wire::Unsigned), 18..26)
        );
        let cbor = b"\xa2\x63lat\xfa\x42\x17\x19\x87\x61n\x39\x03\xe7";
        let found = children(Packed::Cbor, cbor, 9).unwrap();
        assert_eq!(
            of(&found[0]),
            ("cbor $.lat".to_owned(), Some(Wire::Float), 6..10)
        );
        assert_eq!(
            of(&found[1]),
            ("cbor $.n".to_owned(), Some(Wire::Negative), 13..15)
        );
        assert_eq!(children(Packed::MessagePack, b"\x81\xa1v\x07", 9), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            for packed in [Packed::MessagePack, Packed::Cbor] {
                let _ = children(packed, &bytes, 50);
            }
        }
    }
}
