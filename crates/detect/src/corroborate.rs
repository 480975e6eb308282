//! Recipients' own records held against the requests of the captures.
//!
//! A record says that the recipient holds an event of an app or a site. It
//! corroborates a request where all of these fit, and nothing does by itself:
//!
//! - *recipient*: the organisation whose record it is and the one whose host was
//!   addressed are the same, or have the same parent;
//! - *app*: the record's app or site is the one that made the request. What the
//!   request itself or the capture says of its app goes before what was stated at
//!   intake; names that the case file declares as the first party's are one app;
//! - *time*: the two are apart by no more than the window of the case file;
//! - *event*: where the record has a type and the request a name that can be
//!   compared, they do not differ. See `events`.
//!
//! A record matches one request at most: pairs are taken by distance in time,
//! the closest first, those whose events agree before those that were not
//! compared, then in the order of the exhibits. A request is matched once for
//! each event that it names. Where two requests are equally close, none is
//! taken, and that is said; of a match among several it is said as well.
//!
//! What is raised is the reach of the *request*: the record is the recipient's word
//! for an event, not for each datum that travelled beside it.

mod app;
mod count;
mod events;
mod pairs;
mod requests;

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{
    Case, Defect, ExchangeKind, ExchangeRow, ExhibitId, Reach, RecordFinding, RecordMatch,
    RecordsSummary, Stage, Transmittal,
};

use app::Named;
use pairs::{Pair, Taken};
use requests::{NEAREST, Near, Requests, owner};

/// What recipients' own records show of the requests.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Corroboration {
    /// Each record, in the order of the exhibits.
    pub records: Vec<RecordFinding>,
    /// The figures; `None` where no exhibit holds a record.
    pub summary: Option<RecordsSummary>,
    /// What could not be held against the requests in full.
    pub defects: Vec<Defect>,
}

/// Holds the records among `exchanges` against the requests among them.
#[must_use]
pub fn corroborate(
    case: &Case,
    exchanges: &[ExchangeRow],
    transmittals: &[Transmittal],
) -> Corroboration {
    let is_record = |row: &&ExchangeRow| row.kind == ExchangeKind::Record;
    let records: Vec<&ExchangeRow> = exchanges.iter().filter(is_record).collect();
    if records.is_empty() {
        return Corroboration::default();
    }
    let named = Named::of(transmittals);
    let requests = Requests::of(exchanges, case, &named);
    let mut findings: Vec<RecordFinding> = records.iter().map(|row| finding(row)).collect();
    mark_repeated(&mut findings);
    let (mut pairs, mut defects) = (Vec::new(), Vec::new());
    // The groups of requests of an app that records name.
    let mut groups: BTreeMap<(&str, &str), BTreeSet<usize>> = BTreeMap::new();
    for (record, (row, finding)) in records.iter().zip(&mut findings).enumerate() {
        if finding.finding != RecordMatch::Unmatched {
            continue;
        }
        let Near { found, more } = near(row, case, &requests, &mut groups);
        if more {
            defects.push(crowded(row));
        }
        for (apart, request) in found {
            let fits = requests.rows.get(request);
            if let Some(agreement) = fits.and_then(|fits| events::compare(row, fits, &named)) {
                finding.candidates = finding.candidates.saturating_add(1);
                pairs.push(Pair {
                    apart,
                    agreement,
                    record,
                    request,
                });
            }
        }
    }
    let events_of = |request: usize| {
        requests
            .rows
            .get(request)
            .map_or(&[][..], |row| named.events(row))
    };
    for (record, taken) in pairs::assign(pairs, &events_of) {
        if let Some(finding) = findings.get_mut(record) {
            note(finding, taken, &requests);
        }
    }
    let summary = count::count(case, &records, &findings, &requests, transmittals);
    Corroboration {
        records: findings,
        summary: Some(summary),
        defects,
    }
}

/// The requests of a record's app near it in time.
fn near<'r>(
    record: &'r ExchangeRow,
    case: &Case,
    requests: &Requests<'r>,
    groups: &mut BTreeMap<(&'r str, &'r str), BTreeSet<usize>>,
) -> Near {
    let (Some(time), Some(app)) = (record.time, record.client_app.as_deref()) else {
        return Near::default();
    };
    let owner = owner(record);
    let groups = groups
        .entry((owner, app))
        .or_insert_with(|| requests.of_app(owner, app, case));
    let window = u64::from(case.records.window_seconds) * 1_000;
    requests.near(groups, time.timestamp_millis(), window)
}

