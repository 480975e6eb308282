//! Whether the app that a record names is the one that made a request.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Case, ExchangeRow, ExhibitId, Transmittal};

/// What the requests say of themselves: apps and events, by documented fields.
#[derive(Debug, Default)]
pub(super) struct Named<'t> {
    apps: BTreeMap<(ExhibitId, u32), BTreeSet<&'t str>>,
    events: BTreeMap<(ExhibitId, u32), Vec<&'t str>>,
}

impl<'t> Named<'t> {
    pub(super) fn of(transmittals: &'t [Transmittal]) -> Self {
        let mut named = Self::default();
        for row in transmittals {
            let key = (row.exhibit, row.exchange);
            match row.datum.as_str() {
                "app_id" => {
                    named.apps.entry(key).or_default().insert(&row.value);
                }
                "event_name" => named.events.entry(key).or_default().push(&row.value),
                _ => {}
            }
        }
        named
    }

    /// The events that a request names, each as often as it does.
    pub(super) fn events(&self, row: &ExchangeRow) -> &[&'t str] {
        let events = self.events.get(&(row.exhibit, row.exchange));
        events.map_or(&[], Vec::as_slice)
    }

    /// The names of the app that made a request: what the request and the capture
    /// say of it, or else what was stated at intake.
    pub(super) fn apps(&self, row: &ExchangeRow) -> BTreeSet<String> {
        let said = self.apps.get(&(row.exhibit, row.exchange));
        let said = said.into_iter().flatten().copied();
        let names: BTreeSet<String> = said.chain(row.client_app.as_deref()).map(plain).collect();
        if names.is_empty() {
            row.app.as_deref().map(plain).into_iter().collect()
        } else {
            names
        }
    }
}

/// Names are compared without regard to letter case and white space around.
pub(super) fn plain(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Whether a plain name is one that the case file declares as the first party's.
pub(super) fn is_first_party(case: &Case, name: &str) -> bool {
    let first = &case.first_party;
    let declared = first.apps.iter().chain(&case.records.names);
    declared
        .chain(std::iter::once(&first.name))
        .any(|declared| !declared.is_empty() && plain(declared) == name)
        || first.domains.iter().any(|domain| {
            let domain = plain(domain);
            let under = name
                .strip_suffix(&domain)
                .is_some_and(|rest| rest.ends_with('.'));
            name == domain || under
        })
}
