//! The check of a case folder, of the bag of a whole case, or of a production.
//! It trusts nothing that it finds, goes to the end whatever it meets, and
//! changes nothing.

mod attested;
mod bag;
mod derived;
mod documents;
mod folder;
mod produced;
mod production;
mod run;
mod signed;
mod trees;
mod verdict;

use std::path::Path;

use affiant_attest::AllowedSigners;
use affiant_model::Digest;
use affiant_tlog::SignedNote;
use chrono::{DateTime, Utc};

pub(crate) use self::attested::{TOLERANCE, is_name};
use self::run::Run;
pub use self::verdict::{Check, Kind, Verdict, Verification};
use crate::{CaseFolder, Error};

/// What the caller knows by another way than from the files that are checked.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// SHA-256 of the 32 bytes of a key of the case, as a notice prints it.
    pub key: Option<Digest>,
    /// Checkpoints that were received earlier.
    pub checkpoints: Vec<SignedNote>,
    /// Persons whose SSH signatures count.
    pub signers: Option<AllowedSigners>,
    /// When the check is made: nothing was recorded later, and a person's key may
    /// be listed for a time only.
    pub now: Option<DateTime<Utc>>,
    /// Root certificates of time-stamping authorities, in DER.
    pub anchors: Vec<Vec<u8>>,
}

/// Checks what `root` is: a case folder, the bag of a whole case, or a
/// production.
///
/// Checked are the form, numbers, chain and order in time of the ledger; that
/// each exhibit and working copy is present with the size and digest recorded;
/// that nothing else lies beside them; `SHA256SUMS`; the case file against the
/// last event that names it; the files that the last analysis and the last
/// report named; the keys, checkpoints, trees of exchanges, signatures and
/// time-stamps; and of a bag its manifests. What else is in `tables/` and
/// `reports/`, and what the last analysis or the last report came too early
/// for, is listed as not checked. `progress` is told the bytes of each piece
/// of a file read.
///
/// # Errors
///
/// [`Error::NotACase`] where neither a ledger, nor evidence, nor a case file,
/// nor a bag is there.
pub fn verify(
    root: &Path,
    trust: &Trust,
    progress: &mut dyn FnMut(u64),
) -> Result<Verification, Error> {
    if affiant_bagit::is_bag(root) {
        return bag::verify(root, trust, progress);
    }
    let folder = CaseFolder::at(root);
    let parts = [
        folder.custody_dir(),
        folder.evidence_dir(),
        folder.case_file(),
    ];
    if parts.iter().all(|part| part.symlink_metadata().is_err()) {
        return Err(Error::NotACase {
            path: root.to_path_buf(),
        });
    }
    let mut run = Run::new(folder, trust, progress);
    let audit = run.case_folder();
    run.signed(&audit);
    Ok(run.verification(Kind::Folder, Some(&audit)))
}
