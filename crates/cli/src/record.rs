use std::path::Path;

use affiant_custody::{CaseFolder, describe};
use affiant_model::{Action, CustodyEvent, CustodyObject, Digest};

use crate::error::{CliError, io};
use crate::world::World;

/// Writes a derived file whole or not at all.
pub(crate) fn write(root: &Path, relative: &str, bytes: &[u8]) -> Result<CustodyObject, CliError> {
    let path = root.join(relative);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(io("make the folder", folder))?;
    }
    let draft = path.with_extension("draft");
    std::fs::write(&draft, bytes).map_err(io("write", &draft))?;
    std::fs::rename(&draft, &path).map_err(io("write", &path))?;
    Ok(describe(root, relative)?)
}

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
    let mut writer = folder.writer(&mut || world.stamp())?;
    writer.record(action, objects, Some(note), world.stamp())?;
    Ok(())
}

/// The last analysis, and the ledger up to it.
pub(crate) struct Analysed {
    pub(crate) ledger: Vec<CustodyEvent>,
    pub(crate) event: CustodyEvent,
    /// SHA-256 of the event's line.
    pub(crate) head: Digest,
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
    let again = |what: &str| {
        CliError::usage(format!(
            "{what} since the analysis (event {}); run `affiant analyze {}` again",
            ledger[at].seq,
            root.display()
        ))
    };
    if ledger[at..]
        .iter()
        .any(|event| event.action == Action::Acquire)
    {
        return Err(again("an exhibit was taken in"));
    }
    let event = ledger[at].clone();
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
    let path = folder.ledger_path();
    let text = std::fs::read(&path).map_err(io("read", &path))?;
    let line = text
        .split(|byte| *byte == b'\n')
        .nth(at)
        .unwrap_or_default();
    let head = Digest::of(line);
    Ok(Analysed {
        ledger: ledger[..=at].to_vec(),
        event,
        head,
    })
}
