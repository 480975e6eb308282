//! The streams of a conversation of HTTP/2, and the requests and responses in them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::fields::Fields;
use super::frame::{Headers, Item};
use crate::building::{Building, note};
use crate::output::Output;
use crate::websocket::WebSocket;
use crate::{Event, Limits, Response, Side};

/// Both sides of one stream.
#[derive(Debug, Default)]
struct Stream {
    /// The number of its request; `None` where its head was not read (yet).
    number: Option<u64>,
    /// The request, until it is handed out.
    building: Option<Box<Building>>,
    /// Whether the client has nothing more to say.
    asked: bool,
    answer: Answer,
    /// What DATA of a `CONNECT` to a WebSocket carries (RFC 8441).
    socket: Option<Box<WebSocket>>,
}

/// How far the response has come.
#[derive(Debug, Default)]
enum Answer {
    #[default]
    None,
    /// Only this interim response.
    Interim(u16, Range<u64>),
    Open(Box<Response>),
    /// It waits for its request.
    Early(Box<Response>),
    Done,
}

/// DATA that belongs to no request that could be read.
#[derive(Debug, Default)]
struct Stray {
    from: u64,
    bytes: u64,
}

#[derive(Debug)]
pub(crate) struct Streams {
    open: BTreeMap<u32, Stream>,
    told: u64,
    held: usize,
    stray: Stray,
    /// Header blocks of each side that could not be decoded.
    unread: [u64; 2],
}

impl Streams {
    pub(crate) const fn new(told: u64) -> Self {
        Self {
            open: BTreeMap::new(),
            told,
            held: 0,
            stray: Stray { from: 0, bytes: 0 },
            unread: [0, 0],
        }
    }

    /// Stream 1 is that of a request that was made by HTTP/1 (RFC 7540 §3.2).
    pub(crate) fn begin_with(&mut self, number: u64) {
        let stream = Stream {
            number: Some(number),
            asked: true,
            ..Stream::default()
        };
        self.open.insert(1, stream);
    }

    pub(crate) fn held(&self) -> usize {
        let sockets = self
            .open
            .values()
            .filter_map(|stream| stream.socket.as_ref());
        let sockets: usize = sockets.map(|socket| socket.held()).sum();
        let streams = self.open.len().saturating_mul(size_of::<Stream>());
        self.held.saturating_add(sockets).saturating_add(streams)
    }

    pub(crate) fn take(
        &mut self,
        side: Side,
        item: Item<'_>,
        limits: &Limits,
        output: &mut Output<'_>,
    ) {
        match item {
            Item::Trouble { offset, message } => output.trouble(side, offset, message),
            Item::Headers(headers) => match side {
                Side::Client => self.asked(headers, limits, output),
                Side::Server => self.answered(headers, limits, output),
            },
            Item::Data {
                stream,
                offset,
                bytes,
            } => self.data(side, stream, offset, bytes, limits, output),
            Item::Hole {
                stream,
                offset,
                length,
            } => self.hole(side, stream, offset, length, limits, output),
            Item::End { stream, at } => self.end(side, stream, at, output),
            Item::Reset { stream, code, at } => self.reset(side, stream, code, at, output),
        }
    }

    /// Headers of the client: a request, or trailers.
    fn asked(&mut self, headers: Headers, limits: &Limits, output: &mut Output<'_>) {
        let (id, end) = (headers.stream, headers.at.end);
        let Some(fields) = headers.fields else {
            self.unread(Side::Client);
            if let Some(building) = self.take_building(id) {
                output.event(Event::Request(
                    building.broken(end, "its trailers could not be read"),
                ));
            }
            if headers.ends_stream {
                self.end(Side::Client, id, end, output);
            }
            return;
        };
        match self.open.get_mut(&id) {
            Some(stream) if stream.number.is_some() => {
                self.trailers(id, &fields, headers.pieces, limits, output);
            }
            _ => {
                self.make_room(limits, headers.at.start, output);
                self.told = self.told.saturating_add(1);
                let number = self.told;
                let cut = fields.is_cut();
                let request = fields.request(number, id, false, headers.pieces, headers.at);
                let mut building = Building::new(request);
                building.cut = cut;
                self.held = self.held.saturating_add(building.held());
                let stream = self.open.entry(id).or_default();
                stream.number = Some(number);
                stream.building = Some(Box::new(building));
                if let Answer::Early(_) = stream.answer
                    && let Answer::Early(mut response) =
                        std::mem::replace(&mut stream.answer, Answer::Done)
                {
                    response.number = number;
                    output.event(Event::Response(*response));
                }
                if let Answer::Open(response) = &mut stream.answer {
                    response.number = number;
                }
            }
        }
        if headers.ends_stream {
            self.end(Side::Client, id, end, output);
        }
    }

