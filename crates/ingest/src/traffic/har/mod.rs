//! HAR 1.2, streamed.
//!
//! The scanner finds `log`, its members, and each element of `log.entries`
//! with its place; each element is read on its own from its bytes.
//!
//! # Reach
//!
//! A final status is an answer of the server, and `acknowledged`. Without one,
//! or with an interim one (100 to 199) alone, the request is `sent`, or
//! `attempted` where the capture records a failure or times nothing of it. 407
//! is `attempted`: a proxy refused the request and answered in the place of the
//! recipient. `attempted` is also said where a writer lists a request with a status
//! although the answer came from the device itself, because such an entry does
//! not show that the request left it: `outcome` lists the marks.

mod body;
mod capture;
mod entry;
mod fields;
mod held;
mod messages;
mod outcome;
mod request_line;

use std::io::Read;
use std::ops::ControlFlow;

use affiant_model::{Capture, Defect, ExhibitId, Span, Stage};

use self::capture::About;
use super::scan::{Keep, Next, Scanner, Stop};
use super::{Format, HEAD_BYTES, foreign};
use crate::{Input, Item, Limits, Refusal, Settings, Sink};

/// Reads HAR 1.2 and 1.1.
pub(super) struct Har;

impl Format for Har {
    fn name(&self) -> &'static str {
        "har"
    }

    fn title(&self) -> &'static str {
        "HTTP Archive (HAR) 1.2"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        matches!(sniff(head), Sniff::Log | Sniff::Open)
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        Walk::new(input.stream(), exhibit, &settings.limits, sink, None).run()
    }

    fn range_rule(&self) -> Option<&'static str> {
        Some("har entries")
    }

    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        let limits = Limits::default();
        let mut nothing = |_| ControlFlow::Continue(());
        Walk::new(input, ExhibitId(1), &limits, &mut nothing, Some(sink))
            .run()
            .map(|_| ())
    }
}

/// What the beginning of a file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sniff {
    /// An object with the member `log`.
    Log,
    /// An object without it.
    NoLog,
    /// An object of which more is needed to tell.
    Open,
    /// Not JSON at this byte, or not an object: what was due instead.
    NotJson(u64, &'static str),
}

/// Looks for the member `log` in the beginning of a file.
pub(super) fn sniff(head: &[u8]) -> Sniff {
    let mut input = head;
    let mut scanner = Scanner::new(&mut input);
    let mut look = || -> Result<bool, Stop> {
        open_document(&mut scanner)?;
        let mut first = true;
        loop {
            match scanner.next_in(first, b'}')? {
                Next::Member | Next::NoComma => {}
                Next::Closed | Next::ClosedAfterComma => return Ok(false),
            }
            first = false;
            if scanner.name()? == "log" {
                return Ok(true);
            }
            scanner.value(&mut Keep::up_to(0))?;
        }
    };
    match look() {
        Ok(true) => Sniff::Log,
        Ok(false) => Sniff::NoLog,
        Err(Stop::NotJson(offset, wanted)) => Sniff::NotJson(offset, wanted),
        Err(Stop::Early(_)) if !head.trim_ascii().is_empty() => Sniff::Open,
        Err(_) => Sniff::NotJson(0, "an object"),
    }
}

/// Consumes a byte order mark, if any, and the opening of the document.
fn open_document(scanner: &mut Scanner<'_>) -> Result<(), Stop> {
    if scanner.head(3)?.starts_with(b"\xef\xbb\xbf") {
        scanner.consume(3);
    }
    scanner.expect(b'{', "an object")
}

struct Walk<'a, 's> {
    scanner: Scanner<'a>,
    exhibit: ExhibitId,
    limits: &'a Limits,
    sink: &'a mut Sink<'s>,
    about: About,
    /// How many members `log`, and how many arrays `entries`, were met.
    logs: u32,
    arrays: u32,
    entries: u32,
    /// Takes the ranges of the entries, where nothing else is wanted of them.
    ranges: Option<&'a mut dyn FnMut(Span)>,
}

