//! The hellos of client and server.

use crate::events::{ClientHello, ServerHello};
use crate::ja4::{self, Transport};
use crate::suites;
use crate::wire::Reader;

/// Codes of extensions (IANA, TLS ExtensionType Values).
pub(crate) mod extension {
    pub(crate) const SERVER_NAME: u16 = 0;
    pub(crate) const SIGNATURE_ALGORITHMS: u16 = 13;
    pub(crate) const ALPN: u16 = 16;
    pub(crate) const ENCRYPT_THEN_MAC: u16 = 22;
    pub(crate) const EXTENDED_MASTER_SECRET: u16 = 23;
    pub(crate) const EARLY_DATA: u16 = 42;
    pub(crate) const SUPPORTED_VERSIONS: u16 = 43;
    /// `encrypted_client_hello` (draft-ietf-tls-esni; assigned by IANA).
    pub(crate) const ENCRYPTED_CLIENT_HELLO: u16 = 0xfe0d;
}

pub(crate) const TLS_1_0: u16 = 0x0301;
pub(crate) const TLS_1_1: u16 = 0x0302;
pub(crate) const TLS_1_2: u16 = 0x0303;
pub(crate) const TLS_1_3: u16 = 0x0304;

/// The random by which a ServerHello asks for another hello (RFC 8446 §4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// A value that RFC 8701 reserves: `0x0a0a`, `0x1a1a` … `0xfafa`.
pub(crate) fn is_grease(value: u16) -> bool {
    value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff
}

/// The fields of a hello, in the order of the wire, without judgement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields<'a> {
    pub(crate) version: u16,
    pub(crate) random: [u8; 32],
    pub(crate) session: &'a [u8],
    /// One in a ServerHello.
    pub(crate) ciphers: Vec<u16>,
    /// The first in a ClientHello.
    pub(crate) compression: u8,
    pub(crate) extensions: Vec<(u16, &'a [u8])>,
}

impl<'a> Fields<'a> {
    /// The body of a ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2).
    pub(crate) fn client(body: &'a [u8]) -> Option<Self> {
        let mut rest = Reader(body);
        let version = rest.u16()?;
        let random = rest.take(32)?.try_into().ok()?;
        let session = rest.vector(1)?.0;
        let ciphers = rest.vector(2)?.u16s()?;
        let compression = rest.vector(1)?.0.first().copied().unwrap_or_default();
        let extensions = extensions(rest)?;
        Some(Self {
            version,
            random,
            session,
            ciphers,
            compression,
            extensions,
        })
    }

    /// The body of a ServerHello (RFC 8446 §4.1.3, RFC 5246 §7.4.1.3).
    pub(crate) fn server(body: &'a [u8]) -> Option<Self> {
        let mut rest = Reader(body);
        let version = rest.u16()?;
        let random = rest.take(32)?.try_into().ok()?;
        // The drafts of TLS 1.3 up to the 21st have no session and no compression here.
        let old_draft = version >> 8 == 0x7f;
        let session = if old_draft { &[] } else { rest.vector(1)?.0 };
        let ciphers = vec![rest.u16()?];
        let compression = if old_draft { 0 } else { rest.u8()? };
        let extensions = extensions(rest)?;
        Some(Self {
            version,
            random,
            session,
            ciphers,
            compression,
            extensions,
        })
    }

