use std::collections::BTreeMap;

use affiant_model::{Case, PartyKind, Recipient};
use serde::Deserialize;

/// The file `datasets/recipients/recipients.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    recipient: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    domain: String,
    organisation: String,
    #[serde(default)]
    parent: String,
    #[serde(default)]
    country: String,
    #[serde(default)]
    role: String,
    source: String,
}

/// Which organisation a host belongs to.
#[derive(Debug, Clone, Default)]
pub struct Recipients {
    by_domain: BTreeMap<String, Recipient>,
}

impl Recipients {
    pub(crate) fn read_file(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut by_domain = BTreeMap::new();
        for entry in file.recipient {
            if entry.source.trim().is_empty() {
                return Err(format!("recipient `{}` has no source", entry.domain));
            }
            let recipient = Recipient {
                domain: entry.domain.clone(),
                organisation: entry.organisation,
                parent: entry.parent,
                country: entry.country,
                role: entry.role,
                source: entry.source,
            };
            if by_domain.insert(entry.domain.clone(), recipient).is_some() {
                return Err(format!("recipient `{}` is listed twice", entry.domain));
            }
        }
        Ok(Self { by_domain })
    }

    /// How many domains are listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_domain.len()
    }

    /// Whether no domain is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_domain.is_empty()
    }

    /// The recipient behind a host. One that no source names goes by its domain.
    pub(crate) fn attribute(&self, host: &str, case: &Case) -> (Recipient, PartyKind) {
        let domain = registrable_domain(host);
        let first = case
            .first_party
            .domains
            .iter()
            .any(|declared| is_under(host, declared));
        let (party, found) = if first {
            let publisher = Recipient {
                organisation: case.first_party.name.clone(),
                source: "case.toml, first_party".to_owned(),
                ..unknown(&domain)
            };
            (PartyKind::First, publisher)
        } else {
            (
                PartyKind::Third,
                self.receiver(host).unwrap_or_else(|| unknown(&domain)),
            )
        };
        (Recipient { domain, ..found }, party)
    }

    /// The organisation that receives what is sent to a host. Of a host that is
    /// let to others it is not known who does: who runs the machine is not it.
    fn receiver(&self, host: &str) -> Option<Recipient> {
        self.listed(host)
            .filter(|recipient| !recipient.role.starts_with("hosting"))
            .cloned()
    }

    /// The entry for the host or the longest domain that it is under: some
    /// vendors' domains, such as `googleapis.com`, are themselves public suffixes.
    fn listed(&self, host: &str) -> Option<&Recipient> {
        let mut rest = host.trim_end_matches('.');
        loop {
            if let Some(recipient) = self.by_domain.get(rest) {
                return Some(recipient);
            }
            rest = rest.split_once('.')?.1;
        }
    }
}

/// A recipient of which nothing is known but the domain.
fn unknown(domain: &str) -> Recipient {
    Recipient {
        domain: domain.to_owned(),
        organisation: domain.to_owned(),
        parent: String::new(),
        country: String::new(),
        role: String::new(),
        source: String::new(),
    }
}

/// Whether a host is the domain, or lies under it.
fn is_under(host: &str, domain: &str) -> bool {
    let (host, domain) = (host.trim_end_matches('.'), domain.to_lowercase());
    host.strip_suffix(domain.as_str())
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The registrable domain of a host by the Public Suffix List; the host itself
/// where it is a network address or a suffix.
fn registrable_domain(host: &str) -> String {
    if host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[') {
        return host.to_owned();
    }
    psl::domain_str(host.trim_end_matches('.'))
        .unwrap_or(host)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use affiant_model::FirstParty;

    use super::*;

    fn attribute(host: &str) -> (String, String, PartyKind) {
        let recipients = Recipients::read_file(
            "[[recipient]]\ndomain = \"facebook.com\"\norganisation = \"Meta\"\nsource = \"S\"\n\
             [[recipient]]\ndomain = \"googleapis.com\"\norganisation = \"Google\"\nsource = \"S\"\n\
             [[recipient]]\ndomain = \"cloudfront.net\"\norganisation = \"Amazon\"\nrole = \"hosting: x\"\nsource = \"S\"\n",
        )
        .unwrap();
        let case = Case {
            first_party: FirstParty {
                name: "Acme".into(),
                domains: vec!["acme.co.uk".into(), "acme.zendesk.com".into()],
                apps: vec![],
            },
            ..Default::default()
        };
        let (recipient, party) = recipients.attribute(host, &case);
        (recipient.domain, recipient.organisation, party)
    }

    #[test]
    fn hosts_go_to_organisations_by_registrable_domain() {
        let is = |host, domain: &str, organisation: &str, party| {
            assert_eq!(
                attribute(host),
                (domain.to_owned(), organisation.to_owned(), party),
                "{host}"
            );
        };
        is(
            "graph.facebook.com",
            "facebook.com",
            "Meta",
            PartyKind::Third,
        );
        is(
            "notfacebook.com",
            "notfacebook.com",
            "notfacebook.com",
            PartyKind::Third,
        );
        is("api.acme.co.uk", "acme.co.uk", "Acme", PartyKind::First);
        is("acme.zendesk.com", "zendesk.com", "Acme", PartyKind::First);
        is(
            "other.zendesk.com",
            "zendesk.com",
            "zendesk.com",
            PartyKind::Third,
        );
        is(
            "d1.cloudfront.net",
            "d1.cloudfront.net",
            "d1.cloudfront.net",
            PartyKind::Third,
        );
        is("evil.co.uk", "evil.co.uk", "evil.co.uk", PartyKind::Third);
        is("192.0.2.7", "192.0.2.7", "192.0.2.7", PartyKind::Third);
        is(
            "[2001:db8::1]",
            "[2001:db8::1]",
            "[2001:db8::1]",
            PartyKind::Third,
        );
        is("localhost", "localhost", "localhost", PartyKind::Third);
    }
}
