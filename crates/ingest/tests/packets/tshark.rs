//! Every capture of the collection, beside what `tshark` shows of it: the same
//! requests with the same addresses and bodies, the same names in handshakes,
//! the same questions of DNS. Where the two differ, the table says why.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use affiant_ingest::{Aids, HEAD_BYTES, Settings, recognise};
use affiant_model::{Digest, Exchange, ExchangeKind, FieldName, Layer, Unpack};

use crate::collection;
use crate::common::{Log, read_as};
use crate::explained::EXPLAINED;

/// What is compared, each with how often it occurs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    urls: BTreeMap<String, u64>,
    bodies: BTreeMap<String, u64>,
    names: BTreeSet<String>,
    questions: BTreeMap<String, u64>,
}

impl Facts {
    fn of(log: &Log) -> Self {
        let mut facts = Self::default();
        for exchange in &log.exchanges {
            match exchange.kind {
                ExchangeKind::Request => facts.request(exchange),
                ExchangeKind::Handshake => {
                    let name = exchange.tls.as_ref().and_then(|tls| tls.sni.clone());
                    facts.names.extend(name);
                }
                ExchangeKind::Lookup => {
                    let kind = exchange.detail.as_deref().unwrap_or_default();
                    if !kind.contains("not captured") {
                        let kind = kind.split(' ').next().unwrap();
                        let question = format!("{kind} {}", exchange.host);
                        *facts.questions.entry(question).or_default() += exchange.events;
                    }
                }
                _ => {}
            }
        }
        facts
    }

    fn request(&mut self, exchange: &Exchange) {
        *self.urls.entry(without_scheme(&exchange.url)).or_default() += 1;
        // Those of HTTP/2 are compared where the commands of recipes are run.
        let way = exchange.unpacking().unwrap_or_default();
        if way.contains("http2 ") {
            return;
        }
        let body = |f: &&affiant_model::Field| f.name == FieldName::Body;
        if let Some(field) = exchange.fields.iter().find(body) {
            self.body(exchange.bytes_of(field));
        }
    }

    fn body(&mut self, bytes: &[u8]) {
        let said = format!("{} bytes, {}", bytes.len(), Digest::of(bytes));
        *self.bodies.entry(said).or_default() += 1;
    }

    /// The lines by which two differ.
    fn differ(&self, other: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut counts =
            |what: &str, ours: &BTreeMap<String, u64>, theirs: &BTreeMap<String, u64>| {
                let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
                for key in keys {
                    let (a, b) = (ours.get(key).copied(), theirs.get(key).copied());
                    if a != b {
                        let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
                        lines.push(format!("{what} {key}: {a}, tshark {b}"));
                    }
                }
            };
        counts("url", &self.urls, &other.urls);
        counts("body", &self.bodies, &other.bodies);
        counts("question", &self.questions, &other.questions);
        for name in self.names.symmetric_difference(&other.names) {
            let whose = if self.names.contains(name) {
                "ours"
            } else {
                "tshark's"
            };
            lines.push(format!("name {name}: {whose} alone"));
        }
        lines
    }
}

