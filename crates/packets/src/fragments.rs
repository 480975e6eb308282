use std::{
    collections::{BTreeMap, VecDeque},
    net::IpAddr,
};

use affiant_model::Span;

use crate::{
    Event, Limits,
    ip::{Carried, Fragment},
    tally::{Tally, Unread},
};

/// What is counted for a part besides its bytes: its place in memory is not free.
const PART: usize = 128;

/// Puts datagrams together that were sent in fragments (RFC 791 §3.2, RFC 8200 §4.5).
///
/// Where fragments overlap, the bytes captured first are kept; if others differ from them, it
/// is said. Receivers differ in this (RFC 5722 has them drop the whole), so a different
/// reading may have been taken.
#[derive(Debug)]
pub(crate) struct Fragments {
    datagrams: BTreeMap<Key, Datagram>,
    /// Oldest first. Those that are complete are left in until they come up.
    order: VecDeque<(u64, Key)>,
    serial: u64,
    held: usize,
    most: usize,
    most_bytes: usize,
    patience: i128,
}

/// What the fragments of one datagram have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    source: IpAddr,
    destination: IpAddr,
    identification: u32,
    /// IPv6 does not count it in; IPv4 does.
    protocol: Option<u8>,
}

#[derive(Debug)]
struct Datagram {
    serial: u64,
    since: Option<i128>,
    /// The protocol the first fragment says.
    protocol: Option<u8>,
    parts: BTreeMap<u32, Part>,
    covered: u32,
    total: Option<u32>,
    held: usize,
    /// The first fragment captured.
    place: Span,
}

#[derive(Debug)]
struct Part {
    bytes: Vec<u8>,
    places: Vec<Span>,
}

/// A datagram put together.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) protocol: u8,
    pub(crate) bytes: Vec<u8>,
    pub(crate) places: Vec<Span>,
}