    fn trailers(
        &mut self,
        id: u32,
        fields: &Fields,
        pieces: Vec<Range<u64>>,
        limits: &Limits,
        output: &mut Output<'_>,
    ) {
        let Some(mut building) = self.take_building(id) else {
            return;
        };
        let request = &mut building.request;
        let base = request.raw.len();
        // Trailers in any number are as long as a head at most.
        let before = base.saturating_sub(request.body.end);
        if before.saturating_add(fields.raw.len()) > limits.head
            || request.pieces.len().saturating_add(pieces.len()) > limits.pieces
        {
            let end = pieces.first().map_or(request.at.end, |piece| piece.start);
            output.event(Event::Request(
                building.broken(end, "its trailers go on beyond the limit"),
            ));
            return;
        }
        request.headers.extend(fields.headers(base));
        request.raw.extend_from_slice(&fields.raw);
        request.pieces.extend(pieces);
        if let Some(problem) = fields.problem() {
            note(&mut request.broken, problem);
            building.cut |= fields.is_cut();
        }
        self.put_building(id, building);
    }

    /// Headers of the server: a response, trailers, or a promise.
    fn answered(&mut self, headers: Headers, limits: &Limits, output: &mut Output<'_>) {
        let (id, end) = (headers.stream, headers.at.end);
        let Some(fields) = headers.fields else {
            self.unread(Side::Server);
            if headers.ends_stream {
                self.end(Side::Server, id, end, output);
            }
            return;
        };
        if let Some(promised) = headers.promised {
            self.promise(promised, fields, headers.pieces, headers.at, limits, output);
            return;
        }
        if !self.open.contains_key(&id) {
            self.make_room(limits, headers.at.start, output);
        }
        let stream = self.open.entry(id).or_default();
        if matches!(stream.answer, Answer::None | Answer::Interim(..)) {
            let status = fields.status().unwrap_or_default();
            if (100..200).contains(&status) {
                stream.answer = Answer::Interim(status, headers.at);
            } else {
                stream.answer = Answer::Open(Box::new(Response {
                    number: stream.number.unwrap_or_default(),
                    stream: Some(id),
                    status,
                    headers: fields.described(),
                    body_bytes: 0,
                    at: headers.at,
                    complete: false,
                    broken: (status == 0).then(|| "it has no :status".to_owned()),
                }));
                self.open_socket(id, status, &fields, limits, output);
            }
        }
        if headers.ends_stream {
            self.end(Side::Server, id, end, output);
        }
    }

    /// A request that the server says it will answer without being asked.
    fn promise(
        &mut self,
        id: u32,
        fields: Fields,
        pieces: Vec<Range<u64>>,
        at: Range<u64>,
        limits: &Limits,
        output: &mut Output<'_>,
    ) {
        self.make_room(limits, at.start, output);
        self.told = self.told.saturating_add(1);
        let end = at.end;
        let cut = fields.is_cut();
        let mut building = Building::new(fields.request(self.told, id, true, pieces, at));
        building.cut = cut;
        output.event(Event::Request(building.complete(end)));
        let stream = self.open.entry(id).or_default();
        stream.number = Some(self.told);
        stream.asked = true;
    }

    /// Reads DATA as a WebSocket, where client and server agreed on one (RFC 8441 §5).
    fn open_socket(
        &mut self,
        id: u32,
        status: u16,
        fields: &Fields,
        limits: &Limits,
        output: &mut Output<'_>,
    ) {
        let is_socket = self
            .open
            .get(&id)
            .and_then(|stream| stream.building.as_ref())
            .is_some_and(|building| {
                let request = &building.request;
                let head = request.raw.get(..request.body.start).unwrap_or_default();
                let mut lines = head.split(|byte| *byte == b'\n');
                request.method == "CONNECT" && lines.any(|line| line == b":protocol: websocket")
            });
        if !is_socket || status != 200 {
            return;
        }
        let (Some(mut building), Some(number)) = (
            self.take_building(id),
            self.open.get(&id).and_then(|stream| stream.number),
        ) else {
            return;
        };
        let extensions = fields
            .value(b"sec-websocket-extensions")
            .unwrap_or_default();
        let mut socket = WebSocket::new(number, &String::from_utf8_lossy(extensions));
        // What came before the answer is in the body by now.
        let request = &mut building.request;
        let mut body = request.raw.split_off(request.body.start);
        request.body.end = request.body.start;
        let mut length = body.len() as u64;
        let mut data = Vec::new();
        while length > 0 {
            let Some(mut piece) = request.pieces.pop() else {
                break;
            };
            let size = piece.end.saturating_sub(piece.start).min(length);
            length -= size;
            let middle = piece.end - size;
            data.push(middle..piece.end);
            piece.end = middle;
            if !piece.is_empty() {
                request.pieces.push(piece);
            }
        }
        let end = request.at.end;
        output.event(Event::Request(building.complete(end)));
        for range in data.into_iter().rev() {
            let size = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
            let rest = body.split_off(size.min(body.len()));
            socket.push(Side::Client, range.start, &body, limits, output);
            body = rest;
        }
        if let Some(stream) = self.open.get_mut(&id) {
            stream.socket = Some(Box::new(socket));
        }
    }

