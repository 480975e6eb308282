//! Records of a table in text, each with its place (RFC 4180, and leniently).
//!
//! The crate `csv` gives the content of a value and not its place in the file,
//! which every field needs; a test holds the content against it.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;

use affiant_model::Span;

use super::lines::Lines;
use super::row::{Cell, Form, Row, VALUES};
use crate::Refusal;

/// How the values of a record are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The byte between two values.
    pub(super) delimiter: u8,
    /// Whether a value that begins with a quotation mark ends with one, and may
    /// hold delimiters and line ends.
    pub(super) quotes: bool,
}

/// Commas and quotation marks (RFC 4180).
pub(super) const CSV: Dialect = Dialect {
    delimiter: b',',
    quotes: true,
};

/// Size in bytes of the longest record that quotation marks hold together: one
/// that was not closed must not take the rest of the file with it. It is fixed,
/// so that records begin at the same places whatever the other bounds are.
const TOGETHER: usize = 16 << 20;

/// Reads records one after the other.
pub(super) struct Records<'r> {
    lines: Lines<'r>,
    dialect: Dialect,
    bound: usize,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// Its place, without the last line end.
    pub(super) span: Span,
    /// Its bytes; of a record that is longer than the bound, none.
    pub(super) bytes: Vec<u8>,
    /// Whether it is longer than the bound.
    pub(super) over: bool,
    /// Whether the file ends inside quotation marks.
    pub(super) open: bool,
    /// Its values, [`VALUES`] at most.
    pub(super) values: Vec<Value>,
    /// How many values it has, read or not.
    pub(super) count: usize,
}

/// The place of a value in its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// Without the quotation marks around it.
    pub(super) range: Range<usize>,
    /// Whether it stands in quotation marks.
    pub(super) quoted: bool,
}

impl<'r> Records<'r> {
    /// Reads records of at most `bound` bytes, and never more than 16 MiB.
    pub(super) fn new(input: &'r mut dyn Read, dialect: Dialect, bound: usize) -> Self {
        Self {
            lines: Lines::new(input, TOGETHER),
            dialect,
            bound,
        }
    }

    /// The next record that is not an empty line; `None` at the end.
    ///
    /// # Errors
    ///
    /// The input fails.
    pub(super) fn next(&mut self) -> Result<Option<Record>, Refusal> {
        let first = loop {
            match self.lines.next()? {
                None => return Ok(None),
                Some(line) if line.span.length == 0 => {}
                Some(line) => break line,
            }
        };
        let (start, mut end) = (first.span.offset, first.span.end());
        let (mut bytes, mut broken) = (first.bytes, first.over);
        let mut splitter = Splitter::new(self.dialect);
        splitter.feed(&bytes, 0);
        while splitter.is_open() && !broken {
            let gap = self.lines.offset() - end;
            let Some(line) = self.lines.next()? else {
                break;
            };
            let from = bytes.len();
            // The line end is CR LF or LF; it is a part of the value.
            bytes.extend_from_slice(if gap > 1 { b"\r\n" } else { b"\n" });
            bytes.extend_from_slice(&line.bytes);
            end = line.span.end();
            broken = line.over || bytes.len() > TOGETHER;
            splitter.feed(&bytes, from);
        }
        let open = splitter.is_open();
        let over = broken || bytes.len() > self.bound;
        if over {
            bytes = Vec::new();
        }
        Ok(Some(Record {
            span: Span::new(start, end - start),
            count: if over {
                0
            } else {
                splitter.finish(bytes.len())
            },
            values: if over { Vec::new() } else { splitter.values },
            bytes,
            over,
            open,
        }))
    }
}

/// Finds the values of one record, which may come in pieces.
struct Splitter {
    dialect: Dialect,
    values: Vec<Value>,
    /// How many values were met.
    count: usize,
    /// Where the value begins, behind its quotation mark.
    start: usize,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing of the value was seen.
    Begin,
    Plain,
    Quoted,
    /// Behind a quotation mark that ends the value or is doubled, at this place.
    Mark(usize),
    /// Behind the value that ended at this place: what follows belongs to none.
    Behind(usize),
}

impl Splitter {
    const fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            values: Vec::new(),
            count: 0,
            start: 0,
            state: State::Begin,
        }
    }

    const fn is_open(&self) -> bool {
        matches!(self.state, State::Quoted)
    }

    /// Looks at the bytes from `from`.
    fn feed(&mut self, bytes: &[u8], from: usize) {
        for (at, byte) in bytes.iter().enumerate().skip(from) {
            let delimits = *byte == self.dialect.delimiter;
            self.state = match self.state {
                State::Begin if *byte == b'"' && self.dialect.quotes => {
                    self.start = at + 1;
                    State::Quoted
                }
                State::Begin | State::Plain if delimits => {
                    self.value(at, false);
                    self.start = at + 1;
                    State::Begin
                }
                State::Begin | State::Plain => State::Plain,
                State::Quoted if *byte == b'"' => State::Mark(at),
                State::Quoted => State::Quoted,
                State::Mark(_) if *byte == b'"' => State::Quoted,
                State::Mark(end) | State::Behind(end) if delimits => {
                    self.value(end, true);
                    self.start = at + 1;
                    State::Begin
                }
                State::Mark(end) | State::Behind(end) => State::Behind(end),
            };
        }
    }

    /// Notes the value that ends at `end`.
    fn value(&mut self, end: usize, quoted: bool) {
        self.count += 1;
        if self.values.len() < VALUES {
            let range = self.start..end;
            self.values.push(Value { range, quoted });
        }
    }

    /// Notes the last value, and gives how many there are.
    fn finish(&mut self, length: usize) -> usize {
        let (end, quoted) = match self.state {
            State::Begin | State::Plain => (length, false),
            State::Quoted => (length, true),
            State::Mark(end) | State::Behind(end) => (end, true),
        };
        self.value(end, quoted);
        self.count
    }
}

