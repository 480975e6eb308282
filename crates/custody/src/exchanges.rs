//! The tree over the exchanges of an exhibit: `custody/exchanges/E-0001.tsv`
//! (FORMAT.md), by which one request is proved while the rest stays sealed.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use affiant_model::{CustodyObject, Digest, ExchangeTree, Exhibit, ExhibitId, Span};
use affiant_tlog::TreeHasher;
use sha2::{Digest as _, Sha256};

use crate::checkpoint::numbered;
use crate::{CaseFolder, Error, files};

/// Salt of a leaf, in bytes.
pub(crate) const SALT: usize = 16;

/// No line of the list is longer: four numbers, a salt and a digest.
const LINE: u64 = 256;

/// Finds the byte ranges of the exchanges of what it reads: they are handed to
/// the function given, in order and each after its bytes were read, and the rule
/// that makes them is returned; `None` for what has none.
pub type FindRanges<'f> = dyn FnMut(&mut dyn Read, &mut dyn FnMut(Span)) -> Option<String> + 'f;

/// One line of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) span: Span,
    pub(crate) salt: [u8; SALT],
    pub(crate) hash: Digest,
}

impl Leaf {
    fn line(&self, number: u64) -> String {
        let Span { offset, length } = self.span;
        let salt = hex::encode(self.salt);
        format!("{number}\t{offset}\t{length}\t{salt}\t{}\n", self.hash)
    }

    fn parse(line: &str, number: u64) -> Option<Self> {
        let mut columns = line.strip_suffix('\n')?.split('\t');
        let mut next = || columns.next();
        let (count, offset, length) = (next()?, next()?, next()?);
        let mut salt = [0; SALT];
        hex::decode_to_slice(next()?, &mut salt).ok()?;
        let leaf = Self {
            span: Span::new(offset.parse().ok()?, length.parse().ok()?),
            salt,
            hash: next()?.parse().ok()?,
        };
        // Only what is written here is read: one list has one digest.
        let exact = count.parse() == Ok(number) && leaf.line(number) == line;
        (columns.next().is_none() && exact).then_some(leaf)
    }
}

/// The bytes of an exhibit, read range after range.
pub(crate) struct Ranges {
    file: BufReader<File>,
    /// Where the reading stands.
    at: u64,
}

impl Ranges {
    pub(crate) fn open(path: &Path) -> std::io::Result<Self> {
        Ok(Self {
            file: BufReader::with_capacity(files::BUFFER, File::open(path)?),
            at: 0,
        })
    }

