use std::fs::{File, OpenOptions};
use std::io::Write;

use affiant_model::{Action, CustodyEvent, CustodyObject, Digest, Exhibit, ExhibitId, Transfer};

use crate::folder::Lock;
use crate::holdings::Holdings;
use crate::ledger::{Tail, written};
use crate::{CaseFolder, Error, Stamp, files, line, recover};

/// The one writer of a case folder. The lock is given up when it is dropped.
#[derive(Debug)]
pub struct Writer {
    pub(crate) folder: CaseFolder,
    ledger: File,
    pub(crate) tail: Tail,
    pub(crate) holdings: Holdings,
    recovered: Option<CustodyEvent>,
    /// Whether a step failed between its record and its end.
    pub(crate) broken_off: bool,
    _lock: Lock,
}

/// What an event says beside who, when and with what.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// The files concerned, from [`crate::describe`] or [`Writer::object`].
    pub objects: Vec<CustodyObject>,
    /// From whom to whom.
    pub transfer: Option<Transfer>,
    /// Why.
    pub reason: Option<String>,
    /// Anything else.
    pub note: Option<String>,
}

impl Writer {
    pub(crate) fn new(
        folder: CaseFolder,
        lock: Lock,
        tail: Tail,
        holdings: Holdings,
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
            holdings,
            recovered,
            broken_off: false,
            _lock: lock,
        })
    }

    /// The case folder that it writes in.
    #[must_use]
    pub fn folder(&self) -> CaseFolder {
        self.folder.clone()
    }

    /// The exhibits that are there, in the order of their acquisition.
    #[must_use]
    pub fn exhibits(&self) -> Vec<Exhibit> {
        self.holdings.present()
    }

    /// Number of the last event.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.tail.seq
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
        self.holdings
            .exhibits
            .iter()
            .find(|exhibit| exhibit.sha256 == *sha256)
            .map(|exhibit| exhibit.id)
    }

    /// An exhibit as an event names it.
    ///
    /// # Errors
    ///
    /// [`Error::NoExhibit`] where there is none of that number.
    pub fn object(&self, id: ExhibitId) -> Result<CustodyObject, Error> {
        self.holdings
            .exhibits
            .iter()
            .find(|exhibit| exhibit.id == id && !self.holdings.deleted.contains_key(&id))
            .map(object_of)
            .ok_or(Error::NoExhibit { exhibit: id })
    }

    /// Records something that was done. When this returns the record is on the disk.
    ///
    /// # Errors
    ///
    /// [`Error::Unwritable`] for an action that has a call of its own, and
    /// where the record would be too long; [`Error::Io`] and then
    /// [`Error::BrokenOff`]: open the case again.
    pub fn record(
        &mut self,
        action: Action,
        details: Details,
        stamp: Stamp,
    ) -> Result<CustodyEvent, Error> {
        use Action::{
            Analyse, Disclose, Hold, Note, Release, Report, Seal, Sign, Supplement, Transfer,
        };
        if !matches!(
            action,
            Analyse
                | Report
                | Supplement
                | Note
                | Hold
                | Release
                | Transfer
                | Disclose
                | Sign
                | Seal
        ) {
            return Err(Error::Unwritable {
                cause: format!("`{action}` is recorded by the step that does it, and only there"),
            });
        }
        let mut event = stamp.event(action);
        event.objects = details.objects;
        event.transfer = details.transfer;
        event.reason = details.reason;
        event.note = details.note;
        self.append(event)
    }

    /// Destroys an exhibit: its bytes and the salts of its exchanges go, its
    /// record stays, and one event more says who destroyed it and why.
    ///
    /// # Errors
    ///
    /// [`Error::Held`] under a legal hold; [`Error::NoExhibit`]; as for [`Writer::record`].
    pub fn delete(
        &mut self,
        id: ExhibitId,
        reason: String,
        stamp: Stamp,
    ) -> Result<CustodyEvent, Error> {
        let object = self.object(id)?;
        if self.holdings.is_held(id) {
            return Err(Error::Held { exhibit: id });
        }
        let mut event = stamp.event(Action::Delete);
        event.objects = vec![object];
        event.reason = Some(reason);
        let event = self.append(event)?;
        self.broken_off = true;
        recover::destroy(&self.folder, &self.holdings, id)?;
        self.broken_off = false;
        Ok(event)
    }

    /// Chains the event, adds its line and waits until it is on the disk: the
    /// commit point.
    pub(crate) fn append(&mut self, event: CustodyEvent) -> Result<CustodyEvent, Error> {
        let event = self.tail.chain(event);
        let line = line::write(&event)?;
        self.append_line(&event, line)?;
        Ok(event)
    }

    pub(crate) fn append_line(
        &mut self,
        event: &CustodyEvent,
        mut line: Vec<u8>,
    ) -> Result<(), Error> {
        if self.broken_off {
            return Err(Error::BrokenOff);
        }
        self.holdings
            .check(event)
            .map_err(|cause| Error::Unwritable { cause })?;
        if let Some((fault, earliest)) = self.holdings.out_of_time(event).next() {
            return Err(Error::Unwritable {
                cause: format!(
                    "its time, {}, is before {}: {fault}; set the clock, or state a beacon that is public",
                    written(event.time),
                    written(earliest)
                ),
            });
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
        self.holdings.take(event);
        Ok(())
    }

    /// Where the files of a step that failed before its record are removed.
    pub(crate) fn discard(&self, incoming: &std::path::Path) {
        // Should this fail too, the next writer removes the file and says so.
        let _ = std::fs::remove_file(incoming);
        let _ = std::fs::remove_dir(self.folder.incoming_dir());
    }
}

pub(crate) fn object_of(exhibit: &Exhibit) -> CustodyObject {
    let path = format!("evidence/{}", exhibit.file);
    CustodyObject {
        exhibit: Some(exhibit.id),
        ..CustodyObject::new(path, exhibit.sha256, exhibit.bytes)
    }
}

/// A file that already bears the number would be overwritten, or be taken for
/// the new one.
pub(crate) fn refuse_occupied(folder: &std::path::Path, number: &str) -> Result<(), Error> {
    let bears_number = |name: &std::ffi::OsString| {
        let name = name.to_string_lossy();
        name == number || name.starts_with(&format!("{number}."))
    };
    match files::names(folder)?.into_iter().find(bears_number) {
        Some(name) => Err(Error::Unrecorded {
            path: folder.join(name),
        }),
        None => Ok(()),
    }
}
