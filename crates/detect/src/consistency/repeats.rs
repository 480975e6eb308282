//! The same exchange in two exhibits.
//!
//! A capture is exported twice, or two files overlap, and what stands in both must
//! count once. An entry is known again by what names it: kind, method, address and
//! start, to the microsecond as far as the capture writes it. It is the same where
//! its content agrees too: of a request the bytes of its fields, undone of the
//! capture's own spelling, so that another indentation makes no difference; of any
//! other entry its own bytes. Formats write headers and bodies in different ways:
//! between two of them the content is not compared, and the start must then be
//! written finer than to the millisecond.
//!
//! A request that two programs captured, each by its own clock, is not known again.

use std::collections::BTreeMap;
use std::fmt;

use affiant_model::{ContradictionKind, Exchange, Exhibit, ExhibitId, Side, Span};
use chrono::SecondsFormat;
use sha2::{Digest as _, Sha256};

use super::{Consequences, Seen, bound, contradiction, side};
use crate::leaf::carried;
use crate::screen::without_credentials;

const ONCE: &str = "the entries are counted once, in the earlier exhibit; here they are listed with their place there, and their transmittals are not asserted again";
const DIFFERS: &str = "one of the two may have been edited, or written by another version of its program; both are counted as they stand";

/// What an entry is known again by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    name: [u8; 16],
    content: [u8; 16],
    /// Whether the start is written finer than to the millisecond.
    fine: bool,
}

impl Fingerprint {
    /// The fingerprint of an entry; `None` where it has no time.
    #[must_use]
    pub fn of(exchange: &Exchange) -> Option<Self> {
        let micros = exchange.started?.timestamp_micros();
        let mut name = Sha256::new();
        for part in [
            exchange.kind.as_str(),
            &exchange.method,
            &exchange.url,
            &exchange.host,
            exchange.detail.as_deref().unwrap_or_default(),
        ] {
            name.update((part.len() as u64).to_le_bytes());
            name.update(part);
        }
        name.update(micros.to_le_bytes());
        let mut content = Sha256::new();
        if exchange.kind.has_content() {
            for field in &exchange.fields {
                let label = field.name.to_string();
                let bytes = carried(field).decode(exchange.bytes_of(field));
                for part in [label.as_bytes(), &bytes] {
                    content.update((part.len() as u64).to_le_bytes());
                    content.update(part);
                }
            }
        } else {
            content.update(&exchange.raw);
        }
        Some(Self {
            name: half(&name.finalize()),
            content: half(&content.finalize()),
            fine: micros % 1000 != 0,
        })
    }
}

fn half(digest: &[u8]) -> [u8; 16] {
    let mut half = [0; 16];
    half.iter_mut()
        .zip(digest)
        .for_each(|(to, from)| *to = *from);
    half
}

/// The exchange of an earlier exhibit that a later one holds again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// The earlier exhibit.
    pub exhibit: ExhibitId,
    /// The exchange in it.
    pub exchange: u32,
}

impl fmt::Display for Repeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.exhibit, self.exchange)
    }
}

/// How many entries of one name are kept; of one exhibit more would be alike.
const ALIKE: usize = 64;

/// The entries of the earlier exhibits.
pub(super) struct Repeats {
    most: usize,
    kept: usize,
    known: BTreeMap<[u8; 16], Vec<Known>>,
    formats: Vec<String>,
    /// Exhibit and format that are read now.
    now: (ExhibitId, usize),
    /// Of each earlier exhibit, what stands here again, and what differs.
    again: BTreeMap<(ExhibitId, ContradictionKind), (Side, Seen)>,
    beyond: Option<Side>,
    said: bool,
}

/// An entry that was met.
struct Known {
    exhibit: ExhibitId,
    format: usize,
    exchange: u32,
    content: [u8; 16],
    span: Span,
    /// The last exhibit in which it was met again: there it stands for one entry only.
    met: ExhibitId,
}

