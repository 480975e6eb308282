//! Events of Chrome's network stack, and logs of them.

use affiant_ingest::{Settings, recognise};
use affiant_model::{Exchange, FieldName, Unpack};
use serde_json::{Value, json};

use crate::common::{Log, bytes_at, read_as};

/// Names of events; an event's number is its place, so that it is of this log alone.
pub const NAMES: &[&str] = &[
    "CANCELLED",
    "URL_REQUEST_START_JOB",
    "HTTP_TRANSACTION_SEND_REQUEST_HEADERS",
    "HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS",
    "HTTP_TRANSACTION_READ_RESPONSE_HEADERS",
    "HTTP_TRANSACTION_SEND_REQUEST_BODY",
    "HOST_RESOLVER_MANAGER_REQUEST",
    "HOST_RESOLVER_MANAGER_JOB",
    "SSL_CONNECT",
    "SOCKET_POOL_CONNECT_JOB_CREATED",
    "CONNECT_JOB_SET_SOCKET",
    "QUIC_SESSION",
    "QUIC_SESSION_PACKET_RECEIVED",
    "SSL_SOCKET_BYTES_SENT",
];

pub const BEGIN: u8 = 1;
pub const END: u8 = 2;
pub const NONE: u8 = 0;

pub fn event(name: &str, source: u32, phase: u8, params: Value) -> Value {
    let number = NAMES.iter().position(|known| *known == name).unwrap();
    json!({"time": "5012", "type": number, "phase": phase, "params": params,
           "source": {"id": source, "start_time": "5000", "type": 1}})
}

pub fn start(source: u32, url: &str) -> Value {
    event(
        "URL_REQUEST_START_JOB",
        source,
        BEGIN,
        json!({"url": url, "method": "GET"}),
    )
}

pub fn sent(source: u32, headers: &[&str]) -> Value {
    event(
        "HTTP_TRANSACTION_SEND_REQUEST_HEADERS",
        source,
        NONE,
        json!({"headers": headers, "line": "GET / HTTP/1.1\r\n"}),
    )
}

pub fn answered(source: u32, line: &str) -> Value {
    event(
        "HTTP_TRANSACTION_READ_RESPONSE_HEADERS",
        source,
        NONE,
        json!({"headers": [line, "Server: x"]}),
    )
}

/// A log as Chrome writes it, one event a line.
pub fn log(events: &[Value]) -> String {
    let types: serde_json::Map<String, Value> = NAMES
        .iter()
        .enumerate()
        .map(|(number, name)| ((*name).to_owned(), json!(number)))
        .collect();
    let constants = json!({"logEventTypes": types, "logEventPhase": {"PHASE_BEGIN": 1, "PHASE_END": 2, "PHASE_NONE": 0},
        "netError": {"ERR_NAME_NOT_RESOLVED": -105}, "timeTickOffset": "1717530754119", "logCaptureMode": "Default",
        "logFormatVersion": 1, "clientInfo": {"name": "Chrome", "version": "125.0", "os_type": "Linux", "command_line": "chrome"}});
    let events: Vec<String> = events.iter().map(Value::to_string).collect();
    format!(
        "{{\"constants\":{constants},\n\"events\": [\n{}],\n\"polledData\": {{\"x\":[]}}}}\n",
        events.join(",\n")
    )
}

pub fn read_text(file: &str) -> Log {
    assert_eq!(recognise(file.as_bytes()).unwrap().name(), "netlog");
    let log = read_as("netlog", file.as_bytes(), &Settings::default()).unwrap();
    for exchange in &log.exchanges {
        let Some(unpacked) = &exchange.unpacked else {
            continue;
        };
        let [Unpack::Runs(runs)] = &unpacked.steps[..] else {
            panic!()
        };
        let bytes: Vec<u8> = runs
            .iter()
            .flat_map(|run| bytes_at(file.as_bytes(), *run))
            .copied()
            .collect();
        assert_eq!(bytes, exchange.raw, "the runs give the bytes");
    }
    log
}

pub fn read(events: &[Value]) -> Log {
    read_text(&log(events))
}

pub fn fields(exchange: &Exchange) -> Vec<(String, String)> {
    let named = |field: &affiant_model::Field| {
        let name = match &field.name {
            FieldName::Header { name, nth } => format!("{name}#{nth}"),
            other => format!("{other:?}").to_lowercase(),
        };
        (
            name,
            String::from_utf8_lossy(exchange.bytes_of(field)).into_owned(),
        )
    };
    exchange.fields.iter().map(named).collect()
}
