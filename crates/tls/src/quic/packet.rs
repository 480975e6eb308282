//! Packets with a long header (RFC 9000 §17.2).

use super::crypto::salt;
use crate::wire::Reader;

/// The first packet of some bytes.
pub(super) struct Found<'a> {
    pub(super) version: u32,
    pub(super) initial: Option<Initial<'a>>,
    /// What follows it in the datagram; nothing where its length is not known.
    pub(super) rest: &'a [u8],
}

/// An Initial packet, protected.
#[derive(Clone, Copy, Debug)]
pub(super) struct Initial<'a> {
    pub(super) version: u32,
    pub(super) destination: &'a [u8],
    /// All of it.
    pub(super) bytes: &'a [u8],
    /// Where its number begins, which is where its protected part does.
    pub(super) number_at: usize,
}

pub(super) const VERSION_2: u32 = 0x6b33_43cf;

/// The kinds of packets, whose codes differ between the versions (RFC 9369 §3.2).
enum Kind {
    Initial,
    Retry,
    Other,
}

fn kind(version: u32, first: u8) -> Kind {
    let code = (first >> 4) & 3;
    match (version == VERSION_2, code) {
        (false, 0) | (true, 1) => Kind::Initial,
        (false, 3) | (true, 0) => Kind::Retry,
        _ => Kind::Other,
    }
}

/// The packet with a long header that begins here; `None` where there is none.
pub(super) fn first(bytes: &[u8]) -> Option<Found<'_>> {
    let mut rest = Reader(bytes);
    let first = rest.u8()?;
    if first & 0x80 == 0 {
        return None;
    }
    let version = rest.u32()?;
    if salt(version).is_none() {
        return Some(Found {
            version,
            initial: None,
            rest: &[],
        });
    }
    let destination = rest.vector(1)?.0;
    let source = rest.vector(1)?.0;
    if destination.len() > 20 || source.len() > 20 {
        return None;
    }
    let kind = kind(version, first);
    match kind {
        Kind::Initial => {
            let token = usize::try_from(varint(&mut rest)?).ok()?;
            rest.take(token)?;
        }
        Kind::Retry => return None,
        Kind::Other => {}
    }
    let length = usize::try_from(varint(&mut rest)?).ok()?;
    let number_at = bytes.len().checked_sub(rest.0.len())?;
    let (bytes, rest) = bytes.split_at_checked(number_at.checked_add(length)?)?;
    let initial = matches!(kind, Kind::Initial);
    let initial = initial.then_some(Initial {
        version,
        destination,
        bytes,
        number_at,
    });
    Some(Found {
        version,
        initial,
        rest,
    })
}

/// A number of one, two, four or eight bytes (RFC 9000 §16).
pub(super) fn varint(rest: &mut Reader<'_>) -> Option<u64> {
    let first = *rest.0.first()?;
    match first >> 6 {
        0 => rest.u8().map(u64::from),
        1 => rest.u16().map(|number| u64::from(number & 0x3fff)),
        2 => rest.u32().map(|number| u64::from(number & 0x3fff_ffff)),
        _ => rest.u64().map(|number| number & 0x3fff_ffff_ffff_ffff),
    }
}
