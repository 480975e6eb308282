use std::fs::File;
use std::path::Path;

use affiant_custody::{CaseFolder, Writer};
use affiant_model::{Case, Circumstances, Exhibit};
use serde::Serialize;

use crate::analysis::head_of;
use crate::args::Intake;
use crate::case_file;
use crate::console::{Console, one_line};
use crate::error::{CliError, Outcome, io};
use crate::world::World;

/// What became of one file.
#[derive(Serialize)]
pub(crate) struct TakenIn {
    pub(crate) exhibit: Exhibit,
    /// An earlier exhibit with the same content.
    pub(crate) same_as: Option<String>,
    /// Why it is no traffic log that this version reads.
    pub(crate) not_recognised: Option<String>,
}

pub(crate) fn run(
    arguments: Intake,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let folder = CaseFolder::open(&arguments.case)?;
    let knowledge = affiant_detect::Knowledge::built_in()?;
    let case = case_file::read(&folder.case_file(), &knowledge.datum_names())?.case;
    if let Some(format) = &arguments.format {
        check_format(format)?;
    }
    let circumstances = Circumstances {
        custodian: Some(arguments.custodian),
        collected_by: Some(arguments.collected_by),
        method: Some(arguments.method),
        device: arguments.device,
        phase: arguments.phase,
        run: arguments.run,
        app: arguments.app,
        app_version: arguments.app_version,
        note: arguments.note,
    };
    check_names(&case, &circumstances)?;
    let mut writer = folder.writer(&mut || world.stamp())?;
    let mut taken = Vec::new();
    for path in &arguments.files {
        let one = take_in(
            &mut writer,
            path,
            arguments.format.as_deref(),
            circumstances.clone(),
            world,
            console,
        )?;
        // What is taken in is said at once: a later file may fail.
        if let Some(same) = &one.same_as {
            console.remark(&format!(
                "note: {} has the same content as {same}",
                one.exhibit.id
            ));
        }
        if let Some(why) = &one.not_recognised {
            console.remark(&format!(
                "note: {} is preserved, but cannot be analysed: {why}",
                one.exhibit.id
            ));
        }
        taken.push(one);
    }
    console.result(&taken, || taken.iter().map(line).collect())?;
    let unread = taken.iter().any(|one| one.not_recognised.is_some());
    Ok(if unread {
        Outcome::DoneWithDefects
    } else {
        Outcome::Done
    })
}

fn line(taken: &TakenIn) -> String {
    let Exhibit {
        id,
        bytes,
        sha256,
        original_name,
        ..
    } = &taken.exhibit;
    format!(
        "{id}  {bytes:>12} bytes  SHA-256 {sha256}  {}\n",
        one_line(original_name)
    )
}

fn check_format(format: &str) -> Result<(), CliError> {
    if affiant_ingest::format_named(format).is_some() {
        return Ok(());
    }
    let known: Vec<_> = affiant_ingest::formats()
        .iter()
        .map(|format| format.name())
        .collect();
    Err(CliError::usage(format!(
        "no format is called `{format}`; use one of: {}",
        known.join(", ")
    )))
}

/// Device and phase must be those of the case file, so that a slip of the pen
/// does not make a phase of its own.
fn check_names(case: &Case, circumstances: &Circumstances) -> Result<(), CliError> {
    let check = |what: &str, list: &str, name: &Option<String>, known: Vec<&str>| match name {
        Some(name) if !known.contains(&name.as_str()) => Err(CliError::usage(format!(
            "case.toml has no {what} named `{name}`; add it under [[{list}]], or use one of: {}",
            if known.is_empty() {
                "(none yet)".to_owned()
            } else {
                known.join(", ")
            }
        ))),
        _ => Ok(()),
    };
    check(
        "device",
        "devices",
        &circumstances.device,
        case.devices.iter().map(|d| d.name.as_str()).collect(),
    )?;
    check(
        "phase",
        "phases",
        &circumstances.phase,
        case.phases.iter().map(|p| p.name.as_str()).collect(),
    )
}

/// Takes one file in.
pub(crate) fn take_in(
    writer: &mut Writer,
    path: &Path,
    format: Option<&str>,
    circumstances: Circumstances,
    world: &World,
    console: &Console,
) -> Result<TakenIn, CliError> {
    let metadata = std::fs::metadata(path).map_err(io("read", path))?;
    if !metadata.is_file() {
        return Err(CliError::usage(format!(
            "`{}` is not a file; name the files themselves",
            path.display()
        )));
    }
    let recognised = match format {
        Some(name) => Ok(name.to_owned()),
        None => affiant_ingest::recognise(&head_of(path)?)
            .map(|format| format.name().to_owned())
            .map_err(|refusal| refusal.to_string()),
    };
    let mut file = File::open(path).map_err(io("read", path))?;
    let mut stage = console.stage("intake", metadata.len());
    let exhibit = writer.acquire(
        &mut file,
        &path.file_name().unwrap_or_default().to_string_lossy(),
        &path.extension().unwrap_or_default().to_string_lossy(),
        recognised.as_deref().unwrap_or_default(),
        circumstances,
        world.stamp(),
        &mut |bytes| stage.advance(bytes),
    )?;
    stage.finish();
    let same_as = writer
        .same_content(&exhibit.sha256)
        .filter(|id| *id != exhibit.id)
        .map(|id| id.to_string());
    Ok(TakenIn {
        exhibit,
        same_as,
        not_recognised: recognised.err(),
    })
}
