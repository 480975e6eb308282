//! The request line of HTTP/2, which writers of HAR list among the headers.

use url::Url;

use super::super::draft::cut;
use super::super::json::Token;
use super::entry::Draft;

/// The pseudo-headers of a request (RFC 9113 §8.3.1), with the name that SPDY
/// had for `:authority`. They are method and address over again: as fields of
/// their own they would make each value in the address count twice.
const NAMES: &[&str] = &[":method", ":scheme", ":authority", ":host", ":path"];

/// The name of a pseudo-header of the request line, if `name` is one.
pub(super) fn part(name: &str) -> Option<&'static str> {
    NAMES
        .iter()
        .copied()
        .find(|part| part.eq_ignore_ascii_case(name))
}

impl Draft<'_> {
    /// Reports each part of a request line that does not say what method and
    /// address say.
    pub(super) fn request_line(
        &mut self,
        parts: &[(&'static str, Token<'_>)],
        method: &str,
        address: &str,
    ) {
        if parts.is_empty() {
            return;
        }
        let line = Line::of(method, address);
        for (part, value) in parts {
            let said = value.text().unwrap_or_default();
            if let Some(instead) = line.instead_of(part, &said) {
                let (said, instead) = apart(&said, instead);
                let message =
                    format!("the header `{part}` says `{said}` where the request has `{instead}`");
                let means = "the address and the method of the entry are read, not this header";
                self.defect(*value, message, means);
            }
        }
    }
}

/// The request line by method and address of the entry.
struct Line<'a> {
    method: &'a str,
    /// The address without its fragment, as written.
    address: &'a str,
    url: Option<Parts>,
}

/// An address in the form that the WHATWG URL standard gives it.
struct Parts {
    /// Scheme, host and port.
    origin: Url,
    authority: String,
    path: String,
    query: String,
    /// Path and query together.
    target: String,
}

impl<'a> Line<'a> {
    fn of(method: &'a str, address: &'a str) -> Self {
        Self {
            method,
            address: address.split('#').next().unwrap_or_default(),
            url: Url::parse(address).ok().map(Parts::of),
        }
    }

    /// What the request has in place of what a part of the request line says;
    /// `None` where they agree.
    fn instead_of(&self, part: &str, said: &str) -> Option<&str> {
        let (agrees, has) = match (part, &self.url) {
            (":method", _) => (said.eq_ignore_ascii_case(self.method), self.method),
            (":scheme", Some(url)) => (url.has_scheme(said), url.origin.scheme()),
            (":path", Some(url)) => (url.has_target(said), url.target.as_str()),
            (_, Some(url)) => (url.has_authority(said), url.authority.as_str()),
            // Not an address that can be taken apart: its text is all there is.
            (":path", None) => (self.address.ends_with(said), self.address),
            (":scheme", None) => (self.address.starts_with(said), self.address),
            (_, None) => (self.address.contains(said), self.address),
        };
        (!agrees).then_some(has)
    }
}

impl Parts {
    fn of(url: Url) -> Self {
        let port = url
            .port()
            .map_or_else(String::new, |port| format!(":{port}"));
        let (path, query) = (url.path().to_owned(), url.query());
        let target = match query {
            Some(query) => format!("{path}?{query}"),
            None => path.clone(),
        };
        let (authority, query) = (
            format!("{}{port}", url.host_str().unwrap_or_default()),
            query.unwrap_or_default().to_owned(),
        );
        let mut origin = url;
        origin.set_path("");
        origin.set_query(None);
        origin.set_fragment(None);
        Self {
            origin,
            authority,
            path,
            query,
            target,
        }
    }

    fn has_scheme(&self, said: &str) -> bool {
        // A WebSocket is opened by a request of http or https (RFC 8441 §5).
        let scheme = self.origin.scheme();
        said.eq_ignore_ascii_case(scheme)
            || said.eq_ignore_ascii_case(&scheme.replacen("ws", "http", 1))
    }

    fn has_authority(&self, said: &str) -> bool {
        let other = Url::parse(&format!("{}://{said}/", self.origin.scheme()));
        other.is_ok_and(|other| {
            other.host() == self.origin.host()
                && other.port_or_known_default() == self.origin.port_or_known_default()
        })
    }

    fn has_target(&self, said: &str) -> bool {
        // `*` stands for no path at all (RFC 9113 §8.3.1).
        if said == "*" || said == self.target {
            return true;
        }
        let (path, query) = said.split_once('?').unwrap_or((said, ""));
        let mut other = self.origin.clone();
        other.set_path(path);
        other.set_query(Some(query));
        other.path() == self.path && other.query() == Some(self.query.as_str())
    }
}

/// Two texts that differ, each from shortly before the first difference, and cut.
fn apart(one: &str, other: &str) -> (String, String) {
    const BEFORE: usize = 20;
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    let skipped = same.count().saturating_sub(BEFORE);
    let shown = |text: &str| {
        let start = text
            .char_indices()
            .nth(skipped)
            .map_or(text.len(), |(at, _)| at);
        let mark = if skipped > 0 { "…" } else { "" };
        format!("{mark}{}", cut(text.get(start..).unwrap_or_default()))
    };
    (shown(one), shown(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agrees(part: &str, said: &str, address: &str) -> bool {
        Line::of("GET", address).instead_of(part, said).is_none()
    }

    #[test]
    fn a_request_line_agrees_with_its_address_in_any_spelling() {
        for (part, said, address) in [
            (":method", "get", "https://example.org/"),
            (":scheme", "https", "wss://example.org/"),
            (":authority", "Example.ORG:443", "https://u:p@example.org/"),
            (":host", "example.org:8443", "https://example.org:8443/"),
            (":path", "/", "https://example.org"),
            (":path", "*", "https://example.org/"),
            (":path", "/a b?c=é", "https://example.org/a%20b?c=%C3%A9#f"),
            (":path", "//a?x=1", "https://example.org//a?x=1"),
            (":path", "/q?x=1", "${proto}://example.org/q?x=1"),
            (":authority", "example.org", "${proto}://example.org/q?x=1"),
        ] {
            assert!(agrees(part, said, address), "{part} {said} {address}");
        }
        for (part, said, address) in [
            (":method", "POST", "https://example.org/"),
            (":scheme", "http", "https://example.org/"),
            (":authority", "example.com", "https://example.org/"),
            (":authority", "example.org:8443", "https://example.org/"),
            (":path", "/a", "https://example.org/"),
            (":path", "/?x=2", "https://example.org/?x=1"),
            (":path", "/q", "${proto}://example.org/p"),
        ] {
            assert!(!agrees(part, said, address), "{part} {said} {address}");
        }
    }

    #[test]
    fn a_difference_is_shown_however_far_behind_it_is() {
        let long = "/é".repeat(500);
        let (one, other) = apart(&format!("{long}a{long}"), &format!("{long}b"));
        assert!(
            one.starts_with('…') && one.contains('a') && one.ends_with('…'),
            "{one}"
        );
        assert!(
            other.ends_with('b') && other.chars().count() < 30,
            "{other}"
        );
    }
}
