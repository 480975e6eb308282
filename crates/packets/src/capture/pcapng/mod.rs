//! pcapng, block by block.

mod contents;
mod packet;

use std::{
    collections::BTreeMap,
    io::{self, Read},
};

use affiant_model::Span;

use contents::{names, secrets};

use super::{Source, Step, options::options};
use crate::{
    App, CaptureHeader, Interface, Limits,
    bytes::{Order, array, text},
};

/// Types of blocks (draft-ietf-opsawg-pcapng §4 and §10.1).
const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const NAMES: u32 = 4;
const ENHANCED_PACKET: u32 = 6;
const SECRETS: u32 = 10;
const CUSTOM: u32 = 0x0bad;
const CUSTOM_LOCAL: u32 = 0x4000_0bad;

/// Bytes kept of the name of an interface, which is of 16 on most systems.
const NAME: usize = 256;

/// The private enterprise number of PCAPdroid, and its block that names an application.
const PCAPDROID: u32 = 62652;
const UID_MAP: u8 = 1;

/// The order of bytes of a section that begins with `head`.
pub(crate) fn order(head: &[u8]) -> Option<Order> {
    let rest = head.strip_prefix(&SECTION.to_be_bytes())?;
    match array::<4>(rest, 4)? {
        [0x1a, 0x2b, 0x3c, 0x4d] => Some(Order::Big),
        [0x4d, 0x3c, 0x2b, 0x1a] => Some(Order::Little),
        _ => None,
    }
}

/// The pcapng format (draft-ietf-opsawg-pcapng-02).
///
/// PCAPdroid names applications in custom blocks, and the one of a packet by a comment
/// `u-10123` (emanuele-f/PCAPdroid, `app/src/main/jni/core/pcap_dump.c`,
/// `dump_packet_pcapng`, commit c735049).
#[derive(Debug, Default)]
pub(crate) struct Pcapng {
    /// The order of the section; `None` where its version is unknown and it is skipped.
    order: Option<Order>,
    /// Block lengths are in the order of the section even if it is skipped.
    length_order: Option<Order>,
    interfaces: Vec<Interface>,
    apps: BTreeMap<i32, App>,
}

/// The parts of a block that all its kinds have.
struct Frame {
    kind: u32,
    order: Order,
    /// Where its body begins in the file.
    offset: u64,
    span: Span,
}

