//! One pass over an object: whether it is JSON, and where the members stand that are
//! asked for, of the object and of objects that are its members.
//!
//! Most of an entry is the body of the answer. It is passed over here once, where the
//! parser passes over it once for each object that it stands in. What is not plain
//! JSON is left to the parser, which also says what is wrong with it.

use super::checked::token;
use super::json::{self, Wanted};

/// Deeper nesting is left to the parser.
const DEEPEST: usize = 100;

/// The members of an object that have one of `names`, and the members of each object in
/// `parts`, which are the names of members and what is asked of them. A part that is no object
/// is `None`. The whole is `None` where the parser must be asked.
pub(super) fn object<'a, const PARTS: usize>(
    text: &'a str,
    names: &'static [&'static str],
    parts: [(&str, &'static [&'static str]); PARTS],
) -> Option<(Wanted<'a>, [Option<Wanted<'a>>; PARTS])> {
    let pass = Pass { text };
    let mut found = Finding::of(names);
    let mut within = [const { None }; PARTS];
    let end = pass.members(0, &mut |name, at| {
        let part = parts.iter().position(|(part, _)| *part == name);
        let end = match part {
            Some(part) if text.as_bytes().get(at) == Some(&b'{') => {
                let mut inner = Finding::of(parts[part].1);
                let end = pass.members(at, &mut |name, at| {
                    let end = pass.value(at, 2)?;
                    inner.take(name, text.get(at..end)?);
                    Some(end)
                })?;
                within[part] = Some(inner.found);
                end
            }
            Some(part) => {
                within[part] = None;
                pass.value(at, 1)?
            }
            None => pass.value(at, 1)?,
        };
        found.take(name, text.get(at..end)?);
        Some(end)
    })?;
    (pass.behind_blanks(end) == text.len()).then_some((found.found, within))
}

/// The members of one object that were asked for.
struct Finding<'a> {
    names: &'static [&'static str],
    found: Wanted<'a>,
    seen: Vec<bool>,
}

impl<'a> Finding<'a> {
    fn of(names: &'static [&'static str]) -> Self {
        Self {
            names,
            found: Wanted::none(names),
            seen: vec![false; names.len()],
        }
    }

    fn take(&mut self, name: &str, value: &'a str) {
        if let Some(index) = self.names.iter().position(|wanted| *wanted == name) {
            let again = std::mem::replace(&mut self.seen[index], true);
            self.found.set(index, token(value), again);
        }
    }
}

/// Each function takes the place at which something is to begin, and gives that behind
/// its end; `None` where it is not there.
#[derive(Clone, Copy)]
struct Pass<'a> {
    text: &'a str,
}

