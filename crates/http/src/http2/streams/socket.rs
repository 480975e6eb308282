//! WebSockets in streams of HTTP/2 (RFC 8441).

use super::Streams;
use crate::http2::fields::Fields;
use crate::output::Output;
use crate::websocket::WebSocket;
use crate::{Event, Limits, Side};

impl Streams {
    /// Reads DATA as a WebSocket, where client and server agreed on one (RFC 8441 §5).
    pub(super) fn open_socket(
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
}
