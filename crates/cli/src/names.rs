//! The names by which organisations are printed: those of the time of the evidence.

use std::collections::BTreeMap;

use affiant_model::{FormerName, Gap};
use affiant_notice::Rule;
use affiant_report::PrintedName;
use chrono::NaiveDate;

use crate::documents::Material;

/// Rows that name organisations.
trait Naming {
    /// The fields that hold a name, or several with text between them.
    fn names(&mut self) -> Vec<&mut String>;
}

macro_rules! naming {
    ($($row:ident: $($field:ident),+;)+) => {
        $(impl Naming for affiant_model::$row {
            fn names(&mut self) -> Vec<&mut String> {
                vec![$(&mut self.$field),+]
            }
        })+
    };
}

naming! {
    Transmittal: recipient, parent;
    RecipientSummary: recipient, parent;
    ContactSummary: recipient, parent;
    RecordFinding: recipient;
    RecipientRecords: recipient;
    ConsentSignal: recipient;
    ConsentStretch: recipient;
    Alias: recipient;
    Statement: recipient;
    FirstTransmittal: recipient;
    Commonality: recipient, parent;
    ComparisonRow: recipient;
    Bridge: recipients;
    Presence: organisation;
    DeviceContact: recipient;
    DeviceDay: recipient;
    DifferentialFinding: recipient, parent, also_at;
    PatternFinding: recipient, parent;
    ContextFinding: recipient;
    ElementRow: answer;
}

impl Naming for Gap {
    fn names(&mut self) -> Vec<&mut String> {
        let mut names = vec![&mut self.recipient, &mut self.parent];
        // What is quoted of a notice stays as it is; where nothing was found, the words are ours.
        if self.rule == Rule::Nothing.number() {
            names.push(&mut self.passages);
        }
        names
    }
}

/// Prints each organisation under the name that it bore at the time, as far as the data set
/// of recipients knows of a change, and keeps what is to be said of it.
pub(crate) fn name_as_then(material: &mut Material, former: &[FormerName]) {
    let names: Vec<PrintedName> = former
        .iter()
        .flat_map(|name| printed(material, name))
        .collect();
    if names.is_empty() {
        return;
    }
    let by: BTreeMap<&str, &str> = names
        .iter()
        .map(|name| (name.listed.as_str(), name.printed.as_str()))
        .collect();
    rename(&mut material.transmittals, &by);
    rename(&mut material.recipients, &by);
    rename(&mut material.contacts, &by);
    rename(&mut material.records, &by);
    rename(&mut material.consent, &by);
    rename(&mut material.consent_timeline, &by);
    rename(&mut material.case.statements, &by);
    rename(&mut material.analysed.summary.aliases, &by);
    if let Some(records) = &mut material.analysed.summary.records {
        rename(&mut records.recipients, &by);
    }
    material.summaries.rename(&by);
    material.names = names;
}

/// Puts the printed names in the places of those that are listed.
fn rename<R: Naming>(rows: &mut [R], by: &BTreeMap<&str, &str>) {
    for field in rows.iter_mut().flat_map(Naming::names) {
        for (listed, printed) in by {
            if field == listed {
                *field = (*printed).to_owned();
                break;
            }
            if field.contains(listed) {
                *field = field.replace(listed, printed);
                break;
            }
        }
    }
}

impl crate::summaries::Summaries {
    fn rename(&mut self, by: &BTreeMap<&str, &str>) {
        rename(&mut self.commonality, by);
        rename(&mut self.comparisons, by);
        rename(&mut self.timeline, by);
        rename(&mut self.bridges, by);
        rename(&mut self.device_days, by);
        rename(&mut self.presence, by);
        rename(&mut self.device_contacts, by);
        rename(&mut self.differential, by);
        rename(&mut self.patterns, by);
        rename(&mut self.contexts, by);
        rename(&mut self.gaps, by);
        rename(&mut self.matrix, by);
    }
}

/// How an organisation that changed its name is printed, under each of the two names that
/// the case has it; nothing where the listed name is right as it is.
fn printed(material: &Material, name: &FormerName) -> Vec<PrintedName> {
    let of = |listed: &str| {
        let seen = seen(material, listed)?;
        let printed = name_of(name, listed, seen)?;
        Some(PrintedName {
            listed: listed.to_owned(),
            printed,
            former: name.former.clone(),
            organisation: name.organisation.clone(),
            since: name.since,
            source: name.source.clone(),
        })
    };
    [&name.organisation, &name.former]
        .into_iter()
        .filter_map(|listed| of(listed))
        .collect()
}

