//! Whose device, which day, which host, which datum.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use affiant_model::{Case, DeviceDay, PartyKind, TransmittalId};
use chrono::{DateTime, Utc};
use polars::prelude::{DataType, col, lit};

use crate::Error;
use crate::frame::{self, columns_are_fields};
use crate::grouping::Grouping;
use crate::query::{computing, has_left, in_columns, is_asserted, transmittal_number};
use crate::source::Source;

columns_are_fields!(
    DeviceDay,
    "device_days",
    [
        device,
        holder,
        subject,
        day,
        recipient,
        party,
        host,
        datum,
        identifier,
        transmittals,
        exchanges,
        first,
        last,
        example,
    ]
);

/// What is counted together, before the case file says whose device it is.
struct Group {
    device: String,
    /// The day, by its number from [`ERA`].
    day: Option<u32>,
    party: PartyKind,
    recipient: String,
    host: String,
    datum: String,
    subject: Option<String>,
    identifier: Option<String>,
    transmittals: u64,
    exchanges: u64,
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    example: u32,
}

columns_are_fields!(
    Group,
    "device_days",
    [
        device,
        day,
        party,
        recipient,
        host,
        datum,
        subject,
        identifier,
        transmittals,
        exchanges,
        first,
        last,
        example,
    ]
);

/// Microseconds of a day in UTC.
const DAY: i64 = 86_400_000_000;
/// Day 0, so many days before 1970-01-01: no time of the calendar lies before it.
const ERA: i64 = 1 << 30;

/// Makes the rows: by device, day, recipient and host.
pub(super) fn device_days(case: &Case, transmittals: &Source) -> Result<Vec<DeviceDay>, Error> {
    let grouping = Grouping::by([
        "device",
        "day",
        "party",
        "recipient",
        "host",
        "datum",
        "subject",
        "identifier",
    ])
    .rows("transmittals")
    .exchanges()
    .least(col("time"), "first")
    .greatest(col("time"), "last")
    .least(transmittal_number(), "example");
    // The remainder is never negative, so that before 1970 too a day begins at midnight.
    let micros = || col("time").cast(DataType::Int64);
    let day = (micros() - micros() % lit(DAY)) / lit(DAY) + lit(ERA);
    let groups = grouping
        .of(transmittals, |rows| {
            rows.filter(is_asserted()).filter(has_left()).with_columns([
                col("device").fill_null(lit("")),
                day.clone().cast(DataType::UInt32).alias("day"),
            ])
        })
        .and_then(in_columns::<Group>);
    let groups: Vec<Group> = frame::from_frame(groups.map_err(computing::<DeviceDay>)?)?;
    let holders: BTreeMap<&str, &str> = case
        .devices
        .iter()
        .map(|device| (device.name.as_str(), device.holder.as_str()))
        .collect();
    let mut rows: Vec<DeviceDay> = groups.into_iter().map(|g| row(g, &holders)).collect();
    rows.sort_by(|a, b| order(a).cmp(&order(b)));
    Ok(rows)
}

/// All keys take part, so that no two rows tie.
fn order(row: &DeviceDay) -> impl Ord + '_ {
    (
        (&row.device, &row.day, Reverse(row.party), &row.recipient),
        (&row.host, &row.datum, &row.subject, &row.identifier),
    )
}

fn row(group: Group, holders: &BTreeMap<&str, &str>) -> DeviceDay {
    let holder = holders.get(group.device.as_str());
    let midnight = |day| DateTime::from_timestamp_micros((i64::from(day) - ERA) * DAY);
    let day = group.day.and_then(midnight);
    let day = day.map(|day| day.date_naive().to_string());
    DeviceDay {
        holder: holder.copied().unwrap_or_default().to_owned(),
        device: group.device,
        subject: group.subject,
        day: day.unwrap_or_default(),
        recipient: group.recipient,
        party: group.party,
        host: group.host,
        datum: group.datum,
        identifier: group.identifier,
        transmittals: group.transmittals,
        exchanges: group.exchanges,
        first: group.first,
        last: group.last,
        example: TransmittalId(group.example),
    }
}
