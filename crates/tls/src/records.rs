//! Records out of a byte stream (RFC 8446 §5.1), also where bytes of it are missing.

use std::ops::Range;

pub(crate) const CHANGE_CIPHER_SPEC: u8 = 20;
pub(crate) const ALERT: u8 = 21;
pub(crate) const HANDSHAKE: u8 = 22;
pub(crate) const APPLICATION_DATA: u8 = 23;
const HEARTBEAT: u8 = 24;

const HEADER: usize = 5;
/// The longest body: a fragment of 2^14 bytes, and 2048 that a cipher may add (RFC 5246
/// §6.2.3).
const LONGEST: usize = (1 << 14) + 2048;

/// One record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Record {
    pub(crate) kind: u8,
    pub(crate) version: u16,
    pub(crate) body: Vec<u8>,
    /// Where it stands in the stream, header included.
    pub(crate) place: Range<u64>,
}

impl Record {
    pub(crate) fn header(&self) -> [u8; HEADER] {
        let [v0, v1] = self.version.to_be_bytes();
        let length = u16::try_from(self.body.len()).unwrap_or(u16::MAX);
        let [l0, l1] = length.to_be_bytes();
        [self.kind, v0, v1, l0, l1]
    }
}

/// What the stream holds next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Frame {
    Record(Record),
    /// The stream begins with a hello in the form of SSLv2: its message, header left out.
    Sslv2 {
        body: Vec<u8>,
        place: Range<u64>,
    },
    /// No record begins here, where one should.
    Broken {
        offset: u64,
    },
    /// So many bytes were passed over: of records that are not whole, or not found.
    Passed {
        bytes: u64,
        place: Range<u64>,
    },
}

/// How the next bytes are to be taken.
#[derive(Clone, Copy, Debug)]
enum Mode {
    /// A record begins.
    Aligned,
    /// The rest of a record of which a part is missing.
    Skip(u64),
    /// Somewhere; the next record is searched for.
    Seek,
    /// Records are not expected any more.
    Dead,
}

/// Finds the records of one side.
pub(crate) struct Frames {
    buffer: Vec<u8>,
    /// Bytes of the buffer that are done with.
    done: usize,
    /// Offset in the stream of the first byte of the buffer.
    start: u64,
    mode: Mode,
    /// Since where bytes are passed over, and how many.
    passed: Option<(u64, u64)>,
    /// The boundary was searched for, so that it may be a wrong one.
    sought: bool,
}

struct Header {
    kind: u8,
    version: u16,
    /// Of the record, header included.
    length: usize,
}

fn header(bytes: &[u8]) -> Option<Header> {
    let [kind, v0, v1, l0, l1] = *bytes.first_chunk::<HEADER>()?;
    let body = usize::from(u16::from_be_bytes([l0, l1]));
    let fits = (CHANGE_CIPHER_SPEC..=HEARTBEAT).contains(&kind) && v0 == 3 && v1 <= 4;
    let version = u16::from_be_bytes([v0, v1]);
    (fits && body <= LONGEST).then_some(Header {
        kind,
        version,
        length: HEADER + body,
    })
}

/// What stands where a record is searched for.
enum Found {
    Record,
    No,
    TooFew,
}

