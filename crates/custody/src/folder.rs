use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use affiant_model::{Action, CustodyEvent, CustodyObject, Digest, Exhibit};

use crate::ledger::{self, Audit, Keep, Tail};
use crate::{Error, Stamp, Writer, files, line, origin, recover};

/// Name of the case file.
pub(crate) const CASE_FILE: &str = "case.toml";

/// Where exhibits are written until they are recorded, in `evidence/`.
pub(crate) const INCOMING: &str = ".incoming";

/// Where what is made from the evidence goes.
pub(crate) const DERIVED: [&str; 2] = ["tables", "reports"];

/// The folders that every case folder has.
pub(crate) const FOLDERS: [&str; 4] = ["custody", "evidence", "tables", "reports"];

/// The right to write in a case.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Drop for Lock {
    /// Closing the file is not enough: a process that another thread is just
    /// starting holds it open too, for an instant.
    fn drop(&mut self) {
        // Where this fails, the end of the process gives the lock up.
        let _ = self.0.unlock();
    }
}

/// A case folder, to be read.
#[derive(Debug, Clone)]
pub struct CaseFolder {
    root: PathBuf,
}

impl CaseFolder {
    /// Makes a case folder with the given text as its case file, and records
    /// that the case was opened. What a call that broke off has left is taken
    /// over; nothing else is.
    ///
    /// # Errors
    ///
    /// [`Error::NotEmpty`] where anything is there already; [`Error::Busy`];
    /// [`Error::Io`].
    pub fn create(root: &Path, case_toml: &str, stamp: Stamp) -> Result<Self, Error> {
        let folder = Self::at(root);
        if !folder.is_vacant(case_toml)? {
            return Err(Error::NotEmpty { path: folder.root });
        }
        fs::create_dir_all(root).map_err(Error::io("make the folder", root))?;
        folder.make_folders()?;
        let _lock = folder.lock()?;
        // Another process may have come first.
        if files::ordinary_file(&folder.ledger_path())?.is_some() {
            return Err(Error::NotEmpty { path: folder.root });
        }
        files::replace(root, CASE_FILE, case_toml.as_bytes())?;
        let mut event = stamp.event(Action::Open);
        let digest = Digest::of(case_toml.as_bytes());
        event.objects = vec![CustodyObject::new(
            CASE_FILE,
            digest,
            case_toml.len() as u64,
        )];
        event.case = Some(origin::name_of(root));
        let event = Tail::START.chain(event);
        let mut line = line::write(&event)?;
        line.push(b'\n');
        files::replace(&folder.custody_dir(), ledger::NAME, &line)?;
        root.parent().map_or(Ok(()), files::sync_folder)?;
        Ok(folder)
    }

