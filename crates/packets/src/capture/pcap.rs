use std::io::{self, Read};

use affiant_model::Span;

use super::{Source, Step};
use crate::{Block, CaptureHeader, Interface, Limits, Packet, bytes::Order, trailer};

/// Bytes of the head of a file.
pub(crate) const HEAD: usize = 24;
/// Bytes of the head of a packet, and in a file of Kuznetzov's modified libpcap.
const RECORD: usize = 16;
const RECORD_MODIFIED: usize = 24;
/// The version that tcpdump of DG/UX wrote.
const DG_UX: (u16, u16) = (543, 0);

/// The pcap format (draft-ietf-opsawg-pcap-06), of which only the head says anything.
///
/// Versions before 2.3 had the two lengths of a packet the other way round, 2.3 had both
/// (libpcap `sf-pcap.c`, `pcap_check_header`, commit 028ce66).
#[derive(Debug)]
pub(crate) struct Pcap {
    order: Order,
    version: (u16, u16),
    nanoseconds_per_unit: u64,
    record: usize,
    snaplen: u32,
    link: u16,
}

impl Pcap {
    /// Reads the head of a file.
    pub(crate) fn new(head: &[u8]) -> Option<Self> {
        let (order, nanoseconds_per_unit, record) = match head.first_chunk::<4>()? {
            [0xa1, 0xb2, 0xc3, 0xd4] => (Order::Big, 1000, RECORD),
            [0xd4, 0xc3, 0xb2, 0xa1] => (Order::Little, 1000, RECORD),
            [0xa1, 0xb2, 0x3c, 0x4d] => (Order::Big, 1, RECORD),
            [0x4d, 0x3c, 0xb2, 0xa1] => (Order::Little, 1, RECORD),
            [0xa1, 0xb2, 0xcd, 0x34] => (Order::Big, 1000, RECORD_MODIFIED),
            [0x34, 0xcd, 0xb2, 0xa1] => (Order::Little, 1000, RECORD_MODIFIED),
            _ => return None,
        };
        // The upper bits say how long the check sequence of a frame is.
        let link = order.u32(head, 20)? & 0x03ff_ffff;
        let version = (order.u16(head, 4)?, order.u16(head, 6)?);
        if !matches!(version, (2, 0..=4) | DG_UX) {
            return None;
        }
        Some(Self {
            order,
            version,
            nanoseconds_per_unit,
            record,
            snaplen: order.u32(head, 16)?,
            link: u16::try_from(link).unwrap_or(u16::MAX),
        })
    }

    pub(crate) fn header(&self) -> CaptureHeader {
        CaptureHeader {
            format: format!("pcap {}.{}", self.version.0, self.version.1),
            resolution: self.nanoseconds_per_unit,
            interfaces: vec![Interface {
                name: None,
                link: self.link,
                snaplen: self.snaplen,
                units_per_second: 1_000_000_000 / self.nanoseconds_per_unit,
                offset_seconds: 0,
            }],
            sections: 1,
            ..CaptureHeader::default()
        }
    }

    pub(crate) fn read<R: Read>(
        &self,
        source: &mut Source<R>,
        limits: &Limits,
        packets: &mut u64,
    ) -> io::Result<Step> {
        let start = source.offset();
        let head = source.peek(self.record)?;
        if head.is_empty() {
            return Ok(Step::End);
        }
        let Some((seconds, fraction, captured, original)) = self.record_head(head) else {
            let span = Span::new(start, head.len() as u64);
            return Ok(Step::last(
                span,
                "the file ends inside the head of a packet".to_owned(),
            ));
        };
        let number = *packets + 1;
        let length = usize::try_from(captured).unwrap_or(usize::MAX);
        if length > limits.block_bytes {
            let span = Span::new(start, self.record as u64);
            let message = format!("packet {number} says it has {captured} bytes");
            return Ok(Step::last(span, message));
        }
        let body = source.peek(self.record + length)?;
        let bytes = body.get(self.record..).unwrap_or_default();
        if bytes.len() < length {
            let span = Span::new(start, body.len() as u64);
            let message = format!(
                "the file ends inside packet {number}, of which {} of {captured} bytes are there",
                bytes.len()
            );
            return Ok(Step::last(span, message));
        }
        let offset = start + self.record as u64;
        let time = i128::from(seconds) * 1_000_000_000
            + i128::from(fraction) * i128::from(self.nanoseconds_per_unit);
        let packet = Packet {
            number,
            time: Some(time),
            link: self.link,
            bytes: bytes.to_vec(),
            span: Span::new(offset, u64::from(captured)),
            original_length: original,
            app: trailer::split(self.link, bytes, offset).map(|(_, app)| app),
            comment: None,
        };
        source.skip((self.record + length) as u64)?;
        *packets = number;
        Ok(Step::Block(Block::Packet(packet)))
    }

    /// Seconds, fraction, bytes captured, bytes on the wire.
    fn record_head(&self, head: &[u8]) -> Option<(u32, u32, u32, u32)> {
        head.get(..self.record)?;
        let field = |at| self.order.u32(head, at);
        let (mut captured, mut original) = (field(8)?, field(12)?);
        let swapped = match self.version {
            (2, 3) => captured > original,
            (2, 4) => false,
            _ => true,
        };
        if swapped {
            (captured, original) = (original, captured);
        }
        Some((field(0)?, field(4)?, captured, original))
    }
}
