//! WARC files, streamed: what crawlers and archiving browsers keep.
//!
//! ```text
//! WARC/1.1
//! WARC-Type: request
//! WARC-Record-ID: <urn:uuid:…>
//! WARC-Concurrent-To: <urn:uuid:…>
//! WARC-Target-URI: https://collect.example/?v=1
//! WARC-Date: 2020-03-20T10:00:00Z
//! Content-Type: application/http; msgtype=request
//! Content-Length: 61
//!
//! GET /?v=1 HTTP/1.1
//! Host: collect.example
//! …
//! ```
//!
//! Read after ISO 28500:2017 (WARC 1.1; iipc/warc-specifications), and 0.17, 0.18
//! and 1.0 alike. Under gzip each record is a member of its own as a rule, which
//! makes no difference here.
//!
//! # Entries
//!
//! A `request` record is an entry, from its version to the end of its block,
//! together with the answer that belongs to it: see `join`. An answer without a
//! request is an entry as well, by its header alone. An answer that has one, and
//! records of other types, are none; they are counted.
//!
//! # Reach
//!
//! As for HAR: see `message`. A request without an answer near it is `sent`.

mod digest;
mod entry;
mod info;
mod join;
mod record;

use std::io::Read;
use std::ops::ControlFlow;

use affiant_model::{Capture, ExhibitId, Span};

use self::entry::Content;
pub(super) use self::info::Info;
use self::join::{Role, Slot, Window};
use self::record::{Next, Record, Records};
use super::Format;
use super::entries::Entries;
use crate::{Input, Limits, Refusal, Settings, Sink};

/// Reads WARC files.
pub(super) struct Warc;

/// How much of an answer is read: its head as a rule.
const ANSWER_BYTES: u64 = 64 << 10;

/// More than the version of a record takes.
const LONGEST_VERSION: u64 = 32;

/// Fields of a header that stand once (ISO 28500:2017 §4).
const ONCE: &[&str] = &[
    "WARC-Type",
    "WARC-Record-ID",
    "WARC-Date",
    "WARC-Target-URI",
    "Content-Length",
    "Content-Type",
];

impl Format for Warc {
    fn name(&self) -> &'static str {
        "warc"
    }

    fn title(&self) -> &'static str {
        "WARC file"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        let line = head.split(|b| *b == b'\n').next().unwrap_or_default();
        record::is_version(line)
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let limits = &settings.limits;
        let (mut head, input) = (Vec::new(), input.stream());
        let read = input.take(LONGEST_VERSION).read_to_end(&mut head);
        read.map_err(|source| Refusal::Read { offset: 0, source })?;
        if !self.recognise(&head) {
            return Err(refusal(&head));
        }
        let mut input = head.as_slice().chain(input);
        let mut entries = Entries::new(exhibit, limits, sink);
        let mut info = Info::default();
        let _ = walk(&mut input, &mut entries, limits, &mut info)?;
        Ok(info.into_capture(entries.finish()))
    }

    fn range_rule(&self) -> Option<&'static str> {
        Some("WARC request records, and headers of answers without one")
    }

    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        let mut records = Records::new(input);
        let mut window = Window::<()>::new();
        loop {
            let record = match records.next()? {
                Next::Record(record) => record,
                Next::Stray(_) => continue,
                Next::Broken(..) | Next::End => break,
            };
            records.skip()?;
            if let Some(role) = Role::of(&record) {
                let span = span_of(role, &record, records.offset());
                window.push(Slot::new(role, &record, span));
            }
            while let Some(slot) = window.pop(false) {
                sink(slot.span);
            }
        }
        while let Some(slot) = window.pop(true) {
            sink(slot.span);
        }
        Ok(())
    }
}

fn refusal(head: &[u8]) -> Refusal {
    let cause = if head.is_empty() {
        "the file is empty"
    } else {
        "the file does not begin with the version of a record"
    };
    Refusal::NotThisFormat {
        wanted: "WARC file",
        cause: cause.to_owned(),
        offset: None,
        remedy: "write the archive again as WARC 1.1",
    }
}

