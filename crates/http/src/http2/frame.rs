//! Frames of one side (RFC 9113 §4 and §6).

mod block;
mod item;

use self::block::Block;
pub(crate) use self::item::{Headers, Item};
use crate::hpack::Decoder;
use crate::{Limits, Side};

/// What every client sends first (RFC 9113 §3.4).
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;

#[derive(Debug, Clone, Copy, Default)]
struct Head {
    kind: u8,
    flags: u8,
    stream: u32,
    from: u64,
}

impl Head {
    const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

#[derive(Debug)]
enum State {
    /// So many bytes of the preface have come.
    Preface(usize),
    Head(Vec<u8>),
    /// The first byte of a padded DATA frame of so many bytes.
    DataPadding(u64),
    /// DATA and the padding behind it.
    Data {
        left: u64,
        padding: u64,
    },
    /// A frame that is read once it is whole.
    Whole {
        held: Vec<u8>,
        left: usize,
    },
    /// A frame that is not read.
    Passed(u64),
    Dead {
        from: u64,
        bytes: u64,
        lost: u64,
    },
}

/// Reads the frames of one side.
#[derive(Debug)]
pub(crate) struct Reader {
    side: Side,
    offset: u64,
    state: State,
    head: Head,
    block: Option<Block>,
    /// `None` once the state of the compression is not known.
    decoder: Option<Decoder>,
    first: bool,
}

impl Reader {
    pub(crate) fn new(side: Side, offset: u64, limits: &Limits) -> Self {
        Self {
            side,
            offset,
            state: match side {
                Side::Client => State::Preface(0),
                Side::Server => State::Head(Vec::new()),
            },
            head: Head::default(),
            block: None,
            decoder: Some(Decoder::new(limits.table)),
            first: true,
        }
    }

    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Where and why the side cannot be read any more.
    pub(crate) const fn dead_from(&self) -> Option<u64> {
        match self.state {
            State::Dead { from, .. } => Some(from),
            _ => None,
        }
    }

    pub(crate) fn held(&self) -> usize {
        let whole = match &self.state {
            State::Whole { held, .. } => held.capacity(),
            _ => 0,
        };
        let block = self
            .block
            .as_ref()
            .map_or(0, |block| block.bytes.capacity());
        let table = self.decoder.as_ref().map_or(0, Decoder::size);
        whole.saturating_add(block).saturating_add(table)
    }

    pub(crate) fn push(&mut self, bytes: &[u8], limits: &Limits, each: &mut dyn FnMut(Item<'_>)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = self.take(rest, limits, each);
            self.offset = self.offset.saturating_add(taken as u64);
            rest = rest.get(taken..).unwrap_or_default();
            self.settle(limits, each);
        }
    }