impl Frames {
    pub(crate) fn new() -> Self {
        Self {
            buffer: Vec::new(),
            done: 0,
            start: 0,
            mode: Mode::Aligned,
            passed: None,
            sought: false,
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Where the next byte that is not done with stands.
    pub(crate) fn offset(&self) -> u64 {
        self.start.saturating_add(self.done as u64)
    }

    /// Where the next byte stands that will be pushed.
    pub(crate) fn end(&self) -> u64 {
        self.start.saturating_add(self.buffer.len() as u64)
    }

    /// Gives up what is done with. To be called when `next` gives nothing more.
    pub(crate) fn tidy(&mut self) {
        self.start = self.offset();
        self.buffer.drain(..self.done.min(self.buffer.len()));
        self.done = 0;
        if self.buffer.is_empty() {
            self.buffer = Vec::new();
        }
    }

    /// Bytes are missing after those that were pushed. `next` gave nothing more before.
    pub(crate) fn lost(&mut self, length: u64) {
        let held = self.rest().len() as u64;
        self.mode = match (self.mode, header(self.rest())) {
            (Mode::Dead, _) => Mode::Dead,
            (Mode::Skip(rest), _) if length <= rest => Mode::Skip(rest - length),
            (Mode::Aligned, Some(header)) => {
                let missing = (header.length as u64).saturating_sub(held);
                missing.checked_sub(length).map_or(Mode::Seek, Mode::Skip)
            }
            _ => Mode::Seek,
        };
        self.pass(self.rest().len());
        self.tidy();
        self.start = self.start.saturating_add(length);
    }

    /// The next frame, where there are bytes enough. At the end of the stream `last` is set:
    /// then what would otherwise wait for more is decided.
    pub(crate) fn next(&mut self, last: bool) -> Option<Frame> {
        loop {
            match self.mode {
                Mode::Dead => {
                    self.pass(self.rest().len());
                    return if last { self.passed() } else { None };
                }
                Mode::Skip(rest) => {
                    let here = self
                        .rest()
                        .len()
                        .min(usize::try_from(rest).unwrap_or(usize::MAX));
                    self.pass(here);
                    let rest = rest.saturating_sub(here as u64);
                    if rest > 0 {
                        self.mode = Mode::Skip(rest);
                        return if last { self.passed() } else { None };
                    }
                    self.mode = Mode::Aligned;
                }
                Mode::Seek => {
                    if !self.seek(last) {
                        return if last { self.passed() } else { None };
                    }
                    self.mode = Mode::Aligned;
                    self.sought = true;
                }
                Mode::Aligned => match self.passed() {
                    Some(passed) => return Some(passed),
                    None => return self.aligned(),
                },
            }
        }
    }

    /// Bytes of a record that is not whole, and how long it should be, where that is known.
    pub(crate) fn partial(&self) -> Option<(usize, Option<usize>)> {
        let rest = self.rest();
        let whole = header(rest).map(|header| header.length);
        (!rest.is_empty()).then_some((rest.len(), whole))
    }

    fn aligned(&mut self) -> Option<Frame> {
        let offset = self.offset();
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        if offset == 0
            && let Some(length) = sslv2(rest)
        {
            let body = rest.get(2..length)?.to_vec();
            self.done += length;
            return Some(Frame::Sslv2 {
                body,
                place: 0..self.offset(),
            });
        }
        if rest.len() < HEADER {
            return None;
        }
        let Some(header) = header(rest) else {
            self.mode = if self.sought { Mode::Seek } else { Mode::Dead };
            return Some(Frame::Broken { offset });
        };
        let body = rest.get(HEADER..header.length)?.to_vec();
        self.done += header.length;
        let place = offset..self.offset();
        Some(Frame::Record(Record {
            kind: header.kind,
            version: header.version,
            body,
            place,
        }))
    }

    /// Goes to the next place where a record begins and another follows it.
    fn seek(&mut self, last: bool) -> bool {
        loop {
            match found(self.rest(), last) {
                Found::Record => return true,
                Found::TooFew => return false,
                Found::No => self.pass(1),
            }
        }
    }

    /// What was passed over, if anything was.
    fn passed(&mut self) -> Option<Frame> {
        let (from, bytes) = self.passed.take()?;
        Some(Frame::Passed {
            bytes,
            place: from..self.offset(),
        })
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.done..).unwrap_or_default()
    }

    fn pass(&mut self, length: usize) {
        if length > 0 {
            let offset = self.offset();
            let (_, bytes) = self.passed.get_or_insert((offset, 0));
            *bytes += length as u64;
            self.done += length;
        }
    }
}

/// Whether a record begins here and another after it: ten bytes that are right by chance
/// once in 2^60 or so.
fn found(bytes: &[u8], last: bool) -> Found {
    if bytes.is_empty() {
        return Found::TooFew;
    }
    let short = if last { Found::No } else { Found::TooFew };
    let Some(first) = header(bytes) else {
        return if bytes.len() < HEADER && could_be(bytes) {
            short
        } else {
            Found::No
        };
    };
    let after = bytes.get(first.length..);
    match after {
        Some([]) if last => Found::Record,
        Some(after) if after.len() >= HEADER => match header(after) {
            Some(second) if second.version == first.version => Found::Record,
            _ => Found::No,
        },
        Some(after) if !could_be(after) => Found::No,
        _ => short,
    }
}

/// Whether a header may begin with these bytes.
fn could_be(bytes: &[u8]) -> bool {
    let kind = bytes
        .first()
        .is_none_or(|kind| (CHANGE_CIPHER_SPEC..=HEARTBEAT).contains(kind));
    kind && bytes.get(1).is_none_or(|major| *major == 3)
}

/// The length of a hello in the form of SSLv2, if one begins here (RFC 5246 §E.2).
fn sslv2(bytes: &[u8]) -> Option<usize> {
    match *bytes {
        [high, low, 1, 3 | 0, minor, ..] if high & 0x80 != 0 && minor <= 3 => {
            Some(usize::from(u16::from_be_bytes([high & 0x7f, low])) + 2)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind, 3, 3], &length[..], body].concat()
    }

