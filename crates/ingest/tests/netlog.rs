//! Logs of Chrome's network stack.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]
#![allow(unreachable_pub, reason = "shared between the parts of this test")]

#[path = "netlog/browser.rs"]
mod browser;
mod common;
#[path = "netlog/write.rs"]
mod write;

use affiant_ingest::{Limits, Settings, recognise};
use affiant_model::{ExchangeKind, Reach};
use common::read_as;
use proptest::prelude::*;
use serde_json::{Value, json};
use write::{BEGIN, END, NONE, answered, event, fields, log, read, read_text, sent, start};

#[test]
fn a_request_is_put_together_of_what_its_events_say() {
    let log = read(&[
        start(7, "https://a.example/x?id=7"),
        start(8, "https://b.example/"),
        sent(
            7,
            &[
                "Host: a.example",
                "User-Agent: \"x\"",
                "Empty:",
                "X-Two: a:b",
            ],
        ),
        answered(7, "HTTP/1.1 204 No Content"),
    ]);
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    let [first, second] = &log.exchanges[..] else {
        panic!()
    };
    assert_eq!(
        (first.url.as_str(), first.host.as_str()),
        ("https://a.example/x?id=7", "a.example")
    );
    assert_eq!(
        (first.status, first.reach, first.method.as_str()),
        (Some(204), Reach::Acknowledged, "GET")
    );
    assert_eq!(
        first.started,
        Some("2024-06-04T19:52:39.131Z".parse().unwrap())
    );
    assert_eq!(first.started_as_written, "5012");
    let wanted = [
        ("url", "https://a.example/x?id=7"),
        ("Host#1", "a.example"),
        ("User-Agent#1", r#"\"x\""#),
        ("Empty#1", ""),
        ("X-Two#1", "a:b"),
    ];
    let mut wanted: Vec<_> = wanted
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect();
    let mut found = fields(first);
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
    assert_eq!(
        (second.unpacked.as_ref(), second.reach),
        (None, Reach::Attempted)
    );
    assert_eq!(log.capture.browser.as_deref(), Some("Chrome 125.0"));
    assert_eq!(
        log.capture.stated[0],
        ("logCaptureMode".to_owned(), "Default".to_owned())
    );
}

#[test]
fn what_was_stripped_is_no_field_and_is_counted_with_the_capture_mode() {
    let headers = event(
        "HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS",
        7,
        NONE,
        json!({"headers": [":method: GET", ":authority: a.example", ":scheme: https", ":path: /",
            "cookie: [25 bytes were stripped]", "authorization: [9 bytes were stripped]"]}),
    );
    let log = read(&[
        start(7, "https://a.example/"),
        headers,
        answered(7, "HTTP/1.1 200"),
    ]);
    let names: Vec<_> = fields(&log.exchanges[0])
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["url", ":authority#1"]);
    assert_eq!(
        log.messages(),
        [
            "2 values of headers, such as cookies and credentials, were stripped when the log was written (capture mode: Default)"
        ]
    );
}

#[test]
fn the_reach_is_never_further_than_the_events_show() {
    let failed = |source| {
        event(
            "URL_REQUEST_START_JOB",
            source,
            END,
            json!({"net_error": -105}),
        )
    };
    let reach = |more: &[Value]| {
        let events: Vec<_> = [start(7, "https://a.example/")]
            .iter()
            .chain(more)
            .cloned()
            .collect();
        read(&events).exchanges[0].reach
    };
    assert_eq!(reach(&[]), Reach::Attempted);
    assert_eq!(
        reach(&[answered(7, "HTTP/1.1 200")]),
        Reach::Attempted,
        "an answer out of the cache"
    );
    assert_eq!(reach(&[sent(7, &[])]), Reach::Sent);
    assert_eq!(reach(&[sent(7, &[]), failed(7)]), Reach::Attempted);
    assert_eq!(reach(&[sent(7, &[]), failed(8)]), Reach::Sent);
    assert_eq!(
        reach(&[sent(7, &[]), answered(7, "HTTP/1.1 200")]),
        Reach::Acknowledged
    );
    assert_eq!(
        reach(&[sent(7, &[]), answered(7, "HTTP/1.1 407 Proxy")]),
        Reach::Attempted
    );
    assert_eq!(
        reach(&[sent(7, &[]), answered(7, "HTTP/1.1 103")]),
        Reach::Sent
    );
}

