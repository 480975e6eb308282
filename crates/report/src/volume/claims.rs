//! The evidence matrix: elements of claims, and which rows speak to each.

use affiant_model::ElementRow;

use super::sheet::{Plan, Sheet, words};
use super::{ReviewTables, SummaryTables};

pub(super) fn lead() -> Vec<String> {
    [
        "For counsel. Each section is a claim with its elements, in the words of the program's dataset; beside each element stands which rows of the tables speak to it, how many there are, and what no table can show. Rows speak to an element; whether it is met, whether the claim is open to the party, and which law applies, is for counsel and court.",
        "The texts of the provisions were read in the copies that are named; counsel compares each with the official text in force at the time. An element that is marked “to be checked by counsel” was not compared with any text.",
        "Rows whose basis is a pattern, and requests that are not shown to have left, are not counted. No row is not the same as no fact: what a capture could not show has no row.",
    ]
    .map(str::to_owned)
    .to_vec()
}

pub(super) fn sheets(tables: &SummaryTables<'_>, review: &ReviewTables<'_>) -> Vec<Sheet> {
    review
        .matrix
        .chunk_by(|a, b| a.claim == b.claim)
        .map(|rows| claim(tables, rows))
        .collect()
}

fn claim(tables: &SummaryTables<'_>, rows: &[ElementRow]) -> Sheet {
    let first = &rows[0];
    let lines: Vec<&[ElementRow]> = rows.chunk_by(|a, b| a.element == b.element).collect();
    let plan = Plan {
        heading: first.title.clone(),
        paragraphs: vec![format!(
            "{}. Text: {}.",
            first.citation,
            first.edition.trim_end_matches('.')
        )],
        caption: "Elements, and the rows that speak to each",
        columns: vec![
            words("Element", 1.4),
            words("Rows that speak to it", 2.0),
            words("What no table shows", 1.4),
        ],
        remarks: Vec::new(),
        population: "the tables of the case",
        filter: "as each element states it",
        table: "matrix",
        only: vec![("claim", first.claim.clone())],
    };
    plan.with(tables, &lines, rows.len(), |rows| {
        let first = &rows[0];
        let of = if first.element_citation.is_empty() || first.element_citation == first.citation {
            String::new()
        } else {
            format!(" ({})", first.element_citation)
        };
        let spoken: Vec<String> = rows.iter().map(answer).collect();
        vec![
            format!("{}{of} [{}]", first.element, first.reading),
            spoken.join(" — "),
            first.silent.clone(),
        ]
    })
}

fn answer(row: &ElementRow) -> String {
    if row.says.is_empty() {
        return row.answer.clone();
    }
    // What was asked for is not said to be so where no row answers.
    match row.rows {
        Some(1..) => format!("{}: {}.", row.answer, row.says),
        _ => format!("{}. What would: {}.", row.answer, row.says),
    }
}
