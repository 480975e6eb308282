//! Lists of who stands behind a domain that a user may hold and the program
//! may not ship: most of them are licensed for non-commercial use only.
//!
//! [`List::read`] takes a file or a folder, finds out which list it is and
//! gives a [`List`]; [`crate::Recipients::with_list`] puts it behind the
//! program's own entries. Nothing in a list is trusted: files, bytes, entries
//! and names are bounded, links are not followed, a public suffix is no entry,
//! and a domain that the list gives to two organisations is given to none.

mod cname;
mod companies;
mod disconnect;
mod duckduckgo;
mod exodus;
mod files;
mod names;
mod trackerdb;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use affiant_model::Digest;
use serde_json::Value;

use crate::{Error, KnowledgeSource};
use files::{File, Files};
pub(crate) use names::domain;

/// Which list it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ListKind {
    /// DuckDuckGo Tracker Radar: `domains/`, `entities/` or `tds.json`.
    TrackerRadar,
    /// Disconnect: `services.json`, `entities.json`.
    Disconnect,
    /// Exodus Privacy: the answer of `/api/trackers`.
    Exodus,
    /// `AdGuard` companies: `trackers.json`, `companies.json`.
    AdGuardCompanies,
    /// `AdGuard` trackers behind an alias: host of a site to host of a tracker.
    AdGuardCnames,
    /// Ghostery `TrackerDB`: `trackerdb.json`, or `db/` with its `.eno` files.
    TrackerDb,
}

impl ListKind {
    /// Name in print.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TrackerRadar => "DuckDuckGo Tracker Radar",
            Self::Disconnect => "Disconnect Tracker Protection",
            Self::Exodus => "Exodus Privacy trackers",
            Self::AdGuardCompanies => "AdGuard companies database",
            Self::AdGuardCnames => "AdGuard CNAME trackers",
            Self::TrackerDb => "Ghostery TrackerDB",
        }
    }

    /// The licence under which its publisher offered it in November 2026. What
    /// the user's copy is licensed under, the user must know.
    #[must_use]
    pub const fn licence(self) -> &'static str {
        match self {
            Self::TrackerRadar | Self::Disconnect | Self::TrackerDb => "CC BY-NC-SA 4.0",
            Self::Exodus => "ODbL 1.0",
            Self::AdGuardCompanies => "CC BY-SA 4.0",
            Self::AdGuardCnames => "MIT",
        }
    }
}

/// What a list says of a domain and all hosts below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListEntry {
    /// As the list names it; empty where only `alias_of` is known.
    pub organisation: String,
    /// Its owner, where the list names another.
    pub parent: String,
    /// ISO 3166-1 alpha-2; empty where the list names none.
    pub country: String,
    /// What the domain is for, in the list's words.
    pub role: String,
    /// The host for which this is another name (a DNS CNAME); mostly empty.
    pub alias_of: String,
}

/// A list, as read from the user's copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Name in print.
    pub name: String,
    /// The time that the list itself states, else empty: most have no version,
    /// and `sha256` is what tells one from another.
    pub version: String,
    /// See [`ListKind::licence`].
    pub licence: String,
    /// Of a single file, its SHA-256. Of a folder, over the files that were
    /// read: for each, in order of name, the name, a line feed and the bytes.
    pub sha256: Digest,
    /// Which list it is.
    pub kind: ListKind,
    /// Domain to what is said of it.
    pub entries: BTreeMap<String, ListEntry>,
    /// Files in the folder that are not of this list, and why.
    pub not_read: BTreeMap<String, String>,
    /// How many statements were left out, being of no domain, of a public
    /// suffix or, in the list of Exodus, of a pattern that is not a plain name.
    pub left_out: u64,
    /// Domains that the list gives to two organisations; they have no entry.
    pub disputed: BTreeSet<String>,
}

/// One format of list. It is offered every file, in order of name.
trait Format {
    fn kind(&self) -> ListKind;
    /// Takes the file if it is of this list. What the file holds is never an
    /// error: what cannot be used is left out and counted.
    fn take(&mut self, file: &File, out: &mut Collected) -> bool;
    /// Puts together what several files said.
    fn finish(&mut self, out: &mut Collected);
}

fn formats() -> Vec<Box<dyn Format>> {
    vec![
        Box::<duckduckgo::TrackerRadar>::default(),
        Box::<disconnect::Disconnect>::default(),
        Box::<exodus::Exodus>::default(),
        Box::<companies::Companies>::default(),
        Box::<trackerdb::TrackerDb>::default(),
        // Last: it claims any object of host names.
        Box::<cname::Cnames>::default(),
    ]
}

