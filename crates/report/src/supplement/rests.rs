//! What the tables of two analyses rest on: program, case file, exhibits, data
//! sets, by the ledger and by what the analyses say of themselves.

use std::collections::BTreeMap;

use affiant_model::{Action, CustodyEvent, CustodyObject, Digest, ExhibitId};
use serde_json::{Value, json};

use crate::Dataset;

/// The analysis that a ledger ends with.
pub(crate) fn analysis(ledger: &[CustodyEvent]) -> Option<&CustodyEvent> {
    let mut events = ledger.iter().rev();
    events.find(|event| event.action == Action::Analyse)
}

/// What changed, line by line; what did not, says so.
pub(super) fn rests(
    before: &[CustodyEvent],
    after: &[CustodyEvent],
    earlier_sets: Option<&[Dataset]>,
    sets: &[Dataset],
) -> Vec<Value> {
    let mut lines = Vec::new();
    let mut line = |what: &str, was: String, is: String| {
        let same = was == is;
        lines.push(json!({ "what": what, "before": was, "after": is, "same": same }));
    };
    let of = |ledger| analysis(ledger).map(|event| &event.tool);
    let version =
        |ledger| of(ledger).map_or_else(String::new, |t| format!("{} {}", t.name, t.version));
    line("Program", version(before), version(after));
    let file = |ledger| of(ledger).map_or_else(String::new, |t| shown(t.sha256));
    line("SHA-256 of the program file", file(before), file(after));
    let case = |ledger| {
        let event = analysis(ledger);
        let object = event.and_then(|e| e.objects.iter().find(|o| o.path == "case.toml"));
        object.map_or_else(|| "not recorded".to_owned(), |o| o.sha256.to_hex())
    };
    line("SHA-256 of the case file", case(before), case(after));
    let (was, is) = (exhibits(before), exhibits(after));
    line("Exhibits", was.len().to_string(), is.len().to_string());
    let Some(earlier_sets) = earlier_sets else {
        line(
            "Data sets",
            "not attached to the earlier document, which prints them".to_owned(),
            format!("{} data sets", sets.len()),
        );
        return lines;
    };
    let names = earlier_sets.iter().chain(sets).map(|set| set.name.as_str());
    let names: std::collections::BTreeSet<&str> = names.collect();
    for name in names {
        let of = |sets: &[Dataset]| {
            let set = sets.iter().find(|set| set.name == name);
            set.map_or_else(|| "none".to_owned(), dataset)
        };
        line(&format!("Data set {name}"), of(earlier_sets), of(sets));
    }
    lines
}

fn shown(digest: Option<Digest>) -> String {
    digest.map_or_else(|| "not taken".to_owned(), |digest| digest.to_hex())
}

fn dataset(set: &Dataset) -> String {
    match set.sha256 {
        Some(digest) => format!("{} {digest}", set.version).trim().to_owned(),
        None => set.version.clone(),
    }
}

/// The exhibits that a ledger has taken in and not destroyed.
fn exhibits(ledger: &[CustodyEvent]) -> BTreeMap<ExhibitId, &CustodyObject> {
    let mut held = BTreeMap::new();
    for event in ledger {
        for object in &event.objects {
            match (event.action, object.exhibit) {
                (Action::Acquire, Some(id)) => {
                    held.insert(id, object);
                }
                (Action::Delete, Some(id)) => {
                    held.remove(&id);
                }
                _ => {}
            }
        }
    }
    held
}

/// The exhibits that one ledger holds and the other does not.
pub(super) fn exhibits_between(before: &[CustodyEvent], after: &[CustodyEvent]) -> Vec<Value> {
    let (was, is) = (exhibits(before), exhibits(after));
    let row = |change: &str, id: &ExhibitId, object: &CustodyObject| {
        json!({
            "change": change,
            "exhibit": id,
            "original_name": object.original_name,
            "bytes": object.bytes,
            "sha256": object.sha256,
        })
    };
    let taken = is.iter().filter(|(id, _)| !was.contains_key(id));
    let gone = was.iter().filter(|(id, _)| !is.contains_key(id));
    taken
        .map(|(id, object)| row("taken in", id, object))
        .chain(gone.map(|(id, object)| row("destroyed", id, object)))
        .collect()
}

/// The events between the two analyses, counted by what was done.
pub(super) fn events_between(before: &[CustodyEvent], after: &[CustodyEvent]) -> Vec<Value> {
    let mut counts: BTreeMap<String, (u64, u64, u64)> = BTreeMap::new();
    for event in after.iter().filter(|event| event.seq > before.len() as u64) {
        let count = counts
            .entry(event.action.to_string())
            .or_insert((0, event.seq, 0));
        count.0 += 1;
        count.2 = event.seq;
    }
    let row = |(action, (count, first, last)): (String, (u64, u64, u64))| json!({ "action": action, "count": count, "first": first, "last": last });
    counts.into_iter().map(row).collect()
}
