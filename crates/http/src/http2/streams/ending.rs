//! How streams end: both sides have said all, one gives up, or nothing more comes.

use super::Streams;
use super::stream::{Answer, Stream};
use crate::output::Output;
use crate::{Event, Limits, Side};

impl Streams {
    /// A side has said all it has to say in a stream.
    pub(super) fn end(&mut self, side: Side, id: u32, at: u64, output: &mut Output<'_>) {
        match side {
            Side::Client => {
                if let Some(building) = self.take_building(id) {
                    output.event(Event::Request(building.complete(at)));
                }
                if let Some(stream) = self.open.get_mut(&id) {
                    stream.asked = true;
                }
            }
            Side::Server => {
                let Some(stream) = self.open.get_mut(&id) else {
                    return;
                };
                if let Answer::Open(mut response) =
                    std::mem::replace(&mut stream.answer, Answer::Done)
                {
                    response.at.end = at;
                    response.complete = response.broken.is_none();
                    stream.tell(response, output);
                }
            }
        }
        self.close(id, output);
    }

    /// Drops a stream that both sides have ended.
    fn close(&mut self, id: u32, output: &mut Output<'_>) {
        let ended = |stream: &Stream| stream.asked && matches!(stream.answer, Answer::Done);
        if self.open.get(&id).is_some_and(ended)
            && let Some(mut stream) = self.open.remove(&id)
            && let Some(mut socket) = stream.socket.take()
        {
            socket.finish(output);
        }
    }

    /// A side gives a stream up. What the server gives up, the client may still
    /// have sent: its request stays open until the client's side ends.
    pub(super) fn reset(
        &mut self,
        side: Side,
        id: u32,
        code: u32,
        at: u64,
        output: &mut Output<'_>,
    ) {
        let who = match side {
            Side::Client => "client",
            Side::Server => "server",
        };
        let why = format!("the {who} gave the stream up (RST_STREAM, code {code})");
        if side == Side::Client
            && let Some(building) = self.take_building(id)
        {
            output.event(Event::Request(building.broken(at, &*why)));
        }
        let Some(stream) = self.open.get_mut(&id) else {
            return;
        };
        stream.asked |= side == Side::Client;
        stream.stop(id, &why, (side == Side::Server).then_some(at), output);
        self.close(id, output);
    }

    /// Makes room for one more stream; the oldest one goes.
    pub(super) fn make_room(&mut self, limits: &Limits, offset: u64, output: &mut Output<'_>) {
        while self.open.len() >= limits.open.max(1) {
            let Some(oldest) = self.open.first_key_value().map(|(id, _)| *id) else {
                return;
            };
            let why = format!("more than {} streams are open", limits.open);
            output.trouble(
                Side::Client,
                offset,
                format!("{why}; stream {oldest} is not followed any further"),
            );
            self.drop_stream(oldest, None, &why, output);
        }
    }

    /// Hands out what there is of a stream.
    fn drop_stream(
        &mut self,
        id: u32,
        ends: Option<(u64, u64)>,
        why: &str,
        output: &mut Output<'_>,
    ) {
        if let Some(building) = self.take_building(id) {
            let last = building
                .request
                .pieces
                .last()
                .map_or(building.request.at.end, |piece| piece.end);
            let end = ends.map_or(last, |(client, _)| client);
            output.event(Event::Request(building.broken(end, why)));
        }
        if let Some(mut stream) = self.open.remove(&id) {
            stream.stop(id, why, ends.map(|(_, server)| server), output);
            if let Answer::Early(response) = stream.answer {
                output.trouble(
                    Side::Server,
                    response.at.start,
                    format!(
                        "an answer ({}) in stream {id}, whose request was not read",
                        response.status
                    ),
                );
            }
            if let Some(mut socket) = stream.socket.take() {
                socket.finish(output);
            }
        }
    }

    /// No more frames come. Each side says where it ends, and from where on it
    /// could not be read.
    pub(crate) fn finish(
        &mut self,
        (client, client_dead): (u64, Option<u64>),
        (server, server_dead): (u64, Option<u64>),
        output: &mut Output<'_>,
    ) {
        let why = match client_dead {
            Some(from) => format!("what the client sent from byte {from} on could not be read"),
            None => "the conversation ends before the stream does".to_owned(),
        };
        let ends = (client_dead.unwrap_or(client), server_dead.unwrap_or(server));
        while let Some((id, _)) = self.open.first_key_value() {
            let id = *id;
            self.drop_stream(id, Some(ends), &why, output);
        }
        let stray = std::mem::take(&mut self.stray);
        if stray.bytes > 0 {
            output.trouble(
                Side::Client,
                stray.from,
                format!(
                    "{} bytes of DATA belong to no request that was read, and were left out",
                    stray.bytes
                ),
            );
        }
        for (side, count) in [
            (Side::Client, self.unread[0]),
            (Side::Server, self.unread[1]),
        ] {
            if count > 0 {
                let what = match side {
                    Side::Client => "requests or trailers",
                    Side::Server => "responses, trailers or promises",
                };
                output.trouble(
                    side,
                    0,
                    format!("{count} header blocks ({what}) could not be decoded"),
                );
            }
        }
    }
}
