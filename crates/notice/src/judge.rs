//! The gap review itself.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{GapOverride, Judgement, PartyKind, Period};
use chrono::NaiveDate;

use crate::gap::day;
use crate::matching::{Subject, normal, rule_of};
use crate::overrides::apply;
use crate::remarks::remark;
use crate::{GapRow, Observed, Passage, ReadNotice, ReadPractice, Review, Rule, Vocabulary};

/// Judges every recipient and datum that was observed against every notice, each in the
/// version that was in force on the days of the exchanges (UTC), by the rules of
/// [`rules`](crate::rules); then puts the overrides in their places.
///
/// Notices of one name and application are versions of one. A notice for an application is
/// compared with what was observed of that application, and with what names none.
#[must_use]
pub fn judge(
    observed: &[Observed],
    notices: &[ReadNotice],
    overrides: &[GapOverride],
    vocabulary: &Vocabulary,
) -> Review {
    let series = series(notices);
    let prepared: Vec<_> = notices.iter().map(Prepared::new).collect();
    let mut rows = Vec::new();
    for group in groups(observed) {
        let mut compared = BTreeSet::new();
        for ((name, app), versions) in &series {
            let of_app: Vec<_> = (0..group.observed.len())
                .filter(|&index| about(app, group.observed[index]))
                .collect();
            if of_app.is_empty() {
                continue;
            }
            compared.extend(of_app.iter().copied());
            let those: Vec<_> = of_app.iter().map(|&index| group.observed[index]).collect();
            judge_series(
                &group, &those, name, versions, &prepared, vocabulary, &mut rows,
            );
        }
        let without: Vec<_> = group
            .observed
            .iter()
            .enumerate()
            .filter_map(|(index, one)| (!compared.contains(&index)).then_some(*one))
            .collect();
        if !without.is_empty() {
            let mut row = group.row("", &without);
            row.count = without.iter().map(|one| one.count).sum();
            row.absence = Some("the case file has no notice for these exchanges".to_owned());
            rows.push(row);
        }
    }
    apply(overrides, rows)
}

/// A notice with the names of its recipients made ready to compare.
struct Prepared<'a> {
    read: &'a ReadNotice,
    names: Vec<String>,
}

impl<'a> Prepared<'a> {
    fn new(read: &'a ReadNotice) -> Self {
        let names = read.practices.iter();
        Self {
            read,
            names: names.map(|p| normal(&p.practice.recipient)).collect(),
        }
    }
}

type Versions<'a> = BTreeMap<(&'a str, &'a str), Vec<usize>>;

/// The notices by name and application, the versions of each in their order in time.
fn series(notices: &[ReadNotice]) -> Versions<'_> {
    let mut series: Versions<'_> = BTreeMap::new();
    for (index, read) in notices.iter().enumerate() {
        let key = (read.notice.name.as_str(), read.notice.app.as_str());
        series.entry(key).or_default().push(index);
    }
    for versions in series.values_mut() {
        versions.sort_by_key(|&index| (notices[index].notice.in_force().from, index));
    }
    series
}

fn about(app: &str, observed: &Observed) -> bool {
    app.is_empty() || observed.app.as_deref().is_none_or(|of| of == app)
}

/// One recipient and one datum with all that was observed of them.
pub(crate) struct Group<'a> {
    observed: Vec<&'a Observed>,
    domains: BTreeSet<String>,
    pub(crate) roles: BTreeSet<String>,
}

fn groups(observed: &[Observed]) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<(&str, &str, PartyKind), Group<'_>> = BTreeMap::new();
    for one in observed {
        let key = (one.recipient.as_str(), one.datum.as_str(), one.party);
        let group = groups.entry(key).or_insert_with(|| Group {
            observed: Vec::new(),
            domains: BTreeSet::new(),
            roles: BTreeSet::new(),
        });
        group.observed.push(one);
        group.domains.insert(one.domain.clone());
        if !one.role.is_empty() {
            group.roles.insert(one.role.clone());
        }
    }
    groups.into_values().collect()
}

