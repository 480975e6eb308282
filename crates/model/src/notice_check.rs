//! What is wrong with the notices and overrides of a case file.

use std::collections::BTreeSet;

use crate::PathSegment::{Index, Key};
use crate::case_check::{is_date, problem};
use crate::{Case, DatumTerm, DeclaredPractice, PathSegment, Period, Problem};

impl Case {
    pub(crate) fn check_notices(&self, found: &mut Vec<Problem>, datums: &BTreeSet<String>) {
        for (n, notice) in self.notices.iter().enumerate() {
            let path = |key| vec![Key("notices"), Index(n), Key(key)];
            if notice.name.trim().is_empty() {
                found.push(problem(
                    path("name"),
                    "the notice has no name",
                    "name it: name = \"Privacy policy\"; all its versions carry one name",
                ));
            }
            check_days(found, &path, &notice.from, &notice.to);
            for (m, earlier) in self.notices[..n].iter().enumerate() {
                let same = earlier.name == notice.name && earlier.app == notice.app;
                if same && earlier.in_force().meets(&notice.in_force()) {
                    found.push(problem(
                        path("from"),
                        format!(
                            "two versions of `{}` are in force on one day: entries {} and {}",
                            notice.name,
                            m + 1,
                            n + 1
                        ),
                        "give each version its first and last day, or another name to what is another notice",
                    ));
                }
            }
            for (p, practice) in notice.practices.iter().enumerate() {
                let path = |key| {
                    vec![
                        Key("notices"),
                        Index(n),
                        Key("practices"),
                        Index(p),
                        Key(key),
                    ]
                };
                check_practice(found, &path, practice, datums);
                if !practice.quote.is_empty() && notice.exhibit.is_none() {
                    found.push(problem(
                        path("quote"),
                        format!(
                            "`{}` has no exhibit in which the passage stands",
                            notice.name
                        ),
                        "take the notice in and name it: exhibit = \"E-0001\"",
                    ));
                }
            }
        }
    }

    pub(crate) fn check_overrides(&self, found: &mut Vec<Problem>, datums: &BTreeSet<String>) {
        for (index, note) in self.overrides.iter().enumerate() {
            let path = |key| vec![Key("overrides"), Index(index), Key(key)];
            for (key, text, what) in [
                ("recipient", &note.recipient, "recipient"),
                ("reason", &note.reason, "reason"),
                ("signed_by", &note.signed_by, "person who signs it"),
                ("date", &note.date, "date of signing"),
            ] {
                if text.trim().is_empty() {
                    found.push(problem(
                        path(key),
                        format!("the override has no {what}"),
                        "give it, or take the override out: what replaces a rule says whose word it is, and why",
                    ));
                }
            }
            if note.judgement.is_none() {
                found.push(problem(
                    path("judgement"),
                    "the override has no judgement",
                    "give one, such as judgement = \"declared\"",
                ));
            }
            if !datums.contains(&note.datum) {
                found.push(unknown_datum(path("datum"), &note.datum, datums));
            }
            if !note.date.is_empty() && !is_date(&note.date) {
                found.push(no_date(path("date"), &note.date));
            }
            if !note.notice.is_empty() && !self.notices.iter().any(|n| n.name == note.notice) {
                found.push(problem(
                    path("notice"),
                    format!("no notice is named `{}`", note.notice),
                    "add it under [[notices]], correct the name, or leave it out for every notice",
                ));
            }
            check_days(found, &path, &note.from, &note.to);
        }
    }
}

