//! ARC files: answers of which the address of the request alone is known.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use affiant_ingest::{HEAD_BYTES, Settings, recognise};
use affiant_model::{ExchangeKind, FieldName, Reach};
use common::{Log, bytes_at, read_as};
use proptest::prelude::*;

const FIRST: &str = "filedesc://x.arc 0.0.0.0 20040101000000 text/plain 64\n1 0 Crawler\n\
URL IP-address Archive-date Content-type Archive-length\n\n";

fn record(url: &str, date: &str, block: &str) -> String {
    format!(
        "{url} 192.0.2.7 {date} text/html {}\n{block}\n",
        block.len()
    )
}

const OK: &str = "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n<p>";

fn read(text: &str) -> Log {
    read_as("arc", text.as_bytes(), &Settings::default()).unwrap()
}

#[test]
fn an_answer_is_read_with_the_address_of_its_request() {
    let url = "http://www.Example.org/a?q=two words";
    let lookup = record("dns:www.example.org", "20040101000001", "x");
    let other = record("ftp://a.example/", "20040101000001", "x");
    let text = [FIRST, &lookup, &other, &record(url, "20040101000002", OK)].concat();
    assert_eq!(recognise(text.as_bytes()).unwrap().name(), "arc");
    let log = read(&text);
    assert_eq!(log.messages(), [""; 0]);
    let [lookup, answer] = &log.exchanges[..] else {
        panic!()
    };
    assert_eq!(
        (lookup.kind, lookup.reach, lookup.host.as_str()),
        (ExchangeKind::Lookup, Reach::Contacted, "www.example.org")
    );
    assert_eq!((answer.method.as_str(), answer.url.as_str()), ("", url));
    assert_eq!(
        (answer.reach, answer.status),
        (Reach::Acknowledged, Some(200))
    );
    assert_eq!(answer.host, "www.example.org");
    assert_eq!(answer.server_address.as_deref(), Some("192.0.2.7"));
    assert_eq!(
        answer.started,
        Some("2004-01-01T00:00:02Z".parse().unwrap())
    );
    let [field] = &answer.fields[..] else {
        panic!()
    };
    assert_eq!(field.name, FieldName::Url);
    assert_eq!(bytes_at(text.as_bytes(), field.span), url.as_bytes());
    assert_eq!(log.capture.writer.as_deref(), Some("Crawler"));
    assert_eq!(log.capture.stated[0].1, "1");
}

#[test]
fn the_columns_are_those_that_the_file_names() {
    let first = "filedesc://x.arc 0.0.0.0 20040101000000 text/plain 0\n2 0 C\nURL IP-address Archive-date Content-type Result-code Checksum Location Offset Filename Archive-length\n";
    let line = "http://a.example/ 192.0.2.7 20040101000001 text/html 200 abc - 0 x.arc 3\nabc\n";
    let log = read(&[first, line].concat());
    assert_eq!(log.exchanges[0].url, "http://a.example/");
    assert_eq!(
        log.exchanges[0].server_address.as_deref(),
        Some("192.0.2.7")
    );
    assert_eq!(log.exchanges[0].reach, Reach::Sent);
    assert!(log.messages()[0].contains("none of HTTP"));
}

#[test]
fn what_is_damaged_is_said() {
    let good = record("http://a.example/", "20040101000001", OK);
    for (text, exchanges, said) in [
        (
            record("http://a.example/", "2004", OK),
            1,
            "the date is none: `2004`",
        ),
        (good.replace(" 33\n", " abc\n"), 1, "states no length"),
        (good.replace(" 33\n", " 40\n"), 1, "6 bytes before its end"),
        (format!("{good}junk\n{good}"), 1, "no record begins here"),
    ] {
        let log = read(&[FIRST, &text].concat());
        assert_eq!(log.exchanges.len(), exchanges, "{said}");
        let all = log.messages();
        assert!(all.iter().any(|m| m.contains(said)), "{said}: {all:?}");
    }
    let refused = read_as("arc", b"filedesc://x\n\n\n", &Settings::default());
    let refused = refused.err().unwrap().to_string();
    assert!(refused.contains("does not name the columns"), "{refused}");
}

/// Exchanges and defects of the real files. The lengths and dates of `bad.arc` are
/// wrong on purpose; the line ends of `example-space-in-url.arc` were changed, so that it
/// is shorter than it states.
const TABLE: &[(usize, usize, &str)] = &[
    (1, 0, "example.arc"),
    (1, 0, "example.arc.gz"),
    (1, 1, "example-space-in-url.arc"),
    (3, 7, "bad.arc"),
];

#[test]
fn real_files_are_read_as_stated() {
    #[allow(
        clippy::disallowed_methods,
        reason = "a test may be told where the collection is"
    )]
    let named = std::env::var_os("AFFIANT_CORPUS").map(PathBuf::from);
    let root = named
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"));
    let folder = root.join("devices/webrecorder+warcio/test/data");
    if !folder.is_dir() {
        println!("skipped: no collection of captures at AFFIANT_CORPUS");
        return;
    }
    for (exchanges, defects, name) in TABLE {
        let file = fs::read(folder.join(name)).unwrap();
        let reader = recognise(&file[..file.len().min(HEAD_BYTES)]).unwrap();
        let log = read_as(&reader.name(), &file, &Settings::default()).unwrap();
        let is = (log.exchanges.len(), log.defects.len());
        assert_eq!(is, (*exchanges, *defects), "{name}: {:?}", log.messages());
    }
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let good = record("http://a.example/", "20040101000001", OK);
        let mut file = [FIRST, &good, &good].concat().into_bytes();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = read_as("arc", &file, &Settings::default());
    }
}
