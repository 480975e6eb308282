//! Checkpoints: C2SP tlog-checkpoint.

use std::fmt;

use affiant_model::Digest;

use crate::text::{self, Lines};
use crate::{CheckpointError, ProofError, SignedNote, SigningKey, VerifierKey};

/// What a log states of itself: how many leaves it has, and their root.
///
/// Its text is the text of a note:
///
/// ```text
/// example.com/behind-the-sofa
/// 20852163
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// ```
///
/// What [`Checkpoint::parse`] takes is written back byte for byte. A control
/// character in a field that was filled otherwise is written as U+FFFD, so that
/// no field can pass for further lines; the checkpoint is then of no log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// Leaves of its tree.
    pub size: u64,
    /// The root of its tree (RFC 6962 §2.1).
    pub root: Digest,
    /// Further lines, opaque and seldom any; none is empty.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// Reads the text of a note as a checkpoint.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] where it is not exactly a checkpoint.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        if let Some(at) = text::control_character(text) {
            return Err(CheckpointError::ControlCharacter { at });
        }
        let mut rest = Lines::new(text);
        let lines: Vec<&str> = rest.by_ref().collect();
        if let Some(empty) = lines.iter().position(|line| line.is_empty()) {
            return Err(CheckpointError::EmptyLine { line: empty + 1 });
        }
        let ([origin, size, root, extensions @ ..], "") = (lines.as_slice(), rest.rest()) else {
            return Err(CheckpointError::TooShort);
        };
        Ok(Self {
            origin: (*origin).to_owned(),
            size: text::decimal(size).ok_or_else(|| CheckpointError::Size {
                text: text::shown(size),
            })?,
            root: text::decode_digest(root).ok_or_else(|| CheckpointError::Root {
                text: text::shown(root),
            })?,
            extensions: extensions.iter().map(|line| (*line).to_owned()).collect(),
        })
    }

    /// Signs the checkpoint. The key should have the name of the origin.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> SignedNote {
        let text = self.to_string();
        SignedNote {
            signatures: vec![key.sign(&text)],
            text,
        }
    }

    /// Reads a checkpoint out of a note that a known key signed whose name is the origin.
    ///
    /// # Errors
    ///
    /// [`ProofError::Checkpoint`] where it is not one, [`ProofError::Note`]
    /// where [`SignedNote::verify`] fails, [`ProofError::NotByOrigin`] where
    /// only others signed it, as witnesses do.
    pub fn open(note: &SignedNote, known: &[VerifierKey]) -> Result<Self, ProofError> {
        let checkpoint = Self::parse(&note.text)?;
        let signers = note.verify(known)?;
        match signers.iter().any(|key| key.name() == checkpoint.origin) {
            true => Ok(checkpoint),
            false => Err(ProofError::NotByOrigin {
                origin: checkpoint.origin,
            }),
        }
    }

    /// Reads a checkpoint of that origin out of a note that one of these keys
    /// signed, all of them keys of that log whatever their names.
    ///
    /// # Errors
    ///
    /// [`ProofError::OtherOrigin`] where it is of another log; otherwise as for
    /// [`Checkpoint::open`].
    pub fn open_of(
        origin: &str,
        note: &SignedNote,
        keys: &[VerifierKey],
    ) -> Result<Self, ProofError> {
        let checkpoint = Self::parse(&note.text)?;
        note.verify(keys)?;
        match checkpoint.origin == origin {
            true => Ok(checkpoint),
            false => Err(ProofError::OtherOrigin {
                found: checkpoint.origin,
                wanted: origin.to_owned(),
            }),
        }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one_line = |line: &str| line.replace(|c| c < ' ', "\u{fffd}");
        writeln!(f, "{}", one_line(&self.origin))?;
        writeln!(f, "{}", self.size)?;
        writeln!(f, "{}", text::encode(self.root.as_bytes()))?;
        for line in &self.extensions {
            writeln!(f, "{}", one_line(line))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{NoteError, empty_root};

    /// The example of C2SP tlog-checkpoint.
    const EXAMPLE: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    fn key(name: &str, seed: u8) -> SigningKey {
        SigningKey::from_seed(name, [seed; 32]).unwrap()
    }

    #[test]
    fn the_published_example_is_read_and_written() {
        let checkpoint = Checkpoint::parse(EXAMPLE).unwrap();
        assert_eq!(checkpoint.origin, "example.com/behind-the-sofa");
        assert_eq!(checkpoint.size, 20_852_163);
        assert_eq!(
            checkpoint.root.to_hex(),
            "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
        );
        assert!(checkpoint.extensions.is_empty());
        assert_eq!(checkpoint.to_string(), EXAMPLE);

        let signed = format!(
            "{EXAMPLE}\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        );
        let note = SignedNote::parse(signed.as_bytes()).unwrap();
        assert_eq!(Checkpoint::parse(&note.text), Ok(checkpoint));
    }

    #[test]
    fn further_lines_are_kept() {
        let text = format!("{EXAMPLE}6086d1a9\nWaxing gibbous\n");
        let checkpoint = Checkpoint::parse(&text).unwrap();
        assert_eq!(checkpoint.extensions, ["6086d1a9", "Waxing gibbous"]);
        assert_eq!(checkpoint.to_string(), text);
    }

    #[test]
    fn the_empty_tree_has_size_0() {
        let text = "log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
        let checkpoint = Checkpoint::parse(text).unwrap();
        assert_eq!((checkpoint.size, checkpoint.root), (0, empty_root()));
    }

    #[test]
    fn what_is_not_exactly_a_checkpoint_is_refused() {
        let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
        for text in [
            String::new(),
            "Head\n9944\n".to_owned(),
            format!("\n9944\n{root}\n"),
            format!("Log\n123\n{root}"),
            format!("Log\nbananas\n{root}\n"),
            format!("Log\n-34\n{root}\n"),
            format!("Log\n+34\n{root}\n"),
            format!("Log\n034\n{root}\n"),
            format!("Log\n00\n{root}\n"),
            format!("Log\n 34\n{root}\n"),
            format!("Log\n\n{root}\n"),
            format!("Log\n3438945738945739845734895735\n{root}\n"),
            "Log\n123\nThisIsn'tBase64\n".to_owned(),
            // Base64, but not of 32 bytes.
            "Log\n123\nYmFuYW5hcw==\n".to_owned(),
            format!("Log\n123\n{}\n", root.trim_end_matches('=')),
            format!("Log\n123\n{}\n", root.replace("2I=", "2J=")),
            format!("Log\n123\n{root}\n\n"),
            format!("Log\n123\n{root}\n\nmore\n"),
            format!("Log\n123\n{root}\nmore"),
            format!("Log\r\n123\r\n{root}\r\n"),
        ] {
            assert!(Checkpoint::parse(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_field_can_pass_for_further_lines() {
        let key = key("log", 1);
        let checkpoint = Checkpoint {
            origin: format!("log\n9\n{}", text::encode(empty_root().as_bytes())),
            size: 1,
            root: empty_root(),
            extensions: vec!["a\nb".to_owned()],
        };
        let note = checkpoint.sign(&key);
        assert_eq!(note.text.lines().count(), 4);
        assert!(matches!(
            Checkpoint::open(&note, &[key.verifier_key()]),
            Err(ProofError::NotByOrigin { .. })
        ));
    }

    #[test]
    fn only_a_key_of_the_origin_opens_a_checkpoint() {
        let (log, witness) = (key("example.com/behind-the-sofa", 1), key("witness", 2));
        let checkpoint = Checkpoint::parse(EXAMPLE).unwrap();
        let note = checkpoint.sign(&log);
        assert_eq!(
            Checkpoint::open(&note, &[log.verifier_key()]),
            Ok(checkpoint.clone())
        );
        let witnessed = checkpoint.sign(&witness);
        let keys = [log.verifier_key(), witness.verifier_key()];
        assert!(matches!(
            Checkpoint::open(&witnessed, &keys),
            Err(ProofError::NotByOrigin { .. })
        ));
        assert_eq!(
            Checkpoint::open(&note, &[witness.verifier_key()]),
            Err(ProofError::Note(NoteError::Unknown))
        );
    }

    #[test]
    fn a_checkpoint_opens_as_of_the_log_that_is_named_and_no_other() {
        let log = key("case", 1);
        let mut checkpoint = Checkpoint::parse(EXAMPLE).unwrap();
        checkpoint.origin = "case/E-0001".to_owned();
        let note = checkpoint.sign(&log);
        let keys = [log.verifier_key()];
        assert_eq!(
            Checkpoint::open_of("case/E-0001", &note, &keys),
            Ok(checkpoint)
        );
        assert!(matches!(
            Checkpoint::open_of("case/E-0002", &note, &keys),
            Err(ProofError::OtherOrigin { .. })
        ));
        assert_eq!(
            Checkpoint::open_of("case/E-0001", &note, &[key("case", 2).verifier_key()]),
            Err(ProofError::Note(NoteError::Unknown))
        );
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            origin in "[^\\x00-\\x1f]{1,20}", size in any::<u64>(), root in any::<[u8; 32]>(),
            extensions in prop::collection::vec("[^\\x00-\\x1f]{1,20}", 0..3),
        ) {
            let root = Digest::from_bytes(root);
            let checkpoint = Checkpoint { origin, size, root, extensions };
            prop_assert_eq!(Checkpoint::parse(&checkpoint.to_string()), Ok(checkpoint));
        }

        #[test]
        fn what_parses_is_written_back_byte_for_byte(
            text in "[a-z]{0,3}\n[+0-9]{0,3}\n[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048a]=\n([a-z]{0,2}\n){0,2}"
        ) {
            if let Ok(checkpoint) = Checkpoint::parse(&text) {
                prop_assert_eq!(checkpoint.to_string(), text);
            }
        }
    }
}