fn captures(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            captures(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// What is seen of a request in the clear is `http`, whatever it states.
fn without_scheme(url: &str) -> String {
    url.split_once("://")
        .map_or(url, |(_, rest)| rest)
        .to_owned()
}

/// Runs `tshark` on a capture and gives its lines, values of a field with spaces between.
fn tshark(
    program: &str,
    capture: &Path,
    keys: &Path,
    ports: &BTreeSet<String>,
    filter: &str,
    fields: &[&str],
) -> String {
    let mut command = Command::new(program);
    for port in ports {
        command.args(["-d", &format!("tcp.port=={port},http2")]);
    }
    command.arg("-r").arg(capture).arg("-o");
    command.arg(format!("tls.keylog_file:{}", keys.display()));
    command.args(["-o", "tcp.reassemble_out_of_order:TRUE"]);
    command.args(["-Y", filter, "-T", "fields", "-E", "aggregator=/s"]);
    for field in fields {
        command.args(["-e", field]);
    }
    let output = command.output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The ports of the servers that speak HTTP/2 in the clear, of which `tshark` must be told.
fn ports(log: &Log) -> BTreeSet<String> {
    let steps = log.exchanges.iter().filter_map(|e| e.unpacked.as_ref());
    steps
        .flat_map(|unpacked| &unpacked.steps)
        .filter_map(|step| match step {
            Unpack::Packets(sent) if matches!(sent.layer, Layer::ClearHttp2(_)) => {
                sent.to.rsplit(':').next().map(str::to_owned)
            }
            _ => None,
        })
        .collect()
}

fn shown(program: &str, capture: &Path, keys: &Path, ports: &BTreeSet<String>) -> Facts {
    let mut facts = Facts::default();
    let filter = "http.request.method or http2.headers.method or \
        tls.handshake.extensions_server_name or \
        (dns.flags.response == 0 and dns.flags.opcode == 0 and not mdns and not llmnr)";
    let fields = [
        "http.request.full_uri",
        "http2.headers.authority",
        "tls.handshake.extensions_server_name",
        "dns.qry.name",
        "dns.qry.type",
        "http.request.uri",
        "http.file_data",
        "http2.headers.path",
        "ip.dst",
        "tcp.dstport",
    ];
    let mut has_bodies = false;
    for line in tshark(program, capture, keys, ports, filter, &fields).lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let words = |at: usize| {
            cells
                .get(at)
                .into_iter()
                .flat_map(|c| c.split_ascii_whitespace())
        };
        has_bodies |= cells.get(6).is_some_and(|body| !body.is_empty());
        let mut url = |url: String| *facts.urls.entry(url).or_default() += 1;
        if words(0).count() >= words(5).count() {
            words(0).for_each(|full| url(without_scheme(full)));
        } else {
            let (host, port) = (words(8).last().unwrap_or_default(), words(9).last());
            let port = port.filter(|port| *port != "80" && *port != "443");
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            words(5).for_each(|path| url(format!("{host}{port}{path}")));
        }
        for (authority, path) in words(1).zip(words(7)) {
            url(format!("{authority}{path}"));
        }
        facts.names.extend(words(2).map(str::to_owned));
        for (name, kind) in words(3).zip(words(4)) {
            let name = if name == "<Root>" { "" } else { name };
            let question = format!("{} {}", kind_of(kind), name.to_lowercase());
            *facts.questions.entry(question).or_default() += 1;
        }
    }
    if !has_bodies {
        return facts;
    }
    // The body as it was sent, in hexadecimal digits behind its name.
    let mut command = Command::new(program);
    command.arg("-r").arg(capture).arg("-o");
    command.arg(format!("tls.keylog_file:{}", keys.display()));
    command.args(["-o", "tcp.reassemble_out_of_order:TRUE"]);
    command.args([
        "-Y",
        "http.request and http.file_data",
        "-T",
        "json",
        "-x",
        "-j",
        "http",
    ]);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(indent) = line.find("\"http.file_data_raw\": [") else {
            continue;
        };
        // One value, or an array of several, up to the bracket that closes it.
        let inside = lines.by_ref().take_while(|l| l.find(']') != Some(indent));
        for value in inside.filter_map(|l| l.trim().strip_prefix('"')) {
            facts.body(&bytes_of(value.split('"').next().unwrap()));
        }
    }
    facts
}

fn bytes_of(digits: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap();
    (0..digits.len() / 2).map(digit).collect()
}

fn kind_of(code: &str) -> String {
    match code {
        "1" => "A",
        "2" => "NS",
        "5" => "CNAME",
        "6" => "SOA",
        "12" => "PTR",
        "15" => "MX",
        "16" => "TXT",
        "28" => "AAAA",
        "33" => "SRV",
        "35" => "NAPTR",
        "43" => "DS",
        "48" => "DNSKEY",
        "64" => "SVCB",
        "65" => "HTTPS",
        "252" => "AXFR",
        "255" => "ANY",
        other => return format!("TYPE{other}"),
    }
    .to_owned()
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test may ask the environment")]
fn every_capture_of_the_collection_shows_what_tshark_shows() {
    let Some(root) = collection::folder("pcap") else {
        return;
    };
    let Ok(program) = std::env::var("AFFIANT_TSHARK") else {
        println!("skipped: AFFIANT_TSHARK names no tshark");
        return;
    };
    let mut files = Vec::new();
    captures(&root, &mut files);
    let is_key_log = |path: &&PathBuf| {
        let name = path.to_string_lossy();
        name.ends_with(".keys") || name.ends_with("keylog.dat")
    };
    let key_logs: Vec<Vec<u8>> = files
        .iter()
        .filter(is_key_log)
        .map(|f| fs::read(f).unwrap())
        .collect();
    let keys = std::env::temp_dir().join(format!("affiant-keys-{}", std::process::id()));
    fs::write(&keys, key_logs.join(&b'\n')).unwrap();
    let settings = Settings {
        aids: Aids {
            key_logs,
            ..Aids::default()
        },
        ..Settings::default()
    };
    let compare = &|file: &PathBuf| -> Option<(u64, String, Vec<String>)> {
        let bytes = fs::read(file).unwrap();
        let reader = recognise(&bytes[..bytes.len().min(HEAD_BYTES)]).ok()?;
        let kind = reader.name().rsplit('/').next().unwrap().to_owned();
        if kind != "pcap" && kind != "pcapng" {
            return None;
        }
        let log = read_as(&reader.name(), &bytes, &settings).unwrap();
        let ours = Facts::of(&log);
        let differ = ours.differ(&shown(&program, file, &keys, &ports(&log)));
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        Some((ours.urls.values().sum(), name.to_owned(), differ))
    };
    let compared: Vec<_> = std::thread::scope(|scope| {
        let parts: Vec<_> = files
            .chunks(files.len().div_ceil(4))
            .map(|part| scope.spawn(move || part.iter().filter_map(compare).collect::<Vec<_>>()))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap())
            .collect()
    });
    let mut unused: BTreeSet<&str> = EXPLAINED.iter().map(|(name, _)| *name).collect();
    let mut unexplained = Vec::new();
    for (_, name, differ) in compared.iter().filter(|(.., differ)| !differ.is_empty()) {
        match EXPLAINED.iter().find(|(end, _)| name.ends_with(end)) {
            Some((end, _)) => _ = unused.remove(end),
            None => unexplained.push(format!("{name}\n    {}", differ.join("\n    "))),
        }
    }
    let requests: u64 = compared.iter().map(|(requests, ..)| requests).sum();
    let compared = compared.len();
    fs::remove_file(&keys).unwrap();
    println!("{compared} captures, {requests} requests");
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
    assert!(unused.is_empty(), "explained, but the same: {unused:?}");
    assert!(compared > 250, "{compared}");
}
