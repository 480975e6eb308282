use std::collections::BTreeMap;

use affiant_model::Span;

use super::{Context, history::History};
use crate::{ConversationId, Event, Side, data::Data, tally::Unread};

/// What is counted for a held segment besides its bytes.
const SEGMENT: usize = 160;

/// A window is at most 1 GiB (RFC 7323 §2.3): sequence numbers beyond are of something else.
const WINDOW: i64 = 1 << 30;
/// Nothing is sent again that late.
const FAR: i64 = 64 << 20;

/// What one side of a TCP conversation sends (RFC 9293 §3.4): bytes in order, and holes.
#[derive(Debug)]
pub(crate) struct Stream {
    id: ConversationId,
    side: Side,
    /// The sequence number of the byte at `next`; `None` until a segment was captured.
    sequence: Option<u32>,
    /// The sequence number of its first byte.
    first: Option<u32>,
    /// Bytes handed on or lost.
    next: u64,
    /// Bytes handed on.
    pub(crate) bytes: u64,
    /// Segments behind a hole, by their place in the stream. They do not overlap.
    held: BTreeMap<u64, Segment>,
    pub(crate) held_bytes: usize,
    /// Up to here what is not held will not come.
    lost: u64,
    /// Where the stream ends.
    end: Option<u64>,
    /// Up to here the other side acknowledged.
    acknowledged: u64,
    /// The packet and time at which the hole was acknowledged.
    since: Option<(u64, Option<i128>)>,
    history: History,
}

#[derive(Debug)]
struct Segment {
    bytes: Vec<u8>,
    places: Vec<Span>,
    time: Option<i128>,
    packet: u64,
    /// Where it ended on the wire; behind its bytes if not all was captured.
    end: u64,
}

impl Stream {
    pub(crate) fn new(id: ConversationId, side: Side) -> Self {
        Self {
            id,
            side,
            sequence: None,
            first: None,
            next: 0,
            bytes: 0,
            held: BTreeMap::new(),
            held_bytes: 0,
            lost: 0,
            end: None,
            acknowledged: 0,
            since: None,
            history: History::default(),
        }
    }

    /// The first byte has this sequence number. A second beginning is not heeded.
    pub(crate) fn begin(&mut self, sequence: u32) {
        if self.first.is_none() {
            self.first = Some(sequence);
            self.sequence = Some(sequence);
        }
    }

    /// Whether it is known to begin with another sequence number.
    pub(crate) fn begins_elsewhere(&self, sequence: u32) -> bool {
        self.first.is_some_and(|first| first != sequence)
    }

    /// The place in the stream of a sequence number, negative if before its beginning.
    fn place(&self, sequence: u32) -> Option<i64> {
        let distance = sequence.wrapping_sub(self.sequence?).cast_signed();
        Some(self.next.cast_signed() + i64::from(distance))
    }

    /// Whether all that was sent up to the end was handed on.
    pub(crate) fn is_ended(&self) -> bool {
        self.end.is_some_and(|end| self.next >= end)
    }

    /// Whether an end was captured.
    pub(crate) const fn has_end(&self) -> bool {
        self.end.is_some()
    }

    /// Whether a segment brings something that was not handed on.
    pub(crate) fn is_new(&self, sequence: u32, data: &Data<'_>) -> bool {
        let start = self.place(sequence).unwrap_or(0);
        data.length() > 0 && start + data.length().cast_signed() > self.next.cast_signed()
    }

    /// Takes a segment, and the end of the stream behind it if `fin`.
    pub(crate) fn push(
        &mut self,
        sequence: u32,
        data: &Data<'_>,
        fin: bool,
        context: &mut Context<'_, '_>,
    ) {
        self.begin(sequence);
        let start = self.place(sequence).unwrap_or(0);
        let stop = start + data.length().cast_signed();
        let next = self.next.cast_signed();
        if start < next - FAR || stop > next + WINDOW {
            if data.length() > 0 {
                context.count(Unread::FarSegment, data.span());
            }
            return;
        }
        if fin && let Ok(end) = u64::try_from(stop) {
            self.end.get_or_insert(end);
        }
        // One byte before the next asks whether the other side is there (RFC 9293 §3.8.4).
        if data.length() == 0 || (data.length() == 1 && stop == next) {
            return;
        }
        if start < 0 {
            context.count(Unread::EarlySegment, data.span());
        } else if start < next && self.history.differs(next - start, data.bytes) {
            context.count(Unread::SegmentOverlap, data.span());
        }
        let Some(data) = cut_front(data, next - start) else {
            return;
        };
        let start = start.max(next).cast_unsigned();
        if start == self.next && self.held.is_empty() {
            let end = start + data.length();
            self.hand_on_data(&data, context);
            self.lost = self.lost.max(end);
        } else {
            self.hold(start, &data, context);
        }
        self.drain(context);
    }

