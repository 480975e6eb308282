//! The list of connections that PCAPdroid exports as CSV.
//!
//! ```text
//! IPProto,SrcIP,SrcPort,DstIp,DstPort,UID,App,PackageName,Proto,Status,Info,BytesSent,…
//! 6,10.215.173.1,41772,157.240.0.1,443,10123,Example,com.example.app,TLS,Closed,graph.facebook.com,…
//! ```
//!
//! Written by `dumpConnectionsCsv` in `app/src/main/java/com/emanuelef/
//! remote_capture/adapters/ConnectionsAdapter.java` of emanuele-f/PCAPdroid,
//! read at commit c735049 and through its history:
//!
//! - Nothing is quoted. The name of an app may hold a comma, and nothing else
//!   may: what a row has too much belongs to the name.
//! - `PackageName` came with commit 3843546 (2024-10), `Malicious` is there where
//!   the blocklists are on. Until 2022-02 the header was translated; the Russian
//!   and the Chinese one are known by their first name.
//! - `FirstSeen` and `LastSeen` are seconds (later milliseconds) since 1970, and
//!   since commit 74c2aac (2023-12) text with a zone.
//! - `Info` is the name that was looked up, the SNI, or the Host of HTTP; where
//!   none of these was seen, a name that the app resolved to this address before
//!   (`ip_lru_find` in `app/src/main/jni/core/pcapdroid.c`). Which of these it is,
//!   the file does not say. The address of a request is not in the file.
//!
//! # Reach
//!
//! `contacted`; or `attempted` where no packet came back: the file does not say
//! whether the firewall of the app blocked the connection.

use std::borrow::Cow;
use std::io::Read;
use std::ops::ControlFlow;

use affiant_model::{Capture, ExchangeKind, ExhibitId, Reach, Span};
use chrono::{DateTime, Utc};

use super::delimited::{Dialect, Record, Records};
use super::draft::{Draft, cut};
use super::entries::{Entries, NO_TIME};
use super::instant::{Unit, since_1970};
use super::row::{Cell, Form, Row};
use super::{Format, address, delimited, time};
use crate::{Input, Refusal, Settings, Sink};

/// Reads lists of connections of PCAPdroid.
pub(super) struct PcapdroidCsv;

const DIALECT: Dialect = Dialect {
    delimiter: b',',
    quotes: false,
};

/// First names of the header, in the languages that it was translated into.
const HEADERS: &[&[u8]] = &[
    b"IPProto,SrcIP,SrcPort,",
    "IPПрото,IPИст,".as_bytes(),
    "IP协议,源IP,".as_bytes(),
];

const BEFORE_APP: &[&str] = &["IPProto", "SrcIP", "SrcPort", "DstIp", "DstPort", "UID"];

const BEHIND_APP: &[&str] = &[
    "Proto",
    "Status",
    "Info",
    "BytesSent",
    "BytesRcvd",
    "PktsSent",
    "PktsRcvd",
    "FirstSeen",
    "LastSeen",
];

impl Format for PcapdroidCsv {
    fn name(&self) -> &'static str {
        "pcapdroid-csv"
    }

    fn title(&self) -> &'static str {
        "list of connections of PCAPdroid"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        HEADERS.iter().any(|header| head.starts_with(header))
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
        let mut records = Records::new(input.stream(), DIALECT, limits.line_bytes);
        let Some(columns) = records.next()?.and_then(|header| columns(&header)) else {
            return Err(refusal());
        };
        while let Some(record) = records.next()? {
            if entry(record, &columns, &mut entries).is_break() {
                break;
            }
        }
        Ok(Capture {
            format: self.name().to_owned(),
            clock: Some("milliseconds or seconds, by the clock of the device".to_owned()),
            entries: entries.finish(),
            ..Capture::default()
        })
    }

    fn range_rule(&self) -> Option<&'static str> {
        Some("lines behind the header")
    }

    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        delimited::ranges(input, DIALECT, sink)
    }
}

fn refusal() -> Refusal {
    Refusal::NotThisFormat {
        wanted: "list of connections of PCAPdroid",
        cause: "the first line is not its header".to_owned(),
        offset: Some(0),
        remedy: "export the connections again as CSV",
    }
}

