//! Where a document is from, by its case: the program and the tables that it was made
//! with, who signed it, and whether it is made again to the same bytes.

use std::path::PathBuf;

use affiant_attest::{AllowedSigners, SshError, verify_ssh};
use affiant_custody::{CaseFolder, Check, DOCUMENT_NAMESPACE, Trust, Verdict};
use affiant_model::{Action, CustodyEvent};

use super::Document;
use crate::commands::recompute;
use crate::console::Console;
use crate::error::{CliError, io};

/// A document that an event of a case records.
pub(super) struct Traced {
    /// The case folder, or the payload of its bag.
    pub(super) root: PathBuf,
    /// The event that first records it.
    pub(super) made: u64,
    /// Its path then.
    pub(super) path: String,
    pub(super) ledger: Vec<CustodyEvent>,
    /// What the check of the case says of what was filed for it.
    pub(super) filed: Vec<Check>,
}

impl Document {
    /// Says by which version it was made and from which tables, and whether the
    /// signatures over it are good and it still follows from the evidence.
    pub(super) fn provenance(
        &mut self,
        traced: &Traced,
        bytes: &[u8],
        trust: &Trust,
        quick: bool,
        console: &Console,
    ) -> Result<(), CliError> {
        self.made_with(traced);
        self.put_under(traced, bytes, trust)?;
        self.made_again(traced, quick, console);
        Ok(())
    }

    fn made_with(&mut self, traced: &Traced) {
        let before = traced
            .ledger
            .iter()
            .take_while(|event| event.seq < traced.made);
        let analysis = before
            .filter(|event| event.action == Action::Analyse)
            .last();
        let made = traced.ledger.iter().find(|event| event.seq == traced.made);
        if let Some(made) = made {
            let file = made
                .tool
                .sha256
                .map_or_else(|| "not taken".to_owned(), |digest| digest.to_hex());
            let message = format!(
                "{} {}, SHA-256 of the program file {file}, by {}",
                made.tool.name, made.tool.version, made.actor.name
            );
            self.add("made by", Verdict::Valid, message);
        }
        let Some(analysis) = analysis else {
            self.add(
                "made from",
                Verdict::Invalid,
                "no event before it records an analysis",
            );
            return;
        };
        let tables: Vec<String> = analysis
            .objects
            .iter()
            .filter(|object| object.path.ends_with(".parquet") || object.path == "case.toml")
            .map(|object| format!("{} {}", object.path, object.sha256))
            .collect();
        let message = format!(
            "the tables of event {}, SHA-256: {}",
            analysis.seq,
            tables.join(", ")
        );
        self.add("made from", Verdict::Valid, message);
    }

    /// The signatures over these bytes, and what the check of the case says of the tokens.
    fn put_under(&mut self, traced: &Traced, bytes: &[u8], trust: &Trust) -> Result<(), CliError> {
        let folder = CaseFolder::open(&traced.root)?;
        let (mut signed, mut stamped) = (false, false);
        for path in folder.filed_for(&self.digest)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let subject = format!("custody/documents/{name}");
            if name.ends_with(".sig") {
                signed = true;
                let armored = std::fs::read_to_string(&path).map_err(io("read", &path))?;
                let (verdict, message) = signature(&armored, bytes, trust);
                self.add(&subject, verdict, message);
            } else {
                stamped = true;
                let said = traced.filed.iter().find(|check| check.subject == subject);
                match said {
                    Some(check) => self.add(&subject, check.verdict, check.message.clone()),
                    None => self.add(&subject, Verdict::NotChecked, "not checked with the case"),
                }
            }
        }
        if !signed {
            self.limits.push("nobody signed this document: `affiant sign CASE DOCUMENT` files the signature of who is to testify".to_owned());
        }
        if !stamped {
            self.limits.push("no authority stamped this document: nobody but the holder of the case says by when it was made (`affiant stamp CASE DOCUMENT`)".to_owned());
        }
        Ok(())
    }

    /// Makes everything again, and says of this document whether it came out the same.
    fn made_again(&mut self, traced: &Traced, quick: bool, console: &Console) {
        let subject = "made again from the evidence";
        if quick {
            self.add(subject, Verdict::NotChecked, "`--quick` was given");
            return;
        }
        if self
            .checks
            .iter()
            .any(|check| check.verdict == Verdict::Invalid)
        {
            let why = "not made again: what was checked before is not as recorded";
            self.add(subject, Verdict::NotChecked, why);
            return;
        }
        // The last analysis or report: an analysis behind the reports made them stale.
        let mut derived = traced.ledger.iter().rev();
        let last = derived
            .find(|event| matches!(event.action, Action::Report | Action::Analyse))
            .filter(|event| event.action == Action::Report);
        let current = last.is_some_and(|event| {
            let mut objects = event.objects.iter();
            objects.any(|object| object.path == traced.path && object.sha256 == self.digest)
        });
        if !current {
            let why = format!(
                "not made again: event {} made it, and tables or documents were made anew since",
                traced.made
            );
            self.add(subject, Verdict::NotChecked, why);
            return;
        }
        let checks = recompute::checks(&traced.root, console);
        let about =
            |check: &&Check| check.subject == traced.path || !check.subject.starts_with("reports/");
        let wrong = checks
            .iter()
            .filter(about)
            .find(|check| check.verdict != Verdict::Valid);
        match wrong {
            Some(check) => {
                let message = format!("{}: {}", check.subject, check.message);
                self.add(subject, check.verdict, message);
            }
            None => self.add(
                subject,
                Verdict::Valid,
                "the tables and this document were made again from the evidence, to the same bytes: each figure in it follows from the exhibits by this version",
            ),
        }
    }
}

fn signature(armored: &str, bytes: &[u8], trust: &Trust) -> (Verdict, String) {
    let nobody = AllowedSigners::default();
    let allowed = trust.signers.as_ref().unwrap_or(&nobody);
    let now = trust.now.unwrap_or_default();
    match verify_ssh(armored, bytes, DOCUMENT_NAMESPACE, allowed, None, now) {
        Ok(signer) => (
            Verdict::Valid,
            format!("signed by {} ({})", signer.identity, signer.fingerprint),
        ),
        Err(SshError::UnknownKey { fingerprint, .. }) => (
            Verdict::UntrustedKey,
            format!(
                "a good signature by {fingerprint}, which is not among the signers that you named; give them with `--signers`"
            ),
        ),
        Err(error) => (Verdict::Invalid, error.to_string()),
    }
}
