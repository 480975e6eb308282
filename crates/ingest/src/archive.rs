//! Zip archives (APPNOTE.TXT 6.3): their members, one after the other.
//!
//! A member's name is what the archive says, to be recorded and never to be used
//! as a path. A member is never read beyond what the archive declares of it, and
//! one that unpacks to very much more than it takes up is refused.

use std::io::{self, Read, Seek};

use affiant_model::Span;
use zip::{CompressionMethod, ZipArchive};

/// A member that unpacks to more bytes than this must not do so by more than
/// [`RATIO`].
const LARGE: u64 = 64 << 20;

/// DEFLATE reaches 1032 at most; real logs stay below this.
const RATIO: u64 = 200;

/// The most that `packed` bytes of a real log unpack to.
pub(crate) const fn most_unpacked(packed: u64) -> u64 {
    let most = packed.saturating_mul(RATIO);
    if most > LARGE { most } else { LARGE }
}

/// Why a member that is encrypted cannot be read.
pub(crate) const ENCRYPTED: &str = "it is encrypted";

/// An archive that is being read.
pub struct Archive<R> {
    inner: ZipArchive<R>,
    declared: u64,
}

/// What an archive says of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name, with what is no UTF-8 replaced.
    pub name: String,
    /// Bytes when unpacked, as declared.
    pub bytes: u64,
    /// Why it cannot be read, if it cannot.
    pub refused: Option<String>,
}

/// Where the bytes of a member stand in its archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) span: Span,
    /// Whether they stand there as they are, without compression.
    pub(crate) stored: bool,
}

/// The names of the members whose records lie in `head`, the beginning of an
/// archive (APPNOTE.TXT 4.3.7).
pub(crate) fn first_names(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    const FIXED: usize = 30;
    let number = |at: usize| {
        let bytes = head.get(at..at + 2)?;
        Some(usize::from(u16::from_le_bytes([bytes[0], bytes[1]])))
    };
    memchr::memmem::find_iter(head, b"PK\x03\x04").filter_map(move |at| {
        let length = number(at + 26)?;
        head.get(at + FIXED..at + FIXED + length)
    })
}

/// Whether a file that begins with `head` is a zip archive.
#[must_use]
pub fn is_archive(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the directory of an archive.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words.
    pub fn open(mut source: R) -> Result<Self, String> {
        let declared = declared(&mut source).map_err(|error| error.to_string())?;
        ZipArchive::new(source)
            .map(|inner| Self { inner, declared })
            .map_err(|error| format!("its directory cannot be read: {error}"))
    }

    /// How many members its end record declares that cannot be had by a name of
    /// their own, such as the first of two with the same name.
    #[must_use]
    pub fn hidden(&self) -> u64 {
        self.declared.saturating_sub(self.inner.len() as u64)
    }

    /// How many members it has, folders included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }

    /// What it says of the member at `index`; `None` for a folder.
    pub fn member(&mut self, index: usize) -> Option<Member> {
        let member = match self.inner.by_index_raw(index) {
            Ok(member) => member,
            Err(error) => {
                return Some(Member {
                    name: format!("member {}", index + 1),
                    bytes: 0,
                    refused: Some(error.to_string()),
                });
            }
        };
        if member.is_dir() {
            return None;
        }
        let swollen = member.size() > most_unpacked(member.compressed_size());
        let refused = match () {
            () if member.encrypted() => Some(ENCRYPTED.to_owned()),
            () if member.is_symlink() => Some("it is a link".to_owned()),
            () if swollen => Some(format!(
                "it unpacks from {} to {} bytes, which no log does",
                member.compressed_size(),
                member.size()
            )),
            () => None,
        };
        Some(Member {
            name: String::from_utf8_lossy(member.name_raw()).into_owned(),
            bytes: member.size(),
            refused,
        })
    }

    /// What the archive says of itself, with what is no UTF-8 replaced.
    pub(crate) fn comment(&self) -> String {
        String::from_utf8_lossy(self.inner.comment()).into_owned()
    }

    /// Where the member at `index` stands; `None` where its record cannot be read.
    pub(crate) fn place(&mut self, index: usize) -> Option<Place> {
        let member = self.inner.by_index_raw(index).ok()?;
        Some(Place {
            span: Span::new(member.data_start()?, member.compressed_size()),
            stored: member.compression() == CompressionMethod::Stored && !member.encrypted(),
        })
    }

    /// The content of the member at `index`. It ends in an error where it is
    /// not what the archive declares, in size or checksum.
    ///
    /// # Errors
    ///
    /// Where it cannot be unpacked at all.
    pub fn read(&mut self, index: usize) -> io::Result<impl Read + '_> {
        let member = self.inner.by_index(index).map_err(io::Error::other)?;
        Ok(Declared {
            left: member.size(),
            inner: member,
        })
    }
}

