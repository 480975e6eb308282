//! The client's side: requests.

use super::framing::{Framing, Part, Stated};
use super::head::{header_lines, members, request_line, request_within, values};
use super::pairing::{Asked, Kind, Pairing};
use crate::building::{Building, note};
use crate::input::{Found, Input};
use crate::output::Output;
use crate::{Event, Limits, Request, Side};

/// A request line that is looked for where the reading is taken up again.
const LINE: usize = 64 << 10;

/// What comes next from the client.
#[derive(Debug)]
enum State {
    Head,
    Body(Body),
    /// Nothing that could be placed, until the next request line.
    Skip(Skipped),
}

#[derive(Debug)]
struct Body {
    number: u64,
    /// The request; `None` where it was handed out before its end.
    building: Option<Box<Building>>,
    framing: Framing,
    /// Whether the client waits to be asked for the body, and none of it came yet.
    expects: bool,
}

/// Bytes that were left out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Skipped {
    pub(crate) from: u64,
    pub(crate) bytes: u64,
    pub(crate) lost: u64,
}

impl Skipped {
    pub(crate) const fn at(from: u64) -> Self {
        Self {
            from,
            bytes: 0,
            lost: 0,
        }
    }

    /// What was left out, in words; `None` where it was nothing.
    pub(crate) fn told(&self, next: &str) -> Option<String> {
        match (self.bytes, self.lost) {
            (0, 0) => None,
            (bytes, 0) => Some(format!("{bytes} bytes before {next} were left out")),
            (bytes, lost) => Some(format!(
                "{bytes} bytes before {next} were left out, and {lost} were not captured"
            )),
        }
    }
}

/// What both sides share.
pub(crate) struct Context<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) pairs: &'a mut Pairing,
}

#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) input: Input,
    state: State,
    /// The request whose answer decides what the next bytes are.
    pub(crate) waits_for: Option<u64>,
}

impl Client {
    pub(crate) fn new(midway: bool) -> Self {
        let state = if midway {
            State::Skip(Skipped::at(0))
        } else {
            State::Head
        };
        Self {
            input: Input::default(),
            state,
            waits_for: None,
        }
    }

    pub(crate) fn held(&self) -> usize {
        let building = match &self.state {
            State::Body(Body {
                building: Some(building),
                ..
            }) => building.held(),
            _ => 0,
        };
        building.saturating_add(self.input.held())
    }

    /// Whether the next byte is known to begin a message.
    pub(crate) const fn is_between_messages(&self) -> bool {
        matches!(self.state, State::Head)
    }

    /// Whether the next byte is not read before an answer has come.
    pub(crate) const fn is_waiting(&self) -> bool {
        self.waits_for.is_some() && self.is_between_messages()
    }

    /// Reads one thing; false where more must come first.
    pub(crate) fn step(&mut self, context: &mut Context<'_>, output: &mut Output<'_>) -> bool {
        if let (Some(number), true) = (self.waits_for, self.is_between_messages()) {
            if context.pairs.switch.is_some() || !settled(context.pairs, number) {
                return false;
            }
            self.waits_for = None;
        }
        match std::mem::replace(&mut self.state, State::Head) {
            State::Head => self.head(context, output),
            State::Body(body) => self.body(body, context, output),
            State::Skip(skipped) => self.skip(skipped, output),
        }
    }

    fn head(&mut self, context: &mut Context<'_>, output: &mut Output<'_>) -> bool {
        // Empty lines before a request line mean nothing (RFC 9112 §2.2).
        match self.input.rest() {
            [] | [b'\r'] => return false,
            [b'\n', ..] => {
                self.input.advance(1);
                return true;
            }
            [b'\r', b'\n', ..] => {
                self.input.advance(2);
                return true;
            }
            _ => {}
        }
        match self.input.line(context.limits.head) {
            Found::More => return false,
            Found::At(end) if self.line_at(end) => {}
            _ => {
                self.give_up("no request line of HTTP/1 begins here", context, output);
                return true;
            }
        }
        match self.input.head(context.limits.head) {
            Found::More => false,
            Found::At(end) => {
                self.request(end, context, output);
                true
            }
            Found::TooLong => {
                let limit = context.limits.head;
                self.cut_head(
                    limit,
                    &format!("its head is longer than {limit} bytes"),
                    context,
                    output,
                );
                true
            }
        }
    }

    fn line_at(&self, end: usize) -> bool {
        self.input
            .rest()
            .get(..end)
            .and_then(request_line)
            .is_some()
    }