    fn data(
        &mut self,
        side: Side,
        id: u32,
        offset: u64,
        bytes: &[u8],
        limits: &Limits,
        output: &mut Output<'_>,
    ) {
        let Some(stream) = self
            .open
            .get_mut(&id)
            .filter(|stream| stream.number.is_some() || side == Side::Server)
        else {
            if side == Side::Client {
                self.count_stray(offset, bytes.len() as u64);
            }
            return;
        };
        if let (Side::Server, Answer::Open(response)) = (side, &mut stream.answer) {
            response.body_bytes = response.body_bytes.saturating_add(bytes.len() as u64);
        }
        if let Some(socket) = &mut stream.socket {
            socket.push(side, offset, bytes, limits, output);
            return;
        }
        if side == Side::Server {
            return;
        }
        let Some(mut building) = self.take_building(id) else {
            return;
        };
        let held = self.held.saturating_add(building.held_before(offset));
        let room = limits.held.saturating_sub(held);
        let fitting = bytes.get(..room).unwrap_or(bytes);
        let before = building.request.raw.len();
        let mut kept = building.push_body(fitting, offset, limits);
        if kept.is_ok() && fitting.len() < bytes.len() {
            kept = Err(format!(
                "all open requests hold more than {} bytes",
                limits.held
            ));
        }
        match kept {
            Ok(()) => self.put_building(id, building),
            Err(why) => {
                let end = offset.saturating_add((building.request.raw.len() - before) as u64);
                output.event(Event::Request(building.broken(end, why)));
            }
        }
    }

    fn hole(
        &mut self,
        side: Side,
        id: u32,
        offset: u64,
        length: u64,
        limits: &Limits,
        output: &mut Output<'_>,
    ) {
        let why = format!(
            "{length} bytes at {offset} of the stream were not captured; what follows them is left out"
        );
        let Some(stream) = self.open.get_mut(&id) else {
            return;
        };
        if let (Side::Server, Answer::Open(response)) = (side, &mut stream.answer) {
            note(&mut response.broken, &*why);
            response.complete = false;
        }
        if let Some(socket) = &mut stream.socket {
            socket.lost(side, offset, length, limits, output);
        } else if side == Side::Client
            && let Some(building) = self.take_building(id)
        {
            output.event(Event::Request(building.broken(offset, why)));
        }
    }

    /// A side has said all it has to say in a stream.
    fn end(&mut self, side: Side, id: u32, at: u64, output: &mut Output<'_>) {
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
    fn reset(&mut self, side: Side, id: u32, code: u32, at: u64, output: &mut Output<'_>) {
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
    fn make_room(&mut self, limits: &Limits, offset: u64, output: &mut Output<'_>) {
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

    fn take_building(&mut self, id: u32) -> Option<Building> {
        let building = self.open.get_mut(&id)?.building.take()?;
        self.held = self.held.saturating_sub(building.held());
        Some(*building)
    }

    fn put_building(&mut self, id: u32, building: Building) {
        if let Some(stream) = self.open.get_mut(&id) {
            self.held = self.held.saturating_add(building.held());
            stream.building = Some(Box::new(building));
        }
    }

    const fn unread(&mut self, side: Side) {
        let [client, server] = &mut self.unread;
        let count = match side {
            Side::Client => client,
            Side::Server => server,
        };
        *count = count.saturating_add(1);
    }

    const fn count_stray(&mut self, offset: u64, bytes: u64) {
        if self.stray.bytes == 0 {
            self.stray.from = offset;
        }
        self.stray.bytes = self.stray.bytes.saturating_add(bytes);
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

impl Stream {
    /// Hands out a response, or keeps it until its request is known.
    fn tell(&mut self, response: Box<Response>, output: &mut Output<'_>) {
        if self.number.is_some() {
            self.answer = Answer::Done;
            output.event(Event::Response(*response));
        } else {
            self.answer = Answer::Early(response);
        }
    }

    /// Ends the response where it is.
    fn stop(&mut self, id: u32, why: &str, at: Option<u64>, output: &mut Output<'_>) {
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
