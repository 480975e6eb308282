//! A line whose values have names, each with its place.

use std::borrow::Cow;
use std::ops::Range;

use affiant_model::Carrier;

use super::entries::unreadable;
use super::json::{self, Token};
use super::lines::Line;

/// How a value is written in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is.
    Plain,
    /// Inside a JSON string.
    Json,
    /// Inside the quotation marks of CSV, a quotation mark doubled (RFC 4180 §2).
    Quoted,
    /// With the escapes `\xNN` and `\\` of Zeek.
    Zeek,
}

/// A value with its name and place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) range: Range<usize>,
    pub(super) form: Form,
}

impl Cell<'_> {
    /// How a field of this place is written. Doubled quotation marks and the
    /// escapes of Zeek stay in it, because no carrier says them.
    pub(super) const fn carrier(&self) -> Carrier {
        match self.form {
            Form::Json => Carrier::JsonString,
            Form::Plain | Form::Quoted | Form::Zeek => Carrier::Raw,
        }
    }
}

/// A line whose values have names. What is unset, `null` or empty is not in it.
#[derive(Debug, Clone)]
pub(super) struct Row<'a> {
    bytes: &'a [u8],
    pub(super) cells: Vec<Cell<'a>>,
}

/// How many objects may lie in one another.
const DEPTH: usize = 8;

/// Size in bytes of the longest name that is put before those within its
/// object; an object with a longer one is a value as it is written. Otherwise a
/// long name would be repeated for each of many members.
const PREFIX: usize = 256;

/// How many values are read of a line.
pub(super) const VALUES: usize = 65_536;

impl<'a> Row<'a> {
    pub(super) const fn new(bytes: &'a [u8], cells: Vec<Cell<'a>>) -> Self {
        Self { bytes, cells }
    }

    /// Reads a JSON object; the members of an object in it are named
    /// `outer.inner`. An array is one value, as it is written.
    ///
    /// # Errors
    ///
    /// The text is not JSON, not an object, or has more than [`VALUES`] values.
    pub(super) fn json(text: &'a str) -> Result<Self, serde_json::Error> {
        let mut cells = Vec::new();
        members(text, text, "", DEPTH, &mut cells)?;
        Ok(Self::new(text.as_bytes(), cells))
    }

    /// Reads a line that is a JSON object.
    ///
    /// # Errors
    ///
    /// What is wrong with the line, in words.
    pub(super) fn of_line(line: &'a Line) -> Result<Self, String> {
        std::str::from_utf8(&line.bytes)
            .map_err(|error| error.to_string())
            .and_then(|text| Self::json(text).map_err(|error| error.to_string()))
            .map_err(|error| unreadable(line, &format!("the line is not a JSON object: {error}")))
    }

    /// The value of that name; the last of several, as every common reader of
    /// JSON has it.
    pub(super) fn get(&self, name: &str) -> Option<&Cell<'a>> {
        self.cells.iter().rev().find(|cell| cell.name == name)
    }

    /// A value as text, its escapes undone.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(|cell| self.text_of(cell))
    }

    /// A value as text, its escapes undone.
    pub(super) fn text_of(&self, cell: &Cell<'_>) -> Cow<'_, str> {
        let bytes = self.bytes.get(cell.range.clone()).unwrap_or_default();
        match cell.form {
            Form::Plain => String::from_utf8_lossy(bytes),
            Form::Json => {
                let token = cell.range.start.saturating_sub(1)..cell.range.end + 1;
                let token = self.bytes.get(token).unwrap_or_default();
                match std::str::from_utf8(token).map(json::bytes_of) {
                    Ok(Cow::Borrowed(bytes)) => String::from_utf8_lossy(bytes),
                    Ok(Cow::Owned(bytes)) => Cow::Owned(String::from_utf8_lossy(&bytes).into()),
                    Err(_) => Cow::Borrowed(""),
                }
            }
            Form::Quoted => match String::from_utf8_lossy(bytes) {
                text if text.contains("\"\"") => Cow::Owned(text.replace("\"\"", "\"")),
                text => text,
            },
            Form::Zeek => unescaped(bytes),
        }
    }

    /// A value as an owned text, where there is one.
    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(Cow::into_owned)
    }

    /// A value as a whole number.
    pub(super) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.text(name)?.trim().parse().ok()
    }
}

