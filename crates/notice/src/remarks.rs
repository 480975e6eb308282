//! What must be known beside a judgement.

use std::collections::BTreeSet;

use affiant_model::{NoticeKind, Period};
use chrono::NaiveDate;

use crate::judge::Group;
use crate::{GapRow, ReadNotice, ReadPractice, Rule, Vocabulary};

pub(crate) fn remark(
    row: &mut GapRow,
    group: &Group<'_>,
    read: &ReadNotice,
    fits: &[(Rule, &ReadPractice)],
    vocabulary: &Vocabulary,
) {
    let notice = &read.notice;
    let days = row.days;
    let mut say = |text: String| row.remarks.push(text);
    match (notice.from.is_empty(), notice.to.is_empty()) {
        (true, true) => say("the case file does not state when this notice was in force".into()),
        (true, false) => say("the case file does not state from when it was in force".into()),
        (false, true) => say("the case file states no last day of its being in force".into()),
        (false, false) => {}
    }
    if read.not_used > 0 {
        say(format!(
            "{} practices of the case file were not used, because their passage was not found once in the exhibit",
            read.not_used
        ));
    }
    let others = read.defects.len().saturating_sub(read.not_used);
    if others > 0 {
        say(format!(
            "{others} defects of the notice are listed: what they concern was not compared"
        ));
    }
    if fits.iter().any(|(_, p)| !p.practice.condition.is_empty()) {
        say("the passages state conditions; whether these were met is not judged".into());
    }
    if fits.iter().any(|(_, p)| p.spans.is_empty()) {
        say("a practice is the word of the case file alone: no bytes of an exhibit are given for it".into());
    }
    let some_days = |p: &ReadPractice| {
        let period = Period::read(&p.practice.from, &p.practice.to);
        let holds = |day: Option<NaiveDate>| day.is_none_or(|day| period.holds(day));
        !holds(days.from) || !holds(days.to)
    };
    if fits.iter().any(|(_, p)| some_days(p)) {
        say("a practice has dates of its own that do not cover all days of this row".into());
    }
    remark_on_form(row, group, read, fits, vocabulary);
}

/// What the notice cannot say by its kind, or what could not be compared.
fn remark_on_form(
    row: &mut GapRow,
    group: &Group<'_>,
    read: &ReadNotice,
    fits: &[(Rule, &ReadPractice)],
    vocabulary: &Vocabulary,
) {
    let notice = &read.notice;
    let mut say = |text: String| row.remarks.push(text);
    if fits.iter().any(|(rule, _)| *rule == Rule::PossibleClass) {
        say(may_be_meant(group, fits));
    }
    let type_of = |kind| {
        let terms = vocabulary.terms(&group.first().datum);
        match kind {
            NoticeKind::AppStoreLabel | NoticeKind::PrivacyManifest => {
                terms.map(|t| t.apple.as_str())
            }
            NoticeKind::PlayDataSafety => terms.map(|t| t.google.as_str()),
            _ => Some("not a form"),
        }
    };
    if type_of(notice.kind).is_none_or(str::is_empty) {
        say("the form has no type that is known to name this datum".into());
    }
    if notice.kind == NoticeKind::Gvl {
        say(
            "the list holds what vendors declare of themselves, not what this publisher declared"
                .into(),
        );
    }
}

/// Which classes may mean the recipient, and what the sources say of it instead.
fn may_be_meant(group: &Group<'_>, fits: &[(Rule, &ReadPractice)]) -> String {
    let possible = || fits.iter().filter(|(rule, _)| *rule == Rule::PossibleClass);
    let classes: BTreeSet<_> = possible()
        .filter_map(|(_, p)| p.practice.class)
        .map(|class| format!("“{class}”"))
        .collect();
    let classes: Vec<_> = classes.into_iter().collect();
    let roles: Vec<_> = group.roles.iter().map(|role| format!("“{role}”")).collect();
    let roles = if roles.is_empty() {
        "state no role of this recipient".to_owned()
    } else {
        format!("state its role as {}", roles.join(", "))
    };
    let denied = if possible().any(|(_, p)| p.practice.denied) {
        "; such a practice says that it is not done"
    } else {
        ""
    };
    format!(
        "a practice names {}, and the cited sources {roles}: whether this recipient is one of them is not in evidence{denied}",
        classes.join(" and ")
    )
}