    fn frames(frames: &mut Frames, last: bool) -> Vec<Frame> {
        let found = std::iter::from_fn(|| frames.next(last)).collect();
        frames.tidy();
        found
    }

    fn body(frame: &Frame) -> &[u8] {
        match frame {
            Frame::Record(record) => &record.body,
            _ => panic!("no record"),
        }
    }

    #[test]
    fn a_hole_inside_a_record_costs_that_record_alone() {
        let mut stream = Frames::new();
        stream.push(&record(23, &[1; 100])[..40]);
        assert!(frames(&mut stream, false).is_empty());
        stream.lost(30);
        stream.push(&[0; 35]);
        stream.push(&record(23, b"next"));
        let found = frames(&mut stream, false);
        assert_eq!(
            found[0],
            Frame::Passed {
                bytes: 75,
                place: 0..105
            }
        );
        assert_eq!(body(&found[1]), b"next");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn after_a_longer_hole_the_next_pair_of_records_is_found() {
        let mut stream = Frames::new();
        stream.push(&record(23, b"before"));
        assert_eq!(frames(&mut stream, false).len(), 1);
        stream.lost(1000);
        // The end of a record, with what looks like a header in it.
        stream.push(b"tail\x17\x03\x03\x00\x02tail");
        stream.push(&record(23, b"one"));
        assert!(frames(&mut stream, false).is_empty());
        stream.push(&record(23, b"two"));
        let found = frames(&mut stream, false);
        assert_eq!(
            found[0],
            Frame::Passed {
                bytes: 13,
                place: 1011..1024
            }
        );
        assert_eq!(
            (body(&found[1]), body(&found[2])),
            (&b"one"[..], &b"two"[..])
        );
    }

    #[test]
    fn the_last_record_of_a_stream_needs_no_other_after_it() {
        let mut stream = Frames::new();
        stream.lost(10);
        stream.push(&[&b"tail"[..], &record(23, b"last")].concat());
        assert!(frames(&mut stream, false).is_empty());
        let found = frames(&mut stream, true);
        assert_eq!(
            found[0],
            Frame::Passed {
                bytes: 4,
                place: 10..14
            }
        );
        assert_eq!(body(&found[1]), b"last");
    }

    #[test]
    fn what_is_no_record_is_named_once_and_counted() {
        let mut stream = Frames::new();
        stream.push(b"HTTP/1.1 400 Bad Request\r\n");
        assert_eq!(frames(&mut stream, false), [Frame::Broken { offset: 0 }]);
        stream.push(b"more");
        assert!(frames(&mut stream, false).is_empty());
        assert_eq!(
            frames(&mut stream, true),
            [Frame::Passed {
                bytes: 30,
                place: 0..30
            }]
        );
    }
}
