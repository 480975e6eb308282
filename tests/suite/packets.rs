//! Captures of packets go the whole way: what is found in them is led back to
//! the file by the command that is shown.

use std::path::Path;

use crate::support::{acme, expect, has_tool, table};

#[path = "../../crates/ingest/tests/packets/session.rs"]
#[allow(dead_code, reason = "the tests of the reader use the rest")]
mod session;
#[path = "../../crates/ingest/tests/packets/write.rs"]
#[allow(dead_code, reason = "the tests of the reader use the rest")]
mod write;

use write::{Capture, From};

const BODY: &str = "v=2&mail=ann%40example.com";

fn take_in(here: &Path, file: &str) {
    let circumstances = ["--custodian", "C", "--collected-by", "P", "--method", "M"];
    let intake = ["intake", "acme", file];
    expect(0, here, &[&intake[..], &circumstances[..]].concat());
}

/// What the command that is shown for the first transmittal prints.
fn printed(here: &Path) -> (String, Vec<u8>) {
    let shown = expect(0, here, &["show", "acme", "T-1", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let command = shown["command"].as_str().unwrap();
    let output = std::process::Command::new("sh")
        .args(["-c", command])
        .current_dir(here.join("acme"))
        .output()
        .unwrap();
    (command.to_owned(), output.stdout)
}

#[test]
fn a_value_in_a_decrypted_request_is_found_with_the_secrets_of_the_capture() {
    let folder = acme("");
    let here = folder.path();
    let mut capture = Capture::pcapng("tester 1.0");
    let talk = session::http2(&mut capture, BODY);
    capture.secrets(&talk.keys());
    std::fs::write(here.join("capture.pcapng"), &capture.bytes).unwrap();
    take_in(here, "capture.pcapng");
    expect(0, here, &["analyze", "acme"]);
    expect(0, here, &["report", "acme"]);
    let rows = table(&here.join("acme"), "transmittals");
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0]["host"], "live.example");
    let kinds: Vec<_> = table(&here.join("acme"), "exchanges")
        .iter()
        .map(|row| row["kind"].clone())
        .collect();
    assert_eq!(kinds, ["request", "handshake"]);
    if has_tool("tshark") {
        let (command, output) = printed(here);
        assert_eq!(output, b"ann@example.com", "{command}");
    }
    expect(6, here, &["verify", "acme"]);
}

#[test]
fn a_key_log_that_is_taken_in_later_opens_the_capture() {
    let folder = acme("");
    let here = folder.path();
    let mut capture = Capture::pcap();
    let talk = session::http2(&mut capture, BODY);
    std::fs::write(here.join("capture.pcap"), &capture.bytes).unwrap();
    std::fs::write(here.join("keys.txt"), talk.keys()).unwrap();
    take_in(here, "capture.pcap");
    expect(0, here, &["analyze", "acme"]);
    let case = here.join("acme");
    assert_eq!(table(&case, "transmittals").len(), 0);
    assert_eq!(table(&case, "exchanges")[0]["kind"], "handshake");
    take_in(here, "keys.txt");
    expect(0, here, &["analyze", "acme"]);
    assert_eq!(table(&case, "transmittals").len(), 1);
    if has_tool("tshark") {
        let (command, output) = printed(here);
        assert!(
            command.contains("tls.keylog_file:evidence/E-0002"),
            "{command}"
        );
        assert_eq!(output, b"ann@example.com", "{command}");
    }
}

#[test]
fn a_value_over_two_packets_is_printed_by_one_command_for_each() {
    let folder = acme("");
    let here = folder.path();
    let mut capture = Capture::pcap();
    let mut tcp = capture.tcp("192.0.2.7:40001", "198.51.100.9:80");
    let request = b"GET /?mail=ann%40example.com HTTP/1.1\r\nHost: t.example.net\r\n\r\n";
    tcp.say_in(&mut capture, From::Client, 15, request);
    tcp.say(
        &mut capture,
        From::Server,
        b"HTTP/1.1 204 No Content\r\n\r\n",
    );
    tcp.close(&mut capture);
    std::fs::write(here.join("capture.pcap"), &capture.bytes).unwrap();
    take_in(here, "capture.pcap");
    expect(0, here, &["analyze", "acme"]);
    let (command, output) = printed(here);
    assert!(command.starts_with("{ dd if="), "{command}");
    assert_eq!(output, b"ann@example.com", "{command}");
}