    /// The places of a case folder, whatever is there.
    pub(crate) fn at(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
        }
    }

    /// Opens a case folder to read it.
    ///
    /// # Errors
    ///
    /// [`Error::NotACase`] where there is no ledger; [`Error::NotOrdinary`]
    /// where the ledger is a link.
    pub fn open(root: &Path) -> Result<Self, Error> {
        let folder = Self::at(root);
        files::ordinary_folder(&folder.custody_dir())?;
        match files::ordinary_file(&folder.ledger_path())? {
            Some(_) => Ok(folder),
            None => Err(Error::NotACase { path: folder.root }),
        }
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.root.clone()
    }

    /// The originals.
    #[must_use]
    pub fn evidence_dir(&self) -> PathBuf {
        self.root.join("evidence")
    }

    /// The tables, which can be deleted and rebuilt.
    #[must_use]
    pub fn tables_dir(&self) -> PathBuf {
        self.root.join("tables")
    }

    /// The documents, which can be deleted and rebuilt.
    #[must_use]
    pub fn reports_dir(&self) -> PathBuf {
        self.root.join("reports")
    }

    /// The case file, `case.toml`.
    #[must_use]
    pub fn case_file(&self) -> PathBuf {
        self.root.join(CASE_FILE)
    }

    /// The ledger.
    #[must_use]
    pub fn ledger_path(&self) -> PathBuf {
        self.custody_dir().join(ledger::NAME)
    }

    pub(crate) fn custody_dir(&self) -> PathBuf {
        self.root.join("custody")
    }

    /// Working copies made from the exhibits.
    #[must_use]
    pub fn working_dir(&self) -> PathBuf {
        self.root.join("working")
    }

    pub(crate) fn exchanges_dir(&self) -> PathBuf {
        self.custody_dir().join("exchanges")
    }

    pub(crate) fn checkpoints_dir(&self) -> PathBuf {
        self.custody_dir().join("checkpoints")
    }

    pub(crate) fn keys_dir(&self) -> PathBuf {
        self.custody_dir().join("keys")
    }

    pub(crate) fn receipts_dir(&self) -> PathBuf {
        self.custody_dir().join("receipts")
    }

    pub(crate) fn documents_dir(&self) -> PathBuf {
        self.custody_dir().join("documents")
    }

    pub(crate) fn incoming_dir(&self) -> PathBuf {
        self.evidence_dir().join(INCOMING)
    }

    pub(crate) fn lock_path(&self) -> PathBuf {
        self.custody_dir().join("lock")
    }

    /// The events, in order.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`] with the first line that is wrong, and why;
    /// [`Error::Torn`] where the last line is not whole, which
    /// [`CaseFolder::writer`] puts right.
    pub fn ledger(&self) -> Result<Vec<CustodyEvent>, Error> {
        self.audit(Keep::All).map(|audit| audit.events)
    }

    /// The exhibits that are there, in the order of their acquisition: those
    /// that were destroyed are not among them.
    ///
    /// # Errors
    ///
    /// As for [`CaseFolder::ledger`].
    pub fn exhibits(&self) -> Result<Vec<Exhibit>, Error> {
        self.audit(Keep::Milestones)
            .map(|audit| audit.holdings.present())
    }

    /// Every exhibit that was ever acquired, those destroyed among them.
    ///
    /// # Errors
    ///
    /// As for [`CaseFolder::ledger`].
    pub fn all_exhibits(&self) -> Result<Vec<Exhibit>, Error> {
        self.audit(Keep::Milestones)
            .map(|audit| audit.holdings.exhibits)
    }

    /// The working copies, as the events name them.
    ///
    /// # Errors
    ///
    /// As for [`CaseFolder::ledger`].
    pub fn working_copies(&self) -> Result<Vec<CustodyObject>, Error> {
        self.audit(Keep::Milestones)
            .map(|audit| audit.holdings.working)
    }

    /// The ledger, if it is sound and whole.
    pub(crate) fn audit(&self, keep: Keep) -> Result<Audit, Error> {
        let path = self.ledger_path();
        let audit = Audit::of_file(&path, keep, BTreeSet::new())?;
        if audit.torn.is_some() && audit.faults.is_empty() {
            return Err(Error::Torn {
                path,
                line: audit.lines + 1,
            });
        }
        audit.sound(&path)
    }

    /// Writes a derived file, `relative` below `tables/` or `reports/`, whole
    /// or not at all, and gives it as an event names it. Folders on the way are
    /// made; no link is followed.
    ///
    /// # Errors
    ///
    /// [`Error::NotDerived`] for a path elsewhere, [`Error::Outside`] for one
    /// that leads out; [`Error::NotOrdinary`] where a link stands on the way or
    /// in the place of the file; [`Error::Io`].
    pub fn write_derived(&self, relative: &str, bytes: &[u8]) -> Result<CustodyObject, Error> {
        let (folder, name) = self.derived_place(relative)?;
        self.make_folders_to(relative)?;
        files::ordinary_file(&folder.join(&name))?;
        files::replace(&folder, &name, bytes)?;
        Ok(CustodyObject::new(
            relative,
            Digest::of(bytes),
            bytes.len() as u64,
        ))
    }

    /// Folder and name of a derived file, which is below `tables/` or `reports/`.
    pub(crate) fn derived_place(&self, relative: &str) -> Result<(PathBuf, String), Error> {
        let elsewhere = || Error::NotDerived {
            path: relative.to_owned(),
        };
        let (folders, name) = relative.rsplit_once('/').ok_or_else(elsewhere)?;
        let top = folders.split('/').next().unwrap_or_default();
        if !DERIVED.contains(&top) {
            return Err(elsewhere());
        }
        files::within(&self.root, relative)?;
        Ok((self.root.join(folders), name.to_owned()))
    }

    /// Makes the folders on the way to a derived file.
    pub(crate) fn make_folders_to(&self, relative: &str) -> Result<(), Error> {
        let mut folder = self.root.clone();
        let folders = relative.rsplit_once('/').map_or("", |(folders, _)| folders);
        for part in folders.split('/') {
            folder.push(part);
            files::make_folder(&folder)?;
        }
        Ok(())
    }

    /// Where the bytes of an exhibit are.
    #[must_use]
    pub fn exhibit_path(&self, exhibit: &Exhibit) -> PathBuf {
        self.evidence_dir().join(&exhibit.file)
    }

    /// Opens the case to write in it, alone. A recording that broke off is
    /// first put right, and what was found is recorded as one `recover` event,
    /// for which `stamp` is called. Read the exhibits after this, not before.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] where another process writes; [`Error::Ledger`] where the
    /// ledger is wrong, for nothing is added to a broken chain;
    /// [`Error::NotOrdinary`] where a file of the folder is a link;
    /// [`Error::Damaged`] and [`Error::Unrecorded`] for what cannot be put right.
    pub fn writer(&self, stamp: &mut dyn FnMut() -> Stamp) -> Result<Writer, Error> {
        files::ordinary_folder(&self.custody_dir())?;
        let lock = self.lock()?;
        self.make_folders()?;
        recover::refuse_links(self)?;
        let path = self.ledger_path();
        let audit = Audit::of_file(&path, Keep::Milestones, BTreeSet::new())?.sound(&path)?;
        let (tail, recovered) = recover::recover(self, &audit, stamp)?;
        Writer::new(self.clone(), lock, tail, audit.holdings, recovered)
    }

    fn make_folders(&self) -> Result<(), Error> {
        FOLDERS
            .iter()
            .try_for_each(|name| files::make_folder(&self.root.join(name)))
    }

    fn lock(&self) -> Result<Lock, Error> {
        let path = self.lock_path();
        files::ordinary_file(&path)?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(Error::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(Error::Busy {
                path: self.root.clone(),
            }),
            Err(TryLockError::Error(error)) => Err(Error::io("lock", &path)(error)),
        }
    }

    /// Whether nothing is there but what a `create` with the same case file
    /// leaves that broke off before its record.
    fn is_vacant(&self, case_toml: &str) -> Result<bool, Error> {
        match fs::metadata(&self.root) {
            Err(_) => return Ok(true),
            Ok(found) if !found.is_dir() => return Ok(false),
            Ok(_) => {}
        }
        let list = || -> std::io::Result<Vec<_>> {
            fs::read_dir(&self.root)?
                .map(|entry| Ok(entry?.file_name()))
                .collect()
        };
        for name in list().map_err(Error::io("list", &self.root))? {
            let path = self.root.join(&name);
            let leftover = match name.to_str() {
                Some(CASE_FILE) => {
                    files::ordinary_file(&path)?.map(|found| found.len())
                        == Some(case_toml.len() as u64)
                        && files::hash_file(&path, &mut |_| {})?.0
                            == Digest::of(case_toml.as_bytes())
                }
                Some("custody") => files::names(&path)?
                    .iter()
                    .all(|name| name == "lock" || *name == *files::draft_name(ledger::NAME)),
                Some("evidence" | "tables" | "reports") => files::names(&path)?.is_empty(),
                Some(name) => name == files::draft_name(CASE_FILE),
                None => false,
            };
            if !leftover {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Digest and size of a file of the case folder, as an event names it.
///
/// # Errors
///
/// [`Error::Outside`] where `relative` leads out of the case folder;
/// [`Error::NotOrdinary`] for a link; [`Error::Io`].
pub fn describe(root: &Path, relative: &str) -> Result<CustodyObject, Error> {
    let (sha256, bytes) = files::hash_file(&files::within(root, relative)?, &mut |_| {})?;
    Ok(CustodyObject::new(relative, sha256, bytes))
}