/// No list known holds a tenth of it.
const MAX_ENTRIES: usize = 1_000_000;

/// The entries while they are gathered.
#[derive(Debug, Default)]
struct Collected {
    entries: BTreeMap<String, ListEntry>,
    version: String,
    left_out: u64,
    disputed: BTreeSet<String>,
    full: bool,
}

impl Collected {
    /// Adds what is said of a domain to what was said of it before.
    fn add(&mut self, name: &str, entry: ListEntry) {
        let Some(domain) = domain(name) else {
            self.left_out += 1;
            return;
        };
        if self.disputed.contains(&domain) {
            return;
        }
        if self.entries.len() >= MAX_ENTRIES && !self.entries.contains_key(&domain) {
            self.full = true;
            return;
        }
        let Some(known) = self.entries.get_mut(&domain) else {
            self.entries.insert(domain, entry);
            return;
        };
        let says = |a: &str, b: &str| !a.is_empty() && !b.is_empty() && a != b;
        if says(&known.organisation, &entry.organisation) || says(&known.alias_of, &entry.alias_of)
        {
            self.entries.remove(&domain);
            self.disputed.insert(domain);
            return;
        }
        for (known, said) in [
            (&mut known.organisation, entry.organisation),
            (&mut known.parent, entry.parent),
            (&mut known.country, entry.country),
            (&mut known.alias_of, entry.alias_of),
        ] {
            if known.is_empty() {
                *known = said;
            }
        }
        if !entry.role.is_empty() && !known.role.split("; ").any(|role| role == entry.role) {
            if !known.role.is_empty() {
                known.role.push_str("; ");
            }
            known.role.push_str(&entry.role);
        }
    }
}

impl List {
    /// Reads a file, or all files of a folder, and finds out which list it is.
    ///
    /// # Errors
    /// Where it cannot be opened, is larger than a list can be, or is no list
    /// that is known.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bad = |why: String| Error::List {
            path: path.display().to_string(),
            why,
        };
        let mut files = Files::open(path).map_err(bad)?;
        let mut chosen: Option<Box<dyn Format>> = None;
        let mut out = Collected::default();
        let mut not_read = BTreeMap::new();
        while let Some(file) = files.next_file().map_err(bad)? {
            let file = match file {
                Ok(file) => file,
                Err((name, why)) => {
                    not_read.insert(name, why);
                    continue;
                }
            };
            let taken = match &mut chosen {
                Some(format) => format.take(&file, &mut out),
                None => {
                    chosen = formats()
                        .into_iter()
                        .find_map(|mut format| format.take(&file, &mut out).then_some(format));
                    chosen.is_some()
                }
            };
            if taken {
                files.hash(&file);
            } else {
                not_read.insert(file.name, "not of this list".to_owned());
            }
        }
        let Some(mut format) = chosen else {
            let why = not_read.into_values().next().filter(|_| files.is_one());
            return Err(bad(match why {
                Some(why) if why != "not of this list" => why,
                _ => {
                    "this is none of the lists that are known; docs/lists.md names them".to_owned()
                }
            }));
        };
        format.finish(&mut out);
        if out.full {
            return Err(bad(format!("it names more than {MAX_ENTRIES} domains")));
        }
        let kind = format.kind();
        Ok(Self {
            name: kind.name().to_owned(),
            version: out.version,
            licence: kind.licence().to_owned(),
            sha256: files.digest(),
            kind,
            entries: out.entries,
            not_read,
            left_out: out.left_out,
            disputed: out.disputed,
        })
    }

    /// How it is named where it is the source of an attribution.
    #[must_use]
    pub fn cited(&self) -> String {
        let space = if self.version.is_empty() { "" } else { " " };
        let Self {
            name,
            version,
            licence,
            ..
        } = self;
        let digest = self.sha256.to_hex();
        format!("list {name}{space}{version} (licence {licence}, SHA-256 {digest})")
    }

    /// The list among the sources of knowledge that the report prints.
    #[must_use]
    pub fn source(&self) -> KnowledgeSource {
        KnowledgeSource {
            name: format!("list {} (licence {})", self.name, self.licence),
            version: self.version.clone(),
            entries: Some(self.entries.len() as u64),
            sha256: Some(self.sha256),
        }
    }
}

/// The text under a key; empty where there is none.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The members of the object under a key; none where it is no object.
fn members<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value
        .get(key)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

/// The texts of an array; none where it is no array.
fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}
