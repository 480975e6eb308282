//! The two connections of a flow: of the client to the proxy, and of the proxy
//! to the server.

use affiant_model::{Client, Digest, Tls};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::address as addresses;
use super::address;
use super::flow::Draft;
use super::reach::SERVER;
use super::value::{Members, Value};
use super::version::Version;

/// Members of a client connection that are read. `peername` is called `address`
/// until format 18 (`convert_18_19` in `mitmproxy/io/compat.py`, commit 8fc25b3).
const CLIENT: &[&str] = &["peername", "address", "sni", "timestamp_start"];

/// A server, by host and port.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) host: String,
    pub(super) port: Option<u16>,
}

impl Draft<'_> {
    pub(super) fn server(&mut self, flow: &Members) -> Members {
        let server = self.object(flow, "server_conn", SERVER).ok().flatten();
        server.unwrap_or_else(|| Members::none(SERVER))
    }

    fn client_connection(&self, flow: &Members) -> Option<Members> {
        let value = flow.get("client_conn")?;
        value.members(self.raw, CLIENT).ok().flatten()
    }

    /// Who spoke to the proxy.
    pub(super) fn client(&self, flow: &Members) -> Client {
        let client = self.client_connection(flow);
        let peer = client.and_then(|c| self.address_of(c.any(&["peername", "address"])));
        let address = peer.filter(|peer| !peer.host.is_empty()).map(|peer| {
            let port = peer.port.map(|port| port.to_string());
            addresses::with_port(&peer.host, port.as_deref())
        });
        Client {
            address,
            ..Client::default()
        }
    }

    pub(super) fn client_time(&self, flow: &Members) -> Option<String> {
        let client = self.client_connection(flow)?;
        let time = client.get("timestamp_start")?.text(self.raw)?;
        Some(time.into_owned())
    }

    /// The host that the client named in its TLS (SNI).
    pub(super) fn client_sni(&self, flow: &Members) -> Option<String> {
        let client = self.client_connection(flow)?;
        // Until format 18 it may be a mere yes.
        let name = client.get("sni")?.text(self.raw)?;
        Some(name.to_lowercase()).filter(|name| !name.is_empty())
    }

    /// Host and port in a pair of both, which until 1.0 stands in a dictionary:
    /// `{"address": [host, port], "use_ipv6": …}`.
    pub(super) fn address_of(&self, value: Option<&Value>) -> Option<Peer> {
        let value = value?;
        let inner = value.members(self.raw, &["address"]).ok().flatten();
        let value = inner
            .as_ref()
            .map_or(Some(value), |inner| inner.get("address"))?;
        let [host, port] = value.first(self.raw)?;
        Some(Peer {
            host: host.text(self.raw)?.into_owned(),
            port: port.text(self.raw).and_then(|port| port.parse().ok()),
        })
    }

    /// The network address of the server: `peer_address` in 0.17, `ip_address`
    /// from 0.18 to 18, `peername` since. Where the proxy passed the request to
    /// another proxy, it is that one's and not the server's.
    pub(super) fn server_address(&self, server: &Members, version: &Version) -> Option<String> {
        if self.is_upstream(server, version) {
            return None;
        }
        let peer = self.address_of(server.any(&["peername", "ip_address", "peer_address"]))?;
        address::network_address(&peer.host)
    }

    /// Whether the server of the flow is another proxy. Before format 10, `via`
    /// is a connection of its own, and the same one where there is no proxy.
    fn is_upstream(&self, server: &Members, version: &Version) -> bool {
        let via = if version.from(10) && !version.from(19) {
            server.get("via2")
        } else {
            server.get("via")
        };
        let Some(via) = via.filter(|via| via.is_affirmed(self.raw)) else {
            return false;
        };
        let inner = via.members(self.raw, &["address"]).ok().flatten();
        let inner = inner.as_ref().and_then(|via| via.get("address"));
        let own = server.get("address");
        inner.map(|value| value.bytes(self.raw)) != own.map(|value| value.bytes(self.raw))
    }

    /// What the file says of the TLS between proxy and server. The name is the
    /// one that the client gave, because that is what the device shows.
    pub(super) fn tls(&self, flow: &Members, server: &Members) -> Option<Tls> {
        let text = |names: &[&str]| {
            let text = server.any(names)?.text(self.raw)?.into_owned();
            Some(text).filter(|text| !text.is_empty())
        };
        // The names until formats 9, 10 and 18 (`convert_9_10`, `convert_10_11`
        // and `convert_18_19` in `mitmproxy/io/compat.py`, commit 8fc25b3).
        let tls = Tls {
            version: text(&["tls_version"]).map(|version| version_of(&version)),
            cipher: text(&["cipher", "cipher_name"]).map(|cipher| cipher_of(&cipher)),
            sni: self.client_sni(flow).or_else(|| text(&["sni"])),
            alpn: text(&["alpn", "alpn_proto_negotiated"]),
            certificate: self.certificate(server),
            ..Tls::default()
        };
        (tls != Tls::default()).then_some(tls)
    }

    /// SHA-256 of the certificate that the server showed, which the file holds
    /// as PEM (RFC 7468).
    fn certificate(&self, server: &Members) -> Option<String> {
        let value = match server.get("certificate_list") {
            Some(list) => {
                let [first] = list.first(self.raw)?;
                first
            }
            None => server.get("cert")?.clone(),
        };
        let text = value.text(self.raw)?;
        let inside = text.split_once("-----BEGIN CERTIFICATE-----")?.1;
        let inside = inside.split_once("-----END CERTIFICATE-----")?.0;
        let inside: String = inside.split_ascii_whitespace().collect();
        let der = STANDARD.decode(inside).ok()?;
        Some(Digest::of(&der).to_hex())
    }
}