fn check_practice(
    found: &mut Vec<Problem>,
    path: &dyn Fn(&'static str) -> Vec<PathSegment>,
    practice: &DeclaredPractice,
    datums: &BTreeSet<String>,
) {
    for item in &practice.data {
        match DatumTerm::read(item) {
            DatumTerm::Datum(name) if !datums.contains(name) => {
                found.push(unknown_datum(path("data"), name, datums));
            }
            DatumTerm::Apple("") | DatumTerm::Google("") | DatumTerm::Gvl("") => {
                found.push(problem(
                    path("data"),
                    format!("`{item}` names no type"),
                    "write the type behind the colon, as in \"apple:Email Address\"",
                ));
            }
            _ => {}
        }
    }
    if !practice.recipient.is_empty() && practice.class.is_some() {
        found.push(problem(
            path("class"),
            "the practice names both a recipient and a class of recipients",
            "make two practices of it, each with the passage",
        ));
    }
    if practice.recipient.is_empty() && practice.class.is_none() && practice.data.is_empty() {
        found.push(problem(
            path("data"),
            "the practice names neither a recipient nor data",
            "name either; where the passage speaks of all data: data = [\"any\"]",
        ));
    }
    check_days(found, path, &practice.from, &practice.to);
}

fn check_days(
    found: &mut Vec<Problem>,
    path: &dyn Fn(&'static str) -> Vec<PathSegment>,
    from: &str,
    to: &str,
) {
    for (key, text) in [("from", from), ("to", to)] {
        if !text.is_empty() && !is_date(text) {
            found.push(no_date(path(key), text));
        }
    }
    let period = Period::read(from, to);
    if matches!((period.from, period.to), (Some(from), Some(to)) if to < from) {
        found.push(problem(
            path("to"),
            format!("`{to}` lies before `{from}`"),
            "give the last day",
        ));
    }
}

fn no_date(path: Vec<PathSegment>, text: &str) -> Problem {
    problem(
        path,
        format!("`{text}` is not a date"),
        "write it as YYYY-MM-DD",
    )
}

fn unknown_datum(path: Vec<PathSegment>, name: &str, datums: &BTreeSet<String>) -> Problem {
    let known: Vec<_> = datums.iter().map(String::as_str).collect();
    problem(
        path,
        format!("no datum is called `{name}`"),
        format!("use one of: {}", known.join(", ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ExhibitId, GapOverride, Judgement, Notice};

    fn places(case: &Case) -> Vec<PathSegment> {
        let known = BTreeSet::from(["email".to_owned()]);
        let mut found = Vec::new();
        case.check_notices(&mut found, &known);
        case.check_overrides(&mut found, &known);
        assert!(found.iter().all(|p| !p.remedy.is_empty()));
        found
            .iter()
            .filter_map(|p| p.path.last().cloned())
            .collect()
    }

    #[test]
    fn each_mistake_of_a_notice_is_named_at_its_place() {
        let practice = DeclaredPractice {
            data: vec!["mail".into(), "apple:".into()],
            to: "soon".into(),
            quote: "we share".into(),
            ..Default::default()
        };
        let notice = Notice {
            from: "2026-02-01".into(),
            to: "2026-01-31".into(),
            practices: vec![practice, DeclaredPractice::default()],
            ..Default::default()
        };
        let case = Case {
            notices: vec![notice],
            ..Default::default()
        };
        let keys = ["name", "to", "data", "data", "to", "quote", "data"];
        assert_eq!(places(&case), keys.map(Key));
    }

    #[test]
    fn two_versions_on_one_day_are_a_problem_and_versions_in_turn_are_not() {
        let version = |from: &str, to: &str| Notice {
            name: "Privacy policy".into(),
            exhibit: Some(ExhibitId(1)),
            from: from.into(),
            to: to.into(),
            ..Default::default()
        };
        let case = |second| Case {
            notices: vec![version("2025-01-01", "2025-12-31"), second],
            ..Default::default()
        };
        assert!(places(&case(version("2026-01-01", ""))).is_empty());
        assert_eq!(places(&case(version("2025-12-31", ""))), [Key("from")]);
    }

    #[test]
    fn an_override_without_reason_signatory_or_judgement_is_a_problem() {
        let whole = GapOverride {
            recipient: "Meta Platforms, Inc.".into(),
            datum: "email".into(),
            judgement: Some(Judgement::Declared),
            reason: "section 4 names the group".into(),
            signed_by: "A. Counsel".into(),
            date: "2026-02-01".into(),
            ..Default::default()
        };
        let case = |note| Case {
            overrides: vec![note],
            ..Default::default()
        };
        assert!(places(&case(whole.clone())).is_empty());
        let bare = GapOverride {
            recipient: whole.recipient,
            notice: "Cookie policy".into(),
            ..Default::default()
        };
        let keys = [
            "reason",
            "signed_by",
            "date",
            "judgement",
            "datum",
            "notice",
        ];
        assert_eq!(places(&case(bare)), keys.map(Key));
    }
}
