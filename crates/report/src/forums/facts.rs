//! What was observed: recipients with their seats, hosts, identifiers, cookies.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{IdentifierKind, PartyKind, Place, Transmittal};
use serde_json::{Value, json};

use crate::counts::{Tally, is_asserted};
use crate::view::{PRINTED_ROWS, beginning, label};
use crate::{Error, ReportInput};

/// Terms of the Data Privacy Vocabulary whose values single out a person, a
/// device or an installation.
const SINGLING: &[&str] = &[
    "pd:Identifier",
    "pd:MACAddress",
    "pd:EmailAddress",
    "pd:TelephoneNumber",
    "pd:BrowserFingerprint",
    "pd:IPAddress",
];

fn asserted<'a>(input: &ReportInput<'a>) -> impl Iterator<Item = &'a Transmittal> {
    input.transmittals.iter().filter(is_asserted)
}

/// Each recipient with the seats that sources name for its domains, its figures,
/// and what was in the requests to it; third parties first, then by number.
///
/// # Errors
/// [`Error::Inconsistent`] where the parts do not add up to the whole.
pub(super) fn recipients(input: &ReportInput<'_>) -> Result<Value, Error> {
    let mut groups: BTreeMap<(PartyKind, &str), Vec<&Transmittal>> = BTreeMap::new();
    for t in asserted(input) {
        groups.entry((t.party, &t.recipient)).or_default().push(t);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|((party, _), rows)| {
        (*party == PartyKind::First, std::cmp::Reverse(rows.len()))
    });
    let whole = asserted(input).count() as u64;
    let mut sum = 0;
    let mut all = Vec::new();
    for ((party, recipient), rows) in groups {
        let domains: BTreeSet<&str> = rows.iter().map(|t| t.domain.as_str()).collect();
        let data = data_of(input, &rows)?;
        sum += rows.len() as u64;
        all.push(json!({
            "recipient": recipient,
            "parent": rows[0].parent,
            "party": party,
            "domains": domains.iter().copied().collect::<Vec<_>>().join(", "),
            "seats": seats(input, &domains),
            "tally": serde_json::to_value(Tally::of(rows.iter().copied()))?,
            "data": data,
        }));
    }
    if sum != whole {
        return Err(Error::Inconsistent {
            what: "the number of transmittals by recipient",
            expected: whole,
            found: sum,
        });
    }
    Ok(all.into())
}

/// One line for each kind of datum.
fn data_of(input: &ReportInput<'_>, rows: &[&Transmittal]) -> Result<Vec<Value>, Error> {
    let mut by: BTreeMap<&str, Vec<&Transmittal>> = BTreeMap::new();
    for t in rows {
        by.entry(&t.datum).or_default().push(t);
    }
    by.into_iter()
        .map(|(datum, rows)| {
            Ok(json!({
                "label": label(input.labels, datum),
                "tally": serde_json::to_value(Tally::of(rows.iter().copied()))?,
                "example": rows[0].transmittal,
            }))
        })
        .collect()
}

/// The seats that sources name for the organisations behind these domains.
fn seats(input: &ReportInput<'_>, domains: &BTreeSet<&str>) -> Vec<Value> {
    let known = domains
        .iter()
        .filter_map(|domain| Some((domain, input.regional.seats.get(*domain)?)));
    known
        .map(|(domain, seat)| {
            json!({ "domain": domain, "country": seat.country, "source": seat.source })
        })
        .collect()
}

/// The hosts that the captures name, each with the seat of its organisation: those
/// of the first party and those of others, as many as are printed.
pub(super) fn hosts(input: &ReportInput<'_>) -> Result<Value, Error> {
    let of = |party: PartyKind| -> Result<Value, Error> {
        let hosts: Vec<_> = input.contacts.iter().filter(|c| c.party == party).collect();
        let rows = hosts
            .iter()
            .take(PRINTED_ROWS)
            .map(|contact| {
                let mut row = serde_json::to_value(contact)?;
                let seat = input.regional.seats.get(&contact.domain);
                row["country"] = json!(seat.map(|seat| &seat.country));
                Ok(row)
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(json!({ "rows": rows, "total": hosts.len() }))
    };
    Ok(json!({ "first": of(PartyKind::First)?, "third": of(PartyKind::Third)? }))
}

/// Whether a value of that kind singles out a person, a device or an installation.
fn singles_out(t: &Transmittal) -> bool {
    let kind = t.datum.parse::<IdentifierKind>();
    SINGLING.contains(&t.category.as_str()) || kind.is_ok_and(|kind| !kind.is_low_entropy())
}

/// Identifiers by recipient, kind, spelling, place and value.
pub(super) fn identifiers(input: &ReportInput<'_>) -> Value {
    let chosen = asserted(input).filter(|t| singles_out(t));
    let mut by: BTreeMap<_, Vec<&Transmittal>> = BTreeMap::new();
    for t in chosen {
        let key = (
            t.party == PartyKind::First,
            &t.recipient,
            &t.datum,
            &t.form,
            t.place,
            t.value_sha256,
        );
        by.entry(key).or_default().push(t);
    }
    let rows = by.values().take(PRINTED_ROWS).map(|rows| {
        let first = rows[0];
        json!({
            "recipient": first.recipient,
            "label": label(input.labels, &first.datum),
            "form": first.form,
            "place": first.place,
            "value": first.value,
            "count": rows.len(),
            "example": first.transmittal,
        })
    });
    json!({ "rows": rows.collect::<Vec<_>>(), "total": by.len() })
}

/// Cookies in which a datum was found, by host and name.
pub(super) fn cookies(input: &ReportInput<'_>) -> Value {
    let mut by: BTreeMap<_, Vec<&Transmittal>> = BTreeMap::new();
    for t in asserted(input).filter(|t| t.place == Place::Cookie) {
        let field = t.locator.split(" / ").next().unwrap_or_default();
        let name = field.strip_prefix("request.cookie ").unwrap_or(field);
        by.entry((t.party == PartyKind::First, &t.host, name))
            .or_default()
            .push(t);
    }
    let rows = by.iter().take(PRINTED_ROWS).map(|((_, host, name), rows)| {
        let labels: BTreeSet<_> = rows.iter().map(|t| label(input.labels, &t.datum)).collect();
        json!({
            "host": host,
            "recipient": rows[0].recipient,
            "name": name,
            "labels": labels.into_iter().collect::<Vec<_>>().join(", "),
            "count": rows.len(),
            "example": rows[0].transmittal,
        })
    });
    json!({ "rows": rows.collect::<Vec<_>>(), "total": by.len() })
}

/// Every transmittal to a third party, as many as are printed.
pub(super) fn third_party(input: &ReportInput<'_>) -> Result<Value, Error> {
    let third: Vec<_> = asserted(input)
        .filter(|t| t.party == PartyKind::Third)
        .collect();
    let mut data = beginning(&third)?;
    if let Some(rows) = data["rows"].as_array_mut() {
        for (row, t) in rows.iter_mut().zip(&third) {
            row["label"] = label(input.labels, &t.datum).into();
        }
    }
    Ok(data)
}

/// What was seen and withheld.
pub(super) fn withheld(input: &ReportInput<'_>) -> Value {
    let rows = input.withheld.iter().map(|w| {
        json!({
            "reason": w.reason,
            "label": label(input.labels, &w.datum),
            "count": w.count,
        })
    });
    rows.collect()
}
