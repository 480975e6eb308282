//! The server's side: responses.

mod gaps;

use super::framing::{Framing, Part, Stated};
use super::head::{header_lines, members, status_line, values};
use super::pairing::{Asked, Kind, Switch, Turn};
use super::side::{Context, Skipped, passes_empty_line};
use crate::building::note;
use crate::input::{Found, Input};
use crate::output::Output;
use crate::response::described;
use crate::{Event, Response, Side};

/// Bytes of a status line that are looked at where the reading is taken up again.
const LINE: usize = 1 << 10;

/// What comes next from the server.
#[derive(Debug)]
enum State {
    Head,
    Body(Body),
    /// Nothing that could be placed, until the next status line.
    Skip(Skipped),
}

#[derive(Debug)]
struct Body {
    /// The response; `None` where it is not known whose it is.
    response: Option<Box<Response>>,
    framing: Framing,
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) input: Input,
    state: State,
    /// Whether no request can come any more for what is held back.
    pub(crate) closing: bool,
}

impl Server {
    pub(crate) fn new(midway: bool) -> Self {
        let state = if midway {
            State::Skip(Skipped::at(0))
        } else {
            State::Head
        };
        Self {
            input: Input::default(),
            state,
            closing: false,
        }
    }

    /// Reads one thing; false where more must come first.
    pub(crate) fn step(&mut self, context: &mut Context<'_>, output: &mut Output<'_>) -> bool {
        if context.pairs.switch.is_some() {
            return false;
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
        // An answer that stands in the capture before its request waits for it.
        if context.pairs.waiting() == 0 && context.pairs.sure && !self.closing {
            return false;
        }
        match self.input.line(context.limits.head) {
            Found::More => return false,
            Found::At(end) if self.status_at(end).is_some() => {}
            _ => {
                let from = self.input.offset();
                output.trouble(Side::Server, from, "no status line of HTTP/1 begins here");
                self.give_up(from, context);
                return true;
            }
        }
        match self.input.head(context.limits.head) {
            Found::More => false,
            Found::At(end) => {
                self.response(end, context, output);
                true
            }
            Found::TooLong => {
                let limit = context.limits.head;
                let why = format!("its head is longer than {limit} bytes");
                self.cut_head(limit, &why, context, output);
                true
            }
        }
    }

    fn status_at(&self, end: usize) -> Option<u16> {
        self.input.rest().get(..end).and_then(status_line)
    }

    fn give_up(&mut self, from: u64, context: &mut Context<'_>) {
        context.pairs.doubt();
        self.state = State::Skip(Skipped::at(from));
    }

    /// Hands out a response of which only the beginning of the head is known.
    fn cut_head(
        &mut self,
        end: usize,
        why: &str,
        context: &mut Context<'_>,
        output: &mut Output<'_>,
    ) {
        let from = self.input.offset();
        let at = from..from.saturating_add(end as u64);
        let line = match self.input.line(context.limits.head) {
            Found::At(line) => self.status_at(line),
            _ => None,
        };
        let status = line.unwrap_or_default();
        self.input.advance(end);
        if status >= 200
            && let Some(asked) = self.turn(status, from, context, output)
        {
            output.event(Event::Response(Response {
                number: asked.number,
                stream: None,
                status,
                headers: Vec::new(),
                body_bytes: 0,
                complete: false,
                broken: Some(why.to_owned()),
                at: at.clone(),
            }));
        } else {
            output.trouble(Side::Server, from, format!("a response: {why}"));
        }
        self.give_up(at.end, context);
    }

    /// The request that the response at `from` answers.
    fn turn(
        &self,
        status: u16,
        from: u64,
        context: &mut Context<'_>,
        output: &mut Output<'_>,
    ) -> Option<Asked> {
        let message = match context.pairs.answer(status) {
            Turn::Of(asked) => return Some(asked),
            Turn::Nobody => format!("an answer ({status}) to a request that was not captured"),
            Turn::Doubtful(all) => format!(
                "an answer ({status}) that may be to any of the requests {} to {}, since bytes are missing; \
                 it counts as an answer to none",
                all.start, all.end
            ),
        };
        output.trouble(Side::Server, from, message);
        None
    }

    /// Reads a whole head, whose answer it is, and how its body is framed.
    fn response(&mut self, end: usize, context: &mut Context<'_>, output: &mut Output<'_>) {
        let head = self.input.rest().get(..end).unwrap_or_default().to_vec();
        let first = memchr::memchr(b'\n', &head).map_or(head.len(), |at| at + 1);
        let status = head.get(..first).and_then(status_line).unwrap_or_default();
        let (headers, broken) = header_lines(&head, first);
        let from = self.input.offset();
        self.input.advance(end);
        let at = from..self.input.offset();
        if status < 200 && status != 101 {
            context.pairs.interim(status, at);
            return;
        }
        let pairs = headers.iter().map(|header| {
            (
                header.name.as_bytes(),
                head.get(header.value.clone()).unwrap_or_default(),
            )
        });
        let asked = self.turn(status, from, context, output);
        let response = asked.as_ref().map(|asked| Response {
            number: asked.number,
            stream: None,
            status,
            headers: described(pairs),
            body_bytes: 0,
            at,
            complete: false,
            broken,
        });
        let kind = asked
            .as_ref()
            .map_or(Kind::Plain, |asked| asked.kind.clone());
        if status == 101 || (kind == Kind::Connect && status < 300) {
            let protocol = match &kind {
                Kind::Connect => "CONNECT".to_owned(),
                Kind::Upgrade(asked) => members(&headers, &head, "upgrade")
                    .into_iter()
                    .next()
                    .unwrap_or_else(|| asked.clone()),
                _ => members(&headers, &head, "upgrade")
                    .into_iter()
                    .next()
                    .unwrap_or_default(),
            };
            let extensions: Vec<_> = values(&headers, &head, "sec-websocket-extensions")
                .map(String::from_utf8_lossy)
                .collect();
            if let Some(asked) = asked {
                context.pairs.switch = Some(Switch {
                    number: asked.number,
                    protocol,
                    host: asked.host,
                    extensions: extensions.join(", "),
                });
            } else {
                self.give_up(self.input.offset(), context);
            }
            self.tell(response, output);
            return;
        }
        let (framing, odd) = if kind == Kind::Head || matches!(status, 204 | 304) {
            (Framing::Length(0), None)
        } else {
            match Stated::by(&headers, &head) {
                Stated::Framing(framing, odd) => (framing, odd),
                Stated::Nothing | Stated::OtherCoding => (Framing::UntilClose, None),
                Stated::Contradiction(why) => (Framing::UntilClose, Some(why)),
            }
        };
        let mut response = response.map(Box::new);
        if let (Some(response), Some(odd)) = (&mut response, odd) {
            note(&mut response.broken, odd);
        }
        self.state = State::Body(Body { response, framing });
    }

    /// Hands out a response that has ended here.
    fn tell(&self, response: Option<Response>, output: &mut Output<'_>) {
        if let Some(mut response) = response {
            response.complete = !response
                .broken
                .as_deref()
                .is_some_and(|broken| broken.contains(NOT_CAPTURED));
            response.at.end = self.input.offset();
            output.event(Event::Response(response));
        }
    }

    fn body(&mut self, mut body: Body, context: &mut Context<'_>, output: &mut Output<'_>) -> bool {
        let offset = self.input.offset();
        match body.framing.next(&mut self.input, context.limits.head) {
            Part::More => {
                self.state = State::Body(body);
                return false;
            }
            Part::Frame(bytes) | Part::Trailer(bytes) => {
                self.input.advance(bytes);
                self.state = State::Body(body);
            }
            Part::Data(bytes) => {
                self.input.advance(bytes);
                if let Some(response) = &mut body.response {
                    response.body_bytes = response.body_bytes.saturating_add(bytes as u64);
                }
                self.state = State::Body(body);
            }
            Part::End(bytes) => {
                self.input.advance(bytes);
                self.tell(body.response.map(|response| *response), output);
            }
            Part::Bad(why) => {
                match body.response {
                    Some(response) => self.tell_broken(*response, offset, why, output),
                    None => output.trouble(Side::Server, offset, why),
                }
                self.give_up(offset, context);
            }
        }
        true
    }

    fn tell_broken(&self, mut response: Response, end: u64, why: &str, output: &mut Output<'_>) {
        note(&mut response.broken, why);
        response.at.end = end;
        output.event(Event::Response(response));
    }
}

/// What a response with a hole says.
const NOT_CAPTURED: &str = "were not captured";
