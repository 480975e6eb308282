use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use crate::algorithm::{Checksums, Hashers};
use crate::{Algorithm, MAX_TAG_FILE};

/// A file as it was read, once.
pub(crate) struct Contents {
    pub(crate) bytes: u64,
    pub(crate) checksums: Checksums,
    /// What it holds, where that was asked for and is not too much.
    pub(crate) kept: Option<Vec<u8>>,
}

/// Reads a regular file to its end. `progress` gets the bytes of each step.
pub(crate) fn read(
    path: &Path,
    wanted: &BTreeSet<Algorithm>,
    keep: bool,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Contents> {
    let mut file = open_regular(path)?;
    let mut hashers = Hashers::new(wanted);
    let mut kept = keep.then(Vec::new);
    let mut bytes = 0;
    let mut buffer = vec![0; 1 << 17];
    loop {
        let count = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        bytes += count as u64;
        hashers.update(&buffer[..count]);
        if bytes > MAX_TAG_FILE {
            kept = None;
        }
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(&buffer[..count]);
        }
        progress(count as u64);
    }
    Ok(Contents {
        bytes,
        checksums: hashers.finish(),
        kept,
    })
}

/// Opens a file that is neither a link nor a device, and makes sure that what
/// was opened is what was looked at.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    let before = fs::symlink_metadata(path)?;
    let refused = || io::Error::new(io::ErrorKind::InvalidInput, "not a regular file");
    if !before.is_file() {
        return Err(refused());
    }
    let file = File::open(path)?;
    let opened = file.metadata()?;
    if !opened.is_file() || !is_same(&before, &opened) {
        return Err(refused());
    }
    Ok(file)
}

#[cfg(unix)]
fn is_same(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_same(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}