impl<'a> Group<'a> {
    pub(crate) fn first(&self) -> &'a Observed {
        // A group is made with its first member.
        self.observed[0]
    }

    fn subject(&self) -> Subject<'_> {
        let first = self.first();
        Subject {
            recipient: normal(&first.recipient),
            parent: normal(&first.parent),
            domains: &self.domains,
            roles: &self.roles,
            party: first.party,
            datum: &first.datum,
            category: &first.category,
        }
    }

    /// A row that says that no notice was in force, to be filled.
    fn row(&self, notice: &str, those: &[&Observed]) -> GapRow {
        let first = self.first();
        GapRow {
            recipient: first.recipient.clone(),
            parent: first.parent.clone(),
            domains: self.domains.iter().cloned().collect(),
            party: first.party,
            datum: first.datum.clone(),
            category: first.category.clone(),
            notice: notice.to_owned(),
            version: None,
            kind: None,
            exhibit: None,
            in_force: Period::default(),
            days: span_of(those),
            count: 0,
            partly: 0,
            undated: 0,
            judgement: Some(Judgement::NoNoticeInForce),
            rule: Rule::NoNotice,
            passages: Vec::new(),
            others: Vec::new(),
            absence: None,
            remarks: Vec::new(),
            overridden: None,
        }
    }
}

/// The first and last day; `None` where it has no time.
fn days(observed: &Observed) -> Option<(NaiveDate, NaiveDate)> {
    let first = observed.first.or(observed.last)?;
    let last = observed.last.unwrap_or(first);
    Some((day(first.min(last)), day(first.max(last))))
}

fn span_of(those: &[&Observed]) -> Period {
    let dated = || those.iter().filter_map(|one| days(one));
    Period {
        from: dated().map(|(first, _)| first).min(),
        to: dated().map(|(_, last)| last).max(),
    }
}

fn judge_series(
    group: &Group<'_>,
    those: &[&Observed],
    name: &str,
    versions: &[usize],
    notices: &[Prepared<'_>],
    vocabulary: &Vocabulary,
    rows: &mut Vec<GapRow>,
) {
    for &version in versions {
        let period = notices[version].read.notice.in_force();
        let under: Vec<_> = those
            .iter()
            .copied()
            .filter(|one| days(one).is_none_or(|(first, last)| period.meets(&closed(first, last))))
            .collect();
        if under.is_empty() {
            continue;
        }
        let mut row = group.row(name, &under);
        count(&mut row, &under, |first, last| {
            period.holds(first) && period.holds(last)
        });
        judge_version(&mut row, group, version, &notices[version], vocabulary);
        rows.push(row);
    }
    let periods: Vec<_> = versions
        .iter()
        .map(|&version| notices[version].read.notice.in_force())
        .collect();
    let outside: Vec<_> = those
        .iter()
        .copied()
        .filter(|one| days(one).is_some_and(|(first, last)| !covered(first, last, &periods)))
        .collect();
    if !outside.is_empty() {
        let mut row = group.row(name, &outside);
        count(&mut row, &outside, |first, last| {
            !periods
                .iter()
                .any(|period| period.meets(&closed(first, last)))
        });
        row.absence = Some(format!(
            "the case file states no version of `{name}` that was in force on these days"
        ));
        rows.push(row);
    }
}

fn closed(first: NaiveDate, last: NaiveDate) -> Period {
    Period {
        from: Some(first),
        to: Some(last),
    }
}

/// The days that two periods have in common.
fn common(one: Period, other: Period) -> Period {
    Period {
        from: one.from.max(other.from),
        to: match (one.to, other.to) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        },
    }
}

/// Whether each day lies in one of the periods, which are in the order of their beginning.
fn covered(first: NaiveDate, last: NaiveDate, periods: &[Period]) -> bool {
    let mut next = first;
    for period in periods {
        if !period.holds(next) {
            continue;
        }
        match period
            .to
            .filter(|to| *to < last)
            .and_then(|to| to.succ_opt())
        {
            Some(after) => next = after,
            None => return true,
        }
    }
    false
}

