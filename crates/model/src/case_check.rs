use std::collections::BTreeSet;

use crate::{Case, IdentifierKind};

/// Something wrong with a case file that its grammar does not show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where in the file.
    pub path: Vec<PathSegment>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// A step into a TOML document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSegment {
    /// A key of a table.
    Key(&'static str),
    /// An item of an array, from 0.
    Index(usize),
}

use PathSegment::{Index, Key};

impl Case {
    /// Everything wrong with the case file that its grammar does not show, in
    /// the order of the file. `datums` are the names that `datasets/categories` knows.
    #[must_use]
    pub fn problems(&self, datums: &BTreeSet<String>) -> Vec<Problem> {
        let mut found = Vec::new();
        self.check_matter(&mut found);
        self.check_first_party(&mut found);
        self.check_subjects(&mut found);
        check_names(
            &mut found,
            "devices",
            self.devices.iter().map(|d| d.name.as_str()),
        );
        check_names(
            &mut found,
            "phases",
            self.phases.iter().map(|p| p.name.as_str()),
        );
        check_names(
            &mut found,
            "handlers",
            self.handlers.iter().map(|h| h.name.as_str()),
        );
        self.check_records(&mut found);
        self.check_phases(&mut found);
        self.check_moments(&mut found);
        self.check_comparisons(&mut found);
        self.check_statements(&mut found, datums);
        self.check_notices(&mut found, datums);
        self.check_overrides(&mut found, datums);
        self.check_signatories(&mut found);
        self.check_redaction(&mut found, datums);
        found
    }

    fn check_matter(&self, found: &mut Vec<Problem>) {
        let path = |key| vec![Key("matter"), Key(key)];
        if self.matter.name.trim().is_empty() {
            found.push(problem(
                path("name"),
                "the matter has no name",
                "name it, as the case folder is named: name = \"acme-2026\"",
            ));
        }
        for (index, entry) in self.matter.docket.iter().enumerate() {
            let path = |key| vec![Key("matter"), Key("docket"), Index(index), Key(key)];
            if entry.number.trim().is_empty() {
                found.push(problem(
                    path("number"),
                    "the docket entry has no number",
                    "give the number, or take the entry out",
                ));
            }
            if !entry.from.is_empty() && !is_date(&entry.from) {
                found.push(problem(
                    path("from"),
                    format!("`{}` is not a date", entry.from),
                    "write it as YYYY-MM-DD",
                ));
            }
        }
    }

    fn check_first_party(&self, found: &mut Vec<Problem>) {
        if self.first_party.name.trim().is_empty() {
            found.push(problem(
                vec![Key("first_party"), Key("name")],
                "the first party has no name",
                "name the publisher of the application or site: every other recipient is called a third party",
            ));
        }
        for (index, domain) in self.first_party.domains.iter().enumerate() {
            let plain = !domain.is_empty()
                && domain.contains('.')
                && !domain.contains("..")
                && !domain.starts_with('.')
                && domain
                    .chars()
                    .all(|c| c.is_alphanumeric() || c == '.' || c == '-');
            if !plain {
                found.push(problem(
                    vec![Key("first_party"), Key("domains"), Index(index)],
                    format!("`{domain}` is not a domain"),
                    "write the domain alone, such as \"example.com\": no scheme, path, port or star",
                ));
            }
        }
    }

    fn check_records(&self, found: &mut Vec<Problem>) {
        let path = |key| vec![Key("records"), Key(key)];
        if !(1..=3_600).contains(&self.records.window_seconds) {
            found.push(problem(
                path("window_seconds"),
                format!("{} seconds is no window", self.records.window_seconds),
                "write 1 to 3600: the wider it is, the less a match shows",
            ));
        }
        if self.records.names.iter().any(|name| name.trim().is_empty()) {
            found.push(problem(
                path("names"),
                "a name is blank",
                "write the name as the recipient's records have it",
            ));
        }
    }

