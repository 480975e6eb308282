//! Overrides in the places of the rules' judgements.

use affiant_model::{GapOverride, Period};

use crate::matching::same_name;
use crate::{AppliedOverride, GapRow, Review};

/// Puts the overrides in their places.
pub(crate) fn apply(overrides: &[GapOverride], mut rows: Vec<GapRow>) -> Review {
    let mut unused = Vec::new();
    for (index, note) in overrides.iter().enumerate() {
        if note.judgement.is_none()
            || [&note.reason, &note.signed_by, &note.date]
                .iter()
                .any(|text| text.trim().is_empty())
        {
            unused.push((
                index,
                "it lacks judgement, reason, signatory or date".to_owned(),
            ));
            continue;
        }
        let mut used = false;
        let mut partly = false;
        let period = Period::read(&note.from, &note.to);
        for row in &mut rows {
            let meant = same_name(&note.recipient, &row.recipient)
                && note.datum == row.datum
                && (note.notice.is_empty() || note.notice == row.notice);
            if !meant {
                continue;
            }
            if !encloses(&period, row) {
                partly |= period.meets(&row.days);
                continue;
            }
            used = true;
            if row.overridden.is_some() {
                row.remarks.push(format!(
                    "another override, number {} of the case file, fits this row too; the first stands",
                    index + 1
                ));
                continue;
            }
            row.overridden = Some(AppliedOverride {
                index,
                note: note.clone(),
                replaces: row.judgement,
            });
            row.judgement = note.judgement;
        }
        if !used {
            let why = if partly {
                "its days are not all the days of the exchanges of a row"
            } else {
                "no row has its recipient, datum, notice and days"
            };
            unused.push((index, why.to_owned()));
        }
    }
    Review { rows, unused }
}

/// Whether the override is about all days of the row.
fn encloses(period: &Period, row: &GapRow) -> bool {
    if *period == Period::default() {
        return true;
    }
    row.undated == 0
        && row.days.from.is_some_and(|from| period.holds(from))
        && row.days.to.is_some_and(|to| period.holds(to))
}
