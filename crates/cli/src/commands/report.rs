use std::path::Path;

use affiant_custody::CaseFolder;
use affiant_model::{Action, CustodyObject};
use serde_json::json;

use crate::args::Report as Arguments;
use crate::console::Console;
use crate::documents::compute;
use crate::error::{CliError, Outcome};
use crate::record;
use crate::superseded;
use crate::world::World;

pub(crate) fn run(
    arguments: &Arguments,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let case = &arguments.case;
    let (written, defects) = write(case, arguments.public, world, console)?;
    console.result(&json!({ "documents": written, "defects": defects }), || {
        written
            .iter()
            .map(|object| {
                format!(
                    "{}  {} bytes\n",
                    case.join(&object.path).display(),
                    object.bytes
                )
            })
            .collect()
    })?;
    Ok(if defects > 0 {
        Outcome::DoneWithDefects
    } else {
        Outcome::Done
    })
}

/// Writes the documents; gives them, and how many defects the inputs had.
pub(crate) fn write(
    case: &Path,
    public: bool,
    world: &World,
    console: &Console,
) -> Result<(Vec<CustodyObject>, usize), CliError> {
    let folder = CaseFolder::open(case)?;
    let mut staging = folder.stage()?;
    let made = compute(&folder, public, console, &mut |path, bytes| {
        staging.put(path, bytes)?;
        Ok(())
    })?;
    let objects = staging.settle()?;
    let removed = superseded::remove(&folder, &objects, console)?;
    let mut note = format!("made from the tables of event {}", made.analysis);
    if !removed.is_empty() {
        note.push_str(&format!(
            "; removed, of an earlier report: {}",
            removed.join(", ")
        ));
    }
    record::record(&folder, world, Action::Report, objects.clone(), note)?;
    for file in &made.oversize {
        console.remark(&file.to_string());
    }
    Ok((objects, made.defects + made.oversize.len()))
}
