use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::notation::written;
use crate::{ExhibitId, Reach};

/// How the case file says that recipients' own records are held against the requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordRules {
    /// How far the time of a record and the start of a request may be apart,
    /// either way, in seconds; 120 where not stated.
    pub window_seconds: u32,
    /// Names under which recipients list the first party's app or site, besides
    /// its name, apps and domains: `Acme: Photo Editor`.
    pub names: Vec<String>,
}

impl Default for RecordRules {
    fn default() -> Self {
        Self {
            window_seconds: 120,
            names: Vec::new(),
        }
    }
}

/// One entry of a recipient's own records, held against the requests of the
/// captures: a row of `tables/records`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordFinding {
    /// The exhibit that holds the record.
    pub exhibit: ExhibitId,
    /// Its ordinal in the exhibit, from 1.
    pub record: u32,
    /// Its time by the recipient's clock.
    pub time: Option<DateTime<Utc>>,
    /// The organisation whose record it is.
    pub recipient: String,
    /// The app or site that reported the event, in the recipient's words.
    pub app: Option<String>,
    /// The event, in the recipient's words.
    pub event: Option<String>,
    /// What came of it.
    pub finding: RecordMatch,
    /// The exhibit of the request that it matches, or of the record that it repeats.
    pub matched_exhibit: Option<ExhibitId>,
    /// The ordinal there.
    pub matched_exchange: Option<u32>,
    /// How far the two are apart, in milliseconds.
    pub milliseconds_apart: Option<u64>,
    /// The event as the request names it, where it was compared and agrees.
    pub request_event: Option<String>,
    /// How far the capture by itself shows that the request went.
    pub capture_reach: Option<Reach>,
    /// Requests that fit the record by recipient, app, time and event.
    pub candidates: u32,
}

/// What came of a record that was held against the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordMatch {
    /// A request matches; of several, the closest in time.
    Matched,
    /// Two requests are equally close in time, and none is taken.
    Tied,
    /// No request of the captures fits, or each that does is matched by another record.
    Unmatched,
    /// The record names no app or site, or no instant.
    NotCompared,
    /// The same record stands in an earlier exhibit.
    Repeated,
}

written!(RecordMatch {
    Matched => "matched",
    Tied => "tied",
    Unmatched => "unmatched",
    NotCompared => "not compared",
    Repeated => "repeated",
});

/// Recipients' own records and the requests of the captures, both ways.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordsSummary {
    /// How far a record and a request may be apart, either way, in seconds.
    pub window_seconds: u32,
    /// One for each recipient whose records are among the exhibits, by name.
    pub recipients: Vec<RecipientRecords>,
}

/// The records of one recipient, and the requests to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientRecords {
    /// Organisation.
    pub recipient: String,
    /// Its records, in all exhibits.
    pub records: u64,
    /// Of these, those that match a request.
    pub matched: u64,
    /// Of those that match, those for which more requests than one fitted.
    pub several: u64,
    /// Records to which two requests were equally close.
    pub tied: u64,
    /// Records that no request matches.
    pub unmatched: u64,
    /// Records that name no app or site, or no instant.
    pub not_compared: u64,
    /// Records that stand in an earlier exhibit too.
    pub repeated: u64,
    /// Requests to the recipient by an app or site that the records name, seen
    /// to leave, in the time that the records of that app or site span.
    pub requests: u64,
    /// Of these, those that a record matches.
    pub requests_matched: u64,
    /// Transmittals in the requests that a record matches.
    pub transmittals: u64,
    /// Time of the first record.
    pub first: Option<DateTime<Utc>>,
    /// Time of the last record.
    pub last: Option<DateTime<Utc>>,
}
