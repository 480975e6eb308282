//! The proofs, good and spoilt, of transparency-dev/merkle (`testdata`, commit
//! 417fb0c): inclusion and consistency, of trees and of subtrees.
//!
//! The collection is not part of the project: `AFFIANT_CORPUS` names it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by the one and says by the other what it did"
)]

use std::fs;
use std::path::{Path, PathBuf};

use affiant_model::Digest;
use affiant_tlog::{
    verify_consistency, verify_inclusion, verify_subtree_consistency, verify_subtree_inclusion,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Whether a proof is accepted, or why not.
type Outcome = Result<(), Box<dyn std::error::Error>>;

/// What checks the proofs of one folder.
type Check = fn(&Vector) -> Outcome;

/// The folders, with how many proofs each has.
const FOLDERS: [(&str, usize, Check); 4] = [
    ("inclusion", 98, inclusion),
    ("consistency", 98, consistency),
    ("subtreeinclusion", 204, subtree_inclusion),
    ("subtreeconsistency", 118, subtree_consistency),
];

struct Vector(Value);

impl Vector {
    fn number(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap()
    }

    fn hash(&self, name: &str) -> Digest {
        digest(&self.0[name])
    }

    /// A leaf hash that is not of 32 bytes is refused before there is a proof.
    fn leaf(&self) -> Result<Digest, String> {
        let bytes: Result<[u8; 32], _> = bytes(&self.0["leafHash"]).try_into();
        bytes
            .map(Digest::from_bytes)
            .map_err(|bytes| format!("the leaf hash has {} bytes", bytes.len()))
    }

    fn proof(&self) -> Vec<Digest> {
        let hashes = self.0["proof"].as_array();
        hashes.map_or_else(Vec::new, |hashes| hashes.iter().map(digest).collect())
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap()).unwrap()
}

/// A root or a hash of a proof. Some are not of 32 bytes, which the types here
/// cannot say: a digest of such a one stands in for it, for it is equal where
/// that is equal, and to nothing else.
fn digest(value: &Value) -> Digest {
    let bytes = bytes(value);
    <[u8; 32]>::try_from(bytes.as_slice()).map_or_else(
        |_| Digest::of(&[b"stands in for ", bytes.as_slice()].concat()),
        Digest::from_bytes,
    )
}

fn inclusion(vector: &Vector) -> Outcome {
    Ok(verify_inclusion(
        vector.number("leafIdx"),
        vector.number("treeSize"),
        &vector.leaf()?,
        &vector.proof(),
        &vector.hash("root"),
    )?)
}

fn consistency(vector: &Vector) -> Outcome {
    Ok(verify_consistency(
        vector.number("size1"),
        vector.number("size2"),
        &vector.proof(),
        &vector.hash("root1"),
        &vector.hash("root2"),
    )?)
}

fn subtree_inclusion(vector: &Vector) -> Outcome {
    Ok(verify_subtree_inclusion(
        vector.number("leafIdx"),
        vector.number("start"),
        vector.number("end"),
        &vector.leaf()?,
        &vector.proof(),
        &vector.hash("root"),
    )?)
}

fn subtree_consistency(vector: &Vector) -> Outcome {
    Ok(verify_subtree_consistency(
        vector.number("start"),
        vector.number("end"),
        vector.number("size"),
        &vector.proof(),
        &vector.hash("root1"),
        &vector.hash("root2"),
    )?)
}

/// The folder of the proofs, where there is one.
fn testdata() -> Option<PathBuf> {
    #[allow(
        clippy::disallowed_methods,
        reason = "a test may be told where the collection is"
    )]
    let named = std::env::var_os("AFFIANT_CORPUS").map(PathBuf::from);
    let root = named
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"));
    Some(root.join("conformance/merkle/testdata")).filter(|folder| folder.is_dir())
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.push(path);
        }
    }
}

#[test]
fn every_published_proof_is_accepted_or_refused_as_published() {
    let Some(testdata) = testdata() else {
        println!("skipped: no published proofs at AFFIANT_CORPUS");
        return;
    };
    let (mut checked, mut good, mut wrong) = (0, 0, Vec::new());
    for (name, count, check) in FOLDERS {
        let mut found = Vec::new();
        files(&testdata.join(name), &mut found);
        assert_eq!(found.len(), count, "{name}");
        for path in found {
            let vector = Vector(serde_json::from_slice(&fs::read(&path).unwrap()).unwrap());
            let refuse = vector.0["wantErr"].as_bool().unwrap();
            let outcome = check(&vector);
            checked += 1;
            good += usize::from(outcome.is_ok());
            if outcome.is_err() != refuse {
                wrong.push(format!("{}: {outcome:?}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(checked, 518);
    println!(
        "{checked} proofs: {good} accepted, {} refused",
        checked - good
    );
}
