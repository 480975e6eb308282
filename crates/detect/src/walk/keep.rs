//! What is kept of a field: leaves, known values, signals, and what could not be read.

use affiant_model::{Digest, Field};

use super::{Found, Signalled, Walk, Wanted, Way};
use crate::differential::{Token, is_token};
use crate::known::{Hit, may_be_digest, may_be_salt, may_hold_salt};
use crate::leaf::{Leaf, place_of};

/// How many signals of one exchange are listed.
const MOST_SIGNALS: usize = 1_000;

/// More defects of one exchange than these say nothing more.
const MOST_TROUBLE: usize = 100;

impl Walk<'_> {
    /// Keeps a signal of consent, once for each name on the way.
    pub(super) fn signal(&mut self, bytes: &[u8], way: &Way<'_>) {
        let Some(name) = way.name() else {
            return;
        };
        let is_same =
            |last: &Signalled| last.leaf.field == self.field.name && last.leaf.keys == way.keys();
        let Some(signal) = std::str::from_utf8(bytes)
            .ok()
            .and_then(|text| affiant_consent::signal(&name, text))
        else {
            return;
        };
        if self.contents.signals.last().is_some_and(is_same) {
            return;
        }
        if self.contents.signals.len() >= MOST_SIGNALS {
            self.trouble(format!(
                "there are more than {MOST_SIGNALS} signals of consent; the others are not listed"
            ));
        } else {
            let name = name.into_owned();
            let leaf = self.leaf_of(bytes, way);
            self.contents.signals.push(Signalled { name, signal, leaf });
        }
    }

    pub(super) fn leaf_of(&self, bytes: &[u8], way: &Way<'_>) -> Leaf {
        Leaf {
            field: self.field.name.clone(),
            steps: way.steps.clone(),
            keys: way.keys(),
            place: place_of(&self.field.name, way.steps),
            bytes: bytes.to_vec(),
            span: way.frame.span(self.field, 0..bytes.len()),
            guessed: false,
        }
    }

    /// Keeps a value that can be taken apart as a whole too, where an endpoint
    /// documents the whole, such as the address of a page.
    pub(super) fn whole(&mut self, bytes: &[u8], way: &Way<'_>) {
        let Wanted::Documented(endpoints) = self.wanted else {
            return;
        };
        let place = place_of(&self.field.name, way.steps);
        if endpoints.documents(place, &way.keys()) {
            let leaf = self.leaf_of(bytes, way);
            self.contents.leaves.push(leaf);
        }
    }

    pub(super) fn leaf(&mut self, bytes: &[u8], way: &Way<'_>, own: Vec<Hit>) -> Vec<Hit> {
        let kept = !matches!(self.wanted, Wanted::Known)
            || !own.is_empty()
            || !self.known.whole_values(bytes).is_empty()
            || self.may_be_salted(bytes, way)
            || self.is_pattern(bytes, way);
        if self.tokens && is_token(bytes) {
            let token = Token {
                place: place_of(&self.field.name, way.steps),
                field: crate::keypath::written(&way.keys()),
                digest: Digest::of(bytes),
            };
            self.contents.tokens.keep(token);
        }
        let index = self.contents.leaves.len();
        if kept {
            let leaf = self.leaf_of(bytes, way);
            self.contents.leaves.push(leaf);
        }
        for hit in &own {
            self.found(bytes, way, hit, Some(index));
        }
        own
    }

    /// Whether a value has a shape that is looked at closer when all are known.
    pub(super) fn is_pattern(&self, bytes: &[u8], way: &Way<'_>) -> bool {
        self.patterns.is_some_and(|patterns| {
            let place = place_of(&self.field.name, way.steps);
            patterns.wants(bytes, way.steps, place, way.name().as_deref(), &|| {
                way.keys()
            })
        })
    }

    /// Whether a value may be a digest that a salt explains, or that salt.
    fn may_be_salted(&self, bytes: &[u8], way: &Way<'_>) -> bool {
        self.known.is_hashed()
            && (may_be_digest(bytes)
                || may_hold_salt(bytes)
                || way.name().is_some_and(|name| may_be_salt(&name)))
    }

    pub(super) fn found(&mut self, bytes: &[u8], way: &Way<'_>, hit: &Hit, leaf: Option<usize>) {
        self.contents.found.push(Found {
            field: self.field.name.clone(),
            steps: way.steps.clone(),
            hit: hit.clone(),
            bytes: bytes.get(hit.range.clone()).unwrap_or_default().to_vec(),
            span: way.frame.span(self.field, hit.range.clone()),
            leaf,
        });
    }

    pub(super) fn trouble(&mut self, message: String) {
        // What has been said of a field need not be said again.
        let said =
            |(field, said): &(Field, String)| field.name == self.field.name && *said == message;
        if self.contents.trouble.len() < MOST_TROUBLE && !self.contents.trouble.iter().any(said) {
            self.contents.trouble.push((self.field.clone(), message));
        }
    }
}
