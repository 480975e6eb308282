//! Tables that a mapping describes: CSV, TSV or one JSON object a line.
//!
//! A table that no other format knows is read by a mapping: a TOML text that
//! says which column is what (see `mapping`). A mapping is an exhibit itself, so
//! that what was assumed of a table can be read and disputed. The first mapping
//! whose `match.columns` are all in the table's header (or in the first object)
//! is used, and the capture states its name.
//!
//! A table is never recognised by itself: the format is chosen by name.

mod fill;
pub(super) mod mapping;

use std::io::Read;
use std::ops::ControlFlow;

use affiant_model::{Capture, ExhibitId};

use self::mapping::{Layout, Mapping};
use super::Format;
use super::delimited::{Dialect, Records, names, row};
use super::entries::{Entries, NoZone};
use super::lines::{Lines, first};
use super::row::Row;
use crate::{Input, Refusal, Settings, Sink};

/// Reads tables by a mapping.
pub(super) struct Table;

/// Size in bytes of the longest header.
const HEADER: usize = 1 << 20;

impl Format for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn title(&self) -> &'static str {
        "table read by a mapping"
    }

    fn recognise(&self, _: &[u8]) -> bool {
        false
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let stream = input.stream();
        let mut head = Vec::new();
        first_line(stream, &mut head)?;
        let mapping = choose(&settings.aids.mappings, &head)?;
        let mut whole = head.as_slice().chain(stream);
        let mut entries = Entries::new(exhibit, &settings.limits, sink);
        let bound = settings.limits.line_bytes;
        match mapping.format {
            Layout::Csv => csv(&mut whole, bound, &mapping, &mut entries)?,
            Layout::Ndjson => ndjson(&mut whole, bound, &mapping, &mut entries)?,
        }
        Ok(Capture {
            format: self.name().to_owned(),
            clock: Some(mapping.clock()),
            stated: vec![("mapping".to_owned(), mapping.name.clone())],
            entries: entries.finish(),
            ..Capture::default()
        })
    }
}

/// Reads the records behind the header.
fn csv(
    input: &mut dyn Read,
    bound: usize,
    mapping: &Mapping,
    entries: &mut Entries<'_, '_>,
) -> Result<(), Refusal> {
    let mut records = Records::new(input, dialect(mapping), bound);
    let header = records.next()?;
    let columns = header.map(|header| names(&header)).unwrap_or_default();
    let mut zone = NoZone::default();
    while let Some(record) = records.next()? {
        let flow = if record.over {
            entries.too_long(record.span)
        } else {
            let draft = entries.begin(record.span);
            match row(&record, &columns) {
                Ok(row) => fill::entry(mapping, &row, draft, &record.bytes, &mut zone, entries),
                Err(what) => entries.give_up(draft, None, what),
            }
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// Reads the lines, each a JSON object.
fn ndjson(
    input: &mut dyn Read,
    bound: usize,
    mapping: &Mapping,
    entries: &mut Entries<'_, '_>,
) -> Result<(), Refusal> {
    let mut lines = Lines::new(input, bound);
    let mut zone = NoZone::default();
    while let Some(line) = lines.next()? {
        let flow = if line.span.length == 0 {
            ControlFlow::Continue(())
        } else if line.over {
            entries.too_long(line.span)
        } else {
            let draft = entries.begin(line.span);
            match Row::of_line(&line) {
                Ok(row) => fill::entry(mapping, &row, draft, &line.bytes, &mut zone, entries),
                Err(what) => entries.give_up(draft, None, what),
            }
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// Reads the beginning of the input until a line has ended in it.
fn first_line(input: &mut dyn Read, head: &mut Vec<u8>) -> Result<(), Refusal> {
    let mut buffer = [0_u8; 4 << 10];
    loop {
        let length = match input.read(&mut buffer) {
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(source) => {
                let offset = head.len() as u64;
                return Err(Refusal::Read { offset, source });
            }
        };
        head.extend_from_slice(&buffer[..length]);
        let has_line = !head.trim_ascii().is_empty() && buffer[..length].contains(&b'\n');
        if length == 0 || has_line || head.len() >= HEADER {
            return Ok(());
        }
    }
}

fn dialect(mapping: &Mapping) -> Dialect {
    Dialect {
        delimiter: mapping.delimiter(),
        quotes: true,
    }
}

/// The first mapping that describes a table whose first line is `head`.
fn choose(texts: &[String], head: &[u8]) -> Result<Mapping, Refusal> {
    let refuse = |cause: String, remedy| Refusal::NotThisFormat {
        wanted: "table of a mapping",
        cause,
        offset: None,
        remedy,
    };
    if texts.is_empty() {
        let cause = "no mapping says what its columns are".to_owned();
        return Err(refuse(
            cause,
            "write a mapping and take it in too: see `docs/formats/table.md`",
        ));
    }
    for text in texts {
        let mapping = Mapping::read(text).map_err(|error| {
            refuse(
                format!("a mapping cannot be read: {error}"),
                "correct the mapping",
            )
        })?;
        let has = match mapping.format {
            Layout::Csv => {
                let mut input = head;
                let mut records = Records::new(&mut input, dialect(&mapping), head.len());
                records
                    .next()?
                    .map(|header| names(&header))
                    .unwrap_or_default()
            }
            Layout::Ndjson => match std::str::from_utf8(first(head)).map(Row::json) {
                Ok(Ok(row)) => row.cells.iter().map(|cell| cell.name.to_string()).collect(),
                _ => Vec::new(),
            },
        };
        if mapping
            .matches
            .columns
            .iter()
            .all(|wanted| has.contains(wanted))
        {
            return Ok(mapping);
        }
    }
    let cause =
        "its first line has not all the columns of `match.columns` of any mapping".to_owned();
    Err(refuse(
        cause,
        "take in a mapping for this table: see `docs/formats/table.md`",
    ))
}
