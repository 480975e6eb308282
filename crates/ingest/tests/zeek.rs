//! Logs of Zeek: what is read of each, in both of its forms.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "common/collection.rs"]
mod collection;
mod common;
#[path = "zeek/corpus.rs"]
mod corpus;

use affiant_ingest::{Limits, Settings, recognise};
use affiant_model::{Carrier, Exchange, ExchangeKind, FieldName, Reach};
use common::{Log, bytes_at, read_as};
use proptest::prelude::*;

fn read(text: &str) -> Log {
    read_as("zeek", text.as_bytes(), &Settings::default()).unwrap()
}

/// A log of tab-separated values.
fn tsv(path: &str, fields: &[&str], lines: &[&[&str]]) -> String {
    let mut text = format!(
        "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t{path}\n#open\t2024-01-02-03-04-05\n#fields\t{}\n#types\tx\n",
        fields.join("\t")
    );
    for line in lines {
        text.push_str(&line.join("\t"));
        text.push('\n');
    }
    text + "#close\t2024-01-02-04-04-05\n"
}

const ENDS: [&str; 6] = [
    "ts",
    "uid",
    "id.orig_h",
    "id.orig_p",
    "id.resp_h",
    "id.resp_p",
];
const WHO: [&str; 6] = [
    "1521911720.865716",
    "C1",
    "192.0.2.9",
    "41772",
    "2001:db8::5",
    "443",
];

