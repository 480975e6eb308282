//! `evidence/SHA256SUMS`, as GNU `sha256sum` writes and checks it.

use std::collections::BTreeMap;

use affiant_model::Exhibit;

/// Name of the file in `evidence/`.
pub(crate) const NAME: &str = "SHA256SUMS";

/// More than any number of exhibits needs.
pub(crate) const LIMIT: u64 = 64 << 20;

/// The file that the ledger gives; empty where there is no exhibit, and then
/// there need be no file, for `sha256sum` does not accept an empty one.
pub(crate) fn text(exhibits: &[Exhibit]) -> String {
    exhibits
        .iter()
        .map(|exhibit| format!("{}  {}\n", exhibit.sha256, exhibit.file))
        .collect()
}

/// One line in which the file differs from the one that the ledger gives.
pub(crate) struct Difference {
    /// The name in the line, or a description of the line.
    pub(crate) name: String,
    /// The line by the ledger.
    pub(crate) expected: Option<String>,
    /// The line in the file.
    pub(crate) found: Option<String>,
}

/// Where `found` differs from the file that the ledger gives.
pub(crate) fn differences(exhibits: &[Exhibit], found: &[u8]) -> Vec<Difference> {
    let expected = text(exhibits);
    if expected.as_bytes() == found {
        return Vec::new();
    }
    let found = String::from_utf8_lossy(found);
    let (wanted, present) = (by_name(&expected), by_name(&found));
    let mut differences: Vec<_> = wanted
        .iter()
        .filter(|(name, line)| present.get(*name) != Some(*line))
        .map(|(name, line)| Difference {
            name: (*name).to_owned(),
            expected: Some((*line).to_owned()),
            found: present.get(name).map(|line| (*line).to_owned()),
        })
        .collect();
    differences.extend(
        present
            .iter()
            .filter(|(name, _)| !wanted.contains_key(*name))
            .map(|(name, line)| Difference {
                name: (*name).to_owned(),
                expected: None,
                found: Some((*line).to_owned()),
            }),
    );
    if differences.is_empty() {
        differences.push(Difference {
            name: "order, repetition or ends of the lines".to_owned(),
            expected: None,
            found: None,
        });
    }
    differences
}

fn by_name(text: &str) -> BTreeMap<&str, &str> {
    text.lines()
        .map(|line| (line.split_once("  ").map_or(line, |(_, name)| name), line))
        .collect()
}
