//! What a capture says of itself.

use std::collections::BTreeMap;
use std::net::IpAddr;

use affiant_model::Capture;
use affiant_packets::{CaptureHeader, Interface};

use crate::Limits;

/// What was counted in a capture.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) packets: u64,
    pub(super) conversations: u64,
    /// Conversations without payload.
    pub(super) silent: u64,
    /// Blocks with secrets.
    pub(super) secrets: u64,
    /// Requests that a server announced.
    pub(super) announced: u64,
    /// WebSocket messages of servers.
    pub(super) received: u64,
    /// Names that the capturing program had for addresses.
    names: BTreeMap<IpAddr, String>,
}

impl Found {
    /// Keeps names for addresses, as many as are stated.
    pub(super) fn name(&mut self, names: Vec<(IpAddr, String)>, limits: &Limits) {
        for (address, name) in names {
            if self.names.len() >= limits.stated_items {
                break;
            }
            self.names.entry(address).or_insert(name);
        }
    }
}

/// Says what a capture says of itself.
pub(super) fn describe(
    format: &str,
    header: &CaptureHeader,
    found: &Found,
    entries: u32,
    limits: &Limits,
) -> Capture {
    let mut stated: Vec<(String, String)> = Vec::new();
    let mut state = |name: &str, text: String| {
        if stated.len() < limits.stated_items && !text.is_empty() {
            let most = limits.stated_bytes;
            let text = text.char_indices().take_while(|(at, _)| *at < most);
            stated.push((name.to_owned(), text.map(|(_, c)| c).collect()));
        }
    };
    state("operating system", header.os.clone().unwrap_or_default());
    state("hardware", header.hardware.clone().unwrap_or_default());
    for interface in &header.interfaces {
        state("interface", in_words(interface));
    }
    for comment in header.comments.iter().skip(1) {
        state("comment", comment.clone());
    }
    for (name, count) in [
        ("packets", found.packets),
        ("conversations", found.conversations),
        ("conversations without data, not listed", found.silent),
        ("blocks of TLS secrets", found.secrets),
        (
            "requests that a server announced and no client sent, not listed",
            found.announced,
        ),
        ("WebSocket messages of servers, not listed", found.received),
    ] {
        if count > 0 || name == "packets" {
            state(name, count.to_string());
        }
    }
    for (address, name) in &found.names {
        state(&format!("name of {address}"), name.clone());
    }
    let version = header.format.split_once(' ').map(|(_, version)| version);
    Capture {
        format: format.to_owned(),
        version: version.map(str::to_owned),
        writer: header.writer.clone(),
        browser: None,
        comment: header.comments.first().cloned(),
        stated,
        clock: Some(clock(header.resolution)),
        entries,
        ..Capture::default()
    }
}

fn in_words(interface: &Interface) -> String {
    let mut text = interface
        .name
        .clone()
        .unwrap_or_else(|| "unnamed".to_owned());
    text.push_str(&format!(", link type {}", interface.link));
    if interface.snaplen > 0 {
        text.push_str(&format!(", up to {} bytes of a packet", interface.snaplen));
    }
    text
}

/// The clock of a capture in words; `unit` is its unit in nanoseconds.
fn clock(unit: u64) -> String {
    let name = match unit {
        0 | 1 => "nanoseconds".to_owned(),
        1_000 => "microseconds".to_owned(),
        1_000_000 => "milliseconds".to_owned(),
        1_000_000_000 => "seconds".to_owned(),
        other => format!("units of {other} nanoseconds"),
    };
    format!("{name} since 1970 in UTC by the capturing machine")
}
