//! Logs of the Chrome DevTools Protocol: an array of its events, streamed.
//!
//! ```text
//! [{"method":"Network.requestWillBeSent","params":{"requestId":"7","wallTime":1717530759.1,
//!     "request":{"url":"https://a.example/","method":"GET","headers":{…}}},"sessionId":"D7F5…"},
//!  {"method":"Network.requestWillBeSentExtraInfo","params":{"requestId":"7","headers":{"Cookie":"…"}}},
//!  {"method":"Network.responseReceived","params":{"requestId":"7","response":{"status":200,…}}}, …]
//! ```
//!
//! Lighthouse writes it (`devtoolslog.json`), and so do Browsertime and Puppeteer
//! scripts. Events after the domain Network of the protocol
//! (<https://chromedevtools.github.io/devtools-protocol/tot/Network/>).
//!
//! An entry is one request: what stands in `requestWillBeSent`, or of a
//! WebSocket in `webSocketCreated`; a redirect is an entry of its own. What
//! later events say of it stands elsewhere in the file, so that an entry is put
//! together of runs of the exhibit: see `hop`. Entries come in the order in
//! which the requests begin.
//!
//! # Reach
//!
//! The rules of `traffic::har`. Besides, a request without an answer is `sent`
//! only where the network stack gave its headers (`requestWillBeSentExtraInfo`,
//! or `requestHeaders` beside an answer): the first event says that it was about
//! to be sent, and no more.

mod hop;
mod outcome;
mod window;

use affiant_model::{Capture, ExhibitId};

use self::window::Window;
use super::Format;
use super::elements::{self, first_members};
use super::entries::Entries;
use super::scan::Scanner;
use crate::{Input, Refusal, Settings, Sink};

/// Reads logs of the Chrome DevTools Protocol.
pub(super) struct Cdp;

impl Format for Cdp {
    fn name(&self) -> &'static str {
        "cdp"
    }

    fn title(&self) -> &'static str {
        "log of the Chrome DevTools Protocol"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        let Some(members) = first_members(head) else {
            return false;
        };
        let value = |wanted: &str| members.iter().find(|(name, _)| name == wanted);
        let is_event = value("method").is_some_and(|(_, value)| is_event(value));
        is_event && value("params").is_some()
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
        if !elements::open_array(&mut scanner)? {
            return Err(Refusal::NotThisFormat {
                wanted: "log of the Chrome DevTools Protocol",
                cause: "the file is not a JSON array".to_owned(),
                offset: Some(0),
                remedy: "save the events again as a JSON array, or export the capture as HAR",
            });
        }
        let mut entries = Entries::new(exhibit, limits, sink);
        let mut window = Window::new(limits);
        let bound = limits.entry_bytes;
        if elements::read_events(&mut scanner, bound, &mut window, &mut entries)? {
            let _ = elements::report_rest(&mut scanner, &mut entries)?;
        }
        Ok(Capture {
            format: self.name().to_owned(),
            clock: Some(
                "microseconds, by the clock of the machine that ran the browser".to_owned(),
            ),
            entries: entries.finish(),
            ..Capture::default()
        })
    }
}

/// Whether a value is the name of an event: `"Network.dataReceived"`.
fn is_event(value: &[u8]) -> bool {
    let name = value
        .strip_prefix(b"\"")
        .and_then(|v| v.strip_suffix(b"\""));
    let mut parts = name.unwrap_or_default().split(|b| *b == b'.');
    let (Some(domain), Some(event), None) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let word = |text: &[u8]| text.iter().all(u8::is_ascii_alphanumeric);
    domain.first().is_some_and(u8::is_ascii_uppercase)
        && event.first().is_some_and(u8::is_ascii_lowercase)
        && word(domain)
        && word(event)
}
