//! `AdGuard` companies database (`AdguardTeam/companiesdb`, `dist/`).
//!
//! ```json
//! {"timeUpdated": "2026-07-20T11:02:11.184Z", "categories": {"4": "advertising"},
//!  "trackers": {"acme_ads": {"name": "Acme Ads", "categoryId": 4, "companyId": "acme"}},
//!  "trackerDomains": {"acme.example": "acme_ads"}}
//! ```
//! ```json
//! {"timeUpdated": "2026-07-20T11:02:11.184Z",
//!  "companies": {"acme": {"name": "Acme, Inc.", "websiteUrl": "https://acme.example/"}}}
//! ```

use std::collections::BTreeMap;

use serde_json::Value;

use super::names::printed;
use super::{Collected, File, Format, ListEntry, ListKind, members, text};

#[derive(Debug, Default)]
pub(super) struct Companies {
    companies: BTreeMap<String, String>,
    /// Domain, name of the tracker, its company, its category.
    trackers: Vec<(String, String, String, String)>,
}

impl Format for Companies {
    fn kind(&self) -> ListKind {
        ListKind::AdGuardCompanies
    }

    fn take(&mut self, file: &File, out: &mut Collected) -> bool {
        let Some(list) = file.json() else {
            return false;
        };
        // What the list was made of lies beside it, and names some domains otherwise.
        if file.stem().starts_with("whotracksme") || file.folder() == "source" {
            return false;
        }
        let has = |key: &str| list.get(key).is_some_and(Value::is_object);
        if has("companies") && list.get("timeUpdated").is_some() {
            // Those of another file, such as translations, have no names of their own.
            for (id, company) in members(list, "companies") {
                let name = printed(text(company, "name"));
                if !name.is_empty() {
                    self.companies.entry(id.clone()).or_insert(name);
                }
            }
        } else if has("trackers") && has("trackerDomains") {
            for (domain, id) in members(list, "trackerDomains") {
                let tracker = id.as_str().and_then(|id| list["trackers"].get(id));
                let Some(tracker) = tracker else {
                    out.left_out += 1;
                    continue;
                };
                let category = tracker
                    .get("categoryId")
                    .and_then(Value::as_u64)
                    .map(|id| text(&list["categories"], &id.to_string()))
                    .unwrap_or_default();
                self.trackers.push((
                    domain.clone(),
                    printed(text(tracker, "name")),
                    text(tracker, "companyId").to_owned(),
                    printed(category),
                ));
            }
        } else {
            return false;
        }
        let updated = printed(text(list, "timeUpdated"));
        out.version = updated.max(std::mem::take(&mut out.version));
        true
    }

    fn finish(&mut self, out: &mut Collected) {
        for (domain, tracker, company, category) in std::mem::take(&mut self.trackers) {
            let owner = self.companies.get(&company);
            let role = match owner {
                Some(owner) if *owner != tracker => format!("{category}: {tracker}"),
                _ => category,
            };
            let entry = ListEntry {
                organisation: owner.cloned().unwrap_or(tracker),
                role,
                ..ListEntry::default()
            };
            out.add(&domain, entry);
        }
    }
}
