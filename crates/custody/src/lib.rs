//! Custody: the case folder, the acquisition of exhibits, the ledger of what
//! was done to them, what is signed of it, and the check of it all.
//!
//! [`CaseFolder`] reads; the one [`Writer`] of a case, behind a lock, writes;
//! [`verify`] trusts neither. Nothing here knows the clock, the account or a
//! source of random bits: they come in as a [`Stamp`], one for each event.
//!
//! The ledger is a chain of digests over lines of canonical JSON, so that a
//! reader with `sha256sum` alone can follow it, and the leaves of a tree, so
//! that one line, or one exchange of one exhibit, can be proved out of a sealed
//! whole. `FORMAT.md` gives every file byte for byte.

mod acquire;
mod attest;
mod checkpoint;
mod documents;
mod error;
mod exchanges;
mod files;
mod folder;
mod grammar;
mod hash;
mod holdings;
mod keys;
mod ledger;
mod line;
mod origin;
mod prove;
mod recover;
mod seal;
mod source;
mod staging;
mod stamp;
mod sums;
mod verify;
mod writer;

pub use acquire::{Acquisition, Derivation, Means};
pub use attest::{CHECKPOINT_NAMESPACE, FiledStamp, RECEIPT_NAMESPACE, Target};
pub use checkpoint::{Filed, numbered};
pub use documents::{DOCUMENT_NAMESPACE, made};
pub use error::Error;
pub use exchanges::FindRanges;
pub use folder::{CaseFolder, describe};
pub use hash::Algorithm;
pub use keys::{KeyOrder, Term};
pub use ledger::read_ledger;
pub use prove::{ProvenEvent, ProvenExchange, Prover};
pub use seal::{Info, Selection};
pub use source::SteadyFile;
pub use staging::{Removal, Staging};
pub use stamp::Stamp;
pub use verify::{Check, Kind, Trust, Verdict, Verification, verify};
pub use writer::{Details, Writer};
