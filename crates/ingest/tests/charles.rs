//! JSON sessions of Charles.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_ingest::{Limits, Settings, recognise};
use affiant_model::{Carrier, ExchangeKind, FieldName, Reach, Step};
use common::{Log, read_as};
use proptest::prelude::*;
use serde_json::{Value, json};

fn transaction() -> Value {
    json!({
        "status": "COMPLETE", "method": "POST", "protocolVersion": "HTTP/1.1", "scheme": "https",
        "host": "graph.example.com", "port": null, "actualPort": 443, "path": "/v1/é", "query": "id=7",
        "tunnel": false, "keptAlive": false, "webSocket": false,
        "remoteAddress": "graph.example.com/192.0.2.7", "clientAddress": "/198.51.100.3", "clientPort": 50123,
        "times": {"start": "2024-05-23T12:51:03.100+02:00", "requestBegin": "2024-05-23T12:51:03.123+02:00",
                  "requestComplete": "2024-05-23T12:51:03.125+02:00"},
        "ssl": {"protocol": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"},
        "alpn": {"protocol": "http/1.1"},
        "request": {
            "sizes": {"headers": 120, "body": 19}, "contentEncoding": null,
            "header": {"firstLine": "POST /v1/%C3%A9?id=7 HTTP/1.1", "headers": [
                {"name": "Host", "value": "graph.example.com"},
                {"name": "Cookie", "value": "a=\"1\""}, {"name": "cookie", "value": "b=2"}]},
            "body": {"text": "mail=ann@example.org"},
        },
        "response": {"status": 200, "sizes": {"headers": 80, "body": 2},
            "header": {"firstLine": "HTTP/1.1 200 OK", "headers": []}, "body": {"text": "{}"}},
    })
}

/// A session of the transactions, read.
fn read(transactions: &[Value]) -> Log {
    let file = serde_json::to_vec(transactions).unwrap();
    assert_eq!(recognise(&file).unwrap().name(), "charles");
    read_as("charles", &file, &Settings::default()).unwrap()
}

fn one(change: impl FnOnce(&mut Value)) -> Log {
    let mut transaction = transaction();
    change(&mut transaction);
    read(&[transaction])
}

fn fields(log: &Log) -> Vec<(String, String)> {
    let exchange = &log.exchanges[0];
    let fields = exchange.fields.iter().map(|field| {
        let name = match &field.name {
            FieldName::Url => "url".to_owned(),
            FieldName::Body => "body".to_owned(),
            FieldName::Header { name, nth } => format!("{name}#{nth}"),
            FieldName::Query { name, .. } => format!("query {name}"),
            other => format!("{other:?}"),
        };
        let bytes = exchange.bytes_of(field);
        (name, String::from_utf8_lossy(bytes).into_owned())
    });
    fields.collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
    pairs.iter().map(own).collect()
}

#[test]
fn a_transaction_is_read_with_each_part_in_its_place() {
    let log = one(|_| {});
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    let exchange = &log.exchanges[0];
    assert_eq!(exchange.url, "https://graph.example.com/v1/é?id=7");
    assert_eq!(
        (exchange.host.as_str(), exchange.method.as_str()),
        ("graph.example.com", "POST")
    );
    assert_eq!(
        (exchange.status, exchange.reach),
        (Some(200), Reach::Acknowledged)
    );
    assert_eq!(
        exchange.started,
        Some("2024-05-23T10:51:03.123Z".parse().unwrap())
    );
    assert_eq!(
        exchange.client.address.as_deref(),
        Some("198.51.100.3:50123")
    );
    assert_eq!(exchange.server_address.as_deref(), Some("192.0.2.7"));
    // What Charles agreed on with one of the two ends is not what the client did.
    assert_eq!(exchange.tls, None);
    let mut found = fields(&log);
    found.sort();
    let wanted = [
        ("Cookie#1", r#"a=\"1\""#),
        ("Host#1", "graph.example.com"),
        ("body", "mail=ann@example.org"),
        ("cookie#2", "b=2"),
        ("url", "/v1/%C3%A9?id=7"),
    ];
    assert_eq!(found, owned(&wanted));
    assert!(
        exchange
            .fields
            .iter()
            .all(|f| f.carrier == Carrier::JsonString)
    );
}

#[test]
fn a_request_of_http_2_has_its_address_in_a_header() {
    let log = one(|t| {
        t["host"] = json!("other.example");
        t["request"]["header"] = json!({"headers": [
            {"name": ":method", "value": "POST"}, {"name": ":path", "value": "/v1?id=7"},
            {"name": ":scheme", "value": "https"}, {"name": ":authority", "value": "graph.example.com"}]});
    });
    let wanted = [
        (":authority#1", "graph.example.com"),
        ("body", "mail=ann@example.org"),
        ("url", "/v1?id=7"),
    ];
    let mut found = fields(&log);
    found.sort();
    assert_eq!(found, owned(&wanted));
    assert_eq!(log.exchanges[0].host, "graph.example.com");
    assert_eq!(
        log.messages(),
        [
            "the request names the host `graph.example.com` where the transaction has `other.example`"
        ]
    );
    let bare = one(|t| t["request"]["header"] = json!({"headers": []}));
    let mut found = fields(&bare);
    found.sort();
    let wanted = [
        ("body", "mail=ann@example.org"),
        ("query query", "id=7"),
        ("url", "/v1/é"),
    ];
    assert_eq!(found, owned(&wanted));
}

#[test]
fn a_body_in_base64_says_so_and_one_that_is_missing_too() {
    let log = one(|t| {
        t["request"]["body"] = json!({"encoding": "base64", "encoded": "H4sIAAAA"});
        t["request"]["contentEncoding"] = json!("br");
    });
    let body = log.exchanges[0]
        .fields
        .iter()
        .find(|f| f.name == FieldName::Body)
        .unwrap();
    assert_eq!(body.declared, [Step::Base64]);
    assert_eq!(log.exchanges[0].request_body_bytes, 6);
    assert_eq!(
        log.messages(),
        ["the body is under the content coding `br`"]
    );
    let log = one(|t| t["request"]["body"] = json!(null));
    assert_eq!(
        log.messages(),
        ["the capture records a request body of 19 bytes but does not hold it"]
    );
    let log =
        one(|t| t["request"]["body"] = json!({"encoding": "hex", "encoded": "00", "text": "x"}));
    assert_eq!(
        log.messages(),
        ["the body is under an encoding that is not known"]
    );
}

#[test]
fn the_reach_is_never_further_than_the_transaction_shows() {
    let reach = |change: &dyn Fn(&mut Value)| one(|t| change(t)).exchanges[0].reach;
    assert_eq!(reach(&|t| t["status"] = json!("FAILED")), Reach::Attempted);
    assert_eq!(
        reach(&|t| t["status"] = json!("EXCEPTION")),
        Reach::Attempted
    );
    assert_eq!(reach(&|t| t["status"] = json!("BLOCKED")), Reach::Attempted);
    assert_eq!(
        reach(&|t| t["response"]["status"] = json!(407)),
        Reach::Attempted
    );
    assert_eq!(reach(&|t| t["response"] = json!(null)), Reach::Sent);
    let unsent = |t: &mut Value| {
        t["response"] = json!({"status": null});
        t["times"]["requestComplete"] = json!(null);
    };
    assert_eq!(reach(&unsent), Reach::Attempted);
    assert_eq!(
        reach(&|t| t["status"] = json!("RECEIVING_RESPONSE_BODY")),
        Reach::Acknowledged
    );
}

#[test]
fn a_tunnel_is_a_contact_with_its_handshake() {
    let tunnel = |received: u64| {
        one(|t| {
            t["tunnel"] = json!(true);
            t["method"] = json!("CONNECT");
            t["response"]["sizes"]["body"] = json!(received);
        })
    };
    let log = tunnel(4096);
    let exchange = &log.exchanges[0];
    assert_eq!(
        (exchange.kind, exchange.reach),
        (ExchangeKind::Connection, Reach::Contacted)
    );
    assert_eq!(exchange.host, "graph.example.com");
    assert!(exchange.fields.is_empty());
    assert_eq!(
        exchange.detail.as_deref(),
        Some("tunnel to port 443, COMPLETE, 19 bytes sent, 4096 bytes received")
    );
    let tls = exchange.tls.as_ref().unwrap();
    assert_eq!(tls.version.as_deref(), Some("TLS 1.3"));
    assert_eq!(tunnel(0).exchanges[0].reach, Reach::Attempted);
}

#[test]
fn what_cannot_be_read_is_said() {
    let log = one(|t| {
        t["webSocket"] = json!(true);
        t["times"] = json!({"start": "yesterday"});
        t["request"]["header"]["headers"] = json!([7]);
    });
    assert_eq!(
        log.messages(),
        [
            "an item of the headers is not an object with name and value",
            "the transaction is a WebSocket, whose messages are not in this file",
            "the time `yesterday` is none",
        ]
    );
    let log = read(&[transaction(), json!(1), json!({"host": ""})]);
    assert_eq!((log.exchanges.len(), log.capture.entries), (1, 3));
    let whole = serde_json::to_string(&[transaction(), transaction()]).unwrap();
    let cut = read_as(
        "charles",
        &whole.as_bytes()[..whole.len() - 30],
        &Settings::default(),
    )
    .unwrap();
    assert_eq!((cut.exchanges.len(), cut.capture.entries), (1, 2));
    assert_eq!(cut.messages()[0], "the file ends inside this transaction");
    let behind = format!("{whole}\n x");
    let log = read_as("charles", behind.as_bytes(), &Settings::default()).unwrap();
    assert_eq!(
        log.messages(),
        ["1 bytes stand behind the end of the JSON text"]
    );
    let limits = Limits {
        entry_bytes: 100,
        ..Limits::default()
    };
    let log = read_as("charles", whole.as_bytes(), &limits.into()).unwrap();
    assert_eq!(
        log.messages()[0],
        "the transaction is larger than the bound of 100 bytes"
    );
    assert!(read_as("charles", b"{}", &Settings::default()).is_err());
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = serde_json::to_vec(&[transaction()]).unwrap();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = read_as("charles", &file, &Settings::default());
    }

    #[test]
    fn what_is_written_reads_back(path in "/[a-z0-9/]{0,12}", query in "[a-z=&0-9]{0,12}", body in "\\PC{1,40}") {
        let log = one(|t| {
            t["path"] = json!(path);
            t["query"] = json!(query);
            t["request"]["body"]["text"] = json!(body);
        });
        let mark = if query.is_empty() { "" } else { "?" };
        prop_assert_eq!(&log.exchanges[0].url, &format!("https://graph.example.com{path}{mark}{query}"));
        prop_assert_eq!(log.exchanges[0].request_body_bytes, body.len() as u64);
    }
}
