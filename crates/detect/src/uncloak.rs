//! Hosts of the first party's own domain that by DNS lead to somebody else.
//!
//! A name such as `metrics.acme.com` may be an alias (CNAME, RFC 1034 § 3.6.2) of
//! a vendor's host. The name alone then says that the first party receives what is
//! sent there; the answer to the lookup says who runs the machine.

use std::collections::BTreeMap;

use affiant_model::{
    Alias, Case, ConsentSignal, ContextFinding, Defect, ExchangeKind, ExchangeRow, PartyKind,
    PatternFinding, Recipient, Stage, Transmittal,
};

use crate::recipients::{Recipients, is_under};

/// What an examination found, of which the hosts may be others' than their names say.
#[derive(Debug)]
pub struct Attributed<'f> {
    /// The exchanges.
    pub exchanges: &'f mut [ExchangeRow],
    /// The transmittals.
    pub transmittals: &'f mut [Transmittal],
    /// The signals of consent.
    pub consent: &'f mut [ConsentSignal],
    /// The patterns.
    pub patterns: &'f mut [PatternFinding],
    /// The contexts.
    pub contexts: &'f mut [ContextFinding],
}

/// Attributes hosts by the answers to their lookups, and says what was attributed so.
///
/// A host is looked at where it lies under a domain that the case file declares, or
/// where no source names who is behind it. It goes to the first organisation that a
/// source names for a name of the chain. A host that the case file declares itself, a
/// chain that leads to nobody else or to the first party by another name, and a host of
/// which two lookups lead to two organisations, which is a defect, stay as they are. What was looked up on
/// one device at one time is taken to hold for the case; the lookup is named.
pub fn uncloak(
    case: &Case,
    recipients: &Recipients,
    of: Attributed<'_>,
) -> (Vec<Alias>, Vec<Defect>) {
    let (mut found, defects) = leading(case, recipients, of.exchanges);
    for row in of.exchanges {
        if let Some((alias, behind)) = found.get_mut(&row.host) {
            (row.recipient, row.parent) = (behind.organisation.clone(), behind.parent.clone());
            row.party = row.party.map(|_| PartyKind::Third);
            alias.exchanges += u64::from(row.kind.has_content() && row.repeats.is_none());
        }
    }
    for t in of.transmittals {
        if let Some((alias, behind)) = found.get_mut(&t.host) {
            (t.recipient, t.parent) = (behind.organisation.clone(), behind.parent.clone());
            t.party = PartyKind::Third;
            alias.transmittals += 1;
        }
    }
    for signal in of.consent {
        if let Some((_, behind)) = found.get(&signal.host) {
            signal.recipient.clone_from(&behind.organisation);
            signal.party = PartyKind::Third;
        }
    }
    for pattern in of.patterns {
        if let Some((_, behind)) = found.get(&pattern.host) {
            pattern.recipient.clone_from(&behind.organisation);
            pattern.parent.clone_from(&behind.parent);
            pattern.party = PartyKind::Third;
        }
    }
    for context in of.contexts {
        if let Some((_, behind)) = found.get(&context.host) {
            context.recipient.clone_from(&behind.organisation);
            context.party = PartyKind::Third;
        }
    }
    (
        found.into_values().map(|(alias, _)| alias).collect(),
        defects,
    )
}

/// The hosts that lead elsewhere, each with the first lookup that shows it.
fn leading(
    case: &Case,
    recipients: &Recipients,
    exchanges: &[ExchangeRow],
) -> (BTreeMap<String, (Alias, Recipient)>, Vec<Defect>) {
    let declared = &case.first_party.domains;
    let mut found = BTreeMap::<String, (Alias, Recipient)>::new();
    let mut disagreeing = BTreeMap::new();
    for row in exchanges {
        let own = declared.iter().any(|domain| is_under(&row.host, domain));
        let unknown = row.recipient == row.domain;
        let itself = declared.contains(&row.host);
        let Some(chain) = row.aliases.as_deref() else {
            continue;
        };
        if row.kind != ExchangeKind::Lookup || itself || !(own || unknown) {
            continue;
        }
        let behind = chain.split(" > ").find_map(|name| {
            let name = name.trim_end_matches('.');
            let own = declared.iter().any(|domain| is_under(name, domain));
            (!own).then(|| recipients.receiver(name)).flatten()
        });
        let first_party = &case.first_party.name;
        let behind = behind.filter(|r| r.organisation != *first_party && r.parent != *first_party);
        if let Some(behind) = behind {
            let before = found.get(&row.host);
            if let Some((alias, _)) = before.filter(|(a, _)| a.recipient != behind.organisation) {
                let defect = disagreement(row, alias, &behind);
                disagreeing.entry(row.host.clone()).or_insert(defect);
            }
            found.entry(row.host.clone()).or_insert_with(|| {
                let alias = Alias {
                    host: row.host.clone(),
                    chain: chain.to_owned(),
                    recipient: behind.organisation.clone(),
                    source: behind.source.clone(),
                    role: behind.role.clone(),
                    exhibit: row.exhibit,
                    exchange: row.exchange,
                    exchanges: 0,
                    transmittals: 0,
                };
                (alias, behind)
            });
        }
    }
    found.retain(|host, _| !disagreeing.contains_key(host));
    (found, disagreeing.into_values().collect())
}

/// Two lookups of one host lead to two organisations.
fn disagreement(row: &ExchangeRow, before: &Alias, behind: &Recipient) -> Defect {
    Defect {
        exhibit: row.exhibit,
        exchange: Some(row.exchange),
        span: Some(row.span),
        stage: Stage::Detect,
        message: format!(
            "the lookup of {} leads to {}, and an earlier one ({} no. {}) to {}",
            row.host, behind.organisation, before.exhibit, before.exchange, before.recipient
        ),
        consequence: "the host is attributed by its name alone".to_owned(),
    }
}
