//! Header blocks, put together of their frames and decoded (RFC 9113 §4.3).

use std::ops::Range;

use super::{
    CONTINUATION, END_STREAM, HEADERS, Head, Headers, Item, PADDED, PRIORITY, PUSH_PROMISE, Reader,
};
use crate::Limits;
use crate::building::add_range;
use crate::http2::fields::Fields;

/// A header block that is not whole yet.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) head: Head,
    pub(super) promised: Option<u32>,
    pub(super) bytes: Vec<u8>,
    pub(super) pieces: Vec<Range<u64>>,
}

impl Reader {
    /// Keeps the place of a block whose bytes are not held.
    pub(super) fn unread_block(&mut self) {
        if self.block.is_none() {
            self.block = Some(Block {
                head: self.head,
                promised: None,
                bytes: Vec::new(),
                pieces: Vec::new(),
            });
        }
    }

    /// Adds the fragment in the payload of a frame to its block.
    pub(super) fn fragment(&mut self, payload: &[u8], each: &mut dyn FnMut(Item<'_>)) {
        let head = self.head;
        let mut range = 0..payload.len();
        let mut promised = None;
        if head.kind != CONTINUATION {
            let mut whole = true;
            if head.has(PADDED) {
                let padding = payload
                    .first()
                    .map_or(usize::MAX, |byte| usize::from(*byte));
                range.start = 1;
                range.end = range.end.saturating_sub(padding);
            }
            if head.kind == HEADERS && head.has(PRIORITY) {
                range.start += 5;
            }
            if head.kind == PUSH_PROMISE {
                let stream = payload.get(range.start..range.start + 4);
                promised = stream
                    .and_then(|bytes| <[u8; 4]>::try_from(bytes).ok())
                    .map(|bytes| u32::from_be_bytes(bytes) & 0x7fff_ffff);
                whole = promised.is_some();
                range.start += 4;
            }
            if range.start > range.end || !whole {
                range = 0..0;
                self.forget("the head of a HEADERS frame is too short", head.from, each);
            }
            self.block = Some(Block {
                head,
                promised,
                bytes: Vec::new(),
                pieces: Vec::new(),
            });
        }
        let start = self.offset.saturating_sub(payload.len() as u64);
        if let Some(block) = &mut self.block {
            block
                .bytes
                .extend_from_slice(payload.get(range.clone()).unwrap_or_default());
            let at =
                start.saturating_add(range.start as u64)..start.saturating_add(range.end as u64);
            add_range(&mut block.pieces, at);
        }
    }

    /// Decodes the block, which is whole, and hands it on.
    pub(super) fn end_block(&mut self, limits: &Limits, each: &mut dyn FnMut(Item<'_>)) {
        let Some(block) = self.block.take() else {
            return;
        };
        let mut fields = None;
        if let Some(decoder) = &mut self.decoder {
            let mut read = Fields::default();
            let budget = limits.head.saturating_mul(16);
            let decoded = decoder.decode(&block.bytes, budget, &mut |name, value| {
                read.add(name, value, limits.head);
            });
            match decoded {
                Ok(()) => fields = Some(read),
                Err(why) => self.forget(why, block.head.from, each),
            }
        }
        each(Item::Headers(Headers {
            stream: block.head.stream,
            promised: block.promised,
            fields,
            pieces: block.pieces,
            at: block.head.from..self.offset,
            ends_stream: block.head.kind == HEADERS && block.head.has(END_STREAM),
        }));
    }

    /// From here on no header block of this side can be decoded.
    pub(super) fn forget(&mut self, why: &str, offset: u64, each: &mut dyn FnMut(Item<'_>)) {
        if self.decoder.take().is_some() {
            let message = format!(
                "{why}: the state of the header compression is lost, and no later header of this side is read"
            );
            each(Item::Trouble { offset, message });
        }
    }
}
