use crate::{bytes::be16, data::Data, link::Layer, tally::Unread};

/// Ports of tunnels over UDP (IANA Service Name and Port Number Registry).
const VXLAN: u16 = 4789;
const GTP_USER: u16 = 2152;

/// Takes the header of generic routing encapsulation off (RFC 2784, RFC 2890; version 1 is
/// that of PPTP, RFC 2637 §4.1).
pub(crate) fn gre<'a>(data: &Data<'a>) -> Result<(Layer, Data<'a>), Unread> {
    let malformed = Unread::Malformed("GRE");
    let flags = be16(data.bytes, 0).ok_or(malformed)?;
    let kind = be16(data.bytes, 2).ok_or(malformed)?;
    let has = |bit: u16| usize::from(flags & bit != 0) * 4;
    let inside = |length: usize| data.behind(length).ok_or(malformed);
    match flags & 7 {
        // A source route (0x4000) is not followed.
        0 if flags & 0x4000 == 0 => {
            let body = inside(4 + has(0x8000) + has(0x2000) + has(0x1000))?;
            Ok((Layer::EtherType(kind), body))
        }
        // Without payload it only acknowledges.
        1 if flags & 0x1000 == 0 => Err(Unread::Ppp(0)),
        1 => {
            let body = inside(8 + has(0x1000) + has(0x0080))?;
            let address = if body.bytes.starts_with(&[0xff, 0x03]) {
                2
            } else {
                0
            };
            Ok((Layer::Ppp, body.behind(address).ok_or(malformed)?))
        }
        _ => Err(malformed),
    }
}

/// What a UDP datagram to `port` carries, if it is a tunnel: VXLAN (RFC 7348 §5) and GTP for
/// user data (3GPP TS 29.281 §5.1).
pub(crate) fn over_udp<'a>(port: u16, data: &Data<'a>) -> Option<(Layer, Data<'a>)> {
    match (port, data.bytes) {
        (VXLAN, [0x08, 0, 0, 0, _, _, _, 0, ..]) => Some((Layer::Ethernet, data.behind(8)?)),
        // Version 1, GTP and not GTP', a G-PDU.
        (GTP_USER, [flags, 0xff, ..]) if flags & 0xf0 == 0x30 => {
            Some((Layer::Ip, data.behind(gtp_header(*flags, data.bytes)?)?))
        }
        _ => None,
    }
}

/// Bytes of the header: four more if any of its flags is set, and extension headers that
/// chain by their last byte.
fn gtp_header(flags: u8, bytes: &[u8]) -> Option<usize> {
    if flags & 7 == 0 {
        return Some(8);
    }
    let mut length = 12;
    if flags & 4 != 0 {
        while *bytes.get(length - 1)? != 0 {
            let units = usize::from(*bytes.get(length)?);
            if units == 0 {
                return None;
            }
            length += units * 4;
        }
    }
    Some(length)
}
