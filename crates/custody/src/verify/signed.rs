//! Keys and checkpoints.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use affiant_tlog::{Checkpoint, NoteError, SignedNote, VerifierKey};

use super::Verdict;
use super::folder::LEDGER;
use super::run::{Run, count};
use crate::checkpoint::{numbered, read_note};
use crate::keys::{KeyHistory, key_files};
use crate::ledger::Audit;
use crate::{Error, files};

/// A checkpoint that was read, with its file.
pub(super) struct Noted {
    pub(super) subject: String,
    pub(super) path: PathBuf,
    pub(super) checkpoint: Checkpoint,
}

impl Run<'_> {
    /// Everything that was signed over a whole ledger.
    pub(super) fn signed(&mut self, audit: &Audit) {
        let origin = audit.origin();
        let history = KeyHistory::of(&origin, &audit.events);
        for (seq, cause) in &history.faults {
            let subject = format!("{LEDGER} line {seq}");
            self.add(
                subject,
                Verdict::Invalid,
                format!("the change of keys: {cause}"),
            );
        }
        let keys_dir = self.folder.keys_dir();
        self.key_files(&history, &keys_dir, "custody/keys");
        let notes = self.checkpoints(audit, &origin, &history);
        self.coverage(audit, &notes);
        self.pinned(&history, !notes.is_empty());
        self.given(audit, &origin, &history);
        self.trees(audit, &origin, &history, &notes);
        self.filed(audit);
        let largest = notes.iter().map(|note| note.checkpoint.size).max();
        self.attested(&notes, largest, &|size| audit.latest.get(&size).copied());
        self.documents(&audit.events);
        self.recorded_stamps(&audit.events);
        self.receipts(&audit.events);
        self.times(audit);
    }

    /// The files of the keys, which stock tools read.
    pub(super) fn key_files(&mut self, history: &KeyHistory, folder: &Path, shown: &str) {
        // Who else signed something is nobody's business in a production.
        let mut known: Vec<String> = match shown {
            "custody/keys" => vec!["allowed_signers".to_owned()],
            _ => Vec::new(),
        };
        for key in history.all() {
            for (name, text) in key_files(&key) {
                let subject = format!("{shown}/{name}");
                match read_text(&folder.join(&name)) {
                    Ok(Some(found)) if found == text => {}
                    Ok(Some(_)) => {
                        self.add(subject, Verdict::Invalid, "not the key of the ledger");
                    }
                    Ok(None) => {
                        let message = "absent; the next command that records writes it anew";
                        self.add(subject, Verdict::Incomplete, message);
                    }
                    Err(error) => self.unreadable(subject, &error),
                }
                known.push(name);
            }
        }
        for name in self.list(folder, shown) {
            let path = folder.join(&name);
            let name = name.to_string_lossy().into_owned();
            if files::is_draft(&name) {
                self.draft(format!("{shown}/{name}"), &path);
            } else if !known.contains(&name) {
                let message = "no event of the ledger names this key";
                self.add(format!("{shown}/{name}"), Verdict::Invalid, message);
            }
        }
    }

    fn checkpoints(&mut self, audit: &Audit, origin: &str, history: &KeyHistory) -> Vec<Noted> {
        let folder = self.folder.checkpoints_dir();
        let mut notes = Vec::new();
        for path in self.notes_in(&folder, "custody/checkpoints") {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let subject = format!("custody/checkpoints/{name}");
            let Some((note, checkpoint)) = self.note(&subject, &path, origin) else {
                continue;
            };
            if name != format!("{}.note", numbered(checkpoint.size)) {
                let message = format!("it is a checkpoint of size {}", checkpoint.size);
                self.add(subject, Verdict::Invalid, message);
                continue;
            }
            let good = self.good_under(&subject, &note, &history.at(checkpoint.size));
            if good && self.state_of(audit, &subject, &checkpoint) {
                let events = count(checkpoint.size, "event");
                let message = format!("signed, and the ledger is a later state of it: {events}");
                self.add(subject.clone(), Verdict::Valid, message);
                notes.push(Noted {
                    subject,
                    path,
                    checkpoint,
                });
            }
        }
        notes
    }

    /// The notes of a folder. What else lies there is signatures and stamps.
    pub(super) fn notes_in(&mut self, folder: &Path, shown: &str) -> Vec<PathBuf> {
        let names = match files::names(folder) {
            Ok(names) => names,
            Err(error) => {
                self.unreadable(shown, &error);
                return Vec::new();
            }
        };
        let (notes, others): (Vec<_>, Vec<_>) = names
            .into_iter()
            .map(|name| folder.join(name))
            .partition(|path| path.extension().is_some_and(|e| e == "note"));
        for path in others {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if files::is_draft(&name) {
                self.draft(format!("{shown}/{name}"), &path);
            } else if super::attested::Filed::parse(&name).is_none() {
                let message = "no file of that name belongs here";
                self.add(format!("{shown}/{name}"), Verdict::Invalid, message);
            }
        }
        notes
    }

    /// Reads a checkpoint of that origin.
    pub(super) fn note(
        &mut self,
        subject: &str,
        path: &Path,
        origin: &str,
    ) -> Option<(SignedNote, Checkpoint)> {
        let read = read_note(path).and_then(|note| {
            let checkpoint = Checkpoint::parse(&note.text).map_err(|error| Error::Proof {
                subject: subject.to_owned(),
                cause: format!("it is no checkpoint: {error}"),
            })?;
            Ok((note, checkpoint))
        });
        match read {
            Err(error) => {
                self.unreadable(subject, &error);
                None
            }
            Ok((_, checkpoint)) if checkpoint.origin != origin => {
                let message = "a checkpoint of another case";
                self.differs(subject, message, origin, &checkpoint.origin);
                None
            }
            Ok(read) => Some(read),
        }
    }

    /// Whether one of the keys signed it.
    pub(super) fn good_under(
        &mut self,
        subject: &str,
        note: &SignedNote,
        keys: &[VerifierKey],
    ) -> bool {
        match note.verify(keys) {
            Ok(_) => true,
            Err(error) => {
                let message = format!(
                    "not signed by a key that held at the time ({}): {error}",
                    shown_keys(keys)
                );
                self.add(subject, Verdict::Invalid, message);
                false
            }
        }
    }

    /// Whether the ledger is a later state of the checkpoint.
    fn state_of(&mut self, audit: &Audit, subject: &str, checkpoint: &Checkpoint) -> bool {
        if checkpoint.size > audit.lines {
            let message = format!(
                "it is of {}, the ledger has {}: its end was cut off",
                count(checkpoint.size, "event"),
                audit.lines
            );
            self.add(subject, Verdict::Invalid, message);
            return false;
        }
        let root = match checkpoint.size {
            0 => affiant_tlog::empty_root(),
            size => audit
                .roots
                .get(&size)
                .copied()
                .unwrap_or(affiant_tlog::empty_root()),
        };
        if root != checkpoint.root {
            let message = format!(
                "the first {} of the ledger are not those that were signed: they were altered, or there are two histories",
                count(checkpoint.size, "event")
            );
            self.differs(subject, message, &checkpoint.root.to_hex(), &root.to_hex());
            return false;
        }
        true
    }

    fn coverage(&mut self, audit: &Audit, notes: &[Noted]) {
        let covered = notes.iter().map(|note| note.checkpoint.size).max();
        let message = match covered {
            Some(size) if size == audit.lines => return,
            Some(size) => format!(
                "the last {} under no checkpoint; `affiant checkpoint` signs them",
                match audit.lines - size {
                    1 => "event is".to_owned(),
                    more => format!("{more} events are"),
                }
            ),
            None => "there is no checkpoint: nothing is signed; `affiant key new`, then `affiant checkpoint` signs the ledger".to_owned(),
        };
        self.add("custody/checkpoints", Verdict::NotChecked, message);
    }

    /// The key that the caller named, or that nobody named.
    pub(super) fn pinned(&mut self, history: &KeyHistory, signed: bool) {
        let subject = "custody/keys";
        match (self.trust.key, history.terms.last()) {
            (None, Some(last)) if signed => {
                let message = format!(
                    "signed with a key that you did not name: compare {} with the notice, and give it with `--key`",
                    last.key.fingerprint()
                );
                self.add(subject, Verdict::UntrustedKey, message);
            }
            (Some(pinned), _) => {
                let linked = history.linked_to(&pinned);
                let strangers: Vec<_> = history
                    .terms
                    .iter()
                    .filter(|term| !linked.contains(&term.key))
                    .map(|term| term.key.clone())
                    .collect();
                if !strangers.is_empty() || linked.is_empty() {
                    let message = format!(
                        "the key that you named, {pinned}, does not vouch for {}",
                        shown_keys(&strangers)
                    );
                    self.add(subject, Verdict::UntrustedKey, message);
                } else {
                    let message = "the key that you named, or one that it vouches for";
                    self.add(subject, Verdict::Valid, message);
                }
            }
            _ => {}
        }
    }

    /// The checkpoints that the caller received by another way.
    fn given(&mut self, audit: &Audit, origin: &str, history: &KeyHistory) {
        let subject = "checkpoint received earlier";
        let mut good = 0;
        for note in &self.trust.checkpoints {
            let Some(checkpoint) = self.given_checkpoint(subject, note, origin) else {
                continue;
            };
            let state = self.state_of(audit, subject, &checkpoint);
            if self.given_signature(subject, note, &history.at(checkpoint.size)) && state {
                good += 1;
            }
        }
        if self.trust.checkpoints.is_empty() {
            let head = (audit.lines > 0).then_some(audit.tail.head);
            self.add(
                format!("{LEDGER} end"),
                Verdict::NotChecked,
                "nothing in the folder shows that the end of the ledger was not cut off, or the whole rewritten, by who holds the folder and the key: give a checkpoint that you received earlier with `--checkpoint`",
            )
            .found = head.map(|head| head.to_hex());
        } else if good == self.trust.checkpoints.len() {
            let message = "the ledger is a later state of every checkpoint that you gave";
            self.add(format!("{LEDGER} end"), Verdict::Valid, message);
        }
    }

    pub(super) fn given_checkpoint(
        &mut self,
        subject: &str,
        note: &SignedNote,
        origin: &str,
    ) -> Option<Checkpoint> {
        match Checkpoint::parse(&note.text) {
            Err(error) => {
                self.add(
                    subject,
                    Verdict::Invalid,
                    format!("it is no checkpoint: {error}"),
                );
                None
            }
            Ok(checkpoint) if checkpoint.size == 0 => {
                let message = "it is of no event: every ledger is a later state of it";
                self.add(subject, Verdict::Invalid, message);
                None
            }
            Ok(checkpoint) if checkpoint.origin != origin => {
                let message = "it is of another case, or the first event of this one was altered";
                self.differs(subject, message, &checkpoint.origin, origin);
                None
            }
            Ok(checkpoint) => Some(checkpoint),
        }
    }

    pub(super) fn given_signature(
        &mut self,
        subject: &str,
        note: &SignedNote,
        keys: &[VerifierKey],
    ) -> bool {
        if let Err(error) = note.verify(keys) {
            let message =
                format!("not signed by a key of this case that held at the time: {error}");
            let verdict = match error {
                NoteError::Unknown => Verdict::UntrustedKey,
                _ => Verdict::Invalid,
            };
            self.add(subject, verdict, message);
            return false;
        }
        true
    }

    /// What events filed in `custody/`; a file that two events name is as the
    /// later one has it.
    fn filed(&mut self, audit: &Audit) {
        let mut last = BTreeMap::new();
        for event in &audit.events {
            for object in event
                .objects
                .iter()
                .filter(|o| o.path.starts_with("custody/"))
            {
                last.insert(object.path.as_str(), (event, object));
            }
        }
        for (event, object) in last.values() {
            let what = format!("the file of event {} (`{}`)", event.seq, event.action);
            self.recorded_file(object, &what);
        }
    }
}

pub(super) fn shown_keys(keys: &[VerifierKey]) -> String {
    match keys {
        [] => "no key".to_owned(),
        keys => {
            let ids: Vec<_> = keys.iter().map(VerifierKey::key_id_hex).collect();
            format!("key {}", ids.join(", "))
        }
    }
}

fn read_text(path: &Path) -> Result<Option<String>, Error> {
    if files::ordinary_file(path)?.is_none() {
        return Ok(None);
    }
    let bytes = files::read_bounded(path, 1 << 16)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}
