//! The hash report of the certificates under the law of India: digests, and
//! times in Indian Standard Time.

use affiant_model::{Device, IdentifierKind};
use chrono::{DateTime, FixedOffset, Utc};
use serde_json::{Map, Value, json};

use crate::{Error, ReportInput};

/// Indian Standard Time, in seconds east of UTC. India has had no other since 1945.
const IST: i32 = 5 * 3_600 + 30 * 60;

/// A time as the Schedule asks for it: DD/MM/YYYY, and hours of 24.
fn ist(time: DateTime<Utc>) -> Option<String> {
    let zone = FixedOffset::east_opt(IST)?;
    let local = time.with_timezone(&zone);
    Some(local.format("%d/%m/%Y %H:%M:%S").to_string())
}

/// Adds the devices with their numbers, and the times of each exhibit.
pub(super) fn add(input: &ReportInput<'_>, data: &mut Map<String, Value>) -> Result<(), Error> {
    data.insert("as_of_ist".into(), json!(ist(input.as_of)));
    data.insert(
        "sources".into(),
        input
            .case
            .devices
            .iter()
            .map(|device| source(input, device))
            .collect(),
    );
    let Some(Value::Array(exhibits)) = data.get_mut("exhibits") else {
        return Ok(());
    };
    for (row, exhibit) in exhibits.iter_mut().zip(input.exhibits) {
        let summary = input.summaries.iter().find(|s| s.exhibit == exhibit.id);
        row["acquired_ist"] = json!(ist(exhibit.acquired));
        row["first_ist"] = json!(summary.and_then(|s| s.first).and_then(ist));
        row["last_ist"] = json!(summary.and_then(|s| s.last).and_then(ist));
    }
    // Columns are made only for what the record has.
    let taken = |name: &str| input.exhibits.iter().any(|e| e.digests.contains_key(name));
    data.insert(
        "further".into(),
        json!({ "sha1": taken("sha1"), "md5": taken("md5") }),
    );
    Ok(())
}

/// A device with the numbers that the case file lists as its own.
fn source(input: &ReportInput<'_>, device: &Device) -> Value {
    let of_device = input
        .case
        .subjects
        .iter()
        .flat_map(|subject| &subject.identifiers)
        .filter(|identifier| identifier.device.as_deref() == Some(device.name.as_str()));
    let numbers = |kinds: &[IdentifierKind]| -> Vec<&str> {
        of_device
            .clone()
            .filter(|identifier| kinds.contains(&identifier.kind))
            .map(|identifier| identifier.value.as_str())
            .collect()
    };
    let exhibits: Vec<_> = input
        .exhibits
        .iter()
        .filter(|e| e.circumstances.device.as_deref() == Some(device.name.as_str()))
        .map(|e| e.id.to_string())
        .collect();
    json!({
        "name": device.name,
        "holder": device.holder,
        "make": device.make,
        "model": device.model,
        "os": device.os,
        "note": device.note,
        "serial": numbers(&[IdentifierKind::DeviceId]).join(", "),
        "imei": numbers(&[IdentifierKind::Imei]).join(", "),
        "mac": numbers(&[IdentifierKind::MacAddress]).join(", "),
        "exhibits": exhibits.join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_five_and_a_half_hours_later_and_in_the_order_of_the_schedule() {
        let time = "2020-03-26T19:03:11.25Z".parse().unwrap();
        assert_eq!(ist(time).unwrap(), "27/03/2020 00:33:11");
    }
}
