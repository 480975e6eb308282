//! ARC files, streamed: what crawlers kept before WARC.
//!
//! ```text
//! filedesc://crawl.arc 0.0.0.0 20040101000000 text/plain 75
//! 1 0 Example crawler
//! URL IP-address Archive-date Content-type Archive-length
//!
//! http://www.example.org/ 192.0.2.7 20040101000001 text/html 1591
//! HTTP/1.1 200 OK
//! …
//! ```
//!
//! After M. Burner and B. Kahle, *Arc File Format* (Internet Archive, 1996), versions 1
//! and 2: the second line names the columns of each header. An address may hold
//! spaces, so that columns are counted from the end, as warcio does
//! (`ARCHeadersParser` in `warcio/recordloader.py`, version 1.8.1).
//!
//! An ARC holds answers alone. Of a request no more is known than its address; an
//! entry is the header of an answer of HTTP, or of a lookup (`dns:`).

use std::io::{self, BufRead, BufReader, Read};
use std::ops::{ControlFlow, Range};

use affiant_model::{Capture, Carrier, ExchangeKind, ExhibitId, FieldName, Reach, Span};
use chrono::{DateTime, NaiveDateTime, Utc};

use super::draft::cut;
use super::entries::{Entries, NO_TIME};
use super::message::{self, Response};
use super::{Format, address};
use crate::{Input, Limits, Refusal, Settings, Sink};

/// Reads ARC files.
pub(super) struct Arc;

/// Size of the longest header. It is no field of the limits, because where
/// entries are must not depend on them.
const HEADER_BYTES: u64 = 64 << 10;

/// How much of an answer is read: its head as a rule.
const ANSWER_BYTES: u64 = 64 << 10;

/// How many columns a header may have.
const MOST_COLUMNS: usize = 32;

impl Format for Arc {
    fn name(&self) -> &'static str {
        "arc"
    }

    fn title(&self) -> &'static str {
        "ARC file"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        head.starts_with(b"filedesc://")
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let limits = &settings.limits;
        let mut entries = Entries::new(exhibit, limits, sink);
        let mut records = Records::open(input.stream())?;
        let mut others = 0_u64;
        loop {
            let flow = match records.next()? {
                Next::Header(header) => records.entry(header, &mut entries, &mut others)?,
                Next::Broken(span) => {
                    let message = "no record begins here, where one is due";
                    let means = "the records before this place are read, and nothing behind it";
                    let _ = entries.note(Some(span), message, means);
                    break;
                }
                Next::End => break,
            };
            if flow.is_break() {
                break;
            }
        }
        Ok(records.about(limits, others, entries.finish()))
    }

    fn range_rule(&self) -> Option<&'static str> {
        Some("headers of ARC records")
    }

    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        let mut records = Records::open(input)?;
        while let Next::Header(header) = records.next()? {
            if header.kind().is_some() {
                sink(header.span);
            }
        }
        Ok(())
    }
}

/// What stands next in the file.
enum Next {
    Header(Header),
    Broken(Span),
    End,
}

/// The header of a record.
struct Header {
    span: Span,
    line: Vec<u8>,
    /// Columns behind the address, from the second on.
    rest: Vec<String>,
    url: String,
    /// Where it stands in the line.
    address: Range<usize>,
    /// Size of the block; `None` where it states none.
    length: Option<u64>,
}

impl Header {
    /// Takes a line apart that has that many columns.
    fn of(span: Span, line: Vec<u8>, columns: usize) -> Option<Self> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut parts: Vec<&[u8]> = line.rsplitn(columns, |b| *b == b' ').collect();
        if parts.len() != columns || columns < 2 {
            return None;
        }
        let url = parts.pop()?;
        let (address, url) = (0..url.len(), text(url));
        parts.reverse();
        let rest: Vec<String> = parts.into_iter().map(text).collect();
        Some(Self {
            span,
            length: rest.last()?.parse().ok(),
            address,
            rest,
            url,
            line,
        })
    }

    /// What kind of entry it is, if one.
    fn kind(&self) -> Option<ExchangeKind> {
        let scheme = self.url.split_once(':')?.0.to_ascii_lowercase();
        match scheme.as_str() {
            "http" | "https" => Some(ExchangeKind::Request),
            "dns" => Some(ExchangeKind::Lookup),
            _ => None,
        }
    }
}

