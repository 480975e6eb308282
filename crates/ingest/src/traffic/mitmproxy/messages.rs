//! The messages of a conversation: WebSocket, TCP, UDP.

use affiant_model::FieldName;
use chrono::{DateTime, Utc};

use super::super::draft::cut;
use super::flow::{Draft, counted};
use super::time;
use super::value::{Tag, Value};

/// What stands where in a message, which is a list.
#[derive(Debug, Clone, Copy)]
pub(super) enum Layout {
    /// Type, whether from the client, content, time; whether dropped (since
    /// format 4; `killed` until format 11); whether injected (since format 15).
    /// `WebSocketMessage.get_state` in `mitmproxy/websocket.py`, commit 8fc25b3;
    /// `convert_14_15` in `mitmproxy/io/compat.py`.
    WebSocket,
    /// Whether from the client, content, time (`mitmproxy/tcp.py`, `udp.py`,
    /// commit 8fc25b3).
    Stream,
}

impl Layout {
    /// The first of the three values that both have.
    const fn first(self) -> usize {
        match self {
            Self::WebSocket => 1,
            Self::Stream => 0,
        }
    }
}

/// What a list of messages holds.
#[derive(Debug, Default)]
pub(super) struct Talk {
    /// Messages of the client.
    pub(super) sent: u32,
    /// Bytes of those that are fields.
    pub(super) sent_bytes: u64,
    /// Messages of the server.
    received: u64,
    /// Whether the server said something behind a message of the client.
    pub(super) answered: bool,
    /// Time of the first message, as written.
    pub(super) started_as_written: Option<String>,
    /// Time of the last message.
    pub(super) until: Option<DateTime<Utc>>,
    injected: u64,
    dropped: u64,
    held: bool,
}

impl Talk {
    /// What it is, in words.
    pub(super) fn said(&self, what: &str) -> String {
        let sent = counted(u64::from(self.sent), "message", "messages");
        format!(
            "{what}: {sent} of the client, {} of the server",
            self.received
        )
    }
}

impl Draft<'_> {
    /// Reads a list of messages; those of the client become fields. Where the
    /// flow was `held` when it was written, its last message was not passed on.
    pub(super) fn messages(&mut self, list: &Value, layout: Layout, held: bool) -> Talk {
        let mut talk = Talk::default();
        let (raw, bound) = (self.raw, self.limits.fields);
        let last = held.then(|| count(list, raw));
        let mut items = 0_usize;
        let read = list.items(raw, &mut |message| {
            items += 1;
            if items <= bound {
                self.message(&message, layout, last == Some(items), &mut talk);
            }
            true
        });
        match read {
            Ok(true) => {}
            Ok(false) => {
                let place = self.place(&list.range);
                self.defect(Some(place), "`messages` is not a list", NOT_SEARCHED);
            }
            Err(broken) => {
                let place = self.place(&(broken.0..list.range.end.max(broken.0)));
                let message = "`messages` is not a tnetstring from here on";
                self.defect(
                    Some(place),
                    message,
                    "what stands before this place is read",
                );
            }
        }
        if items > bound {
            let place = self.place(&list.range);
            let message = format!("the flow has {items} messages, more than the bound of {bound}");
            self.defect(
                Some(place),
                message,
                "the messages behind the bound are not read",
            );
        }
        self.withheld(list, &talk);
        talk
    }

    fn message(&mut self, message: &Value, layout: Layout, held: bool, talk: &mut Talk) {
        let mut parts = Vec::with_capacity(6);
        let read = message.items(self.raw, &mut |part| {
            parts.push(part);
            parts.len() < 6
        });
        let start = layout.first();
        let (Ok(true), Some([from_client, content, time])) = (
            read,
            parts.get(start..).and_then(|parts| parts.first_chunk()),
        ) else {
            return self.no_message(message);
        };
        if from_client.tag != Tag::Boolean || !matches!(content.tag, Tag::Bytes | Tag::Text) {
            return self.no_message(message);
        }
        let written = time.text(self.raw).unwrap_or_default();
        talk.until = time::read(&written).or(talk.until);
        talk.started_as_written
            .get_or_insert_with(|| written.into_owned());
        let mark = |at: usize| {
            let mark = matches!(layout, Layout::WebSocket).then(|| parts.get(at));
            mark.flatten()
                .is_some_and(|mark| mark.is_affirmed(self.raw))
        };
        let (dropped, injected) = (mark(4), mark(5));
        if injected {
            talk.injected += 1;
        } else if !from_client.is_affirmed(self.raw) {
            talk.received += 1;
            talk.answered |= talk.sent > 0;
        } else {
            talk.sent = talk.sent.saturating_add(1);
            if dropped {
                talk.dropped += 1;
            } else if held {
                talk.held = true;
            } else {
                talk.sent_bytes += content.range.len() as u64;
                let nth = talk.sent;
                self.add(FieldName::Message { nth }, content.range.clone());
            }
        }
    }

    fn no_message(&mut self, message: &Value) {
        let place = self.place(&message.range);
        let shown = cut(&String::from_utf8_lossy(
            message
                .bytes(self.raw)
                .get(..40)
                .unwrap_or_else(|| message.bytes(self.raw)),
        ));
        let said = format!("a message does not say who sent what, and when: `{shown}`");
        self.defect(Some(place), said, NOT_SEARCHED);
    }

    /// Says which messages are no fields, and why.
    fn withheld(&mut self, list: &Value, talk: &Talk) {
        let place = self.place(&list.range);
        let count = |count| counted(count, "message", "messages");
        if talk.injected > 0 {
            let said = format!("the proxy's operator injected {}", count(talk.injected));
            let means = "they are not read: neither client nor server sent them";
            self.defect(Some(place), said, means);
        }
        if talk.dropped > 0 {
            let said = format!("the proxy dropped {} of the client", count(talk.dropped));
            let means = "they are not read: they were not passed on to the server";
            self.defect(Some(place), said, means);
        }
        if talk.held {
            let said = "the flow was held back or ended in the proxy at its last message";
            let means = "that message is not read: nothing shows that it was passed on";
            self.defect(Some(place), said, means);
        }
    }
}

const NOT_SEARCHED: &str = "it is not read: what was sent in it is not searched";

/// How many items a list has, as far as it can be read.
fn count(list: &Value, raw: &[u8]) -> usize {
    let mut items = 0;
    let _ = list.items(raw, &mut |_| {
        items += 1;
        true
    });
    items
}
