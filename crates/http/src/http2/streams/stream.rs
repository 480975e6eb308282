//! One stream: its request and its response.

use std::ops::Range;

use crate::building::{Building, note};
use crate::output::Output;
use crate::websocket::WebSocket;
use crate::{Event, Response};

/// Both sides of one stream.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The number of its request; `None` where its head was not read (yet).
    pub(super) number: Option<u64>,
    /// The request, until it is handed out.
    pub(super) building: Option<Box<Building>>,
    /// Whether the client has nothing more to say.
    pub(super) asked: bool,
    pub(super) answer: Answer,
    /// What DATA of a `CONNECT` to a WebSocket carries (RFC 8441).
    pub(super) socket: Option<Box<WebSocket>>,
}

/// How far the response has come.
#[derive(Debug, Default)]
pub(super) enum Answer {
    #[default]
    None,
    /// Only this interim response.
    Interim(u16, Range<u64>),
    Open(Box<Response>),
    /// It waits for its request.
    Early(Box<Response>),
    Done,
}

impl Stream {
    /// Hands out a response, or keeps it until its request is known.
    pub(super) fn tell(&mut self, response: Box<Response>, output: &mut Output<'_>) {
        if self.number.is_some() {
            self.answer = Answer::Done;
            output.event(Event::Response(*response));
        } else {
            self.answer = Answer::Early(response);
        }
    }

    /// Ends the response where it is.
    pub(super) fn stop(&mut self, id: u32, why: &str, at: Option<u64>, output: &mut Output<'_>) {
        match std::mem::replace(&mut self.answer, Answer::Done) {
            Answer::Open(mut response) => {
                response.at.end = at.unwrap_or(response.at.end);
                note(&mut response.broken, why);
                self.tell(response, output);
            }
            Answer::Interim(status, at) => {
                let mut broken = Some("no response but an interim one came".to_owned());
                note(&mut broken, why);
                let response = Response {
                    number: self.number.unwrap_or_default(),
                    stream: Some(id),
                    status,
                    headers: Vec::new(),
                    body_bytes: 0,
                    at,
                    complete: false,
                    broken,
                };
                self.tell(Box::new(response), output);
            }
            Answer::Early(response) => self.answer = Answer::Early(response),
            Answer::None | Answer::Done => {}
        }
    }
}
