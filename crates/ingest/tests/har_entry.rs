//! What a user depends on in what is read of one entry.

mod common;

use affiant_model::{Carrier, ExhibitId, FieldName, Reach, Step};

use common::{GET, at, entry, one, read};

#[test]
fn a_whole_exchange_with_the_place_of_each_field() {
    let (file, log) = one(
        r#"{"method":"POST","url":"https:\/\/Graph.Example.ORG:443\/v5?q=%20","httpVersion":"h2",
        "headers":[{"name":":authority","value":"graph.example.org"},
                   {"name":"X-A","value":"one"},{"value":"tw\u006f","name":"x-a"},{"name":"n","value":7}],
        "cookies":[{"name":"c","value":"d"}],
        "postData":{"mimeType":"text/plain","text":"caf\u00e9 \"x\"","params":[{"name":"p","value":"caf\u00e9"}]}}"#,
    );
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    let exchange = &log.exchanges[0];
    assert_eq!((exchange.exhibit, exchange.ordinal), (ExhibitId(3), 1));
    assert_eq!(exchange.url, "https://Graph.Example.ORG:443/v5?q=%20");
    assert_eq!(exchange.host, "graph.example.org");
    assert_eq!(
        (exchange.method.as_str(), exchange.status),
        ("POST", Some(200))
    );
    assert_eq!(exchange.reach, Reach::Acknowledged);
    assert_eq!(exchange.started_as_written, "2020-03-20T10:00:00Z");
    assert_eq!(exchange.started.unwrap().timestamp(), 1_584_698_400);
    assert_eq!(exchange.request_body_bytes, "café \"x\"".len() as u64);
    assert_eq!(exchange.raw, at(&file, exchange.span).as_bytes());
    assert!(file[..file.len() - 3].ends_with(at(&file, exchange.span)));

    let header = |name: &str, nth| FieldName::Header {
        name: name.to_owned(),
        nth,
    };
    let wanted = [
        (FieldName::Url, r"https:\/\/Graph.Example.ORG:443\/v5?q=%20"),
        (header("X-A", 1), "one"),
        (header("x-a", 2), r"tw\u006f"),
        (header("n", 1), "7"),
        (
            FieldName::Cookie {
                name: "c".to_owned(),
                nth: 1,
            },
            "d",
        ),
        (FieldName::Body, r#"caf\u00e9 \"x\""#),
    ];
    assert_eq!(exchange.fields.len(), wanted.len());
    for (field, (name, text)) in exchange.fields.iter().zip(wanted) {
        assert_eq!(field.name, name);
        assert_eq!(at(&file, field.span), text);
        assert_eq!(exchange.bytes_of(field), text.as_bytes());
        let is_number = text == "7";
        assert_eq!(field.carrier == Carrier::Raw, is_number, "{name:?}");
    }
}

#[test]
fn the_same_data_is_indexed_once() {
    let (_, log) = one(
        r#"{"method":"POST","url":"https://example.org/?a=1","queryString":[{"name":"a","value":"1"}],
        "headers":[{"name":"cookie","value":"c=d"}],"cookies":[{"name":"c","value":"d"}],
        "postData":{"text":"p=v","params":[{"name":"p","value":"v"}]}}"#,
    );
    let names: Vec<String> = log.exchanges[0]
        .fields
        .iter()
        .map(|f| f.name.to_string())
        .collect();
    assert_eq!(
        names,
        ["request.url", "request.header cookie", "request.body"]
    );
    assert!(log.defects.is_empty());
}

#[test]
fn parameters_stand_in_for_a_body_without_text() {
    let (file, log) = one(
        r#"{"method":"POST","url":"https://example.org/","postData":{"text":"","params":[
        {"name":"e","value":"a"},{"name":"e","value":"Yg==","encoding":"base64"},
        {"name":"photo","fileName":"x.jpg"},{"name":"bare"}]}}"#,
    );
    let exchange = &log.exchanges[0];
    let params: Vec<_> = exchange.fields[1..]
        .iter()
        .map(|f| (f.name.to_string(), at(&file, f.span), f.declared.as_slice()))
        .collect();
    assert_eq!(
        params,
        [
            ("request.param e".to_owned(), "a", &[][..]),
            ("request.param e#2".to_owned(), "Yg==", &[Step::Base64][..]),
        ]
    );
    assert_eq!(exchange.request_body_bytes, 2);
    assert_eq!(log.messages(), ["the parameter `photo` names a file"]);
    assert_eq!(
        at(&file, log.defects[0].span.unwrap()),
        r#"{"name":"photo","fileName":"x.jpg"}"#
    );
}

