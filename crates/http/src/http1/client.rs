//! The client's side: requests.

mod body;
mod gaps;

use super::framing::{Framing, Stated};
use super::head::{header_lines, members, request_line, values};
use super::pairing::{Asked, Kind, Pairing};
use super::side::{Context, Skipped, passes_empty_line};
use crate::building::{Building, note};
use crate::input::{Found, Input};
use crate::output::Output;
use crate::{Event, Request, Side};

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
        if let Some(passed) = passes_empty_line(&mut self.input) {
            return passed;
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
}

/// Whether the answer to a request is known, or never will be.
fn settled(pairs: &Pairing, number: u64) -> bool {
    pairs.settled.is_some_and(|(last, _)| last >= number)
}
