//! Logs of Zeek, as tab-separated values or as JSON, streamed.
//!
//! ```text
//! #separator \x09
//! #set_separator  ,
//! #path  dns
//! #fields  ts  uid  id.orig_h  …
//! 1521911720.865716  CqKst53mF3det3eDV9  10.47.1.100  …
//! {"_path":"dns","ts":"2018-03-24T17:15:20.865716Z","id.orig_h":"10.47.1.100",…}
//! ```
//!
//! Where two spaces stand here, a tab stands in a log. Both forms are written by
//! `src/threading/formatters/{Ascii,JSON}.cc` and
//! `src/logging/writers/ascii/Ascii.cc` of zeek/zeek, read at commit a13de64.
//! An entry is one line that is neither empty nor begins with `#`. A file of
//! tab-separated values may hold several headers, as of logs put together; each
//! holds for the lines behind it.
//!
//! # What is read
//!
//! `http` as requests, `dns` as lookups, `ssl` and `quic` as handshakes, `conn`
//! as connections. Which log a line of JSON belongs to is said by `_path`, or
//! else by its members. The lines of other logs are counted and not read: they
//! repeat a contact that one of those lists, or name none. A file that holds
//! nothing else is refused.
//!
//! # Values
//!
//! `-` is unset and `(empty)` empty, unless the header says otherwise. A value
//! may have escapes, `\x09` for a tab: the field is the bytes as they are in the
//! file, and host, address and names are taken with the escapes undone.
//!
//! # Reach
//!
//! Zeek watches the wire. A request with a status is `acknowledged` and one
//! without is `sent`; a status below 200 or of 407 is no answer of the
//! recipient, and CONNECT is answered by a proxy. A lookup, a handshake and a
//! connection are `contacted`; a connection to which nobody answered
//! (`conn_state` S0, REJ, RSTOS0, SH) is `attempted`
//! (`scripts/base/protocols/conn/main.zeek`).

mod header;
mod http;
mod kinds;
mod rows;

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;

use affiant_model::{Capture, ExhibitId, Span};

use self::header::Header;
use self::kinds::Log;
use super::entries::{Entries, NO_TIME, unreadable};
use super::lines::{Line, Lines};
use super::row::Row;
use super::{Format, instant};
use crate::{Input, Limits, Refusal, Settings, Sink};

/// Reads logs of Zeek.
pub(super) struct Zeek;

impl Format for Zeek {
    fn name(&self) -> &'static str {
        "zeek"
    }

    fn title(&self) -> &'static str {
        "Zeek log"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        let mut lines = head.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
        match lines.find(|line| !line.is_empty()) {
            Some(first) if first.starts_with(b"#") => head
                .split(|b| *b == b'\n')
                .take_while(|line| line.is_empty() || line.starts_with(b"#"))
                .any(|line| line.starts_with(b"#separator ") || line.starts_with(b"#fields\t")),
            Some(first) if first.starts_with(b"{") => std::str::from_utf8(first)
                .ok()
                .and_then(|line| Row::json(line).ok())
                .is_some_and(|row| kinds::is_zeek(&row)),
            _ => false,
        }
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let mut walk = Walk::new(
            Entries::new(exhibit, &settings.limits, sink),
            &settings.limits,
        );
        let mut lines = Lines::new(input.stream(), settings.limits.line_bytes);
        while let Some(line) = lines.next()? {
            if walk.line(line).is_break() {
                break;
            }
        }
        walk.into_capture()
    }

    fn range_rule(&self) -> Option<&'static str> {
        Some("lines of the log")
    }

    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        let mut lines = Lines::new(input, 0);
        while let Some(line) = lines.next()? {
            if is_entry(&line) {
                sink(line.span);
            }
        }
        Ok(())
    }
}

/// Whether a line is an entry: it is not empty, and no line of a header.
fn is_entry(line: &Line) -> bool {
    line.first.is_some_and(|first| first != b'#')
}

struct Walk<'a, 's> {
    entries: Entries<'a, 's>,
    limits: &'a Limits,
    header: Header,
    stated: Vec<(String, String)>,
    /// Lines of logs that are not read: how many, and the first.
    unread: BTreeMap<String, (u64, Span)>,
}

/// How many logs that are not read are named of a file.
const MOST_LOGS: usize = 100;

