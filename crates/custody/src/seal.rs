//! Bags: of a whole case, and of a part of it with proofs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use affiant_bagit::BagWriter;
use affiant_model::{Action, CustodyObject, Digest, ExhibitId};
use affiant_tlog::{Checkpoint, SignedNote};

use crate::checkpoint::{consistent, numbered};
use crate::folder::CASE_FILE;
use crate::ledger::Keep;
use crate::prove::Prover;
use crate::{CaseFolder, Error, files};

/// How to check a bag with stock tools, and a script that does it.
pub(crate) const VERIFY_MD: &str = include_str!("../stock/VERIFY.md");
pub(crate) const VERIFY_SH: &str = include_str!("../stock/verify.sh");

/// What a production is to hold.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Exhibits, whole.
    pub exhibits: Vec<ExhibitId>,
    /// Working copies, by path.
    pub working: Vec<String>,
    /// Single exchanges of exhibits that are withheld.
    pub exchanges: Vec<(ExhibitId, u64)>,
    /// Earlier checkpoints from which a proof is to lead.
    pub since: Vec<SignedNote>,
}

/// Lines of `bag-info.txt`.
pub type Info = Vec<(String, String)>;

impl CaseFolder {
    /// Writes a derived file of custody itself, `case.jsonld`, and gives it as
    /// an event names it.
    ///
    /// # Errors
    ///
    /// [`Error::Io`].
    pub fn write_case_jsonld(&self, bytes: &[u8]) -> Result<CustodyObject, Error> {
        files::replace(&self.custody_dir(), "case.jsonld", bytes)?;
        let path = "custody/case.jsonld";
        Ok(CustodyObject::new(
            path,
            Digest::of(bytes),
            bytes.len() as u64,
        ))
    }

    /// Writes the bag of the whole case, whose last event is its seal and is
    /// under a checkpoint.
    ///
    /// # Errors
    ///
    /// [`Error::Bag`]; [`Error::Proof`] where the case is not sealed.
    pub fn write_bag(
        &self,
        to: &Path,
        info: &Info,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), Error> {
        let audit = self.audit(Keep::Milestones)?;
        let sealed = audit
            .events
            .last()
            .is_some_and(|event| event.action == Action::Seal && event.seq == audit.lines);
        let note = self
            .checkpoints_dir()
            .join(format!("{}.note", numbered(audit.lines)));
        if !sealed || files::ordinary_file(&note)?.is_none() {
            return Err(Error::Proof {
                subject: "the bag".to_owned(),
                cause: "the last event is no seal under a checkpoint; `affiant seal` makes both"
                    .to_owned(),
            });
        }
        let note = self.read_note(&note)?;
        self.write_new(to, || {
            let mut bag = BagWriter::create(to).map_err(bag_error)?;
            for (relative, path) in self.all_files()? {
                let (_, bytes) = bag.add_payload_file(&relative, &path).map_err(bag_error)?;
                progress(bytes);
            }
            finish(bag, info, &note)
        })
    }

    /// Has a bag written where nothing is yet; what is not whole is removed.
    fn write_new(&self, to: &Path, write: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
        self.check_output(to)?;
        write().inspect_err(|_| {
            // Should this fail, there is no `bagit.txt`, and so no bag.
            let _ = std::fs::remove_dir_all(to);
        })
    }

    /// Refuses a case folder in which something lies that the ledger does not
    /// name: it would be handed over unseen.
    ///
    /// # Errors
    ///
    /// [`Error::Unrecorded`] for the first such file.
    pub fn check_ready_to_seal(&self) -> Result<(), Error> {
        let audit = self.audit(Keep::Milestones)?;
        let named: BTreeSet<&str> = audit
            .events
            .iter()
            .flat_map(|event| &event.objects)
            .map(|object| object.path.as_str())
            .collect();
        for (relative, path) in self.all_files()? {
            let own = relative.starts_with("custody/") || relative == "evidence/SHA256SUMS";
            let exhibit = audit
                .holdings
                .exhibits
                .iter()
                .any(|exhibit| relative == format!("evidence/{}", exhibit.file));
            if !own && !exhibit && relative != CASE_FILE && !named.contains(relative.as_str()) {
                return Err(Error::Unrecorded { path });
            }
        }
        Ok(())
    }

