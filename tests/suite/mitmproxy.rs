//! A flow file of mitmproxy goes the whole way, as a HAR does.

use crate::support::{acme, expect, table};

/// A tnetstring: bytes `,`, text `;`, a number `#`, a list `]`, a dictionary `}`.
fn tagged(kind: char, payload: &[u8]) -> Vec<u8> {
    let mut text = format!("{}:", payload.len()).into_bytes();
    text.extend_from_slice(payload);
    text.push(kind as u8);
    text
}

fn bytes(value: &str) -> Vec<u8> {
    tagged(',', value.as_bytes())
}

fn text(value: &str) -> Vec<u8> {
    tagged(';', value.as_bytes())
}

fn dictionary(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let payload: Vec<u8> = members
        .iter()
        .flat_map(|(name, value)| [text(name), value.clone()].concat())
        .collect();
    tagged('}', &payload)
}

fn flow(path: &str, body: &str) -> Vec<u8> {
    let header = |name: &str, value: &str| tagged(']', &[bytes(name), bytes(value)].concat());
    let headers = [
        header("Host", "t.example.net"),
        header("Content-Type", "application/json"),
    ];
    let time = |seconds: &str| tagged('^', seconds.as_bytes());
    let number = |value: &str| tagged('#', value.as_bytes());
    let request = dictionary(&[
        ("method", bytes("POST")),
        ("scheme", bytes("https")),
        ("host", text("t.example.net")),
        ("port", number("443")),
        ("authority", bytes("")),
        ("path", bytes(path)),
        ("http_version", bytes("HTTP/1.1")),
        ("headers", tagged(']', &headers.concat())),
        ("content", bytes(body)),
        ("trailers", tagged('~', b"")),
        ("timestamp_start", time("1767323045.25")),
        ("timestamp_end", time("1767323045.5")),
    ]);
    let response = dictionary(&[
        ("http_version", bytes("HTTP/1.1")),
        ("status_code", number("204")),
        ("reason", bytes("No Content")),
        ("headers", tagged(']', b"")),
        ("content", bytes("")),
        ("trailers", tagged('~', b"")),
        ("timestamp_start", time("1767323045.75")),
        ("timestamp_end", time("1767323045.75")),
    ]);
    let server = dictionary(&[
        ("timestamp_tcp_setup", time("1767323045.3")),
        ("timestamp_tls_setup", time("1767323045.4")),
        ("timestamp_start", time("1767323045.3")),
        ("tls", tagged('!', b"true")),
    ]);
    dictionary(&[
        ("version", number("21")),
        ("type", text("http")),
        ("request", request),
        ("response", response),
        ("server_conn", server),
        ("error", tagged('~', b"")),
    ])
}

#[test]
fn a_flow_file_is_read_decoded_proved_and_led_back_to_its_bytes() {
    let folder = acme("");
    let here = folder.path();
    let flows = [
        flow("/c?e=ann%40example.com", r#"{"u":"none"}"#),
        flow("/d", r#"{"mail":"ann@example.com"}"#),
    ]
    .concat();
    std::fs::write(here.join("flows"), &flows).unwrap();
    let intake = [
        "intake",
        "acme",
        "flows",
        "--custodian",
        "C",
        "--collected-by",
        "P",
        "--method",
        "M",
    ];
    expect(0, here, &intake);
    expect(0, here, &["analyze", "acme"]);
    let case = here.join("acme");
    let rows = table(&case, "transmittals");
    let found: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row["exchange"].as_str(),
                row["place"].as_str(),
                row["reach"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("1", "query", "acknowledged"),
            ("2", "body", "acknowledged")
        ]
    );
    for row in &rows {
        let offset: usize = row["offset"].parse().unwrap();
        let length: usize = row["length"].parse().unwrap();
        let there = String::from_utf8_lossy(&flows[offset..offset + length]).into_owned();
        assert!(there.contains("ann"), "{there}");
    }
    expect(0, here, &["show", "acme", "T-2"]);

    // Each flow is a leaf of the exhibit's tree, and can be proved alone.
    expect(0, here, &["key", "new", "acme", "--output", "log.pem"]);
    expect(0, here, &["checkpoint", "acme", "--log-key", "log.pem"]);
    expect(
        0,
        here,
        &[
            "prove",
            "acme",
            "--exchange",
            "E-0001:2",
            "--output",
            "proofs",
        ],
    );
    let second = std::fs::read(here.join("proofs/E-0001-000002.bin")).unwrap();
    assert_eq!(second, flow("/d", r#"{"mail":"ann@example.com"}"#));
    expect(5, here, &["verify", "acme"]);
}
