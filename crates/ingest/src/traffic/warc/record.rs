//! The records of a WARC file, one after the other, none held beyond its header.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;

use affiant_model::Span;

use crate::Refusal;

/// Size of the longest header that is read. It is no field of the limits,
/// because where entries begin must not depend on them.
const HEADER_BYTES: u64 = 1 << 20;

/// What stands next in the file.
#[derive(Debug)]
pub(super) enum Next {
    Record(Record),
    /// A line that is no record, behind a block that is longer than it states.
    Stray(Span),
    /// Something that is no record, up to the end of the file.
    Broken(Span, &'static str),
    End,
}

/// The header of a record.
#[derive(Debug)]
pub(super) struct Record {
    /// Bytes of the file before the record.
    pub(super) start: u64,
    /// The header, from `WARC/` to the empty line.
    pub(super) head: Vec<u8>,
    /// Size of the block behind it, as stated; 0 where it states none.
    pub(super) length: u64,
    /// Whether it states one.
    pub(super) stated: bool,
    fields: Vec<(Range<usize>, Range<usize>)>,
}

impl Record {
    fn of(start: u64, head: Vec<u8>) -> Self {
        let mut fields: Vec<(Range<usize>, Range<usize>)> = Vec::new();
        let mut at = 0;
        for line in head.split_inclusive(|b| *b == b'\n') {
            let range = at..at + line.trim_ascii_end().len();
            let first = at == 0;
            at += line.len();
            if first {
                continue;
            }
            // A value goes on in lines that begin with white space.
            if line.starts_with(b" ") || line.starts_with(b"\t") {
                let more = trimmed(&head, range);
                if let Some((_, value)) = fields.last_mut().filter(|_| !more.is_empty()) {
                    let start = if value.start == value.end {
                        more.start
                    } else {
                        value.start
                    };
                    *value = start..more.end;
                }
                continue;
            }
            if let Some(colon) = line.iter().position(|b| *b == b':') {
                let name = range.start..range.start + colon;
                let value = (name.end + 1).min(range.end)..range.end;
                fields.push((trimmed(&head, name), trimmed(&head, value)));
            }
        }
        let mut record = Self {
            start,
            head,
            length: 0,
            stated: false,
            fields,
        };
        if let Some(length) = record.text("Content-Length").and_then(|t| t.parse().ok()) {
            (record.length, record.stated) = (length, true);
        }
        record
    }

    /// The version, as in `WARC/1.0`.
    pub(super) fn version(&self) -> Cow<'_, str> {
        let line = self.head.split(|b| *b == b'\n').next().unwrap_or_default();
        let version = line.trim_ascii().get(5..).unwrap_or_default();
        String::from_utf8_lossy(version)
    }

    /// Where the values of a field stand in the header, in order; letter case of
    /// the name aside (ISO 28500:2017 §4).
    pub(super) fn places<'s>(&'s self, name: &'s str) -> impl Iterator<Item = Range<usize>> + 's {
        let named = move |field: &&(Range<usize>, Range<usize>)| {
            let own = self.head.get(field.0.clone()).unwrap_or_default();
            own.eq_ignore_ascii_case(name.as_bytes())
        };
        self.fields
            .iter()
            .filter(named)
            .map(|field| field.1.clone())
    }

    /// The values of a field as text.
    pub(super) fn texts<'s>(&'s self, name: &'s str) -> impl Iterator<Item = Cow<'s, str>> + 's {
        self.places(name)
            .map(|place| String::from_utf8_lossy(self.head.get(place).unwrap_or_default()))
    }

    /// The first value of a field as text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.texts(name).next().map(Cow::into_owned)
    }

    /// The target, with its place. WARC 1.0 has it in angle brackets by its
    /// grammar and without in its examples, and wget writes both.
    pub(super) fn target(&self) -> Option<(String, Range<usize>)> {
        let mut place = self.places("WARC-Target-URI").next()?;
        let bytes = self.head.get(place.clone())?;
        if bytes.len() >= 2 && bytes.starts_with(b"<") && bytes.ends_with(b">") {
            place = place.start + 1..place.end - 1;
        }
        let text = String::from_utf8_lossy(self.head.get(place.clone())?);
        (!text.is_empty()).then(|| (text.into_owned(), place.clone()))
    }

    /// The first name of those that may stand once and stand more often.
    pub(super) fn repeated(&self, names: &'static [&'static str]) -> Option<&'static str> {
        names
            .iter()
            .copied()
            .find(|name| self.places(name).count() > 1)
    }
}

/// A range of `bytes` without the white space around.
fn trimmed(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let part = bytes.get(range.clone()).unwrap_or_default();
    let start = part.len() - part.trim_ascii_start().len();
    range.start + start..range.start + start + part.trim_ascii().len()
}

/// Reads one record after the other.
pub(super) struct Records<'r> {
    input: BufReader<&'r mut dyn Read>,
    offset: u64,
    /// Bytes of the last block that were not read.
    left: u64,
    /// Whether the last thing was no record.
    stray: bool,
}

impl<'r> Records<'r> {
    pub(super) fn new(input: &'r mut dyn Read) -> Self {
        Self {
            input: BufReader::with_capacity(256 << 10, input),
            offset: 0,
            left: 0,
            stray: false,
        }
    }

