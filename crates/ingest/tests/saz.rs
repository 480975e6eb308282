//! Session archives of Fiddler.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "common/collection.rs"]
mod collection;
mod common;

use std::io::{Cursor, Write as _};
use std::process::Command;

use affiant_ingest::{HEAD_BYTES, Limits, Settings, is_archive_of_files, recognise};
use affiant_model::{ExchangeKind, FieldName, Reach, Unpack};
use common::{Log, read_as};
use proptest::prelude::*;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

fn archive(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .set_comment("Fiddler (v5.0.0) Session Archive")
        .unwrap();
    let options = SimpleFileOptions::default().compression_method(method);
    writer.add_directory("raw", options).unwrap();
    for (name, content) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn deflated(members: &[(&str, &[u8])]) -> Vec<u8> {
    archive(members, CompressionMethod::Deflated)
}

fn read(file: &[u8]) -> Log {
    let head = &file[..file.len().min(HEAD_BYTES)];
    assert_eq!(recognise(head).unwrap().name(), "saz");
    read_as("saz", file, &Settings::default()).unwrap()
}

const POST: &[u8] = b"POST https://graph.example.com/v1?id=7 HTTP/1.1\r\nHost: graph.example.com\r\nContent-Length: 9\r\n\r\nmail=a@b.";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

fn metadata(marks: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Session SID=\"1\" BitFlags=\"{marks}\">\
         <SessionTimers ClientConnected=\"0001-01-01T00:00:00\" ClientBeginRequest=\"2026-01-02T03:04:05.1234567+01:00\" ServerGotRequest=\"2026-01-02T03:04:05.2+01:00\" />\
         {more}<SessionFlags><SessionFlag N=\"x-clientIP\" V=\"192.0.2.7\" /><SessionFlag N=\"x-clientport\" V=\"51234\" />\
         <SessionFlag N=\"x-processinfo\" V=\"chrome:4120\" /><SessionFlag N=\"x-hostIP\" V=\"198.51.100.9\" /></SessionFlags></Session>"
    )
}

/// One session with a request, and what is given besides.
fn one(request: &[u8], response: Option<&[u8]>, metadata: Option<&str>) -> Log {
    let mut members = vec![("raw/1_c.txt", request)];
    members.extend(response.map(|bytes| ("raw/1_s.txt", bytes)));
    members.extend(metadata.map(|text| ("raw/1_m.xml", text.as_bytes())));
    read(&deflated(&members))
}

#[test]
fn a_session_is_read_with_what_fiddler_notes_of_it() {
    let noted = metadata("1", "");
    let log = one(POST, Some(OK), Some(&noted));
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    let exchange = &log.exchanges[0];
    assert_eq!(exchange.url, "https://graph.example.com/v1?id=7");
    assert_eq!(
        (exchange.host.as_str(), exchange.method.as_str()),
        ("graph.example.com", "POST")
    );
    assert_eq!(
        (exchange.status, exchange.reach),
        (Some(200), Reach::Acknowledged)
    );
    assert_eq!(
        exchange.started,
        Some("2026-01-02T02:04:05.1234567Z".parse().unwrap())
    );
    assert_eq!(exchange.client.address.as_deref(), Some("192.0.2.7:51234"));
    assert_eq!(exchange.client.process.as_deref(), Some("chrome:4120"));
    assert_eq!(exchange.server_address.as_deref(), Some("198.51.100.9"));
    let body = exchange
        .fields
        .iter()
        .find(|f| f.name == FieldName::Body)
        .unwrap();
    assert_eq!(exchange.bytes_of(body), b"mail=a@b.");
    let unpacked = exchange.unpacked.as_ref().unwrap();
    assert_eq!(unpacked.steps, [Unpack::Zip("raw/1_c.txt".to_owned())]);
    assert_eq!(
        log.capture.comment.as_deref(),
        Some("Fiddler (v5.0.0) Session Archive")
    );
}

#[test]
fn a_member_without_compression_stands_in_the_exhibit_as_it_is() {
    let file = archive(&[("raw/01_c.txt", POST)], CompressionMethod::Stored);
    let log = read(&file);
    let exchange = &log.exchanges[0];
    assert_eq!(exchange.unpacked, None);
    let span = exchange.span;
    let start = usize::try_from(span.offset).unwrap();
    assert_eq!(&file[start..start + POST.len()], POST);
}

#[test]
fn sessions_come_in_the_order_of_their_numbers_and_each_keeps_its_number() {
    let get =
        |path: &str| format!("GET http://a.example/{path} HTTP/1.1\r\nHost: a.example\r\n\r\n");
    let file = deflated(&[
        ("raw/10_c.txt", get("ten").as_bytes()),
        ("raw/2_s.txt", OK),
        ("raw\\3_C.TXT", get("three").as_bytes()),
        ("_index.htm", b""),
        ("[Content_Types].xml", b""),
    ]);
    let log = read(&file);
    let urls: Vec<_> = log
        .exchanges
        .iter()
        .map(|e| (e.ordinal, e.url.as_str()))
        .collect();
    assert_eq!(
        urls,
        [(2, "http://a.example/three"), (3, "http://a.example/ten")]
    );
    assert_eq!(log.capture.entries, 3);
    assert!(log.messages().contains(&"session 2 has no request"));
}

