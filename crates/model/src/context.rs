use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::notation::written;
use crate::{Basis, ExhibitId, PartyKind, Place, Reach, Span, TransmittalId};

/// A circumstance of an exchange on which a statute turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Context {
    /// A page, title or search names a matter of health.
    Health,
    /// A page, title or search names a matter of a person's finances.
    Financial,
    /// The exchange names a video.
    Video,
    /// The exchange is marked as directed at children, or names such a page.
    Children,
    /// The data subject is a minor by the date of birth that the case file lists.
    Minor,
    /// The exchange carries coordinates of three decimals or more.
    PreciseLocation,
}

written!(Context {
    Health => "health",
    Financial => "financial",
    Video => "video",
    Children => "children",
    Minor => "minor",
    PreciseLocation => "precise location",
});

/// A context of an exchange, and where it is to be seen. A word on a list says
/// no more than that the word is there: what the page was about, and what the
/// person wanted on it, is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextFinding {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// Ordinal of the exchange in the exhibit, from 1.
    pub exchange: u32,
    /// Start of the exchange by the capture's own clock.
    pub time: Option<DateTime<Utc>>,
    /// Host as sent.
    pub host: String,
    /// Organisation.
    pub recipient: String,
    /// Relation to the declared first party.
    pub party: PartyKind,
    /// How far the evidence of the request goes.
    pub reach: Reach,
    /// The context.
    pub context: Context,
    /// Why it is said: [`Basis::Pattern`] for a list of words.
    pub basis: Basis,
    /// Kind of datum in which it was seen, by `datasets/categories`; empty of an
    /// address that the exchange itself has.
    pub datum: String,
    /// Where in the request.
    pub place: Place,
    /// From the field down to the value.
    pub locator: String,
    /// Byte range in the exhibit of the outermost encoded span.
    pub span: Span,
    /// Some of the value around what was matched.
    pub value: String,
    /// What was matched: a listed word, host or segment, or what was computed.
    pub matched: String,
    /// The rule or list, by its name in `datasets/contexts`.
    pub rule: String,
    /// Where the rule's words come from, and the statute that turns on it.
    pub source: String,
    /// The transmittals of the same exchange that identify a person, device or
    /// household, numbered as those of the examination.
    pub with: Vec<TransmittalId>,
}

impl ContextFinding {
    /// Follows the transmittals of its exchange where those are numbered anew:
    /// `behind` is how many come before them.
    pub fn renumber(&mut self, behind: u32) {
        for TransmittalId(number) in &mut self.with {
            *number = number.saturating_add(behind);
        }
    }
}
