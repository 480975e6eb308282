//! The ledger: one event a line, each line chained to the one before it.
//!
//! It is read from one end to the other whatever is wrong with it, so that one
//! reading serves those who refuse a faulty ledger and those who list its faults.

use std::collections::BTreeSet;
use std::path::Path;

use affiant_model::{Action, CustodyEvent, CustodyObject, Digest, Exhibit, ExhibitId};
use chrono::{DateTime, SubsecRound, Utc};

use crate::line::{exhibit_of, parse};
use crate::{Error, Stamp, files};

/// Name of the file in `custody/`.
pub(crate) const NAME: &str = "ledger.jsonl";

/// The most bytes of a ledger.
const LEDGER_LIMIT: u64 = 256 << 20;

/// Where the chain has come to.
#[derive(Debug, Clone)]
pub(crate) struct Tail {
    /// Number of the last event; 0 before the first.
    pub(crate) seq: u64,
    /// Digest of the last line; zeros before the first.
    pub(crate) head: Digest,
}

impl Tail {
    /// Before the first event.
    pub(crate) const START: Self = Self {
        seq: 0,
        head: Digest::from_bytes([0; 32]),
    };

    /// The event that follows.
    pub(crate) fn next(
        &self,
        stamp: Stamp,
        action: Action,
        objects: Vec<CustodyObject>,
        note: Option<String>,
    ) -> CustodyEvent {
        CustodyEvent {
            seq: self.seq + 1,
            prev: self.head.to_hex(),
            nonce: hex::encode(stamp.nonce),
            // What is finer than a microsecond would not survive every reader.
            time: stamp.time.trunc_subsecs(6),
            clock: stamp.clock,
            actor: stamp.actor,
            action,
            objects,
            tool: stamp.tool,
            circumstances: None,
            note,
        }
    }

    /// The chain after `event`, whose line is `line`.
    pub(crate) fn after(event: &CustodyEvent, line: &[u8]) -> Self {
        Self {
            seq: event.seq,
            head: Digest::of(line),
        }
    }
}

/// Something wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The line, from 1.
    pub(crate) line: u64,
    /// What is wrong.
    pub(crate) message: String,
    /// What the record says.
    pub(crate) expected: Option<String>,
    /// What was found instead.
    pub(crate) found: Option<String>,
}

/// The end of a ledger that is not ended by a line feed: an event that was
/// never acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Torn {
    /// Bytes before it.
    pub(crate) start: usize,
    /// Its size in bytes.
    pub(crate) bytes: usize,
    /// Its digest.
    pub(crate) sha256: Digest,
}

/// Everything that a ledger says, and everything wrong with it.
#[derive(Debug)]
pub(crate) struct Audit {
    /// Whole lines.
    pub(crate) lines: u64,
    /// The events of the lines that can be read.
    pub(crate) events: Vec<CustodyEvent>,
    /// The exhibits that they record.
    pub(crate) exhibits: Vec<Exhibit>,
    numbers: BTreeSet<ExhibitId>,
    /// What is wrong, in the order of the lines.
    pub(crate) faults: Vec<Fault>,
    /// Lines whose time is before that of the line before: a clock was set
    /// back. It is reported, but it contradicts nothing.
    pub(crate) set_back: Vec<Fault>,
    /// An incomplete last line.
    pub(crate) torn: Option<Torn>,
    /// Number of the last event and digest of the last whole line.
    pub(crate) tail: Tail,
}

impl Audit {
    /// Of a ledger that cannot be read at all.
    pub(crate) const fn nothing() -> Self {
        Self {
            lines: 0,
            events: Vec::new(),
            exhibits: Vec::new(),
            numbers: BTreeSet::new(),
            faults: Vec::new(),
            set_back: Vec::new(),
            torn: None,
            tail: Tail::START,
        }
    }

    /// Reads a ledger from one end to the other, whatever is wrong with it.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let end = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let mut audit = Self::nothing();
        audit.torn = (end < bytes.len()).then(|| Torn {
            start: end,
            bytes: bytes.len() - end,
            sha256: Digest::of(&bytes[end..]),
        });
        for line in bytes[..end].split_inclusive(|b| *b == b'\n') {
            audit.line(&line[..line.len() - 1]);
        }
        if audit.lines == 0 {
            audit.fault(1, "the ledger holds no event".to_owned());
        }
        audit
    }

    fn line(&mut self, line: &[u8]) {
        self.lines += 1;
        let number = self.lines;
        let before = std::mem::replace(
            &mut self.tail,
            Tail {
                seq: number,
                head: Digest::of(line),
            },
        );
        match parse(line) {
            Err(message) => self.fault(number, message),
            Ok(event) => {
                self.tail.seq = event.seq;
                self.chain(number, &before, &event);
                self.sense(number, &event);
                self.events.push(event);
            }
        }
    }

    fn chain(&mut self, number: u64, before: &Tail, event: &CustodyEvent) {
        if event.seq != before.seq + 1 {
            self.faults.push(Fault {
                line: number,
                message: "the number does not follow that of the line before: a line was removed, added or moved".to_owned(),
                expected: Some((before.seq + 1).to_string()),
                found: Some(event.seq.to_string()),
            });
        }
        if event.prev != before.head.to_hex() {
            self.faults.push(Fault {
                line: number,
                message: if number == 1 {
                    "the first line names a line before it".to_owned()
                } else {
                    format!(
                        "the digest that it records for the line before is not that of line {}: that line was altered, or a line was removed, added or moved",
                        number - 1
                    )
                },
                expected: Some(event.prev.chars().take(80).collect()),
                found: Some(before.head.to_hex()),
            });
        }
    }

    fn sense(&mut self, number: u64, event: &CustodyEvent) {
        if (event.action == Action::Open) != (number == 1) {
            let message = "the first line, and no other, records that the case was opened";
            self.fault(number, message.to_owned());
        }
        if let Some(before) = self.events.last().filter(|before| event.time < before.time) {
            let fault = Fault {
                line: number,
                message: "its time is before that of the line before: a clock was wrong or was set back; the order of events is that of their numbers".to_owned(),
                expected: Some(format!("not before {}", written(before.time))),
                found: Some(written(event.time)),
            };
            self.set_back.push(fault);
        }
        // A line whose exhibit cannot be told does not parse.
        if event.action == Action::Acquire
            && let Ok(exhibit) = exhibit_of(event)
        {
            if self.numbers.insert(exhibit.id) {
                self.exhibits.push(exhibit);
            } else {
                let message = format!("exhibit {} was acquired on an earlier line", exhibit.id);
                self.fault(number, message);
            }
        }
    }

    fn fault(&mut self, line: u64, message: String) {
        self.faults.push(Fault {
            line,
            message,
            expected: None,
            found: None,
        });
    }

    /// Refuses a ledger in which anything is wrong; an incomplete last line is
    /// left to the caller.
    pub(crate) fn sound(self, path: &Path) -> Result<Self, Error> {
        let Some(fault) = self.faults.first() else {
            return Ok(self);
        };
        let mut cause = fault.message.clone();
        if let (Some(expected), Some(found)) = (&fault.expected, &fault.found) {
            cause = format!("{cause} (expected {expected}, found {found})");
        }
        Err(Error::Ledger {
            path: path.to_path_buf(),
            line: fault.line,
            cause,
        })
    }
}

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

/// The bytes of a ledger.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    files::ordinary_file(path)?;
    files::read_bounded(path, LEDGER_LIMIT)
}
