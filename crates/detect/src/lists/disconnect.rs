//! Disconnect Tracker Protection (`disconnectme/disconnect-tracking-protection`).
//!
//! ```json
//! {"license": "…", "categories": {"Advertising": [{"Acme": {"https://acme.example/": ["acme.example"]}}]}}
//! ```
//! ```json
//! {"license": "…", "entities": {"Acme Group": {"properties": ["acme.example"], "resources": ["acme.example"]}}}
//! ```
//!
//! The services name the company, the entities whom it belongs to.

use serde_json::Value;

use super::names::printed;
use super::{Collected, File, Format, ListEntry, ListKind, members, texts};

#[derive(Debug, Default)]
pub(super) struct Disconnect {
    /// Domain, company, category.
    services: Vec<(String, String, String)>,
    /// Domain, entity.
    entities: Vec<(String, String)>,
}

impl Format for Disconnect {
    fn kind(&self) -> ListKind {
        ListKind::Disconnect
    }

    fn take(&mut self, file: &File, _out: &mut Collected) -> bool {
        let Some(list) = file.json() else {
            return false;
        };
        let services = members(list, "categories").any(|(_, of)| of.is_array());
        let entities = list.get("license").is_some()
            && members(list, "entities").any(|(_, of)| of.get("resources").is_some());
        if services {
            for (category, companies) in members(list, "categories") {
                for company in companies.as_array().into_iter().flatten() {
                    self.company(category, company);
                }
            }
        } else if entities {
            for (name, entity) in members(list, "entities") {
                for key in ["properties", "resources"] {
                    for domain in texts(entity.get(key)) {
                        self.entities.push((domain.to_owned(), printed(name)));
                    }
                }
            }
        }
        services || entities
    }

    fn finish(&mut self, out: &mut Collected) {
        // What a company is for stands in several categories: all of them are kept.
        for (domain, organisation, role) in std::mem::take(&mut self.services) {
            let entry = ListEntry {
                organisation,
                role,
                ..ListEntry::default()
            };
            out.add(&domain, entry);
        }
        for (domain, entity) in std::mem::take(&mut self.entities) {
            let known = super::domain(&domain).and_then(|domain| out.entries.get(&domain));
            let service = known.map(|known| known.organisation.clone());
            let mut entry = ListEntry::default();
            match service {
                Some(service) if service == entity => continue,
                Some(_) => entry.parent = entity,
                None => entry.organisation = entity,
            }
            out.add(&domain, entry);
        }
    }
}

impl Disconnect {
    fn company(&mut self, category: &str, company: &Value) {
        for (name, sites) in company.as_object().into_iter().flatten() {
            for (_, domains) in sites.as_object().into_iter().flatten() {
                // Beside the sites there are marks, such as `"dnt": "w3c"`.
                for domain in texts(Some(domains)) {
                    self.services
                        .push((domain.to_owned(), printed(name), printed(category)));
                }
            }
        }
    }
}