fn note(finding: &mut RecordFinding, taken: Taken<'_>, requests: &Requests<'_>) {
    let pair = match taken {
        Taken::Request(pair) => pair,
        Taken::Tied => {
            finding.finding = RecordMatch::Tied;
            return;
        }
    };
    if let Some(row) = requests.rows.get(pair.request) {
        finding.finding = RecordMatch::Matched;
        finding.matched_exhibit = Some(row.exhibit);
        finding.matched_exchange = Some(row.exchange);
        finding.milliseconds_apart = Some(pair.apart);
        finding.request_event = pair.agreement.name().map(str::to_owned);
        finding.capture_reach = Some(row.reach);
    }
}

impl Corroboration {
    /// Raises the reach of the requests that a record matches, and of the
    /// transmittals in them.
    pub fn apply(&self, exchanges: &mut [ExchangeRow], transmittals: &mut [Transmittal]) {
        let matched: BTreeSet<_> = self.matched().collect();
        for row in exchanges {
            if matched.contains(&(row.exhibit, row.exchange)) {
                row.reach = Reach::Recorded;
            }
        }
        for row in transmittals {
            if matched.contains(&(row.exhibit, row.exchange)) {
                row.reach = Reach::Recorded;
            }
        }
    }

    fn matched(&self) -> impl Iterator<Item = (ExhibitId, u32)> + '_ {
        let matched = |finding: &&RecordFinding| finding.finding == RecordMatch::Matched;
        let request =
            |finding: &RecordFinding| Some((finding.matched_exhibit?, finding.matched_exchange?));
        self.records.iter().filter(matched).filter_map(request)
    }
}

/// A record before it is held against anything.
fn finding(row: &ExchangeRow) -> RecordFinding {
    let is_whole = row.time.is_some() && row.client_app.is_some();
    RecordFinding {
        exhibit: row.exhibit,
        record: row.exchange,
        time: row.time,
        recipient: row.recipient.clone(),
        app: row.client_app.clone(),
        event: row.detail.clone(),
        finding: if is_whole {
            RecordMatch::Unmatched
        } else {
            RecordMatch::NotCompared
        },
        matched_exhibit: None,
        matched_exchange: None,
        milliseconds_apart: None,
        request_event: None,
        capture_reach: None,
        candidates: 0,
    }
}

/// Two exports of one account overlap. The n-th record of its kind in one exhibit
/// is the n-th of that kind in another, and counts once.
fn mark_repeated(findings: &mut [RecordFinding]) {
    type Kind = (String, Option<String>, Option<String>, Option<i64>);
    // Of each kind of record: those of the exhibit that has the most so far.
    let mut known: BTreeMap<Kind, Vec<(ExhibitId, u32)>> = BTreeMap::new();
    let mut counts: BTreeMap<(ExhibitId, Kind), usize> = BTreeMap::new();
    for finding in findings {
        if finding.finding != RecordMatch::Unmatched {
            continue;
        }
        let kind: Kind = (
            finding.recipient.clone(),
            finding.app.clone(),
            finding.event.clone(),
            finding.time.map(|time| time.timestamp_micros()),
        );
        let count = counts.entry((finding.exhibit, kind.clone())).or_default();
        let known = known.entry(kind).or_default();
        match known.get(*count) {
            Some((exhibit, record)) if *exhibit != finding.exhibit => {
                finding.finding = RecordMatch::Repeated;
                finding.matched_exhibit = Some(*exhibit);
                finding.matched_exchange = Some(*record);
            }
            Some(_) => {}
            None => known.push((finding.exhibit, finding.record)),
        }
        *count += 1;
    }
}

fn crowded(row: &ExchangeRow) -> Defect {
    Defect {
        exhibit: row.exhibit,
        exchange: Some(row.exchange),
        span: Some(row.span),
        stage: Stage::Detect,
        message: format!(
            "more than {NEAREST} requests of the app stand on one side of the record within the window"
        ),
        consequence: "it is held against the nearest of them; narrow the window in case.toml"
            .to_owned(),
    }
}
