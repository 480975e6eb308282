//! What a device's own log names, beside what was decoded elsewhere.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Case, DeviceContact, ExchangeKind, ExhibitId, PartyKind, Reach};
use chrono::{DateTime, Utc};
use polars::prelude::{col, lit};

use crate::Error;
use crate::frame::{self, columns_are_fields};
use crate::grouping::Grouping;
use crate::query::{computing, has_left, in_columns, is, is_asserted, joined};
use crate::source::Source;

columns_are_fields!(
    DeviceContact,
    "device_contacts",
    [
        device,
        holder,
        app,
        host,
        recipient,
        party,
        exhibits,
        contacts,
        attempted,
        first,
        last,
        elsewhere_host,
        elsewhere,
        data_elsewhere,
    ]
);

/// Connections that one exhibit names, those that were attempted apart.
struct Named {
    exhibit: ExhibitId,
    device: String,
    party: PartyKind,
    app: String,
    recipient: String,
    host: String,
    reach: Reach,
    /// The number of contacts is `high` times 2³² and `events`: a log may state any.
    high: u64,
    events: u64,
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
}

columns_are_fields!(
    Named,
    "device_contacts",
    [
        exhibit, device, party, app, recipient, host, reach, high, events, first, last,
    ]
);

/// What a recipient got from a device.
struct Decoded {
    recipient: String,
    device: String,
    host: String,
    datum: String,
    transmittals: u64,
}

columns_are_fields!(
    Decoded,
    "device_contacts",
    [recipient, device, host, datum, transmittals]
);

/// What makes a row, and the order of the rows.
type Key = (String, Reverse<PartyKind>, String, String, String);

/// An exhibit that has content.
struct WithContent {
    exhibit: ExhibitId,
}

columns_are_fields!(WithContent, "device_contacts", [exhibit]);

/// Makes the rows, of exhibits that show contacts and no content: App Privacy
/// Reports, logs of TrackerControl and the like. What the same host or organisation
/// got from other devices shows what such a contact can carry, not what this one did.
pub(super) fn device_contacts(
    case: &Case,
    exchanges: &Source,
    transmittals: &Source,
) -> Result<Vec<DeviceContact>, Error> {
    let mut groups = BTreeMap::<Key, Vec<Named>>::new();
    for row in named(exchanges)? {
        let key = (
            row.device.clone(),
            Reverse(row.party),
            row.app.clone(),
            row.recipient.clone(),
            row.host.clone(),
        );
        groups.entry(key).or_default().push(row);
    }
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let mut of_recipient = BTreeMap::<String, Vec<Decoded>>::new();
    for row in decoded(transmittals)? {
        let of = of_recipient.entry(row.recipient.clone()).or_default();
        of.push(row);
    }
    let row = |((device, party, app, recipient, host), rows): (Key, Vec<Named>)| {
        let holder = case.devices.iter().find(|d| d.name == device);
        let of_recipient = of_recipient.get(&recipient).map_or(&[][..], Vec::as_slice);
        // Another device is one of which it is stated which it is.
        let other = |row: &&Decoded| !device.is_empty() && row.device != device;
        let elsewhere: Vec<&Decoded> = of_recipient.iter().filter(other).collect();
        DeviceContact {
            holder: holder.map(|d| d.holder.clone()).unwrap_or_default(),
            device,
            app,
            party: party.0,
            ..contact(recipient, host, &rows, &elsewhere)
        }
    };
    Ok(groups.into_iter().map(row).collect())
}

fn named(exchanges: &Source) -> Result<Vec<Named>, Error> {
    let content =
        is("kind", ExchangeKind::Request.as_str()).or(is("kind", ExchangeKind::Message.as_str()));
    let with_content = Grouping::by(["exhibit"])
        .of(exchanges, |rows| rows.filter(content.clone()))
        .map_err(computing::<DeviceContact>)?;
    let with_content: Vec<WithContent> = frame::from_frame(with_content)?;
    let with_content: BTreeSet<ExhibitId> = with_content.iter().map(|row| row.exhibit).collect();
    let grouping = Grouping::by([
        "exhibit",
        "device",
        "party",
        "app",
        "recipient",
        "host",
        "reach",
    ])
    .sum(col("events") / lit(1_u64 << 32), "high")
    .sum(col("events") % lit(1_u64 << 32), "events")
    .least(col("time"), "first")
    .greatest(col("until").fill_null(col("time")), "last");
    let groups = grouping
        .of(exchanges, |rows| {
            rows.filter(is("kind", ExchangeKind::Connection.as_str()))
                .filter(col("repeats").is_null())
                .filter(col("host").neq(lit("")))
                .filter(col("party").is_not_null())
                .with_columns([
                    col("device").fill_null(lit("")),
                    col("client_app")
                        .fill_null(col("app"))
                        .fill_null(lit(""))
                        .alias("app"),
                ])
        })
        .and_then(in_columns::<Named>);
    let mut rows: Vec<Named> = frame::from_frame(groups.map_err(computing::<DeviceContact>)?)?;
    rows.retain(|row| !with_content.contains(&row.exhibit));
    Ok(rows)
}

fn decoded(transmittals: &Source) -> Result<Vec<Decoded>, Error> {
    let groups = Grouping::by(["recipient", "device", "host", "datum"])
        .rows("transmittals")
        .of(transmittals, |rows| {
            rows.filter(is_asserted())
                .filter(has_left())
                .filter(col("device").is_not_null())
        })
        .and_then(in_columns::<Decoded>);
    frame::from_frame(groups.map_err(computing::<DeviceContact>)?)
}

fn contact(
    recipient: String,
    host: String,
    rows: &[Named],
    elsewhere: &[&Decoded],
) -> DeviceContact {
    let exhibits: BTreeSet<String> = rows.iter().map(|row| row.exhibit.to_string()).collect();
    let data: BTreeSet<&str> = elsewhere.iter().map(|row| row.datum.as_str()).collect();
    // Of an attempt it is not shown that it left the device.
    let events = |attempted: bool| {
        let sum: u128 = rows
            .iter()
            .filter(|row| (row.reach == Reach::Attempted) == attempted)
            .map(|row| (u128::from(row.high) << 32) + u128::from(row.events))
            .sum();
        u64::try_from(sum).unwrap_or(u64::MAX)
    };
    let at_host = elsewhere.iter().filter(|row| row.host == host);
    DeviceContact {
        device: String::new(),
        holder: String::new(),
        app: String::new(),
        party: PartyKind::Third,
        exhibits: joined(&exhibits, ", "),
        contacts: events(false),
        attempted: events(true),
        first: rows.iter().filter_map(|row| row.first).min(),
        last: rows.iter().filter_map(|row| row.last).max(),
        elsewhere_host: at_host.map(|row| row.transmittals).sum(),
        elsewhere: elsewhere.iter().map(|row| row.transmittals).sum(),
        data_elsewhere: joined(&data, ", "),
        recipient,
        host,
    }
}
