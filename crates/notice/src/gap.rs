//! What goes into the gap review, and what comes out.

use affiant_model::{ExhibitId, GapOverride, Judgement, NoticeKind, PartyKind, Period, Span};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::Rule;

/// Transmittals of one datum to one recipient: a group of rows of the tables. The
/// finer the groups are in time, the better they fall under one version of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// Organisation.
    pub recipient: String,
    /// Its parent; empty where none is known.
    pub parent: String,
    /// Registrable domain.
    pub domain: String,
    /// What the domain is for, in the words of its source; empty where unknown.
    pub role: String,
    /// Relation to the declared first party.
    pub party: PartyKind,
    /// Kind of datum.
    pub datum: String,
    /// Its category: `pd:EmailAddress`.
    pub category: String,
    /// The application, by intake, where one was stated.
    pub app: Option<String>,
    /// First time by the capture's own clock.
    pub first: Option<DateTime<Utc>>,
    /// Last time by the capture's own clock.
    pub last: Option<DateTime<Utc>>,
    /// Transmittals.
    pub count: u64,
}

/// A passage that was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// The notice, by name.
    pub notice: String,
    /// Its exhibit.
    pub exhibit: Option<ExhibitId>,
    /// The bytes of the exhibit; empty where the case file quotes none.
    pub spans: Vec<Span>,
    /// The place in words.
    pub place: String,
    /// The words of the notice; empty where none are quoted.
    pub quote: String,
    /// The purpose that it states.
    pub purpose: String,
    /// The condition that it states; it is not judged.
    pub condition: String,
    /// The rule that it fits.
    pub rule: Rule,
}

/// An override that was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppliedOverride {
    /// Its place in the case file, from 0.
    pub index: usize,
    /// The override: who, when, why.
    pub note: GapOverride,
    /// What the rule had judged; `None` where it judged nothing.
    pub replaces: Option<Judgement>,
}

/// One recipient, one datum, one version of one notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapRow {
    /// Organisation.
    pub recipient: String,
    /// Its parent; empty where none is known.
    pub parent: String,
    /// Its domains, in order.
    pub domains: Vec<String>,
    /// Relation to the declared first party.
    pub party: PartyKind,
    /// Kind of datum.
    pub datum: String,
    /// Its category.
    pub category: String,
    /// The notice, by name; empty where the case file has none for the application.
    pub notice: String,
    /// Which of the notices that were handed in, from 0; `None` where no version of
    /// it was in force.
    pub version: Option<usize>,
    /// What the notice is, where a version was in force.
    pub kind: Option<NoticeKind>,
    /// Its exhibit.
    pub exhibit: Option<ExhibitId>,
    /// When the version was in force, as far as that is stated.
    pub in_force: Period,
    /// The first and last day of the exchanges, in UTC, within the days of the version;
    /// without exchanges that have a time, the days of the version.
    pub days: Period,
    /// Transmittals on days on which the version was in force.
    pub count: u64,
    /// Transmittals of groups that lie on such days only in part: not more than this many.
    pub partly: u64,
    /// Transmittals without a time.
    pub undated: u64,
    /// The judgement, after overrides; `None` where nothing could be compared.
    pub judgement: Option<Judgement>,
    /// The rule.
    pub rule: Rule,
    /// The passages that the rule rests on.
    pub passages: Vec<Passage>,
    /// Passages that speak of it too: general words that a denial goes before, the
    /// denials against a declaration, and those that fit a later rule.
    pub others: Vec<Passage>,
    /// What was compared, where no passage speaks of it.
    pub absence: Option<String>,
    /// What must be known beside the judgement.
    pub remarks: Vec<String>,
    /// The override in the rule's place.
    pub overridden: Option<AppliedOverride>,
}

/// The gap review.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Review {
    /// Rows by recipient, datum, notice and version.
    pub rows: Vec<GapRow>,
    /// Overrides that fit no row, by their place in the case file, from 0, each with why.
    pub unused: Vec<(usize, String)>,
}

/// The day of a time.
pub(crate) fn day(time: DateTime<Utc>) -> NaiveDate {
    time.date_naive()
}
