//! Where things go in a figure, as parts of its width and height, and how long
//! names are cut.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::printable::printable;

/// Moves `wanted` places apart so that neighbours are at least `pitch` from one
/// another, within 0 to 1 and in their order. Where they are too many for that, they
/// are spaced evenly.
///
/// `wanted` ascends.
pub(crate) fn spread(wanted: &[f64], pitch: f64) -> Vec<f64> {
    let last = wanted.len().saturating_sub(1) as f64;
    if pitch * last > 1.0 {
        return (0..wanted.len()).map(|n| n as f64 / last).collect();
    }
    let mut places: Vec<f64> = Vec::with_capacity(wanted.len());
    for place in wanted {
        let least = places.last().map_or(0.0, |before| before + pitch);
        places.push(place.max(least));
    }
    let mut most = 1.0;
    for place in places.iter_mut().rev() {
        *place = place.min(most);
        most = *place - pitch;
    }
    // A sum of many pitches may miss an end by the last bit.
    places.iter_mut().for_each(|p| *p = p.clamp(0.0, 1.0));
    places
}

/// Steps of an axis from `from` to `to`: at most about `most`, at 1, 2 or 5 times a
/// power of ten.
pub(crate) fn ticks(from: f64, to: f64, most: usize) -> Vec<f64> {
    let range = to - from;
    if range <= 0.0 || !range.is_finite() || most == 0 {
        return vec![from];
    }
    let rough = range / most as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|n| n * power)
        .into_iter()
        .find(|step| *step >= rough)
        .unwrap_or(10.0 * power);
    let first = (from / step).ceil();
    (0..=most * 2)
        .map(|n| (first + n as f64) * step)
        .take_while(|at| *at <= to + step * 1e-9)
        .collect()
}

/// The names of a figure: long ones are cut with a mark, and listed in full.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Names {
    /// By the full name.
    #[serde(skip)]
    cut: BTreeMap<String, String>,
    legend: Vec<FullName>,
}

/// A name that was cut.
#[derive(Debug, Serialize)]
struct FullName {
    short: String,
    name: String,
}

impl Names {
    /// The name in at most `most` characters of print; two names that were cut
    /// alike are told apart by a number.
    pub(crate) fn short(&mut self, name: &str, most: usize) -> String {
        if let Some(short) = self.cut.get(name) {
            return short.clone();
        }
        let width = |c: char| printable(&c.to_string(), 100, false).chars().count();
        let printed: usize = name.chars().map(width).sum();
        if printed <= most {
            return name.to_owned();
        }
        let mut left = most.saturating_sub(1);
        let start: String = name
            .chars()
            .take_while(|c| {
                let fits = width(*c) <= left;
                left = left.saturating_sub(width(*c));
                fits
            })
            .collect();
        // What is said in brackets of a name is left out as a whole.
        let start = start.split(" (").next().unwrap_or_default().trim_end();
        let alike = |short: &str| self.cut.values().any(|other| other == short);
        let mut short = format!("{start}…");
        let mut number = 2;
        while alike(&short) {
            short = format!("{start}…{number}");
            number += 1;
        }
        self.cut.insert(name.to_owned(), short.clone());
        self.legend.push(FullName {
            short: short.clone(),
            name: name.to_owned(),
        });
        short
    }
}

/// The largest `most` names with their counts, the others as one, largest first.
/// What is returned second is how many names that one stands for.
pub(crate) fn largest(counts: &BTreeMap<String, u64>, most: usize) -> (Vec<String>, usize) {
    let mut names: Vec<(&String, u64)> = counts.iter().map(|(n, c)| (n, *c)).collect();
    names.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let others = if names.len() > most {
        names.split_off(most.saturating_sub(1)).len()
    } else {
        0
    };
    (names.into_iter().map(|(n, _)| n.clone()).collect(), others)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ticks_stand_at_round_numbers() {
        assert_eq!(ticks(0.0, 10.0, 5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(ticks(-3.0, 4.0, 4), [-2.0, 0.0, 2.0, 4.0]);
        assert_eq!(ticks(1.0, 1.0, 4), [1.0]);
    }

    #[test]
    fn cut_names_are_marked_told_apart_and_listed_in_full() {
        let mut names = Names::default();
        assert_eq!(names.short("Meta", 8), "Meta");
        assert_eq!(names.short("Example Ltd", 8), "Example…");
        assert_eq!(names.short("Example Inc", 8), "Example…2");
        assert_eq!(names.short("Example Ltd", 8), "Example…");
        // An escape counts as it is printed, and is not cut in two.
        assert_eq!(names.short("ab\u{202E}cdefgh", 8), "ab…");
        assert_eq!(names.short("Old Ltd (now New)", 12), "Old Ltd…");
        assert_eq!(names.legend.len(), 4);
        assert_eq!(names.legend[1].name, "Example Inc");
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_frame_and_the_order_is_kept(
            mut wanted in prop::collection::vec(0.0..=1.0_f64, 0..60),
            pitch in 0.0..0.2_f64,
        ) {
            wanted.sort_by(f64::total_cmp);
            let places = spread(&wanted, pitch);
            prop_assert_eq!(places.len(), wanted.len());
            prop_assert!(places.iter().all(|p| (0.0..=1.0).contains(p)));
            prop_assert!(places.is_sorted());
            if pitch * (wanted.len().saturating_sub(1)) as f64 <= 1.0 {
                for pair in places.windows(2) {
                    prop_assert!(pair[1] - pair[0] >= pitch - 1e-9);
                }
            }
        }

        #[test]
        fn ticks_lie_within_the_axis(from in -1e6..1e6_f64, range in 1e-3..1e7_f64, most in 1..12_usize) {
            let ticks = ticks(from, from + range, most);
            prop_assert!(ticks.len() <= most * 2 + 1);
            let slack = range * 1e-6;
            prop_assert!(ticks.iter().all(|t| *t >= from - slack && *t <= from + range + slack));
        }

        #[test]
        fn the_largest_names_and_the_others_are_all_of_them(
            counts in prop::collection::btree_map("[a-e]{1,3}", 0..100_u64, 0..30),
            most in 1..20_usize,
        ) {
            let (names, others) = largest(&counts, most);
            prop_assert_eq!(names.len() + others, counts.len());
            prop_assert!(names.len() + usize::from(others > 0) <= most);
        }
    }
}
