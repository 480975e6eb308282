//! Whose device, which day, which host, which datum.

use std::collections::BTreeMap;

use affiant_model::{Basis, DeviceDay, Reach, Transmittal};

use super::Inputs;
use crate::frame::columns_are_fields;

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

/// Makes the rows: by device, day, recipient and host.
pub(super) fn device_days(inputs: &Inputs<'_>) -> Vec<DeviceDay> {
    let holders: BTreeMap<&str, &str> = inputs
        .case
        .devices
        .iter()
        .map(|device| (device.name.as_str(), device.holder.as_str()))
        .collect();
    let mut groups = BTreeMap::<_, Vec<&Transmittal>>::new();
    for t in inputs.transmittals {
        if t.basis == Basis::Pattern || t.reach <= Reach::Contacted {
            continue;
        }
        let day = t.time.map(|time| time.date_naive().to_string());
        let key = (
            t.device.as_deref().unwrap_or_default(),
            day.unwrap_or_default(),
            std::cmp::Reverse(t.party),
            t.recipient.as_str(),
            t.host.as_str(),
            t.datum.as_str(),
            t.subject.as_deref(),
            t.identifier.as_deref(),
        );
        groups.entry(key).or_default().push(t);
    }
    let row = |(key, group): (_, Vec<&Transmittal>)| {
        let (device, day, party, recipient, host, datum, subject, identifier): (
            &str,
            String,
            std::cmp::Reverse<_>,
            &str,
            &str,
            &str,
            Option<&str>,
            Option<&str>,
        ) = key;
        DeviceDay {
            device: device.to_owned(),
            holder: holders.get(device).copied().unwrap_or_default().to_owned(),
            subject: subject.map(str::to_owned),
            day,
            recipient: recipient.to_owned(),
            party: party.0,
            host: host.to_owned(),
            datum: datum.to_owned(),
            identifier: identifier.map(str::to_owned),
            transmittals: group.len() as u64,
            exchanges: super::exchanges(&group),
            first: group.iter().filter_map(|t| t.time).min(),
            last: group.iter().filter_map(|t| t.time).max(),
            example: group[0].transmittal,
        }
    };
    groups.into_iter().map(row).collect()
}
