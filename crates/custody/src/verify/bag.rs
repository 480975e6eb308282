//! A bag: its manifests first, then what is in it.

use std::path::Path;

use affiant_bagit::{BagCheck, Severity};
use affiant_model::Action;

use super::run::{Run, count};
use super::{Kind, Trust, Verdict, Verification};
use crate::seal::{VERIFY_MD, VERIFY_SH};
use crate::{CaseFolder, Error, files};

/// Tag files that a bag of ours has beside those of BagIt.
const OURS: [&str; 2] = ["VERIFY.md", "verify.sh"];

/// The manifests that it has, and no others.
const MANIFESTS: [&str; 4] = [
    "manifest-sha256.txt",
    "manifest-sha512.txt",
    "tagmanifest-sha256.txt",
    "tagmanifest-sha512.txt",
];

/// Checks a bag of a whole case or of a part of one.
pub(super) fn verify(
    root: &Path,
    trust: &Trust,
    progress: &mut dyn FnMut(u64),
) -> Result<Verification, Error> {
    let bag = affiant_bagit::check(root, progress).map_err(|error| Error::Proof {
        subject: format!("`{}`", root.display()),
        cause: error.to_string(),
    })?;
    let data = root.join("data");
    let whole = files::ordinary_folder(&data.join("custody")).is_ok_and(|found| found.is_some());
    let mut run = Run::new(CaseFolder::at(&data), trust, progress);
    run.attestations = Some(root.join("attestations"));
    run.in_bag = true;
    run.manifests(&bag);
    run.our_files(root);
    if !whole {
        let events = run.production(&bag);
        let acquired = events
            .values()
            .filter(|event| event.action == Action::Acquire);
        return Ok(Verification {
            events: events.len() as u64,
            exhibits: acquired.count() as u64,
            bytes: bag.bytes,
            ..run.verification(Kind::Production, None)
        });
    }
    let audit = run.case_folder();
    run.signed(&audit);
    run.sealed(&audit);
    run.bag_info(
        &bag,
        &audit.origin(),
        audit.lines,
        &audit.tree.root().to_hex(),
    );
    Ok(run.verification(Kind::Bag, Some(&audit)))
}

impl Run<'_> {
    fn manifests(&mut self, bag: &BagCheck) {
        for name in MANIFESTS {
            if !bag.tags.contains_key(name) {
                let message = "absent: no bag of this program is without it";
                self.add(name, Verdict::Invalid, message);
            }
        }
        for finding in &bag.findings {
            // What was added after sealing is in no manifest, by intention.
            let added = finding.path.starts_with("attestations/")
                && finding.severity < Severity::Incomplete;
            let verdict = match finding.severity {
                _ if added => continue,
                Severity::Note => continue,
                Severity::Warning => Verdict::NotChecked,
                Severity::Incomplete => Verdict::Incomplete,
                Severity::Invalid => Verdict::Invalid,
            };
            let check = self.add(finding.path.clone(), verdict, finding.message.clone());
            check.expected.clone_from(&finding.expected);
            check.found.clone_from(&finding.found);
        }
        for path in bag.tags.keys() {
            let stock = ["bagit.txt", "bag-info.txt"].contains(&path.as_str())
                || MANIFESTS.contains(&path.as_str());
            if !stock && !OURS.contains(&path.as_str()) && !path.starts_with("attestations/") {
                self.add(
                    path.clone(),
                    Verdict::Invalid,
                    "no file of that name belongs here",
                );
            }
        }
        for (path, file) in &bag.payload {
            if let Some(relative) = path.strip_prefix("data/") {
                self.hashed
                    .insert(relative.to_owned(), (file.sha256, file.bytes));
            }
        }
        if bag.is_valid() {
            let message = format!(
                "{} in the manifests, each as listed",
                count(bag.files, "file")
            );
            self.add("bagit.txt", Verdict::Valid, message);
        }
    }

    /// What the bag says of itself is what its checkpoint says.
    pub(super) fn bag_info(&mut self, bag: &BagCheck, origin: &str, size: u64, root: &str) {
        let size = size.to_string();
        for (label, expected) in [
            ("External-Identifier", origin),
            ("Affiant-Checkpoint-Size", size.as_str()),
            ("Affiant-Checkpoint-Root", root),
        ] {
            let subject = "bag-info.txt";
            let values: Vec<_> = bag.info.iter().filter(|(name, _)| name == label).collect();
            match values.as_slice() {
                [] => {
                    let message = format!("it does not say `{label}`");
                    self.add(subject, Verdict::NotChecked, message);
                }
                [(_, found)] if found == expected => {}
                [(_, found), ..] => {
                    let message = format!("`{label}` is not that of the checkpoint");
                    self.differs(subject, message, expected, found);
                }
            }
        }
    }

    /// The script and the text in the bag, against those of this program: who
    /// runs a script runs what somebody put there.
    fn our_files(&mut self, root: &Path) {
        for (name, own) in [("VERIFY.md", VERIFY_MD), ("verify.sh", VERIFY_SH)] {
            let found = files::ordinary_file(&root.join(name))
                .and_then(|_| files::read_bounded(&root.join(name), 1 << 20));
            if found.is_ok_and(|found| found == own.as_bytes()) {
                continue;
            }
            let message = "not as this version writes it: of another version, or altered; do not run it unread";
            self.add(name, Verdict::NotChecked, message);
        }
    }

    /// A bag of a whole case ends with its seal, and the seal is signed.
    fn sealed(&mut self, audit: &crate::ledger::Audit) {
        let subject = "custody/ledger.jsonl end";
        let seal = audit
            .events
            .iter()
            .rev()
            .find(|event| event.action == Action::Seal);
        if seal.is_none_or(|seal| seal.seq != audit.lines) {
            self.add(subject, Verdict::Invalid, "the last event is not the seal of the bag: the end of the ledger was cut off, or something was added after sealing");
            return;
        }
        let name = format!("{}.note", crate::checkpoint::numbered(audit.lines));
        if files::ordinary_file(&self.folder.checkpoints_dir().join(&name))
            .is_ok_and(|found| found.is_none())
        {
            let message = "there is no checkpoint over the seal";
            self.add(
                format!("custody/checkpoints/{name}"),
                Verdict::Invalid,
                message,
            );
        }
    }
}
