//! A client and a server of rustls talk in memory: what they said is read off the wire.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its data fails")]

mod common;

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

use affiant_tls::{KeyLog, Side};
use common::{certificates, data, events, sealed, server_hellos, troubles};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};

/// The lines of a key log, as a client writes them.
#[derive(Debug, Default)]
struct Log(Mutex<String>);

impl rustls::KeyLog for Log {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!(
            "{label} {} {}\n",
            hex::encode(client_random),
            hex::encode(secret)
        );
        self.0.lock().unwrap().push_str(&line);
    }
}

struct Talk {
    client: ClientConnection,
    server: ServerConnection,
    sent: Vec<(Side, Vec<u8>)>,
    said: Vec<(Side, Vec<u8>)>,
}

impl Talk {
    /// Carries what the two have to say until they are silent.
    fn carry(&mut self) {
        loop {
            let mut out = Vec::new();
            while self.client.wants_write() {
                self.client.write_tls(&mut out).unwrap();
            }
            let mut read = out.as_slice();
            while !read.is_empty() {
                self.server.read_tls(&mut read).unwrap();
                self.server.process_new_packets().unwrap();
                let _ = self.server.reader().read_to_end(&mut Vec::new());
            }
            let mut back = Vec::new();
            while self.server.wants_write() {
                self.server.write_tls(&mut back).unwrap();
            }
            let mut read = back.as_slice();
            while !read.is_empty() {
                self.client.read_tls(&mut read).unwrap();
                self.client.process_new_packets().unwrap();
                let _ = self.client.reader().read_to_end(&mut Vec::new());
            }
            let silent = out.is_empty() && back.is_empty();
            let pieces = [(Side::Client, out), (Side::Server, back)];
            self.sent
                .extend(pieces.into_iter().filter(|(_, bytes)| !bytes.is_empty()));
            if silent {
                return;
            }
        }
    }

    fn say(&mut self, side: Side, bytes: &[u8]) {
        for piece in bytes.chunks(40_000) {
            match side {
                Side::Client => self.client.writer().write_all(piece).unwrap(),
                Side::Server => self.server.writer().write_all(piece).unwrap(),
            }
            self.carry();
        }
        self.said.push((side, bytes.to_vec()));
    }

    fn said_by(&self, from: Side) -> Vec<u8> {
        common::joined(
            self.said
                .iter()
                .filter(|(side, _)| *side == from)
                .map(|(_, said)| said),
        )
    }
}

/// Both ends, under one cipher suite.
fn ends(provider: CryptoProvider, log: &Arc<Log>) -> (ClientConfig, ServerConfig, String) {
    let made = rcgen::generate_simple_self_signed(vec!["live.example".to_owned()]).unwrap();
    let der = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(provider);
    let mut roots = RootCertStore::empty();
    roots.add(der.clone()).unwrap();
    let mut client = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(rustls::ALL_VERSIONS)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.key_log = log.clone();
    client.alpn_protocols = vec![b"h2".to_vec()];
    let digest = hex::encode(sha(&der));
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(rustls::ALL_VERSIONS)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![der], key)
        .unwrap();
    server.alpn_protocols = vec![b"h2".to_vec()];
    (client, server, digest)
}

fn sha(bytes: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, bytes)
        .as_ref()
        .to_vec()
}

#[test]
fn what_rustls_says_under_each_suite_is_read_to_the_byte() {
    let all = rustls::crypto::ring::default_provider().cipher_suites;
    let mut used = 0;
    for suite in all {
        let provider = CryptoProvider {
            cipher_suites: vec![suite],
            ..rustls::crypto::ring::default_provider()
        };
        let log = Arc::new(Log::default());
        let (client, server, digest) = ends(provider, &log);
        let name = ServerName::try_from("live.example").unwrap();
        let client = ClientConnection::new(Arc::new(client), name).unwrap();
        let server = ServerConnection::new(Arc::new(server)).unwrap();
        let mut talk = Talk {
            client,
            server,
            sent: Vec::new(),
            said: Vec::new(),
        };
        // The certificate signs with ECDSA, so that suites with RSA agree on nothing.
        if format!("{:?}", suite.suite()).contains("_RSA_") {
            continue;
        }
        talk.carry();
        used += 1;
        let long: Vec<u8> = (0..100_000_u32)
            .map(|number| (number % 251) as u8)
            .collect();
        for (side, bytes) in [
            (Side::Client, &b"a question"[..]),
            (Side::Server, &long),
            (Side::Client, &long),
            (Side::Server, b"x"),
        ] {
            talk.say(side, bytes);
            if suite.tls13().is_some() {
                talk.client.refresh_traffic_keys().unwrap();
                talk.carry();
            }
        }
        talk.client.send_close_notify();
        talk.carry();
        let mut keys = KeyLog::default();
        assert_eq!(keys.add(log.0.lock().unwrap().as_bytes()), 0);
        let found = events(&talk.sent, &keys);
        assert_eq!(troubles(&found), [""; 0], "{suite:?}");
        for side in [Side::Client, Side::Server] {
            assert!(
                data(&found, side) == talk.said_by(side),
                "{suite:?} {side:?}"
            );
        }
        assert_eq!(sealed(&found), 0);
        let names: Vec<_> = certificates(&found)
            .iter()
            .map(|found| &found.sha256)
            .collect();
        assert_eq!(names, [&digest]);
        let hello = server_hellos(&found)[0];
        assert_eq!(hello.cipher, u16::from(suite.suite()));
    }
    assert_eq!(used, 6);
}