fn with<'a>(start: &[&'a str], rest: &[&'a str]) -> Vec<&'a str> {
    [start, rest].concat()
}

/// One entry of a log with those columns besides the ends of the conversation.
fn one(path: &str, fields: &[&str], values: &[&str]) -> (String, Log) {
    let text = tsv(path, &with(&ENDS, fields), &[&with(&WHO, values)]);
    let log = read(&text);
    (text, log)
}

#[test]
fn a_request_is_read_with_the_place_of_each_field() {
    let fields = [
        "method",
        "host",
        "uri",
        "referrer",
        "user_agent",
        "status_code",
        "username",
        "request_body_len",
        "resp_mime_types",
        "x_custom",
    ];
    let values = [
        "POST",
        "Graph.Example.com",
        "/a?email=x%40example.org\\x09",
        "http://b.example/",
        "-",
        "200",
        "(empty)",
        "12",
        "text/plain",
        "v",
    ];
    let (text, log) = one("http", &fields, &values);
    let exchange = &log.exchanges[0];
    assert_eq!(exchange.kind, ExchangeKind::Request);
    assert_eq!(
        exchange.url,
        "http://Graph.Example.com/a?email=x%40example.org\t"
    );
    assert_eq!(exchange.host, "graph.example.com");
    assert_eq!(
        (exchange.status, exchange.reach),
        (Some(200), Reach::Acknowledged)
    );
    assert_eq!(exchange.client.address.as_deref(), Some("192.0.2.9:41772"));
    assert_eq!(
        exchange.started,
        Some("2018-03-24T17:15:20.865716Z".parse().unwrap())
    );
    let fields: Vec<_> = exchange
        .fields
        .iter()
        .map(|f| {
            (
                f.name.to_string(),
                std::str::from_utf8(bytes_at(text.as_bytes(), f.span)).unwrap(),
            )
        })
        .collect();
    let wanted = [
        ("request.header Host", "Graph.Example.com"),
        ("request.url", "/a?email=x%40example.org\\x09"),
        ("request.header Referer", "http://b.example/"),
        ("request.param x_custom", "v"),
    ];
    assert_eq!(fields, wanted.map(|(name, bytes)| (name.to_owned(), bytes)));
    assert_eq!(
        log.messages(),
        ["the request had a body of 12 bytes, which the log does not keep"]
    );
    let stated = [
        ("path", "http"),
        ("open", "2024-01-02-03-04-05"),
        ("close", "2024-01-02-04-04-05"),
    ];
    assert_eq!(
        log.capture.stated,
        stated.map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
}

#[test]
fn reach_never_says_more_than_the_line() {
    let reach = |method: &str, status: &str| {
        one(
            "http",
            &["method", "host", "uri", "status_code"],
            &[method, "a.example", "/", status],
        )
        .1
        .exchanges[0]
            .reach
    };
    assert_eq!(reach("GET", "-"), Reach::Sent);
    assert_eq!(reach("GET", "101"), Reach::Sent);
    assert_eq!(reach("GET", "500"), Reach::Acknowledged);
    assert_eq!(reach("GET", "407"), Reach::Attempted);
    assert_eq!(reach("CONNECT", "200"), Reach::Attempted);
    assert_eq!(reach("-", "200"), Reach::Attempted);
    for (state, wanted) in [
        ("SF", Reach::Contacted),
        ("S0", Reach::Attempted),
        ("REJ", Reach::Attempted),
        ("OTH", Reach::Contacted),
        ("SH", Reach::Attempted),
    ] {
        let log = one(
            "conn",
            &["proto", "duration", "conn_state"],
            &["tcp", "1.5", state],
        )
        .1;
        let exchange = &log.exchanges[0];
        assert_eq!(
            (exchange.kind, exchange.reach),
            (ExchangeKind::Connection, wanted),
            "{state}"
        );
        assert_eq!(exchange.host, "[2001:db8::5]");
        assert_eq!(
            exchange.until,
            Some("2018-03-24T17:15:22.365716Z".parse().unwrap())
        );
    }
}

#[test]
fn an_answer_of_very_many_records_is_read_up_to_the_bound_and_says_so() {
    let names = ["query", "qtype_name", "answers"];
    let many = vec!["a.example"; 300].join(",");
    let log = one("dns", &names, &["b.example", "A", &many]).1;
    assert_eq!(log.exchanges[0].aliases.len(), 256);
    assert_eq!(log.messages(), ["the answer has more than 256 records"]);
}

#[test]
fn a_lookup_keeps_the_names_it_leads_through() {
    let fields = ["query", "qtype_name", "rcode_name", "answers"];
    let answers = "Cdn.example.net.,192.0.2.7,192.0.2.8";
    let log = one(
        "dns",
        &fields,
        &["App.Example.com", "A", "NOERROR", answers],
    )
    .1;
    let exchange = &log.exchanges[0];
    assert_eq!(
        (exchange.kind, exchange.reach),
        (ExchangeKind::Lookup, Reach::Contacted)
    );
    assert_eq!(exchange.host, "app.example.com");
    assert_eq!(exchange.detail.as_deref(), Some("A NOERROR"));
    assert_eq!(exchange.aliases, ["cdn.example.net"]);
    assert_eq!(exchange.server_address.as_deref(), Some("192.0.2.7"));
    assert!(exchange.fields.is_empty());
    // What a PTR or a TXT record says is no name that the answer leads through.
    for kind in ["PTR", "TXT", "MX"] {
        let log = one(
            "dns",
            &fields,
            &["a.example", kind, "NOERROR", "mail.example.net"],
        )
        .1;
        assert!(log.exchanges[0].aliases.is_empty());
    }
}

#[test]
fn a_handshake_names_the_server_and_its_certificate() {
    let hash = "ab".repeat(32);
    let fields = [
        "version",
        "cipher",
        "server_name",
        "next_protocol",
        "established",
        "cert_chain_fps",
        "subject",
        "ja3",
        "ja4",
    ];
    let chain = format!("{hash},ff");
    let values = [
        "TLSv12",
        "TLS_AES_128_GCM_SHA256",
        "Pixel.Example.com",
        "h2",
        "T",
        chain.as_str(),
        "CN=*.example.com,O=Example\\\\, Inc",
        "cafe",
        "t13d",
    ];
    let log = one("ssl", &fields, &values).1;
    let exchange = &log.exchanges[0];
    assert_eq!(
        (exchange.kind, exchange.reach),
        (ExchangeKind::Handshake, Reach::Contacted)
    );
    assert_eq!(exchange.host, "pixel.example.com");
    assert_eq!(exchange.detail.as_deref(), Some("established, JA3 cafe"));
    let tls = exchange.tls.as_ref().unwrap();
    assert_eq!(tls.version.as_deref(), Some("TLS 1.2"));
    assert_eq!(tls.sni.as_deref(), Some("Pixel.Example.com"));
    assert_eq!(
        (tls.alpn.as_deref(), tls.ja4.as_deref()),
        (Some("h2"), Some("t13d"))
    );
    assert_eq!(tls.certificate, Some(hash));
    assert_eq!(
        tls.subject.as_deref(),
        Some("CN=*.example.com,O=Example\\, Inc")
    );
    // Without a name the server is its address.
    let log = one("quic", &["version", "server_name"], &["1", "-"]).1;
    assert_eq!(log.exchanges[0].host, "[2001:db8::5]");
    assert_eq!(log.exchanges[0].detail.as_deref(), Some("QUIC 1"));
}

#[test]
fn json_says_its_log_by_path_or_by_members() {
    let text = concat!(
        r#"{"ts":1521911720.865716,"uid":"C1","id.orig_h":"192.0.2.9","id.resp_h":"192.0.2.1","trans_id":7,"query":"a.example","qtype_name":"A","answers":["c.example","192.0.2.7"]}"#,
        "\n\n",
        r#"{"_path":"http","ts":"2018-03-24T17:15:20.865716Z","id":{"orig_h":"192.0.2.9"},"method":"GET","host":"b.example","uri":"/\u003fq=\"1\"","trans_depth":1}"#,
        "\n",
        r#"{"_path":"weird","ts":1.0,"uid":"C2"}"#,
        "\n",
        r#"{"_path":"http","#,
    );
    let log = read(text);
    assert_eq!(log.capture.entries, 4);
    let [lookup, request] = &log.exchanges[..] else {
        panic!()
    };
    assert_eq!(
        (lookup.kind, lookup.host.as_str()),
        (ExchangeKind::Lookup, "a.example")
    );
    assert_eq!(lookup.aliases, ["c.example"]);
    assert_eq!(lookup.started, request.started);
    assert_eq!(request.url, "http://b.example/?q=\"1\"");
    let url = request
        .fields
        .iter()
        .find(|f| f.name == FieldName::Url)
        .unwrap();
    assert_eq!(url.carrier, Carrier::JsonString);
    assert_eq!(bytes_at(text.as_bytes(), url.span), br#"/\u003fq=\"1\""#);
    assert_eq!(log.defects.len(), 2);
    assert!(log.messages()[0].starts_with("the file ends inside this line"));
    assert!(log.messages()[1].starts_with("1 lines are of the log `weird`"));
}

#[test]
fn a_file_of_another_log_is_refused_with_the_log_named() {
    for text in [
        tsv("x509", &["ts", "fingerprint"], &[&["1.0", "ab"]]),
        r#"{"_path":"x509","ts":1.0,"fingerprint":"ab"}"#.to_owned(),
    ] {
        let reader = recognise(text.as_bytes()).unwrap();
        assert_eq!(reader.name(), "zeek");
        let said = read_as("zeek", text.as_bytes(), &Settings::default())
            .err()
            .unwrap()
            .to_string();
        assert!(
            said.contains("the log `x509` names no server contact"),
            "{said}"
        );
        assert!(said.contains("take in the logs `conn`"), "{said}");
    }
}

#[test]
fn a_second_header_holds_for_the_lines_behind_it() {
    let first = tsv("dns", &["ts", "query"], &[&["1.0", "a.example"]]);
    let second = tsv(
        "dns",
        &["query", "ts"],
        &[&["b.example", "2.5"], &["c.example"]],
    );
    let log = read(&(first + &second));
    let hosts: Vec<_> = log.exchanges.iter().map(|e| e.host.as_str()).collect();
    assert_eq!(hosts, ["a.example", "b.example"]);
    assert_eq!(log.exchanges[1].started_as_written, "2.5");
    assert_eq!(
        log.messages(),
        ["the line has 1 values where the header names 2"]
    );
    assert_eq!((log.defects[0].exchange, log.capture.entries), (Some(3), 3));
}

#[test]
fn rotated_logs_give_the_entries_in_order() {
    let columns = ["ts", "query"];
    let parts = [
        tsv(
            "dns",
            &columns,
            &[&["1.0", "a.example"], &["2.0", "b.example"]],
        ),
        tsv("dns", &columns, &[&["3.0", "c.example"]]),
    ];
    let all: Vec<Exchange> = parts.iter().flat_map(|part| read(part).exchanges).collect();
    assert!(all.windows(2).all(|w| w[0].started < w[1].started));
    assert_eq!(all.iter().map(|e| e.ordinal).collect::<Vec<_>>(), [1, 2, 1]);
}

#[test]
fn other_separators_are_taken_from_the_header() {
    let text = "#separator |\n#set_separator|;\n#empty_field|EMPTY\n#unset_field|N\n#path|dns\n#fields|ts|query|qtype_name|answers\n1.0|a.example|A|b.example;192.0.2.1\n2.0|N|EMPTY|N\n";
    let log = read(text);
    assert_eq!(log.exchanges[0].aliases, ["b.example"]);
    assert_eq!(
        (log.exchanges[1].host.as_str(), &log.exchanges[1].detail),
        ("", &None)
    );
}

#[test]
fn a_line_beyond_the_bound_is_an_entry_and_a_defect() {
    let text = tsv(
        "dns",
        &["ts", "query"],
        &[&["1.0", &"a".repeat(200)], &["2.0", "b.example"]],
    );
    let limits = Limits {
        line_bytes: 100,
        ..Limits::default()
    };
    let log = read_as("zeek", text.as_bytes(), &limits.into()).unwrap();
    assert_eq!((log.exchanges.len(), log.capture.entries), (1, 2));
    assert_eq!(
        log.messages(),
        ["the line is longer than the bound of 100 bytes"]
    );
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        json in any::<bool>(),
    ) {
        let mut file = if json {
            br#"{"_path":"http","ts":1.5,"id":{"orig_h":"::1","orig_p":1},"method":"GET","host":"a","uri":"/\u00e9"}"#.to_vec()
        } else {
            one("http", &["method", "host", "uri", "answers"], &["GET", "a.example", "/\\x4", "a,b"]).0.into_bytes()
        };
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        // Each place is held against the file there.
        let _ = read_as("zeek", &file, &Settings::default());
        let _ = recognise(&file);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(tail in prop::collection::vec(any::<u8>(), 0..80)) {
        let head = tsv("conn", &["ts", "duration"], &[&["1.0", "2"]]);
        let _ = read_as("zeek", &[head.as_bytes(), &tail].concat(), &Settings::default());
        let _ = read_as("zeek", &tail, &Settings::default());
    }
}
