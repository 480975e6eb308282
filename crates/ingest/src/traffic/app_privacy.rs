//! The App Privacy Report of iOS and iPadOS: one JSON object a line.
//!
//! ```text
//! {"type":"networkActivity","domain":"graph.facebook.com","bundleID":"com.example.app","hits":7,
//!  "firstTimeStamp":"2021-10-14T08:24:53.092+08:00","timeStamp":"2021-10-18T08:42:46.449+08:00",…}
//! {"type":"access","category":"contacts","kind":"intervalBegin","accessor":{"identifier":…},…}
//! ```
//!
//! Apple describes the content (*Inspecting app activity data*,
//! <https://developer.apple.com/documentation/network/privacy_management/inspecting_app_activity_data>),
//! and no specification of the file. Members as in reports of 2021 to 2024:
//! betas of iOS 15 had no `type`, wrote `timestamp`, `stream` and `tccService`,
//! and began with lines that have a `_marker`; `domainClassification`,
//! `contextVerificationType`, `accessCount` and `outOfProcess` came later.
//!
//! An entry is one line; lines with a `_marker` are none, and are stated. A line
//! of `networkActivity` stands for `hits` contacts between `firstTimeStamp` and
//! `timeStamp`.
//!
//! # Reach
//!
//! The report says which domain an app contacted, and nothing of content: never
//! more than `contacted`. An access has no host, and shows that an app used a
//! resource of the device, not that anything left it: `attempted`, the least.

use std::io::Read;
use std::ops::ControlFlow;

use affiant_model::{Capture, ExchangeKind, ExhibitId, Reach, Span};

use super::draft::{Draft, cut};
use super::entries::{Entries, NO_TIME};
use super::lines::{Line, Lines, first};
use super::row::Row;
use super::{Format, time};
use crate::{Input, Limits, Refusal, Settings, Sink};

/// Reads App Privacy Reports.
pub(super) struct AppPrivacy;

impl Format for AppPrivacy {
    fn name(&self) -> &'static str {
        "app-privacy"
    }

    fn title(&self) -> &'static str {
        "App Privacy Report of iOS"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        std::str::from_utf8(first(head))
            .ok()
            .and_then(|line| Row::json(line).ok())
            .is_some_and(|row| is_marker(&row) || What::of(&row).is_some())
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
        let mut capture = Capture {
            format: self.name().to_owned(),
            clock: Some("milliseconds, with the time zone of the device".to_owned()),
            ..Capture::default()
        };
        let mut lines = Lines::new(input.stream(), limits.line_bytes.max(MARKER));
        while let Some(line) = lines.next()? {
            if line.span.length == 0 {
                continue;
            }
            if let Some(row) = marker(&line) {
                state(&row, &mut capture, limits);
            } else if entry(line, &mut entries).is_break() {
                break;
            }
        }
        capture.entries = entries.finish();
        Ok(capture)
    }

    fn range_rule(&self) -> Option<&'static str> {
        Some("lines of the report")
    }

    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        let mut lines = Lines::new(input, MARKER);
        while let Some(line) = lines.next()? {
            if line.span.length > 0 && marker(&line).is_none() {
                sink(line.span);
            }
        }
        Ok(())
    }
}

/// The longest line that can be one with a `_marker`, in bytes.
const MARKER: usize = 4 << 10;

/// A line that says something of the report itself.
fn marker(line: &Line) -> Option<Row<'_>> {
    if line.span.length > MARKER as u64 {
        return None;
    }
    let row = Row::json(std::str::from_utf8(&line.bytes).ok()?).ok()?;
    Some(row).filter(is_marker)
}

fn is_marker(row: &Row<'_>) -> bool {
    let says = |name: &str| row.text(name);
    says("_marker").as_deref() == Some("<end-of-section>")
        || matches!(
            says("recordType").as_deref(),
            Some("access" | "networkActivity")
        ) && says("_marker").is_some()
}

/// Keeps what a line says of the report.
fn state(row: &Row<'_>, capture: &mut Capture, limits: &Limits) {
    let Some(kind) = row.owned("recordType") else {
        return;
    };
    if capture.version.is_none() {
        capture.version = row.owned("version");
    }
    for name in ["version", "exportTimestamp"] {
        if let Some(value) = row.owned(name)
            && capture.stated.len() < limits.stated_items
            && value.len() <= limits.stated_bytes
        {
            capture.stated.push((format!("{kind} {name}"), value));
        }
    }
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Access,
    Network,
}