    fn check_subjects(&self, found: &mut Vec<Problem>) {
        check_names(
            found,
            "subjects",
            self.subjects.iter().map(|s| s.name.as_str()),
        );
        let mut names = BTreeSet::new();
        for (s, subject) in self.subjects.iter().enumerate() {
            for (i, identifier) in subject.identifiers.iter().enumerate() {
                let path = |key| {
                    vec![
                        Key("subjects"),
                        Index(s),
                        Key("identifiers"),
                        Index(i),
                        Key(key),
                    ]
                };
                if !names.insert(identifier.name.as_str()) {
                    found.push(problem(path("name"), format!("a second identifier is named `{}`", identifier.name), "give each identifier a name of its own: the report refers to it by this name"));
                }
                if identifier.name.trim().is_empty() {
                    found.push(problem(
                        path("name"),
                        "the identifier has no name",
                        "name it: the report refers to it by this name",
                    ));
                }
                if identifier.value.trim().is_empty() {
                    found.push(problem(
                        path("value"),
                        format!("the identifier `{}` has no value", identifier.name),
                        "give the value, or take the identifier out",
                    ));
                } else if !identifier.kind.is_low_entropy()
                    && identifier.value.trim().chars().count() < 6
                {
                    found.push(problem(path("value"), format!("the value of `{}` is too short to single anyone out", identifier.name), "values of this kind need at least 6 characters: a shorter one would be found by chance"));
                }
                if identifier.kind == IdentifierKind::Coordinates
                    && identifier.coordinates().is_none()
                {
                    found.push(problem(
                        path("value"),
                        format!("the value of `{}` is no pair of coordinates", identifier.name),
                        "write latitude and longitude in degrees with decimals, such as \"37.7749, -122.4194\"",
                    ));
                }
                if let Some(device) = &identifier.device
                    && !self.devices.iter().any(|d| d.name == *device)
                {
                    found.push(problem(
                        path("device"),
                        format!("no device is named `{device}`"),
                        "add it under [[devices]], or correct the name",
                    ));
                }
            }
        }
    }

    fn check_phases(&self, found: &mut Vec<Problem>) {
        for (index, phase) in self.phases.iter().enumerate() {
            let path = |key| vec![Key("phases"), Index(index), Key(key)];
            for (key, text, time) in [
                ("start", &phase.start, phase.started()),
                ("end", &phase.end, phase.ended()),
            ] {
                if !text.is_empty() && time.is_none() {
                    found.push(problem(
                        path(key),
                        format!("`{text}` is not a time"),
                        "write it with its zone, as in \"2026-01-31T14:00:00Z\" or \"2026-01-31T15:00:00+01:00\"",
                    ));
                }
            }
            if let (Some(start), Some(end)) = (phase.started(), phase.ended())
                && end < start
            {
                found.push(problem(
                    path("end"),
                    format!("`{}` lies before the start", phase.end),
                    "give the end of the phase",
                ));
            }
        }
    }

    fn check_moments(&self, found: &mut Vec<Problem>) {
        for (index, moment) in self.moments.iter().enumerate() {
            let path = |key| vec![Key("moments"), Index(index), Key(key)];
            if moment.time().is_none() {
                found.push(problem(
                    path("at"),
                    format!("`{}` is not a time", moment.at),
                    "write it with its zone, as in \"2026-01-31T14:00:00Z\"",
                ));
            }
            if moment.run.trim().is_empty() {
                found.push(problem(
                    path("run"),
                    "the moment is of no run",
                    "name the run as at intake, or the exhibit: run = \"E-0001\"",
                ));
            }
        }
    }

    fn check_comparisons(&self, found: &mut Vec<Problem>) {
        check_names(
            found,
            "comparisons",
            self.comparisons.iter().map(|c| c.name.as_str()),
        );
        for (index, comparison) in self.comparisons.iter().enumerate() {
            let path = |key| vec![Key("comparisons"), Index(index), Key(key)];
            for (key, part) in [("before", &comparison.before), ("after", &comparison.after)] {
                if part.is_empty() {
                    found.push(problem(
                        path(key),
                        "nothing is compared",
                        "list phases, or versions of the application, as at intake",
                    ));
                }
            }
            if let Some(both) = comparison
                .before
                .iter()
                .find(|name| comparison.after.contains(name))
            {
                found.push(problem(
                    path("after"),
                    format!("`{both}` stands on both sides"),
                    "list each phase or version on one side alone",
                ));
            }
        }
    }

