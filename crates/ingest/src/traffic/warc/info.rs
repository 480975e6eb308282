//! What a file says of itself, in its `warcinfo` records.

use std::collections::BTreeMap;

use affiant_model::Capture;

use super::record::Record;
use crate::Limits;

/// Statements of a file, and how many records it has of each type that is no
/// part of an exchange.
#[derive(Debug, Default)]
pub(in super::super) struct Info {
    writer: Option<String>,
    stated: Vec<(String, String)>,
    versions: Vec<String>,
    others: BTreeMap<String, u64>,
}

/// How many types, and versions, are told apart.
const MOST_TYPES: usize = 32;

impl Info {
    /// Takes note of the version; says whether it is met for the first time and
    /// not known.
    pub(super) fn version(&mut self, record: &Record) -> Option<String> {
        const KNOWN: &[&str] = &["0.17", "0.18", "1.0", "1.1"];
        let version = record.version().into_owned();
        if self.versions.contains(&version) || self.versions.len() >= MOST_TYPES {
            return None;
        }
        self.versions.push(version.clone());
        (!KNOWN.contains(&version.as_str())).then_some(version)
    }

    /// Counts a record of another type.
    pub(super) fn count(&mut self, record: &Record) {
        let kind = record.text("WARC-Type").unwrap_or_default();
        let known = self.others.len() < MOST_TYPES || self.others.contains_key(&kind);
        let kind = if known && kind.len() <= 64 {
            kind
        } else {
            "others".to_owned()
        };
        *self.others.entry(kind).or_default() += 1;
    }

    /// Takes the statements of a `warcinfo` record (`application/warc-fields`).
    pub(super) fn read(&mut self, block: &[u8], limits: &Limits) {
        for line in String::from_utf8_lossy(block).lines() {
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            let (name, value) = (name.trim(), value.trim());
            if name.eq_ignore_ascii_case("software") && self.writer.is_none() {
                let kept = value.chars().take(200);
                self.writer = Some(kept.collect());
                continue;
            }
            let pair = (name.to_owned(), value.to_owned());
            let short = name.len().max(value.len()) <= limits.stated_bytes;
            if short && self.stated.len() < limits.stated_items && !self.stated.contains(&pair) {
                self.stated.push(pair);
            }
        }
    }

    pub(in super::super) fn into_capture(self, entries: u32) -> Capture {
        let mut stated = self.stated;
        stated.extend(
            self.others
                .into_iter()
                .map(|(kind, count)| (format!("records of the type `{kind}`"), count.to_string())),
        );
        Capture {
            format: "warc".to_owned(),
            version: Some(self.versions.join(", ")),
            writer: self.writer,
            stated,
            clock: Some("as fine as the record writes it, UTC, by the crawler's clock".to_owned()),
            entries,
            ..Capture::default()
        }
    }
}
