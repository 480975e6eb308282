//! One value at several recipients.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Basis, Bridge, PartyKind, Reach, Transmittal};

use super::Inputs;
use crate::frame::columns_are_fields;

columns_are_fields!(
    Bridge,
    "bridges",
    [
        datums,
        identifier,
        subject,
        value_sha256,
        organisations,
        recipients,
        forms,
        transmittals,
        exchanges,
        first,
        last,
        examples,
    ]
);

/// Makes the rows: what went to the most organisations comes first.
///
/// A known value is one value under any spelling or hash; another is the same
/// where its bytes are, and only where its kind of datum singles somebody or
/// something out. What many share bridges nothing. The organisations are told
/// apart as their sources name them, by their parents where those are known. Domains of
/// which no source says whose they are count each for itself.
pub(super) fn bridges(inputs: &Inputs<'_>) -> Vec<Bridge> {
    let mut groups = BTreeMap::<(Option<&str>, String), Vec<&Transmittal>>::new();
    for t in inputs.transmittals {
        if t.basis == Basis::Pattern
            || t.reach <= Reach::Contacted
            || t.party == PartyKind::First
            || !inputs.singling.contains(&t.datum)
            || (t.identifier.is_none() && says_nothing(&t.value))
        {
            continue;
        }
        let key = match &t.identifier {
            Some(identifier) => (Some(identifier.as_str()), String::new()),
            None => (None, t.value_sha256.to_hex()),
        };
        groups.entry(key).or_default().push(t);
    }
    let mut rows: Vec<Bridge> = groups
        .into_iter()
        .filter_map(|((identifier, _), group)| bridge(identifier, &group))
        .collect();
    rows.sort_by(|a, b| {
        let key = |row: &Bridge| (std::cmp::Reverse(row.organisations), row.examples.clone());
        key(a).cmp(&key(b))
    });
    rows
}

/// A value so short, or of one character alone such as a blanked advertising
/// identifier, that many have it; and the address that Android gives every
/// application in the place of the hardware's (`WifiInfo.DEFAULT_MAC_ADDRESS`).
fn says_nothing(value: &str) -> bool {
    let characters = || value.chars().filter(|c| c.is_alphanumeric());
    value.replace(['-', '.'], ":") == "02:00:00:00:00:00"
        || characters().count() < 8
        || characters().collect::<BTreeSet<_>>().len() < 2
}

fn bridge(identifier: Option<&str>, group: &[&Transmittal]) -> Option<Bridge> {
    let house = |t: &Transmittal| {
        if t.parent.is_empty() {
            t.recipient.clone()
        } else {
            t.parent.clone()
        }
    };
    let mut firsts = BTreeMap::new();
    for t in group {
        firsts.entry(house(t)).or_insert(t.transmittal);
    }
    // What two devices sent and nobody is known by is a constant of the application.
    let devices: BTreeSet<&str> = group.iter().filter_map(|t| t.device.as_deref()).collect();
    if firsts.len() < 2 || (identifier.is_none() && devices.len() > 1) {
        return None;
    }
    let joined = |texts: BTreeSet<&str>| texts.into_iter().collect::<Vec<_>>().join(", ");
    let examples: Vec<String> = firsts.values().map(ToString::to_string).collect();
    Some(Bridge {
        datums: joined(group.iter().map(|t| t.datum.as_str()).collect()),
        identifier: identifier.map(str::to_owned),
        subject: group[0].subject.clone(),
        value_sha256: group[0].value_sha256.to_hex(),
        organisations: firsts.len() as u64,
        recipients: firsts.into_keys().collect::<Vec<_>>().join("; "),
        forms: joined(group.iter().map(|t| t.form.as_str()).collect()),
        transmittals: group.len() as u64,
        exchanges: super::exchanges(group),
        first: group.iter().filter_map(|t| t.time).min(),
        last: group.iter().filter_map(|t| t.time).max(),
        examples: examples.join(", "),
    })
}