impl<'a, 's> Walk<'a, 's> {
    fn new(
        input: &'a mut dyn Read,
        exhibit: ExhibitId,
        limits: &'a Limits,
        sink: &'a mut Sink<'s>,
        ranges: Option<&'a mut dyn FnMut(Span)>,
    ) -> Self {
        Self {
            scanner: Scanner::new(input),
            exhibit,
            limits,
            sink,
            about: About::new(limits),
            logs: 0,
            arrays: 0,
            entries: 0,
            ranges,
        }
    }

    fn run(mut self) -> Result<Capture, Refusal> {
        let end = self.document();
        self.finish(end)
    }

    fn document(&mut self) -> Result<(), Stop> {
        let head = self.scanner.head(HEAD_BYTES)?;
        let head = &head[..head.len().min(HEAD_BYTES)];
        if matches!(sniff(head), Sniff::NotJson(0, _)) || !starts_object(head) {
            return Err(Stop::Refused(foreign::refusal(head)));
        }
        open_document(&mut self.scanner)?;
        let mut first = true;
        while self.member(first, b'}')? {
            first = false;
            let name = self.scanner.name()?;
            if name == "log" && self.scanner.need_token()? == b'{' {
                self.logs += 1;
                if self.logs > 1 {
                    self.defect_here("the file has a second member `log`", "both are read")?;
                }
                self.log()?;
            } else if name == "log" && self.logs == 0 {
                return Err(Stop::Refused(refusal(
                    "its `log` is not an object",
                    Some(self.scanner.offset()),
                )));
            } else {
                self.scanner.value(&mut Keep::up_to(0))?;
            }
        }
        self.trailing()
    }

    /// Whether a container goes on. A comma that is missing or too much is
    /// reported and passed over.
    fn member(&mut self, first: bool, close: u8) -> Result<bool, Stop> {
        let more = match self.scanner.next_in(first, close)? {
            Next::Member => return Ok(true),
            Next::Closed => return Ok(false),
            Next::NoComma => true,
            Next::ClosedAfterComma => false,
        };
        let token = self.scanner.peek()?;
        if more && token.is_some_and(|b| b"]}:".contains(&b)) {
            return Err(Stop::NotJson(self.scanner.offset(), "a comma"));
        }
        let message = if more {
            "a comma is missing here"
        } else {
            "a comma stands before this end"
        };
        self.defect_here(message, "nothing is lost by it: what follows is read")?;
        Ok(more)
    }

    fn log(&mut self) -> Result<(), Stop> {
        self.scanner.expect(b'{', "an object")?;
        let mut first = true;
        while self.member(first, b'}')? {
            first = false;
            let name = self.scanner.name()?;
            let token = self.scanner.need_token()?;
            let start = self.scanner.offset();
            match name.as_str() {
                "entries" if token == b'[' => {
                    self.arrays += 1;
                    if self.arrays > 1 {
                        let message = "`log` has a second member `entries`";
                        self.defect_here(message, "both are read, and numbered on")?;
                    }
                    self.array()?;
                }
                "entries" if self.arrays == 0 => {
                    return Err(Stop::Refused(refusal(
                        "its `log.entries` is not an array",
                        Some(start),
                    )));
                }
                _ if About::is_kept(&name) => {
                    let mut keep = Keep::up_to(self.limits.member_bytes);
                    self.scanner.value(&mut keep)?;
                    let span = Span::new(start, self.scanner.offset() - start);
                    for (message, consequence) in self.about.take(&name, &keep, span) {
                        self.defect(None, Some(span), message, consequence)?;
                    }
                }
                _ => self.scanner.value(&mut Keep::up_to(0))?,
            }
        }
        Ok(())
    }

