//! The same records as pages of HTML: one page for each business.
//!
//! ```text
//! <h2 class="_2ph_ _a6-h _a6-i">Example App</h2> … <table>
//! <tr><td class="_a6_q">ID</td><td class="_2piu _a6_r">1001</td></tr>
//! <tr><td class="_a6_q">Event</td><td class="_2piu _a6_r">PAGE_VIEW</td></tr>
//! <tr><td class="_a6_q">Received on</td><td class="_2piu _a6_r">Nov 14, 2023 10:13:20 pm</td></tr></table>
//! ```
//!
//! Read from d3i-infra/algosoc-2026, `packages/python/port/platforms/facebook.py`
//! (commit 5c1faff, `_off_meta_page_html`). The name of the
//! business is the heading before; pages of 2024 and before have it in an `h1`,
//! or in a `span` of the class `_38my` behind *Activity received from*. An event is
//! a table that holds no other, with an id and a type; labels may be in any
//! language. The names of classes change, and none is needed but to know a page.
//!
//! The times are local and name no zone: on whose clock they are, the page does
//! not say. Archives of one account in both formats gave offsets from −8 to +2
//! hours (d3i-infra/algosoc-2026, `scripts/meta_html_timezone_probe.py`, commit
//! 653427a). So no entry of a page has an instant.

use std::ops::{ControlFlow, Range};

use affiant_model::{Capture, Span};

use super::meta::{HOST, is_type, refused, reported_by};
use super::page::{Page, Part, has_class, shown};
use super::{list_one, record};
use crate::traffic::entries::{Entries, NoZone};
use crate::traffic::scan::Scanner;
use crate::{Limits, Refusal};

/// Whether a page is one of an export of Meta.
pub(super) fn recognise(head: &[u8]) -> bool {
    // The names of classes stand in the style sheet at its beginning as well.
    let has = |name: &[u8]| memchr::memmem::find(head, name).is_some();
    has(b"_a6-g") || has(b"_a6_q") || has(b"_a706") || has(b"_38my")
}

/// Reads a page.
///
/// # Errors
///
/// It holds no event, or the input fails.
pub(super) fn read(
    scanner: Scanner<'_>,
    limits: &Limits,
    mut entries: Entries<'_, '_>,
) -> Result<Capture, Refusal> {
    let page = Page::take(scanner, limits)?;
    let mut zone = NoZone::default();
    events(&page, &mut |event| {
        entry(&page, event, &mut zone, &mut entries)
    });
    if entries.count() == 0 {
        return Err(refused(
            "the page holds no event; of an index, each page that it links to is one of the export",
        ));
    }
    page.note_beyond(limits, &mut entries);
    Ok(Capture {
        format: "meta-activity".to_owned(),
        version: Some("HTML".to_owned()),
        clock: Some("seconds or minutes, in a time zone that the page does not name".to_owned()),
        entries: entries.finish(),
        ..Capture::default()
    })
}

/// Hands out the places of the events.
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
    events(&page, &mut |event| {
        sink(span_of(&event.range));
        ControlFlow::Continue(())
    });
    Ok(())
}

fn span_of(range: &Range<usize>) -> Span {
    Span::new(range.start as u64, range.len() as u64)
}

fn entry(
    page: &Page,
    event: Event,
    zone: &mut NoZone,
    entries: &mut Entries<'_, '_>,
) -> ControlFlow<()> {
    let span = span_of(&event.range);
    let mut draft = entries.begin(span);
    record(&mut draft, HOST);
    reported_by(event.business, &mut draft);
    for row in &event.rows {
        if let Some(range) = within(&event.range, &row.range) {
            list_one(&mut draft, &row.label, range);
        }
        match row.what() {
            What::Kind => draft.exchange.detail = Some(row.value.clone()),
            What::Time => draft.exchange.started_as_written = row.value.clone(),
            What::Id => {}
        }
    }
    zone.say(entries, span)?;
    let raw = page.bytes.get(event.range).unwrap_or_default();
    entries.give(draft, raw.to_vec())
}

/// A place of the page as a place in an entry.
fn within(entry: &Range<usize>, part: &Range<usize>) -> Option<Range<usize>> {
    let start = part.start.checked_sub(entry.start)?;
    (part.end <= entry.end).then(|| start..part.end - entry.start)
}

