//! Real flow files: each is read as the table says, and as the HAR that mitmproxy
//! made of it.
//!
//! The collection is not part of the project: `AFFIANT_CORPUS` names it.

use std::ffi::OsString;
use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use affiant_ingest::{Item, Limits, Settings, format_named};
use affiant_model::{Exchange, ExhibitId, FieldName, Reach};

use super::write::{read, read_with};

#[allow(
    clippy::disallowed_methods,
    reason = "a test may be told where things are"
)]
pub fn told(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The folder `mitmproxy` of the collection, where there is one.
pub fn corpus() -> Option<PathBuf> {
    let root = told("AFFIANT_CORPUS").map(PathBuf::from);
    let root = root
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"));
    Some(root.join("mitmproxy")).filter(|folder| folder.is_dir())
}

pub const SKIPPED: &str = "skipped: no collection of captures at AFFIANT_CORPUS";

/// What each file gives: exchanges, defects, how far the exchanges went by
/// their first letters (acknowledged, sent, attempted), and the path. Each was
/// looked at in a plain print of the values.
///
/// `corrupt.flow` ends inside its only flow. The DELETE of `multiple.flow` has
/// `null` for a body.
/// `dumpfile-7-websocket.mitm` has three flows of WebSocket messages, one of
/// them twice, behind the requests that opened them. In `event_stream.mitm` both bodies of the answers are streamed,
/// and those of the requests are empty. The flows of `incomplete_log.mitm` were
/// made in mitmproxy and never sent: there is no connection. The first of
/// `error_log.mitm` failed to connect.
pub const TABLE: &str = "\
0 1 -     Arkptz+mitm2openapi/testdata/flows/corrupt.flow
4 0 aaaa  Arkptz+mitm2openapi/testdata/flows/multi_status.flow
6 1 aaaaaa  Arkptz+mitm2openapi/testdata/flows/multiple.flow
1 0 s     Arkptz+mitm2openapi/testdata/flows/no_response.flow
1 0 a     Arkptz+mitm2openapi/testdata/flows/non_utf8.flow
1 0 a     Arkptz+mitm2openapi/testdata/flows/post_form.flow
1 0 a     Arkptz+mitm2openapi/testdata/flows/post_json.flow
1 0 a     Arkptz+mitm2openapi/testdata/flows/simple_get.flow
1 0 a     mitmproxy+mitmproxy/test/mitmproxy/data/dumpfile-010.mitm
1 0 a     mitmproxy+mitmproxy/test/mitmproxy/data/dumpfile-011.mitm
1 0 a     mitmproxy+mitmproxy/test/mitmproxy/data/dumpfile-018.mitm
1 0 s     mitmproxy+mitmproxy/test/mitmproxy/data/dumpfile-019.mitm
1 0 t     mitmproxy+mitmproxy/test/mitmproxy/data/dumpfile-10.mitm
6 0 aaaaaa  mitmproxy+mitmproxy/test/mitmproxy/data/dumpfile-7-websocket.mitm
2 0 aa    mitmproxy+mitmproxy/test/mitmproxy/data/dumpfile-7.mitm
1 0 a     mitmproxy+mitmproxy/test/mitmproxy/data/flows/corrupted_gzip_body.mitm
2 0 ta    mitmproxy+mitmproxy/test/mitmproxy/data/flows/error_log.mitm
2 0 aa    mitmproxy+mitmproxy/test/mitmproxy/data/flows/event_stream.mitm
4 0 tttt  mitmproxy+mitmproxy/test/mitmproxy/data/flows/incomplete_log.mitm
2 0 aa    mitmproxy+mitmproxy/test/mitmproxy/data/flows/successful_log.mitm
";

#[test]
fn every_flow_file_is_read_as_stated() {
    let Some(root) = corpus() else {
        println!("{SKIPPED}");
        return;
    };
    let mut wrong = Vec::new();
    for line in TABLE.lines() {
        let [exchanges, defects, reach, path] = columns(line);
        let log = read(&fs::read(root.join(path)).unwrap());
        let letters: String = log.exchanges.iter().map(letter).collect();
        let is = (
            log.exchanges.len().to_string(),
            log.defects.len().to_string(),
        );
        if (is.0.as_str(), is.1.as_str(), letters.as_str())
            != (exchanges, defects, reach.trim_matches('-'))
        {
            wrong.push(format!("{path}: {is:?} {letters} {:?}", log.messages()));
        }
    }
    assert!(
        wrong.is_empty(),
        "not as the table says:\n{}",
        wrong.join("\n")
    );
}

pub fn columns(line: &str) -> [&str; 4] {
    let columns: Vec<&str> = line.split_whitespace().collect();
    columns.try_into().unwrap()
}

fn letter(exchange: &Exchange) -> char {
    match exchange.reach {
        Reach::Acknowledged => 'a',
        Reach::Sent => 's',
        Reach::Attempted => 't',
        Reach::Contacted | Reach::Recorded => '?',
    }
}

#[test]
fn every_flow_file_is_in_the_table() {
    let Some(root) = corpus() else {
        println!("{SKIPPED}");
        return;
    };
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
                assert!(TABLE.lines().any(|line| columns(line)[3] == name), "{name}");
            }
        }
    }
}

