//! Load files.
//!
//! ```text
//! þBEGBATESþ¶þENDBATESþ¶…          DAT: U+00FE around, U+0014 between
//! þACME0000001þ¶þACME0000001þ¶…
//!
//! ACME0000001,VOL001,IMAGES\ACME0000001.pdf,Y,,,1          OPT, a line a document
//! ```
//!
//! The pilcrow stands for the control character U+0014 here, as editors show it.
//! DAT and CSV are UTF-8 with a byte order mark, by which Relativity tells the
//! encoding; `®` (U+00AE) is a new line within a value.

use crate::record::windows;
use crate::{Error, FIELDS, Record};

const MARK: &str = "\u{FEFF}";
const QUOTE: char = '\u{FE}';
const BETWEEN: char = '\u{14}';
const LINE: char = '\u{AE}';

/// The documents as Concordance DAT. The form has no way to write its own
/// delimiters within a value: they, other control characters and a backslash
/// that would read as one are spelt `\u{FE}`. The CSV has each value as it is.
#[must_use]
pub fn dat(records: &[Record]) -> Vec<u8> {
    let mut out = MARK.to_owned();
    let mut row = |values: &[String]| {
        let quoted = values.iter().map(|v| format!("{QUOTE}{}{QUOTE}", plain(v)));
        let cells: Vec<String> = quoted.collect();
        out.push_str(&cells.join(&BETWEEN.to_string()));
        out.push_str("\r\n");
    };
    row(&FIELDS.map(str::to_owned));
    for record in records {
        row(&record.values());
    }
    out.into_bytes()
}

fn plain(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        let ambiguous = c == '\\' && rest.as_str().starts_with("u{");
        match c {
            '\n' => out.push(LINE),
            c if c == QUOTE || c == LINE || c.is_control() || ambiguous || c == '\u{FEFF}' => {
                out.push_str(&format!("\\u{{{:X}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// The documents as CSV (RFC 4180), UTF-8 with a byte order mark.
///
/// # Errors
/// [`Error::Table`] where it cannot be written.
pub fn csv(records: &[Record]) -> Result<Vec<u8>, Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(MARK.as_bytes().to_vec());
    let fail = |error: csv::Error| Error::Table(error.to_string());
    writer.write_record(FIELDS).map_err(fail)?;
    for record in records {
        writer.write_record(record.values()).map_err(fail)?;
    }
    writer
        .into_inner()
        .map_err(|error| Error::Table(error.to_string()))
}

/// The documents as Opticon OPT: number, volume, path, `Y` on the first page of a
/// document, folder and box left empty, pages of the document on its first page.
/// A PDF of several pages has the one line of its first page, as Relativity reads
/// multi-page PDFs.
///
/// The names come from this program and hold neither comma nor line break.
#[must_use]
pub fn opt(records: &[Record], volume: &str) -> Vec<u8> {
    let line = |record: &Record| {
        format!(
            "{},{volume},{},Y,,,{}\r\n",
            record.begin,
            windows(&record.image),
            record.pages
        )
    };
    records.iter().map(line).collect::<String>().into_bytes()
}
