use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use affiant_model::Digest;

use crate::algorithm::{Checksums, Hashers};
use crate::manifest::ManifestName;
use crate::names::Names;
use crate::path::{danger, fold};
use crate::{Algorithm, DATA, Error, MAX_LINE, declaration, fetch, info, read};

const DECLARATION: &[u8] = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// The algorithms of the manifests: of SHA-256 for the reader's stock tools,
/// and of SHA-512 as RFC 8493 section 2.4 recommends.
const WRITTEN: [Algorithm; 2] = [Algorithm::Sha256, Algorithm::Sha512];

/// Writes a bag of version 1.0 (RFC 8493), with manifests of SHA-256 and SHA-512
/// that `sha256sum -c --strict`, `sha512sum -c --strict` and `bagit.py
/// --validate` accept.
///
/// Files are copied, never moved. `bagit.txt` comes last and at once, so that a
/// bag whose writing broke off is no bag.
///
/// ```
/// # fn main() -> Result<(), affiant_bagit::Error> {
/// # let dir = tempfile::tempdir().expect("a temporary folder");
/// let root = dir.path().join("case");
/// let mut bag = affiant_bagit::BagWriter::create(&root)?;
/// bag.add_payload_bytes("notes/a.txt", b"seen")?;
/// bag.finish(&[("Source-Organization".to_owned(), "Examiner".to_owned())])?;
/// assert!(affiant_bagit::check(&root, &mut |_| ())?.is_valid());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct BagWriter {
    root: PathBuf,
    names: Names,
    /// All folders made, by path from the root.
    folders: BTreeSet<PathBuf>,
    payload: BTreeMap<String, Checksums>,
    payload_bytes: u64,
    tags: BTreeMap<String, Checksums>,
}

impl BagWriter {
    /// Begins a bag in a folder that does not exist, or is empty.
    ///
    /// # Errors
    ///
    /// [`Error::NotEmpty`] where the place is taken, and [`Error::Io`].
    pub fn create(root: &Path) -> Result<Self, Error> {
        match fs::create_dir(root) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let mut entries = fs::read_dir(root).map_err(Error::io("list", root))?;
                if entries.next().is_some() {
                    return Err(Error::NotEmpty(root.to_path_buf()));
                }
            }
            other => other.map_err(Error::io("make the folder", root))?,
        }
        let data = root.join("data");
        fs::create_dir(&data).map_err(Error::io("make the folder", &data))?;
        Ok(Self {
            root: root.to_path_buf(),
            names: Names::default(),
            folders: BTreeSet::from([PathBuf::from("data")]),
            payload: BTreeMap::new(),
            payload_bytes: 0,
            tags: BTreeMap::new(),
        })
    }

    /// Copies a file to a path under `data/`, in one reading. Returns the digest
    /// and the size in bytes of what was copied.
    ///
    /// # Errors
    ///
    /// [`Error::Name`] where a manifest cannot carry the path, [`Error::Clash`]
    /// where it is one with an earlier path, [`Error::NotAFile`] where the source
    /// is a link, a folder or a device, and [`Error::Io`]. No file is left
    /// behind then, but a path whose writing broke off stays taken.
    pub fn add_payload_file(
        &mut self,
        path_in_data: &str,
        source: &Path,
    ) -> Result<(Digest, u64), Error> {
        let mut input = read::open_regular(source).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput => Error::NotAFile(source.to_path_buf()),
            _ => Error::io("open", source)(error),
        })?;
        let path = format!("{DATA}{path_in_data}");
        let target = self.claim(&path)?;
        let (checksums, bytes) =
            copy(&mut input, source, &target).inspect_err(|_| discard(&target))?;
        let digest = checksums.sha256;
        self.payload.insert(path, checksums);
        self.payload_bytes += bytes;
        Ok((digest, bytes))
    }

    /// Writes bytes to a path under `data/`.
    ///
    /// # Errors
    ///
    /// As [`Self::add_payload_file`].
    pub fn add_payload_bytes(&mut self, path_in_data: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = format!("{DATA}{path_in_data}");
        let target = self.claim(&path)?;
        write_new(&target, bytes)?;
        self.payload.insert(path, checksums(bytes));
        self.payload_bytes += bytes.len() as u64;
        Ok(())
    }

    /// Writes a tag file, such as `VERIFY.md`, to a path from the bag's root.
    /// `executable` lets it be run, where the system has such a mark.
    ///
    /// # Errors
    ///
    /// As [`Self::add_payload_file`], and [`Error::Name`] where the path is in
    /// `data/` or is one that BagIt gives a meaning.
    pub fn add_tag_bytes(
        &mut self,
        path: &str,
        bytes: &[u8],
        executable: bool,
    ) -> Result<(), Error> {
        if let Some(reason) = reserved(path) {
            let name = path.to_owned();
            return Err(Error::Name { name, reason });
        }
        let target = self.claim(path)?;
        write_new(&target, bytes)?;
        if executable {
            make_executable(&target)?;
        }
        self.tags.insert(path.to_owned(), checksums(bytes));
        Ok(())
    }

    /// Writes the manifests, `bag-info.txt` with these entries and the
    /// `Payload-Oxum`, and at last `bagit.txt`. Everything is on disk when it
    /// returns.
    ///
    /// # Errors
    ///
    /// [`Error::Info`] where an entry cannot be written on one line, and
    /// [`Error::Io`]. The folder is no bag then, and may be deleted.
    pub fn finish(mut self, info: &[(String, String)]) -> Result<(), Error> {
        let files = self.payload.len() as u64;
        let text = info::write(info, self.payload_bytes, files)?;
        self.tag_file(info::FILE, text.as_bytes())?;
        for algorithm in WRITTEN {
            let text = listing(&self.payload, algorithm);
            self.tag_file(&format!("manifest-{algorithm}.txt"), text.as_bytes())?;
        }
        self.tags
            .insert(declaration::FILE.to_owned(), checksums(DECLARATION));
        for algorithm in WRITTEN {
            let target = self.root.join(format!("tagmanifest-{algorithm}.txt"));
            write_new(&target, listing(&self.tags, algorithm).as_bytes())?;
        }
        for folder in self.folders.iter().rev() {
            sync_folder(&self.root.join(folder))?;
        }
        self.declare()
    }

    /// Writes `bagit.txt` under another name and renames it, so that it is never
    /// there in part, after everything else is on disk.
    fn declare(&self) -> Result<(), Error> {
        sync_folder(&self.root)?;
        let part = self.root.join("bagit.txt.part");
        let last = self.root.join(declaration::FILE);
        write_new(&part, DECLARATION)?;
        fs::rename(&part, &last).map_err(Error::io("write", &last))?;
        sync_folder(&self.root)?;
        match self.root.parent() {
            Some(parent) if parent != Path::new("") => sync_folder(parent),
            _ => Ok(()),
        }
    }

    fn tag_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        write_new(&self.root.join(name), bytes)?;
        self.tags.insert(name.to_owned(), checksums(bytes));
        Ok(())
    }

    /// Takes a path for a file and makes the folders on the way to it.
    fn claim(&mut self, path: &str) -> Result<PathBuf, Error> {
        let name = path.to_owned();
        if let Some(reason) = danger(path).or_else(|| unlistable(path)) {
            return Err(Error::Name { name, reason });
        }
        let clash = |other| Error::Clash { name, other };
        self.names.add(path).map_err(clash)?;
        let target = self.root.join(path);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(Error::io("make the folder", folder))?;
        }
        let above = Path::new(path).ancestors().skip(1);
        let above = above.filter(|folder| !folder.as_os_str().is_empty());
        self.folders.extend(above.map(Path::to_path_buf));
        Ok(target)
    }
}

