//! The header of a log of tab-separated values.

use std::borrow::Cow;

use crate::traffic::row::{Cell, Form, Row, VALUES, hex};

/// The header of a log of tab-separated values, as far as it was read.
#[derive(Debug, Clone)]
pub(super) struct Header {
    separator: u8,
    set_separator: String,
    empty: Vec<u8>,
    unset: Vec<u8>,
    path: Option<String>,
    fields: Vec<String>,
}

impl Default for Header {
    fn default() -> Self {
        Self {
            separator: b'\t',
            set_separator: ",".to_owned(),
            empty: b"(empty)".to_vec(),
            unset: b"-".to_vec(),
            path: None,
            fields: Vec::new(),
        }
    }
}

impl Header {
    /// Reads a line that begins with `#`; gives what is to be stated of it.
    pub(super) fn line(&mut self, line: &str) -> Option<(String, String)> {
        // `#separator` alone is followed by a space: it says what follows the others.
        if let Some(written) = line.strip_prefix("#separator ") {
            *self = Self {
                separator: unescape(written).first().copied().unwrap_or(b'\t'),
                ..Self::default()
            };
            return None;
        }
        let (name, value) = line
            .strip_prefix('#')?
            .split_once(char::from(self.separator))?;
        match name {
            "set_separator" => self.set_separator = text(value),
            "empty_field" => self.empty = unescape(value),
            "unset_field" => self.unset = unescape(value),
            "path" => {
                self.path = Some(value.to_owned());
                return Some((name.to_owned(), value.to_owned()));
            }
            "fields" => {
                // A header of more columns is none, and its lines are defects.
                let names = value.split(char::from(self.separator));
                self.fields = names.take(VALUES + 1).map(str::to_owned).collect();
                if self.fields.len() > VALUES {
                    self.fields.clear();
                }
            }
            "open" | "close" => return Some((name.to_owned(), value.to_owned())),
            _ => {}
        }
        None
    }

    /// Whether no header was met that names columns.
    pub(super) const fn is_none(&self) -> bool {
        self.fields.is_empty()
    }

    pub(super) fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    pub(super) fn set_separator(&self) -> &str {
        &self.set_separator
    }

    /// The values of a line with their names.
    pub(super) fn row<'a>(&'a self, line: &'a [u8]) -> Result<Row<'a>, String> {
        if self.is_none() {
            return Err(
                "no header stands before the line, so that its values have no names".to_owned(),
            );
        }
        let mut cells = Vec::new();
        let (mut start, mut count) = (0, 0);
        let ends = memchr::memchr_iter(self.separator, line).chain(Some(line.len()));
        for end in ends {
            let value = &line[start..end];
            if let Some(name) = self.fields.get(count)
                && value != self.unset
                && value != self.empty
                && !value.is_empty()
            {
                cells.push(Cell {
                    name: Cow::Borrowed(name),
                    range: start..end,
                    form: Form::Zeek,
                });
            }
            start = end + 1;
            count += 1;
        }
        let wanted = self.fields.len();
        if count != wanted {
            return Err(format!(
                "the line has {count} values where the header names {wanted}"
            ));
        }
        Ok(Row::new(line, cells))
    }
}

/// Text with the escapes `\xNN` undone.
fn unescape(written: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = written.as_bytes();
    while let [first, tail @ ..] = rest {
        if let [b'\\', b'x', high, low, after @ ..] = rest
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            out.push(high << 4 | low);
            rest = after;
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    out
}

fn text(written: &str) -> String {
    String::from_utf8_lossy(&unescape(written)).into_owned()
}
