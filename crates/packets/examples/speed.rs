//! Reads a capture that is made up as it is read, so that the disk has no say:
//! `cargo run --release -p affiant-packets --example speed -- 4 plain` for 4 GiB. `plain` is
//! TCP in order, `holes` loses one segment in 50 and swaps others, `many` is a new
//! conversation every 20 packets, `unanswered` one of a single SYN.

#![allow(
    clippy::disallowed_methods,
    reason = "it measures, and takes arguments"
)]
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::io::{self, Read};

use affiant_packets::{Block, CaptureReader, Event, Limits, Network};

/// Conversations that go on at once.
const AT_ONCE: u32 = 100;
const PAYLOAD: usize = 1460;

/// A pcap of Ethernet frames, one record at a time.
struct Generator {
    left: u64,
    kind: String,
    packet: u32,
    record: Vec<u8>,
    taken: usize,
}

impl Generator {
    fn new(bytes: u64, kind: &str) -> Self {
        let mut head = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        head.extend(65535_u32.to_le_bytes());
        head.extend(1_u32.to_le_bytes());
        Self {
            left: bytes,
            kind: kind.to_owned(),
            packet: 0,
            record: head,
            taken: 0,
        }
    }

    fn next(&mut self) {
        self.packet += 1;
        let number = self.packet;
        let (conversation, mut index, payload, flags) = match self.kind.as_str() {
            "many" => (
                number / 20,
                number % 20,
                PAYLOAD,
                if number.is_multiple_of(20) { 2 } else { 16 },
            ),
            "unanswered" => (number, 0, 0, 2),
            _ => (number % AT_ONCE, number / AT_ONCE, PAYLOAD, 16),
        };
        if self.kind == "holes" {
            index = match index % 50 {
                7 => index + 2,
                9 => index - 2,
                30 => index - 5,
                _ => index,
            };
        }
        self.record.clear();
        self.taken = 0;
        let length = (54 + payload) as u32;
        self.record
            .extend((1_700_000_000 + number / 10_000).to_le_bytes());
        self.record.extend((number % 10_000 * 100).to_le_bytes());
        self.record.extend(length.to_le_bytes());
        self.record.extend(length.to_le_bytes());
        self.record.extend([0; 12]);
        self.record.extend([8, 0, 0x45, 0]);
        self.record.extend(((40 + payload) as u16).to_be_bytes());
        self.record.extend([0, 0, 0, 0, 64, 6, 0, 0, 10, 0]);
        self.record
            .extend(((conversation >> 14) as u16).to_be_bytes());
        self.record.extend([192, 0, 2, 80]);
        self.record
            .extend((0x8000 | (conversation & 0x3fff) as u16).to_be_bytes());
        self.record.extend([1, 187]);
        self.record
            .extend(index.wrapping_mul(payload as u32).to_be_bytes());
        self.record
            .extend([0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        self.record.resize(self.record.len() + payload, b'x');
    }
}

impl Read for Generator {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while let Some(room) = into.get_mut(done..).filter(|room| !room.is_empty()) {
            let rest = self.record.get(self.taken..).unwrap_or_default();
            if rest.is_empty() {
                if self.left < self.record.len() as u64 {
                    break;
                }
                self.left -= self.record.len() as u64;
                self.next();
                continue;
            }
            let count = rest.len().min(room.len());
            for (to, from) in room.iter_mut().zip(rest) {
                *to = *from;
            }
            self.taken += count;
            done += count;
        }
        Ok(done)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let gib: f64 = arguments.next().unwrap_or_default().parse().unwrap_or(1.0);
    let kind = arguments.next().unwrap_or_else(|| "plain".to_owned());
    let bytes = (gib * f64::from(1 << 30)) as u64;

    io::copy(&mut Generator::new(bytes, &kind), &mut io::sink())?;
    let making = processor_seconds();

    let limits = Limits::default();
    let mut reader = CaptureReader::new(Generator::new(bytes, &kind), &limits)?;
    let mut network = Network::new(&limits);
    let (mut packets, mut read, mut lost, mut opened) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut sink = |event: Event<'_>| match event {
        Event::Bytes { bytes, .. } => read += bytes.len() as u64,
        Event::Lost { length, .. } => lost += length,
        Event::Opened { .. } => opened += 1,
        _ => {}
    };
    while let Some(block) = reader.next()? {
        if let Block::Packet(packet) = block {
            packets += 1;
            network.push(&packet, &mut sink);
        }
    }
    network.finish(&mut sink);
    let took = processor_seconds() - 2.0 * making;
    println!(
        "{kind}: {bytes} bytes, {packets} packets, {opened} conversations, {read} bytes read, \
         {lost} lost, in {took:.2} s of processor time beside the {making:.2} s to make it up: \
         {:.2} GB/s",
        bytes as f64 / took / 1e9,
    );
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status
            .lines()
            .filter(|line| line.starts_with("VmHWM"))
            .for_each(|line| println!("{line}"));
    }
    Ok(())
}

/// Seconds this process was at work, by Linux's count (`proc_pid_stat(5)`, fields 14 and 15,
/// in hundredths): others on the machine have no say.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat
        .rsplit(") ")
        .next()
        .unwrap_or_default()
        .split(' ')
        .skip(11)
        .take(2);
    fields
        .filter_map(|field| field.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}
