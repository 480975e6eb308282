//! The ledger read by subject: changes of hands, holds, copies, destruction,
//! keys. Every event stands in the table of events too; nothing is judged here.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Action, Case, CustodyEvent, CustodyObject, ExhibitId};
use serde_json::{Value, json};

use crate::Error;

/// The events of each subject, in the order of the ledger.
pub(crate) fn history(ledger: &[CustodyEvent]) -> Result<Value, Error> {
    let of = |actions: &[Action]| {
        let chosen = ledger.iter().filter(|e| actions.contains(&e.action));
        let chosen = chosen.collect::<Vec<_>>();
        serde_json::to_value(chosen)
    };
    Ok(json!({
        "hands": of(&[Action::Transfer, Action::Disclose])?,
        "holds": of(&[Action::Hold, Action::Release])?,
        "deleted": of(&[Action::Delete])?,
        "copies": copies(ledger)?,
        "keys": of(&[Action::Key, Action::Sign, Action::Stamp])?,
    }))
}

/// Each working copy with the file that it was made from.
fn copies(ledger: &[CustodyEvent]) -> Result<Vec<Value>, Error> {
    let derived = ledger.iter().filter(|e| e.action == Action::Derive);
    let copies = derived.flat_map(|e| e.objects.iter().map(move |o| (e, o)));
    let row = |(event, object): (&CustodyEvent, &CustodyObject)| {
        Ok(json!({
            "seq": event.seq,
            "time": event.time,
            "reason": event.reason,
            "object": serde_json::to_value(object)?,
        }))
    };
    copies.map(row).collect()
}

/// The last event by which an exhibit was destroyed.
pub(crate) fn deletion(ledger: &[CustodyEvent], exhibit: ExhibitId) -> Option<&CustodyEvent> {
    ledger.iter().rev().find(|event| {
        event.action == Action::Delete && event.objects.iter().any(|o| o.exhibit == Some(exhibit))
    })
}

/// Everybody whom the ledger names as one who had to do with the exhibits: in what way,
/// by how many events, and how to reach them, where the case file says it.
pub(crate) fn handlers(ledger: &[CustodyEvent], case: &Case) -> Vec<Value> {
    let mut named = BTreeMap::<&str, (BTreeSet<&str>, u64)>::new();
    for event in ledger {
        let circumstances = event.circumstances.as_ref();
        let transfer = event.transfer.as_ref();
        let of = [
            (Some(event.actor.name.as_str()), "recorded events"),
            (
                circumstances.and_then(|c| c.collected_by.as_deref()),
                "collected",
            ),
            (
                circumstances.and_then(|c| c.custodian.as_deref()),
                "custodian of a source",
            ),
            (transfer.map(|t| t.from.as_str()), "handed over"),
            (transfer.map(|t| t.to.as_str()), "received"),
        ];
        let mut here = BTreeSet::new();
        for (name, what) in of {
            let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
                continue;
            };
            let entry = named.entry(name).or_default();
            entry.0.insert(what);
            entry.1 += u64::from(here.insert(name));
        }
    }
    for handler in &case.handlers {
        named.entry(handler.name.trim()).or_default();
    }
    named
        .into_iter()
        .map(|(name, (did, events))| {
            let stated = case.handlers.iter().find(|h| h.name.trim() == name);
            json!({
                "name": name,
                "did": did,
                "events": events,
                "contact": stated.map_or("", |handler| handler.contact.trim()),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use affiant_model::Handler;

    use super::*;
    use crate::view::fixture::Fixture;

    #[test]
    fn everybody_of_the_ledger_is_listed_once_with_the_contact_that_the_case_file_states() {
        let sample = Fixture::sample();
        let input = sample.input();
        let first = input.ledger[0].actor.name.clone();
        let case = Case {
            handlers: vec![
                Handler {
                    name: first.clone(),
                    contact: "1 Example Street".into(),
                },
                Handler {
                    name: "Nobody of the ledger".into(),
                    contact: String::new(),
                },
            ],
            ..input.case.clone()
        };
        let found = handlers(input.ledger, &case);
        let of = |name: &str| {
            let mut those = found.iter().filter(|one| one["name"] == name);
            let one = those.next().unwrap().clone();
            assert!(those.next().is_none(), "{name} twice");
            one
        };
        assert_eq!(of(&first)["contact"], "1 Example Street");
        assert!(of(&first)["events"].as_u64().unwrap() > 0);
        let collectors = input.ledger.iter().filter_map(|event| {
            let circumstances = event.circumstances.as_ref()?;
            circumstances.collected_by.clone()
        });
        for name in collectors {
            let did = of(&name)["did"].to_string();
            assert!(did.contains("collected"), "{name}: {did}");
        }
        assert_eq!(of("Nobody of the ledger")["events"], 0);
    }
}
