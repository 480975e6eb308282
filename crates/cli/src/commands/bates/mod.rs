//! Productions with Bates numbers.
//!
//! [`item`] opens what is produced, [`plan`] numbers it, and [`volume`] writes it. Each
//! file is read twice and held alone: once to number its pages and to know the digest of
//! what is stamped, which the ledger records first; once to write it.

mod item;
mod plan;
mod volume;

use std::path::Path;

use affiant_custody::{Details, Selection};
use affiant_model::{Action, Case, CustodyEvent, Digest, Transfer};
use affiant_production::{Bates, Numbering, highest};
use serde_json::json;

use super::events::{exhibit, open, said};
use super::handover::warn;
use crate::args::Bates as Arguments;
use crate::case_file;
use crate::console::Console;
use crate::error::{CliError, Outcome};
use crate::world::World;
use item::Opening;
use plan::Plan;

/// How the note of a production begins, by which its numbers are found again.
const NOTE: &str = "Production volume ";

/// Digits where nothing is stated.
const WIDTH: usize = 7;

pub(crate) fn run(
    arguments: &Arguments,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let mut writer = open(&arguments.case, world)?;
    let folder = writer.folder();
    // Nothing is recorded of a production that cannot be written.
    folder.check_output(&arguments.output)?;
    let volume = volume_name(&arguments.output)?;
    let knowledge = affiant_detect::Knowledge::built_in()?;
    let case = case_file::read(&folder.case_file(), &knowledge.datum_names())?.case;
    let ids = arguments
        .exhibits
        .iter()
        .map(|text| exhibit(text))
        .collect::<Result<Vec<_>, _>>()?;
    let first = first_number(arguments, &case, &folder.ledger()?)?;
    let legend = arguments.confidentiality.as_ref();
    let legend = legend.unwrap_or(&case.production.confidentiality);
    let opening = Opening {
        folder: &folder,
        case: &case,
        console,
    };
    let plan = Plan::of(&opening, &ids, &arguments.pdfs, &first, legend)?;
    let sighted = warn(
        &folder,
        &Selection {
            exhibits: ids.clone(),
            ..Selection::default()
        },
        console,
    )?;
    let mut objects = Vec::new();
    for id in &ids {
        objects.push(writer.object(*id)?);
    }
    let (begin, end) = (first.to_string(), plan.last.to_string());
    let (documents, pages) = (plan.records.len(), plan.pages);
    let log = plan.log()?;
    let note = format!(
        "{NOTE}{volume}: Bates {begin} to {end}, {pages} pages of {documents} documents; SHA-256 of its production-log.csv {}",
        Digest::of(&log)
    );
    let details = Details {
        objects,
        transfer: Some(Transfer {
            from: world.actor().name.clone(),
            to: arguments.to.clone(),
            how: arguments.how.clone(),
            signer: None,
        }),
        note: Some(note),
        ..Details::default()
    };
    // First the record: a number that was given once is never given again.
    let event = writer.record(Action::Disclose, details, world.stamp())?.seq;
    volume::write(
        &arguments.output,
        &volume,
        &case,
        &plan,
        &log,
        arguments.tabs,
    )?;
    let shown = arguments.output.display();
    let text = format!(
        "Wrote {shown}: {begin} to {end}, {documents} documents, recorded as event {event}.\nCheck it without this program: cd {shown} && sha256sum -c SHA256SUMS\n",
    );
    let value = json!({ "volume": volume, "begin": begin, "end": end, "documents": documents, "pages": pages, "event": event, "sighted": sighted });
    said(console, value, &text)
}

fn volume_name(output: &Path) -> Result<String, CliError> {
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 40 || !name.chars().all(plain) {
        return Err(CliError::usage(format!(
            "`{name}` is no name of a volume: name the folder with letters, digits, `-` and `_`, such as VOL001"
        )));
    }
    Ok(name.into_owned())
}

/// The number of the first page: behind every number that the ledger records
/// under the prefix.
fn first_number(
    arguments: &Arguments,
    case: &Case,
    ledger: &[CustodyEvent],
) -> Result<Bates, CliError> {
    let rules = &case.production;
    let prefix = arguments.prefix.as_ref().unwrap_or(&rules.prefix);
    if prefix.is_empty() {
        return Err(CliError::usage(
            "no Bates prefix: state it under [production] in the case file, or with --prefix",
        ));
    }
    let width = arguments.width.or(rules.width).unwrap_or(WIDTH);
    let numbering = Numbering::new(prefix, width).map_err(CliError::usage)?;
    let notes = ledger
        .iter()
        .filter(|event| event.action == Action::Disclose)
        .filter_map(|event| event.note.as_deref())
        .filter(|note| note.starts_with(NOTE));
    let used = highest(notes, prefix);
    let next = used.map_or(1, |n| n.saturating_add(1));
    let start = match arguments.start {
        Some(start) if start < next => {
            return Err(CliError::usage(format!(
                "{prefix} {start} was given already: the ledger records numbers up to {}; leave out --start",
                used.unwrap_or_default()
            )));
        }
        Some(start) => start,
        None => next.max(rules.start.unwrap_or(1)),
    };
    numbering.number(start).map_err(CliError::usage)
}
