//! WACZ files: where their requests stand, and what is said of those that are damaged.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use affiant_ingest::{HEAD_BYTES, Settings, is_archive_of_files, recognise};
use affiant_model::{Exchange, Reach};
use common::{Log, bytes_at, read_as};
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn read(file: &[u8]) -> Log {
    read_as("wacz", file, &Settings::default()).unwrap()
}

/// A request and its answer.
fn records(id: &str) -> Vec<u8> {
    let get = format!("GET /?id={id} HTTP/1.1\r\nHost: a.example\r\n\r\n");
    let ok = "HTTP/1.1 200 OK\r\n\r\n".to_owned();
    let mut out = Vec::new();
    for (kind, block) in [("request", get), ("response", ok)] {
        let length = block.len();
        let head = format!(
            "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://a.example/?id={id}\r\n\
             WARC-Date: 2020-03-20T10:00:00Z\r\nContent-Length: {length}\r\n\r\n"
        );
        out.extend(format!("{head}{block}\r\n\r\n").into_bytes());
    }
    out
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    let digits = Sha256::digest(bytes);
    digits.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A package of these members, listed with their digests.
fn package(members: &[(&str, Vec<u8>, bool)]) -> Vec<(String, Vec<u8>, bool)> {
    let resources: Vec<String> = members
        .iter()
        .map(|(name, bytes, _)| {
            let (length, digest) = (bytes.len(), sha256(bytes));
            format!(r#"{{"path":"{name}","bytes":{length},"hash":"sha256:{digest}"}}"#)
        })
        .collect();
    let json = format!(
        r#"{{"wacz_version":"1.1.1","title":"T","software":"W 1","resources":[{}]}}"#,
        resources.join(",")
    );
    let digest = format!(
        r#"{{"path":"datapackage.json","hash":"sha256:{}"}}"#,
        sha256(json.as_bytes())
    );
    let mut all: Vec<_> = members
        .iter()
        .map(|(name, bytes, stored)| ((*name).to_owned(), bytes.clone(), *stored))
        .collect();
    all.push(("datapackage.json".to_owned(), json.into_bytes(), false));
    all.push((
        "datapackage-digest.json".to_owned(),
        digest.into_bytes(),
        false,
    ));
    all
}

fn zip(members: &[(String, Vec<u8>, bool)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes, stored) in members {
        let method = if *stored {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        };
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn pages() -> Vec<u8> {
    b"{\"format\":\"json-pages-1.0\"}\n{\"url\":\"http://a.example/\"}\n".to_vec()
}

/// Four WARC files: stored or not, under gzip or not.
fn four() -> Vec<u8> {
    zip(&package(&[
        ("archive/a.warc", records("1"), true),
        ("archive/b.warc.gz", gzip(&records("2")), true),
        ("archive/c.warc", records("3"), false),
        ("archive/d.warc.gz", gzip(&records("4")), false),
        ("pages/pages.jsonl", pages(), true),
    ]))
}

#[test]
fn requests_of_all_its_archives_are_read_each_with_the_way_out_of_the_file() {
    let file = four();
    assert_eq!(recognise(&file).unwrap().name(), "wacz");
    assert!(!is_archive_of_files(&file), "its members are not exhibits");
    let log = read(&file);
    assert_eq!(log.messages(), [""; 0]);
    assert_eq!(log.capture.entries, 4);
    let urls: Vec<_> = log.exchanges.iter().map(|e| e.url.as_str()).collect();
    let wanted = ["1", "2", "3", "4"].map(|id| format!("http://a.example/?id={id}"));
    assert_eq!(urls, wanted);
    let said = |e: &Exchange| e.unpacking().unwrap_or_default();
    let ways: Vec<String> = log.exchanges.iter().map(said).collect();
    let bytes = format!("bytes 0+{}", log.exchanges[0].raw.len());
    assert_eq!(
        ways,
        [
            String::new(),
            format!("gzip / {bytes}"),
            format!("zip archive/c.warc / {bytes}"),
            format!("zip archive/d.warc.gz / gzip / {bytes}"),
        ]
    );
    let first = &log.exchanges[0];
    assert_eq!(
        (first.reach, first.status),
        (Reach::Acknowledged, Some(200))
    );
    assert_eq!(
        bytes_at(&file, first.fields[0].span),
        b"/?id=1",
        "in the file as it is"
    );
    // The span of one under gzip is its member, which unpacks to its bytes.
    let second = &log.exchanges[1];
    assert_eq!(bytes_at(&file, second.span), gzip(&records("2")));
}

#[test]
fn what_the_package_says_of_itself_is_kept() {
    let capture = read(&four()).capture;
    assert_eq!(capture.format, "wacz");
    assert_eq!(capture.version.as_deref(), Some("1.1.1"));
    assert_eq!(capture.writer.as_deref(), Some("W 1"));
    let stated: Vec<_> = capture
        .stated
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    assert_eq!(stated, ["title=T", "page=http://a.example/", "pages=1"]);
}

#[test]
fn what_differs_from_the_package_is_said() {
    let whole = || {
        package(&[
            ("archive/a.warc", records("1"), true),
            ("pages/pages.jsonl", pages(), true),
        ])
    };
    let edit = |name: &str, f: &dyn Fn(&mut Vec<u8>)| {
        let mut members = whole();
        let member = members.iter_mut().find(|(own, ..)| own == name).unwrap();
        f(&mut member.1);
        zip(&members)
    };
    let without = |name: &str| {
        let members: Vec<_> = whole()
            .into_iter()
            .filter(|(own, ..)| own != name)
            .collect();
        zip(&members)
    };
    let with = |name: &str| {
        let mut members = whole();
        members.push((name.to_owned(), records("2"), true));
        zip(&members)
    };
    for (file, exchanges, said) in [
        (
            edit("archive/a.warc", &|warc| {
                let at = warc.windows(6).position(|w| w == b"200 OK").unwrap();
                warc[at + 2] = b'4';
            }),
            1,
            "`archive/a.warc`: its SHA-256 is ",
        ),
        (
            edit("pages/pages.jsonl", &|pages| pages.push(b'\n')),
            1,
            "`pages/pages.jsonl`: it has 57 bytes where the package states 56",
        ),
        (
            edit("datapackage.json", &|json| json.push(b' ')),
            1,
            "where `datapackage-digest.json` states `sha256:",
        ),
        (
            edit("datapackage-digest.json", &|json| json.clear()),
            1,
            "`datapackage-digest.json` cannot be read",
        ),
        (
            without("pages/pages.jsonl"),
            1,
            "the package names `pages/pages.jsonl`",
        ),
        (without("datapackage.json"), 1, "no `datapackage.json`"),
        (
            with("archive/b.warc"),
            2,
            "the package does not name `archive/b.warc`",
        ),
    ] {
        let log = read(&file);
        assert_eq!(log.exchanges.len(), exchanges, "{said}");
        assert_eq!(log.defects.len(), 1, "{said}: {:?}", log.messages());
        assert!(log.messages()[0].contains(said), "{:?}", log.messages());
    }
}

#[test]
fn a_package_that_is_damaged_or_none_is_refused_or_its_defects_named() {
    let none = zip(&package(&[("pages/pages.jsonl", pages(), true)]));
    let refused = |file: &[u8]| {
        let refused = read_as("wacz", file, &Settings::default());
        refused.err().unwrap().to_string()
    };
    assert!(refused(&none).contains("holds no WARC file"));
    let file = four();
    assert!(refused(&file[..file.len() - 40]).contains("the archive is damaged"));
    // A gzip that breaks off is read up to there.
    let cut = gzip(&[records("1"), records("2")].concat());
    let cut = cut[..cut.len() - 12].to_vec();
    let log = read(&zip(&package(&[("archive/a.warc.gz", cut, true)])));
    assert!(!log.exchanges.is_empty());
    assert!(
        log.messages()
            .iter()
            .any(|m| m.contains("the compression is broken"))
    );
}

#[test]
fn no_flipped_byte_makes_the_reader_panic() {
    let file = four();
    for at in 0..file.len() {
        let mut file = file.clone();
        file[at] ^= 0x20;
        let _ = read_as("wacz", &file, &Settings::default());
    }
}

/// The folder `devices` of the collection, where there is one.
fn corpus() -> Option<PathBuf> {
    #[allow(
        clippy::disallowed_methods,
        reason = "a test may be told where the collection is"
    )]
    let named = std::env::var_os("AFFIANT_CORPUS").map(PathBuf::from);
    let root = named
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"));
    Some(root.join("devices")).filter(|folder| folder.is_dir())
}

/// What each real file gives: requests, or why it is refused; and the path. The
/// first of py-wacz is not valid on purpose.
const TABLE: &[(Result<usize, &str>, &str)] = &[
    (
        Err("the archive holds no WARC file"),
        "webrecorder+py-wacz/tests/fixtures/invalid_example_1.wacz",
    ),
    (
        Ok(1),
        "webrecorder+py-wacz/tests/fixtures/valid_example_1.wacz",
    ),
    (
        Ok(1),
        "webrecorder+py-wacz/tests/fixtures/valid_example_2.wacz",
    ),
    (
        Ok(14),
        "webrecorder+replayweb.page/mkdocs/site/docs/examples/example.wacz",
    ),
    (
        Ok(2),
        "webrecorder+replayweb.page/mkdocs/site/docs/examples/iframetest.wacz",
    ),
];

#[test]
fn real_files_are_read_as_stated() {
    let Some(root) = corpus() else {
        println!("skipped: no collection of captures at AFFIANT_CORPUS");
        return;
    };
    for (wanted, path) in TABLE {
        let file = fs::read(root.join(path)).unwrap();
        let name = recognise(&file[..file.len().min(HEAD_BYTES)])
            .unwrap()
            .name();
        assert_eq!(name, "wacz", "{path}");
        match (wanted, read_as(&name, &file, &Settings::default())) {
            (Ok(requests), Ok(log)) => {
                let with = log.exchanges.iter().filter(|e| !e.method.is_empty());
                assert_eq!(
                    (with.count(), log.exchanges.len()),
                    (*requests, *requests),
                    "{path}"
                );
                assert_eq!(log.messages(), [""; 0], "{path}");
            }
            (Err(why), Err(refused)) => assert!(refused.to_string().contains(why), "{refused}"),
            (_, read) => panic!("{path}: {:?}", read.map(|log| log.exchanges.len())),
        }
    }
}
