//! The list of contacts that TrackerControl exports as CSV.
//!
//! ```text
//! "uid","daddr","time","uncertain","Tracker","Category","Package","App"
//! "10123","graph.facebook.com","1730541600250","0","Facebook","Social","com.example.app","Example"
//! ```
//!
//! Written by `csvExport` of `ActivityMain.java` (all apps) and of
//! `DetailsActivity.java` (one app) of TrackerControl/tracker-control-android
//! out of the table `access`, read at commit 8c119b0 and through the history of
//! these files:
//!
//! - The file of one app is there since the first version (74a1596, 2019-11),
//!   with the columns of [`LOGGED`]; none could be written from commit 5a8a407
//!   (2020-02) to ef4831f (2020-05), which began the columns of today. `time`
//!   came with c4039d3 (2020-07), `uncertain` with 3f65a1b (2021-09).
//! - The file of all apps came with commit 7e45d32 (2021-07), its `uncertain`
//!   with 44ae0a0 (2021-09).
//! - The file of one app does not name the app.
//! - A row of `access` is one for each user id, version, protocol, name and port,
//!   and `time` is that of its last packet (`updateAccess` in `DatabaseHelper.java`).
//! - `daddr` is a name that was looked up and led to the address of the packet, or
//!   the SNI, or else the address (`log` in `ServiceSinkhole.java`). Which of these
//!   it is, the file does not say.
//!
//! # Reach
//!
//! `attempted`, of every row: packets that TrackerControl blocked are listed like
//! those that it let through, and the column that tells them apart (`allowed`)
//! is not exported.

use std::io::Read;
use std::net::IpAddr;
use std::ops::ControlFlow;

use affiant_model::{Capture, ExchangeKind, ExhibitId, Reach, Span};

use super::delimited::{CSV, Record, Records, names, row};
use super::draft::{Draft, cut};
use super::entries::{Entries, NO_TIME};
use super::instant::{Unit, since_1970};
use super::row::Row;
use super::{Format, address, delimited};
use crate::{Input, Refusal, Settings, Sink};

/// Reads lists of contacts of TrackerControl.
pub(super) struct TrackerControl;

/// The columns of the first versions, a row for each packet that was logged.
const LOGGED: &[&str] = &[
    "_id",
    "appname",
    "remoteIp",
    "hostname",
    "companyName",
    "companyOwner",
    "timestampt",
];

/// The headers of the versions. A header that is none of them is not read: a
/// column that is new could change what a row means.
const HEADERS: &[&[&str]] = &[
    LOGGED,
    &["daddr", "Tracker Name", "Tracker Category"],
    &["daddr", "time", "Tracker Name", "Tracker Category"],
    &[
        "daddr",
        "time",
        "uncertain",
        "Tracker Name",
        "Tracker Category",
    ],
    &[
        "uid", "daddr", "time", "Tracker", "Category", "Package", "App",
    ],
    &[
        "uid",
        "daddr",
        "time",
        "uncertain",
        "Tracker",
        "Category",
        "Package",
        "App",
    ],
];

/// Size in bytes of the longest line that can be one of the headers, with
/// quotation marks, byte order mark and white space.
const HEADER_BYTES: usize = 256;

impl Format for TrackerControl {
    fn name(&self) -> &'static str {
        "trackercontrol"
    }

    fn title(&self) -> &'static str {
        "list of contacts of TrackerControl"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        let mut line = head.split(|b| *b == b'\n').next().unwrap_or_default();
        line.len() <= HEADER_BYTES
            && Records::new(&mut line, CSV, HEADER_BYTES)
                .next()
                .is_ok_and(|header| header.and_then(|header| columns(&header)).is_some())
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
        let mut records = Records::new(input.stream(), CSV, limits.line_bytes);
        let header = records.next()?;
        let Some((header, columns)) = header.and_then(|h| columns(&h).map(|c| (h.span, c))) else {
            return Err(refusal());
        };
        if missing(&columns, header, &mut entries).is_continue() {
            while let Some(record) = records.next()? {
                if entry(record, &columns, &mut entries).is_break() {
                    break;
                }
            }
        }
        Ok(Capture {
            format: self.name().to_owned(),
            clock: has_time(&columns)
                .then(|| "milliseconds, UTC, by the clock of the device".to_owned()),
            entries: entries.finish(),
            ..Capture::default()
        })
    }

    fn range_rule(&self) -> Option<&'static str> {
        Some("records behind the header")
    }

    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        delimited::ranges(input, CSV, sink)
    }
}

