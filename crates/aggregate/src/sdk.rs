//! What is built in, as a table, and beside what was heard.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{
    ExchangeRow, PartyKind, Presence, PresenceState, Reach, SdkFinding, SdkFindingKind, Transmittal,
};

use crate::frame::columns_are_fields;

columns_are_fields!(
    SdkFinding,
    "sdk_findings",
    [
        exhibit,
        format,
        kind,
        app,
        app_version,
        sdk,
        vendor,
        version,
        value,
        detail,
        place
    ],
    span?,
    [rule]
);

columns_are_fields!(
    Presence,
    "presence",
    [
        organisation,
        state,
        sdks,
        versions,
        exhibits,
        findings,
        requests,
        contacts,
        attempted,
        transmittals,
    ]
);

/// What was heard of one organisation.
#[derive(Default)]
struct Heard {
    requests: u64,
    contacts: u64,
    attempted: u64,
    transmittals: u64,
}

/// Holds what is built in against what was heard, by organisation: of findings that
/// name a maker, and of third parties. What a privacy manifest or a list of sellers
/// declares is no sign that software is built in, and does not enter.
///
/// Silent means that no entry of the captures names a host of the organisation: what
/// was not captured is not heard. `has_host` says whether any source names a host.
#[must_use]
pub fn presence(
    findings: &[SdkFinding],
    exchanges: &[ExchangeRow],
    transmittals: &[Transmittal],
    has_host: &dyn Fn(&str) -> bool,
) -> Vec<Presence> {
    let mut built = BTreeMap::<&str, Vec<&SdkFinding>>::new();
    for finding in findings {
        let shows = matches!(
            finding.kind,
            SdkFindingKind::Sdk | SdkFindingKind::Component
        );
        if let (true, Some(vendor)) = (shows, &finding.vendor) {
            built.entry(vendor).or_default().push(finding);
        }
    }
    let mut heard = BTreeMap::<&str, Heard>::new();
    let third = |row: &&ExchangeRow| row.party == Some(PartyKind::Third) && row.repeats.is_none();
    for row in exchanges.iter().filter(third) {
        let heard = heard
            .entry(name(&row.recipient, &row.parent, &built))
            .or_default();
        let count = if row.reach == Reach::Attempted {
            &mut heard.attempted
        } else if row.kind.has_content() {
            &mut heard.requests
        } else {
            &mut heard.contacts
        };
        let events = if row.kind.has_content() {
            1
        } else {
            row.events
        };
        *count = count.saturating_add(events);
    }
    let sent = |t: &&Transmittal| t.party == PartyKind::Third && t.reach > Reach::Contacted;
    for t in transmittals.iter().filter(sent) {
        let heard = heard
            .entry(name(&t.recipient, &t.parent, &built))
            .or_default();
        heard.transmittals += 1;
    }
    let organisations: BTreeSet<&str> = built.keys().chain(heard.keys()).copied().collect();
    let mut rows: Vec<Presence> = organisations
        .into_iter()
        .map(|organisation| {
            let found = built.get(organisation).map_or(&[][..], Vec::as_slice);
            row(
                organisation,
                found,
                heard.get(organisation),
                has_host(organisation),
            )
        })
        .collect();
    rows.sort_by(|a, b| (a.state, &a.organisation).cmp(&(b.state, &b.organisation)));
    rows
}

/// Under which name an organisation is counted: its own or, where that is what the
/// findings name, its parent's.
fn name<'r>(
    recipient: &'r str,
    parent: &'r str,
    built: &BTreeMap<&str, Vec<&SdkFinding>>,
) -> &'r str {
    if !built.contains_key(recipient) && built.contains_key(parent) {
        parent
    } else {
        recipient
    }
}

fn row(
    organisation: &str,
    found: &[&SdkFinding],
    heard: Option<&Heard>,
    has_host: bool,
) -> Presence {
    let left = heard.map(|heard| heard.requests + heard.contacts > 0);
    let state = match (found.is_empty(), left) {
        (false, Some(true)) => PresenceState::PresentAndHeard,
        (false, Some(false)) => PresenceState::PresentAndAttempted,
        (false, None) if has_host => PresenceState::PresentAndSilent,
        (false, None) => PresenceState::PresentWithoutHost,
        (true, Some(false)) => PresenceState::AttemptedAndNotFound,
        (true, _) => PresenceState::HeardAndNotFound,
    };
    let joined = |texts: BTreeSet<String>| texts.into_iter().collect::<Vec<_>>().join(", ");
    let heard = |count: fn(&Heard) -> u64| heard.map_or(0, count);
    Presence {
        organisation: organisation.to_owned(),
        state,
        sdks: joined(found.iter().filter_map(|f| f.sdk.clone()).collect()),
        versions: joined(found.iter().filter_map(|f| f.version.clone()).collect()),
        exhibits: joined(found.iter().map(|f| f.exhibit.to_string()).collect()),
        findings: found.len() as u64,
        requests: heard(|heard| heard.requests),
        contacts: heard(|heard| heard.contacts),
        attempted: heard(|heard| heard.attempted),
        transmittals: heard(|heard| heard.transmittals),
    }
}