/// Reads a WARC file into entries, and what it says of itself into `info`.
pub(super) fn walk(
    input: &mut dyn Read,
    entries: &mut Entries<'_, '_>,
    limits: &Limits,
    info: &mut Info,
) -> Result<ControlFlow<()>, Refusal> {
    let mut walk = Walk {
        records: Records::new(input),
        entries,
        limits,
        window: Window::new(),
        info,
    };
    loop {
        let flow = match walk.records.next()? {
            Next::Record(record) => walk.record(record)?,
            Next::Stray(span) => {
                let message = "bytes stand behind a block, where a record is due";
                walk.entries.note(Some(span), message, "they are not read")
            }
            Next::Broken(span, why) => {
                let means = "the records before this place are read, and nothing behind it";
                let flow = walk.entries.note(Some(span), why, means);
                return Ok(if flow.is_break() {
                    flow
                } else {
                    walk.give(true)
                });
            }
            Next::End => return Ok(walk.give(true)),
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
}

/// The place of an entry, of a record that ends at `end`.
fn span_of(role: Role, record: &Record, end: u64) -> Span {
    let length = match role {
        Role::Request => end.saturating_sub(record.start),
        Role::Answer | Role::Lookup => record.head.len() as u64,
    };
    Span::new(record.start, length)
}

struct Walk<'w, 'a, 's, 'r> {
    records: Records<'r>,
    entries: &'w mut Entries<'a, 's>,
    limits: &'w Limits,
    window: Window<Content>,
    info: &'w mut Info,
}

impl Walk<'_, '_, '_, '_> {
    fn record(&mut self, record: Record) -> Result<ControlFlow<()>, Refusal> {
        let place = Span::new(record.start, record.head.len() as u64);
        if self.remark(&record, place).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let role = Role::of(&record);
        let kind = record.text("WARC-Type").unwrap_or_default();
        let is_info = kind.eq_ignore_ascii_case("warcinfo");
        let most = match role {
            Some(Role::Request) => self.limits.entry_bytes as u64,
            Some(Role::Answer) => ANSWER_BYTES,
            None if is_info => self.limits.member_bytes as u64,
            Some(Role::Lookup) | None => 0,
        };
        let over = role == Some(Role::Request) && record.length > most;
        let block = self.records.block(if over { 0 } else { most })?;
        let missing = self.records.skip()?;
        if missing > 0 && role != Some(Role::Request) {
            let message =
                format!("the file ends inside this record, {missing} bytes before its end");
            let means = "what is there of it is read";
            if self.entries.note(Some(place), message, means).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        let Some(role) = role else {
            if is_info {
                self.info.read(&block, self.limits);
            } else {
                self.info.count(&record);
            }
            return Ok(ControlFlow::Continue(()));
        };
        let span = span_of(role, &record, self.records.offset());
        let mut slot = Slot::new(role, &record, span);
        slot.content = Some(Content {
            record,
            block,
            missing,
            over,
        });
        self.window.push(slot);
        Ok(self.give(false))
    }

    /// Says what of a header is not as it should be.
    fn remark(&mut self, record: &Record, place: Span) -> ControlFlow<()> {
        if let Some(version) = self.info.version(record) {
            let message = format!("the version {version} of WARC is not known");
            self.entries
                .note(Some(place), message, "it is read as 1.1")?;
        }
        if !record.stated {
            let message = "the record states no length of its block";
            let means = "it is read as one without a block";
            self.entries.note(Some(place), message, means)?;
        }
        if let Some(name) = record.repeated(ONCE) {
            let message = format!("the field `{name}` stands more than once in the header");
            self.entries
                .note(Some(place), message, "the first is read")?;
        }
        if record.text("WARC-Type").is_none() {
            let message = "the record does not say of what type it is";
            self.entries.note(Some(place), message, "it is not read")?;
        }
        ControlFlow::Continue(())
    }

    /// Hands out the entries to which nothing more can belong.
    fn give(&mut self, end: bool) -> ControlFlow<()> {
        while let Some(slot) = self.window.pop(end) {
            entry::give(slot, self.entries)?;
        }
        ControlFlow::Continue(())
    }
}