/// The names of the columns, in the order of the file, by their number.
fn columns(header: &Record) -> Option<Vec<&'static str>> {
    if !HEADERS.iter().any(|known| header.bytes.starts_with(known)) {
        return None;
    }
    let (malicious, package) = match header.values.len() {
        16 => (false, false),
        17 => {
            let last = header.values.last()?;
            let malicious = header.bytes.get(last.range.clone())? == b"Malicious";
            (malicious, !malicious)
        }
        18 => (true, true),
        _ => return None,
    };
    let mut names = BEFORE_APP.to_vec();
    names.push("App");
    names.extend(package.then_some("PackageName"));
    names.extend(BEHIND_APP);
    names.extend(malicious.then_some("Malicious"));
    Some(names)
}

fn entry(
    record: Record,
    columns: &[&'static str],
    entries: &mut Entries<'_, '_>,
) -> ControlFlow<()> {
    if record.over {
        return entries.too_long(record.span);
    }
    let mut draft = entries.begin(record.span);
    if record.count > record.values.len() {
        let message = format!("the line has {} values, more than are read", record.count);
        return entries.give_up(draft, None, message);
    }
    let Some(more) = record.values.len().checked_sub(columns.len()) else {
        let (count, wanted) = (record.values.len(), columns.len());
        let message = format!("the line has {count} values where the header names {wanted}");
        return entries.give_up(draft, None, message);
    };
    let app = BEFORE_APP.len();
    let cells = columns.iter().enumerate().map(|(number, name)| {
        let (first, last) = match number.cmp(&app) {
            std::cmp::Ordering::Less => (number, number),
            std::cmp::Ordering::Equal => (number, number + more),
            std::cmp::Ordering::Greater => (number + more, number + more),
        };
        Cell {
            name: Cow::Borrowed(*name),
            range: record.values[first].range.start..record.values[last].range.end,
            form: Form::Plain,
        }
    });
    let row = Row::new(
        &record.bytes,
        cells.filter(|cell| !cell.range.is_empty()).collect(),
    );
    fill(&row, &mut draft);
    entries.give(draft, record.bytes)
}

fn fill(row: &Row<'_>, draft: &mut Draft<'_>) {
    let exchange = &mut draft.exchange;
    let protocol = row.owned("Proto").unwrap_or_default();
    let is_lookup = protocol == "DNS";
    exchange.kind = if is_lookup {
        ExchangeKind::Lookup
    } else {
        ExchangeKind::Connection
    };
    let ip = row.text("DstIp").unwrap_or_default();
    exchange.host = match row.text("Info") {
        Some(name) => name.trim().trim_end_matches('.').to_lowercase(),
        // Of a lookup the server is the resolver, not the host that was looked up.
        None if is_lookup => String::new(),
        None => address::of_ip(&ip),
    };
    exchange.server_address = (!is_lookup)
        .then(|| ip.into_owned())
        .filter(|ip| !ip.is_empty());
    exchange.client.address = row
        .text("SrcIP")
        .map(|ip| address::with_port(&ip, row.text("SrcPort").as_deref()));
    exchange.client.app = row.owned("PackageName").or_else(|| row.owned("App"));
    exchange.client.process = row.text("UID").map(|uid| format!("uid {uid}"));
    let count = |name| row.number::<u64>(name).unwrap_or_default();
    let silent = count("PktsRcvd") == 0 && count("BytesRcvd") == 0;
    exchange.reach = if silent {
        Reach::Attempted
    } else {
        Reach::Contacted
    };
    let transport = row.text("IPProto").map(|number| match &*number {
        "1" => "ICMP".to_owned(),
        "6" => "TCP".to_owned(),
        "17" => "UDP".to_owned(),
        other => format!("protocol {other}"),
    });
    let mut detail: Vec<String> = [transport, Some(protocol), row.owned("Status")]
        .into_iter()
        .flatten()
        .collect();
    detail.push(format!("{} bytes sent", count("BytesSent")));
    detail.push(format!("{} bytes received", count("BytesRcvd")));
    if row.get("Malicious").is_some() {
        detail.push("on a blocklist".to_owned());
    }
    exchange.detail = Some(detail.join(", "));
    exchange.until = row.text("LastSeen").and_then(|text| instant(&text));
    let written = row.owned("FirstSeen").unwrap_or_default();
    exchange.started = instant(&written);
    if exchange.started.is_none() {
        draft.defect(
            None,
            format!("`FirstSeen` is no time: `{}`", cut(&written)),
            NO_TIME,
        );
    }
    draft.exchange.started_as_written = written;
}

/// Milliseconds since 1970 have had more than eleven digits since 1973, and
/// seconds will have eleven until the year 5138.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let unit = if text.len() > 11 {
        Unit::Milliseconds
    } else {
        Unit::Seconds
    };
    since_1970(text, unit).or_else(|| time::read(text).ok())
}
