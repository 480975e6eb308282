//! Heat map: which kind of datum went to which third party, and how often.

use std::collections::BTreeMap;

use affiant_model::{PartyKind, Reach, Transmittal};
use serde::Serialize;

use super::place::{Names, largest};
use crate::ReportInput;
use crate::counts::is_asserted;
use crate::view::label;

/// Recipients that are drawn; the last of more stands for the rest.
const COLUMNS: usize = 10;
/// With at most so many columns a cell is wide enough for all its numbers in one line.
const WIDE: usize = 5;
/// Kinds of datum that are drawn, in rows of one line and of three.
const ROWS: usize = 27;
const HIGH_ROWS: usize = 14;
/// Classes of shade.
const SHADES: usize = 4;

/// The figure. Places are parts of the width and height of the field of cells.
#[derive(Debug, Serialize)]
pub(super) struct Heat {
    rows: Vec<Line>,
    columns: Vec<Line>,
    /// Whether the numbers of a cell stand in one line.
    wide: bool,
    cells: Vec<Cell>,
    /// The largest number of each class, and the smallest.
    classes: Vec<(u64, u64)>,
    names: Names,
    sent: u64,
    attempted: u64,
    /// Recipients, and kinds, that are drawn as one.
    other_recipients: usize,
    other_kinds: usize,
}

/// A row or a column.
#[derive(Debug, Serialize)]
struct Line {
    name: String,
    /// The name in full, for the alternative text.
    #[serde(skip)]
    full: String,
    at: f64,
    size: f64,
    sent: u64,
    attempted: u64,
}

/// One kind of datum at one recipient.
#[derive(Debug, Default, Serialize)]
struct Cell {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    #[serde(skip)]
    row: usize,
    #[serde(skip)]
    column: usize,
    /// Those that are shown to have been sent: sent, acknowledged or recorded.
    sent: u64,
    /// Of these, those that were answered or recorded.
    acknowledged: u64,
    /// Besides, those that are not shown to have left the device.
    attempted: u64,
    /// Class of `sent`, from 1; 0 where there is none.
    shade: usize,
}

/// Lays the figure out; `None` where no transmittal to a third party was observed.
pub(super) fn heat(input: &ReportInput<'_>) -> Option<Heat> {
    let third: Vec<&Transmittal> = input
        .transmittals
        .iter()
        .filter(is_asserted)
        .filter(|t| t.party == PartyKind::Third)
        .collect();
    if third.is_empty() {
        return None;
    }
    let datum = |t: &Transmittal| label(input.labels, &t.datum);
    let mut counts = [BTreeMap::new(), BTreeMap::new()];
    for t in &third {
        *counts[0].entry(datum(t)).or_insert(0_u64) += 1;
        *counts[1].entry(t.recipient.clone()).or_insert(0) += 1;
    }
    let (recipients, other_recipients) = largest(&counts[1], COLUMNS);
    let wide = recipients.len() + usize::from(other_recipients > 0) <= WIDE;
    let (kinds, other_kinds) = largest(&counts[0], if wide { ROWS } else { HIGH_ROWS });
    let mut names = Names::default();
    let mut rows = lines(&kinds, other_kinds, "other kinds", 32, &mut names);
    let mut columns = lines(&recipients, other_recipients, "others", 22, &mut names);
    let mut cells = BTreeMap::<(usize, usize), Cell>::new();
    for t in &third {
        let place = |names: &[String], name: &str| {
            let own = names.iter().position(|n| n == name);
            own.unwrap_or(names.len())
        };
        let row = place(&kinds, &datum(t));
        let column = place(&recipients, &t.recipient);
        let cell = cells.entry((row, column)).or_default();
        if t.reach > Reach::Contacted {
            cell.sent += 1;
            cell.acknowledged += u64::from(t.reach >= Reach::Acknowledged);
            rows[row].sent += 1;
            columns[column].sent += 1;
        } else {
            cell.attempted += 1;
            rows[row].attempted += 1;
            columns[column].attempted += 1;
        }
    }
    let most = cells.values().map(|cell| cell.sent).max().unwrap_or(0);
    let classes = classes(most);
    let cells = cells.into_iter().map(|((row, column), cell)| Cell {
        x: columns[column].at,
        y: rows[row].at,
        width: columns[column].size,
        height: rows[row].size,
        shade: classes
            .iter()
            .position(|(_, high)| cell.sent <= *high)
            .map_or(0, |class| if cell.sent == 0 { 0 } else { class + 1 }),
        row,
        column,
        ..cell
    });
    let cells = cells.collect();
    Some(Heat {
        sent: rows.iter().map(|row| row.sent).sum(),
        attempted: rows.iter().map(|row| row.attempted).sum(),
        rows,
        columns,
        wide,
        cells,
        classes,
        names,
        other_recipients,
        other_kinds,
    })
}

