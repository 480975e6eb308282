//! Where the server's bytes cannot be placed, are missing, or end.

use super::{Body, LINE, NOT_CAPTURED, Server, State};
use crate::building::note;
use crate::http1::framing::{Chunk, Framing};
use crate::http1::head::status_line;
use crate::http1::side::{Context, Skipped};
use crate::input::Found;
use crate::output::Output;
use crate::{Event, Side};

impl Server {
    pub(super) fn skip(&mut self, mut skipped: Skipped, output: &mut Output<'_>) -> bool {
        let rest = self.input.rest();
        let at = memchr::memmem::find(rest, b"HTTP/1.");
        let found = at.and_then(|at| rest.get(at..).map(|tail| (at, tail)));
        let (step, begins) = match found {
            // The end of the bytes may be the beginning of a status line.
            None => (rest.len().saturating_sub(6), false),
            Some((at, tail)) => {
                let tail = tail.get(..LINE).unwrap_or(tail);
                match memchr::memchr(b'\n', tail) {
                    Some(end) if tail.get(..end).and_then(status_line).is_some() => (at, true),
                    None if tail.len() < LINE => (at, false),
                    _ => (at + 7, false),
                }
            }
        };
        self.input.advance(step);
        skipped.add(step, 0);
        if begins {
            skipped.tell("the next status line", Side::Server, output);
        } else {
            self.state = State::Skip(skipped);
        }
        begins || step > 0
    }

    /// A hole of `length` bytes behind what is at hand.
    pub(crate) fn hole(&mut self, length: u64, context: &mut Context<'_>, output: &mut Output<'_>) {
        let here = self.input.end();
        let why = format!("{length} bytes at {here} of the server's stream {NOT_CAPTURED}");
        match std::mem::replace(&mut self.state, State::Head) {
            State::Body(mut body) => {
                let follows = self.input.rest().is_empty() && body.framing.skip(length);
                if let Some(response) = &mut body.response {
                    note(&mut response.broken, &*why);
                }
                if follows {
                    self.state = State::Body(body);
                } else {
                    match body.response {
                        Some(mut response) => {
                            response.at.end = here;
                            output.event(Event::Response(*response));
                        }
                        None => output.trouble(Side::Server, here, why),
                    }
                    self.lose(length, context);
                }
            }
            State::Head => {
                let rest = self.input.rest().len();
                let line = self.input.line(context.limits.head);
                let known = matches!(line, Found::At(end) if self.status_at(end).is_some());
                if known && (context.pairs.waiting() > 0 || !context.pairs.sure) {
                    self.cut_head(rest, &why, context, output);
                } else {
                    output.trouble(Side::Server, here, why);
                }
                self.lose(length, context);
            }
            State::Skip(mut skipped) => {
                skipped.add(self.input.rest().len(), length);
                self.state = State::Skip(skipped);
            }
        }
        self.input.skip_hole(length);
    }

    pub(super) fn lose(&mut self, length: u64, context: &mut Context<'_>) {
        self.state = State::Skip(Skipped::with_hole(&self.input, length));
        context.pairs.doubt();
    }

    /// No more bytes come.
    pub(crate) fn finish(&mut self, context: &mut Context<'_>, output: &mut Output<'_>) {
        let rest = self.input.rest().len();
        let offset = self.input.offset();
        let end = offset.saturating_add(rest as u64);
        match std::mem::replace(&mut self.state, State::Head) {
            State::Body(Body {
                response: Some(response),
                framing,
            }) => {
                let why = match framing {
                    Framing::UntilClose => "its end is the end of the conversation",
                    Framing::Length(_)
                    | Framing::Chunked(Chunk::Size | Chunk::Data(_) | Chunk::DataEnd) => {
                        "the conversation ends before its body does"
                    }
                    Framing::Chunked(Chunk::Trailers) => {
                        "the conversation ends behind its last chunk"
                    }
                };
                self.tell_broken(*response, end, why, output);
            }
            State::Body(_) => {}
            State::Head if rest == 0 || self.input.rest() == b"\r" => {}
            State::Head => {
                let line = self.input.line(context.limits.head);
                if matches!(line, Found::At(end) if self.status_at(end).is_some()) {
                    self.cut_head(
                        rest,
                        "the conversation ends within its head",
                        context,
                        output,
                    );
                } else {
                    let why = format!("{rest} bytes of no whole status line were left out");
                    output.trouble(Side::Server, offset, why);
                }
            }
            State::Skip(mut skipped) => {
                skipped.add(rest, 0);
                skipped.tell("the end of the conversation", Side::Server, output);
            }
        }
        self.input.advance(rest);
        self.state = State::Head;
    }
}
