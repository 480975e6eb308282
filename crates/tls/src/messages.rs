//! Handshake messages out of records (RFC 8446 §4): fragmented over several, or several in
//! one.

use std::ops::Range;

pub(crate) const CLIENT_HELLO: u8 = 1;
pub(crate) const SERVER_HELLO: u8 = 2;
pub(crate) const END_OF_EARLY_DATA: u8 = 5;
pub(crate) const ENCRYPTED_EXTENSIONS: u8 = 8;
pub(crate) const CERTIFICATE: u8 = 11;
pub(crate) const CLIENT_KEY_EXCHANGE: u8 = 16;
pub(crate) const FINISHED: u8 = 20;
pub(crate) const KEY_UPDATE: u8 = 24;
pub(crate) const COMPRESSED_CERTIFICATE: u8 = 25;

/// Codes of messages (IANA, TLS HandshakeType).
const KNOWN: [u8; 22] = [
    0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25,
];

/// One message, its header of four bytes included.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Message {
    pub(crate) bytes: Vec<u8>,
    /// From the start of the first record that carries it to the end of the last.
    pub(crate) place: Range<u64>,
}

impl Message {
    pub(crate) fn kind(&self) -> u8 {
        self.bytes.first().copied().unwrap_or_default()
    }

    pub(crate) fn body(&self) -> &[u8] {
        self.bytes.get(4..).unwrap_or_default()
    }
}

/// A message that is longer than the limit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TooLong {
    pub(crate) kind: u8,
    pub(crate) length: usize,
}

/// Puts the messages of one side together.
pub(crate) struct Messages {
    buffer: Vec<u8>,
    /// Where the record stands of which the first byte of the buffer came.
    from: u64,
    /// Bytes yet to come of a message that is too long.
    skip: usize,
    /// Bytes are missing: only records that are whole messages are trusted.
    broken: bool,
    limit: usize,
}

impl Messages {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            buffer: Vec::new(),
            from: 0,
            skip: 0,
            broken: false,
            limit,
        }
    }

    /// Bytes are missing from here on.
    pub(crate) fn lost(&mut self) {
        self.broken = true;
        self.skip = 0;
        self.buffer = Vec::new();
    }

    /// Drops what is begun, as new keys may not fall inside a message (RFC 8446 §5.1); gives
    /// the number of bytes dropped.
    pub(crate) fn cut(&mut self) -> usize {
        let held = self.buffer.len();
        self.lost();
        self.broken = false;
        held
    }

    /// Takes the bytes of one record; gives the messages that are whole with them, and
    /// whether one was passed over.
    pub(crate) fn push(
        &mut self,
        mut bytes: &[u8],
        place: &Range<u64>,
    ) -> (Vec<Message>, Option<TooLong>) {
        let (mut found, mut too_long) = (Vec::new(), None);
        if self.broken {
            if !tiles(bytes) {
                return (found, too_long);
            }
            self.broken = false;
        }
        let here = self.skip.min(bytes.len());
        self.skip -= here;
        bytes = bytes.get(here..).unwrap_or_default();
        if self.buffer.is_empty() {
            self.from = place.start;
        }
        self.buffer.extend_from_slice(bytes);
        let mut at = 0;
        while let Some(length) = self.buffer.get(at..).and_then(whole) {
            if length > self.limit {
                let rest = self.buffer.len() - at;
                let kind = self.buffer.get(at).copied().unwrap_or_default();
                too_long = Some(TooLong { kind, length });
                self.skip = length.saturating_sub(rest);
                at += length.min(rest);
            } else if let Some(bytes) = self.buffer.get(at..at + length) {
                found.push(Message {
                    bytes: bytes.to_vec(),
                    place: self.from..place.end,
                });
                at += length;
            } else {
                break;
            }
            self.from = place.start;
        }
        self.buffer.drain(..at);
        if self.buffer.is_empty() {
            self.buffer = Vec::new();
        }
        (found, too_long)
    }
}

/// The length of the message that begins here, header included.
fn whole(bytes: &[u8]) -> Option<usize> {
    let [_, a, b, c] = *bytes.first_chunk::<4>()?;
    let length = u32::from_be_bytes([0, a, b, c]);
    usize::try_from(length).ok()?.checked_add(4)
}

/// Whether these bytes are whole messages of known kinds, one after the other.
fn tiles(mut bytes: &[u8]) -> bool {
    while let Some(kind) = bytes.first() {
        let rest = whole(bytes).and_then(|length| bytes.get(length..));
        match rest {
            Some(rest) if KNOWN.contains(kind) => bytes = rest,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_put_together_over_records_and_taken_apart_within() {
        let mut messages = Messages::new(100);
        assert_eq!(messages.push(&[1, 0, 0], &(0..8)), (vec![], None));
        let (found, _) = messages.push(&[2, 9, 9, 14, 0, 0, 0, 11, 0], &(8..22));
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].body(), found[0].place.clone()),
            (&[9, 9][..], 0..22)
        );
        assert_eq!((found[1].kind(), found[1].place.clone()), (14, 8..22));
        assert_eq!(messages.cut(), 2);
    }

    #[test]
    fn a_message_over_the_limit_is_named_and_passed_over() {
        let mut messages = Messages::new(100);
        let (found, long) = messages.push(&[14, 0, 0, 0, 11, 0, 0, 200, 1, 1], &(0..15));
        assert_eq!(
            (found.len(), long),
            (
                1,
                Some(TooLong {
                    kind: 11,
                    length: 204
                })
            )
        );
        assert_eq!(messages.push(&[1; 197], &(15..217)), (vec![], None));
        let (found, long) = messages.push(&[1, 14, 0, 0, 0], &(217..227));
        assert_eq!((found[0].kind(), long), (14, None));
    }

    #[test]
    fn after_a_hole_only_records_of_whole_messages_are_read() {
        let mut messages = Messages::new(100);
        messages.lost();
        assert!(messages.push(&[14, 0, 0], &(0..8)).0.is_empty());
        assert!(messages.push(&[14, 0, 0, 0, 7], &(0..10)).0.is_empty());
        assert_eq!(messages.push(&[14, 0, 0, 0], &(0..9)).0.len(), 1);
    }
}
