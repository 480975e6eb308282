//! Proofs: that one event, or one exchange of an exhibit, is under a signed
//! checkpoint, and that one checkpoint is an earlier state of another.

use std::fs::File;
use std::io::{BufRead, BufReader};

use affiant_model::{Digest, Exhibit};
use affiant_tlog::{
    Checkpoint, ConsistencyProof, SignedNote, TlogProof, consistency_proof, inclusion_proof,
    leaf_hash,
};

use crate::checkpoint::read_note;
use crate::{CaseFolder, Error, exchanges, files};

/// One event with its proof.
#[derive(Debug, Clone)]
pub struct ProvenEvent {
    /// Number of the event.
    pub seq: u64,
    /// Its line, without the line feed.
    pub line: Vec<u8>,
    /// The proof that it is under the checkpoint.
    pub proof: TlogProof,
}

/// One exchange with its proof.
#[derive(Debug, Clone)]
pub struct ProvenExchange {
    /// Number of the exchange in its exhibit, from 1.
    pub number: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The proof that they are under the checkpoint of the exhibit's tree.
    pub proof: TlogProof,
    /// That checkpoint.
    pub note: SignedNote,
}

/// Everything that proofs of a ledger are made from.
pub struct Prover {
    folder: CaseFolder,
    leaves: Vec<Digest>,
    note: SignedNote,
    size: u64,
}

/// No exchange that is produced alone is larger, in bytes.
const EXCHANGE_LIMIT: u64 = 256 << 20;

impl CaseFolder {
    /// Makes ready to prove what is under the checkpoint of that size, or under
    /// the last.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] where there is no such checkpoint.
    pub fn prover(&self, size: Option<u64>) -> Result<Prover, Error> {
        let absent = || Error::Proof {
            subject: "a proof".to_owned(),
            cause: "there is no such checkpoint; make one with `affiant checkpoint`".to_owned(),
        };
        let mut found = None;
        for (_, note) in self.checkpoints()? {
            let at = parsed(&note)?.size;
            if size.is_none_or(|size| size == at) {
                found = Some((at, note));
            }
        }
        let (size, note) = found.ok_or_else(absent)?;
        let mut leaves = Vec::new();
        self.for_each_line(size, &mut |_, line| leaves.push(leaf_hash(line)))?;
        Ok(Prover {
            folder: self.clone(),
            leaves,
            note,
            size,
        })
    }

    /// Calls `take` with the number and the bytes of each of the first lines.
    fn for_each_line(&self, size: u64, take: &mut dyn FnMut(u64, &[u8])) -> Result<(), Error> {
        // Whoever proves stands in for the whole ledger.
        self.audit(crate::ledger::Keep::Milestones)?;
        let path = self.ledger_path();
        let mut reader = BufReader::new(File::open(&path).map_err(Error::io("read", &path))?);
        let mut line = Vec::new();
        for number in 1..=size {
            line.clear();
            reader
                .read_until(b'\n', &mut line)
                .map_err(Error::io("read", &path))?;
            take(number, line.strip_suffix(b"\n").unwrap_or(&line));
        }
        Ok(())
    }
}

fn parsed(note: &SignedNote) -> Result<Checkpoint, Error> {
    Checkpoint::parse(&note.text).map_err(|error| Error::Proof {
        subject: "a checkpoint".to_owned(),
        cause: error.to_string(),
    })
}

impl Prover {
    /// Events under the checkpoint.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The checkpoint, as it was signed.
    #[must_use]
    pub const fn note(&self) -> &SignedNote {
        &self.note
    }

