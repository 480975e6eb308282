//! Flows that are a conversation, of TCP and UDP, and the messages of WebSockets.

use affiant_ingest::Limits;
use affiant_model::{Exchange, ExchangeKind, FieldName, Reach};

use super::lookups::lookup;
use super::write::{V, at, b, flow, read, read_with};

/// A message of a WebSocket: whether of the client, its content, and whether it
/// was dropped or injected.
fn message(client: bool, content: &str, dropped: bool, injected: bool) -> V {
    V::List(vec![
        V::Int(1),
        V::Bool(client),
        b(content),
        V::Float("1590000001.5"),
        V::Bool(dropped),
        V::Bool(injected),
    ])
}

fn plain(client: bool, content: &str, time: &'static str) -> V {
    V::List(vec![V::Bool(client), b(content), V::Float(time)])
}

fn websocket(messages: Vec<V>) -> V {
    flow()
        .with("response.status_code", V::Int(101))
        .with("websocket", V::Dict(vec![("messages", V::List(messages))]))
}

/// A flow of that type, without request and response.
pub fn stream(kind: &'static str, messages: Vec<V>) -> V {
    let V::Dict(members) = flow() else { panic!() };
    let kept = members
        .into_iter()
        .filter(|(name, _)| !["request", "response"].contains(name));
    V::Dict(kept.collect())
        .with("type", V::Text(kind))
        .with("timestamp_created", V::Float("1590000000.1"))
        .with("client_conn", client())
        .with(
            "server_conn.address",
            V::List(vec![V::Text("Mqtt.Example.org"), V::Int(8883)]),
        )
        .with("messages", V::List(messages))
}

fn client() -> V {
    V::Dict(vec![
        (
            "peername",
            V::List(vec![V::Text("10.0.0.2"), V::Int(40000)]),
        ),
        ("sni", V::Text("Named.example")),
        ("timestamp_start", V::Float("1590000000.05")),
    ])
}

fn sent<'f>(file: &'f [u8], exchange: &Exchange) -> Vec<(u32, &'f [u8])> {
    let messages = exchange.fields.iter().filter_map(|field| match field.name {
        FieldName::Message { nth } => Some((nth, at(file, field.span))),
        _ => None,
    });
    messages.collect()
}

#[test]
fn what_the_client_sent_over_a_websocket_is_a_field_of_the_request_that_opened_it() {
    let file = websocket(vec![
        message(true, "one", false, false),
        message(false, "answer", false, false),
        message(true, "two", false, false),
    ])
    .bytes();
    let log = read(&file);
    assert_eq!(log.messages(), [""; 0]);
    let exchange = &log.exchanges[0];
    assert_eq!(
        (exchange.kind, exchange.reach, exchange.status),
        (ExchangeKind::Request, Reach::Acknowledged, Some(101))
    );
    assert_eq!(sent(&file, exchange), [(1, &b"one"[..]), (2, b"two")]);
    assert_eq!(
        exchange.detail.as_deref(),
        Some("WebSocket: 2 messages of the client, 1 of the server")
    );
    assert_eq!(
        exchange.until,
        Some("2020-05-20T18:40:01.500Z".parse().unwrap())
    );
    assert_eq!(
        exchange.request_body_bytes, 3,
        "the body of the request alone"
    );
}

#[test]
fn a_message_that_the_client_did_not_send_or_that_went_no_further_is_no_field() {
    let all = || {
        websocket(vec![
            message(true, "injected", false, true),
            message(true, "dropped", true, false),
            message(true, "sent", false, false),
            message(true, "last", false, false),
        ])
    };
    let file = all().bytes();
    let log = read(&file);
    // The second that the client sent is the third in the list.
    assert_eq!(
        sent(&file, &log.exchanges[0]),
        [(2, &b"sent"[..]), (3, b"last")]
    );
    let said = ["injected 1 message", "dropped 1 message of the client"];
    assert_eq!(log.defects.len(), said.len(), "{:?}", log.messages());
    for (message, said) in log.messages().iter().zip(said) {
        assert!(message.contains(said), "{message}");
    }
    let killed = V::Dict(vec![("msg", V::Text("Connection killed."))]);
    for held in [
        all().with("intercepted", V::Bool(true)),
        all().with("error", killed),
    ] {
        let file = held.bytes();
        let log = read(&file);
        assert_eq!(sent(&file, &log.exchanges[0]), [(2, &b"sent"[..])]);
        assert!(log.messages()[2].contains("at its last message"));
    }
}

