//! The same activity as a page of HTML.
//!
//! ```text
//! <div class="outer-cell mdl-cell …"><div class="mdl-grid">
//! <div class="header-cell …"><p class="mdl-typography--title">YouTube<br></p></div>
//! <div class="content-cell … mdl-typography--body-1">Watched&nbsp;<a href="…">A video</a><br>
//! <a href="…">A channel</a><br>Aug 17, 2026, 1:14:48 PM CEST<br></div> … </div></div>
//! ```
//!
//! After the fixtures of d3i-infra/algosoc-2026, `packages/python/tests/
//! test_google_timestamps.py` (commit 062a10d). An entry is an `outer-cell`. Of its
//! first cell of the class `body-1`, the first line is the title; the time is the
//! first of the others that is a date. What follows it, such as the answer of an
//! assistant, stands in the bytes of the entry and is no field.

use std::ops::{ControlFlow, Range};

use affiant_model::{Capture, Span};

use super::google::{HOST, detail, refused};
use super::page::{Page, Part, has_class, shown};
use super::{list_one, moment, record};
use crate::traffic::draft::{Draft, cut};
use crate::traffic::entries::{Entries, NO_TIME};
use crate::traffic::scan::Scanner;
use crate::traffic::time::Unreadable;
use crate::{Limits, Refusal};

/// Whether a page is one of Takeout: it carries its style sheet.
pub(super) fn recognise(head: &[u8]) -> bool {
    let has = |name: &[u8]| memchr::memmem::find(head, name).is_some();
    has(b"outer-cell") || has(b"mdl-typography")
}

/// Reads a page.
///
/// # Errors
///
/// It holds no entry, or the input fails.
pub(super) fn read(
    scanner: Scanner<'_>,
    limits: &Limits,
    mut entries: Entries<'_, '_>,
) -> Result<Capture, Refusal> {
    let page = Page::take(scanner, limits)?;
    cells(&page, &mut |cell| entry(&page, cell, &mut entries));
    if entries.count() == 0 {
        return Err(refused("the page has no cell of an activity"));
    }
    page.note_beyond(limits, &mut entries);
    Ok(Capture {
        format: "google-activity".to_owned(),
        version: Some("HTML".to_owned()),
        clock: Some("seconds, in the time zone that stands with each".to_owned()),
        entries: entries.finish(),
        ..Capture::default()
    })
}

/// Hands out the places of the entries.
///
/// # Errors
///
/// The input fails.
pub(super) fn ranges(
    scanner: Scanner<'_>,
    limits: &Limits,
    sink: &mut dyn FnMut(Span),
) -> Result<(), Refusal> {
    let page = Page::take(scanner, limits)?;
    cells(&page, &mut |cell| {
        sink(cell.span());
        ControlFlow::Continue(())
    });
    Ok(())
}

fn entry(page: &Page, cell: Cell, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
    let mut draft = entries.begin(cell.span());
    record(&mut draft, HOST);
    let (header, title) = (cell.header.shown(), cell.lines.first());
    draft.exchange.detail = detail(&header, &title.map(Line::shown).unwrap_or_default());
    let field = |draft: &mut Draft<'_>, name: &str, line: &Line| {
        if !line.text.is_empty() {
            let start = line.range.start.saturating_sub(cell.range.start);
            list_one(draft, name, start..start + line.range.len());
        }
    };
    field(&mut draft, "header", &cell.header);
    if let Some(title) = title {
        field(&mut draft, "title", title);
    }
    let mut others = cell.lines.iter().skip(1);
    match others.find(|line| moment::read(&line.shown()) != Err(Unreadable::NotATime)) {
        Some(line) => {
            field(&mut draft, "time", line);
            let written = line.shown();
            match moment::read(&written) {
                Ok(time) => draft.exchange.started = Some(time),
                Err(_) => {
                    let message = format!(
                        "the time names no zone, or one that is the name of several: `{}`",
                        cut(&written)
                    );
                    draft.defect(None, message, NO_TIME);
                }
            }
            draft.exchange.started_as_written = written;
        }
        None => {
            let last = cell.lines.last().map(Line::shown).unwrap_or_default();
            let message = format!(
                "no line is a date of a form that is known: `{}`",
                cut(&last)
            );
            draft.defect(None, message, NO_TIME);
        }
    }
    if !cell.closed {
        let message = "the page ends inside this entry";
        draft.defect(None, message, "what is there of the entry is read");
    }
    let raw = page.bytes.get(cell.range).unwrap_or_default();
    entries.give(draft, raw.to_vec())
}

