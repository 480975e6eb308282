use serde::Serialize;

/// A set of numbers from 1 to 65,535, held as ranges in ascending order.
///
/// A range costs as much as a number: what a hostile text names in few bits is
/// never unfolded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Ids {
    /// First and last number of each, in order, neither touching nor overlapping.
    ranges: Vec<(u16, u16)>,
}

impl Ids {
    /// Makes a set of ranges in any order. Those that touch become one.
    pub(crate) fn new(mut ranges: Vec<(u16, u16)>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(u16, u16)> = Vec::with_capacity(ranges.len());
        for (start, end) in ranges {
            match merged.last_mut() {
                Some(last) if u32::from(start) <= u32::from(last.1) + 1 => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        Self { ranges: merged }
    }

    /// The numbers from 1 to `max` that are not in the set.
    pub(crate) fn complement(&self, max: u16) -> Self {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = 1_u32;
        for &(start, end) in &self.ranges {
            let before = u32::from(start).min(u32::from(max) + 1);
            if next < before {
                ranges.push((next, before - 1));
            }
            next = u32::from(end) + 1;
        }
        if next <= u32::from(max) {
            ranges.push((next, u32::from(max)));
        }
        // What is pushed lies between 1 and `max`.
        let narrow = |n: u32| u16::try_from(n).unwrap_or(max);
        Self {
            ranges: ranges
                .into_iter()
                .map(|(start, end)| (narrow(start), narrow(end)))
                .collect(),
        }
    }

    /// Whether a number is in the set.
    #[must_use]
    pub fn contains(&self, id: u16) -> bool {
        self.ranges
            .iter()
            .any(|&(start, end)| (start..=end).contains(&id))
    }

    /// How many numbers are in the set.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ranges
            .iter()
            .map(|&(start, end)| usize::from(end - start) + 1)
            .sum()
    }

    /// Whether no number is in the set.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The numbers, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.ranges.iter().flat_map(|&(start, end)| start..=end)
    }

    /// First and last number of each range, in ascending order.
    #[must_use]
    pub fn ranges(&self) -> &[(u16, u16)] {
        &self.ranges
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_set_has_what_its_ranges_have_and_its_complement_the_rest(
            pairs in prop::collection::vec((1_u16..400, 0_u16..40), 0..20),
            max in 0_u16..500,
        ) {
            let ranges: Vec<_> = pairs.iter().map(|&(s, n)| (s, s + n)).collect();
            let wanted: BTreeSet<u16> = ranges.iter().flat_map(|&(s, e)| s..=e).collect();
            let ids = Ids::new(ranges);
            prop_assert_eq!(ids.iter().collect::<Vec<_>>(), wanted.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(ids.len(), wanted.len());
            prop_assert!((0..500).all(|n| ids.contains(n) == wanted.contains(&n)));
            let rest: Vec<u16> = (1..=max).filter(|n| !wanted.contains(n)).collect();
            prop_assert_eq!(ids.complement(max).iter().collect::<Vec<_>>(), rest);
        }
    }

    #[test]
    fn the_widest_set_costs_one_range() {
        let all = Ids::new(vec![(1, u16::MAX), (7, 9)]);
        assert_eq!(all.ranges(), [(1, u16::MAX)]);
        assert_eq!(all.len(), 65_535);
        assert!(all.complement(u16::MAX).is_empty());
        assert_eq!(Ids::default().complement(u16::MAX), all);
    }
}
