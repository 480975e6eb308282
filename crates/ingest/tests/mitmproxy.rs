//! Flow files of mitmproxy: what is read of a flow, and what is said of one
//! that cannot be read.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]
#![allow(unreachable_pub, reason = "shared between the parts of this test")]

mod common;
#[path = "mitmproxy/conversations.rs"]
mod conversations;
#[path = "mitmproxy/corpus.rs"]
mod corpus;
#[path = "mitmproxy/damage.rs"]
mod damage;
#[path = "mitmproxy/lookups.rs"]
mod lookups;
#[path = "mitmproxy/random.rs"]
mod random;
#[path = "mitmproxy/theirs.rs"]
mod theirs;
#[path = "mitmproxy/write.rs"]
mod write;

use affiant_ingest::{Limits, recognise};
use affiant_model::{Carrier, Reach};
use write::{V, at, b, flow, read, read_with};

/// What is read of one flow: its reach, and what is said of it.
fn one(flow: &V) -> (write::Log, Option<Reach>) {
    let log = read(&flow.bytes());
    let reach = log.exchanges.first().map(|exchange| exchange.reach);
    (log, reach)
}

#[test]
fn a_flow_is_read_with_the_place_of_each_field() {
    let file = [flow().bytes(), flow().bytes()].concat();
    let log = read(&file);
    assert_eq!(log.messages(), [""; 0]);
    assert_eq!(log.capture.entries, 2);
    assert_eq!(log.capture.version.as_deref(), Some("21"));
    let second = &log.exchanges[1];
    assert_eq!(second.ordinal, 2);
    assert_eq!(second.span.offset, flow().bytes().len() as u64);
    assert_eq!(
        (second.method.as_str(), second.url.as_str()),
        ("POST", "https://Example.org/v1/e?id=7")
    );
    assert_eq!(second.host, "example.org");
    assert_eq!(second.status, Some(204));
    assert_eq!(
        second.started,
        Some("2020-05-20T18:40:00.123456Z".parse().unwrap())
    );
    assert_eq!(second.started_as_written, "1590000000.1234567");
    assert_eq!(second.server_address.as_deref(), Some("192.0.2.7"));
    assert_eq!(second.request_body_bytes, 3);
    let fields: Vec<_> = second
        .fields
        .iter()
        .map(|field| {
            assert_eq!(field.carrier, Carrier::Raw);
            (locator(&field.name), at(&file, field.span))
        })
        .collect();
    let wanted: [(&str, &[u8]); 6] = [
        ("request.url", b"/v1/e?id=7"),
        ("request.header Host", b"Example.org"),
        ("request.header Cookie", b"_fbp=1"),
        ("request.header cookie#2", b"_ga=2"),
        ("request.header Content-Length", b"3"),
        ("request.body", b"a=\xff"),
    ];
    let wanted = wanted.map(|(name, bytes)| (name.to_owned(), bytes));
    assert_eq!(fields, wanted);
}

fn locator(name: &affiant_model::FieldName) -> String {
    let steps = Vec::new();
    affiant_model::Locator {
        field: name.clone(),
        steps,
    }
    .to_string()
}

#[test]
fn the_address_is_that_which_the_request_names() {
    let list = |pairs: &[(&str, &str)]| {
        V::List(
            pairs
                .iter()
                .map(|(n, v)| V::List(vec![b(n), b(v)]))
                .collect(),
        )
    };
    let none = || flow().with("request.headers", list(&[]));
    let two = || none().with("request.http_version", b("HTTP/2.0"));
    for (flow, url, host, messages) in [
        (none(), "https://192.0.2.7/v1/e?id=7", "192.0.2.7", 0),
        (
            none().with("request.port", V::Int(8443)),
            "https://192.0.2.7:8443/v1/e?id=7",
            "192.0.2.7",
            0,
        ),
        (
            none().with("request.host", V::Text("2001:db8::1")),
            "https://[2001:db8::1]/v1/e?id=7",
            "[2001:db8::1]",
            0,
        ),
        (
            two().with("request.authority", b("a.example:8443")),
            "https://a.example:8443/v1/e?id=7",
            "a.example",
            0,
        ),
        (
            two().with("request.headers", list(&[(":authority", "b.example")])),
            "https://b.example/v1/e?id=7",
            "b.example",
            0,
        ),
        (
            flow().with("request.authority", b("proxy.example:443")),
            "https://Example.org/v1/e?id=7",
            "example.org",
            0,
        ),
        (
            flow().with("request.host", V::Text("example.com")),
            "https://Example.org/v1/e?id=7",
            "example.org",
            1,
        ),
        (
            none().with("request.headers", list(&[("Host", "a/b")])),
            "https://192.0.2.7/v1/e?id=7",
            "192.0.2.7",
            1,
        ),
        (
            none().with("request.path", b("@evil.example/")),
            "https://192.0.2.7/@evil.example/",
            "192.0.2.7",
            0,
        ),
        (
            none().with("request.path", b("*")),
            "https://192.0.2.7",
            "192.0.2.7",
            0,
        ),
        (
            flow().with("request.method", b("CONNECT")),
            "192.0.2.7:443",
            "192.0.2.7",
            0,
        ),
    ] {
        let (log, _) = one(&flow);
        let exchange = &log.exchanges[0];
        assert_eq!((exchange.url.as_str(), exchange.host.as_str()), (url, host));
        assert_eq!(log.defects.len(), messages, "{url}: {:?}", log.messages());
    }
}

