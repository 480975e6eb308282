//! Logs of the Chrome DevTools Protocol.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "common/collection.rs"]
mod collection;
mod common;
#[path = "cdp/corpus.rs"]
mod corpus;

use affiant_ingest::{HEAD_BYTES, Limits, Settings, recognise};
use affiant_model::{Exchange, FieldName, Reach, Step, Unpack};
use common::{Log, bytes_at, read_as};
use proptest::prelude::*;
use serde_json::{Value, json};

fn event(name: &str, params: Value) -> Value {
    json!({"method": format!("Network.{name}"), "params": params, "sessionId": "D7"})
}

fn begin(id: &str, url: &str) -> Value {
    let request =
        json!({"url": url, "method": "GET", "headers": {"User-Agent": "x", "Accept": "*/*"}});
    event(
        "requestWillBeSent",
        json!({"requestId": id, "wallTime": 1717530759.131771, "request": request}),
    )
}

fn extra(id: &str, headers: Value) -> Value {
    event(
        "requestWillBeSentExtraInfo",
        json!({"requestId": id, "headers": headers}),
    )
}

fn answer(id: &str, response: Value) -> Value {
    event(
        "responseReceived",
        json!({"requestId": id, "response": response}),
    )
}

fn read(events: &[Value]) -> Log {
    let file = serde_json::to_vec(events).unwrap();
    assert_eq!(
        recognise(&file[..file.len().min(HEAD_BYTES)])
            .unwrap()
            .name(),
        "cdp"
    );
    let log = read_as("cdp", &file, &Settings::default()).unwrap();
    for exchange in &log.exchanges {
        let Some(unpacked) = &exchange.unpacked else {
            continue;
        };
        let [Unpack::Runs(runs)] = &unpacked.steps[..] else {
            panic!()
        };
        let bytes: Vec<u8> = runs
            .iter()
            .flat_map(|run| bytes_at(&file, *run))
            .copied()
            .collect();
        assert_eq!(bytes, exchange.raw, "the runs give the bytes");
    }
    log
}

fn fields(exchange: &Exchange) -> Vec<(String, String)> {
    let named = |field: &affiant_model::Field| {
        let name = match &field.name {
            FieldName::Header { name, nth } => format!("{name}#{nth}"),
            FieldName::Message { nth } => format!("message {nth}"),
            other => format!("{other:?}").to_lowercase(),
        };
        (
            name,
            String::from_utf8_lossy(exchange.bytes_of(field)).into_owned(),
        )
    };
    exchange.fields.iter().map(named).collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
    pairs.iter().map(own).collect()
}

