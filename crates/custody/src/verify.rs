use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::path::Path;

use affiant_model::Exhibit;

use crate::folder::INCOMING;
use crate::ledger::{self, Audit, Fault};
use crate::{CaseFolder, Check, Error, Verdict, Verification, files, sums};

const LEDGER: &str = "custody/ledger.jsonl";
const SUMS: &str = "evidence/SHA256SUMS";

/// Checks a case folder from its ledger up. It goes to the end whatever it
/// meets: what cannot be read is a check that failed. Nothing is changed.
///
/// Checked are the form, numbers, chain and order in time of the ledger; that
/// each exhibit is present with the size and digest recorded; that `evidence/`
/// holds nothing else; `SHA256SUMS`; the case file against the last event that
/// names it; and the files that the last analysis and the last report named.
/// What else is in `tables/` and `reports/`, and what the last analysis or the
/// last report came too early for, is listed as not checked.
/// `progress` is told the bytes of each piece of an exhibit read.
///
/// # Errors
///
/// [`Error::NotACase`] where neither a ledger, nor evidence, nor a case file
/// is there.
pub fn verify(root: &Path, progress: &mut dyn FnMut(u64)) -> Result<Verification, Error> {
    let folder = CaseFolder::at(root);
    let parts = [
        folder.custody_dir(),
        folder.evidence_dir(),
        folder.case_file(),
    ];
    if parts.iter().all(|part| part.symlink_metadata().is_err()) {
        return Err(Error::NotACase {
            path: root.to_path_buf(),
        });
    }
    let mut run = Run {
        folder,
        checks: Vec::new(),
        bytes: 0,
        progress,
    };
    run.lock();
    let audit = run.ledger();
    for exhibit in &audit.exhibits {
        run.exhibit(exhibit);
    }
    run.other_evidence(&audit.exhibits);
    run.sums(&audit.exhibits);
    run.case_file(&audit.events);
    run.derived(&audit);
    let head = (audit.lines > 0).then_some(audit.tail.head);
    run.add(
        format!("{LEDGER} end"),
        Verdict::NotChecked,
        "a chain of digests alone does not show that the end of the ledger was not cut off, or the whole rewritten, by the holder of the folder: compare the digest of its last line with a copy lodged elsewhere",
    )
    .found = head.map(|head| head.to_hex());
    let worst = run.checks.iter().map(|check| check.verdict).max();
    Ok(Verification {
        verdict: worst.unwrap_or(Verdict::NotChecked),
        checks: run.checks,
        head,
        events: audit.events.len() as u64,
        exhibits: audit.exhibits.len() as u64,
        bytes: run.bytes,
    })
}

/// A verification under way.
pub(crate) struct Run<'a> {
    pub(crate) folder: CaseFolder,
    checks: Vec<Check>,
    bytes: u64,
    progress: &'a mut dyn FnMut(u64),
}

impl Run<'_> {
    pub(crate) fn add(
        &mut self,
        subject: impl Into<String>,
        verdict: Verdict,
        message: impl Into<String>,
    ) -> &mut Check {
        self.checks.push(Check {
            subject: subject.into(),
            verdict,
            message: message.into(),
            expected: None,
            found: None,
        });
        let last = self.checks.len() - 1;
        &mut self.checks[last]
    }

    /// A link or a folder in the place of a file contradicts the record; a
    /// file that the system does not let us read does not.
    pub(crate) fn unreadable(&mut self, subject: impl Into<String>, error: &Error) {
        let verdict = match error {
            Error::Io { .. } => Verdict::Incomplete,
            _ => Verdict::Invalid,
        };
        self.add(subject, verdict, error.to_string());
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
        let read = files::ordinary_folder(&self.folder.custody_dir())
            .and_then(|_| files::ordinary_file(&path))
            .and_then(|found| match found {
                Some(_) => ledger::read(&path).map(Some),
                None => Ok(None),
            });
        let bytes = match read {
            Ok(Some(bytes)) => bytes,
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
        let audit = Audit::of(&bytes);
        if audit.faults.is_empty() {
            let events = count(audit.events.len() as u64, "event");
            let message = format!("{events}, each in canonical form, numbered and chained");
            self.add(LEDGER, Verdict::Valid, message);
        }
        self.faults(&audit.faults, Verdict::Invalid);
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

    fn exhibit(&mut self, exhibit: &Exhibit) {
        let subject = format!("evidence/{}", exhibit.file);
        let path = self.folder.exhibit_path(exhibit);
        match files::ordinary_folder(&self.folder.evidence_dir())
            .and_then(|_| files::ordinary_file(&path))
        {
            Err(error) => return self.unreadable(subject, &error),
            Ok(None) => return self.absent_exhibit(subject, exhibit),
            Ok(Some(_)) => {}
        }
        let (digest, bytes) = match files::hash_file(&path, self.progress) {
            Ok(found) => found,
            Err(error) => return self.unreadable(subject, &error),
        };
        self.bytes += bytes;
        let recorded = count(exhibit.bytes, "byte");
        if (digest, bytes) == (exhibit.sha256, exhibit.bytes) {
            let message = format!("{recorded}, digest as recorded");
            self.add(subject, Verdict::Valid, message);
            return;
        }
        let message = if bytes == exhibit.bytes {
            format!(
                "exhibit {} was altered: {recorded} as recorded, but another digest",
                exhibit.id
            )
        } else {
            format!(
                "exhibit {} was altered: {} instead of {recorded}",
                exhibit.id,
                count(bytes, "byte"),
            )
        };
        let check = self.add(subject, Verdict::Invalid, message);
        check.expected = Some(exhibit.sha256.to_hex());
        check.found = Some(digest.to_hex());
    }

    fn absent_exhibit(&mut self, subject: String, exhibit: &Exhibit) {
        let incoming = self.folder.incoming_dir().join(exhibit.id.to_string());
        let waiting = files::ordinary_folder(&self.folder.incoming_dir())
            .and_then(|_| files::hash_file(&incoming, &mut |_| {}));
        if waiting.ok() == Some((exhibit.sha256, exhibit.bytes)) {
            let message = format!(
                "acquisition broke off after its record: the file is whole in `evidence/{INCOMING}/{}`; the next command that records puts it into place",
                exhibit.id
            );
            self.add(subject, Verdict::Incomplete, message);
            return;
        }
        let message = format!("exhibit {} is absent", exhibit.id);
        self.add(subject, Verdict::Invalid, message).expected = Some(exhibit.sha256.to_hex());
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

    fn sums(&mut self, exhibits: &[Exhibit]) {
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
        let differences = sums::differences(exhibits, &found);
        if differences.is_empty() {
            let exhibits = count(exhibits.len() as u64, "exhibit");
            let message = format!("agrees with the ledger: {exhibits}");
            self.add(SUMS, Verdict::Valid, message);
        }
        for difference in differences {
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

fn count(number: u64, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    }
}
