//! What a user depends on where an entry says the same thing twice, and where
//! it states more of a body than it holds.

mod common;

use affiant_model::{FieldName, Step};

use common::{Log, at, one};

/// The fields other than the address: name, and what stands in the file.
fn beside_the_address<'f>(file: &'f str, log: &Log) -> Vec<(String, &'f str)> {
    let fields = log.exchanges[0].fields.iter();
    let fields = fields.map(|field| (field.name.to_string(), at(file, field.span)));
    fields.filter(|(name, _)| name != "request.url").collect()
}

#[test]
fn the_request_line_of_http2_is_no_field_and_is_held_against_the_address() {
    let headers = |path: &str, authority: &str| {
        format!(
            r#"{{"method":"GET","url":"https://t.example/p?e=ann.lee%40example.com#f","headers":[
            {{"name":":path","value":"{path}"}},{{"name":":authority","value":"{authority}"}},
            {{"name":":scheme","value":["https"]}},{{"name":":method","value":"GET"}},{{"name":":x","value":"y"}}]}}"#
        )
    };
    let (file, log) = one(&headers("/p?e=ann.lee%40example.com", "T.example:443"));
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    let fields = beside_the_address(&file, &log);
    assert_eq!(fields, [("request.header :x".to_owned(), "y")]);
    let (file, log) = one(&headers("/p?e=bob%40example.com", "other.example"));
    assert_eq!(
        log.messages(),
        [
            "the header `:path` says `/p?e=bob%40example.com` where the request has `/p?e=ann.lee%40example.com`",
            "the header `:authority` says `other.example` where the request has `t.example`",
        ]
    );
    let place = log.defects[0].span.unwrap();
    assert_eq!(at(&file, place), r#""/p?e=bob%40example.com""#);
    assert_eq!(log.exchanges[0].fields.len(), 2);
}

#[test]
fn what_a_second_list_holds_beyond_the_first_source_is_read_and_said() {
    let (file, log) = one(
        r#"{"method":"POST","url":"https://e.org/?q=a%20b&x=1","headers":[{"name":"Cookie","value":"c=d; s=\"t\""}],
        "cookies":[{"name":"c","value":"d"},{"name":"s","value":"t"},{"name":"u","value":"ann"},{"name":"bare"}],
        "queryString":[{"name":"q","value":"a b"},{"name":"x","value":1},{"name":"x","value":"2"}],
        "postData":{"mimeType":"application/x-www-form-urlencoded","text":"p=v%2B1&p=z","params":[
        {"name":"p","value":"v+1"},{"name":"p","value":"v"},{"name":"x","value":"3"},{"name":"p","value":""}]}}"#,
    );
    assert_eq!(
        log.messages(),
        [
            "`cookies` holds 2 values that the Cookie header does not have",
            "`postData.params` holds 2 values that `postData.text` does not have",
            "`queryString` holds 1 value that the address does not have",
        ]
    );
    let query = log.defects[2].span.unwrap();
    assert!(at(&file, query).starts_with(r#"[{"name":"q""#));
    let fields = beside_the_address(&file, &log);
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), *v)).collect();
    assert_eq!(
        fields[1..],
        [
            ("request.cookie u", "ann"),
            ("request.cookie bare", "bare"),
            ("request.query x#3", "2"),
            ("request.body", "p=v%2B1&p=z"),
            ("request.param p#2", "v"),
            ("request.param x", "3"),
        ]
    );
    let size = log.exchanges[0].request_body_bytes;
    assert_eq!(size, 11, "only the text is the body");
}

#[test]
fn parameters_beside_a_multipart_body_are_looked_for_in_it() {
    let request = |value: &str| {
        format!(
            r#"{{"method":"POST","url":"https://e.org/","postData":{{"mimeType":"Multipart/form-data; boundary=X",
            "text":"--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.jpg\"\r\n\r\none\r\ntwo\r\n--X--",
            "params":[{{"name":"f","value":"{value}"}},{{"name":"f","fileName":"a.jpg"}},{{"name":"g","value":"","fileName":"b.jpg"}}]}}}}"#
        )
    };
    let file_apart = "the parameter `g` names a file";
    let (_, log) = one(&request(r"one\ntwo"));
    assert_eq!(log.messages(), [file_apart]);
    assert_eq!(log.exchanges[0].fields.len(), 2);
    let (_, log) = one(&request("ann.lee@example.com"));
    let more = "`postData.params` holds 1 value that `postData.text` does not have";
    assert_eq!(log.messages(), [file_apart, more]);
    let name = log.exchanges[0].fields[2].name.to_string();
    assert_eq!(name, "request.param f");
}

