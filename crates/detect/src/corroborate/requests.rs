//! The requests that were seen to leave, to be found by recipient, app and time.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Case, ExchangeRow, Reach};

use super::app::{Named, is_first_party, plain};

/// The requests that were seen to leave.
pub(super) struct Requests<'r> {
    pub(super) rows: Vec<&'r ExchangeRow>,
    /// Those of one app to one recipient: time in milliseconds and number of
    /// each, in order.
    pub(super) groups: Vec<Group<'r>>,
    /// The groups of a recipient by the names of the app.
    by_name: BTreeMap<(&'r str, String), Vec<usize>>,
    /// The groups of a recipient whose app is the first party's.
    ours: BTreeMap<&'r str, Vec<usize>>,
}

/// The requests of one app to one recipient.
pub(super) struct Group<'r> {
    pub(super) owner: &'r str,
    /// Time in milliseconds and number of each, in order.
    pub(super) requests: Vec<(i64, usize)>,
}

/// The requests near a record.
#[derive(Default)]
pub(super) struct Near {
    /// How far each is apart in milliseconds, and its number.
    pub(super) found: Vec<(u64, usize)>,
    /// Whether there are more than were looked at.
    pub(super) more: bool,
}

impl Near {
    fn take(&mut self, side: &mut dyn Iterator<Item = &(i64, usize)>, time: i64) {
        for (count, (start, request)) in side.enumerate() {
            if count == NEAREST {
                self.more = true;
                return;
            }
            self.found.push((start.abs_diff(time), *request));
        }
    }
}

/// How many requests of an app on either side of a record are looked at.
pub(super) const NEAREST: usize = 64;

impl<'r> Requests<'r> {
    pub(super) fn of(exchanges: &'r [ExchangeRow], case: &Case, named: &Named<'_>) -> Self {
        let mut made = Self {
            rows: Vec::new(),
            groups: Vec::new(),
            by_name: BTreeMap::new(),
            ours: BTreeMap::new(),
        };
        let mut numbers: BTreeMap<(&str, BTreeSet<String>), usize> = BTreeMap::new();
        for row in exchanges {
            let left = matches!(row.reach, Reach::Sent | Reach::Acknowledged);
            let Some(time) = row.time.filter(|_| left && row.kind.has_content()) else {
                continue;
            };
            let key = (owner(row), named.apps(row));
            let number = match numbers.get(&key) {
                Some(number) => *number,
                None => made.begin(key.0, &key.1, case),
            };
            numbers.entry(key).or_insert(number);
            if let Some(group) = made.groups.get_mut(number) {
                group
                    .requests
                    .push((time.timestamp_millis(), made.rows.len()));
            }
            made.rows.push(row);
        }
        for group in &mut made.groups {
            group.requests.sort_unstable();
        }
        made
    }

    fn begin(&mut self, owner: &'r str, names: &BTreeSet<String>, case: &Case) -> usize {
        let number = self.groups.len();
        self.groups.push(Group {
            owner,
            requests: Vec::new(),
        });
        for name in names {
            let groups = self.by_name.entry((owner, name.clone())).or_default();
            groups.push(number);
        }
        if names.iter().any(|name| is_first_party(case, name)) {
            self.ours.entry(owner).or_default().push(number);
        }
        number
    }

    /// The groups of a recipient whose app is the one that a record names.
    pub(super) fn of_app(&self, owner: &'r str, app: &str, case: &Case) -> BTreeSet<usize> {
        let app = plain(app);
        let ours = is_first_party(case, &app)
            .then(|| self.ours.get(owner))
            .flatten();
        let named = self.by_name.get(&(owner, app));
        let both = named.into_iter().chain(ours);
        both.flatten().copied().collect()
    }

    /// The requests of some groups within `window` milliseconds of a time.
    pub(super) fn near(&self, groups: &BTreeSet<usize>, time: i64, window: u64) -> Near {
        let mut near = Near::default();
        for group in groups.iter().filter_map(|group| self.groups.get(*group)) {
            let at = group.requests.partition_point(|(start, _)| *start < time);
            let (before, behind) = group.requests.split_at(at);
            let inside = |(start, _): &&(i64, usize)| start.abs_diff(time) <= window;
            near.take(&mut before.iter().rev().take_while(inside), time);
            near.take(&mut behind.iter().take_while(inside), time);
        }
        near
    }
}

/// To whom a host or a record belongs in the end.
pub(super) fn owner(row: &ExchangeRow) -> &str {
    if row.parent.is_empty() {
        &row.recipient
    } else {
        &row.parent
    }
}