impl Repeats {
    pub(super) const fn new(most: usize) -> Self {
        Self {
            most,
            kept: 0,
            known: BTreeMap::new(),
            formats: Vec::new(),
            now: (ExhibitId(0), 0),
            again: BTreeMap::new(),
            beyond: None,
            said: false,
        }
    }

    pub(super) fn begin(&mut self, exhibit: &Exhibit) {
        let name = exhibit.format.rsplit('/').next().unwrap_or_default();
        let known = self.formats.iter().position(|format| format == name);
        let format = known.unwrap_or_else(|| {
            self.formats.push(name.to_owned());
            self.formats.len() - 1
        });
        self.now = (exhibit.id, format);
        self.again.clear();
    }

    pub(super) fn observe(&mut self, exchange: &Exchange, print: Fingerprint) -> Option<Repeat> {
        let (exhibit, format) = self.now;
        let alike = self.known.entry(print.name).or_default();
        let free = |known: &&mut Known| known.exhibit != exhibit && known.met != exhibit;
        let same = |known: &&mut Known| {
            let fine = known.format != format && print.fine && exchange.kind.has_content();
            known.content == print.content || fine
        };
        if let Some(known) = alike.iter_mut().filter(free).find(same) {
            known.met = exhibit;
            let found = Repeat {
                exhibit: known.exhibit,
                exchange: known.exchange,
            };
            let kind = ContradictionKind::Repeat;
            note(&mut self.again, known, kind, exchange);
            return Some(found);
        }
        let differs = |known: &&mut Known| known.format == format && exchange.kind.has_content();
        if let Some(known) = alike.iter_mut().filter(free).find(differs) {
            known.met = exhibit;
            note(&mut self.again, known, ContradictionKind::Content, exchange);
        }
        if self.kept < self.most && alike.len() < ALIKE {
            self.kept += 1;
            alike.push(Known {
                exhibit,
                format,
                exchange: exchange.ordinal,
                content: print.content,
                span: exchange.span,
                met: exhibit,
            });
        } else if self.beyond.is_none() && !self.said {
            self.beyond = Some(described(exchange));
        }
        if alike.is_empty() {
            self.known.remove(&print.name);
        }
        None
    }

    pub(super) fn end(&mut self, found: &mut Consequences) {
        for ((_, kind), (first, seen)) in std::mem::take(&mut self.again) {
            let means = if kind == ContradictionKind::Repeat {
                ONCE
            } else {
                DIFFERS
            };
            let sides = [first, seen.first];
            let this = contradiction(kind, sides, seen.entries, means);
            found.contradictions.push(this);
        }
        if let Some(side) = self.beyond.take() {
            self.said = true;
            let message = format!(
                "more than {} entries, or {ALIKE} with one address and one start, were read",
                self.kept
            );
            let means = "those from here on that are not kept are not looked for in later exhibits: what stands there too is counted twice";
            found.defects.push(bound(&side, message, means));
        }
    }
}

/// Notes that `exchange` is `known` again, once for each earlier exhibit.
fn note(
    again: &mut BTreeMap<(ExhibitId, ContradictionKind), (Side, Seen)>,
    known: &Known,
    kind: ContradictionKind,
    exchange: &Exchange,
) {
    match again.get_mut(&(known.exhibit, kind)) {
        Some((_, seen)) => seen.again(exchange.ordinal),
        None => {
            let here = described(exchange);
            let earlier = Side {
                exhibit: known.exhibit,
                exchange: Some(known.exchange),
                span: Some(known.span),
                ..here.clone()
            };
            again.insert((known.exhibit, kind), (earlier, Seen::new(here)));
        }
    }
}

/// An entry as a side: what names it.
fn described(exchange: &Exchange) -> Side {
    let name = if exchange.url.is_empty() {
        exchange.host.as_str().into()
    } else {
        without_credentials(&exchange.url)
    };
    // Formats write one time in several ways.
    let time = exchange
        .started
        .map(|time| time.to_rfc3339_opts(SecondsFormat::Micros, true));
    let text = format!("{} {name} at {}", exchange.method, time.unwrap_or_default());
    side(exchange, None, "the entry", text.trim_start())
}