    /// Refuses a place for a bag at which none can be written.
    ///
    /// # Errors
    ///
    /// [`Error::NotEmpty`], [`Error::Proof`], [`Error::Io`].
    pub fn check_output(&self, to: &Path) -> Result<(), Error> {
        refuse_inside(&self.root(), to)?;
        if to.symlink_metadata().is_ok() {
            return Err(Error::NotEmpty {
                path: to.to_path_buf(),
            });
        }
        let parent = match to.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        // Whether something can be written there shows by writing.
        let trial = parent.join(files::draft_name("affiant-trial"));
        std::fs::create_dir(&trial).map_err(Error::io("make a folder in", parent))?;
        std::fs::remove_dir(&trial).map_err(Error::io("remove", &trial))
    }

    /// Every file of the case folder that belongs into a bag, by its path.
    fn all_files(&self) -> Result<Vec<(String, PathBuf)>, Error> {
        let mut found = Vec::new();
        let mut waiting = vec![(self.root(), String::new())];
        while let Some((folder, shown)) = waiting.pop() {
            for name in files::names(&folder)? {
                let path = folder.join(&name);
                let name = name.to_str().ok_or_else(|| Error::Outside {
                    path: path.display().to_string(),
                })?;
                let relative = format!("{shown}{name}");
                if name.starts_with('.') || relative == "custody/lock" {
                    continue;
                }
                let kind = path
                    .symlink_metadata()
                    .map_err(Error::io("look at", &path))?;
                if kind.is_dir() {
                    waiting.push((path, format!("{relative}/")));
                } else {
                    files::ordinary_file(&path)?;
                    found.push((relative, path));
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Writes a production: what was selected, the events that acquired it, and
    /// the proofs that lead from them to the checkpoint. `disclosed` is the
    /// number of the event that records the production.
    ///
    /// # Errors
    ///
    /// [`Error::Bag`]; [`Error::NoExhibit`]; [`Error::Proof`].
    pub fn write_production(
        &self,
        to: &Path,
        selection: &Selection,
        disclosed: u64,
        info: &Info,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), Error> {
        self.write_new(to, || {
            self.try_production(to, selection, disclosed, info, progress)
        })
    }

    /// Whether each checkpoint is an earlier state of the ledger as it is now.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] for the first that is not.
    pub fn check_earlier(&self, notes: &[SignedNote]) -> Result<(), Error> {
        let named: Vec<_> = notes
            .iter()
            .map(|note| (PathBuf::from("the earlier checkpoint"), note.clone()))
            .collect();
        let audit = self.audit_at(&named)?;
        named
            .iter()
            .try_for_each(|(path, note)| consistent(&audit, path, note))
    }

    fn try_production(
        &self,
        to: &Path,
        selection: &Selection,
        disclosed: u64,
        info: &Info,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), Error> {
        let prover = self.prover(None)?;
        let bag = BagWriter::create(to).map_err(bag_error)?;
        let mut production = Production {
            folder: self,
            bag,
            prover,
            // The first event gives the origin of the case.
            events: BTreeSet::from([1, disclosed]),
            progress,
        };
        production.select(selection)?;
        production.events()?;
        production.checkpoint()?;
        for old in &selection.since {
            let proof = production.prover.consistency(old)?;
            let from =
                Checkpoint::parse(&old.text).map_err(|error| proof_error(error.to_string()))?;
            let name = format!(
                "consistency/{}-{}.consistency",
                numbered(from.size),
                numbered(production.prover.size())
            );
            production.text(&name, &proof.to_string())?;
        }
        finish(production.bag, info, production.prover.note())
    }
}

struct Production<'p> {
    folder: &'p CaseFolder,
    bag: BagWriter,
    prover: Prover,
    events: BTreeSet<u64>,
    progress: &'p mut dyn FnMut(u64),
}

impl Production<'_> {
    fn select(&mut self, selection: &Selection) -> Result<(), Error> {
        let audit = self.folder.audit(Keep::Milestones)?;
        let acquired = |path: &str| {
            audit.events.iter().find_map(|event| {
                let recorded = matches!(event.action, Action::Acquire | Action::Derive);
                let named = event.objects.iter().any(|object| object.path == path);
                (recorded && named).then_some(event.seq)
            })
        };
        let present = audit.holdings.present();
        let exhibit = |id: ExhibitId| {
            let found = present.iter().find(|exhibit| exhibit.id == id);
            found.ok_or(Error::NoExhibit { exhibit: id })
        };
        let mut paths: BTreeSet<String> = selection.working.iter().cloned().collect();
        for id in &selection.exhibits {
            paths.insert(format!("evidence/{}", exhibit(*id)?.file));
        }
        for path in &paths {
            let seq =
                acquired(path).ok_or_else(|| proof_error(format!("no event records `{path}`")))?;
            self.events.insert(seq);
            let source = files::within(&self.folder.root(), path)?;
            let (_, bytes) = self
                .bag
                .add_payload_file(path, &source)
                .map_err(bag_error)?;
            (self.progress)(bytes);
        }
        let mut trees = BTreeSet::new();
        for (id, number) in selection.exchanges.iter().collect::<BTreeSet<_>>() {
            let exhibit = exhibit(*id)?;
            self.events
                .extend(acquired(&format!("evidence/{}", exhibit.file)));
            let stem = format!("exchanges/{id}-{}", numbered(*number));
            for proven in self.prover.exchanges(exhibit, &[*number])? {
                self.bytes(&format!("{stem}.bin"), &proven.bytes)?;
                self.text(&format!("{stem}.tlog-proof"), &proven.proof.to_string())?;
                if trees.insert(*id) {
                    self.text(&format!("exchanges/{id}.note"), &proven.note.to_string())?;
                }
            }
        }
        let keys = audit
            .events
            .iter()
            .filter(|event| event.action == Action::Key);
        self.events.extend(keys.map(|event| event.seq));
        Ok(())
    }

    fn events(&mut self) -> Result<(), Error> {
        let wanted: Vec<u64> = self.events.iter().copied().collect();
        for proven in self.prover.events(&wanted)? {
            let stem = format!("events/{}", numbered(proven.seq));
            self.bytes(&format!("{stem}.json"), &proven.line)?;
            self.text(&format!("{stem}.tlog-proof"), &proven.proof.to_string())?;
        }
        Ok(())
    }

    /// The checkpoint, what others put under it, and the keys.
    fn checkpoint(&mut self) -> Result<(), Error> {
        let number = numbered(self.prover.size());
        for (from, to, all) in [
            (self.folder.checkpoints_dir(), "checkpoints", false),
            (self.folder.keys_dir(), "keys", true),
        ] {
            for name in files::names(&from)? {
                let shown = name.to_string_lossy();
                let of_keys = all && shown != "allowed_signers";
                if !files::is_draft(&shown) && (of_keys || shown.starts_with(&format!("{number}.")))
                {
                    let path = format!("{to}/{shown}");
                    self.bag
                        .add_payload_file(&path, &from.join(&name))
                        .map_err(bag_error)?;
                }
            }
        }
        Ok(())
    }

    fn text(&mut self, path: &str, text: &str) -> Result<(), Error> {
        self.bytes(path, text.as_bytes())
    }

    fn bytes(&mut self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        self.bag.add_payload_bytes(path, bytes).map_err(bag_error)?;
        (self.progress)(bytes.len() as u64);
        Ok(())
    }
}

/// Adds what every bag has, and says in `bag-info.txt` what its checkpoint says.
fn finish(mut bag: BagWriter, info: &Info, note: &SignedNote) -> Result<(), Error> {
    let checkpoint =
        Checkpoint::parse(&note.text).map_err(|error| proof_error(error.to_string()))?;
    let mut info = info.clone();
    for (label, value) in [
        ("External-Identifier", checkpoint.origin.clone()),
        ("Affiant-Checkpoint-Size", checkpoint.size.to_string()),
        ("Affiant-Checkpoint-Root", checkpoint.root.to_hex()),
    ] {
        info.push((label.to_owned(), value));
    }
    bag.add_tag_bytes("VERIFY.md", VERIFY_MD.as_bytes(), false)
        .map_err(bag_error)?;
    bag.add_tag_bytes("verify.sh", VERIFY_SH.as_bytes(), true)
        .map_err(bag_error)?;
    bag.finish(&info).map_err(bag_error)
}

/// A bag within its own case would be a part of itself.
fn refuse_inside(case: &Path, to: &Path) -> Result<(), Error> {
    let absolute = |path: &Path| std::path::absolute(path).map_err(Error::io("find", path));
    let case = case.canonicalize().map_err(Error::io("find", case))?;
    let parent = absolute(to)?;
    let parent = parent
        .ancestors()
        .find_map(|ancestor| ancestor.canonicalize().ok())
        .unwrap_or_default();
    match parent.starts_with(&case) {
        true => Err(proof_error(format!(
            "`{}` lies within the case folder; name another place",
            to.display()
        ))),
        false => Ok(()),
    }
}

fn bag_error(error: affiant_bagit::Error) -> Error {
    Error::Bag(error)
}

fn proof_error(cause: String) -> Error {
    Error::Proof {
        subject: "the production".to_owned(),
        cause,
    }
}
