use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::{
    bytes::{array, be16, be32},
    data::Data,
    tally::Unread,
};

/// IP protocols (IANA Assigned Internet Protocol Numbers) that are followed.
const HOP_BY_HOP: u8 = 0;
pub(crate) const IPV4: u8 = 4;
pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;
pub(crate) const IPV6: u8 = 41;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
pub(crate) const GRE: u8 = 47;
const AUTHENTICATION: u8 = 51;
const DESTINATION: u8 = 60;
const MOBILITY: u8 = 135;

/// A payload of IP, or a fragment of one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Carried<'a> {
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    /// The protocol of the payload, or of the whole that a fragment is of.
    pub(crate) protocol: u8,
    pub(crate) data: Data<'a>,
    pub(crate) fragment: Option<Fragment>,
}

/// Which part of a datagram a fragment is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fragment {
    pub(crate) identification: u32,
    /// Bytes of the datagram before it.
    pub(crate) offset: u32,
    /// Whether others follow.
    pub(crate) more: bool,
}

/// Takes the IP header off.
pub(crate) fn packet<'a>(data: &Data<'a>) -> Result<Carried<'a>, Unread> {
    match data.bytes.first().map(|first| first >> 4) {
        Some(4) => version4(data).ok_or(Unread::Malformed("IPv4")),
        Some(6) => version6(data),
        _ => Err(Unread::Malformed("IP")),
    }
}

/// RFC 791 §3.1. What stands behind the total length is padding of the link. A length of 0 is
/// written where the network card cuts the segments (TCP segmentation offload).
fn version4<'a>(data: &Data<'a>) -> Option<Carried<'a>> {
    let header = usize::from(data.bytes.first()? & 15) * 4;
    let total = be16(data.bytes, 2)?;
    let whole = if total == 0 {
        *data
    } else {
        data.first(u64::from(total))
    };
    if header < 20 || whole.length() < header as u64 {
        return None;
    }
    let flags = be16(data.bytes, 6)?;
    let (offset, more) = (u32::from(flags & 0x1fff) * 8, flags & 0x2000 != 0);
    Some(Carried {
        source: IpAddr::V4(Ipv4Addr::from(array::<4>(data.bytes, 12)?)),
        destination: IpAddr::V4(Ipv4Addr::from(array::<4>(data.bytes, 16)?)),
        protocol: *data.bytes.get(9)?,
        data: whole.behind(header)?,
        fragment: (more || offset > 0).then_some(Fragment {
            identification: u32::from(be16(data.bytes, 4)?),
            offset,
            more,
        }),
    })
}

/// RFC 8200 §3. A payload length of 0 is a jumbogram, or one cut by the network card.
fn version6<'a>(data: &Data<'a>) -> Result<Carried<'a>, Unread> {
    let fixed = || {
        let length = be16(data.bytes, 4)?;
        let inside = data.behind(40)?;
        Some(Carried {
            source: IpAddr::V6(Ipv6Addr::from(array::<16>(data.bytes, 8)?)),
            destination: IpAddr::V6(Ipv6Addr::from(array::<16>(data.bytes, 24)?)),
            protocol: *data.bytes.get(6)?,
            data: if length == 0 {
                inside
            } else {
                inside.first(u64::from(length))
            },
            fragment: None,
        })
    };
    fixed().ok_or(Unread::Malformed("IPv6"))
}

/// Takes the extension header that `carried` begins with off; `None` if it begins with none
/// (RFC 8200 §4, RFC 4302 §2, RFC 6275 §6.1).
pub(crate) fn extension<'a>(carried: &Carried<'a>) -> Option<Result<Carried<'a>, Unread>> {
    let unit = match carried.protocol {
        // IPv4 has no extension headers, but authentication goes before its payload as well.
        AUTHENTICATION => 4,
        _ if carried.source.is_ipv4() => return None,
        HOP_BY_HOP | ROUTING | DESTINATION | MOBILITY => 8,
        FRAGMENT => return Some(fragment(carried).ok_or(Unread::Malformed("IPv6 fragment"))),
        _ => return None,
    };
    let inside = || {
        let (&protocol, &length) = (carried.data.bytes.first()?, carried.data.bytes.get(1)?);
        let units = if unit == 8 {
            usize::from(length) + 1
        } else {
            usize::from(length) + 2
        };
        Some(Carried {
            protocol,
            data: carried.data.behind(units * unit)?,
            ..*carried
        })
    };
    Some(inside().ok_or(Unread::Malformed("an IP extension header")))
}

/// RFC 8200 §4.5. A fragment that is the whole is none (RFC 6946).
fn fragment<'a>(carried: &Carried<'a>) -> Option<Carried<'a>> {
    let bytes = carried.data.bytes;
    let flags = be16(bytes, 2)?;
    let (offset, more) = (u32::from(flags & 0xfff8), flags & 1 != 0);
    Some(Carried {
        protocol: *bytes.first()?,
        data: carried.data.behind(8)?,
        fragment: (more || offset > 0).then_some(Fragment {
            identification: be32(bytes, 4)?,
            offset,
            more,
        }),
        ..*carried
    })
}
