//! Sessions of Charles and logs of Chrome's network stack: Python writes them, mixed
//! at random, and applies the rules of the pages in `docs/formats` to what its
//! standard library reads of them.

use std::path::PathBuf;

use affiant_model::{Digest, Exchange, ExchangeKind, Field, FieldName};
use serde_json::{Value, json};

use crate::{content, read, said};

/// Holds what is read of a file that a script writes against what it prints.
fn compare(name: &str, script: &str, printed: fn(&Exchange) -> Value) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    for seed in 0..3 {
        let path = folder.join(format!("{name}-{seed}.json"));
        let arguments = [path.clone(), PathBuf::from(seed.to_string())];
        let Some(said) = said(&"python3".into(), script, &arguments) else {
            #[allow(clippy::print_stdout, reason = "a test says why it does nothing")]
            {
                println!("skipped: python3 is not installed");
            }
            return;
        };
        let log = read(&path).unwrap();
        assert_eq!(log.capture.format, name);
        assert_eq!(log.exchanges.len(), said.len(), "seed {seed}");
        for (exchange, said) in log.exchanges.iter().zip(said) {
            assert_eq!(
                printed(exchange),
                said,
                "seed {seed}, entry {}",
                exchange.ordinal
            );
        }
    }
}

#[test]
fn a_session_of_charles_is_read_by_the_rules_of_its_page() {
    compare("charles", include_str!("charles.py"), transaction);
}

#[test]
fn a_log_of_the_network_stack_is_read_by_the_rules_of_its_page() {
    compare("netlog", include_str!("netlog.py"), entry);
}

fn text(exchange: &Exchange, field: &Field) -> String {
    String::from_utf8(content(exchange, field)).unwrap()
}

/// Names and values of the headers, in order of both.
fn headers(exchange: &Exchange) -> Vec<(String, String)> {
    let headers = exchange.fields.iter().filter_map(|field| {
        let FieldName::Header { name, .. } = &field.name else {
            return None;
        };
        Some((name.clone(), text(exchange, field)))
    });
    let mut headers: Vec<_> = headers.collect();
    headers.sort();
    headers
}

fn millis(exchange: &Exchange) -> Option<i64> {
    exchange.started.map(|time| time.timestamp_millis())
}

/// What `charles.py` prints of a transaction.
fn transaction(exchange: &Exchange) -> Value {
    let of = |field: &Field| text(exchange, field);
    let is_address = |name: &FieldName| matches!(name, FieldName::Url | FieldName::Query { .. });
    let address = exchange.fields.iter().filter(|f| is_address(&f.name));
    let body = exchange.fields.iter().find(|f| f.name == FieldName::Body);
    json!([
        exchange.kind.to_string(),
        exchange.reach.to_string(),
        exchange.method,
        exchange.url,
        exchange.host,
        exchange.status,
        headers(exchange),
        body.map(|body| Digest::of(&content(exchange, body)).to_hex()),
        address.map(of).collect::<Vec<_>>(),
        exchange.client.address,
        exchange.server_address,
        millis(exchange),
    ])
}

/// What `netlog.py` prints of an entry.
fn entry(exchange: &Exchange) -> Value {
    let common = json!([
        exchange.kind.to_string(),
        exchange.reach.to_string(),
        exchange.host,
        millis(exchange)
    ]);
    let more = match exchange.kind {
        ExchangeKind::Request => json!([
            exchange.method,
            exchange.url,
            exchange.status,
            headers(exchange)
        ]),
        ExchangeKind::Lookup => json!([exchange.detail]),
        _ => {
            let tls = exchange.tls.as_ref();
            json!([tls.map(|tls| json!([tls.version, tls.cipher, tls.alpn]))])
        }
    };
    let parts = [common, more].map(|part| part.as_array().cloned().unwrap_or_default());
    parts.concat().into()
}
