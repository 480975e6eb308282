//! Holds the evidence against itself: what a capture states against what its
//! requests say, the times, the order and the layout of its entries, and one
//! exhibit against another.
//!
//! [`Consistency`] is fed exhibit by exhibit, and in each exchange by exchange.
//! It gives [`Contradiction`]s: two sides, each quoted with its place. It never
//! says why the sides differ: captures are re-saved, clocks are set, proxies serve
//! more than one device. What it holds is bounded by [`ConsistencyLimits`].
//!
//! One file holds one check: `stated` and `payload` against each other by
//! `identity`, `session`, `order`, `repeats`, `writer`.

mod agent;
mod fact;
mod identity;
mod order;
mod payload;
mod repeats;
mod session;
mod stated;
mod writer;

use affiant_model::{
    Capture, Case, Contradiction, ContradictionKind, Defect, Exchange, Exhibit, Side, Span, Stage,
};

pub use self::repeats::{Fingerprint, Repeat};
use crate::Examination;

/// Holds the bounds of what is remembered. Where one is reached, a defect says
/// what was not compared.
#[derive(Debug, Clone)]
pub struct ConsistencyLimits {
    /// Entries of earlier exhibits, and times and identifiers of the present one;
    /// by default 1 048 576, for which some 130 MB are held.
    pub entries: usize,
    /// Different values of one exhibit, such as models and pages; by default 1 024.
    pub values: usize,
}

impl Default for ConsistencyLimits {
    fn default() -> Self {
        Self {
            entries: 1 << 20,
            values: 1 << 10,
        }
    }
}

/// Finds contradictions in exhibits that are read one after the other.
pub struct Consistency<'c> {
    case: &'c Case,
    limits: ConsistencyLimits,
    repeats: repeats::Repeats,
    current: Option<Current<'c>>,
}

/// What the checks of one exhibit remember of it.
struct Current<'c> {
    exhibit: &'c Exhibit,
    payload: payload::Payload,
    session: session::Session,
    order: order::Order,
    writer: writer::Writer,
}

/// What the checks found in one exhibit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consequences {
    /// The contradictions.
    pub contradictions: Vec<Contradiction>,
    /// What was not compared because a bound was reached.
    pub defects: Vec<Defect>,
}

impl<'c> Consistency<'c> {
    /// Begins with no exhibit.
    #[must_use]
    pub fn new(case: &'c Case, limits: ConsistencyLimits) -> Self {
        Self {
            case,
            repeats: repeats::Repeats::new(limits.entries),
            limits,
            current: None,
        }
    }

    /// Begins an exhibit; what was remembered of one that was not ended is dropped.
    pub fn begin(&mut self, exhibit: &'c Exhibit) {
        self.repeats.begin(exhibit);
        self.current = Some(Current {
            exhibit,
            payload: payload::Payload::new(self.limits.values),
            session: session::Session::new(self.limits.entries),
            order: order::Order::default(),
            writer: writer::Writer::new(&self.limits),
        });
    }

    /// Takes the next exchange of the exhibit with what was found in it; gives
    /// the exchange of an earlier exhibit that it is, where it is one.
    pub fn observe(
        &mut self,
        exchange: &Exchange,
        examination: &Examination,
        fingerprint: Option<Fingerprint>,
    ) -> Option<Repeat> {
        let current = self.current.as_mut()?;
        current.payload.observe(exchange, examination);
        current.session.observe(exchange);
        current.order.observe(exchange);
        current.writer.observe(exchange);
        self.repeats.observe(exchange, fingerprint?)
    }

    /// Ends the exhibit, of which the log said `capture` of itself; gives what
    /// contradicts what.
    pub fn end(&mut self, capture: Option<&Capture>) -> Consequences {
        let Some(current) = self.current.take() else {
            return Consequences::default();
        };
        let nothing = Capture::default();
        let about = About {
            exhibit: current.exhibit,
            capture: capture.unwrap_or(&nothing),
            case: self.case,
        };
        let mut found = Consequences::default();
        identity::compare(&about, current.payload, &mut found);
        current.session.end(&about, &mut found);
        current.order.end(&about, &mut found);
        current.writer.end(&about, &mut found);
        self.repeats.end(&mut found);
        found
    }
}

/// What is known of an exhibit besides its exchanges.
struct About<'a> {
    exhibit: &'a Exhibit,
    capture: &'a Capture,
    case: &'a Case,
}

impl About<'_> {
    /// A side that the intake record or the case file states of the exhibit.
    fn recorded(&self, source: impl Into<String>, text: impl Into<String>) -> Side {
        Side {
            exhibit: self.exhibit.id,
            exchange: None,
            span: None,
            source: source.into(),
            text: quoted(&text.into()),
        }
    }

    /// A side that the log states of itself, under a name of [`Capture::places`].
    fn stated(&self, name: &str, source: impl Into<String>, text: &str) -> Side {
        Side {
            span: self.capture.places.get(name).copied(),
            ..self.recorded(source, text)
        }
    }
}

/// Something that the checks saw, and in how many entries.
#[derive(Debug, Clone)]
struct Seen {
    first: Side,
    entries: u64,
    last: Option<u32>,
}

impl Seen {
    fn new(first: Side) -> Self {
        Self {
            entries: 1,
            last: first.exchange,
            first,
        }
    }

    /// Counts an entry once, however often it says the same.
    fn again(&mut self, exchange: u32) {
        if self.last != Some(exchange) {
            self.entries += 1;
            self.last = Some(exchange);
        }
    }

    /// Counts in a place that may be empty.
    fn note(slot: &mut Option<Self>, exchange: u32, side: impl FnOnce() -> Side) {
        match slot {
            Some(seen) => seen.again(exchange),
            None => *slot = Some(Self::new(side())),
        }
    }
}

/// A side in an exchange.
fn side(
    exchange: &Exchange,
    span: Option<Span>,
    source: impl Into<String>,
    text: impl AsRef<str>,
) -> Side {
    Side {
        exhibit: exchange.exhibit,
        exchange: Some(exchange.ordinal),
        span: span.or(Some(exchange.span)),
        source: source.into(),
        text: quoted(text.as_ref()),
    }
}

/// The start of an exchange as a side.
fn start_of(exchange: &Exchange) -> Side {
    side(
        exchange,
        exchange.marks.start,
        "start of the exchange by the capture's clock",
        &exchange.started_as_written,
    )
}

/// Longest quotation, in bytes.
const QUOTED: usize = 300;

/// A quotation, cut where it is too long, and marked where it is cut.
fn quoted(text: &str) -> String {
    if text.len() <= QUOTED {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(QUOTED);
    format!("{}…", text.get(..end).unwrap_or_default())
}

fn contradiction(
    kind: ContradictionKind,
    sides: [Side; 2],
    entries: u64,
    consequence: &str,
) -> Contradiction {
    Contradiction {
        kind,
        sides,
        entries,
        consequence: consequence.to_owned(),
    }
}

/// Says that a bound was reached at an exchange, or of a whole exhibit.
fn bound(side: &Side, message: String, consequence: &str) -> Defect {
    Defect {
        exhibit: side.exhibit,
        exchange: side.exchange,
        span: side.span,
        stage: Stage::Detect,
        message,
        consequence: consequence.to_owned(),
    }
}
