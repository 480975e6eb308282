//! Texts, rows and tables rebuilt without the values.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::search::{Matcher, Pattern};
use crate::{Error, Key, forms, short};

/// What stands in the place of a digest: whoever can list the possible values
/// hashes each and compares.
const DIGEST: &str = "[digest withheld]";

/// What stands in the place of an excerpt that is no value by itself.
const EXCERPT: &str = "[excerpt withheld]";

/// Members and columns that hold values of the evidence whole.
const VALUES: [&str; 3] = ["value", "values", "matched"];

/// Rebuilds texts without the values of a [`Key`].
#[derive(Debug)]
pub struct Redactor<'k> {
    key: &'k Key,
    matcher: Matcher,
    /// What stands in the place of each pattern.
    places: Vec<Cow<'k, str>>,
    /// Pseudonym -> entry, so that they can be counted.
    pseudonyms: BTreeMap<&'k str, usize>,
}

/// What was taken out of one part of a document; never the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogRow {
    /// The document.
    pub document: String,
    /// The part of its data.
    pub part: String,
    /// What stands there now.
    pub pseudonym: String,
    /// The kind in words.
    pub kind: String,
    /// The rule.
    pub rule: &'static str,
    /// How often.
    pub times: u64,
}

impl<'k> Redactor<'k> {
    /// Gets ready to rebuild texts.
    ///
    /// # Errors
    /// [`Error::Matcher`] where there are too many values.
    pub fn new(key: &'k Key) -> Result<Self, Error> {
        let (mut patterns, mut places) = (Vec::new(), Vec::new());
        for (index, value) in key.sought() {
            let Some(entry) = key.entries().get(index) else {
                continue;
            };
            for form in forms::in_text(value) {
                patterns.push(Pattern { entry: index, form });
                places.push(Cow::Borrowed(entry.pseudonym.as_str()));
            }
        }
        for (index, value) in key.words() {
            let Some(entry) = key.entries().get(index) else {
                continue;
            };
            for form in short::forms(value) {
                patterns.push(Pattern { entry: index, form });
                places.push(Cow::Borrowed(entry.pseudonym.as_str()));
            }
        }
        for (digest, entry) in key.digests() {
            let form = forms::Form {
                name: "as its SHA-256",
                bytes: digest.into_bytes(),
                bound: forms::Bound::None,
            };
            patterns.push(Pattern { entry, form });
            places.push(Cow::Borrowed(DIGEST));
        }
        let entries = key.entries().iter().enumerate();
        Ok(Self {
            key,
            matcher: Matcher::new(patterns)?,
            places,
            pseudonyms: entries.map(|(n, e)| (e.pseudonym.as_str(), n)).collect(),
        })
    }

