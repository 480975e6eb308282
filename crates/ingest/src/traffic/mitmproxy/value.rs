//! Values of a tnetstring, read where they stand: nothing is built but what is
//! asked for, so that neither depth nor number of values costs memory.

use std::borrow::Cow;
use std::ops::Range;

use super::frame::MOST_DIGITS;

/// The type of a value, by the byte behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// `,`: bytes.
    Bytes,
    /// `;`: text in UTF-8, an addition of mitmproxy to the format.
    Text,
    /// `#`.
    Integer,
    /// `^`.
    Float,
    /// `!`.
    Boolean,
    /// `~`.
    Null,
    /// `]`.
    List,
    /// `}`.
    Dict,
}

impl Tag {
    pub(super) const fn of(byte: u8) -> Option<Self> {
        Some(match byte {
            b',' => Self::Bytes,
            b';' => Self::Text,
            b'#' => Self::Integer,
            b'^' => Self::Float,
            b'!' => Self::Boolean,
            b'~' => Self::Null,
            b']' => Self::List,
            b'}' => Self::Dict,
            _ => return None,
        })
    }
}

/// A place at which the bytes are not a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken(pub(super) usize);

/// A value by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) tag: Tag,
    /// Its payload, between colon and tag, in the bytes of the flow.
    pub(super) range: Range<usize>,
}

impl Value {
    /// The value that is the whole of `raw`.
    pub(super) fn whole(raw: &[u8]) -> Result<Self, Broken> {
        let (value, end) = Self::next(raw, 0..raw.len())?;
        if end == raw.len() {
            Ok(value)
        } else {
            Err(Broken(end))
        }
    }

    /// The value that begins where `within` does, and the place behind it.
    fn next(raw: &[u8], within: Range<usize>) -> Result<(Self, usize), Broken> {
        let broken = Broken(within.start);
        let bytes = raw.get(within.clone()).unwrap_or_default();
        let digits = bytes.iter().take(MOST_DIGITS + 1);
        let digits = digits.take_while(|b| b.is_ascii_digit()).count();
        if !(1..=MOST_DIGITS).contains(&digits) || bytes.get(digits) != Some(&b':') {
            return Err(broken);
        }
        let length = std::str::from_utf8(&bytes[..digits])
            .ok()
            .and_then(|text| text.parse::<usize>().ok());
        let start = within.start + digits + 1;
        let end = length.and_then(|length| start.checked_add(length));
        let Some(end) = end.filter(|end| *end < within.end) else {
            return Err(broken);
        };
        let Some(tag) = Tag::of(raw[end]) else {
            return Err(Broken(end));
        };
        let range = start..end;
        Ok((Self { tag, range }, end + 1))
    }

