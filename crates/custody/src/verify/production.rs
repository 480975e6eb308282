//! A production: a part of a case, and the proofs that it is one.

use std::collections::{BTreeMap, BTreeSet};

use affiant_bagit::BagCheck;
use affiant_model::{Action, CustodyEvent, Digest};
use affiant_tlog::{Checkpoint, ConsistencyProof, SignedNote, TlogProof, leaf_hash};
use chrono::{DateTime, Utc};

use super::Verdict;
use super::run::{Run, count};
use super::signed::Noted;
use crate::checkpoint::{numbered, read_note};
use crate::exchanges::SALT;
use crate::holdings::Holdings;
use crate::keys::KeyHistory;
use crate::ledger::written;
use crate::{Error, files, line};

/// No proof is larger.
const LIMIT: u64 = 1 << 20;

/// No exchange that is produced alone is larger, in bytes.
const EXCHANGE_LIMIT: u64 = 256 << 20;

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
    fn pairs(
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

    /// Each exhibit and working copy is named by an event that was proved.
    fn produced_files(&mut self, events: &BTreeMap<u64, CustodyEvent>) {
        let mut recorded: BTreeMap<&str, &affiant_model::CustodyObject> = BTreeMap::new();
        for event in events.values() {
            if !matches!(event.action, Action::Acquire | Action::Derive) {
                continue;
            }
            for object in &event.objects {
                if recorded.insert(&object.path, object).is_some() {
                    let subject = format!("events/{}.json", numbered(event.seq));
                    let message = format!(
                        "`{}` was acquired or derived by an earlier event",
                        object.path
                    );
                    self.add(subject, Verdict::Invalid, message);
                }
            }
        }
        for top in ["evidence", "working"] {
            for name in self.list(&self.folder.root().join(top), top) {
                let path = format!("{top}/{}", name.to_string_lossy());
                match recorded.get(path.as_str()) {
                    Some(object) => self.recorded_file(object, "the file"),
                    None => {
                        let message = "no event of the production records it";
                        self.add(path, Verdict::Invalid, message);
                    }
                }
            }
        }
    }

    /// Single exchanges, each under the tree of its exhibit.
    fn produced_exchanges(
        &mut self,
        events: &BTreeMap<u64, CustodyEvent>,
        history: &KeyHistory,
        origin: &str,
    ) {
        let folder = self.folder.root().join("exchanges");
        for stem in self.pairs(&folder, "exchanges", "bin") {
            let subject = format!("exchanges/{stem}.bin");
            let read = || -> Result<(), Error> {
                let exhibit = stem.rsplit_once('-').map_or("", |(exhibit, _)| exhibit);
                let tree = events
                    .values()
                    .filter(|event| event.action == Action::Acquire)
                    .flat_map(|event| &event.objects)
                    .find(|object| object.exhibit.is_some_and(|id| id.to_string() == exhibit))
                    .and_then(|object| object.exchanges.as_ref())
                    .ok_or_else(|| {
                        bad(format!(
                            "no event of the production records the tree of `{exhibit}`"
                        ))
                    })?;
                let proof = read_proof(&folder.join(format!("{stem}.tlog-proof")))?;
                let number = numbered(proof.index.saturating_add(1));
                if stem != format!("{exhibit}-{number}") {
                    return Err(bad(format!(
                        "its proof is that of exchange {}",
                        proof.index.saturating_add(1)
                    )));
                }
                let checkpoint = parse(&proof.note)?;
                if (checkpoint.size, checkpoint.root) != (tree.count, tree.root)
                    || checkpoint.origin != format!("{origin}/{exhibit}")
                {
                    return Err(bad(
                        "its proof leads to another tree than that of the exhibit".to_owned(),
                    ));
                }
                proof
                    .note
                    .verify(&history.all())
                    .map_err(|error| bad(error.to_string()))?;
                let salt = proof.extra.as_ref().filter(|salt| salt.len() == SALT);
                let salt = salt.ok_or_else(|| bad("its proof has no salt".to_owned()))?;
                let path = folder.join(format!("{stem}.bin"));
                files::ordinary_file(&path)?;
                let bytes = files::read_bounded(&path, EXCHANGE_LIMIT)?;
                under(&proof, &leaf_hash(&[salt.as_slice(), &bytes].concat()))
            };
            match read() {
                Ok(()) => {
                    let message = "under the tree of its exhibit";
                    self.add(subject, Verdict::Valid, message);
                }
                Err(error) => self.unreadable(subject, &error),
            }
        }
    }

    /// The checkpoints that the caller received, against the one produced.
    fn produced_states(
        &mut self,
        checkpoint: &Checkpoint,
        note: &SignedNote,
        origin: &str,
        history: &KeyHistory,
    ) {
        let proofs = self.consistency_proofs(note, history);
        if self.trust.checkpoints.is_empty() {
            self.add("checkpoints", Verdict::NotChecked, "nothing in the production shows that its checkpoint is a later state of what you were shown before: give a checkpoint that you received earlier with `--checkpoint`");
        }
        for given in &self.trust.checkpoints {
            let subject = "checkpoint received earlier";
            let Some(earlier) = self.given_checkpoint(subject, given, origin) else {
                continue;
            };
            if !self.given_signature(subject, given, &history.at(earlier.size)) {
                continue;
            }
            let same_root = earlier.root == checkpoint.root;
            match earlier.size.cmp(&checkpoint.size) {
                std::cmp::Ordering::Equal if same_root => {
                    self.add(
                        subject,
                        Verdict::Valid,
                        "the same as the one of the production",
                    );
                }
                std::cmp::Ordering::Equal => {
                    let message = "of the same size with another root: there are two histories";
                    self.differs(
                        subject,
                        message,
                        &earlier.root.to_hex(),
                        &checkpoint.root.to_hex(),
                    );
                }
                std::cmp::Ordering::Greater => {
                    let message = format!(
                        "it is of {}, the production of {}: ask for a production of a later state",
                        earlier.size, checkpoint.size
                    );
                    self.add(subject, Verdict::Incomplete, message);
                }
                std::cmp::Ordering::Less if proofs.contains(&(earlier.size, earlier.root)) => {
                    let message = format!(
                        "proved an earlier state: {} of {}",
                        earlier.size, checkpoint.size
                    );
                    self.add(subject, Verdict::Valid, message);
                }
                std::cmp::Ordering::Less
                    if proofs.iter().any(|(size, _)| *size == earlier.size) =>
                {
                    let message = "the production grew from another state of the same size: there are two histories";
                    self.add(subject, Verdict::Invalid, message);
                }
                std::cmp::Ordering::Less => {
                    let message = format!(
                        "the production has no proof that leads from size {} to {}; ask for it",
                        earlier.size, checkpoint.size
                    );
                    self.add(subject, Verdict::Incomplete, message);
                }
            }
        }
    }

    /// The earlier states that a good proof leads from.
    fn consistency_proofs(
        &mut self,
        note: &SignedNote,
        history: &KeyHistory,
    ) -> BTreeSet<(u64, Digest)> {
        let folder = self.folder.root().join("consistency");
        let mut proven = BTreeSet::new();
        for name in self.list(&folder, "consistency") {
            let subject = format!("consistency/{}", name.to_string_lossy());
            let read = || -> Result<Checkpoint, Error> {
                let path = folder.join(&name);
                files::ordinary_file(&path)?;
                let bytes = files::read_bounded(&path, 2 * LIMIT)?;
                let proof =
                    ConsistencyProof::parse(&bytes).map_err(|error| bad(error.to_string()))?;
                if proof.new != *note {
                    return Err(bad("it leads to another checkpoint".to_owned()));
                }
                proof
                    .verify(&history.all())
                    .map_err(|error| bad(error.to_string()))?;
                let (old, new) = (parse(&proof.old)?, parse(&proof.new)?);
                let wanted = format!("{}-{}.consistency", numbered(old.size), numbered(new.size));
                match *wanted == *name {
                    true => Ok(old),
                    false => Err(bad(format!("its name is to be `{wanted}`"))),
                }
            };
            match read() {
                Ok(old) => {
                    let message = format!("proves the state of {}", count(old.size, "event"));
                    self.add(subject, Verdict::Valid, message);
                    proven.insert((old.size, old.root));
                }
                Err(error) => self.unreadable(subject, &error),
            }
        }
        proven
    }
}

fn bad(cause: String) -> Error {
    Error::Proof {
        subject: "not proved".to_owned(),
        cause,
    }
}

fn parse(note: &SignedNote) -> Result<Checkpoint, Error> {
    Checkpoint::parse(&note.text).map_err(|error| bad(error.to_string()))
}

fn read_proof(path: &std::path::Path) -> Result<TlogProof, Error> {
    if files::ordinary_file(path)?.is_none() {
        return Err(bad("its proof is absent".to_owned()));
    }
    TlogProof::parse(&files::read_bounded(path, LIMIT)?).map_err(|error| bad(error.to_string()))
}

/// Whether the leaf is under the checkpoint of its proof. Who signed the
/// checkpoint is looked into once, elsewhere.
fn under(proof: &TlogProof, leaf: &Digest) -> Result<(), Error> {
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
