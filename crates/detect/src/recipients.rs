use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Case, FormerName, PartyKind, Recipient};
use serde::Deserialize;

use crate::lists::List;

/// A file of `datasets/recipients`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    recipient: Vec<Entry>,
    #[serde(default)]
    former: Vec<FormerName>,
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
    former: Vec<FormerName>,
}

impl Recipients {
    /// Adds what a file says, as [`Self::read_json`] does.
    #[cfg(test)]
    pub(crate) fn read_file(&mut self, text: &str) -> Result<(), String> {
        self.add(toml::from_str(text).map_err(|error| error.to_string())?)
    }

    /// Adds what a file says, in JSON, to what other files said. That a domain is another
    /// organisation's here than there is refused: one of them is wrong.
    pub(crate) fn read_json(&mut self, text: &str) -> Result<(), String> {
        self.add(serde_json::from_str(text).map_err(|error| error.to_string())?)
    }

    fn add(&mut self, file: File) -> Result<(), String> {
        for name in file.former {
            if [&name.organisation, &name.former, &name.source]
                .iter()
                .any(|text| text.trim().is_empty())
            {
                return Err(format!(
                    "the former name of `{}` lacks a name or a source",
                    name.organisation
                ));
            }
            let known = self.former.iter().any(|one| one.former == name.former);
            if known || name.former == name.organisation {
                return Err(format!("the former name `{}` is listed twice", name.former));
            }
            self.former.push(name);
        }
        let mut here = BTreeSet::new();
        for entry in file.recipient {
            let domain = entry.domain.clone();
            if entry.source.trim().is_empty() {
                return Err(format!("recipient `{domain}` has no source"));
            }
            if !here.insert(domain.clone()) {
                return Err(format!("recipient `{domain}` is listed twice"));
            }
            let recipient = Recipient {
                domain: entry.domain,
                organisation: entry.organisation,
                parent: entry.parent,
                country: entry.country,
                role: entry.role,
                source: entry.source,
            };
            let recipient = match self.by_domain.remove(&domain) {
                Some(known) => both(known, recipient)?,
                None => recipient,
            };
            self.by_domain.insert(domain, recipient);
        }
        Ok(())
    }

    /// These, and behind them what a list of the user's says of other domains.
    ///
    /// What is known already wins for its domain and every host below it, except
    /// that a list may name who is behind a host that is let to others. Of two
    /// lists the one given first wins. A name that a list calls an alias goes to
    /// whom its target belongs, as far as that is known by then.
    #[must_use]
    pub fn with_list(mut self, list: &List) -> Self {
        let cited = list.cited();
        let mut added = Vec::new();
        for (domain, entry) in &list.entries {
            if self.receiver(domain).is_some() || self.by_domain.contains_key(domain) {
                continue;
            }
            let recipient = Recipient {
                domain: domain.clone(),
                organisation: entry.organisation.clone(),
                parent: entry.parent.clone(),
                country: entry.country.clone(),
                role: entry.role.clone(),
                source: cited.clone(),
            };
            added.push(if entry.alias_of.is_empty() {
                recipient
            } else {
                self.behind(recipient, &entry.alias_of)
            });
        }
        for recipient in added {
            self.by_domain.insert(recipient.domain.clone(), recipient);
        }
        self
    }

    /// The recipient behind an alias.
    fn behind(&self, alias: Recipient, target: &str) -> Recipient {
        let said = format!("{}: another name of {target}", alias.source);
        let Some(known) = self.receiver(target) else {
            let organisation = if alias.organisation.is_empty() {
                registrable_domain(target)
            } else {
                alias.organisation.clone()
            };
            return Recipient {
                organisation,
                source: said,
                ..alias
            };
        };
        Recipient {
            domain: alias.domain,
            source: format!("{said}; of that, {}", known.source),
            ..known
        }
    }

    /// What the domain of a host is for, in the words of its source; empty where
    /// that is not known.
    #[must_use]
    pub fn role_of(&self, host: &str) -> String {
        self.receiver(host)
            .map(|recipient| recipient.role)
            .unwrap_or_default()
    }

