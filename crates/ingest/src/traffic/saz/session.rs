//! One session: its members to an exchange and its defects.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;

use affiant_model::{ExchangeKind, Reach, Span, Unpack, Unpacked};

use super::super::address;
use super::super::draft::{Draft, cut};
use super::super::entries::NO_TIME;
use super::super::message::{self, Context, Request, Response};
use super::super::time::{self, Unreadable};
use super::meta::{HTTPS, Metadata, REQUEST_BY_FIDDLER};
use super::{Session, Walk, socket};
use crate::archive::Place;

/// How much of a response is read to find its status.
const HEAD: u64 = 64 << 10;

/// What is read of a member, or why it cannot be.
type Content = Result<Vec<u8>, String>;

impl Walk<'_, '_, '_> {
    /// Hands out each session, in the order of their numbers.
    pub(super) fn sessions(
        &mut self,
        sessions: &BTreeMap<(u64, String), Session>,
    ) -> ControlFlow<()> {
        sessions
            .iter()
            .try_for_each(|((_, number), session)| self.session(number, session))
    }

    /// Says what else the archive holds.
    pub(super) fn rest(&mut self, others: &[String]) -> ControlFlow<()> {
        const KNOWN: &[&str] = &["[Content_Types].xml", "_index.htm"];
        let hidden = self.archive.hidden();
        if hidden > 0 {
            let message = format!(
                "{hidden} members of the archive cannot be had apart: another has their name"
            );
            self.entries.note(None, message, "they are not read")?;
        }
        let mut others = others.iter().filter(|name| !KNOWN.contains(&name.as_str()));
        let Some(first) = others.next() else {
            return ControlFlow::Continue(());
        };
        let count = others.count() + 1;
        let message = format!(
            "{count} members of the archive are no part of a session; the first is `{}`",
            cut(first)
        );
        self.entries.note(None, message, "they are not read")
    }

    fn session(&mut self, number: &str, session: &Session) -> ControlFlow<()> {
        let place = session.request.and_then(|index| self.archive.place(index));
        let whole = Span::new(0, self.length);
        let inside = |place: &Place| place.span.end() <= whole.length;
        let place = place.filter(inside);
        let mut draft = self.entries.begin(place.map_or(whole, |place| place.span));
        let Some(index) = session.request else {
            let message = format!("session {number} has no request");
            return self.entries.give_up(draft, None, message);
        };
        let content = self.content(index, self.limits.entry_bytes as u64, false);
        let bytes = match content {
            Ok(bytes) => bytes,
            Err(why) => {
                let message = format!("the request of session {number} cannot be read: {why}");
                return self.entries.give_up(draft, None, message);
            }
        };
        let request = match Request::of(&bytes) {
            Ok(request) => request,
            Err(why) => {
                let message = format!("the request of session {number} is none of HTTP: {}", why.0);
                return self.entries.give_up(draft, None, message);
            }
        };
        if !place.is_some_and(|place| place.stored) {
            let member = self.archive.member(index).map(|member| member.name);
            draft.exchange.unpacked = Some(Unpacked {
                steps: vec![Unpack::Zip(member.unwrap_or_default())],
                offset: 0,
            });
        }
        let metadata = self.metadata(session, &mut draft);
        let answer = self.answer(session, &mut draft);
        fill(&request, &bytes, &metadata, &answer, &mut draft);
        self.started(&metadata, &mut draft)?;
        self.messages(session, &mut draft);
        self.entries.give(draft, bytes)
    }

    /// The content of a member of at most `bound` bytes, or the beginning of a
    /// longer one where that is enough.
    fn content(&mut self, index: usize, bound: u64, beginning: bool) -> Content {
        let member = self.archive.member(index);
        let member = member.ok_or_else(|| "it is a folder".to_owned())?;
        if let Some(why) = member.refused {
            return Err(why);
        }
        if member.bytes > bound && !beginning {
            return Err(format!("it is larger than the bound of {bound} bytes"));
        }
        let mut bytes = Vec::new();
        let reader = self
            .archive
            .read(index)
            .map_err(|error| error.to_string())?;
        // One more, so that the end of the member is seen and its checksum held.
        let most = if beginning {
            bound
        } else {
            bound.saturating_add(1)
        };
        reader
            .take(most)
            .read_to_end(&mut bytes)
            .map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    fn metadata(&mut self, session: &Session, draft: &mut Draft<'_>) -> Metadata {
        let Some(index) = session.metadata else {
            return Metadata::default();
        };
        const MEANS: &str = "what Fiddler noted of the session is not read, or not all of it";
        let bytes = match self.content(index, self.limits.member_bytes as u64, false) {
            Ok(bytes) => bytes,
            Err(why) => {
                draft.defect(None, format!("the metadata cannot be read: {why}"), MEANS);
                return Metadata::default();
            }
        };
        let (metadata, problem) = Metadata::of(&String::from_utf8_lossy(&bytes));
        if let Some(problem) = problem {
            let message = format!(
                "the metadata are not what they should be: {}",
                cut(&problem)
            );
            draft.defect(None, message, MEANS);
        }
        metadata
    }

    /// What the session holds of a response.
    fn answer(&mut self, session: &Session, draft: &mut Draft<'_>) -> Answer {
        const MEANS: &str = "the exchange is read as one without an answer";
        let Some(index) = session.response else {
            return Answer::default();
        };
        let bytes = match self.content(index, HEAD, true) {
            Ok(bytes) => bytes,
            Err(why) => {
                draft.defect(None, format!("the response cannot be read: {why}"), MEANS);
                return Answer::default();
            }
        };
        if bytes.is_empty() || bytes.starts_with(b"HTTP/1.1 0 ") {
            return Answer::default();
        }
        match Response::of(&bytes) {
            Ok(response) => {
                let reason = bytes.get(response.reason).unwrap_or_default();
                Answer {
                    status: Some(response.status),
                    reason: String::from_utf8_lossy(reason).to_ascii_lowercase(),
                }
            }
            Err(why) => {
                draft.defect(None, format!("the response is none: {}", why.0), MEANS);
                Answer::default()
            }
        }
    }

    fn started(&mut self, metadata: &Metadata, draft: &mut Draft<'_>) -> ControlFlow<()> {
        const NAMES: &[&str] = &["ClientBeginRequest", "ClientDoneRequest", "ClientConnected"];
        let written = NAMES.iter().find_map(|name| metadata.timers.get(*name));
        let Some(written) = written else {
            draft.defect(None, "the session has no time", NO_TIME);
            return ControlFlow::Continue(());
        };
        draft.exchange.started_as_written.clone_from(written);
        match time::read(written) {
            Ok(time) => draft.exchange.started = Some(time),
            Err(Unreadable::NoZone) => {
                let span = draft.exchange.span;
                return self.no_zone.say(&mut self.entries, span);
            }
            Err(Unreadable::NotATime) => {
                let message = format!("the time is none: `{}`", cut(written));
                draft.defect(None, message, NO_TIME);
            }
        }
        ControlFlow::Continue(())
    }

    /// Says which messages of a WebSocket are not read.
    fn messages(&mut self, session: &Session, draft: &mut Draft<'_>) {
        let Some(index) = session.messages else {
            return;
        };
        const MEANS: &str = "the messages are not read; the opening request is";
        let bytes = match self.content(index, self.limits.entry_bytes as u64, false) {
            Ok(bytes) => bytes,
            Err(why) => {
                let message = format!("the messages of the WebSocket cannot be read: {why}");
                draft.defect(None, message, MEANS);
                return;
            }
        };
        let found = socket::count(&bytes);
        if found.client > 0 || !found.whole {
            let more = if found.whole { "" } else { " or more" };
            let message = format!(
                "the session holds {}{more} WebSocket messages of the client, masked as they were sent",
                found.client
            );
            draft.defect(None, message, MEANS);
        }
    }
}

