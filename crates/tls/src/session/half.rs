//! One side of a session.

use std::collections::VecDeque;

use super::{Sink, trouble};
use crate::events::{Reason, Side};
use crate::keylog::KeyLog;
use crate::limits::Limits;
use crate::line::{Epoch, Line, Search};
use crate::messages::Messages;
use crate::opener::Plain;
use crate::records::{APPLICATION_DATA, Frames, Record};

/// What waits for the hello of the other side.
pub(crate) enum Held {
    Record(Record),
    /// So many bytes are missing.
    Lost(u64),
}

pub(crate) struct Half {
    side: Side,
    pub(crate) frames: Frames,
    pub(crate) messages: Messages,
    /// The epochs of which the next record may be, in their order.
    pub(crate) lines: Vec<Line>,
    /// How many records may have gone by before the lines began.
    pub(crate) unsure: u64,
    /// The end of the last encrypted record.
    chain: Vec<u8>,
    pub(crate) held: VecDeque<Held>,
    held_bytes: usize,
    /// More waited than may wait.
    pub(crate) overflowed: bool,
    waiting: usize,
    /// Why the last record that stayed closed did.
    pub(crate) told: Option<Reason>,
}

impl Half {
    pub(crate) fn new(side: Side, limits: &Limits) -> Self {
        Self {
            side,
            frames: Frames::new(),
            messages: Messages::new(limits.handshake_message),
            lines: Vec::new(),
            unsure: 0,
            chain: Vec::new(),
            held: VecDeque::new(),
            held_bytes: 0,
            overflowed: false,
            waiting: limits.waiting,
            told: None,
        }
    }

    /// Whether a record of this type is encrypted, as far as is known.
    pub(crate) fn is_sealed(&self, kind: u8) -> bool {
        let classic = self
            .lines
            .first()
            .is_some_and(|line| line.epoch == Epoch::Classic);
        kind == APPLICATION_DATA || classic
    }

    pub(crate) fn expects_tls13(&self) -> bool {
        self.lines
            .first()
            .is_some_and(|line| line.epoch != Epoch::Classic)
    }

    /// Lets a record wait; false where no more may, and all are to be taken.
    pub(crate) fn hold(&mut self, record: Record) -> bool {
        self.held_bytes = self.held_bytes.saturating_add(record.body.len());
        self.held.push_back(Held::Record(record));
        self.overflowed = self.held_bytes.max(self.held.len()) > self.waiting;
        !self.overflowed
    }

    pub(crate) fn take_held(&mut self) -> VecDeque<Held> {
        self.held_bytes = 0;
        std::mem::take(&mut self.held)
    }

    /// The side's records stand under other keys from here on.
    pub(crate) fn start(&mut self, lines: Vec<Line>) {
        self.lines = lines;
        self.chain.clear();
        self.unsure = 0;
        self.told = None;
    }

    pub(crate) fn open(
        &mut self,
        record: &Record,
        keys: &KeyLog,
        search: &mut Search<'_>,
    ) -> Option<(Epoch, Plain)> {
        let chain = &self.chain;
        let mut lines = self.lines.iter_mut().enumerate();
        let (at, epoch, plain) = lines.find_map(|(at, line)| {
            let plain = line.open(record, chain, keys, search)?;
            Some((at, line.epoch, plain))
        })?;
        self.lines.drain(..at);
        self.told = None;
        Some((epoch, plain))
    }

    /// Keeps the end of an encrypted record, which TLS 1.0 needs for the next.
    pub(crate) fn chain(&mut self, body: &[u8]) {
        // A block, and a MAC behind it.
        let from = body.len().saturating_sub(16 + 48);
        self.chain.clear();
        self.chain
            .extend_from_slice(body.get(from..).unwrap_or_default());
    }

    /// Why no record opens here.
    pub(crate) fn reason(&self, keys: &KeyLog) -> Reason {
        match self.lines.first() {
            Some(line) if line.has_keys() => Reason::Unverified,
            Some(line) if line.has_secret(keys) => Reason::Cipher,
            _ => Reason::NoKey,
        }
    }

    /// A record stayed closed.
    pub(crate) fn pass_by(&mut self, sequences: u64) {
        let certain = self.lines.len() == 1;
        for line in &mut self.lines {
            line.passed(certain, sequences);
        }
        if self.lines.is_empty() {
            self.unsure = self.unsure.saturating_add(1);
        }
    }

    /// Up to so many records are missing.
    pub(crate) fn lose(&mut self, records: u64, sequences: u64) {
        for line in &mut self.lines {
            line.lost(records, sequences);
        }
        self.unsure = self.unsure.saturating_add(records).min(sequences);
        self.chain.clear();
        self.messages.lost();
    }

    pub(crate) fn next_epoch(&mut self) {
        if self.lines.len() > 1 {
            self.lines.remove(0);
        }
    }

    pub(crate) fn update(&mut self) {
        if let Some(line) = self.lines.first_mut() {
            line.update();
        }
    }

    /// Gives up a handshake message that is not whole.
    pub(crate) fn cut(&mut self, offset: u64, sink: Sink<'_>) {
        let held = self.messages.cut();
        if held > 0 {
            let message = format!("a handshake message is cut short after {held} bytes");
            sink(trouble(self.side, offset, message, "it was not read"));
        }
    }

    /// Nothing more will come.
    pub(crate) fn end(&mut self, sink: Sink<'_>) {
        self.cut(self.frames.end(), sink);
        let Some((held, whole)) = self.frames.partial() else {
            return;
        };
        let message = match whole {
            Some(whole) => format!("the stream ends {held} bytes into a record of {whole}"),
            None => format!("the stream ends {held} bytes into the head of a record"),
        };
        let consequence = "these bytes were not read";
        sink(trouble(
            self.side,
            self.frames.offset(),
            message,
            consequence,
        ));
    }
}
