//! Documents that are tables and little else: the summaries under FRE 1006, the gap
//! review, the evidence matrix.
//!
//! A table is a [`Sheet`]: plain texts with a stamp. What it says is made here,
//! how it looks in `volume.typ`.

mod claims;
mod gaps;
mod redaction;
mod sheet;
mod summaries;

use std::collections::BTreeMap;

use affiant_model::{
    Bridge, Commonality, ComparisonRow, ContextFinding, DeviceContact, DeviceDay,
    DifferentialFinding, ElementRow, FirstTransmittal, Gap, PatternFinding, Presence, RunRow,
    Search, UnnamedCount,
};
use serde::Serialize;

use crate::{Document, Error, ReportInput, view};
use sheet::Sheet;

/// The tables that the summaries are printed from, and where each comes from.
#[derive(Debug, Clone, Copy)]
pub struct SummaryTables<'a> {
    /// The runs.
    pub runs: &'a [RunRow],
    /// In how many runs, devices and versions.
    pub commonality: &'a [Commonality],
    /// The comparisons that the case file asks for.
    pub comparisons: &'a [ComparisonRow],
    /// When each datum first went to a third party in a run.
    pub timeline: &'a [FirstTransmittal],
    /// Values that went to more than one third party.
    pub bridges: &'a [Bridge],
    /// Each known value, and whether it was found.
    pub searches: &'a [Search],
    /// By device, day and host.
    pub device_days: &'a [DeviceDay],
    /// Organisations in the package and in the captures.
    pub presence: &'a [Presence],
    /// What devices' own logs name.
    pub device_contacts: &'a [DeviceContact],
    /// Fields that tell devices apart.
    pub differential: &'a [DifferentialFinding],
    /// Shapes of personal data, which no other table counts.
    pub patterns: &'a [PatternFinding],
    /// What has such a shape under a name that does not say so.
    pub unnamed: &'a [UnnamedCount],
    /// Circumstances on which statutes turn.
    pub contexts: &'a [ContextFinding],
    /// SHA-256 of the Parquet of each table, in hexadecimal, by its name.
    pub digests: &'a BTreeMap<String, String>,
}

/// The tables that the gap review and the evidence matrix are printed from.
#[derive(Debug, Clone, Copy)]
pub struct ReviewTables<'a> {
    /// What was declared, held against what was observed.
    pub gaps: &'a [Gap],
    /// The rules of that.
    pub rules: &'a [NoticeRule],
    /// Elements of claims, and the rows that speak to each.
    pub matrix: &'a [ElementRow],
}

/// A rule of the gap review, in print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRule {
    /// Its number: `R1`.
    pub number: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub text: &'static str,
    /// What it judges.
    pub judgement: String,
}

/// What is printed at the head of a volume, and its tables.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Volume {
    title: &'static str,
    /// The words before the stamp of each table.
    offered: &'static str,
    /// What it is, a paragraph each.
    lead: Vec<String>,
    /// Keys of the rules that it names.
    rules: Vec<&'static str>,
    sheets: Vec<Sheet>,
    /// Which part it is, where it is divided.
    part: Option<PartOf>,
}

/// A part of a volume: its number from 1, and of how many.
#[derive(Debug, Clone, Copy, Serialize)]
struct PartOf {
    number: usize,
    count: usize,
}

impl Volume {
    /// Its rows in parts of at most so many, in order. A table that does not fit is
    /// continued in the next part, and each part of it says which lines it has. A table
    /// without a line goes with the one before it.
    pub(crate) fn divide(&self, rows: usize) -> Vec<Self> {
        let mut parts: Vec<Vec<Sheet>> = vec![Vec::new()];
        let mut room = rows;
        for sheet in &self.sheets {
            let (mut at, lines) = (0, sheet.lines());
            loop {
                if room == 0 && at < lines {
                    parts.push(Vec::new());
                    room = rows;
                }
                let end = lines.min(at + room);
                if let Some(part) = parts.last_mut() {
                    part.push(sheet.cut(at, end));
                }
                room -= end - at;
                at = end;
                if at == lines {
                    break;
                }
            }
        }
        let count = parts.len();
        parts
            .into_iter()
            .enumerate()
            .map(|(n, sheets)| Self {
                sheets,
                part: (count > 1).then_some(PartOf {
                    number: n + 1,
                    count,
                }),
                ..self.clone_face()
            })
            .collect()
    }

    /// What it says before its tables.
    fn clone_face(&self) -> Self {
        Self {
            title: self.title,
            offered: self.offered,
            lead: self.lead.clone(),
            rules: self.rules.clone(),
            sheets: Vec::new(),
            part: None,
        }
    }

    /// The number of all its lines.
    pub(crate) fn lines(&self) -> usize {
        self.sheets.iter().map(Sheet::lines).sum()
    }
}

/// The summaries under Fed. R. Evid. 1006.
///
/// # Errors
/// [`Error::Figure`] where a figure cannot be put into words.
pub(crate) fn summaries_1006(
    input: &ReportInput<'_>,
    tables: &SummaryTables<'_>,
) -> Result<Volume, Error> {
    Ok(Volume {
        title: "Summaries under FRE 1006",
        offered: "Offered as a summary under FRE 1006.",
        lead: summaries::lead(),
        rules: vec!["fre1006", "fre902"],
        sheets: summaries::sheets(input, tables)?,
        part: None,
    })
}

/// The gap review: what was declared, held against what was observed.
pub(crate) fn gap_review(
    input: &ReportInput<'_>,
    tables: &SummaryTables<'_>,
    review: &ReviewTables<'_>,
) -> Volume {
    Volume {
        title: "Gap review",
        offered: "Where it comes from.",
        lead: gaps::lead(),
        rules: vec!["fre1006", "fre702"],
        sheets: gaps::sheets(input, tables, review),
        part: None,
    }
}

/// The evidence matrix: elements of claims, and the rows that speak to each.
pub(crate) fn evidence_matrix(tables: &SummaryTables<'_>, review: &ReviewTables<'_>) -> Volume {
    Volume {
        title: "Evidence matrix",
        offered: "Where it comes from.",
        lead: claims::lead(),
        rules: vec!["fre1006", "fre702"],
        sheets: claims::sheets(tables, review),
        part: None,
    }
}

/// The reference list: the values that public versions leave out.
pub(crate) fn reference_list(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Volume {
    Volume {
        title: "Reference list (sealed)",
        offered: "Where it comes from.",
        lead: redaction::list_lead(),
        rules: vec!["frcp52"],
        sheets: redaction::list(input, tables),
        part: None,
    }
}

/// The log of what was taken out of public versions.
pub(crate) fn redaction_log(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Volume {
    Volume {
        title: "Redaction log",
        offered: "Where it comes from.",
        lead: redaction::log_lead(input),
        rules: vec!["frcp52"],
        sheets: redaction::log(input, tables),
        part: None,
    }
}

/// Sets a volume, or a part of one.
///
/// # Errors
/// [`Error::Layout`] where the PDF would not meet its standards.
pub(crate) fn typeset(
    input: &ReportInput<'_>,
    document: Document,
    volume: &Volume,
) -> Result<Vec<u8>, Error> {
    let mut data = view::common(input, document)?;
    data.insert("volume".into(), serde_json::to_value(volume)?);
    crate::make("volume.typ", &view::finish(data)?, input, &[])
}
