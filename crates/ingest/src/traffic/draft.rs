//! An entry while it is read: what every reader does the same way.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use affiant_model::{
    Carrier, Defect, Exchange, ExhibitId, Field, FieldName, Span, Stage, Step, Unpack, Unpacked,
};

use crate::{Item, Limits, Sink};

/// An entry while it is read.
pub(super) struct Draft<'a> {
    /// The exchange as far as it is known.
    pub(super) exchange: Exchange,
    pub(super) limits: &'a Limits,
    defects: Vec<Defect>,
    /// How many fields of one kind and name were met.
    counts: BTreeMap<(Named, String), u32>,
    /// How many fields were left out because of the bound.
    beyond: u64,
}

/// The kinds of fields that have a name of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    Header,
    Param,
}

impl<'a> Draft<'a> {
    /// Begins an entry whose bytes are `raw` and stand at `span` of the exhibit.
    pub(super) fn new(
        exhibit: ExhibitId,
        ordinal: u32,
        span: Span,
        raw: Vec<u8>,
        limits: &'a Limits,
    ) -> Self {
        Self {
            exchange: Exchange {
                raw,
                ..Exchange::new(exhibit, ordinal, span)
            },
            limits,
            defects: Vec::new(),
            counts: BTreeMap::new(),
            beyond: 0,
        }
    }

    /// The place in the exhibit of some of the entry's bytes.
    pub(super) fn place(&self, range: &Range<usize>) -> Span {
        match &self.exchange.unpacked {
            Some(unpacked) => unpacked.place(range).unwrap_or(self.exchange.span),
            None => self.exchange.span.slice(range),
        }
    }

    /// Says that the entry's bytes are put together of runs of the exhibit, which need not
    /// be in its order, where there is more than one.
    pub(super) fn put_together(&mut self, runs: Vec<Span>) {
        if runs.len() < 2 {
            return;
        }
        let start = runs.iter().map(|run| run.offset).min().unwrap_or_default();
        let end = runs.iter().map(Span::end).max().unwrap_or_default();
        self.exchange.span = Span::new(start, end.saturating_sub(start));
        self.exchange.unpacked = Some(Unpacked {
            steps: vec![Unpack::Runs(runs)],
            offset: 0,
        });
    }

    /// Adds a field that stands at `range` of the entry's bytes.
    pub(super) fn field(
        &mut self,
        name: FieldName,
        range: Range<usize>,
        carrier: Carrier,
        declared: Vec<Step>,
    ) {
        if self.exchange.fields.len() >= self.limits.fields {
            self.beyond += 1;
            return;
        }
        let span = self.place(&range);
        self.exchange.fields.push(Field {
            name,
            span,
            range,
            carrier,
            declared,
        });
    }

    /// Adds a field of a kind that has names, numbered among those of its name.
    pub(super) fn named(
        &mut self,
        kind: Named,
        name: &str,
        range: Range<usize>,
        carrier: Carrier,
        declared: Vec<Step>,
    ) {
        let name = name.to_owned();
        let key = if kind == Named::Header {
            name.to_ascii_lowercase()
        } else {
            name.clone()
        };
        let count = self.counts.entry((kind, key)).or_default();
        *count += 1;
        let nth = *count;
        let name = match kind {
            Named::Header => FieldName::Header { name, nth },
            Named::Param => FieldName::Param { name, nth },
        };
        self.field(name, range, carrier, declared);
    }

    /// Notes a defect, at a place in the entry's bytes or else at the whole entry.
    pub(super) fn defect(
        &mut self,
        range: Option<&Range<usize>>,
        message: impl Into<String>,
        means: &str,
    ) {
        let span = range.map_or(self.exchange.span, |range| self.place(range));
        self.defects.push(Defect {
            exhibit: self.exchange.exhibit,
            exchange: Some(self.exchange.ordinal),
            span: Some(span),
            stage: Stage::Ingest,
            message: message.into(),
            consequence: means.to_owned(),
        });
    }

    /// Hands out the defects and the exchange.
    pub(super) fn give(mut self, sink: &mut Sink<'_>) -> ControlFlow<()> {
        if self.beyond > 0 {
            let bound = self.limits.fields;
            let message = format!(
                "the request has {} fields beyond the bound of {bound}",
                self.beyond
            );
            self.defect(None, message, "the fields behind the bound are not read");
        }
        for defect in self.defects {
            sink(Item::Defect(defect))?;
        }
        let mut exchange = self.exchange;
        exchange.fields.sort_by_key(|field| field.range.start);
        exchange.raw.shrink_to_fit();
        sink(Item::Exchange(exchange))
    }

    /// Hands out a defect of an entry that cannot be read, after those noted.
    pub(super) fn give_up(
        mut self,
        range: Option<&Range<usize>>,
        message: impl Into<String>,
        sink: &mut Sink<'_>,
    ) -> ControlFlow<()> {
        self.defect(range, message, "the entry is not read");
        self.defects
            .into_iter()
            .try_for_each(|defect| sink(Item::Defect(defect)))
    }
}

/// The beginning of a text of the evidence, fit to stand in a message.
pub(super) fn cut(text: &str) -> String {
    const SHOWN: usize = 80;
    let shown = text.chars().take(SHOWN);
    let mut shown: String = shown
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// A defect of the file, of no entry.
pub(crate) fn of_file(
    exhibit: ExhibitId,
    span: Option<Span>,
    message: impl Into<String>,
    consequence: &str,
) -> Item {
    Item::Defect(Defect {
        exhibit,
        exchange: None,
        span,
        stage: Stage::Ingest,
        message: message.into(),
        consequence: consequence.to_owned(),
    })
}
