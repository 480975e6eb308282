//! What apps and sites reported to Meta about a person, as Meta's own export
//! of the account lists it: *Your activity off Meta technologies*, until 2022
//! *Off-Facebook activity*.
//!
//! ```text
//! {"off_facebook_activity_v2":[{"name":"Example App","events":[
//!     {"id":127359960673129,"type":"ACTIVATE_APP","timestamp":1711234567},…]},…]}
//! ```
//!
//! Meta publishes no specification. The forms are those that programs for the
//! donation of data read (d3i-infra/algosoc-2026, `packages/python/port/platforms/
//! facebook.py`, commit 5c1faff, `your_activity_off_meta_to_df`):
//!
//! - `off_facebook_activity_v2` of the export of Facebook (also polypoly-eu/polyPod,
//!   `features/facebookImport/test/datasets/off-facebook-events-data.js`, commit
//!   308fd92), and `off_facebook_activity` before it.
//! - `apps_and_websites_off_meta_activity` of the export of Instagram: the same
//!   objects under another name.
//! - Since 2026 an array of objects with `title` and `label_values`, whose
//!   `vec` holds one `dict` for each event. Labels are in the language of the
//!   account, so an event is known by its form: `timestamp_value` is the time,
//!   digits alone are the id, and capitals with underscores the type.
//! - A page of HTML for each business: see `meta_page`.
//!
//! An entry is one event. The name of the business is a member of the object
//! around it. Times are whole seconds since 1970, by the clock of Meta, and say
//! when it received the event (*Received on*).
//!
//! Meta writes each byte of UTF-8 as an escape of its own: `Caf\u00c3\u00a9` for
//! `Café`. Names are read as they were meant; fields stay as they are written.

use std::borrow::Cow;
use std::ops::ControlFlow;

use affiant_model::{Capture, Span};

use super::export::Export;
use super::stream::Item;
use super::{give, list, meta_page, record, refusal, started};
use crate::traffic::draft::Draft;
use crate::traffic::entries::{Entries, NO_TIME};
use crate::traffic::json::{self, Token};
use crate::traffic::row::Row;
use crate::traffic::scan::Scanner;
use crate::{Limits, Refusal};

/// Reads the activity off Meta technologies.
pub(in crate::traffic) struct MetaActivity;

/// Meta's domain, to which its records are attributed.
pub(super) const HOST: &str = "facebook.com";

/// Names of the arrays of businesses.
const ARRAYS: &[&str] = &[
    "off_facebook_activity_v2",
    "off_facebook_activity",
    "apps_and_websites_off_meta_activity",
];

const REMEDY: &str = "take in `your_activity_off_meta_technologies.json` (earlier `your_off-facebook_activity.json`) from the export, or its pages of HTML; of the whole zip, extract it or use `--members`";

impl Export for MetaActivity {
    const NAME: &'static str = "meta-activity";
    const TITLE: &'static str = "activity off Meta technologies";
    const RANGES: &'static str = "objects of the events; in HTML, their tables";
    const ARRAYS: &'static [&'static str] = ARRAYS;
    const SEVERAL: bool = true;

    fn recognise_json(text: &[u8]) -> bool {
        match text {
            [b'{', rest @ ..] => {
                let rest = rest.trim_ascii_start();
                let rest = rest.strip_prefix(b"\"").unwrap_or_default();
                ARRAYS.iter().any(|name| {
                    rest.strip_prefix(name.as_bytes())
                        .is_some_and(|rest| rest.starts_with(b"\""))
                })
            }
            [b'[', rest @ ..] => {
                let has = |name: &[u8]| memchr::memmem::find(rest, name).is_some();
                rest.trim_ascii_start().starts_with(b"{")
                    && has(b"\"label_values\"")
                    && has(b"\"timestamp_value\"")
            }
            _ => false,
        }
    }

    fn recognise_page(head: &[u8]) -> bool {
        meta_page::recognise(head)
    }

    fn refused() -> Refusal {
        refused("it has none of the arrays of that export")
    }

    fn object(item: Item, limits: &Limits, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
        business(item, limits, entries)
    }

    fn spans(item: &Item, sink: &mut dyn FnMut(Span)) {
        match text_of(item).and_then(Business::read) {
            Ok(business) => business.events.iter().for_each(|event| {
                sink(event.within(item.span));
            }),
            Err(_) => sink(item.span),
        }
    }

    fn about(found: &[&'static str], entries: u32) -> Result<Capture, Refusal> {
        if found.contains(&"") && entries == 0 {
            return Err(refused("none of its objects holds an event"));
        }
        let form = |name: &&str| match *name {
            "" => "array of labelled values".to_owned(),
            name => name.to_owned(),
        };
        Ok(Capture {
            version: found.first().map(form),
            clock: Some("seconds, UTC, as Meta received the event".to_owned()),
            ..Capture::default()
        })
    }

    fn page(
        scanner: Scanner<'_>,
        limits: &Limits,
        entries: Entries<'_, '_>,
    ) -> Result<Capture, Refusal> {
        meta_page::read(scanner, limits, entries)
    }

    fn page_spans(
        scanner: Scanner<'_>,
        limits: &Limits,
        sink: &mut dyn FnMut(Span),
    ) -> Result<(), Refusal> {
        meta_page::ranges(scanner, limits, sink)
    }
}

pub(super) fn refused(cause: &str) -> Refusal {
    refusal(
        "export of the activity off Meta technologies",
        cause,
        REMEDY,
    )
}