#[test]
fn a_request_is_put_together_of_what_its_events_say() {
    let log = read(&[
        begin("1", "https://a.example/x?id=7"),
        begin("2", "https://b.example/"),
        extra(
            "1",
            json!({":path": "/x?id=7", ":authority": "a.example", "cookie": "c=1", "user-agent": "x"}),
        ),
        answer(
            "1",
            json!({"status": 200, "remoteIPAddress": "[2001:db8::1]",
            "securityDetails": {"protocol": "TLS 1.3", "subjectName": "a.example", "issuer": "CA"}}),
        ),
        event("dataReceived", json!({"requestId": "1"})),
        json!({"method": "Page.loadEventFired", "params": {}}),
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
        (first.status, first.reach),
        (Some(200), Reach::Acknowledged)
    );
    assert_eq!(
        first.started,
        Some("2024-06-04T19:52:39.131771Z".parse().unwrap())
    );
    assert_eq!(first.server_address.as_deref(), Some("2001:db8::1"));
    assert_eq!(
        first.tls.as_ref().unwrap().version.as_deref(),
        Some("TLS 1.3")
    );
    let wanted = [
        ("url", "https://a.example/x?id=7"),
        ("Accept#1", "*/*"),
        (":authority#1", "a.example"),
        ("cookie#1", "c=1"),
        ("user-agent#1", "x"),
    ];
    let mut found = fields(first);
    let mut wanted = owned(&wanted);
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
    // Of the other nothing is known but that it was about to be sent.
    assert_eq!(
        (second.unpacked.as_ref(), second.reach),
        (None, Reach::Attempted)
    );
}

#[test]
fn each_hop_of_a_redirect_is_an_entry_with_its_own_headers() {
    let redirect = |has_extra: bool| {
        let mut next = begin("1", "https://b.example/");
        next["params"]["redirectResponse"] =
            json!({"status": 307, "statusText": "x", "headers": {}});
        next["params"]["redirectHasExtraInfo"] = json!(has_extra);
        next
    };
    let cookie = |value: &str| extra("1", json!({"Cookie": value}));
    let of = |log: &Log, at: usize| {
        let named = fields(&log.exchanges[at]);
        named
            .into_iter()
            .find(|(name, _)| name == "Cookie#1")
            .map(|(_, value)| value)
    };
    let first = || begin("1", "http://a.example/");
    let done = || answer("1", json!({"status": 200}));
    let both = read(&[first(), cookie("a"), redirect(true), cookie("b"), done()]);
    let late = read(&[first(), redirect(true), cookie("a"), done(), cookie("b")]);
    let early = read(&[cookie("a"), first(), redirect(true), cookie("b"), done()]);
    for log in [both, late, early] {
        assert_eq!(log.exchanges.len(), 2);
        assert_eq!(
            (of(&log, 0).as_deref(), of(&log, 1).as_deref()),
            (Some("a"), Some("b"))
        );
        assert_eq!(
            (log.exchanges[0].status, log.exchanges[1].status),
            (Some(307), Some(200))
        );
    }
    // The browser sent itself on: the first hop never left, and has no headers.
    let mut inner = redirect(false);
    inner["params"]["redirectResponse"]["statusText"] = json!("Internal Redirect");
    for events in [
        vec![first(), inner.clone(), cookie("b"), done()],
        vec![first(), cookie("b"), inner, done()],
    ] {
        let log = read(&events);
        assert_eq!((of(&log, 0), of(&log, 1).as_deref()), (None, Some("b")));
        assert_eq!(log.exchanges[0].reach, Reach::Attempted);
        assert_eq!(log.exchanges[1].reach, Reach::Acknowledged);
    }
}

#[test]
fn the_reach_is_never_further_than_the_events_show() {
    let sent = || extra("1", json!({"Host": "a.example"}));
    let reach = |more: &[Value]| {
        let events: Vec<_> = [begin("1", "https://a.example/")]
            .iter()
            .chain(more)
            .cloned()
            .collect();
        read(&events).exchanges[0].reach
    };
    let failed = || {
        event(
            "loadingFailed",
            json!({"requestId": "1", "errorText": "net::ERR_FAILED"}),
        )
    };
    assert_eq!(reach(&[]), Reach::Attempted);
    assert_eq!(reach(&[sent()]), Reach::Sent);
    assert_eq!(reach(&[sent(), failed()]), Reach::Attempted);
    assert_eq!(
        reach(&[answer("1", json!({"status": 204}))]),
        Reach::Acknowledged
    );
    assert_eq!(
        reach(&[answer("1", json!({"status": 200})), failed()]),
        Reach::Acknowledged
    );
    assert_eq!(
        reach(&[answer("1", json!({"status": 407}))]),
        Reach::Attempted
    );
    for mark in ["fromDiskCache", "fromServiceWorker", "fromPrefetchCache"] {
        assert_eq!(
            reach(&[answer("1", json!({"status": 200, mark: true}))]),
            Reach::Attempted
        );
        assert_eq!(
            reach(&[answer("1", json!({"status": 200, mark: false}))]),
            Reach::Acknowledged
        );
    }
    let pushed = answer("1", json!({"status": 200, "timing": {"pushStart": 12.5}}));
    assert_eq!(reach(&[pushed]), Reach::Attempted);
    let cached = event("requestServedFromCache", json!({"requestId": "1"}));
    assert_eq!(
        reach(&[cached, answer("1", json!({"status": 200}))]),
        Reach::Attempted
    );
    let local = read(&[
        begin("1", "data:text/plain,x"),
        answer("1", json!({"status": 200})),
    ]);
    assert_eq!(local.exchanges[0].reach, Reach::Attempted);
}

#[test]
fn bodies_are_read_as_bytes_where_the_log_has_them() {
    let with = |request: Value| {
        let mut first = begin("1", "https://a.example/");
        for (name, value) in request.as_object().unwrap() {
            first["params"]["request"][name] = value.clone();
        }
        read(&[first])
    };
    let entry = json!({"bytes": "YT0xJmI9Mg=="});
    let log = with(
        json!({"method": "POST", "hasPostData": true, "postData": "a=1&b=2", "postDataEntries": [entry]}),
    );
    let body = log.exchanges[0]
        .fields
        .iter()
        .find(|f| f.name == FieldName::Body)
        .unwrap();
    assert_eq!(body.declared, [Step::Base64]);
    assert!(log.defects.is_empty());
    let log =
        with(json!({"hasPostData": true, "postData": "a=\u{e9}", "postDataEntries": [entry, {}]}));
    assert!(fields(&log.exchanges[0]).contains(&("body".to_owned(), "a=é".to_owned())));
    assert_eq!(log.messages(), ["the body was sent in 2 parts"]);
    let log = with(json!({"hasPostData": true}));
    assert_eq!(
        log.messages(),
        ["the log says that the request has a body and does not hold it"]
    );
}

#[test]
fn messages_of_a_web_socket_are_fields_of_the_request_that_opens_it() {
    let frame = |kind: &str, opcode: u8, data: &str| {
        event(
            kind,
            json!({"requestId": "9", "response": {"opcode": opcode, "mask": true, "payloadData": data}}),
        )
    };
    let log = read(&[
        event(
            "webSocketCreated",
            json!({"requestId": "9", "url": "wss://s.example/live"}),
        ),
        event(
            "webSocketWillSendHandshakeRequest",
            json!({"requestId": "9", "wallTime": 1717530759.5,
            "request": {"headers": {"Host": "s.example"}}}),
        ),
        event(
            "webSocketHandshakeResponseReceived",
            json!({"requestId": "9",
            "response": {"status": 101, "requestHeaders": {"Host": "s.example", "Cookie": "c=1"}}}),
        ),
        frame("webSocketFrameSent", 1, "{\"mail\":\"a@b\"}"),
        frame("webSocketFrameReceived", 1, "hello"),
        frame("webSocketFrameSent", 2, "AAEC"),
        json!({"method": "Network.webSocketFrameSent", "params": {"requestId": "8", "response": {}}}),
    ]);
    let socket = &log.exchanges[0];
    assert_eq!(
        (socket.status, socket.reach),
        (Some(101), Reach::Acknowledged)
    );
    assert_eq!(socket.method, "GET");
    let mut found = fields(socket);
    found.sort();
    let wanted = [
        ("Cookie#1", "c=1"),
        ("Host#1", "s.example"),
        ("message 1", r#"{\"mail\":\"a@b\"}"#),
        ("message 2", "AAEC"),
        ("url", "wss://s.example/live"),
    ];
    assert_eq!(found, owned(&wanted));
    let last = socket.fields.last().unwrap();
    assert_eq!(last.declared, [Step::Base64]);
    assert_eq!(
        log.messages(),
        ["1 messages were sent on WebSockets that the log does not open"]
    );
}

#[test]
fn what_cannot_be_read_is_said() {
    let mut untimed = begin("2", "https://a.example/");
    untimed["params"]["wallTime"] = json!(null);
    let mut nowhere = begin("3", "");
    nowhere["params"]["wallTime"] = json!(1.5);
    let log = read(&[
        begin("1", "https://a.example/"),
        json!(7),
        untimed,
        nowhere,
        extra("5", json!({})),
    ]);
    assert_eq!((log.exchanges.len(), log.capture.entries), (2, 3));
    let messages = log.messages();
    assert!(
        messages[0].starts_with("the event is no JSON object"),
        "{messages:?}"
    );
    assert_eq!(
        messages[1..],
        [
            "the request has no time",
            "the request has no address",
            "1 sets of request headers have no request in the log",
        ]
    );
    let whole = serde_json::to_string(&[
        begin("1", "https://a.example/"),
        extra("1", json!({"A": "b"})),
    ])
    .unwrap();
    let cut = read_as(
        "cdp",
        &whole.as_bytes()[..whole.len() - 9],
        &Settings::default(),
    )
    .unwrap();
    assert_eq!(cut.exchanges.len(), 1);
    assert!(cut.messages().contains(&"the file ends inside this event"));
    let limits = Limits {
        entry_bytes: 150,
        ..Limits::default()
    };
    let small = read_as("cdp", whole.as_bytes(), &limits.into()).unwrap();
    assert_eq!(
        small.messages()[0],
        "the event is larger than the bound of 150 bytes"
    );
    for other in [
        "[]",
        "[{\"method\":\"x\",\"params\":1}]",
        "[{\"method\":\"Network.x\"}]",
    ] {
        assert!(recognise(other.as_bytes()).is_err(), "{other}");
    }
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let events = [begin("1", "https://a.example/"), extra("1", json!({"A": "b"})), answer("1", json!({"status": 200}))];
        let mut file = serde_json::to_vec(&events).unwrap();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = read_as("cdp", &file, &Settings::default());
    }
}