struct Records<'r> {
    input: BufReader<&'r mut dyn Read>,
    offset: u64,
    /// Bytes of the last block that were not read.
    left: u64,
    /// Names of the columns.
    columns: Vec<String>,
    version: String,
    /// Who made the file.
    origin: String,
}

impl<'r> Records<'r> {
    /// Opens a file, and reads its first record.
    fn open(input: &'r mut dyn Read) -> Result<Self, Refusal> {
        let mut records = Self {
            input: BufReader::with_capacity(256 << 10, input),
            offset: 0,
            left: 0,
            columns: Vec::new(),
            version: String::new(),
            origin: String::new(),
        };
        let first = records.line()?;
        let version = String::from_utf8_lossy(&records.line()?).into_owned();
        let names = String::from_utf8_lossy(&records.line()?).into_owned();
        let mut words = version.splitn(3, ' ').map(str::to_owned);
        records.version = words.next().unwrap_or_default();
        records.origin = words.nth(1).unwrap_or_default();
        records.columns = names.split(' ').map(str::to_ascii_lowercase).collect();
        let known = first.starts_with(b"filedesc://") && names.starts_with("URL ");
        if !known || records.columns.len() > MOST_COLUMNS {
            return Err(refusal());
        }
        // What is left of the first block; some writers state no length of it.
        let stated = String::from_utf8_lossy(&first);
        let stated = stated
            .rsplit(' ')
            .next()
            .and_then(|n| n.parse::<u64>().ok());
        let read = (version.len() + names.len() + 2) as u64;
        records.left = stated.unwrap_or(read).saturating_sub(read);
        Ok(records)
    }

    fn failed(&self, source: io::Error) -> Refusal {
        Refusal::Read {
            offset: self.offset,
            source,
        }
    }

    /// A line without its end, cut at the bound.
    fn line(&mut self) -> Result<Vec<u8>, Refusal> {
        let mut line = Vec::new();
        let read = (&mut self.input)
            .take(HEADER_BYTES)
            .read_until(b'\n', &mut line);
        self.offset += read.map_err(|source| self.failed(source))? as u64;
        let kept = line.trim_ascii_end().len();
        line.truncate(kept);
        Ok(line)
    }

    /// Reads over bytes, and gives how many of them the file does not have.
    fn skip(&mut self) -> Result<u64, Refusal> {
        let read = io::copy(&mut (&mut self.input).take(self.left), &mut io::sink());
        let read = read.map_err(|source| self.failed(source))?;
        self.offset += read;
        let missing = self.left - read;
        self.left = 0;
        Ok(missing)
    }

    fn at_end(&mut self) -> Result<bool, Refusal> {
        loop {
            match self.input.fill_buf() {
                Ok(rest) => return Ok(rest.is_empty()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    let offset = self.offset;
                    return Err(Refusal::Read { offset, source });
                }
            }
        }
    }

    fn next(&mut self) -> Result<Next, Refusal> {
        self.skip()?;
        loop {
            if self.at_end()? {
                return Ok(Next::End);
            }
            let start = self.offset;
            let line = self.line()?;
            if line.is_empty() {
                continue;
            }
            let span = Span::new(start, line.len() as u64);
            let Some(header) = Header::of(span, line, self.columns.len()) else {
                self.left = u64::MAX;
                self.skip()?;
                return Ok(Next::Broken(Span::new(start, self.offset - start)));
            };
            self.left = header.length.unwrap_or_default();
            return Ok(Next::Header(header));
        }
    }

