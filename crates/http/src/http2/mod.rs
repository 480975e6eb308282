//! HTTP/2 (RFC 9113).

mod fields;
mod frame;
mod streams;

pub(crate) use frame::PREFACE;

use frame::Reader;
use streams::Streams;

use crate::output::{Output, Troubles};
use crate::{Event, Limits, Side};

/// Reads a conversation of HTTP/2 from its first byte.
///
/// Frames have no mark to find them by, and header blocks build on all those
/// before. So a side is read up to the first byte whose place is not known;
/// what comes behind is counted and told.
#[derive(Debug)]
pub struct Http2 {
    limits: Limits,
    client: Reader,
    server: Reader,
    streams: Streams,
    troubles: Troubles,
}

impl Http2 {
    /// A conversation that begins with the preface of the client.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self::starting(limits, (0, 0), Streams::new(0))
    }

    /// A conversation that HTTP/1 request `number` turned into HTTP/2, which is
    /// its stream 1 (`Upgrade: h2c`), at these offsets of client and server.
    pub(crate) fn upgraded(limits: Limits, number: u64, told: u64, offsets: (u64, u64)) -> Self {
        let mut streams = Streams::new(told);
        streams.begin_with(number);
        Self::starting(limits, offsets, streams)
    }

    fn starting(limits: Limits, offsets: (u64, u64), streams: Streams) -> Self {
        Self {
            client: Reader::new(Side::Client, offsets.0, &limits),
            server: Reader::new(Side::Server, offsets.1, &limits),
            streams,
            troubles: Troubles::new(&limits),
            limits,
        }
    }

    /// Bytes of a side, which follow those pushed before.
    pub fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn FnMut(Event)) {
        let mut output = Output::new(sink, &mut self.troubles);
        let (limits, streams) = (&self.limits, &mut self.streams);
        let reader = match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        reader.push(bytes, limits, &mut |item| {
            streams.take(side, item, limits, &mut output)
        });
    }

    /// So many bytes of a side follow that were not captured.
    pub fn lost(&mut self, side: Side, length: u64, sink: &mut dyn FnMut(Event)) {
        if length == 0 {
            return;
        }
        let mut output = Output::new(sink, &mut self.troubles);
        let (limits, streams) = (&self.limits, &mut self.streams);
        let reader = match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        reader.lost(length, limits, &mut |item| {
            streams.take(side, item, limits, &mut output)
        });
    }

    /// No more bytes come: hands out what is left.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Event)) {
        let mut output = Output::new(sink, &mut self.troubles);
        let (limits, streams) = (&self.limits, &mut self.streams);
        self.client
            .finish(&mut |item| streams.take(Side::Client, item, limits, &mut output));
        self.server
            .finish(&mut |item| streams.take(Side::Server, item, limits, &mut output));
        streams.finish(
            (self.client.offset(), self.client.dead_from()),
            (self.server.offset(), self.server.dead_from()),
            &mut output,
        );
        output.finish(self.client.offset());
    }

    /// Bytes of memory that the conversation holds.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.streams
            .held()
            .saturating_add(self.client.held())
            .saturating_add(self.server.held())
    }
}
