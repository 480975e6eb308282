//! Where an entry holds, at each stage of its decoding, what must not be shown to
//! everybody.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use affiant_model::{Digest, Exchange, FieldName, Locator, SightingKind, Step};
use memchr::memmem;

use super::{Screen, forms, names};
use crate::leaf::Leaf;
use crate::replay::{Stage, stages};
use crate::walk::{Wanted, contents};

/// A value of fewer bytes is masked only where it was seen: it would be found in
/// many a place that is not it.
const SHORTEST_SOUGHT: usize = 8;

/// What covers a masked byte.
pub(crate) const MASK: u8 = b'*';

/// The places of the credentials of one entry, and of e-mail addresses that belong
/// to no data subject, in the entry's fields and in whatever is decoded from them.
#[derive(Debug, Default)]
pub struct Masks {
    ways: Vec<Way>,
    values: BTreeSet<Vec<u8>>,
    /// Different values by kind and name.
    seen: BTreeMap<(SightingKind, String), BTreeSet<Digest>>,
}

/// The way to one value, with the bytes that spell it at each level: in the field
/// as the exhibit writes it, in its text, then behind each step.
#[derive(Debug)]
struct Way {
    field: FieldName,
    steps: Vec<Step>,
    ranges: Vec<Range<usize>>,
}

impl Screen {
    /// The places of what [`Screen::sightings`] sees in the request of one entry, but
    /// for the values that `clear` says are to be left in the clear.
    #[must_use]
    pub fn masks(
        &self,
        exchange: &Exchange,
        clear: &dyn Fn(SightingKind, Digest) -> bool,
    ) -> Masks {
        let mut masks = Masks::default();
        for leaf in contents(exchange, &self.none, &self.limits, Wanted::All, None, false).leaves {
            let whole = 0..leaf.bytes.len();
            if !leaf.guessed
                && let Some((kind, name)) = named(&leaf)
            {
                let range = bare(kind, &leaf.bytes, whole);
                let value = leaf.bytes.get(range.clone()).unwrap_or_default();
                if !clear(kind, Digest::of(value)) {
                    self.cover(&mut masks, exchange, &leaf, (kind, name), range);
                }
            }
            for form in forms::find(&leaf.bytes) {
                let value = leaf.bytes.get(form.range.clone()).unwrap_or_default();
                let own = form.kind == SightingKind::EmailAddress
                    && self.own.contains(&value.to_ascii_lowercase());
                // A form is surer than a name: a token of a known form stays masked.
                let clear =
                    form.kind == SightingKind::EmailAddress && clear(form.kind, Digest::of(value));
                if !own && !clear {
                    let named = (form.kind, form.name.to_owned());
                    self.cover(&mut masks, exchange, &leaf, named, form.range);
                }
            }
        }
        masks
    }

    /// Masks `range` of a leaf, at every level on the way to it.
    fn cover(
        &self,
        masks: &mut Masks,
        exchange: &Exchange,
        leaf: &Leaf,
        named: (SightingKind, String),
        range: Range<usize>,
    ) {
        let value = leaf.bytes.get(range.clone()).unwrap_or_default();
        if value.is_empty() {
            return;
        }
        if value.len() >= SHORTEST_SOUGHT {
            masks.values.insert(value.to_vec());
        }
        let digest = Digest::of(value);
        masks.seen.entry(named).or_default().insert(digest);
        // A leaf was reached by these steps, so that they can be taken again.
        if let Ok((stages, _)) = stages(exchange, &leaf.locator(), &self.limits) {
            masks.ways.push(Way {
                field: leaf.field.clone(),
                steps: leaf.steps.clone(),
                ranges: ranges(&stages, range),
            });
        }
    }
}

/// What the name of a value says of it, or else that of what it is a part of: a
/// password may look like a form.
fn named(leaf: &Leaf) -> Option<(SightingKind, String)> {
    let within = |keys: usize| {
        let keys = leaf.keys[..keys].to_vec();
        names::kind_of(&Leaf {
            keys,
            ..leaf.clone()
        })
    };
    (1..=leaf.keys.len()).rev().find_map(within)
}

/// Of an `Authorization` the credentials behind the scheme, which is no secret.
fn bare(kind: SightingKind, value: &[u8], whole: Range<usize>) -> Range<usize> {
    match value.iter().position(|byte| *byte == b' ') {
        Some(at) if kind == SightingKind::Authorization => at + 1..whole.end,
        _ => whole,
    }
}

/// The bytes that spell `last`, a range of the result, in the input of each stage.
fn ranges(stages: &[Stage], last: Range<usize>) -> Vec<Range<usize>> {
    let mut ranges = vec![last.clone()];
    let mut range = last;
    for stage in stages.iter().rev() {
        // What a stream decodes cannot be traced within it: all of it is meant.
        range = stage.escape.map_or(stage.range.clone(), |escape| {
            let inner = escape.raw_range(stage.slice(), &range);
            stage.range.start + inner.start..stage.range.start + inner.end
        });
        ranges.push(range.clone());
    }
    ranges.reverse();
    ranges
}

impl Masks {
    /// What is masked, each kind with its name and its number of different values.
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        let named = self.seen.iter();
        named
            .map(|((kind, name), values)| match name.as_str() {
                "" => format!("{kind} ({})", values.len()),
                name => format!("{kind} `{name}` ({})", values.len()),
            })
            .collect()
    }

    /// Which bytes of a level are to be masked at `level` of the way of `locator`: 0 is the
    /// field as the exhibit writes it, 1 its text, and one more behind each step.
    pub(crate) fn places(&self, locator: &Locator, level: usize) -> Vec<Range<usize>> {
        let steps = level.saturating_sub(1);
        let on_the_way = self.ways.iter().filter(|way| {
            way.field == locator.field
                && way.steps.get(..steps).is_some()
                && way.steps.get(..steps) == locator.steps.get(..steps)
        });
        on_the_way
            .filter_map(|way| way.ranges.get(level).cloned())
            .collect()
    }

    /// Where the values that are long enough to be sought stand in `bytes`.
    pub(crate) fn found(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let found = self
            .values
            .iter()
            .flat_map(|value| memmem::find_iter(bytes, value).map(|at| at..at + value.len()));
        found.collect()
    }

    /// The bytes at a level of a way, as many, with what must not be shown covered.
    pub(crate) fn hidden<'b>(
        &self,
        locator: &Locator,
        level: usize,
        bytes: &'b [u8],
    ) -> Cow<'b, [u8]> {
        let mut shown = Cow::Borrowed(bytes);
        let mut ranges = self.places(locator, level);
        ranges.extend(self.found(bytes));
        for range in ranges {
            if let Some(covered) = shown.to_mut().get_mut(range) {
                covered.fill(MASK);
            }
        }
        shown
    }

    /// A text with every value that is long enough to be sought covered.
    pub(crate) fn sought(&self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        for range in self.found(text.as_bytes()) {
            bytes[range].fill(MASK);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