    pub(crate) fn extension(&self, code: u16) -> Option<Reader<'a>> {
        let found = self.extensions.iter().find(|(found, _)| *found == code);
        found.map(|(_, body)| Reader(body))
    }

    /// The versions that a client offers, GREASE included.
    pub(crate) fn offered_versions(&self) -> Vec<u16> {
        let listed = self
            .extension(extension::SUPPORTED_VERSIONS)
            .and_then(|mut body| body.vector(1)?.u16s());
        listed.unwrap_or_else(|| vec![self.version])
    }

    /// The version that a server chose.
    pub(crate) fn chosen_version(&self) -> u16 {
        let chosen = self.extension(extension::SUPPORTED_VERSIONS);
        chosen
            .and_then(|mut body| body.u16())
            .unwrap_or(self.version)
    }

    pub(crate) fn is_retry(&self) -> bool {
        self.random == RETRY
    }

    /// The values of ALPN, as bytes.
    pub(crate) fn alpn(&self) -> Vec<&'a [u8]> {
        let body = self.extension(extension::ALPN);
        body.and_then(protocols).unwrap_or_default()
    }

    fn sni(&self) -> Option<String> {
        let mut names = self.extension(extension::SERVER_NAME)?.vector(2)?;
        while !names.is_empty() {
            let kind = names.u8()?;
            let name = names.vector(2)?.0;
            if kind == 0 {
                return Some(text(name));
            }
        }
        None
    }

    /// What is told of a ClientHello, but its place.
    pub(crate) fn client_hello(&self, transport: Transport) -> ClientHello {
        let offered = self.offered_versions();
        let codes = self.extensions.iter().map(|(code, _)| *code);
        let grease = codes
            .chain(self.ciphers.iter().copied())
            .chain(offered.iter().copied());
        ClientHello {
            sni: self.sni(),
            alpn: self.alpn().into_iter().map(text).collect(),
            ja4: Some(ja4::of(self, transport)),
            grease: grease.into_iter().any(is_grease),
            versions: offered
                .into_iter()
                .filter(|version| !is_grease(*version))
                .collect(),
            client_random: self.random,
            ciphers: self.ciphers.clone(),
            ech: self.extension(extension::ENCRYPTED_CLIENT_HELLO).is_some(),
            early_data: self.extension(extension::EARLY_DATA).is_some(),
            sslv2: false,
            place: 0..0,
        }
    }

    /// What is told of a ServerHello, but its place.
    pub(crate) fn server_hello(&self) -> ServerHello {
        let cipher = self.ciphers.first().copied().unwrap_or_default();
        ServerHello {
            version: self.chosen_version(),
            cipher,
            cipher_name: suites::name(cipher),
            alpn: self.alpn().first().map(|name| text(name)),
            retry: self.is_retry(),
            place: 0..0,
        }
    }
}

/// What is left of a hello after its fixed fields: nothing, or the extensions. The record or
/// message ends with them.
pub(crate) fn extensions(mut rest: Reader<'_>) -> Option<Vec<(u16, &[u8])>> {
    let mut found = Vec::new();
    if rest.is_empty() {
        return Some(found);
    }
    let mut list = rest.vector(2)?;
    while !list.is_empty() {
        found.push((list.u16()?, list.vector(2)?.0));
    }
    Some(found)
}

/// The list of ALPN (RFC 7301 §3.1).
pub(crate) fn protocols(mut body: Reader<'_>) -> Option<Vec<&[u8]>> {
    let mut list = body.vector(2)?;
    let mut names = Vec::new();
    while !list.is_empty() {
        names.push(list.vector(1)?.0);
    }
    Some(names)
}

/// Bytes that should be printable ASCII; what is not is escaped.
pub(crate) fn text(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// A hello in the form of SSLv2 that offers SSL 3.0 or later (RFC 5246 §E.2), and SSL 2.0
/// itself, from its type on.
pub(crate) fn sslv2(body: &[u8]) -> Option<ClientHello> {
    let mut rest = Reader(body);
    if rest.u8()? != 1 {
        return None;
    }
    let version = rest.u16()?;
    let (specs, session, challenge) = (rest.u16()?, rest.u16()?, rest.u16()?);
    let specs = rest.take(specs.into())?;
    rest.take(session.into())?;
    let challenge = rest.take(challenge.into())?;
    // The challenge is the end of the random, zeros before it.
    let mut client_random = [0; 32];
    let from = 32_usize.checked_sub(challenge.len())?;
    client_random.get_mut(from..)?.copy_from_slice(challenge);
    // Three bytes each; those of TLS begin with a zero.
    let ciphers = specs.chunks_exact(3).filter_map(|spec| match spec {
        [0, high, low] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    });
    Some(ClientHello {
        versions: vec![version],
        client_random,
        ciphers: ciphers.collect(),
        sslv2: true,
        ..ClientHello::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5246 §E.2: version 3.1, two suites of TLS and one of SSLv2, a challenge of 16 bytes.
    #[test]
    fn a_hello_in_the_form_of_sslv2_gives_version_suites_and_random() {
        let mut body = vec![1, 3, 1, 0, 9, 0, 0, 0, 16, 0, 0, 0x2f, 1, 0, 0x80, 0, 0, 5];
        body.extend([7; 16]);
        let hello = sslv2(&body).unwrap();
        assert_eq!(
            (hello.versions, hello.ciphers),
            (vec![0x0301], vec![0x002f, 0x0005])
        );
        assert!(
            hello.client_random.ends_with(&[7; 16]) && hello.client_random.starts_with(&[0; 16])
        );
        assert!(hello.sslv2 && hello.ja4.is_none());
        body.pop();
        assert_eq!(sslv2(&body), None);
    }

    #[test]
    fn grease_is_told_from_the_rest() {
        assert!([0x0a0a, 0x1a1a, 0xfafa].into_iter().all(is_grease));
        assert!(![0x0a1a, 0x1301, 0x0a0b, 0xaaab].into_iter().any(is_grease));
    }
}
