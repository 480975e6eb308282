//! The case folder: ledger, evidence, and the list of digests.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{File, TryLockError};

use affiant_model::{Action, CustodyEvent, CustodyObject, Exhibit};

use super::run::{Run, count};
use crate::checkpoint::read_note;
use crate::folder::{CASE_FILE, FOLDERS, INCOMING};
use crate::holdings::Holdings;
use crate::ledger::{Audit, Fault, Keep};
use crate::writer::object_of;
use crate::{Verdict, files, sums};

pub(super) const LEDGER: &str = "custody/ledger.jsonl";
const SUMS: &str = "evidence/SHA256SUMS";

/// What may lie in `custody/`.
const CUSTODY: [&str; 8] = [
    "ledger.jsonl",
    "lock",
    "exchanges",
    "checkpoints",
    "keys",
    "receipts",
    "documents",
    "case.jsonld",
];

impl Run<'_> {
    /// Checks a case folder from its ledger up; gives the ledger.
    pub(super) fn case_folder(&mut self) -> Audit {
        self.lock();
        let audit = self.ledger();
        let holdings = &audit.holdings;
        for exhibit in &holdings.exhibits {
            match holdings.deleted.get(&exhibit.id) {
                Some(seq) => self.destroyed(exhibit, *seq),
                None => self.recorded_file(&object_of(exhibit), &format!("exhibit {}", exhibit.id)),
            }
        }
        for object in &holdings.working {
            self.recorded_file(object, "the working copy");
        }
        self.other_evidence(&holdings.exhibits);
        self.other_working(&holdings.working);
        self.other_custody();
        self.other_files();
        self.sums(holdings, &audit.events);
        self.case_file(&audit.events);
        self.derived(&audit);
        audit
    }

    fn lock(&mut self) {
        let path = self.folder.lock_path();
        // A folder copied without its lock, or on a system without locks, is
        // nobody's at the moment.
        let busy = files::ordinary_file(&path)
            .ok()
            .flatten()
            .and_then(|_| File::open(&path).ok())
            .is_some_and(|file| match file.try_lock_shared() {
                Err(TryLockError::WouldBlock) => true,
                Err(TryLockError::Error(_)) => false,
                Ok(()) => file.unlock().is_err(),
            });
        if busy {
            self.add("custody/lock", Verdict::NotChecked, "another affiant is recording: what it is about to record may show here as a difference; verify again when it has ended");
        }
    }

    fn ledger(&mut self) -> Audit {
        let path = self.folder.ledger_path();
        // The roots at the sizes that were signed, here or elsewhere.
        let mut sizes = self.given_sizes();
        let notes = files::names(&self.folder.checkpoints_dir()).unwrap_or_default();
        for name in notes {
            if let Ok(note) = read_note(&self.folder.checkpoints_dir().join(name))
                && let Ok(checkpoint) = affiant_tlog::Checkpoint::parse(&note.text)
            {
                sizes.insert(checkpoint.size);
            }
        }
        let read = files::ordinary_folder(&self.folder.custody_dir())
            .and_then(|_| files::ordinary_file(&path))
            .and_then(|found| match found {
                Some(_) => Audit::of_file(&path, Keep::Milestones, sizes).map(Some),
                None => Ok(None),
            });
        let audit = match read {
            Ok(Some(audit)) => audit,
            Ok(None) => {
                let message = "absent: nothing says what was acquired; look for a copy of the case folder that holds it";
                self.add(LEDGER, Verdict::Invalid, message);
                return Audit::nothing();
            }
            Err(error) => {
                self.unreadable(LEDGER, &error);
                return Audit::nothing();
            }
        };
        if audit.faults.is_empty() {
            let events = count(audit.sound_lines, "event");
            let message = format!("{events}, each in canonical form, numbered and chained");
            self.add(LEDGER, Verdict::Valid, message);
        }
        self.faults(&audit.faults, Verdict::Invalid);
        let more = audit.all_faults - audit.faults.len() as u64;
        if more > 0 {
            self.add(
                LEDGER,
                Verdict::Invalid,
                format!("{more} further lines are wrong"),
            );
        }
        self.faults(&audit.set_back, Verdict::Incomplete);
        if let Some(torn) = &audit.torn {
            let message = format!(
                "{}, not ended by a line feed: recording broke off before the event was acknowledged; the next command that records cuts it off and says so",
                count(torn.bytes as u64, "byte")
            );
            let subject = format!("{LEDGER} line {}", audit.lines + 1);
            self.add(subject, Verdict::Incomplete, message).found = Some(torn.sha256.to_hex());
        }
        audit
    }

    fn faults(&mut self, faults: &[Fault], verdict: Verdict) {
        for fault in faults {
            let subject = format!("{LEDGER} line {}", fault.line);
            let check = self.add(subject, verdict, fault.message.clone());
            check.expected.clone_from(&fault.expected);
            check.found.clone_from(&fault.found);
        }
    }

    /// A file that an event recorded: present, with its size and digests.
    pub(super) fn recorded_file(&mut self, object: &CustodyObject, what: &str) {
        let subject = object.path.clone();
        let path = match files::within(&self.folder.root(), &object.path) {
            Ok(path) => path,
            Err(error) => return self.unreadable(subject, &error),
        };
        match files::ordinary_file(&path) {
            Err(error) => return self.unreadable(subject, &error),
            Ok(None) => return self.absent(object, what),
            Ok(Some(_)) => {}
        }
        let (digest, bytes) = match self.digest_of(&object.path, &path) {
            Ok(found) => found,
            Err(error) => return self.unreadable(subject, &error),
        };
        let recorded = count(object.bytes, "byte");
        if (digest, bytes) == (object.sha256, object.bytes) {
            let message = format!("{recorded}, digest as recorded");
            self.add(subject, Verdict::Valid, message);
            return;
        }
        let message = if bytes == object.bytes {
            format!("{what} was altered: {recorded} as recorded, but another digest")
        } else {
            format!(
                "{what} was altered: {} instead of {recorded}",
                count(bytes, "byte"),
            )
        };
        self.differs(subject, message, &object.sha256.to_hex(), &digest.to_hex());
    }

    fn absent(&mut self, object: &CustodyObject, what: &str) {
        let subject = object.path.clone();
        let number = object
            .path
            .rsplit('/')
            .next()
            .and_then(|name| name.split('.').next())
            .unwrap_or_default();
        let incoming = self.folder.incoming_dir().join(number);
        let waiting = files::ordinary_folder(&self.folder.incoming_dir())
            .and_then(|_| files::hash_file(&incoming, &mut |_| {}));
        if waiting.ok() == Some((object.sha256, object.bytes)) {
            let message = format!(
                "acquisition broke off after its record: the file is whole in `evidence/{INCOMING}/{number}`; the next command that records puts it into place"
            );
            self.add(subject, Verdict::Incomplete, message);
            return;
        }
        let message = format!("{what} is absent");
        self.add(subject, Verdict::Invalid, message).expected = Some(object.sha256.to_hex());
    }

    fn destroyed(&mut self, exhibit: &Exhibit, seq: u64) {
        let subject = format!("evidence/{}", exhibit.file);
        match files::ordinary_file(&self.folder.exhibit_path(exhibit)) {
            Err(error) => self.unreadable(subject, &error),
            Ok(None) => {
                let message = format!(
                    "exhibit {} was destroyed, as event {seq} says; its digest was {}",
                    exhibit.id, exhibit.sha256
                );
                self.add(subject, Verdict::Valid, message);
            }
            Ok(Some(_)) => {
                let message = format!(
                    "event {seq} destroyed exhibit {}, but the file is there; the next command that records removes it",
                    exhibit.id
                );
                self.add(subject, Verdict::Incomplete, message);
            }
        }
    }

    fn other_working(&mut self, working: &[CustodyObject]) {
        let names = match files::names(&self.folder.working_dir()) {
            Ok(names) => names,
            Err(error) => return self.unreadable("working", &error),
        };
        for name in names {
            let path = format!("working/{}", name.to_string_lossy());
            if !working.iter().any(|object| object.path == path) {
                self.add(path, Verdict::Invalid, "the ledger does not know this file: move it out of the case folder, or record it with `affiant derive`");
            }
        }
    }

    /// What else lies in the case folder is no part of the case.
    fn other_files(&mut self) {
        let names = match files::names(&self.folder.root()) {
            Ok(names) => names,
            Err(error) => return self.unreadable(".", &error),
        };
        for name in names {
            let name = name.to_string_lossy();
            let known = FOLDERS.contains(&name.as_ref()) || name == CASE_FILE || name == "working";
            if files::is_draft(&name) {
                let on_disk = self.folder.root().join(name.as_ref());
                self.draft(name.into_owned(), &on_disk);
            } else if !known {
                let message = "not part of a case folder: the ledger says nothing of it";
                self.add(name.into_owned(), Verdict::NotChecked, message);
            }
        }
    }

    fn is_empty_file(&self, relative: &str) -> bool {
        files::ordinary_file(&self.folder.root().join(relative))
            .is_ok_and(|found| found.is_some_and(|found| found.len() == 0))
    }

    fn other_custody(&mut self) {
        let names = match files::names(&self.folder.custody_dir()) {
            Ok(names) => names,
            Err(error) => return self.unreadable("custody", &error),
        };
        for name in names {
            let name = name.to_string_lossy();
            let path = format!("custody/{name}");
            if files::is_draft(&name) {
                let on_disk = self.folder.root().join(&path);
                self.draft(path, &on_disk);
            } else if name == "lock" && (self.in_bag || !self.is_empty_file(&path)) {
                self.add(
                    path,
                    Verdict::Invalid,
                    "no file with content of that name belongs here",
                );
            } else if !CUSTODY.contains(&name.as_ref()) {
                self.add(
                    path,
                    Verdict::Invalid,
                    "no file of that name belongs here: move it out of the case folder",
                );
            }
        }
    }

    fn other_evidence(&mut self, exhibits: &[Exhibit]) {
        let names = match files::names(&self.folder.evidence_dir()) {
            Ok(names) => names,
            Err(error) => return self.unreadable("evidence", &error),
        };
        let known: BTreeSet<&OsStr> = exhibits.iter().map(|e| OsStr::new(&e.file)).collect();
        for name in names {
            if name == sums::NAME || known.contains(name.as_os_str()) {
                continue;
            }
            if name == INCOMING {
                self.incoming(exhibits);
            } else if name == *files::draft_name(sums::NAME) {
                let subject = format!("evidence/{}", name.to_string_lossy());
                self.add(
                    subject,
                    Verdict::Incomplete,
                    "writing broke off here; the next command that records removes it and says so",
                );
            } else {
                let subject = format!("evidence/{}", name.to_string_lossy());
                self.add(subject, Verdict::Invalid, "the ledger does not know this file: move it out of the case folder, or acquire it with `affiant intake`");
            }
        }
    }

    fn incoming(&mut self, exhibits: &[Exhibit]) {
        let names = match files::names(&self.folder.incoming_dir()) {
            Ok(names) => names,
            Err(error) => return self.unreadable(format!("evidence/{INCOMING}"), &error),
        };
        for name in names {
            let name = name.to_string_lossy();
            let recorded = |exhibit: &Exhibit| exhibit.id.to_string() == name;
            if !exhibits.iter().any(recorded) {
                let subject = format!("evidence/{INCOMING}/{name}");
                self.add(subject, Verdict::Incomplete, "acquisition broke off before its record: this is no exhibit; the next command that records removes it and says so");
            }
        }
    }

    fn sums(&mut self, holdings: &Holdings, events: &[CustodyEvent]) {
        let exhibits = &holdings.present();
        let path = self.folder.evidence_dir().join(sums::NAME);
        let found = match files::ordinary_folder(&self.folder.evidence_dir())
            .and_then(|_| files::ordinary_file(&path))
        {
            Ok(Some(_)) => files::read_bounded(&path, sums::LIMIT),
            Ok(None) if exhibits.is_empty() => Ok(Vec::new()),
            Ok(None) => {
                let message =
                    "absent; the next command that records writes it anew from the ledger";
                self.add(SUMS, Verdict::Incomplete, message);
                return;
            }
            Err(error) => Err(error),
        };
        let found = match found {
            Ok(found) => found,
            Err(error) => return self.unreadable(SUMS, &error),
        };
        // The list is written after the record, so that a crash between the two
        // leaves that of the state before.
        if before_last_change(holdings, events)
            .is_some_and(|before| before != *exhibits && sums::text(&before).as_bytes() == found)
        {
            let message = "one event behind: recording broke off before it was written; the next command that records writes it anew from the ledger";
            self.add(SUMS, Verdict::Incomplete, message);
            return;
        }
        let differences = sums::differences(exhibits, &found);
        if differences.is_empty() {
            let exhibits = count(exhibits.len() as u64, "exhibit");
            let message = format!("agrees with the ledger: {exhibits}");
            self.add(SUMS, Verdict::Valid, message);
        }
        for difference in differences {
            let destroyed = |exhibit: &&Exhibit| {
                exhibit.file == difference.name && holdings.deleted.contains_key(&exhibit.id)
            };
            if holdings.exhibits.iter().any(|exhibit| destroyed(&exhibit)) {
                let message = format!(
                    "`{}` is listed, but was destroyed; the next command that records writes the list anew",
                    difference.name
                );
                self.add(SUMS, Verdict::Incomplete, message);
                continue;
            }
            let message = match (&difference.expected, &difference.found) {
                (Some(_), None) => format!("`{}` is not listed", difference.name),
                (None, Some(_)) => format!(
                    "`{}` is listed, but the ledger does not know it",
                    difference.name
                ),
                (Some(_), Some(_)) => {
                    format!("`{}` is listed with another digest", difference.name)
                }
                (None, None) => format!("not as the ledger gives it: {}", difference.name),
            };
            let check = self.add(SUMS, Verdict::Invalid, message);
            check.expected = difference.expected;
            check.found = difference.found;
        }
    }
}

/// The exhibits that were there before the last event that took one in or
/// destroyed one; `None` where there were none.
fn before_last_change(holdings: &Holdings, events: &[CustodyEvent]) -> Option<Vec<Exhibit>> {
    let last = events
        .iter()
        .rev()
        .find(|event| matches!(event.action, Action::Acquire | Action::Delete))?;
    let named = |id| last.objects.iter().any(|object| object.exhibit == Some(id));
    let was_there = |exhibit: &&Exhibit| match holdings.deleted.get(&exhibit.id) {
        Some(seq) => *seq == last.seq,
        None => last.action == Action::Delete || !named(exhibit.id),
    };
    let before: Vec<_> = holdings
        .exhibits
        .iter()
        .filter(was_there)
        .cloned()
        .collect();
    (!before.is_empty()).then_some(before)
}
