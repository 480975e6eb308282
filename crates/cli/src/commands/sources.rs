//! The files that an intake was asked to take in.

use std::path::{Path, PathBuf};

use super::intake::PassedOver;
use crate::error::{CliError, io};

/// One thing to take in: where it is, and the name under which it is recorded.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) name: String,
}

/// A case is not evidence in itself.
pub(super) fn refuse_own(path: &Path, case: &Path) -> Result<(), CliError> {
    let case = case.canonicalize().map_err(io("find", case))?;
    match path.canonicalize() {
        Ok(path) if path.starts_with(&case) || case.starts_with(&path) => {
            Err(CliError::usage(format!(
                "`{}` lies in the case folder, or the case folder in it; name the captures themselves",
                path.display()
            )))
        }
        // What cannot be found is said when it is read.
        _ => Ok(()),
    }
}

/// The files of a folder in the order of their names, recorded by their path
/// from the folder named. What is no file or folder is not followed.
pub(super) fn list(
    path: &Path,
    sources: &mut Vec<Source>,
    passed_over: &mut Vec<PassedOver>,
) -> Result<(), CliError> {
    let name = |path: &Path| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    if path == Path::new("-") || !path.is_dir() {
        if path != Path::new("-") {
            let metadata = std::fs::metadata(path).map_err(io("read", path))?;
            if !metadata.is_file() {
                return Err(CliError::usage(format!(
                    "`{}` is neither a file nor a folder; name the files themselves",
                    path.display()
                )));
            }
        }
        sources.push(Source {
            path: path.to_path_buf(),
            name: name(path),
        });
        return Ok(());
    }
    let top = name(&std::path::absolute(path).map_err(io("find", path))?);
    let mut waiting = vec![(path.to_path_buf(), top)];
    while let Some((folder, shown)) = waiting.pop() {
        let mut names = std::fs::read_dir(&folder)
            .and_then(|entries| {
                entries
                    .map(|entry| Ok(entry?.file_name()))
                    .collect::<Result<Vec<_>, _>>()
            })
            .map_err(io("list", &folder))?;
        names.sort();
        let mut folders = Vec::new();
        for name in names {
            let path = folder.join(&name);
            let name = format!("{shown}/{}", name.to_string_lossy());
            let kind = std::fs::symlink_metadata(&path)
                .map_err(io("look at", &path))?
                .file_type();
            if kind.is_dir() {
                folders.push((path, name));
            } else if kind.is_file() {
                sources.push(Source { path, name });
            } else {
                let why = "no file but a link, device, pipe or socket: it is not followed";
                passed_over.push(PassedOver {
                    name,
                    why: why.to_owned(),
                });
            }
        }
        waiting.extend(folders.into_iter().rev());
    }
    Ok(())
}