#[test]
fn a_body_marked_base64_declares_it() {
    for mark in [
        r#""encoding":"Base64""#,
        r#""_encoding":"base64""#,
        r#""_base64":true"#,
    ] {
        let (_, log) = one(&format!(
            r#"{{"method":"POST","url":"https://example.org/","postData":{{"text":"aGVsbG8=",{mark}}}}}"#
        ));
        let exchange = &log.exchanges[0];
        assert_eq!(exchange.fields[1].declared, [Step::Base64], "{mark}");
        assert_eq!(exchange.request_body_bytes, 5);
    }
}

#[test]
fn what_the_capture_does_not_hold_is_said() {
    for (request, message) in [
        (
            r#"{"method":"POST","url":"https://e.org/","bodySize":12}"#,
            "the capture records a request body of 12 bytes but does not hold it",
        ),
        (
            r#"{"method":"POST","url":"https://e.org/","bodySize":-1,"headers":[{"name":"Content-Length","value":"9"}]}"#,
            "the capture records a request body of 9 bytes but does not hold it",
        ),
        (
            r#"{"method":"POST","url":"https://e.org/","postData":{"text":"","_file":"ab.bin"}}"#,
            "the body is kept outside of this file",
        ),
        (
            r#"{"method":"GET","url":"https://e.org/","queryString":[{"name":"a","value":"1"}]}"#,
            "`queryString` holds 1 value that the address does not have",
        ),
        (r#"{"url":"https://e.org/"}"#, "the request has no method"),
        (
            r#"{"method":"GET","url":"/path"}"#,
            "the address has no host: `/path`",
        ),
        (
            r#"{"method":"GET","url":"https://e.org/","headers":[{"name":"h","value":{}}]}"#,
            "the value of `h` is not a string",
        ),
        (
            r#"{"method":"GET","url":"https://e.org/","headers":{"h":"v"}}"#,
            "`headers` is not an array",
        ),
        (
            r#"{"method":"GET","url":"https://e.org/","headers":[{"name":"h","value":"1","value":"2"}]}"#,
            "the member `value` occurs more than once",
        ),
        (
            r#"{"method":"GET","url":"https://e.org/?1","url":"https://e.org/?2"}"#,
            "the member `url` occurs more than once",
        ),
    ] {
        let (_, log) = one(request);
        assert_eq!(log.messages(), [message]);
        assert_eq!(log.exchanges.len(), 1, "{request}");
        assert_eq!(log.defects[0].exchange, Some(1));
    }
    let (_, log) = one(
        r#"{"method":"GET","url":"https://e.org/","bodySize":-1,"headers":[{"name":"Content-Length","value":"9"}]}"#,
    );
    assert!(log.defects.is_empty(), "a GET has no body as a rule");
}

/// One entry with these messages; the file, and what was read of it.
fn conversation(messages: &str) -> (String, common::Log) {
    let file = format!(
        r#"{{"log":{{"entries":[{{"_webSocketMessages":{messages},{}]}}}}"#,
        &entry(GET)[1..]
    );
    let log = read(&file);
    (file, log)
}

#[test]
fn websocket_messages_of_the_client_are_fields_and_those_of_the_server_are_not() {
    let (file, log) = conversation(
        r#"[{"type":"send","time":1.5,"opcode":1,"data":"{\"mail\":\"a@b\"}"},
            {"type":"receive","opcode":1,"data":"hello"},
            {"type":"send","opcode":2,"data":"AAEC"},
            {"type":"send","data":"bare"},
            {"type":"send","opcode":9,"data":"ping"},
            {"type":"send","opcode":9,"data":"not base64"},
            {"type":"error","opcode":-1,"data":"lost"}]"#,
    );
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    let messages = log.exchanges[0].fields.iter().filter_map(|field| {
        let FieldName::Message { nth } = field.name else {
            return None;
        };
        assert_eq!(field.carrier, Carrier::JsonString);
        Some((nth, at(&file, field.span), field.declared.clone()))
    });
    let text = Vec::new;
    assert_eq!(
        messages.collect::<Vec<_>>(),
        [
            (1, r#"{\"mail\":\"a@b\"}"#, text()),
            (2, "AAEC", vec![Step::Base64]),
            (3, "bare", text()),
            (4, "ping", vec![Step::Base64]),
            (5, "not base64", text()),
        ]
    );
}

#[test]
fn websocket_messages_that_cannot_be_read_are_said() {
    for (messages, wanted) in [
        (
            r#"[{"data":"x"},{"type":"out","data":"y"},7]"#,
            "3 WebSocket messages do not say who sent them",
        ),
        (r#"{"a":1}"#, "`_webSocketMessages` is not an array"),
        (
            r#"[{"type":"send","data":{}}]"#,
            "the data of a message are no string",
        ),
        (
            r#"[{"type":"send","opcode":"text","data":"x"}]"#,
            "the opcode of a message is no number: `text`",
        ),
    ] {
        let (_, log) = conversation(messages);
        assert_eq!(log.messages(), [wanted]);
        assert_eq!(log.exchanges.len(), 1);
    }
}
