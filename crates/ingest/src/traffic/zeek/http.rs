//! Lines of the log `http`.
//!
//! Columns as in `scripts/base/protocols/http/{main,entities}.zeek` and
//! `scripts/policy/protocols/http/{header-names,var-extraction-cookies,
//! var-extraction-uri}.zeek` of zeek/zeek at commit a13de64.

use affiant_model::{FieldName, Reach};

use crate::traffic::address;
use crate::traffic::draft::{Draft, Named};
use crate::traffic::row::{Cell, Row};

/// Columns that are headers of the request.
const HEADERS: &[(&str, &str)] = &[
    ("host", "Host"),
    ("referrer", "Referer"),
    ("user_agent", "User-Agent"),
    ("origin", "Origin"),
    ("cookie", "Cookie"),
];

/// Columns that hold nothing which the client sent as data: the ends of the
/// conversation, the answer, and what Zeek says of both.
const OTHERS: &[&str] = &[
    "_path",
    "_write_ts",
    "_system_name",
    "ts",
    "uid",
    "method",
    "version",
    "trans_depth",
    "request_body_len",
    "response_body_len",
    "status_code",
    "status_msg",
    "info_code",
    "info_msg",
    "tags",
    "orig_fuids",
    "orig_mime_types",
    "flow_id",
];

/// Reads a line of `http`.
pub(super) fn http(row: &Row<'_>, draft: &mut Draft<'_>) {
    let exchange = &mut draft.exchange;
    exchange.method = row.owned("method").unwrap_or_default();
    exchange.url = url(row, &exchange.method);
    exchange.host = address::host(&exchange.method, &exchange.url);
    exchange.status = row.number("status_code");
    exchange.reach = reach(&exchange.method, exchange.status);
    if exchange.method.is_empty() {
        draft.defect(
            None,
            "the line has no method: the log saw an answer and not its request",
            "the request is not read",
        );
    }
    for cell in &row.cells {
        field(cell, draft);
    }
    let body: u64 = row.number("request_body_len").unwrap_or_default();
    if body > 0 && row.get("post_body").is_none() {
        let range = row.get("request_body_len").map(|cell| cell.range.clone());
        let message =
            format!("the request had a body of {body} bytes, which the log does not keep");
        draft.defect(range.as_ref(), message, "the body is not searched");
    }
}

/// The address, put together. The log lists requests of HTTP without TLS, and
/// such as Zeek saw decrypted: the scheme is stated as `http`.
fn url(row: &Row<'_>, method: &str) -> String {
    let uri = row.text("uri").unwrap_or_default();
    if uri.contains("://") || method.eq_ignore_ascii_case("CONNECT") {
        return uri.into_owned();
    }
    let host = row.owned("host").unwrap_or_else(|| {
        let ip = row.text("id.resp_h").unwrap_or_default();
        let port = row.text("id.resp_p").filter(|port| port != "80");
        port.map_or_else(
            || address::of_ip(&ip),
            |port| address::with_port(&ip, Some(&port)),
        )
    });
    let slash = if uri.is_empty() || uri.starts_with('/') {
        ""
    } else {
        "/"
    };
    format!("http://{host}{slash}{uri}")
}

fn reach(method: &str, status: Option<u16>) -> Reach {
    match status {
        _ if method.is_empty() || method.eq_ignore_ascii_case("CONNECT") => Reach::Attempted,
        Some(407) => Reach::Attempted,
        Some(200..) => Reach::Acknowledged,
        _ => Reach::Sent,
    }
}

/// Adds the field of a column in which data of the client may travel.
fn field(cell: &Cell<'_>, draft: &mut Draft<'_>) {
    let (name, range, carrier) = (&*cell.name, cell.range.clone(), cell.carrier());
    if let Some((_, header)) = HEADERS.iter().find(|(column, _)| *column == name) {
        draft.named(Named::Header, header, range, carrier, Vec::new());
        return;
    }
    match name {
        "uri" => draft.field(FieldName::Url, range, carrier, Vec::new()),
        "post_body" => {
            draft.exchange.request_body_bytes = range.len() as u64;
            draft.field(FieldName::Body, range, carrier, Vec::new());
        }
        _ if OTHERS.contains(&name)
            || name.starts_with("id.")
            || name.starts_with("resp_")
            || name.starts_with("server_header") => {}
        _ => draft.named(Named::Param, name, range, carrier, Vec::new()),
    }
}