#[test]
fn a_flow_of_tcp_or_udp_is_a_conversation() {
    let talk = || {
        vec![
            plain(true, "hello", "1590000001.0"),
            plain(false, "hi", "1590000002.0"),
            plain(true, "user=7", "1590000003.0"),
        ]
    };
    for (kind, url, detail) in [
        (
            "tcp",
            "tcp://mqtt.example.org:8883",
            "TCP: 2 messages of the client, 1 of the server",
        ),
        (
            "udp",
            "udp://mqtt.example.org:8883",
            "UDP: 2 messages of the client, 1 of the server",
        ),
    ] {
        let file = stream(kind, talk()).bytes();
        let log = read(&file);
        assert_eq!(log.messages(), [""; 0]);
        let exchange = &log.exchanges[0];
        assert_eq!(exchange.kind, ExchangeKind::Message);
        assert_eq!(exchange.reach, Reach::Acknowledged);
        assert_eq!(
            (exchange.url.as_str(), exchange.host.as_str()),
            (url, "mqtt.example.org")
        );
        assert_eq!(exchange.detail.as_deref(), Some(detail));
        assert_eq!(sent(&file, exchange), [(1, &b"hello"[..]), (2, b"user=7")]);
        assert_eq!(exchange.request_body_bytes, 11);
        assert_eq!(exchange.server_address.as_deref(), Some("192.0.2.7"));
        assert_eq!(exchange.client.address.as_deref(), Some("10.0.0.2:40000"));
        assert_eq!(
            (exchange.started, exchange.until),
            (
                Some("2020-05-20T18:40:01Z".parse().unwrap()),
                Some("2020-05-20T18:40:03Z".parse().unwrap())
            )
        );
    }
}

#[test]
fn the_reach_of_a_conversation_is_no_further_than_the_flow_bears_out() {
    let one = || stream("tcp", vec![plain(true, "x", "1590000001.0")]);
    let tls = || one().with("server_conn.tls", V::Bool(true));
    for (why, flow, kind, reach) in [
        ("silent", one(), ExchangeKind::Message, Reach::Sent),
        (
            "the server spoke first, and then no more",
            stream(
                "tcp",
                vec![
                    plain(false, "220", "1590000001.0"),
                    plain(true, "x", "1590000001.0"),
                ],
            ),
            ExchangeKind::Message,
            Reach::Sent,
        ),
        ("TLS stood", tls(), ExchangeKind::Message, Reach::Sent),
        (
            "TLS did not stand",
            tls().with("server_conn.timestamp_tls_setup", V::Null),
            ExchangeKind::Message,
            Reach::Attempted,
        ),
        (
            "no connection",
            one().with("server_conn.timestamp_tcp_setup", V::Null),
            ExchangeKind::Message,
            Reach::Attempted,
        ),
        (
            "nothing was said",
            stream("tcp", vec![]),
            ExchangeKind::Connection,
            Reach::Contacted,
        ),
        (
            "nothing was said, for want of a connection",
            stream("tcp", vec![]).with("server_conn.timestamp_tcp_setup", V::Null),
            ExchangeKind::Connection,
            Reach::Attempted,
        ),
    ] {
        let log = read(&flow.bytes());
        let exchange = &log.exchanges[0];
        assert_eq!((exchange.kind, exchange.reach), (kind, reach), "{why}");
    }
}

#[test]
fn a_server_that_is_a_number_has_the_name_that_the_client_gave() {
    let number = V::List(vec![V::Text("192.0.2.7"), V::Int(443)]);
    let flow = stream("tcp", vec![]).with("server_conn.address", number);
    let host = |flow: V| read(&flow.bytes()).exchanges[0].host.clone();
    assert_eq!(host(flow.clone()), "named.example");
    assert_eq!(
        host(flow.with("client_conn.sni", V::Bool(true))),
        "192.0.2.7",
        "a mere yes, until format 18"
    );
}