/// The days on which the case has something of an organisation; `None` where it has nothing.
fn seen(material: &Material, listed: &str) -> Option<Vec<NaiveDate>> {
    let transmittals = material
        .transmittals
        .iter()
        .filter(|row| row.recipient == listed || row.parent == listed)
        .map(|row| [row.time, row.time]);
    let contacts = material
        .contacts
        .iter()
        .filter(|row| row.recipient == listed || row.parent == listed)
        .map(|row| [row.first, row.last]);
    let mut all = transmittals.chain(contacts).peekable();
    all.peek()?;
    Some(
        all.flatten()
            .flatten()
            .map(|time| time.date_naive())
            .collect(),
    )
}

fn name_of(name: &FormerName, listed: &str, days: Vec<NaiveDate>) -> Option<String> {
    let before = days.iter().any(|day| *day < name.since);
    let after = days.iter().any(|day| *day >= name.since);
    let (former, later) = (&name.former, &name.organisation);
    match (before, after) {
        (true, false) => Some(format!("{former} (now {later})")),
        (false, true) if listed == later => None,
        (false, true) => Some(format!("{later} (formerly {former})")),
        // Some of it is of either time, or it is not known of which.
        _ => Some(format!(
            "{later} (until {} {former})",
            name.since.format("%-d %B %Y")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name() -> FormerName {
        FormerName {
            organisation: "Meta Platforms, Inc.".into(),
            former: "Facebook, Inc.".into(),
            since: NaiveDate::from_ymd_opt(2021, 10, 28).unwrap(),
            source: "S".into(),
        }
    }

    #[test]
    fn an_organisation_is_printed_under_the_name_of_the_time() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let (meta, facebook) = ("Meta Platforms, Inc.", "Facebook, Inc.");
        let of = |listed: &str, days: &[&str]| {
            name_of(&name(), listed, days.iter().map(|text| day(text)).collect())
        };
        let now = Some("Facebook, Inc. (now Meta Platforms, Inc.)".to_owned());
        assert_eq!(of(meta, &["2020-03-25", "2021-10-27"]), now);
        assert_eq!(of(facebook, &["2020-03-25"]), now);
        assert_eq!(of(meta, &["2021-10-28"]), None);
        assert_eq!(
            of(facebook, &["2022-01-01"]).as_deref(),
            Some("Meta Platforms, Inc. (formerly Facebook, Inc.)")
        );
        for days in [&["2021-10-27", "2021-10-28"][..], &[]] {
            assert_eq!(
                of(meta, days).as_deref(),
                Some("Meta Platforms, Inc. (until 28 October 2021 Facebook, Inc.)")
            );
        }
    }

    #[test]
    fn a_name_among_others_is_replaced_once_and_a_longer_one_is_kept() {
        let by = BTreeMap::from([(
            "Meta Platforms, Inc.",
            "Facebook, Inc. (now Meta Platforms, Inc.)",
        )]);
        let mut rows = [affiant_model::Alias {
            host: "a.example".into(),
            chain: "Meta Platforms, Inc.".into(),
            recipient: "Alphabet Inc.; Meta Platforms, Inc.".into(),
            source: String::new(),
            role: String::new(),
            exhibit: affiant_model::ExhibitId(1),
            exchange: 1,
            exchanges: 1,
            transmittals: 0,
        }];
        rename(&mut rows, &by);
        assert_eq!(
            rows[0].recipient,
            "Alphabet Inc.; Facebook, Inc. (now Meta Platforms, Inc.)"
        );
        assert_eq!(
            rows[0].chain, "Meta Platforms, Inc.",
            "what was recorded stays"
        );
    }

    #[test]
    fn what_is_quoted_of_a_notice_is_not_changed() {
        let by = BTreeMap::from([(
            "Meta Platforms, Inc.",
            "Facebook, Inc. (now Meta Platforms, Inc.)",
        )]);
        let gap = |rule: &str| Gap {
            recipient: "Meta Platforms, Inc.".into(),
            parent: String::new(),
            domains: "facebook.com".into(),
            party: affiant_model::PartyKind::Third,
            datum: "email".into(),
            category: String::new(),
            notice: "Policy".into(),
            exhibit: None,
            in_force: String::new(),
            first_day: String::new(),
            last_day: String::new(),
            transmittals: 1,
            undated: 0,
            judgement: String::new(),
            rule: rule.into(),
            passages: "“We send it to Meta Platforms, Inc.”".into(),
            others: String::new(),
            remarks: String::new(),
            overridden: None,
        };
        let mut rows = [gap("R1"), gap("R9")];
        rename(&mut rows, &by);
        assert_eq!(rows[0].passages, "“We send it to Meta Platforms, Inc.”");
        assert!(rows[1].passages.contains("(now Meta Platforms, Inc.)"));
        assert!(rows.iter().all(|row| row.recipient.starts_with("Facebook")));
    }
}
