//! Captures that others made. What is expected was read off the test suites of Suricata and
//! Wireshark, or off the requests in clear that the captures are known to hold.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its data fails")]
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the environment says where the captures are"
)]

mod common;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use affiant_packets::{Block, CaptureReader, Network};
use affiant_tls::quic::Initials;
use affiant_tls::{ClientHello, Event, KeyLog, Limits, Session, Side, looks_like_tls};
use common::{certificates, client_hellos, data, troubles};

/// What one capture holds.
#[derive(Default)]
struct Found {
    /// Of each connection over TCP that begins with TLS.
    tls: Vec<Vec<Event>>,
    quic: Vec<ClientHello>,
}

fn pcap() -> Option<PathBuf> {
    let Some(root) = std::env::var_os("AFFIANT_CORPUS") else {
        println!("skipped: AFFIANT_CORPUS names no corpus");
        return None;
    };
    Some(Path::new(&root).join("pcap"))
}

fn side(side: affiant_packets::Side) -> Side {
    match side {
        affiant_packets::Side::Client => Side::Client,
        affiant_packets::Side::Server => Side::Server,
    }
}

/// The secrets that a capture carries itself.
fn secrets(path: &Path, keys: &mut KeyLog) {
    each_block(path, |block| {
        if let Block::Secrets { text, .. } = block {
            keys.add(&text);
        }
    });
}

fn each_block(path: &Path, mut take: impl FnMut(Block)) {
    let mut bytes = std::fs::read(path).unwrap();
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut plain = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes.as_slice())
            .read_to_end(&mut plain)
            .unwrap();
        bytes = plain;
    }
    let limits = affiant_packets::Limits::default();
    let Ok(mut reader) = CaptureReader::new(bytes.as_slice(), &limits) else {
        return;
    };
    while let Some(block) = reader.next().unwrap() {
        take(block);
    }
}

enum Conversation {
    Tls(Box<Session>, Vec<Event>),
    Other,
}

fn read(path: &Path, keys: &KeyLog) -> Found {
    let mut tcp: BTreeMap<u64, Conversation> = BTreeMap::new();
    let mut udp: BTreeMap<u64, Initials> = BTreeMap::new();
    let mut found = Found::default();
    let mut network = Network::new(&affiant_packets::Limits::default());
    let mut packets = Vec::new();
    each_block(path, |block| {
        if let Block::Packet(packet) = block {
            packets.push(packet);
        }
    });
    let mut take = |event: affiant_packets::Event<'_>| match event {
        affiant_packets::Event::Bytes {
            id,
            side: from,
            bytes,
            ..
        } => {
            let conversation = tcp.entry(id).or_insert_with(|| {
                match from == affiant_packets::Side::Client && looks_like_tls(bytes) == Some(true) {
                    true => {
                        Conversation::Tls(Box::new(Session::new(&Limits::default())), Vec::new())
                    }
                    false => Conversation::Other,
                }
            });
            if let Conversation::Tls(session, events) = conversation {
                session.push(side(from), bytes, keys, &mut |event| events.push(event));
            }
        }
        affiant_packets::Event::Lost {
            id,
            side: from,
            length,
            ..
        } => {
            if let Some(Conversation::Tls(session, events)) = tcp.get_mut(&id) {
                session.lost(side(from), length, keys, &mut |event| events.push(event));
            }
        }
        affiant_packets::Event::Datagram { id, bytes, .. } => {
            let initials = udp
                .entry(id)
                .or_insert_with(|| Initials::new(&Limits::default()));
            found.quic.extend(initials.push(bytes));
        }
        _ => {}
    };
    for packet in &packets {
        network.push(packet, &mut take);
    }
    network.finish(&mut take);
    for (_, conversation) in tcp {
        if let Conversation::Tls(mut session, mut events) = conversation {
            session.finish(keys, &mut |event| events.push(event));
            found.tls.push(events);
        }
    }
    found
}

/// Counts the values of JA4.
fn prints<'a>(hellos: impl Iterator<Item = &'a ClientHello>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for hello in hellos {
        *counts.entry(hello.ja4.as_deref().unwrap()).or_default() += 1;
    }
    counts
}

#[test]
fn fingerprints_are_those_that_suricata_expects() {
    let Some(pcap) = pcap() else { return };
    let tests = pcap.join("OISF+suricata-verify/tests");
    // tests/ja4-tls-quic/test.yaml, tests/ja4-quic/test.yaml.
    let found = read(&tests.join("ja4-tls-quic/input.pcap"), &KeyLog::default());
    let hellos = found.tls.iter().flat_map(|events| client_hellos(events));
    assert_eq!(
        prints(hellos),
        [("t13d1516h2_8daaf6152771_e5627efa2ab1", 1)].into()
    );
    assert_eq!(
        prints(found.quic.iter()),
        [("q13d0310h3_55b375c5d22e_cd85d2d88918", 1)].into()
    );
    let found = read(&tests.join("ja4-quic/input.pcap"), &KeyLog::default());
    let expected = "q13d0310h3_55b375c5d22e_cd85d2d88918";
    assert!(
        prints(found.quic.iter())
            .keys()
            .all(|print| *print == expected)
    );
    assert!(!found.quic.is_empty());
}

