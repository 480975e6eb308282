//! Files and folders, with the care that evidence needs: nothing is followed
//! out of the case folder, and what is written is on the disk before it counts.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use affiant_model::{Digest, Span};

use crate::Error;
use crate::hash::Hasher;

/// What fits into the cache of a processor is hashed and written fastest.
pub(crate) const BUFFER: usize = 256 << 10;

/// What is at `path` if it is an ordinary file; `None` where nothing is there.
pub(crate) fn ordinary_file(path: &Path) -> Result<Option<Metadata>, Error> {
    ordinary(path, "file", |kind| kind.is_file())
}

/// What is at `path` if it is a folder and not a link to one; `None` where nothing is there.
pub(crate) fn ordinary_folder(path: &Path) -> Result<Option<Metadata>, Error> {
    ordinary(path, "folder", |kind| kind.is_dir())
}

fn ordinary(
    path: &Path,
    wanted: &'static str,
    is_wanted: fn(&fs::FileType) -> bool,
) -> Result<Option<Metadata>, Error> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if is_absence(&error) => return Ok(None),
        Err(error) => return Err(Error::io("look at", path)(error)),
    };
    let kind = metadata.file_type();
    if is_wanted(&kind) {
        return Ok(Some(metadata));
    }
    Err(Error::NotOrdinary {
        path: path.to_path_buf(),
        wanted,
        found: match () {
            () if kind.is_symlink() => "a symbolic link",
            () if kind.is_dir() => "a folder",
            () if kind.is_file() => "a file",
            () => "a device, pipe or socket",
        },
    })
}

fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// The path `relative` below `root`. It may have no parts that lead elsewhere,
/// and no folder on the way may be a link.
pub(crate) fn within(root: &Path, relative: &str) -> Result<PathBuf, Error> {
    let parts: Vec<&str> = relative.split('/').collect();
    let leads_elsewhere =
        |part: &&str| matches!(*part, "" | "." | "..") || part.contains(['\\', ':', '\0']);
    if parts.iter().any(leads_elsewhere) {
        return Err(Error::Outside {
            path: relative.to_owned(),
        });
    }
    let mut path = root.to_path_buf();
    for (index, part) in parts.iter().enumerate() {
        path.push(part);
        if index + 1 < parts.len() {
            ordinary_folder(&path)?;
        }
    }
    Ok(path)
}

/// Names in a folder, sorted; none where there is no folder.
pub(crate) fn names(folder: &Path) -> Result<Vec<std::ffi::OsString>, Error> {
    if ordinary_folder(folder)?.is_none() {
        return Ok(Vec::new());
    }
    let list = || -> io::Result<Vec<_>> {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.file_name()))
            .collect()
    };
    let mut names = list().map_err(Error::io("list", folder))?;
    names.sort();
    Ok(names)
}

/// Makes the folder where it is not there yet.
pub(crate) fn make_folder(path: &Path) -> Result<(), Error> {
    if ordinary_folder(path)?.is_none() {
        fs::create_dir(path).map_err(Error::io("make the folder", path))?;
        path.parent().map_or(Ok(()), sync_folder)?;
    }
    Ok(())
}

/// Makes the entries of a folder last through a loss of power. Elsewhere than
/// on Unix a folder cannot be opened for this, and the system sees to it.
pub(crate) fn sync_folder(path: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    {
        let path = match path.as_os_str().is_empty() {
            true => Path::new("."),
            false => path,
        };
        File::open(path)
            .and_then(|folder| folder.sync_all())
            .map_err(Error::io("save the folder", path))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Takes the right to write from everybody.
pub(crate) fn make_read_only(path: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o444);
    #[cfg(not(unix))]
    let permissions = {
        let found = fs::metadata(path).map_err(Error::io("look at", path))?;
        let mut permissions = found.permissions();
        permissions.set_readonly(true);
        permissions
    };
    fs::set_permissions(path, permissions).map_err(Error::io("write-protect", path))
}

/// The name under which [`replace`] writes before the file is whole.
pub(crate) fn draft_name(name: &str) -> String {
    format!(".{name}.new")
}

/// Whether [`draft_name`] gives such a name.
pub(crate) fn is_draft(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(".new")
}

/// Puts `bytes` in the place of the file `name` of `folder`. At every instant
/// either the old file or the new one is there, whole.
pub(crate) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    replace_with(folder, name, |file| file.write_all(bytes))
}

/// The same, with what `write` writes.
pub(crate) fn replace_with(
    folder: &Path,
    name: &str,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), Error> {
    let draft = folder.join(draft_name(name));
    remove(&draft)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&draft)
        .map_err(Error::io("make", &draft))?;
    let written = write(&mut file).and_then(|()| file.sync_all());
    written.map_err(|error| {
        // Should this fail too, the next writer finds it.
        let _ = fs::remove_file(&draft);
        Error::io("write", &draft)(error)
    })?;
    let path = folder.join(name);
    fs::rename(&draft, &path).map_err(Error::io("replace", &path))?;
    sync_folder(folder)
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if !is_absence(&error) => Err(Error::io("remove", path)(error)),
        _ => Ok(()),
    }
}

/// All of a file that has at most `limit` bytes.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
        .map_err(Error::io("read", path))?;
    if bytes.len() as u64 > limit {
        return Err(Error::TooLarge {
            path: path.to_path_buf(),
            limit,
        });
    }
    Ok(bytes)
}

/// Hashes an ordinary file; `progress` is told the bytes of each piece read.
pub(crate) fn hash_file(
    path: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<(Digest, u64), Error> {
    let absent = || Error::io("read", path)(io::ErrorKind::NotFound.into());
    ordinary_file(path)?.ok_or_else(absent)?;
    let mut file = File::open(path).map_err(Error::io("read", path))?;
    let mut buffer = vec![0; BUFFER];
    let mut hasher = Hasher::new(&[]);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => {
                hasher.update(&buffer[..read]);
                progress(read as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::io("read", path)(error)),
        }
    }
    let hashed = hasher.finish();
    Ok((hashed.sha256, hashed.bytes))
}

/// The bytes of a range of a file.
pub(crate) fn read_range(path: &Path, span: Span) -> Result<Vec<u8>, Error> {
    use std::io::{Seek as _, SeekFrom};
    let read = || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(span.offset))?;
        let mut bytes = Vec::new();
        file.take(span.length).read_to_end(&mut bytes)?;
        match bytes.len() as u64 == span.length {
            true => Ok(bytes),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    };
    read().map_err(Error::io("read", path))
}
