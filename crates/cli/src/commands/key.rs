use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use affiant_custody::{CaseFolder, KeyOrder};
use affiant_tlog::{SigningKey, VerifierKey};
use serde_json::json;

use super::events::{open, said};
use crate::args::{Key, KeyCommand};
use crate::console::Console;
use crate::error::{CliError, Outcome, io};
use crate::world::World;

pub(crate) fn run(arguments: &Key, world: &World, console: &Console) -> Result<Outcome, CliError> {
    match &arguments.command {
        KeyCommand::New { case, output } => {
            let mut writer = open(case, world)?;
            let origin = writer.folder().origin()?;
            let key = make(&origin, case, output, world)?;
            let change = writer.change_key(&KeyOrder::Add(&key), None, world.stamp());
            settle(change, &writer, &key, output)?;
            tell(console, &key.verifier_key(), Some(output))
        }
        KeyCommand::Replace {
            case,
            key,
            output,
            reason,
        } => {
            let mut writer = open(case, world)?;
            let origin = writer.folder().origin()?;
            let old = read(&origin, &key.log_key)?;
            let new = make(&origin, case, output, world)?;
            let order = KeyOrder::Replace(&old, &new);
            let change = writer.change_key(&order, reason.clone(), world.stamp());
            settle(change, &writer, &new, output)?;
            tell(console, &new.verifier_key(), Some(output))
        }
        KeyCommand::Revoke {
            case,
            key,
            id,
            reason,
        } => {
            let mut writer = open(case, world)?;
            let folder = writer.folder();
            let holder = read(&folder.origin()?, &key.log_key)?;
            let lost = id.as_deref().map(|id| find(&folder, id)).transpose()?;
            let order = match &lost {
                None => KeyOrder::Revoke(&holder),
                Some(lost) => KeyOrder::RevokeLost(lost, &holder),
            };
            let event = writer.change_key(&order, Some(reason.clone()), world.stamp())?;
            let text = format!("Recorded the revocation as event {}.\n", event.seq);
            said(console, json!({ "event": event.seq }), &text)
        }
        KeyCommand::List { case } => list(case, console),
    }
}

fn find(folder: &CaseFolder, id: &str) -> Result<VerifierKey, CliError> {
    let keys = folder.all_keys()?;
    keys.into_iter()
        .map(|term| term.key)
        .find(|key| key.key_id_hex() == id)
        .ok_or_else(|| {
            CliError::usage(format!(
                "the case has no key `{id}`; `affiant key list` shows its keys"
            ))
        })
}

fn list(case: &Path, console: &Console) -> Result<Outcome, CliError> {
    let keys = CaseFolder::open(case)?.all_keys()?;
    let values: Vec<_> = keys
        .iter()
        .map(|term| {
            json!({
                "id": term.key.key_id_hex(),
                "sha256": term.key.fingerprint(),
                "vkey": term.key.to_string(),
                "since_event": term.since,
                "until_event": term.until,
            })
        })
        .collect();
    let text: String = keys
        .iter()
        .map(|term| {
            let until = match term.until {
                Some(seq) => format!("until event {seq}"),
                None => "signs now".to_owned(),
            };
            format!(
                "{}  from event {}, {until}\n  SHA-256 {}\n  {}\n",
                term.key.key_id_hex(),
                term.since,
                term.key.fingerprint(),
                term.key
            )
        })
        .collect();
    let text = match keys.is_empty() {
        true => "The case has no key; `affiant key new` makes one.\n".to_owned(),
        false => text,
    };
    said(console, json!(values), &text)
}

/// Makes a key and writes it where only its owner can read it.
fn make(origin: &str, case: &Path, output: &Path, world: &World) -> Result<SigningKey, CliError> {
    let inside = || -> std::io::Result<bool> {
        let parent = std::path::absolute(output)?;
        let parent = parent.parent().unwrap_or(Path::new("/")).canonicalize()?;
        Ok(parent.starts_with(case.canonicalize()?))
    };
    if inside().map_err(io("find the folder of", output))? {
        return Err(CliError::usage(format!(
            "`{}` lies in the case folder, with which it would be handed over; name another place",
            output.display()
        )));
    }
    let key = SigningKey::from_seed(origin, world.secret()).map_err(CliError::internal)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(output)
        .and_then(|mut file| {
            file.write_all(key.to_pkcs8_pem().as_bytes())?;
            file.sync_all()?;
            // Its name is to last before the ledger names the key.
            #[cfg(unix)]
            std::fs::File::open(
                std::path::absolute(output)?
                    .parent()
                    .unwrap_or(Path::new("/")),
            )?
            .sync_all()?;
            Ok(())
        })
        .map_err(|error| {
            let remedy = match error.kind() {
                std::io::ErrorKind::AlreadyExists => "; name another file: no key is overwritten",
                _ => "",
            };
            CliError::usage(format!(
                "cannot write `{}`: {error}{remedy}",
                output.display()
            ))
        })?;
    Ok(key)
}

/// A key that the ledger did not take is of no use; one that it may have taken
/// is kept, for nothing else can sign in its place.
fn settle<T>(
    change: Result<T, affiant_custody::Error>,
    writer: &affiant_custody::Writer,
    key: &SigningKey,
    output: &Path,
) -> Result<T, CliError> {
    change.map_err(|error| {
        let keys = writer.folder().all_keys();
        let unknown = |keys: Vec<affiant_custody::Term>| {
            keys.iter().all(|term| term.key != key.verifier_key())
        };
        if keys.is_ok_and(unknown) {
            let _ = std::fs::remove_file(output);
        }
        error.into()
    })
}

/// Reads the key that signs in a case. It is not to lie in the case folder,
/// with which it would be handed over.
pub(crate) fn of(folder: &CaseFolder, path: &Path) -> Result<SigningKey, CliError> {
    let within = || -> std::io::Result<bool> {
        Ok(path
            .canonicalize()?
            .starts_with(folder.root().canonicalize()?))
    };
    if within().map_err(io("read", path))? {
        return Err(CliError::usage(format!(
            "`{}` lies in the case folder, with which it would be handed over; move it elsewhere",
            path.display()
        )));
    }
    let key = read(&folder.origin()?, path)?;
    folder.check_key(&key)?;
    Ok(key)
}

/// Reads the private key of a case.
fn read(origin: &str, path: &Path) -> Result<SigningKey, CliError> {
    let text = std::fs::read_to_string(path).map_err(io("read", path))?;
    SigningKey::from_pkcs8_pem(origin, &text).map_err(|error| {
        CliError::usage(format!(
            "`{}` is no private key of Ed25519 in PKCS#8: {error}",
            path.display()
        ))
    })
}

fn tell(console: &Console, key: &VerifierKey, output: Option<&Path>) -> Result<Outcome, CliError> {
    let kept = output
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    let text = format!(
        "Wrote the private key to {kept}; keep it there, and a copy where it is safe.\nThe other side names the public key by its SHA-256: {}\n",
        key.fingerprint()
    );
    let value = json!({ "id": key.key_id_hex(), "sha256": key.fingerprint(), "vkey": key.to_string(), "private_key": kept });
    said(console, value, &text)
}