impl<'a> Pass<'a> {
    fn byte(self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn behind_blanks(self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let is_blank = |b: &&u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r');
        at + rest.iter().take_while(is_blank).count()
    }

    /// An object; `take` is given the name of each member, decoded, and where its value
    /// begins, and says where that ends.
    fn members(
        self,
        at: usize,
        take: &mut impl FnMut(&str, usize) -> Option<usize>,
    ) -> Option<usize> {
        if self.byte(at)? != b'{' {
            return None;
        }
        let mut at = self.behind_blanks(at + 1);
        if self.byte(at)? == b'}' {
            return Some(at + 1);
        }
        loop {
            let (value, key) = self.name(at)?;
            at = self.behind_blanks(if key.contains('\\') {
                take(&json::name_of(key), value)?
            } else {
                take(key.get(1..key.len() - 1)?, value)?
            });
            match self.byte(at)? {
                b',' => at = self.behind_blanks(at + 1),
                b'}' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    /// The name of a member and its colon: where the value begins, and the name with
    /// its quotation marks.
    fn name(self, at: usize) -> Option<(usize, &'a str)> {
        if self.byte(at)? != b'"' {
            return None;
        }
        let end = self.string(at)?;
        let colon = self.behind_blanks(end);
        (self.byte(colon)? == b':')
            .then(|| Some((self.behind_blanks(colon + 1), self.text.get(at..end)?)))?
    }

    fn value(self, at: usize, depth: usize) -> Option<usize> {
        match self.byte(at)? {
            b'"' => self.string(at),
            b'{' | b'[' if depth >= DEEPEST => None,
            b'{' => self.members(at, &mut |_, at| self.value(at, depth + 1)),
            b'[' => self.items(at, depth + 1),
            b't' => self.word(at, "true"),
            b'f' => self.word(at, "false"),
            b'n' => self.word(at, "null"),
            _ => self.number(at),
        }
    }

    fn items(self, at: usize, depth: usize) -> Option<usize> {
        let mut at = self.behind_blanks(at + 1);
        if self.byte(at)? == b']' {
            return Some(at + 1);
        }
        loop {
            at = self.behind_blanks(self.value(at, depth)?);
            match self.byte(at)? {
                b',' => at = self.behind_blanks(at + 1),
                b']' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    fn word(self, at: usize, word: &str) -> Option<usize> {
        let rest = self.text.as_bytes().get(at..)?;
        rest.starts_with(word.as_bytes()).then(|| at + word.len())
    }

    fn number(self, at: usize) -> Option<usize> {
        let digits = |at: usize| {
            let rest = self.text.as_bytes().get(at..).unwrap_or_default();
            let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            (count > 0).then(|| at + count)
        };
        let first = at + usize::from(self.byte(at)? == b'-');
        let mut end = if self.byte(first)? == b'0' {
            first + 1
        } else {
            digits(first)?
        };
        if self.byte(end) == Some(b'.') {
            end = digits(end + 1)?;
        }
        if let Some(b'e' | b'E') = self.byte(end) {
            let signed = matches!(self.byte(end + 1), Some(b'+' | b'-'));
            end = digits(end + 1 + usize::from(signed))?;
        }
        Some(end)
    }

    fn string(self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = at + 1;
        loop {
            at += plain(bytes.get(at..)?);
            match bytes.get(at)? {
                b'"' => return Some(at + 1),
                b'\\' => match bytes.get(at + 1)? {
                    b'u' => {
                        let digits = bytes.get(at + 2..at + 6)?;
                        if !digits.iter().all(u8::is_ascii_hexdigit) {
                            return None;
                        }
                        at += 6;
                    }
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at += 2,
                    _ => return None,
                },
                _ => return None,
            }
        }
    }
}

/// How many bytes stand for themselves in a string, before the first that does not: a
/// quotation mark, a backslash, or a control character (RFC 8259, 7).
fn plain(bytes: &[u8]) -> usize {
    /// Looked at by words before blocks are: escapes stand close to one another.
    const NEAR: usize = 4;
    let is_special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    let (words, _) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().take(NEAR).enumerate() {
        if let Some(first) = special(*word) {
            return index * 8 + first;
        }
    }
    let mut at = words.len().min(NEAR) * 8;
    let (blocks, _) = bytes.get(at..).unwrap_or_default().as_chunks::<64>();
    // Written so that the compiler looks at many bytes at once.
    let quiet = |block: &&[u8; 64]| {
        !block
            .iter()
            .fold(false, |any, byte| any | is_special(*byte))
    };
    at += blocks.iter().take_while(quiet).count() * 64;
    let rest = bytes.get(at..).unwrap_or_default();
    let (words, _) = rest.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        if let Some(first) = special(*word) {
            return at + index * 8 + first;
        }
    }
    let tail = words.len() * 8;
    let behind = rest.get(tail..).unwrap_or_default();
    let count = behind.iter().take_while(|byte| !is_special(**byte)).count();
    at + tail + count
}

/// The first byte of a word that does not stand for itself. The subtraction sets the
/// highest bit of a byte that was smaller, and of none before the first such byte.
fn special(word: [u8; 8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let word = u64::from_le_bytes(word);
    let below = |word: u64, bound: u64| word.wrapping_sub(ONES * bound) & !word;
    let quote = below(word ^ (ONES * u64::from(b'"')), 1);
    let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
    let found = (below(word, 0x20) | quote | backslash) & HIGH;
    (found != 0).then(|| (found.trailing_zeros() / 8) as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::json::Token;
    use super::*;

    const NAMES: &[&str] = &["a", "b", "é\"", "url"];
    const PARTS: [(&str, &[&str]); 2] = [("a", NAMES), ("url", &["b"])];

    fn shown(found: &Wanted<'_>, names: &[&str]) -> (Vec<String>, Vec<&'static str>) {
        let values = names.iter().map(|name| format!("{:?}", found.get(name)));
        (values.collect(), found.repeated.clone())
    }

    /// What is found is what the parser finds; gives whether the parser was not asked.
    fn same(text: &str) -> bool {
        let Some((whole, parts)) = object(text, NAMES, PARTS) else {
            return false;
        };
        let read = json::wanted(text, NAMES).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(shown(&whole, NAMES), shown(&read, NAMES), "{text}");
        for (part, (name, names)) in parts.iter().zip(PARTS) {
            let members = read.get(name).members(names);
            assert_eq!(
                part.as_ref().map(|part| shown(part, names)),
                members.map(|part| shown(&part, names)),
                "{text}"
            );
        }
        true
    }

    #[test]
    fn members_are_found_as_the_parser_finds_them() {
        for text in [
            r#"{"a":1,"b":{"a":"}\"]"},"a":null,"url":"x\\","\u0061":true,"é\"":[1,"]"]}"#,
            "{ \"a\" :\n{ \"b\" : [ -0.5E+2 , 10 ] , \"b\" : \"\\ud800\" } , \"url\": {} } \r\n",
            r#"{"a":{"url":1},"a":7,"url":{"b":1}}"#,
            r#"{"a":{"url":1},"a":{"b":2}}"#,
            "{}",
        ] {
            assert!(same(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_left_to_the_parser() {
        for text in [
            "",
            "{",
            "[]",
            "7",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":-}",
            "{\"a\":1e}",
            "{\"a\":nul}",
            "{\"a\":\"\u{1}\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12g4\"}",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{\"a\":1}x",
            "{a:1}",
            "{\"a\":[1,]}",
            "{\"a\":\"",
            "{\"a\":\"\\",
            "{\"a\":\u{c}1}",
        ] {
            assert!(object(text, NAMES, PARTS).is_none(), "{text}");
            assert!(json::wanted(text, NAMES).is_err(), "{text}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
        assert!(object(&deep, NAMES, PARTS).is_none());
        assert!(matches!(
            json::wanted(&deep, NAMES).unwrap().get("a"),
            Token::Compound(_)
        ));
    }

    /// Also such as JSON does not have.
    const NUMBER: &str = "-?[0-9]{1,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,2})?";

    proptest! {
        #[test]
        fn any_object_is_read_as_by_the_parser(text in json::any::value(NUMBER)) {
            let valid = json::wanted(&text, NAMES).is_ok();
            prop_assert_eq!(same(&text), valid && text.starts_with('{'));
        }

        /// A byte is changed, left out or put in.
        #[test]
        fn what_is_damaged_is_never_read_where_the_parser_refuses(
            text in json::any::value(NUMBER), at in any::<prop::sample::Index>(), byte in "[\"\\\\{}\\[\\],:0-9a-f\u{1}. ]?", cut in any::<bool>()
        ) {
            let at = at.index(text.len());
            let end = if cut { at + 1 } else { at };
            if let (Some(before), Some(after)) = (text.get(..at), text.get(end..)) {
                same(&format!("{before}{byte}{after}"));
            }
        }

        #[test]
        fn the_first_byte_that_is_no_plain_one_is_found(bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            "[a-z]{0,250}[\"\\\\\u{1f} é]{0,2}[a-z\"]{0,90}".prop_map(String::into_bytes),
        ]) {
            let is_special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
            let first = bytes.iter().position(is_special);
            prop_assert_eq!(plain(&bytes), first.unwrap_or(bytes.len()));
        }
    }
}
