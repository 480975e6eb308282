use affiant_model::{ExhibitId, FieldName, Span};
use proptest::prelude::*;

use super::super::draft::Draft;
use super::*;
use crate::{Item, Limits};

/// What a message becomes as a request over `https`.
fn filled(message: &[u8]) -> Option<(affiant_model::Exchange, Vec<String>)> {
    let limits = Limits::default();
    let span = Span::new(100, message.len() as u64 + 2);
    let raw = [b"::", message].concat();
    let mut draft = Draft::new(ExhibitId(1), 1, span, raw, &limits);
    let context = Context {
        at: 2,
        url: None,
        scheme: "https",
    };
    Request::of(message)
        .ok()?
        .fill(message, context, &mut draft);
    let (mut exchange, mut messages) = (None, Vec::new());
    let _ = draft.give(&mut |item| {
        match item {
            Item::Exchange(found) => exchange = Some(found),
            Item::Defect(defect) => messages.push(defect.message),
        }
        std::ops::ControlFlow::Continue(())
    });
    exchange.map(|exchange| (exchange, messages))
}

fn fields(exchange: &affiant_model::Exchange) -> Vec<(String, String)> {
    let text = |field: &affiant_model::Field| {
        String::from_utf8_lossy(exchange.bytes_of(field)).into_owned()
    };
    let named = |field: &affiant_model::Field| {
        assert_eq!(field.span.offset, 100 + field.range.start as u64);
        let name = match &field.name {
            FieldName::Url => "url".to_owned(),
            FieldName::Header { name, nth } => format!("{name}#{nth}"),
            FieldName::Body => "body".to_owned(),
            other => format!("{other:?}"),
        };
        (name, text(field))
    };
    exchange.fields.iter().map(named).collect()
}

#[test]
fn a_request_is_read_with_each_part_in_its_place() {
    for end in ["\n", "\r\n"] {
        let message = [
            "",
            "POST /a?mail=x@y.org HTTP/1.1",
            "Host: Collect.Example:8443",
            "X-Long: one",
            "\t two",
            "cookie:a=1",
            "Cookie: b=2 ",
            "Empty:",
            "Content-Length: 5",
            "",
            "a=1&b",
        ]
        .join(end);
        let (exchange, messages) = filled(message.as_bytes()).unwrap();
        assert_eq!(messages, [""; 0]);
        assert_eq!(exchange.method, "POST");
        assert_eq!(exchange.url, "https://Collect.Example:8443/a?mail=x@y.org");
        assert_eq!(exchange.host, "collect.example");
        assert_eq!(exchange.request_body_bytes, 5);
        let long = format!("one{end}\t two");
        let wanted = [
            ("url", "/a?mail=x@y.org"),
            ("Host#1", "Collect.Example:8443"),
            ("X-Long#1", &*long),
            ("cookie#1", "a=1"),
            ("Cookie#2", "b=2"),
            ("Empty#1", ""),
            ("Content-Length#1", "5"),
            ("body", "a=1&b"),
        ];
        let wanted = wanted.map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(fields(&exchange), wanted);
    }
}