/// Rows or columns of one size, the last of which may stand for others.
fn lines(drawn: &[String], others: usize, rest: &str, most: usize, names: &mut Names) -> Vec<Line> {
    let number = drawn.len() + usize::from(others > 0);
    let size = 1.0 / number as f64;
    let rest = (others > 0).then(|| format!("{rest} ({others})"));
    let line = |(n, full): (usize, &String)| Line {
        name: names.short(full, most),
        full: full.clone(),
        at: n as f64 * size,
        size,
        sent: 0,
        attempted: 0,
    };
    drawn.iter().chain(&rest).enumerate().map(line).collect()
}

/// Classes of numbers from 1 to `most`, each some times as wide as the one before.
fn classes(most: u64) -> Vec<(u64, u64)> {
    let mut classes: Vec<(u64, u64)> = Vec::new();
    for n in 1..=SHADES {
        let high = if n == SHADES {
            most
        } else {
            // The fraction of a count is dropped: classes are of whole numbers.
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a root of a count is a count"
            )]
            let root = (most as f64).powf(n as f64 / SHADES as f64) as u64;
            root.min(most)
        };
        let low = classes.last().map_or(1, |(_, before)| before + 1);
        if low <= high {
            classes.push((low, high));
        }
    }
    classes
}

impl Heat {
    /// What the figure shows, in words.
    pub(super) fn alt(&self) -> String {
        let cells = self.cells.iter().map(|cell| {
            let attempted = match cell.attempted {
                0 => String::new(),
                n => format!(" and {n} attempted only"),
            };
            format!(
                "{} to {}: {} sent, of which {} acknowledged{attempted}",
                self.rows[cell.row].full,
                self.columns[cell.column].full,
                cell.sent,
                cell.acknowledged
            )
        });
        let cells: Vec<_> = cells.collect();
        format!(
            "Heat map of {} transmittals sent and {} attempted only, kinds of datum in rows, recipients in columns. {}. Every other cell is empty.",
            self.sent,
            self.attempted,
            cells.join("; ")
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::view::fixture::Fixture;

    static SAMPLE: LazyLock<Fixture> = LazyLock::new(Fixture::sample);

    proptest! {
        #[test]
        fn classes_cover_every_number_once(most in 1..1_000_000_u64) {
            let classes = classes(most);
            prop_assert!(classes.len() <= SHADES);
            prop_assert_eq!(classes[0].0, 1);
            prop_assert_eq!(classes[classes.len() - 1].1, most);
            for pair in classes.windows(2) {
                prop_assert_eq!(pair[0].1 + 1, pair[1].0);
            }
        }

        #[test]
        fn sums_agree_with_the_rows_and_no_cell_leaves_the_frame(
            picks in prop::collection::vec((0..40_usize, 0..40_usize, 0..5_usize), 1..200),
        ) {
            let model = &SAMPLE.transmittals[0];
            let reaches = Reach::ALL;
            let rows = picks.iter().map(|(datum, recipient, reach)| Transmittal {
                datum: format!("datum_{datum}"),
                recipient: format!("Recipient {recipient}"),
                reach: reaches[*reach],
                party: PartyKind::Third,
                ..model.clone()
            });
            let rows: Vec<_> = rows.collect();
            let input = ReportInput { transmittals: &rows, ..SAMPLE.input() };
            let heat = heat(&input).unwrap();
            prop_assert_eq!(heat.sent + heat.attempted, picks.len() as u64);
            let of = |lines: &[Line]| lines.iter().map(|l| l.sent + l.attempted).sum::<u64>();
            prop_assert_eq!(of(&heat.rows), picks.len() as u64);
            prop_assert_eq!(of(&heat.columns), picks.len() as u64);
            let cells = heat.cells.iter().map(|c| c.sent + c.attempted).sum::<u64>();
            prop_assert_eq!(cells, picks.len() as u64);
            prop_assert!(heat.rows.len() <= ROWS && heat.columns.len() <= COLUMNS);
            for cell in &heat.cells {
                prop_assert!(cell.x >= 0.0 && cell.x + cell.width <= 1.0 + 1e-9);
                prop_assert!(cell.y >= 0.0 && cell.y + cell.height <= 1.0 + 1e-9);
                prop_assert!(cell.acknowledged <= cell.sent);
                prop_assert_eq!(cell.shade == 0, cell.sent == 0);
            }
        }
    }
}
