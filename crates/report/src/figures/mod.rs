//! Illustrative aids under Fed. R. Evid. 107: figures whose places are computed here
//! and drawn by `aids-107.typ`. Each says from which rows of which table it is drawn.

mod bridge;
mod change;
mod heat;
mod lanes;
pub(crate) mod place;

use affiant_model::{PartyKind, WorkedExample};
use serde::Serialize;
use serde_json::{Value, json};

use crate::counts::is_asserted;
use crate::view::{self, label};
use crate::{Document, Error, ReportInput, SummaryTables, flow};

/// Filter of the tables that leave out what is not shown to have left.
const SENT: &str = "third parties; requests that are shown to have been sent; patterns left out";

/// Where the rows of a figure are from.
#[derive(Debug, Serialize)]
struct Source {
    table: &'static str,
    /// SHA-256 of the Parquet, in hexadecimal.
    sha256: String,
    /// Rows that the figure is drawn from.
    rows: usize,
    filter: String,
    /// Writes the table, or these rows of it, for another program.
    command: String,
}

/// A figure with what stands around it.
#[derive(Debug, Serialize)]
struct Aid {
    kind: &'static str,
    /// The heading, which figures of one kind share.
    group: String,
    title: String,
    /// How it is to be read, and what it does not show.
    lead: Vec<String>,
    /// What it shows, in words, for who cannot see it.
    alt: String,
    source: Source,
    figure: Value,
}