#[test]
fn captures_of_wireshark_open_with_their_keys() {
    let Some(pcap) = pcap() else { return };
    let test = pcap.join("wireshark+wireshark/test");
    // Capture, key logs, the requests of its connections in order.
    let cases: [(&str, &[&str], &[&str]); 6] = [
        ("tls12-dsb.pcapng", &[], &["HEAD / HTTP/1.1"; 2]),
        (
            "tls12-dsb.pcapng",
            &["tls12-dsb-1.keys", "tls12-dsb-2.keys"],
            &["HEAD / HTTP/1.1"; 2],
        ),
        (
            "tls12-chacha20poly1305.pcap",
            &["tls12-chacha20poly1305.keys"],
            &["GET / HTTP/1.1\r\nHost: localhost"; 7],
        ),
        (
            "tls13-rfc8446.pcap",
            &["tls13-rfc8446.keys"],
            &[
                "GET /first HTTP/1.1",
                "GET /early HTTP/1.1\r\n\r\nGET /second HTTP/1.1",
            ],
        ),
        (
            "tls13-rfc8446.pcap",
            &["tls13-rfc8446-noearly.keys"],
            &["GET /first HTTP/1.1", "GET /second HTTP/1.1"],
        ),
        (
            "http2-data-reassembly.pcap",
            &["http2-data-reassembly.keys"],
            &["PRI * HTTP/2.0"],
        ),
    ];
    for (name, logs, requests) in cases {
        let path = test.join("captures").join(name);
        let mut keys = KeyLog::default();
        secrets(&path, &mut keys);
        for log in logs {
            assert_eq!(
                keys.add(&std::fs::read(test.join("keys").join(log)).unwrap()),
                0,
                "{log}"
            );
        }
        let found = read(&path, &keys);
        assert_eq!(found.tls.len(), requests.len(), "{name}");
        for (events, request) in found.tls.iter().zip(requests) {
            let (asked, answered) = (data(events, Side::Client), data(events, Side::Server));
            assert!(
                asked.starts_with(request.as_bytes()),
                "{name} {}",
                asked.escape_ascii()
            );
            assert!(!answered.is_empty());
            assert_eq!(troubles(events), [""; 0], "{name}");
            // The early data whose key is left out of the second log: its request, a record's
            // type and tag, and the end of it.
            let early =
                if logs.contains(&"tls13-rfc8446-noearly.keys") && request.contains("second") {
                    61
                } else {
                    0
                };
            assert_eq!(common::sealed(events), early, "{name}");
        }
    }
}

/// The hosts are in the names of the first four files; the others are as tshark 4.0.17 reads them.
#[test]
fn hellos_of_quic_are_found_in_pieces_after_a_retry_and_in_both_versions() {
    let Some(pcap) = pcap() else { return };
    let cases = [
        (
            "chromium-115.0.5790.110-api-cirrus-com.pcap",
            "api.cirrus-ci.com",
        ),
        (
            "chromium-115.0.5790.110-google-de-fragmented.pcap",
            "www.google.de",
        ),
        ("curl-8.1.2-dev-http3-www-google-de.pcap", "www.google.de"),
        (
            "firefox-102.13.0esr-blog-cloudflare-com.pcap",
            "blog.cloudflare.com",
        ),
        (
            "quic-multiple-initial-fragmented-crypto.pcap",
            "googleads.g.doubleclick.net",
        ),
        ("quicv2-echo-443.pcap", "localhost"),
    ];
    for (name, host) in cases {
        let path = pcap.join("zeek+zeek/testing/btest/Traces/quic").join(name);
        let found = read(&path, &KeyLog::default()).quic;
        let hosts: Vec<_> = found
            .iter()
            .filter_map(|hello| hello.sni.as_deref())
            .collect();
        assert_eq!(hosts, [host], "{name}");
    }
    for name in ["quic-retry", "quic-frag"] {
        let path = pcap
            .join("OISF+suricata-verify/tests")
            .join(name)
            .join("input.pcap");
        assert_eq!(read(&path, &KeyLog::default()).quic.len(), 1, "{name}");
    }
}

#[test]
fn no_capture_makes_the_reader_fail() {
    let Some(pcap) = pcap() else { return };
    let (mut sessions, mut hellos, mut named, mut quic) = (0, 0, 0, 0);
    let mut folders = vec![pcap];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        entries.sort_by_key(std::fs::DirEntry::path);
        for entry in entries {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let found = read(&path, &KeyLog::default());
            sessions += found.tls.len();
            for events in &found.tls {
                hellos += usize::from(!client_hellos(events).is_empty());
                named += certificates(events)
                    .iter()
                    .filter(|found| found.facts.is_some())
                    .count();
                let odd = troubles(events);
                if !odd.is_empty() {
                    println!("{} {odd:?}", path.display());
                }
                let unread = certificates(events)
                    .iter()
                    .filter(|found| found.facts.is_none())
                    .count();
                if unread > 0 {
                    println!("{} {unread} certificates unread", path.display());
                }
            }
            quic += found.quic.len();
        }
    }
    println!("{sessions} sessions, {hellos} with a hello, {named} certificates; {quic} of QUIC");
    assert!(sessions > 0 && hellos == sessions && quic > 0);
}
