//! Real flow files: each is read as the table says, as mitmproxy itself reads
//! it, and as the HAR that mitmproxy made of it.
//!
//! The collection is not part of the project: `AFFIANT_CORPUS` names it, and
//! `AFFIANT_MITMDUMP` names the program, or else `PATH` has it.

use std::ffi::OsString;
use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use affiant_ingest::{Item, Limits, Settings, format_named};
use affiant_model::{Digest, Exchange, ExchangeKind, ExhibitId, Field, FieldName, Reach};

use super::write::{read, read_with};

#[allow(
    clippy::disallowed_methods,
    reason = "a test may be told where things are"
)]
fn told(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The folder `mitmproxy` of the collection, where there is one.
fn corpus() -> Option<PathBuf> {
    let root = told("AFFIANT_CORPUS").map(PathBuf::from);
    let root = root
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"));
    Some(root.join("mitmproxy")).filter(|folder| folder.is_dir())
}

const SKIPPED: &str = "skipped: no collection of captures at AFFIANT_CORPUS";

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
const TABLE: &str = "\
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

fn columns(line: &str) -> [&str; 4] {
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

/// Writes a file with a flow of each kind, by mitmproxy's own flows for its
/// tests, and prints what mitmproxy reads of each file up to where it fails.
const SCRIPT: &str = r#"
import hashlib
from ipaddress import IPv4Address
from mitmproxy import ctx, dns, http, io, tcp, udp, websocket
from mitmproxy.test import tflow

def made():
    talk = tflow.twebsocketflow()
    say = lambda client, content, *marks: websocket.WebSocketMessage(2, client, content, 946681206.0, *marks)
    talk.websocket.messages += [
        say(True, bytes(range(256))),
        say(True, b"not passed on", True),
        say(True, b"of the operator", False, True),
        say(False, b"answer"),
    ]
    yield talk
    for stream in (tflow.ttcpflow(), tflow.ttcpflow(err=True), tflow.ttcpflow(messages=[]), tflow.tudpflow()):
        yield stream
    yield tflow.tdnsflow(err=True)
    query = tflow.tdnsflow(resp=True)
    query.response.answers = [
        dns.ResourceRecord.CNAME("dns.google", "a.example"),
        dns.ResourceRecord.CNAME("a.example", "b.example"),
        dns.ResourceRecord.A("b.example", IPv4Address("192.0.2.1")),
    ]
    yield query
    yield tflow.tflow(resp=True)

def digest(content):
    # Of an old format it keeps text as text.
    content = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(content).hexdigest()

def words(flow):
    if isinstance(flow, http.HTTPFlow):
        body = flow.request.raw_content
        yield from ("request", flow.request.method, flow.request.pretty_url)
        yield str(flow.response.status_code) if flow.response else "-"
        yield digest(body) if body else "-"
        messages = flow.websocket.messages if flow.websocket else []
        for message in messages:
            if message.from_client and not message.dropped and not message.injected:
                yield digest(message.content)
    elif isinstance(flow, (tcp.TCPFlow, udp.UDPFlow)):
        own = [message for message in flow.messages if message.from_client]
        yield "message" if own else "connection"
        kind = "tcp" if isinstance(flow, tcp.TCPFlow) else "udp"
        host, port = flow.server_conn.address[:2]
        yield from ("", f"{kind}://{host}:{port}", "-", "-")
        yield from (digest(message.content) for message in own)
    elif isinstance(flow, dns.DNSFlow):
        yield from ("lookup", flow.request.question.name)
        for answer in flow.response.answers if flow.response else []:
            yield str(answer)

def running():
    with open(MADE, "wb") as file:
        writer = io.FlowWriter(file)
        for flow in made():
            writer.add(flow)
    for path in PATHS:
        print("FILE", path)
        try:
            with open(path, "rb") as file:
                for flow in io.FlowReader(file).stream():
                    print(*words(flow), sep="\t")
        except Exception:
            pass
    ctx.master.shutdown()
"#;

/// Where mitmproxy 11.0.2 reads another number of flows: the files, how many
/// it reads of each, and why.
const DIFFERENCES: &[(&[&str], usize, &str)] = &[
    (&["dumpfile-010.mitm"], 0, "it no longer reads format 0.10"),
    (
        &["dumpfile-7-websocket.mitm"],
        6,
        "of each flow of WebSocket messages it makes the opening request once more, or one to `unknown`, with the messages",
    ),
    (
        &[
            "multi_status.flow",
            "multiple.flow",
            "no_response.flow",
            "non_utf8.flow",
            "post_form.flow",
            "post_json.flow",
            "simple_get.flow",
        ],
        0,
        "another program wrote them, without `transport_protocol`, which it does not do without",
    ),
];

#[test]
fn mitmproxy_reads_the_same() {
    let Some(root) = corpus() else {
        println!("{SKIPPED}");
        return;
    };
    let program = told("AFFIANT_MITMDUMP").unwrap_or_else(|| "mitmdump".into());
    if Command::new(&program).arg("--version").output().is_err() {
        println!("skipped: no mitmdump at AFFIANT_MITMDUMP or in PATH");
        return;
    }
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (script, made) = (
        scratch.join("print_flows.py"),
        scratch.join("of_each_kind.mitm"),
    );
    let mut paths: Vec<PathBuf> = TABLE
        .lines()
        .map(|line| root.join(columns(line)[3]))
        .collect();
    paths.push(made.clone());
    let told = format!("MADE = {made:?}\nPATHS = {paths:?}\n{SCRIPT}");
    fs::write(&script, told).unwrap();
    let mut command = Command::new(&program);
    command.args(["-n", "-q", "-s"]).arg(&script);
    let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let files: Vec<&str> = said.split("FILE ").skip(1).collect();
    assert_eq!(files.len(), paths.len(), "{said}");
    for (path, file) in paths.iter().zip(files) {
        let said: Vec<&str> = file.lines().skip(1).collect();
        let log = read(&fs::read(path).unwrap());
        let own: Vec<String> = log.exchanges.iter().map(printed).collect();
        let named = |names: &[&str]| names.iter().any(|name| path.ends_with(name));
        let Some((_, count, why)) = DIFFERENCES.iter().find(|(names, ..)| named(names)) else {
            assert_eq!(own, said, "{}", path.display());
            continue;
        };
        assert_eq!(said.len(), *count, "{}: {why}", path.display());
        // Requests, by what stands before their messages; and all messages.
        let requests = |all: &[String]| -> Vec<String> {
            let all = all.iter().filter(|line| line.starts_with("request\t"));
            all.map(|line| line.split('\t').take(5).collect::<Vec<_>>().join("\t"))
                .collect()
        };
        let messages = |all: &[String]| -> Vec<String> {
            let all = all.iter().flat_map(|line| line.split('\t').skip(5));
            all.map(str::to_owned).collect()
        };
        let said: Vec<String> = said.iter().map(|&line| line.to_owned()).collect();
        let of_own = requests(&own);
        let all = requests(&said)
            .iter()
            .all(|said| of_own.contains(said) || said.contains("//unknown/"));
        assert!(all, "{}: {said:?} {own:?}", path.display());
        if *count > 0 {
            assert_eq!(messages(&own), messages(&said), "{}", path.display());
        }
    }
}

/// What the script prints of a flow.
fn printed(exchange: &Exchange) -> String {
    if exchange.kind == ExchangeKind::Lookup {
        let mut words = vec![exchange.kind.as_str(), &exchange.host];
        words.extend(exchange.aliases.iter().map(String::as_str));
        words.extend(exchange.server_address.as_deref());
        return words.join("\t");
    }
    let status = exchange
        .status
        .map_or_else(|| "-".to_owned(), |status| status.to_string());
    let digest = |field| Digest::of(exchange.bytes_of(field)).to_hex();
    let body = exchange
        .fields
        .iter()
        .find(|field| field.name == FieldName::Body);
    let body = body.map_or_else(|| "-".to_owned(), digest);
    let mut words = vec![
        exchange.kind.to_string(),
        exchange.method.clone(),
        exchange.url.clone(),
        status,
        body,
    ];
    let is_message = |field: &&Field| matches!(field.name, FieldName::Message { .. });
    words.extend(exchange.fields.iter().filter(is_message).map(digest));
    words.join("\t")
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
