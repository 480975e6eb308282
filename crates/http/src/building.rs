use std::ops::Range;

use crate::{Limits, Request};

/// A request as far as it has come.
#[derive(Debug)]
pub(crate) struct Building {
    pub(crate) request: Request,
    /// Whether something of it was left out already.
    pub(crate) cut: bool,
}

impl Building {
    /// A request whose `raw` is its head.
    pub(crate) fn new(mut request: Request) -> Self {
        let end = request.raw.len();
        request.body = end..end;
        Self {
            request,
            cut: false,
        }
    }

    /// Bytes that it holds.
    pub(crate) fn held(&self) -> usize {
        let pieces = self.request.pieces.len() * size_of::<Range<u64>>();
        self.request.raw.len().saturating_add(pieces)
    }

    /// What it will hold once bytes at `offset` are added, without those.
    pub(crate) fn held_before(&self, offset: u64) -> usize {
        let piece = if self.touches(offset) {
            0
        } else {
            size_of::<Range<u64>>()
        };
        self.held().saturating_add(piece)
    }

    fn touches(&self, offset: u64) -> bool {
        self.request
            .pieces
            .last()
            .is_some_and(|last| last.end == offset)
    }

    /// Adds bytes of the body that begin at `offset` of the stream.
    ///
    /// # Errors
    ///
    /// Says which limit ends the body; what fits was added.
    pub(crate) fn push_body(
        &mut self,
        bytes: &[u8],
        offset: u64,
        limits: &Limits,
    ) -> Result<(), String> {
        let room = limits.body.saturating_sub(self.request.body.len());
        let fitting = bytes.get(..room).unwrap_or(bytes);
        self.push(fitting, offset, limits)?;
        self.request.body.end = self.request.raw.len();
        if fitting.len() < bytes.len() {
            return Err(format!(
                "its body goes on beyond the limit of {} bytes",
                limits.body
            ));
        }
        Ok(())
    }

    /// Adds bytes behind the body: trailers.
    ///
    /// # Errors
    ///
    /// Says which limit was reached; nothing was added.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        offset: u64,
        limits: &Limits,
    ) -> Result<(), String> {
        let touches = self.touches(offset);
        let request = &mut self.request;
        if !touches && request.pieces.len() >= limits.pieces {
            return Err(format!("it comes in more than {} pieces", limits.pieces));
        }
        request.raw.extend_from_slice(bytes);
        add_range(
            &mut request.pieces,
            offset..offset.saturating_add(bytes.len() as u64),
        );
        Ok(())
    }

    /// The request, which has come to its end.
    pub(crate) fn complete(mut self, end: u64) -> Request {
        self.request.at.end = end;
        self.request.complete = !self.cut;
        self.request
    }

    /// The request, of which no more will be kept.
    pub(crate) fn broken(mut self, end: u64, why: impl Into<String>) -> Request {
        self.request.at.end = end;
        self.request.complete = false;
        note(&mut self.request.broken, why);
        self.request
    }
}

/// Adds a range, or makes the last one longer where it touches.
pub(crate) fn add_range(ranges: &mut Vec<Range<u64>>, range: Range<u64>) {
    if range.is_empty() {
        return;
    }
    match ranges.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => ranges.push(range),
    }
}

/// Adds a reason to those that are there.
pub(crate) fn note(broken: &mut Option<String>, why: impl Into<String>) {
    let why = why.into();
    match broken {
        Some(text) => {
            text.push_str("; ");
            text.push_str(&why);
        }
        None => *broken = Some(why),
    }
}
