use std::fmt::Write as _;

use affiant_custody::CaseFolder;
use affiant_model::{DecodedStep, Transmittal, TransmittalId};
use serde::Serialize;

use crate::args::Show;
use crate::console::{Console, one_line};
use crate::documents::{Replayed, replayed};
use crate::error::{CliError, Outcome};
use crate::exhibit::key_logs;

/// Longest excerpt of a decoding on the terminal, in characters.
const EXCERPT: usize = 1200;

/// One transmittal with the way from its bytes to its value.
#[derive(Serialize)]
struct Shown<'t> {
    #[serde(flatten)]
    transmittal: &'t Transmittal,
    file: String,
    request: String,
    steps: Vec<DecodedStep>,
    command: String,
}

pub(crate) fn run(arguments: &Show, console: &Console) -> Result<Outcome, CliError> {
    let number: TransmittalId = arguments.transmittal.parse().map_err(CliError::usage)?;
    let folder = CaseFolder::open(&arguments.case)?;
    let table =
        crate::record::last_analysis(&folder)?.read(&folder, "tables/transmittals.parquet")?;
    let transmittals = affiant_aggregate::read_transmittals(&table)?;
    let transmittal = transmittals
        .iter()
        .find(|t| t.transmittal == number)
        .ok_or_else(|| {
            CliError::usage(format!(
                "there is no transmittal {number}; the analysis has {}",
                transmittals.len()
            ))
        })?;
    let exhibits = folder.exhibits()?;
    let Replayed {
        exhibit,
        request,
        replay,
        ladder,
    } = replayed(&folder, &exhibits, transmittal, EXCERPT)?;
    let file = format!("evidence/{}", exhibit.file);
    let shown = Shown {
        transmittal,
        command: replay.command(&file, &key_logs(&exhibits)),
        steps: ladder,
        request,
        file,
    };
    console.result(&shown, || prose(&shown))?;
    Ok(Outcome::Done)
}

fn prose(shown: &Shown<'_>) -> String {
    let t = shown.transmittal;
    let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{name:<12} {}", one_line(&value));
    };
    line("Transmittal", t.transmittal.to_string());
    line("Datum", format!("{} ({})", t.datum, t.category));
    line("Value", t.value.clone());
    line("Form", t.form.clone());
    line(
        "Known as",
        format!("{} of {}", or(&t.identifier), or(&t.subject)),
    );
    line(
        "Recipient",
        format!("{} ({}, {} party)", t.recipient, t.host, t.party),
    );
    line(
        "Reach",
        format!(
            "{}, status {}",
            t.reach,
            t.status.map_or_else(|| "–".to_owned(), |s| s.to_string())
        ),
    );
    line("Basis", t.basis.to_string());
    line("Source", or(&t.source));
    line(
        "Time",
        t.time
            .map_or_else(|| "–".to_owned(), |time| time.to_rfc3339()),
    );
    line("Request", shown.request.clone());
    line(
        "Exhibit",
        format!(
            "{}, exchange {}, file {}",
            t.exhibit, t.exchange, shown.file
        ),
    );
    line("Locator", t.locator.clone());
    line(
        "Bytes",
        format!("{} to {}", t.span.offset, t.span.end().saturating_sub(1)),
    );
    for (number, step) in shown.steps.iter().enumerate() {
        let _ = writeln!(
            text,
            "\n{number}. {}: {} bytes, SHA-256 {}\n   {}{}",
            one_line(&step.title),
            step.bytes,
            step.sha256,
            one_line(&step.excerpt),
            if step.cut { " …" } else { "" }
        );
    }
    let _ = writeln!(
        text,
        "\nWith stock tools, in the case folder:\n   {}",
        shown.command
    );
    text
}
