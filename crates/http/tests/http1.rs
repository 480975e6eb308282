//! Conversations of HTTP/1, written by hand.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_http::{Event, Protocol, Tunnel, protocol};
use common::{
    Client, Server, Step, answers, body, client, header, http1, messages, requests, responses,
    server, text, troubles,
};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn a_request_is_handed_out_with_its_places_and_its_response() {
    let events = http1(&[
        client("POST /a?b=c HTTP/1.1\r\nHost: example.org\r\nContent-Length: 5\r\n\r\nhello"),
        server(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: id=secret; Path=/\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n",
        ),
    ]);
    let [request] = requests(&events)[..] else {
        panic!()
    };
    assert_eq!((request.number, request.method.as_str()), (1, "POST"));
    assert_eq!(request.target, "/a?b=c");
    assert_eq!(request.host.as_deref(), Some("example.org"));
    assert_eq!(text(&request.raw[request.url.clone()]), "/a?b=c");
    assert_eq!(body(request), "hello");
    assert!(request.complete && request.broken.is_none());
    let [response] = responses(&events)[..] else {
        panic!()
    };
    assert_eq!(
        (response.number, response.status, response.body_bytes),
        (1, 200, 3)
    );
    assert!(response.complete);
    // Of a cookie that is set, the name alone.
    assert_eq!(
        response.headers,
        [
            ("content-type".to_owned(), "text/html".to_owned()),
            ("set-cookie".to_owned(), "id".to_owned()),
        ]
    );
    assert!(troubles(&events).is_empty());
}

#[test]
fn chunks_are_joined_and_trailers_stand_behind_the_body() {
    let events = http1(&[
        client(
            "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n4\r\nWiki\r\n5;a=\"b\"\nbytes\n0\r\nX-Id: 7\r\n\r\nGET /b HTTP/1.1\nHost: h\n\n",
        ),
        server(format!("{OK}{OK}")),
    ]);
    let [first, second] = requests(&events)[..] else {
        panic!()
    };
    assert_eq!(body(first), "Wikibytes");
    assert_eq!(header(first, "x-id").as_deref(), Some("7"));
    assert!(first.raw.ends_with(b"WikibytesX-Id: 7\r\n"));
    assert_eq!(first.pieces.len(), 4);
    assert_eq!(
        (second.target.as_str(), second.host.as_deref()),
        ("/b", Some("h"))
    );
    assert_eq!(answers(&events), [(1, 200, true), (2, 200, true)]);
}

