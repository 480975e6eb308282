//! One table of a volume.

use serde::Serialize;

use super::SummaryTables;

/// A table with what stands around it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Sheet {
    /// Heading of the section.
    heading: String,
    /// What the table shows and does not show, a paragraph each.
    paragraphs: Vec<String>,
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    /// What is said below the table.
    remarks: Vec<String>,
    stamp: Stamp,
}

/// A column of a table.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Column {
    title: &'static str,
    /// Share of the width; 0 for as wide as its content.
    width: f32,
    face: Face,
}

/// How a cell is set.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Face {
    /// In words.
    Text,
    /// In words of the program and its data sets, with code between backticks.
    Words,
    /// As it stands in the evidence.
    Evidence,
    /// To the right.
    Number,
}

/// What makes a table a summary that can be checked: Fed. R. Evid. 1006.
#[derive(Debug, Clone, Serialize)]
struct Stamp {
    population: &'static str,
    filter: &'static str,
    /// The file that it is printed from; empty where it is printed from no table.
    table: &'static str,
    /// Where it is from, where that is no table.
    from: &'static str,
    sha256: String,
    /// Rows of the file that the table stands for.
    rows: usize,
    /// Lines of the table, of which some may stand for several rows.
    lines: usize,
    /// The lines that are printed here, from 1: all of them, or those of a part.
    first: usize,
    last: usize,
    /// The conditions that choose these rows of the file.
    only: Vec<String>,
    /// The command that writes the rows for another program, `CASE` being the folder.
    command: String,
}

impl Sheet {
    /// The lines that it has here.
    pub(super) fn lines(&self) -> usize {
        self.rows.len()
    }

    /// The sheet with its lines from `start`, from 0, up to `end`.
    pub(super) fn cut(&self, start: usize, end: usize) -> Self {
        let mut stamp = self.stamp.clone();
        stamp.first = start + 1;
        stamp.last = end;
        Self {
            heading: self.heading.clone(),
            paragraphs: self.paragraphs.clone(),
            caption: self.caption.clone(),
            columns: self.columns.clone(),
            rows: self.rows[start..end].to_vec(),
            remarks: self.remarks.clone(),
            stamp,
        }
    }
}

/// A column in words, with its share of the width.
pub(super) const fn text(title: &'static str, width: f32) -> Column {
    Column {
        title,
        width,
        face: Face::Text,
    }
}

/// A column in words of the program and its data sets, with its share of the width.
pub(super) const fn words(title: &'static str, width: f32) -> Column {
    Column {
        title,
        width,
        face: Face::Words,
    }
}

/// A column of evidence, with its share of the width.
pub(super) const fn evidence(title: &'static str, width: f32) -> Column {
    Column {
        title,
        width,
        face: Face::Evidence,
    }
}

/// A column of numbers.
pub(super) const fn number(title: &'static str) -> Column {
    Column {
        title,
        width: 0.0,
        face: Face::Number,
    }
}

/// What a sheet is made of, beside its rows.
pub(super) struct Plan {
    pub(super) heading: String,
    pub(super) paragraphs: Vec<String>,
    pub(super) caption: &'static str,
    pub(super) columns: Vec<Column>,
    pub(super) remarks: Vec<String>,
    pub(super) population: &'static str,
    pub(super) filter: &'static str,
    pub(super) table: &'static str,
    /// Cells that the rows of the file have that are printed here; none: all rows.
    pub(super) only: Vec<(&'static str, String)>,
}

impl Plan {
    /// The command that writes the rows for another program.
    fn command(&self) -> String {
        if self.table.is_empty() {
            return String::new();
        }
        let only = self.only.iter().map(|(column, cell)| {
            format!(
                " --where '{}'",
                format!("{column}={cell}").replace('\'', r"'\''")
            )
        });
        format!(
            "affiant export CASE --table {}{}",
            self.table,
            only.collect::<String>()
        )
    }

    /// The sheet with its lines, which stand for so many rows of the file.
    pub(super) fn with<R>(
        self,
        tables: &SummaryTables<'_>,
        rows: &[R],
        stands_for: usize,
        cells: impl Fn(&R) -> Vec<String>,
    ) -> Sheet {
        let printed: Vec<_> = rows.iter().map(cells).collect();
        let (command, only) = (
            self.command(),
            self.only
                .iter()
                .map(|(column, cell)| format!("{column} = {cell}"))
                .collect(),
        );
        Sheet {
            heading: self.heading,
            paragraphs: self.paragraphs,
            caption: self.caption.to_owned(),
            columns: self.columns,
            remarks: self.remarks,
            stamp: Stamp {
                population: self.population,
                filter: self.filter,
                table: self.table,
                sha256: tables.digests.get(self.table).cloned().unwrap_or_default(),
                rows: stands_for,
                lines: rows.len(),
                first: 1,
                last: rows.len(),
                command,
                only,
                from: if self.table.is_empty() {
                    self.population
                } else {
                    ""
                },
            },
            rows: printed,
        }
    }
}