#[test]
fn the_reach_is_never_further_than_the_session_shows() {
    let get = b"GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n";
    let unsent = "<Session BitFlags=\"0\"><SessionTimers ClientBeginRequest=\"2026-01-02T03:04:05Z\" ServerGotRequest=\"0001-01-01T00:00:00\"/></Session>";
    let (plain, by_fiddler, cached) =
        (metadata("0", ""), metadata("100", ""), metadata("4000", ""));
    let failed = b"HTTP/1.1 502 Fiddler - DNS Lookup Failed\r\n\r\n";
    for (response, noted, wanted) in [
        (Some(OK), Some(plain.as_str()), Reach::Acknowledged),
        (Some(OK), Some(by_fiddler.as_str()), Reach::Attempted),
        (Some(OK), Some(cached.as_str()), Reach::Attempted),
        (Some(&failed[..]), Some(plain.as_str()), Reach::Attempted),
        (
            Some(b"HTTP/1.1 407 Proxy\r\n\r\n"),
            Some(plain.as_str()),
            Reach::Attempted,
        ),
        (Some(b""), Some(plain.as_str()), Reach::Sent),
        (None, Some(plain.as_str()), Reach::Sent),
        (None, Some(unsent), Reach::Attempted),
        (Some(OK), Some(unsent), Reach::Acknowledged),
        (None, None, Reach::Sent),
        (
            Some(b"HTTP/1.1 0 FIDDLER GENERATED - RESPONSE DATA WAS MISSING\r\n\r\n"),
            None,
            Reach::Sent,
        ),
    ] {
        let log = one(get, response, noted);
        assert_eq!(log.exchanges[0].reach, wanted, "{response:?} {noted:?}");
        let scheme = if noted.is_some() { "http" } else { "https" };
        assert_eq!(log.exchanges[0].url, format!("{scheme}://a.example/x"));
    }
}

#[test]
fn a_tunnel_with_bytes_back_is_a_contact_and_one_without_is_an_attempt() {
    let connect = b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nUser-Agent: x\r\n\r\nA SSLv3-compatible ClientHello handshake was found.";
    let open = metadata(
        "1001",
        "<TunnelInfo BytesEgress=\"517\" BytesIngress=\"4096\" />",
    );
    let established = b"HTTP/1.1 200 Connection Established\r\n\r\n";
    let log = one(connect, Some(established), Some(&open));
    let tunnel = &log.exchanges[0];
    assert_eq!(
        (tunnel.kind, tunnel.reach),
        (ExchangeKind::Connection, Reach::Contacted)
    );
    assert_eq!(tunnel.host, "a.example");
    assert!(tunnel.fields.is_empty() && tunnel.status.is_none());
    assert_eq!(
        tunnel.detail.as_deref(),
        Some("tunnel to a.example:443, 517 bytes sent, 4096 bytes received")
    );
    let shut = metadata("2001", "");
    let log = one(connect, Some(established), Some(&shut));
    let tunnel = &log.exchanges[0];
    assert_eq!(
        (tunnel.kind, tunnel.reach),
        (ExchangeKind::Request, Reach::Attempted)
    );
    assert_eq!(tunnel.request_body_bytes, 0);
}

#[test]
fn what_fiddler_did_and_what_is_not_read_is_said() {
    let noted = metadata("80", "").replace(
        "</SessionFlags>",
        "<SessionFlag N=\"x-overrideHost\" V=\"b.example:8080\"/></SessionFlags>",
    );
    let list = b"\r\nRequest-Length: 6\r\nID: 1\r\n\r\n\x81\x80abcd\r\n";
    let file = deflated(&[
        ("raw/1_c.txt", POST),
        ("raw/1_m.xml", noted.as_bytes()),
        ("raw/1_w.txt", list),
        ("raw/1_x.bin", b"?"),
    ]);
    let log = read(&file);
    assert_eq!(
        log.messages(),
        [
            "Fiddler made or replayed this request itself, by its own mark",
            "Fiddler was told to send the request to `b.example:8080`",
            "the session holds 1 WebSocket messages of the client, masked as they were sent",
            "1 members of the archive are no part of a session; the first is `raw/1_x.bin`",
        ]
    );
    let local = metadata("0", "").replace("+01:00", "");
    let log = one(POST, Some(OK), Some(&local));
    assert_eq!(log.messages(), ["the times of the log name no time zone"]);
    assert_eq!(log.exchanges[0].started, None);
    assert_eq!(
        log.exchanges[0].started_as_written,
        "2026-01-02T03:04:05.1234567"
    );
}

