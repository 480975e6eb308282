//! Which record goes with which request.

use std::collections::BTreeMap;

use super::events::Agreement;

/// A record and a request that fits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair<'t> {
    /// How far they are apart, in milliseconds.
    pub(super) apart: u64,
    pub(super) agreement: Agreement<'t>,
    pub(super) record: usize,
    pub(super) request: usize,
}

/// What a record came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken<'t> {
    /// A request.
    Request(Pair<'t>),
    /// Two requests are equally close.
    Tied,
}

impl Pair<'_> {
    /// What is compared before the order of the exhibits is.
    const fn rank(&self) -> (u64, bool) {
        (self.apart, self.agreement.name().is_none())
    }
}

/// Takes pairs by distance, the closest first. A request is taken once for each
/// event that it names, and for each of a name as often as it names it; one that
/// names none is taken once. The result does not depend on the order of `pairs`.
pub(super) fn assign<'t>(
    mut pairs: Vec<Pair<'t>>,
    events_of: &dyn Fn(usize) -> &'t [&'t str],
) -> BTreeMap<usize, Taken<'t>> {
    pairs.sort_unstable_by_key(|pair| (pair.rank(), pair.record, pair.request));
    let mut taken: BTreeMap<usize, Taken<'t>> = BTreeMap::new();
    // Of each request, the events that it was taken for.
    let mut used: BTreeMap<usize, Vec<Option<&'t str>>> = BTreeMap::new();
    let mut rest = pairs.as_slice();
    while let [first, ..] = rest {
        // The pairs of one record at one distance stand together.
        let same = |pair: &Pair<'_>| (pair.rank(), pair.record) == (first.rank(), first.record);
        let count = rest.partition_point(same);
        let (equal, behind) = rest.split_at(count);
        rest = behind;
        if taken.contains_key(&first.record) {
            continue;
        }
        let is_free = |pair: &&Pair<'t>| {
            let used = used.get(&pair.request).map_or(&[][..], Vec::as_slice);
            let events = events_of(pair.request);
            let times = |name| events.iter().filter(|event| Some(**event) == name).count();
            let before = |name| used.iter().filter(|event| **event == name).count();
            let name = pair.agreement.name();
            used.len() < events.len().max(1) && (name.is_none() || before(name) < times(name))
        };
        let mut free = equal.iter().filter(is_free);
        match (free.next(), free.next()) {
            (None, _) => {}
            (Some(_), Some(_)) => {
                taken.insert(first.record, Taken::Tied);
            }
            (Some(pair), None) => {
                taken.insert(pair.record, Taken::Request(*pair));
                used.entry(pair.request)
                    .or_default()
                    .push(pair.agreement.name());
            }
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(apart: u64, record: usize, request: usize) -> Pair<'static> {
        Pair {
            apart,
            agreement: Agreement::NotCompared,
            record,
            request,
        }
    }

    #[test]
    fn the_closest_go_together_and_each_once() {
        let pairs = vec![pair(9, 0, 0), pair(1, 0, 1), pair(2, 1, 1), pair(5, 1, 0)];
        let taken = assign(pairs, &|_| &[]);
        assert_eq!(taken[&0], Taken::Request(pair(1, 0, 1)));
        assert_eq!(taken[&1], Taken::Request(pair(5, 1, 0)));
        let both = assign(vec![pair(1, 0, 1), pair(2, 1, 1)], &|_| &["a", "b"]);
        assert_eq!(both.len(), 2);
    }

    #[test]
    fn equally_close_is_not_decided_unless_an_event_agrees() {
        let tied = assign(vec![pair(3, 0, 0), pair(3, 0, 1)], &|_| &[]);
        assert_eq!(tied[&0], Taken::Tied);
        let agrees = Pair {
            agreement: Agreement::Agrees("x"),
            ..pair(3, 0, 1)
        };
        let taken = assign(vec![pair(3, 0, 0), agrees], &|_| &["x"]);
        assert_eq!(taken[&0], Taken::Request(agrees));
    }
}