    fn check_statements(&self, found: &mut Vec<Problem>, datums: &BTreeSet<String>) {
        for (index, statement) in self.statements.iter().enumerate() {
            let path = |key| vec![Key("statements"), Index(index), Key(key)];
            if !datums.contains(&statement.datum) {
                let known: Vec<_> = datums.iter().map(String::as_str).collect();
                found.push(problem(
                    path("datum"),
                    format!("no datum is called `{}`", statement.datum),
                    format!("use one of: {}", known.join(", ")),
                ));
            }
            if !statement.date.is_empty() && !is_date(&statement.date) {
                found.push(problem(
                    path("date"),
                    format!("`{}` is not a date", statement.date),
                    "write it as YYYY-MM-DD",
                ));
            }
        }
    }

    fn check_signatories(&self, found: &mut Vec<Problem>) {
        for (index, signatory) in self.signatories.iter().enumerate() {
            if !SIGNED.contains(&signatory.document.as_str()) {
                found.push(problem(
                    vec![Key("signatories"), Index(index), Key("document")],
                    format!(
                        "no document that is signed is called `{}`",
                        signatory.document
                    ),
                    format!("use one of: {}", SIGNED.join(", ")),
                ));
            }
        }
    }
}

/// The documents that are for a named person to sign, by their names.
const SIGNED: &[&str] = &[
    "expert-report",
    "certification-902",
    "declaration",
    "notice",
    "notice-902-11",
    "validation",
    "gdpr-complaint-en",
    "gdpr-complaint-de",
    "gdpr-technical-en",
    "gdpr-technical-de",
    "cpr35-report",
    "bsa-certificate",
    "iea-65b-certificate",
];

pub(crate) fn problem(
    path: Vec<PathSegment>,
    message: impl Into<String>,
    remedy: impl Into<String>,
) -> Problem {
    Problem {
        path,
        message: message.into(),
        remedy: remedy.into(),
    }
}

fn check_names<'a>(
    found: &mut Vec<Problem>,
    list: &'static str,
    names: impl Iterator<Item = &'a str>,
) {
    let mut seen = BTreeSet::new();
    for (index, name) in names.enumerate() {
        let path = vec![Key(list), Index(index), Key("name")];
        if name.trim().is_empty() {
            found.push(problem(path, "the name is empty", "give it a name"));
        } else if !seen.insert(name) {
            found.push(problem(
                path,
                format!("`{name}` is named twice"),
                "give each a name of its own",
            ));
        }
    }
}

/// Whether the text is a calendar date written YYYY-MM-DD.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FirstParty, Identifier, IdentifierKind, Statement, Subject};

    #[test]
    fn a_phase_without_a_zone_and_one_that_ends_before_it_starts_are_problems() {
        let phase = |name: &str, start: &str, end: &str| crate::Phase {
            name: name.into(),
            start: start.into(),
            end: end.into(),
            ..Default::default()
        };
        let mut case = Case {
            phases: vec![
                phase("a", "2026-01-31T14:00:00", ""),
                phase("b", "2026-01-31T14:00:00Z", "2026-01-31T14:00:00+01:00"),
                phase("c", "2026-01-31T14:00:00Z", "2026-01-31T14:00:00Z"),
            ],
            ..Default::default()
        };
        case.matter.name = "m".into();
        case.first_party.name = "f".into();
        let found = case.problems(&BTreeSet::new());
        let keys: Vec<_> = found.iter().map(|p| p.path[1..].to_vec()).collect();
        assert_eq!(
            keys,
            [vec![Index(0), Key("start")], vec![Index(1), Key("end")]]
        );
    }

    #[test]
    fn a_case_with_mistakes_names_each_place_and_remedy() {
        let case = Case {
            first_party: FirstParty {
                name: "Acme".into(),
                domains: vec!["https://acme.com/".into()],
                ..Default::default()
            },
            subjects: vec![Subject {
                name: "A".into(),
                identifiers: vec![Identifier {
                    name: "mail".into(),
                    kind: IdentifierKind::Email,
                    value: "a@b".into(),
                    device: Some("x".into()),
                }],
                ..Default::default()
            }],
            statements: vec![Statement {
                datum: "cty".into(),
                ..Default::default()
            }],
            ..Default::default()
        };
        let known = BTreeSet::from(["city".to_owned()]);
        let found = case.problems(&known);
        let paths: Vec<_> = found.iter().map(|p| p.path.last().cloned()).collect();
        assert_eq!(
            paths,
            [
                Some(Key("name")),
                Some(Index(0)),
                Some(Key("value")),
                Some(Key("device")),
                Some(Key("datum"))
            ]
        );
        assert!(found.iter().all(|p| !p.remedy.is_empty()));
    }
}
