//! Flow files of mitmproxy, streamed.
//!
//! ```text
//! 1433:7:version;2:21#4:type;4:http;7:request;371:6:method;3:GET,4:path;…}…}1389:7:version;…}
//! ```
//!
//! A file is one flow after the other, and nothing besides. A flow is a
//! tnetstring (<https://tnetstrings.info>, with text, `;`, added by mitmproxy):
//! the length of its payload in digits, a colon, the payload, and a byte for the
//! type, which is a dictionary. An entry is one such tnetstring, from the first
//! digit of its length to the `}` behind it. Read from
//! `mitmproxy/io/{io,tnetstring,compat}.py`, `mitmproxy/{flow,http,connection}.py`
//! and `mitmproxy/proxy/layers/http/__init__.py`, all at commit 8fc25b3.
//!
//! # Versions
//!
//! 0.10 to 3.0, when the version of the format was that of the program, and 4
//! to 21, the last there is at that commit (mitmproxy 11 to 12). Their names for
//! the same thing differ, and `compat.py` tells which are the same; it begins at
//! 0.11, and 0.10 was read from `libmproxy/flow.py` at tag v0.10.1 (commit 4294c4d). A
//! file may hold flows of several versions. A flow of another version is a defect.
//!
//! # What a flow shows
//!
//! - **What went over the wire.** Header names and values, path and body are
//!   bytes as they were received, the body under its content coding (`raw_content`
//!   in `http.py`). Chunks are joined, and the pseudo-headers of HTTP/2 are taken
//!   apart into `method`, `scheme`, `authority` and `path`.
//! - **No address in one piece.** Scheme, host, port and path stand apart. The
//!   field of the address is `path`, which is path and query; the host is in the
//!   Host header, or in `authority`, which is a field under its name in HTTP/2,
//!   `:authority`. The address of the exchange is put together: see `address`.
//! - **Time** is when the first byte of the request came to the proxy, in
//!   seconds since 1970 in UTC, by the clock of the proxy's machine.
//! - **What the operator did.** A flow may be edited or played back; the file
//!   marks it, and a defect says so. Of what a script or an option (`map_remote`,
//!   `modify_headers`) changed on the way, it says nothing.
//! - **Streamed bodies** are not kept (`store_streamed_bodies`): `null` stands
//!   in their place, and a defect counts them.
//! - **Messages.** What the client sent over a WebSocket, TCP or UDP are fields,
//!   `request.message 1`: see `messages`. A flow of TCP or UDP is an exchange of
//!   its own kind; the messages of a WebSocket belong to the request that opened
//!   it, and before format 12 to a flow of their own: see `conversation`.
//! - **Lookups.** A flow of DNS is a contact and no request: see `lookup`.
//! - **TLS** between proxy and server, and the name that the client gave: see
//!   `connection`. What the client and the proxy agreed on is not kept.
//!
//! # Reach
//!
//! The proxy is not the recipient. `attempted` is said where the flow records no
//! connection to a server, so that the proxy itself gave the answer or the flow
//! was made from a HAR, which keeps none (`mitmproxy/io/har.py`); of CONNECT,
//! which the proxy answers; of 407; of what the proxy played back or blocked.
//! An answer besides is `acknowledged`. Without one, a request that was complete
//! (`timestamp_end`), with a connection that stood (of https, with its TLS), is
//! `sent`, unless the flow was held back or has an error: see `reach`.
//!
//! An answer that a script set on a connection that stood already cannot be told
//! from the recipient's.

mod address;
mod connection;
mod conversation;
mod fields;
mod flow;
mod frame;
mod http;
mod lookup;
mod marks;
mod messages;
mod reach;
mod time;
mod value;
mod version;

use std::io::Read;
use std::ops::ControlFlow;

use affiant_model::{Capture, Defect, ExhibitId, Span, Stage};

use self::conversation::Openings;
use self::frame::{Frame, Frames, MOST_DIGITS};
use self::version::Version;
use super::{Format, HEAD_BYTES};
use crate::{Input, Item, Limits, Refusal, Settings, Sink};

/// Reads flow files of mitmproxy 0.10 and later.
pub(super) struct Mitmproxy;

impl Format for Mitmproxy {
    fn name(&self) -> &'static str {
        "mitmproxy"
    }

    fn title(&self) -> &'static str {
        "mitmproxy flow file"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        begins_a_flow(head)
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let mut walk = Walk {
            exhibit,
            limits: &settings.limits,
            sink,
            entries: 0,
            openings: Openings::default(),
            versions: Vec::new(),
            writer: None,
        };
        let mut frames = open(input.stream())?;
        while walk.step(&mut frames)?.is_continue() {}
        Ok(walk.into_capture())
    }

    fn range_rule(&self) -> Option<&'static str> {
        Some("mitmproxy flows")
    }

    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        let mut frames = open(input)?;
        loop {
            match frames.next(0)? {
                Frame::Whole(span, _) | Frame::TooLarge(span) => sink(span),
                Frame::NoTag(span) | Frame::Cut(span) => {
                    sink(span);
                    return Ok(());
                }
                Frame::NotOne | Frame::End => return Ok(()),
            }
        }
    }
}

