//! Writes small captures.

use std::net::{Ipv4Addr, SocketAddrV4};

pub const SYN: u8 = 2;
pub const ACK: u8 = 16;
pub const FIN: u8 = 1;
pub const RST: u8 = 4;
pub const PSH: u8 = 8;

pub const CLIENT: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2), 40000);
pub const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 80), 443);

/// A segment to be written.
#[derive(Debug, Clone)]
pub struct Segment<'a> {
    pub from: SocketAddrV4,
    pub to: SocketAddrV4,
    pub sequence: u32,
    pub acknowledgement: u32,
    pub flags: u8,
    pub payload: &'a [u8],
}

impl<'a> Segment<'a> {
    pub const fn of_client(sequence: u32, flags: u8, payload: &'a [u8]) -> Self {
        Self {
            from: CLIENT,
            to: SERVER,
            sequence,
            acknowledgement: 0,
            flags,
            payload,
        }
    }

    pub const fn of_server(sequence: u32, flags: u8, payload: &'a [u8]) -> Self {
        Self {
            from: SERVER,
            to: CLIENT,
            sequence,
            acknowledgement: 0,
            flags,
            payload,
        }
    }

    pub const fn acknowledging(mut self, acknowledgement: u32) -> Self {
        self.acknowledgement = acknowledgement;
        self.flags |= ACK;
        self
    }

    /// The IP packet.
    pub fn ip(&self) -> Vec<u8> {
        let mut tcp = Vec::new();
        tcp.extend(self.from.port().to_be_bytes());
        tcp.extend(self.to.port().to_be_bytes());
        tcp.extend(self.sequence.to_be_bytes());
        tcp.extend(self.acknowledgement.to_be_bytes());
        tcp.extend([0x50, self.flags, 0xff, 0xff, 0, 0, 0, 0]);
        tcp.extend(self.payload);
        ip(*self.from.ip(), *self.to.ip(), 6, &tcp)
    }
}

/// An IPv4 packet.
pub fn ip(from: Ipv4Addr, to: Ipv4Addr, protocol: u8, payload: &[u8]) -> Vec<u8> {
    fragment(from, to, protocol, 0, payload)
}

/// An IPv4 packet with these flags and this fragment offset.
pub fn fragment(
    from: Ipv4Addr,
    to: Ipv4Addr,
    protocol: u8,
    flags_and_offset: u16,
    payload: &[u8],
) -> Vec<u8> {
    let mut bytes = vec![0x45, 0];
    bytes.extend(u16::try_from(20 + payload.len()).unwrap().to_be_bytes());
    bytes.extend([0, 7]);
    bytes.extend(flags_and_offset.to_be_bytes());
    bytes.extend([64, protocol, 0, 0]);
    bytes.extend(from.octets());
    bytes.extend(to.octets());
    bytes.extend(payload);
    bytes
}

pub fn udp(from: SocketAddrV4, to: SocketAddrV4, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(from.port().to_be_bytes());
    bytes.extend(to.port().to_be_bytes());
    bytes.extend(u16::try_from(8 + payload.len()).unwrap().to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(payload);
    bytes
}

/// An Ethernet frame around an IPv4 packet.
pub fn ethernet(packet: &[u8]) -> Vec<u8> {
    [&[0; 12][..], &[8, 0], packet].concat()
}

/// A pcap file of raw IP, one packet each millisecond.
pub fn pcap(packets: &[Vec<u8>]) -> Vec<u8> {
    pcap_of(101, packets)
}

pub fn pcap_of(link: u32, packets: &[Vec<u8>]) -> Vec<u8> {
    let packets: Vec<(u64, Vec<u8>)> = packets
        .iter()
        .enumerate()
        .map(|(i, bytes)| (i as u64 * 1000, bytes.clone()))
        .collect();
    pcap_timed(link, usize::MAX, &packets)
}

/// A pcap file of packets with their microseconds, of which `snaplen` bytes each are kept.
pub fn pcap_timed(link: u32, snaplen: usize, packets: &[(u64, Vec<u8>)]) -> Vec<u8> {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    file.extend(u32::try_from(snaplen.min(262_144)).unwrap().to_le_bytes());
    file.extend(link.to_le_bytes());
    for (micros, bytes) in packets {
        let kept = &bytes[..bytes.len().min(snaplen)];
        let seconds = 1_700_000_000 + u32::try_from(micros / 1_000_000).unwrap();
        file.extend(seconds.to_le_bytes());
        file.extend(u32::try_from(micros % 1_000_000).unwrap().to_le_bytes());
        file.extend(u32::try_from(kept.len()).unwrap().to_le_bytes());
        file.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        file.extend(kept);
    }
    file
}

/// Writes pcapng in one order of bytes.
pub struct Pcapng {
    pub big: bool,
    pub file: Vec<u8>,
}

impl Pcapng {
    pub fn new(big: bool) -> Self {
        Self {
            big,
            file: Vec::new(),
        }
    }

    pub fn u16(&self, value: u16) -> Vec<u8> {
        if self.big {
            value.to_be_bytes().into()
        } else {
            value.to_le_bytes().into()
        }
    }

    pub fn u32(&self, value: u32) -> Vec<u8> {
        if self.big {
            value.to_be_bytes().into()
        } else {
            value.to_le_bytes().into()
        }
    }

    pub fn u64(&self, value: u64) -> Vec<u8> {
        if self.big {
            value.to_be_bytes().into()
        } else {
            value.to_le_bytes().into()
        }
    }

    pub fn option(&self, code: u16, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap();
        [self.u16(code), self.u16(length), padded(value)].concat()
    }

    pub fn block(&mut self, kind: u32, body: &[u8]) -> &mut Self {
        let body = padded(body);
        let length = self.u32(u32::try_from(12 + body.len()).unwrap());
        let block = [self.u32(kind), length.clone(), body, length].concat();
        self.file.extend(block);
        self
    }

    pub fn section(&mut self, options: &[u8]) -> &mut Self {
        let head = [
            self.u32(0x1a2b_3c4d),
            self.u16(1),
            self.u16(0),
            self.u64(u64::MAX),
        ]
        .concat();
        self.block(0x0a0d_0d0a, &[&head, options].concat())
    }

    pub fn interface(&mut self, link: u16, snaplen: u32, options: &[u8]) -> &mut Self {
        let head = [self.u16(link), self.u16(0), self.u32(snaplen)].concat();
        self.block(1, &[&head, options].concat())
    }

    pub fn packet(
        &mut self,
        interface: u32,
        units: u64,
        bytes: &[u8],
        options: &[u8],
    ) -> &mut Self {
        let length = self.u32(u32::try_from(bytes.len()).unwrap());
        let head = [
            self.u32(interface),
            self.u32((units >> 32) as u32),
            self.u32(units as u32),
            length.clone(),
            length,
        ]
        .concat();
        self.block(6, &[&head, &padded(bytes)[..], options].concat())
    }
}

pub fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}
