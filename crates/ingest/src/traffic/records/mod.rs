//! What a recipient's own records hold: the answers of companies to a person
//! who asks for a copy of the data about them.
//!
//! Each event of such an answer is an exchange of the kind `record`, of the reach
//! `recorded`. What stands in it was not sent by what the capture shows: it is
//! what the recipient says that it holds. So its members are listed as fields,
//! and none of them is counted as a transmittal.
//!
//! `meta` reads the activity off Meta technologies, `google` the activity of a
//! Google account; `page` walks through the parts of an HTML page, `stream`
//! through the objects of a JSON array, `moment` reads dates as people write them.

mod export;
pub(super) mod google;
mod google_page;
pub(super) mod meta;
mod meta_page;
mod moment;
mod page;
mod stream;

use std::ops::ControlFlow;

use affiant_model::{Carrier, ExchangeKind, Reach};

use super::draft::{Draft, Named, cut};
use super::entries::{Entries, NO_TIME};
use super::instant::{Unit, since_1970};
use super::row::Row;
use super::time::{self, Unreadable};
use crate::Refusal;

/// Makes an entry what every record is: held by the recipient, whose domain is `host`.
fn record(draft: &mut Draft<'_>, host: &str) {
    draft.exchange.kind = ExchangeKind::Record;
    draft.exchange.reach = Reach::Recorded;
    draft.exchange.host = host.to_owned();
}

/// Lists the members of a record: they are what the recipient holds.
fn list(row: &Row<'_>, draft: &mut Draft<'_>) {
    for cell in &row.cells {
        let (range, carrier) = (cell.range.clone(), cell.carrier());
        draft.named(Named::Param, &cell.name, range, carrier, Vec::new());
    }
}

/// Lists a value of a record that is no member of an object.
fn list_one(draft: &mut Draft<'_>, name: &str, range: std::ops::Range<usize>) {
    draft.named(Named::Param, name, range, Carrier::Raw, Vec::new());
}

/// Reads a time of the recipient's clock: whole seconds since 1970, or a text with a zone.
fn started(written: &str, draft: &mut Draft<'_>) {
    // Seconds have eleven digits until the year 5138. More are no seconds, and
    // what they are the file does not say.
    let time = if written.len() <= 11 {
        since_1970(written, Unit::Seconds)
    } else {
        None
    };
    match time.map_or_else(|| time::read(written), Ok) {
        Ok(time) => draft.exchange.started = Some(time),
        Err(Unreadable::NoZone | Unreadable::NotATime) => {
            let message = format!("the time of the record is none: `{}`", cut(written));
            draft.defect(None, message, NO_TIME);
        }
    }
    draft.exchange.started_as_written = written.to_owned();
}

/// Hands out a record whose bytes are `text`, which is an object of JSON.
fn give(text: &str, draft: Draft<'_>, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
    entries.give(draft, text.as_bytes().to_vec())
}

fn refusal(wanted: &'static str, cause: &str, remedy: &'static str) -> Refusal {
    Refusal::NotThisFormat {
        wanted,
        cause: cause.to_owned(),
        offset: None,
        remedy,
    }
}
