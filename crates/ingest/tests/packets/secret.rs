//! Sessions of TLS: what shows without keys, and what a key log opens.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

use affiant_ingest::{Aids, Limits, Settings, format_named};
use affiant_model::{Digest, Exchange, ExchangeKind, FieldName, Reach};
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};

use super::write::{Capture, From, Tcp};
use crate::common::{Log, read_as};

const CLIENT: &str = "192.0.2.7:40001";
const SERVER: &str = "198.51.100.9:443";

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
struct Talk {
    client: ClientConnection,
    server: ServerConnection,
    keys: Arc<Keys>,
    certificate: Digest,
}

impl Talk {
    fn new(version: &'static rustls::SupportedProtocolVersion, protocol: &str) -> Self {
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
    fn carry(&mut self, tcp: &mut Tcp, capture: &mut Capture) {
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

    fn say(&mut self, from: From, bytes: &[u8], tcp: &mut Tcp, capture: &mut Capture) {
        match from {
            From::Client => self.client.writer().write_all(bytes).unwrap(),
            From::Server => self.server.writer().write_all(bytes).unwrap(),
        }
        self.carry(tcp, capture);
    }

    fn keys(&self) -> String {
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

/// A session with one request of HTTP/2, written into a capture.
fn http2(capture: &mut Capture) -> Talk {
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
    talk.say(
        From::Client,
        &frame(0, 0, 1, b"e=doe%40exam"),
        &mut tcp,
        capture,
    );
    talk.say(From::Client, &frame(0, 1, 1, b"ple.org"), &mut tcp, capture);
    let answer = [
        frame(1, 4, 1, &headers(&[(":status", "204")])),
        frame(0, 1, 1, &[]),
    ];
    talk.say(From::Server, &answer.concat(), &mut tcp, capture);
    tcp.close(capture);
    talk
}

fn with_keys(keys: &str) -> Settings {
    let mut aids = Aids::default();
    let reader = format_named("keylog").unwrap();
    reader.add_aid(&mut keys.as_bytes(), &Limits::default(), &mut aids);
    Settings {
        aids,
        ..Settings::default()
    }
}

fn request(log: &Log) -> &Exchange {
    let requests = |e: &&Exchange| e.kind == ExchangeKind::Request;
    log.exchanges.iter().find(requests).unwrap()
}

#[test]
fn without_a_key_a_session_is_its_handshake() {
    let mut capture = Capture::pcap();
    http2(&mut capture);
    let log = read_as("pcap", &capture.bytes, &Settings::default()).unwrap();
    let [handshake] = &log.exchanges[..] else {
        panic!("{:?}", log.exchanges)
    };
    assert_eq!(
        (handshake.kind, handshake.reach),
        (ExchangeKind::Handshake, Reach::Contacted)
    );
    assert_eq!(
        (&*handshake.host, handshake.fields.len()),
        ("live.example", 0)
    );
    let tls = handshake.tls.as_ref().unwrap();
    assert_eq!(tls.version.as_deref(), Some("TLS 1.3"));
    assert_eq!(
        (tls.sni.as_deref(), tls.alpn.as_deref()),
        (Some("live.example"), Some("h2"))
    );
    assert!(tls.cipher.as_deref().unwrap().starts_with("TLS_"));
    assert!(tls.ja4.as_deref().unwrap().starts_with("t13d"));
    assert_eq!(tls.certificate, None);
    assert!(
        handshake
            .detail
            .as_deref()
            .unwrap()
            .starts_with("encrypted: ")
    );
}

#[test]
fn the_certificate_of_an_older_session_shows_without_a_key() {
    let mut capture = Capture::pcap();
    let mut talk = Talk::new(&rustls::version::TLS12, "http/1.1");
    let mut tcp = capture.tcp(CLIENT, SERVER);
    talk.carry(&mut tcp, &mut capture);
    let log = read_as("pcap", &capture.bytes, &Settings::default()).unwrap();
    let tls = log.exchanges[0].tls.as_ref().unwrap();
    assert_eq!(
        tls.certificate.as_deref(),
        Some(&*talk.certificate.to_string())
    );
    assert!(tls.subject.is_some() && tls.issuer.is_some());
}

#[test]
fn a_key_log_opens_the_requests_of_a_session() {
    let mut capture = Capture::pcap();
    let talk = http2(&mut capture);
    let log = read_as("pcap", &capture.bytes, &with_keys(&talk.keys())).unwrap();
    assert_eq!(log.messages(), Vec::<&str>::new());
    assert_eq!(log.exchanges.len(), 2, "{:?}", log.exchanges);
    let request = request(&log);
    assert_eq!(
        (&*request.method, &*request.url),
        ("POST", "https://live.example/collect?v=2")
    );
    assert_eq!(
        (request.status, request.reach),
        (Some(204), Reach::Acknowledged)
    );
    let body = request
        .fields
        .iter()
        .find(|f| f.name == FieldName::Body)
        .unwrap();
    assert_eq!(request.bytes_of(body), b"e=doe%40example.org");
    let certificate = request.tls.as_ref().unwrap().certificate.clone();
    assert_eq!(certificate, Some(talk.certificate.to_string()));
    let way = request.unpacking().unwrap();
    assert!(
        way.contains(" from 192.0.2.7:40001 to 198.51.100.9:443, http2 1 / bytes 0+"),
        "{way}"
    );
    let handshake = log
        .exchanges
        .iter()
        .find(|e| e.kind == ExchangeKind::Handshake)
        .unwrap();
    assert!(
        handshake
            .detail
            .as_deref()
            .unwrap()
            .starts_with("decrypted: ")
    );
}

#[test]
fn secrets_within_the_capture_open_it_also_from_behind() {
    let mut first = Capture::pcapng("tester 1.0");
    let talk = http2(&mut first);
    first.secrets(&talk.keys());
    let log = read_as("pcapng", &first.bytes, &Settings::default()).unwrap();
    assert_eq!(request(&log).url, "https://live.example/collect?v=2");
    assert_eq!(log.capture.writer.as_deref(), Some("tester 1.0"));
    assert_eq!(log.capture.format, "pcapng");
}

#[test]
fn a_request_of_http1_is_cut_out_of_what_was_decrypted() {
    let mut capture = Capture::pcap();
    let mut talk = Talk::new(&rustls::version::TLS12, "http/1.1");
    let mut tcp = capture.tcp(CLIENT, SERVER);
    talk.carry(&mut tcp, &mut capture);
    let first = b"GET /1 HTTP/1.1\r\nHost: live.example\r\n\r\n";
    let second = b"POST /2 HTTP/1.1\r\nHost: live.example\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    talk.say(From::Client, first, &mut tcp, &mut capture);
    talk.say(
        From::Server,
        b"HTTP/1.1 204 No Content\r\n\r\n",
        &mut tcp,
        &mut capture,
    );
    talk.say(From::Client, second, &mut tcp, &mut capture);
    talk.say(
        From::Server,
        b"HTTP/1.1 204 No Content\r\n\r\n",
        &mut tcp,
        &mut capture,
    );
    let log = read_as("pcap", &capture.bytes, &with_keys(&talk.keys())).unwrap();
    let ways: Vec<String> = log
        .exchanges
        .iter()
        .filter_map(Exchange::unpacking)
        .collect();
    assert!(ways[0].ends_with(", tls / bytes 0+39"), "{ways:?}");
    let (head, at) = (68, 39 + 68);
    let runs = format!(
        "runs 39+{head} {}+3 {}+2 / bytes 0+{}",
        at + 3,
        at + 11,
        head + 5
    );
    assert!(ways[1].ends_with(&format!(", tls / {runs}")), "{ways:?}");
    assert!(log.exchanges[1].raw.ends_with(b"\r\n\r\nabcde"));
}

#[test]
fn a_session_within_a_tunnel_names_host_and_proxy() {
    let mut capture = Capture::pcap();
    let mut tcp = capture.tcp(CLIENT, "10.0.0.1:3128");
    tcp.say(
        &mut capture,
        From::Client,
        b"CONNECT live.example:443 HTTP/1.1\r\nHost: live.example:443\r\n\r\n",
    );
    tcp.say(
        &mut capture,
        From::Server,
        b"HTTP/1.1 200 Connection established\r\n\r\n",
    );
    let mut talk = Talk::new(&rustls::version::TLS13, "http/1.1");
    talk.carry(&mut tcp, &mut capture);
    talk.say(
        From::Client,
        b"GET /in HTTP/1.1\r\nHost: live.example\r\n\r\n",
        &mut tcp,
        &mut capture,
    );
    talk.say(
        From::Server,
        b"HTTP/1.1 204 No Content\r\n\r\n",
        &mut tcp,
        &mut capture,
    );
    tcp.close(&mut capture);
    let log = read_as("pcap", &capture.bytes, &with_keys(&talk.keys())).unwrap();
    let kinds: Vec<_> = log
        .exchanges
        .iter()
        .map(|e| (e.kind, &*e.method, e.reach))
        .collect();
    let wanted = [
        (ExchangeKind::Request, "CONNECT", Reach::Attempted),
        (ExchangeKind::Request, "GET", Reach::Acknowledged),
        (ExchangeKind::Handshake, "", Reach::Contacted),
    ];
    assert!(wanted.iter().all(|w| kinds.contains(w)), "{kinds:?}");
    for exchange in &log.exchanges {
        assert_eq!(exchange.host, "live.example");
        let detail = exchange.detail.as_deref().unwrap();
        assert!(detail.contains("the proxy 10.0.0.1:3128"), "{detail}");
    }
}