    /// Proves the events of these numbers.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] where an event came after the checkpoint.
    pub fn events(&self, wanted: &[u64]) -> Result<Vec<ProvenEvent>, Error> {
        if let Some(late) = wanted.iter().find(|seq| **seq > self.size || **seq == 0) {
            return Err(Error::Proof {
                subject: format!("event {late}"),
                cause: format!(
                    "it is not under the checkpoint of size {}; make another with `affiant checkpoint`",
                    self.size
                ),
            });
        }
        let mut events = Vec::new();
        self.folder.for_each_line(self.size, &mut |seq, line| {
            if wanted.contains(&seq)
                && let Some(hashes) = inclusion_proof(&self.leaves, seq - 1)
            {
                let proof = TlogProof {
                    extra: None,
                    index: seq - 1,
                    hashes,
                    note: self.note.clone(),
                };
                events.push(ProvenEvent {
                    seq,
                    line: line.to_vec(),
                    proof,
                });
            }
        })?;
        Ok(events)
    }

    /// Proves the exchanges of these numbers of one exhibit.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] where the exhibit has no tree, or no such exchange, or
    /// its tree was not signed; [`Error::List`] and [`Error::Io`].
    pub fn exchanges(
        &self,
        exhibit: &Exhibit,
        wanted: &[u64],
    ) -> Result<Vec<ProvenExchange>, Error> {
        let refused = |cause: String| Error::Proof {
            subject: format!("exhibit {}", exhibit.id),
            cause,
        };
        let Some(tree) = &exhibit.exchanges else {
            let cause = "it has no tree of exchanges, for it is no traffic log of a known format; it can only be produced whole";
            return Err(refused(cause.to_owned()));
        };
        let note_path = self
            .folder
            .exchanges_dir()
            .join(format!("{}.note", exhibit.id));
        let note = read_note(&note_path)?;
        let list = exchanges::leaves(&exchanges::list_path(&self.folder, exhibit.id), tree.count)?;
        let hashes: Vec<Digest> = list.iter().map(|leaf| leaf.hash).collect();
        let path = self.folder.exhibit_path(exhibit);
        files::ordinary_file(&path)?;
        let mut proven = Vec::new();
        for number in wanted {
            let index = number.checked_sub(1);
            let at = index.and_then(|index| usize::try_from(index).ok());
            let (Some(index), Some(leaf)) = (index, at.and_then(|at| list.get(at))) else {
                let count = list.len();
                return Err(refused(format!(
                    "it has exchanges 1 to {count}, not {number}"
                )));
            };
            if leaf.span.length > EXCHANGE_LIMIT {
                return Err(refused(format!(
                    "exchange {number} has more than {EXCHANGE_LIMIT} bytes"
                )));
            }
            let bytes = files::read_range(&path, leaf.span)?;
            let Some(hashes) = inclusion_proof(&hashes, index) else {
                return Err(refused(format!("there is no exchange {number}")));
            };
            let proof = TlogProof {
                extra: Some(leaf.salt.to_vec()),
                index,
                hashes,
                note: note.clone(),
            };
            proven.push(ProvenExchange {
                number: *number,
                bytes,
                proof,
                note: note.clone(),
            });
        }
        Ok(proven)
    }

    /// Proves that the checkpoint `old` is an earlier state of this one.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] where it is not: of another case, larger, or of another history.
    pub fn consistency(&self, old: &SignedNote) -> Result<ConsistencyProof, Error> {
        let refused = |cause: &str| Error::Proof {
            subject: "the earlier checkpoint".to_owned(),
            cause: cause.to_owned(),
        };
        let (earlier, this) = (parsed(old)?, parsed(&self.note)?);
        if earlier.origin != this.origin {
            return Err(refused("it is of another case"));
        }
        let hashes = consistency_proof(&self.leaves, earlier.size)
            .ok_or_else(|| refused("it is larger than the one to be proved from"))?;
        let taken = usize::try_from(earlier.size).unwrap_or(usize::MAX);
        if affiant_tlog::root(&self.leaves[..taken.min(self.leaves.len())]) != earlier.root {
            return Err(refused(
                "the ledger is not a later state of it: two histories were signed",
            ));
        }
        Ok(ConsistencyProof {
            old: old.clone(),
            hashes,
            new: self.note.clone(),
        })
    }
}
