//! The streams of a conversation of HTTP/2, and the requests and responses in them.

mod ending;
mod socket;
mod stream;

use std::collections::BTreeMap;
use std::ops::Range;

use self::stream::{Answer, Stream};
use super::fields::Fields;
use super::frame::{Headers, Item};
use crate::building::{Building, note};
use crate::output::Output;
use crate::{Event, Limits, Response, Side};

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
}
