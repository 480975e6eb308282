//! WARC files: what is read of records, and what is said of those that are damaged.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]
#![allow(unreachable_pub, reason = "shared between the parts of this test")]

mod common;
#[path = "warc/corpus.rs"]
mod corpus;

use std::io::Write as _;

use affiant_ingest::{Limits, Settings, recognise};
use affiant_model::{ExchangeKind, FieldName, Reach};
use common::{Log, bytes_at, read_as};
use proptest::prelude::*;

fn read(file: &[u8]) -> Log {
    read_as("warc", file, &Settings::default()).unwrap()
}

/// A record with these fields besides length and version.
fn record(fields: &[(&str, &str)], block: &[u8]) -> Vec<u8> {
    let mut out = b"WARC/1.1\r\n".to_vec();
    for (name, value) in fields {
        out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    out.extend_from_slice(format!("Content-Length: {}\r\n\r\n", block.len()).as_bytes());
    out.extend_from_slice(block);
    out.extend_from_slice(b"\r\n\r\n");
    out
}

const GET: &[u8] = b"GET /e?id=7 HTTP/1.1\r\nHost: collect.example\r\nCookie: _a=1\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n";
const URL: &str = "https://collect.example/e?id=7";
const DATE: (&str, &str) = ("WARC-Date", "2020-03-20T10:00:00.5Z");

fn of_type<'a>(kind: &'a str, id: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("WARC-Type", kind),
        ("WARC-Record-ID", id),
        ("WARC-Target-URI", URL),
        DATE,
        ("Content-Type", "application/http"),
    ]
}

fn request(id: &str, concurrent: Option<&str>) -> Vec<u8> {
    let mut fields = of_type("request", id);
    fields.extend(concurrent.map(|to| ("WARC-Concurrent-To", to)));
    record(&fields, GET)
}

fn response(id: &str, concurrent: Option<&str>) -> Vec<u8> {
    let mut fields = of_type("response", id);
    fields.push(("WARC-IP-Address", "192.0.2.7"));
    fields.extend(concurrent.map(|to| ("WARC-Concurrent-To", to)));
    record(&fields, OK)
}

#[test]
fn a_request_is_read_with_the_place_of_each_field() {
    let info = b"software: Crawler 1.0\r\nhostname: lab\r\n";
    let info = record(&[("WARC-Type", "warcinfo"), DATE], info);
    let mut answer = of_type("response", "<b>");
    answer.extend([
        ("WARC-IP-Address", "192.0.2.7"),
        ("WARC-Protocol", "h2"),
        ("WARC-Protocol", "tls/1.3"),
        ("WARC-Cipher-Suite", "TLS_AES_128_GCM_SHA256"),
    ]);
    let file = [info, request("<a>", Some("<b>")), record(&answer, OK)].concat();
    assert_eq!(recognise(&file).unwrap().name(), "warc");
    let log = read(&file);
    assert_eq!(log.messages(), [""; 0]);
    assert_eq!(log.capture.writer.as_deref(), Some("Crawler 1.0"));
    assert_eq!(log.capture.version.as_deref(), Some("1.1"));
    assert_eq!(log.capture.stated, [("hostname".into(), "lab".into())]);
    let [exchange] = &log.exchanges[..] else {
        panic!()
    };
    assert_eq!(
        (exchange.kind, exchange.reach, exchange.status),
        (ExchangeKind::Request, Reach::Acknowledged, Some(204))
    );
    assert_eq!(
        (exchange.method.as_str(), exchange.url.as_str()),
        ("GET", URL)
    );
    assert_eq!(exchange.host, "collect.example");
    assert_eq!(exchange.server_address.as_deref(), Some("192.0.2.7"));
    assert_eq!(
        exchange.started,
        Some("2020-03-20T10:00:00.500Z".parse().unwrap())
    );
    let tls = exchange.tls.as_ref().unwrap();
    assert_eq!(tls.version.as_deref(), Some("TLS 1.3"));
    assert_eq!(tls.alpn.as_deref(), Some("h2"));
    let fields: Vec<_> = exchange
        .fields
        .iter()
        .map(|field| bytes_at(&file, field.span))
        .collect();
    let wanted: [&[u8]; 3] = [b"/e?id=7", b"collect.example", b"_a=1"];
    assert_eq!(fields, wanted);
}

#[test]
fn request_and_answer_are_joined_whichever_comes_first_and_names_the_other() {
    let (a, b) = (Some("<a>"), Some("<b>"));
    for file in [
        [request("<a>", b), response("<b>", None)],
        [request("<a>", None), response("<b>", a)],
        [response("<b>", a), request("<a>", None)],
        [response("<b>", None), request("<a>", b)],
        // Neither names the other: one target at one time.
        [response("<b>", None), request("<a>", None)],
    ] {
        let log = read(&file.concat());
        assert_eq!(log.messages(), [""; 0]);
        assert_eq!(log.exchanges.len(), 1);
        assert_eq!(log.exchanges[0].status, Some(204));
        assert_eq!(log.exchanges[0].method, "GET");
    }
}