    /// From here on, bytes are left out until a request line comes.
    fn give_up(&mut self, why: &str, context: &mut Context<'_>, output: &mut Output<'_>) {
        let from = self.input.offset();
        output.trouble(Side::Client, from, why);
        context.pairs.doubt();
        self.state = State::Skip(Skipped::at(from));
    }

    /// Hands out a request of which only the beginning of the head is known.
    fn cut_head(
        &mut self,
        end: usize,
        why: &str,
        context: &mut Context<'_>,
        output: &mut Output<'_>,
    ) {
        let building = self.building(end, context);
        let kind = match building.request.method.as_str() {
            "HEAD" => Kind::Head,
            _ => Kind::Plain,
        };
        self.ask(&building.request, kind, context, output);
        self.input.advance(end);
        let from = self.input.offset();
        output.event(Event::Request(building.broken(from, why)));
        context.pairs.doubt();
        self.state = State::Skip(Skipped::at(from));
    }

    /// The request whose head is the next `end` bytes.
    fn building(&self, end: usize, context: &mut Context<'_>) -> Building {
        let head = self.input.rest().get(..end).unwrap_or_default().to_vec();
        let from = self.input.offset();
        let first = memchr::memchr(b'\n', &head).map_or(head.len(), |at| at + 1);
        let line = head.get(..first).and_then(request_line);
        let (method, url) = line.map_or((0..0, 0..0), |line| (line.method, line.target));
        let text = |range: &std::ops::Range<usize>| {
            String::from_utf8_lossy(head.get(range.clone()).unwrap_or_default()).into_owned()
        };
        let (headers, broken) = header_lines(&head, first);
        let (method, target) = (text(&method), text(&url));
        let absolute = target
            .split_once("://")
            .filter(|(scheme, _)| !scheme.contains(['/', '?']));
        let authority = absolute.and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
        let host = match authority {
            Some(authority) => Some(authority.to_owned()),
            None if method == "CONNECT" => Some(target.clone()),
            None => values(&headers, &head, "host")
                .next()
                .map(|value| String::from_utf8_lossy(value).into_owned()),
        };
        let end = from.saturating_add(head.len() as u64);
        Building::new(Request {
            number: context.pairs.number(),
            stream: None,
            pushed: false,
            host,
            scheme: absolute.map(|(scheme, _)| scheme.to_owned()),
            method,
            target,
            pieces: std::iter::once(from..end).collect(),
            at: from..end,
            headers,
            url,
            body: head.len()..head.len(),
            raw: head,
            complete: false,
            broken,
        })
    }

    fn ask(
        &self,
        request: &Request,
        kind: Kind,
        context: &mut Context<'_>,
        output: &mut Output<'_>,
    ) {
        let asked = Asked {
            number: request.number,
            kind,
            host: request.host.clone(),
            interim: None,
        };
        if !context.pairs.ask(asked, context.limits.open) {
            output.trouble(
                Side::Client,
                self.input.offset(),
                format!(
                    "more than {} requests wait for an answer; those before request {} are taken to have none",
                    context.limits.open, request.number
                ),
            );
        }
    }

    /// Reads a whole head, and how its body is framed.
    fn request(&mut self, end: usize, context: &mut Context<'_>, output: &mut Output<'_>) {
        let mut building = self.building(end, context);
        let request = &building.request;
        let upgrade = members(&request.headers, &request.raw, "upgrade");
        let kind = match (request.method.as_str(), upgrade.first()) {
            ("CONNECT", _) => Kind::Connect,
            ("HEAD", _) => Kind::Head,
            (_, Some(protocol)) => Kind::Upgrade(protocol.clone()),
            _ => Kind::Plain,
        };
        let stated = match kind {
            Kind::Connect => Stated::Nothing,
            _ => Stated::by(&request.headers, &request.raw),
        };
        let expects = members(&request.headers, &request.raw, "expect")
            .iter()
            .any(|member| member.eq_ignore_ascii_case("100-continue"));
        let waits = kind.waits();
        self.ask(request, kind, context, output);
        self.input.advance(end);
        let number = building.request.number;
        if waits {
            self.waits_for = Some(number);
        }
        let framing = match stated {
            Stated::Nothing => Framing::Length(0),
            Stated::Framing(framing, odd) => {
                if let Some(odd) = odd {
                    note(&mut building.request.broken, odd);
                }
                framing
            }
            Stated::Contradiction(why) => return self.without_end(building, why, context, output),
            Stated::OtherCoding => {
                let why = "its transfer coding does not say where the body ends";
                return self.without_end(building, why, context, output);
            }
        };
        self.state = State::Body(Body {
            number,
            building: Some(Box::new(building)),
            framing,
            expects: expects && framing != Framing::Length(0),
        });
    }

