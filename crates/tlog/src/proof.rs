//! Proofs of inclusion in one file: C2SP tlog-proof.

use std::fmt;

use affiant_model::Digest;

use crate::text::{self, Lines};
use crate::{Checkpoint, ProofError, SignedNote, VerifierKey, verify_inclusion};

/// The most hashes of a proof that are read: a size is of 64 bits.
pub const MAX_HASHES: usize = 64;

/// The largest proof that is read, in bytes: two notes and what is around them.
pub const MAX_PROOF_BYTES: usize = 3 << 20;

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Proof that a leaf is in the tree of a signed checkpoint, with the checkpoint.
///
/// Its text is the C2SP one, for files named `.tlog-proof`:
///
/// ```text
/// c2sp.org/tlog-proof@v1
/// index 1
/// <hash in base64, a line for each, from the leaf upwards>
///
/// <the checkpoint, a signed note>
/// ```
///
/// What [`TlogProof::parse`] takes is written back byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Bytes for the reader, such as what the leaf is made from beside the
    /// data; nobody signed them. Where they are empty, they are written as
    /// none.
    pub extra: Option<Vec<u8>>,
    /// The index of the leaf, from 0.
    pub index: u64,
    /// The hashes from the leaf's sibling upwards (RFC 6962 §2.1.1).
    pub hashes: Vec<Digest>,
    /// The checkpoint.
    pub note: SignedNote,
}