    fn array(&mut self) -> Result<(), Stop> {
        self.scanner.expect(b'[', "an array")?;
        let mut first = true;
        while self.member(first, b']')? {
            first = false;
            self.scanner.need_token()?;
            let start = self.scanner.offset();
            let bound = match self.ranges {
                Some(_) => 0,
                None => self.limits.entry_bytes,
            };
            let mut keep = Keep::up_to(bound);
            let end = self.scanner.value(&mut keep);
            let span = Span::new(start, self.scanner.offset() - start);
            if matches!(end, Err(Stop::NotJson(..) | Stop::Refused(_))) {
                return end;
            }
            self.entries = self.entries.saturating_add(1);
            if let Some(ranges) = &mut self.ranges {
                ranges(span);
                match end {
                    Ok(()) => continue,
                    _ => return end,
                }
            }
            if matches!(end, Err(Stop::Early(_))) {
                let message = "the file ends inside this entry, or its brackets do not match";
                let means = "neither the entry nor anything behind its start is read";
                self.defect(Some(self.entries), Some(span), message.to_owned(), means)?;
                return end;
            }
            if keep.over {
                let message = format!(
                    "the entry is larger than the bound of {} bytes",
                    self.limits.entry_bytes
                );
                self.defect(Some(self.entries), Some(span), message, NOT_READ)?;
                continue;
            }
            let (defects, exchange) =
                entry::read(keep.bytes, span, self.exhibit, self.entries, self.limits);
            for defect in defects {
                self.hand(Item::Defect(defect))?;
            }
            if let Some(exchange) = exchange {
                self.hand(Item::Exchange(exchange))?;
            }
        }
        Ok(())
    }

    /// Reports whatever stands behind the end of the document.
    fn trailing(&mut self) -> Result<(), Stop> {
        if self.scanner.peek_token()?.is_none() {
            return Ok(());
        }
        let start = self.scanner.offset();
        self.scanner.drain()?;
        let span = Span::new(start, self.scanner.offset() - start);
        if self.arrays == 0 {
            return Ok(());
        }
        let message = format!(
            "{} bytes stand behind the end of the JSON text",
            span.length
        );
        self.defect(None, Some(span), message, "these bytes are not read")
    }

    fn finish(mut self, end: Result<(), Stop>) -> Result<Capture, Refusal> {
        let end = match end {
            Err(Stop::Refused(refusal)) => return Err(refusal),
            Err(Stop::Break) => Ok(()),
            _ if self.arrays > 0 => self.report_end(end),
            Ok(()) if self.logs > 0 => return Err(refusal("its `log` has no `entries`", None)),
            Ok(()) => return Err(refusal("the JSON object has no member `log`", None)),
            Err(Stop::Early(at)) => {
                return Err(refusal("the file ends before any entry", Some(at)));
            }
            Err(Stop::NotJson(at, wanted)) => {
                let cause = format!("the file is not JSON: {wanted} is due");
                return Err(refusal(&cause, Some(at)));
            }
        };
        match end {
            Err(Stop::Refused(refusal)) => Err(refusal),
            _ => Ok(self.about.into_capture(self.entries)),
        }
    }

    /// Reports an end that is not that of a whole document.
    fn report_end(&mut self, end: Result<(), Stop>) -> Result<(), Stop> {
        let (offset, message) = match end {
            Err(Stop::Early(offset)) => (
                offset,
                format!("the file ends early, at byte {offset}, before the JSON text does"),
            ),
            Err(Stop::NotJson(offset, wanted)) => (
                offset,
                format!("the file is not JSON from byte {offset} on: {wanted} is due"),
            ),
            other => return other,
        };
        self.scanner.drain()?;
        let span = Span::new(offset, self.scanner.offset().saturating_sub(offset));
        let consequence = "the entries before this place are read, and nothing behind it";
        self.defect(None, Some(span), message, consequence)
    }

    fn defect_here(&mut self, message: &str, consequence: &str) -> Result<(), Stop> {
        let span = Span::new(self.scanner.offset(), 0);
        self.defect(None, Some(span), message.to_owned(), consequence)
    }

    fn defect(
        &mut self,
        exchange: Option<u32>,
        span: Option<Span>,
        message: String,
        consequence: &str,
    ) -> Result<(), Stop> {
        self.hand(Item::Defect(Defect {
            exhibit: self.exhibit,
            exchange,
            span,
            stage: Stage::Ingest,
            message,
            consequence: consequence.to_owned(),
        }))
    }

    fn hand(&mut self, item: Item) -> Result<(), Stop> {
        match (self.sink)(item) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Break),
        }
    }
}

/// What the reader of a report is told of an entry that is not read.
const NOT_READ: &str = "the entry is not read";

fn refusal(cause: &str, offset: Option<u64>) -> Refusal {
    Refusal::NotThisFormat {
        wanted: "HAR",
        cause: cause.to_owned(),
        offset,
        remedy: "export the capture again as HAR",
    }
}

fn starts_object(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    text.trim_ascii_start().starts_with(b"{")
}