fn text_of(item: &Item) -> Result<&str, String> {
    if item.over {
        return Err("the records of the business are larger than the bound".to_owned());
    }
    std::str::from_utf8(&item.bytes).map_err(|error| error.to_string())
}

/// An app or site, with what it reported.
struct Business<'a> {
    name: Option<String>,
    events: Vec<Event<'a>>,
}

/// One event, and where it begins in the object of its business.
struct Event<'a> {
    text: &'a str,
    start: usize,
}

impl Event<'_> {
    fn within(&self, business: Span) -> Span {
        business.slice(&(self.start..self.start + self.text.len()))
    }
}

impl<'a> Business<'a> {
    fn read(text: &'a str) -> Result<Self, String> {
        const NAMES: &[&str] = &["name", "title", "events", "label_values"];
        let members = json::wanted(text, NAMES).map_err(|error| error.to_string())?;
        let of = |name| members.get(name).text().filter(|name| !name.is_empty());
        let name = of("name").or_else(|| of("title"));
        let mut events = match members.get("events") {
            Token::Compound(array) => events_of(text, array)?,
            _ => Vec::new(),
        };
        members.get("label_values").items(&mut |label| {
            if let Some(members) = label.members(&["vec"])
                && let Token::Compound(array) = members.get("vec")
                && let Ok(listed) = events_of(text, array)
                && listed
                    .iter()
                    .any(|event| Labelled::of(event.text).is_event())
            {
                // Other lists of labelled values hold no events.
                events.extend(listed);
            }
        });
        // Both forms in one object are not known; ranges ascend in any case.
        events.sort_by_key(|event| event.start);
        Ok(Self {
            name: name.map(|name| repaired(&name).into_owned()),
            events,
        })
    }
}

/// The items of an array within the object of a business.
fn events_of<'a>(business: &'a str, array: &'a str) -> Result<Vec<Event<'a>>, String> {
    let mut events = Vec::new();
    let read = json::each_item(array, &mut |value| {
        let text = value.get();
        let start = json::range_in(business, text).start;
        events.push(Event { text, start });
    });
    read.map(|()| events).map_err(|error| error.to_string())
}

fn business(item: Item, limits: &Limits, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
    let business = match text_of(&item).and_then(Business::read) {
        Ok(business) => business,
        Err(what) => {
            let draft = entries.begin(item.span);
            let bound = limits.entry_bytes;
            let message = if item.over {
                format!("the records of one business are larger than the bound of {bound} bytes")
            } else {
                format!("the records of a business cannot be read: {what}")
            };
            return entries.give_up(draft, None, message);
        }
    };
    for event in &business.events {
        let mut draft = entries.begin(event.within(item.span));
        let row = match Row::json(event.text) {
            Ok(row) => row,
            Err(error) => {
                entries.give_up(draft, None, format!("the event is not an object: {error}"))?;
                continue;
            }
        };
        record(&mut draft, HOST);
        reported_by(business.name.clone(), &mut draft);
        let labelled = Labelled::of(event.text);
        let flat = |name: &str| row.text(name);
        list(&row, &mut draft);
        draft.exchange.detail = flat("type")
            .or(labelled.kind)
            .map(|kind| repaired(&kind).into_owned());
        match flat("timestamp").or(labelled.time) {
            Some(time) => started(&time, &mut draft),
            None => draft.defect(None, "the event names no time", NO_TIME),
        }
        give(event.text, draft, entries)?;
    }
    ControlFlow::Continue(())
}

/// Notes the app or site that reported an event.
pub(super) fn reported_by(name: Option<String>, draft: &mut Draft<'_>) {
    if name.is_none() {
        let means = "the record is held against no request";
        draft.defect(None, "no app or site stands with the event", means);
    }
    draft.exchange.client.app = name;
}

/// What an event says in labelled values.
#[derive(Default)]
struct Labelled<'a> {
    kind: Option<Cow<'a, str>>,
    time: Option<Cow<'a, str>>,
}

impl<'a> Labelled<'a> {
    const fn is_event(&self) -> bool {
        self.kind.is_some() && self.time.is_some()
    }

    fn of(text: &'a str) -> Self {
        let mut found = Self::default();
        let Some(members) = Token::Compound(text).members(&["dict"]) else {
            return found;
        };
        members.get("dict").items(&mut |entry| {
            let Some(entry) = entry.members(&["value", "timestamp_value"]) else {
                return;
            };
            if let Some(time) = entry.get("timestamp_value").text() {
                found.time = Some(time);
            }
            if let Some(value) = entry.get("value").text().filter(|value| is_type(value)) {
                found.kind = Some(value);
            }
        });
        found
    }
}

/// Whether a value is a type of event as Meta writes them: `PAGE_VIEW`.
pub(super) fn is_type(value: &str) -> bool {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    value.starts_with(|c: char| c.is_ascii_uppercase()) && value.bytes().all(plain)
}

/// Undoes that each byte of UTF-8 was written as a character of its own. A text
/// that is no UTF-8 in this way is left as it is.
pub(super) fn repaired(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    match bytes.map(String::from_utf8) {
        Some(Ok(text)) => Cow::Owned(text),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_were_escaped_one_by_one_are_text_again() {
        assert_eq!(repaired("Caf\u{c3}\u{a9}"), "Café");
        assert_eq!(repaired("\u{f0}\u{9f}\u{91}\u{8d}"), "👍");
        // Not of this kind: a lone Latin-1 letter, and a name that was right.
        assert_eq!(repaired("Caf\u{e9}"), "Café");
        assert_eq!(repaired("Café ☕"), "Café ☕");
    }
}
