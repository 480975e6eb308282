use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use affiant_model::{Action, Digest};
use affiant_tlog::Checkpoint;
use chrono::{DateTime, Utc};

use super::{Check, Kind, Trust, Verdict, Verification};
use crate::ledger::Audit;
use crate::{CaseFolder, Error, files};

/// A verification under way.
pub(super) struct Run<'a> {
    pub(super) folder: CaseFolder,
    pub(super) trust: &'a Trust,
    checks: Vec<Check>,
    limits: BTreeSet<String>,
    bytes: u64,
    /// Digests that were computed already, by path below the folder.
    pub(super) hashed: BTreeMap<String, (Digest, u64)>,
    /// Whether the folder is the payload of a bag.
    pub(super) in_bag: bool,
    /// Where signatures lie that came after a bag was made.
    pub(super) attestations: Option<PathBuf>,
    /// Size, time and serial number of each good time-stamp token.
    pub(super) tokens: BTreeSet<(u64, DateTime<Utc>, String)>,
    /// Document, time and serial number of each good token over a document.
    pub(super) document_tokens: BTreeSet<(Digest, DateTime<Utc>, String)>,
    progress: &'a mut dyn FnMut(u64),
}

impl<'a> Run<'a> {
    pub(super) fn new(
        folder: CaseFolder,
        trust: &'a Trust,
        progress: &'a mut dyn FnMut(u64),
    ) -> Self {
        Self {
            folder,
            trust,
            checks: Vec::new(),
            limits: BTreeSet::new(),
            bytes: 0,
            hashed: BTreeMap::new(),
            in_bag: false,
            attestations: None,
            tokens: BTreeSet::new(),
            document_tokens: BTreeSet::new(),
            progress,
        }
    }

    pub(super) fn add(
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

    /// Contradicts the record, which says `expected`.
    pub(super) fn differs(
        &mut self,
        subject: impl Into<String>,
        message: impl Into<String>,
        expected: &str,
        found: &str,
    ) {
        let check = self.add(subject, Verdict::Invalid, message);
        check.expected = Some(expected.to_owned());
        check.found = Some(found.to_owned());
    }

    /// Says what no check of these files can show.
    pub(super) fn limit(&mut self, limit: impl Into<String>) {
        self.limits.insert(limit.into());
    }

    /// A link or a folder in the place of a file contradicts the record; a
    /// file that the system does not let us read does not.
    pub(super) fn unreadable(&mut self, subject: impl Into<String>, error: &Error) {
        let verdict = match error {
            Error::Io { .. } => Verdict::Incomplete,
            _ => Verdict::Invalid,
        };
        self.add(subject, verdict, error.to_string());
    }

    /// The names in a folder, which is no link; none where there is no folder.
    pub(super) fn list(&mut self, folder: &Path, shown: &str) -> Vec<OsString> {
        files::names(folder).unwrap_or_else(|error| {
            self.unreadable(shown, &error);
            Vec::new()
        })
    }

    /// A file whose writing broke off. A bag was written whole.
    pub(super) fn draft(&mut self, subject: String, path: &Path) {
        let is_file = files::ordinary_file(path).is_ok_and(|found| found.is_some());
        if self.in_bag || !is_file {
            self.add(
                subject,
                Verdict::Invalid,
                "no file of that name belongs here",
            );
        } else {
            let message =
                "writing broke off here; the next command that records removes it and says so";
            self.add(subject, Verdict::Incomplete, message);
        }
    }

    /// Digest and size of a file, computed once.
    pub(super) fn digest_of(
        &mut self,
        relative: &str,
        path: &Path,
    ) -> Result<(Digest, u64), Error> {
        if let Some(known) = self.hashed.get(relative) {
            return Ok(*known);
        }
        let found = files::hash_file(path, self.progress)?;
        self.bytes += found.1;
        self.hashed.insert(relative.to_owned(), found);
        Ok(found)
    }

    /// The sizes of the checkpoints that the caller received by another way.
    pub(super) fn given_sizes(&self) -> BTreeSet<u64> {
        self.trust
            .checkpoints
            .iter()
            .filter_map(|note| Checkpoint::parse(&note.text).ok())
            .map(|checkpoint| checkpoint.size)
            .collect()
    }

    pub(super) fn verification(self, kind: Kind, audit: Option<&Audit>) -> Verification {
        let whole = audit.filter(|audit| audit.lines > 0);
        Verification {
            origin: whole.map(Audit::origin),
            head: whole.map(|audit| audit.tail.head),
            root: whole.map(|audit| audit.tree.root()),
            limits: self.limits.into_iter().collect(),
            events: audit.map_or(0, |audit| audit.sound_lines),
            exhibits: audit.map_or(0, |audit| audit.holdings.exhibits.len() as u64),
            analysed: audit.and_then(|audit| {
                let mut events = audit.events.iter().rev();
                let last = events.find(|event| event.action == Action::Analyse);
                last.map(|event| event.seq)
            }),
            bytes: self.bytes,
            ..Verification::of(kind, self.checks)
        }
    }
}

pub(super) fn count(number: u64, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    }
}