    /// The text with each value, in each spelling, replaced by its pseudonym.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let (mut out, mut end) = (String::new(), 0);
        for (pattern, range) in self.matcher.find(text.as_bytes()) {
            // A match within a character of several bytes is none.
            let (Some(before), Some(place)) =
                (text.get(end..range.start), self.places.get(pattern))
            else {
                continue;
            };
            if !text.is_char_boundary(range.end) {
                continue;
            }
            out.push_str(before);
            out.push_str(place);
            end = range.end;
        }
        if end == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(text.get(end..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// The data of a document without the values, the digests of values included.
    pub fn data(&self, data: &mut Value) {
        self.rebuild(data, true);
    }

    /// Rows without the values. Digests in fields of their own type stay: they are
    /// taken out of the data of the document.
    ///
    /// # Errors
    /// [`Error::Rows`] where a row does not read back.
    pub fn rows<T: Serialize + DeserializeOwned>(&self, rows: &[T]) -> Result<Vec<T>, Error> {
        rows.iter().map(|row| self.row(row)).collect()
    }

    /// One row, likewise.
    ///
    /// # Errors
    /// [`Error::Rows`] where it does not read back.
    pub fn row<T: Serialize + DeserializeOwned>(&self, row: &T) -> Result<T, Error> {
        let mut value = serde_json::to_value(row)?;
        self.rebuild(&mut value, false);
        Ok(serde_json::from_value(value)?)
    }

    fn rebuild(&self, value: &mut Value, digests: bool) {
        match value {
            // A digest by itself may be in a field that holds nothing else.
            Value::String(text) if !digests && is_digest(text) => {}
            Value::String(text) => {
                if let Cow::Owned(rebuilt) = self.text(text) {
                    *text = rebuilt;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|i| self.rebuild(i, digests)),
            Value::Object(members) => {
                self.object(members, digests);
                members
                    .iter_mut()
                    .for_each(|(_, item)| self.rebuild(item, digests));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// What an object holds whole, whatever it looks like: the value of a row of
    /// a kind that is taken out.
    fn object(&self, members: &mut serde_json::Map<String, Value>, digests: bool) {
        let text = |key: &str| members.get(key).and_then(Value::as_str);
        // A row of an excerpt without a kind is of an address of a page.
        let datum = match (text("datum"), text("kind"), text("datums")) {
            (Some(""), _, _) => Some("page_url".to_owned()),
            (Some(datum), _, _) => Some(datum.to_owned()),
            (None, Some(kind), None) if members.contains_key("value") => Some(kind.to_owned()),
            (None, _, Some(datums)) => datums
                .split(", ")
                .find(|datum| self.is_closed(datum))
                .map(str::to_owned),
            _ => None,
        };
        let of_kind = datum.is_some_and(|datum| self.is_closed(&datum));
        if of_kind {
            for key in VALUES {
                if let Some(held) = members.get_mut(key) {
                    self.whole(held);
                }
            }
            let is_text = members.contains_key("datums");
            if let Some(digest) = members.get_mut("value_sha256")
                && (digests || is_text)
                && digest.is_string()
            {
                *digest = DIGEST.into();
            }
        }
        // A field that tells devices apart, of no kind that is known.
        if members.contains_key("known_as")
            && let Some(values) = members.get_mut("values")
        {
            *values = EXCERPT.into();
        }
        // Of a statement, the values that were observed are the names of members.
        if members.contains_key("statement")
            && let Some(Value::Object(values)) = members.get_mut("values")
        {
            *values = std::mem::take(values)
                .into_iter()
                .map(|(value, times)| {
                    let shown = self
                        .key
                        .pseudonym(&value)
                        .map_or_else(|| self.text(&value).into_owned(), str::to_owned);
                    (shown, times)
                })
                .collect();
        }
    }

    fn whole(&self, held: &mut Value) {
        match held {
            Value::String(text) if !self.pseudonyms.contains_key(text.as_str()) => {
                let shown = self.key.pseudonym(text).unwrap_or(EXCERPT);
                if !text.is_empty() {
                    *text = shown.to_owned();
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.whole(item)),
            _ => {}
        }
    }

    fn is_closed(&self, datum: &str) -> bool {
        self.key.settings().of(datum).is_some()
    }

    /// A table as CSV without the values.
    ///
    /// # Errors
    /// [`Error::Table`] where it is no CSV.
    pub fn csv(&self, table: &[u8]) -> Result<Vec<u8>, Error> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(table);
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        let mut columns: Vec<String> = Vec::new();
        for record in reader.records() {
            let record = record?;
            if columns.is_empty() {
                columns = record.iter().map(str::to_owned).collect();
                writer.write_record(&record)?;
                continue;
            }
            let cells = columns.iter().cloned().zip(record.iter().map(Value::from));
            let mut row: serde_json::Map<String, Value> = cells.collect();
            self.object(&mut row, true);
            let cells = columns.iter().map(|column| {
                let cell = row.get(column).and_then(Value::as_str).unwrap_or_default();
                // A number by itself is a count or a place, but among values.
                let is_count = cell.len() < 8
                    && cell.bytes().all(|byte| byte.is_ascii_digit())
                    && !VALUES.contains(&column.as_str());
                match is_count {
                    true => cell.to_owned(),
                    false => self.text(cell).into_owned(),
                }
            });
            writer.write_record(cells)?;
        }
        writer
            .into_inner()
            .map_err(|error| Error::Table(error.into_error().into()))
    }

    /// What was taken out of the data of a document, by its parts.
    #[must_use]
    pub fn log(&self, document: &str, data: &Value) -> Vec<LogRow> {
        let mut rows = Vec::new();
        let Value::Object(parts) = data else {
            return rows;
        };
        for (part, value) in parts {
            let mut counted = BTreeMap::new();
            self.count(value, &mut counted);
            rows.extend(counted.into_iter().filter_map(|(index, times)| {
                let entry = self.key.entries().get(index)?;
                Some(LogRow {
                    document: document.to_owned(),
                    part: part.replace('_', " "),
                    pseudonym: entry.pseudonym.clone(),
                    kind: entry.label.clone(),
                    rule: entry.rule.citation(),
                    times,
                })
            }));
        }
        rows
    }

    fn count(&self, value: &Value, counted: &mut BTreeMap<usize, u64>) {
        match value {
            Value::String(text) => self.count_in(text, counted),
            Value::Array(items) => items.iter().for_each(|item| self.count(item, counted)),
            Value::Object(members) => {
                for (name, item) in members {
                    self.count_in(name, counted);
                    self.count(item, counted);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn count_in(&self, text: &str, counted: &mut BTreeMap<usize, u64>) {
        for (start, _) in text.match_indices('[') {
            let rest = text.get(start..).unwrap_or_default();
            let end = rest.find(']').map_or(0, |at| at + 1);
            let named = rest.get(..end).and_then(|name| self.pseudonyms.get(name));
            if let Some(index) = named {
                *counted.entry(*index).or_default() += 1;
            }
        }
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