    /// Hands out a request whose body, if it has one, has no known end.
    fn without_end(
        &mut self,
        building: Building,
        why: &str,
        context: &mut Context<'_>,
        output: &mut Output<'_>,
    ) {
        let from = self.input.offset();
        self.waits_for = None;
        output.event(Event::Request(building.broken(from, why)));
        context.pairs.doubt();
        self.state = State::Skip(Skipped::at(from));
    }

    fn body(&mut self, mut body: Body, context: &mut Context<'_>, output: &mut Output<'_>) -> bool {
        // Before its body the client waits, if for anything, for `100 Continue` only.
        if body.expects && !self.input.rest().is_empty() && settled(context.pairs, body.number) {
            match self.begins_request() {
                None => {
                    self.state = State::Body(body);
                    return false;
                }
                Some(true) => {
                    let status = context.pairs.settled.map_or(0, |(_, status)| status);
                    let why = format!(
                        "its body was not sent: it waited for leave (Expect: 100-continue) and was answered {status}"
                    );
                    if let Some(building) = body.building {
                        output.event(Event::Request(building.broken(self.input.offset(), why)));
                    }
                    return true;
                }
                Some(false) => body.expects = false,
            }
        }
        let offset = self.input.offset();
        match body.framing.next(&mut self.input, context.limits.head) {
            Part::More => {
                self.state = State::Body(body);
                false
            }
            Part::Frame(bytes) => {
                self.input.advance(bytes);
                body.expects = false;
                self.state = State::Body(body);
                true
            }
            Part::Data(bytes) => {
                body.expects = false;
                self.keep(&mut body, bytes, false, context, output);
                self.state = State::Body(body);
                true
            }
            Part::Trailer(bytes) => {
                self.keep(&mut body, bytes, true, context, output);
                self.state = State::Body(body);
                true
            }
            Part::End(bytes) => {
                self.input.advance(bytes);
                if let Some(building) = body.building {
                    output.event(Event::Request(building.complete(self.input.offset())));
                }
                true
            }
            Part::Bad(why) => {
                match body.building {
                    Some(building) => output.event(Event::Request(building.broken(offset, why))),
                    None => output.trouble(Side::Client, offset, why),
                }
                context.pairs.doubt();
                self.state = State::Skip(Skipped::at(offset));
                self.waits_for = None;
                true
            }
        }
    }

    /// Keeps bytes of the body, or of a trailer, as far as the limits go.
    fn keep(
        &mut self,
        body: &mut Body,
        bytes: usize,
        trailer: bool,
        context: &Context<'_>,
        output: &mut Output<'_>,
    ) {
        let offset = self.input.offset();
        let data = self.input.rest().get(..bytes).unwrap_or_default();
        if let Some(mut building) = body.building.take() {
            let before = building.request.raw.len();
            let kept = if trailer {
                trailer_line(&mut building, data, offset, context.limits)
            } else {
                building.push_body(data, offset, context.limits)
            };
            match kept {
                Ok(()) => body.building = Some(building),
                Err(why) => {
                    let end = offset.saturating_add((building.request.raw.len() - before) as u64);
                    output.event(Event::Request(building.broken(end, why)));
                }
            }
        }
        self.input.advance(bytes);
    }

    /// Whether the next bytes are a request line rather than a body; `None`
    /// where that cannot be told yet.
    fn begins_request(&mut self) -> Option<bool> {
        match self.input.line(LINE) {
            Found::TooLong => Some(false),
            Found::At(end) => {
                let line = self.input.rest().get(..end).unwrap_or_default();
                Some(request_within(line) == Some(0))
            }
            Found::More => {
                let first = self.input.rest().first()?;
                (!first.is_ascii_uppercase()).then_some(false)
            }
        }
    }

    fn skip(&mut self, mut skipped: Skipped, output: &mut Output<'_>) -> bool {
        let at_hand = self.input.rest().len();
        // Only the end of a long line is looked at, in whatever pieces it comes.
        let (begin, step) = match self.input.line_end() {
            Some(end) => {
                let from = end.saturating_sub(LINE / 2);
                let line = self.input.rest().get(from..end).unwrap_or_default();
                let begin = request_within(line).map(|at| from + at);
                (begin, begin.unwrap_or(end))
            }
            None if at_hand > LINE => (None, at_hand - LINE / 2),
            None => (None, 0),
        };
        self.input.advance(step);
        skipped.bytes = skipped.bytes.saturating_add(step as u64);
        if begin.is_some() {
            if let Some(told) = skipped.told("the next request line") {
                output.trouble(Side::Client, skipped.from, told);
            }
        } else {
            self.state = State::Skip(skipped);
        }
        begin.is_some() || step > 0
    }

