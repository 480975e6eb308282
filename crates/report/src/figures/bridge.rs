//! Bridges: one value that went to several organisations.

use std::collections::BTreeMap;

use affiant_model::Bridge;
use serde::Serialize;

use super::place::{Names, largest};
use crate::ReportInput;
use crate::view::label;

/// Values and organisations that are drawn.
const VALUES: usize = 12;
const ORGANISATIONS: usize = 16;

/// The figure: values on the left, organisations on the right.
#[derive(Debug, Serialize)]
pub(super) struct Bridges {
    left: Vec<Node>,
    right: Vec<Node>,
    lines: Vec<Line>,
    names: Names,
    /// Values that are not drawn.
    pub(super) other_values: usize,
    pub(super) other_organisations: usize,
}

/// A value or an organisation.
#[derive(Debug, Serialize)]
struct Node {
    name: String,
    #[serde(skip)]
    full: String,
    /// Letter of a value; letters of the values that went to an organisation.
    letters: String,
    /// As what a value went: kinds of datum, spellings and hashes.
    remark: String,
    /// Middle, as part of the height.
    at: f64,
}

/// That a value went to an organisation.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Line {
    from: usize,
    to: usize,
}

/// Lays the figure out; `None` where no value went to several.
pub(super) fn bridges(input: &ReportInput<'_>, rows: &[Bridge]) -> Option<Bridges> {
    // The names of a row are parted by `; `, which a name may hold: then the row
    // cannot be drawn and is counted with those that are not.
    let readable = |row: &&Bridge| row.recipients.split("; ").count() as u64 == row.organisations;
    let drawn: Vec<&Bridge> = rows.iter().filter(readable).take(VALUES).collect();
    if drawn.is_empty() {
        return None;
    }
    let mut counts = BTreeMap::<String, u64>::new();
    for organisation in drawn.iter().flat_map(|row| row.recipients.split("; ")) {
        *counts.entry(organisation.to_owned()).or_default() += 1;
    }
    let (organisations, other_organisations) = largest(&counts, ORGANISATIONS);
    let place = |name: &str| {
        let own = organisations.iter().position(|n| n == name);
        own.unwrap_or(organisations.len())
    };
    let mut lines: Vec<Line> = drawn
        .iter()
        .enumerate()
        .flat_map(|(from, row)| {
            let organisations = row.recipients.split("; ");
            organisations.map(move |name| (from, name))
        })
        .map(|(from, name)| Line {
            from,
            to: place(name),
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();

    let mut names = Names::default();
    let number = organisations.len() + usize::from(other_organisations > 0);
    let others = (other_organisations > 0).then(|| format!("others ({other_organisations})"));
    let right = organisations.iter().chain(&others).enumerate();
    let right = right.map(|(to, name)| Node {
        name: names.short(name, 30),
        full: name.clone(),
        letters: lines
            .iter()
            .filter(|line| line.to == to)
            .map(|line| letter(line.from))
            .collect::<Vec<_>>()
            .join(", "),
        remark: String::new(),
        at: (to as f64 + 0.5) / number as f64,
    });
    let right = right.collect();
    let left = drawn.iter().enumerate().map(|(n, row)| {
        let full = value_name(row);
        let kinds: Vec<_> = row
            .datums
            .split(", ")
            .map(|d| label(input.labels, d))
            .collect();
        Node {
            name: names.short(&full, 34),
            full,
            letters: letter(n),
            remark: names.short(&format!("{}; {}", kinds.join(", "), row.forms), 44),
            at: (n as f64 + 0.5) / drawn.len() as f64,
        }
    });
    let left = left.collect();
    Some(Bridges {
        left,
        right,
        lines,
        other_values: rows.len() - drawn.len(),
        other_organisations,
        names,
    })
}

/// The name of a value: that of the case file, or how its digest begins.
fn value_name(row: &Bridge) -> String {
    row.identifier.clone().unwrap_or_else(|| {
        let start: String = row.value_sha256.chars().take(16).collect();
        format!("SHA-256 {start}…")
    })
}

/// `A`, `B`: there are fewer values than letters.
fn letter(n: usize) -> String {
    let offset = u8::try_from(n % 26).unwrap_or(0);
    char::from(b'A' + offset).to_string()
}

impl Bridges {
    /// What the figure shows, in words.
    pub(super) fn alt(&self) -> String {
        let values = self.left.iter().enumerate().map(|(n, value)| {
            let to: Vec<&str> = self
                .lines
                .iter()
                .filter(|line| line.from == n)
                .filter_map(|line| self.right.get(line.to))
                .map(|node| node.full.as_str())
                .collect();
            format!("{} to {}", value.full, to.join(" and "))
        });
        let values: Vec<String> = values.collect();
        format!(
            "Values on the left, each joined to the organisations on the right that it went to. {}.",
            values.join("; ")
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::view::fixture::Fixture;

    static SAMPLE: LazyLock<Fixture> = LazyLock::new(Fixture::sample);

    fn bridge(n: usize, organisations: &[usize]) -> Bridge {
        let names: Vec<_> = organisations
            .iter()
            .map(|o| format!("Org {o:02}"))
            .collect();
        Bridge {
            datums: "advertising_id".into(),
            identifier: Some(format!("value {n}")),
            subject: None,
            value_sha256: "ab".repeat(32),
            organisations: names.len() as u64,
            recipients: names.join("; "),
            forms: "plain".into(),
            transmittals: 2,
            exchanges: 2,
            first: None,
            last: None,
            examples: String::new(),
        }
    }

    proptest! {
        #[test]
        fn each_value_has_a_line_to_each_of_its_organisations(
            rows in prop::collection::vec(prop::collection::btree_set(0..40_usize, 2..12), 1..20),
        ) {
            let rows: Vec<_> = rows
                .iter()
                .enumerate()
                .map(|(n, orgs)| bridge(n, &orgs.iter().copied().collect::<Vec<_>>()))
                .collect();
            let figure = bridges(&SAMPLE.input(), &rows).unwrap();
            prop_assert_eq!(figure.left.len() + figure.other_values, rows.len());
            prop_assert!(figure.right.len() <= ORGANISATIONS);
            for node in figure.left.iter().chain(&figure.right) {
                prop_assert!(node.at > 0.0 && node.at < 1.0);
                prop_assert!(!node.letters.is_empty());
            }
            if figure.other_organisations == 0 {
                let wanted: u64 = rows.iter().take(VALUES).map(|row| row.organisations).sum();
                prop_assert_eq!(figure.lines.len() as u64, wanted);
            }
        }
    }

    #[test]
    fn a_row_whose_names_cannot_be_parted_is_not_drawn_and_counted() {
        let mut rows = [bridge(0, &[1, 2]), bridge(1, &[1, 2])];
        rows[0].recipients = "A; B; C".into();
        let figure = bridges(&SAMPLE.input(), &rows).unwrap();
        assert_eq!((figure.left.len(), figure.other_values), (1, 1));
    }
}
