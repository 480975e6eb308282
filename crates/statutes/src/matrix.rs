use std::fmt;

use crate::{Error, Phases, Query, Statutes};

/// How many rows are named as examples.
pub(crate) const EXAMPLES: usize = 5;

/// The tables of a case.
///
/// An exchange that repeats one of an earlier exhibit is counted once, in the
/// earlier, as everywhere: whoever implements this leaves its rows out.
pub trait Tables {
    /// The rows that a question asks for; `None` where the case has no such table.
    /// All conditions hold of each; with a `beside`, the same exchange of the same
    /// exhibit has another row, or the same one, of which all of those hold.
    ///
    /// # Errors
    /// A table that cannot be read.
    fn count(&self, query: &Query) -> Result<Option<Found>, Error>;
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// How many rows.
    pub rows: u64,
    /// The first few of them, by their names: `T-000012`, `E-0001 6`.
    pub examples: Vec<String>,
}

/// One line of the matrix: an element, and one question that speaks to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRow {
    /// Slug of the claim.
    pub claim: String,
    /// The claim, in print.
    pub title: String,
    /// The provision of the claim.
    pub citation: String,
    /// Of which date its text is, as far as that is known.
    pub edition: String,
    /// Slug of the element.
    pub element: String,
    /// What has to be shown, in our words.
    pub text: String,
    /// The part of the provision.
    pub element_citation: String,
    /// Whether that part was read, and where.
    pub reading: String,
    /// The question in words; empty where no column speaks to the element.
    pub condition: String,
    /// What such rows say, and no more; empty where no column speaks to it.
    pub says: String,
    /// What the tables answered.
    pub outcome: Outcome,
    /// What no column shows.
    pub silent: String,
}

/// What the tables answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// So many rows, perhaps none.
    Rows(Found),
    /// The case has no such table.
    NoTable(String),
    /// No phase of the case is of the kind that is asked for.
    NoPhase(&'static str),
    /// No column speaks to the element.
    Silent,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(Found { rows: 0, .. }) => {
                f.write_str("no row speaks to it; not observed is not absent")
            }
            Self::Rows(found) => {
                let (word, speaks) = if found.rows == 1 {
                    ("row", "speaks")
                } else {
                    ("rows", "speak")
                };
                write!(f, "{} {word} {speaks} to it", found.rows)?;
                if !found.examples.is_empty() {
                    write!(f, ", such as {}", found.examples.join(", "))?;
                }
                Ok(())
            }
            Self::NoTable(table) => {
                write!(f, "not looked for: the case has no table `{table}`")
            }
            Self::NoPhase(words) => write!(
                f,
                "not looked for: no phase of the case has a name that begins with `{words}`"
            ),
            Self::Silent => f.write_str("no column speaks to it"),
        }
    }
}

/// Which text was read, and what counsel is told of it.
fn told(claim: &crate::Claim) -> String {
    match claim.note.as_str() {
        "" => claim.edition.clone(),
        note => format!("{}. {note}", claim.edition.trim_end_matches('.')),
    }
}

impl Statutes {
    /// Puts every question to the tables: for each element a row for each question,
    /// and one where there is none, in the order of the dataset.
    ///
    /// # Errors
    /// A table that cannot be read.
    pub fn matrix(&self, tables: &dyn Tables, phases: &Phases) -> Result<Vec<ClaimRow>, Error> {
        let mut rows = Vec::new();
        for claim in &self.claims {
            for element in &claim.elements {
                let row = |condition: String, says: &str, outcome: Outcome| ClaimRow {
                    claim: claim.slug.clone(),
                    title: claim.title.clone(),
                    citation: claim.citation.clone(),
                    edition: told(claim),
                    element: element.slug.clone(),
                    text: element.text.clone(),
                    element_citation: element.citation.clone(),
                    reading: element.reading(),
                    condition,
                    says: says.to_owned(),
                    outcome,
                    silent: element.silent.clone(),
                };
                if element.speaks.is_empty() {
                    rows.push(row(String::new(), "", Outcome::Silent));
                }
                for speaks in &element.speaks {
                    let (query, outcome) = answer(&speaks.query, tables, phases)?;
                    rows.push(row(query.to_string(), &speaks.says, outcome));
                }
            }
        }
        Ok(rows)
    }
}

/// The question as it was put, and the answer.
fn answer(query: &Query, tables: &dyn Tables, phases: &Phases) -> Result<(Query, Outcome), Error> {
    let put = match query.with_phases(phases) {
        Ok(put) => put,
        Err(moment) => return Ok((query.clone(), Outcome::NoPhase(moment.words()))),
    };
    let outcome = match tables.count(&put)? {
        Some(found) => Outcome::Rows(found),
        None => Outcome::NoTable(match &put.beside {
            Some(beside) if beside.table != put.table => {
                format!("{}` or `{}", put.table, beside.table)
            }
            _ => put.table.clone(),
        }),
    };
    Ok((put, outcome))
}
