//! What was done to the evidence, recorded: transfers, holds, notes, working
//! copies, disclosures, deletions.

use std::path::Path;

use affiant_custody::{CaseFolder, Derivation, Details, SteadyFile, Writer};
use affiant_model::{Action, CustodyEvent, CustodyObject, ExhibitId, Origin};
use serde_json::json;

use crate::args::{Delete, Derive, Disclose, Hold, Note, Transfer};
use crate::console::{Console, one_line};
use crate::error::{CliError, Outcome, io};
use crate::withheld;
use crate::world::World;

pub(crate) fn transfer(
    arguments: &Transfer,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let mut writer = open(&arguments.case, world)?;
    let objects = match arguments.exhibits.is_empty() {
        true => all(&writer)?,
        false => named(&writer, &arguments.exhibits)?,
    };
    if let Some(path) = &arguments.write_receipt {
        let text = receipt(&writer.folder().origin()?, arguments, &objects);
        std::fs::write(path, text).map_err(io("write", path))?;
        let path = path.display();
        return said(
            console,
            json!({ "receipt": path.to_string() }),
            &format!(
                "Wrote {path}. Have it signed with\n  ssh-keygen -Y sign -n affiant-receipt@v1 -f KEY {path}\nand record the transfer with --receipt {path} --signature {path}.sig\n"
            ),
        );
    }
    let mut details = Details {
        objects,
        transfer: Some(affiant_model::Transfer {
            from: arguments.from.clone(),
            to: arguments.to.clone(),
            how: arguments.how.clone(),
            signer: None,
        }),
        note: arguments.note.clone(),
        ..Details::default()
    };
    let seq = match (
        &arguments.receipt,
        &arguments.signature,
        &arguments.identity,
    ) {
        (Some(receipt), Some(signature), Some(identity)) => {
            let text = std::fs::read(receipt).map_err(io("read", receipt))?;
            check_receipt(&text, &details.objects, receipt)?;
            let armored = std::fs::read_to_string(signature).map_err(io("read", signature))?;
            let details = std::mem::take(&mut details);
            writer.transfer_with_receipt(details, &text, &armored, identity, world.stamp())?
        }
        _ => writer.record(Action::Transfer, details, world.stamp())?.seq,
    };
    recorded(console, seq, "transfer")
}

/// What the other side signs.
fn receipt(origin: &str, arguments: &Transfer, objects: &[CustodyObject]) -> String {
    let mut text = format!(
        "Receipt of evidence\nCase: {origin}\nFrom: {}\nTo: {}\n",
        one_line(&arguments.from),
        one_line(&arguments.to)
    );
    if let Some(how) = &arguments.how {
        text += &format!("How: {}\n", one_line(how));
    }
    text += "I received these files; their SHA-256 digests, which I computed, are:\n";
    for object in objects {
        text += &format!(
            "{}  {} bytes  {}\n",
            object.sha256, object.bytes, object.path
        );
    }
    text
}

/// A receipt is for what the event names.
fn check_receipt(text: &[u8], objects: &[CustodyObject], path: &Path) -> Result<(), CliError> {
    let text = String::from_utf8_lossy(text);
    match objects
        .iter()
        .find(|object| !text.contains(&object.sha256.to_hex()))
    {
        Some(object) => Err(CliError::usage(format!(
            "`{}` does not name `{}` with its SHA-256; write it with --write-receipt",
            path.display(),
            object.path
        ))),
        None => Ok(()),
    }
}

pub(crate) fn hold(
    arguments: &Hold,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let mut writer = open(&arguments.case, world)?;
    let details = Details {
        objects: named(&writer, &arguments.exhibits)?,
        reason: Some(arguments.reason.clone()),
        ..Details::default()
    };
    let (action, what) = match arguments.release {
        true => (Action::Release, "release"),
        false => (Action::Hold, "hold"),
    };
    let event = writer.record(action, details, world.stamp())?;
    recorded(console, event.seq, what)
}

