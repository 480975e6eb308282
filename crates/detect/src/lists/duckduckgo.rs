//! `DuckDuckGo` Tracker Radar (`duckduckgo/tracker-radar`) and the list made of
//! it for browsers, `tds.json`.
//!
//! `domains/US/acme.example.json`:
//! ```json
//! {"domain": "acme.example", "owner": {"name": "Acme, Inc.", "displayName": "Acme"},
//!  "prevalence": 0.1, "categories": ["Analytics"]}
//! ```
//! `entities/Acme, Inc..json`:
//! ```json
//! {"name": "Acme, Inc.", "displayName": "Acme", "properties": ["acme.example"], "prevalence": {}}
//! ```
//! `tds.json`:
//! ```json
//! {"trackers": {"acme.example": {"owner": {"name": "Acme, Inc."}, "categories": ["Analytics"]}},
//!  "entities": {"Acme, Inc.": {"domains": ["acme.example"]}},
//!  "domains": {"acme.example": "Acme, Inc."}, "cnames": {"x.shop.example": "acme.example"}}
//! ```

use serde_json::Value;

use super::names::printed;
use super::{Collected, File, Format, ListEntry, ListKind, members, text, texts};

#[derive(Debug, Default)]
pub(super) struct TrackerRadar;

impl Format for TrackerRadar {
    fn kind(&self) -> ListKind {
        ListKind::TrackerRadar
    }

    fn take(&mut self, file: &File, out: &mut Collected) -> bool {
        let Some(list) = file.json() else {
            return false;
        };
        let object = |key: &str| list.get(key).is_some_and(Value::is_object);
        if object("trackers") && object("entities") && object("domains") {
            for (domain, owner) in members(list, "domains") {
                out.add(domain, named(owner.as_str().unwrap_or_default()));
            }
            for (name, entity) in members(list, "entities") {
                for domain in texts(entity.get("domains")) {
                    out.add(domain, named(name));
                }
            }
            for (domain, tracker) in members(list, "trackers") {
                out.add(domain, owned(tracker));
            }
            for (host, target) in members(list, "cnames") {
                let Some(target) = target.as_str().and_then(super::domain) else {
                    out.left_out += 1;
                    continue;
                };
                let entry = ListEntry {
                    alias_of: target,
                    ..ListEntry::default()
                };
                out.add(host, entry);
            }
        } else if object("owner") && !text(list, "domain").is_empty() {
            let entry = owned(list);
            // Of many domains the owner is not known.
            if !entry.organisation.is_empty() {
                out.add(text(list, "domain"), entry);
            }
        } else if list.get("properties").is_some_and(Value::is_array)
            && list.get("prevalence").is_some()
            && !text(list, "name").is_empty()
        {
            for domain in texts(list.get("properties")) {
                out.add(domain, named(text(list, "name")));
            }
        } else {
            return false;
        }
        true
    }

    fn finish(&mut self, out: &mut Collected) {
        out.entries
            .retain(|_, entry| !entry.organisation.is_empty() || !entry.alias_of.is_empty());
    }
}

fn named(organisation: &str) -> ListEntry {
    ListEntry {
        organisation: printed(organisation),
        ..ListEntry::default()
    }
}

/// A domain with its owner and categories.
fn owned(tracker: &Value) -> ListEntry {
    let owner = tracker.get("owner").unwrap_or(&Value::Null);
    let categories = texts(tracker.get("categories")).map(printed);
    ListEntry {
        parent: printed(text(owner, "ownedBy")),
        role: categories.collect::<Vec<_>>().join(", "),
        ..named(text(owner, "name"))
    }
}
