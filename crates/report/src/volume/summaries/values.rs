//! Known values, and values that went to several.

use std::collections::BTreeMap;

use affiant_model::Search;

use super::{POPULATION, label};
use crate::ReportInput;
use crate::volume::SummaryTables;
use crate::volume::sheet::{Plan, Sheet, evidence, number, text};

pub(super) fn searches(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Sheet {
    let bounded = tables.searches.iter().any(|row| row.upper.is_some());
    let mut plan = Plan {
        heading: "What was looked for, and whether it was found".to_owned(),
        paragraphs: vec![
            "Every known value of the case file, with the transmittals in which it was found, plain or in any spelling, encoding or hash that the program knows, and over how much it was looked for.".to_owned(),
        ],
        caption: "Known values, found and not found",
        columns: vec![
            text("Known value", 1.9),
            text("Datum", 1.2),
            number("Third"),
            number("First"),
            number("Runs"),
            number("Requests"),
        ],
        remarks: vec![
            "Third, First: transmittals to third parties and to the first party. Runs: those with a transmittal to a third party, of those with requests to one. Requests: those to third parties that were searched; of a value that the case file gives to one device, those of that device.".to_owned(),
            "Not found is not absent: a value under encryption, in a form that the program does not know, or in a request that was not captured is not found. What could not be read is listed among the defects of the expert report.".to_owned(),
        ],
        population: "the known values of the case file",
        filter: "none",
        table: "searches",
        only: Vec::new(),
    };
    if bounded {
        plan.columns.push(number("Where none"));
        plan.remarks.push("Where none: with 95 % confidence the share of runs made like these with a transmittal is at most so much (exact one-sided bound).".to_owned());
    }
    plan.remarks.extend(unbounded(tables.searches));
    plan.with(tables, tables.searches, tables.searches.len(), |row| {
        let upper = |upper: f64| format!("{:.1} %", (upper * 1_000.0).ceil() / 10.0);
        let mut cells = vec![
            row.identifier.clone(),
            label(input, &row.datum),
            row.third_party.to_string(),
            row.first_party.to_string(),
            format!("{} of {}", row.runs_with, row.runs),
            row.requests.to_string(),
        ];
        if bounded {
            cells.push(row.upper.map(upper).unwrap_or_default());
        }
        cells
    })
}

/// Why nothing is inferred of values that were not found, with the values of each reason.
fn unbounded(searches: &[Search]) -> Vec<String> {
    let mut why = BTreeMap::<&str, Vec<&str>>::new();
    for row in searches.iter().filter(|row| !row.no_inference.is_empty()) {
        why.entry(&row.no_inference)
            .or_default()
            .push(&row.identifier);
    }
    why.into_iter()
        .map(|(why, values)| {
            format!(
                "Where none was found of {}, no bound is given for the share of runs: {why}.",
                values.join("; ")
            )
        })
        .collect()
}

pub(super) fn bridges(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Sheet {
    let plan = Plan {
        heading: "One value at several third parties".to_owned(),
        paragraphs: vec![
            "Values that single out a person, a device or an installation and went to more than one organisation. Whoever holds one of these values can recognise in the other's records what concerns the same value. That anybody did so, the captures do not show.".to_owned(),
        ],
        caption: "Values that went to several organisations",
        columns: vec![
            text("Value", 1.3),
            text("As", 1.1),
            text("Organisations", 1.8),
            text("Forms", 0.8),
            number("Transmittals"),
            evidence("One each", 1.0),
        ],
        remarks: vec![
            "A known value is one value in every spelling and hash; another is the same where its bytes are the same. Organisations are told apart as their sources name them, brands of a house that a source names are one, and a domain of which no source says whose it is counts for itself. One each: the first transmittal to each organisation, in their order.".to_owned(),
        ],
        population: POPULATION,
        filter: "third parties; requests that are shown to have been sent; kinds of datum that single out",
        table: "bridges",
        only: Vec::new(),
    };
    plan.with(tables, tables.bridges, tables.bridges.len(), |row| {
        let data: Vec<_> = row
            .datums
            .split(", ")
            .map(|datum| label(input, datum))
            .collect();
        let start: String = row.value_sha256.chars().take(16).collect();
        vec![
            row.identifier
                .clone()
                .unwrap_or_else(|| format!("SHA-256 {start}…")),
            data.join(", "),
            row.recipients.clone(),
            row.forms.clone(),
            row.transmittals.to_string(),
            row.examples.clone(),
        ]
    })
}

pub(super) fn differential(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Sheet {
    let plan = Plan {
        heading: "Fields that tell the devices apart".to_owned(),
        paragraphs: vec![
            "Fields that held one value on each device, each time, and another on every other device. Such a value tells the devices apart, whatever the field is called; what it means, who made it and whether it stays, is not shown by that.".to_owned(),
        ],
        caption: "Fields with one value of each device",
        columns: vec![
            text("Recipient", 1.1),
            evidence("Field", 1.2),
            number("Devices"),
            number("Exchanges"),
            evidence("Device: SHA-256 begins, first seen", 2.0),
            text("Known as", 0.9),
            text("Also at", 0.9),
        ],
        remarks: vec!["Compared are words of letters and digits of 12 to 256 characters, by their SHA-256; each device must have sent its own at least twice. Known as: the kind of datum of a transmittal of the same value. Also at: other organisations that got one of these values.".to_owned()],
        population: "all values of that form in requests of captures for which a device is stated",
        filter: "fields that were seen on two devices or more",
        table: "differential",
        only: Vec::new(),
    };
    plan.with(
        tables,
        tables.differential,
        tables.differential.len(),
        |row| {
            let known: Vec<_> = row
                .known_as
                .split(", ")
                .filter(|datum| !datum.is_empty())
                .map(|datum| label(input, datum))
                .collect();
            vec![
                row.recipient.clone(),
                format!("{}: {} {}", row.host, row.place, row.field),
                row.devices.to_string(),
                row.exchanges.to_string(),
                row.values.replace('\n', "; "),
                known.join(", "),
                row.also_at.clone(),
            ]
        },
    )
}
