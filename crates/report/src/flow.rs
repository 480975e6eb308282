//! The flow figure: kinds of datum on the left, recipients in the middle,
//! their parents on the right; the height of each is its number of transmittals that
//! are shown to have been sent.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{PartyKind, Reach, Transmittal};
use serde::Serialize;

use crate::ReportInput;
use crate::counts::is_asserted;
use crate::figures::place::{Names, spread};
use crate::view::label;

/// Bars in one column; the smaller ones beyond are drawn as one.
const BARS: usize = 28;
/// Part of a column's height that is left between its bars.
const GAPS: f64 = 0.22;
/// Least distance of two labels of a column, as part of the height.
const PITCH: f64 = 0.0265;
/// Longest names of a column, in characters.
const LONGEST: [usize; 3] = [31, 22, 18];

/// The figure, with all heights as parts of the figure's height.
#[derive(Debug, Serialize)]
pub(crate) struct Flow {
    transmittals: u64,
    /// Transmittals to third parties that were attempted only, and are not drawn.
    attempted: u64,
    columns: Vec<Vec<Bar>>,
    bands: Vec<Band>,
    names: Names,
    /// What the figure shows, in words.
    alt: String,
}

/// One bar of a column.
#[derive(Debug, Serialize)]
struct Bar {
    name: String,
    /// The name in full, for the alternative text.
    #[serde(skip)]
    full: String,
    transmittals: u64,
    top: f64,
    height: f64,
    /// Middle of its label, moved off its neighbours.
    label: f64,
}

/// A band from a bar of one column to a bar of the next.
#[derive(Debug, Serialize)]
struct Band {
    /// Column that it starts from, from 0.
    column: usize,
    from: usize,
    to: usize,
    transmittals: u64,
    from_top: f64,
    to_top: f64,
    height: f64,
}

/// Lays the figure out; `None` where no transmittal to a third party is shown to have
/// been sent. What was attempted only did not leave the device as far as is shown.
pub(crate) fn flow(input: &ReportInput<'_>) -> Option<Flow> {
    let (third, attempted): (Vec<&Transmittal>, Vec<_>) = input
        .transmittals
        .iter()
        .filter(is_asserted)
        .filter(|t| t.party == PartyKind::Third)
        .partition(|t| t.reach > Reach::Contacted);
    if third.is_empty() {
        return None;
    }
    let kinds = Column::of(
        third.iter().map(|t| label(input.labels, &t.datum)),
        "other kinds",
    );
    let recipients = Column::of(
        third.iter().map(|t| t.recipient.clone()),
        "other recipients",
    );
    let parents = Column::of(third.iter().map(|t| parent(t)), "other parents");
    let columns = [kinds, recipients, parents];

    // The unit is the same in every column, so that a band keeps its width.
    let most = columns.iter().map(|c| c.names.len()).max().unwrap_or(1);
    let gap = if most > 1 {
        GAPS / (most - 1) as f64
    } else {
        0.0
    };
    let unit = (1.0 - gap * (most - 1) as f64) / third.len() as f64;
    let mut names = Names::default();
    let bars: Vec<Vec<Bar>> = columns
        .iter()
        .zip(LONGEST)
        .map(|(column, longest)| column.bars(unit, gap, longest, &mut names))
        .collect();

    let mut flows = [BTreeMap::new(), BTreeMap::new()];
    for t in &third {
        let kind = columns[0].index(&label(input.labels, &t.datum));
        let recipient = columns[1].index(&t.recipient);
        let parent = columns[2].index(&parent(t));
        *flows[0].entry((kind, recipient)).or_insert(0) += 1;
        *flows[1].entry((recipient, parent)).or_insert(0) += 1;
    }
    let bands = flows
        .iter()
        .enumerate()
        .flat_map(|(column, flows)| bands(column, flows, &bars[column], &bars[column + 1], unit));
    let bands: Vec<Band> = bands.collect();
    Some(Flow {
        transmittals: third.len() as u64,
        attempted: attempted.len() as u64,
        alt: alt(third.len(), &bands, &bars),
        bands,
        columns: bars,
        names,
    })
}

impl Flow {
    /// Transmittals that are drawn.
    pub(crate) const fn transmittals(&self) -> u64 {
        self.transmittals
    }

    /// What is not drawn, as a sentence; empty where nothing.
    pub(crate) fn not_drawn(&self) -> String {
        match self.attempted {
            0 => String::new(),
            1 => " 1 transmittal more was attempted only; it is not shown to have been sent, and is not drawn.".to_owned(),
            n => format!(" {n} transmittals more were attempted only; they are not shown to have been sent, and are not drawn."),
        }
    }
}