pub(crate) fn note(
    arguments: &Note,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let mut writer = open(&arguments.case, world)?;
    let details = Details {
        objects: named(&writer, &arguments.exhibits)?,
        note: Some(arguments.text.clone()),
        ..Details::default()
    };
    let event = writer.record(Action::Note, details, world.stamp())?;
    recorded(console, event.seq, "note")
}

pub(crate) fn derive(
    arguments: &Derive,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let path = &arguments.file;
    let mut notes: Vec<String> = arguments.how.iter().cloned().collect();
    if let Some(list) = &arguments.withheld {
        notes.push(withheld::check(path, list)?);
    }
    let mut writer = open(&arguments.case, world)?;
    let id = exhibit(&arguments.from)?;
    let original = writer.object(id)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let mut source = SteadyFile::open(path)?;
    let mut stage = console.stage("derive", source.size());
    let what = Derivation {
        original_name: name.into_owned(),
        extension: extension.into_owned(),
        from: Origin {
            path: original.path,
            sha256: original.sha256,
            member: None,
        },
        reason: arguments.reason.clone(),
        note: Some(notes.join("; ")).filter(|note| !note.is_empty()),
    };
    let object = writer.derive(&mut source, what, world.stamp(), &mut |n| stage.advance(n))?;
    stage.finish();
    let text = format!(
        "{}  {} bytes  SHA-256 {}\n",
        object.path, object.bytes, object.sha256
    );
    said(console, json!(object), &text)
}

pub(crate) fn disclose(
    arguments: &Disclose,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    if arguments.exhibits.is_empty() && arguments.note.is_none() {
        return Err(CliError::usage(
            "name the exhibits that were disclosed, or say with --note what was",
        ));
    }
    let mut writer = open(&arguments.case, world)?;
    let details = Details {
        objects: named(&writer, &arguments.exhibits)?,
        transfer: Some(affiant_model::Transfer {
            from: world.actor().name.clone(),
            to: arguments.to.clone(),
            how: arguments.how.clone(),
            signer: None,
        }),
        note: arguments.note.clone(),
        ..Details::default()
    };
    let event = writer.record(Action::Disclose, details, world.stamp())?;
    recorded(console, event.seq, "disclosure")
}

pub(crate) fn delete(
    arguments: &Delete,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let mut writer = open(&arguments.case, world)?;
    let id = exhibit(&arguments.exhibit)?;
    let event: CustodyEvent = writer.delete(id, arguments.reason.clone(), world.stamp())?;
    recorded(console, event.seq, "deletion")
}

/// Opens a case to write in it.
pub(crate) fn open(case: &Path, world: &World) -> Result<Writer, CliError> {
    Ok(CaseFolder::open(case)?.writer(&mut || world.stamp())?)
}

/// The number of an exhibit, as a person writes it.
pub(crate) fn exhibit(text: &str) -> Result<ExhibitId, CliError> {
    text.parse().map_err(CliError::usage)
}

fn named(writer: &Writer, exhibits: &[String]) -> Result<Vec<CustodyObject>, CliError> {
    exhibits
        .iter()
        .map(|text| Ok(writer.object(exhibit(text)?)?))
        .collect()
}

fn all(writer: &Writer) -> Result<Vec<CustodyObject>, CliError> {
    let exhibits = writer.exhibits();
    exhibits
        .iter()
        .map(|exhibit| Ok(writer.object(exhibit.id)?))
        .collect()
}

fn recorded(console: &Console, seq: u64, what: &str) -> Result<Outcome, CliError> {
    said(
        console,
        json!({ "event": seq }),
        &format!("Recorded the {what} as event {seq}.\n"),
    )
}

pub(crate) fn said(
    console: &Console,
    value: serde_json::Value,
    text: &str,
) -> Result<Outcome, CliError> {
    console.result(&value, || text.to_owned())?;
    Ok(Outcome::Done)
}
