//! What the frames of a side come to.

use std::ops::Range;

use crate::http2::fields::Fields;

/// What the frames of a side come to.
#[derive(Debug)]
pub(crate) enum Item<'a> {
    /// A header block, decoded.
    Headers(Headers),
    /// Bytes of DATA.
    Data {
        stream: u32,
        offset: u64,
        bytes: &'a [u8],
    },
    /// A hole in DATA.
    Hole {
        stream: u32,
        offset: u64,
        length: u64,
    },
    /// The stream has ended from this side, with the byte before this one.
    End { stream: u32, at: u64 },
    /// The side gave the stream up (`RST_STREAM`), with this code.
    Reset { stream: u32, code: u32, at: u64 },
    /// Something that could not be read.
    Trouble { offset: u64, message: String },
}

/// A header block and where it stood.
#[derive(Debug)]
pub(crate) struct Headers {
    pub(crate) stream: u32,
    /// The stream that a `PUSH_PROMISE` announces.
    pub(crate) promised: Option<u32>,
    /// `None` where the block could not be decoded.
    pub(crate) fields: Option<Fields>,
    pub(crate) pieces: Vec<Range<u64>>,
    pub(crate) at: Range<u64>,
    pub(crate) ends_stream: bool,
}