/// What a session holds of a response.
#[derive(Default)]
struct Answer {
    status: Option<u16>,
    /// In lower case.
    reason: String,
}

/// Fills in what request, metadata and response say.
fn fill(
    request: &Request,
    bytes: &[u8],
    metadata: &Metadata,
    answer: &Answer,
    draft: &mut Draft<'_>,
) {
    let method = bytes.get(request.method.clone()).unwrap_or_default();
    let is_tunnel = method.eq_ignore_ascii_case(b"CONNECT");
    let through = metadata
        .tunnel
        .filter(|(_, received)| is_tunnel && *received > 0);
    let target = bytes.get(request.target.clone()).unwrap_or_default();
    if let Some((sent, received)) = through {
        let target = String::from_utf8_lossy(target);
        draft.exchange.kind = ExchangeKind::Connection;
        draft.exchange.host = address::host("CONNECT", &target);
        draft.exchange.detail = Some(format!(
            "tunnel to {}, {sent} bytes sent, {received} bytes received",
            cut(&target)
        ));
        draft.exchange.reach = Reach::Contacted;
    } else {
        let context = Context {
            at: 0,
            url: None,
            scheme: scheme(target, is_tunnel, metadata, draft),
        };
        request.fill(bytes, context, draft);
        draft.exchange.status = answer.status;
        draft.exchange.reach = reach(&draft.exchange.method, metadata, answer);
    }
    let exchange = &mut draft.exchange;
    exchange.client.process = metadata.flag("x-processinfo").map(str::to_owned);
    exchange.client.address = metadata
        .flag("x-clientip")
        .map(|ip| address::with_port(ip, metadata.flag("x-clientport")));
    exchange.server_address = metadata.flag("x-hostip").map(str::to_owned);
    marks(metadata, draft);
}

/// The scheme of a request that names none.
fn scheme(
    target: &[u8],
    is_tunnel: bool,
    metadata: &Metadata,
    draft: &mut Draft<'_>,
) -> &'static str {
    if target.starts_with(b"/") && !is_tunnel && metadata.marks.is_none() {
        let message = "the session does not say whether the request went over TLS";
        draft.defect(None, message, "its address is given with https");
        return "https";
    }
    if metadata.is(HTTPS) { "https" } else { "http" }
}

fn reach(method: &str, metadata: &Metadata, answer: &Answer) -> Reach {
    let is_tunnel = method.eq_ignore_ascii_case("CONNECT");
    if metadata.answered_by_fiddler(is_tunnel) || answer.reason.contains("fiddler") {
        return Reach::Attempted;
    }
    let reached = metadata.timers.contains_key("ServerGotRequest");
    if answer.status.is_none() && metadata.timed && !reached {
        return Reach::Attempted;
    }
    message::reach(method, answer.status)
}

/// Says what Fiddler did to the request.
fn marks(metadata: &Metadata, draft: &mut Draft<'_>) {
    const AS_ANY: &str = "it is read as any other";
    if metadata.is(REQUEST_BY_FIDDLER) {
        let message = "Fiddler made or replayed this request itself, by its own mark";
        draft.defect(None, message, AS_ANY);
    }
    for name in ["x-overridehost", "x-overridehostname"] {
        if let Some(other) = metadata.flag(name) {
            let message = format!("Fiddler was told to send the request to `{}`", cut(other));
            let means = "the recipient is read from the address of the request";
            draft.defect(None, message, means);
        }
    }
    if metadata.flag("x-breakrequest").is_some() {
        let message = "the request was held back in Fiddler, where it can be edited";
        draft.defect(None, message, AS_ANY);
    }
}
