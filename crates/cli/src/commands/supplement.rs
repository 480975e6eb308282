//! What changed since an earlier report (Fed. R. Civ. P. 26(e)(2)).

use std::collections::BTreeMap;
use std::path::Path;

use affiant_custody::{CaseFolder, Details};
use affiant_model::{Action, CustodyEvent, CustodyObject, Digest};
use affiant_report::{Dataset, Earlier, ReportInput};
use serde::Deserialize;
use serde_json::json;

use crate::args::Supplement;
use crate::console::Console;
use crate::documents;
use crate::error::{CliError, Outcome, io};
use crate::world::World;

/// The ledger that a document carries.
const LEDGER: &str = "ledger.jsonl";

/// No earlier document is larger, in bytes.
const LIMIT: u64 = 1 << 30;

/// The earlier document, read and held against the case.
struct Found {
    name: String,
    bytes: u64,
    sha256: Digest,
    revisions: usize,
    attachments: BTreeMap<String, Vec<u8>>,
    ledger: Vec<CustodyEvent>,
    recorded: Option<u64>,
    datasets: Option<Vec<Dataset>>,
}

/// A supplement with its file of differences.
struct Made {
    files: Vec<(String, Vec<u8>)>,
    added: usize,
    gone: usize,
    changed: usize,
    rows: usize,
}

pub(crate) fn run(
    arguments: &Supplement,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let folder = CaseFolder::open(&arguments.case)?;
    let found = earlier(&folder, &arguments.earlier)?;
    let (made, objects) = write_against(&folder, &found, world)?;
    let result = json!({
        "documents": objects,
        "earlier": { "sha256": found.sha256, "recorded": found.recorded },
        "transmittals": { "added": made.added, "gone": made.gone, "changed": made.changed },
        "rows": made.rows,
    });
    console.result(&result, || {
        let mut lines: String = objects
            .iter()
            .map(|object| {
                let path = arguments.case.join(&object.path);
                format!("{}  {} bytes\n", path.display(), object.bytes)
            })
            .collect();
        lines.push_str(&format!(
            "{} transmittals added, {} gone, {} changed; {} rows differ in all tables.\n",
            made.added, made.gone, made.changed, made.rows
        ));
        if found.recorded.is_none() {
            lines.push_str("No event of the ledger records the earlier file itself; its ledger and tables agree with the case.\n");
        }
        lines
    })?;
    Ok(Outcome::Done)
}

/// Writes and records the supplement to the document at `earlier`; gives its files.
pub(crate) fn write(
    folder: &CaseFolder,
    earlier_report: &Path,
    world: &World,
) -> Result<Vec<CustodyObject>, CliError> {
    let found = earlier(folder, earlier_report)?;
    let (_, objects) = write_against(folder, &found, world)?;
    Ok(objects)
}

/// Writes the supplement and records it, unless the last one says the same.
fn write_against(
    folder: &CaseFolder,
    found: &Found,
    world: &World,
) -> Result<(Made, Vec<CustodyObject>), CliError> {
    let ledger = folder.ledger()?;
    let before: Vec<_> = ledger
        .iter()
        .filter(|event| event.action == Action::Supplement)
        .collect();
    documents::with_input(folder, |input| {
        if let Some(last) = before.last() {
            let made = make(input, found, before.len())?;
            let same = made.files.iter().all(|(path, bytes)| {
                let named = last.objects.iter().find(|object| object.path == *path);
                named.is_some_and(|object| object.sha256 == Digest::of(bytes))
            });
            if same && last.tool.version == world.tool().version {
                let objects = put(folder, &made)?;
                return Ok((made, objects));
            }
        }
        let made = make(input, found, before.len() + 1)?;
        let objects = put(folder, &made)?;
        let details = Details {
            objects: objects.clone(),
            note: Some(format!(
                "against the document with SHA-256 {}",
                found.sha256
            )),
            ..Details::default()
        };
        let mut writer = folder.writer(&mut || world.stamp())?;
        writer.record(Action::Supplement, details, world.stamp())?;
        Ok((made, objects))
    })?
}

fn put(folder: &CaseFolder, made: &Made) -> Result<Vec<CustodyObject>, CliError> {
    let files = made.files.iter();
    files
        .map(|(path, bytes)| Ok(folder.write_derived(path, bytes)?))
        .collect()
}