    /// Reads some of the bytes, and says how many.
    fn take(&mut self, rest: &[u8], limits: &Limits, each: &mut dyn FnMut(Item<'_>)) -> usize {
        let first = rest.first().copied().unwrap_or_default();
        match &mut self.state {
            State::Dead { bytes, .. } => {
                *bytes = bytes.saturating_add(rest.len() as u64);
                rest.len()
            }
            State::Preface(matched) => {
                if PREFACE.get(*matched) != Some(&first) {
                    let from = self.offset.saturating_sub(*matched as u64);
                    self.die(
                        from,
                        "the client does not begin with the preface of HTTP/2",
                        each,
                    );
                    return 0;
                }
                *matched += 1;
                if *matched == PREFACE.len() {
                    self.state = State::Head(Vec::new());
                }
                1
            }
            State::Head(held) => {
                held.push(first);
                if let Ok(head) = <[u8; 9]>::try_from(held.as_slice()) {
                    self.begin(head, limits, each);
                }
                1
            }
            State::DataPadding(length) => {
                let left = length.saturating_sub(1);
                let padding = u64::from(first);
                if padding > left {
                    let message = "a DATA frame has more padding than bytes".to_owned();
                    each(Item::Trouble {
                        offset: self.head.from,
                        message,
                    });
                }
                let padding = padding.min(left);
                self.state = State::Data {
                    left: left - padding,
                    padding,
                };
                1
            }
            State::Data { left, padding } => {
                let is_data = *left > 0;
                let counter = if is_data { left } else { padding };
                let length = usize::try_from(*counter)
                    .unwrap_or(usize::MAX)
                    .min(rest.len());
                *counter -= length as u64;
                if is_data {
                    each(Item::Data {
                        stream: self.head.stream,
                        offset: self.offset,
                        bytes: rest.get(..length).unwrap_or_default(),
                    });
                }
                length
            }
            State::Whole { held, left } => {
                let part = rest.get(..*left).unwrap_or(rest);
                held.extend_from_slice(part);
                *left -= part.len();
                part.len()
            }
            State::Passed(left) => {
                let length = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                *left -= length as u64;
                length
            }
        }
    }

    /// Turns to the payload of the frame that `bytes` begin.
    fn begin(&mut self, bytes: [u8; 9], limits: &Limits, each: &mut dyn FnMut(Item<'_>)) {
        let [l0, l1, l2, kind, flags, s0, s1, s2, s3] = bytes;
        let length = u32::from_be_bytes([0, l0, l1, l2]);
        self.head = Head {
            kind,
            flags,
            stream: u32::from_be_bytes([s0 & 0x7f, s1, s2, s3]),
            from: self.offset.saturating_add(1).saturating_sub(9),
        };
        let from = self.head.from;
        if std::mem::take(&mut self.first) && self.side == Side::Server && kind != SETTINGS {
            self.die(
                from,
                "the server does not begin with SETTINGS of HTTP/2",
                each,
            );
            return;
        }
        let interrupted = self.block.is_some() != (kind == CONTINUATION)
            || self
                .block
                .as_ref()
                .is_some_and(|block| block.head.stream != self.head.stream);
        if interrupted {
            self.block = None;
            self.forget(
                "a header block is not continued where it should be",
                from,
                each,
            );
        }
        let wide = u64::from(length);
        let narrow = usize::try_from(length).unwrap_or(usize::MAX);
        self.state = match kind {
            DATA if self.head.has(PADDED) && length > 0 => State::DataPadding(wide),
            DATA => State::Data {
                left: wide,
                padding: 0,
            },
            HEADERS | PUSH_PROMISE | CONTINUATION if !(interrupted && kind == CONTINUATION) => {
                let before = self.block.as_ref().map_or(0, |block| block.bytes.len());
                // Padding and priority are no part of the block.
                if before.saturating_add(narrow) > limits.head.saturating_add(300) {
                    let message = format!(
                        "a header block is longer than the limit of {} bytes",
                        limits.head
                    );
                    self.forget(&message, from, each);
                    self.unread_block();
                    State::Passed(wide)
                } else {
                    State::Whole {
                        held: Vec::new(),
                        left: narrow,
                    }
                }
            }
            RST_STREAM if length == 4 => State::Whole {
                held: Vec::new(),
                left: 4,
            },
            _ => State::Passed(wide),
        };
    }

    /// Ends the frame where it is whole.
    fn settle(&mut self, limits: &Limits, each: &mut dyn FnMut(Item<'_>)) {
        let whole = match &mut self.state {
            State::Data {
                left: 0,
                padding: 0,
            } => {
                if self.head.has(END_STREAM) {
                    each(Item::End {
                        stream: self.head.stream,
                        at: self.offset,
                    });
                }
                None
            }
            State::Whole { held, left: 0 } => Some(std::mem::take(held)),
            State::Passed(0) => None,
            _ => return,
        };
        self.state = State::Head(Vec::new());
        match (self.head.kind, whole) {
            (RST_STREAM, Some(bytes)) => {
                let code = <[u8; 4]>::try_from(bytes.as_slice()).map_or(0, u32::from_be_bytes);
                each(Item::Reset {
                    stream: self.head.stream,
                    code,
                    at: self.offset,
                });
            }
            (HEADERS | PUSH_PROMISE | CONTINUATION, whole) => {
                if let Some(bytes) = whole {
                    self.fragment(&bytes, each);
                }
                if self.head.has(END_HEADERS) {
                    self.end_block(limits, each);
                }
            }
            _ => {}
        }
    }

    /// From here on no frame of this side can be read.
    fn die(&mut self, from: u64, why: &str, each: &mut dyn FnMut(Item<'_>)) {
        let message = format!("{why}; what this side sent from here on is not read");
        each(Item::Trouble {
            offset: from,
            message,
        });
        self.block = None;
        self.decoder = None;
        let bytes = self.offset.saturating_sub(from);
        self.state = State::Dead {
            from,
            bytes,
            lost: 0,
        };
    }

    pub(crate) fn lost(&mut self, length: u64, limits: &Limits, each: &mut dyn FnMut(Item<'_>)) {
        let here = self.offset;
        let why = format!("{length} bytes at {here} of the stream were not captured");
        self.offset = self.offset.saturating_add(length);
        match &mut self.state {
            State::Dead { lost, .. } => *lost = lost.saturating_add(length),
            State::Passed(left) if length <= *left => *left -= length,
            State::Data { left, padding } if length <= left.saturating_add(*padding) => {
                let data = length.min(*left);
                *left -= data;
                *padding -= length - data;
                if data > 0 {
                    each(Item::Hole {
                        stream: self.head.stream,
                        offset: here,
                        length: data,
                    });
                }
            }
            State::Whole { left, .. } if length <= *left as u64 => {
                let rest = (*left as u64).saturating_sub(length);
                if self.head.kind == RST_STREAM {
                    each(Item::Trouble {
                        offset: here,
                        message: why,
                    });
                } else {
                    self.forget(&why, here, each);
                    self.unread_block();
                }
                self.state = State::Passed(rest);
            }
            _ => {
                self.offset = here;
                self.die(here, &why, each);
                self.offset = here.saturating_add(length);
                self.state = State::Dead {
                    from: here,
                    bytes: 0,
                    lost: length,
                };
            }
        }
        self.settle(limits, each);
    }

    /// What was left out, in words.
    pub(crate) fn finish(&self, each: &mut dyn FnMut(Item<'_>)) {
        match &self.state {
            State::Dead { from, bytes, lost } if *bytes > 0 || *lost > 0 => each(Item::Trouble {
                offset: *from,
                message: format!(
                    "{bytes} bytes of HTTP/2 were left out, and {lost} were not captured"
                ),
            }),
            State::Head(held) if held.is_empty() && self.block.is_none() => {}
            State::Dead { .. } | State::Preface(0) => {}
            _ => each(Item::Trouble {
                offset: self.offset,
                message: "the conversation ends within a frame of HTTP/2".to_owned(),
            }),
        }
    }
}