#[test]
fn each_job_of_a_redirect_is_an_entry() {
    let log = read(&[
        start(7, "http://a.example/"),
        event("URL_REQUEST_START_JOB", 7, END, json!({})),
        start(7, "https://a.example/"),
        sent(7, &["Host: a.example"]),
        answered(7, "HTTP/1.1 200"),
    ]);
    let found: Vec<_> = log
        .exchanges
        .iter()
        .map(|e| (e.url.as_str(), e.status, e.reach))
        .collect();
    assert_eq!(
        found,
        [
            ("http://a.example/", None, Reach::Attempted),
            ("https://a.example/", Some(200), Reach::Acknowledged)
        ]
    );
}

#[test]
fn lookups_and_handshakes_are_contacts() {
    let lookup = |source, phase, params| event("HOST_RESOLVER_MANAGER_JOB", source, phase, params);
    let named = |host: &str| json!({"host": host, "dns_query_types": ["A", "AAAA"]});
    let request = |phase, params| event("HOST_RESOLVER_MANAGER_REQUEST", 9, phase, params);
    let one = json!({"host": "b.example:443", "dns_query_type": "UNSPECIFIED"});
    let unclaimed = json!({"source_dependency": {"id": 30, "type": 5}});
    let log = read(&[
        request(BEGIN, json!({"host": "http://localhost:80"})),
        request(END, json!({})),
        lookup(1, BEGIN, named("https://a.example:443")),
        lookup(1, END, json!({})),
        lookup(2, BEGIN, one),
        lookup(3, BEGIN, named("c.example")),
        lookup(3, END, json!({"net_error": -105})),
        event("CONNECT_JOB_SET_SOCKET", 20, NONE, unclaimed),
        event(
            "SOCKET_POOL_CONNECT_JOB_CREATED",
            20,
            NONE,
            json!({"group_id": "https://a.example <x y>"}),
        ),
        event(
            "SSL_CONNECT",
            30,
            END,
            json!({"version": "TLS 1.3", "cipher_suite": 4865, "next_proto": "h2"}),
        ),
        event(
            "CONNECT_JOB_SET_SOCKET",
            20,
            NONE,
            json!({"source_dependency": {"id": 30, "type": 5}}),
        ),
        event("SSL_CONNECT", 31, END, json!({"net_error": -100})),
        event(
            "QUIC_SESSION",
            40,
            BEGIN,
            json!({"host": "q.example", "port": 443}),
        ),
        event("QUIC_SESSION_PACKET_RECEIVED", 40, NONE, json!({})),
        event(
            "QUIC_SESSION",
            41,
            BEGIN,
            json!({"host": "r.example", "port": 443}),
        ),
    ]);
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    let found: Vec<_> = log
        .exchanges
        .iter()
        .map(|e| (e.kind, e.host.as_str(), e.reach, e.detail.as_deref()))
        .collect();
    let (lookup, shake) = (ExchangeKind::Lookup, ExchangeKind::Handshake);
    assert_eq!(
        found,
        [
            (
                lookup,
                "a.example",
                Reach::Contacted,
                Some("A, AAAA, resolved")
            ),
            (
                lookup,
                "b.example",
                Reach::Attempted,
                Some("UNSPECIFIED, no answer in the log")
            ),
            (
                lookup,
                "c.example",
                Reach::Attempted,
                Some("A, AAAA, ERR_NAME_NOT_RESOLVED")
            ),
            (shake, "a.example", Reach::Contacted, None),
            (shake, "q.example", Reach::Contacted, None),
            (shake, "r.example", Reach::Attempted, None),
        ]
    );
    let tls = log.exchanges[3].tls.as_ref().unwrap();
    assert_eq!(
        (
            tls.version.as_deref(),
            tls.cipher.as_deref(),
            tls.alpn.as_deref()
        ),
        (Some("TLS 1.3"), Some("TLS_AES_128_GCM_SHA256"), Some("h2"))
    );
    assert_eq!(tls.sni, None, "the log does not say which name was sent");
    assert!(log.exchanges.iter().all(|e| e.fields.is_empty()));
}