/// Why some reader of manifests would not read a path as it is, where that is so.
fn unlistable(path: &str) -> Option<&'static str> {
    if path.contains(info::breaks_lines) {
        Some("it holds a line end or a control character, which would break the manifest")
    } else if path.contains('%') {
        Some("it holds `%`, which RFC 8493 writes as `%25` and `sha256sum` does not read so")
    } else if path.ends_with(char::is_whitespace) {
        Some("it ends with a blank, which readers of manifests drop")
    } else if path.starts_with(['*', '#']) || path.starts_with(char::is_whitespace) {
        Some(
            "it begins with a blank, `*` or `#`, which readers of manifests do not take for a name",
        )
    } else if path.len() > MAX_LINE - 256 {
        Some("it is too long")
    } else {
        None
    }
}

/// Why a tag file may not have a path, where it may not.
fn reserved(path: &str) -> Option<&'static str> {
    let top = fold(path.split('/').next().unwrap_or(path));
    let named = [
        declaration::FILE,
        "bagit.txt.part",
        info::FILE,
        fetch::FILE,
        "package-info.txt",
    ];
    if top == "data" {
        Some("it is in the payload: add it as payload")
    } else if named.contains(&top.as_str()) || ManifestName::parse(&top).is_some() {
        Some("BagIt gives this name a meaning of its own")
    } else {
        None
    }
}

fn checksums(bytes: &[u8]) -> Checksums {
    Checksums::of(bytes, &BTreeSet::from(WRITTEN))
}

fn listing(files: &BTreeMap<String, Checksums>, algorithm: Algorithm) -> String {
    let lines = files.iter();
    lines
        .map(|(path, sums)| format!("{}  {path}\n", sums.hex[&algorithm]))
        .collect()
}

fn copy(input: &mut File, source: &Path, target: &Path) -> Result<(Checksums, u64), Error> {
    let mut output = create_new(target)?;
    let mut hashers = Hashers::new(&BTreeSet::from(WRITTEN));
    let mut buffer = vec![0; 1 << 17];
    let mut bytes = 0;
    loop {
        let count = match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::io("read", source)(error)),
        };
        hashers.update(&buffer[..count]);
        output
            .write_all(&buffer[..count])
            .map_err(Error::io("write", target))?;
        bytes += count as u64;
    }
    output.sync_all().map_err(Error::io("write", target))?;
    Ok((hashers.finish(), bytes))
}

fn write_new(target: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut output = create_new(target)?;
    output
        .write_all(bytes)
        .and_then(|()| output.sync_all())
        .map_err(Error::io("write", target))
        .inspect_err(|_| discard(target))
}

/// Takes away a file that is there in part. What broke it off gets reported;
/// that it could not be taken away either adds nothing.
fn discard(target: &Path) {
    let _ = fs::remove_file(target);
}

fn create_new(target: &Path) -> Result<File, Error> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(target)
        .map_err(Error::io("make the file", target))
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(path, mode).map_err(Error::io("make executable", path))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<(), Error> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<(), Error> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(Error::io("write to disk the folder", path))
}

/// Elsewhere a folder cannot be opened as a file, and the system sees to it.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> Result<(), Error> {
    Ok(())
}
