//! Conversations recorded between the two ends of OpenSSL, with the keys it logged, and those
//! of RFC 8448.

mod common;

use affiant_tls::{Event, KeyLog, Limits, Reason, Session, Side};
use common::{
    Recorded, certificates, client_hellos, data, early, events, sealed, server_hellos, troubles,
};

const ALL: [(&str, u16, &str); 20] = [
    ("rfc8448-3", 0x0304, "TLS_AES_128_GCM_SHA256"),
    ("rfc8448-4", 0x0304, "TLS_AES_128_GCM_SHA256"),
    (
        "tls10-cbc-sha-etm",
        0x0301,
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    ),
    (
        "tls10-cbc-sha-mte",
        0x0301,
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    ),
    (
        "tls11-cbc-sha-mte",
        0x0302,
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    ),
    (
        "tls12-cbc-sha-etm",
        0x0303,
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    ),
    (
        "tls12-cbc-sha256-mte",
        0x0303,
        "TLS_RSA_WITH_AES_128_CBC_SHA256",
    ),
    (
        "tls12-cbc-sha384-etm",
        0x0303,
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    ),
    (
        "tls12-cbc-sha384-mte",
        0x0303,
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    ),
    ("tls12-ccm", 0x0303, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM"),
    ("tls12-ccm8", 0x0303, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8"),
    (
        "tls12-renegotiation",
        0x0303,
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    ),
    (
        "tls12-resumed",
        0x0303,
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    ),
    ("tls13-ccm", 0x0304, "TLS_AES_128_CCM_SHA256"),
    ("tls13-ccm8-padded", 0x0304, "TLS_AES_128_CCM_8_SHA256"),
    ("tls13-client-certificate", 0x0304, "TLS_AES_256_GCM_SHA384"),
    ("tls13-early-data", 0x0304, "TLS_AES_256_GCM_SHA384"),
    ("tls13-early-data-refused", 0x0304, "TLS_AES_256_GCM_SHA384"),
    ("tls13-key-update", 0x0304, "TLS_AES_256_GCM_SHA384"),
    ("tls13-retry", 0x0304, "TLS_CHACHA20_POLY1305_SHA256"),
];

#[test]
fn every_conversation_is_read_to_the_byte_with_its_keys() {
    for (name, version, cipher) in ALL {
        let recorded = Recorded::read(name);
        let found = recorded.events();
        for side in [Side::Client, Side::Server] {
            let (got, said) = (data(&found, side), recorded.said_by(side));
            assert_eq!(
                got.escape_ascii().to_string(),
                said.escape_ascii().to_string(),
                "{name}"
            );
        }
        assert_eq!(troubles(&found), [""; 0], "{name}");
        // Early data that was refused: its key was not logged, nor does it count as said.
        let refused = if name == "tls13-early-data-refused" {
            28
        } else {
            0
        };
        assert_eq!(sealed(&found), refused, "{name}");
        let hello = *server_hellos(&found).last().unwrap();
        assert_eq!(
            (hello.version, hello.cipher_name),
            (version, Some(cipher)),
            "{name}"
        );
        let hello = client_hellos(&found)[0];
        let host = if name.starts_with("rfc") {
            "server"
        } else {
            "fixture.example"
        };
        assert_eq!(hello.sni.as_deref(), Some(host), "{name}");
    }
}

#[test]
fn without_keys_no_data_is_given_out_and_all_of_it_is_counted() {
    for (name, ..) in ALL {
        let recorded = Recorded::read(name);
        let found = events(&recorded.sent, &KeyLog::default());
        assert!(data(&found, Side::Client).is_empty());
        assert!(
            sealed(&found) as usize >= recorded.said_by(Side::Client).len(),
            "{name}"
        );
        assert_eq!(troubles(&found), [""; 0], "{name}");
        assert!(found.iter().all(|event| match event {
            Event::Sealed(sealed) => sealed.reason == Reason::NoKey,
            _ => true,
        }));
    }
}

/// The conversations of one shape: questions and answers, of which the last piece of the client
/// is its last question.
fn questions() -> impl Iterator<Item = (&'static str, u16, &'static str)> {
    let other = |name: &str| {
        name.starts_with("rfc") || ["tls13-key-update", "tls12-renegotiation"].contains(&name)
    };
    ALL.into_iter().filter(move |(name, ..)| !other(name))
}

#[test]
fn one_flipped_bit_keeps_a_record_closed_and_no_other() {
    for (name, ..) in questions() {
        let mut recorded = Recorded::read(name);
        let last = recorded
            .sent
            .iter_mut()
            .rfind(|(side, _)| *side == Side::Client)
            .unwrap();
        *last.1.last_mut().unwrap() ^= 1;
        let found = recorded.events();
        let said = recorded.said_by(Side::Client);
        let got = data(&found, Side::Client);
        assert!(got.len() < said.len() && said.starts_with(&got), "{name}");
        assert_eq!(
            data(&found, Side::Server),
            recorded.said_by(Side::Server),
            "{name}"
        );
        let text = "a record does not authenticate under the known keys";
        assert_eq!(troubles(&found), [text], "{name}");
    }
}

#[test]
fn early_data_is_marked_as_such() {
    let found = Recorded::read("tls13-early-data").events();
    assert_eq!(early(&found), b"sent early\n");
    assert!(client_hellos(&found)[0].early_data);
    let found = Recorded::read("rfc8448-4").events();
    assert_eq!(early(&found), b"ABCDEF");
    let found = Recorded::read("tls13-early-data-refused").events();
    assert!(client_hellos(&found)[0].early_data && early(&found).is_empty());
}

#[test]
fn a_retry_shows_two_hellos_of_the_client_and_two_of_the_server() {
    let found = Recorded::read("tls13-retry").events();
    let (clients, servers) = (client_hellos(&found), server_hellos(&found));
    assert_eq!((clients.len(), servers.len()), (2, 2));
    assert_eq!(clients[0].client_random, clients[1].client_random);
    assert_eq!(clients[0].alpn, ["h2", "http/1.1"]);
    assert_eq!((servers[0].retry, servers[1].retry), (true, false));
}

#[test]
fn a_renegotiation_shows_its_second_handshake_and_the_data_after_it() {
    let found = Recorded::read("tls12-renegotiation").events();
    let clients = client_hellos(&found);
    assert_eq!(clients.len(), 2);
    assert_ne!(clients[0].client_random, clients[1].client_random);
    assert_eq!(certificates(&found).len(), 2);
    assert_eq!(data(&found, Side::Client), b"before\nafter\n");
}

#[test]
fn certificates_of_both_sides_are_told_as_openssl_tells_them() {
    let found = Recorded::read("tls13-client-certificate").events();
    let certificates = certificates(&found);
    let sides: Vec<Side> = certificates.iter().map(|found| found.side).collect();
    assert_eq!(sides, [Side::Server, Side::Client]);
    for certificate in certificates {
        assert_eq!(
            certificate.sha256,
            "98df5efaf13bcb1d402b6ffa40ab6b443c7c20073ace9232a735234439629672"
        );
        assert_eq!((certificate.number, certificate.der_length), (0, 532));
        let facts = certificate.facts.clone().unwrap();
        assert_eq!(facts.subject, "CN=fixture.example,O=Example,C=GB");
        assert_eq!(facts.issuer, facts.subject);
        let san = [
            "DNS:fixture.example",
            "DNS:*.fixture.example",
            "IP:192.0.2.1",
            "IP:2001:db8::1",
        ];
        assert_eq!(facts.san, san);
        assert_eq!(
            (facts.not_before, facts.not_after),
            (1796007425, 2111367425)
        );
    }
    assert!(found.contains(&Event::Alpn("http/1.1".to_owned())));
}

#[test]
fn a_hole_in_the_stream_costs_what_stood_in_it_and_no_more() {
    for (name, ..) in questions() {
        let recorded = Recorded::read(name);
        let keys = recorded.keys();
        let mut pieces: Vec<_> = recorded.sent.iter().enumerate().collect();
        pieces.retain(|(_, (side, _))| *side == Side::Client);
        // The first question goes missing, or rather the piece with it.
        let missing = pieces[pieces.len() - 2].0;
        let mut found = Vec::new();
        let mut session = Session::new(&Limits::default());
        for (at, (side, bytes)) in recorded.sent.iter().enumerate() {
            let sink = &mut |event| found.push(event);
            if at == missing {
                session.lost(*side, bytes.len() as u64, &keys, sink);
            } else {
                session.push(*side, bytes, &keys, sink);
            }
        }
        session.finish(&keys, &mut |event| found.push(event));
        let got = data(&found, Side::Client);
        let said = recorded.said_by(Side::Client);
        let last = match name {
            // TLS 1.0 cannot read the first record after a hole, and there is no other.
            _ if name.starts_with("tls10") => &[][..],
            _ => b"question two\n",
        };
        assert!(
            got.ends_with(last) && got.len() < said.len(),
            "{name}: {}",
            got.escape_ascii()
        );
        assert_eq!(
            data(&found, Side::Server),
            recorded.said_by(Side::Server),
            "{name}"
        );
        assert!(!troubles(&found).is_empty(), "{name}");
    }
}

#[test]
fn keys_that_come_late_open_what_follows() {
    for name in ["tls12-ccm", "tls13-ccm", "tls12-cbc-sha-etm", "tls13-retry"] {
        let recorded = Recorded::read(name);
        let (none, keys) = (KeyLog::default(), recorded.keys());
        let mut found = Vec::new();
        let mut session = Session::new(&Limits::default());
        let late = recorded.sent.len() - 2;
        for (at, (side, bytes)) in recorded.sent.iter().enumerate() {
            let known = if at < late { &none } else { &keys };
            session.push(*side, bytes, known, &mut |event| found.push(event));
        }
        session.finish(&keys, &mut |event| found.push(event));
        assert_eq!(data(&found, Side::Client), b"question two\n", "{name}");
        assert!(sealed(&found) > 0);
    }
}

#[test]
fn a_premaster_secret_by_its_encrypted_form_is_enough() {
    let recorded = Recorded::read("tls12-rsa-premaster");
    let found = recorded.events();
    assert_eq!(data(&found, Side::Client), recorded.said_by(Side::Client));
    assert_eq!(data(&found, Side::Server), recorded.said_by(Side::Server));
}

#[test]
fn what_the_client_says_may_be_captured_before_the_hello_that_it_answers() {
    for (name, ..) in ALL
        .into_iter()
        .filter(|(name, ..)| *name != "tls12-renegotiation")
    {
        let mut recorded = Recorded::read(name);
        recorded.sent.sort_by_key(|(side, _)| *side);
        let found = recorded.events();
        for side in [Side::Client, Side::Server] {
            assert_eq!(data(&found, side), recorded.said_by(side), "{name}");
        }
    }
}

#[test]
fn without_the_hello_of_the_server_tls_1_3_opens_all_the_same() {
    for name in ["tls13-ccm", "tls13-client-certificate", "rfc8448-3"] {
        let recorded = Recorded::read(name);
        let keys = recorded.keys();
        let mut found = Vec::new();
        let mut session = Session::new(&Limits::default());
        for (at, (side, bytes)) in recorded.sent.iter().enumerate() {
            let sink = &mut |event| found.push(event);
            match at {
                1 => session.lost(*side, bytes.len() as u64, &keys, sink),
                _ => session.push(*side, bytes, &keys, sink),
            }
        }
        session.finish(&keys, &mut |event| found.push(event));
        for side in [Side::Client, Side::Server] {
            assert_eq!(
                data(&found, side),
                recorded.said_by(side),
                "{name} {side:?}"
            );
        }
    }
}

#[test]
fn a_key_update_inside_a_hole_is_caught_up_with() {
    let recorded = Recorded::read("tls13-key-update");
    let keys = recorded.keys();
    let mut found = Vec::new();
    let mut session = Session::new(&Limits::default());
    for (at, (side, bytes)) in recorded.sent.iter().enumerate() {
        let sink = &mut |event| found.push(event);
        // The fifth piece is three records: what is said before, the update, what is said after.
        let hole = if at == 4 { 29 + 27 } else { 0 };
        session.lost(*side, hole, &keys, sink);
        session.push(*side, &bytes[hole as usize..], &keys, sink);
    }
    session.finish(&keys, &mut |event| found.push(event));
    assert_eq!(data(&found, Side::Client), b"after\nlater\n");
}
