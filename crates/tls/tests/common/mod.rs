//! What the tests of sessions share.
#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "a test that cannot read its data fails")]

use affiant_tls::{Certificate, ClientHello, Event, KeyLog, Limits, ServerHello, Session, Side};

/// A conversation with its keys, as the files under `tests/data` hold it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorded {
    pub(crate) keys: String,
    /// Pieces of the two streams, in the order in which they were sent.
    pub(crate) sent: Vec<(Side, Vec<u8>)>,
    /// What the two ends said to one another.
    pub(crate) said: Vec<(Side, Vec<u8>)>,
}

fn side(word: &str) -> Side {
    match word {
        "client" => Side::Client,
        _ => Side::Server,
    }
}

impl Recorded {
    pub(crate) fn read(name: &str) -> Self {
        let path = format!("{}/tests/data/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        let mut recorded = Self::default();
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let words: Vec<&str> = line.splitn(3, ' ').collect();
            match words.as_slice() {
                ["keys", ..] => recorded.keys += &format!("{}\n", &line[5..]),
                ["sent", who, what] => recorded.sent.push((side(who), hex::decode(what).unwrap())),
                ["said", who, what] => recorded.said.push((side(who), hex::decode(what).unwrap())),
                _ => assert!(line.starts_with('#')),
            }
        }
        recorded
    }

    pub(crate) fn keys(&self) -> KeyLog {
        let mut keys = KeyLog::default();
        assert_eq!(keys.add(self.keys.as_bytes()), 0);
        keys
    }

    pub(crate) fn said_by(&self, from: Side) -> Vec<u8> {
        joined(
            self.said
                .iter()
                .filter(|(side, _)| *side == from)
                .map(|(_, bytes)| bytes),
        )
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        events(&self.sent, &self.keys())
    }
}

pub(crate) fn joined<'a>(pieces: impl Iterator<Item = &'a Vec<u8>>) -> Vec<u8> {
    pieces.flatten().copied().collect()
}

pub(crate) fn events(sent: &[(Side, Vec<u8>)], keys: &KeyLog) -> Vec<Event> {
    let mut found = Vec::new();
    let mut session = Session::new(&Limits::default());
    for (side, bytes) in sent {
        session.push(*side, bytes, keys, &mut |event| found.push(event));
    }
    session.finish(keys, &mut |event| found.push(event));
    found
}

pub(crate) fn data(events: &[Event], from: Side) -> Vec<u8> {
    let pieces = events.iter().filter_map(|event| match event {
        Event::Data(data) if data.side == from => Some(&data.bytes),
        _ => None,
    });
    joined(pieces)
}

pub(crate) fn early(events: &[Event]) -> Vec<u8> {
    let pieces = events.iter().filter_map(|event| match event {
        Event::Data(data) if data.early => Some(&data.bytes),
        _ => None,
    });
    joined(pieces)
}

pub(crate) fn client_hellos(events: &[Event]) -> Vec<&ClientHello> {
    let hellos = events.iter().filter_map(|event| match event {
        Event::ClientHello(hello) => Some(hello),
        _ => None,
    });
    hellos.collect()
}

pub(crate) fn server_hellos(events: &[Event]) -> Vec<&ServerHello> {
    let hellos = events.iter().filter_map(|event| match event {
        Event::ServerHello(hello) => Some(hello),
        _ => None,
    });
    hellos.collect()
}

pub(crate) fn certificates(events: &[Event]) -> Vec<&Certificate> {
    let found = events.iter().filter_map(|event| match event {
        Event::Certificate(certificate) => Some(certificate),
        _ => None,
    });
    found.collect()
}

pub(crate) fn sealed(events: &[Event]) -> u64 {
    let found = events.iter().filter_map(|event| match event {
        Event::Sealed(sealed) => Some(sealed.bytes),
        _ => None,
    });
    found.sum()
}

pub(crate) fn troubles(events: &[Event]) -> Vec<String> {
    let found = events.iter().filter_map(|event| match event {
        Event::Trouble(trouble) => Some(trouble.message.clone()),
        _ => None,
    });
    found.collect()
}
