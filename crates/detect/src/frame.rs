use std::cell::OnceCell;
use std::ops::Range;

use affiant_model::{Exchange, Field, Span};

use crate::decode::{Escape, EscapeIndex};
use crate::leaf::carried;

/// One decoding on the way from a field down to bytes, so that a place in those
/// bytes can be traced back to the exhibit.
pub(crate) struct Frame<'f> {
    outer: Option<&'f Self>,
    /// What the decoding reads: a part of the bytes around it.
    slice: &'f [u8],
    /// Where that part begins in them.
    start: usize,
    /// How the result is spelt in it; `None` for a stream, in which no place
    /// can be traced.
    escape: Option<Escape>,
    index: OnceCell<EscapeIndex>,
    /// Knows which bytes of the field stand in the exhibit as they are.
    exchange: &'f Exchange,
}

impl<'f> Frame<'f> {
    /// The way the capture itself writes the field.
    pub(crate) fn carrier(exchange: &'f Exchange, field: &Field) -> Self {
        Self {
            outer: None,
            slice: exchange.bytes_of(field),
            start: 0,
            escape: Some(carried(field)),
            index: OnceCell::new(),
            exchange,
        }
    }

    /// A decoding of `range` of `input`, the bytes that `outer` leads to.
    pub(crate) fn within(
        outer: &'f Self,
        input: &'f [u8],
        range: &Range<usize>,
        escape: Option<Escape>,
    ) -> Self {
        let slice = input.get(range.clone()).unwrap_or_default();
        Self {
            outer: Some(outer),
            slice,
            start: range.start,
            escape,
            index: OnceCell::new(),
            exchange: outer.exchange,
        }
    }

    /// The outermost encoded span of `range` of the bytes that this frame leads
    /// to: the fewest neighbouring bytes of the exhibit from which they can be had.
    /// Of what had to be unpacked, that is the whole of what was unpacked.
    pub(crate) fn span(&self, field: &Field, range: Range<usize>) -> Span {
        let mut range = range;
        let mut frame = Some(self);
        // Of the streams on the way, the outermost hides all that lies within.
        let mut stream = None;
        while let Some(at) = frame {
            if at.escape.is_none() {
                stream = Some(at);
            }
            frame = at.outer;
        }
        let mut frame = Some(self);
        if let Some(stream) = stream {
            range = stream.start..stream.start + stream.slice.len();
            frame = stream.outer;
        }
        while let Some(at) = frame {
            let inner = at.raw_range(&range);
            range = at.start + inner.start..at.start + inner.end;
            frame = at.outer;
        }
        let place = self.exchange.place(field, &range);
        place.unwrap_or(self.exchange.span)
    }

    fn raw_range(&self, range: &Range<usize>) -> Range<usize> {
        let escape = self.escape.unwrap_or(Escape::None);
        self.index
            .get_or_init(|| EscapeIndex::new(escape, self.slice))
            .raw_range(escape, self.slice, range)
    }
}
