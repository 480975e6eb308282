use crate::{
    bytes::{le16, le32},
    data::Data,
    link::{Layer, sized},
    tally::Unread,
};

/// `IEEE80211_RADIOTAP_F_DATAPAD` of the field Flags: the body begins at a multiple of four.
const PADDED: u8 = 0x20;

/// A frame of IEEE 802.11 down to its LLC. Only whole, plain data frames carry what can be
/// read (IEEE 802.11-2020 §9.2, §9.3.2).
pub(crate) fn frame<'a>(data: &Data<'a>) -> Result<(Layer, Data<'a>), Unread> {
    let malformed = Unread::Malformed("IEEE 802.11");
    let control = le16(data.bytes, 0).ok_or(malformed)?;
    let (kind, subtype, flags) = ((control >> 2) & 3, (control >> 4) & 15, control >> 8);
    // Type 2 is data, of which bit 2 of the subtype says that there is none.
    if kind != 2 || subtype & 4 != 0 {
        return Err(Unread::WifiControl);
    }
    if flags & 0x40 != 0 {
        return Err(Unread::WifiEncrypted);
    }
    let sequence = le16(data.bytes, 22).ok_or(malformed)?;
    if flags & 0x04 != 0 || sequence & 0x0f != 0 {
        return Err(Unread::WifiPieces);
    }
    let mut length = if flags & 3 == 3 { 30 } else { 24 };
    if subtype & 8 != 0 {
        let quality = le16(data.bytes, length).ok_or(malformed)?;
        if quality & 0x80 != 0 {
            return Err(Unread::WifiPieces);
        }
        length += if flags & 0x80 == 0 { 2 } else { 6 };
    }
    Ok((Layer::Llc, data.behind(length).ok_or(malformed)?))
}

/// The radiotap header before a frame (<https://www.radiotap.org>).
pub(crate) fn radiotap<'a>(data: &Data<'a>) -> Result<(Layer, Data<'a>), Unread> {
    let (length, inside) = sized(data, 2, "radiotap")?;
    let header = data.bytes.get(..length).unwrap_or_default();
    if flags(header).is_some_and(|flags| flags & PADDED != 0) {
        return padded(&inside);
    }
    Ok((Layer::Wifi, inside))
}

/// The field Flags of a radiotap header: the second field, behind a time of eight bytes.
fn flags(header: &[u8]) -> Option<u8> {
    let present = le32(header, 4)?;
    let mut at = 4;
    while le32(header, at)? & 0x8000_0000 != 0 {
        at += 4;
    }
    at += 4;
    if present & 1 != 0 {
        at = at.next_multiple_of(8) + 8;
    }
    (present & 2 != 0).then(|| header.get(at).copied())?
}

/// A frame whose header is padded to a multiple of four: that of quality of service, which is
/// two bytes longer.
fn padded<'a>(data: &Data<'a>) -> Result<(Layer, Data<'a>), Unread> {
    let (layer, inside) = frame(data)?;
    let header = data.bytes.len() - inside.bytes.len();
    let padding = header.next_multiple_of(4) - header;
    Ok((
        layer,
        inside
            .behind(padding)
            .ok_or(Unread::Malformed("IEEE 802.11"))?,
    ))
}

/// Per-packet information (CACE PPI 1.0.10): the LINKTYPE stands in its head.
pub(crate) fn per_packet_information<'a>(data: &Data<'a>) -> Result<(Layer, Data<'a>), Unread> {
    let (_, inside) = sized(data, 2, "PPI")?;
    let link = le32(data.bytes, 4).and_then(|link| u16::try_from(link).ok());
    match link {
        Some(192) | None => Err(Unread::Malformed("PPI")),
        Some(link) => Ok((Layer::Link(link), inside)),
    }
}
