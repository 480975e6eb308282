//! Sessions of TLS by rustls, written into captures.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

use affiant_model::Digest;
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};

use super::write::{Capture, From, Tcp};

pub(crate) const CLIENT: &str = "192.0.2.7:40001";
pub(crate) const SERVER: &str = "198.51.100.9:443";

#[derive(Debug, Default)]
struct Keys(Mutex<String>);

impl rustls::KeyLog for Keys {
    fn log(&self, label: &str, random: &[u8], secret: &[u8]) {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let line = format!("{label} {} {}\n", hex(random), hex(secret));
        self.0.lock().unwrap().push_str(&line);
    }
}

/// A session that is written into a capture as it goes.
pub(crate) struct Talk {
    client: ClientConnection,
    server: ServerConnection,
    keys: Arc<Keys>,
    pub(crate) certificate: Digest,
}

impl Talk {
    pub(crate) fn new(version: &'static rustls::SupportedProtocolVersion, protocol: &str) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["live.example".to_owned()]).unwrap();
        let der = made.cert.der().clone();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(der.clone()).unwrap();
        let keys = Arc::new(Keys::default());
        let mut client = ClientConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        client.key_log = keys.clone();
        client.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![der.clone()], key)
            .unwrap();
        server.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let name = ServerName::try_from("live.example").unwrap();
        Self {
            client: ClientConnection::new(Arc::new(client), name).unwrap(),
            server: ServerConnection::new(Arc::new(server)).unwrap(),
            keys,
            certificate: Digest::of(&der),
        }
    }

    /// Carries what the two have to say until they are silent.
    pub(crate) fn carry(&mut self, tcp: &mut Tcp, capture: &mut Capture) {
        loop {
            let (mut out, mut back) = (Vec::new(), Vec::new());
            while self.client.wants_write() {
                self.client.write_tls(&mut out).unwrap();
            }
            let mut read = out.as_slice();
            while !read.is_empty() {
                self.server.read_tls(&mut read).unwrap();
                self.server.process_new_packets().unwrap();
                let _ = self.server.reader().read_to_end(&mut Vec::new());
            }
            while self.server.wants_write() {
                self.server.write_tls(&mut back).unwrap();
            }
            let mut read = back.as_slice();
            while !read.is_empty() {
                self.client.read_tls(&mut read).unwrap();
                self.client.process_new_packets().unwrap();
                let _ = self.client.reader().read_to_end(&mut Vec::new());
            }
            tcp.say(capture, From::Client, &out);
            tcp.say(capture, From::Server, &back);
            if out.is_empty() && back.is_empty() {
                return;
            }
        }
    }

    pub(crate) fn say(&mut self, from: From, bytes: &[u8], tcp: &mut Tcp, capture: &mut Capture) {
        match from {
            From::Client => self.client.writer().write_all(bytes).unwrap(),
            From::Server => self.server.writer().write_all(bytes).unwrap(),
        }
        self.carry(tcp, capture);
    }

    pub(crate) fn keys(&self) -> String {
        self.keys.0.lock().unwrap().clone()
    }
}

/// A frame of HTTP/2 (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags, 0, 0, 0, stream]);
    frame.extend(payload);
    frame
}

/// Header lines as literals without indexing (RFC 7541 §6.2.2).
fn headers(lines: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in lines {
        block.push(0);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).unwrap());
            block.extend(text.as_bytes());
        }
    }
    block
}

/// A session with one request of HTTP/2 and its body, written into a capture.
pub(crate) fn http2(capture: &mut Capture, body: &str) -> Talk {
    let mut talk = Talk::new(&rustls::version::TLS13, "h2");
    let mut tcp = capture.tcp(CLIENT, SERVER);
    talk.carry(&mut tcp, capture);
    let lines = [
        (":method", "POST"),
        (":scheme", "https"),
        (":authority", "live.example"),
        (":path", "/collect?v=2"),
        ("user-agent", "test"),
    ];
    let opening = [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        frame(4, 0, 0, &[]),
        frame(1, 4, 1, &headers(&lines)),
    ];
    talk.say(From::Client, &opening.concat(), &mut tcp, capture);
    talk.say(From::Server, &frame(4, 0, 0, &[]), &mut tcp, capture);
    // The second piece is padded (RFC 9113 §6.1).
    let (first, second) = body.split_at(body.len() / 2);
    let padded = [&[3], second.as_bytes(), &[0; 3]].concat();
    for piece in [frame(0, 0, 1, first.as_bytes()), frame(0, 9, 1, &padded)] {
        talk.say(From::Client, &piece, &mut tcp, capture);
    }
    let answer = [
        frame(1, 4, 1, &headers(&[(":status", "204")])),
        frame(0, 1, 1, &[]),
    ];
    talk.say(From::Server, &answer.concat(), &mut tcp, capture);
    tcp.close(capture);
    talk
}
