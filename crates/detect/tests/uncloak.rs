//! Hosts of the first party's domain are attributed by the answers to their lookups.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use affiant_detect::{Attributed, Knowledge, uncloak};
use affiant_model::{
    Alias, Case, ExchangeKind, ExchangeRow, ExhibitId, FirstParty, PartyKind, Reach, Span,
};

fn row(kind: ExchangeKind, host: &str, aliases: Option<&str>) -> ExchangeRow {
    ExchangeRow {
        exhibit: ExhibitId(1),
        exchange: 1,
        kind,
        detail: None,
        events: 1,
        time: None,
        until: None,
        method: String::new(),
        host: host.into(),
        domain: "acme.com".into(),
        recipient: "Acme".into(),
        parent: String::new(),
        party: Some(PartyKind::First),
        url: String::new(),
        status: None,
        reach: Reach::Sent,
        request_body_bytes: 0,
        span: Span::new(0, 1),
        unpacked: None,
        server_address: None,
        client_address: None,
        client_app: None,
        client_device: None,
        tls: None,
        ja4: None,
        aliases: aliases.map(Into::into),
        phase: None,
        run: None,
        device: None,
        app: None,
        app_version: None,
        transmittals: 0,
        endpoint: None,
        repeats: None,
    }
}

fn case(domains: &[&str]) -> Case {
    Case {
        first_party: FirstParty {
            name: "Acme".into(),
            domains: domains.iter().map(|&domain| domain.into()).collect(),
            apps: Vec::new(),
        },
        ..Case::default()
    }
}

fn found(case: &Case, knowledge: &Knowledge, rows: &mut [ExchangeRow]) -> Vec<Alias> {
    let of = Attributed {
        exchanges: rows,
        transmittals: &mut [],
        consent: &mut [],
        patterns: &mut [],
        contexts: &mut [],
    };
    let (aliases, defects) = uncloak(case, &knowledge.recipients, of);
    // What two lookups do not agree on is said.
    assert!(aliases.is_empty() || defects.is_empty());
    aliases
}

#[test]
fn an_alias_of_a_vendors_host_goes_to_the_vendor() {
    let knowledge = Knowledge::built_in().unwrap();
    let lookup = "acme.com.ssl.sc.omtrdc.net > adobe.net.ssl.sc.omtrdc.net";
    let mut rows = [
        row(ExchangeKind::Request, "metrics.acme.com", None),
        row(ExchangeKind::Lookup, "metrics.acme.com", Some(lookup)),
        row(ExchangeKind::Request, "www.acme.com", None),
    ];
    let aliases = found(&case(&["acme.com"]), &knowledge, &mut rows);
    assert_eq!(aliases.len(), 1);
    assert!(
        aliases[0].recipient.starts_with("Adobe"),
        "{:?}",
        aliases[0]
    );
    assert_eq!(
        (aliases[0].exchanges, aliases[0].chain.as_str()),
        (1, lookup)
    );
    assert_eq!(rows[0].party, Some(PartyKind::Third));
    assert_eq!(rows[0].recipient, aliases[0].recipient);
    assert_eq!(
        (rows[2].recipient.as_str(), rows[2].party),
        ("Acme", Some(PartyKind::First))
    );
}

#[test]
fn what_is_declared_hosted_or_leads_nowhere_else_stays() {
    let knowledge = Knowledge::built_in().unwrap();
    let stays = |domains: &[&str], chain: &str| {
        let mut rows = [row(ExchangeKind::Lookup, "cdn.acme.com", Some(chain))];
        let before = rows.clone();
        let aliases = found(&case(domains), &knowledge, &mut rows);
        assert!(aliases.is_empty() && rows == before, "{chain}: {aliases:?}");
    };
    // Declared itself; who runs the machine is not who receives; its own; nobody's.
    stays(&["acme.com", "cdn.acme.com"], "x.sc.omtrdc.net");
    stays(&["acme.com"], "d111.cloudfront.net");
    stays(&["acme.com"], "edge.acme.com");
    stays(&["acme.com"], "nobody.example.org");
}

#[test]
fn two_lookups_that_lead_to_two_organisations_attribute_nothing() {
    let knowledge = Knowledge::built_in().unwrap();
    let mut rows = [
        row(ExchangeKind::Lookup, "m.acme.com", Some("x.sc.omtrdc.net")),
        row(
            ExchangeKind::Lookup,
            "m.acme.com",
            Some("app-measurement.com"),
        ),
    ];
    let before = rows.clone();
    assert!(found(&case(&["acme.com"]), &knowledge, &mut rows).is_empty());
    assert!(rows == before);
    // Behind it is the first party itself, by the name that a source has for it.
    let mut own = case(&["acme.com"]);
    own.first_party.name = knowledge_name(&knowledge);
    let mut rows = [row(
        ExchangeKind::Lookup,
        "m.acme.com",
        Some("x.sc.omtrdc.net"),
    )];
    assert!(found(&own, &knowledge, &mut rows).is_empty());
}

/// The organisation that a source names for Adobe's host.
fn knowledge_name(knowledge: &Knowledge) -> String {
    let mut rows = [row(
        ExchangeKind::Lookup,
        "m.acme.com",
        Some("x.sc.omtrdc.net"),
    )];
    found(&case(&["acme.com"]), knowledge, &mut rows)[0]
        .recipient
        .clone()
}
