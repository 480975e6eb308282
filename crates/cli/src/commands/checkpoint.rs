//! Checkpoints, and what persons and authorities put under them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use affiant_custody::{CaseFolder, Filed, Target, Writer};
use serde_json::json;

use super::events::{open, said};
use super::key;
use crate::args::{Checkpoint, Sign, StampArguments};
use crate::console::{Console, one_line};
use crate::error::{CliError, Outcome, io};
use crate::world::World;

pub(crate) fn run(
    arguments: &Checkpoint,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let writer = open(&arguments.case, world)?;
    let filed = make(&writer, &arguments.key.log_key)?;
    let path = arguments.case.join(&filed.path);
    let text = format!(
        "{}\nWrote {}; {} exhibit trees signed.\n",
        filed.note.trim_end(),
        path.display(),
        filed.exhibits.len()
    );
    let value = json!({
        "path": filed.path,
        "origin": filed.checkpoint.origin,
        "size": filed.checkpoint.size,
        "root": filed.checkpoint.root,
        "exhibits": filed.exhibits,
    });
    said(console, value, &text)
}

/// Signs the ledger as it is; the writer keeps others from adding to it.
pub(crate) fn make(writer: &Writer, key_file: &Path) -> Result<Filed, CliError> {
    let folder = writer.folder();
    let key = key::of(&folder, key_file)?;
    Ok(folder.make_checkpoint(&key)?)
}

/// The writer of a case folder; a bag has none, its ledger is closed.
fn recorder(path: &Path, world: &World) -> Result<Option<Writer>, CliError> {
    match path.join("bagit.txt").exists() {
        true => Ok(None),
        false => open(path, world).map(Some),
    }
}

/// What is signed or stamped: a document, or the checkpoint of that size, or the last.
fn target(case: &Path, document: Option<&Path>, size: Option<u64>) -> Result<Target, CliError> {
    Ok(match document {
        Some(document) => Target::document(case, document)?,
        None => Target::find(case, size)?,
    })
}

pub(crate) fn sign(
    arguments: &Sign,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let target = target(
        &arguments.path,
        arguments.document.as_deref(),
        arguments.size,
    )?;
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => short(&arguments.identity),
    };
    let armored = match (&arguments.attach, &arguments.with_key) {
        (Some(path), _) => std::fs::read_to_string(path).map_err(io("read", path))?,
        (None, Some(key)) => ssh_sign(key, target.namespace(), &target.message()?)?,
        (None, None) => return Err(CliError::usage("give --with or --attach")),
    };
    let mut writer = recorder(&arguments.path, world)?;
    let recorder = writer.as_mut().map(|writer| (writer, world.stamp()));
    let fingerprint = target.file_signature(&armored, &arguments.identity, &name, recorder)?;
    let text = format!(
        "Filed the signature of {} ({fingerprint}) over {}.\n",
        one_line(&arguments.identity),
        target.in_words()
    );
    let mut value =
        json!({ "identity": arguments.identity, "fingerprint": fingerprint, "size": target.size });
    if let Some(document) = target.document {
        value["document"] = json!(document);
    }
    said(console, value, &text)
}

/// Small letters, digits and hyphens of an identity, for a file name.
fn short(identity: &str) -> String {
    let local = identity.split('@').next().unwrap_or_default();
    let name: String = local
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(32)
        .collect();
    match name.trim_matches('-') {
        "" => "signer".to_owned(),
        name => name.to_owned(),
    }
}

/// Has `ssh-keygen` sign: the key may lie in an agent or on a token, and the
/// program never sees it.
fn ssh_sign(key: &Path, namespace: &str, message: &[u8]) -> Result<String, CliError> {
    use std::io::Write as _;
    let failed = |what: String| {
        CliError::usage(format!(
            "`ssh-keygen -Y sign -n {namespace} -f {}` {what}; sign elsewhere and give the result with --attach",
            key.display()
        ))
    };
    let mut child = Command::new("ssh-keygen")
        .args(["-Y", "sign", "-n", namespace, "-f"])
        .arg(key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    if let Some(mut input) = child.stdin.take() {
        input
            .write_all(message)
            .map_err(|error| failed(format!("does not take what is to be signed: {error}")))?;
    }
    let output = child
        .wait_with_output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed("failed".to_owned()));
    }
    String::from_utf8(output.stdout).map_err(|_| failed("gave no signature".to_owned()))
}

pub(crate) fn stamp(
    arguments: &StampArguments,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let target = target(
        &arguments.path,
        arguments.document.as_deref(),
        arguments.size,
    )?;
    let Some(answer) = &arguments.attach else {
        // Nobody else shall be recording in the same folder.
        let _writer = recorder(&arguments.path, world)?;
        let query = target.request_stamp(&arguments.tsa_name, world.nonce())?;
        return requested(&query, console);
    };
    let bytes = std::fs::read(answer).map_err(io("read", answer))?;
    let chain = match &arguments.chain {
        None => None,
        Some(path) => Some(std::fs::read_to_string(path).map_err(io("read", path))?),
    };
    let anchors = anchors(arguments.tsa.as_deref())?;
    let mut writer = recorder(&arguments.path, world)?;
    let recorder = writer.as_mut().map(|writer| (writer, world.stamp()));
    let filed = target.attach_stamp(
        &arguments.tsa_name,
        &bytes,
        chain.as_deref(),
        &anchors,
        recorder,
    )?;
    let trust = match &filed.root {
        Ok(root) => format!("under {}", one_line(root)),
        Err(reason) => format!("whose root you did not name: {}", one_line(reason)),
    };
    let text = format!(
        "Filed the time-stamp of {} by {}, {trust}.\n",
        filed.record.time.to_rfc3339(),
        one_line(&filed.record.authority)
    );
    let value =
        json!({ "stamp": filed.record, "root": filed.root.as_ref().ok(), "event": filed.event });
    said(console, value, &text)
}

fn requested(query: &Path, console: &Console) -> Result<Outcome, CliError> {
    let shown = query.display();
    let text = format!(
        "Wrote {shown}. Send it, for example with\n  curl -H 'Content-Type: application/timestamp-query' --data-binary @{shown} URL-OF-THE-AUTHORITY > answer.tsr\nand file the answer with --attach answer.tsr\n"
    );
    said(console, json!({ "query": shown.to_string() }), &text)
}

/// Root certificates from a PEM file.
pub(crate) fn anchors(path: Option<&Path>) -> Result<Vec<Vec<u8>>, CliError> {
    let Some(path) = path else {
        return Ok(Vec::new());
    };
    let text = std::fs::read_to_string(path).map_err(io("read", path))?;
    affiant_attest::certificates_from_pem(&text)
        .map_err(|error| CliError::usage(format!("`{}`: {error}", path.display())))
}

/// Signed notes from files.
pub(crate) fn notes(paths: &[PathBuf]) -> Result<Vec<affiant_tlog::SignedNote>, CliError> {
    paths
        .iter()
        .map(|path| {
            let bytes = std::fs::read(path).map_err(io("read", path))?;
            affiant_tlog::SignedNote::parse(&bytes).map_err(|error| {
                CliError::usage(format!("`{}` is no signed note: {error}", path.display()))
            })
        })
        .collect()
}

/// The last checkpoint, or that of a size, with the key under it.
pub(crate) fn filed(
    folder: &CaseFolder,
    size: Option<u64>,
) -> Result<affiant_custody::Prover, CliError> {
    Ok(folder.prover(size)?)
}
