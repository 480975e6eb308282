//! What a device's own log names, beside what was decoded elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{
    Basis, DeviceContact, ExchangeKind, ExchangeRow, PartyKind, Reach, Transmittal,
};

use super::Inputs;
use crate::frame::columns_are_fields;

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

/// Makes the rows, of exhibits that show contacts and no content: App Privacy
/// Reports, logs of TrackerControl and the like. What the same host or organisation
/// got from other devices shows what such a contact can carry, not what this one did.
pub(super) fn device_contacts(inputs: &Inputs<'_>) -> Vec<DeviceContact> {
    let with_content: BTreeSet<_> = inputs
        .exchanges
        .iter()
        .filter(|row| row.kind.has_content())
        .map(|row| row.exhibit)
        .collect();
    let mut groups = BTreeMap::<_, Vec<&ExchangeRow>>::new();
    for row in inputs.exchanges {
        let own = row.kind == ExchangeKind::Connection
            && row.repeats.is_none()
            && !row.host.is_empty()
            && !with_content.contains(&row.exhibit);
        if let (true, Some(party)) = (own, row.party) {
            let app = row.client_app.as_deref().or(row.app.as_deref());
            let key = (
                row.device.as_deref().unwrap_or_default(),
                std::cmp::Reverse(party),
                app.unwrap_or_default(),
                row.recipient.as_str(),
                row.host.as_str(),
            );
            groups.entry(key).or_default().push(row);
        }
    }
    let decoded = |t: &&Transmittal| t.basis != Basis::Pattern && t.reach > Reach::Contacted;
    let mut of_recipient = BTreeMap::<&str, Vec<&Transmittal>>::new();
    for t in inputs.transmittals.iter().filter(decoded) {
        of_recipient.entry(&t.recipient).or_default().push(t);
    }
    groups
        .into_iter()
        .map(|((device, party, app, recipient, host), rows)| {
            let holder = inputs.case.devices.iter().find(|d| d.name == device);
            // Another device is one of which it is stated which it is.
            let other = |t: &&&Transmittal| {
                !device.is_empty() && t.device.as_deref().is_some_and(|of| of != device)
            };
            let of_recipient = of_recipient.get(recipient).map_or(&[][..], Vec::as_slice);
            let elsewhere: Vec<&Transmittal> = of_recipient.iter().filter(other).copied().collect();
            DeviceContact {
                device: device.to_owned(),
                holder: holder.map(|d| d.holder.clone()).unwrap_or_default(),
                app: app.to_owned(),
                party: party.0,
                ..contact(recipient, host, &rows, &elsewhere)
            }
        })
        .collect()
}

fn contact(
    recipient: &str,
    host: &str,
    rows: &[&ExchangeRow],
    elsewhere: &[&Transmittal],
) -> DeviceContact {
    let joined = |texts: BTreeSet<String>| texts.into_iter().collect::<Vec<_>>().join(", ");
    // Of an attempt it is not shown that it left the device.
    let (attempted, left): (Vec<_>, Vec<_>) =
        rows.iter().partition(|row| row.reach == Reach::Attempted);
    let events = |rows: &[&&ExchangeRow]| {
        rows.iter()
            .fold(0, |sum: u64, row| sum.saturating_add(row.events))
    };
    DeviceContact {
        device: String::new(),
        holder: String::new(),
        app: String::new(),
        host: host.to_owned(),
        recipient: recipient.to_owned(),
        party: PartyKind::Third,
        exhibits: joined(rows.iter().map(|row| row.exhibit.to_string()).collect()),
        contacts: events(&left),
        attempted: events(&attempted),
        first: rows.iter().filter_map(|row| row.time).min(),
        last: rows.iter().filter_map(|row| row.until.or(row.time)).max(),
        elsewhere_host: elsewhere.iter().filter(|t| t.host == host).count() as u64,
        elsewhere: elsewhere.len() as u64,
        data_elsewhere: joined(elsewhere.iter().map(|t| t.datum.clone()).collect()),
    }
}
