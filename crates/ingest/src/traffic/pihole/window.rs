//! The last queries, each with what became of it so far.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::ops::ControlFlow;

use affiant_model::{ExchangeKind, Reach, Span, Unpack, Unpacked};

use super::line::{is_blocked, is_local};
use crate::traffic::draft::Draft;
use crate::traffic::entries::Entries;
use crate::traffic::lines::Line;

/// How many queries are held open for what becomes of them.
const OPEN: usize = 4_096;

/// How many names the answer to one query may lead through.
const ALIASES: usize = 64;

/// How many bytes of lines are kept of one query.
const BYTES: usize = 64 << 10;

/// A query with what became of it so far.
pub(super) struct Query<'a> {
    draft: Draft<'a>,
    raw: Vec<u8>,
    /// The places of the lines of which `raw` is made.
    runs: Vec<Span>,
    /// Whether it was said that not all of them are kept.
    full: bool,
    kind: String,
    outcomes: Vec<String>,
    keys: Vec<Key>,
    /// Whether an answer led on to another name, which the next line has.
    leads_on: bool,
}

/// By what a later line is known to belong to a query.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(u64),
    Name(String),
}

/// The last queries, oldest first.
#[derive(Default)]
pub(super) struct Window<'a> {
    queries: VecDeque<Query<'a>>,
    /// How many queries left the window.
    gone: usize,
    /// The last query of each number and name, by its place in the file.
    last: BTreeMap<Key, usize>,
    /// The query to which the line before belonged.
    before: Option<usize>,
}

impl<'a> Window<'a> {
    /// Takes a query in, and gives back the oldest where there are too many.
    pub(super) fn open(
        &mut self,
        mut draft: Draft<'a>,
        number: Option<u64>,
        kind: String,
        name: String,
        client: String,
        line: &[u8],
    ) -> Option<Query<'a>> {
        draft.exchange.kind = ExchangeKind::Lookup;
        draft.exchange.reach = Reach::Contacted;
        draft.exchange.host = name.trim_end_matches('.').to_owned();
        draft.exchange.client.address = Some(client);
        let span = draft.exchange.span;
        let key = number.map_or(Key::Name(name), Key::Number);
        let place = self.gone + self.queries.len();
        self.last.insert(key.clone(), place);
        self.before = None;
        self.queries.push_back(Query {
            draft,
            raw: line.to_vec(),
            runs: vec![span],
            full: false,
            kind,
            outcomes: Vec::new(),
            keys: vec![key],
            leads_on: false,
        });
        if self.queries.len() > OPEN {
            self.pop()
        } else {
            None
        }
    }

    /// Takes the oldest query out.
    pub(super) fn pop(&mut self) -> Option<Query<'a>> {
        let query = self.queries.pop_front()?;
        for key in &query.keys {
            if self.last.get(key) == Some(&self.gone) {
                self.last.remove(key);
            }
        }
        self.gone += 1;
        Some(query)
    }

    /// Adds a line to the query that it belongs to; `false` where there is none.
    pub(super) fn join(
        &mut self,
        number: Option<u64>,
        what: &str,
        name: &str,
        result: &str,
        line: &Line,
    ) -> bool {
        let key = number.map_or_else(|| Key::Name(name.to_owned()), Key::Number);
        let led_to = self.before.filter(|place| {
            number.is_none()
                && place
                    .checked_sub(self.gone)
                    .and_then(|at| self.queries.get(at))
                    .is_some_and(|query| query.leads_on && query.keys.len() < ALIASES)
        });
        let Some(place) = led_to.or_else(|| self.last.get(&key).copied()) else {
            self.before = None;
            return false;
        };
        let Some(query) = place
            .checked_sub(self.gone)
            .and_then(|at| self.queries.get_mut(at))
        else {
            return false;
        };
        if led_to.is_some() && !query.keys.contains(&key) {
            query.keys.push(key.clone());
            self.last.insert(key, place);
        }
        self.before = Some(place);
        query.add(what, name, result, line);
        true
    }
}

impl Query<'_> {
    fn add(&mut self, what: &str, name: &str, result: &str, line: &Line) {
        let exchange = &mut self.draft.exchange;
        if name != exchange.host
            && matches!(what, "reply" | "cached" | "cached-stale")
            && exchange.aliases.len() < ALIASES
            && !exchange.aliases.iter().any(|alias| alias == name)
        {
            exchange.aliases.push(name.to_owned());
        }
        self.leads_on = result == "<CNAME>";
        if is_blocked(what) || is_local(what) {
            exchange.reach = Reach::Attempted;
        }
        if what != "forwarded"
            && result
                .parse::<IpAddr>()
                .is_ok_and(|ip| !ip.is_unspecified())
        {
            exchange
                .server_address
                .get_or_insert_with(|| result.to_owned());
        }
        let word = match result {
            "<CNAME>" => None,
            _ if result.starts_with("NODATA") || result == "NXDOMAIN" => Some(result),
            _ if what == "forwarded" => None,
            _ => Some(what),
        };
        if let Some(word) = word
            && self.outcomes.len() < ALIASES
            && !self.outcomes.iter().any(|known| known == word)
        {
            if is_blocked(what) && word != what {
                self.outcomes.push(what.to_owned());
            }
            self.outcomes.push(word.to_owned());
        }
        if self.full {
            return;
        }
        if self.raw.len() + line.bytes.len() > BYTES {
            self.full = true;
            let message = "the query has more lines than are kept of one";
            self.draft
                .defect(None, message, "the bytes of the entry do not hold them all");
            return;
        }
        self.raw.extend_from_slice(&line.bytes);
        self.runs.push(line.span);
        let span = self.draft.exchange.span;
        let end = line.span.end().saturating_sub(span.offset);
        self.draft.exchange.span = Span::new(span.offset, end);
    }

    pub(super) fn give(mut self, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
        let mut detail = vec![self.kind];
        detail.append(&mut self.outcomes);
        self.draft.exchange.detail = Some(detail.join(", "));
        if self.runs.len() > 1 {
            self.draft.exchange.unpacked = Some(Unpacked {
                steps: vec![Unpack::Runs(self.runs)],
                offset: 0,
            });
        }
        entries.give(self.draft, self.raw)
    }
}