#[test]
fn every_flow_file_cut_anywhere_is_read_up_to_there() {
    let Some(root) = corpus() else {
        println!("{SKIPPED}");
        return;
    };
    for line in TABLE.lines().filter(|line| !line.contains("corrupt.flow")) {
        let file = fs::read(root.join(columns(line)[3])).unwrap();
        let whole = read(&file);
        for end in (8..file.len()).step_by(37) {
            let log = read_with(&file[..end], &Limits::default()).unwrap();
            let before = log.exchanges.len();
            assert_eq!(log.exchanges, whole.exchanges[..before], "{line} at {end}");
            let ends = |exchange: &&Exchange| exchange.span.end() <= end as u64;
            assert_eq!(before, whole.exchanges.iter().take_while(ends).count());
        }
    }
}

/// Files that mitmproxy made a HAR of, and where the two differ in reach: by
/// the HAR, a request that was never sent cannot be told from one without an
/// answer, because mitmproxy writes 0 for a time that it does not have.
const TWINS: &[(&str, &str)] = &[
    ("corrupted_gzip_body", "a"),
    ("error_log", "ta"),
    ("event_stream", "aa"),
    ("incomplete_log", "ssss"),
    ("successful_log", "aa"),
];

#[test]
fn the_har_of_a_flow_file_says_the_same() {
    let Some(root) = corpus() else {
        println!("{SKIPPED}");
        return;
    };
    let flows = "mitmproxy+mitmproxy/test/mitmproxy/data/flows";
    for (name, letters) in TWINS {
        let har = root
            .join("../har")
            .join(flows)
            .join(name)
            .with_extension("har");
        let Ok(har) = fs::read(har) else {
            println!("skipped: {name} has no HAR beside it");
            continue;
        };
        let (har, har_defects) = read_har(&har);
        let own = read(&fs::read(root.join(flows).join(name).with_extension("mitm")).unwrap());
        assert_eq!(har_defects, own.defects.len(), "{name}");
        assert_eq!(
            har.iter().map(letter).collect::<String>(),
            *letters,
            "{name}"
        );
        assert_eq!(har.len(), own.exchanges.len(), "{name}");
        for (har, own) in har.iter().zip(&own.exchanges) {
            assert_eq!(own.ordinal, har.ordinal);
            assert_eq!(
                (
                    &own.method,
                    &own.url,
                    &own.host,
                    own.status,
                    own.request_body_bytes
                ),
                (
                    &har.method,
                    &har.url,
                    &har.host,
                    har.status,
                    har.request_body_bytes
                ),
            );
            if har.server_address.is_some() {
                assert_eq!(own.server_address, har.server_address);
            }
            // Python rounds to the microsecond.
            let apart = own.started.unwrap() - har.started.unwrap();
            assert!(apart.num_microseconds().unwrap().abs() <= 1, "{apart}");
            assert_eq!(headers(own), headers(har));
        }
    }
}

/// The headers but `:authority`, which a HAR of mitmproxy has in the address alone.
fn headers(exchange: &Exchange) -> Vec<FieldName> {
    let names = exchange.fields.iter().map(|field| field.name.clone());
    names
        .filter(|name| matches!(name, FieldName::Header { name, .. } if name != ":authority"))
        .collect()
}

fn read_har(file: &[u8]) -> (Vec<Exchange>, usize) {
    let (mut exchanges, mut defects) = (Vec::new(), 0);
    let har = format_named("har").unwrap();
    har.read(
        &mut Cursor::new(file),
        ExhibitId(1),
        &Settings::default(),
        &mut |item| {
            match item {
                Item::Exchange(exchange) => exchanges.push(exchange),
                Item::Defect(_) => defects += 1,
            }
            ControlFlow::Continue(())
        },
    )
    .unwrap();
    (exchanges, defects)
}
