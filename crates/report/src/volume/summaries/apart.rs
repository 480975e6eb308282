//! Patterns and contexts: what no other table counts.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{ContextFinding, PatternFinding, Reach, UnnamedCount};

use super::label;
use crate::ReportInput;
use crate::volume::SummaryTables;
use crate::volume::sheet::{Plan, Sheet, evidence, number, text};

/// What has such a shape under a name that does not say so, by rule, in words.
fn unnamed(counts: &[UnnamedCount]) -> String {
    let counts: Vec<String> = counts
        .iter()
        .map(|UnnamedCount { rule, count }| format!("{rule} {count}"))
        .collect();
    if counts.is_empty() {
        return "No other value had such a shape.".to_owned();
    }
    format!(
        "Besides, so many values had the shape of a rule under a name that does not say so, and are not listed: {}.",
        counts.join(", ")
    )
}

/// Findings of one rule, at one recipient, under one name are one line.
pub(super) fn patterns(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Sheet {
    let mut lines = BTreeMap::<_, Vec<&PatternFinding>>::new();
    for row in tables.patterns {
        let key = (
            std::cmp::Reverse(row.party),
            &row.recipient,
            &row.datum,
            &row.rule,
            &row.name,
        );
        lines.entry(key).or_default().push(row);
    }
    let lines: Vec<_> = lines.into_values().collect();
    let plan = Plan {
        heading: "Shapes of personal data (patterns)".to_owned(),
        paragraphs: vec![
            "Values that have the shape of personal data, where no known value was found and no source says what the place holds. A pattern is no identification: it says that a value has a shape, and mostly that the name beside it says the same. None is counted in any other table or figure.".to_owned(),
        ],
        caption: "Patterns, by recipient, rule and name",
        columns: vec![
            text("Recipient", 1.2),
            text("Would be", 1.1),
            evidence("Name", 1.1),
            text("What was checked", 1.8),
            number("Seen"),
            number("Values"),
            evidence("First", 0.9),
        ],
        remarks: vec!["Seen: findings. Values: different ones; values that are masked are not told apart. First: exhibit and exchange of the first.".to_owned(), unnamed(tables.unnamed)],
        population: "all values of the requests that could be read",
        filter: "values that no transmittal holds",
        table: "patterns",
        only: Vec::new(),
    };
    plan.with(tables, &lines, tables.patterns.len(), |rows| {
        let first = rows[0];
        let mut values: Vec<_> = rows.iter().filter_map(|row| row.value_sha256).collect();
        values.sort_unstable();
        values.dedup();
        vec![
            first.recipient.clone(),
            label(input, &first.datum),
            first.name.clone(),
            first.check.clone(),
            rows.len().to_string(),
            if values.is_empty() {
                "–".to_owned()
            } else {
                values.len().to_string()
            },
            format!("{} no. {}", first.exhibit, first.exchange),
        ]
    })
}

/// Findings of one context, at one recipient, by one match are one line.
pub(super) fn contexts(tables: &SummaryTables<'_>) -> Sheet {
    let mut lines = BTreeMap::<_, Vec<&ContextFinding>>::new();
    for row in tables.contexts {
        let key = (
            row.context,
            std::cmp::Reverse(row.party),
            &row.recipient,
            &row.rule,
            &row.matched,
        );
        lines.entry(key).or_default().push(row);
    }
    let lines: Vec<_> = lines.into_values().collect();
    let plan = Plan {
        heading: "Circumstances on which statutes turn (contexts)".to_owned(),
        paragraphs: vec![
            "Requests in which a listed word, host or segment of an address, a flag of the vendor's, or a computed age or precision stands for a circumstance: health, finances, a video, children, a minor, a precise place. A word on a list says that the word is there; what a page was about, and what anybody wanted on it, is not shown.".to_owned(),
        ],
        caption: "Contexts, by recipient and match",
        columns: vec![
            text("Context", 0.9),
            text("Recipient", 1.2),
            evidence("Matched", 1.2),
            text("Basis and rule", 1.3),
            number("Requests"),
            number("Att."),
            number("With identifiers"),
            text("First", 1.3),
        ],
        remarks: vec!["Att.: besides, requests that are not shown to have left the device. With identifiers: of the requests, those with a transmittal of a value that identifies a person, device or household. First: exhibit and exchange of the first, with such transmittals in it.".to_owned()],
        population: "all requests that could be read",
        filter: "none",
        table: "contexts",
        only: Vec::new(),
    };
    plan.with(tables, &lines, tables.contexts.len(), |rows| {
        let first = rows[0];
        let exchanges = |of: &dyn Fn(&&&ContextFinding) -> bool| {
            let these = rows.iter().filter(of);
            let these: BTreeSet<_> = these.map(|row| (row.exhibit, row.exchange)).collect();
            these.len().to_string()
        };
        let left = |row: &ContextFinding| row.reach > Reach::Contacted;
        let with: Vec<String> = first.with.iter().take(3).map(ToString::to_string).collect();
        let with = if with.is_empty() {
            String::new()
        } else {
            format!(": {}", with.join(", "))
        };
        vec![
            first.context.to_string(),
            first.recipient.clone(),
            first.matched.clone(),
            format!("{}: {}", first.basis, first.rule),
            exchanges(&|row| left(row)),
            exchanges(&|row| !left(row)),
            exchanges(&|row| left(row) && !row.with.is_empty()),
            format!("{} no. {}{with}", first.exhibit, first.exchange),
        ]
    })
}
