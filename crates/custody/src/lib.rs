//! Custody: the case folder, the acquisition of exhibits, the ledger of what
//! was done to them, and the check of it all.
//!
//! [`CaseFolder`] reads; the one [`Writer`] of a case, behind a lock, writes;
//! [`verify`] trusts neither. Nothing here knows the clock, the account or a
//! source of random bits: they come in as a [`Stamp`], one for each event.
//!
//! The ledger is a chain of digests over lines of canonical JSON, so that a
//! reader with `sha256sum` alone can follow it. What a chain does not show, its
//! end, [`verify`] says in so many words.

mod acquire;
mod derived;
mod error;
mod files;
mod folder;
mod ledger;
mod line;
mod recover;
mod stamp;
mod sums;
mod verdict;
mod verify;

pub use acquire::Writer;
pub use error::Error;
pub use folder::{CaseFolder, describe};
pub use stamp::Stamp;
pub use verdict::{Check, Verdict, Verification};
pub use verify::verify;