impl Fragments {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            datagrams: BTreeMap::new(),
            order: VecDeque::new(),
            serial: 0,
            held: 0,
            most: limits.datagrams.max(1),
            most_bytes: limits.fragment_bytes,
            patience: limits.fragment_time,
        }
    }

    /// Bytes held, with what it costs to hold them.
    pub(crate) const fn held(&self) -> usize {
        self.held
    }

    /// Takes a fragment; the whole if it was the last one missing.
    pub(crate) fn push(
        &mut self,
        carried: &Carried<'_>,
        fragment: Fragment,
        time: Option<i128>,
        tally: &mut Tally,
        sink: &mut dyn FnMut(Event<'_>),
    ) -> Option<Whole> {
        let span = carried.data.span();
        let length = u32::try_from(carried.data.length()).unwrap_or(u32::MAX);
        let end = fragment.offset.saturating_add(length);
        // More than 64 KiB is no datagram, and all but the last are multiples of eight.
        if end > 0xffff + 8 || (fragment.more && (length % 8 != 0 || length == 0)) {
            tally.count(Unread::Malformed("an IP fragment"), span, sink);
            return None;
        }
        if carried.data.missing > 0 {
            tally.count(Unread::CutFragment, span, sink);
        }
        self.expire(time, tally, sink);
        let key = Key {
            source: carried.source,
            destination: carried.destination,
            identification: fragment.identification,
            protocol: carried.source.is_ipv4().then_some(carried.protocol),
        };
        let datagram = self.datagrams.entry(key).or_insert_with(|| {
            self.serial += 1;
            self.order.push_back((self.serial, key));
            Datagram::new(self.serial, time, span)
        });
        let before = datagram.held;
        let differs = datagram.add(carried, fragment, end);
        self.held += datagram.held - before;
        if differs {
            tally.count(Unread::FragmentOverlap, span, sink);
        }
        let whole = datagram.whole();
        if whole.is_some() {
            self.remove(&key);
        }
        while self.held > self.most_bytes || self.datagrams.len() > self.most {
            self.drop_oldest(tally, sink);
        }
        whole
    }

    /// Gives up what waited for too long.
    fn expire(&mut self, now: Option<i128>, tally: &mut Tally, sink: &mut dyn FnMut(Event<'_>)) {
        while let Some((serial, key)) = self.order.front() {
            let waits = match self.datagrams.get(key) {
                Some(datagram) if datagram.serial == *serial => {
                    let since = now.zip(datagram.since);
                    since.is_none_or(|(now, since)| now - since <= self.patience)
                }
                _ => false,
            };
            if waits {
                break;
            }
            self.drop_oldest(tally, sink);
        }
        // Complete ones behind an incomplete one are not worth their places.
        if self.order.len() > self.most * 2 {
            let datagrams = &self.datagrams;
            self.order.retain(|(serial, key)| {
                datagrams
                    .get(key)
                    .is_some_and(|datagram| datagram.serial == *serial)
            });
        }
    }

    fn drop_oldest(&mut self, tally: &mut Tally, sink: &mut dyn FnMut(Event<'_>)) {
        let Some((serial, key)) = self.order.pop_front() else {
            return;
        };
        if self
            .datagrams
            .get(&key)
            .is_some_and(|datagram| datagram.serial == serial)
            && let Some(datagram) = self.remove(&key)
        {
            tally.count(Unread::Fragments, datagram.place, sink);
        }
    }

    fn remove(&mut self, key: &Key) -> Option<Datagram> {
        let datagram = self.datagrams.remove(key)?;
        self.held -= datagram.held;
        Some(datagram)
    }

    /// Gives up all that is left.
    pub(crate) fn finish(&mut self, tally: &mut Tally, sink: &mut dyn FnMut(Event<'_>)) {
        while !self.order.is_empty() {
            self.drop_oldest(tally, sink);
        }
    }
}

impl Datagram {
    const fn new(serial: u64, since: Option<i128>, place: Span) -> Self {
        Self {
            serial,
            since,
            protocol: None,
            parts: BTreeMap::new(),
            covered: 0,
            total: None,
            held: 0,
            place,
        }
    }

    /// Takes what a fragment that ends at `end` has and was not there; whether it differs
    /// from what was.
    fn add(&mut self, carried: &Carried<'_>, fragment: Fragment, end: u32) -> bool {
        if fragment.offset == 0 && self.protocol.is_none() {
            self.protocol = Some(carried.protocol);
        }
        let mut differs = false;
        if !fragment.more {
            differs |= self.total.is_some_and(|total| total != end);
            self.total.get_or_insert(end);
        }
        let start = fragment.offset as usize;
        let stop = start + carried.data.bytes.len();
        let mut at = start;
        let first = self
            .parts
            .range(..fragment.offset)
            .next_back()
            .map_or(0, |(&at, _)| at);
        let mut gaps = Vec::new();
        for (&offset, part) in self.parts.range(first..) {
            let (from, to) = (offset as usize, offset as usize + part.bytes.len());
            if from >= stop {
                break;
            }
            if to <= at {
                continue;
            }
            if from > at {
                gaps.push(at..from);
            }
            let (low, high) = (from.max(start), to.min(stop));
            let ours = carried.data.bytes.get(low - start..high.max(low) - start);
            differs |= ours != part.bytes.get(low - from..high.max(low) - from);
            at = to;
        }
        if at < stop {
            gaps.push(at..stop);
        }
        for gap in gaps {
            let Some(data) = carried.data.behind(gap.start - start) else {
                continue;
            };
            let data = data.first((gap.end - gap.start) as u64);
            let bytes = data.bytes.to_vec();
            self.held += PART + bytes.len();
            self.covered += bytes.len() as u32;
            let places = data.with_places(<[Span]>::to_vec);
            self.parts.insert(gap.start as u32, Part { bytes, places });
        }
        differs
    }

    fn whole(&mut self) -> Option<Whole> {
        let (protocol, total) = (self.protocol?, self.total?);
        let (&last, part) = self.parts.last_key_value()?;
        // Parts that do not overlap, end where the whole does and are as long have no holes.
        // What lies beyond the end that was said first is not of it.
        if self.covered != total || last as usize + part.bytes.len() != total as usize {
            return None;
        }
        let mut whole = Whole {
            protocol,
            bytes: Vec::with_capacity(total as usize),
            places: Vec::new(),
        };
        for part in self.parts.values() {
            whole.bytes.extend_from_slice(&part.bytes);
            whole.places.extend_from_slice(&part.places);
        }
        Some(whole)
    }
}
