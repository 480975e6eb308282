//! Merkle trees, signed notes, checkpoints and proofs: RFC 6962 and C2SP.
//!
//! A [`TreeHasher`] takes leaves and gives a root. A [`Checkpoint`] states
//! size and root of a tree under the name of its log, and becomes a
//! [`SignedNote`] by a [`SigningKey`]. A [`TlogProof`] shows, with a
//! [`VerifierKey`] and no other file, that one leaf is in the tree of a
//! checkpoint; a [`ConsistencyProof`], that one checkpoint is an earlier state
//! of another.
//!
//! Everything is in memory: no input or output, no clock, no chance. What is
//! read may be hostile: it is bounded, and refused rather than guessed at.

mod checkpoint;
mod consistency;
mod error;
mod key;
mod merkle;
mod note;
mod pem;
mod proof;
mod text;
mod verify;

pub use checkpoint::Checkpoint;
pub use consistency::ConsistencyProof;
pub use error::{CheckpointError, NoteError, ProofError};
pub use key::{SigningKey, VerifierKey};
pub use merkle::{
    TreeHasher, consistency_proof, empty_root, inclusion_proof, leaf_hash, node_hash, root,
};
pub use note::{MAX_NOTE_BYTES, MAX_SIGNATURES, NoteSignature, SignedNote};
pub use proof::{MAX_HASHES, MAX_PROOF_BYTES, TlogProof};
pub use verify::{
    verify_consistency, verify_inclusion, verify_subtree_consistency, verify_subtree_inclusion,
};
pub use zeroize::Zeroizing;