    /// Keeps what of a segment is not held yet.
    fn hold(&mut self, start: u64, data: &Data<'_>, context: &mut Context<'_, '_>) {
        let (stop, end) = (start + data.bytes.len() as u64, start + data.length());
        let first = self
            .held
            .range(..start)
            .next_back()
            .map_or(start, |(&at, _)| at);
        let (mut at, mut differs, mut gaps) = (start, false, Vec::new());
        for (&from, segment) in self.held.range(first..stop) {
            let to = from + segment.bytes.len() as u64;
            if to <= at {
                continue;
            }
            if from > at {
                gaps.push((at, from));
            }
            let (low, high) = (from.max(start), to.min(stop));
            differs |= part(data.bytes, low - start, high - start)
                != part(&segment.bytes, low - from, high - from);
            at = to;
        }
        if at < stop {
            gaps.push((at, stop));
        } else if data.bytes.is_empty() && !self.held.contains_key(&start) {
            gaps.push((start, start));
        }
        if differs {
            context.count(Unread::SegmentOverlap, data.span());
        }
        for (from, to) in gaps {
            let Some(piece) = cut_front(data, (from - start).cast_signed()) else {
                continue;
            };
            let piece = piece.first(to - from);
            let segment = Segment {
                bytes: piece.bytes.to_vec(),
                places: piece.with_places(<[Span]>::to_vec),
                time: context.time,
                packet: context.packet,
                end,
            };
            self.count_held(segment.cost(), context, true);
            self.held.insert(from, segment);
        }
        while self.held_bytes > context.limits.side_bytes {
            self.give_up_hole(context);
        }
    }

    fn count_held(&mut self, cost: usize, context: &mut Context<'_, '_>, more: bool) {
        if more {
            self.held_bytes += cost;
            *context.held_bytes += cost;
        } else {
            self.held_bytes -= cost;
            *context.held_bytes -= cost;
        }
    }

    /// What the first hole lacks will not be waited for.
    pub(crate) fn give_up_hole(&mut self, context: &mut Context<'_, '_>) {
        if let Some((&first, _)) = self.held.first_key_value() {
            self.lost = self.lost.max(first);
            self.drain(context);
        }
    }

    /// What no hole of it lacks will be waited for.
    pub(crate) fn give_up_all(&mut self, context: &mut Context<'_, '_>) {
        let held = self
            .held
            .last_key_value()
            .map_or(0, |(_, segment)| segment.end);
        let acknowledged = self.acknowledged_bytes();
        self.lost = self
            .lost
            .max(held)
            .max(self.end.unwrap_or(0))
            .max(acknowledged);
        self.drain(context);
        self.history.free(context.history_bytes);
    }

    /// The other side acknowledged all before this sequence number.
    pub(crate) fn acknowledge(&mut self, sequence: u32, context: &mut Context<'_, '_>) {
        let place = self
            .place(sequence)
            .and_then(|place| u64::try_from(place).ok());
        // One of more than a window was never asked for; and the last one counts, not the
        // greatest, so that one that is damaged does no harm.
        let most = self.next.cast_signed() + WINDOW;
        if let Some(place) = place.filter(|place| place.cast_signed() < most) {
            self.acknowledged = place;
        }
        self.lose_what_was_acknowledged(context);
    }

