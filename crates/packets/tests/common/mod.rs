//! Reads captures for the tests beside it and holds every place against the file.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]
#![allow(dead_code, unreachable_pub, reason = "each test uses some of it")]

pub mod write;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use affiant_model::Span;
use affiant_packets::{
    App, Block, CaptureHeader, CaptureReader, Ending, Event, Limits, Network, Packet, Side,
    Transport, Trouble,
};

/// What a capture file held.
pub struct Capture {
    pub header: CaptureHeader,
    pub packets: Vec<Packet>,
    pub secrets: Vec<Vec<u8>>,
    pub names: Vec<String>,
    /// Of the file and of its packets.
    pub troubles: Vec<Trouble>,
    pub conversations: Vec<Conversation>,
}

impl Capture {
    pub fn messages(&self) -> Vec<&str> {
        self.troubles
            .iter()
            .map(|trouble| trouble.message.as_str())
            .collect()
    }

    /// The conversations by TCP.
    pub fn tcp(&self) -> Vec<&Conversation> {
        self.conversations
            .iter()
            .filter(|it| it.transport == Transport::Tcp)
            .collect()
    }
}

/// What was said of one conversation.
#[derive(Debug)]
pub struct Conversation {
    pub transport: Transport,
    pub client: SocketAddr,
    pub server: SocketAddr,
    pub complete: bool,
    pub app: Option<App>,
    pub client_stream: Stream,
    pub server_stream: Stream,
    pub datagrams: Vec<(Side, Vec<u8>, Vec<Span>)>,
    pub closed: Option<(Ending, u64, bool)>,
}

/// What one side sent.
#[derive(Debug, Default)]
pub struct Stream {
    pub bytes: Vec<u8>,
    /// Offset and length of what was lost.
    pub lost: Vec<(u64, u64)>,
    /// The bytes, with words where some are missing.
    pub told: Vec<u8>,
    next: u64,
}

impl Conversation {
    pub fn stream(&self, side: Side) -> &Stream {
        match side {
            Side::Client => &self.client_stream,
            Side::Server => &self.server_stream,
        }
    }

    fn stream_mut(&mut self, side: Side) -> &mut Stream {
        match side {
            Side::Client => &mut self.client_stream,
            Side::Server => &mut self.server_stream,
        }
    }
}

/// Reads a capture file to its end.
pub fn read(file: &[u8], limits: &Limits) -> Capture {
    let mut reader = CaptureReader::new(file, limits).unwrap();
    let mut network = Network::new(limits);
    let mut capture = Capture {
        header: reader.header().clone(),
        packets: Vec::new(),
        secrets: Vec::new(),
        names: Vec::new(),
        troubles: Vec::new(),
        conversations: Vec::new(),
    };
    let mut open = BTreeMap::new();
    while let Some(block) = reader.next().unwrap() {
        match block {
            Block::Packet(packet) => {
                assert_eq!(
                    at(file, packet.span),
                    packet.bytes,
                    "packet {}",
                    packet.number
                );
                network.push(&packet, &mut |event| {
                    take(file, &mut capture, &mut open, event)
                });
                capture.packets.push(packet);
            }
            Block::Secrets { text, span } => {
                assert_eq!(at(file, span), text);
                capture.secrets.push(text);
            }
            Block::Names(names) => {
                let names = names
                    .iter()
                    .map(|(address, name)| format!("{address} {name}"));
                capture.names.extend(names);
            }
            Block::Trouble(trouble) => capture.troubles.push(trouble),
        }
    }
    network.finish(&mut |event| take(file, &mut capture, &mut open, event));
    assert!(open.is_empty(), "conversations that did not end: {open:?}");
    capture.header = reader.header().clone();
    capture
}

fn at(file: &[u8], span: Span) -> &[u8] {
    &file[span.offset as usize..span.end() as usize]
}

fn at_places(file: &[u8], places: &[Span]) -> Vec<u8> {
    places
        .iter()
        .flat_map(|&place| at(file, place))
        .copied()
        .collect()
}

fn take(file: &[u8], capture: &mut Capture, open: &mut BTreeMap<u64, usize>, event: Event<'_>) {
    match event {
        Event::Opened {
            id,
            transport,
            client,
            server,
            complete,
            app,
            ..
        } => {
            let before = open.insert(id, capture.conversations.len());
            assert_eq!(before, None, "conversation {id} opened twice");
            capture.conversations.push(Conversation {
                transport,
                client,
                server,
                complete,
                app: app.cloned(),
                client_stream: Stream::default(),
                server_stream: Stream::default(),
                datagrams: Vec::new(),
                closed: None,
            });
        }
        Event::Bytes {
            id,
            side,
            offset,
            bytes,
            places,
            ..
        } => {
            assert_eq!(at_places(file, places), bytes);
            assert!(!bytes.is_empty());
            let stream = capture.conversations[open[&id]].stream_mut(side);
            assert_eq!(offset, stream.next);
            stream.next += bytes.len() as u64;
            stream.bytes.extend_from_slice(bytes);
            stream.told.extend_from_slice(bytes);
        }
        Event::Lost {
            id,
            side,
            offset,
            length,
        } => {
            let stream = capture.conversations[open[&id]].stream_mut(side);
            assert_eq!(offset, stream.next);
            assert!(length > 0);
            stream.next += length;
            stream.lost.push((offset, length));
            stream
                .told
                .extend(format!("[{length} bytes missing in capture file]\0").bytes());
        }
        Event::Datagram {
            id,
            side,
            bytes,
            places,
            ..
        } => {
            assert_eq!(at_places(file, places), bytes);
            let datagram = (side, bytes.to_vec(), places.to_vec());
            capture.conversations[open[&id]].datagrams.push(datagram);
        }
        Event::Closed {
            id,
            how,
            packets,
            client_bytes,
            server_bytes,
            acknowledged,
            ..
        } => {
            let conversation = &mut capture.conversations[open.remove(&id).unwrap()];
            if conversation.transport == Transport::Tcp {
                assert_eq!(client_bytes, conversation.client_stream.bytes.len() as u64);
                assert_eq!(server_bytes, conversation.server_stream.bytes.len() as u64);
            }
            conversation.closed = Some((how, packets, acknowledged));
        }
        Event::Trouble(trouble) => capture.troubles.push(trouble),
    }
}
