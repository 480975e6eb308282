//! Real WARC files: each is read as the table says, and as warcio reads it.
//!
//! The collection is not part of the project: `AFFIANT_CORPUS` names it, and
//! `AFFIANT_WARCIO` names a Python that has warcio.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use affiant_ingest::{HEAD_BYTES, Settings, recognise};
use affiant_model::{Digest, Exchange, ExchangeKind, FieldName};

use crate::common::{Log, read_as};

#[allow(
    clippy::disallowed_methods,
    reason = "a test may be told where things are"
)]
fn told(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The folder `devices` of the collection, where there is one.
fn corpus() -> Option<PathBuf> {
    let root = told("AFFIANT_CORPUS").map(PathBuf::from);
    let root = root
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"));
    Some(root.join("devices")).filter(|folder| folder.is_dir())
}

const SKIPPED: &str = "skipped: no collection of captures at AFFIANT_CORPUS";

/// What each file gives: entries with a method, without one, defects, and the path.
///
/// The requests of `example-warcinfo-metadata.warc` begin with the status of a
/// response, an error of their writer. In `netpreserve-twitter.warc` twelve
/// requests name answers that the file has under another name, of which eleven
/// have the same time.
/// In `example-digest.warc` there are no answers, and one of the requests has a
/// block digest that is wrong on purpose. The length of the response in
/// `example-trunc.warc` is two bytes short.
const TABLE: &str = "\
18 0 0  webrecorder+py-wacz/tests/fixtures/example-collection-with-lists.warc
1 0 0   webrecorder+py-wacz/tests/fixtures/example-collection.warc
58 0 0  webrecorder+py-wacz/tests/fixtures/example-iana.warc
0 1 0   webrecorder+py-wacz/tests/fixtures/example-resource.warc.gz
0 1 1   webrecorder+py-wacz/tests/fixtures/example-warcinfo-metadata.warc
151 1 1 webrecorder+replayweb.page/mkdocs/site/docs/examples/netpreserve-twitter.warc
2 0 0   webrecorder+warcio/test/data/example-bad-non-chunked.warc.gz
4 0 5   webrecorder+warcio/test/data/example-digest.warc
1 0 0   webrecorder+warcio/test/data/example-iana.org-chunked.warc
0 0 0   webrecorder+warcio/test/data/example-resource.warc.gz
0 0 0   webrecorder+warcio/test/data/example-space-in-target-uri.warc.gz
1 0 1   webrecorder+warcio/test/data/example-trunc.warc
1 0 0   webrecorder+warcio/test/data/example-wget-bad-target-uri.warc.gz
1 0 0   webrecorder+warcio/test/data/example-wrong-chunks.warc.gz
2 0 0   webrecorder+warcio/test/data/example.warc
2 0 0   webrecorder+warcio/test/data/example.warc.gz
3 0 0   webrecorder+warcio/test/data/post-test.warc.gz
";

fn columns(line: &str) -> [&str; 4] {
    let columns: Vec<&str> = line.split_whitespace().collect();
    columns.try_into().unwrap()
}

fn read(path: &Path) -> Option<Log> {
    let file = fs::read(path).unwrap();
    let reader = recognise(&file[..file.len().min(HEAD_BYTES)]).ok()?;
    assert!(reader.name().ends_with("warc"), "{}", path.display());
    read_as(&reader.name(), &file, &Settings::default()).ok()
}

#[test]
fn every_file_is_read_as_stated() {
    let Some(root) = corpus() else {
        println!("{SKIPPED}");
        return;
    };
    let mut wrong = Vec::new();
    for line in TABLE.lines() {
        let [requests, alone, defects, path] = columns(line);
        let log = read(&root.join(path)).unwrap();
        let with = log
            .exchanges
            .iter()
            .filter(|e| !e.method.is_empty())
            .count();
        let without = log.exchanges.len() - with;
        let is = format!("{with} {without} {}", log.defects.len());
        if is != format!("{requests} {alone} {defects}") {
            wrong.push(format!("{path}: {is} {:?}", log.messages()));
        }
    }
    assert!(
        wrong.is_empty(),
        "not as the table says:\n{}",
        wrong.join("\n")
    );
}

/// The files of jhove, which are damaged on purpose, or valid in an odd way.
#[test]
fn files_that_are_damaged_on_purpose_are_refused_or_have_their_defects_named() {
    let Some(root) = corpus() else {
        println!("{SKIPPED}");
        return;
    };
    let folder = "openpreserve+jhove/jhove-ext-modules/src/test/resources/warc";
    let mut read_files = 0;
    for entry in fs::read_dir(root.join(folder)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let log = read(&path);
        read_files += usize::from(log.is_some());
        if name.starts_with("invalid-warcheaderversion") {
            // Each is a version line and no more, right or wrong.
            let said = log.is_none_or(|log| !log.defects.is_empty() && log.exchanges.is_empty());
            assert!(said, "{name}");
        } else if name.starts_with("valid-") {
            // Some of them hold a header without the block that it states.
            let log = log.unwrap();
            let cut = |message: &&str| message.contains("the file ends inside this record");
            let all = log.messages().iter().all(cut);
            assert!(all, "{name}: {:?}", log.messages());
        }
    }
    assert_eq!(read_files, 62);
}

/// Prints the records that warcio reads: type, target, status, and the digest of
/// what stands behind the head of the message.
const SCRIPT: &str = r#"
import hashlib, sys
from warcio.archiveiterator import ArchiveIterator

for path in sys.argv[1:]:
    print("FILE", path)
    try:
        with open(path, "rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type not in ("request", "response", "revisit"):
                    continue
                head = record.http_headers
                if record.rec_type == "request":
                    first = head.protocol if head else "-"
                else:
                    first = head.get_statuscode() if head else "-"
                body = record.raw_stream.read()
                digest = hashlib.sha256(body).hexdigest() if body else "-"
                target = record.rec_headers.get_header("WARC-Target-URI")
                print(record.rec_type, target, first, digest, sep="\t")
    except Exception as error:
        print("ERROR", str(error).strip().splitlines()[0], sep="\t")
"#;

/// Where warcio 1.8 reads less: it refuses gzip of which one member holds several
/// records, or several members one.
const REFUSED_BY_WARCIO: [&str; 2] = [
    "example-bad-non-chunked.warc.gz",
    "example-wrong-chunks.warc.gz",
];

#[test]
fn warcio_reads_the_same() {
    let Some(root) = corpus() else {
        println!("{SKIPPED}");
        return;
    };
    let Some(python) = told("AFFIANT_WARCIO") else {
        println!("skipped: AFFIANT_WARCIO names no Python with warcio");
        return;
    };
    let paths: Vec<PathBuf> = TABLE
        .lines()
        .map(|line| root.join(columns(line)[3]))
        .collect();
    let mut command = Command::new(python);
    command.args(["-c", SCRIPT]).args(&paths);
    let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let files: Vec<&str> = said.split("FILE ").skip(1).collect();
    assert_eq!(files.len(), paths.len(), "{said}");
    for (path, file) in paths.iter().zip(files) {
        let said: Vec<Vec<&str>> = file
            .lines()
            .skip(1)
            .map(|line| line.split('\t').collect())
            .collect();
        let failed = said.iter().any(|words| words[0] == "ERROR");
        let is_refused = REFUSED_BY_WARCIO.iter().any(|name| path.ends_with(name));
        assert_eq!(failed, is_refused, "{}: {said:?}", path.display());
        if failed {
            continue;
        }
        compare(&said, &read(path).unwrap(), path);
    }
}

/// Holds the records of warcio against the exchanges, whichever way they were joined.
fn compare(said: &[Vec<&str>], log: &Log, path: &Path) {
    let of = |kinds: &[&str]| {
        said.iter()
            .filter(|words| kinds.contains(&words[0]))
            .cloned()
            .collect::<Vec<_>>()
    };
    let requests: Vec<String> = of(&["request"])
        .iter()
        .map(|words| words[1..].join("\t"))
        .collect();
    let is_request = |e: &&Exchange| e.detail.is_none() && e.kind == ExchangeKind::Request;
    let own: Vec<String> = log
        .exchanges
        .iter()
        .filter(is_request)
        .map(|exchange| {
            let body = exchange.fields.iter().find(|f| f.name == FieldName::Body);
            let digest = body.map(|body| Digest::of(exchange.bytes_of(body)).to_hex());
            // It takes the first word for a method, whatever it is.
            let method = if exchange.method.is_empty() {
                "HTTP/1.1"
            } else {
                &exchange.method
            };
            [
                &exchange.url,
                method,
                &digest.unwrap_or_else(|| "-".to_owned()),
            ]
            .join("\t")
        })
        .collect();
    assert_eq!(own, requests, "{}", path.display());
    // Answers, by target and status: none is lost, and none stands twice.
    let mut answers: BTreeMap<String, i64> = BTreeMap::new();
    for words in of(&["response", "revisit"]) {
        *answers.entry(words[1..3].join(" ")).or_default() += 1;
    }
    for exchange in &log.exchanges {
        let answered = exchange.status.is_some() || exchange.detail.is_some();
        if answered {
            let status = exchange
                .status
                .map_or_else(|| "-".to_owned(), |s| s.to_string());
            *answers
                .entry(format!("{} {status}", exchange.url))
                .or_default() -= 1;
        }
    }
    answers.retain(|_, count| *count != 0);
    assert_eq!(answers, BTreeMap::new(), "{}", path.display());
}
