//! What Google keeps of what was done with its products, as the export of an
//! account lists it: *My Activity* of Google Takeout.
//!
//! ```text
//! [{"header":"Example","title":"Used Example","titleUrl":"https://play.google.com/store/apps/details?id\u003dcom.example",
//!   "time":"2020-04-18T15:00:17.361Z","products":["Android"]},…]
//! ```
//!
//! Google publishes no specification of the file. Members as a program for the
//! donation of data reads them: d3i-infra/algosoc-2026, `packages/python/tests/
//! test_google_timestamps.py` (commit 062a10d, `TestRecord`). The same entries can be exported
//! as a page: see `google_page`. Names of files and folders are in the language
//! of the account, so a file is known by its content.
//!
//! An entry is one object. The members are fields; product and title are its
//! detail. Times are UTC, by the clock of Google.
//!
//! No entry names an app or a site that *reported* it: `header` is the product, or
//! the app whose use Android logged. So a record of this kind is held against no
//! request, although it may say that an app was used at the time of one.

use std::ops::ControlFlow;

use affiant_model::{Capture, Span};

use super::export::Export;
use super::stream::Item;
use super::{give, google_page, list, record, refusal, started};
use crate::traffic::draft::cut;
use crate::traffic::entries::{Entries, NO_TIME};
use crate::traffic::json;
use crate::traffic::row::Row;
use crate::traffic::scan::Scanner;
use crate::{Limits, Refusal};

/// Reads the activity of a Google account.
pub(in crate::traffic) struct GoogleActivity;

/// Google's domain, to which its records are attributed.
pub(super) const HOST: &str = "google.com";

const REMEDY: &str = "take in `MyActivity.json` or `MyActivity.html` (the name is in the language of the account) from the export; of the whole zip, extract it or use `--members`";

impl Export for GoogleActivity {
    const NAME: &'static str = "google-activity";
    const TITLE: &'static str = "activity of a Google account (Takeout)";
    const RANGES: &'static str = "objects of the entries; in HTML, their cells";
    const ARRAYS: &'static [&'static str] = &[];
    const SEVERAL: bool = false;

    fn recognise_json(text: &[u8]) -> bool {
        let has = |name: &[u8]| memchr::memmem::find(text, name).is_some();
        text.strip_prefix(b"[")
            .map(<[u8]>::trim_ascii_start)
            .and_then(|rest| rest.strip_prefix(b"{"))
            .map(<[u8]>::trim_ascii_start)
            .is_some_and(|rest| rest.starts_with(b"\"header\"") || rest.starts_with(b"\"title\""))
            && has(b"\"title\"")
            && has(b"\"time\"")
            && (has(b"\"header\"") || has(b"\"products\"") || has(b"\"titleUrl\""))
    }

    fn recognise_page(head: &[u8]) -> bool {
        google_page::recognise(head)
    }

    fn refused() -> Refusal {
        refused("it is no array")
    }

    fn object(item: Item, limits: &Limits, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
        entry(item, limits, entries)
    }

    fn spans(item: &Item, sink: &mut dyn FnMut(Span)) {
        sink(item.span);
    }

    fn about(_: &[&'static str], _: u32) -> Result<Capture, Refusal> {
        Ok(Capture {
            clock: Some("milliseconds, UTC, by the clock of Google".to_owned()),
            ..Capture::default()
        })
    }

    fn page(
        scanner: Scanner<'_>,
        limits: &Limits,
        entries: Entries<'_, '_>,
    ) -> Result<Capture, Refusal> {
        google_page::read(scanner, limits, entries)
    }

    fn page_spans(
        scanner: Scanner<'_>,
        limits: &Limits,
        sink: &mut dyn FnMut(Span),
    ) -> Result<(), Refusal> {
        google_page::ranges(scanner, limits, sink)
    }
}

pub(super) fn refused(cause: &str) -> Refusal {
    refusal("activity of a Google account", cause, REMEDY)
}

fn entry(item: Item, limits: &Limits, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
    let mut draft = entries.begin(item.span);
    if item.over {
        let bound = limits.entry_bytes;
        let message = format!("the entry is larger than the bound of {bound} bytes");
        return entries.give_up(draft, None, message);
    }
    let text = match std::str::from_utf8(&item.bytes) {
        Ok(text) => text,
        Err(error) => return entries.give_up(draft, None, error.to_string()),
    };
    let row = match Row::json(text) {
        Ok(row) => row,
        Err(error) => {
            return entries.give_up(draft, None, format!("the entry is not an object: {error}"));
        }
    };
    record(&mut draft, HOST);
    list(&row, &mut draft);
    let mut products = Vec::new();
    if let Ok(members) = json::wanted(text, &["products"]) {
        members.get("products").items(&mut |product| {
            products.extend(product.text().map(std::borrow::Cow::into_owned));
        });
    }
    if products.is_empty() {
        products.extend(row.owned("header"));
    }
    draft.exchange.detail = detail(&products.join(", "), &row.text("title").unwrap_or_default());
    match row.text("time") {
        Some(time) => started(&time, &mut draft),
        None => draft.defect(None, "the entry names no time", NO_TIME),
    }
    give(text, draft, entries)
}

/// Product and title; a title may hold a whole conversation, and is cut short.
pub(super) fn detail(product: &str, title: &str) -> Option<String> {
    let parts = [product.to_owned(), cut(title.trim())];
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (!said.is_empty()).then(|| said.join(": "))
}