#[test]
fn what_a_log_does_not_hold_is_said() {
    let log = read(&[
        event(
            "URL_REQUEST_START_JOB",
            7,
            BEGIN,
            json!({"url": "https://a.example/", "method": "POST", "upload_id": "0"}),
        ),
        event(
            "HTTP_TRANSACTION_SEND_REQUEST_BODY",
            7,
            NONE,
            json!({"length": 12}),
        ),
        sent(7, &["Host: a.example", "nonsense"]),
        sent(7, &["Host: a.example"]),
        event(
            "SSL_SOCKET_BYTES_SENT",
            30,
            NONE,
            json!({"byte_count": 2, "bytes": "AAE="}),
        ),
        json!(7),
        start(9, ""),
    ]);
    assert_eq!((log.exchanges.len(), log.capture.entries), (1, 2));
    let messages = log.messages();
    assert!(
        messages[0].starts_with("the event is no JSON object"),
        "{messages:?}"
    );
    assert_eq!(
        messages[1..],
        [
            "a header has no name: `nonsense`",
            "the log has 2 sendings of this request",
            "the request has a body, which a log of this kind does not hold",
            "the request has no address",
            "1 events hold bytes that were sent through sockets",
        ]
    );
}

#[test]
fn a_log_whose_end_is_missing_is_read_as_far_as_it_goes() {
    let whole = log(&[
        start(7, "https://a.example/"),
        sent(7, &["Host: a.example"]),
        answered(7, "HTTP/1.1 200"),
    ]);
    let events = whole.find("],\n\"polledData\"").unwrap();
    for (end, message) in [
        (events, "the file ends early, at byte "),
        (events - 9, "the file ends inside this event"),
        (whole.len() - 4, "the file ends early, at byte "),
    ] {
        let log = read_text(&whole[..end]);
        assert_eq!(log.exchanges.len(), 1);
        assert!(
            log.messages()[0].starts_with(message),
            "{:?}",
            log.messages()
        );
    }
    let comma = format!("{},\n", &whole[..events]);
    assert_eq!(read_text(&comma).exchanges[0].reach, Reach::Acknowledged);
    let settings = Settings::default();
    for (file, wanted) in [
        ("{\"constants\":{\"logEventTypes\":{}},", "before any event"),
        ("{\"constants\":{\"logEventTypes\":{}}}", "no events"),
        ("{\"constants\":{}, \"events\":[]}", "cannot be read"),
        ("[]", "does not begin with the constants"),
    ] {
        let said = read_as("netlog", file.as_bytes(), &settings)
            .err()
            .unwrap()
            .to_string();
        assert!(said.contains(wanted), "{said}");
    }
    assert!(recognise(b"{\"constants\":{}}").is_err());
    assert_eq!(
        recognise(b"{\"log\":{\"comment\":\"\\\"logEventTypes\\\"\"")
            .unwrap()
            .name(),
        "har"
    );
    let limits = Limits {
        entry_bytes: 100,
        ..Limits::default()
    };
    let small = read_as("netlog", whole.as_bytes(), &limits.into()).unwrap();
    assert_eq!(
        small.messages()[0],
        "the event is larger than the bound of 100 bytes"
    );
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = log(&[start(7, "https://a.example/"), sent(7, &["Host: a.example"]), answered(7, "HTTP/1.1 200")]).into_bytes();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = read_as("netlog", &file, &Settings::default());
    }
}
