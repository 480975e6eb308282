//! Captures of packets (pcap, pcapng), streamed: what the packets carry, put
//! together and read as requests, messages, lookups, handshakes and contacts.
//!
//! Three crates of our own do the work: `affiant_packets` gives the streams of
//! each conversation with their places in the file, `affiant_tls` what is open
//! of a session, `affiant_http` the requests in a stream. What is here joins
//! them, one module for each kind of entry. The page `docs/formats/packets.md`
//! says what is read and what is not.
//!
//! An entry is handed out, and gets its number, when it is over: a request with
//! the end of its answer, a lookup with its answer, a handshake or a connection
//! with the end of its conversation, and whatever is open with the end of the
//! capture. So the numbers depend on the file and the keys alone. Keys that are
//! added later give more entries, and other numbers to those behind.

mod capture;
mod channel;
mod contact;
mod context;
mod handshake;
mod http;
mod join;
mod lookup;
mod message;
mod question;
mod request;
mod tls;
mod trail;

use std::io::BufReader;

use affiant_model::{Capture, ExhibitId};
use affiant_packets::{Block, CaptureReader, Network, NotACapture};
use affiant_tls::KeyLog;

use self::join::Joiner;
use super::Format;
use super::entries::Entries;
use crate::{Input, Limits, Refusal, Settings, Sink};

/// Reads captures of packets; the two kinds of files differ in name alone.
pub(super) enum Packets {
    /// pcap, as `libpcap` writes it.
    Pcap,
    /// pcapng.
    PcapNg,
}

/// How a pcapng begins: the type of its first block.
const SECTION: &[u8] = b"\x0a\x0d\x0d\x0a";

impl Format for Packets {
    fn name(&self) -> &'static str {
        match self {
            Self::Pcap => "pcap",
            Self::PcapNg => "pcapng",
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::Pcap => "capture of packets (pcap)",
            Self::PcapNg => "capture of packets (pcapng)",
        }
    }

    fn recognise(&self, head: &[u8]) -> bool {
        let is_next_generation = head.starts_with(SECTION);
        affiant_packets::is_capture(head) && is_next_generation == matches!(self, Self::PcapNg)
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let limits = &settings.limits;
        let mut keys = KeyLog::default();
        for log in &settings.aids.key_logs {
            keys.add(log);
        }
        // Secrets may stand behind the packets that they open. What cannot be
        // sought is read once, and its secrets serve for what follows them.
        if matches!(self, Self::PcapNg) && input.rewind().is_ok() {
            secrets(input, limits, &mut keys)?;
            let again = input.rewind();
            again.map_err(|source| Refusal::Read { offset: 0, source })?;
        }
        let mut reader = open(input, limits)?;
        let entries = Entries::new(exhibit, limits, sink);
        let mut joiner = Joiner::new(entries, limits, keys);
        let mut network = Network::new(&of_packets(limits));
        while let Some(block) = reader.next().map_err(failed(&joiner))? {
            joiner.block(block, &mut network);
            if joiner.is_over() {
                break;
            }
        }
        network.finish(&mut |event| joiner.event(event));
        let header = reader.header().clone();
        Ok(joiner.finish(self.name(), &header))
    }
}

/// Takes in the secrets that a pcapng holds.
fn secrets(input: &mut dyn Input, limits: &Limits, keys: &mut KeyLog) -> Result<(), Refusal> {
    let mut reader = open(input, limits)?;
    let mut left = limits.aid_bytes;
    // What fails here fails again, and is said then.
    while let Ok(Some(block)) = reader.next() {
        if let Block::Secrets { text, .. } = block
            && text.len() <= left
        {
            left -= text.len();
            keys.add(&text);
        }
    }
    Ok(())
}

fn open<'r>(
    input: &'r mut dyn Input,
    limits: &Limits,
) -> Result<CaptureReader<BufReader<&'r mut dyn std::io::Read>>, Refusal> {
    let input = BufReader::with_capacity(256 << 10, input.stream());
    CaptureReader::new(input, &of_packets(limits)).map_err(|error| match error {
        NotACapture::Read(source) => Refusal::Read { offset: 0, source },
        NotACapture::Head => Refusal::NotThisFormat {
            wanted: "capture of packets",
            cause: error.to_string(),
            offset: Some(0),
            remedy: "take in the file that the capturing program wrote",
        },
    })
}

fn of_packets(limits: &Limits) -> affiant_packets::Limits {
    affiant_packets::Limits {
        conversations: limits.conversations,
        ..affiant_packets::Limits::default()
    }
}

fn failed(joiner: &Joiner<'_, '_>) -> impl FnOnce(std::io::Error) -> Refusal {
    let offset = joiner.read_to();
    move |source| Refusal::Read { offset, source }
}