    pub(super) fn bytes<'r>(&self, raw: &'r [u8]) -> &'r [u8] {
        raw.get(self.range.clone()).unwrap_or_default()
    }

    /// The content of bytes, text and numbers; `None` of anything else.
    pub(super) fn text<'r>(&self, raw: &'r [u8]) -> Option<Cow<'r, str>> {
        match self.tag {
            Tag::Bytes | Tag::Text | Tag::Integer | Tag::Float => {
                Some(String::from_utf8_lossy(self.bytes(raw)))
            }
            Tag::Boolean | Tag::Null | Tag::List | Tag::Dict => None,
        }
    }

    pub(super) fn number(&self, raw: &[u8]) -> Option<f64> {
        match self.tag {
            Tag::Integer | Tag::Float => {
                let number = std::str::from_utf8(self.bytes(raw)).ok()?.parse::<f64>();
                number.ok().filter(|number| number.is_finite())
            }
            _ => None,
        }
    }

    /// Whether it says yes: neither null, nor false, nor empty.
    pub(super) fn is_affirmed(&self, raw: &[u8]) -> bool {
        match self.tag {
            Tag::Null => false,
            Tag::Boolean => self.bytes(raw) == b"true",
            Tag::Integer | Tag::Float => self.number(raw) != Some(0.0),
            Tag::Bytes | Tag::Text | Tag::List | Tag::Dict => !self.range.is_empty(),
        }
    }

    /// Hands out the items of a list, until `take` has enough. `false` where
    /// it is no list.
    pub(super) fn items(
        &self,
        raw: &[u8],
        take: &mut dyn FnMut(Self) -> bool,
    ) -> Result<bool, Broken> {
        if self.tag != Tag::List {
            return Ok(false);
        }
        let mut within = self.range.clone();
        while !within.is_empty() {
            let (item, end) = Self::next(raw, within.clone())?;
            within.start = end;
            if !take(item) {
                break;
            }
        }
        Ok(true)
    }

    /// The first `N` items of a list that has that many or more.
    pub(super) fn first<const N: usize>(&self, raw: &[u8]) -> Option<[Self; N]> {
        let mut found = Vec::with_capacity(N);
        let list = self.items(raw, &mut |item| {
            found.push(item);
            found.len() < N
        });
        list.ok().filter(|is_list| *is_list)?;
        found.try_into().ok()
    }

    /// The wanted members of a dictionary; `None` where it is none.
    pub(super) fn members(
        &self,
        raw: &[u8],
        names: &'static [&'static str],
    ) -> Result<Option<Members>, Broken> {
        if self.tag != Tag::Dict {
            return Ok(None);
        }
        let mut found = Members::none(names);
        let mut within = self.range.clone();
        while !within.is_empty() {
            let (key, end) = Self::next(raw, within.clone())?;
            let (value, end) = Self::next(raw, end..within.end)?;
            within.start = end;
            if !matches!(key.tag, Tag::Bytes | Tag::Text) {
                continue;
            }
            let key = key.bytes(raw);
            if let Some(at) = names.iter().position(|name| name.as_bytes() == key)
                && found.values[at].replace(value).is_some()
                && !found.repeated.contains(&names[at])
            {
                found.repeated.push(names[at]);
            }
        }
        Ok(Some(found))
    }
}

/// Some members of a dictionary, the last of each name.
#[derive(Debug)]
pub(super) struct Members {
    names: &'static [&'static str],
    values: Vec<Option<Value>>,
    /// The names that occur more than once.
    pub(super) repeated: Vec<&'static str>,
}

impl Members {
    pub(super) fn none(names: &'static [&'static str]) -> Self {
        Self {
            names,
            values: vec![None; names.len()],
            repeated: Vec::new(),
        }
    }

    /// A member that is there and not null.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        let at = self.names.iter().position(|wanted| *wanted == name)?;
        self.values[at].as_ref().filter(|v| v.tag != Tag::Null)
    }

    /// The first of several names that is there and not null: what one version
    /// calls by one name, another calls by another.
    pub(super) fn any(&self, names: &[&str]) -> Option<&Value> {
        names.iter().find_map(|name| self.get(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_by_name_whether_bytes_or_text() {
        let inner = "1:a;1:1#1:b,0:~1:c;1:x,1:a,1:2#";
        let raw = format!("{}:{inner}}}", inner.len());
        let raw = raw.as_bytes();
        let members = Value::whole(raw).unwrap();
        let members = members
            .members(raw, &["a", "b", "c", "d"])
            .unwrap()
            .unwrap();
        assert_eq!(members.get("a").unwrap().number(raw), Some(2.0));
        assert_eq!(members.repeated, ["a"]);
        assert_eq!(members.get("b"), None, "null");
        assert_eq!(members.any(&["d", "c"]).unwrap().bytes(raw), b"x");
    }

    #[test]
    fn the_place_of_what_is_broken_is_told() {
        let at = |raw: &[u8]| {
            let value = Value::whole(raw)?;
            value.items(raw, &mut |_| true).map(|_| ())
        };
        assert_eq!(at(b"8:1:1#1:2#]"), Ok(()));
        assert_eq!(at(b"8:1:1#x:2#]"), Err(Broken(6)));
        assert_eq!(at(b"8:1:1#9:2#]"), Err(Broken(6)), "longer than its list");
        assert_eq!(at(b"8:1:1#1:2?]"), Err(Broken(9)));
        assert_eq!(at(b"0:~0:~"), Err(Broken(3)));
        assert_eq!(at(b""), Err(Broken(0)));
    }
}
