//! Reads real captures and says the same of them as tshark does (4.0.17 in the table below).
//!
//! Bytes are compared conversation by conversation, with the place and length of what was
//! lost. tshark does not say all losses: not those that only an acknowledgement or a FIN
//! shows, and not those of packets that the capture cut. There the bytes read must be the
//! same, and the loss must be ours alone.
//!
//! The collection is not part of the project: `AFFIANT_CORPUS` names it, `AFFIANT_TSHARK` the
//! program.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]
#![allow(
    clippy::disallowed_methods,
    reason = "the environment says where the tools are"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use affiant_packets::{Limits, Side, is_capture};
use common::{Capture, read};

/// What tshark follows of one TCP stream: its ends, and what each of them sent.
#[derive(Debug, Default)]
struct Followed {
    nodes: [String; 2],
    sent: [Vec<u8>; 2],
}

/// Where tshark finds another number of TCP streams, and why.
const OTHER_STREAMS: &[(&str, &str)] = &[
    (
        "netlink-conntrack.pcap",
        "packets inside netlink messages (link type 253) are not read",
    ),
    (
        "netlink-nflog.pcap",
        "packets inside netlink messages (link type 253) are not read",
    ),
    (
        "wireguard-ping-tcp-dsb.pcapng",
        "tshark decrypts WireGuard with the keys of the file",
    ),
];

#[test]
fn every_capture_has_the_packets_and_the_tcp_streams_that_tshark_finds() {
    let Some((corpus, tshark)) = tools() else {
        println!("skipped: AFFIANT_CORPUS and AFFIANT_TSHARK do not name both");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut found = Findings::default();
    for path in captures(&corpus.join("pcap")) {
        let Some(bytes) = unpacked(&path) else {
            continue;
        };
        let plain = folder.path().join("capture");
        fs::write(&plain, &bytes).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let capture = read(&bytes, &Limits::default());
        let (packets, followed) = follow(&tshark, &plain, capture.tcp().len() * 2);
        found.packets += packets;
        if capture.packets.len() != packets {
            let ours = capture.packets.len();
            found
                .different
                .push(format!("{name}: {ours} packets, tshark {packets}"));
        }
        found.captures += 1;
        found.compare(&name, &capture, &followed);
    }
    println!("{found:#?}");
    assert_eq!(found.different, Vec::<String>::new());
    assert!(found.captures > 0 && found.streams > 0);
}

/// What the comparison came to.
#[derive(Debug, Default)]
struct Findings {
    captures: usize,
    packets: usize,
    streams: usize,
    bytes: usize,
    /// Losses that tshark does not say.
    losses: Vec<String>,
    /// Streams that tshark alone finds, explained.
    explained: Vec<String>,
    different: Vec<String>,
}

fn tools() -> Option<(PathBuf, PathBuf)> {
    let named = |name| std::env::var_os(name).map(PathBuf::from);
    Some((
        named("AFFIANT_CORPUS").filter(|path| path.is_dir())?,
        named("AFFIANT_TSHARK")?,
    ))
}

fn captures(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(captures(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn unpacked(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = fs::read(path).unwrap();
    if path.extension().is_some_and(|extension| extension == "gz") {
        let packed = std::mem::take(&mut bytes);
        flate2::read::MultiGzDecoder::new(&packed[..])
            .read_to_end(&mut bytes)
            .unwrap();
    }
    is_capture(&bytes).then_some(bytes)
}

fn run(tshark: &Path, file: &Path, arguments: &[String]) -> String {
    let output = Command::new(tshark)
        .arg("-r")
        .arg(file)
        .args(arguments)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Packets, and TCP streams, of which the first `most` numbers are looked at, in one run: a
/// line for each packet, then what is followed. tshark leaves numbers out where a protocol
/// above TCP, such as SOCKS, takes them.
fn follow(tshark: &Path, file: &Path, most: usize) -> (usize, Vec<Followed>) {
    let mut arguments = ["-n", "-T", "fields", "-e", "tcp.stream"]
        .map(str::to_owned)
        .to_vec();
    for number in 0..most {
        arguments.extend(["-z".to_owned(), format!("follow,tcp,raw,{number}")]);
    }
    let output = run(tshark, file, &arguments);
    let mut lines = output.lines();
    let (mut packets, mut found) = (0, BTreeMap::<usize, Followed>::new());
    for line in lines.by_ref().take_while(|line| !line.starts_with('=')) {
        packets += 1;
        let numbers = line.split(',').filter_map(|number| number.parse().ok());
        found.extend(numbers.map(|number| (number, Followed::default())));
    }
    // Before the first stream there is an empty line.
    packets -= usize::from(most > 0);
    let (mut number, mut ignored) = (0, Followed::default());
    for line in lines {
        let stream = found.get_mut(&number).unwrap_or(&mut ignored);
        if let Some(filter) = line.strip_prefix("Filter: tcp.stream eq ") {
            number = filter.parse().unwrap();
        } else if let Some(node) = line.strip_prefix("Node 0: ") {
            node.clone_into(&mut stream.nodes[0]);
        } else if let Some(node) = line.strip_prefix("Node 1: ") {
            node.clone_into(&mut stream.nodes[1]);
        } else if !line.is_empty() && !line.starts_with(['=', 'F']) {
            let side = usize::from(line.starts_with('\t'));
            stream.sent[side].extend(from_hex(line.trim()));
        }
    }
    (packets, found.into_values().collect())
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .chars()
        .map(|digit| digit.to_digit(16).unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| (pair[0] * 16 + pair[1]) as u8)
        .collect()
}

impl Findings {
    fn compare(&mut self, name: &str, capture: &Capture, followed: &[Followed]) {
        let ours = capture.tcp();
        if ours.len() != followed.len() {
            let why = OTHER_STREAMS.iter().find(|(file, _)| *file == name);
            let told = format!(
                "{name}: {} TCP streams, tshark {}",
                ours.len(),
                followed.len()
            );
            match why {
                Some((_, why)) => self.explained.push(format!("{told}: {why}")),
                None => self.different.push(told),
            }
            return;
        }
        for (number, (ours, theirs)) in ours.iter().zip(followed).enumerate() {
            self.streams += 1;
            for (node, sent) in theirs.nodes.iter().zip(&theirs.sent) {
                let side = match node {
                    node if *node == ours.client.to_string() => Side::Client,
                    node if *node == ours.server.to_string() => Side::Server,
                    node => {
                        self.different
                            .push(format!("{name}: stream {number} has end {node}"));
                        continue;
                    }
                };
                let stream = ours.stream(side);
                self.bytes += stream.bytes.len();
                let told = format!("{name}: stream {number}, {side:?}: {:?}", stream.lost);
                if stream.bytes == *sent && !stream.lost.is_empty() {
                    self.losses.push(told);
                } else if stream.told != *sent {
                    self.different.push(told);
                }
            }
        }
    }
}