    /// A hole of `length` bytes behind what is at hand.
    pub(crate) fn hole(&mut self, length: u64, context: &mut Context<'_>, output: &mut Output<'_>) {
        let here = self
            .input
            .offset()
            .saturating_add(self.input.rest().len() as u64);
        let why = format!("{length} bytes at {here} of the client's stream were not captured");
        match std::mem::replace(&mut self.state, State::Head) {
            State::Body(mut body) => {
                let follows = self.input.rest().is_empty() && body.framing.skip(length);
                if let Some(building) = body.building.take() {
                    output.event(Event::Request(building.broken(here, why)));
                } else if !follows {
                    output.trouble(Side::Client, here, why);
                }
                body.expects = false;
                if follows {
                    self.state = State::Body(body);
                } else {
                    self.lose(length, context);
                }
            }
            State::Head => {
                let rest = self.input.rest().len();
                let line = self.input.line(context.limits.head);
                if matches!(line, Found::At(end) if self.line_at(end)) {
                    self.cut_head(rest, &why, context, output);
                } else {
                    output.trouble(Side::Client, here, why);
                }
                self.lose(length, context);
            }
            State::Skip(mut skipped) => {
                skipped.bytes = skipped.bytes.saturating_add(self.input.rest().len() as u64);
                skipped.lost = skipped.lost.saturating_add(length);
                self.state = State::Skip(skipped);
            }
        }
        self.input.skip_hole(length);
    }

    fn lose(&mut self, length: u64, context: &mut Context<'_>) {
        let mut skipped = Skipped::at(self.input.offset());
        skipped.bytes = self.input.rest().len() as u64;
        skipped.lost = length;
        self.state = State::Skip(skipped);
        self.waits_for = None;
        context.pairs.doubt();
    }

    /// No more bytes come.
    pub(crate) fn finish(&mut self, context: &mut Context<'_>, output: &mut Output<'_>) {
        let rest = self.input.rest().len();
        let offset = self.input.offset();
        match std::mem::replace(&mut self.state, State::Head) {
            State::Body(body) => {
                if let Some(building) = body.building {
                    let why = "the conversation ends before the request does";
                    output.event(Event::Request(building.broken(offset, why)));
                }
                if rest > 0 {
                    let why = format!("{rest} bytes at the end of a body were left out");
                    output.trouble(Side::Client, offset, why);
                }
            }
            State::Head if rest == 0 => {}
            State::Head => {
                let line = self.input.line(context.limits.head);
                if matches!(line, Found::At(end) if self.line_at(end)) {
                    let why = "the conversation ends within its head";
                    self.cut_head(rest, why, context, output);
                } else if !matches!(self.input.rest(), b"\r") {
                    let why = format!("{rest} bytes of no whole request line were left out");
                    output.trouble(Side::Client, offset, why);
                }
            }
            State::Skip(mut skipped) => {
                skipped.bytes = skipped.bytes.saturating_add(rest as u64);
                if let Some(told) = skipped.told("the end of the conversation") {
                    output.trouble(Side::Client, skipped.from, told);
                }
            }
        }
        self.input.advance(rest);
        self.state = State::Head;
    }
}

/// Whether the answer to a request is known, or never will be.
fn settled(pairs: &Pairing, number: u64) -> bool {
    pairs.settled.is_some_and(|(last, _)| last >= number)
}

/// Adds a header line behind the body.
fn trailer_line(
    building: &mut Building,
    line: &[u8],
    offset: u64,
    limits: &Limits,
) -> Result<(), String> {
    let start = building.request.raw.len();
    let trailers = start.saturating_sub(building.request.body.end);
    if trailers.saturating_add(line.len()) > limits.head {
        return Err(format!(
            "its trailers go on beyond the limit of {} bytes",
            limits.head
        ));
    }
    building.push(line, offset, limits)?;
    let (places, odd) = header_lines(&building.request.raw, start);
    building.request.headers.extend(places);
    if odd.is_some() {
        note(
            &mut building.request.broken,
            "a line behind its body is no header",
        );
    }
    Ok(())
}