/// What stands for the name of a log beyond those.
const OTHERS: &str = "(others)";

impl<'a, 's> Walk<'a, 's> {
    fn new(entries: Entries<'a, 's>, limits: &'a Limits) -> Self {
        Self {
            entries,
            limits,
            header: Header::default(),
            stated: Vec::new(),
            unread: BTreeMap::new(),
        }
    }

    fn line(&mut self, line: Line) -> ControlFlow<()> {
        if !is_entry(&line) {
            self.header_line(&line);
            return ControlFlow::Continue(());
        }
        if line.over {
            return self.entries.too_long(line.span);
        }
        let is_json = line.bytes.starts_with(b"{");
        let row = if is_json {
            Row::of_line(&line)
        } else {
            let row = self.header.row(&line.bytes);
            row.map_err(|what| unreadable(&line, &what))
        };
        let row = match row {
            Ok(row) => row,
            Err(what) => {
                let draft = self.entries.begin(line.span);
                return self.entries.give_up(draft, None, what);
            }
        };
        let named = row.text("_path");
        let path = named.as_deref().or(self.header.path());
        let log = match path {
            Some(path) => Log::named(path),
            None => Log::by_members(&row),
        };
        let Some(log) = log else {
            let path = path.unwrap_or("?").to_owned();
            self.unread(path, line.span);
            return ControlFlow::Continue(());
        };
        let sets = (!is_json).then(|| self.header.set_separator());
        let mut draft = self.entries.begin(line.span);
        time(&row, &mut draft);
        log.fill(&row, sets, &mut draft);
        drop(named);
        self.entries.give(draft, line.bytes)
    }

    fn header_line(&mut self, line: &Line) {
        if let Some((name, value)) = self.header.line(&line.text())
            && self.stated.len() < self.limits.stated_items
            && value.len() <= self.limits.stated_bytes
        {
            self.stated.push((name, value));
        }
    }

    fn unread(&mut self, path: String, span: Span) {
        self.entries.skip();
        let named = self.unread.len() < MOST_LOGS || self.unread.contains_key(&path);
        let path = if named { path } else { OTHERS.to_owned() };
        self.unread.entry(path).or_insert((0, span)).0 += 1;
    }

    fn into_capture(mut self) -> Result<Capture, Refusal> {
        if self.entries.is_silent()
            && let Some((path, (_, span))) = self.unread.first_key_value()
        {
            return Err(refusal(path, *span));
        }
        if self.entries.count() == 0 && self.header.is_none() {
            return Err(Refusal::NotThisFormat {
                wanted: "Zeek log",
                cause: "the file has neither a header nor a line".to_owned(),
                offset: None,
                remedy: "copy the log again",
            });
        }
        for (path, (count, span)) in std::mem::take(&mut self.unread) {
            let what = kinds::why_not(&path);
            let message = format!("{count} lines are of the log `{path}`, which {what}");
            if self
                .entries
                .note(Some(span), message, "these lines are not read")
                .is_break()
            {
                break;
            }
        }
        Ok(Capture {
            format: Zeek.name().to_owned(),
            clock: Some("microseconds, UTC".to_owned()),
            stated: self.stated,
            entries: self.entries.finish(),
            ..Capture::default()
        })
    }
}

fn refusal(path: &str, span: Span) -> Refusal {
    Refusal::NotThisFormat {
        wanted: "Zeek log that lists contacts",
        cause: format!("the log `{path}` {}", kinds::why_not(path)),
        offset: Some(span.offset),
        remedy: "take in the logs `conn`, `dns`, `http`, `ssl` and `quic` of the same capture",
    }
}

/// Reads when the entry began.
fn time(row: &Row<'_>, draft: &mut super::draft::Draft<'_>) {
    let Some(text) = row.text("ts") else {
        draft.defect(None, "the line has no `ts`", NO_TIME);
        return;
    };
    match instant::seconds_or_text(&text) {
        Ok(time) => draft.exchange.started = Some(time),
        Err(_) => {
            let range = row.get("ts").map(|cell| cell.range.clone());
            let message = format!("`ts` is no time: `{}`", super::draft::cut(&text));
            draft.defect(range.as_ref(), message, NO_TIME);
        }
    }
    draft.exchange.started_as_written = text.into_owned();
}
