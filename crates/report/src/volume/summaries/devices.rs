//! What is built in and what was heard; what devices' own logs name.

use affiant_model::{DeviceContact, Presence};

use super::label;
use crate::ReportInput;
use crate::volume::SummaryTables;
use crate::volume::sheet::{Plan, Sheet, evidence, number, text};

pub(super) fn presence(tables: &SummaryTables<'_>) -> Sheet {
    let plan = Plan {
        heading: "What is built in, and what was heard from".to_owned(),
        paragraphs: vec![
            "Software of an organisation that packages, reports of scanners and lists of components show, beside what the captures show of hosts of the same organisation. That software is in a package does not show that it ran or sent anything; that a host was called does not show by which part of the application.".to_owned(),
        ],
        caption: "Organisations in the package and in the captures",
        columns: vec![
            text("Organisation", 1.2),
            text("State", 1.0),
            text("SDKs and versions", 1.6),
            evidence("Exhibits", 0.8),
            number("Findings"),
            number("Requests"),
            number("Contacts"),
            number("Att."),
            number("Trans."),
        ],
        remarks: vec!["Requests, Contacts: to third parties, requests and messages, and other entries that name a host (lookups, handshakes, connections). Att.: besides, entries that are not shown to have left the device. Trans.: transmittals that are shown to have been sent. Silent means that no entry of the captures names a host of the organisation: what was not captured is not heard. Not found means that no rule of the program and no scanner's report names it.".to_owned()],
        population: "the findings that name a maker, and all entries that name a host of a third party",
        filter: "SDKs and components; entries that are in no earlier exhibit",
        table: "presence",
        only: Vec::new(),
    };
    plan.with(
        tables,
        tables.presence,
        tables.presence.len(),
        |row: &Presence| {
            let versions = if row.versions.is_empty() {
                String::new()
            } else {
                format!(" ({})", row.versions)
            };
            vec![
                row.organisation.clone(),
                row.state.to_string(),
                format!("{}{versions}", row.sdks),
                row.exhibits.clone(),
                row.findings.to_string(),
                row.requests.to_string(),
                row.contacts.to_string(),
                row.attempted.to_string(),
                row.transmittals.to_string(),
            ]
        },
    )
}

pub(super) fn device_contacts(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Sheet {
    let plan = Plan {
        heading: "What devices' own logs name".to_owned(),
        paragraphs: vec![
            "Hosts that logs without content name, such as App Privacy Reports: that an app on that device contacted the host or tried to, how often and when. Beside each stands what captures of other devices show that the same organisation, and the same host, received. It shows what such a contact can carry; what this contact carried, a log without content does not show.".to_owned(),
        ],
        caption: "Contacts by device and host, beside what was decoded elsewhere",
        columns: vec![
            text("Device and holder", 1.2),
            evidence("App", 1.0),
            evidence("Host", 1.3),
            text("Organisation", 1.0),
            number("Contacts"),
            number("Att."),
            text("First, UTC", 0.9),
            text("Decoded on other devices", 1.5),
        ],
        remarks: vec!["Contacts: those that are shown to have left the device, by the events that the log counts. Att.: besides, those that are not, such as of a log that does not say what was blocked. Decoded on other devices: transmittals to the organisation from devices that intake names, and of these those to the same host, with their kinds of datum.".to_owned()],
        population: "all connections in exhibits that hold no request",
        filter: "entries that name a host and are in no earlier exhibit",
        table: "device_contacts",
        only: Vec::new(),
    };
    let rows = tables.device_contacts;
    plan.with(tables, rows, rows.len(), |row: &DeviceContact| {
        let device = match (row.device.as_str(), row.holder.as_str()) {
            ("", _) => "not stated".to_owned(),
            (device, "") => format!("{device} (holder not stated)"),
            (device, holder) => format!("{device} ({holder})"),
        };
        let first = row
            .first
            .map(|time| time.format("%Y-%m-%d %H:%M:%S").to_string());
        let data: Vec<String> = row
            .data_elsewhere
            .split(", ")
            .filter(|datum| !datum.is_empty())
            .map(|datum| label(input, datum))
            .collect();
        let elsewhere = if row.elsewhere == 0 {
            "none".to_owned()
        } else {
            format!(
                "{} (this host: {}): {}",
                row.elsewhere,
                row.elsewhere_host,
                data.join(", ")
            )
        };
        vec![
            device,
            row.app.clone(),
            row.host.clone(),
            row.recipient.clone(),
            row.contacts.to_string(),
            row.attempted.to_string(),
            first.unwrap_or_else(|| "not recorded".to_owned()),
            elsewhere,
        ]
    })
}
