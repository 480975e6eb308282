//! The gap review: what was declared against what was observed.

use std::collections::BTreeMap;

use affiant_model::{Gap, Notice};

use super::sheet::{Plan, Sheet, evidence, number, text};
use super::{NoticeRule, ReviewTables, SummaryTables};
use crate::ReportInput;
use crate::view::label;

pub(super) fn lead() -> Vec<String> {
    [
        "Every recipient and every datum that was observed is held against every notice that the case file names: where it states when a version was in force, on those days only; where it does not, on all. The rules are listed below; a judgement of a person in the place of a rule's is shown beside the judgement that it replaces.",
        "Declared is not done: a notice that names a practice does not show that it took place. Not declared is said only of the practices that were read; what nobody read in a text was not compared. May be meant is said where a practice names a class of recipients that goes by role, and no cited source says whether this recipient is one: it is neither declared nor not declared, and the practice is shown. Whether general words are enough, whether a recipient is a service provider, and whether a condition was met, is for counsel and court. No judgement below is a conclusion of law.",
    ]
    .map(str::to_owned)
    .to_vec()
}

pub(super) fn sheets(
    input: &ReportInput<'_>,
    tables: &SummaryTables<'_>,
    review: &ReviewTables<'_>,
) -> Vec<Sheet> {
    let mut sheets = vec![notices(input, tables), rules(tables, review.rules)];
    let by_notice = review
        .gaps
        .iter()
        .fold(BTreeMap::<_, Vec<&Gap>>::new(), |mut by, gap| {
            by.entry((&gap.notice, &gap.in_force))
                .or_default()
                .push(gap);
            by
        });
    for ((notice, in_force), gaps) in by_notice {
        sheets.push(judged(input, tables, notice, in_force, &gaps));
    }
    sheets
}

fn notices(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Sheet {
    let plan = Plan {
        heading: "The notices".to_owned(),
        paragraphs: vec![
            "The notices that the case file names, with the days on which each was in force by the word of who wrote it.".to_owned(),
        ],
        caption: "Notices that were compared",
        columns: vec![
            text("Notice", 1.4),
            text("Kind", 1.0),
            evidence("Exhibit", 0.7),
            text("In force", 1.1),
            text("Published", 1.6),
            number("Practices stated"),
        ],
        remarks: vec!["Practices stated: those that the case file states. A label, form or list that the program can read is read besides.".to_owned()],
        population: "the case file",
        filter: "none",
        table: "",
        only: Vec::new(),
    };
    let rows = &input.case.notices;
    plan.with(tables, rows, rows.len(), |notice| {
        vec![
            notice.name.clone(),
            notice.kind.to_string(),
            notice
                .exhibit
                .map_or_else(|| "none".to_owned(), |id| id.to_string()),
            in_force(notice),
            [
                notice.published_by.as_str(),
                notice.url.as_str(),
                notice.archived.as_str(),
            ]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("; "),
            notice.practices.len().to_string(),
        ]
    })
}

fn in_force(notice: &Notice) -> String {
    match (notice.from.as_str(), notice.to.as_str()) {
        ("", "") => "not stated".to_owned(),
        (from, "") => format!("from {from}"),
        ("", to) => format!("until {to}"),
        (from, to) => format!("{from} to {to}"),
    }
}

fn rules(tables: &SummaryTables<'_>, rules: &[NoticeRule]) -> Sheet {
    let plan = Plan {
        heading: "The rules".to_owned(),
        paragraphs: vec!["The rules by which one recipient and one datum are judged under one version of a notice.".to_owned()],
        caption: "Rules of the review",
        columns: vec![text("Rule", 0.4), text("Name", 1.1), text("Text", 3.0), text("Judgement", 1.1)],
        remarks: Vec::new(),
        population: "the program",
        filter: "none",
        table: "",
        only: Vec::new(),
    };
    plan.with(tables, rules, rules.len(), |rule| {
        vec![
            rule.number.to_owned(),
            rule.name.to_owned(),
            rule.text.to_owned(),
            rule.judgement.clone(),
        ]
    })
}

/// What was judged under one version of one notice: data that one recipient got
/// and that were judged alike, on the same passages, are one line.
fn judged(
    input: &ReportInput<'_>,
    tables: &SummaryTables<'_>,
    notice: &str,
    in_force: &str,
    gaps: &[&Gap],
) -> Sheet {
    let mut lines = BTreeMap::<_, Vec<&Gap>>::new();
    for gap in gaps {
        let key = (
            std::cmp::Reverse(gap.party),
            &gap.recipient,
            &gap.judgement,
            &gap.rule,
            said_of(gap),
            &gap.others,
            &gap.remarks,
            &gap.overridden,
        );
        lines.entry(key).or_default().push(gap);
    }
    let lines: Vec<_> = lines.into_values().collect();
    let heading = match (notice, in_force) {
        ("", _) => "Without a notice".to_owned(),
        (notice, "") => format!("{notice}: no version in force"),
        (notice, in_force) => format!("{notice} ({in_force})"),
    };
    let plan = Plan {
        heading,
        paragraphs: vec![
            "Each line gives a recipient with data that were judged alike, each with its transmittals in brackets; the judgement with the number of its rule; and the passages with their bytes in the exhibit, or what was compared where none speaks of it.".to_owned(),
        ],
        caption: "What was observed, held against the notice",
        columns: vec![
            text("Recipient", 1.0),
            text("Data observed", 1.7),
            text("Judgement", 0.9),
            text("Passages, or their absence", 2.2),
        ],
        remarks: vec!["A condition that a passage states is printed and not judged. A judgement marked “signed” is that of the person named in the passage column, in the place of the rule's.".to_owned()],
        population: "all transmittals of the exhibits that could be read, patterns excepted, by recipient and datum",
        filter: "requests that are shown to have been sent",
        table: "gaps",
        only: vec![("notice", notice.to_owned()), ("in_force", in_force.to_owned())],
    };
    plan.with(tables, &lines, gaps.len(), |gaps| line(input, gaps))
}

/// The passages or, where none speaks of it, what was compared: of that, what holds
/// of every datum alike.
fn said_of(gap: &Gap) -> String {
    // The words of the rule of absence; a notice may be called anything.
    let absence = gap.passages.rsplit_once("; none speaks of ");
    match absence.filter(|_| gap.rule == "R9") {
        Some((compared, _)) => format!("{compared}; none speaks of it"),
        None => gap.passages.clone(),
    }
}

fn line(input: &ReportInput<'_>, gaps: &[&Gap]) -> Vec<String> {
    let first = gaps[0];
    let data: Vec<String> = gaps
        .iter()
        .map(|gap| {
            format!(
                "{} ({})",
                label(input.labels, &gap.datum),
                gap.transmittals + gap.undated
            )
        })
        .collect();
    let signed = if first.overridden.is_some() {
        ", signed"
    } else {
        ""
    };
    let mut said = vec![said_of(first).replace('\n', "; ")];
    if !first.others.is_empty() {
        said.push(format!(
            "It also says: {}",
            first.others.replace('\n', "; ")
        ));
    }
    if !first.remarks.is_empty() {
        said.push(first.remarks.replace('\n', "; "));
    }
    if let Some(overridden) = &first.overridden {
        said.push(format!("Judged {overridden}"));
    }
    vec![
        first.recipient.clone(),
        data.join(", "),
        format!("{} ({}{signed})", first.judgement, first.rule),
        said.join(". "),
    ]
}