/// Whether there is anything to draw.
pub(crate) fn has_any(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> bool {
    let third = |t: &affiant_model::Transmittal| t.party == PartyKind::Third;
    input.worked.is_some()
        || !tables.comparisons.is_empty()
        || input.transmittals.iter().filter(is_asserted).any(third)
}

/// Makes the illustrative aids.
///
/// # Errors
/// [`Error::Figure`] where a table holds numbers that no share can have,
/// [`Error::Layout`] where the PDF would not meet PDF/A-3a and PDF/UA-1.
pub(crate) fn aids_107(
    input: &ReportInput<'_>,
    tables: &SummaryTables<'_>,
) -> Result<Vec<u8>, Error> {
    let mut data = view::common(input, Document::Aids107)?;
    data.insert("aids".into(), serde_json::to_value(aids(input, tables)?)?);
    crate::make("aids-107.typ", &view::finish(data)?, input, &[])
}

fn aids(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Result<Vec<Aid>, Error> {
    let mut aids = Vec::new();
    aids.extend(heat_map(input, tables)?);
    aids.extend(flow_figure(input, tables)?);
    aids.extend(timelines(input, tables)?);
    aids.extend(before_and_after(input, tables)?);
    aids.extend(bridged(input, tables)?);
    aids.extend(ladder(input, tables)?);
    Ok(aids)
}

fn source(
    tables: &SummaryTables<'_>,
    table: &'static str,
    rows: usize,
    filter: String,
    only: Option<(&str, &str)>,
) -> Source {
    let quoted = |text: &str| text.replace('\'', r"'\''");
    let only = only.map_or_else(String::new, |(column, cell)| {
        format!(" --where '{column}={}'", quoted(cell))
    });
    Source {
        table,
        sha256: tables.digests.get(table).cloned().unwrap_or_default(),
        rows,
        filter,
        command: format!("affiant export CASE --table {table}{only}"),
    }
}

/// The source of what is drawn from the transmittals to third parties.
fn transmittals(tables: &SummaryTables<'_>, rows: u64) -> Source {
    source(
        tables,
        "transmittals",
        usize::try_from(rows).unwrap_or(usize::MAX),
        "party = third; basis is not pattern; attempted requests are in it".to_owned(),
        Some(("party", "third")),
    )
}

fn heat_map(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Result<Option<Aid>, Error> {
    let Some(heat) = heat::heat(input) else {
        return Ok(None);
    };
    let third = input.transmittals.iter().filter(is_asserted);
    let rows = third.filter(|t| t.party == PartyKind::Third).count();
    Ok(Some(Aid {
        kind: "heat",
        group: "Which kind of datum was addressed to which third party".to_owned(),
        title: "Which kind of datum was addressed to which third party".to_owned(),
        lead: vec![
            "Each row is a kind of datum, each column a third-party recipient. The first number of a cell is that of the transmittals that are shown to have been sent; below it stand, where they are not the same number or none, how many of these were acknowledged (ack.), and how many besides were attempted only (att.). The shade follows the first number alone. A hatched cell holds attempts only. An empty cell: none was observed, which is said of these captures and no more.".to_owned(),
        ],
        alt: heat.alt(),
        source: transmittals(tables, rows as u64),
        figure: serde_json::to_value(heat)?,
    }))
}

fn flow_figure(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Result<Option<Aid>, Error> {
    let Some(flow) = flow::flow(input) else {
        return Ok(None);
    };
    let rows = flow.transmittals();
    let not_drawn = flow.not_drawn();
    let mut figure = serde_json::to_value(flow)?;
    let alt = figure["alt"].as_str().unwrap_or_default().to_owned();
    figure["alt"] = Value::Null;
    Ok(Some(Aid {
        kind: "flow",
        group: "From kinds of datum to recipients and their parents".to_owned(),
        title: "From kinds of datum to recipients and their parents".to_owned(),
        lead: vec![format!(
            "Left: kinds of datum. Middle: recipients. Right: their parents, as the program's datasets name them. The height of each bar and band is its number of transmittals that are shown to have been sent, which stands beside its name; each column adds up to {rows}.{not_drawn} A parent is a relation of ownership: that anything went on to it, the captures do not show."
        )],
        alt,
        source: source(
            tables,
            "transmittals",
            usize::try_from(rows).unwrap_or(usize::MAX),
            SENT.to_owned(),
            Some(("party", "third")),
        ),
        figure,
    }))
}

fn timelines(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Result<Vec<Aid>, Error> {
    let (figures, others) = lanes::lanes(input, tables.runs, tables.timeline);
    let aid = |figure: lanes::Lanes| {
        let mut lead = vec![
            "Each lane is a third party. A mark stands where kinds of datum were first sent to it in the run, in seconds from its start: the moment of opening that the case file states or, where it states none, the first request of the run. The number of a mark is explained below it. A broken line with a letter is a moment that the case file states, on the word of who made the test. Times are those of the capture's own clock.".to_owned(),
        ];
        if others > 0 {
            lead.push(format!(
                "{others} more runs have first transmittals and are not drawn."
            ));
        }
        Ok(Aid {
            kind: "lanes",
            group: "When it first went out".to_owned(),
            title: format!("Run {}", figure.run),
            lead,
            alt: figure.alt(),
            source: source(
                tables,
                "timeline",
                figure.rows,
                format!("run = {}; {SENT}", figure.run),
                Some(("run", &figure.run)),
            ),
            figure: serde_json::to_value(figure)?,
        })
    };
    figures.into_iter().map(aid).collect()
}

fn before_and_after(
    input: &ReportInput<'_>,
    tables: &SummaryTables<'_>,
) -> Result<Vec<Aid>, Error> {
    let aid = |figure: change::Change| {
        let mut lead = vec![format!(
            "Each line is a recipient and a kind of datum. The filled circle is the share of the runs before ({}) in which at least one transmittal was observed, the open square that of the runs after ({}).",
            figure.before, figure.after
        )];
        if figure.has_intervals() {
            lead.push("The bars are exact intervals (Clopper and Pearson, 95 %). An interval says how far runs made like these may differ by chance. It says nothing of the cause of a change, nor of any other device or time.".to_owned());
        }
        if !figure.no_inference.is_empty() {
            lead.push(format!(
                "No interval is drawn: {}. The figure shows counts of the runs that were made, and nothing of the cause of a change.",
                figure.no_inference
            ));
        }
        if figure.others > 0 {
            lead.push(format!(
                "{} more lines stand behind these in the order of the table, by the runs that show them, and are not drawn.",
                figure.others
            ));
        }
        Ok(Aid {
            kind: "change",
            group: "Before and after".to_owned(),
            title: format!("Before and after: {}", figure.comparison),
            lead,
            alt: figure.alt(),
            source: source(
                tables,
                "comparisons",
                figure.rows,
                format!("comparison = {}; {SENT}", figure.comparison),
                Some(("comparison", &figure.comparison)),
            ),
            figure: serde_json::to_value(figure)?,
        })
    };
    change::changes(input, tables.comparisons)?
        .into_iter()
        .map(aid)
        .collect()
}

fn bridged(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Result<Option<Aid>, Error> {
    let Some(figure) = bridge::bridges(input, tables.bridges) else {
        return Ok(None);
    };
    let mut lead = vec![
        "A line joins a value to each organisation to which it was observed to be sent, in any spelling or hash. Each value has a letter and its own stroke; the letters beside an organisation name the values that went to it. The thickness of a line means nothing.".to_owned(),
        "Whoever holds one of these values can recognise in another's records what concerns the same value. That anybody did so, the captures do not show.".to_owned(),
    ];
    if figure.other_values > 0 {
        lead.push(format!(
            "{} more values of the table are not drawn.",
            figure.other_values
        ));
    }
    Ok(Some(Aid {
        kind: "bridges",
        group: "One value at several third parties".to_owned(),
        title: "One value at several third parties".to_owned(),
        lead,
        alt: figure.alt(),
        source: source(
            tables,
            "bridges",
            tables.bridges.len(),
            format!("{SENT}; kinds of datum that single out"),
            None,
        ),
        figure: serde_json::to_value(figure)?,
    }))
}

fn ladder(input: &ReportInput<'_>, tables: &SummaryTables<'_>) -> Result<Option<Aid>, Error> {
    let Some(worked) = input.worked else {
        return Ok(None);
    };
    let mut figure = serde_json::to_value(worked)?;
    figure["label"] = label(input.labels, &worked.datum).into();
    Ok(Some(Aid {
        kind: "ladder",
        group: "From bytes to value".to_owned(),
        title: format!("From bytes to value: {}", worked.transmittal),
        lead: vec![format!(
            "How one value was had from the bytes of {}, exchange {}. Each rung is what the step named on the arrow above it makes of the rung before, with its size and SHA-256. A rung is shown in part where it is long.",
            worked.exhibit, worked.exchange
        )],
        alt: ladder_alt(input, worked),
        source: source(
            tables,
            "transmittals",
            1,
            format!("transmittal = {}", worked.transmittal),
            Some(("transmittal", &worked.transmittal)),
        ),
        figure: json!(figure),
    }))
}

fn ladder_alt(input: &ReportInput<'_>, worked: &WorkedExample) -> String {
    let steps = worked
        .steps
        .iter()
        .map(|step| format!("{}, {} bytes", step.title, step.bytes));
    let steps: Vec<String> = steps.collect();
    format!(
        "Ladder of {} steps from the bytes of {} to the value of {}, {}: {}.",
        worked.steps.len(),
        worked.exhibit,
        worked.transmittal,
        label(input.labels, &worked.datum),
        steps.join("; then ")
    )
}
