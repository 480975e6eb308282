//! What an exhibit holds that must not be shown to everybody, counted for a
//! warning. No value is kept or printed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use affiant_detect::Screen;
use affiant_model::{Capture, Digest, Exchange, SightingKind, Span};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::console::one_line;

/// How many names of one kind are told apart, and how many values of one name.
const MOST_NAMES: usize = 1_000;
const MOST_VALUES: usize = 100_000;

/// The sightings of one file, by kind and name.
pub(crate) struct Screening<'s> {
    screen: &'s Screen,
    groups: BTreeMap<(SightingKind, String), Group>,
}

#[derive(Default)]
struct Group {
    entries: u64,
    values: BTreeSet<Digest>,
    first: Option<(u32, Span)>,
    expires: Option<DateTime<Utc>>,
}

/// The sightings of one kind and name.
#[derive(Serialize)]
pub(crate) struct Sighted {
    kind: SightingKind,
    /// Name of the header, cookie or parameter; empty where there is none.
    name: String,
    /// Entries that hold such a value.
    entries: u64,
    /// Different values; at most [`MOST_VALUES`] are told apart.
    values: usize,
    /// The first entry that holds one, and the place in the file; `None` where
    /// the file as a whole does.
    first: Option<(u32, Span)>,
    /// The latest time at which one of them says that it ends.
    expires: Option<DateTime<Utc>>,
}

impl<'s> Screening<'s> {
    pub(crate) const fn new(screen: &'s Screen) -> Self {
        Self {
            screen,
            groups: BTreeMap::new(),
        }
    }

    /// Looks through one entry.
    pub(crate) fn take(&mut self, exchange: &Exchange) {
        let mut met = BTreeSet::new();
        for sighting in self.screen.sightings(exchange) {
            let mut key = (sighting.kind, sighting.name);
            if !self.groups.contains_key(&key) && self.groups.len() >= MOST_NAMES {
                key.1 = "(further names)".to_owned();
            }
            let group = self.groups.entry(key.clone()).or_default();
            group.entries += u64::from(met.insert(key));
            if group.values.len() < MOST_VALUES {
                group.values.insert(sighting.sha256);
            }
            group.first.get_or_insert((exchange.ordinal, sighting.span));
            group.expires = group.expires.max(sighting.expires);
        }
    }

    /// What was seen, kind after kind; `capture` is what the file says of itself.
    pub(crate) fn sighted(self, capture: Option<&Capture>) -> Vec<Sighted> {
        let groups = self.groups.into_iter();
        let mut sighted: Vec<Sighted> = groups
            .map(|((kind, name), group)| Sighted {
                kind,
                name,
                entries: group.entries,
                values: group.values.len(),
                first: group.first,
                expires: group.expires,
            })
            .collect();
        if capture.is_some_and(has_tls_secrets) {
            sighted.push(Sighted {
                kind: SightingKind::TlsSecrets,
                name: String::new(),
                entries: 0,
                values: 0,
                first: None,
                expires: None,
            });
        }
        sighted
    }
}

/// Whether a file holds what opens sessions of TLS: it is a key log, or a
/// capture of packets with such blocks, which its reader counts.
fn has_tls_secrets(capture: &Capture) -> bool {
    capture.format.ends_with("keylog")
        || capture
            .stated
            .iter()
            .any(|(name, count)| name == "blocks of TLS secrets" && count != "0")
}

/// One line for each kind and name.
pub(crate) fn lines(sighted: &[Sighted]) -> Vec<String> {
    sighted.iter().map(line).collect()
}

fn line(sighted: &Sighted) -> String {
    let mut text = sighted.kind.to_string();
    // Writing to a String does not fail.
    if !sighted.name.is_empty() {
        let _ = write!(text, " `{}`", one_line(&sighted.name));
    }
    let Some((entry, span)) = sighted.first else {
        text.push_str(": whoever has the file can open the sessions of TLS that it is about");
        return text;
    };
    let _ = write!(
        text,
        ": {} in {}, first in entry {entry} at byte {}",
        counted(sighted.values as u64, "value", "values"),
        counted(sighted.entries, "entry", "entries"),
        span.offset
    );
    if let Some(expires) = sighted.expires {
        let _ = write!(
            text,
            "; by its own word valid until {}",
            expires.format("%Y-%m-%d")
        );
    }
    text
}

/// `1 entry`, `2 entries`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

impl Sighted {
    /// Whether it opens something, and is not only about somebody.
    pub(crate) const fn is_credential(&self) -> bool {
        self.kind.is_credential()
    }
}