#[test]
fn what_does_not_belong_together_is_not_joined() {
    let other = [
        ("WARC-Type", "response"),
        ("WARC-Target-URI", URL),
        ("WARC-Date", "2020-03-20T10:00:01Z"),
    ];
    let log = read(&[request("<a>", None), record(&other, OK)].concat());
    let reach: Vec<_> = log.exchanges.iter().map(|e| (e.reach, e.status)).collect();
    assert_eq!(
        reach,
        [(Reach::Sent, None), (Reach::Acknowledged, Some(204))]
    );
    let log = read(&request("<a>", Some("<gone>")));
    assert_eq!(log.exchanges[0].reach, Reach::Sent);
    assert_eq!(
        log.messages(),
        ["the record that this request names as its answer does not stand near it"]
    );
    // Too far apart: both are entries.
    let lookup = [
        ("WARC-Type", "response"),
        ("WARC-Target-URI", "dns:a"),
        DATE,
    ];
    let between = (0..200).map(|_| record(&lookup, b""));
    let far: Vec<u8> = [request("<a>", Some("<b>"))]
        .into_iter()
        .chain(between)
        .chain([response("<b>", Some("<c>"))])
        .flatten()
        .collect();
    let log = read(&far);
    assert_eq!(log.exchanges.len(), 202);
    assert_eq!(log.exchanges[0].reach, Reach::Sent);
    assert_eq!(log.defects.len(), 1);
}

#[test]
fn of_an_answer_without_a_request_no_more_is_said_than_its_target() {
    let file = response("<b>", None);
    let log = read(&file);
    assert_eq!(log.messages(), [""; 0]);
    let exchange = &log.exchanges[0];
    assert_eq!((exchange.method.as_str(), exchange.url.as_str()), ("", URL));
    assert_eq!(
        (exchange.reach, exchange.status),
        (Reach::Acknowledged, Some(204))
    );
    assert_eq!(
        exchange.detail.as_deref(),
        Some("answer without its request")
    );
    let [field] = &exchange.fields[..] else {
        panic!()
    };
    assert_eq!(field.name, FieldName::Url);
    assert_eq!(bytes_at(&file, field.span), URL.as_bytes());
    assert!(exchange.raw.ends_with(b"\r\n\r\n"), "the header alone");
}

#[test]
fn a_revisit_is_an_answer_also_without_a_block() {
    let revisit = record(&of_type("revisit", "<b>"), b"");
    let log = read(&[request("<a>", Some("<b>")), revisit].concat());
    assert_eq!(log.messages(), [""; 0]);
    assert_eq!(
        (log.exchanges[0].reach, log.exchanges[0].status),
        (Reach::Acknowledged, None)
    );
}

#[test]
fn a_lookup_that_a_crawler_keeps_is_a_contact() {
    let fields = [
        ("WARC-Type", "response"),
        ("WARC-Target-URI", "dns:Collect.example"),
        DATE,
        ("Content-Type", "text/dns"),
    ];
    let block = b"20200320100000\ncollect.example.\t300\tIN\tA\t192.0.2.7\n";
    let log = read(&record(&fields, block));
    let exchange = &log.exchanges[0];
    assert_eq!(
        (exchange.kind, exchange.reach, exchange.host.as_str()),
        (ExchangeKind::Lookup, Reach::Contacted, "collect.example")
    );
    assert!(exchange.fields.is_empty());
}

#[test]
fn records_that_are_no_part_of_an_exchange_are_counted() {
    let fields = [
        ("WARC-Type", "resource"),
        ("WARC-Target-URI", "urn:pageinfo:x"),
        DATE,
    ];
    let other = record(&fields, b"{}");
    let log = read(&[other.clone(), other, request("<a>", None)].concat());
    assert_eq!((log.exchanges.len(), log.capture.entries), (1, 1));
    let wanted = ("records of the type `resource`".to_owned(), "2".to_owned());
    assert_eq!(log.capture.stated, [wanted]);
}

#[test]
fn what_is_damaged_is_said() {
    let with = |name, value| {
        let mut fields = of_type("request", "<a>");
        fields.push((name, value));
        record(&fields, GET)
    };
    let text = |file: Vec<u8>, from: &str, to: &str| {
        String::from_utf8(file)
            .unwrap()
            .replace(from, to)
            .into_bytes()
    };
    let plain = || request("<a>", None);
    for (file, exchanges, said) in [
        (
            with("WARC-Truncated", "length"),
            1,
            "was cut when it was written: `length`",
        ),
        (
            with("WARC-Segment-Number", "1"),
            1,
            "one segment of several",
        ),
        (
            with("WARC-Block-Digest", "sha1:AAAA"),
            1,
            "does not have the digest stated",
        ),
        (
            with("WARC-Type", "request"),
            1,
            "`WARC-Type` stands more than once",
        ),
        (
            text(plain(), "WARC/1.1", "WARC/2.0"),
            1,
            "version 2.0 of WARC is not known",
        ),
        (
            text(plain(), DATE.1, "soon"),
            1,
            "`WARC-Date` is no time: `soon`",
        ),
        (text(plain(), "GET /", "what? /"), 1, "none of HTTP"),
        (text(plain(), "WARC-Target-URI", "X"), 1, "names no target"),
        (
            text(plain(), "WARC-Type: request", "X: y"),
            0,
            "of what type it is",
        ),
    ] {
        let log = read(&file);
        assert_eq!(log.exchanges.len(), exchanges, "{said}");
        assert_eq!(log.defects.len(), 1, "{said}: {:?}", log.messages());
        assert!(log.messages()[0].contains(said), "{:?}", log.messages());
    }
}