fn refusal() -> Refusal {
    Refusal::NotThisFormat {
        wanted: "list of contacts of TrackerControl",
        cause: "the first line is none of the headers known of it".to_owned(),
        offset: Some(0),
        remedy: "export the contacts again as CSV, or describe the columns in a mapping",
    }
}

/// The names of the columns, where they are those of a version that is known.
fn columns(header: &Record) -> Option<Vec<String>> {
    let names = names(header);
    HEADERS
        .contains(&&*names.iter().map(String::as_str).collect::<Vec<_>>())
        .then_some(names)
}

fn has(columns: &[String], name: &str) -> bool {
    columns.iter().any(|column| column == name)
}

fn has_time(columns: &[String]) -> bool {
    has(columns, "time") || has(columns, "timestampt")
}

/// Says once of the file what no row of it can say.
fn missing(columns: &[String], header: Span, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
    if !has(columns, "Package") && !has(columns, "appname") {
        entries.note(
            Some(header),
            "the list is of one app and does not name it",
            "no entry has an app; TrackerControl puts its package before the date in the name of the file",
        )?;
    }
    if !has_time(columns) {
        entries.note(
            Some(header),
            "the list has no column `time`",
            "no entry has a time",
        )?;
    }
    ControlFlow::Continue(())
}

fn entry(record: Record, columns: &[String], entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
    if record.over {
        return entries.too_long(record.span);
    }
    let mut draft = entries.begin(record.span);
    let row = match row(&record, columns) {
        Ok(row) => row,
        Err(what) => return entries.give_up(draft, None, what),
    };
    fill(&row, &mut draft);
    if has_time(columns) {
        start(&row, &mut draft);
    }
    drop(row);
    entries.give(draft, record.bytes)
}

fn fill(row: &Row<'_>, draft: &mut Draft<'_>) {
    let exchange = &mut draft.exchange;
    exchange.kind = ExchangeKind::Connection;
    exchange.reach = Reach::Attempted;
    let name = row.text("daddr").or_else(|| row.text("hostname"));
    let name = name.unwrap_or_default();
    let name = name.trim().trim_end_matches('.').to_lowercase();
    let is_address = name.parse::<IpAddr>().is_ok();
    exchange.server_address = row
        .owned("remoteIp")
        .or_else(|| is_address.then(|| name.clone()));
    exchange.host = if is_address {
        address::of_ip(&name)
    } else {
        name
    };
    exchange.client.app = ["Package", "App", "appname"]
        .iter()
        .find_map(|column| row.owned(column));
    exchange.client.process = row.text("uid").map(|uid| format!("uid {uid}"));
    exchange.detail = detail(row);
    if exchange.host.is_empty() {
        draft.defect(
            None,
            "the record names neither a host nor an address",
            "the entry has no host",
        );
    }
}

/// What the lists of the app say of the name, and how sure it is of the name.
fn detail(row: &Row<'_>) -> Option<String> {
    let mut detail = Vec::new();
    let first = |columns: [&str; 3]| columns.iter().find_map(|column| row.owned(column));
    if let Some(tracker) = first(["Tracker", "Tracker Name", "companyName"]) {
        detail.push(format!("tracker `{tracker}`"));
    }
    if let Some(category) = first(["Category", "Tracker Category", ""]) {
        detail.push(format!("category `{category}`"));
    }
    if let Some(owner) = row.text("companyOwner") {
        detail.push(format!("owner `{owner}`"));
    }
    match row.text("uncertain").as_deref() {
        None | Some("0") => {}
        Some(value @ ("1" | "2" | "3")) => {
            detail.push(format!("uncertain {value}: the address had several names"));
        }
        Some(value) => detail.push(format!("uncertain {value}")),
    }
    Some(detail.join(", ")).filter(|detail| !detail.is_empty())
}

fn start(row: &Row<'_>, draft: &mut Draft<'_>) {
    let written = row.owned("time").or_else(|| row.owned("timestampt"));
    let written = written.unwrap_or_default();
    draft.exchange.started = since_1970(&written, Unit::Milliseconds);
    if draft.exchange.started.is_none() {
        draft.defect(
            None,
            format!("the time is no number of milliseconds: `{}`", cut(&written)),
            NO_TIME,
        );
    }
    draft.exchange.started_as_written = written;
}
