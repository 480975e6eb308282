//! HTTP/1 with holes, contradictions and without end: what is read of it, and what is said of the rest.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_http::{Http1, Limits};
use common::{
    Client, Server, Step, answers, body, client, header, http1, read, requests, server, troubles,
};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

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
