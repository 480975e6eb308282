use affiant_custody::{CaseFolder, Details, describe};
use affiant_model::{Action, CustodyEvent, CustodyObject, Digest, Exhibit};

use crate::analysis::Summary;
use crate::case_file::CASE_FILE;
use crate::error::{CliError, io};
use crate::world::World;

/// Where an analysis says what its tables do not.
pub(crate) const SUMMARY: &str = "tables/analysis.json";

/// Records what was derived, unless the last event of that kind says the same
/// already: doing something twice with the same result is one fact.
pub(crate) fn record(
    folder: &CaseFolder,
    world: &World,
    action: Action,
    objects: Vec<CustodyObject>,
    note: String,
) -> Result<(), CliError> {
    let last = folder
        .ledger()?
        .into_iter()
        .rev()
        .find(|event| event.action == action);
    let version = &world.tool().version;
    if last.is_some_and(|event| event.objects == objects && event.tool.version == *version) {
        return Ok(());
    }
    let details = Details {
        objects,
        note: Some(note),
        ..Details::default()
    };
    let mut writer = folder.writer(&mut || world.stamp())?;
    writer.record(action, details, world.stamp())?;
    Ok(())
}

/// The last analysis, and the ledger up to it.
#[derive(Clone)]
pub(crate) struct Analysed {
    pub(crate) ledger: Vec<CustodyEvent>,
    pub(crate) event: CustodyEvent,
    /// SHA-256 of the event's line.
    pub(crate) head: Digest,
    /// Root of the tree over the lines up to the event's.
    pub(crate) root: Digest,
    /// These lines, as they are in the file.
    pub(crate) text: Vec<u8>,
    pub(crate) summary: Summary,
}

impl Analysed {
    /// Reads a file that the analysis is recorded with, if it is still the same.
    pub(crate) fn read(&self, folder: &CaseFolder, relative: &str) -> Result<Vec<u8>, CliError> {
        read(folder, &self.event, relative)
    }

    /// Makes sure that `text` is the case file that was analysed.
    pub(crate) fn check_case(&self, folder: &CaseFolder, text: &str) -> Result<(), CliError> {
        if Digest::of(text.as_bytes()) == self.summary.case_sha256 {
            return Ok(());
        }
        let changed = format!("`{CASE_FILE}` has changed");
        Err(again(folder, &self.event, &changed))
    }
}

fn again(folder: &CaseFolder, event: &CustodyEvent, what: &str) -> CliError {
    CliError::usage(format!(
        "{what} since the analysis (event {}); run `affiant analyze {}` again",
        event.seq,
        folder.root().display()
    ))
}

fn read(folder: &CaseFolder, event: &CustodyEvent, relative: &str) -> Result<Vec<u8>, CliError> {
    let path = folder.root().join(relative);
    let bytes = std::fs::read(&path).map_err(io("read", &path))?;
    let recorded = |object: &&CustodyObject| object.path == relative;
    match event.objects.iter().find(recorded) {
        Some(object) if object.sha256 == Digest::of(&bytes) => Ok(bytes),
        _ => {
            let changed = format!("`{relative}` has changed");
            Err(again(folder, event, &changed))
        }
    }
}

/// Finds the last analysis and makes sure that it is of the exhibits, the case
/// file and the tables as they are now.
pub(crate) fn last_analysis(folder: &CaseFolder) -> Result<Analysed, CliError> {
    let ledger = folder.ledger()?;
    let root = folder.root();
    let at = ledger
        .iter()
        .rposition(|event| event.action == Action::Analyse)
        .ok_or_else(|| {
            CliError::usage(format!(
                "`{0}` has not been analysed; run `affiant analyze {0}` first",
                root.display()
            ))
        })?;
    let event = ledger[at].clone();
    let again = |what: &str| again(folder, &event, what);
    for object in event
        .objects
        .iter()
        .filter(|object| object.exhibit.is_none())
    {
        let now = describe(&root, &object.path)
            .map_err(|_| again(&format!("`{}` has gone", object.path)))?;
        if now.sha256 != object.sha256 {
            return Err(again(&format!("`{}` has changed", object.path)));
        }
    }
    let summary: Summary =
        serde_json::from_slice(&read(folder, &event, SUMMARY)?).map_err(|error| {
            CliError::usage(format!(
                "`{SUMMARY}` cannot be read: {error}; run `affiant analyze` again"
            ))
        })?;
    let case_file = event.objects.iter().find(|object| object.path == CASE_FILE);
    if case_file.map(|object| object.sha256) != Some(summary.case_sha256) {
        return Err(CliError::usage(format!(
            "`{SUMMARY}` was made with another `{CASE_FILE}` than event {} names; run `affiant analyze {}` again",
            event.seq,
            root.display()
        )));
    }
    // By the list of what was read, since intake may have gone on beside it.
    let was_read = |exhibit: &Exhibit| summary.recomputed.contains_key(&exhibit.id);
    if !folder.exhibits()?.iter().all(was_read) {
        return Err(again("an exhibit was taken in"));
    }
    let path = folder.ledger_path();
    let mut text = std::fs::read(&path).map_err(io("read", &path))?;
    let mut tree = affiant_tlog::TreeHasher::new();
    let (mut head, mut end) = (Digest::of(b""), 0);
    for line in text.split_inclusive(|byte| *byte == b'\n').take(at + 1) {
        end += line.len();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        head = Digest::of(line);
        tree.push(affiant_tlog::leaf_hash(line));
    }
    text.truncate(end);
    Ok(Analysed {
        ledger: ledger[..=at].to_vec(),
        event,
        head,
        root: tree.root(),
        text,
        summary,
    })
}
