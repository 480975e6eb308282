//! HARs, as haralyzer reads them.

use std::path::{Path, PathBuf};

use affiant_model::{Digest, FieldName};
use serde_json::{Value, json};

use crate::{collection, content, python, read, said};

/// Of each file its name and its requests, by address and digest of the body, or the
/// error that it gives.
const SCRIPT: &str = r#"
import gzip, hashlib, json, sys
from haralyzer import HarEntry, HarParser

def requests(path):
    data = open(path, "rb").read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    for entry in HarParser.from_string(data).har_data["entries"]:
        request = HarEntry(entry).request
        try:
            url, text = request.url, request.text
        except KeyError:
            url, text = "", None
        digest = text and hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        yield [url, digest or "-"]

for path in sys.argv[1:]:
    try:
        found = list(requests(path))
    except Exception as error:
        found = type(error).__name__
    print(json.dumps([path, found]))
"#;

/// Entries without an address, which are defects here: one of `deep-input.json`, one of
/// `missing_page.har` and two of `missing_pageref.har`. haralyzer lists them.
const WITHOUT_ADDRESS: usize = 4;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn haralyzer_reads_the_same_requests() {
    let Some(root) = collection::folder("har") else {
        return;
    };
    let Some(python) = python("AFFIANT_HARALYZER") else {
        return;
    };
    let mut paths = Vec::new();
    files(&root, &mut paths);
    paths.sort();
    let said = said(&python, SCRIPT, &paths).unwrap();
    assert_eq!(said.len(), paths.len());
    let (mut wrong, mut without_address) = (Vec::new(), 0);
    for (path, theirs) in paths.iter().zip(&said) {
        let ours = ours(path);
        // What it fails on is refused here.
        let Some(theirs) = theirs[1].as_array() else {
            if ours.is_some() {
                wrong.push(format!("{}: it says {}", path.display(), theirs[1]));
            }
            continue;
        };
        let named: Vec<&Value> = theirs.iter().filter(|request| request[0] != "").collect();
        without_address += theirs.len() - named.len();
        let same = ours.as_ref().map(|ours| ours.iter().eq(named));
        if same != Some(true) {
            wrong.push(format!("{}: {ours:?} {theirs:?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(without_address, WITHOUT_ADDRESS);
}

/// What the script prints of a file, as it is read here; none of one that is refused.
fn ours(path: &Path) -> Option<Vec<Value>> {
    let log = read(path).ok()?;
    let requests = log.exchanges.iter().map(|exchange| {
        let body = exchange.fields.iter().find(|f| f.name == FieldName::Body);
        let digest = body.map(|body| Digest::of(&content(exchange, body)).to_hex());
        json!([exchange.url, digest.unwrap_or_else(|| "-".to_owned())])
    });
    Some(requests.collect())
}