fn make(input: &ReportInput<'_>, found: &Found, number: usize) -> Result<Made, CliError> {
    let earlier = Earlier {
        name: &found.name,
        bytes: found.bytes,
        sha256: found.sha256,
        recorded: found.recorded,
        revisions: found.revisions,
        attachments: &found.attachments,
        ledger: &found.ledger,
        datasets: found.datasets.as_deref(),
    };
    let difference = affiant_report::difference(input, &earlier)?;
    let csv = difference.csv()?;
    let pdf = affiant_report::supplement(input, &earlier, &difference, number, &csv)?;
    let (added, gone, changed) = difference.transmittals();
    Ok(Made {
        files: vec![
            (format!("reports/supplement-{number}.pdf"), pdf),
            (format!("reports/supplement-{number}.csv"), csv),
        ],
        added,
        gone,
        changed,
        rows: difference.rows(),
    })
}

/// Reads the earlier document. Its ledger must be the beginning of that of the
/// case, and its tables those that this ledger records.
fn earlier(folder: &CaseFolder, path: &Path) -> Result<Found, CliError> {
    let shown = path.display();
    let bytes = read(path)?;
    let inspected = affiant_report::inspect(&bytes)?;
    let attachments: BTreeMap<String, Vec<u8>> = inspected.attachments.into_iter().collect();
    let without = |what: &str| {
        CliError::usage(format!(
            "`{shown}` carries no `{what}`: give an expert report or a supplement that this program made, with its attachments"
        ))
    };
    let text = attachments.get(LEDGER).ok_or_else(|| without(LEDGER))?;
    if !attachments.contains_key("transmittals.csv") {
        return Err(without("transmittals.csv"));
    }
    let whole = folder.ledger_path();
    let whole = std::fs::read(&whole).map_err(io("read", &whole))?;
    if !whole.starts_with(text) {
        return Err(CliError::usage(format!(
            "the ledger that `{shown}` carries is not the beginning of the ledger of the case: it is of another case, or of another history of it"
        )));
    }
    let ledger = affiant_custody::read_ledger(text)?;
    agrees(&shown.to_string(), &attachments, &ledger)?;
    let sha256 = Digest::of(&bytes);
    let records = |event: &&CustodyEvent| {
        matches!(event.action, Action::Report | Action::Supplement)
            && event.objects.iter().any(|object| object.sha256 == sha256)
    };
    Ok(Found {
        name: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        bytes: bytes.len() as u64,
        sha256,
        revisions: inspected.revisions,
        recorded: folder.ledger()?.iter().find(records).map(|event| event.seq),
        datasets: attachments.get("analysis.json").and_then(|b| datasets(b)),
        attachments,
        ledger,
    })
}

fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    let size = std::fs::metadata(path).map_err(io("read", path))?.len();
    if size > LIMIT {
        return Err(CliError::usage(format!(
            "`{}` has {size} bytes, and at most {LIMIT} are read",
            path.display()
        )));
    }
    std::fs::read(path).map_err(io("read", path))
}

/// Holds each table against the analysis that the ledger ends with.
fn agrees(
    shown: &str,
    attachments: &BTreeMap<String, Vec<u8>>,
    ledger: &[CustodyEvent],
) -> Result<(), CliError> {
    let analysis = ledger
        .iter()
        .rev()
        .find(|event| event.action == Action::Analyse);
    for (name, bytes) in attachments.iter().filter(|(name, _)| *name != LEDGER) {
        let path = format!("tables/{name}");
        let recorded =
            analysis.and_then(|event| event.objects.iter().find(|object| object.path == path));
        let found = Digest::of(bytes);
        if recorded.is_none_or(|object| object.sha256 != found) {
            let expected = recorded.map_or_else(
                || "nothing of that name".to_owned(),
                |object| format!("SHA-256 {}", object.sha256),
            );
            return Err(CliError::verification(format!(
                "`{name}` in `{shown}` has SHA-256 {found}, and the ledger that it carries records {expected}; nothing was compared"
            )));
        }
    }
    Ok(())
}

/// The data sets that an analysis says it used.
fn datasets(bytes: &[u8]) -> Option<Vec<Dataset>> {
    #[derive(Deserialize)]
    struct Analysis {
        datasets: Vec<crate::analysis::Dataset>,
    }
    let analysis: Analysis = serde_json::from_slice(bytes).ok()?;
    let sets = analysis.datasets.into_iter().map(|set| Dataset {
        name: set.name,
        version: set.version,
        entries: set.entries,
        sha256: set.sha256,
    });
    Some(sets.collect())
}
