//! Ghostery `TrackerDB` (`ghostery/trackerdb`): the export `trackerdb.json`, or
//! the folder `db/` of which it is made.
//!
//! ```json
//! {"organizations": {"acme": {"name": "Acme", "country": "FR"}},
//!  "patterns": {"acme_ads": {"name": "Acme Ads", "category": "advertising", "organization": "acme"}},
//!  "domains": {"acme.example": "acme_ads"}}
//! ```
//! `db/patterns/acme_ads.eno`; `db/organizations/acme.eno` has `name` and `country`:
//! ```text
//! name: Acme Ads
//! category: advertising
//! organization: acme
//!
//! --- domains
//! acme.example
//! --- domains
//! ```

use std::collections::BTreeMap;

use serde_json::Value;

use super::names::{country, printed};
use super::{Collected, File, Format, ListEntry, ListKind, members, text};

#[derive(Debug, Default)]
pub(super) struct TrackerDb {
    /// Id to name and country.
    organisations: BTreeMap<String, (String, String)>,
    /// Id to name, category and id of the organisation.
    patterns: BTreeMap<String, (String, String, String)>,
    /// Domain, id of the pattern.
    domains: Vec<(String, String)>,
}

impl Format for TrackerDb {
    fn kind(&self) -> ListKind {
        ListKind::TrackerDb
    }

    fn take(&mut self, file: &File, _out: &mut Collected) -> bool {
        if let Some(eno) = file.eno() {
            return self.eno(file, eno);
        }
        let Some(list) = file.json() else {
            return false;
        };
        let object = |key: &str| list.get(key).is_some_and(Value::is_object);
        if !object("organizations") || !object("patterns") || !object("domains") {
            return false;
        }
        for (id, organisation) in members(list, "organizations") {
            self.organisation(id, |key| text(organisation, key));
        }
        for (id, pattern) in members(list, "patterns") {
            self.pattern(id, |key| text(pattern, key));
        }
        for (domain, id) in members(list, "domains") {
            let id = id.as_str().unwrap_or_default();
            self.domains.push((domain.clone(), id.to_owned()));
        }
        true
    }

    fn finish(&mut self, out: &mut Collected) {
        for (domain, id) in std::mem::take(&mut self.domains) {
            let Some((name, category, owner)) = self.patterns.get(&id) else {
                out.left_out += 1;
                continue;
            };
            let owner = self.organisations.get(owner);
            let role = match owner {
                Some((owner, _)) if owner != name => format!("{category}: {name}"),
                _ => category.clone(),
            };
            let (organisation, country) = owner.cloned().unwrap_or_default();
            let entry = ListEntry {
                organisation: if organisation.is_empty() {
                    name.clone()
                } else {
                    organisation
                },
                country,
                role,
                ..ListEntry::default()
            };
            out.add(&domain, entry);
        }
    }
}

impl TrackerDb {
    fn organisation<'a>(&mut self, id: &str, field: impl Fn(&str) -> &'a str) {
        let name = printed(field("name"));
        self.organisations
            .insert(id.to_owned(), (name, country(field("country"))));
    }

    fn pattern<'a>(&mut self, id: &str, field: impl Fn(&str) -> &'a str) {
        let pattern = (
            printed(field("name")),
            printed(field("category")),
            field("organization").to_owned(),
        );
        self.patterns.insert(id.to_owned(), pattern);
    }

    /// A file of the folder; which kind, its own folder says.
    fn eno(&mut self, file: &File, eno: &str) -> bool {
        let (fields, blocks) = parse(eno);
        let field = |key: &str| fields.get(key).copied().unwrap_or_default();
        match file.folder() {
            "organizations" => self.organisation(file.stem(), field),
            "patterns" => {
                self.pattern(file.stem(), field);
                for domain in blocks.get("domains").into_iter().flatten() {
                    self.domains
                        .push(((*domain).to_owned(), file.stem().to_owned()));
                }
            }
            _ => return false,
        }
        true
    }
}

type Fields<'a> = BTreeMap<&'a str, &'a str>;
type Blocks<'a> = BTreeMap<&'a str, Vec<&'a str>>;

/// Fields of one line, and blocks of many between two lines of `--- name`.
fn parse(eno: &str) -> (Fields<'_>, Blocks<'_>) {
    let mut fields = Fields::new();
    let mut blocks = Blocks::new();
    let mut within: Option<&str> = None;
    for line in eno.lines().map(str::trim) {
        let mark = line
            .starts_with("--")
            .then(|| line.trim_start_matches('-').trim());
        match (within, mark) {
            (Some(name), Some(mark)) if name == mark => within = None,
            (Some(name), _) => {
                if !line.is_empty() {
                    blocks.entry(name).or_default().push(line);
                }
            }
            (None, Some(mark)) => within = Some(mark),
            (None, None) => {
                if let Some((key, value)) = line.split_once(':') {
                    fields.entry(key.trim()).or_insert_with(|| value.trim());
                }
            }
        }
    }
    (fields, blocks)
}
