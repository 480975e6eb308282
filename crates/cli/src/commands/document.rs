//! A document by itself: whether it was changed after it was made, and whether
//! what it carries agrees with the ledger that it carries. Against its case: who made
//! and signed it, and whether it follows from the evidence (`provenance`).

mod provenance;

use std::collections::BTreeMap;
use std::path::Path;

use provenance::Traced;

use affiant_custody::{CaseFolder, Check, Kind, Trust, Verdict, Verification};
use affiant_model::{Action, CustodyEvent, Digest};
use affiant_tlog::{Checkpoint, SignedNote, TreeHasher, VerifierKey, leaf_hash};

use crate::args::Verify;
use crate::console::Console;
use crate::error::{CliError, io};

/// No document is larger, in bytes.
const LIMIT: u64 = 1 << 30;

/// The ledger that a document carries.
const LEDGER: &str = "ledger.jsonl";

/// What the schedule of a document is set from.
const SCHEDULE: &str = affiant_report::SCHEDULE;

/// The checkpoint and the key that a notice carries.
const NOTE: &str = "checkpoint.note";
const KEY: &str = "log.vkey";

/// Checks one PDF, against the case folder or bag that it is of, if one is given.
pub(crate) fn verify(
    path: &Path,
    arguments: &Verify,
    trust: &Trust,
    console: &Console,
) -> Result<Verification, CliError> {
    let case = arguments.case.as_deref();
    let size = std::fs::metadata(path).map_err(io("read", path))?.len();
    if size > LIMIT {
        return Err(CliError::usage(format!(
            "`{}` has {size} bytes, and at most {LIMIT} are read",
            path.display()
        )));
    }
    let bytes = std::fs::read(path).map_err(io("read", path))?;
    let mut document = Document {
        name: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        digest: Digest::of(&bytes),
        checks: Vec::new(),
        limits: Vec::new(),
    };
    let attachments = document.structure(&bytes);
    let ledger = if attachments.contains_key(NOTE) {
        document.notice(&attachments, case, trust)?;
        None
    } else {
        let traced = document.recorded(case, &attachments, trust)?;
        // What nothing is attached to is known by the case that records it.
        let ledger = match traced.is_some() && attachments.is_empty() {
            true => None,
            false => document.ledger(&attachments),
        };
        document.attached_tables(&attachments, ledger.as_deref());
        document.schedule(&attachments, &bytes);
        document.checkpoints(&attachments, trust);
        if let Some(traced) = &traced {
            document.provenance(traced, &bytes, trust, arguments.quick, console)?;
        }
        ledger
    };
    let mut verification = Verification::of(Kind::Document, document.checks);
    verification.bytes = bytes.len() as u64;
    verification.events = ledger.map_or(0, |events| events.len() as u64);
    verification.limits.extend(document.limits);
    if case.is_none() {
        verification.limits.push(
            "a document alone does not show that its figures follow from the evidence: give the case folder or its bag with `--case`".to_owned(),
        );
    }
    Ok(verification)
}

struct Document {
    name: String,
    digest: Digest,
    checks: Vec<Check>,
    limits: Vec<String>,
}

type Attachments = BTreeMap<String, Vec<u8>>;

impl Document {
    fn add(&mut self, subject: &str, verdict: Verdict, message: impl Into<String>) {
        let subject = match subject {
            "" => self.name.clone(),
            subject => format!("{}: {subject}", self.name),
        };
        self.checks.push(Check {
            subject,
            verdict,
            message: message.into(),
            expected: None,
            found: None,
        });
    }

    /// Whether it is in one piece, as it was made; gives what is attached.
    fn structure(&mut self, bytes: &[u8]) -> Attachments {
        let found = match affiant_report::inspect(bytes) {
            Ok(found) => found,
            Err(error) => {
                self.add("", Verdict::Invalid, error.to_string());
                return Attachments::new();
            }
        };
        if found.revisions != 1 || found.prev || found.trailing > 0 {
            let message = format!(
                "changed after it was made: {} revisions, {} bytes behind the end; what it shows need not be what was made",
                found.revisions, found.trailing
            );
            self.add("", Verdict::Invalid, message);
        } else {
            self.add("", Verdict::Valid, "one revision, nothing behind its end");
        }
        if !found.active.is_empty() {
            let message = format!(
                "holds what can change what is shown, which no document of this program does: {}",
                found.active.join(", ")
            );
            self.add("", Verdict::Invalid, message);
        }
        if !found.irregular.is_empty() {
            let message = format!(
                "not built as this program builds documents: {}",
                found.irregular.join("; ")
            );
            self.add("", Verdict::Invalid, message);
        }
        found.attachments.into_iter().collect()
    }

