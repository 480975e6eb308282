//! Items of Burp Suite.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "common/collection.rs"]
mod collection;
mod common;

use std::process::Command;

use affiant_ingest::{HEAD_BYTES, Limits, Settings, recognise};
use affiant_model::{Carrier, Exchange, FieldName, Reach, Span, Unpack};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Log, bytes_at, read_as};
use proptest::prelude::*;

const DTD: &str =
    "<!DOCTYPE items [\n<!ELEMENT items (item*)>\n<!ATTLIST items burpVersion CDATA \"\">\n]>\n";
const POST: &str =
    "POST /v1?id=7 HTTP/1.1\r\nHost: graph.example.com\r\nContent-Length: 9\r\n\r\nmail=a@b.";

fn item(request: &str, status: &str) -> String {
    format!(
        "  <item>\n    <time>Sat Sep 30 20:11:32 CEST 2023</time>\n    <url><![CDATA[https://graph.example.com/v1?id=7]]></url>\n    \
         <host ip=\"192.0.2.7\">graph.example.com</host>\n    <port>443</port>\n    <protocol>https</protocol>\n    \
         <method><![CDATA[POST]]></method>\n    {request}\n    <status>{status}</status>\n    \
         <response base64=\"true\"><![CDATA[]]></response>\n    <comment></comment>\n  </item>\n"
    )
}

fn file(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n{DTD}<items burpVersion=\"2023.10.1.2\" exportTime=\"Sat Sep 30 20:11:44 IST 2023\">\n{items}</items>\n"
    )
}

fn encoded(request: &str) -> String {
    let text = STANDARD.encode(request);
    format!("<request base64=\"true\"><![CDATA[{text}]]></request>")
}

fn plain(request: &str) -> String {
    format!("<request base64=\"false\"><![CDATA[{request}]]></request>")
}

fn read(text: &str) -> Log {
    let head = &text.as_bytes()[..text.len().min(HEAD_BYTES)];
    assert_eq!(recognise(head).unwrap().name(), "burp");
    read_as("burp", text.as_bytes(), &Settings::default()).unwrap()
}

fn body(exchange: &Exchange) -> &[u8] {
    let body = exchange.fields.iter().find(|f| f.name == FieldName::Body);
    body.map(|body| exchange.bytes_of(body)).unwrap_or_default()
}

#[test]
fn an_item_is_read_the_same_with_base64_and_without() {
    let text = file(&(item(&encoded(POST), "200") + &item(&plain(POST), "200")));
    let log = read(&text);
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    for exchange in &log.exchanges {
        assert_eq!(exchange.url, "https://graph.example.com/v1?id=7");
        assert_eq!(
            (exchange.host.as_str(), exchange.method.as_str()),
            ("graph.example.com", "POST")
        );
        assert_eq!(
            (exchange.status, exchange.reach),
            (Some(200), Reach::Acknowledged)
        );
        assert_eq!(
            exchange.started,
            Some("2023-09-30T18:11:32Z".parse().unwrap())
        );
        assert_eq!(exchange.server_address.as_deref(), Some("192.0.2.7"));
        assert_eq!(exchange.fields.len(), 4);
        assert_eq!(body(exchange), b"mail=a@b.");
        assert!(exchange.fields.iter().all(|f| f.carrier == Carrier::Raw));
    }
    let unpacked = log.exchanges[0].unpacked.as_ref().unwrap();
    let [Unpack::Bytes(run), Unpack::Base64] = unpacked.steps[..] else {
        panic!("{unpacked:?}")
    };
    let span = log.exchanges[0].span;
    let digits = bytes_at(
        text.as_bytes(),
        Span::new(span.offset + run.offset, run.length),
    );
    assert_eq!(STANDARD.decode(digits).unwrap(), POST.as_bytes());
    assert_eq!(log.exchanges[1].unpacked, None);
    assert_eq!(
        log.capture.writer.as_deref(),
        Some("Burp Suite 2023.10.1.2")
    );
    assert_eq!(log.capture.stated[0].1, "Sat Sep 30 20:11:44 IST 2023");
}

#[test]
fn a_request_that_holds_the_end_of_cdata_is_put_together() {
    let request = POST.replace("mail=a@b.", "a=]]>&b=1");
    let log = read(&file(&item(
        &plain(&request.replace("]]>", "]]]]><![CDATA[>")),
        "200",
    )));
    let exchange = &log.exchanges[0];
    assert_eq!(body(exchange), b"a=]]>&b=1");
    let unpacked = exchange.unpacked.as_ref().unwrap();
    assert!(matches!(&unpacked.steps[..], [Unpack::Runs(runs)] if runs.len() == 2));
}

#[test]
fn no_entity_is_expanded() {
    let bomb = "<!DOCTYPE items [<!ENTITY a \"burpVersion\"><!ENTITY b \"&a;&a;&a;\">]>";
    let items = item(
        "<request base64=\"false\">GET /&b; HTTP/1.1</request>",
        "200",
    );
    let text = format!("{bomb}<items burpVersion=\"1\">{items}</items>");
    let log = read(&text);
    assert!(log.exchanges.is_empty());
    assert_eq!(
        log.messages(),
        [
            "the request is written with entities, elements or too many pieces: save the items with base64"
        ]
    );
}

