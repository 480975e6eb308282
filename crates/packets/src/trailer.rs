use affiant_model::Span;

use crate::{
    App,
    bytes::{array, text},
};

/// LINKTYPE_ETHERNET, the only one under which the trailer is written.
const ETHERNET: u16 = 1;
/// `PCAPDROID_TRAILER_MAGIC`, a date.
const MAGIC: [u8; 4] = [0x01, 0x07, 0x20, 0x21];
/// Magic, user id, name of 20 bytes, CRC.
const LENGTH: usize = 32;

/// Splits the trailer of PCAPdroid off a packet: the bytes before it, and whose packet it was.
///
/// The magic number and the user id are in network order, the name ends at a zero
/// (emanuele-f/PCAPdroid, `app/src/main/jni/core/pcap_dump.c`, `pcapdroid_trailer_t`,
/// commit c735049).
pub(crate) fn split(link: u16, bytes: &[u8], offset: u64) -> Option<(&[u8], App)> {
    if link != ETHERNET || bytes.len() <= 14 + LENGTH {
        return None;
    }
    let (before, trailer) = bytes.split_at_checked(bytes.len() - LENGTH)?;
    let name = trailer.strip_prefix(&MAGIC)?.get(4..24)?;
    let app = App {
        uid: i32::from_be_bytes(array(trailer, 4)?),
        name: text(name),
        package: None,
        span: Span::new(offset + before.len() as u64 + 8, 20),
    };
    Some((before, app))
}