#[test]
fn a_whole_address_and_a_tunnel_are_taken_as_they_stand() {
    let (absolute, messages) =
        filled(b"GET http://a.example/x y HTTP/1.1\r\nHost: b.example\r\n\r\n").unwrap();
    assert_eq!(
        (&*absolute.url, &*absolute.host),
        ("http://a.example/x y", "a.example")
    );
    assert_eq!(
        messages,
        ["the request names the host `b.example` where its address has `a.example`"]
    );
    let (tunnel, messages) =
        filled(b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\nnote").unwrap();
    assert_eq!(
        (&*tunnel.url, &*tunnel.host, tunnel.request_body_bytes),
        ("a.example:443", "a.example", 0)
    );
    assert!(messages.is_empty());
    let (nowhere, messages) = filled(b"GET /x HTTP/1.0\r\n\r\n").unwrap();
    assert_eq!(nowhere.host, "");
    assert_eq!(messages, ["the address has no host: `/x`"]);
}

#[test]
fn what_the_head_does_not_bear_out_is_a_defect() {
    let head = "POST / HTTP/1.1\r\nHost: a.example\r\n";
    for (rest, wanted, body) in [
        (
            "Content-Length: 9\r\n\r\nabc",
            "the request states a body of 9 bytes and holds 3",
            "abc",
        ),
        (
            "Content-Length: 2\r\n\r\nabc",
            "the request states a body of 2 bytes and 3 stand there",
            "abc",
        ),
        (
            "nonsense\r\n\r\n",
            "a line of the head is no header: `nonsense`",
            "",
        ),
        ("X: 1", "the request ends inside its head", ""),
        (
            "Content-Encoding: br\r\n\r\nabc",
            "the body is under the content coding `br`",
            "abc",
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2;x=1\r\nbc\r\n0\r\n\r\n",
            "the body of 3 bytes stands in 2 chunks",
            "1\r\na\r\n2;x=1\r\nbc\r\n0\r\n\r\n",
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n20\r\nbc",
            "the chunks of the body break off, after 1 of together 1 bytes",
            "1\r\na\r\n20\r\nbc",
        ),
    ] {
        let (exchange, messages) = filled(format!("{head}{rest}").as_bytes()).unwrap();
        assert_eq!(messages, [wanted]);
        let found = fields(&exchange)
            .into_iter()
            .find(|(name, _)| name == "body");
        assert_eq!(found.map(|(_, text)| text).unwrap_or_default(), body);
    }
    for rest in ["3\r\nabc\r\n0\r\n\r\n", "abc"] {
        let message = format!("{head}Transfer-Encoding: chunked\r\n\r\n{rest}");
        let (exchange, messages) = filled(message.as_bytes()).unwrap();
        assert!(messages.is_empty());
        assert_eq!(fields(&exchange).last().unwrap().1, "abc");
    }
}

#[test]
fn a_head_of_very_many_lines_is_read_within_bounds() {
    let lines = "a:\r\n".repeat(100_002) + &"b\r\n".repeat(1_003);
    let message = format!("GET / HTTP/1.1\r\n{lines}\r\nx");
    let request = Request::of(message.as_bytes()).unwrap();
    assert_eq!(request.head.beyond, 2 + 3);
    assert_eq!(request.rest().len(), 1);
}

#[test]
fn the_final_status_counts_and_its_reach_is_that_of_every_reader() {
    for (text, wanted) in [
        ("HTTP/1.1 200 OK\r\n\r\n", Ok(200)),
        ("HTTP/2 204\r\n\r\n", Ok(204)),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\n\r\n",
            Ok(302),
        ),
        (
            "HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
            Ok(101),
        ),
        ("HTTP/1.1 103 Early Hints\r\n\r\n", Ok(103)),
        ("HTTP/1.1 2000 OK\r\n\r\n", Err(())),
        ("HTTP/1.1 99 OK\r\n\r\n", Err(())),
        ("", Err(())),
        ("<html>", Err(())),
    ] {
        let found = Response::of(text.as_bytes()).map(|response| response.status);
        assert_eq!(found.map_err(|_| ()), wanted, "{text}");
    }
    let text = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302  Found it \r\n\r\n";
    let reason = Response::of(text).unwrap().reason;
    assert_eq!(&text[reason], b"Found it");
    assert_eq!(reach("GET", Some(200)), Reach::Acknowledged);
    assert_eq!(reach("GET", Some(101)), Reach::Acknowledged);
    assert_eq!(reach("GET", Some(103)), Reach::Sent);
    assert_eq!(reach("GET", None), Reach::Sent);
    assert_eq!(reach("GET", Some(407)), Reach::Attempted);
    assert_eq!(reach("connect", Some(200)), Reach::Attempted);
    for none in [
        "",
        "\r\n\r\n",
        "GET",
        "GET ",
        "G@T / HTTP/1.1",
        "HTTP/1.1 200 OK\r\n\r\n",
    ] {
        assert!(Request::of(none.as_bytes()).is_err(), "{none}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_or_leave_the_message(
        parts in prop::collection::vec(
            prop_oneof![
                Just("GET".to_owned()), Just(" ".to_owned()), Just("/".to_owned()),
                Just("\r\n".to_owned()), Just("\n".to_owned()), Just(":".to_owned()),
                Just("transfer-encoding: chunked".to_owned()), Just("fffffffffffffff".to_owned()),
                Just("3".to_owned()), Just("HTTP/1.1".to_owned()), "\\PC{0,4}",
            ],
            0..24,
        ),
    ) {
        let message = parts.concat();
        if let Some((exchange, _)) = filled(message.as_bytes()) {
            for field in &exchange.fields {
                prop_assert!(exchange.raw.get(field.range.clone()).is_some());
            }
        }
        let _ = Response::of(message.as_bytes());
    }
}
