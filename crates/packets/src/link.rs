use crate::{
    bytes::{Order, be16, le16, le32},
    data::Data,
    tally::Unread,
    wifi,
};

/// What a packet or a part of it is, from the outside in, down to IP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    /// A frame of a LINKTYPE.
    Link(u16),
    /// Ethernet or IEEE 802.3.
    Ethernet,
    /// What an EtherType announces.
    EtherType(u16),
    /// IEEE 802.2 LLC.
    Llc,
    /// MPLS labels (RFC 3032).
    Mpls,
    /// A PPP frame (RFC 1661) from its protocol on.
    Ppp,
    /// IEEE 802.11.
    Wifi,
    /// IP of the version its first nibble says.
    Ip,
}

/// Takes the outermost header off: what is inside, or why it is not read.
///
/// The numbers are those of <https://www.tcpdump.org/linktypes.html>.
pub(crate) fn peel<'a>(layer: Layer, data: &Data<'a>) -> Result<(Layer, Data<'a>), Unread> {
    match layer {
        Layer::Link(link) => link_type(link, data),
        Layer::Ethernet => typed(data, 12, 14, "Ethernet"),
        Layer::EtherType(kind) => ether_type(kind, data),
        Layer::Llc => llc(data),
        Layer::Mpls => mpls(data),
        Layer::Ppp => ppp(data),
        Layer::Wifi => wifi::frame(data),
        Layer::Ip => Ok((Layer::Ip, *data)),
    }
}

fn link_type<'a>(link: u16, data: &Data<'a>) -> Result<(Layer, Data<'a>), Unread> {
    match link {
        1 => Ok((Layer::Ethernet, *data)),
        // Raw IP; 12 and 14 are what systems call it inside.
        12 | 14 | 101 | 228 | 229 => Ok((Layer::Ip, *data)),
        0 | 108 => loopback(data),
        9 | 50 => Ok((Layer::Ppp, after_address(data))),
        // FDDI: frame control and two addresses before LLC.
        10 => Ok((Layer::Llc, behind(data, 13, "FDDI")?)),
        51 => Ok((Layer::EtherType(0x8864), *data)),
        // Cisco HDLC: address, control, EtherType.
        104 => typed(data, 2, 4, "Cisco HDLC"),
        105 => Ok((Layer::Wifi, *data)),
        113 => typed(data, 14, 16, "Linux cooked capture"),
        127 => wifi::radiotap(data),
        // The address of PPP says the direction here.
        166 => Ok((Layer::Ppp, behind(data, 2, "PPP")?)),
        239 => netfilter_log(data),
        192 => wifi::per_packet_information(data),
        276 => typed(data, 0, 20, "Linux cooked capture v2"),
        other => Err(Unread::Link(other)),
    }
}

fn behind<'a>(data: &Data<'a>, count: usize, header: &'static str) -> Result<Data<'a>, Unread> {
    data.behind(count).ok_or(Unread::Malformed(header))
}

/// A header of `length` bytes with an EtherType at `at`, which may be a length of IEEE 802.3.
fn typed<'a>(
    data: &Data<'a>,
    at: usize,
    length: usize,
    header: &'static str,
) -> Result<(Layer, Data<'a>), Unread> {
    let kind = be16(data.bytes, at).ok_or(Unread::Malformed(header))?;
    Ok((Layer::EtherType(kind), behind(data, length, header)?))
}

fn ether_type<'a>(kind: u16, data: &Data<'a>) -> Result<(Layer, Data<'a>), Unread> {
    match kind {
        0x0800 | 0x86dd => Ok((Layer::Ip, *data)),
        // 4 is LLC in Linux cooked captures, the rest are lengths of IEEE 802.3, where 0xffff
        // begins Novell's raw frames.
        4..=1500 => Ok((Layer::Llc, *data)),
        0x8100 | 0x88a8 | 0x9100 | 0x9200 => typed(data, 2, 4, "a VLAN tag"),
        0x8847 | 0x8848 => Ok((Layer::Mpls, *data)),
        0x8864 => Ok((Layer::Ppp, behind(data, 6, "PPPoE")?)),
        0x880b => Ok((Layer::Ppp, after_address(data))),
        // Transparent Ethernet bridging (RFC 1701).
        0x6558 => Ok((Layer::Ethernet, *data)),
        other => Err(Unread::EtherType(other)),
    }
}

