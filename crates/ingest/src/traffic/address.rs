//! The host in an address.

use url::Url;

/// Schemes of addresses that the browser answers from the device itself.
const LOCAL: &[&str] = &[
    "about",
    "blob",
    "chrome",
    "chrome-extension",
    "content",
    "data",
    "devtools",
    "file",
    "filesystem",
    "javascript",
    "moz-extension",
    "resource",
    "safari-web-extension",
];

/// Whether an address is not one of the network.
pub(super) fn is_local(url: &str) -> bool {
    url.split_once(':')
        .is_some_and(|(scheme, _)| LOCAL.iter().any(|local| scheme.eq_ignore_ascii_case(local)))
}

/// The host of an address in lower case, without port, as the WHATWG URL
/// standard reads it (names in ASCII form, IPv6 addresses in brackets); where
/// the standard does not take the address, by its punctuation. Empty where
/// there is none, as in an address that is not one of the network.
pub(super) fn host(method: &str, url: &str) -> String {
    if let Some(host) = plain_host(url) {
        return host.to_owned();
    }
    if is_local(url) {
        return String::new();
    }
    if let Ok(parsed) = Url::parse(url)
        && let Some(host) = parsed.host_str().filter(|host| !host.is_empty())
    {
        return host.to_ascii_lowercase();
    }
    let rest = match url.split_once("//") {
        Some((before, rest)) if before.is_empty() || before.ends_with(':') => rest,
        // The target of CONNECT is host and port alone (RFC 9112 §3.2.3).
        _ if method.eq_ignore_ascii_case("CONNECT") => url,
        _ => return String::new(),
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => host,
    };
    if host.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return String::new();
    }
    host.to_lowercase()
}

/// The host of an address of the web that has nothing but a name for its authority, of
/// which the standard changes nothing: labels of small letters, digits and hyphens that
/// are no Punycode, the last of which begins with a letter, so that it is no number.
fn plain_host(url: &str) -> Option<&str> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let end = rest
        .bytes()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let host = rest.get(..end.unwrap_or(rest.len()))?;
    let of_name = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    let last = host.rsplit('.').next()?;
    let is_plain = host.bytes().all(of_name)
        && last.starts_with(|c: char| c.is_ascii_lowercase())
        && host
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with("xn--"));
    is_plain.then_some(host)
}

/// A network address as a host: of version 6, in brackets.
pub(super) fn of_ip(ip: &str) -> String {
    let ip = ip.trim().to_ascii_lowercase();
    if ip.contains(':') && !ip.starts_with('[') {
        format!("[{ip}]")
    } else {
        ip
    }
}

/// A network address with its port, where that is known.
pub(super) fn with_port(ip: &str, port: Option<&str>) -> String {
    match port {
        Some(port) => format!("{}:{port}", of_ip(ip)),
        None => ip.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_plain_host_is_that_of_the_standard(
            scheme in "https?",
            host in "[a-z0-9.xn-]{0,12}",
            rest in "[/?#:@\\\\\t a]{0,4}",
        ) {
            let url = format!("{scheme}://{host}{rest}");
            if let Some(plain) = plain_host(&url) {
                let parsed = Url::parse(&url).unwrap();
                prop_assert_eq!(parsed.host_str(), Some(plain));
            }
        }
    }

    #[test]
    fn an_address_of_version_6_with_a_port_has_brackets() {
        assert_eq!(with_port("2001:DB8::1", Some("443")), "[2001:db8::1]:443");
        assert_eq!(with_port("192.0.2.1", Some("53")), "192.0.2.1:53");
        assert_eq!(with_port("2001:db8::1", None), "2001:db8::1");
    }

    #[test]
    fn the_host_is_found_in_every_kind_of_address() {
        for (url, wanted) in [
            (
                "https://Graph.Facebook.com:443/v5.0?x=1",
                "graph.facebook.com",
            ),
            ("http://user:pw@example.org/", "example.org"),
            ("wss://example.org/socket", "example.org"),
            ("https://[2001:DB8::1]:8443/", "[2001:db8::1]"),
            ("http://10.0.0.1/a", "10.0.0.1"),
            ("https://bücher.example/", "xn--bcher-kva.example"),
            ("//cdn.example.org/x", "cdn.example.org"),
            (
                "${proto}://a.example.org/?q=http://b.example/",
                "a.example.org",
            ),
            ("http://exa mple.org/", ""),
            ("https://example.org:99999/", "example.org"),
            ("data:text/plain,//x", ""),
            ("blob:https://a.example/1", ""),
            ("/only/a/path", ""),
        ] {
            assert_eq!(host("GET", url), wanted, "{url}");
        }
        assert_eq!(host("CONNECT", "example.org:443"), "example.org");
        assert!(is_local("data:,x") && is_local("BLOB:https://a.example/1"));
        assert!(!is_local("https://data:1/"));
    }
}