#[test]
fn a_body_shorter_than_half_of_what_is_stated_is_said() {
    let request = |size: i32, length: &str, more: &str, text: &str| {
        format!(
            r#"{{"method":"POST","url":"https://e.org/","bodySize":{size},"headers":[
            {{"name":"Content-Length","value":"{length}"}}{more}],"postData":{{"text":"{text}"}}}}"#
        )
    };
    for (size, length) in [(5000, "5000"), (-1, "5000"), (7, "5000"), (5000, "")] {
        let (file, log) = one(&request(size, length, "", "abc"));
        let stated = if size == 7 { 7 } else { 5000 };
        let message = format!("the capture states a body of {stated} bytes and holds 3");
        assert_eq!(log.messages(), [message]);
        assert_eq!(at(&file, log.defects[0].span.unwrap()), r#""abc""#);
    }
    let gzip = r#",{"name":"content-encoding","value":"gzip"}"#;
    let utf16 = r#",{"name":"Content-Type","value":"text/plain; charset=UTF-16"}"#;
    for (size, length, more) in [
        (6, "6", ""),
        (-1, "x", ""),
        (99, "99", gzip),
        (8, "8", utf16),
    ] {
        let (_, log) = one(&request(size, length, more, "abc"));
        assert!(
            log.defects.is_empty(),
            "{size} {more}: {:?}",
            log.messages()
        );
    }
    let declared = r#"abc","encoding":"base64"#;
    assert!(one(&request(99, "99", "", declared)).1.defects.is_empty());
}

#[test]
fn a_compressed_body_written_as_text_is_damaged() {
    let request = |coding: &str, text: &str| {
        format!(
            r#"{{"method":"POST","url":"https://e.org/","headers":[{{"name":"Content-Encoding","value":"{coding}"}}],
            "postData":{{"text":"{text}"}}}}"#
        )
    };
    let broken = r"\u001f\ufffd\b\u0000\ufffdabc\ufffd";
    for coding in ["gzip", "BR", "identity, zstd", "deflate"] {
        let (_, log) = one(&request(coding, broken));
        let damaged =
            "the body was damaged when the capture was written: it holds 3 replacement characters";
        assert_eq!(log.messages(), [damaged]);
        assert_eq!(log.exchanges[0].fields.len(), 3, "it is read all the same");
    }
    let sent = r"the text was decompressed, and this mark was sent: \ufffd";
    for (coding, text) in [("identity", broken), ("gzip", "plain"), ("gzip", sent)] {
        let (_, log) = one(&request(coding, text));
        assert!(log.defects.is_empty(), "{coding} {text}");
    }
}

#[test]
fn a_body_written_as_that_of_a_response_is_read() {
    let body = |data: &str| {
        let request =
            format!(r#"{{"method":"POST","url":"https://e.org/","postData":{{{data}}}}}"#);
        let (file, log) = one(&request);
        let field = log.exchanges[0].fields.last().unwrap().clone();
        (at(&file, field.span).to_owned(), field, log)
    };
    let (text, field, log) = body(r#""text":"","content":{"text":"YQ==","encoding":"base64"}"#);
    assert_eq!((text.as_str(), field.name), ("YQ==", FieldName::Body));
    assert_eq!(field.declared, [Step::Base64]);
    assert!(log.defects.is_empty());
    let (text, _, log) = body(r#""text":"a","content":{"text":"\u0061"}"#);
    assert!(text == "a" && log.defects.is_empty());
    let (text, _, log) = body(r#""text":"a","content":{"text":"b"}"#);
    assert_eq!(text, "a");
    let differs = "`postData.content.text` is not the same as `postData.text`";
    assert_eq!(log.messages(), [differs]);
}
