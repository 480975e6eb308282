//! The blocks that hold packets (draft-ietf-opsawg-pcapng §4.3, §4.4 and appendix A).

use affiant_model::Span;

use super::{Frame, PACKET, Pcapng, SIMPLE_PACKET, Step, options, short};
use crate::{App, Block, Interface, Packet, bytes::text, trailer};

impl Pcapng {
    pub(super) fn packet(&self, frame: &Frame, body: &[u8], packets: &mut u64) -> Step {
        *packets += 1;
        let number = *packets;
        let Some(head) = self.packet_head(frame, body) else {
            return short(frame, "a packet");
        };
        let Some(interface) = self.interfaces.get(head.interface) else {
            let message = format!("packet {number} is of an interface that is not described");
            return Step::trouble(frame.span, message, "the packet is not read");
        };
        let captured = match head.captured {
            Some(captured) => captured,
            None if interface.snaplen > 0 => head.original.min(interface.snaplen),
            None => head.original,
        };
        let end = head
            .at
            .saturating_add(usize::try_from(captured).unwrap_or(usize::MAX));
        let Some(bytes) = body.get(head.at..end) else {
            let message = format!("packet {number} says it has {captured} bytes");
            return Step::trouble(frame.span, message, "the packet is not read");
        };
        let offset = frame.offset + head.at as u64;
        let comment = comment(frame, body, end);
        let app = comment.as_deref().and_then(|comment| self.app_of(comment));
        Step::Block(Block::Packet(Packet {
            number,
            time: head.units.and_then(|units| time(interface, units)),
            link: interface.link,
            bytes: bytes.to_vec(),
            span: Span::new(offset, u64::from(captured)),
            original_length: head.original,
            app: app.or_else(|| trailer::split(interface.link, bytes, offset).map(|(_, app)| app)),
            comment,
        }))
    }

    /// The application that PCAPdroid names by `u-` and its user id in a comment.
    fn app_of(&self, comment: &str) -> Option<App> {
        let uid = comment.strip_prefix("u-")?.parse().ok()?;
        self.apps.get(&uid).cloned()
    }

    fn packet_head(&self, frame: &Frame, body: &[u8]) -> Option<PacketHead> {
        let word = |at| frame.order.u32(body, at);
        let units = |at| Some(u64::from(word(at)?) << 32 | u64::from(word(at + 4)?));
        Some(match frame.kind {
            SIMPLE_PACKET => PacketHead {
                interface: 0,
                units: None,
                captured: None,
                original: word(0)?,
                at: 4,
            },
            PACKET => PacketHead {
                interface: usize::from(frame.order.u16(body, 0)?),
                units: Some(units(4)?),
                captured: Some(word(12)?),
                original: word(16)?,
                at: 20,
            },
            _ => PacketHead {
                interface: usize::try_from(word(0)?).ok()?,
                units: Some(units(4)?),
                captured: Some(word(12)?),
                original: word(16)?,
                at: 20,
            },
        })
    }
}

/// What stands before the bytes of a packet.
struct PacketHead {
    interface: usize,
    units: Option<u64>,
    captured: Option<u32>,
    original: u32,
    at: usize,
}

fn time(interface: &Interface, units: u64) -> Option<i128> {
    let per_second = i128::from(interface.units_per_second);
    let nanoseconds = (i128::from(units) * 1_000_000_000).checked_div(per_second)?;
    Some(nanoseconds + i128::from(interface.offset_seconds) * 1_000_000_000)
}

/// The comment of a packet whose bytes end at `end`.
fn comment(frame: &Frame, body: &[u8], end: usize) -> Option<String> {
    if frame.kind == SIMPLE_PACKET {
        return None;
    }
    options(frame.order, body.get(end.next_multiple_of(4)..)?)
        .find(|(code, _)| *code == 1)
        .map(|(_, value)| text(value))
}
