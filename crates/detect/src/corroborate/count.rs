//! The figures of the records and of the requests, both ways.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{
    Case, ExchangeRow, ExhibitId, RecipientRecords, RecordFinding, RecordMatch, RecordsSummary,
    Transmittal,
};

use super::requests::{Requests, owner};

/// Counts.
pub(super) fn count<'r>(
    case: &Case,
    records: &[&'r ExchangeRow],
    findings: &[RecordFinding],
    requests: &Requests<'r>,
    transmittals: &[Transmittal],
) -> RecordsSummary {
    let mut sums: BTreeMap<&str, RecipientRecords> = BTreeMap::new();
    let mut matched: BTreeSet<(ExhibitId, u32)> = BTreeSet::new();
    for (row, finding) in records.iter().zip(findings) {
        let sum = sums.entry(owner(row)).or_insert_with(|| RecipientRecords {
            recipient: owner(row).to_owned(),
            ..RecipientRecords::default()
        });
        add(sum, finding);
        if finding.finding == RecordMatch::Matched {
            matched.extend(finding.matched_exhibit.zip(finding.matched_exchange));
        }
    }
    let spans = spans(case, records, requests);
    for (group, spans) in requests.groups.iter().zip(&spans) {
        let Some(sum) = sums.get_mut(group.owner) else {
            continue;
        };
        for (time, request) in &group.requests {
            let row = requests.rows.get(*request);
            let is_matched = row.is_some_and(|row| matched.contains(&(row.exhibit, row.exchange)));
            // A request shortly before the first record or behind the last may match it.
            if is_matched
                || spans
                    .iter()
                    .any(|(first, last)| first <= time && time <= last)
            {
                sum.requests += 1;
                sum.requests_matched += u64::from(is_matched);
            }
        }
    }
    for row in transmittals {
        let owner = [&row.parent, &row.recipient];
        let owner = owner.into_iter().find(|name| !name.is_empty());
        if matched.contains(&(row.exhibit, row.exchange))
            && let Some(sum) = owner.and_then(|owner| sums.get_mut(owner.as_str()))
        {
            sum.transmittals += 1;
        }
    }
    RecordsSummary {
        window_seconds: case.records.window_seconds,
        recipients: sums.into_values().collect(),
    }
}

fn add(sum: &mut RecipientRecords, finding: &RecordFinding) {
    sum.records += 1;
    *match finding.finding {
        RecordMatch::Matched => &mut sum.matched,
        RecordMatch::Tied => &mut sum.tied,
        RecordMatch::Unmatched => &mut sum.unmatched,
        RecordMatch::NotCompared => &mut sum.not_compared,
        RecordMatch::Repeated => &mut sum.repeated,
    } += 1;
    if finding.finding == RecordMatch::Matched {
        sum.several += u64::from(finding.candidates > 1);
    }
    // `None` is less than any time, so it must not win the minimum.
    sum.first = [sum.first, finding.time].into_iter().flatten().min();
    sum.last = sum.last.max(finding.time);
}

/// Of each group of requests, the times that the records of its app span: one
/// span for each name.
fn spans<'r>(
    case: &Case,
    records: &[&'r ExchangeRow],
    requests: &Requests<'r>,
) -> Vec<Vec<(i64, i64)>> {
    let mut by_app: BTreeMap<(&str, &str), (i64, i64)> = BTreeMap::new();
    for row in records {
        if let (Some(time), Some(app)) = (row.time, row.client_app.as_deref()) {
            let time = time.timestamp_millis();
            let span = by_app.entry((owner(row), app)).or_insert((time, time));
            *span = (span.0.min(time), span.1.max(time));
        }
    }
    let mut spans = vec![Vec::new(); requests.groups.len()];
    for ((owner, app), span) in by_app {
        for group in requests.of_app(owner, app, case) {
            if let Some(spans) = spans.get_mut(group) {
                spans.push(span);
            }
        }
    }
    spans
}
