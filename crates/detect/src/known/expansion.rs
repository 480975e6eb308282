//! The spellings of the identifiers of a case, sorted by how each is looked for.

use std::collections::BTreeMap;

use affiant_model::{Identifier, IdentifierKind};

use super::coordinates::Place;
use super::digests::HashedText;
use super::mailbox::Mailbox;
use super::numbers::Numbers;
use crate::spelling::{Manner, Phrase, Spelling, fold, phrases, spellings};

/// A text sought anywhere.
pub(super) struct Pattern {
    pub(super) identifier: usize,
    pub(super) bytes: Vec<u8>,
    pub(super) form: &'static str,
    pub(super) case_matters: bool,
    /// What must stand around it, where it says nothing by itself.
    pub(super) around: Option<Around>,
}

/// What must stand around a text that says nothing by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// The other words of this row.
    Words(usize),
    /// The name of this mailbox.
    Mailbox(usize),
}

/// Sorts the spellings of a case by how each is looked for.
#[derive(Default)]
pub(super) struct Expansion {
    pub(super) patterns: Vec<Pattern>,
    pub(super) numbers: Numbers,
    pub(super) hashed: Vec<HashedText>,
    pub(super) shared: BTreeMap<String, Vec<(usize, &'static str)>>,
    pub(super) places: Vec<Place>,
    pub(super) phrases: Vec<Phrase>,
    pub(super) mailboxes: Vec<Mailbox>,
}

impl Expansion {
    pub(super) fn identifier(&mut self, index: usize, identifier: &Identifier) {
        if identifier.kind == IdentifierKind::Coordinates {
            let place = identifier.coordinates();
            self.places
                .extend(place.map(|place| Place::new(index, place)));
        }
        for spelling in spellings(identifier) {
            self.spelling(index, &spelling);
        }
        for (phrase, anchors) in phrases(identifier.kind, identifier.value.trim()) {
            for anchor in anchors {
                self.patterns.push(Pattern {
                    identifier: index,
                    bytes: anchor.into_bytes(),
                    form: phrase.name,
                    case_matters: false,
                    around: Some(Around::Words(self.phrases.len())),
                });
            }
            self.phrases.push(phrase);
        }
        if identifier.kind == IdentifierKind::Email {
            self.mailbox(index, identifier.value.trim());
        }
    }

    fn mailbox(&mut self, identifier: usize, address: &str) {
        let Some(mailbox) = Mailbox::new(address) else {
            return;
        };
        for anchor in Mailbox::ANCHORS {
            self.patterns.push(Pattern {
                identifier,
                bytes: anchor.as_bytes().to_vec(),
                form: "address with other dots or tag",
                case_matters: false,
                around: Some(Around::Mailbox(self.mailboxes.len())),
            });
        }
        self.mailboxes.push(mailbox);
    }

    fn spelling(&mut self, identifier: usize, spelling: &Spelling) {
        let form = spelling.plain_form();
        match spelling.manner {
            Manner::Anywhere | Manner::Altered => self.pattern(identifier, spelling, false),
            Manner::Bytes | Manner::Exact => self.pattern(identifier, spelling, true),
            Manner::Number => {
                // A listing with punctuation is found by its digits.
                let is_bare = spelling.bytes.iter().all(u8::is_ascii_digit);
                let form = if form == "plain" && !is_bare {
                    "digits"
                } else {
                    form
                };
                let digits = spelling.bytes.iter().copied().filter(u8::is_ascii_digit);
                self.numbers.add(digits.collect(), identifier, form);
            }
            Manner::Shared => {
                let folded = fold(&String::from_utf8_lossy(&spelling.bytes));
                let of = self.shared.entry(folded).or_default();
                if of.iter().all(|(other, _)| *other != identifier) {
                    of.push((identifier, form));
                }
            }
            Manner::Hashed => {}
        }
        if !matches!(spelling.manner, Manner::Exact | Manner::Altered) {
            self.hashed.push(HashedText {
                identifier,
                bytes: spelling.bytes.clone(),
                name: spelling.name.to_owned(),
                shared: spelling.manner == Manner::Shared,
            });
        }
    }

    fn pattern(&mut self, identifier: usize, spelling: &Spelling, case_matters: bool) {
        let is_same = |other: &Pattern| {
            other.around.is_none()
                && other.identifier == identifier
                && other.case_matters == case_matters
                && if case_matters {
                    other.bytes == spelling.bytes
                } else {
                    other.bytes.eq_ignore_ascii_case(&spelling.bytes)
                }
        };
        // The spellings of one identifier come one behind the other.
        let own = self.patterns.iter().rev();
        if !own
            .take_while(|other| other.identifier == identifier)
            .any(is_same)
        {
            self.patterns.push(Pattern {
                identifier,
                bytes: spelling.bytes.clone(),
                form: spelling.plain_form(),
                case_matters,
                around: None,
            });
        }
    }
}
