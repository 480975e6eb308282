//! A row of a table as an entry.

use std::ops::ControlFlow;

use affiant_model::FieldName;
use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone, Utc};

use super::mapping::{Mapping, Reaches, Times};
use crate::traffic::address;
use crate::traffic::draft::{Draft, Named, cut};
use crate::traffic::entries::{Entries, NO_TIME, NoZone};
use crate::traffic::instant::since_1970;
use crate::traffic::row::Row;
use crate::traffic::time::{self, Unreadable};

/// Reads a row, and hands it out.
pub(super) fn entry<'a>(
    mapping: &Mapping,
    row: &Row<'_>,
    mut draft: Draft<'a>,
    bytes: &[u8],
    zone: &mut NoZone,
    entries: &mut Entries<'a, '_>,
) -> ControlFlow<()> {
    facts(mapping, row, &mut draft);
    fields(mapping, row, &mut draft);
    let at = |column: &Option<String>| column.as_ref().and_then(|name| row.owned(name));
    if let Some(written) = at(&mapping.columns.time) {
        match instant(mapping, &written) {
            Ok(time) => draft.exchange.started = Some(time),
            Err(Unreadable::NoZone) => zone.say(entries, draft.exchange.span)?,
            Err(Unreadable::NotATime) => {
                let message = format!(
                    "the time is not written as the mapping says: `{}`",
                    cut(&written)
                );
                draft.defect(None, message, NO_TIME);
            }
        }
        draft.exchange.started_as_written = written;
    }
    draft.exchange.until = at(&mapping.columns.until).and_then(|text| instant(mapping, &text).ok());
    entries.give(draft, bytes.to_vec())
}

fn facts(mapping: &Mapping, row: &Row<'_>, draft: &mut Draft<'_>) {
    let (columns, constant) = (&mapping.columns, &mapping.constant);
    let at = |column: &Option<String>| column.as_ref().and_then(|name| row.owned(name));
    let or = |column: &Option<String>, fixed: &Option<String>| at(column).or_else(|| fixed.clone());
    let exchange = &mut draft.exchange;
    exchange.kind = mapping.kind;
    exchange.method = or(&columns.method, &constant.method).unwrap_or_default();
    exchange.url = at(&columns.url).unwrap_or_default();
    exchange.host = or(&columns.host, &constant.host)
        .map(|host| host.trim().trim_end_matches('.').to_lowercase())
        .unwrap_or_else(|| address::host(&exchange.method, &exchange.url));
    exchange.status = at(&columns.status).and_then(|status| status.trim().parse().ok());
    exchange.server_address = at(&columns.server);
    exchange.client.address = at(&columns.client);
    exchange.client.app = or(&columns.app, &constant.app);
    exchange.client.device = or(&columns.device, &constant.device);
    exchange.client.process = at(&columns.process);
    let details = [at(&columns.event), or(&columns.detail, &constant.detail)];
    let detail = details.into_iter().flatten().collect::<Vec<_>>().join(", ");
    exchange.detail = Some(detail).filter(|detail| !detail.is_empty());
    exchange.reach = match &mapping.reach {
        Reaches::Always(reach) => *reach,
        Reaches::By {
            column,
            default,
            values,
        } => row
            .text(column)
            .and_then(|value| values.get(&*value).copied())
            .unwrap_or(*default),
    };
    if let Some(written) = at(&columns.events) {
        match written.trim().parse().ok().filter(|count| *count > 0) {
            Some(count) => exchange.events = count,
            None => {
                let message = format!("the number of events is none: `{}`", cut(&written));
                draft.defect(None, message, "one event is counted");
            }
        }
    }
}

/// Adds the columns that hold data. The values of one column may be a field
/// once only, whatever else it is.
fn fields(mapping: &Mapping, row: &Row<'_>, draft: &mut Draft<'_>) {
    let columns = &mapping.columns;
    let mut seen: Vec<&String> = Vec::new();
    let single = [&columns.url, &columns.body, &columns.event, &columns.detail];
    let names = single.into_iter().flatten().chain(&columns.data);
    for name in names {
        let Some(cell) = row.get(name).filter(|_| !seen.contains(&name)) else {
            continue;
        };
        seen.push(name);
        let (range, carrier) = (cell.range.clone(), cell.carrier());
        if Some(name) == columns.url.as_ref() {
            draft.field(FieldName::Url, range, carrier, Vec::new());
        } else if Some(name) == columns.body.as_ref() {
            draft.exchange.request_body_bytes = row.text_of(cell).len() as u64;
            draft.field(FieldName::Body, range, carrier, Vec::new());
        } else {
            draft.named(Named::Param, name, range, carrier, Vec::new());
        }
    }
}

fn instant(mapping: &Mapping, text: &str) -> Result<DateTime<Utc>, Unreadable> {
    let local = match mapping.times() {
        Times::Number(unit) => return since_1970(text, unit).ok_or(Unreadable::NotATime),
        Times::Text => match time::read(text) {
            Err(Unreadable::NoZone) => {
                let text = text.trim().replacen(' ', "T", 1).replacen(',', ".", 1);
                NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f")
            }
            other => return other,
        },
        Times::Pattern(pattern) => match DateTime::parse_from_str(text, &pattern) {
            Ok(time) => return Ok(time.to_utc()),
            Err(_) => NaiveDateTime::parse_from_str(text, &pattern),
        },
    };
    let local = local.map_err(|_| Unreadable::NotATime)?;
    let offset = mapping.time_offset.as_ref().ok_or(Unreadable::NoZone)?;
    let offset: FixedOffset = offset.parse().map_err(|_| Unreadable::NoZone)?;
    let time = offset.from_local_datetime(&local).single();
    time.map(|time| time.to_utc()).ok_or(Unreadable::NotATime)
}