    /// What a case records of a document is worth what the case is. Gives what is said of
    /// what was filed for this document.
    fn case(&mut self, case: &Path, trust: &Trust) -> Result<Vec<Check>, CliError> {
        let whole = affiant_custody::verify(case, trust, &mut |_| {})?;
        let worst = whole
            .checks
            .iter()
            .find(|check| check.verdict == whole.verdict);
        let message = match worst {
            Some(check) if whole.verdict != Verdict::Valid => {
                format!("{}: {}", check.subject, check.message)
            }
            _ => "as recorded, and signed".to_owned(),
        };
        self.add("the case that records it", whole.verdict, message);
        let filed = format!("custody/documents/{}.", self.digest);
        let of_it = whole.checks.into_iter();
        Ok(of_it
            .filter(|check| check.subject.starts_with(&filed))
            .collect())
    }

    /// A notice carries a checkpoint and the key under it.
    fn notice(
        &mut self,
        attachments: &Attachments,
        case: Option<&Path>,
        trust: &Trust,
    ) -> Result<(), CliError> {
        let bytes = attachments.get(NOTE).map_or(&[][..], Vec::as_slice);
        let key = attachments.get(KEY).and_then(|key| {
            String::from_utf8_lossy(key)
                .trim()
                .parse::<VerifierKey>()
                .ok()
        });
        let (Ok(note), Some(key)) = (SignedNote::parse(bytes), key) else {
            self.add(
                NOTE,
                Verdict::Invalid,
                "the notice carries no checkpoint and key that can be read",
            );
            return Ok(());
        };
        let checkpoint = match Checkpoint::open(&note, std::slice::from_ref(&key)) {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                self.add(NOTE, Verdict::Invalid, error.to_string());
                return Ok(());
            }
        };
        self.add(
            NOTE,
            Verdict::Valid,
            format!("signed, of {} events", checkpoint.size),
        );
        if trust.key == Some(key.fingerprint()) {
            self.add(KEY, Verdict::Valid, "the key that you named");
        } else {
            let message = format!("you did not name this key, {}", key.fingerprint());
            self.add(KEY, Verdict::UntrustedKey, message);
        }
        let Some(case) = case else {
            self.add(NOTE, Verdict::NotChecked, "whether the case is a later state of it: give the case folder or its bag with `--case`");
            return Ok(());
        };
        let mut trust = trust.clone();
        trust.checkpoints.push(note);
        self.case(case, &trust).map(drop)
    }

    fn ledger(&mut self, attachments: &Attachments) -> Option<Vec<CustodyEvent>> {
        let Some(text) = attachments.get(LEDGER) else {
            self.add(
                LEDGER,
                Verdict::NotChecked,
                "none is attached: the document says nothing about custody that could be checked",
            );
            return None;
        };
        match affiant_custody::read_ledger(text) {
            Ok(events) => {
                let message = format!("{} events, numbered and chained", events.len());
                self.add(LEDGER, Verdict::Valid, message);
                Some(events)
            }
            Err(error) => {
                self.add(LEDGER, Verdict::Invalid, error.to_string());
                None
            }
        }
    }

    /// The tables that it carries are those of the analysis that it carries.
    fn attached_tables(&mut self, attachments: &Attachments, ledger: Option<&[CustodyEvent]>) {
        let analysis = ledger.and_then(|events| {
            events
                .iter()
                .rev()
                .find(|event| event.action == Action::Analyse)
        });
        let others = |name: &str| name != LEDGER && name != SCHEDULE;
        for (name, bytes) in attachments.iter().filter(|(name, _)| others(name)) {
            let path = format!("tables/{name}");
            let recorded =
                analysis.and_then(|event| event.objects.iter().find(|object| object.path == path));
            match recorded {
                Some(object) if object.sha256 == Digest::of(bytes) => {
                    self.add(name, Verdict::Valid, "as the attached ledger records it");
                }
                Some(object) => {
                    self.add(
                        name,
                        Verdict::Invalid,
                        "not the table that the attached ledger records",
                    );
                    if let Some(last) = self.checks.last_mut() {
                        last.expected = Some(object.sha256.to_hex());
                        last.found = Some(Digest::of(bytes).to_hex());
                    }
                }
                None => self.add(
                    name,
                    Verdict::Invalid,
                    "the attached ledger does not record it",
                ),
            }
        }
    }

    /// The file that its schedule is set from is the one that its text names.
    fn schedule(&mut self, attachments: &Attachments, bytes: &[u8]) {
        let Some(schedule) = attachments.get(SCHEDULE) else {
            return;
        };
        let digest = Digest::of(schedule).to_hex();
        let named = affiant_report::page_texts(bytes).iter().any(|page| {
            // A digest runs over two lines, which may be numbered.
            let words: Vec<&str> = page.split_whitespace().collect();
            words.concat().contains(&digest)
                || words.iter().any(|word| {
                    word.len() >= 8 && digest.starts_with(word) && {
                        let rest = &digest[word.len()..];
                        words.contains(&rest)
                    }
                })
        });
        if named {
            self.add(SCHEDULE, Verdict::Valid, "the text names its digest");
        } else {
            self.add(
                SCHEDULE,
                Verdict::Invalid,
                "the text does not name its digest",
            );
            if let Some(last) = self.checks.last_mut() {
                last.found = Some(digest);
            }
        }
    }

    /// The ledger that it carries, against checkpoints received earlier.
    fn checkpoints(&mut self, attachments: &Attachments, trust: &Trust) {
        let Some(text) = attachments.get(LEDGER) else {
            return;
        };
        let mut roots = vec![affiant_tlog::empty_root()];
        let mut tree = TreeHasher::new();
        for line in text
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            tree.push(leaf_hash(line));
            roots.push(tree.root());
        }
        for note in &trust.checkpoints {
            let subject = "checkpoint received earlier";
            let Ok(checkpoint) = Checkpoint::parse(&note.text) else {
                self.add(subject, Verdict::Invalid, "it is no checkpoint");
                continue;
            };
            let at = usize::try_from(checkpoint.size).unwrap_or(usize::MAX);
            match roots.get(at) {
                Some(root) if *root == checkpoint.root => {
                    let message = "the attached ledger is a later state of it";
                    self.add(subject, Verdict::Valid, message);
                }
                Some(_) => {
                    let message = "the attached ledger is of another history";
                    self.add(subject, Verdict::Invalid, message);
                }
                None => {
                    let message = format!(
                        "it is of {at} events, and the document was made after {}",
                        roots.len() - 1
                    );
                    self.add(subject, Verdict::NotChecked, message);
                }
            }
        }
    }

    /// Whether an event of the case records this very document; gives where, if one does.
    fn recorded(
        &mut self,
        case: Option<&Path>,
        attachments: &Attachments,
        trust: &Trust,
    ) -> Result<Option<Traced>, CliError> {
        let Some(case) = case else {
            self.add("", Verdict::NotChecked, "whether it is the document that was recorded: give the case folder or its bag with `--case`");
            return Ok(None);
        };
        let root = match case.join("bagit.txt").exists() {
            true => case.join("data"),
            false => case.to_path_buf(),
        };
        let filed = self.case(case, trust)?;
        let folder = CaseFolder::open(&root)?;
        let ledger = folder.ledger()?;
        let traced = affiant_custody::made(&ledger, &self.digest)
            .map(|(event, path)| (event.seq, path.to_owned()))
            .map(|(made, path)| Traced {
                root,
                made,
                path,
                ledger,
                filed,
            });
        match &traced {
            Some(traced) => {
                let message = format!(
                    "as event {} of the case records it, as `{}`",
                    traced.made, traced.path
                );
                self.add("", Verdict::Valid, message);
            }
            None => self.add(
                "",
                Verdict::Invalid,
                "no event of the case records this document: it was changed, such as by the header of a filing system, or it is of another case",
            ),
        }
        if let Some(attached) = attachments.get(LEDGER) {
            let path = folder.ledger_path();
            let whole = std::fs::read(&path).map_err(io("read", &path))?;
            if !whole.starts_with(attached) {
                self.add(
                    LEDGER,
                    Verdict::Invalid,
                    "not the beginning of the ledger of the case",
                );
            }
        }
        Ok(traced)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_whose_digest_the_text_does_not_name_is_invalid() {
        let mut document = Document {
            name: "certification-902.pdf".into(),
            digest: Digest::of(b"x"),
            checks: Vec::new(),
            limits: Vec::new(),
        };
        let attached = Attachments::from([(SCHEDULE.to_owned(), b"{}\n".to_vec())]);
        document.schedule(&attached, b"%PDF-1.7\n");
        let check = &document.checks[0];
        assert_eq!(check.verdict, Verdict::Invalid);
        assert_eq!(check.found, Some(Digest::of(b"{}\n").to_hex()));
        document.schedule(&Attachments::new(), b"%PDF-1.7\n");
        assert_eq!(document.checks.len(), 1, "without one nothing is said");
    }
}