    /// The next record, behind what is left of the last one.
    pub(super) fn next(&mut self) -> Result<Next, Refusal> {
        self.skip()?;
        self.pass_over_line_ends()?;
        let (start, mut head) = (self.offset, Vec::new());
        loop {
            let from = head.len();
            let room = HEADER_BYTES.saturating_sub(from as u64);
            let read = (&mut self.input).take(room).read_until(b'\n', &mut head);
            let read = read.map_err(|source| self.failed(source))?;
            self.offset += read as u64;
            let line = head.get(from..).unwrap_or_default();
            if from == 0 {
                if line.is_empty() {
                    return Ok(Next::End);
                }
                if !is_version(line) {
                    // The length of a block may be off by some bytes. What follows
                    // must be a record then.
                    let lost = start == 0 || std::mem::replace(&mut self.stray, true);
                    if lost || !line.ends_with(b"\n") {
                        return self.broken(start, "no record begins here, where one is due");
                    }
                    return Ok(Next::Stray(Span::new(start, self.offset - start)));
                }
            } else if line.ends_with(b"\n") && line.trim_ascii().is_empty() {
                return Ok(Next::Record(self.begin(start, head)));
            }
            if !line.ends_with(b"\n") {
                let long = head.len() as u64 >= HEADER_BYTES;
                return self.broken(
                    start,
                    if long {
                        "the header of the record is longer than 1 MiB"
                    } else {
                        "the file ends inside the header of this record"
                    },
                );
            }
        }
    }

    fn begin(&mut self, start: u64, head: Vec<u8>) -> Record {
        let record = Record::of(start, head);
        self.left = record.length;
        self.stray = false;
        record
    }

    /// Bytes of the block of the last record, `most` at the most, that were not
    /// read yet.
    pub(super) fn block(&mut self, most: u64) -> Result<Vec<u8>, Refusal> {
        let mut block = Vec::new();
        let wanted = most.min(self.left);
        let read = (&mut self.input).take(wanted).read_to_end(&mut block);
        read.map_err(|source| self.failed(source))?;
        self.offset += block.len() as u64;
        self.left -= block.len() as u64;
        Ok(block)
    }

    /// Passes over the rest of the block, and gives how many bytes of it the
    /// file does not have.
    pub(super) fn skip(&mut self) -> Result<u64, Refusal> {
        let read = io::copy(&mut (&mut self.input).take(self.left), &mut io::sink());
        let read = read.map_err(|source| self.failed(source))?;
        self.offset += read;
        let missing = self.left - read;
        self.left = 0;
        Ok(missing)
    }

    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    fn broken(&mut self, start: u64, why: &'static str) -> Result<Next, Refusal> {
        self.left = u64::MAX;
        self.skip()?;
        Ok(Next::Broken(Span::new(start, self.offset - start), why))
    }

    /// Two line ends stand behind a block; some writers have one or none.
    fn pass_over_line_ends(&mut self) -> Result<(), Refusal> {
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => return Err(self.failed(source)),
            };
            let ends = chunk.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
            let count = ends.count();
            let more = count > 0 && count == chunk.len();
            self.input.consume(count);
            self.offset += count as u64;
            if !more {
                return Ok(());
            }
        }
    }

    const fn failed(&self, source: io::Error) -> Refusal {
        Refusal::Read {
            offset: self.offset,
            source,
        }
    }
}

/// Whether a line is the version of a record: `WARC/1.0`.
pub(super) fn is_version(line: &[u8]) -> bool {
    let Some((name, version)) = line.split_at_checked(5) else {
        return false;
    };
    if !name.eq_ignore_ascii_case(b"WARC/") {
        return false;
    }
    let version = version.trim_ascii_end();
    let parts: Vec<&[u8]> = version.split(|b| *b == b'.').collect();
    let number = |part: &&[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    parts.len() == 2 && parts.iter().all(number) && version.len() <= 9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_record_has_its_place_and_its_fields() {
        let mut file = &b"WARC/1.0\r\nWARC-Type: request\r\nX: a\r\n b\r\nContent-Length:\r\n 3\r\n\r\nabc\r\n\r\nwarc/1.1\nWARC-target-uri: <http://a/>\n\n\n"[..];
        let mut records = Records::new(&mut file);
        let Next::Record(first) = records.next().unwrap() else {
            panic!()
        };
        assert_eq!((first.length, first.version().as_ref()), (3, "1.0"));
        assert_eq!(first.text("warc-type").as_deref(), Some("request"));
        assert_eq!(first.text("X").as_deref(), Some("a\r\n b"));
        assert_eq!(records.block(2).unwrap(), b"ab");
        let Next::Record(second) = records.next().unwrap() else {
            panic!()
        };
        assert_eq!((second.start, second.stated), (70, false));
        let (target, place) = second.target().unwrap();
        assert_eq!(
            (target.as_str(), &second.head[place]),
            ("http://a/", &b"http://a/"[..])
        );
        assert!(matches!(records.next().unwrap(), Next::End));
    }

    #[test]
    fn what_is_no_record_is_told_apart_from_one_that_is_cut() {
        let next = |file: &[u8]| {
            let mut file = file;
            match Records::new(&mut file).next().unwrap() {
                Next::Broken(span, why) => format!("{}+{}: {why}", span.offset, span.length),
                Next::Record(_) => "record".to_owned(),
                Next::Stray(_) => "stray".to_owned(),
                Next::End => "end".to_owned(),
            }
        };
        assert_eq!(next(b"\r\n"), "end");
        assert_eq!(next(b"WARC/1.0\r\n\r\n"), "record");
        for bad in ["WARC/1", "WARC/1.2.3\r\n\r\n", "WARC/1\r\n\r\n", "x"] {
            let said = next(bad.as_bytes());
            assert!(
                said.starts_with(&format!("0+{}: no record", bad.len())),
                "{said}"
            );
        }
        assert!(next(b"WARC/1.0\r\nA: b\r\n").contains("inside the header"));
        assert!(next(&[b"WARC/1.0\r\nA: ", &[b'x'; 2 << 20][..]].concat()).contains("1 MiB"));
    }
}
