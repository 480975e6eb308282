//! Every object of a file, in the order of its bytes.

use std::collections::{BTreeMap, BTreeSet};

use super::syntax::{Dict, Object, Reader, is_space};
use super::table;
use super::{MAX_STREAM, decode};

/// Objects that are kept, and those within them.
const MAX_OBJECTS: usize = 1 << 20;
const MAX_NODES: usize = 1 << 24;

/// An indirect object: ISO 32000-1, 7.3.10.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Indirect<'a> {
    pub(crate) number: u32,
    pub(crate) value: Object,
    /// The data of a stream as they stand in the file.
    pub(crate) stream: Option<&'a [u8]>,
    /// Where these begin in the file; 0 where the object is no stream.
    pub(crate) data_at: usize,
    /// Where the object begins in the file; none within an object stream.
    pub(crate) at: Option<usize>,
}

impl Indirect<'_> {
    pub(crate) fn dict(&self) -> Option<&Dict> {
        self.value.as_dict()
    }
}

/// What was found from the first byte to the last.
#[derive(Debug, Default)]
pub(crate) struct Scan<'a> {
    /// Every object, also those replaced later and those within object streams.
    pub(crate) objects: Vec<Indirect<'a>>,
    /// Every trailer dictionary.
    pub(crate) trailers: Vec<Dict>,
    /// What is not laid out as the standard wants, each with its place.
    pub(crate) irregular: Vec<String>,
    /// Why objects may have been missed; empty where none were.
    pub(crate) gaps: Vec<String>,
    /// Place of the last object of each number.
    last: BTreeMap<u32, usize>,
    /// Where the tables say that objects begin.
    pub(super) entries: BTreeSet<(u32, usize)>,
    /// Where tables begin.
    pub(super) tables: BTreeSet<usize>,
    /// Where the file says that tables begin.
    pub(super) starts: BTreeSet<usize>,
}

impl<'a> Scan<'a> {
    /// The last object with that number, which is the one that counts.
    pub(crate) fn last(&self, number: u32) -> Option<&Indirect<'a>> {
        self.objects.get(*self.last.get(&number)?)
    }

    /// What a reference leads to; any other object itself.
    pub(crate) fn resolve<'s>(&'s self, object: &'s Object) -> &'s Object {
        let found = object.as_reference().and_then(|n| self.last(n));
        found.map_or(object, |o| &o.value)
    }
}

/// Reads `pdf` from its first byte to its last.
pub(crate) fn scan(pdf: &[u8]) -> Scan<'_> {
    let mut found = Scan::default();
    let mut reader = Reader::new(pdf, 0);
    // A file made to be read again and again from the same places is given up.
    let mut work = 4 * pdf.len() + (1 << 20);
    let mut stray: Option<usize> = None;
    loop {
        skip_space(&mut reader);
        if reader.at >= pdf.len() {
            break;
        }
        let start = reader.at;
        if piece(&mut reader, &mut found, &mut work) {
            found.end_stray(&mut stray, start);
        } else {
            stray.get_or_insert(start);
            reader.at = start + reader.word_from(start).max(1);
        }
        if work == 0 || found.objects.len() >= MAX_OBJECTS || reader.nodes >= MAX_NODES {
            let gap = format!("reading stopped at byte {start}: too many objects, or too deep");
            found.gaps.push(gap);
            break;
        }
    }
    found.end_stray(&mut stray, pdf.len());
    found.open_object_streams();
    found.follow_tables(pdf, &mut work);
    let numbers = found.objects.iter().map(|o| o.number);
    found.last = numbers.enumerate().map(|(n, number)| (number, n)).collect();
    found
}

impl Scan<'_> {
    fn end_stray(&mut self, stray: &mut Option<usize>, end: usize) {
        if let Some(start) = stray.take() {
            let text = format!("bytes {start} to {end} belong to no object");
            self.irregular.push(text);
        }
    }

    /// Adds the objects within object streams: ISO 32000-1, 7.5.7.
    fn open_object_streams(&mut self) {
        let mut room = MAX_STREAM;
        let mut inner = Vec::new();
        let mut nodes = MAX_NODES;
        for object in &self.objects {
            let (Some(dict), Some(raw)) = (object.dict(), object.stream) else {
                continue;
            };
            if !dict.is("Type", "ObjStm") {
                continue;
            }
            let decoded = decode(dict, raw, room);
            room = room.saturating_sub(decoded.work);
            if let Some(gap) = decoded.gap {
                let gap = format!("object stream {}: {gap}", object.number);
                self.gaps.push(gap);
            }
            let all = MAX_OBJECTS.saturating_sub(self.objects.len() + inner.len());
            if !members(dict, &decoded.bytes, all, &mut nodes, &mut inner) {
                let gap = format!("object stream {}: not all of it was read", object.number);
                self.gaps.push(gap);
            }
        }
        self.objects.extend(inner);
    }
}

