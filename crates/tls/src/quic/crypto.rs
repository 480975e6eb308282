//! The keys of Initial packets, and the bytes of the handshake inside them.

use std::collections::BTreeMap;

use ring::aead::quic::{AES_128 as MASK, HeaderProtectionKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::packet::{Initial, VERSION_2, varint};
use crate::hash::Hash;
use crate::wire::Reader;

/// The salt of a version (RFC 9001 §5.2, RFC 9369 §3.3.1, draft-ietf-quic-tls-29 §5.2 and
/// -23 §5.2).
pub(super) fn salt(version: u32) -> Option<[u8; 20]> {
    match version {
        // The drafts 33 and 34 have that of version 1.
        1 | 0xff00_0021 | 0xff00_0022 => Some([
            0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8,
            0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a,
        ]),
        VERSION_2 => Some([
            0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26,
            0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9,
        ]),
        0xff00_001d..=0xff00_0020 => Some([
            0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61,
            0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99,
        ]),
        0xff00_0017..=0xff00_001c => Some([
            0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4,
            0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02,
        ]),
        _ => None,
    }
}

/// The keys under which a client sends Initial packets.
pub(super) struct Keys {
    pub(super) version: u32,
    key: LessSafeKey,
    iv: Vec<u8>,
    mask: HeaderProtectionKey,
}

impl Keys {
    pub(super) fn new(version: u32, destination: &[u8]) -> Option<Self> {
        let hash = Hash::Sha256;
        let prefix = if version == VERSION_2 {
            "quicv2"
        } else {
            "quic"
        };
        let initial = hash.extract(&salt(version)?, destination);
        let secret = hash.expand_label(&initial, "client in", 32);
        let derive =
            |name: &str, length| hash.expand_label(&secret, &format!("{prefix} {name}"), length);
        let key = UnboundKey::new(&AES_128_GCM, &derive("key", 16)).ok()?;
        let mask = HeaderProtectionKey::new(&MASK, &derive("hp", 16)).ok()?;
        Some(Self {
            version,
            key: LessSafeKey::new(key),
            iv: derive("iv", 12),
            mask,
        })
    }

    /// The frames of a packet, if it authenticates (RFC 9001 §5.3, §5.4).
    pub(super) fn open(&self, initial: &Initial<'_>) -> Option<Vec<u8>> {
        let (head, protected) = initial.bytes.split_at_checked(initial.number_at)?;
        let sample = protected.get(4..20)?;
        let [mask_first, mask @ ..] = self.mask.new_mask(sample).ok()?;
        let first = head.first()? ^ (mask_first & 0x0f);
        let width = usize::from(first & 3) + 1;
        let (number, sealed) = protected.split_at_checked(width)?;
        let number: Vec<u8> = number
            .iter()
            .zip(mask)
            .map(|(byte, mask)| byte ^ mask)
            .collect();
        let aad = [&[first], head.get(1..)?, &number].concat();
        // Numbers of Initial packets begin at 0, so that the bytes sent are all there is to
        // them: nobody sends 256 such packets before the hello is out.
        let mut nonce: [u8; 12] = self.iv.as_slice().try_into().ok()?;
        for (byte, number) in nonce.iter_mut().rev().zip(number.iter().rev()) {
            *byte ^= number;
        }
        let mut bytes = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let length = self
            .key
            .open_in_place(nonce, Aad::from(aad), &mut bytes)
            .ok()?
            .len();
        bytes.truncate(length);
        Some(bytes)
    }
}

/// The stream of the handshake, out of CRYPTO frames in any order.
pub(super) struct Crypto {
    pieces: BTreeMap<u64, Vec<u8>>,
    held: usize,
    limit: usize,
}

impl Crypto {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            pieces: BTreeMap::new(),
            held: 0,
            limit,
        }
    }

    /// How many bytes are held.
    pub(super) fn length(&self) -> usize {
        self.held
    }

    /// Takes the frames of a packet up to the first that an Initial packet may not have
    /// (RFC 9000 §12.4, §19).
    pub(super) fn frames(&mut self, plain: &[u8]) {
        let mut rest = Reader(plain);
        while self.frame(&mut rest).is_some() {}
    }

    fn frame(&mut self, rest: &mut Reader<'_>) -> Option<()> {
        match varint(rest)? {
            // PADDING, PING.
            0 | 1 => {}
            // ACK: largest, delay, ranges, the first of them; with counts of ECN.
            kind @ (2 | 3) => {
                varint(rest)?;
                varint(rest)?;
                let ranges = varint(rest)?;
                varint(rest)?;
                for _ in 0..ranges.checked_mul(2)? {
                    varint(rest)?;
                }
                for _ in 0..if kind == 3 { 3 } else { 0 } {
                    varint(rest)?;
                }
            }
            6 => {
                let offset = varint(rest)?;
                let length = usize::try_from(varint(rest)?).ok()?;
                self.keep(offset, rest.take(length)?);
            }
            _ => return None,
        }
        Some(())
    }

    fn keep(&mut self, offset: u64, bytes: &[u8]) {
        let new = self
            .pieces
            .get(&offset)
            .is_none_or(|held| held.len() < bytes.len());
        let end = self.held.saturating_add(bytes.len());
        if new && !bytes.is_empty() && end <= self.limit {
            let before = self.pieces.insert(offset, bytes.to_vec());
            self.held = end - before.map_or(0, |before| before.len());
        }
    }

    /// The bytes from the start of the stream that are there without a gap.
    pub(super) fn start(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (offset, piece) in &self.pieces {
            let overlap = (bytes.len() as u64).checked_sub(*offset);
            let Some(overlap) = overlap.and_then(|overlap| usize::try_from(overlap).ok()) else {
                break;
            };
            bytes.extend_from_slice(piece.get(overlap..).unwrap_or_default());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_in_any_order_and_over_one_another_make_the_stream() {
        let mut crypto = Crypto::new(100);
        // PING, CRYPTO at 4, PADDING, ACK with one range more, CRYPTO at 0, then at 2.
        crypto.frames(b"\x01\x06\x04\x02ef\x00\x00\x02\x09\x00\x01\x00\x01\x01\x06\x00\x03abc");
        assert_eq!(crypto.start(), b"abc");
        crypto.frames(b"\x06\x02\x03cde\x1c\x06\x00\x01z");
        assert_eq!(crypto.start(), b"abcdef");
    }

    #[test]
    fn no_more_is_held_than_the_limit() {
        let mut crypto = Crypto::new(4);
        crypto.frames(b"\x06\x00\x03abc\x06\x03\x02de\x06\x09\x01x");
        assert_eq!(
            (crypto.start().as_slice(), crypto.length()),
            (&b"abc"[..], 4)
        );
    }
}