/// Opens a file that begins with a flow.
fn open<'r>(input: &'r mut dyn Read) -> Result<Frames<'r>, Refusal> {
    let mut frames = Frames::new(input);
    if begins_a_flow(frames.head(HEAD_BYTES)?) {
        return Ok(frames);
    }
    Err(Refusal::NotThisFormat {
        wanted: "mitmproxy flow file",
        cause: "the file does not begin with a flow".to_owned(),
        offset: Some(0),
        remedy: "save the flows again with `mitmdump -w FILE`, or export the capture as HAR",
    })
}

/// Whether a file begins with a tnetstring that holds a dictionary with a name
/// for its first key, as far as it goes.
fn begins_a_flow(head: &[u8]) -> bool {
    const LONGEST_NAME: usize = 64;
    let Some((_, inside)) = length(head) else {
        return false;
    };
    let Some((name, rest)) = length(inside) else {
        return false;
    };
    let is_name = |bytes: &[u8]| bytes.iter().all(|b| b.is_ascii_lowercase() || *b == b'_');
    (1..=LONGEST_NAME).contains(&name)
        && is_name(&rest[..name.min(rest.len())])
        && rest.get(name).is_none_or(|tag| b",;".contains(tag))
}

/// A length with its colon, and what stands behind.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=MOST_DIGITS).contains(&digits) || bytes.get(digits) != Some(&b':') {
        return None;
    }
    let length = std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()?;
    Some((length, &bytes[digits + 1..]))
}

/// What the reader of a report is told of a flow that is not read.
const NOT_READ: &str = "the flow is not read";

/// How many versions of the format are named of a file.
const MOST_VERSIONS: usize = 8;

struct Walk<'a, 's> {
    exhibit: ExhibitId,
    limits: &'a Limits,
    sink: &'a mut Sink<'s>,
    entries: u32,
    /// The requests that opened a WebSocket.
    openings: Openings,
    /// The versions of the format that were met, in order.
    versions: Vec<String>,
    /// The program that wrote the first flow that says so.
    writer: Option<String>,
}

impl Walk<'_, '_> {
    /// Reads the next flow; breaks off where there is none that can be found,
    /// or the sink has enough.
    fn step(&mut self, frames: &mut Frames<'_>) -> Result<ControlFlow<()>, Refusal> {
        let start = frames.offset();
        let frame = frames.next(self.limits.entry_bytes)?;
        if !matches!(frame, Frame::NotOne | Frame::End) {
            self.entries = self.entries.saturating_add(1);
        }
        match frame {
            Frame::Whole(span, bytes) => Ok(self.whole(span, bytes)),
            Frame::TooLarge(span) => {
                let bound = self.limits.entry_bytes;
                let message = format!("the flow is larger than the bound of {bound} bytes");
                Ok(self.defect(Some(self.entries), span, message, NOT_READ))
            }
            Frame::Cut(span) => {
                let message = "the file ends inside this flow".to_owned();
                let _ = self.defect(Some(self.entries), span, message, NOT_READ);
                Ok(ControlFlow::Break(()))
            }
            Frame::NoTag(span) => {
                let message = "the flow does not end where its length says".to_owned();
                if self
                    .defect(Some(self.entries), span, message, NOT_READ)
                    .is_continue()
                {
                    self.rest(frames, span.end())?;
                }
                Ok(ControlFlow::Break(()))
            }
            Frame::NotOne => {
                self.rest(frames, start)?;
                Ok(ControlFlow::Break(()))
            }
            Frame::End => Ok(ControlFlow::Break(())),
        }
    }

    fn whole(&mut self, span: Span, bytes: Vec<u8>) -> ControlFlow<()> {
        let (exhibit, limits) = (self.exhibit, self.limits);
        let read = flow::read(bytes, span, exhibit, self.entries, limits, &self.openings);
        if let (Some(id), Some(exchange)) = (read.opening, &read.exchange) {
            self.openings.note(id, exchange);
        }
        if let Some(version) = read.version {
            self.note(version);
        }
        for defect in read.defects {
            (self.sink)(Item::Defect(defect))?;
        }
        match read.exchange {
            Some(exchange) => (self.sink)(Item::Exchange(exchange)),
            None => ControlFlow::Continue(()),
        }
    }

    /// Reports what is left of a file in which no flow can be found any more.
    fn rest(&mut self, frames: &mut Frames<'_>, start: u64) -> Result<(), Refusal> {
        frames.drain()?;
        let span = Span::new(start, frames.offset() - start);
        if span.length > 0 {
            let message = format!("no flow begins at byte {start}, where one is due");
            let means = "the flows before this place are read, and nothing behind it";
            let _ = self.defect(None, span, message, means);
        }
        Ok(())
    }

    fn note(&mut self, version: Version) {
        if version.of_program && self.writer.is_none() {
            self.writer = Some(format!("mitmproxy {}", version.written));
        }
        if self.versions.len() < MOST_VERSIONS && !self.versions.contains(&version.written) {
            self.versions.push(version.written);
        }
    }

    fn defect(
        &mut self,
        exchange: Option<u32>,
        span: Span,
        message: String,
        consequence: &str,
    ) -> ControlFlow<()> {
        (self.sink)(Item::Defect(Defect {
            exhibit: self.exhibit,
            exchange,
            span: Some(span),
            stage: Stage::Ingest,
            message,
            consequence: consequence.to_owned(),
        }))
    }

    fn into_capture(self) -> Capture {
        Capture {
            format: Mitmproxy.name().to_owned(),
            version: (!self.versions.is_empty()).then(|| self.versions.join(", ")),
            writer: self.writer,
            entries: self.entries,
            ..Capture::default()
        }
    }
}
