//! What certificates name of hosts of which nothing else says whose they are.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod common;

use std::fs::File;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::PathBuf;

use affiant_detect::{Certificates, Examination};
use affiant_ingest::{HEAD_BYTES, Item, Settings, recognise};
use affiant_model::{
    Case, CertificateFinding, Circumstances, Exchange, ExchangeKind, ExhibitId, Tls,
};

/// What the certificates of exchanges come to.
fn findings(exchanges: &[Exchange]) -> Vec<CertificateFinding> {
    let detector = common::detector(Case::default());
    let mut certificates = Certificates::default();
    let rows = exchanges.iter().map(|exchange| {
        let Examination { row, .. } = detector.examine(exchange, &Circumstances::default());
        certificates.observe(exchange, &row);
        row
    });
    let rows: Vec<_> = rows.collect();
    certificates.findings(&rows)
}

/// A handshake with a host, whose certificate names `subject`.
fn handshake(host: &str, subject: &str, names: &[&str]) -> Exchange {
    Exchange {
        host: host.to_owned(),
        kind: ExchangeKind::Handshake,
        tls: Some(Tls {
            subject: Some(subject.to_owned()).filter(|subject| !subject.is_empty()),
            certificate: Some("ab".repeat(32)),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Tls::default()
        }),
        ..common::exchange("", &format!("https://{host}/"), &[], b"", false)
    }
}

#[test]
fn a_certificate_is_listed_where_nothing_else_names_the_host() {
    let cdn = "CN=cdn.example,O=Delivery\\, Inc.";
    let found = findings(&[
        handshake("192.0.2.7", cdn, &["DNS:cdn.example", "DNS:*.shop.example"]),
        handshake("192.0.2.7", cdn, &["DNS:cdn.example", "DNS:*.shop.example"]),
        handshake("www.shop.example", cdn, &["DNS:*.shop.example"]),
        // A source names whose this is.
        handshake("graph.facebook.com", "O=Meta Platforms\\, Inc.", &[]),
        handshake("198.51.100.3", "", &[]),
    ]);
    let said: Vec<_> = found
        .iter()
        .map(|c| {
            (
                c.host.as_str(),
                c.organisation.as_str(),
                c.covers,
                c.entries,
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("192.0.2.7", "Delivery, Inc.", Some(false), 2),
            ("www.shop.example", "Delivery, Inc.", Some(true), 1),
        ]
    );
}

#[test]
fn no_recipient_is_taken_from_a_certificate() {
    let detector = common::detector(Case::default());
    let exchange = handshake("192.0.2.7", "O=Acme", &["IP:192.0.2.7"]);
    let found = detector.examine(&exchange, &Circumstances::default());
    assert_eq!(found.row.recipient, "192.0.2.7");
    assert_eq!(found.row.parent, "");
}

/// Read with tshark: the client hellos of these captures name no host.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test may ask the environment")]
fn certificates_of_real_captures_name_whom_they_were_issued_to() {
    let root = std::env::var_os("AFFIANT_CORPUS").map(PathBuf::from);
    let folder = "pcap/zeek+zeek/testing/btest/Traces/tls";
    let Some(folder) = root.map(|root| root.join(folder)).filter(|it| it.is_dir()) else {
        println!("skipped: AFFIANT_CORPUS names no collection with {folder}");
        return;
    };
    for (name, host, organisation) in [
        ("tls1.2.pcap", "68.233.76.12", "Taleo Inc."),
        ("ecdhe.pcap", "74.125.239.97", "Google Inc"),
    ] {
        let mut file = File::open(folder.join(name)).unwrap();
        let mut head = Vec::new();
        (&mut file)
            .take(HEAD_BYTES as u64)
            .read_to_end(&mut head)
            .unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        let mut exchanges = Vec::new();
        let mut take = |item| {
            if let Item::Exchange(exchange) = item {
                exchanges.push(exchange);
            }
            ControlFlow::Continue(())
        };
        let reader = recognise(&head).unwrap();
        let settings = Settings::default();
        reader
            .read(&mut file, ExhibitId(1), &settings, &mut take)
            .unwrap();
        let found = findings(&exchanges);
        let said: Vec<_> = found
            .iter()
            .map(|c| (c.host.as_str(), c.organisation.as_str(), c.covers))
            .collect();
        assert_eq!(said, [(host, organisation, Some(false))], "{name}");
    }
}
