//! Lines of the logs `conn`, `dns`, `quic` and `ssl`.
//!
//! Columns as in `scripts/base/protocols/{conn,dns,quic,ssl}/main.zeek` and
//! `scripts/base/protocols/ssl/files.zeek` of zeek/zeek at commit a13de64.

use std::net::IpAddr;

use affiant_model::{Reach, Tls};

use crate::traffic::draft::Draft;
use crate::traffic::json::Token;
use crate::traffic::row::Row;
use crate::traffic::{address, instant};

/// Reads who spoke to whom.
pub(super) fn ends(row: &Row<'_>, draft: &mut Draft<'_>) {
    let exchange = &mut draft.exchange;
    exchange.client.address = row
        .text("id.orig_h")
        .map(|ip| address::with_port(&ip, row.text("id.orig_p").as_deref()));
    exchange.server_address = row.owned("id.resp_h");
}

/// The host of a server that is known by its address alone.
fn by_address(row: &Row<'_>) -> String {
    row.text("id.resp_h")
        .map(|ip| address::of_ip(&ip))
        .unwrap_or_default()
}

/// Reads a line of `conn`.
pub(super) fn conn(row: &Row<'_>, draft: &mut Draft<'_>) {
    let exchange = &mut draft.exchange;
    exchange.host = by_address(row);
    let mut detail: Vec<String> = ["proto", "service", "conn_state"]
        .iter()
        .filter_map(|name| row.owned(name))
        .collect();
    for (name, word) in [
        ("orig_bytes", "bytes sent"),
        ("resp_bytes", "bytes received"),
    ] {
        detail.extend(row.text(name).map(|count| format!("{count} {word}")));
    }
    exchange.detail = Some(detail.join(", ")).filter(|detail| !detail.is_empty());
    exchange.reach = match row.text("conn_state").as_deref() {
        Some("S0" | "REJ" | "RSTOS0" | "SH") => Reach::Attempted,
        _ => Reach::Contacted,
    };
    exchange.until = exchange
        .started
        .zip(row.text("duration"))
        .and_then(|(start, length)| instant::later(start, &length));
}

/// Reads a line of `dns`.
pub(super) fn dns(row: &Row<'_>, sets: Option<&str>, draft: &mut Draft<'_>) {
    let exchange = &mut draft.exchange;
    exchange.reach = Reach::Contacted;
    exchange.host = row
        .text("query")
        .map(|name| name.trim_end_matches('.').to_lowercase())
        .unwrap_or_default();
    let words = ["qtype_name", "rcode_name"]
        .iter()
        .filter_map(|name| row.owned(name));
    exchange.detail = Some(words.collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty());
    // The server of the line is the resolver; that of the host is in the answer.
    exchange.server_address = None;
    let leads_on = matches!(
        row.text("qtype_name").as_deref(),
        Some("A" | "AAAA" | "CNAME" | "HTTPS" | "SVCB")
    );
    let answers = items(row, "answers", sets);
    if answers.len() > ANSWERS {
        let message = format!("the answer has more than {ANSWERS} records");
        draft.defect(None, message, "the names and addresses behind are not read");
    }
    let exchange = &mut draft.exchange;
    for answer in answers.into_iter().take(ANSWERS) {
        if answer.parse::<IpAddr>().is_ok() {
            exchange.server_address.get_or_insert(answer);
        } else if leads_on && !answer.contains(char::is_whitespace) {
            exchange
                .aliases
                .push(answer.trim_end_matches('.').to_lowercase());
        }
    }
}

/// Reads a line of `ssl`.
pub(super) fn ssl(row: &Row<'_>, sets: Option<&str>, draft: &mut Draft<'_>) {
    let sni = row.owned("server_name");
    let exchange = &mut draft.exchange;
    exchange.reach = Reach::Contacted;
    exchange.host = named(sni.as_deref()).unwrap_or_else(|| by_address(row));
    let mut detail = vec![match row.text("established").as_deref() {
        Some("T" | "true") => "established".to_owned(),
        _ => "not established".to_owned(),
    }];
    detail.extend(row.text("ja3").map(|hash| format!("JA3 {hash}")));
    exchange.detail = Some(detail.join(", "));
    let certificates = items(row, "cert_chain_fps", sets);
    // SHA-256 since Zeek 4.1; the names of files before.
    let certificate = certificates
        .into_iter()
        .next()
        .filter(|hash| hash.len() == 64);
    exchange.tls = Some(Tls {
        version: row.text("version").map(|version| version_of(&version)),
        cipher: row.owned("cipher"),
        sni,
        alpn: row.owned("next_protocol"),
        ja4: row.owned("ja4"),
        certificate: certificate.map(|hash| hash.to_ascii_lowercase()),
        subject: row.owned("subject"),
        issuer: row.owned("issuer"),
        names: Vec::new(),
    });
}

/// Reads a line of `quic`.
pub(super) fn quic(row: &Row<'_>, draft: &mut Draft<'_>) {
    let sni = row.owned("server_name");
    let exchange = &mut draft.exchange;
    exchange.reach = Reach::Contacted;
    exchange.host = named(sni.as_deref()).unwrap_or_else(|| by_address(row));
    exchange.detail = row.text("version").map(|version| format!("QUIC {version}"));
    exchange.tls = Some(Tls {
        sni,
        alpn: row.owned("client_protocol"),
        ..Tls::default()
    });
}

fn named(sni: Option<&str>) -> Option<String> {
    let name = sni?.trim_end_matches('.').to_lowercase();
    Some(name).filter(|name| !name.is_empty())
}

/// A version of TLS as Zeek names it (`scripts/base/protocols/ssl/consts.zeek`),
/// in the words of its standard.
fn version_of(name: &str) -> String {
    match name {
        "SSLv2" => "SSL 2.0",
        "SSLv3" => "SSL 3.0",
        "TLSv10" => "TLS 1.0",
        "TLSv11" => "TLS 1.1",
        "TLSv12" => "TLS 1.2",
        "TLSv13" => "TLS 1.3",
        "DTLSv10" => "DTLS 1.0",
        "DTLSv12" => "DTLS 1.2",
        "DTLSv13" => "DTLS 1.3",
        other => other,
    }
    .to_owned()
}

/// How many records of an answer, and certificates of a chain, are read.
const ANSWERS: usize = 256;

/// The items of a value that is a list, one more than [`ANSWERS`] at most.
fn items(row: &Row<'_>, name: &str, sets: Option<&str>) -> Vec<String> {
    let Some(text) = row.text(name) else {
        return Vec::new();
    };
    match sets {
        Some(separator) if !separator.is_empty() => {
            let items = text.split(separator).take(ANSWERS + 1);
            items.map(str::to_owned).collect()
        }
        Some(_) => vec![text.into_owned()],
        None => {
            let mut found = Vec::new();
            Token::Compound(&text).items(&mut |item| {
                if found.len() <= ANSWERS {
                    found.extend(item.text().map(|text| text.into_owned()));
                }
            });
            found
        }
    }
}