fn alt(transmittals: usize, bands: &[Band], bars: &[Vec<Bar>]) -> String {
    let bands: Vec<String> = bands
        .iter()
        .map(|band| {
            format!(
                "{} to {}: {}",
                bars[band.column][band.from].full,
                bars[band.column + 1][band.to].full,
                band.transmittals
            )
        })
        .collect();
    format!(
        "Flow figure of {transmittals} transmittals that are shown to have been sent, from kinds of datum to recipients to their parents. {}.",
        bands.join("; ")
    )
}

fn parent(transmittal: &Transmittal) -> String {
    if transmittal.parent.is_empty() {
        "no parent listed".to_owned()
    } else {
        transmittal.parent.clone()
    }
}

/// The bands between two columns, stacked in the order of the bars that they join.
fn bands(
    column: usize,
    flows: &BTreeMap<(usize, usize), u64>,
    left: &[Bar],
    right: &[Bar],
    unit: f64,
) -> Vec<Band> {
    let mut left_used: Vec<f64> = left.iter().map(|bar| bar.top).collect();
    let mut right_used: Vec<f64> = right.iter().map(|bar| bar.top).collect();
    let band = |(&(from, to), &transmittals): (&(usize, usize), &u64)| {
        let height = transmittals as f64 * unit;
        let band = Band {
            column,
            from,
            to,
            transmittals,
            from_top: left_used[from],
            to_top: right_used[to],
            height,
        };
        left_used[from] += height;
        right_used[to] += height;
        band
    };
    flows.iter().map(band).collect()
}

/// The names of a column with their counts, largest first.
struct Column {
    names: Vec<(String, u64)>,
    shown: BTreeSet<String>,
}

impl Column {
    fn of(names: impl Iterator<Item = String>, rest: &str) -> Self {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        names.for_each(|name| *counts.entry(name).or_default() += 1);
        let mut names: Vec<(String, u64)> = counts.into_iter().collect();
        names.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let shown;
        if names.len() > BARS {
            let others = names.split_off(BARS - 1);
            shown = names.iter().map(|(name, _)| name.clone()).collect();
            let total = others.iter().map(|(_, count)| count).sum();
            names.push((format!("{rest} ({})", others.len()), total));
        } else {
            shown = names.iter().map(|(name, _)| name.clone()).collect();
        }
        Self { names, shown }
    }

    /// The bar that `name` belongs to: its own, or the last.
    fn index(&self, name: &str) -> usize {
        let last = self.names.len() - 1;
        if !self.shown.contains(name) {
            return last;
        }
        self.names
            .iter()
            .position(|(n, _)| n == name)
            .unwrap_or(last)
    }

    /// The bars, one below the other, the column centred on the height.
    fn bars(&self, unit: f64, gap: f64, longest: usize, short: &mut Names) -> Vec<Bar> {
        let total: u64 = self.names.iter().map(|(_, count)| count).sum();
        let used = total as f64 * unit + gap * (self.names.len() - 1) as f64;
        let mut top = (1.0 - used) / 2.0;
        let bar = |(name, transmittals): &(String, u64)| {
            let height = *transmittals as f64 * unit;
            let bar = Bar {
                name: short.short(name, longest),
                full: name.clone(),
                transmittals: *transmittals,
                top,
                height,
                label: top + height / 2.0,
            };
            top += height + gap;
            bar
        };
        let mut bars: Vec<Bar> = self.names.iter().map(bar).collect();
        let wanted: Vec<f64> = bars.iter().map(|bar| bar.label).collect();
        for (bar, place) in bars.iter_mut().zip(spread(&wanted, PITCH)) {
            bar.label = place;
        }
        bars
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture::Fixture;

    fn with_reaches(reaches: &[Reach]) -> Vec<Transmittal> {
        let model = Fixture::sample().transmittals.remove(0);
        let row = |reach: &Reach| Transmittal {
            reach: *reach,
            party: PartyKind::Third,
            ..model.clone()
        };
        reaches.iter().map(row).collect()
    }

    #[test]
    fn bands_are_of_what_was_sent_and_attempts_are_counted_in_words() {
        let sample = Fixture::sample();
        let rows = with_reaches(&[Reach::Sent, Reach::Attempted, Reach::Acknowledged]);
        let input = ReportInput {
            transmittals: &rows,
            ..sample.input()
        };
        let found = flow(&input).unwrap();
        assert_eq!((found.transmittals(), found.attempted), (2, 1));
        assert!(found.bands.iter().all(|band| band.transmittals == 2));
        assert!(
            found
                .not_drawn()
                .starts_with(" 1 transmittal more was attempted")
        );
        assert!(
            found
                .alt
                .contains("2 transmittals that are shown to have been sent")
        );
    }

    #[test]
    fn attempts_alone_make_no_figure() {
        let sample = Fixture::sample();
        let rows = with_reaches(&[Reach::Attempted, Reach::Contacted]);
        let input = ReportInput {
            transmittals: &rows,
            ..sample.input()
        };
        assert!(flow(&input).is_none());
    }
}