fn count(row: &mut GapRow, those: &[&Observed], wholly: impl Fn(NaiveDate, NaiveDate) -> bool) {
    for one in those {
        let counter = match days(one) {
            None => &mut row.undated,
            Some((first, last)) if wholly(first, last) => &mut row.count,
            Some(_) => &mut row.partly,
        };
        *counter = counter.saturating_add(one.count);
    }
    if row.partly > 0 {
        row.remarks.push(format!(
            "{} transmittals lie in groups of which only some days are days of this row: how many of them do is not known from the groups",
            row.partly
        ));
    }
    if row.undated > 0 {
        row.remarks.push(format!(
            "{} transmittals have no time: they are counted under every version of the notice",
            row.undated
        ));
    }
}

fn judge_version(
    row: &mut GapRow,
    group: &Group<'_>,
    version: usize,
    prepared: &Prepared<'_>,
    vocabulary: &Vocabulary,
) {
    let read = prepared.read;
    let notice = &read.notice;
    row.version = Some(version);
    row.kind = Some(notice.kind);
    row.exhibit = notice.exhibit;
    row.in_force = notice.in_force();
    row.days = common(row.days, row.in_force);
    let mut fits: Vec<(Rule, &ReadPractice)> = Vec::new();
    let mut compared = 0;
    let subject = group.subject();
    for (practice, named) in read.practices.iter().zip(&prepared.names) {
        let period = Period::read(&practice.practice.from, &practice.practice.to);
        if !period.meets(&row.days) {
            continue;
        }
        compared += 1;
        if let Some(rule) = rule_of(&practice.practice, named, &subject, vocabulary) {
            fits.push((rule, practice));
        }
    }
    let rule = deciding(&fits, compared);
    row.rule = rule;
    row.judgement = rule.judgement();
    for (fit, practice) in &fits {
        let passage = passage(*fit, practice, read);
        let rests = *fit == rule
            || (rule == Rule::DenialAgainstDeclaration && *fit <= Rule::RecipientAndCategory);
        if rests {
            row.passages.push(passage);
        } else {
            row.others.push(passage);
        }
    }
    row.others.sort_by_key(|passage| passage.rule);
    if fits.is_empty() {
        row.absence = Some(absence(row, compared));
    }
    remark(row, group, read, &fits, vocabulary);
}

/// The rule that decides among those that practices fit.
fn deciding(fits: &[(Rule, &ReadPractice)], compared: usize) -> Rule {
    let best = fits
        .iter()
        .map(|(rule, _)| *rule)
        .filter(|rule| !matches!(rule, Rule::Denial | Rule::PossibleClass))
        .min();
    let fitted = |sought: Rule| fits.iter().any(|(rule, _)| *rule == sought);
    match (best, fitted(Rule::Denial)) {
        (Some(Rule::RecipientAndDatum | Rule::RecipientAndCategory), true) => {
            Rule::DenialAgainstDeclaration
        }
        (_, true) => Rule::Denial,
        (Some(rule), false) => rule,
        (None, false) if fitted(Rule::PossibleClass) => Rule::PossibleClass,
        (None, false) if compared == 0 => Rule::NothingRead,
        (None, false) => Rule::Nothing,
    }
}

fn passage(rule: Rule, read: &ReadPractice, notice: &ReadNotice) -> Passage {
    Passage {
        notice: notice.notice.name.clone(),
        exhibit: notice.notice.exhibit,
        spans: read.spans.clone(),
        place: read.place.clone(),
        quote: read.practice.quote.clone(),
        purpose: read.practice.purpose.clone(),
        condition: read.practice.condition.clone(),
        rule,
    }
}

fn absence(row: &GapRow, compared: usize) -> String {
    let named = if row.parent.is_empty() {
        row.recipient.clone()
    } else {
        format!("{} ({})", row.recipient, row.parent)
    };
    match compared {
        0 => format!("no practice of `{}` was read for these days", row.notice),
        1 => format!(
            "1 practice of `{}` was compared; it does not speak of {named} and {}",
            row.notice, row.datum
        ),
        _ => format!(
            "{compared} practices of `{}` were compared; none speaks of {named} and {}",
            row.notice, row.datum
        ),
    }
}