    /// What was acknowledged, less the end, which counts as a byte (RFC 9293 §3.4). Where the
    /// end was not captured, one byte that is not there is taken for it.
    pub(crate) fn acknowledged_bytes(&self) -> u64 {
        match self.end {
            Some(end) => self.acknowledged.min(end),
            None if self.acknowledged == self.next + 1 && self.held.is_empty() => self.next,
            None => self.acknowledged,
        }
    }

    /// A hole whose bytes the other side has, and that waited for long enough, was not
    /// captured. Where nothing behind it was captured, it waits for that or for the end.
    pub(crate) fn lose_what_was_acknowledged(&mut self, context: &mut Context<'_, '_>) {
        let acknowledged = self.acknowledged_bytes();
        if acknowledged <= self.next {
            self.since = None;
            return;
        }
        let (packet, time) = *self.since.get_or_insert((context.packets, context.time));
        let waited = context
            .time
            .zip(time)
            .is_some_and(|(now, then)| now.saturating_sub(then) >= context.limits.patience_time);
        if (waited || context.packets.saturating_sub(packet) >= context.limits.patience_packets)
            && let Some((&first, _)) = self.held.first_key_value()
        {
            self.lost = self.lost.max(acknowledged.min(first));
            self.since = None;
            self.drain(context);
        }
    }

    /// Hands on what follows, and says what will not.
    fn drain(&mut self, context: &mut Context<'_, '_>) {
        loop {
            match self.held.first_entry() {
                Some(entry) if *entry.key() <= self.next => {
                    let (start, segment) = entry.remove_entry();
                    self.count_held(segment.cost(), context, false);
                    let runs = Data::runs(&segment.bytes, &segment.places);
                    if let Some(data) = cut_front(&runs, (self.next - start).cast_signed()) {
                        self.hand_on(&data, segment.time, segment.packet, context);
                    }
                    self.lost = self.lost.max(segment.end);
                }
                Some(entry) if self.next < self.lost => {
                    let end = self.lost.min(*entry.key());
                    self.lose(end, context);
                }
                None if self.next < self.lost => self.lose(self.lost, context),
                _ => break,
            }
        }
    }

    fn lose(&mut self, end: u64, context: &mut Context<'_, '_>) {
        let length = end - self.next;
        let (id, side, offset) = (self.id, self.side, self.next);
        (context.sink)(Event::Lost {
            id,
            side,
            offset,
            length,
        });
        self.history.clear();
        self.advance(length);
    }

    fn hand_on_data(&mut self, data: &Data<'_>, context: &mut Context<'_, '_>) {
        let (time, packet) = (context.time, context.packet);
        self.hand_on(data, time, packet, context);
    }

    fn hand_on(
        &mut self,
        data: &Data<'_>,
        time: Option<i128>,
        packet: u64,
        context: &mut Context<'_, '_>,
    ) {
        if data.bytes.is_empty() {
            return;
        }
        let (id, side, offset, bytes) = (self.id, self.side, self.next, data.bytes);
        data.with_places(|places| {
            (context.sink)(Event::Bytes {
                id,
                side,
                time,
                packet,
                offset,
                bytes,
                places,
            });
        });
        self.history
            .push(bytes, context.limits, context.history_bytes);
        self.bytes += bytes.len() as u64;
        self.advance(bytes.len() as u64);
    }

    /// Sequence numbers begin anew after 4 GiB.
    const fn advance(&mut self, count: u64) {
        self.next += count;
        if let Some(sequence) = self.sequence {
            self.sequence = Some(sequence.wrapping_add(count as u32));
        }
    }
}

impl Segment {
    const fn cost(&self) -> usize {
        self.bytes.len() + SEGMENT
    }
}

/// Without the first `count` bytes sent, of which some may not have been captured; `None` if
/// nothing is left.
fn cut_front<'a>(data: &Data<'a>, count: i64) -> Option<Data<'a>> {
    let count = u64::try_from(count).unwrap_or(0);
    if count > 0 && count >= data.length() {
        return None;
    }
    let captured = data.bytes.len();
    let taken = usize::try_from(count).unwrap_or(usize::MAX).min(captured);
    let mut rest = data.behind(taken)?;
    rest.missing -= count - taken as u64;
    Some(rest)
}

fn part(bytes: &[u8], from: u64, to: u64) -> Option<&[u8]> {
    bytes.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)
}
