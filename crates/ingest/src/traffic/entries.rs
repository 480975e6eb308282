//! The entries of a log while it is walked through: their numbers, and a bound
//! on how often the same defect is listed.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use affiant_model::{ExhibitId, Span};

use super::draft::{self, Draft};
use super::lines::Line;
use crate::{Item, Limits, Sink};

/// How many defects with the same consequence are listed one by one.
const LISTED: u64 = 1_000;

/// The entries of a log while it is walked through.
pub(super) struct Entries<'a, 's> {
    exhibit: ExhibitId,
    limits: &'a Limits,
    sink: &'a mut Sink<'s>,
    /// Entries met, read or not.
    count: u32,
    /// Entries handed out.
    given: u64,
    /// How many defects there were of each consequence.
    defects: BTreeMap<String, u64>,
}

impl<'a, 's> Entries<'a, 's> {
    pub(super) fn new(exhibit: ExhibitId, limits: &'a Limits, sink: &'a mut Sink<'s>) -> Self {
        Self {
            exhibit,
            limits,
            sink,
            count: 0,
            given: 0,
            defects: BTreeMap::new(),
        }
    }

    /// Begins the next entry, at `span`. Its bytes are given at its end.
    pub(super) fn begin(&mut self, span: Span) -> Draft<'a> {
        let ordinal = self.skip();
        Draft::new(self.exhibit, ordinal, span, Vec::new(), self.limits)
    }

    /// Counts an entry that is not read, and gives its number.
    pub(super) const fn skip(&mut self) -> u32 {
        self.count = self.count.saturating_add(1);
        self.count
    }

    /// Entries met so far.
    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    /// Whether nothing was handed out so far, no defect either.
    pub(super) fn is_silent(&self) -> bool {
        self.given == 0 && self.defects.is_empty()
    }

    /// Hands out an entry whose bytes are `raw`.
    pub(super) fn give(&mut self, mut draft: Draft<'_>, raw: Vec<u8>) -> ControlFlow<()> {
        draft.exchange.raw = raw;
        self.given += 1;
        let Self { sink, defects, .. } = self;
        draft.give(&mut |item| pass(item, defects, sink))
    }

    /// Says that an entry cannot be read.
    pub(super) fn give_up(
        &mut self,
        draft: Draft<'_>,
        range: Option<&Range<usize>>,
        message: impl Into<String>,
    ) -> ControlFlow<()> {
        let Self { sink, defects, .. } = self;
        draft.give_up(range, message, &mut |item| pass(item, defects, sink))
    }

    /// Counts a line that is longer than the bound, and says so.
    pub(super) fn too_long(&mut self, span: Span) -> ControlFlow<()> {
        let draft = self.begin(span);
        let bound = self.limits.line_bytes;
        self.give_up(
            draft,
            None,
            format!("the line is longer than the bound of {bound} bytes"),
        )
    }

    /// Notes a defect of the file, of no entry.
    pub(super) fn note(
        &mut self,
        span: Option<Span>,
        message: impl Into<String>,
        consequence: &str,
    ) -> ControlFlow<()> {
        let item = draft::of_file(self.exhibit, span, message, consequence);
        pass(item, &mut self.defects, self.sink)
    }

    /// Says how many defects were not listed, and gives the number of entries.
    pub(super) fn finish(self) -> u32 {
        for (consequence, count) in &self.defects {
            if *count > LISTED {
                let more = count - LISTED;
                let message = format!("{more} more defects of this kind are not listed");
                let item = draft::of_file(self.exhibit, None, message, consequence);
                if (self.sink)(item).is_break() {
                    break;
                }
            }
        }
        self.count
    }
}

/// Hands an item on, unless it is a defect of which enough were listed.
fn pass(item: Item, defects: &mut BTreeMap<String, u64>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    if let Item::Defect(defect) = &item {
        let count = match defects.get_mut(&defect.consequence) {
            Some(count) => count,
            None => defects.entry(defect.consequence.clone()).or_default(),
        };
        *count += 1;
        if *count > LISTED {
            return ControlFlow::Continue(());
        }
    }
    sink(item)
}

/// What is said of a line that is not what its format wants.
pub(super) fn unreadable(line: &Line, what: &str) -> String {
    if line.ended {
        what.to_owned()
    } else {
        format!("the file ends inside this line: {what}")
    }
}

/// Says once of a file that its times name no instant.
#[derive(Debug, Default)]
pub(super) struct NoZone {
    said: bool,
}

impl NoZone {
    /// Says it, at the first time that has no zone.
    pub(super) fn say(&mut self, entries: &mut Entries<'_, '_>, span: Span) -> ControlFlow<()> {
        if std::mem::replace(&mut self.said, true) {
            return ControlFlow::Continue(());
        }
        entries.note(
            Some(span),
            "the times of the log name no time zone",
            "no entry has a time; each is kept as written",
        )
    }
}

/// The consequence of a time that cannot be read.
pub(super) const NO_TIME: &str = "the entry has no time";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_defect_is_listed_a_thousand_times_and_then_counted() {
        let (limits, mut messages) = (Limits::default(), Vec::new());
        let sink: &mut Sink<'_> = &mut |item| {
            if let Item::Defect(defect) = item {
                messages.push((defect.message, defect.consequence));
            }
            ControlFlow::Continue(())
        };
        let mut entries = Entries::new(ExhibitId(1), &limits, sink);
        for n in 0..1_003 {
            let draft = entries.begin(Span::new(n, 1));
            let _ = entries.give_up(draft, None, "bad");
        }
        let _ = entries.note(None, "other", "else");
        assert_eq!(entries.finish(), 1_003);
        assert_eq!(messages.len(), 1_002);
        assert_eq!(messages[1_000].0, "other");
        let last = (
            "3 more defects of this kind are not listed",
            "the entry is not read",
        );
        assert_eq!((&*messages[1_001].0, &*messages[1_001].1), last);
    }
}
