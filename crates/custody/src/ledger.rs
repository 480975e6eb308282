//! The ledger: one event a line, each line chained to the one before it.
//!
//! It is read from one end to the other whatever is wrong with it, so that one
//! reading serves those who refuse a faulty ledger and those who list its faults.
//! It is read in pieces, and each piece by all processors: a ledger of a million
//! events is no reason not to check it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use affiant_model::{Action, CustodyEvent, Digest};
use affiant_tlog::{TreeHasher, leaf_hash};
use chrono::{DateTime, TimeDelta, Utc};
use rayon::prelude::*;

use crate::holdings::Holdings;
use crate::line::{LINE_LIMIT, parse};
use crate::{Error, files};

/// Name of the file in `custody/`.
pub(crate) const NAME: &str = "ledger.jsonl";

/// A public value says that an event is not older than this.
const STALE: TimeDelta = TimeDelta::hours(48);

/// Faults of one kind that are kept.
const FAULTS: usize = 1000;

/// Lines that are read before they are looked into together.
const PIECE: usize = 4096;

/// The most bytes of lines that are read before they are looked into.
const PIECE_BYTES: usize = 8 << 20;

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

    /// Gives `event` its place behind the last.
    pub(crate) fn chain(&self, mut event: CustodyEvent) -> CustodyEvent {
        event.seq = self.seq + 1;
        event.prev = self.head.to_hex();
        event
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
    pub(crate) start: u64,
    /// Its size in bytes.
    pub(crate) bytes: usize,
    /// Its digest.
    pub(crate) sha256: Digest,
}

/// Which events are kept in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All.
    All,
    /// All but those that a check of the folder does not come back to.
    Milestones,
}

/// Everything that a ledger says, and everything wrong with it.
#[derive(Debug)]
pub(crate) struct Audit {
    keep: Keep,
    /// Whole lines.
    pub(crate) lines: u64,
    /// Lines that hold an event.
    pub(crate) sound_lines: u64,
    /// The events that were kept.
    pub(crate) events: Vec<CustodyEvent>,
    /// What they say the case holds.
    pub(crate) holdings: Holdings,
    /// What is wrong, in the order of the lines.
    pub(crate) faults: Vec<Fault>,
    /// How many faults there are; of very many only the first are kept.
    pub(crate) all_faults: u64,
    /// Lines whose time is before that of the line before: a clock was set
    /// back. It is reported, but it contradicts nothing.
    pub(crate) set_back: Vec<Fault>,
    last_time: Option<DateTime<Utc>>,
    /// Events before which an authority stamped something of this ledger at a
    /// later time, or that name something published later.
    pub(crate) out_of_time: Vec<Fault>,
    /// Events whose public value was old when they happened.
    pub(crate) stale: Vec<Fault>,
    /// An incomplete last line.
    pub(crate) torn: Option<Torn>,
    /// Number of the last event and digest of the last whole line.
    pub(crate) tail: Tail,
    /// The tree over the whole lines.
    pub(crate) tree: TreeHasher,
    /// Root of the tree at the sizes that were asked for.
    pub(crate) roots: BTreeMap<u64, Digest>,
    /// The latest time of the events up to the sizes that were asked for.
    pub(crate) latest: BTreeMap<u64, DateTime<Utc>>,
    /// The latest time of any event.
    pub(crate) high_time: Option<DateTime<Utc>>,
    wanted: BTreeSet<u64>,
    /// Digest of the first line, and the name of the case in it.
    pub(crate) first: Option<(Digest, Option<String>)>,
}

/// What one line is, before its neighbours are known.
struct Line {
    digest: Digest,
    leaf: Digest,
    event: Result<CustodyEvent, String>,
}

impl Audit {
    fn begin(keep: Keep, wanted: BTreeSet<u64>) -> Self {
        Self {
            keep,
            lines: 0,
            sound_lines: 0,
            events: Vec::new(),
            holdings: Holdings::default(),
            faults: Vec::new(),
            all_faults: 0,
            set_back: Vec::new(),
            last_time: None,
            out_of_time: Vec::new(),
            stale: Vec::new(),
            torn: None,
            tail: Tail::START,
            tree: TreeHasher::new(),
            roots: BTreeMap::new(),
            latest: BTreeMap::new(),
            high_time: None,
            wanted,
            first: None,
        }
    }

