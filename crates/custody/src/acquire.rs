use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use affiant_model::{
    Action, Circumstances, CustodyEvent, CustodyObject, Digest, Exhibit, ExhibitId,
};

use crate::folder::Lock;
use crate::ledger::Tail;
use crate::{CaseFolder, Error, Stamp, files, line, sums};

/// The one writer of a case folder. The lock is given up when it is dropped.
#[derive(Debug)]
pub struct Writer {
    folder: CaseFolder,
    ledger: File,
    tail: Tail,
    exhibits: Vec<Exhibit>,
    recovered: Option<CustodyEvent>,
    /// Whether a step failed between its record and its end.
    broken_off: bool,
    _lock: Lock,
}

impl Writer {
    pub(crate) fn new(
        folder: CaseFolder,
        lock: Lock,
        tail: Tail,
        exhibits: Vec<Exhibit>,
        recovered: Option<CustodyEvent>,
    ) -> Result<Self, Error> {
        let path = folder.ledger_path();
        let ledger = OpenOptions::new()
            .append(true)
            .open(&path)
            .map_err(Error::io("open", &path))?;
        Ok(Self {
            folder,
            ledger,
            tail,
            exhibits,
            recovered,
            broken_off: false,
            _lock: lock,
        })
    }

    /// The exhibits, in the order of their acquisition.
    #[must_use]
    pub fn exhibits(&self) -> &[Exhibit] {
        &self.exhibits
    }

    /// What was put right when the case was opened to write in it, if anything was.
    #[must_use]
    pub const fn recovered(&self) -> Option<&CustodyEvent> {
        self.recovered.as_ref()
    }

    /// The first exhibit with this content. After an acquisition it is an
    /// earlier exhibit if, and only if, the same content was there already.
    #[must_use]
    pub fn same_content(&self, sha256: &Digest) -> Option<ExhibitId> {
        self.exhibits
            .iter()
            .find(|exhibit| exhibit.sha256 == *sha256)
            .map(|exhibit| exhibit.id)
    }

