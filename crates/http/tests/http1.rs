//! Conversations of HTTP/1, written by hand.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_http::{Event, Http1, Limits, Protocol, Tunnel, protocol};
use common::{
    Client, Server, Step, answers, body, client, header, http1, messages, read, requests,
    responses, server, text, troubles,
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
fn a_hole_in_a_body_ends_it_and_the_next_request_is_read() {
    let events = http1(&[
        client("POST /1 HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"),
        Step::Lost(Client, 4),
        client("xyzGET /2 HTTP/1.1\r\n\r\n"),
        server(format!("{OK}{OK}")),
    ]);
    let [first, second] = requests(&events)[..] else {
        panic!()
    };
    assert_eq!(body(first), "abc");
    assert!(!first.complete);
    assert!(first.broken.as_deref().unwrap().contains("4 bytes at 43"));
    assert!(second.complete);
    assert_eq!(answers(&events), [(1, 200, true), (2, 200, true)]);
}

#[test]
fn a_hole_that_swallows_the_end_of_a_body_is_followed_by_the_next_request_line() {
    let events = http1(&[
        client("POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
        Step::Lost(Client, 40),
        client("rest\r\n0\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"),
        server(OK),
        server(OK),
    ]);
    let [first, second] = requests(&events)[..] else {
        panic!()
    };
    assert_eq!((body(first).as_str(), first.complete), ("ab", false));
    assert_eq!((second.target.as_str(), second.complete), ("/2", true));
    // Requests may be missing, so no answer is given to either of the two.
    assert_eq!(answers(&events), []);
    let told: Vec<_> = troubles(&events)
        .iter()
        .map(|trouble| trouble.message.clone())
        .collect();
    assert!(
        told[0].contains(
            "11 bytes before the next request line were left out, and 40 were not captured"
        ),
        "{told:?}"
    );
    assert!(told[1].contains("any of the requests 1 to 2"), "{told:?}");
    assert!(
        told[2].contains("a request that was not captured"),
        "{told:?}"
    );
}

#[test]
fn a_hole_in_a_head_leaves_what_stood_before_it() {
    let events = http1(&[
        client("GET /1?id=7 HTTP/1.1\r\nHost: h\r\nCookie: a=b; c="),
        Step::Lost(Client, 100),
        client("\r\n\r\n"),
        server(OK),
        client("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n"),
        server(OK),
    ]);
    let [first, second] = requests(&events)[..] else {
        panic!()
    };
    assert_eq!(header(first, "cookie").as_deref(), Some("a=b; c="));
    assert!(!first.complete && second.complete);
    assert_eq!(answers(&events), [(1, 200, true), (2, 200, true)]);
}

#[test]
fn a_conversation_under_way_is_read_from_the_first_request_line_on() {
    let steps = [
        server("tail of a body"),
        client("tail=1&x=2POST /1 HTTP/1.1\r\nContent-Length: 1\r\n\r\nz"),
        server(OK),
    ];
    for sizes in [&[][..], &[1], &[7, 2]] {
        let events = read(Http1::midway(Limits::default()), &steps, sizes);
        let [request] = requests(&events)[..] else {
            panic!()
        };
        assert_eq!(
            (request.target.as_str(), body(request).as_str()),
            ("/1", "z")
        );
        assert_eq!(request.at.start, 10);
        assert_eq!(answers(&events), [(1, 200, true)]);
        assert_eq!(troubles(&events).len(), 2);
    }
}

#[test]
fn bytes_that_are_no_request_are_counted() {
    let events = http1(&[client(
        "\x16\x03\x01 not http\r\nstill not\r\nGET / HTTP/1.1\r\n\r\n",
    )]);
    assert_eq!(requests(&events).len(), 1);
    let told = troubles(&events);
    assert!(told[0].message.contains("no request line"));
    assert!(told[1].message.contains("25 bytes before"), "{told:?}");
}

#[test]
fn contradictory_lengths_are_not_followed() {
    let events = http1(&[client(
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcdGET /2 HTTP/1.1\r\n\r\n",
    )]);
    let [first, second] = requests(&events)[..] else {
        panic!()
    };
    assert!(first.broken.as_deref().unwrap().contains("two different"));
    assert_eq!((first.complete, second.complete), (false, true));
}

#[test]
fn chunks_win_over_a_length_and_the_request_says_so() {
    let events = http1(&[client(
        "POST / HTTP/1.1\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    )]);
    let [request] = requests(&events)[..] else {
        panic!()
    };
    assert!(request.complete && request.broken.is_some());
    assert_eq!(body(request), "a");
}

#[test]
fn a_body_beyond_the_limit_is_cut_and_says_so() {
    let limits = Limits {
        body: 4,
        ..Limits::default()
    };
    let steps = [client(
        "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n123456789GET /2 HTTP/1.1\r\n\r\n",
    )];
    for sizes in [&[][..], &[1]] {
        let events = read(Http1::new(limits.clone()), &steps, sizes);
        let [first, second] = requests(&events)[..] else {
            panic!()
        };
        assert_eq!((body(first).as_str(), first.complete), ("1234", false));
        assert!(
            first
                .broken
                .as_deref()
                .unwrap()
                .contains("limit of 4 bytes")
        );
        assert!(second.complete);
    }
}

#[test]
fn what_a_conversation_holds_is_bounded() {
    let limits = Limits {
        head: 1000,
        body: 1000,
        waiting: 1000,
        ..Limits::default()
    };
    let endless = [
        "GET / HTTP/1.1\r\nX: ",
        "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\n\r\n",
        "",
    ];
    for start in endless {
        for filler in ["a", "1\r\na\r\n", "\n", "a: b\r\n"] {
            let mut reader = Http1::new(limits.clone());
            let mut sink = |_| ();
            reader.push(Client, start.as_bytes(), &mut sink);
            for _ in 0..100 {
                reader.push(Client, filler.repeat(500).as_bytes(), &mut sink);
                reader.push(Server, filler.repeat(500).as_bytes(), &mut sink);
                assert!(
                    reader.held_bytes() < 400_000,
                    "{start:?} {filler:?} {}",
                    reader.held_bytes()
                );
            }
        }
    }
}

#[test]
fn troubles_beyond_the_limit_are_counted() {
    let limits = Limits {
        troubles: 2,
        ..Limits::default()
    };
    let steps = [client("x\nGET / HTTP/1.1\n\n".repeat(5))];
    let events = read(Http1::new(limits), &steps, &[]);
    assert_eq!(requests(&events).len(), 5);
    let told = troubles(&events);
    assert_eq!(told.len(), 3);
    assert!(told[2].message.contains("8 further troubles"), "{told:?}");
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
