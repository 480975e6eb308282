//! Derived files that belong together: written aside one by one, put in their places
//! once all of them are whole.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;

use affiant_model::{CustodyObject, Digest};

use crate::{CaseFolder, Error, files};

/// Where they are until then, beside the files that they replace.
const ASIDE: &str = ".report.new";

/// Files of `reports/` that are written and not yet in their places. Dropped before
/// [`Staging::settle`], it leaves everything as it was.
#[derive(Debug)]
pub struct Staging {
    folder: CaseFolder,
    aside: PathBuf,
    files: Vec<CustodyObject>,
}

/// What became of a derived file that was to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It was as recorded, and is gone.
    Removed,
    /// Nothing is there.
    Absent,
    /// Something else is there, and was left.
    Left,
}

impl CaseFolder {
    /// Begins to write documents aside. What an earlier start that broke off has left is
    /// removed.
    ///
    /// # Errors
    ///
    /// [`Error::NotOrdinary`] where `reports` is a link; [`Error::Io`].
    pub fn stage(&self) -> Result<Staging, Error> {
        let reports = self.root().join("reports");
        files::make_folder(&reports)?;
        let aside = reports.join(ASIDE);
        // Of a link the link itself is removed.
        match aside.symlink_metadata() {
            Ok(found) if found.is_dir() => fs::remove_dir_all(&aside),
            Ok(_) => fs::remove_file(&aside),
            Err(_) => Ok(()),
        }
        .map_err(Error::io("remove", &aside))?;
        fs::create_dir(&aside).map_err(Error::io("make the folder", &aside))?;
        Ok(Staging {
            folder: self.clone(),
            aside,
            files: Vec::new(),
        })
    }

    /// Removes a derived file that is as an event recorded it, byte for byte. Whatever
    /// else is in its place stays.
    ///
    /// # Errors
    ///
    /// As for [`CaseFolder::write_derived`].
    pub fn remove_derived(&self, recorded: &CustodyObject) -> Result<Removal, Error> {
        let (folder, name) = self.derived_place(&recorded.path)?;
        let path = folder.join(name);
        let Ok(found) = path.symlink_metadata() else {
            return Ok(Removal::Absent);
        };
        if !found.is_file() || found.len() != recorded.bytes {
            return Ok(Removal::Left);
        }
        if files::hash_file(&path, &mut |_| {})?.0 != recorded.sha256 {
            return Ok(Removal::Left);
        }
        files::remove(&path)?;
        files::sync_folder(&folder)?;
        Ok(Removal::Removed)
    }
}

impl Staging {
    /// Writes a file that is to be at `relative`, below `reports/`, and gives it as an
    /// event names it.
    ///
    /// # Errors
    ///
    /// As for [`CaseFolder::write_derived`].
    pub fn put(&mut self, relative: &str, bytes: &[u8]) -> Result<CustodyObject, Error> {
        self.folder.derived_place(relative)?;
        let path = self.draft(self.files.len());
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(Error::io("make", &path))?;
        file.write_all(bytes)
            .and_then(|()| file.sync_all())
            .map_err(Error::io("write", &path))?;
        let object = CustodyObject::new(relative, Digest::of(bytes), bytes.len() as u64);
        self.files.push(object.clone());
        Ok(object)
    }

    /// Puts every file in its place. At every instant each is there whole, the old one or
    /// the new one; nothing is moved where a place of one of them is not fit.
    ///
    /// # Errors
    ///
    /// As for [`CaseFolder::write_derived`].
    pub fn settle(self) -> Result<Vec<CustodyObject>, Error> {
        let mut places = Vec::new();
        for object in &self.files {
            let (folder, name) = self.folder.derived_place(&object.path)?;
            self.folder.make_folders_to(&object.path)?;
            files::ordinary_file(&folder.join(&name))?;
            places.push((folder, name));
        }
        for (n, (folder, name)) in places.iter().enumerate() {
            let path = folder.join(name);
            fs::rename(self.draft(n), &path).map_err(Error::io("replace", &path))?;
        }
        let folders: BTreeSet<_> = places.iter().map(|(folder, _)| folder).collect();
        for folder in folders {
            files::sync_folder(folder)?;
        }
        Ok(self.files.clone())
    }

    fn draft(&self, number: usize) -> PathBuf {
        self.aside.join(number.to_string())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Should this fail, the next start finds it.
        let _ = fs::remove_dir_all(&self.aside);
    }
}
