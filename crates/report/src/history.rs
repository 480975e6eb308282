//! The ledger read by subject: changes of hands, holds, copies, destruction,
//! keys. Every event stands in the table of events too; nothing is judged here.

use affiant_model::{Action, CustodyEvent, CustodyObject, ExhibitId};
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