    /// Of a ledger that cannot be read at all.
    pub(crate) fn nothing() -> Self {
        Self::begin(Keep::All, BTreeSet::new())
    }

    /// Reads a ledger from one end to the other, whatever is wrong with it.
    pub(crate) fn of(bytes: &[u8]) -> std::io::Result<Self> {
        Self::read(&mut &bytes[..], Keep::All, BTreeSet::new())
    }

    /// The same of a file, with the roots of the tree at the sizes `wanted`.
    pub(crate) fn of_file(path: &Path, keep: Keep, wanted: BTreeSet<u64>) -> Result<Self, Error> {
        files::ordinary_file(path)?;
        let read = || {
            let mut reader = BufReader::with_capacity(1 << 20, File::open(path)?);
            Self::read(&mut reader, keep, wanted)
        };
        read().map_err(Error::io("read", path))
    }

    fn read(source: &mut dyn BufRead, keep: Keep, wanted: BTreeSet<u64>) -> std::io::Result<Self> {
        let mut audit = Self::begin(keep, wanted);
        let mut start = 0;
        loop {
            let (lines, bytes, last) = piece(source)?;
            let torn = lines.last().filter(|line| !line.ends_with(b"\n")).cloned();
            let whole = lines.len() - usize::from(torn.is_some());
            let looked_into: Vec<Line> = lines[..whole]
                .par_iter()
                .map(|line| look_into(&line[..line.len() - 1]))
                .collect();
            for line in looked_into {
                audit.line(line);
            }
            start += bytes;
            if let Some(torn) = torn {
                audit.end_without_line_feed(start - torn.len() as u64, &torn);
                break;
            }
            if last {
                break;
            }
        }
        if audit.lines == 0 && audit.faults.is_empty() {
            audit.fault(1, "the ledger holds no event".to_owned());
        }
        Ok(audit)
    }

    /// What a crash leaves is no longer than a line. What is longer was put
    /// there, and is not to be cut off.
    fn end_without_line_feed(&mut self, start: u64, end: &[u8]) {
        if end.len() > LINE_LIMIT {
            let message = format!(
                "the line has more than {LINE_LIMIT} bytes; it and what follows it is not read"
            );
            return self.fault(self.lines + 1, message);
        }
        self.torn = Some(Torn {
            start,
            bytes: end.len(),
            sha256: Digest::of(end),
        });
    }

    fn line(&mut self, line: Line) {
        self.lines += 1;
        let number = self.lines;
        self.tree.push(line.leaf);
        let before = std::mem::replace(
            &mut self.tail,
            Tail {
                seq: number,
                head: line.digest,
            },
        );
        if number == 1 {
            let name = line
                .event
                .as_ref()
                .ok()
                .and_then(|event| event.case.clone());
            self.first = Some((line.digest, name));
        }
        match line.event {
            Err(message) => self.fault(number, message),
            Ok(event) => {
                self.sound_lines += 1;
                self.tail.seq = event.seq;
                self.chain(number, &before, &event);
                self.sense(number, &event);
                self.last_time = Some(event.time);
                self.high_time = self.high_time.max(Some(event.time));
                if self.keep == Keep::All || is_milestone(&event) {
                    self.events.push(event);
                }
            }
        }
        if self.wanted.contains(&number) {
            self.roots.insert(number, self.tree.root());
            self.latest
                .extend(self.high_time.map(|time| (number, time)));
        }
    }

