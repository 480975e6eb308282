//! What servers' certificates say, where nothing else says who is behind a host.
//!
//! A host that only its address names, or of which no source knows whose it is, is
//! listed with what the certificate of the connection names: whom it was issued to.
//! That is a basis for a question to that organisation and no identification of a
//! recipient: the certificate of a network of delivery names the network, one that
//! a proxy made names whatever the proxy wrote, and nobody has verified any of them.

use std::collections::BTreeMap;

use affiant_model::{CertificateFinding, Exchange, ExchangeRow};

/// How many findings are kept; the others are counted.
const MOST_FINDINGS: usize = 10_000;

/// How many alternative names of a certificate are listed.
const MOST_NAMES: usize = 10;

/// The certificates of hosts of which nothing else says whose they are.
#[derive(Debug, Default)]
pub struct Certificates {
    /// By host, digest and subject.
    found: BTreeMap<(String, String, String), CertificateFinding>,
    beyond: u64,
}

impl Certificates {
    /// Takes what an exchange shows. Whether a lookup names who is behind the host
    /// is known only at the end: [`Certificates::findings`] is told the rows.
    pub fn observe(&mut self, exchange: &Exchange, row: &ExchangeRow) {
        let Some(tls) = &exchange.tls else { return };
        let subject = tls.subject.as_deref().unwrap_or_default();
        if !is_unnamed(row) || (subject.is_empty() && tls.names.is_empty()) {
            return;
        }
        let sha256 = tls.certificate.clone().unwrap_or_default();
        let key = (row.host.clone(), sha256.clone(), subject.to_owned());
        if let Some(finding) = self.found.get_mut(&key) {
            finding.entries += 1;
            return;
        }
        if self.found.len() >= MOST_FINDINGS {
            self.beyond += 1;
            return;
        }
        let finding = CertificateFinding {
            host: row.host.clone(),
            organisation: organisation(subject).unwrap_or_default(),
            subject: subject.to_owned(),
            issuer: tls.issuer.clone().unwrap_or_default(),
            names: tls.names.iter().take(MOST_NAMES).cloned().collect(),
            all_names: tls.names.len() as u64,
            covers: (!tls.names.is_empty())
                .then(|| tls.names.iter().any(|name| covers(name, &row.host))),
            sha256,
            exhibit: row.exhibit,
            exchange: row.exchange,
            entries: 1,
        };
        self.found.insert(key, finding);
    }

    /// The findings in the order of host and digest, without hosts that `rows`
    /// attribute to an organisation by now.
    #[must_use]
    pub fn findings(self, rows: &[ExchangeRow]) -> Vec<CertificateFinding> {
        let named: std::collections::BTreeSet<&str> = rows
            .iter()
            .filter(|row| !is_unnamed(row))
            .map(|row| row.host.as_str())
            .collect();
        self.found
            .into_values()
            .filter(|finding| !named.contains(finding.host.as_str()))
            .collect()
    }

    /// How many entries were not listed because there are too many.
    #[must_use]
    pub const fn beyond(&self) -> u64 {
        self.beyond
    }
}

/// Whether no source says who is behind the host of a row: it goes by its domain.
fn is_unnamed(row: &ExchangeRow) -> bool {
    !row.host.is_empty() && row.recipient == row.domain
}

/// The organisation (`O`, RFC 4519 §2.19) of a subject in the form of RFC 4514, as
/// `CN=a.example,O=Acme\, Inc.,C=US`, or with quotation marks around a value as RFC
/// 1779 writes it.
fn organisation(subject: &str) -> Option<String> {
    let mut parts = vec![String::new()];
    let mut characters = subject.chars().peekable();
    let mut quoted = false;
    while let Some(c) = characters.next() {
        let Some(part) = parts.last_mut() else { break };
        match c {
            '\\' => match characters.next() {
                Some(next) if next.is_ascii_hexdigit() => {
                    // A byte by its number is left as it is written.
                    part.push('\\');
                    part.push(next);
                }
                Some(next) => part.push(next),
                None => part.push('\\'),
            },
            '"' => quoted = !quoted,
            ',' | '+' | ';' if !quoted => parts.push(String::new()),
            _ => part.push(c),
        }
    }
    parts.iter().find_map(|part| {
        let (kind, value) = part.split_once('=')?;
        let value = value.trim();
        (kind.trim().eq_ignore_ascii_case("O") && !value.is_empty()).then(|| value.to_owned())
    })
}

/// Whether an alternative name, as `DNS:*.example.com` or `IP:192.0.2.1`, is that of
/// the host: a star stands for one whole label on the left (RFC 9525 §6.3).
fn covers(name: &str, host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if let Some(address) = name.strip_prefix("IP:") {
        let bare = host.trim_matches(['[', ']']);
        let parsed = |text: &str| text.parse::<std::net::IpAddr>().ok();
        return parsed(address).is_some_and(|ip| parsed(bare) == Some(ip));
    }
    let Some(name) = name.strip_prefix("DNS:") else {
        return false;
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    match name.strip_prefix("*.") {
        Some(domain) => host
            .split_once('.')
            .is_some_and(|(label, rest)| !label.is_empty() && rest == domain),
        None => name == host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_organisation_is_read_from_any_spelling_of_a_subject() {
        for (subject, expected) in [
            (r"CN=a.example,O=Acme\, Inc.,L=X,C=US", Some("Acme, Inc.")),
            (r#"CN=a.example, O="Acme, Inc.", C=US"#, Some("Acme, Inc.")),
            ("C=US,O=Acme+OU=Ads", Some("Acme")),
            ("CN=a.example", None),
            ("CN=O=Acme", None),
            ("O= ,CN=x", None),
            ("a.example", None),
            ("", None),
        ] {
            assert_eq!(organisation(subject).as_deref(), expected, "{subject}");
        }
    }

    #[test]
    fn a_star_stands_for_one_label() {
        assert!(covers("DNS:*.example.com", "a.example.com"));
        assert!(covers("DNS:A.example.com", "a.example.com."));
        assert!(covers("IP:192.0.2.1", "192.0.2.1"));
        assert!(covers("IP:2001:db8::1", "[2001:db8:0::1]"));
        for (name, host) in [
            ("DNS:*.example.com", "a.b.example.com"),
            ("DNS:*.example.com", "example.com"),
            ("DNS:example.com", "notexample.com"),
            ("DNS:192.0.2.1", "192.0.2.2"),
            ("IP:192.0.2.1", "192.0.2.10"),
            ("email:a.example.com", "a.example.com"),
        ] {
            assert!(!covers(name, host), "{name} {host}");
        }
    }
}
