//! Numbers of binary bodies, in the readings that come into question.

use affiant_model::{NumberForm, Step};

use super::{Found, Walk, Wanted, Way};
use crate::decode::Child;
use crate::decode::number::{self, MOST_NUMBERS, Wire};
use crate::frame::Frame;
use crate::known::Hit;
use crate::leaf::{Leaf, place_of};

impl Walk<'_> {
    /// Looks at a number of a binary body, in each reading that comes into
    /// question. It is a known value only as a whole.
    pub(super) fn number(
        &mut self,
        child: &Child<'_>,
        wire: Wire,
        bytes: &[u8],
        way: &mut Way<'_>,
    ) {
        let Some(left) = self.numbers.checked_sub(1) else {
            self.trouble(format!(
                "there are more than {MOST_NUMBERS} numbers in the field"
            ));
            return;
        };
        self.numbers = left;
        let frame = Frame::within(way.frame, bytes, &child.range, child.escape);
        way.steps.push(child.step.clone());
        if let Some((form, text, hits)) = self.reading(&child.bytes, wire, way) {
            let step = Step::Number(form);
            way.steps.push(step);
            let index = self.contents.leaves.len();
            let leaf = Leaf {
                field: self.field.name.clone(),
                steps: way.steps.clone(),
                keys: way.keys(),
                place: place_of(&self.field.name, way.steps),
                bytes: text.into_bytes(),
                span: frame.span(self.field, 0..child.bytes.len()),
                guessed: false,
            };
            for hit in hits {
                self.contents.found.push(Found {
                    field: leaf.field.clone(),
                    steps: leaf.steps.clone(),
                    hit,
                    bytes: leaf.bytes.clone(),
                    span: leaf.span,
                    leaf: Some(index),
                });
            }
            self.contents.leaves.push(leaf);
            way.steps.pop();
        }
        way.steps.pop();
    }

    /// The reading of a number that is kept: the one that an endpoint
    /// documents, one that is a known value, or else the likeliest, where every
    /// value is wanted. With the known values that it is.
    fn reading(
        &self,
        bytes: &[u8],
        wire: Wire,
        way: &Way<'_>,
    ) -> Option<(NumberForm, String, Vec<Hit>)> {
        let mut forms = wire.forms(bytes);
        let documented;
        if let Wanted::Documented(endpoints) = self.wanted
            && let [Step::Number(form), ..] =
                endpoints.decodings(place_of(&self.field.name, way.steps), &way.keys())
        {
            documented = [*form];
            forms = &documented;
        }
        let mut likeliest = None;
        for form in forms {
            let Some(text) = number::read(*form, bytes) else {
                continue;
            };
            if self.known.has_numbers() {
                let is_whole = |hit: &Hit| hit.alone && hit.range == (0..text.len());
                let mut hits = self.known.search(text.as_bytes());
                hits.retain(is_whole);
                if !hits.is_empty() || !self.known.whole_values(text.as_bytes()).is_empty() {
                    return Some((*form, text, hits));
                }
            }
            likeliest.get_or_insert((*form, text, Vec::new()));
        }
        likeliest.filter(|(_, text, _)| {
            !matches!(self.wanted, Wanted::Known) || self.is_pattern(text.as_bytes(), way)
        })
    }
}
