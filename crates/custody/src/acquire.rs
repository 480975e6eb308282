use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use affiant_model::{
    Action, Circumstances, CustodyEvent, CustodyObject, Exhibit, ExhibitId, Origin,
};

use crate::exchanges::{self, FindRanges};
use crate::hash::{Algorithm, Hashed, Hasher};
use crate::holdings::Holdings;
use crate::writer::{Writer, refuse_occupied};
use crate::{CaseFolder, Error, Stamp, files, line, sums};

/// What is stated of an item of evidence that is taken in.
#[derive(Debug, Clone, Default)]
pub struct Acquisition {
    /// Name under which it is handed in: recorded as stated, never used as a path.
    pub original_name: String,
    /// Kept if it is 1 to 8 ASCII letters and digits; else it becomes `bin`.
    pub extension: String,
    /// Format recognised; empty where none was.
    pub format: String,
    /// How it came to be.
    pub circumstances: Circumstances,
    /// The archive that it is a member of.
    pub from: Option<Origin>,
    /// Digests to take beside SHA-256.
    pub digests: Vec<Algorithm>,
}

/// What a working copy is.
#[derive(Debug, Clone)]
pub struct Derivation {
    /// Name under which it is handed in.
    pub original_name: String,
    /// As of [`Acquisition::extension`].
    pub extension: String,
    /// What it was made from.
    pub from: Origin,
    /// Why.
    pub reason: Option<String>,
    /// How it was made, in words.
    pub note: Option<String>,
}

/// What taking in needs besides the source.
pub struct Means<'m> {
    /// Finds the exchanges of a file; see [`FindRanges`].
    pub find: &'m mut FindRanges<'m>,
    /// Random bits, used once, from which the salts of the exchanges come.
    pub secret: [u8; 32],
    /// Is told the bytes of each piece read, not their sum.
    pub progress: &'m mut dyn FnMut(u64),
}

impl Writer {
    /// Takes in one item of evidence: reads it once, to its end, writes it byte
    /// for byte, records it, and only then gives it its place in `evidence/`.
    /// A crash at any instant leaves either nothing, or the whole exhibit with
    /// its record, which the next [`CaseFolder::writer`] puts into place.
    ///
    /// `stamp` is made when the reading begins.
    ///
    /// # Errors
    ///
    /// [`Error::Source`] where the source cannot be read, [`Error::Unrecorded`]
    /// where a file stands in the way, and [`Error::Unwritable`] where the
    /// record would be too long: nothing is taken in. [`Error::Io`] and then
    /// [`Error::BrokenOff`]: open the case again.
    pub fn acquire(
        &mut self,
        source: &mut dyn Read,
        what: Acquisition,
        stamp: Stamp,
        means: &mut Means<'_>,
    ) -> Result<Exhibit, Error> {
        if self.broken_off {
            return Err(Error::BrokenOff);
        }
        let id = self.next_number()?;
        refuse_occupied(&self.folder.evidence_dir(), &id.to_string())?;
        refuse_occupied(&self.folder.exchanges_dir(), &id.to_string())?;
        let incoming = self.incoming(&id.to_string())?;
        let (event, line) = self
            .prepare(id, source, &incoming, what, stamp, means)
            .inspect_err(|_| {
                self.discard(&incoming);
                let _ = fs::remove_file(exchanges::list_path(&self.folder, id));
            })?;
        let exhibit = line::exhibit_of(&event).map_err(|cause| Error::Unwritable { cause })?;

        self.append_line(&event, line)?;
        self.broken_off = true;
        place(
            &self.folder,
            &id.to_string(),
            &format!("evidence/{}", exhibit.file),
        )?;
        write_sums(&self.folder, &self.holdings)?;
        self.finish_step();
        Ok(exhibit)
    }

    fn prepare(
        &self,
        id: ExhibitId,
        source: &mut dyn Read,
        incoming: &Path,
        what: Acquisition,
        stamp: Stamp,
        means: &mut Means<'_>,
    ) -> Result<(CustodyEvent, Vec<u8>), Error> {
        let mut tree = None;
        let folder = &self.folder;
        let Means {
            find,
            secret,
            progress,
        } = means;
        let mut look = |source: &mut dyn Read| {
            if !what.format.is_empty() {
                tree = exchanges::index(folder, id, source, incoming, secret, find)?;
            }
            Ok(())
        };
        let Hashed {
            sha256,
            bytes,
            digests,
        } = receive(
            source,
            &what.original_name,
            &what.digests,
            incoming,
            progress,
            &mut look,
        )?;
        let file = format!("evidence/{id}.{}", sanitised(&what.extension));
        let mut object = CustodyObject::new(file, sha256, bytes);
        object.exhibit = Some(id);
        object.original_name = Some(what.original_name);
        object.format = Some(what.format).filter(|format| !format.is_empty());
        object.digests = digests;
        object.from = what.from;
        object.exchanges = tree;
        let mut event = stamp.event(Action::Acquire);
        event.objects = vec![object];
        event.circumstances =
            Some(what.circumstances).filter(|stated| *stated != Circumstances::default());
        let event = self.tail.chain(event);
        let line = line::write(&event)?;
        Ok((event, line))
    }

