//! Captures under a compression of the whole file: what is read is what is under
//! it, and what breaks off is said.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::io::Write as _;

use affiant_ingest::{Limits, Settings, recognise};
use affiant_model::{Span, Unpack};
use common::{GET, entry, read, read_as};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn har(entries: usize) -> String {
    let entries = vec![entry(GET); entries].join(",");
    format!(r#"{{"log":{{"entries":[{entries}]}}}}"#)
}

#[test]
fn what_is_read_is_what_is_under_the_compression() {
    let plain = har(3);
    let (first, rest) = plain.as_bytes().split_at(100);
    let packed = [
        ("gzip/har", gzip(plain.as_bytes())),
        // Members and frames, one behind the other, are one content.
        ("gzip/har", [gzip(first), gzip(rest)].concat()),
        ("zstd/har", zstd::encode_all(plain.as_bytes(), 3).unwrap()),
        (
            "zstd/har",
            [
                zstd::encode_all(first, 3).unwrap(),
                zstd::encode_all(rest, 3).unwrap(),
            ]
            .concat(),
        ),
    ];
    let wanted = read(&plain).exchanges;
    for (name, file) in packed {
        assert_eq!(recognise(&file).unwrap().name(), name);
        let log = read_as(name, &file, &Settings::default()).unwrap();
        assert_eq!(log.messages(), Vec::<&str>::new());
        assert_eq!(log.capture.format, name);
        assert_eq!(log.exchanges.len(), wanted.len());
        for (found, wanted) in log.exchanges.iter().zip(&wanted) {
            assert_eq!(found.raw, wanted.raw);
            assert_eq!(found.span, Span::new(0, file.len() as u64));
            let unpacked = found.unpacked.as_ref().unwrap();
            assert!(matches!(unpacked.steps[..], [Unpack::Gzip | Unpack::Zstd]));
            assert_eq!(unpacked.offset, wanted.span.offset);
        }
    }
}

#[test]
fn a_compression_that_breaks_off_gives_what_stands_before() {
    let plain = har(2_000);
    // Stored and not deflated, so that what was cut off is known.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    encoder.write_all(plain.as_bytes()).unwrap();
    let mut file = encoder.finish().unwrap();
    file.truncate(file.len() / 2);
    let log = read_as("gzip/har", &file, &Settings::default()).unwrap();
    assert!(log.exchanges.len() > 500, "{}", log.exchanges.len());
    let broken = |message: &&str| message.starts_with("the compression is broken");
    assert_eq!(log.messages().iter().filter(|m| broken(m)).count(), 1);
    let inside = log.messages()[0];
    assert!(inside.contains("of the content)"), "{inside}");
}

#[test]
fn what_swells_beyond_the_bounds_is_read_no_further() {
    let plain = har(50);
    let settings = Limits {
        unpacked_bytes: plain.len() as u64 / 2,
        ..Limits::default()
    }
    .into();
    let log = read_as("gzip/har", &gzip(plain.as_bytes()), &settings).unwrap();
    assert!((1..50).contains(&log.exchanges.len()));
    let bound = "the content is larger than the bound";
    assert!(log.messages().iter().any(|m| m.starts_with(bound)));

    // 90 MB of white space behind the log, out of some 90 KB.
    let mut file = gzip(plain.as_bytes());
    file.extend(gzip(&vec![b' '; 90 << 20]));
    let log = read_as("gzip/har", &file, &Settings::default()).unwrap();
    assert_eq!(log.exchanges.len(), 50);
    assert!(
        log.messages().iter().any(|m| m.starts_with(bound)),
        "{:?}",
        log.messages()
    );
}

#[test]
fn a_compressed_file_of_no_format_is_refused_by_its_content() {
    let said = recognise(&gzip(b"<html>")).err().unwrap().to_string();
    assert!(
        said.contains("under gzip, the file is an HTML page"),
        "{said}"
    );
}
