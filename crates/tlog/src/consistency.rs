//! Proofs of consistency in one file, in a form modelled on C2SP tlog-proof:
//! there is no standard for it.

use std::fmt;

use affiant_model::Digest;

use crate::proof::{checkpoint_note, hash, header, proof_text, wanted, write_hashes};
use crate::text::{self, Lines};
use crate::{Checkpoint, MAX_HASHES, ProofError, SignedNote, VerifierKey, verify_consistency};

const HEADER: &str = "affiant/consistency-proof@v1";

/// Proof that one signed checkpoint is an earlier state of another, with both.
///
/// Its text counts the hashes and the lines of the earlier note, which come
/// between blank lines; the later note goes to the end:
///
/// ```text
/// affiant/consistency-proof@v1
/// hashes 2
/// <hash in base64>
/// <hash in base64>
///
/// old 5
/// <the earlier checkpoint, a signed note of 5 lines>
///
/// <the later checkpoint, a signed note>
/// ```
///
/// What [`ConsistencyProof::parse`] takes is written back byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The earlier checkpoint.
    pub old: SignedNote,
    /// The hashes, in the order of RFC 6962 §2.1.2.
    pub hashes: Vec<Digest>,
    /// The later checkpoint.
    pub new: SignedNote,
}

impl ConsistencyProof {
    /// Reads a proof; checks neither signatures nor hashes.
    ///
    /// # Errors
    ///
    /// [`ProofError`] where it is not exactly a proof with two checkpoints.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        let mut lines = Lines::new(proof_text(bytes)?);
        header(&mut lines, HEADER, "`affiant/consistency-proof@v1`")?;
        let count = counted(&mut lines, "hashes ", "`hashes` and a number")?;
        if count > MAX_HASHES as u64 {
            return Err(ProofError::TooManyHashes);
        }
        let mut hashes = Vec::new();
        for _ in 0..count {
            let line = lines.next();
            hashes.push(hash(&lines, line)?);
        }
        blank(&mut lines)?;
        let count = counted(&mut lines, "old ", "`old` and a number")?;
        let all = lines.rest();
        for _ in 0..count {
            if lines.next().is_none() {
                return Err(wanted(&lines, "a further line of the earlier note"));
            }
        }
        let old = &all[..all.len() - lines.rest().len()];
        blank(&mut lines)?;
        Ok(Self {
            old: checkpoint_note(old)?,
            hashes,
            new: checkpoint_note(lines.rest())?,
        })
    }

    /// Checks that both checkpoints are of one log and signed by a known key
    /// with its name, and that the earlier is an earlier state of the later or
    /// the same; gives both, the earlier first.
    ///
    /// # Errors
    ///
    /// [`ProofError::OtherOrigin`] where they are of two logs; otherwise as for
    /// [`Checkpoint::open`] and [`verify_consistency`].
    pub fn verify(&self, known: &[VerifierKey]) -> Result<(Checkpoint, Checkpoint), ProofError> {
        let old = Checkpoint::open(&self.old, known)?;
        let new = Checkpoint::open(&self.new, known)?;
        if old.origin != new.origin {
            return Err(ProofError::OtherOrigin {
                found: new.origin,
                wanted: old.origin,
            });
        }
        verify_consistency(old.size, new.size, &self.hashes, &old.root, &new.root)?;
        Ok((old, new))
    }
}

impl fmt::Display for ConsistencyProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let old = self.old.to_string();
        writeln!(f, "{HEADER}\nhashes {}", self.hashes.len())?;
        write_hashes(f, &self.hashes)?;
        writeln!(f, "\nold {}", old.matches('\n').count())?;
        write!(f, "{old}\n{}", self.new)
    }
}

fn counted(lines: &mut Lines<'_>, prefix: &str, expected: &'static str) -> Result<u64, ProofError> {
    lines
        .next()
        .and_then(|line| line.strip_prefix(prefix))
        .and_then(text::decimal)
        .ok_or_else(|| wanted(lines, expected))
}