/// Reads the members of an object stream; `false` where not all could be read.
fn members(
    dict: &Dict,
    bytes: &[u8],
    most: usize,
    nodes: &mut usize,
    out: &mut Vec<Indirect<'_>>,
) -> bool {
    let number = |key| dict.get(key).and_then(Object::as_size).unwrap_or(0);
    let mut head = Reader::new(bytes, 0);
    for n in 0..number("N") {
        let (Some(id), Some(offset)) = (head.unsigned(), head.unsigned()) else {
            return false;
        };
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let mut member = Reader::new(bytes, offset.saturating_add(number("First")));
        let value = member.object();
        *nodes = nodes.saturating_sub(member.nodes);
        let (Ok(number), Some(value)) = (u32::try_from(id), value) else {
            return false;
        };
        if n >= most || *nodes == 0 {
            return false;
        }
        out.push(Indirect {
            number,
            value,
            stream: None,
            data_at: 0,
            at: None,
        });
    }
    true
}

/// Passes over white space, the header, its mark that the file is binary, and
/// `%%EOF`. Any other comment is stray bytes: a table may lead into it.
fn skip_space(reader: &mut Reader<'_>) {
    loop {
        let spaces = reader.rest().iter().take_while(|b| is_space(**b)).count();
        reader.at += spaces;
        let rest = reader.rest();
        let end = rest
            .iter()
            .take(32)
            .position(|b| matches!(b, b'\r' | b'\n'));
        let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let version = |v: &[u8]| v.len() == 3 && v.iter().all(|b| b.is_ascii_digit() || *b == b'.');
        let binary = |mark: &[u8]| !mark.is_empty() && mark.iter().all(|b| *b >= 0x80);
        let known = line.trim_ascii_end() == b"%%EOF"
            || line
                .strip_prefix(b"%PDF-")
                .is_some_and(|v| version(v.trim_ascii_end()))
            || line.strip_prefix(b"%").is_some_and(binary);
        if !known || line.len() > 32 {
            return;
        }
        reader.at += line.len();
    }
}

/// One piece of a file: an object, a cross-reference table, a trailer, the
/// place of the table. `false` where it is none of these.
fn piece<'a>(reader: &mut Reader<'a>, found: &mut Scan<'a>, work: &mut usize) -> bool {
    let start = reader.at;
    if reader.accept("xref") {
        found.tables.insert(start);
        table::read(reader, &mut found.entries);
        return true;
    }
    if reader.accept("startxref") {
        let start = reader.unsigned();
        let start = start.and_then(|n| usize::try_from(n).ok());
        found.starts.extend(start);
        return start.is_some();
    }
    if reader.accept("trailer") {
        let trailer = reader.object();
        *work = work.saturating_sub(reader.at - start);
        return match trailer {
            Some(Object::Dict(dict)) => {
                found.trailers.push(dict);
                true
            }
            _ => false,
        };
    }
    let object = indirect(reader, &mut found.irregular);
    *work = work.saturating_sub(reader.at - start);
    match object {
        Some(object) => {
            found.objects.push(object);
            true
        }
        None => false,
    }
}

pub(super) fn indirect<'a>(
    reader: &mut Reader<'a>,
    irregular: &mut Vec<String>,
) -> Option<Indirect<'a>> {
    let start = reader.at;
    let number = u32::try_from(reader.unsigned()?).ok()?;
    reader.unsigned()?;
    reader.skip_space();
    if !reader.accept("obj") {
        return None;
    }
    let value = reader.object()?;
    reader.skip_space();
    let mut data_at = 0;
    let stream = match value.as_dict() {
        Some(dict) if reader.accept("stream") => {
            skip_line_end(reader);
            data_at = reader.at;
            let (data, agrees) = data(reader, dict)?;
            if !agrees {
                irregular.push(format!(
                    "the stream of object {number} does not end where its length says"
                ));
            }
            Some(data)
        }
        _ => None,
    };
    reader.skip_space();
    if !reader.accept("endobj") {
        irregular.push(format!("object {number} is not ended"));
    }
    Some(Indirect {
        number,
        value,
        stream,
        data_at,
        at: Some(start),
    })
}

fn skip_line_end(reader: &mut Reader<'_>) {
    reader.at += match reader.rest() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    };
}

/// The data of a stream, and whether its length is as stated: ISO 32000-1, 7.3.8.
fn data<'a>(reader: &mut Reader<'a>, dict: &Dict) -> Option<(&'a [u8], bool)> {
    let rest = reader.rest();
    if let Some(length) = dict.get("Length").and_then(Object::as_size) {
        let tail = rest.get(length..).unwrap_or_default();
        let gap = tail.iter().take(2).take_while(|b| is_space(**b)).count();
        if tail.get(gap..)?.starts_with(b"endstream") {
            reader.at += length + gap + b"endstream".len();
            return Some((rest.get(..length)?, true));
        }
    }
    let Some(end) = occurrences(rest, b"endstream").next() else {
        // What was searched in vain counts as read.
        reader.at = reader.bytes.len();
        return None;
    };
    reader.at += end + b"endstream".len();
    let mut data = rest.get(..end)?;
    data = data.strip_suffix(b"\n").unwrap_or(data);
    data = data.strip_suffix(b"\r").unwrap_or(data);
    // A length that is an object of its own is not looked up.
    let indirect = matches!(dict.get("Length"), Some(Object::Reference(_)));
    Some((data, indirect))
}

impl Reader<'_> {
    fn word_from(&mut self, start: usize) -> usize {
        self.at = start;
        self.word().len()
    }
}

/// Where `word` occurs in `bytes`.
pub(crate) fn occurrences<'a>(bytes: &'a [u8], word: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    memchr::memmem::find_iter(bytes, word)
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
