use std::io;
use std::path::{Path, PathBuf};

/// Why a bag could not be looked at, or not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was to be checked is not a folder.
    #[error("`{0}` is not a folder: name the folder that holds `bagit.txt`")]
    NotAFolder(PathBuf),
    /// The place for the new bag is taken.
    #[error("`{0}` is not empty: name a folder that does not exist yet")]
    NotEmpty(PathBuf),
    /// What was to be copied is a link, a folder or a device.
    #[error("`{0}` is not a regular file: only regular files can be put into a bag")]
    NotAFile(PathBuf),
    /// A name that a manifest cannot carry, or that would lead out of the bag.
    #[error("the name `{name}` cannot stand in a bag: {reason}; rename the file")]
    Name {
        /// The path that was to be written.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Two names that are one on some file systems.
    #[error("`{name}` and `{other}` are one name on some file systems: rename one of them")]
    Clash {
        /// The later path.
        name: String,
        /// The earlier path.
        other: String,
    },
    /// An entry that `bag-info.txt` cannot carry.
    #[error("the entry `{label}` cannot stand in `bag-info.txt`: {reason}")]
    Info {
        /// Label of the entry.
        label: String,
        /// What is wrong, with the remedy.
        reason: &'static str,
    },
    /// The file system refused.
    #[error("cannot {action} `{path}`")]
    Io {
        /// What was to be done.
        action: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn io<'a>(
        action: &'static str,
        path: &'a Path,
    ) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| Self::Io {
            action,
            path: path.to_path_buf(),
            source,
        }
    }
}