impl What {
    fn of(row: &Row<'_>) -> Option<Self> {
        let has = |name| row.get(name).is_some();
        match row.text("type").as_deref() {
            Some("access") if has("accessor.identifier") => Some(Self::Access),
            Some("networkActivity") if has("domain") => Some(Self::Network),
            None if has("accessor.identifier") && (has("category") || has("tccService")) => {
                Some(Self::Access)
            }
            None if has("domain") && has("bundleID") && has("hits") => Some(Self::Network),
            _ => None,
        }
    }
}

fn entry(line: Line, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
    if line.over {
        return entries.too_long(line.span);
    }
    let mut draft = entries.begin(line.span);
    let row = match Row::of_line(&line) {
        Ok(row) => row,
        Err(what) => return entries.give_up(draft, None, what),
    };
    match What::of(&row) {
        Some(What::Access) => access(&row, &mut draft),
        Some(What::Network) => network(&row, &mut draft),
        None => {
            let what = row.text("type").map_or_else(
                || "the line is neither an access nor a contact".to_owned(),
                |kind| {
                    format!(
                        "the line is of the type `{}`, which is not known",
                        cut(&kind)
                    )
                },
            );
            drop(row);
            return entries.give_up(draft, None, what);
        }
    }
    entries.give(draft, line.bytes)
}

/// What is said of a contact besides its ends, with the report's own words:
/// whether Apple lists the domain (`domainType`), who owns it, the site that
/// was visited (`context`).
const SAID_OF_CONTACT: &[&str] = &[
    "initiatedType",
    "domainType",
    "domainOwner",
    "domainClassification",
    "context",
    "contextVerificationType",
];

fn network(row: &Row<'_>, draft: &mut Draft<'_>) {
    let exchange = &mut draft.exchange;
    exchange.kind = ExchangeKind::Connection;
    exchange.reach = Reach::Contacted;
    exchange.host = row
        .text("domain")
        .map(|name| name.trim_end_matches('.').to_lowercase())
        .unwrap_or_default();
    exchange.client.app = row.owned("bundleID");
    exchange.detail = said(row, SAID_OF_CONTACT);
    match row.number::<u64>("hits").filter(|hits| *hits > 0) {
        Some(hits) => exchange.events = hits,
        None => draft.defect(
            None,
            "the line has no readable `hits`",
            "one contact is counted",
        ),
    }
    // A report with one time alone states it in both.
    let first = if row.get("firstTimeStamp").is_some() {
        "firstTimeStamp"
    } else {
        "timeStamp"
    };
    when(row, first, draft);
    if first != "timeStamp" {
        draft.exchange.until = row
            .text("timeStamp")
            .and_then(|text| time::read(&text).ok());
    }
}

/// What is said of an access besides the resource and the app.
const SAID_OF_ACCESS: &[&str] = &["broadcaster.identifier", "outOfProcess"];

fn access(row: &Row<'_>, draft: &mut Draft<'_>) {
    let exchange = &mut draft.exchange;
    exchange.kind = ExchangeKind::Access;
    exchange.client.app = row.owned("accessor.identifier");
    let resource = row.owned("category").or_else(|| row.owned("tccService"));
    let parts = [resource, row.owned("kind"), said(row, SAID_OF_ACCESS)];
    exchange.detail = Some(parts.into_iter().flatten().collect::<Vec<_>>().join(", "));
    if let Some(count) = row.number("accessCount").filter(|count| *count > 0) {
        exchange.events = count;
    }
    let name = if row.get("timeStamp").is_some() {
        "timeStamp"
    } else {
        "timestamp"
    };
    when(row, name, draft);
}

/// Members of a line, each with its name.
fn said(row: &Row<'_>, names: &[&str]) -> Option<String> {
    let said = names
        .iter()
        .filter_map(|name| row.text(name).map(|value| format!("{name} {value}")));
    Some(said.collect::<Vec<_>>().join(", ")).filter(|said| !said.is_empty())
}

fn when(row: &Row<'_>, name: &str, draft: &mut Draft<'_>) {
    let Some(text) = row.text(name) else {
        draft.defect(None, format!("the line has no `{name}`"), NO_TIME);
        return;
    };
    match time::read(&text) {
        Ok(time) => draft.exchange.started = Some(time),
        Err(_) => {
            let message = format!("`{name}` is no time with a zone: `{}`", cut(&text));
            draft.defect(None, message, NO_TIME);
        }
    }
    draft.exchange.started_as_written = text.into_owned();
}