    /// Takes in one item of evidence: reads it once, to its end, writes it byte
    /// for byte, records it, and only then gives it its place in `evidence/`.
    /// A crash at any instant leaves either nothing, or the whole exhibit with
    /// its record, which the next [`CaseFolder::writer`] puts into place.
    ///
    /// `original_name` is recorded as stated and is never used as a path.
    /// `extension` is kept if it is 1 to 8 ASCII letters and digits, or else
    /// becomes `bin`. `stamp` is made when the reading begins. `progress` is
    /// told the bytes of each piece read, not their sum.
    ///
    /// # Errors
    ///
    /// [`Error::Source`] where the source cannot be read, [`Error::Unrecorded`]
    /// where a file stands in the way, and [`Error::Unwritable`] where the
    /// record would be too long: nothing is taken in. [`Error::Io`] and then
    /// [`Error::BrokenOff`]: open the case again.
    #[expect(
        clippy::too_many_arguments,
        reason = "the call that acquires states each fact of the record by itself"
    )]
    pub fn acquire(
        &mut self,
        source: &mut dyn Read,
        original_name: &str,
        extension: &str,
        format: &str,
        circumstances: Circumstances,
        stamp: Stamp,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Exhibit, Error> {
        if self.broken_off {
            return Err(Error::BrokenOff);
        }
        let id = self.next_number()?;
        let file = format!("{id}.{}", sanitised(extension));
        self.refuse_occupied(id)?;
        let incoming = self.folder.incoming_dir().join(id.to_string());
        files::make_folder(&self.folder.incoming_dir())?;
        let prepared =
            receive(source, original_name, &incoming, progress).and_then(|(sha256, bytes)| {
                let object = CustodyObject {
                    exhibit: Some(id),
                    path: format!("evidence/{file}"),
                    sha256,
                    bytes,
                    original_name: Some(original_name.to_owned()),
                    format: (!format.is_empty()).then(|| format.to_owned()),
                };
                let mut event = self.tail.next(stamp, Action::Acquire, vec![object], None);
                event.circumstances =
                    (circumstances != Circumstances::default()).then_some(circumstances);
                let line = line::write(&event)?;
                Ok((event, line))
            });
        let (event, line) = prepared.inspect_err(|_| {
            // Should this fail too, the next writer removes the file and says so.
            let _ = fs::remove_file(&incoming);
            let _ = fs::remove_dir(self.folder.incoming_dir());
        })?;
        let exhibit = line::exhibit_of(&event).map_err(|cause| Error::Unwritable { cause })?;

        self.append(&event, line)?;
        self.broken_off = true;
        place(&self.folder, &exhibit)?;
        self.exhibits.push(exhibit.clone());
        write_sums(&self.folder, &self.exhibits)?;
        // A folder that stays behind empty says nothing and harms nothing.
        let _ = fs::remove_dir(self.folder.incoming_dir());
        self.broken_off = false;
        Ok(exhibit)
    }

    /// Records something that was done. The files among `objects` come from
    /// [`crate::describe`]. When this returns the record is on the disk.
    ///
    /// # Errors
    ///
    /// [`Error::Unwritable`] for an action that has a call of its own, and
    /// where the record would be too long; [`Error::Io`] and then
    /// [`Error::BrokenOff`]: open the case again.
    pub fn record(
        &mut self,
        action: Action,
        objects: Vec<CustodyObject>,
        note: Option<String>,
        stamp: Stamp,
    ) -> Result<CustodyEvent, Error> {
        if !matches!(action, Action::Analyse | Action::Report) {
            return Err(Error::Unwritable {
                cause: format!("`{action}` is recorded by the step that does it, and only there"),
            });
        }
        let event = self.tail.next(stamp, action, objects, note);
        let line = line::write(&event)?;
        self.append(&event, line)?;
        Ok(event)
    }

    /// Adds one line and waits until it is on the disk: the commit point.
    fn append(&mut self, event: &CustodyEvent, mut line: Vec<u8>) -> Result<(), Error> {
        if self.broken_off {
            return Err(Error::BrokenOff);
        }
        let tail = Tail::after(event, &line);
        line.push(b'\n');
        // After a failure it is not known how much of the line is on the disk,
        // and nothing may be written behind it.
        self.broken_off = true;
        self.ledger
            .write_all(&line)
            .and_then(|()| self.ledger.sync_all())
            .map_err(Error::io("write", &self.folder.ledger_path()))?;
        self.broken_off = false;
        self.tail = tail;
        Ok(())
    }

    fn next_number(&self) -> Result<ExhibitId, Error> {
        let last = self.exhibits.iter().map(|exhibit| exhibit.id.0).max();
        last.unwrap_or(0)
            .checked_add(1)
            .map(ExhibitId)
            .ok_or(Error::NumbersUsedUp)
    }

    /// A file that already bears the number would be overwritten, or be taken
    /// for the exhibit.
    fn refuse_occupied(&self, id: ExhibitId) -> Result<(), Error> {
        let evidence = self.folder.evidence_dir();
        let bears_number = |name: &std::ffi::OsString| {
            let name = name.to_string_lossy();
            name == id.to_string() || name.starts_with(&format!("{id}."))
        };
        match files::names(&evidence)?.into_iter().find(bears_number) {
            Some(name) => Err(Error::Unrecorded {
                path: evidence.join(name),
            }),
            None => Ok(()),
        }
    }
}

fn sanitised(extension: &str) -> &str {
    match line::is_extension(extension) {
        true => extension,
        false => "bin",
    }
}

/// Copies the source to `incoming`, hashing, and saves it.
fn receive(
    source: &mut dyn Read,
    original_name: &str,
    incoming: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<(Digest, u64), Error> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(incoming)
        .map_err(Error::io("make", incoming))?;
    let unreadable = |source| Error::Source {
        name: original_name.to_owned(),
        source,
    };
    let mut write = |piece: &[u8]| file.write_all(piece).map_err(Error::io("write", incoming));
    let result = files::hash_through(source, unreadable, &mut write, progress)?;
    file.sync_all().map_err(Error::io("save", incoming))?;
    incoming.parent().map_or(Ok(()), files::sync_folder)?;
    Ok(result)
}

/// Gives a recorded exhibit its place in `evidence/`, read-only.
pub(crate) fn place(folder: &CaseFolder, exhibit: &Exhibit) -> Result<(), Error> {
    let incoming = folder.incoming_dir().join(exhibit.id.to_string());
    let path = folder.exhibit_path(exhibit);
    files::make_read_only(&incoming)?;
    if files::ordinary_file(&path)?.is_some() {
        return Err(Error::Unrecorded { path });
    }
    fs::rename(&incoming, &path).map_err(Error::io("move into place", &path))?;
    files::sync_folder(&folder.evidence_dir())?;
    files::sync_folder(&folder.incoming_dir())
}

/// Writes `evidence/SHA256SUMS` from the ledger.
pub(crate) fn write_sums(folder: &CaseFolder, exhibits: &[Exhibit]) -> Result<(), Error> {
    files::replace(
        &folder.evidence_dir(),
        sums::NAME,
        sums::text(exhibits).as_bytes(),
    )
}