/// IEEE 802.2, of which SNAP carries EtherTypes (RFC 1042), and 6 is IP.
fn llc<'a>(data: &Data<'a>) -> Result<(Layer, Data<'a>), Unread> {
    match data.bytes {
        [0xaa, 0xaa, 0x03, 0, 0, 0 | 0xf8, ..] => typed(data, 6, 8, "SNAP"),
        [0x06, 0x06, 0x03, ..] => Ok((Layer::Ip, behind(data, 3, "LLC")?)),
        _ => Err(Unread::Llc),
    }
}

/// Labels up to the bottom of the stack. What is inside is told by its first nibble: 4 and 6
/// are IP, 0 is a control word before Ethernet (RFC 4385 §3).
fn mpls<'a>(data: &Data<'a>) -> Result<(Layer, Data<'a>), Unread> {
    let malformed = Unread::Malformed("MPLS");
    let bottom = data
        .bytes
        .chunks_exact(4)
        .position(|label| label.get(2).is_some_and(|b| b & 1 != 0));
    let inside = behind(data, bottom.ok_or(malformed)? * 4 + 4, "MPLS")?;
    match inside.bytes.first().ok_or(malformed)? >> 4 {
        4 | 6 => Ok((Layer::Ip, inside)),
        0 => Ok((Layer::Ethernet, behind(&inside, 4, "MPLS")?)),
        _ => Err(Unread::EtherType(0x8847)),
    }
}

/// Without the address and control of HDLC, which may be compressed away (RFC 1662 §3.1).
fn after_address<'a>(data: &Data<'a>) -> Data<'a> {
    match data.bytes {
        [0xff, 0x03, ..] => data.behind(2).unwrap_or(*data),
        _ => *data,
    }
}

fn ppp<'a>(data: &Data<'a>) -> Result<(Layer, Data<'a>), Unread> {
    let malformed = Unread::Malformed("PPP");
    let first = *data.bytes.first().ok_or(malformed)?;
    // A protocol of one byte is odd (RFC 1661 §2).
    let (protocol, length) = if first & 1 == 1 {
        (u16::from(first), 1)
    } else {
        (be16(data.bytes, 0).ok_or(malformed)?, 2)
    };
    let inside = behind(data, length, "PPP")?;
    match protocol {
        0x0021 | 0x0057 => Ok((Layer::Ip, inside)),
        0x0281 | 0x0283 => Ok((Layer::Mpls, inside)),
        other => Err(Unread::Ppp(other)),
    }
}

/// BSD loopback: an address family in the order of bytes of the capturing machine (0) or of
/// the network (108). That of IPv6 differs among systems.
fn loopback<'a>(data: &Data<'a>) -> Result<(Layer, Data<'a>), Unread> {
    let malformed = Unread::Malformed("BSD loopback");
    let family = le32(data.bytes, 0).ok_or(malformed)?;
    let family = if family > 0xffff {
        family.swap_bytes()
    } else {
        family
    };
    match family {
        2 | 10 | 23 | 24 | 28 | 30 => Ok((Layer::Ip, behind(data, 4, "BSD loopback")?)),
        _ => Err(malformed),
    }
}

/// Packets that Linux's netfilter logged: the packet is the value of the entry of type 9, in
/// the order of bytes of the capturing machine, which the type tells.
fn netfilter_log<'a>(data: &Data<'a>) -> Result<(Layer, Data<'a>), Unread> {
    let malformed = Unread::Malformed("netfilter log");
    let mut rest = behind(data, 4, "netfilter log")?;
    loop {
        let kind = le16(rest.bytes, 2).ok_or(malformed)?;
        let order = if kind < 0x100 {
            Order::Little
        } else {
            Order::Big
        };
        let length = usize::from(order.u16(rest.bytes, 0).ok_or(malformed)?);
        if length < 4 {
            return Err(malformed);
        }
        if order.u16(rest.bytes, 2) == Some(9) {
            return Ok((
                Layer::Ip,
                behind(&rest.first(length as u64), 4, "netfilter log")?,
            ));
        }
        rest = behind(&rest, length.next_multiple_of(4), "netfilter log")?;
    }
}

/// The little-endian length of a header at `at`, which is skipped.
pub(crate) fn sized<'a>(
    data: &Data<'a>,
    at: usize,
    header: &'static str,
) -> Result<(usize, Data<'a>), Unread> {
    let length = le16(data.bytes, at).ok_or(Unread::Malformed(header))?;
    let length = usize::from(length);
    Ok((length, behind(data, length, header)?))
}