    /// Takes in a working copy that was made from an exhibit: `working/W-0001`
    /// with its extension. The original stays what it is.
    ///
    /// # Errors
    ///
    /// As for [`Writer::acquire`].
    pub fn derive(
        &mut self,
        source: &mut dyn Read,
        what: Derivation,
        stamp: Stamp,
        progress: &mut dyn FnMut(u64),
    ) -> Result<CustodyObject, Error> {
        if self.broken_off {
            return Err(Error::BrokenOff);
        }
        let number = format!("W-{:04}", self.holdings.working.len() + 1);
        files::make_folder(&self.folder.working_dir())?;
        refuse_occupied(&self.folder.working_dir(), &number)?;
        let incoming = self.incoming(&number)?;
        let prepare = |writer: &Self| {
            let name = &what.original_name;
            let Hashed { sha256, bytes, .. } =
                receive(source, name, &[], &incoming, progress, &mut |_| Ok(()))?;
            let path = format!("working/{number}.{}", sanitised(&what.extension));
            let mut object = CustodyObject::new(path, sha256, bytes);
            object.original_name = Some(what.original_name.clone());
            object.from = Some(what.from.clone());
            let mut event = stamp.event(Action::Derive);
            event.objects = vec![object.clone()];
            event.reason.clone_from(&what.reason);
            event.note.clone_from(&what.note);
            let event = writer.tail.chain(event);
            let line = line::write(&event)?;
            Ok((event, line, object))
        };
        let prepared: Result<_, Error> = prepare(self);
        let (event, line, object) = prepared.inspect_err(|_| self.discard(&incoming))?;
        self.append_line(&event, line)?;
        self.broken_off = true;
        place(&self.folder, &number, &object.path)?;
        self.finish_step();
        Ok(object)
    }

    fn incoming(&self, name: &str) -> Result<std::path::PathBuf, Error> {
        files::make_folder(&self.folder.incoming_dir())?;
        Ok(self.folder.incoming_dir().join(name))
    }

    fn finish_step(&mut self) {
        // A folder that stays behind empty says nothing and harms nothing.
        let _ = fs::remove_dir(self.folder.incoming_dir());
        self.broken_off = false;
    }

    fn next_number(&self) -> Result<ExhibitId, Error> {
        let last = self.holdings.exhibits.iter().map(|exhibit| exhibit.id.0);
        last.max()
            .unwrap_or(0)
            .checked_add(1)
            .map(ExhibitId)
            .ok_or(Error::NumbersUsedUp)
    }
}

fn sanitised(extension: &str) -> &str {
    match line::is_extension(extension) {
        true => extension,
        false => "bin",
    }
}

/// Copies the source to `incoming`, hashing, and saves it. `look` may look at
/// the bytes as they pass; what it leaves is copied all the same.
fn receive(
    source: &mut dyn Read,
    original_name: &str,
    further: &[Algorithm],
    incoming: &Path,
    progress: &mut dyn FnMut(u64),
    look: &mut dyn FnMut(&mut dyn Read) -> Result<(), Error>,
) -> Result<Hashed, Error> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(incoming)
        .map_err(Error::io("make", incoming))?;
    let mut copy = Copy {
        source,
        original_name,
        hasher: Hasher::new(further),
        file,
        incoming,
        progress,
        failed: None,
    };
    let looked = look(&mut copy);
    let mut rest = vec![0; files::BUFFER];
    while copy.failed.is_none() && copy.read(&mut rest).is_ok_and(|read| read > 0) {}
    if let Some(error) = copy.failed {
        return Err(error);
    }
    looked?;
    copy.file.sync_all().map_err(Error::io("save", incoming))?;
    incoming.parent().map_or(Ok(()), files::sync_folder)?;
    Ok(copy.hasher.finish())
}

/// Reads a source once: whoever reads through it makes the copy.
struct Copy<'c> {
    source: &'c mut dyn Read,
    original_name: &'c str,
    hasher: Hasher,
    file: File,
    incoming: &'c Path,
    progress: &'c mut dyn FnMut(u64),
    /// The first failure, of the source or of the copy; nothing is read after it.
    failed: Option<Error>,
}

impl Copy<'_> {
    fn fail(&mut self, error: Error) -> io::Error {
        let shown = io::Error::other(error.to_string());
        self.failed.get_or_insert(error);
        shown
    }
}

impl Read for Copy<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = &self.failed {
            return Err(io::Error::other(error.to_string()));
        }
        let read = loop {
            match self.source.read(buffer) {
                Ok(read) => break read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    let name = self.original_name.to_owned();
                    return Err(self.fail(Error::Source { name, source }));
                }
            }
        };
        self.hasher.update(&buffer[..read]);
        if let Err(error) = self.file.write_all(&buffer[..read]) {
            let error = Error::io("write", self.incoming)(error);
            return Err(self.fail(error));
        }
        (self.progress)(read as u64);
        Ok(read)
    }
}

/// Gives a recorded file its place, read-only.
pub(crate) fn place(folder: &CaseFolder, number: &str, relative: &str) -> Result<(), Error> {
    let incoming = folder.incoming_dir().join(number);
    let path = files::within(&folder.root(), relative)?;
    files::make_read_only(&incoming)?;
    if files::ordinary_file(&path)?.is_some() {
        return Err(Error::Unrecorded { path });
    }
    fs::rename(&incoming, &path).map_err(Error::io("move into place", &path))?;
    path.parent().map_or(Ok(()), files::sync_folder)?;
    files::sync_folder(&folder.incoming_dir())
}

/// Writes `evidence/SHA256SUMS` from the ledger; where no exhibit is left,
/// there is none.
pub(crate) fn write_sums(folder: &CaseFolder, holdings: &Holdings) -> Result<(), Error> {
    let exhibits = holdings.present();
    if exhibits.is_empty() {
        return files::remove(&folder.evidence_dir().join(sums::NAME));
    }
    files::replace(
        &folder.evidence_dir(),
        sums::NAME,
        sums::text(&exhibits).as_bytes(),
    )
}
