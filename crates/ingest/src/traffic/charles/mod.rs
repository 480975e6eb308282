//! JSON sessions of Charles Proxy: an array of transactions, streamed.
//!
//! ```text
//! [{"status":"COMPLETE","method":"POST","protocolVersion":"HTTP/1.1","scheme":"https",
//!   "host":"a.example","actualPort":443,"path":"/v1","query":"id=7","tunnel":false,
//!   "remoteAddress":"a.example/192.0.2.7","clientAddress":"/198.51.100.3","clientPort":50123,
//!   "times":{"start":"2024-05-23T12:51:03.123+02:00",…},"ssl":{…},"alpn":{…},
//!   "request":{"sizes":{"headers":120,"body":9},"contentEncoding":null,
//!     "header":{"firstLine":"POST /v1?id=7 HTTP/1.1","headers":[{"name":"Host","value":"a.example"}]},
//!     "body":{"text":"mail=a@b."}},                  or {"encoding":"base64","encoded":"…"}
//!   "response":{"status":200,…}}, …]
//! ```
//!
//! Charles does not document the file (`.chlsj`). Members after what `File >
//! Export Session` of Charles 4.2 to 4.6 writes, as readers of others declare
//! them: see `docs/formats/charles.md`.
//!
//! # Reach
//!
//! The rules of `traffic::har`. `attempted` is said of a transaction that
//! Charles marks as failed or blocked, since it gives it an error page of its
//! own with a status, and of one without an answer whose request was not
//! complete. A tunnel, whose TLS Charles did not decrypt, is a connection:
//! `contacted` where bytes came back.

mod entry;
mod request;

use std::io::Read;

use affiant_model::{Capture, ExhibitId, Span};

use super::Format;
use super::elements::{self, Element, Elements, End, first_members};
use super::entries::Entries;
use super::scan::Scanner;
use crate::{Input, Refusal, Settings, Sink};

/// Reads JSON sessions of Charles.
pub(super) struct Charles;

/// Members that a transaction of Charles has, and nothing else that is known.
const MARKS: &[&str] = &["method", "protocolVersion", "scheme", "host"];

impl Format for Charles {
    fn name(&self) -> &'static str {
        "charles"
    }

    fn title(&self) -> &'static str {
        "Charles session, as JSON"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        let Some(members) = first_members(head) else {
            return false;
        };
        let has = |mark: &&str| members.iter().any(|(name, _)| name == mark);
        MARKS.iter().all(has)
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
            return Err(refusal());
        }
        let mut entries = Entries::new(exhibit, limits, sink);
        let mut elements = Elements::default();
        loop {
            let flow = match elements.next(&mut scanner, limits.entry_bytes)? {
                Element::Whole(span, raw) => entry::read(raw, span, limits, &mut entries),
                Element::TooLarge(span) => {
                    let bound = limits.entry_bytes;
                    let message =
                        format!("the transaction is larger than the bound of {bound} bytes");
                    let draft = entries.begin(span);
                    entries.give_up(draft, None, message)
                }
                Element::Cut(span) => {
                    let draft = entries.begin(span);
                    entries.give_up(draft, None, "the file ends inside this transaction")
                }
                Element::End(end) => {
                    let _ = elements.report_commas(&mut entries);
                    let _ = elements::report_end(end, "transactions", &mut scanner, &mut entries)?;
                    if end == End::Closed {
                        let _ = elements::report_rest(&mut scanner, &mut entries)?;
                    }
                    break;
                }
            };
            if flow.is_break() || elements.report_commas(&mut entries).is_break() {
                break;
            }
        }
        Ok(Capture {
            format: self.name().to_owned(),
            clock: Some("milliseconds, by the clock of the machine that ran Charles".to_owned()),
            entries: entries.finish(),
            ..Capture::default()
        })
    }

    fn range_rule(&self) -> Option<&'static str> {
        Some("charles transactions")
    }

    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        let mut scanner = Scanner::new(input);
        if !elements::open_array(&mut scanner)? {
            return Err(refusal());
        }
        let mut elements = Elements::default();
        loop {
            match elements.next(&mut scanner, 0)? {
                Element::Whole(span, _) | Element::TooLarge(span) | Element::Cut(span) => {
                    sink(span)
                }
                Element::End(_) => return Ok(()),
            }
        }
    }
}

fn refusal() -> Refusal {
    Refusal::NotThisFormat {
        wanted: "JSON session of Charles",
        cause: "the file is not a JSON array".to_owned(),
        offset: Some(0),
        remedy: "export the session again in Charles with File > Export Session as JSON Session File (.chlsj)",
    }
}
