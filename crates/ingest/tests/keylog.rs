//! Key logs of TLS, and which format claims which file of a collection.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "common/collection.rs"]
mod collection;
mod common;

use std::fs;
use std::path::{Path, PathBuf};

use affiant_ingest::{HEAD_BYTES, Settings, recognise};
use common::{Log, read_as};

fn read(text: &str) -> Log {
    read_as("keylog", text.as_bytes(), &Settings::default()).unwrap()
}

fn line(label: &str) -> String {
    format!("{label} {} {}\n", "0a".repeat(32), "1B".repeat(48))
}

#[test]
fn secrets_are_counted_by_label_and_never_repeated() {
    let text = format!(
        "# made by a browser\r\n\n{}{}{}CLIENT_RANDOM 0a0b zz\n",
        line("CLIENT_RANDOM"),
        line("CLIENT_RANDOM"),
        line("EXPORTER_SECRET"),
    );
    let reader = recognise(text.as_bytes()).unwrap();
    assert_eq!(reader.name(), "keylog");
    let log = read(&text);
    let stated = [
        ("secrets", "3"),
        ("secrets CLIENT_RANDOM", "2"),
        ("secrets EXPORTER_SECRET", "1"),
    ];
    assert_eq!(
        log.capture.stated,
        stated.map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    assert_eq!((log.capture.entries, log.exchanges.len()), (0, 0));
    assert_eq!(log.defects.len(), 1);
    let place = text.rfind("CLIENT_RANDOM 0a0b").unwrap() as u64;
    assert_eq!(log.defects[0].span.unwrap().offset, place);
    assert!(!format!("{:?}", log.messages()).contains("0a0b"));
}

/// Key logs of the collection with their secrets, by `grep -cE '^[A-Z_0-9]+ [0-9a-fA-F]+ '`.
const KEYS: &[(&str, u64)] = &[
    ("dhe1_keylog.dat", 1),
    ("http2-data-reassembly.keys", 1),
    ("tls12-chacha20poly1305.keys", 8),
    ("tls12-dsb-1.keys", 1),
    ("tls12-dsb-2.keys", 1),
    ("tls13-rfc8446-noearly.keys", 8),
    ("tls13-rfc8446.keys", 9),
];

#[test]
fn the_key_logs_of_the_collection_are_counted() {
    let Some(root) = collection::folder("pcap/wireshark+wireshark/test/keys") else {
        return;
    };
    for (name, count) in KEYS {
        let bytes = fs::read(root.join(name)).unwrap();
        assert_eq!(
            recognise(&bytes[..bytes.len().min(HEAD_BYTES)])
                .unwrap()
                .name(),
            "keylog"
        );
        let log = read_as("keylog", &bytes, &Settings::default()).unwrap();
        assert_eq!(log.capture.stated[0].1, count.to_string(), "{name}");
        assert!(log.defects.is_empty(), "{name}");
    }
}

/// Which files of the collection the formats of lines and tables claim.
#[test]
fn no_format_claims_a_file_of_another() {
    let Some(root) = collection::folder("") else {
        return;
    };
    let mut files = Vec::new();
    walk(&root, &mut files);
    for path in files {
        let mut head = fs::read(&path).unwrap();
        head.truncate(HEAD_BYTES);
        let Ok(reader) = recognise(&head) else {
            continue;
        };
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        let own = match reader.name().as_str() {
            "zeek" | "gzip/zeek" => name.starts_with("zeek/"),
            "pihole" => name.ends_with("/pihole.log"),
            "keylog" => name.ends_with(".keys") || name.ends_with("keylog.dat"),
            "pcap" | "pcapng" | "gzip/pcap" | "gzip/pcapng" => {
                name.starts_with("pcap/") || name.ends_with(".pcap") || name.ends_with(".pcapng")
            }
            "app-privacy" | "adguard" | "pcapdroid-csv" | "trackercontrol" | "nextdns"
            | "mapping" | "table" => false,
            _ => true,
        };
        assert!(own, "{} claims {name}", reader.name());
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}