fn members<'a>(
    whole: &'a str,
    object: &'a str,
    prefix: &str,
    depth: usize,
    cells: &mut Vec<Cell<'a>>,
) -> Result<(), serde_json::Error> {
    let (mut inner, mut beyond) = (Vec::new(), false);
    json::each_member(object, &mut |name, value| {
        let name = if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}.{name}")
        };
        let (part, form) = match Token::of(value) {
            Token::Null => return,
            Token::Text(text) => (&text[1..text.len() - 1], Form::Json),
            Token::Literal(text) => (text, Form::Plain),
            Token::Compound(text) if text.starts_with('{') && depth > 1 && name.len() <= PREFIX => {
                inner.push((name, text));
                return;
            }
            Token::Compound(text) => (text, Form::Plain),
        };
        beyond |= cells.len() >= VALUES;
        if !part.is_empty() && !beyond {
            cells.push(Cell {
                name: Cow::Owned(name),
                range: json::range_in(whole, part),
                form,
            });
        }
    })?;
    if beyond || inner.len() > VALUES {
        let what = format!("it has more than {VALUES} values");
        return Err(serde::de::Error::custom(what));
    }
    inner
        .iter()
        .try_for_each(|(name, object)| members(whole, object, name, depth - 1, cells))
}

/// Undoes the escapes of Zeek: `\xNN` is a byte and `\\` a backslash
/// (`src/util.cc`, `get_escaped_string`); every other backslash stands for itself.
fn unescaped(bytes: &[u8]) -> Cow<'_, str> {
    if memchr::memchr(b'\\', bytes).is_none() {
        return String::from_utf8_lossy(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        let (byte, after) = match rest {
            [b'\\', b'\\', after @ ..] => (b'\\', after),
            [b'\\', b'x', high, low, after @ ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, after),
                _ => (b'\\', tail),
            },
            _ => (*first, tail),
        };
        out.push(byte);
        rest = after;
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// The value of a hexadecimal digit.
pub(super) fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_object_is_flat_and_each_value_has_its_place() {
        let text = r#"{"a":"x\"y","id":{"h":"1","n":2},"e":"","z":null,"l":[1, 2],"a":"last"}"#;
        let row = Row::json(text).unwrap();
        let at = |name: &str| &text[row.get(name).unwrap().range.clone()];
        assert_eq!((at("id.n"), at("l"), at("a")), ("2", "[1, 2]", "last"));
        assert_eq!(row.text_of(&row.cells[0]), "x\"y");
        assert_eq!(row.number::<u64>("id.n"), Some(2));
        assert!(row.get("e").is_none() && row.get("z").is_none() && row.get("id").is_none());
    }

    #[test]
    fn neither_a_long_name_nor_many_values_fill_the_memory() {
        let name = "n".repeat(PREFIX + 1);
        let text = format!(r#"{{"{name}":{{"a":1}}}}"#);
        let row = Row::json(&text).unwrap();
        assert_eq!(row.text(&name).as_deref(), Some(r#"{"a":1}"#));
        let many = vec![r#""a":1"#; VALUES + 1].join(",");
        let error = Row::json(&format!("{{{many}}}")).unwrap_err();
        assert!(error.to_string().contains("more than 65536 values"));
    }

    #[test]
    fn the_escapes_of_zeek_are_undone() {
        assert_eq!(unescaped(br"a\x09b\\x\x2\q\xc3\xa9"), "a\tb\\x\\x2\\qé");
    }
}