#[test]
fn what_the_file_shows_of_tls_is_kept() {
    // The certificate is `abc` in base64; its digest is the vector of FIPS 180.
    let pem = "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n";
    let flow = flow()
        .with("client_conn", client())
        .with("server_conn.tls_version", V::Text("TLSv1.2"))
        .with("server_conn.cipher", V::Text("ECDHE-RSA-AES128-GCM-SHA256"))
        .with("server_conn.alpn", b("h2"))
        .with("server_conn.certificate_list", V::List(vec![b(pem)]));
    let tls = read(&flow.bytes()).exchanges[0].tls.clone().unwrap();
    assert_eq!(tls.version.as_deref(), Some("TLS 1.2"));
    assert_eq!(
        tls.cipher.as_deref(),
        Some("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
    );
    assert_eq!(tls.alpn.as_deref(), Some("h2"));
    assert_eq!(tls.sni.as_deref(), Some("named.example"));
    assert_eq!(
        tls.certificate.as_deref(),
        Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    );
}

/// Messages in a flow of their own, as until format 11, after the request that
/// opened them.
fn apart(id: &'static str) -> V {
    let messages = vec![
        V::List(vec![
            V::Int(1),
            V::Bool(true),
            V::Text("hello"),
            V::Int(1_590_000_001),
            V::Bool(false),
        ]),
        V::List(vec![
            V::Int(1),
            V::Bool(true),
            V::Text("killed"),
            V::Int(1_590_000_002),
            V::Bool(true),
        ]),
        V::List(vec![
            V::Int(2),
            V::Bool(false),
            b("hi"),
            V::Int(1_590_000_003),
        ]),
    ];
    stream("websocket", messages)
        .with("version", V::Int(7))
        .with(
            "metadata",
            V::Dict(vec![("websocket_handshake", V::Text(id))]),
        )
}

#[test]
fn messages_in_a_flow_of_their_own_have_the_address_of_the_request_that_opened_them() {
    let opening = flow()
        .with("version", V::Int(7))
        .with("id", V::Text("abc"))
        .with("metadata", V::Dict(vec![("websocket", V::Bool(true))]));
    let file = [
        opening.bytes(),
        apart("abc").bytes(),
        apart("other").bytes(),
    ]
    .concat();
    let log = read(&file);
    let [opening, joined, alone] = &log.exchanges[..] else {
        panic!("{:?}", log.messages())
    };
    assert_eq!(
        (&opening.url, opening.kind),
        (&joined.url, ExchangeKind::Request)
    );
    assert_eq!(
        (joined.kind, joined.reach),
        (ExchangeKind::Message, Reach::Acknowledged)
    );
    assert_eq!(joined.host, "example.org");
    assert_eq!(
        joined.detail.as_deref(),
        Some("WebSocket that exchange 1 opened: 2 messages of the client, 1 of the server")
    );
    assert_eq!(sent(&file, joined), [(1, &b"hello"[..])]);
    assert_eq!(
        (alone.url.as_str(), alone.host.as_str()),
        ("", "mqtt.example.org")
    );
    let said = log.messages();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].contains("dropped 1 message"));
    assert!(
        said.iter().any(|m| m.contains("does not stand before it")),
        "{said:?}"
    );
}

#[test]
fn a_request_that_stands_twice_since_its_messages_were_joined_to_it_is_said_to() {
    let metadata = V::Dict(vec![("duplicated", V::Text("may appear duplicated"))]);
    let log = read(&websocket(vec![]).with("metadata", metadata).bytes());
    assert_eq!(
        log.messages(),
        ["the flow says that its request may stand in the file twice"]
    );
}

#[test]
fn what_of_a_conversation_cannot_be_read_is_said() {
    let list = |items| V::List(items);
    for (flow, exchanges, said) in [
        (
            stream("tcp", vec![V::Null]),
            1,
            "does not say who sent what",
        ),
        (
            stream("tcp", vec![list(vec![V::Int(1), b("x"), V::Int(1)])]),
            1,
            "does not say who sent what",
        ),
        (
            stream("tcp", vec![]).with("messages", V::Int(1)),
            1,
            "`messages` is not a list",
        ),
        (
            stream("tcp", vec![]).with("messages", V::Null),
            1,
            "no messages, not even none",
        ),
        (
            stream("udp", vec![])
                .with("server_conn", V::Dict(vec![]))
                .with("client_conn", V::Null),
            0,
            "names no server",
        ),
    ] {
        let log = read(&flow.bytes());
        assert_eq!(log.exchanges.len(), exchanges, "{said}");
        assert_eq!(log.defects.len(), 1, "{said}: {:?}", log.messages());
        assert!(log.messages()[0].contains(said), "{:?}", log.messages());
    }
}

#[test]
fn messages_beyond_the_bound_are_said() {
    let limits = Limits {
        fields: 2,
        ..Limits::default()
    };
    let messages = (0..4).map(|_| plain(true, "x", "1590000001.0")).collect();
    let file = stream("tcp", messages).bytes();
    let log = read_with(&file, &limits).unwrap();
    assert_eq!(sent(&file, &log.exchanges[0]).len(), 2);
    assert_eq!(
        log.messages(),
        ["the flow has 4 messages, more than the bound of 2"]
    );
}

/// A flow of each kind that is no plain request.
pub fn of_each_kind() -> Vec<u8> {
    let talk = || vec![plain(true, "a", "1.5"), plain(false, "b", "2.5")];
    [
        websocket(vec![message(true, "x", false, true)]),
        stream("tcp", talk()),
        stream("udp", talk()),
        apart("none"),
        lookup(),
    ]
    .iter()
    .flat_map(V::bytes)
    .collect()
}