fn blank(lines: &mut Lines<'_>) -> Result<(), ProofError> {
    match lines.next() {
        Some("") => Ok(()),
        _ => Err(wanted(lines, "a blank line")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{NoteError, SigningKey, consistency_proof, leaf_hash, root};

    fn key(name: &str) -> SigningKey {
        SigningKey::from_seed(name, [3; 32]).unwrap()
    }

    fn keys() -> [VerifierKey; 2] {
        [key("log").verifier_key(), key("other").verifier_key()]
    }

    fn leaves(size: usize) -> Vec<Digest> {
        (0..size)
            .map(|leaf| leaf_hash(&leaf.to_be_bytes()))
            .collect()
    }

    fn note(origin: &str, leaves: &[Digest]) -> SignedNote {
        let checkpoint = Checkpoint {
            origin: origin.to_owned(),
            size: leaves.len() as u64,
            root: root(leaves),
            extensions: Vec::new(),
        };
        checkpoint.sign(&key(origin))
    }

    fn proof(old: usize, new: usize) -> ConsistencyProof {
        let leaves = leaves(new);
        ConsistencyProof {
            old: note("log", &leaves[..old]),
            hashes: consistency_proof(&leaves, old as u64).unwrap(),
            new: note("log", &leaves),
        }
    }

    fn refused(text: &str) -> String {
        ConsistencyProof::parse(text.as_bytes())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_proof_is_written_as_documented() {
        let proof = proof(2, 3);
        let text = format!(
            "affiant/consistency-proof@v1\nhashes 1\n{}\n\nold 5\n{}\n{}",
            text::encode(leaves(3)[2].as_bytes()),
            proof.old,
            proof.new
        );
        assert_eq!(proof.to_string(), text);
        assert_eq!(ConsistencyProof::parse(text.as_bytes()), Ok(proof));
    }

    #[test]
    fn any_earlier_state_is_proved() {
        for new in 1..20 {
            for old in 1..=new {
                let (before, after) = proof(old, new).verify(&keys()).unwrap();
                assert_eq!((before.size, after.size), (old as u64, new as u64));
            }
        }
    }

    #[test]
    fn two_histories_are_not_consistent() {
        let mut forged = leaves(7);
        forged[1] = leaf_hash(b"rewritten");
        let mut proof = proof(3, 7);
        proof.new = note("log", &forged);
        assert!(proof.verify(&keys()).is_err());
        proof.hashes = consistency_proof(&forged, 3).unwrap();
        assert!(matches!(
            proof.verify(&keys()),
            Err(ProofError::OldRootDiffers { .. })
        ));

        let mut same_size = self::proof(7, 7);
        same_size.new = note("log", &forged);
        assert!(matches!(
            same_size.verify(&keys()),
            Err(ProofError::RootDiffers { .. })
        ));
    }

    #[test]
    fn a_ledger_that_became_shorter_is_not_consistent() {
        let mut proof = proof(3, 7);
        std::mem::swap(&mut proof.old, &mut proof.new);
        assert_eq!(
            proof.verify(&keys()),
            Err(ProofError::SizesReversed {
                old_size: 7,
                new_size: 3
            })
        );
    }

    #[test]
    fn checkpoints_of_two_logs_prove_nothing_of_each_other() {
        let mut proof = proof(3, 7);
        proof.old = note("other", &leaves(3));
        assert!(matches!(
            proof.verify(&keys()),
            Err(ProofError::OtherOrigin { .. })
        ));
    }

    #[test]
    fn nothing_is_proved_from_the_empty_tree() {
        assert_eq!(proof(0, 3).verify(&keys()), Err(ProofError::EmptyTree));
    }

    #[test]
    fn both_checkpoints_must_be_signed() {
        let mut proof = proof(3, 7);
        assert_eq!(proof.verify(&[]), Err(ProofError::Note(NoteError::Unknown)));
        proof.new.signatures[0].signature[0] ^= 1;
        assert!(matches!(
            proof.verify(&keys()),
            Err(ProofError::Note(NoteError::BadSignature { .. }))
        ));
    }

    #[test]
    fn what_is_not_exactly_a_proof_is_refused() {
        let good = proof(3, 7).to_string();
        assert!(good.contains("hashes 4\n"));
        for (text, cause) in [
            (good.replace("@v1", "@v2"), "line 1"),
            (good.replace("hashes 4", "hashes 04"), "line 2"),
            (good.replace("hashes 4", "hashes"), "line 2"),
            (good.replace("hashes 4", "hashes 5"), "line 7"),
            (good.replace("hashes 4", "hashes 3"), "line 6"),
            (good.replace("hashes 4", "hashes 65"), "more than 64"),
            (
                good.replace("hashes 4", "hashes 18446744073709551615"),
                "more than 64",
            ),
            (good.replace("old 5", "old 4"), "line 13"),
            (good.replace("old 5", "old 6"), "line 15"),
            (good.replace("old 5", "old 0"), "line 9"),
            (
                good.replace("old 5", "old 18446744073709551615"),
                "further line",
            ),
            (good.replace("old 5", "new 5"), "line 8"),
            (good.replace('\n', "\r\n"), "line 1"),
            (format!("{good}\n"), "signature"),
            (format!("{good}garbage\n"), "signature"),
            (good.trim_end().to_owned(), "signature"),
            (String::new(), "line 1"),
        ] {
            assert!(refused(&text).contains(cause), "{text}: {}", refused(&text));
        }
    }

    proptest! {
        // A signature costs some milliseconds where nothing is optimised.
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_written_reads_back(new in 1_usize..40, old in any::<prop::sample::Index>()) {
            let proof = proof(old.index(new) + 1, new);
            prop_assert_eq!(ConsistencyProof::parse(proof.to_string().as_bytes()), Ok(proof));
        }

        #[test]
        fn one_flipped_bit_of_a_proof_is_found(at in any::<prop::sample::Index>(), bit in 0_u32..8) {
            let mut text = proof(5, 11).to_string().into_bytes();
            let at = at.index(text.len());
            text[at] ^= 1_u8 << bit;
            let checked = ConsistencyProof::parse(&text).and_then(|proof| proof.verify(&keys()));
            prop_assert!(checked.is_err());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let head = b"affiant/consistency-proof@v1\nhashes 0\n\n";
            let _ = ConsistencyProof::parse(&[head, bytes.as_slice()].concat());
        }
    }
}
