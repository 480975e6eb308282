//! The same flows as mitmproxy itself reads, in real files and in one that it
//! writes for the purpose.
//!
//! `AFFIANT_MITMDUMP` names the program, or else `PATH` has it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use affiant_model::{Digest, Exchange, ExchangeKind, Field, FieldName};

use super::corpus::{SKIPPED, TABLE, columns, corpus, told};
use super::write::read;

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
