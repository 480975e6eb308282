//! Members and items of JSON that a parser has read before.
//!
//! An entry is read by the parser once, as a whole. What stands in it is then valid
//! JSON, and the values within it are found by what divides them, without being read
//! again and again on the way down: the body of an answer is passed over at once.

use std::borrow::Cow;

use memchr::memchr2;

use super::json::{self, Token, Wanted};
use super::scan::next_structural;

impl<'a> Token<'a> {
    /// As [`Token::members`], of a value that the parser has read.
    pub(super) fn checked_members(self, names: &'static [&'static str]) -> Option<Wanted<'a>> {
        match self {
            Self::Compound(text) if text.starts_with('{') => Some(wanted(text, names)),
            _ => None,
        }
    }

    /// As [`Token::items`], of a value that the parser has read.
    pub(super) fn checked_items(self, visit: &mut dyn FnMut(Self)) -> bool {
        let Self::Compound(text) = self else {
            return false;
        };
        text.starts_with('[') && {
            let mut at = Some(1);
            while let Some((value, next)) = at.and_then(|at| value(text, at)) {
                visit(token(value));
                at = separator(text, next, b',');
            }
            true
        }
    }
}

/// The members of an object that have one of `names`; the last of several with one name.
fn wanted<'a>(object: &'a str, names: &'static [&'static str]) -> Wanted<'a> {
    let mut found = Wanted::none(names);
    let mut seen = vec![false; names.len()];
    let mut at = Some(1);
    while let Some((key, value, next)) = at.and_then(|at| member(object, at)) {
        if let Some(index) = names.iter().position(|wanted| *wanted == key) {
            let again = std::mem::replace(&mut seen[index], true);
            found.set(index, token(value), again);
        }
        at = separator(object, next, b',');
    }
    found
}

/// The member at `at`: its name, its value, and where that ends.
fn member(text: &str, at: usize) -> Option<(Cow<'_, str>, &str, usize)> {
    let (key, behind) = value(text, at)?;
    let (value, end) = value(text, separator(text, behind, b':')?)?;
    Some((json::name_of(key), value, end))
}

/// The value at `at`, white space before it, and where it ends; `None` at the end of
/// what it would stand in.
fn value(text: &str, at: usize) -> Option<(&str, usize)> {
    let start = behind_blanks(text.as_bytes(), at);
    let end = match text.as_bytes().get(start)? {
        b'"' => end_of_string(text.as_bytes(), start)?,
        b'{' | b'[' => end_of_compound(text.as_bytes(), start)?,
        b'}' | b']' => return None,
        _ => end_of_literal(text.as_bytes(), start),
    };
    Some((text.get(start..end)?, end))
}

pub(super) fn token(value: &str) -> Token<'_> {
    match value.as_bytes().first() {
        Some(b'"') => Token::Text(value),
        Some(b'{' | b'[') => Token::Compound(value),
        Some(b'n') | None => Token::Null,
        _ => Token::Literal(value),
    }
}

/// Behind `byte`, which is next but for white space.
fn separator(text: &str, at: usize, byte: u8) -> Option<usize> {
    let at = behind_blanks(text.as_bytes(), at);
    (text.as_bytes().get(at) == Some(&byte)).then_some(at + 1)
}

fn behind_blanks(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let blanks = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
    at + blanks
}

/// Where the string that begins at `start` ends.
fn end_of_string(bytes: &[u8], start: usize) -> Option<usize> {
    let mut from = start + 1;
    loop {
        let at = from + memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        from = at + 2;
        // Escapes often follow one another.
        while bytes.get(from) == Some(&b'\\') {
            from += 2;
        }
    }
}

/// Where the object or array that begins at `start` ends.
fn end_of_compound(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut at, mut depth) = (start, 0_usize);
    loop {
        at += next_structural(bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => at = end_of_string(bytes, at)?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            _ => {
                depth = depth.saturating_sub(1);
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
        }
    }
}

fn end_of_literal(bytes: &[u8], start: usize) -> usize {
    let ends = |b: &u8| matches!(b, b',' | b'}' | b']') || b.is_ascii_whitespace();
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().position(ends).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;

    const NAMES: &[&str] = &["a", "b", "é\"", "url"];

    fn same(text: &str) {
        let raw: &RawValue = serde_json::from_str(text).unwrap();
        let token = Token::of(raw);
        let members = |found: Option<Wanted<'_>>| {
            found.map(|found| {
                let values: Vec<String> = NAMES
                    .iter()
                    .map(|n| format!("{:?}", found.get(n)))
                    .collect();
                (values, found.repeated)
            })
        };
        assert_eq!(
            members(token.checked_members(NAMES)),
            members(token.members(NAMES)),
            "{text}"
        );
        let (mut read, mut checked) = (Vec::new(), Vec::new());
        let is_array = token.items(&mut |item| read.push(item));
        assert_eq!(
            token.checked_items(&mut |item| checked.push(item)),
            is_array,
            "{text}"
        );
        assert_eq!(checked, read, "{text}");
        for item in read {
            if let Token::Compound(text) = item {
                same(text);
            }
        }
    }

    #[test]
    fn values_are_found_as_the_parser_finds_them() {
        for text in [
            r#"{"a":1,"b":{"a":"}\"]"},"a":null,"url":"x\\","\u0061":true,"é\"":[1,"]"]}"#,
            " { \"a\" :\n-1.5e3 , \"b\":[ ] } ",
            r#"[[],{},"a\"",1 , null,[{"a":[2]}]]"#,
            "[]",
            "{}",
            "7",
            r#""{""#,
        ] {
            same(text);
        }
    }

    proptest! {
        #[test]
        fn any_value_is_taken_apart_as_by_the_parser(text in json::any::value("-?[1-9][0-9]{0,3}(\\.[0-9]{1,2})?")) {
            same(&text);
        }
    }
}