    /// The country in which the organisation behind a host has its seat (ISO 3166-1
    /// alpha-2), and the source of the entry; none where no source names a country.
    #[must_use]
    pub fn seat_of(&self, host: &str) -> Option<(String, String)> {
        self.receiver(host)
            .filter(|recipient| !recipient.country.is_empty())
            .map(|recipient| (recipient.country, recipient.source))
    }

    /// Whether a source names a host of the organisation, or of its house.
    #[must_use]
    pub fn has_host(&self, organisation: &str) -> bool {
        let names = |r: &Recipient| r.organisation == organisation || r.parent == organisation;
        self.by_domain.values().any(names)
    }

    /// Names that organisations bore before they took others.
    #[must_use]
    pub fn former_names(&self) -> &[FormerName] {
        &self.former
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
    pub(crate) fn receiver(&self, host: &str) -> Option<Recipient> {
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

/// What two files say of one domain. Where only one of them says a thing, it
/// holds; where both do, they must agree. Both sources are kept.
fn both(one: Recipient, other: Recipient) -> Result<Recipient, String> {
    let domain = one.domain;
    let same = |what: &str, one: String, other: String| match (one.is_empty(), other.is_empty()) {
        (false, false) if one != other => Err(format!(
            "recipient `{domain}` is listed twice, its {what} as `{one}` and as `{other}`"
        )),
        (true, _) => Ok(other),
        _ => Ok(one),
    };
    Ok(Recipient {
        organisation: same("organisation", one.organisation, other.organisation)?,
        parent: same("parent", one.parent, other.parent)?,
        country: same("country", one.country, other.country)?,
        role: same("role", one.role, other.role)?,
        source: format!("{}; {}", one.source, other.source),
        domain: domain.clone(),
    })
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
pub(crate) fn is_under(host: &str, domain: &str) -> bool {
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
        let mut recipients = Recipients::default();
        recipients.read_file(
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

    fn entry(domain: &str, organisation: &str, more: &str) -> String {
        format!("[[recipient]]\ndomain = \"{domain}\"\norganisation = \"{organisation}\"\n{more}")
    }

    #[test]
    fn what_two_files_say_of_a_domain_is_put_together() {
        let mut recipients = Recipients::default();
        let one = entry("a.example", "A", "country = \"FR\"\nsource = \"S\"\n");
        let other = entry("a.example", "A", "parent = \"P\"\nsource = \"T\"\n");
        recipients.read_file(&one).unwrap();
        recipients.read_file(&other).unwrap();
        let known = recipients.listed("x.a.example").unwrap();
        assert_eq!((known.parent.as_str(), known.country.as_str()), ("P", "FR"));
        assert_eq!(known.source, "S; T");
        assert_eq!(recipients.len(), 1);
    }

    #[test]
    fn a_domain_of_two_organisations_is_refused_with_both_named() {
        let mut recipients = Recipients::default();
        recipients
            .read_file(&entry("a.example", "A", "source = \"S\"\n"))
            .unwrap();
        let refused = recipients
            .read_file(&entry("a.example", "B", "source = \"T\"\n"))
            .unwrap_err();
        assert_eq!(
            refused,
            "recipient `a.example` is listed twice, its organisation as `A` and as `B`"
        );
    }

    #[test]
    fn a_former_name_needs_a_source_and_stands_once() {
        let former = |source: &str| {
            format!(
                "[[former]]\norganisation = \"B\"\nformer = \"A\"\nsince = \"2021-10-28\"\nsource = \"{source}\"\n"
            )
        };
        let mut recipients = Recipients::default();
        assert!(
            recipients
                .read_file(&former(""))
                .unwrap_err()
                .contains("lacks")
        );
        recipients.read_file(&former("S")).unwrap();
        let found = &recipients.former_names()[0];
        assert_eq!(
            (found.former.as_str(), found.organisation.as_str()),
            ("A", "B")
        );
        assert!(
            recipients
                .read_file(&former("S"))
                .unwrap_err()
                .contains("twice")
        );
    }

    #[test]
    fn an_entry_without_a_source_is_refused() {
        let refused = Recipients::default()
            .read_file(&entry("a.example", "A", "source = \" \"\n"))
            .unwrap_err();
        assert_eq!(refused, "recipient `a.example` has no source");
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
