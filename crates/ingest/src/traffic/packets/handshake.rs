//! What the handshake of a session shows, over TCP and QUIC.

use affiant_model::{ExchangeKind, Reach, Span, Tls};
use affiant_tls::{Certificate, ClientHello, Reason, Sealed, ServerHello, Side};

use super::context::{Context, Ends};

/// A handshake while its session is read.
#[derive(Debug, Default)]
pub(super) struct Handshake {
    /// What is known of it.
    pub(super) tls: Tls,
    /// Place and time of the first hello of the client.
    pub(super) hello: Option<(Span, Option<i128>)>,
    answered: bool,
    ech: bool,
    /// Bytes of application data that were decrypted: sent, received.
    decrypted: [u64; 2],
    /// Bytes that stayed sealed: sent, received.
    sealed: [u64; 2],
    unverified: u64,
    /// Why nothing was decrypted, where it is the cipher.
    cipher_unknown: bool,
}

impl Handshake {
    /// Notes what the client says of itself; of several hellos the first counts.
    pub(super) fn client_hello(&mut self, hello: &ClientHello, place: Span, time: Option<i128>) {
        if self.hello.is_some() {
            return;
        }
        self.hello = Some((place, time));
        self.ech = hello.ech;
        self.tls.sni.clone_from(&hello.sni);
        self.tls.ja4.clone_from(&hello.ja4);
        self.tls.alpn = Some(hello.alpn.join(", ")).filter(|alpn| !alpn.is_empty());
    }

    /// Notes what the server chose.
    pub(super) fn server_hello(&mut self, hello: &ServerHello) {
        if hello.retry || self.answered {
            return;
        }
        self.answered = true;
        self.tls.version = Some(version(hello.version));
        self.tls.cipher = Some(match hello.cipher_name {
            Some(name) => name.to_owned(),
            None => format!("0x{:04x}", hello.cipher),
        });
        if let Some(alpn) = &hello.alpn {
            self.tls.alpn = Some(alpn.clone());
        }
    }

    /// Notes the server's own certificate.
    pub(super) fn certificate(&mut self, certificate: &Certificate) {
        let own = certificate.side == Side::Server && certificate.number == 0;
        if !own || self.tls.certificate.is_some() {
            return;
        }
        self.tls.certificate = Some(certificate.sha256.clone());
        if let Some(facts) = &certificate.facts {
            self.tls.subject = Some(facts.subject.clone());
            self.tls.issuer = Some(facts.issuer.clone());
            self.tls.names.clone_from(&facts.san);
        }
    }

    pub(super) const fn data(&mut self, side: Side, length: u64) {
        let count = &mut self.decrypted[index(side)];
        *count = count.saturating_add(length);
    }

    pub(super) fn sealed(&mut self, sealed: &Sealed) {
        let count = &mut self.sealed[index(sealed.side)];
        *count = count.saturating_add(sealed.bytes);
        self.cipher_unknown |= sealed.reason == Reason::Cipher;
        if sealed.reason == Reason::Unverified {
            self.unverified = self.unverified.saturating_add(sealed.bytes);
        }
    }

    /// Gives out the handshake; `protocol` is `QUIC` or nothing, `through` says
    /// in what the session lies.
    pub(super) fn give(
        &self,
        protocol: Option<&str>,
        through: Option<&str>,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        let Some((place, time)) = self.hello else {
            return;
        };
        let Some(mut draft) = context.begin(ends, place, time) else {
            return;
        };
        let exchange = &mut draft.exchange;
        exchange.kind = ExchangeKind::Handshake;
        exchange.reach = Reach::Contacted;
        exchange.host = self.host(ends);
        exchange.detail = Some(self.detail(protocol, through));
        exchange.tls = Some(self.tls.clone());
        if self.unverified > 0 {
            let message = format!(
                "{} encrypted bytes do not authenticate under the key that the key log gives",
                self.unverified
            );
            draft.defect(None, message, "what they hold is not read");
        } else if self.cipher_unknown {
            let cipher = self.tls.cipher.as_deref().unwrap_or("unknown");
            let message = format!("the cipher suite {cipher} is not decrypted by this version");
            draft.defect(None, message, "what the session holds is not read");
        }
        context.give(draft, Vec::new());
    }

    fn host(&self, ends: &Ends) -> String {
        let name = self.tls.sni.as_deref().unwrap_or_default();
        let name = name.trim_end_matches('.').to_lowercase();
        if name.is_empty() { ends.host() } else { name }
    }

    fn detail(&self, protocol: Option<&str>, through: Option<&str>) -> String {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(protocol.map(str::to_owned));
        if protocol.is_none() && !self.answered {
            parts.push("not answered".to_owned());
        }
        parts.extend(through.map(str::to_owned));
        if self.ech {
            parts.push(
                "ECH: the name is that of the outer hello, which may hide another".to_owned(),
            );
        }
        if self.decrypted != [0; 2] {
            let [sent, received] = self.decrypted;
            parts.push(format!("decrypted: {sent} bytes sent, {received} received"));
        }
        if self.sealed != [0; 2] {
            let [sent, received] = self.sealed;
            parts.push(format!("encrypted: {sent} bytes sent, {received} received"));
        }
        parts.join(", ")
    }
}

const fn index(side: Side) -> usize {
    match side {
        Side::Client => 0,
        Side::Server => 1,
    }
}

/// A version in the words of its standard.
fn version(code: u16) -> String {
    match code {
        0x0002 | 0x0200 => "SSL 2.0".to_owned(),
        0x0300 => "SSL 3.0".to_owned(),
        0x0301 => "TLS 1.0".to_owned(),
        0x0302 => "TLS 1.1".to_owned(),
        0x0303 => "TLS 1.2".to_owned(),
        0x0304 => "TLS 1.3".to_owned(),
        0x7f00..=0x7fff => format!("TLS 1.3 draft {}", code & 0xff),
        other => format!("0x{other:04x}"),
    }
}
