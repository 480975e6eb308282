//! Every log of a collection of real ones, as Python reads it.

use std::path::{Path, PathBuf};
use std::process::Command;

use affiant_ingest::{HEAD_BYTES, Settings, recognise};
use affiant_model::{Exchange, FieldName};

use crate::collection;
use crate::common::read_as;

/// Reads a log with the standard library of Python: of each request address,
/// method, status, digest of the body as text, and number of messages.
const SCRIPT: &str = r"
import gzip, hashlib, json, sys
for path in sys.argv[1:]:
    hops, last = [], {}
    for event in json.load((gzip.open if path.endswith('.gz') else open)(path, 'rb')):
        name, p = event['method'], event['params']
        key = (event.get('sessionId'), p.get('requestId'))
        if name in ('Network.requestWillBeSent', 'Network.webSocketCreated'):
            if 'redirectResponse' in p:
                hops[last[key]][2] = p['redirectResponse']['status'] or None
            r = p.get('request', {})
            body = hashlib.sha256(r.get('postData', '').encode()).hexdigest()
            hops.append([r.get('url', p.get('url')) + r.get('urlFragment', ''), r.get('method', 'GET'), None, body, 0])
            last[key] = len(hops) - 1
        elif key in last and name in ('Network.responseReceived', 'Network.webSocketHandshakeResponseReceived'):
            hops[last[key]][2] = p['response']['status'] or hops[last[key]][2]
        elif key in last and name == 'Network.webSocketFrameSent':
            hops[last[key]][4] += 1
    for hop in hops:
        print(*hop)
";

fn logs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            logs(&path, found);
        } else if path.to_string_lossy().contains(".json") {
            found.push(path);
        }
    }
}

#[test]
fn every_log_of_the_collection_is_read_as_python_reads_it() {
    let mut paths = Vec::new();
    for name in [
        "devices/GoogleChrome+lighthouse",
        "devices/sitespeedio+chrome-har",
    ] {
        let Some(root) = collection::folder(name) else {
            return;
        };
        logs(&root, &mut paths);
    }
    paths.sort();
    assert!(paths.len() > 30);
    let mut found = String::new();
    for path in &paths {
        let file = std::fs::read(path).unwrap();
        let reader = recognise(&file[..file.len().min(HEAD_BYTES)]).unwrap();
        assert!(reader.name().ends_with("cdp"), "{}", path.display());
        let log = read_as(&reader.name(), &file, &Settings::default()).unwrap();
        for exchange in &log.exchanges {
            let is_message = |name: &FieldName| matches!(name, FieldName::Message { .. });
            let messages = exchange
                .fields
                .iter()
                .filter(|f| is_message(&f.name))
                .count();
            let body = exchange.fields.iter().find(|f| f.name == FieldName::Body);
            let body = body.map(|body| content(exchange, body)).unwrap_or_default();
            let status = exchange
                .status
                .map_or_else(|| "None".to_owned(), |status| status.to_string());
            let digest = affiant_model::Digest::of(&body);
            found.push_str(&format!(
                "{} {} {status} {digest} {messages}\n",
                exchange.url, exchange.method
            ));
        }
    }
    let Ok(python) = Command::new("python3")
        .args(["-X", "utf8", "-c", SCRIPT])
        .args(&paths)
        .output()
    else {
        println!("skipped: python3 is not installed");
        return;
    };
    let wanted = String::from_utf8(python.stdout).unwrap();
    assert!(found.lines().count() > 2_000);
    assert_eq!(found.lines().count(), wanted.lines().count());
    for (found, wanted) in found.lines().zip(wanted.lines()) {
        assert_eq!(found, wanted);
    }
}

/// The content of a body, escapes and declared base64 undone.
fn content(exchange: &Exchange, body: &affiant_model::Field) -> Vec<u8> {
    use base64::Engine as _;
    let text = format!(
        "\"{}\"",
        std::str::from_utf8(exchange.bytes_of(body)).unwrap()
    );
    let text: String = serde_json::from_str(&text).unwrap();
    if body.declared.is_empty() {
        text.into_bytes()
    } else {
        base64::engine::general_purpose::STANDARD
            .decode(text)
            .unwrap()
    }
}
