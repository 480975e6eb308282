use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use crate::Error;

/// A file that is being acquired. Its reading fails at the end if it was
/// changed on the way: what was copied may then never have existed.
#[derive(Debug)]
pub struct SteadyFile {
    file: File,
    before: State,
    read: u64,
}

#[derive(Debug, PartialEq, Eq)]
struct State {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl State {
    fn of(metadata: &Metadata) -> Self {
        Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

impl SteadyFile {
    /// Opens an ordinary file.
    ///
    /// # Errors
    ///
    /// [`Error::Source`] where it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let open = || {
            let file = File::open(path)?;
            let before = State::of(&file.metadata()?);
            Ok(Self {
                file,
                before,
                read: 0,
            })
        };
        open().map_err(|source| Error::Source {
            name: path.display().to_string(),
            source,
        })
    }

    /// Its size in bytes when it was opened.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.before.bytes
    }
}

impl Read for SteadyFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read += read as u64;
        if read == 0 && !buffer.is_empty() {
            let after = State::of(&self.file.metadata()?);
            if after != self.before || self.read != self.before.bytes {
                return Err(io::Error::other(format!(
                    "it changed while it was read ({} bytes when opened, {} read, {} now); stop what writes to it",
                    self.before.bytes, self.read, after.bytes
                )));
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_file_that_grows_or_shrinks_under_the_reader_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let mut buffer = [0; 4];
        for (change, refused) in [("grow", true), ("shrink", true), ("nothing", false)] {
            std::fs::write(&path, vec![b'x'; 8]).unwrap();
            let mut file = SteadyFile::open(&path).unwrap();
            file.read_exact(&mut buffer).unwrap();
            let mut other = std::fs::OpenOptions::new()
                .append(true)
                .open(&path)
                .unwrap();
            match change {
                "grow" => other.write_all(b"more").unwrap(),
                "shrink" => other.set_len(6).unwrap(),
                _ => {}
            }
            let rest = file.read_to_end(&mut Vec::new());
            assert_eq!(rest.is_err(), refused, "{change}");
        }
    }
}
