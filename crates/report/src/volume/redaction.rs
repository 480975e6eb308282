//! The reference list under Fed. R. Civ. P. 5.2(g), and the log of what was
//! taken out.

use affiant_redact::{Key, LogRow};

use super::SummaryTables;
use super::sheet::{Plan, Sheet, evidence, number, text};
use crate::ReportInput;

pub(super) fn list_lead() -> Vec<String> {
    [
        "Sealed: this list holds the values that are taken out of the public versions. Under Fed. R. Civ. P. 5.2(g) a filing with redactions may be filed together with a list that names each item that was taken out and an identifier that stands for it and nothing else; the list is to be filed under seal, may be amended as of right, and a reference to a listed identifier is read as one to the item.",
        "A pseudonym is the kind of datum, the letter of the data subject (X: of no data subject that the case file lists) and a number in the order in which the values were met: the case file first, then the transmittals by their numbers. The same value, in whatever spelling, has the same pseudonym in every public document of the matter. The number is not computed from the value, so that the value cannot be computed from it.",
    ]
    .map(str::to_owned)
    .to_vec()
}

pub(super) fn list(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Vec<Sheet> {
    let none = Key::default();
    let key = input.redaction.map_or(&none, |redaction| redaction.key);
    let rows: Vec<_> = key
        .entries()
        .iter()
        .flat_map(|entry| entry.values.iter().map(move |value| (entry, value)))
        .collect();
    let plan = Plan {
        heading: "Identifiers and the items that they stand for".to_owned(),
        paragraphs: vec![
            "A row for each spelling in which a value was met, hashes included.".to_owned(),
        ],
        caption: "Reference list",
        columns: vec![
            evidence("Identifier", 1.5),
            text("Kind of datum", 1.0),
            evidence("Item", 2.2),
            text("Taken out under", 1.1),
            text("Where it stands", 1.5),
        ],
        remarks: Vec::new(),
        population: "the case file and all transmittals and patterns of the analysis",
        filter: "kinds of datum that are taken out",
        table: "",
        only: Vec::new(),
    };
    vec![plan.with(tables, &rows, rows.len(), |(entry, value)| {
        let mut places = entry.places.join(", ");
        if entry.more > 0 {
            places.push_str(&format!(" and {} more", entry.more));
        }
        vec![
            entry.pseudonym.clone(),
            entry.label.clone(),
            (*value).clone(),
            entry.rule.citation().to_owned(),
            places,
        ]
    })]
}

pub(super) fn log_lead(input: &ReportInput<'_>) -> Vec<String> {
    let mut lead = vec![
        "What was taken out of the public versions, by document, part of its data and rule; never the value. Nothing was covered: each document was made anew from data in which a pseudonym stands in the place of the value, and then searched for every value in its text, metadata, attachments and streams, in the spellings and under the hash functions that the program knows.".to_owned(),
        "Of rows whose value was taken out, the digest of the value was taken out too: of a value of which few are possible, each could be tried. The example that is decoded step by step and the tables of whole addresses are in the sealed versions only. A row of this log is of the document's data; attached tables hold the same pseudonyms.".to_owned(),
    ];
    lead.push("The pages, metadata and attached files were searched as well for texts that have the shape of a social-security or taxpayer number, a date of birth behind a word that names it, a number of a payment card or bank account, an e-mail address or a telephone number (Fed. R. Civ. P. 5.2(a), and beyond it), whether or not a table knows them. A name has no shape: counsel to look for names of minors that the case file does not list.".to_owned());
    let key = input.redaction.map(|redaction| redaction.key);
    if key.is_some_and(|key| !key.unsearched().is_empty()) {
        lead.push("Some spellings are so short or so common that they stand in other texts by chance. They were taken out of every row of their kind, and were not searched for elsewhere: the second table names them. Counsel to look for these.".to_owned());
    }
    lead
}

pub(super) fn log(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Vec<Sheet> {
    let public = input.redaction.and_then(|r| r.public().map(|p| p.rows()));
    let rows: Vec<LogRow> = public.unwrap_or_default();
    let plan = Plan {
        heading: "What was taken out".to_owned(),
        paragraphs: Vec::new(),
        caption: "Redactions, by document and part",
        columns: vec![
            text("Document", 1.3),
            text("Part", 0.9),
            evidence("What stands there", 1.6),
            text("Kind of datum", 1.2),
            text("Rule", 1.3),
            number("Times"),
        ],
        remarks: Vec::new(),
        population: "the data of the public versions made so far",
        filter: "none",
        table: "",
        only: Vec::new(),
    };
    let taken = plan.with(tables, &rows, rows.len(), |row| {
        vec![
            row.document.clone(),
            row.part.clone(),
            row.pseudonym.clone(),
            row.kind.clone(),
            row.rule.to_owned(),
            row.times.to_string(),
        ]
    });
    let unsearched = input.redaction.map(|r| r.key.unsearched_rows());
    let unsearched = unsearched.unwrap_or_default();
    if unsearched.is_empty() {
        return vec![taken];
    }
    vec![taken, unsought(tables, &unsearched)]
}

/// What was taken out of the rows of its kind, and not searched for elsewhere.
fn unsought(tables: &SummaryTables<'_>, rows: &[LogRow]) -> Sheet {
    let plan = Plan {
        heading: "What was not searched for".to_owned(),
        paragraphs: vec![
            "Of a value that the case file lists, what is short is searched for as a whole word, in the letters in which it is written or in capitals, and a number of five digits and more on the pages and in the metadata. What is shorter still, a word of the documents themselves, and short or common values of the evidence are not searched for.".to_owned(),
        ],
        caption: "Values that were not searched for, by their pseudonyms",
        columns: vec![
            evidence("What stands in its place", 1.6),
            text("Kind of datum", 1.2),
            text("Rule", 1.3),
            text("Why", 1.5),
            number("Spellings"),
        ],
        remarks: Vec::new(),
        population: "all spellings of the reference list",
        filter: "those that are not searched for",
        table: "",
        only: Vec::new(),
    };
    plan.with(tables, rows, rows.len(), |row| {
        vec![
            row.pseudonym.clone(),
            row.kind.clone(),
            row.rule.to_owned(),
            row.part.clone(),
            row.times.to_string(),
        ]
    })
}
