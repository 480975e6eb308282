//! Sessions of TLS: what shows without keys, and what a key log opens.

use affiant_ingest::{Aids, Limits, Settings, format_named};
use affiant_model::{Exchange, ExchangeKind, FieldName, Reach};

use super::session::{CLIENT, SERVER, Talk, http2};
use super::write::{Capture, From};
use crate::common::{Log, read_as};

const BODY: &str = "e=doe%40example.org&v=2";

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
    http2(&mut capture, BODY);
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
    let talk = http2(&mut capture, BODY);
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
    assert_eq!(request.bytes_of(body), BODY.as_bytes());
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
    let talk = http2(&mut first, BODY);
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
