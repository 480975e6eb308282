//! Logs of Zeek, as zat reads their values and the standard library of Python their
//! JSON.

use std::path::{Path, PathBuf};

use affiant_model::Exchange;
use serde_json::{Value, json};

use crate::{collection, python, read, said};

/// Of each file its name and its rows, by host, client, and time in microseconds, after
/// the rules of `docs/formats/zeek.md`.
const SCRIPT: &str = r#"
import datetime, gzip, json, os, re, sys, tempfile
from zat.zeek_log_reader import ZeekLogReader

def rows(path):
    data = open(path, "rb").read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:1] == b"{":
        yield from map(json.loads, data.splitlines())
        return
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(data)
    for row in ZeekLogReader(file.name).readrows():
        yield {name: value for name, value in row.items() if value not in ("-", "(empty)")}
    os.unlink(file.name)

def micros(ts):
    if isinstance(ts, str):
        # Zeek's own tests write X for every digit.
        ts = None if "X" in ts else datetime.datetime.fromisoformat(ts)
    return ts and round((ts.timestamp() if isinstance(ts, datetime.datetime) else ts) * 1e6)

def plain(text):
    return re.sub(r"\\x([0-9a-f]{2})", lambda hex: chr(int(hex[1], 16)), text).replace("\\\\", "\\")

def host(row, name):
    ip = row["id.resp_h"]
    ip = f"[{ip}]" if ":" in ip else ip
    if "trans_depth" in row:
        uri = plain(row.get("uri", ""))
        if row.get("method") == "CONNECT":
            # Of a target that is no host and port, no host is read.
            return uri.rpartition(":")[0] if re.fullmatch(r"[^/ ]+:\d+", uri) else ""
        whole = re.match(r"[a-z]+://([^/:]+)", uri, re.I)
        return whole[1] if whole else row.get("host", ip).partition(":")[0]
    if "conn_state" in row:
        return ip
    return plain(row.get("query", "") if name.startswith("dns") else row.get("server_name", ip))

for path in sys.argv[1:]:
    found = []
    for row in rows(path):
        client = f"{row['id.orig_h']} {row['id.orig_p']}"
        found.append([host(row, os.path.basename(path)).lower(), client, micros(row["ts"])])
    print(json.dumps([path, found]))
"#;

/// Files of several logs, one behind the other: zat stops at the end of the first, of
/// which it reads so many rows.
const DIFFERENCES: [(&str, usize); 3] = [
    ("scripts.base.protocols.ssl.dtls-13/ssl-all.log", 1),
    ("scripts.base.protocols.ssl.keyexchange/ssl-all.log", 1),
    ("scripts.base.protocols.ssl.tls13/ssl-out.log", 2),
];

#[test]
fn zat_reads_the_same_rows() {
    let Some(root) = collection::folder("zeek") else {
        return;
    };
    let Some(python) = python("AFFIANT_ZAT") else {
        return;
    };
    let table = include_str!("../zeek/corpus.txt");
    let read_files = table.lines().filter(|row| !row.starts_with("refused"));
    let paths: Vec<PathBuf> = read_files
        .map(|row| root.join(row.rsplit_once(' ').unwrap().1))
        .collect();
    let said = said(&python, SCRIPT, &paths).unwrap();
    assert_eq!(said.len(), paths.len());
    let mut wrong = Vec::new();
    for (path, theirs) in paths.iter().zip(&said) {
        let (mut ours, theirs) = (ours(path), theirs[1].as_array().unwrap());
        let named = |(name, _): &&(&str, usize)| path.ends_with(name);
        if let Some((_, count)) = DIFFERENCES.iter().find(named) {
            assert_eq!(theirs.len(), *count, "{}", path.display());
            ours.truncate(*count);
        }
        if ours.len() != theirs.len() {
            wrong.push(format!(
                "{}: {} {}",
                path.display(),
                ours.len(),
                theirs.len()
            ));
        }
        for (ours, theirs) in ours.iter().zip(theirs) {
            if ours != theirs {
                wrong.push(format!("{}: {ours} {theirs}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the script prints of a file, as it is read here.
fn ours(path: &Path) -> Vec<Value> {
    let log = read(path).unwrap();
    log.exchanges.iter().map(row).collect()
}

fn row(exchange: &Exchange) -> Value {
    let client = exchange.client.address.as_deref().unwrap_or_default();
    let (ip, port) = client.rsplit_once(':').unwrap_or((client, ""));
    let client = format!("{} {port}", ip.trim_matches(['[', ']']));
    let time = exchange.started.map(|time| time.timestamp_micros());
    json!([exchange.host, client, time])
}
