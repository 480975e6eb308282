use std::collections::BTreeSet;
use std::fs::{self, DirEntry};
use std::path::Path;

use crate::finding::{Findings, Severity};
use crate::{DATA, Error};

/// The regular files of a bag, by path from its root.
///
/// Links are never followed: a link, a device and a name that no manifest can
/// carry are each a finding. Only the root itself may be reached by a link, for
/// it is the caller who names it.
pub(crate) fn walk(root: &Path, findings: &mut Findings) -> Result<BTreeSet<String>, Error> {
    let is_folder = fs::metadata(root)
        .map_err(Error::io("look at", root))?
        .is_dir();
    if !is_folder {
        return Err(Error::NotAFolder(root.to_path_buf()));
    }
    fs::read_dir(root).map_err(Error::io("list", root))?;
    let mut walker = Walker {
        root,
        files: BTreeSet::new(),
        folders: vec![String::new()],
        findings,
    };
    // A list of folders instead of recursion: the depth is the bag's to choose.
    while let Some(folder) = walker.folders.pop() {
        walker.list(&folder);
    }
    if !fs::symlink_metadata(root.join("data")).is_ok_and(|m| m.is_dir()) {
        let message = "the payload folder is absent";
        walker.findings.add("data", Severity::Invalid, message);
    }
    Ok(walker.files)
}

struct Walker<'a> {
    root: &'a Path,
    files: BTreeSet<String>,
    /// Folders still to be listed: empty for the root, or with `/` at the end.
    folders: Vec<String>,
    findings: &'a mut Findings,
}

impl Walker<'_> {
    fn list(&mut self, folder: &str) {
        let listing = fs::read_dir(self.root.join(folder)).and_then(Iterator::collect);
        let mut entries: Vec<DirEntry> = match listing {
            Ok(entries) => entries,
            Err(error) => {
                let message = format!("the folder cannot be listed: {error}");
                self.findings.add(folder, Severity::Incomplete, message);
                return;
            }
        };
        if entries.is_empty() && folder.starts_with(DATA) && folder != DATA {
            let message = "the folder is empty, and no manifest can list it";
            self.findings.add(folder, Severity::Note, message);
        }
        entries.sort_by_key(DirEntry::file_name);
        for entry in entries {
            self.entry(folder, &entry);
        }
    }

    fn entry(&mut self, folder: &str, entry: &DirEntry) {
        let name = entry.file_name();
        let path = format!("{folder}{}", name.to_string_lossy());
        let mut refuse = |message: &str| self.findings.add(&path, Severity::Invalid, message);
        // This does not follow links.
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => {
                let message = format!("it cannot be looked at: {error}");
                self.findings.add(&path, Severity::Incomplete, message);
                return;
            }
        };
        if kind.is_symlink() {
            refuse("it is a symbolic link, and a bag must hold its files itself");
        } else if !kind.is_dir() && !kind.is_file() {
            refuse("it is neither a file nor a folder");
        } else if name.to_str().is_none() {
            refuse("its name is not Unicode, and no manifest can list it");
        } else if path.contains('\\') {
            refuse("its name holds a backslash, which parts folders on Windows");
        } else if kind.is_dir() {
            self.folders.push(path + "/");
        } else {
            self.files.insert(path);
        }
    }
}