#[test]
fn damage_and_bounds_are_defects_of_their_session() {
    let mut file = deflated(&[
        ("raw/1_c.txt", POST),
        ("raw/2_c.txt", POST),
        ("raw/3_c.txt", b""),
    ]);
    let name = b"raw/1_c.txt";
    let at = file.windows(name.len()).position(|w| w == name).unwrap() + name.len() + 8;
    file[at] ^= 0xff;
    let log = read(&file);
    assert_eq!((log.exchanges.len(), log.capture.entries), (1, 3));
    assert!(log.messages()[0].starts_with("the request of session 1 cannot be read: "));
    assert!(log.messages().contains(
        &"the request of session 3 is none of HTTP: it does not begin with a method and a target"
    ));
    let limits = Limits {
        entry_bytes: POST.len() - 1,
        ..Limits::default()
    };
    let small = read_as("saz", &deflated(&[("raw/1_c.txt", POST)]), &limits.into()).unwrap();
    assert!(small.messages()[0].contains("it is larger than the bound of"));
}

#[test]
fn an_archive_of_something_else_or_under_a_password_is_refused_with_the_remedy() {
    let other = deflated(&[("a.har", b"{}")]);
    assert!(recognise(&other).is_err());
    assert!(is_archive_of_files(&other));
    assert!(!is_archive_of_files(&deflated(&[("raw/1_c.txt", POST)])));
    let said = read_as("saz", &other, &Settings::default()).err().unwrap();
    assert!(
        said.to_string()
            .contains("no member of the archive is a session")
    );
    let mut locked = deflated(&[("raw/1_c.txt", POST)]);
    // The bit for encryption, in the member's record and in the directory.
    for (signature, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let places: Vec<_> = (0..locked.len() - 4)
            .filter(|at| &locked[*at..*at + 4] == signature)
            .collect();
        places.into_iter().for_each(|at| locked[at + flags] |= 1);
    }
    let said = read_as("saz", &locked, &Settings::default()).err().unwrap();
    let said = said.to_string();
    assert!(
        said.contains("protected by a password") && said.contains("save all sessions"),
        "{said}"
    );
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        stored: bool,
    ) {
        let noted = metadata("1", "<TunnelInfo BytesEgress=\"1\"/>");
        let members: &[(&str, &[u8])] = &[
            ("raw/1_c.txt", POST),
            ("raw/1_s.txt", OK),
            ("raw/1_m.xml", noted.as_bytes()),
            ("raw/1_w.txt", b"\r\nRequest-Length: 1\r\n\r\nx\r\n"),
        ];
        let method = if stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let mut file = archive(members, method);
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = read_as("saz", &file, &Settings::default());
    }
}

/// Reads the archive with the standard library of Python: of each session the
/// request line, and the digest of what follows its head.
const SCRIPT: &str = r"
import sys, zipfile, hashlib
archive = zipfile.ZipFile(sys.argv[1])
names = [n for n in archive.namelist() if n.endswith('_c.txt')]
for name in sorted(names, key=lambda n: int(n[4:-6])):
    head, _, body = archive.read(name).partition(b'\r\n\r\n')
    method, url, _ = head.split(b'\r\n')[0].decode().split(' ', 2)
    status = archive.read(name.replace('_c.', '_s.')).split(b' ')[1].decode()
    print(method, url, status, len(head.split(b'\r\n')) - 1, body.hex())
";

#[test]
fn every_archive_of_the_collection_is_read_as_python_reads_it() {
    let Some(root) = collection::folder("devices/ludoviclefevre+node-saz-parser/test") else {
        return;
    };
    for (name, sessions) in [("simple.saz", 1), ("multipleSessions.saz", 4)] {
        let path = root.join(name);
        let log = read(&std::fs::read(&path).unwrap());
        assert_eq!(log.exchanges.len(), sessions);
        let Ok(python) = Command::new("python3")
            .args(["-c", SCRIPT])
            .arg(&path)
            .output()
        else {
            println!("skipped: python3 is not installed");
            return;
        };
        let wanted = String::from_utf8(python.stdout).unwrap();
        let mut found = String::new();
        for exchange in &log.exchanges {
            let is_header = |name: &FieldName| matches!(name, FieldName::Header { .. });
            let headers = exchange
                .fields
                .iter()
                .filter(|f| is_header(&f.name))
                .count();
            let body = exchange.fields.iter().find(|f| f.name == FieldName::Body);
            let body = body.map(|body| exchange.bytes_of(body)).unwrap_or_default();
            let hex: String = body.iter().map(|b| format!("{b:02x}")).collect();
            let status = exchange.status.unwrap();
            found.push_str(&format!(
                "{} {} {status} {headers} {hex}\n",
                exchange.method, exchange.url
            ));
        }
        assert_eq!(found, wanted, "{name}");
    }
    let other = std::fs::read(root.join("notASazFile.saz")).unwrap();
    assert!(recognise(&other).is_err());
}
