//! What is in a production: files, single exchanges, earlier states.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Action, CustodyEvent, Digest};
use affiant_tlog::{Checkpoint, ConsistencyProof, SignedNote, leaf_hash};

use super::Verdict;
use super::production::{LIMIT, bad, parse, read_proof, under};
use super::run::{Run, count};
use crate::checkpoint::numbered;
use crate::exchanges::SALT;
use crate::keys::KeyHistory;
use crate::{Error, files};

/// No exchange that is produced alone is larger, in bytes.
const EXCHANGE_LIMIT: u64 = 256 << 20;
impl Run<'_> {
    /// Each exhibit and working copy is named by an event that was proved.
    pub(super) fn produced_files(&mut self, events: &BTreeMap<u64, CustodyEvent>) {
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
    pub(super) fn produced_exchanges(
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
    pub(super) fn produced_states(
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
