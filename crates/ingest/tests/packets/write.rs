//! Writes captures: packets with Ethernet, IPv4, TCP and UDP around what is said.

use std::net::SocketAddrV4;

/// A capture while it is written.
pub(crate) struct Capture {
    pub(crate) bytes: Vec<u8>,
    next_generation: bool,
    /// Microseconds since 1970 of the next packet.
    time: u64,
    trailer: Option<(i32, &'static str)>,
}

/// 2020-03-20T10:00:00Z.
const START: u64 = 1_584_698_400_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Client,
    Server,
}

impl Capture {
    /// A pcap of microseconds, in the byte order of a small machine.
    pub(crate) fn pcap() -> Self {
        let mut bytes = b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00".to_vec();
        bytes.extend([0; 8]);
        bytes.extend(65_535_u32.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        Self {
            bytes,
            next_generation: false,
            time: START,
            trailer: None,
        }
    }

    /// A pcapng with one interface, written by `writer`.
    pub(crate) fn pcapng(writer: &str) -> Self {
        let mut capture = Self {
            next_generation: true,
            ..Self::pcap()
        };
        capture.bytes.clear();
        let mut section = b"\x4d\x3c\x2b\x1a\x01\x00\x00\x00".to_vec();
        section.extend([0xff; 8]);
        section.extend(4_u16.to_le_bytes());
        section.extend(u16::try_from(writer.len()).unwrap().to_le_bytes());
        section.extend(padded(writer.as_bytes()));
        section.extend([0; 4]);
        capture.block(0x0a0d_0d0a, &section);
        capture.block(1, &[&1_u32.to_le_bytes()[..], &[0; 4]].concat());
        capture
    }

    /// Puts the trailer of PCAPdroid behind each packet from here on.
    pub(crate) fn app(&mut self, user: i32, name: &'static str) {
        self.trailer = Some((user, name));
    }

    fn block(&mut self, kind: u32, body: &[u8]) {
        let length = u32::try_from(body.len() + 12).unwrap().to_le_bytes();
        self.bytes.extend(kind.to_le_bytes());
        self.bytes.extend(length);
        self.bytes.extend(body);
        self.bytes.extend(length);
    }

    /// A block of TLS secrets.
    pub(crate) fn secrets(&mut self, text: &str) {
        let mut body = 0x544c_534b_u32.to_le_bytes().to_vec();
        body.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        body.extend(padded(text.as_bytes()));
        self.block(10, &body);
    }

    /// A packet of IPv4, a millisecond behind the one before.
    fn ip(&mut self, from: SocketAddrV4, to: SocketAddrV4, protocol: u8, payload: &[u8]) {
        let mut packet = [[2; 12].as_slice(), &[8, 0]].concat();
        let length = u16::try_from(20 + payload.len()).unwrap().to_be_bytes();
        packet.extend([
            0x45, 0, length[0], length[1], 0, 0, 0x40, 0, 64, protocol, 0, 0,
        ]);
        packet.extend(from.ip().octets());
        packet.extend(to.ip().octets());
        packet.extend(payload);
        if let Some((user, name)) = self.trailer {
            packet.extend([0x01, 0x07, 0x20, 0x21]);
            packet.extend(user.to_be_bytes());
            let mut padded = name.as_bytes().to_vec();
            padded.resize(20, 0);
            packet.extend(padded);
            packet.extend([0; 4]);
        }
        self.packet(&packet);
    }

    fn packet(&mut self, packet: &[u8]) {
        let length = u32::try_from(packet.len()).unwrap().to_le_bytes();
        if self.next_generation {
            let mut body = vec![0; 4];
            body.extend(u32::try_from(self.time >> 32).unwrap().to_le_bytes());
            body.extend(
                u32::try_from(self.time & 0xffff_ffff)
                    .unwrap()
                    .to_le_bytes(),
            );
            body.extend([length, length].concat());
            body.extend(padded(packet));
            self.block(6, &body);
        } else {
            let (seconds, rest) = (self.time / 1_000_000, self.time % 1_000_000);
            self.bytes
                .extend(u32::try_from(seconds).unwrap().to_le_bytes());
            self.bytes
                .extend(u32::try_from(rest).unwrap().to_le_bytes());
            self.bytes.extend([length, length].concat());
            self.bytes.extend(packet);
        }
        self.time += 1_000;
    }

    /// A UDP datagram.
    pub(crate) fn udp(&mut self, from: &str, to: &str, payload: &[u8]) {
        let (from, to): (SocketAddrV4, SocketAddrV4) = (from.parse().unwrap(), to.parse().unwrap());
        let length = u16::try_from(8 + payload.len()).unwrap();
        let mut datagram = ports(from, to);
        datagram.extend([length.to_be_bytes(), [0; 2]].concat());
        datagram.extend(payload);
        self.ip(from, to, 17, &datagram);
    }

    /// Opens a TCP conversation.
    pub(crate) fn tcp(&mut self, client: &str, server: &str) -> Tcp {
        let mut tcp = Tcp {
            client: client.parse().unwrap(),
            server: server.parse().unwrap(),
            next: [1_000, 5_000],
        };
        tcp.segment(self, From::Client, 1_000, 0x02, &[]);
        tcp.segment(self, From::Server, 5_000, 0x12, &[]);
        tcp.next = [1_001, 5_001];
        tcp.segment(self, From::Client, 1_001, 0x10, &[]);
        tcp
    }
}

fn ports(from: SocketAddrV4, to: SocketAddrV4) -> Vec<u8> {
    [from.port().to_be_bytes(), to.port().to_be_bytes()].concat()
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// A TCP conversation while it is written.
pub(crate) struct Tcp {
    client: SocketAddrV4,
    server: SocketAddrV4,
    /// The next sequence number of client and server.
    next: [u32; 2],
}

impl Tcp {
    fn segment(&self, capture: &mut Capture, from: From, sequence: u32, flags: u8, bytes: &[u8]) {
        let (source, to, other) = match from {
            From::Client => (self.client, self.server, self.next[1]),
            From::Server => (self.server, self.client, self.next[0]),
        };
        let mut segment = ports(source, to);
        segment.extend(sequence.to_be_bytes());
        segment.extend(other.to_be_bytes());
        segment.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        segment.extend(bytes);
        capture.ip(source, to, 6, &segment);
    }

    /// Says something in segments of `most` bytes.
    pub(crate) fn say_in(&mut self, capture: &mut Capture, from: From, most: usize, bytes: &[u8]) {
        for piece in bytes.chunks(most) {
            let sequence = self.next[from as usize];
            self.segment(capture, from, sequence, 0x18, piece);
            self.next[from as usize] += u32::try_from(piece.len()).unwrap();
        }
    }

    pub(crate) fn say(&mut self, capture: &mut Capture, from: From, bytes: &[u8]) {
        self.say_in(capture, from, 1_400, bytes);
    }

    /// A segment of the client at an offset of what it says next, without going on.
    pub(crate) fn at(&self, capture: &mut Capture, offset: u32, bytes: &[u8]) {
        self.segment(capture, From::Client, self.next[0] + offset, 0x18, bytes);
    }

    /// Goes on by bytes of the client that were not captured, or by `at`.
    pub(crate) const fn skip(&mut self, length: u32) {
        self.next[0] += length;
    }

    /// Both ends finish.
    pub(crate) fn close(mut self, capture: &mut Capture) {
        for from in [From::Client, From::Server] {
            self.segment(capture, from, self.next[from as usize], 0x11, &[]);
            self.next[from as usize] += 1;
        }
        self.segment(capture, From::Client, self.next[0], 0x10, &[]);
    }
}
