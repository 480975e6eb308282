//! Logs of Chrome's network stack (NetLog), streamed.
//!
//! ```text
//! {"constants":{"logEventTypes":{"URL_REQUEST_START_JOB":101,…},"timeTickOffset":"1717…","logCaptureMode":"Default",…},
//! "events": [
//! {"params":{"method":"GET","url":"https://a.example/"},"phase":1,"source":{"id":7,"type":1},"time":"5012","type":101},
//! …], "polledData":{…}}
//! ```
//!
//! Written by `chrome://net-export` and `--log-net-log`: `net/log/
//! {file_net_log_observer,net_log_util,net_log_entry}.cc`; events after
//! `net/log/net_log_event_type_list.h`; what is left out of headers after
//! `net/http/http_log_util.cc` (commit 5b83ed4). Numbers of events change with
//! every version, so that the names in `constants` count.
//!
//! An entry is one job of a request (`URL_REQUEST_START_JOB`; a redirect begins
//! another), one lookup of a name (`HOST_RESOLVER_MANAGER_JOB`; what is answered
//! from the browser's cache, or is no name to look up, makes no job), or one
//! TLS or QUIC handshake (`SSL_CONNECT` of a connection to a known host,
//! `QUIC_SESSION`). Entries come in the order in which they begin, and are put
//! together of runs of the exhibit, as those of `traffic::cdp` are.
//!
//! # Reach
//!
//! The rules of `traffic::har`; besides, a request of which the log has no
//! headers as they were sent is `attempted`: it was answered from a cache, or
//! failed before. A lookup is `contacted` where it ended without an error, and
//! otherwise `attempted`. A handshake is
//! `contacted` where it was finished, a QUIC session where packets came back.

mod constants;
mod open;
mod window;

use affiant_model::{Capture, ExhibitId};

use self::constants::Constants;
use self::window::Window;
use super::Format;
use super::elements::{self, End};
use super::entries::Entries;
use super::scan::{Keep, Next, Scanner, Stop};
use crate::{Input, Limits, Refusal, Settings, Sink};

/// Reads logs of Chrome's network stack.
pub(super) struct NetLog;

impl Format for NetLog {
    fn name(&self) -> &'static str {
        "netlog"
    }

    fn title(&self) -> &'static str {
        "log of Chrome's network stack (NetLog)"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        let mut input = head;
        let mut scanner = Scanner::new(&mut input);
        let names = memchr::memmem::find(head, b"\"logEventTypes\"").is_some();
        names && matches!(to_constants(&mut scanner), Ok(true))
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let limits = &settings.limits;
        let mut scanner = Scanner::new(input.stream());
        let constants = constants(&mut scanner, limits)?;
        let mut capture = Capture {
            format: self.name().to_owned(),
            clock: Some(
                "milliseconds, by the clock of the machine that ran the browser".to_owned(),
            ),
            ..Capture::default()
        };
        constants.state(&mut capture, limits);
        let mut entries = Entries::new(exhibit, limits, sink);
        let mut window = Window::new(&constants, limits);
        match to_events(&mut scanner) {
            Ok(true) => {
                let bound = limits.entry_bytes;
                if elements::read_events(&mut scanner, bound, &mut window, &mut entries)? {
                    rest(&mut scanner, &mut entries)?;
                }
            }
            Ok(false) => return Err(refusal("the log has no events")),
            Err(Stop::Refused(refusal)) => return Err(refusal),
            Err(_) => return Err(refusal("the file ends or breaks before any event")),
        }
        capture.entries = entries.finish();
        Ok(capture)
    }
}

fn refusal(cause: &str) -> Refusal {
    Refusal::NotThisFormat {
        wanted: "log of Chrome's network stack",
        cause: cause.to_owned(),
        offset: None,
        remedy: "export the log again with chrome://net-export, or the capture as HAR",
    }
}

/// Goes to the value of the member `constants`, behind the opening of the
/// document; whether there is one.
fn to_constants(scanner: &mut Scanner<'_>) -> Result<bool, Stop> {
    if scanner.head(3)?.starts_with(b"\xef\xbb\xbf") {
        scanner.consume(3);
    }
    scanner.expect(b'{', "an object")?;
    let mut first = true;
    while matches!(scanner.next_in(first, b'}')?, Next::Member | Next::NoComma) {
        first = false;
        if scanner.name()? == "constants" {
            return Ok(scanner.need_token()? == b'{');
        }
        scanner.value(&mut Keep::up_to(0))?;
    }
    Ok(false)
}

fn constants(scanner: &mut Scanner<'_>, limits: &Limits) -> Result<Constants, Refusal> {
    let stopped = |stop| match stop {
        Stop::Refused(refusal) => refusal,
        _ => refusal("the file does not begin with the constants of a log"),
    };
    if !to_constants(scanner).map_err(stopped)? {
        return Err(refusal(
            "the file does not begin with the constants of a log",
        ));
    }
    let mut keep = Keep::up_to(limits.member_bytes);
    scanner.value(&mut keep).map_err(stopped)?;
    Constants::of(&keep.bytes).ok_or_else(|| refusal("the constants of the log cannot be read"))
}

/// Goes behind the opening of the member `events`; whether there is one.
fn to_events(scanner: &mut Scanner<'_>) -> Result<bool, Stop> {
    while matches!(scanner.next_in(false, b'}')?, Next::Member | Next::NoComma) {
        if scanner.name()? == "events" {
            scanner.expect(b'[', "an array")?;
            return Ok(true);
        }
        scanner.value(&mut Keep::up_to(0))?;
    }
    Ok(false)
}

/// Passes over what the log holds behind its events, which is the state of the
/// browser at the end (`polledData`), and reports an end that comes early.
fn rest(scanner: &mut Scanner<'_>, entries: &mut Entries<'_, '_>) -> Result<(), Refusal> {
    let end = match to_events(scanner) {
        Ok(true) => {
            let message = "the log has a second list of events";
            let span = affiant_model::Span::new(scanner.offset(), 0);
            let _ = entries.note(Some(span), message, "it is not read");
            return Ok(());
        }
        Ok(false) => {
            let _ = elements::report_rest(scanner, entries)?;
            return Ok(());
        }
        Err(Stop::Refused(refusal)) => return Err(refusal),
        Err(Stop::Early(at)) => End::Early(at),
        Err(Stop::NotJson(at, wanted)) => End::NotJson(at, wanted),
        Err(Stop::Break) => return Ok(()),
    };
    let _ = elements::report_end(end, "events", scanner, entries)?;
    Ok(())
}