    fn value<'h>(&self, header: &'h Header, name: &str) -> &'h str {
        let at = self.columns.iter().position(|own| own == name);
        let at = at.and_then(|at| at.checked_sub(1));
        at.and_then(|at| header.rest.get(at))
            .map_or("", String::as_str)
    }

    /// Hands out the entry of a record, if it is one.
    fn entry(
        &mut self,
        header: Header,
        entries: &mut Entries<'_, '_>,
        others: &mut u64,
    ) -> Result<ControlFlow<()>, Refusal> {
        let Some(kind) = header.kind() else {
            *others += 1;
            return Ok(ControlFlow::Continue(()));
        };
        let mut draft = entries.begin(header.span);
        let mut block = Vec::new();
        let read = (&mut self.input)
            .take(ANSWER_BYTES.min(self.left))
            .read_to_end(&mut block);
        read.map_err(|source| self.failed(source))?;
        self.offset += block.len() as u64;
        self.left -= block.len() as u64;
        let missing = self.skip()?;
        if header.length.is_none() {
            let means = "it is read as one without a block";
            draft.defect(None, "the record states no length of its block", means);
        }
        if missing > 0 {
            let message =
                format!("the file ends inside this record, {missing} bytes before its end");
            draft.defect(None, message, "what is there of it is read");
        }
        let written = self.value(&header, "archive-date").to_owned();
        draft.exchange.started = instant(&written);
        if draft.exchange.started.is_none() {
            let message = format!("the date is none: `{}`", cut(&written));
            draft.defect(None, message, NO_TIME);
        }
        draft.exchange.started_as_written = written;
        draft.exchange.kind = kind;
        if kind == ExchangeKind::Lookup {
            let name = header.url.split_once(':').map_or("", |(_, name)| name);
            draft.exchange.host = name.trim_end_matches('.').to_lowercase();
            draft.exchange.detail = Some("DNS".to_owned());
            draft.exchange.reach = Reach::Contacted;
            return Ok(entries.give(draft, header.line));
        }
        let ip = self.value(&header, "ip-address");
        draft.exchange.server_address = Some(ip.to_owned()).filter(|ip| !ip.is_empty());
        draft.exchange.host = address::host("", &header.url);
        if draft.exchange.host.is_empty() {
            let message = format!("the address has no host: `{}`", cut(&header.url));
            draft.defect(None, message, "the recipient is not known");
        }
        draft.exchange.detail = Some("answer without its request".to_owned());
        draft.field(FieldName::Url, header.address, Carrier::Raw, Vec::new());
        match Response::of(&block) {
            Ok(response) => {
                draft.exchange.status = Some(response.status);
                draft.exchange.reach = message::reach("", Some(response.status));
            }
            Err(why) => {
                let message = format!("the block of the answer is none of HTTP: {}", why.0);
                draft.defect(
                    None,
                    message,
                    "the exchange is read as one without an answer",
                );
                draft.exchange.reach = Reach::Sent;
            }
        }
        draft.exchange.url = header.url;
        Ok(entries.give(draft, header.line))
    }

    fn about(self, limits: &Limits, others: u64, entries: u32) -> Capture {
        let origin = Some(self.origin);
        let origin = origin.filter(|o| !o.is_empty() && o.len() <= limits.stated_bytes);
        let others = (others > 0).then(|| {
            let name = "records that are neither of HTTP nor of DNS".to_owned();
            (name, others.to_string())
        });
        Capture {
            format: Arc.name().to_owned(),
            version: Some(self.version),
            writer: origin,
            stated: others.into_iter().collect(),
            clock: Some("seconds, UTC, by the crawler's clock".to_owned()),
            entries,
            ..Capture::default()
        }
    }
}

fn refusal() -> Refusal {
    Refusal::NotThisFormat {
        wanted: "ARC file",
        cause: "the first record does not name the columns of the others".to_owned(),
        offset: Some(0),
        remedy: "write the archive again as WARC, for example with `warcio recompress`",
    }
}

/// A date of fourteen digits, in UTC.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let digits = text.len() == 14 && text.bytes().all(|b| b.is_ascii_digit());
    let time = NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S").ok();
    time.filter(|_| digits).map(|time| time.and_utc())
}
