//! Exodus Privacy trackers (`/api/trackers`).
//!
//! ```json
//! {"trackers": {"1": {"id": 1, "name": "Acme", "network_signature": "acme\\.example|acme\\.net",
//!   "code_signature": "com.acme.", "categories": ["Analytics"]}}}
//! ```
//!
//! A tracker is a product; where several have a domain in common, all are named.
//! The signature is an expression. Only one that spells a name out is read: an
//! expression found anywhere in a host would also be found where it is not meant.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::names::printed;
use super::{Collected, File, Format, ListEntry, ListKind, domain, members, text, texts};

#[derive(Debug, Default)]
pub(super) struct Exodus {
    /// Domain to the trackers and their categories.
    trackers: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>,
}

impl Format for Exodus {
    fn kind(&self) -> ListKind {
        ListKind::Exodus
    }

    fn take(&mut self, file: &File, out: &mut Collected) -> bool {
        let Some(list) = file.json() else {
            return false;
        };
        let signed = |tracker: &Value| tracker.get("network_signature").is_some();
        if !members(list, "trackers").take(8).any(|(_, it)| signed(it)) {
            return false;
        }
        for (_, tracker) in members(list, "trackers") {
            let organisation = printed(text(tracker, "name"));
            let signature = text(tracker, "network_signature").trim();
            if organisation.is_empty() || signature.is_empty() || signature == "NC" {
                continue;
            }
            for alternative in signature.split('|') {
                let Some(name) = spelled(alternative).as_deref().and_then(domain) else {
                    out.left_out += 1;
                    continue;
                };
                let (names, categories) = self.trackers.entry(name).or_default();
                names.insert(organisation.clone());
                categories.extend(texts(tracker.get("categories")).map(printed));
            }
        }
        true
    }

    fn finish(&mut self, out: &mut Collected) {
        let joined = |names: BTreeSet<String>, by| names.into_iter().collect::<Vec<_>>().join(by);
        for (domain, (names, categories)) in std::mem::take(&mut self.trackers) {
            let entry = ListEntry {
                organisation: printed(&joined(names, " / ")),
                role: printed(&joined(categories, ", ")),
                ..ListEntry::default()
            };
            out.add(&domain, entry);
        }
    }
}

/// The name that an expression spells out: `acme\.example`, `.*\.acme\.example`.
fn spelled(expression: &str) -> Option<String> {
    let expression = expression.trim();
    let plain = expression
        .trim_start_matches('^')
        .trim_end_matches('$')
        .trim_start_matches(".*")
        .replace("\\.", ".")
        .replace("\\-", "-");
    let name = plain.trim_start_matches('.');
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
        .then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn only_an_expression_that_spells_a_name_out_is_read() {
        let is = |expression, name: Option<&str>| assert_eq!(spelled(expression).as_deref(), name);
        is("acme\\.example", Some("acme.example"));
        is(".*\\.acme\\.example$", Some("acme.example"));
        is("a[0-9]+\\.example", None);
        is("(acme|other)\\.example", None);
        is("acme\\.example\\/sdk", None);
    }
}
