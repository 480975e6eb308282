//! Requests and their answers, joined while the file is read.
//!
//! A record says which others belong to the same exchange in
//! `WARC-Concurrent-To` (ISO 28500:2017 §5.7); it may be the request that names
//! the answer, or the answer that names the request, and either may come first.
//! Where that joins neither, one target at one time is the same exchange.

use std::collections::VecDeque;

use affiant_model::Span;

use super::record::Record;

/// How many records may stand between a request and its answer, and how many
/// bytes requests may take that wait for one. They are no fields of the limits,
/// because where entries are must not depend on them.
const RECORDS: usize = 128;
const BYTES: u64 = 32 << 20;

/// What a record is to an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Request,
    /// `response`, or `revisit`: an answer that the file holds already.
    Answer,
    /// An answer to a lookup by DNS (target `dns:host`).
    Lookup,
}

impl Role {
    /// What a record is; `None` where it is no part of an exchange of HTTP or DNS.
    pub(super) fn of(record: &Record) -> Option<Self> {
        let kind = record.text("WARC-Type")?.to_ascii_lowercase();
        let target = record
            .target()
            .map(|(target, _)| target.to_ascii_lowercase());
        let target = target.unwrap_or_default();
        let is_http = target.starts_with("http:") || target.starts_with("https:");
        match &*kind {
            "request" => Some(Self::Request),
            "response" | "revisit" if is_http || is_http_type(record) => Some(Self::Answer),
            "response" if target.starts_with("dns:") => Some(Self::Lookup),
            _ => None,
        }
    }
}

/// Whether the block is said to be a message of HTTP.
fn is_http_type(record: &Record) -> bool {
    let kind = record.text("Content-Type").unwrap_or_default();
    kind.to_ascii_lowercase().starts_with("application/http")
}

/// An entry to be, with what it holds.
#[derive(Debug)]
pub(super) struct Slot<T> {
    pub(super) role: Role,
    /// Its place in the file.
    pub(super) span: Span,
    id: String,
    concurrent: Vec<String>,
    target: String,
    date: String,
    joined: bool,
    /// What the answer holds, of a request that has one.
    pub(super) answer: Option<T>,
    pub(super) content: Option<T>,
}

impl<T> Slot<T> {
    pub(super) fn new(role: Role, record: &Record, span: Span) -> Self {
        let text = |name| record.text(name).unwrap_or_default();
        Self {
            role,
            span,
            id: text("WARC-Record-ID"),
            concurrent: record
                .texts("WARC-Concurrent-To")
                .map(std::borrow::Cow::into_owned)
                .take(RECORDS)
                .collect(),
            target: record
                .target()
                .map_or_else(String::new, |(target, _)| target),
            date: text("WARC-Date"),
            joined: false,
            answer: None,
            content: None,
        }
    }

    /// Whether it names records that it belongs to and none of them was found.
    pub(super) fn is_astray(&self) -> bool {
        !self.joined && !self.concurrent.is_empty()
    }

    /// Whether one of two names the other.
    fn names(&self, other: &Self) -> bool {
        let named =
            |slot: &Self, id: &str| !id.is_empty() && slot.concurrent.iter().any(|c| c == id);
        named(self, &other.id) || named(other, &self.id)
    }

    /// Whether two that are not joined have one target at one time.
    fn is_like(&self, other: &Self) -> bool {
        !self.joined
            && !other.joined
            && !self.target.is_empty()
            && (&self.target, &self.date) == (&other.target, &other.date)
    }

    /// The role of what it can be joined with.
    const fn other(&self) -> Option<Role> {
        match self.role {
            Role::Request => Some(Role::Answer),
            Role::Answer => Some(Role::Request),
            Role::Lookup => None,
        }
    }
}

/// Joins a request and an answer, whichever is which.
fn join<T>(one: &mut Slot<T>, two: &mut Slot<T>) {
    let (request, answer) = if one.role == Role::Request {
        (one, two)
    } else {
        (two, one)
    };
    // Of several answers the first counts, and none is an entry.
    if request.answer.is_none() {
        request.answer = answer.content.take();
    }
    (request.joined, answer.joined) = (true, true);
}

/// The last records of a file, of which requests and answers are joined.
#[derive(Debug)]
pub(super) struct Window<T> {
    slots: VecDeque<Slot<T>>,
    bytes: u64,
}

impl<T> Window<T> {
    pub(super) const fn new() -> Self {
        Self {
            slots: VecDeque::new(),
            bytes: 0,
        }
    }

    /// Adds a record, and joins it with one that came before.
    pub(super) fn push(&mut self, mut slot: Slot<T>) {
        let mates = self.slots.iter_mut().rev();
        let mut mates = mates.filter(|mate| Some(mate.role) == slot.other());
        if let Some(mate) = mates.find(|mate| mate.names(&slot)) {
            join(mate, &mut slot);
        }
        self.bytes = self.bytes.saturating_add(slot.span.length);
        self.slots.push_back(slot);
    }

    /// The first entry, once nothing more can belong to it, or at the `end`.
    pub(super) fn pop(&mut self, end: bool) -> Option<Slot<T>> {
        while end || self.slots.len() > RECORDS || self.bytes > BYTES {
            let mut slot = self.slots.pop_front()?;
            // Webrecorder names an answer that it does not keep, because it writes
            // a revisit in its place, under a name of its own.
            let other = slot.other();
            let mut mates = self.slots.iter_mut();
            let mate = mates.find(|mate| Some(mate.role) == other && mate.is_like(&slot));
            if let Some(mate) = mate {
                join(mate, &mut slot);
            }
            self.bytes = self.bytes.saturating_sub(slot.span.length);
            if !(slot.role == Role::Answer && slot.joined) {
                return Some(slot);
            }
        }
        None
    }
}