#[test]
fn where_no_record_begins_the_rest_is_reported() {
    let with = |junk: &[u8]| {
        [
            request("<a>", None),
            junk.to_vec(),
            request("<c>", Some("<a>")),
        ]
        .concat()
    };
    // One line behind a block that is longer than it states.
    let log = read(&with(b"junk\r\n\r\n"));
    assert_eq!(log.exchanges.len(), 2);
    assert_eq!(
        log.messages()[0],
        "bytes stand behind a block, where a record is due"
    );
    let file = with(b"junk\r\njunk\r\n");
    let log = read(&file);
    assert_eq!(log.exchanges.len(), 1);
    assert_eq!(log.messages()[1], "no record begins here, where one is due");
    let rest = log.defects[1].span.unwrap();
    assert_eq!(rest.end(), file.len() as u64, "nothing is left out");
    for (file, said) in [
        (&b""[..], "the file is empty"),
        (b"WARC/1.2.3\r\n\r\n", "does not begin with the version"),
    ] {
        let refused = read_as("warc", file, &Settings::default()).err().unwrap();
        let refused = refused.to_string();
        assert!(refused.contains(said), "{refused}");
    }
}

#[test]
fn a_file_cut_at_any_byte_is_read_up_to_there() {
    let one = [request("<a>", None), response("<b>", None)].concat();
    let file = [&one[..], &one].concat();
    for end in 1..file.len() {
        match read_as("warc", &file[..end], &Settings::default()) {
            Err(_) => assert!(end < one.len(), "{end}"),
            Ok(log) => assert!(
                !log.exchanges.is_empty() || !log.defects.is_empty(),
                "{end}"
            ),
        }
    }
}

#[test]
fn a_request_beyond_the_bound_keeps_its_number() {
    let limits = Limits {
        entry_bytes: GET.len(),
        ..Limits::default()
    };
    let mut block = GET.to_vec();
    block.push(b'x');
    let file = [
        record(&of_type("request", "<b>"), &block),
        request("<a>", None),
    ]
    .concat();
    let log = read_as("warc", &file, &limits.into()).unwrap();
    assert_eq!((log.exchanges.len(), log.exchanges[0].ordinal), (1, 2));
    assert!(log.messages()[0].contains("larger than the bound"));
}

#[test]
fn records_under_gzip_are_read_member_by_member() {
    let mut file = Vec::new();
    for record in [request("<a>", Some("<b>")), response("<b>", None)] {
        let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        member.write_all(&record).unwrap();
        file.extend(member.finish().unwrap());
    }
    assert_eq!(recognise(&file).unwrap().name(), "gzip/warc");
    let log = read_as("gzip/warc", &file, &Settings::default()).unwrap();
    assert_eq!((log.exchanges.len(), log.defects.len()), (1, 0));
    assert_eq!(log.exchanges[0].status, Some(204));
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = [request("<a>", None), response("<b>", None), request("<c>", Some("<d>"))].concat();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let small = Limits { entry_bytes: 60, fields: 1, stated_items: 1, ..Limits::default() };
        for limits in [Limits::default(), small] {
            // Each place is held against the file there.
            let _ = read_as("warc", &file, &limits.into());
        }
    }

    #[test]
    fn what_was_written_is_read_back(
        requests in prop::collection::vec(("[a-z]{1,8}", prop::collection::vec(any::<u8>(), 1..40)), 1..6),
    ) {
        let file: Vec<u8> = requests.iter().flat_map(|(path, body)| {
            let head = format!("POST /{path} HTTP/1.1\r\nHost: a.example\r\nContent-Length: {}\r\n\r\n", body.len());
            let url = format!("http://a.example/{path}");
            let fields = [("WARC-Type", "request"), ("WARC-Target-URI", &*url), DATE];
            record(&fields, &[head.as_bytes(), body].concat())
        }).collect();
        let log = read(&file);
        prop_assert_eq!(log.messages(), [""; 0]);
        prop_assert_eq!(log.exchanges.len(), requests.len());
        for (exchange, (path, body)) in log.exchanges.iter().zip(&requests) {
            prop_assert_eq!(&exchange.url, &format!("http://a.example/{path}"));
            let field = exchange.fields.iter().find(|f| f.name == FieldName::Body).unwrap();
            prop_assert_eq!(bytes_at(&file, field.span), &body[..]);
        }
    }
}
