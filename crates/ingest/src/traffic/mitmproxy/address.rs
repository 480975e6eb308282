//! The address of a request, put together from its parts.

use std::net::IpAddr;

use affiant_model::Span;
use url::Url;

use super::super::draft::cut;
use super::flow::Draft;
use super::value::Members;

/// Where a request goes.
pub(super) struct Address {
    pub(super) url: String,
    pub(super) host: String,
}

/// Host and port, of a Host header or of `:authority`.
#[derive(Debug, PartialEq, Eq)]
struct Authority {
    /// Without the brackets of an IPv6 address.
    host: String,
    port: Option<u16>,
}

impl Draft<'_> {
    /// Puts an address together as mitmproxy does for its HAR (`pretty_url` in
    /// `mitmproxy/http.py`, commit 8fc25b3): the host that the request names, or
    /// else the one that the proxy connected to, which is a mere number where
    /// the proxy is transparent.
    pub(super) fn address(
        &mut self,
        request: &Members,
        method: &str,
        named: Option<(String, Span)>,
    ) -> Option<Address> {
        let text = |name: &str| request.get(name).and_then(|value| value.text(self.raw));
        let target = text("host").unwrap_or_default().into_owned();
        let port = text("port").and_then(|text| text.parse::<u16>().ok());
        let scheme = text("scheme").unwrap_or_default().into_owned();
        let path = text("path").unwrap_or_default().into_owned();
        if method.eq_ignore_ascii_case("CONNECT") {
            // Its target is host and port alone (RFC 9112 §3.2.3).
            let port = port.unwrap_or(443);
            let shown = bracketed(&target);
            return (!target.is_empty()).then(|| Address {
                url: format!("{shown}:{port}"),
                host: host_of("https", &shown),
            });
        }
        let default = if scheme == "http" { 80 } else { 443 };
        let named = named.and_then(|(said, place)| self.named(&said, place, &target));
        let (host, port) = match named {
            Some(named) => (named.host, named.port.unwrap_or(default)),
            None => (target, port.unwrap_or(default)),
        };
        if host.is_empty() {
            return None;
        }
        let host = bracketed(&host);
        let port = if port == default && matches!(scheme.as_str(), "http" | "https") {
            String::new()
        } else {
            format!(":{port}")
        };
        let path = match path.as_str() {
            "*" => "",
            path => path,
        };
        let slash = if path.is_empty() || path.starts_with('/') {
            ""
        } else {
            "/"
        };
        Some(Address {
            url: format!("{scheme}://{host}{port}{slash}{path}"),
            host: host_of(&scheme, &host),
        })
    }

    /// The host that the request itself names, where it is one.
    fn named(&mut self, said: &str, place: Span, target: &str) -> Option<Authority> {
        if said.is_empty() {
            return None;
        }
        let Some(named) = authority(said) else {
            let message = format!("the request names a host that is none: `{}`", cut(said));
            let means = format!("the address is that of the connection, `{}`", cut(target));
            self.defect(Some(place), message, &means);
            return None;
        };
        let is_name = !target.is_empty() && target.parse::<IpAddr>().is_err();
        let other = target.trim_end_matches('.');
        if is_name && !named.host.trim_end_matches('.').eq_ignore_ascii_case(other) {
            let message = format!(
                "the request names the host `{}` where the proxy was to connect to `{}`",
                cut(&named.host),
                cut(target)
            );
            let means = "the address is read with the host that the request names";
            self.defect(Some(place), message, means);
        }
        Some(named)
    }
}

/// Takes host and port apart as `parse_authority` in `mitmproxy/net/http/url.py`
/// does; `None` of what is no host.
fn authority(said: &str) -> Option<Authority> {
    let (host, port) = match said.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest),
        None => said.split_at(said.find(':').unwrap_or(said.len())),
    };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => Some(digits.parse().ok()?),
        _ => return None,
    };
    let is_name = |host: &str| {
        let host = host.strip_suffix('.').unwrap_or(host);
        let in_label = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        host.split('.')
            .all(|label| !label.is_empty() && label.chars().all(in_label))
    };
    let is_host = host.len() <= 255 && (host.parse::<IpAddr>().is_ok() || is_name(host));
    is_host.then(|| Authority {
        host: host.to_owned(),
        port,
    })
}

/// A host as it stands in an address.
fn bracketed(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

/// The host in lower case, as the WHATWG URL standard reads it (names in ASCII
/// form). The path is left out: one that does not begin with a slash must not
/// become a part of the host.
fn host_of(scheme: &str, host: &str) -> String {
    let parsed = Url::parse(&format!("{scheme}://{host}/")).ok();
    let parsed = parsed.as_ref().and_then(Url::host_str);
    match parsed.filter(|parsed| !parsed.is_empty()) {
        Some(parsed) => parsed.to_ascii_lowercase(),
        None => host.to_lowercase(),
    }
}

/// The network address in a pair of host and port, where it is a number.
pub(super) fn network_address(host: &str) -> Option<String> {
    let number = host.split('%').next().unwrap_or_default();
    number.parse::<IpAddr>().ok().map(|_| number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_header_is_taken_apart() {
        let parts = |said: &str| authority(said).map(|a| (a.host, a.port));
        let some = |host: &str, port| Some((host.to_owned(), port));
        assert_eq!(parts("Example.org"), some("Example.org", None));
        assert_eq!(parts("a_b.example.:8443"), some("a_b.example.", Some(8443)));
        assert_eq!(parts("[2001:db8::1]:80"), some("2001:db8::1", Some(80)));
        assert_eq!(parts("192.0.2.1:80"), some("192.0.2.1", Some(80)));
        assert_eq!(parts("bücher.example"), some("bücher.example", None));
        for none in [
            "", "a/b", "a@b", "a:b", "a:99999", "a..b", "[::1", "a b", "::1",
        ] {
            assert_eq!(parts(none), None, "{none}");
        }
    }

    #[test]
    fn the_host_is_in_ascii_and_lower_case() {
        assert_eq!(host_of("https", "Bücher.Example"), "xn--bcher-kva.example");
        assert_eq!(host_of("https", "[2001:DB8::1]"), "[2001:db8::1]");
        assert_eq!(host_of("", "Example.org"), "example.org");
    }
}
