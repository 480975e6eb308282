use std::collections::{BTreeMap, BTreeSet};

use affiant_detect::Knowledge;
use affiant_model::{ContactSummary, Transmittal};
use affiant_report::{Regional, Seat};

/// What documents for other forums need: German labels, and the seat of each
/// organisation behind a domain of the case, as far as a source names it.
pub(crate) fn read(
    knowledge: &Knowledge,
    contacts: &[ContactSummary],
    transmittals: &[Transmittal],
) -> Regional {
    let contacted = contacts.iter().map(|contact| contact.domain.as_str());
    let domains: BTreeSet<&str> = contacted
        .chain(transmittals.iter().map(|t| t.domain.as_str()))
        .collect();
    let seats: BTreeMap<String, Seat> = domains
        .into_iter()
        .filter_map(|domain| {
            let (country, source) = knowledge.recipients.seat_of(domain)?;
            Some((domain.to_owned(), Seat { country, source }))
        })
        .collect();
    Regional {
        labels_de: knowledge.labels_de(),
        seats,
    }
}
