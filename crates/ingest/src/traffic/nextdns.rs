//! Logs of NextDNS, as its site exports them in CSV.
//!
//! ```text
//! timestamp,domain,query_type,dnssec,protocol,client_ip,status,reasons,destination_country,root_domain,device_id,device_name,…
//! 2024-01-02T03:04:05.678Z,graph.facebook.com,A,false,DNS-over-HTTPS,192.0.2.9,,,US,facebook.com,ABCDE,Phone,…
//! ```
//!
//! NextDNS documents no columns of the export; they are taken from the header
//! of each file. The values of `status` are those of its interface
//! (<https://nextdns.io/api>): `default`, `allowed`, `relayed`, `blocked`,
//! `error`, or none. Old exports have fewer columns.
//!
//! # Reach
//!
//! A name that was looked up is `contacted`; one that was `blocked` is
//! `attempted`, and so is one whose lookup ended in an `error`.

use std::io::Read;
use std::ops::ControlFlow;

use affiant_model::{Capture, ExchangeKind, ExhibitId, Reach, Span};

use super::delimited::{CSV, Record, Records, names, row};
use super::draft::{Draft, cut};
use super::entries::{Entries, NO_TIME, NoZone};
use super::row::Row;
use super::time::Unreadable;
use super::{Format, delimited, instant};
use crate::{Input, Refusal, Settings, Sink};

/// Reads logs of NextDNS.
pub(super) struct NextDns;

impl Format for NextDns {
    fn name(&self) -> &'static str {
        "nextdns"
    }

    fn title(&self) -> &'static str {
        "log of NextDNS"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        let header = head.split(|b| *b == b'\n').next().unwrap_or_default();
        header.starts_with(b"timestamp,domain,")
            && ["client_ip", "status", "root_domain"]
                .iter()
                .all(|name| memchr::memmem::find(header, name.as_bytes()).is_some())
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
        let columns = records
            .next()?
            .map(|header| names(&header))
            .unwrap_or_default();
        if !columns.iter().any(|name| name == "domain") {
            return Err(Refusal::NotThisFormat {
                wanted: "log of NextDNS",
                cause: "the first line names no column `domain`".to_owned(),
                offset: Some(0),
                remedy: "download the logs again as CSV",
            });
        }
        let mut zone = NoZone::default();
        while let Some(record) = records.next()? {
            if entry(record, &columns, &mut zone, &mut entries).is_break() {
                break;
            }
        }
        Ok(Capture {
            format: self.name().to_owned(),
            clock: Some("milliseconds, UTC, by the clock of the resolver".to_owned()),
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

fn entry(
    record: Record,
    columns: &[String],
    zone: &mut NoZone,
    entries: &mut Entries<'_, '_>,
) -> ControlFlow<()> {
    if record.over {
        return entries.too_long(record.span);
    }
    let mut draft = entries.begin(record.span);
    let row = match row(&record, columns) {
        Ok(row) => row,
        Err(what) => return entries.give_up(draft, None, what),
    };
    fill(&row, &mut draft);
    let written = row.owned("timestamp").unwrap_or_default();
    match instant::seconds_or_text(&written) {
        Ok(time) => draft.exchange.started = Some(time),
        Err(Unreadable::NoZone) => zone.say(entries, record.span)?,
        Err(Unreadable::NotATime) => {
            draft.defect(
                None,
                format!("`timestamp` is no time: `{}`", cut(&written)),
                NO_TIME,
            );
        }
    }
    draft.exchange.started_as_written = written;
    drop(row);
    entries.give(draft, record.bytes)
}

fn fill(row: &Row<'_>, draft: &mut Draft<'_>) {
    let exchange = &mut draft.exchange;
    exchange.kind = ExchangeKind::Lookup;
    exchange.host = row
        .text("domain")
        .map(|name| name.trim_end_matches('.').to_lowercase())
        .unwrap_or_default();
    let status = row.owned("status").map(|status| status.to_lowercase());
    exchange.reach = match status.as_deref() {
        Some("blocked" | "error") => Reach::Attempted,
        _ => Reach::Contacted,
    };
    exchange.client.address = row.owned("client_ip");
    exchange.client.device = row
        .owned("device_name")
        .or_else(|| row.owned("device_id"))
        .or_else(|| row.owned("client_name"));
    let mut detail: Vec<String> = row.owned("query_type").into_iter().collect();
    detail.extend(status);
    for name in ["reasons", "matched_name", "protocol"] {
        detail.extend(row.text(name).map(|value| format!("{name} {value}")));
    }
    exchange.detail = Some(detail.join(", ")).filter(|detail| !detail.is_empty());
}