/// Members that the end of central directory record declares (APPNOTE.TXT
/// 4.3.16; 4.3.14 where that of ZIP64 counts). What has no record declares none.
fn declared<R: Read + Seek>(source: &mut R) -> io::Result<u64> {
    const RECORD: usize = 22;
    let end = source.seek(io::SeekFrom::End(0))?;
    // The record is followed by a comment of 65,535 bytes at most.
    let tail = end.min((RECORD + 0xffff + 56 + 20) as u64);
    source.seek(io::SeekFrom::Start(end - tail))?;
    let mut bytes = Vec::new();
    source.take(tail).read_to_end(&mut bytes)?;
    let find = |signature: &[u8; 4]| bytes.windows(4).rposition(|window| window == signature);
    let number = |at: usize, length: usize| {
        let mut wide = [0; 8];
        let found = bytes.get(at..at + length)?;
        wide[..length].copy_from_slice(found);
        Some(u64::from_le_bytes(wide))
    };
    let short = find(b"PK\x05\x06")
        .and_then(|at| number(at + 10, 2))
        .unwrap_or(0);
    if short < 0xffff {
        return Ok(short);
    }
    Ok(find(b"PK\x06\x06")
        .and_then(|at| number(at + 32, 8))
        .unwrap_or(short))
}

/// Gives exactly the bytes declared.
struct Declared<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Declared<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if read as u64 > self.left {
            return Err(io::Error::other(
                "it unpacks to more bytes than the archive declares",
            ));
        }
        self.left -= read as u64;
        if read == 0 && !buffer.is_empty() && self.left > 0 {
            return Err(io::Error::other(
                "it unpacks to fewer bytes than the archive declares",
            ));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive() -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let deflated =
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        writer.add_directory("logs", deflated).unwrap();
        writer.start_file("logs/a.har", deflated).unwrap();
        writer.write_all(&[b'a'; 5000]).unwrap();
        writer.start_file("../b.har", deflated).unwrap();
        writer.write_all(b"b").unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn members_come_in_order_with_their_names_as_written() {
        let bytes = archive();
        assert!(is_archive(&bytes));
        let mut archive = Archive::open(Cursor::new(bytes)).unwrap();
        assert_eq!(archive.member(0), None, "a folder");
        let members: Vec<_> = (1..archive.len())
            .filter_map(|n| archive.member(n))
            .collect();
        assert_eq!(members[0].name, "logs/a.har");
        assert_eq!(members[1].name, "../b.har");
        let mut content = Vec::new();
        archive.read(1).unwrap().read_to_end(&mut content).unwrap();
        assert_eq!(content, [b'a'; 5000]);
    }

    #[test]
    fn a_member_that_another_of_its_name_hides_is_counted() {
        assert_eq!(Archive::open(Cursor::new(archive())).unwrap().hidden(), 0);
        let twin = {
            let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
            let options = SimpleFileOptions::default();
            for name in ["same.har", "some.har"] {
                writer.start_file(name, options).unwrap();
                writer.write_all(b"1").unwrap();
            }
            let mut bytes = writer.finish().unwrap().into_inner();
            for at in 0..bytes.len() - 8 {
                if &bytes[at..at + 8] == b"some.har" {
                    bytes[at..at + 8].copy_from_slice(b"same.har");
                }
            }
            bytes
        };
        assert_eq!(Archive::open(Cursor::new(twin)).unwrap().hidden(), 1);
    }

    #[test]
    fn a_member_that_is_not_what_is_declared_ends_in_an_error() {
        let mut bytes = archive();
        // The last byte of the compressed `b` is within its checked content.
        let at = bytes.windows(8).position(|w| w == b"../b.har").unwrap() + 8;
        bytes[at] ^= 0x10;
        let mut archive = Archive::open(Cursor::new(bytes)).unwrap();
        let read = archive
            .read(2)
            .and_then(|mut r| r.read_to_end(&mut Vec::new()));
        assert!(read.is_err());
        assert!(Archive::open(Cursor::new(b"PK\x03\x04nothing".to_vec())).is_err());
    }
}
