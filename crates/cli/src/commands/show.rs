use std::fmt::Write as _;

use affiant_custody::CaseFolder;
use affiant_model::{DecodedStep, Transmittal, TransmittalId};
use serde::Serialize;

use crate::args::Show;
use crate::commands::report::{Replayed, replayed};
use crate::console::Console;
use crate::error::{CliError, Outcome, io};

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
    crate::record::last_analysis(&folder)?;
    let path = folder.tables_dir().join("transmittals.parquet");
    let transmittals =
        affiant_aggregate::read_transmittals(&std::fs::read(&path).map_err(io("read", &path))?)?;
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
        command: replay.command(&file),
        steps: ladder,
        request,
        file,
    };
    console.result(&shown, || prose(&shown))?;
    Ok(Outcome::Done)
}

fn prose(shown: &Shown<'_>) -> String {
    let t = shown.transmittal;
    let or = |text: &Option<String>| text.as_deref().map_or_else(|| "–".to_owned(), printable);
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{name:<12} {value}");
    };
    line("Transmittal", t.transmittal.to_string());
    line("Datum", format!("{} ({})", t.datum, t.category));
    line("Value", printable(&t.value));
    line("Form", t.form.clone());
    line(
        "Known as",
        format!("{} of {}", or(&t.identifier), or(&t.subject)),
    );
    line(
        "Recipient",
        printable(&format!("{} ({}, {} party)", t.recipient, t.host, t.party)),
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
    line("Request", printable(&shown.request));
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
            step.title,
            step.bytes,
            step.sha256,
            printable(&step.excerpt),
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

/// Evidence must not drive the terminal: control characters and those that
/// change the direction of text are written as escapes.
fn printable(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars()
        .map(|c| {
            if steers(c) {
                c.escape_unicode().to_string()
            } else {
                c.to_string()
            }
        })
        .collect()
}
