//! The body of a request, and the trailers behind it.

use super::{Body, Client, LINE, State, settled};
use crate::building::{Building, note};
use crate::http1::framing::Part;
use crate::http1::head::{header_lines, request_within};
use crate::http1::side::{Context, Skipped};
use crate::input::Found;
use crate::output::Output;
use crate::{Event, Limits, Side};

impl Client {
    pub(super) fn body(
        &mut self,
        mut body: Body,
        context: &mut Context<'_>,
        output: &mut Output<'_>,
    ) -> bool {
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