    fn chain(&mut self, number: u64, before: &Tail, event: &CustodyEvent) {
        if event.seq != before.seq + 1 {
            self.add(Fault {
                line: number,
                message: "the number does not follow that of the line before: a line was removed, added or moved".to_owned(),
                expected: Some((before.seq + 1).to_string()),
                found: Some(event.seq.to_string()),
            });
        }
        if event.prev != before.head.to_hex() {
            self.add(Fault {
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
        if let Some(before) = self.last_time.filter(|before| event.time < *before) {
            let fault = Fault {
                line: number,
                message: "its time is before that of the line before: a clock was wrong or was set back; the order of events is that of their numbers".to_owned(),
                expected: Some(format!("not before {}", written(before))),
                found: Some(written(event.time)),
            };
            limited(&mut self.set_back, fault);
        }
        self.time(number, event);
        match self.holdings.check(event) {
            Ok(()) => self.holdings.take(event),
            Err(message) => self.fault(number, message),
        }
    }

    /// Holds the time of an event against what others said of theirs.
    fn time(&mut self, number: u64, event: &CustodyEvent) {
        for (message, earliest) in self.holdings.out_of_time(event) {
            let fault = Fault {
                line: number,
                message: message.to_owned(),
                expected: Some(format!("not before {}", written(earliest))),
                found: Some(written(event.time)),
            };
            limited(&mut self.out_of_time, fault);
        }
        let Some(beacon) = &event.beacon else {
            return;
        };
        if event.time.signed_duration_since(beacon.time) > STALE {
            let fault = Fault {
                line: number,
                message: format!(
                    "the public value that it names is of {}: it does not show that the event is not older than it says",
                    written(beacon.time)
                ),
                expected: None,
                found: None,
            };
            limited(&mut self.stale, fault);
        }
    }

    fn add(&mut self, fault: Fault) {
        self.all_faults += 1;
        limited(&mut self.faults, fault);
    }

    fn fault(&mut self, line: u64, message: String) {
        self.add(Fault {
            line,
            message,
            expected: None,
            found: None,
        });
    }

    /// The name under which the case signs.
    pub(crate) fn origin(&self) -> String {
        let (digest, name) = self.first.clone().unwrap_or((Tail::START.head, None));
        crate::origin::origin(&digest, name.as_deref())
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

pub(crate) fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

/// Reads a ledger that is not in a case folder, such as one that a document
/// carries; gives its events if it is sound and whole.
///
/// # Errors
///
/// [`Error::Ledger`] with the first line that is wrong; [`Error::Torn`].
pub fn read_ledger(bytes: &[u8]) -> Result<Vec<CustodyEvent>, Error> {
    let path = Path::new(NAME);
    let audit = Audit::of(bytes).map_err(Error::io("read", path))?;
    if audit.torn.is_some() && audit.faults.is_empty() {
        return Err(Error::Torn {
            path: path.to_path_buf(),
            line: audit.lines + 1,
        });
    }
    Ok(audit.sound(path)?.events)
}

/// What a check of the folder comes back to.
fn is_milestone(event: &CustodyEvent) -> bool {
    !matches!(
        event.action,
        Action::Note | Action::Transfer | Action::Hold | Action::Release
    ) || event
        .objects
        .iter()
        .any(|object| object.path.starts_with("custody/"))
}

/// Of very many faults the first say enough, and the rest would fill memory.
fn limited(faults: &mut Vec<Fault>, fault: Fault) {
    if faults.len() < FAULTS {
        faults.push(fault);
    }
}

fn look_into(line: &[u8]) -> Line {
    Line {
        digest: Digest::of(line),
        leaf: leaf_hash(line),
        event: parse(line),
    }
}

/// The next lines, each with its line feed, their bytes, and whether nothing
/// follows. A line of more than the limit comes without its end.
fn piece(source: &mut dyn BufRead) -> std::io::Result<(Vec<Vec<u8>>, u64, bool)> {
    let mut lines = Vec::new();
    let mut bytes = 0;
    while lines.len() < PIECE && bytes < PIECE_BYTES {
        let mut line = Vec::new();
        let limit = LINE_LIMIT as u64 + 2;
        source.take(limit).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok((lines, bytes as u64, true));
        }
        bytes += line.len();
        let ends = !line.ends_with(b"\n");
        lines.push(line);
        if ends {
            return Ok((lines, bytes as u64, true));
        }
    }
    Ok((lines, bytes as u64, false))
}