#[test]
fn authority_is_a_field_unless_a_header_says_the_same() {
    let names = |flow: V| -> Vec<String> {
        let (log, _) = one(&flow);
        let fields = log.exchanges[0].fields.iter();
        fields
            .map(|f| locator(&f.name))
            .filter(|n| n.contains("ost") || n.contains("auth"))
            .collect()
    };
    let two = flow().with("request.http_version", b("HTTP/2.0"));
    assert_eq!(
        names(two.clone().with("request.authority", b("Example.org"))),
        ["request.header Host"]
    );
    let both = names(two.with("request.authority", b("a.example")));
    assert_eq!(both, ["request.header :authority", "request.header Host"]);
}

#[test]
fn the_reach_is_no_further_than_the_flow_bears_out() {
    let silent = || flow().with("response", V::Null);
    let error = |text| V::Dict(vec![("msg", V::Text(text)), ("timestamp", V::Float("1.5"))]);
    let no_connection = || V::Dict(vec![("address", V::Null)]);
    let quic = || {
        flow()
            .with("server_conn.transport_protocol", V::Text("udp"))
            .with("server_conn.timestamp_tcp_setup", V::Null)
    };
    for (why, flow, reach) in [
        ("answered", flow(), Reach::Acknowledged),
        ("answered over QUIC", quic(), Reach::Acknowledged),
        (
            "answered, then an error",
            flow().with("error", error("stream reset")),
            Reach::Acknowledged,
        ),
        (
            "answered 407",
            flow().with("response.status_code", V::Int(407)),
            Reach::Attempted,
        ),
        (
            "answered 100",
            flow().with("response.status_code", V::Int(100)),
            Reach::Sent,
        ),
        (
            "answered 0",
            flow().with("response.status_code", V::Int(0)),
            Reach::Attempted,
        ),
        (
            "answered without a connection",
            flow().with("server_conn", no_connection()),
            Reach::Attempted,
        ),
        (
            "blocked",
            flow().with("metadata.blocklisted", V::Bool(true)),
            Reach::Attempted,
        ),
        (
            "CONNECT",
            flow().with("request.method", b("CONNECT")),
            Reach::Attempted,
        ),
        (
            "client replay",
            flow().with("is_replay", V::Text("request")),
            Reach::Attempted,
        ),
        (
            "server replay",
            flow().with("is_replay", V::Text("response")),
            Reach::Attempted,
        ),
        ("silent", silent(), Reach::Sent),
        (
            "silent, cut off",
            silent().with("request.timestamp_end", V::Null),
            Reach::Attempted,
        ),
        (
            "silent, held back",
            silent().with("intercepted", V::Bool(true)),
            Reach::Attempted,
        ),
        (
            "silent, no TLS",
            silent().with("server_conn.timestamp_tls_setup", V::Null),
            Reach::Attempted,
        ),
        (
            "failed once connected",
            silent().with("error", error("server disconnected")),
            Reach::Sent,
        ),
        (
            "killed",
            silent().with("error", error("Connection killed.")),
            Reach::Attempted,
        ),
        (
            "failed on an older connection",
            silent()
                .with("error", error("client disconnected"))
                .with("server_conn.timestamp_tls_setup", V::Float("1590000000.1")),
            Reach::Attempted,
        ),
        (
            "response is a list",
            flow().with("response", V::List(vec![])),
            Reach::Attempted,
        ),
    ] {
        assert_eq!(one(&flow).1, Some(reach), "{why}");
    }
}

#[test]
fn what_was_done_to_a_flow_is_said() {
    for (flow, said) in [
        (
            flow().with("is_replay", V::Text("request")),
            "client replay",
        ),
        (
            flow().with("request.is_replay", V::Bool(true)),
            "client replay",
        ),
        (
            flow().with("is_replay", V::Text("response")),
            "server replay",
        ),
        (
            flow().with("backup", V::Dict(vec![("id", V::Text("x"))])),
            "was edited",
        ),
        (
            flow().with("request.timestamp_start", V::Null),
            "no start time",
        ),
        (
            flow().with("request.timestamp_start", V::Text("soon")),
            "`soon` is not a time",
        ),
        (flow().with("request.method", V::Null), "no method"),
        (
            flow().with("request.headers", V::Int(1)),
            "`headers` is not a list",
        ),
        (
            flow().with("request.trailers", V::List(vec![V::Int(1)])),
            "not a pair",
        ),
        (
            flow().with("request.content", V::Null),
            "does not hold the request body of 3 bytes",
        ),
        (
            flow().with("request.content", V::Int(0)),
            "does not hold the request body of 3 bytes",
        ),
        (
            flow().with("request.content", b("a")),
            "states a body of 3 bytes and holds 1",
        ),
        (
            flow().with(
                "request.trailers",
                V::List(vec![V::List(vec![b("Content-Encoding"), b("gzip, br")])]),
            ),
            "content coding `br`",
        ),
        (
            flow().with("response.status_code", V::Text("ok")),
            "`ok` is not one of HTTP",
        ),
    ] {
        let (log, reach) = one(&flow);
        assert!(reach.is_some(), "it is read");
        assert_eq!(log.defects.len(), 1, "{said}: {:?}", log.messages());
        assert!(
            log.messages()[0].contains(said),
            "{said}: {:?}",
            log.messages()
        );
    }
}

#[test]
fn flow_files_are_recognised_by_content() {
    assert_eq!(recognise(&flow().bytes()).unwrap().name(), "mitmproxy");
    assert_eq!(recognise(b"2140:5:error,0:~").unwrap().name(), "mitmproxy");
    for other in [
        &b"12:{\"log\":1}"[..],
        b"2020-03-20",
        b"123",
        b"5:hello,",
        b"1:1#",
        b"9:3:A B,",
    ] {
        assert!(
            recognise(other).is_err(),
            "{}",
            String::from_utf8_lossy(other)
        );
        let said = read_with(other, &Limits::default())
            .err()
            .unwrap()
            .to_string();
        assert!(said.starts_with("not a mitmproxy flow file: "), "{said}");
    }
}
