//! A production: a part of a case, and the proofs that it is one.

use std::collections::{BTreeMap, BTreeSet};

use affiant_bagit::BagCheck;
use affiant_model::{Action, CustodyEvent, Digest};
use affiant_tlog::{Checkpoint, SignedNote, TlogProof, leaf_hash};
use chrono::{DateTime, Utc};

use super::Verdict;
use super::run::{Run, count};
use super::signed::Noted;
use crate::checkpoint::{numbered, read_note};
use crate::holdings::Holdings;
use crate::keys::KeyHistory;
use crate::ledger::written;
use crate::{Error, files, line};

/// No proof is larger.
pub(super) const LIMIT: u64 = 1 << 20;

/// What may lie in `data/`.
const FOLDERS: [&str; 7] = [
    "checkpoints",
    "consistency",
    "events",
    "evidence",
    "exchanges",
    "keys",
    "working",
];

impl Run<'_> {
    /// Checks everything in `data/` of a production; gives the events that are proved.
    pub(super) fn production(&mut self, bag: &BagCheck) -> BTreeMap<u64, CustodyEvent> {
        for name in self.list(&self.folder.root(), "data") {
            let name = name.to_string_lossy();
            if !FOLDERS.contains(&name.as_ref()) {
                self.add(
                    format!("data/{name}"),
                    Verdict::Invalid,
                    "no file of that name belongs in a production",
                );
            }
        }
        let Some((noted, note)) = self.the_checkpoint() else {
            return BTreeMap::new();
        };
        let events = self.events(&note);
        let origin = noted.checkpoint.origin.clone();
        self.origin_of(&events, &noted);
        let history = KeyHistory::of(&origin, events.values());
        for (seq, cause) in &history.faults {
            let subject = format!("events/{}.json", numbered(*seq));
            self.add(
                subject,
                Verdict::Invalid,
                format!("the change of keys: {cause}"),
            );
        }
        let size = noted.checkpoint.size;
        if self.good_under(&noted.subject, &note, &history.at(size)) {
            let events = count(size, "event");
            self.add(
                noted.subject.clone(),
                Verdict::Valid,
                format!("signed, over {events}"),
            );
        }
        let keys = self.folder.root().join("keys");
        self.key_files(&history, &keys, "keys");
        self.pinned(&history, true);
        self.bag_info(bag, &origin, size, &noted.checkpoint.root.to_hex());
        self.produced_times(&events);
        self.produced_files(&events);
        self.produced_exchanges(&events, &history, &origin);
        self.disclosed(&events);
        self.produced_states(&noted.checkpoint, &note, &origin, &history);
        let latest: Option<DateTime<Utc>> = events.values().map(|event| event.time).max();
        self.attested(&[noted], Some(size), &|_| latest);
        self.limit("a production shows that what is in it belongs to the sealed case; it does not show what else is in the case, nor whether a key was revoked later");
        events
    }

    /// The one checkpoint that everything in the production leads to.
    fn the_checkpoint(&mut self) -> Option<(Noted, SignedNote)> {
        let folder = self.folder.root().join("checkpoints");
        let notes = self.notes_in(&folder, "checkpoints");
        let [path] = notes.as_slice() else {
            let message = format!("{} instead of one", count(notes.len() as u64, "checkpoint"));
            self.add("checkpoints", Verdict::Invalid, message);
            return None;
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let subject = format!("checkpoints/{name}");
        let read = read_note(path).and_then(|note| {
            let checkpoint =
                Checkpoint::parse(&note.text).map_err(|error| bad(error.to_string()))?;
            Ok((note, checkpoint))
        });
        let (note, checkpoint) = match read {
            Ok(read) => read,
            Err(error) => {
                self.unreadable(subject, &error);
                return None;
            }
        };
        if name != format!("{}.note", numbered(checkpoint.size)) {
            let message = format!("it is a checkpoint of size {}", checkpoint.size);
            self.add(subject.clone(), Verdict::Invalid, message);
        }
        let noted = Noted {
            subject,
            path: path.clone(),
            checkpoint,
        };
        Some((noted, note))
    }

    /// The events that were produced, each with its proof.
    fn events(&mut self, note: &SignedNote) -> BTreeMap<u64, CustodyEvent> {
        let folder = self.folder.root().join("events");
        let mut events = BTreeMap::new();
        let names = self.pairs(&folder, "events", "json");
        for stem in names {
            let subject = format!("events/{stem}.json");
            let read = || -> Result<CustodyEvent, Error> {
                let path = folder.join(format!("{stem}.json"));
                files::ordinary_file(&path)?;
                let bytes = files::read_bounded(&path, LIMIT)?;
                let event = line::parse(&bytes).map_err(bad)?;
                if numbered(event.seq) != stem {
                    return Err(bad(format!("it is event {}", event.seq)));
                }
                let proof = read_proof(&folder.join(format!("{stem}.tlog-proof")))?;
                if proof.index.checked_add(1) != Some(event.seq) {
                    return Err(bad(format!(
                        "its proof is that of event {}",
                        proof.index.saturating_add(1)
                    )));
                }
                if proof.note != *note || proof.extra.is_some() {
                    return Err(bad("its proof leads to another checkpoint".to_owned()));
                }
                under(&proof, &leaf_hash(&bytes))?;
                Ok(event)
            };
            match read() {
                Ok(event) => {
                    self.add(subject, Verdict::Valid, "under the checkpoint");
                    events.insert(event.seq, event);
                }
                Err(error) => self.unreadable(subject, &error),
            }
        }
        events
    }

    /// The first event gives the origin that the checkpoint bears.
    fn origin_of(&mut self, events: &BTreeMap<u64, CustodyEvent>, noted: &Noted) {
        let Some(first) = events.get(&1) else {
            let message = "the first event is not produced: that the checkpoint bears the name of this case is not shown";
            self.add("events", Verdict::Incomplete, message);
            return;
        };
        let path = self
            .folder
            .root()
            .join("events")
            .join(format!("{}.json", numbered(1)));
        let digest = files::hash_file(&path, &mut |_| {}).map(|(digest, _)| digest);
        let Ok(digest) = digest else { return };
        let origin = crate::origin::origin(&digest, first.case.as_deref());
        if origin != noted.checkpoint.origin {
            let message = "it does not bear the name that the first event gives the case";
            self.differs(
                noted.subject.clone(),
                message,
                &origin,
                &noted.checkpoint.origin,
            );
        }
    }

    /// What the events say about times.
    fn produced_times(&mut self, events: &BTreeMap<u64, CustodyEvent>) {
        let nothing = Holdings::default();
        for (seq, event) in events {
            for (fault, earliest) in nothing.out_of_time(event) {
                let subject = format!("events/{}.json", numbered(*seq));
                let expected = format!("not before {}", written(earliest));
                self.differs(subject, fault, &expected, &written(event.time));
            }
        }
        self.future(events.values().map(|event| event.time).max());
    }

    /// The event of the production names what is in it, and nothing else.
    fn disclosed(&mut self, events: &BTreeMap<u64, CustodyEvent>) {
        let disclosures: Vec<_> = events
            .values()
            .filter(|event| event.action == Action::Disclose)
            .collect();
        let [event] = disclosures.as_slice() else {
            let (verdict, message) = match disclosures.len() {
                0 => (Verdict::Incomplete, "no event says that this was produced"),
                _ => (
                    Verdict::Invalid,
                    "more than one event says that this was produced",
                ),
            };
            self.add("events", verdict, message);
            return;
        };
        let subject = format!("events/{}.json", numbered(event.seq));
        let mut named: BTreeMap<String, Digest> = event
            .objects
            .iter()
            .map(|object| (object.path.clone(), object.sha256))
            .collect();
        for top in ["evidence", "working", "exchanges"] {
            let folder = self.folder.root().join(top);
            for name in self.list(&folder, top) {
                let path = folder.join(&name);
                let relative = format!("{top}/{}", name.to_string_lossy());
                if top == "exchanges" && !relative.ends_with(".bin") {
                    continue;
                }
                let found = self.digest_of(&relative, &path).map(|(digest, _)| digest);
                if named.remove(&relative) != found.ok() {
                    let message =
                        format!("the event of the production does not name `{relative}` as it is");
                    self.add(subject.clone(), Verdict::Invalid, message);
                }
            }
        }
        for path in named.keys() {
            let message = format!("the event of the production names `{path}`, which is not in it");
            self.add(subject.clone(), Verdict::Invalid, message);
        }
    }

    /// The stems of the files of a folder that come with a proof each.
    pub(super) fn pairs(
        &mut self,
        folder: &std::path::Path,
        shown: &str,
        extension: &str,
    ) -> BTreeSet<String> {
        let mut stems = BTreeSet::new();
        let mut notes = BTreeSet::new();
        let names: BTreeSet<String> = self
            .list(folder, shown)
            .iter()
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        for name in &names {
            let stem = name
                .rsplit_once('.')
                .map(|(stem, end)| (stem.to_owned(), end));
            match stem {
                Some((stem, end)) if end == extension || end == "tlog-proof" => {
                    stems.insert(stem);
                }
                Some((stem, "note")) if shown == "exchanges" && !stem.contains(".") => {
                    notes.insert(stem);
                }
                _ => {
                    let message = "no file of that name belongs here";
                    self.add(format!("{shown}/{name}"), Verdict::Invalid, message);
                }
            }
        }
        for note in notes {
            let of_a_proof = |stem: &String| {
                stem.rsplit_once('-')
                    .is_some_and(|(exhibit, _)| exhibit == note)
                    && read_proof(&folder.join(format!("{stem}.tlog-proof"))).map_or(
                        // What cannot be read is said of the exchange.
                        true,
                        |proof| {
                            read_note(&folder.join(format!("{note}.note")))
                                .is_ok_and(|found| found == proof.note)
                        },
                    )
            };
            if !stems.iter().any(of_a_proof) {
                let message = "not the checkpoint that a proof beside it leads to";
                self.add(format!("{shown}/{note}.note"), Verdict::Invalid, message);
            }
        }
        stems
    }
}

pub(super) fn bad(cause: String) -> Error {
    Error::Proof {
        subject: "not proved".to_owned(),
        cause,
    }
}

pub(super) fn parse(note: &SignedNote) -> Result<Checkpoint, Error> {
    Checkpoint::parse(&note.text).map_err(|error| bad(error.to_string()))
}

pub(super) fn read_proof(path: &std::path::Path) -> Result<TlogProof, Error> {
    if files::ordinary_file(path)?.is_none() {
        return Err(bad("its proof is absent".to_owned()));
    }
    TlogProof::parse(&files::read_bounded(path, LIMIT)?).map_err(|error| bad(error.to_string()))
}

/// Whether the leaf is under the checkpoint of its proof. Who signed the
/// checkpoint is looked into once, elsewhere.
pub(super) fn under(proof: &TlogProof, leaf: &Digest) -> Result<(), Error> {
    let checkpoint = parse(&proof.note)?;
    affiant_tlog::verify_inclusion(
        proof.index,
        checkpoint.size,
        leaf,
        &proof.hashes,
        &checkpoint.root,
    )
    .map_err(|error| bad(error.to_string()))
}