impl TlogProof {
    /// Reads a proof; checks neither signature nor hashes.
    ///
    /// # Errors
    ///
    /// [`ProofError`] where it is not exactly a proof with a checkpoint.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        let mut lines = Lines::new(proof_text(bytes)?);
        header(&mut lines, HEADER, "`c2sp.org/tlog-proof@v1`")?;
        let extra = match lines.next_if("extra ") {
            None => None,
            Some(extra) => Some(
                text::decode(extra)
                    .filter(|extra| !extra.is_empty())
                    .ok_or_else(|| wanted(&lines, "`extra` and base64"))?,
            ),
        };
        let index = match lines.next().and_then(|line| line.strip_prefix("index ")) {
            Some(index) => text::decimal(index),
            None => None,
        };
        let index = index.ok_or_else(|| wanted(&lines, "`index` and a number"))?;
        let mut hashes = Vec::new();
        loop {
            match lines.next() {
                Some("") => break,
                Some(_) if hashes.len() == MAX_HASHES => return Err(ProofError::TooManyHashes),
                line => hashes.push(hash(&lines, line)?),
            }
        }
        Ok(Self {
            extra,
            index,
            hashes,
            note: checkpoint_note(lines.rest())?,
        })
    }

    /// What the checkpoint says; its signature is not checked.
    ///
    /// # Errors
    ///
    /// [`ProofError::Checkpoint`] where the note is not one, which cannot be
    /// where the proof was parsed.
    pub fn checkpoint(&self) -> Result<Checkpoint, ProofError> {
        Ok(Checkpoint::parse(&self.note.text)?)
    }

    /// Checks that the leaf, given by its [`leaf_hash`](crate::leaf_hash), is
    /// in the tree, and that a known key with the name of its origin signed
    /// that; gives the checkpoint.
    ///
    /// # Errors
    ///
    /// As for [`Checkpoint::open`] and [`verify_inclusion`].
    pub fn verify(&self, leaf: &Digest, known: &[VerifierKey]) -> Result<Checkpoint, ProofError> {
        self.leads(leaf, Checkpoint::open(&self.note, known)?)
    }

    /// Checks that the leaf is in the tree of the log of that origin, and that
    /// one of these keys signed that, whatever its name; gives the checkpoint.
    ///
    /// # Errors
    ///
    /// As for [`Checkpoint::open_of`] and [`verify_inclusion`].
    pub fn verify_of(
        &self,
        origin: &str,
        leaf: &Digest,
        keys: &[VerifierKey],
    ) -> Result<Checkpoint, ProofError> {
        self.leads(leaf, Checkpoint::open_of(origin, &self.note, keys)?)
    }

    fn leads(&self, leaf: &Digest, to: Checkpoint) -> Result<Checkpoint, ProofError> {
        verify_inclusion(self.index, to.size, leaf, &self.hashes, &to.root)?;
        Ok(to)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = self.extra.as_ref().filter(|extra| !extra.is_empty()) {
            writeln!(f, "extra {}", text::encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        write_hashes(f, &self.hashes)?;
        write!(f, "\n{}", self.note)
    }
}

pub(crate) fn proof_text(bytes: &[u8]) -> Result<&str, ProofError> {
    if bytes.len() > MAX_PROOF_BYTES {
        return Err(ProofError::TooLarge { bytes: bytes.len() });
    }
    std::str::from_utf8(bytes).map_err(|error| ProofError::NotUtf8 {
        at: error.valid_up_to(),
    })
}

pub(crate) fn header(
    lines: &mut Lines<'_>,
    header: &str,
    expected: &'static str,
) -> Result<(), ProofError> {
    match lines.next() == Some(header) {
        true => Ok(()),
        false => Err(wanted(lines, expected)),
    }
}

/// The line last taken is not what belongs there, or there is none.
pub(crate) fn wanted(lines: &Lines<'_>, wanted: &'static str) -> ProofError {
    ProofError::Line {
        line: lines.number(),
        wanted,
    }
}

pub(crate) fn hash(lines: &Lines<'_>, line: Option<&str>) -> Result<Digest, ProofError> {
    line.and_then(text::decode_digest)
        .ok_or_else(|| wanted(lines, "a hash of 32 bytes in base64"))
}

pub(crate) fn write_hashes(f: &mut fmt::Formatter<'_>, hashes: &[Digest]) -> fmt::Result {
    for hash in hashes {
        writeln!(f, "{}", text::encode(hash.as_bytes()))?;
    }
    Ok(())
}

/// Reads a note that is a checkpoint.
pub(crate) fn checkpoint_note(text: &str) -> Result<SignedNote, ProofError> {
    let note = SignedNote::parse(text.as_bytes())?;
    Checkpoint::parse(&note.text)?;
    Ok(note)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{SigningKey, inclusion_proof, leaf_hash, root};

    const ORIGIN: &str = "example.com/log";

    fn key() -> SigningKey {
        SigningKey::from_seed(ORIGIN, [3; 32]).unwrap()
    }

    fn leaf(index: u64) -> Digest {
        leaf_hash(&index.to_be_bytes())
    }

    fn proof(index: u64, size: u64, extra: Option<Vec<u8>>) -> TlogProof {
        let leaves: Vec<Digest> = (0..size).map(leaf).collect();
        let checkpoint = Checkpoint {
            origin: ORIGIN.to_owned(),
            size,
            root: root(&leaves),
            extensions: Vec::new(),
        };
        TlogProof {
            extra,
            index,
            hashes: inclusion_proof(&leaves, index).unwrap(),
            note: checkpoint.sign(&key()),
        }
    }

    fn refused(text: &str) -> String {
        TlogProof::parse(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_proof_is_written_as_the_standard_says() {
        let extra = b"extra information".to_vec();
        let proof = proof(1, 3, Some(extra));
        // Hashes by `printf '\x00…' | sha256sum`, in base64.
        let expected = format!(
            "c2sp.org/tlog-proof@v1\nextra ZXh0cmEgaW5mb3JtYXRpb24=\nindex 1\n{}\n{}\n\n{}",
            text::encode(leaf(0).as_bytes()),
            text::encode(leaf(2).as_bytes()),
            proof.note
        );
        assert_eq!(proof.to_string(), expected);
        assert_eq!(TlogProof::parse(expected.as_bytes()), Ok(proof));
    }

    #[test]
    fn the_example_of_the_standard_is_read() {
        // Its signatures are shortened there; these stand in for them.
        let note = proof(0, 1, None).note.to_string();
        let (_, signature) = note.rsplit_once("\n\n").unwrap();
        let text = format!(
            "c2sp.org/tlog-proof@v1\nextra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ=\nindex 73894\ngSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\nB95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\nEKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\nRoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=\nAHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=\n\nexample.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n{signature}"
        );
        // The `extra` line of the example is not base64 as it must be written.
        assert!(refused(&text).contains("line 2"));
        let start = text.find("extra").unwrap();
        let end = text.find("index").unwrap();
        let text = format!("{}{}", &text[..start], &text[end..]);
        let proof = TlogProof::parse(text.as_bytes()).unwrap();
        assert_eq!((proof.index, proof.hashes.len()), (73_894, 5));
        assert_eq!(proof.checkpoint().unwrap().origin, "example.com/fancylog");
        assert_eq!(proof.to_string(), text);
    }

    #[test]
    fn a_proof_shows_its_leaf_and_no_other() {
        let keys = [key().verifier_key()];
        for size in 1..20 {
            for index in 0..size {
                let proof = proof(index, size, None);
                let checkpoint = proof.verify(&leaf(index), &keys).unwrap();
                assert_eq!(
                    (checkpoint.size, checkpoint.origin.as_str()),
                    (size, ORIGIN)
                );
                assert!(matches!(
                    proof.verify(&leaf(index + 1), &keys),
                    Err(ProofError::RootDiffers { .. })
                ));
            }
        }
    }

    #[test]
    fn a_proof_is_of_the_log_that_is_named() {
        let (proof, keys) = (proof(2, 5, None), [key().verifier_key()]);
        assert!(proof.verify_of(ORIGIN, &leaf(2), &keys).is_ok());
        assert!(matches!(
            proof.verify_of("example.com/other", &leaf(2), &keys),
            Err(ProofError::OtherOrigin { .. })
        ));
        assert!(matches!(
            proof.verify_of(ORIGIN, &leaf(3), &keys),
            Err(ProofError::RootDiffers { .. })
        ));
        assert!(proof.verify(&leaf(2), &[]).is_err());
    }

    #[test]
    fn what_is_not_exactly_a_proof_is_refused() {
        let good = proof(1, 3, None).to_string();
        let zeros = format!("\n{}\n\n", text::encode(&[0; 64]));
        let hash = format!("\n{}", text::encode(&[0; 32]));
        for (text, cause) in [
            (
                good.replace("c2sp.org/tlog-proof@v1", "wrong-header"),
                "line 1",
            ),
            (good.replace("@v1", "@v2"), "line 1"),
            (
                good.replace("index", "extra !!notbase64!!\nindex"),
                "line 2",
            ),
            (good.replace("index", "extra \nindex"), "line 2"),
            (
                good.replace("index", "extra YQ==\nextra YQ==\nindex"),
                "line 3",
            ),
            (good.replace("index 1\n", ""), "line 2"),
            (good.replace("index 1", "index notanumber"), "line 2"),
            (good.replace("index 1", "index -5"), "line 2"),
            (good.replace("index 1", "index 01"), "line 2"),
            (good.replace("index 1", "index 1 "), "line 2"),
            (good.replace("index 1", "index  1"), "line 2"),
            (
                good.replace("index 1", "index 18446744073709551616"),
                "line 2",
            ),
            (
                good.replace("index 1\n", "index 1\n!!notbase64!!\n"),
                "line 3",
            ),
            (good.replacen("\n\n", &zeros, 1), "line 5"),
            (
                good.replacen("\n\n", &format!("{}\n\n", hash.repeat(63)), 1),
                "more than 64",
            ),
            (
                good.replacen("\n\n", "\n\n\n", 1),
                "line 1 of the checkpoint is empty",
            ),
            (
                good.replace("example.com/log\n3\n", "example.com/log\n03\n"),
                "no size of a tree",
            ),
            (good.replace('\n', "\r\n"), "line 1"),
            (format!("{good}garbage"), "signature"),
            (format!("{good}\n"), "signature"),
            (good.trim_end().to_owned(), "signature"),
            (good[..good.find("\n\n").unwrap() + 1].to_owned(), "line 5"),
            (String::new(), "line 1"),
        ] {
            assert!(refused(&text).contains(cause), "{text}: {}", refused(&text));
        }
        let large = vec![b'a'; MAX_PROOF_BYTES + 1];
        assert_eq!(
            TlogProof::parse(&large),
            Err(ProofError::TooLarge {
                bytes: MAX_PROOF_BYTES + 1
            })
        );
    }

    proptest! {
        // A signature costs some milliseconds where nothing is optimised.
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_written_reads_back(
            size in 1_u64..40, at in any::<prop::sample::Index>(),
            extra in prop::option::of(prop::collection::vec(any::<u8>(), 1..40)),
        ) {
            let proof = proof(at.index(usize::try_from(size).unwrap()) as u64, size, extra);
            prop_assert_eq!(TlogProof::parse(proof.to_string().as_bytes()), Ok(proof));
        }

        #[test]
        fn one_flipped_bit_of_a_proof_is_found(at in any::<prop::sample::Index>(), bit in 0_u32..8) {
            let mut text = proof(5, 11, None).to_string().into_bytes();
            let at = at.index(text.len());
            text[at] ^= 1_u8 << bit;
            let keys = [key().verifier_key()];
            let checked = TlogProof::parse(&text).and_then(|proof| proof.verify(&leaf(5), &keys));
            prop_assert!(checked.is_err());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = TlogProof::parse(&[b"c2sp.org/tlog-proof@v1\n", bytes.as_slice()].concat());
        }
    }
}
