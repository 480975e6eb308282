//! The files of a list, one at a time and bounded.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use affiant_model::Digest;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A file larger than this is no list.
const MAX_FILE: u64 = 64 << 20;
/// Of a folder, all files together.
const MAX_ALL: u64 = 1 << 30;
const MAX_FILES: usize = 400_000;
const MAX_DEPTH: usize = 6;

/// A file that was read whole.
pub(super) struct File {
    /// Path below the folder, with `/`; the name of a single file.
    pub(super) name: String,
    bytes: Vec<u8>,
    json: Option<Value>,
}

impl File {
    /// The JSON of the file, if it is that.
    pub(super) const fn json(&self) -> Option<&Value> {
        self.json.as_ref()
    }

    /// The text of a file of Eno (<https://eno-lang.org>), by its ending.
    pub(super) fn eno(&self) -> Option<&str> {
        let eno = Path::new(&self.name)
            .extension()
            .is_some_and(|ending| ending == "eno");
        eno.then(|| std::str::from_utf8(&self.bytes).ok()).flatten()
    }

    /// The name of the file without its folders and ending.
    pub(super) fn stem(&self) -> &str {
        let name = self.name.rsplit('/').next().unwrap_or(&self.name);
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }

    /// The name of the folder that the file is in; empty for the topmost.
    pub(super) fn folder(&self) -> &str {
        self.name.rsplit('/').nth(1).unwrap_or_default()
    }
}

/// A file or a folder, to be read in order of name.
pub(super) struct Files {
    names: std::vec::IntoIter<(String, PathBuf)>,
    one: bool,
    /// How many bytes may still be read.
    left: u64,
    taken: Sha256,
}

/// A file, or its name and why it was not read.
pub(super) type Opened = Result<File, (String, String)>;

impl Files {
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let about = fs::metadata(path).map_err(|error| error.to_string())?;
        let mut names = Vec::new();
        if about.is_file() {
            let name = path.file_name().unwrap_or(path.as_os_str());
            names.push((name.to_string_lossy().into_owned(), path.to_owned()));
        } else if about.is_dir() {
            walk(path, "", 0, &mut names)?;
            names.sort();
        } else {
            return Err("it is neither a file nor a folder".to_owned());
        }
        Ok(Self {
            names: names.into_iter(),
            one: about.is_file(),
            left: MAX_ALL,
            taken: Sha256::new(),
        })
    }

    /// Whether a single file was named, not a folder.
    pub(super) const fn is_one(&self) -> bool {
        self.one
    }

    /// The next file. An error ends the reading: together they are too large.
    pub(super) fn next_file(&mut self) -> Result<Option<Opened>, String> {
        let Some((name, path)) = self.names.next() else {
            return Ok(None);
        };
        let bytes = match bytes(&path) {
            Ok(bytes) => bytes,
            Err(why) => return Ok(Some(Err((name, why)))),
        };
        self.left = self
            .left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| format!("its files hold more than {} MiB", MAX_ALL >> 20))?;
        let mut file = File {
            name,
            bytes,
            json: None,
        };
        if file.eno().is_none() {
            match serde_json::from_slice(&file.bytes) {
                Ok(json) => file.json = Some(json),
                Err(error) => return Ok(Some(Err((file.name, format!("no JSON: {error}"))))),
            }
        }
        Ok(Some(Ok(file)))
    }

    /// Adds a file to the digest.
    pub(super) fn hash(&mut self, file: &File) {
        if !self.one {
            self.taken.update(file.name.as_bytes());
            self.taken.update(b"\n");
        }
        self.taken.update(&file.bytes);
    }

    /// SHA-256 of what was hashed.
    pub(super) fn digest(self) -> Digest {
        Digest::from_bytes(self.taken.finalize().into())
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(format!("larger than {} MiB", MAX_FILE >> 20));
    }
    Ok(bytes)
}

/// The files that may be part of a list. Links are not followed, and what is
/// hidden (`.git`) is not entered.
fn walk(
    folder: &Path,
    below: &str,
    depth: usize,
    names: &mut Vec<(String, PathBuf)>,
) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("`{below}`: {error}"))?;
    for entry in entries {
        let entry = entry.map_err(|error| format!("`{below}`: {error}"))?;
        let kind = entry.file_type().map_err(|error| error.to_string())?;
        let Ok(own) = entry.file_name().into_string() else {
            continue;
        };
        if own.starts_with('.') {
            continue;
        }
        let name = if below.is_empty() {
            own
        } else {
            format!("{below}/{own}")
        };
        if kind.is_dir() && depth < MAX_DEPTH {
            walk(&entry.path(), &name, depth + 1, names)?;
        } else if kind.is_file() && (name.ends_with(".json") || name.ends_with(".eno")) {
            names.push((name, entry.path()));
        }
        if names.len() > MAX_FILES {
            return Err(format!("more than {MAX_FILES} files"));
        }
    }
    Ok(())
}