#[test]
fn responses_without_a_body_do_not_swallow_the_next() {
    let events = http1(&[
        client(
            "HEAD / HTTP/1.1\r\n\r\nGET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n",
        ),
        server("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"),
        server(
            "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        ),
        server("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.0 200 OK\r\n\r\nuntil the end"),
    ]);
    assert_eq!(
        answers(&events),
        [
            (1, 200, true),
            (2, 204, true),
            (3, 304, true),
            (4, 200, false)
        ]
    );
    assert_eq!(responses(&events)[3].body_bytes, 13);
}

#[test]
fn an_answer_captured_before_its_request_waits_for_it() {
    let events = http1(&[
        server(OK),
        client("GET /1 HTTP/1.1\r\n\r\n"),
        client("GET /2 HTTP/1.1\r\n\r\n"),
        server(OK),
    ]);
    assert_eq!(answers(&events), [(1, 200, true), (2, 200, true)]);
}

#[test]
fn a_lone_interim_response_is_told_as_that() {
    let events = http1(&[
        client("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"),
        server("HTTP/1.1 100 Continue\r\n\r\n"),
        client("abc"),
    ]);
    assert_eq!(body(requests(&events)[0]), "abc");
    assert_eq!(answers(&events), [(1, 100, false)]);
}

#[test]
fn a_body_that_was_not_asked_for_is_not_made_of_the_next_request() {
    let events = http1(&[
        client("POST /up HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 300\r\n\r\n"),
        server("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"),
        client("GET /next HTTP/1.1\r\n\r\n"),
        server(OK),
    ]);
    let [first, second] = requests(&events)[..] else {
        panic!()
    };
    assert!(!first.complete && body(first).is_empty());
    assert!(first.broken.as_deref().unwrap().contains("answered 401"));
    assert!(second.complete);
    assert_eq!(answers(&events), [(1, 401, true), (2, 200, true)]);
}

#[test]
fn absolute_and_authority_targets_name_the_host() {
    let events = http1(&[
        client("GET http://user.example:8080/a?u=http://b/ HTTP/1.1\r\nHost: other\r\n\r\n"),
        server(OK),
        client("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"),
        server(OK),
    ]);
    let [first, second] = requests(&events)[..] else {
        panic!()
    };
    assert_eq!(first.host.as_deref(), Some("user.example:8080"));
    assert_eq!(first.scheme.as_deref(), Some("http"));
    assert_eq!(
        (second.target.as_str(), second.host.as_deref()),
        ("*", Some("h"))
    );
}

#[test]
fn folded_headers_keep_their_place() {
    let events = http1(&[client(
        "GET / HTTP/1.1\r\nX: one\r\n\ttwo\r\nHost: h\r\n\r\n",
    )]);
    let [request] = requests(&events)[..] else {
        panic!()
    };
    assert_eq!(header(request, "x").as_deref(), Some("one\r\n\ttwo"));
    assert!(request.complete && request.broken.is_none());
}

#[test]
fn what_follows_connect_is_a_tunnel_from_the_right_byte_on() {
    let connect = "CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\n\r\n";
    let agreed = "HTTP/1.1 200 Connection established\r\n\r\n";
    let events = http1(&[
        client(connect),
        client("hello"),
        server(agreed),
        server("world"),
        Step::Lost(Client, 4),
        client("more"),
    ]);
    let start = connect.len() as u64;
    assert_eq!(
        requests(&events)[0].host.as_deref(),
        Some("api.example:443")
    );
    assert_eq!(
        events[2],
        Event::Tunnel(Tunnel {
            number: 1,
            protocol: "CONNECT".to_owned(),
            host: Some("api.example:443".to_owned()),
            client_offset: start,
            server_offset: agreed.len() as u64,
        })
    );
    assert_eq!(
        events[3..],
        [
            Event::TunnelBytes {
                side: Client,
                offset: start,
                bytes: b"hello".to_vec()
            },
            Event::TunnelBytes {
                side: Server,
                offset: agreed.len() as u64,
                bytes: b"world".to_vec()
            },
            Event::TunnelLost {
                side: Client,
                offset: start + 5,
                length: 4
            },
            Event::TunnelBytes {
                side: Client,
                offset: start + 9,
                bytes: b"more".to_vec()
            },
        ]
    );
}

#[test]
fn a_refused_connect_goes_on_as_http() {
    let events = http1(&[
        client(
            "CONNECT a:443 HTTP/1.1\r\n\r\nCONNECT a:443 HTTP/1.1\r\nProxy-Authorization: x\r\n\r\n",
        ),
        server("HTTP/1.1 407 Authenticate\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
        server("tls"),
    ]);
    assert_eq!(answers(&events), [(1, 407, true), (2, 200, true)]);
    assert!(matches!(
        events.last(),
        Some(Event::TunnelBytes { side: Server, .. })
    ));
}

#[test]
fn an_upgrade_that_the_server_ignores_changes_nothing() {
    let events = http1(&[
        client(
            "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
        ),
        server(format!("{OK}{OK}")),
    ]);
    assert_eq!(requests(&events).len(), 2);
    assert_eq!(answers(&events), [(1, 200, true), (2, 200, true)]);
    assert!(troubles(&events).is_empty());
}

#[test]
fn an_upgrade_to_another_protocol_is_a_tunnel() {
    let events = http1(&[
        client(
            "POST /attach HTTP/1.1\r\nHost: d\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}raw",
        ),
        server("HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\nout"),
    ]);
    let tunnel = events.iter().find_map(|event| match event {
        Event::Tunnel(tunnel) => Some(tunnel),
        _ => None,
    });
    assert_eq!(tunnel.unwrap().protocol, "tcp");
    assert_eq!(body(requests(&events)[0]), "{}");
    assert_eq!(answers(&events), [(1, 101, true)]);
}

#[test]
fn an_upgrade_to_http_2_reads_on_as_that() {
    let mut frames = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    frames.extend([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    frames.extend([0, 0, 3, 1, 5, 0, 0, 0, 3, 0x82, 0x84, 0x86]);
    let mut answer =
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n".to_vec();
    answer.extend([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    answer.extend([0, 0, 1, 1, 5, 0, 0, 0, 1, 0x88]);
    answer.extend([0, 0, 1, 1, 4, 0, 0, 0, 3, 0x89]);
    answer.extend([0, 0, 2, 0, 1, 0, 0, 0, 3, b'o', b'k']);
    let events = http1(&[
        client(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n",
        ),
        server(answer),
        client(frames),
    ]);
    assert_eq!(requests(&events).len(), 2);
    assert_eq!(requests(&events)[1].stream, Some(3));
    assert_eq!(
        answers(&events),
        [(1, 101, true), (1, 200, true), (2, 204, true)]
    );
    assert!(troubles(&events).is_empty(), "{events:?}");
    assert!(messages(&events).is_empty());
}

#[test]
fn the_first_bytes_tell_the_protocol() {
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    assert_eq!(protocol(preface), Some(Protocol::Http2));
    assert_eq!(protocol(&preface[..14]), None);
    assert_eq!(protocol(b"PROPFIND /x HTTP/1.1\r\n"), Some(Protocol::Http1));
    assert_eq!(protocol(b"\r\nget /x HTTP/1.0\n"), Some(Protocol::Http1));
    assert_eq!(protocol(b"GET /long"), None);
    assert_eq!(protocol(b""), None);
    for other in [
        &b"\x16\x03\x01"[..],
        b"SSH-2.0-x\r\n",
        b"EHLO a\r\n",
        b"{\"a\":1}",
        b"GET x\r\n",
    ] {
        assert_eq!(protocol(other), Some(Protocol::Other), "{}", text(other));
    }
}