/// Hands out the places of the records behind the header.
pub(super) fn ranges(
    input: &mut dyn Read,
    dialect: Dialect,
    sink: &mut dyn FnMut(Span),
) -> Result<(), Refusal> {
    let mut records = Records::new(input, dialect, 0);
    records.next()?;
    while let Some(record) = records.next()? {
        sink(record.span);
    }
    Ok(())
}

/// The names of the columns of a table; none where it has more than are read.
pub(super) fn names(header: &Record) -> Vec<String> {
    if header.count > header.values.len() {
        return Vec::new();
    }
    let names = header.values.iter().map(|value| {
        let bytes = header.bytes.get(value.range.clone()).unwrap_or_default();
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let name = String::from_utf8_lossy(bytes.trim_ascii());
        name.trim_matches('"').replace("\"\"", "\"")
    });
    names.collect()
}

/// The values of a record with the names of their columns.
pub(super) fn row<'a>(record: &'a Record, columns: &'a [String]) -> Result<Row<'a>, String> {
    let (count, wanted) = (record.count, columns.len());
    if record.open {
        return Err("the file ends inside quotation marks that begin in this record".to_owned());
    }
    if count != wanted {
        return Err(format!(
            "the record has {count} values where the header names {wanted}"
        ));
    }
    let cells = columns
        .iter()
        .zip(&record.values)
        .map(|(name, value)| Cell {
            name: Cow::Borrowed(name.as_str()),
            range: value.range.clone(),
            form: if value.quoted {
                Form::Quoted
            } else {
                Form::Plain
            },
        });
    let cells = cells.filter(|cell| !cell.range.is_empty()).collect();
    Ok(Row::new(&record.bytes, cells))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The records of a text, each a list of contents, held against their places.
    fn read(text: &[u8], dialect: Dialect) -> Vec<Vec<String>> {
        let mut input = text;
        let mut records = Records::new(&mut input, dialect, 1 << 20);
        let mut all = Vec::new();
        while let Some(record) = records.next().unwrap() {
            let at = usize::try_from(record.span.offset).unwrap();
            assert_eq!(&text[at..at + record.bytes.len()], record.bytes);
            let content = record.values.iter().map(|value| {
                let text = String::from_utf8_lossy(&record.bytes[value.range.clone()]);
                if value.quoted {
                    text.replace("\"\"", "\"")
                } else {
                    text.into_owned()
                }
            });
            all.push(content.collect());
        }
        all
    }

    #[test]
    fn quotation_marks_hold_delimiters_and_line_ends() {
        let text = b"a,\"b,\"\"c\r\nd\",\r\n\n\"\",x\"y,z";
        assert_eq!(
            read(text, CSV),
            [vec!["a", "b,\"c\r\nd", ""], vec!["", "x\"y", "z"]]
        );
        let plain = Dialect {
            delimiter: b'\t',
            quotes: false,
        };
        assert_eq!(read(b"\"a\tb\"\n", plain), [vec!["\"a", "b\""]]);
    }

    #[test]
    fn a_mark_that_is_not_closed_ends_with_the_file() {
        let mut input = &b"\"a,b\nc"[..];
        let mut records = Records::new(&mut input, CSV, 100);
        assert!(records.next().unwrap().unwrap().open);
    }

    #[test]
    fn a_record_beyond_the_bound_ends_where_it_would() {
        let mut input = &b"\"a,b\nc\"\nd"[..];
        let mut records = Records::new(&mut input, CSV, 5);
        let record = records.next().unwrap().unwrap();
        assert!(record.over && record.bytes.is_empty());
        assert_eq!(record.span, Span::new(0, 7));
        assert_eq!(records.next().unwrap().unwrap().bytes, b"d");
    }

    #[test]
    fn values_beyond_the_bound_are_counted_and_not_held() {
        let text = ",".repeat(VALUES + 4);
        let mut input = text.as_bytes();
        let mut records = Records::new(&mut input, CSV, text.len());
        let record = records.next().unwrap().unwrap();
        assert_eq!((record.count, record.values.len()), (VALUES + 5, VALUES));
        assert!(names(&record).is_empty());
    }

    proptest! {
        #[test]
        fn the_content_is_that_which_the_crate_csv_reads(
            table in prop::collection::vec(prop::collection::vec("[a,\"\n\r é]{0,6}", 2..5), 1..5)
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for record in &table {
                writer.write_record(record).unwrap();
            }
            let text = writer.into_inner().unwrap();
            prop_assert_eq!(read(&text, CSV), table);
        }
    }
}
