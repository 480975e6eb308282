//! When, and on which day.

use std::collections::BTreeMap;

use affiant_model::{DeviceDay, FirstTransmittal};

use super::{POPULATION, label, number_of};
use crate::ReportInput;
use crate::volume::SummaryTables;
use crate::volume::sheet::{Plan, Sheet, evidence, number, text};

/// What first went out at one moment of a run to one recipient is one line.
pub(super) fn timeline(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Sheet {
    // Lines keep the order of their first rows.
    let mut firsts = BTreeMap::new();
    let mut lines = BTreeMap::<usize, Vec<&FirstTransmittal>>::new();
    for (at, row) in tables.timeline.iter().enumerate() {
        let first = *firsts.entry(moment(row)).or_insert(at);
        lines.entry(first).or_default().push(row);
    }
    let lines: Vec<_> = lines.into_values().collect();
    let plan = Plan {
        heading: "When it first went out".to_owned(),
        paragraphs: vec![
            "For each run and recipient the first transmittal of each kind of datum, in seconds from the start of the run: the moment of opening that the case file states or, marked with an asterisk, the first request of the run. Times are those of the capture's own clock.".to_owned(),
        ],
        caption: "First transmittals in each run, by time",
        columns: vec![
            text("Run", 0.4),
            number("Seconds"),
            text("Recipient", 1.2),
            text("Data that first went out then", 2.6),
            evidence("From", 0.9),
            text("Notice", 0.9),
        ],
        remarks: vec![
            "From: the first of these transmittals. Notice: whether this was before the first notice that the case file states for the run. What is stated there is the word of who made the test. A line stands for as many rows of the file as it names data.".to_owned(),
        ],
        population: POPULATION,
        filter: "third parties; requests that are shown to have been sent and have a time",
        table: "timeline",
        only: Vec::new(),
    };
    plan.with(tables, &lines, tables.timeline.len(), |rows| {
        let first = rows[0];
        let data: Vec<_> = rows.iter().map(|row| label(input, &row.datum)).collect();
        let asterisk = if first.start_is.starts_with("opened") {
            ""
        } else {
            "*"
        };
        vec![
            number_of(tables, &first.run),
            format!("{:.3}{asterisk}", first.seconds),
            first.recipient.clone(),
            data.join(", "),
            first.example.to_string(),
            notice(first).to_owned(),
        ]
    })
}

fn moment(row: &FirstTransmittal) -> (&str, i64, &str) {
    (&row.run, row.time.timestamp_micros(), &row.recipient)
}

const fn notice(row: &FirstTransmittal) -> &'static str {
    match row.before_notice {
        None => "none stated",
        Some(0) => "after",
        Some(_) => "before",
    }
}

/// What one device sent to one host on one day is one line.
pub(super) fn device_days(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Sheet {
    let mut lines = BTreeMap::<_, Vec<&DeviceDay>>::new();
    for row in tables.device_days {
        let key = (
            &row.device,
            &row.day,
            std::cmp::Reverse(row.party),
            &row.recipient,
            &row.host,
        );
        lines.entry(key).or_default().push(row);
    }
    let lines: Vec<_> = lines.into_values().collect();
    let plan = Plan {
        heading: "Which device, on which day, to which host".to_owned(),
        paragraphs: vec![
            "For each device, day and host the kinds of datum that were observed, each with its transmittals in brackets. Whose device it is stands as the case file states it: a test device is not a plaintiff's device, and what it sent does not show what a plaintiff's device sent.".to_owned(),
        ],
        caption: "Transmittals by device, day and host",
        columns: vec![
            text("Device and holder", 1.1),
            text("Day, UTC", 0.8),
            text("Recipient", 1.0),
            evidence("Host", 1.1),
            text("Data", 2.2),
            evidence("From", 0.9),
        ],
        remarks: vec![
            "From: the first of the transmittals. The file lists each kind of datum with its own first transmittal, its times, and the name of the known value.".to_owned(),
        ],
        population: POPULATION,
        filter: "requests that are shown to have been sent",
        table: "device_days",
        only: Vec::new(),
    };
    plan.with(tables, &lines, tables.device_days.len(), |rows| {
        let first = rows[0];
        let device = match (first.device.as_str(), first.holder.as_str()) {
            ("", _) => "not stated".to_owned(),
            (device, "") => format!("{device} (holder not stated)"),
            (device, holder) => format!("{device} ({holder})"),
        };
        let mut counts = BTreeMap::<String, u64>::new();
        for row in rows {
            *counts.entry(label(input, &row.datum)).or_default() += row.transmittals;
        }
        let data: Vec<_> = counts
            .iter()
            .map(|(datum, count)| format!("{datum} ({count})"))
            .collect();
        let day = if first.day.is_empty() {
            "not recorded"
        } else {
            &first.day
        };
        let from = rows
            .iter()
            .map(|row| row.example)
            .min()
            .unwrap_or(first.example);
        vec![
            device,
            day.to_owned(),
            first.recipient.clone(),
            first.host.clone(),
            data.join(", "),
            from.to_string(),
        ]
    })
}
