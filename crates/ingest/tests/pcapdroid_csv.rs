//! The list of connections that PCAPdroid exports.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_ingest::{Settings, recognise};
use affiant_model::{ExchangeKind, Reach};
use common::{Log, read_as};
use proptest::prelude::*;

fn read(text: &str) -> Log {
    read_as("pcapdroid-csv", text.as_bytes(), &Settings::default()).unwrap()
}

const NEW: &str = "IPProto,SrcIP,SrcPort,DstIp,DstPort,UID,App,PackageName,Proto,Status,Info,BytesSent,BytesRcvd,PktsSent,PktsRcvd,FirstSeen,LastSeen,Malicious\n\
6,10.215.173.1,41772,192.0.2.7,443,10123,Tap, Tap & Go,com.example.tap,TLS,Closed,Graph.Example.com,1234,5678,9,10,2024-11-02T10:00:00.250+02:00,2024-11-02T10:00:05.000+02:00,yes\n\
17,10.215.173.1,5353,192.0.2.53,53,10123,Tap,com.example.tap,DNS,Closed,graph.example.com,60,120,1,1,2024-11-02T10:00:00.000+02:00,2024-11-02T10:00:00.000+02:00,\n\
6,10.215.173.1,41773,2001:db8::5,443,-1,,,TCP,Error,,60,0,1,0,2024-11-02T10:00:00.000+02:00,2024-11-02T10:00:00.000+02:00,\n";

#[test]
fn a_row_is_read_as_what_it_shows() {
    assert_eq!(recognise(NEW.as_bytes()).unwrap().name(), "pcapdroid-csv");
    let log = read(NEW);
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    let [tls, dns, silent] = &log.exchanges[..] else {
        panic!()
    };
    assert_eq!(
        (tls.kind, tls.reach),
        (ExchangeKind::Connection, Reach::Contacted)
    );
    assert_eq!(tls.host, "graph.example.com");
    assert_eq!(tls.server_address.as_deref(), Some("192.0.2.7"));
    // The name of the app holds a comma, and nothing is quoted.
    assert_eq!(tls.client.app.as_deref(), Some("com.example.tap"));
    assert_eq!(tls.client.process.as_deref(), Some("uid 10123"));
    assert_eq!(
        tls.detail.as_deref(),
        Some("TCP, TLS, Closed, 1234 bytes sent, 5678 bytes received, on a blocklist")
    );
    assert_eq!(
        tls.started,
        Some("2024-11-02T08:00:00.250Z".parse().unwrap())
    );
    assert_eq!(tls.until, Some("2024-11-02T08:00:05Z".parse().unwrap()));
    assert_eq!(
        (dns.kind, dns.reach),
        (ExchangeKind::Lookup, Reach::Contacted)
    );
    assert_eq!(dns.server_address, None);
    // No packet came back: it may have been blocked.
    assert_eq!(
        (silent.host.as_str(), silent.reach),
        ("[2001:db8::5]", Reach::Attempted)
    );
}

#[test]
fn earlier_headers_and_times_are_read() {
    let columns = "IPProto,SrcIP,SrcPort,DstIp,DstPort,Uid,App,Proto,Status,Info,BytesSent,BytesRcvd,PktsSent,PktsRcvd,FirstSeen,LastSeen";
    let chinese = "IP协议,源IP,源端口,目标IP,目标端口,UID,应用,协议,状态,信息,已发送字节数,已接收字节数,已发送数据包,已接收数据包,第一次见,最后一次见";
    for (header, time) in [(columns, "1614780000"), (chinese, "1614780000000")] {
        let text = format!(
            "{header}\n6,10.0.0.2,1,192.0.2.7,80,1,A, B,HTTP,Closed,a.example,1,2,3,4,{time},{time}\n"
        );
        assert_eq!(recognise(text.as_bytes()).unwrap().name(), "pcapdroid-csv");
        let log = read(&text);
        assert_eq!(
            log.exchanges[0].started,
            Some("2021-03-03T14:00:00Z".parse().unwrap())
        );
        assert_eq!(log.exchanges[0].client.app.as_deref(), Some("A, B"));
        assert_eq!(log.exchanges[0].host, "a.example");
    }
}

#[test]
fn a_row_that_is_cut_is_a_defect() {
    let log = read(&format!("{NEW}6,10.0.0.2,1,192"));
    assert_eq!((log.exchanges.len(), log.capture.entries), (3, 4));
    assert_eq!(
        log.messages(),
        ["the line has 4 values where the header names 18"]
    );
    let other = read_as("pcapdroid-csv", b"a,b\n1,2\n", &Settings::default());
    assert!(
        other
            .err()
            .unwrap()
            .to_string()
            .contains("the first line is not its header")
    );
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = NEW.as_bytes().to_vec();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = read_as("pcapdroid-csv", &file, &Settings::default());
    }
}
