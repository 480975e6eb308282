//! Flows of DNS.

use affiant_model::{ExchangeKind, Reach};

use super::conversations::stream;
use super::write::{V, b, read};

pub fn lookup() -> V {
    let question = V::Dict(vec![
        ("name", V::Text("Graph.Example.org")),
        ("type", V::Int(1)),
        ("class_", V::Int(1)),
    ]);
    let record = |kind, data: &[u8]| {
        V::Dict(vec![
            ("name", V::Text("graph.example.org")),
            ("type", V::Int(kind)),
            ("class_", V::Int(1)),
            ("ttl", V::Int(60)),
            ("data", b(data)),
        ])
    };
    stream("dns", vec![])
        .with(
            "request",
            V::Dict(vec![
                ("timestamp", V::Float("1590000000.5")),
                ("questions", V::List(vec![question])),
            ]),
        )
        .with(
            "response",
            V::Dict(vec![
                ("response_code", V::Int(0)),
                (
                    "answers",
                    V::List(vec![
                        record(5, b"\x03cdn\x07Example\x03net\x00"),
                        record(1, b"\xc0\x00\x02\x09"),
                    ]),
                ),
            ]),
        )
}

#[test]
fn a_flow_of_dns_is_a_lookup() {
    let log = read(&lookup().bytes());
    assert_eq!(log.messages(), [""; 0]);
    let exchange = &log.exchanges[0];
    assert_eq!(
        (exchange.kind, exchange.reach, exchange.host.as_str()),
        (ExchangeKind::Lookup, Reach::Contacted, "graph.example.org")
    );
    assert_eq!(exchange.detail.as_deref(), Some("A NOERROR"));
    assert_eq!(exchange.aliases, ["cdn.example.net"]);
    assert_eq!(exchange.server_address.as_deref(), Some("192.0.2.9"));
    assert_eq!(exchange.client.address.as_deref(), Some("10.0.0.2:40000"));
    assert!(exchange.fields.is_empty());
    let failed = V::Dict(vec![("msg", V::Text("no upstream"))]);
    let log = read(
        &lookup()
            .with("response", V::Null)
            .with("error", failed)
            .bytes(),
    );
    let exchange = &log.exchanges[0];
    assert_eq!(exchange.reach, Reach::Attempted);
    assert_eq!(exchange.detail.as_deref(), Some("A, error: no upstream"));
}

#[test]
fn what_of_a_lookup_cannot_be_read_is_said() {
    let list = |items| V::List(items);
    for (flow, exchanges, said) in [
        (lookup().with("request", V::Null), 0, "no question"),
        (
            lookup().with("request.questions", list(vec![])),
            0,
            "nothing that was asked for",
        ),
        (
            lookup().with(
                "response.answers",
                list(vec![V::Dict(vec![("type", V::Int(1)), ("data", b("abc"))])]),
            ),
            1,
            "not as mitmproxy writes it",
        ),
    ] {
        let log = read(&flow.bytes());
        assert_eq!(log.exchanges.len(), exchanges, "{said}");
        assert_eq!(log.defects.len(), 1, "{said}: {:?}", log.messages());
        assert!(log.messages()[0].contains(said), "{:?}", log.messages());
    }
}
