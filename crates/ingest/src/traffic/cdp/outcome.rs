//! What became of a request, as later events say.

use affiant_model::{Reach, Tls};

use super::super::json::{Token, Wanted};
use super::super::message;

/// Members of an answer that are read.
pub(super) const RESPONSE: &[&str] = &[
    "status",
    "statusText",
    "headers",
    "requestHeaders",
    "remoteIPAddress",
    "fromDiskCache",
    "fromServiceWorker",
    "fromPrefetchCache",
    "securityDetails",
    "timing",
];
const SECURITY: &[&str] = &["protocol", "subjectName", "sanList", "issuer"];
/// How many alternative names of a certificate are kept.
const NAMES: usize = 1_000;
const TIMING: &[&str] = &["pushStart"];
const MARK: &[&str] = &["Non-Authoritative-Reason", "non-authoritative-reason"];

/// What became of a request.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) status: Option<u16>,
    pub(super) server: Option<String>,
    pub(super) tls: Option<Tls>,
    /// The answer came from the device, or the browser made it itself.
    pub(super) local: bool,
    /// The request failed or was blocked.
    pub(super) failed: bool,
    /// The network stack gave the headers of the request.
    pub(super) on_the_wire: bool,
}

impl Outcome {
    /// Takes an answer in.
    pub(super) fn answer(&mut self, response: &Wanted<'_>) {
        let status = response.get("status").number();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked"
        )]
        if let Some(code) = status.filter(|code| (100.0..1000.0).contains(code)) {
            self.status = Some(code as u16);
        }
        let server = response.get("remoteIPAddress").text();
        let server = server.map(|text| text.trim_matches(['[', ']']).to_owned());
        self.server = server
            .filter(|text| !text.is_empty())
            .or(self.server.take());
        let stored = ["fromDiskCache", "fromServiceWorker", "fromPrefetchCache"];
        self.local |= stored.iter().any(|mark| response.get(mark).is_affirmed());
        // For what the server pushed no request was sent (RFC 9113 §8.4).
        let timing = response.part("timing", TIMING);
        self.local |= timing
            .get("pushStart")
            .number()
            .is_some_and(|time| time > 0.0);
        // The browser sends itself on to https (HSTS).
        let reason = response.get("statusText").text().unwrap_or_default();
        let marks = response.part("headers", MARK);
        self.local |= reason.eq_ignore_ascii_case("internal redirect")
            || MARK.iter().any(|name| marks.get(name) != Token::Null);
        let security = response.part("securityDetails", SECURITY);
        let known = |name: &str| security.get(name).text().map(|text| text.into_owned());
        let mut names = Vec::new();
        security.get("sanList").items(&mut |name| {
            if names.len() < NAMES {
                names.extend(name.text().map(|name| alternative(&name)));
            }
        });
        let tls = Tls {
            version: known("protocol"),
            names,
            subject: known("subjectName"),
            issuer: known("issuer"),
            ..Tls::default()
        };
        if tls != Tls::default() {
            self.tls = Some(tls);
        }
    }

    /// How far the log shows that the request went.
    pub(super) fn reach(&self, method: &str, is_local: bool) -> Reach {
        if is_local || self.local {
            return Reach::Attempted;
        }
        match self.status {
            None if self.failed || !self.on_the_wire => Reach::Attempted,
            Some(100 | 102..=199) if self.failed => Reach::Attempted,
            status => message::reach(method, status),
        }
    }
}

/// An alternative name in the form of other captures: the protocol has addresses
/// among the names of hosts (Chrome DevTools Protocol, Network.SecurityDetails).
fn alternative(name: &str) -> String {
    match name.parse::<std::net::IpAddr>() {
        Ok(address) => format!("IP:{address}"),
        Err(_) => format!("DNS:{name}"),
    }
}
