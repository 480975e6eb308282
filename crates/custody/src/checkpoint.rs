//! Checkpoints: size and root of the ledger, signed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use affiant_model::{Digest, Exhibit, ExhibitId};
use affiant_tlog::{Checkpoint, SignedNote, SigningKey};

use crate::keys::KeyHistory;
use crate::ledger::{Audit, Keep};
use crate::{CaseFolder, Error, files};

/// No checkpoint is larger.
const NOTE_LIMIT: u64 = 1 << 20;

/// A checkpoint that was signed and filed.
#[derive(Debug, Clone)]
pub struct Filed {
    /// The note, byte for byte as in the file.
    pub note: String,
    /// What it says.
    pub checkpoint: Checkpoint,
    /// Its path in the case folder.
    pub path: String,
    /// Exhibits whose tree of exchanges was signed with it.
    pub exhibits: Vec<ExhibitId>,
}

/// Number in the name of a file: six digits at least.
#[must_use]
pub fn numbered(number: u64) -> String {
    format!("{number:06}")
}

impl CaseFolder {
    /// Signs the ledger as it is, and the tree of each exhibit that has one
    /// and is not signed yet.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] where the key does not hold, or a checkpoint that was
    /// signed before contradicts the ledger: then nothing is signed.
    pub fn make_checkpoint(&self, key: &SigningKey) -> Result<Filed, Error> {
        files::make_folder(&self.checkpoints_dir())?;
        let earlier = self.checkpoints()?;
        let audit = self.audit_at(&earlier)?;
        let origin = audit.origin();
        let history = KeyHistory::of(&origin, &audit.events);
        must_sign(&history, key)?;
        for (path, note) in &earlier {
            consistent(&audit, path, note)?;
        }
        let checkpoint = Checkpoint {
            origin: origin.clone(),
            size: audit.lines,
            root: audit.tree.root(),
            extensions: Vec::new(),
        };
        let name = format!("{}.note", numbered(audit.lines));
        let note = checkpoint.sign(key).to_string();
        // A checkpoint that is there already may have been signed and stamped
        // by others, byte for byte as it is.
        let path = self.checkpoints_dir().join(&name);
        let note = match files::ordinary_file(&path)? {
            Some(_) => self.read_note(&path)?.to_string(),
            None => {
                files::replace(&self.checkpoints_dir(), &name, note.as_bytes())?;
                note
            }
        };
        let exhibits = self.sign_exhibits(&origin, &audit.holdings.present(), key)?;
        Ok(Filed {
            note,
            checkpoint,
            path: format!("custody/checkpoints/{name}"),
            exhibits,
        })
    }

    /// Refuses a key that does not sign in this case.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`]; as for [`CaseFolder::ledger`].
    pub fn check_key(&self, key: &SigningKey) -> Result<(), Error> {
        must_sign(&self.keys()?.1, key)
    }

    fn sign_exhibits(
        &self,
        origin: &str,
        exhibits: &[Exhibit],
        key: &SigningKey,
    ) -> Result<Vec<ExhibitId>, Error> {
        let mut signed = Vec::new();
        for exhibit in exhibits {
            let Some(tree) = &exhibit.exchanges else {
                continue;
            };
            let name = format!("{}.note", exhibit.id);
            if files::ordinary_file(&self.exchanges_dir().join(&name))?.is_some() {
                continue;
            }
            let checkpoint = Checkpoint {
                origin: format!("{origin}/{}", exhibit.id),
                size: tree.count,
                root: tree.root,
                extensions: Vec::new(),
            };
            let note = checkpoint.sign(key).to_string();
            files::replace(&self.exchanges_dir(), &name, note.as_bytes())?;
            signed.push(exhibit.id);
        }
        Ok(signed)
    }

    /// The checkpoints that are filed, by path, in order of their names.
    pub(crate) fn checkpoints(&self) -> Result<Vec<(PathBuf, SignedNote)>, Error> {
        let mut notes = Vec::new();
        for name in files::names(&self.checkpoints_dir())? {
            let path = self.checkpoints_dir().join(&name);
            if path
                .extension()
                .is_some_and(|extension| extension == "note")
            {
                let note = self.read_note(&path)?;
                notes.push((path, note));
            }
        }
        Ok(notes)
    }

    pub(crate) fn read_note(&self, path: &std::path::Path) -> Result<SignedNote, Error> {
        read_note(path)
    }

    /// The ledger, with its roots at the sizes of these checkpoints.
    pub(crate) fn audit_at(&self, notes: &[(PathBuf, SignedNote)]) -> Result<Audit, Error> {
        let sizes: BTreeSet<u64> = notes
            .iter()
            .filter_map(|(_, note)| Checkpoint::parse(&note.text).ok())
            .map(|checkpoint| checkpoint.size)
            .collect();
        let path = self.ledger_path();
        Audit::of_file(&path, Keep::Milestones, sizes)?.sound(&path)
    }
}

fn must_sign(history: &KeyHistory, key: &SigningKey) -> Result<(), Error> {
    if history.current() == Some(&key.verifier_key()) {
        return Ok(());
    }
    Err(Error::Proof {
        subject: format!("key {}", key.verifier_key().key_id_hex()),
        cause: "it is not the key that signs in this case; `affiant key list` shows the keys, `affiant key replace` changes them".to_owned(),
    })
}

/// Reads a signed note from a file.
pub(crate) fn read_note(path: &std::path::Path) -> Result<SignedNote, Error> {
    files::ordinary_file(path)?;
    let bytes = files::read_bounded(path, NOTE_LIMIT)?;
    SignedNote::parse(&bytes).map_err(|error| Error::Proof {
        subject: format!("`{}`", path.display()),
        cause: format!("it is not a signed note: {error}"),
    })
}

/// Whether the ledger grew from the state that was signed.
pub(crate) fn consistent(
    audit: &Audit,
    path: &std::path::Path,
    note: &SignedNote,
) -> Result<(), Error> {
    let refused = |cause: String| Error::Proof {
        subject: format!("`{}`", path.display()),
        cause: format!("{cause}; `affiant verify` shows everything that is wrong"),
    };
    let checkpoint = Checkpoint::parse(&note.text).map_err(|error| refused(error.to_string()))?;
    let root: Option<&Digest> = audit.roots.get(&checkpoint.size);
    match root {
        Some(root) if *root == checkpoint.root && checkpoint.origin == audit.origin() => Ok(()),
        _ => Err(refused(
            "the ledger is not a later state of it: it was altered, or two histories were signed"
                .to_owned(),
        )),
    }
}