/// A table that is an event.
struct Event {
    range: Range<usize>,
    business: Option<String>,
    rows: Vec<Row>,
}

/// A row of two cells.
#[derive(Debug, Clone, Default)]
struct Row {
    label: String,
    value: String,
    /// The place of the value.
    range: Range<usize>,
}

/// What a row says, by the form of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Id,
    Kind,
    Time,
}

impl Row {
    fn what(&self) -> What {
        match self.value.as_str() {
            value if is_type(value) => What::Kind,
            value if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => What::Id,
            _ => What::Time,
        }
    }
}

/// A table while it is walked through.
#[derive(Debug, Default)]
struct Table {
    start: usize,
    holds_another: bool,
    rows: Vec<Row>,
    /// Cells of the row that is open, with their text and its place.
    cells: Vec<(String, Range<usize>)>,
    in_cell: bool,
}

impl Table {
    fn end_row(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        self.in_cell = false;
        if let [(label, _), (value, range)] = &cells[..] {
            self.rows.push(Row {
                label: shown(label),
                value: shown(value),
                range: range.clone(),
            });
        }
    }

    fn is_event(&self) -> bool {
        let has = |wanted| self.rows.iter().any(|row| row.what() == wanted);
        let received = |row: &Row| row.label == "Received on";
        !self.holds_another
            && ((has(What::Kind) && has(What::Id)) || self.rows.iter().any(received))
    }
}

/// A heading while it is walked through.
struct Heading {
    element: String,
    text: String,
}

/// Visits the events of a page in order.
fn events(page: &Page, visit: &mut dyn FnMut(Event) -> ControlFlow<()>) {
    let mut tables: Vec<Table> = Vec::new();
    let (mut heading, mut business): (Option<Heading>, Option<String>) = (None, None);
    page.parts(&mut |part| {
        match part {
            Part::Open { name, class, range } => {
                if is_heading(&name, &class) {
                    heading = Some(Heading {
                        element: name,
                        text: String::new(),
                    });
                    return ControlFlow::Continue(());
                }
                open(&name, range.start, &mut tables);
            }
            Part::Text { text, range } => {
                if let Some(heading) = &mut heading {
                    heading.text.push_str(&text);
                } else if let Some((said, place)) = tables
                    .last_mut()
                    .filter(|table| table.in_cell)
                    .and_then(|table| table.cells.last_mut())
                {
                    let start = if said.is_empty() {
                        range.start
                    } else {
                        place.start
                    };
                    *place = start..range.end;
                    said.push_str(&text);
                }
            }
            Part::Close { name, range } => {
                if let Some(ended) = heading.take_if(|heading| heading.element == name) {
                    business = named(&ended.text);
                } else if let Some(table) = close(&name, &mut tables)
                    && table.is_event()
                {
                    return visit(Event {
                        range: table.start..range.end,
                        business: business.clone(),
                        rows: table.rows,
                    });
                }
            }
        }
        ControlFlow::Continue(())
    });
}

fn is_heading(name: &str, class: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3") || (name == "span" && has_class(class, "_38my"))
}

/// The name in a heading.
fn named(text: &str) -> Option<String> {
    let text = shown(text);
    let name = text
        .strip_prefix("Activity received from ")
        .unwrap_or(&text);
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

fn open(name: &str, start: usize, tables: &mut Vec<Table>) {
    match name {
        "table" => {
            if let Some(outer) = tables.last_mut() {
                outer.holds_another = true;
            }
            tables.push(Table {
                start,
                ..Table::default()
            });
        }
        "tr" => {
            if let Some(table) = tables.last_mut() {
                table.end_row();
            }
        }
        "td" | "th" => {
            if let Some(table) = tables.last_mut() {
                table.cells.push((String::new(), 0..0));
                table.in_cell = true;
            }
        }
        _ => {}
    }
}

/// Ends an element; gives the table that ends with it.
fn close(name: &str, tables: &mut Vec<Table>) -> Option<Table> {
    match name {
        "table" => {
            let mut table = tables.pop()?;
            table.end_row();
            return Some(table);
        }
        "tr" => tables.last_mut()?.end_row(),
        "td" | "th" => tables.last_mut()?.in_cell = false,
        _ => {}
    }
    None
}
