use std::path::Path;

use affiant_custody::CaseFolder;
use affiant_model::{Action, CustodyObject};
use serde_json::json;

use crate::args::Report as Arguments;
use crate::console::Console;
use crate::documents::compute;
use crate::error::{CliError, Outcome};
use crate::record;
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
    let made = compute(&folder, public, console)?;
    let mut objects = Vec::new();
    for (path, bytes) in &made.files {
        objects.push(folder.write_derived(path, bytes)?);
    }
    let note = format!("made from the tables of event {}", made.analysis);
    record::record(&folder, world, Action::Report, objects.clone(), note)?;
    for file in &made.oversize {
        console.remark(&file.to_string());
    }
    Ok((objects, made.defects + made.oversize.len()))
}