    /// The leaf of a range: SHA-256(0x00 ‖ salt ‖ bytes).
    pub(crate) fn leaf(&mut self, span: Span, salt: &[u8; SALT]) -> std::io::Result<Digest> {
        let mut hasher = Sha256::new().chain_update([0]).chain_update(salt);
        self.go_to(span.offset)?;
        let mut left = span.length;
        while left > 0 {
            let bytes = self.file.fill_buf()?;
            if bytes.is_empty() {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let most = usize::try_from(left).unwrap_or(usize::MAX);
            let length = bytes.len().min(most);
            hasher.update(&bytes[..length]);
            self.file.consume(length);
            left -= length as u64;
        }
        self.at = span.end();
        Ok(Digest::from_bytes(hasher.finalize().into()))
    }

    /// Ranges mostly follow one another with a comma between them, so that what is read
    /// ahead is kept.
    fn go_to(&mut self, offset: u64) -> std::io::Result<()> {
        let ahead = offset.checked_sub(self.at).map(i64::try_from);
        match ahead {
            Some(Ok(ahead)) => self.file.seek_relative(ahead)?,
            _ => {
                self.file.seek(SeekFrom::Start(offset))?;
            }
        }
        self.at = offset;
        Ok(())
    }
}

/// Where the list of an exhibit is.
pub(crate) fn list_path(folder: &CaseFolder, id: ExhibitId) -> PathBuf {
    folder.exchanges_dir().join(format!("{id}.tsv"))
}

/// Writes the list of the exchanges of `source`, and gives its root. What is
/// read of the source is in the file `copy` at once. `secret` makes the salts
/// and is kept by nobody.
pub(crate) fn index(
    folder: &CaseFolder,
    id: ExhibitId,
    source: &mut dyn Read,
    copy: &Path,
    secret: &[u8; 32],
    find: &mut FindRanges<'_>,
) -> Result<Option<ExchangeTree>, Error> {
    let directory = folder.exchanges_dir();
    files::make_folder(&directory)?;
    let name = format!("{id}.tsv");
    let mut tree = TreeHasher::new();
    let mut rule = None;
    let write = |draft: &mut File| -> std::io::Result<()> {
        let mut out = BufWriter::new(draft);
        let mut bytes = Ranges::open(copy)?;
        let mut failed = Ok(());
        let mut take = |span: Span| {
            if failed.is_err() {
                return;
            }
            let number = tree.size() + 1;
            let salt = salt(secret, number);
            failed = bytes.leaf(span, &salt).and_then(|hash| {
                tree.push(hash);
                let leaf = Leaf { span, salt, hash };
                out.write_all(leaf.line(number).as_bytes())
            });
        };
        rule = find(source, &mut take);
        failed.and_then(|()| out.flush())
    };
    files::replace_with(&directory, &name, write)?;
    match rule {
        Some(rule) if tree.size() > 0 => Ok(Some(ExchangeTree {
            count: tree.size(),
            root: tree.root(),
            rule,
        })),
        _ => {
            files::remove(&directory.join(name))?;
            Ok(None)
        }
    }
}

fn salt(secret: &[u8; 32], number: u64) -> [u8; SALT] {
    let digest = Sha256::new()
        .chain_update(secret)
        .chain_update(number.to_be_bytes())
        .finalize();
    let mut salt = [0; SALT];
    salt.copy_from_slice(&digest[..SALT]);
    salt
}

/// Reads the list of an exhibit, which has `most` lines at most; each leaf goes to
/// `take` with its number. The ranges ascend and do not overlap.
pub(crate) fn read(
    path: &Path,
    most: u64,
    take: &mut dyn FnMut(u64, Leaf) -> Result<(), Error>,
) -> Result<(), Error> {
    files::ordinary_file(path)?;
    let file = File::open(path).map_err(Error::io("read", path))?;
    let mut reader = BufReader::new(file);
    let (mut number, mut end) = (0, 0);
    loop {
        let mut line = String::new();
        (&mut reader)
            .take(LINE)
            .read_line(&mut line)
            .map_err(Error::io("read", path))?;
        if line.is_empty() {
            return Ok(());
        }
        number += 1;
        if number > most {
            return Err(Error::List {
                path: path.to_path_buf(),
                line: number,
            });
        }
        let leaf = Leaf::parse(&line, number)
            .filter(|leaf| leaf.span.offset >= end)
            .and_then(|leaf| {
                end = leaf.span.offset.checked_add(leaf.span.length)?;
                Some(leaf)
            });
        let Some(leaf) = leaf else {
            return Err(Error::List {
                path: path.to_path_buf(),
                line: number,
            });
        };
        take(number, leaf)?;
    }
}

/// What a list comes to, held against the bytes of its exhibit.
pub(crate) struct Recomputed {
    pub(crate) count: u64,
    pub(crate) root: Digest,
    /// The first exchange whose bytes do not give the leaf of the list.
    pub(crate) first_wrong: Option<u64>,
}

/// Computes the tree of an exhibit again from its bytes.
pub(crate) fn recompute(list: &Path, exhibit: &Path, most: u64) -> Result<Recomputed, Error> {
    let mut bytes = Ranges::open(exhibit).map_err(Error::io("read", exhibit))?;
    let mut tree = TreeHasher::new();
    let mut first_wrong = None;
    read(list, most, &mut |number, leaf| {
        // Where the file is too short the leaf is wrong, and said to be.
        let hash = bytes.leaf(leaf.span, &leaf.salt).ok();
        if hash != Some(leaf.hash) {
            first_wrong.get_or_insert(number);
        }
        tree.push(leaf.hash);
        Ok(())
    })?;
    Ok(Recomputed {
        count: tree.size(),
        root: tree.root(),
        first_wrong,
    })
}

/// All leaves of a list.
pub(crate) fn leaves(path: &Path, most: u64) -> Result<Vec<Leaf>, Error> {
    let mut leaves = Vec::new();
    read(path, most, &mut |_, leaf| {
        leaves.push(leaf);
        Ok(())
    })?;
    Ok(leaves)
}

impl CaseFolder {
    /// Hands out the range of each exchange of an exhibit, as its list has them.
    ///
    /// # Errors
    ///
    /// [`Error::List`] and [`Error::Io`].
    pub fn for_each_range(
        &self,
        exhibit: &Exhibit,
        take: &mut dyn FnMut(u64, Span),
    ) -> Result<(), Error> {
        let most = exhibit.exchanges.as_ref().map_or(0, |tree| tree.count);
        read(&list_path(self, exhibit.id), most, &mut |number, leaf| {
            take(number, leaf.span);
            Ok(())
        })
    }

    /// One exchange of an exhibit as a production has it.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] where there is none; [`Error::List`] and [`Error::Io`].
    pub fn exchange_object(&self, exhibit: &Exhibit, number: u64) -> Result<CustodyObject, Error> {
        let mut found = None;
        self.for_each_range(exhibit, &mut |at, span| {
            if at == number {
                found = Some(span);
            }
        })?;
        let span = found.ok_or_else(|| Error::Proof {
            subject: format!("exhibit {}", exhibit.id),
            cause: format!("it has no exchange {number} that can be proved alone"),
        })?;
        let bytes = files::read_range(&self.exhibit_path(exhibit), span)?;
        let path = format!("exchanges/{}-{}.bin", exhibit.id, numbered(number));
        Ok(CustodyObject::new(
            path,
            Digest::of(&bytes),
            bytes.len() as u64,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_is_written_and_in_no_other_way() {
        let leaf = Leaf {
            span: Span::new(10, 20),
            salt: [7; SALT],
            hash: Digest::of(b"x"),
        };
        let line = leaf.line(3);
        assert_eq!(Leaf::parse(&line, 3), Some(leaf));
        for other in [
            line.replace("\t10", "\t010"),
            line.replace('\t', " "),
            line.replace('\n', "\r\n"),
            line.to_uppercase(),
            line.trim_end().to_owned(),
            line.replace('\n', "\tmore\n"),
        ] {
            assert_eq!(Leaf::parse(&other, 3), None, "{other:?}");
        }
        assert_eq!(Leaf::parse(&line, 4), None);
    }
}