/// A version of TLS as OpenSSL names it (`SSL_get_version`), as the model does.
fn version_of(name: &str) -> String {
    match name {
        "SSLv3" => "SSL 3.0",
        "TLSv1" => "TLS 1.0",
        "TLSv1.1" => "TLS 1.1",
        "TLSv1.2" => "TLS 1.2",
        "TLSv1.3" => "TLS 1.3",
        "DTLSv1" => "DTLS 1.0",
        "DTLSv1.2" => "DTLS 1.2",
        // QUIC version 1 has TLS 1.3 within (RFC 9001).
        "QUICv1" | "QUIC" => "TLS 1.3",
        other => other,
    }
    .to_owned()
}

/// A cipher suite by its IANA name, as far as the usual ones go; another as
/// OpenSSL names it (`SSL_CIPHER_get_name`).
fn cipher_of(name: &str) -> String {
    let usual = match name {
        "ECDHE-ECDSA-AES128-GCM-SHA256" => "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384" => "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305" => "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256" => "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384" => "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "ECDHE-RSA-CHACHA20-POLY1305" => "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        "ECDHE-RSA-AES128-SHA" => "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        "ECDHE-RSA-AES256-SHA" => "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        "AES128-GCM-SHA256" => "TLS_RSA_WITH_AES_128_GCM_SHA256",
        "AES256-GCM-SHA384" => "TLS_RSA_WITH_AES_256_GCM_SHA384",
        "AES128-SHA" => "TLS_RSA_WITH_AES_128_CBC_SHA",
        "AES256-SHA" => "TLS_RSA_WITH_AES_256_CBC_SHA",
        // Those of TLS 1.3 have one name.
        other => other,
    };
    usual.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_ciphers_have_the_names_of_their_standards() {
        assert_eq!(version_of("TLSv1.2"), "TLS 1.2");
        assert_eq!(version_of("QUICv1"), "TLS 1.3");
        let suite = cipher_of("ECDHE-RSA-AES128-GCM-SHA256");
        assert_eq!(suite, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        assert_eq!(
            cipher_of("TLS_AES_128_GCM_SHA256"),
            "TLS_AES_128_GCM_SHA256"
        );
        assert_eq!(cipher_of("odd"), "odd");
    }
}
