//! Where the client's bytes cannot be placed, are missing, or end.

use super::{Client, LINE, State};
use crate::http1::head::request_within;
use crate::http1::side::{Context, Skipped};
use crate::input::Found;
use crate::output::Output;
use crate::{Event, Side};

impl Client {
    pub(super) fn skip(&mut self, mut skipped: Skipped, output: &mut Output<'_>) -> bool {
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
        skipped.add(step, 0);
        if begin.is_some() {
            skipped.tell("the next request line", Side::Client, output);
        } else {
            self.state = State::Skip(skipped);
        }
        begin.is_some() || step > 0
    }

    /// A hole of `length` bytes behind what is at hand.
    pub(crate) fn hole(&mut self, length: u64, context: &mut Context<'_>, output: &mut Output<'_>) {
        let here = self.input.end();
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
                skipped.add(self.input.rest().len(), length);
                self.state = State::Skip(skipped);
            }
        }
        self.input.skip_hole(length);
    }

    pub(super) fn lose(&mut self, length: u64, context: &mut Context<'_>) {
        self.state = State::Skip(Skipped::with_hole(&self.input, length));
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
                skipped.add(rest, 0);
                skipped.tell("the end of the conversation", Side::Client, output);
            }
        }
        self.input.advance(rest);
        self.state = State::Head;
    }
}