#[test]
fn the_reach_is_that_of_the_status() {
    for (status, wanted) in [
        ("200", Reach::Acknowledged),
        ("407", Reach::Attempted),
        ("", Reach::Sent),
        ("0", Reach::Sent),
        ("100", Reach::Sent),
    ] {
        let log = read(&file(&item(&encoded(POST), status)));
        assert_eq!(log.exchanges[0].reach, wanted, "{status}");
    }
    let log = read(&file(&item(&encoded(POST), "OK")));
    assert_eq!(log.messages(), ["the status `OK` is not one of HTTP"]);
}

#[test]
fn what_cannot_be_read_is_said() {
    let items = [
        item("", "200"),
        item("<request base64=\"true\"><![CDATA[@@@]]></request>", "200"),
        item(&encoded("nonsense"), "200"),
        item(&plain(&POST.replace("a@b.", "é@b")), "200"),
    ];
    let log = read(&file(&items.concat()));
    assert_eq!((log.exchanges.len(), log.capture.entries), (1, 4));
    let messages = log.messages();
    assert_eq!(messages[0], "the item has no request");
    assert!(
        messages[1].starts_with("the request is not base64: "),
        "{messages:?}"
    );
    assert_eq!(
        messages[2..],
        [
            "the request is none of HTTP: it does not begin with a method and a target",
            "the request holds characters beyond ASCII, and was saved without base64",
        ]
    );
    let elsewhere = file(&item(&encoded(POST), "200").repeat(2)).replace("CEST", "IST");
    let log = read(&elsewhere);
    assert_eq!(
        log.messages(),
        ["the times of the file are of the zone `IST`, of which there are several"]
    );
    assert_eq!(log.exchanges[0].started, None);
    assert_eq!(
        log.exchanges[0].started_as_written,
        "Sat Sep 30 20:11:32 IST 2023"
    );
}

#[test]
fn an_end_that_comes_early_and_a_bound_are_said() {
    let text = file(&item(&encoded(POST), "200").repeat(2));
    let cut = &text[..text.len() - 60];
    let log = read(cut);
    assert_eq!((log.exchanges.len(), log.capture.entries), (1, 2));
    assert_eq!(log.messages(), ["the file ends inside this item"]);
    let open = text.replace("</items>", "");
    let log = read(&open);
    assert_eq!(log.exchanges.len(), 2);
    assert!(log.messages()[0].starts_with("the file ends early, at byte "));
    let limits = Limits {
        entry_bytes: 100,
        ..Limits::default()
    };
    let log = read_as("burp", text.as_bytes(), &limits.into()).unwrap();
    assert_eq!(
        log.messages()[0],
        "the item is larger than the bound of 100 bytes"
    );
    for other in [
        "<html></html>",
        "<items/>",
        "",
        "<issues burpVersion=\"1\"></issues>",
    ] {
        assert!(
            read_as("burp", other.as_bytes(), &Settings::default()).is_err(),
            "{other}"
        );
        assert!(recognise(other.as_bytes()).is_err(), "{other}");
    }
}

/// Reads the items with the standard library of Python.
const SCRIPT: &str = r"
import sys, base64, xml.etree.ElementTree as tree
for item in tree.parse(sys.argv[1]).getroot():
    request = item.find('request')
    data = base64.b64decode(request.text) if request.get('base64') == 'true' else request.text.encode()
    end = b'\r\n\r\n' if b'\r\n\r\n' in data else b'\n\n'
    head, _, body = data.partition(end)
    print(item.find('url').text, item.find('status').text, item.find('host').get('ip'),
          head.split(b' ')[0].decode(), len(head.splitlines()) - 1, body.hex())
";

#[test]
fn the_file_of_the_collection_is_read_as_python_reads_it() {
    let Some(root) =
        collection::folder("devices/projectdiscovery+nuclei/pkg/input/formats/testdata")
    else {
        return;
    };
    let path = root.join("burp.xml");
    let text = std::fs::read_to_string(&path).unwrap();
    let log = read(&text);
    assert_eq!(log.exchanges.len(), text.matches("<item>").count());
    let Ok(python) = Command::new("python3")
        .args(["-c", SCRIPT])
        .arg(&path)
        .output()
    else {
        println!("skipped: python3 is not installed");
        return;
    };
    let mut found = String::new();
    for exchange in &log.exchanges {
        let is_header = |name: &FieldName| matches!(name, FieldName::Header { .. });
        let headers = exchange
            .fields
            .iter()
            .filter(|f| is_header(&f.name))
            .count();
        let hex: String = body(exchange).iter().map(|b| format!("{b:02x}")).collect();
        found.push_str(&format!(
            "{} {} {} {} {headers} {hex}\n",
            exchange.url,
            exchange.status.unwrap(),
            exchange.server_address.as_deref().unwrap(),
            exchange.method,
        ));
    }
    assert_eq!(found, String::from_utf8(python.stdout).unwrap());
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = file(&(item(&encoded(POST), "200") + &item(&plain(POST), ""))).into_bytes();
        for (place, byte) in places {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = read_as("burp", &bytes, &Settings::default());
    }

    #[test]
    fn what_is_written_reads_back(content in prop::collection::vec(any::<u8>(), 1..60)) {
        let request = [b"POST / HTTP/1.1\r\nHost: graph.example.com\r\n\r\n", &content[..]].concat();
        let digits = STANDARD.encode(&request);
        let written = format!("<request base64=\"true\">\n  <![CDATA[{digits}]]>\n</request>");
        let log = read(&file(&item(&written, "200")));
        prop_assert_eq!(body(&log.exchanges[0]), &content[..]);
    }
}