impl Pcapng {
    pub(crate) fn read<R: Read>(
        &mut self,
        source: &mut Source<R>,
        limits: &Limits,
        header: &mut CaptureHeader,
        packets: &mut u64,
    ) -> io::Result<Step> {
        loop {
            let start = source.offset();
            let head = source.peek(12)?;
            if head.is_empty() {
                return Ok(Step::End);
            }
            let (kind, order, length) = match self.head(head) {
                Ok(known) => known,
                Err(message) => {
                    let span = Span::new(start, head.len() as u64);
                    return Ok(Step::last(span, message.to_owned()));
                }
            };
            let frame = Frame {
                kind,
                order,
                offset: start + 8,
                span: Span::new(start, length),
            };
            let wanted = kind == SECTION || (self.order.is_some() && is_read(kind));
            let size = usize::try_from(length).unwrap_or(usize::MAX);
            if !wanted || size > limits.block_bytes {
                let skipped = source.skip(length)?;
                if skipped < length {
                    return Ok(cut(start, skipped, length));
                }
                if wanted {
                    let message = format!("a block of {length} bytes is larger than is read");
                    return Ok(Step::trouble(frame.span, message, "the block is not read"));
                }
                continue;
            }
            let block = source.peek(size)?;
            if block.len() < size {
                return Ok(cut(start, block.len() as u64, length));
            }
            let body = block.get(8..size - 4).unwrap_or_default();
            let step = self.block(&frame, body, limits, header, packets);
            source.skip(length)?;
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    /// Type, order of bytes and whole length of the block that begins with `head`.
    fn head(&mut self, head: &[u8]) -> Result<(u32, Order, u64), &'static str> {
        if head.len() < 12 {
            return Err("the file ends inside the head of a block");
        }
        if head.starts_with(&SECTION.to_be_bytes()) {
            let order = order(head).ok_or("a section does not say its order of bytes")?;
            self.length_order = Some(order);
        }
        let order = self
            .length_order
            .ok_or("the file does not begin with a section")?;
        let (Some(kind), Some(length)) = (order.u32(head, 0), order.u32(head, 4)) else {
            return Err("the file ends inside the head of a block");
        };
        // Some writers forget the padding in the length, which the next block does not.
        let length = u64::from(length).next_multiple_of(4);
        let least = if kind == SECTION { 28 } else { 12 };
        if length < least {
            return Err("a block says it is shorter than its own head");
        }
        Ok((kind, order, length))
    }

    fn block(
        &mut self,
        frame: &Frame,
        body: &[u8],
        limits: &Limits,
        header: &mut CaptureHeader,
        packets: &mut u64,
    ) -> Option<Step> {
        match frame.kind {
            SECTION => self.section(frame, body, limits, header),
            INTERFACE => self.interface(frame, body, limits, header),
            NAMES => Some(names(frame, body, limits)),
            SECRETS => Some(secrets(frame, body)),
            CUSTOM | CUSTOM_LOCAL => self.custom(frame, body, limits),
            _ => Some(self.packet(frame, body, packets)),
        }
    }

    fn section(
        &mut self,
        frame: &Frame,
        body: &[u8],
        limits: &Limits,
        header: &mut CaptureHeader,
    ) -> Option<Step> {
        self.interfaces.clear();
        self.apps.clear();
        header.sections += 1;
        let major = frame.order.u16(body, 4)?;
        let minor = frame.order.u16(body, 6)?;
        self.order = (major == 1).then_some(frame.order);
        if self.order.is_none() {
            let message = format!("a section has the unknown version {major}.{minor}");
            return Some(Step::trouble(
                frame.span,
                message,
                "the section is not read",
            ));
        }
        if header.sections == 1 {
            header.format = format!("pcapng {major}.{minor}");
        }
        for (code, value) in options(frame.order, body.get(16..).unwrap_or_default()) {
            let place = match code {
                1 => {
                    remark(header, value, limits);
                    continue;
                }
                2 => &mut header.hardware,
                3 => &mut header.os,
                4 => &mut header.writer,
                _ => continue,
            };
            if place.is_none() {
                *place = Some(text(value));
            }
        }
        None
    }

    fn interface(
        &mut self,
        frame: &Frame,
        body: &[u8],
        limits: &Limits,
        header: &mut CaptureHeader,
    ) -> Option<Step> {
        let (Some(link), Some(snaplen)) = (frame.order.u16(body, 0), frame.order.u32(body, 4))
        else {
            return Some(short(frame, "an interface"));
        };
        let mut interface = Interface {
            name: None,
            link,
            snaplen,
            units_per_second: 1_000_000,
            offset_seconds: 0,
        };
        for (code, value) in options(frame.order, body.get(8..).unwrap_or_default()) {
            match (code, value) {
                (1, _) => remark(header, value, limits),
                (2, _) => interface.name = Some(text(value.get(..NAME).unwrap_or(value))),
                (9, [resolution, ..]) => interface.units_per_second = units(*resolution),
                (14, _) => interface.offset_seconds = frame.order.i64(value, 0).unwrap_or(0),
                _ => {}
            }
        }
        if self.interfaces.len() >= limits.interfaces {
            let message = format!("more than {} interfaces are described", limits.interfaces);
            return Some(Step::trouble(
                frame.span,
                message,
                "its packets are not read",
            ));
        }
        if let Some(unit) = 1_000_000_000_u64.checked_div(interface.units_per_second)
            && (header.resolution == 0 || unit.max(1) < header.resolution)
        {
            header.resolution = unit.max(1);
        }
        let unknown = interface.units_per_second == 0;
        if header.interfaces.len() < limits.interfaces {
            header.interfaces.push(interface.clone());
        }
        self.interfaces.push(interface);
        unknown.then(|| {
            let message = "an interface counts time in units that are no nanoseconds".to_owned();
            Step::trouble(frame.span, message, "the time of its packets is not read")
        })
    }

    /// The block of PCAPdroid that says which application a user id is. Those of others say
    /// nothing that is read here.
    fn custom(&mut self, frame: &Frame, body: &[u8], limits: &Limits) -> Option<Step> {
        if frame.order.u32(body, 0) != Some(PCAPDROID) || body.get(6) != Some(&UID_MAP) {
            return None;
        }
        let app = || {
            let uid = frame.order.u32(body, 8)?.cast_signed();
            let package_end = 14 + usize::from(*body.get(12)?);
            let end = package_end + usize::from(*body.get(13)?);
            let name = body.get(package_end..end)?;
            Some(App {
                uid,
                name: text(name),
                package: Some(text(body.get(14..package_end)?)).filter(|name| !name.is_empty()),
                span: Span::new(frame.offset + package_end as u64, name.len() as u64),
            })
        };
        let Some(app) = app() else {
            return Some(short(frame, "the name of an application"));
        };
        if self.apps.len() < limits.apps || self.apps.contains_key(&app.uid) {
            self.apps.insert(app.uid, app);
            return None;
        }
        let message = format!("more than {} applications are named", limits.apps);
        Some(Step::trouble(
            frame.span,
            message,
            "the application is not named",
        ))
    }
}

const fn is_read(kind: u32) -> bool {
    matches!(
        kind,
        INTERFACE
            | PACKET
            | SIMPLE_PACKET
            | NAMES
            | ENHANCED_PACKET
            | SECRETS
            | CUSTOM
            | CUSTOM_LOCAL
    )
}

/// Units in a second by `if_tsresol`: a power of 10, or of 2 if the upper bit is set; 0 if
/// they are too many to count.
fn units(resolution: u8) -> u64 {
    let exponent = u32::from(resolution & 0x7f);
    let base: u64 = if resolution & 0x80 == 0 { 10 } else { 2 };
    base.checked_pow(exponent).unwrap_or(0)
}

fn remark(header: &mut CaptureHeader, value: &[u8], limits: &Limits) {
    let held: usize = header.comments.iter().map(String::len).sum();
    if held + value.len() <= limits.remark_bytes && header.comments.len() < limits.remarks {
        header.comments.push(text(value));
    }
}

fn short(frame: &Frame, what: &str) -> Step {
    let message = format!("{what} is shorter than it says");
    Step::trouble(frame.span, message, "the block is not read")
}

fn cut(start: u64, there: u64, length: u64) -> Step {
    let message =
        format!("the file ends inside a block, of which {there} of {length} bytes are there");
    Step::last(Span::new(start, there), message)
}
