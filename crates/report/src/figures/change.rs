//! Before and after: in what share of the runs a transmittal was observed.

use affiant_model::{ANY, ComparisonRow};
use affiant_stats::{clopper_pearson, fewest_trials};
use serde::Serialize;

use super::place::Names;
use crate::view::label;
use crate::{Error, ReportInput};

/// Lines of one figure; those of fewer runs beyond are not drawn.
const LINES: usize = 14;
/// Confidence of the intervals.
const CONFIDENCE: f64 = 0.95;

/// The figure of one comparison. Shares are from 0 to 1, which is the width.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    pub(super) comparison: String,
    pub(super) before: String,
    pub(super) after: String,
    lines: Vec<Line>,
    names: Names,
    /// Lines that are not drawn.
    pub(super) others: usize,
    /// Why nothing is inferred from the runs; empty where it is.
    pub(super) no_inference: String,
    #[serde(skip)]
    pub(super) rows: usize,
}

/// One recipient and datum.
#[derive(Debug, Serialize)]
struct Line {
    recipient: String,
    datum: String,
    #[serde(skip)]
    full: String,
    /// Middle of the line, as part of the height.
    at: f64,
    parts: [Part; 2],
}

/// One part of the test.
#[derive(Debug, Serialize)]
struct Part {
    with: u64,
    of: u64,
    share: f64,
    /// The exact interval; none where the runs support none.
    interval: Option<[f64; 2]>,
}

impl Part {
    /// A part of a comparison whose runs were tested (`inferred`), or not.
    fn of(with: u64, of: u64, inferred: bool) -> Result<Self, Error> {
        let interval = if inferred && of >= fewest_trials(CONFIDENCE)? {
            let interval = clopper_pearson(with, of, CONFIDENCE)?;
            Some([interval.low, interval.high.unwrap_or(1.0)])
        } else {
            None
        };
        Ok(Self {
            with,
            of,
            share: with as f64 / of as f64,
            interval,
        })
    }
}

/// Lays out a figure for each comparison of the case file that has rows.
///
/// # Errors
/// [`Error::Figure`] where a row holds numbers that no share can have.
pub(super) fn changes(
    input: &ReportInput<'_>,
    comparisons: &[ComparisonRow],
) -> Result<Vec<Change>, Error> {
    let mut figures = Vec::new();
    for comparison in &input.case.comparisons {
        let mut rows: Vec<&ComparisonRow> = comparisons
            .iter()
            .filter(|row| row.comparison == comparison.name)
            .collect();
        if rows.is_empty() {
            continue;
        }
        let all = rows.len();
        // What counts any datum comes first, then what most runs show.
        rows.sort_by_key(|row| {
            let most = row.before_with.max(row.after_with);
            (row.datum != ANY, std::cmp::Reverse(most))
        });
        rows.truncate(LINES);
        let mut names = Names::default();
        let size = 1.0 / rows.len() as f64;
        let lines = rows.iter().enumerate().map(|(n, row)| {
            let datum = if row.datum == ANY {
                "any datum".to_owned()
            } else {
                label(input.labels, &row.datum)
            };
            Ok(Line {
                full: format!("{}, {datum}", row.recipient),
                recipient: names.short(&row.recipient, 26),
                datum: names.short(&datum, 26),
                at: (n as f64 + 0.5) * size,
                parts: [
                    Part::of(row.before_with, row.before_of, row.no_inference.is_empty())?,
                    Part::of(row.after_with, row.after_of, row.no_inference.is_empty())?,
                ],
            })
        });
        let lines = lines.collect::<Result<Vec<_>, Error>>()?;
        figures.push(Change {
            comparison: comparison.name.clone(),
            before: comparison.before.join(", "),
            after: comparison.after.join(", "),
            others: all - lines.len(),
            // The same of all rows of a comparison.
            no_inference: rows[0].no_inference.clone(),
            lines,
            names,
            rows: all,
        });
    }
    Ok(figures)
}

impl Change {
    /// Whether an interval is drawn at all.
    pub(super) fn has_intervals(&self) -> bool {
        let mut parts = self.lines.iter().flat_map(|line| &line.parts);
        parts.any(|part| part.interval.is_some())
    }

    /// What the figure shows, in words.
    pub(super) fn alt(&self) -> String {
        let part = |part: &Part| {
            let counts = format!("{} of {} runs", part.with, part.of);
            match part.interval {
                Some([low, high]) => format!(
                    "{counts}, interval {:.0} to {:.0} percent",
                    low * 100.0,
                    high * 100.0
                ),
                None => counts,
            }
        };
        let lines: Vec<String> = self
            .lines
            .iter()
            .map(|line| {
                let [before, after] = &line.parts;
                format!(
                    "{}: before {}; after {}",
                    line.full,
                    part(before),
                    part(after)
                )
            })
            .collect();
        format!(
            "Shares of runs with a transmittal, before ({}) and after ({}){}. {}.",
            self.before,
            self.after,
            if self.has_intervals() {
                ", with exact intervals at 95 percent"
            } else {
                ""
            },
            lines.join(". ")
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_share_lies_in_its_interval_and_the_interval_in_the_frame(of in 6..400_u64, with in 0..400_u64) {
            let part = Part::of(with.min(of), of, true).unwrap();
            let [low, high] = part.interval.unwrap();
            prop_assert!(0.0 <= low && low <= part.share + 1e-12);
            prop_assert!(part.share <= high + 1e-12 && high <= 1.0);
        }
    }

    #[test]
    fn the_interval_is_that_of_clopper_and_pearson() {
        // 0 of 6 and 6 of 6: 0.025^(1/6) = 0.5407.
        let [low, high] = Part::of(0, 6, true).unwrap().interval.unwrap();
        assert!((high - 0.4593).abs() < 1e-4 && low == 0.0);
        let [low, high] = Part::of(6, 6, true).unwrap().interval.unwrap();
        assert!((low - 0.5407).abs() < 1e-4 && high >= 1.0);
    }

    #[test]
    fn few_runs_and_runs_that_repeat_no_test_have_no_interval() {
        assert_eq!(Part::of(5, 5, true).unwrap().interval, None);
        assert_eq!(Part::of(9, 9, false).unwrap().interval, None);
    }
}
