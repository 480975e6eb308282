//! Before and after: in what share of the runs a transmittal was observed.

use affiant_model::{ANY, ComparisonRow};
use affiant_stats::clopper_pearson;
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
    low: f64,
    high: f64,
}

impl Part {
    fn of(with: u64, of: u64) -> Result<Self, Error> {
        let interval = clopper_pearson(with, of, CONFIDENCE)?;
        Ok(Self {
            with,
            of,
            share: with as f64 / of as f64,
            low: interval.low,
            high: interval.high.unwrap_or(1.0),
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
                    Part::of(row.before_with, row.before_of)?,
                    Part::of(row.after_with, row.after_of)?,
                ],
            })
        });
        let lines = lines.collect::<Result<Vec<_>, Error>>()?;
        figures.push(Change {
            comparison: comparison.name.clone(),
            before: comparison.before.join(", "),
            after: comparison.after.join(", "),
            others: all - lines.len(),
            lines,
            names,
            rows: all,
        });
    }
    Ok(figures)
}

impl Change {
    /// What the figure shows, in words.
    pub(super) fn alt(&self) -> String {
        let part = |part: &Part| {
            format!(
                "{} of {} runs, interval {:.0} to {:.0} percent",
                part.with,
                part.of,
                part.low * 100.0,
                part.high * 100.0
            )
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
            "Shares of runs with a transmittal, before ({}) and after ({}), with exact intervals at 95 percent. {}.",
            self.before,
            self.after,
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
        fn each_share_lies_in_its_interval_and_the_interval_in_the_frame(of in 1..400_u64, with in 0..400_u64) {
            let part = Part::of(with.min(of), of).unwrap();
            prop_assert!(0.0 <= part.low && part.low <= part.share + 1e-12);
            prop_assert!(part.share <= part.high + 1e-12 && part.high <= 1.0);
        }
    }

    #[test]
    fn the_interval_is_that_of_clopper_and_pearson() {
        // 0 of 5 and 5 of 5: 1 - 0.025^(1/5) = 0.5218.
        let none = Part::of(0, 5).unwrap();
        assert!((none.high - 0.5218).abs() < 1e-4 && none.low == 0.0);
        let all = Part::of(5, 5).unwrap();
        assert!((all.low - 0.4782).abs() < 1e-4 && all.high >= 1.0);
    }
}
