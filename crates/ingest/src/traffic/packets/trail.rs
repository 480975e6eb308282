//! Where the bytes of a stream stand in the file.

use std::collections::VecDeque;
use std::ops::Range;

use affiant_model::Span;

/// A piece of a stream, out of one place of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source {
    /// Bytes of the stream.
    pub(super) length: u64,
    /// Where it begins in the stream that `tshark` follows.
    pub(super) base: u64,
    /// The bytes of the file: of a stream as it was sent those of the piece, of
    /// a decrypted one those of the encrypted record.
    pub(super) span: Span,
    /// The first packet that carries it.
    pub(super) packet: u64,
    /// The last packet that carries it.
    pub(super) last: u64,
    /// Time of the first, in nanoseconds since 1970.
    pub(super) time: Option<i128>,
}

/// The pieces of a stream of which the places may still be asked for.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// Where each begins in the stream, and the piece; ascending.
    pieces: VecDeque<(u64, Source)>,
    /// Bytes of the stream so far.
    end: u64,
}

impl Trail {
    /// Bytes of the stream so far.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    pub(super) fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Adds the next piece.
    pub(super) fn push(&mut self, source: Source) {
        if source.length > 0 {
            self.pieces.push_back((self.end, source));
            self.skip(source.length);
        }
    }

    /// Leaves out bytes whose places are not asked for.
    pub(super) const fn skip(&mut self, length: u64) {
        self.end = self.end.saturating_add(length);
    }

    /// Forgets the pieces before `offset`.
    pub(super) fn forget(&mut self, offset: u64) {
        while let Some((at, source)) = self.pieces.front() {
            if at.saturating_add(source.length) > offset {
                break;
            }
            self.pieces.pop_front();
        }
    }

    /// Forgets the oldest pieces, so that `most` are left.
    pub(super) fn keep(&mut self, most: usize) {
        let beyond = self.pieces.len().saturating_sub(most);
        self.pieces.drain(..beyond);
    }

    /// The pieces that carry a range of the stream, cut to it. `exact` cuts
    /// their places in the file too. Of what was forgotten there are none.
    pub(super) fn find(&self, range: &Range<u64>, exact: bool) -> Vec<Source> {
        let behind = |(at, source): &(u64, Source)| at.saturating_add(source.length);
        let from = self
            .pieces
            .partition_point(|piece| behind(piece) <= range.start);
        let mut found = Vec::new();
        for (at, source) in self.pieces.iter().skip(from) {
            let start = range.start.max(*at);
            let end = range.end.min(at.saturating_add(source.length));
            if start >= end {
                break;
            }
            let (before, length) = (start - at, end - start);
            let span = if exact && source.span.length == source.length {
                Span::new(source.span.offset + before, length)
            } else {
                source.span
            };
            found.push(Source {
                length,
                base: source.base + before,
                span,
                ..*source
            });
        }
        found
    }
}

/// The span from the first to the last byte of several.
pub(super) fn hull(spans: impl IntoIterator<Item = Span>) -> Option<Span> {
    let bounds = spans.into_iter().fold(None, |bounds, span| {
        let (start, end) = bounds.unwrap_or((span.offset, span.end()));
        Some((start.min(span.offset), end.max(span.end())))
    });
    bounds.map(|(start, end)| Span::new(start, end - start))
}

/// Runs, those that touch put together.
pub(super) fn joined(spans: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let mut runs: Vec<Span> = Vec::new();
    for span in spans {
        match runs.last_mut() {
            Some(last) if last.end() == span.offset => last.length += span.length,
            _ if span.length > 0 => runs.push(span),
            _ => {}
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(length: u64, offset: u64, packet: u64) -> Source {
        Source {
            length,
            base: 0,
            span: Span::new(offset, length),
            packet,
            last: packet,
            time: None,
        }
    }

    #[test]
    fn a_range_of_the_stream_is_cut_out_of_its_pieces() {
        let mut trail = Trail::default();
        trail.push(piece(5, 100, 1));
        trail.push(piece(5, 200, 2));
        trail.skip(3);
        trail.push(piece(5, 300, 3));
        assert_eq!(trail.end(), 18);
        let spans = |range: Range<u64>| -> Vec<Span> {
            trail.find(&range, true).iter().map(|s| s.span).collect()
        };
        assert_eq!(spans(3..7), [Span::new(103, 2), Span::new(200, 2)]);
        assert_eq!(spans(14..15), [Span::new(301, 1)]);
        assert_eq!(spans(10..13), []);
        assert_eq!(hull(spans(3..7)), Some(Span::new(103, 99)));
        trail.forget(6);
        assert_eq!((trail.len(), trail.find(&(0..5), true).len()), (2, 0));
        trail.keep(1);
        assert_eq!(trail.len(), 1);
    }

    #[test]
    fn runs_that_touch_are_one() {
        let spans = [Span::new(1, 2), Span::new(3, 4), Span::new(9, 1)];
        assert_eq!(joined(spans), [Span::new(1, 6), Span::new(9, 1)]);
    }
}