/// One entry of a page.
#[derive(Debug, Default)]
struct Cell {
    range: Range<usize>,
    /// How many `div` were open around it and with it.
    depth: usize,
    header: Line,
    lines: Vec<Line>,
    area: Area,
    /// Whether its end was there.
    closed: bool,
}

/// Where in an entry we are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Area {
    #[default]
    Around,
    Header,
    Body,
    Behind,
}

/// Text between two breaks of lines, with what stands in between.
#[derive(Debug, Clone, Default)]
struct Line {
    text: String,
    range: Range<usize>,
}

impl Line {
    fn shown(&self) -> String {
        shown(&self.text)
    }

    fn add(&mut self, text: &str, range: &Range<usize>) {
        let start = if self.text.is_empty() {
            range.start
        } else {
            self.range.start
        };
        self.range = start..range.end;
        self.text.push_str(text);
    }
}

impl Cell {
    fn span(&self) -> Span {
        Span::new(self.range.start as u64, self.range.len() as u64)
    }

    /// Goes on to the part of the entry that begins with an element of `class`.
    fn enter(&mut self, class: &str) {
        if has_class(class, "header-cell") {
            self.area = Area::Header;
        } else if has_class(class, "content-cell") {
            let is_body = has_class(class, "mdl-typography--body-1")
                && !has_class(class, "mdl-typography--text-right")
                && matches!(self.area, Area::Around | Area::Header);
            self.area = if is_body { Area::Body } else { Area::Behind };
            self.lines.push(Line::default());
        }
    }

    fn text(&mut self, text: &str, range: &Range<usize>) {
        match (self.area, self.lines.last_mut()) {
            (Area::Header, _) if !text.trim().is_empty() => self.header.add(text, range),
            // Blanks and breaks of the source before a line are not of it.
            (Area::Body, Some(line)) if !(line.text.is_empty() && text.trim().is_empty()) => {
                line.add(text, range);
            }
            _ => {}
        }
    }

    fn end(mut self, end: usize, closed: bool) -> Self {
        self.range.end = end.max(self.range.start);
        self.lines.retain(|line| !line.text.trim().is_empty());
        self.closed = closed;
        self
    }
}

/// Visits the entries of a page in order.
fn cells(page: &Page, visit: &mut dyn FnMut(Cell) -> ControlFlow<()>) {
    let (mut depth, mut current): (usize, Option<Cell>) = (0, None);
    let mut stopped = false;
    page.parts(&mut |part| {
        let mut flow = ControlFlow::Continue(());
        match part {
            Part::Open { name, class, range } => {
                depth += usize::from(name == "div");
                if has_class(&class, "outer-cell") {
                    // One that was left open ends where the next begins.
                    if let Some(cell) = current.take() {
                        flow = visit(cell.end(range.start, true));
                    }
                    current = Some(Cell {
                        range: range.start..range.end,
                        depth,
                        ..Cell::default()
                    });
                } else if let Some(cell) = &mut current {
                    if name == "br" && cell.area == Area::Body {
                        cell.lines.push(Line::default());
                    }
                    cell.enter(&class);
                }
            }
            Part::Text { text, range } => {
                if let Some(cell) = &mut current {
                    cell.text(&text, &range);
                }
            }
            Part::Close { name, range } if name == "div" => {
                if let Some(cell) = current.take_if(|cell| cell.depth >= depth) {
                    flow = visit(cell.end(range.end, true));
                }
                depth = depth.saturating_sub(1);
            }
            Part::Close { .. } => {}
        }
        stopped = flow.is_break();
        flow
    });
    if let Some(cell) = current.filter(|_| !stopped) {
        let _ = visit(cell.end(page.bytes.len(), false));
    }
}
