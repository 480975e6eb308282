//! Puts right what a recording that broke off has left.
//!
//! First everything is looked at and nothing is touched; then one `recover`
//! event says what was found; then it is put right. A crash between the two
//! makes the next writer find, and record, the rest.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;

use affiant_model::{Action, CustodyEvent, CustodyObject, Digest, ExhibitId};

use affiant_tlog::VerifierKey;

use crate::acquire::{place, write_sums};
use crate::holdings::Holdings;
use crate::keys::{KeyHistory, key_files};
use crate::ledger::{self, Audit, Tail};
use crate::writer::object_of;
use crate::{CaseFolder, Error, Stamp, exchanges, files, line, sums};

/// One thing to do.
enum Repair {
    Place(CustodyObject, String),
    Remove(PathBuf),
    WriteSums,
    FileKey(VerifierKey),
}

/// What was found, in words, and what there is to do about it.
#[derive(Default)]
struct Plan {
    findings: Vec<String>,
    repairs: Vec<Repair>,
}

/// Refuses a folder in which a file of its own, or an exhibit, is a link.
pub(crate) fn refuse_links(folder: &CaseFolder) -> Result<(), Error> {
    let evidence = folder.evidence_dir();
    for name in files::names(&evidence)? {
        match name.to_str() {
            Some(crate::folder::INCOMING) => files::ordinary_folder(&evidence.join(name))?,
            _ => files::ordinary_file(&evidence.join(name))?,
        };
    }
    files::ordinary_file(&folder.case_file())?;
    Ok(())
}

/// Puts right what is to be put right in a folder whose ledger was read.
pub(crate) fn recover(
    folder: &CaseFolder,
    audit: &Audit,
    stamp: &mut dyn FnMut() -> Stamp,
) -> Result<(Tail, Option<CustodyEvent>), Error> {
    let mut plan = Plan::default();
    if let Some(torn) = &audit.torn {
        plan.findings.push(format!(
            "`custody/ledger.jsonl` ended in {} bytes without a line feed (SHA-256 {}), an event that was never acknowledged: cut off",
            torn.bytes, torn.sha256
        ));
    }
    plan.look_at_incoming(folder, &audit.holdings)?;
    plan.look_at_deleted(folder, &audit.holdings)?;
    plan.look_at_lists(folder, &audit.holdings)?;
    plan.look_at_sums(folder, &audit.holdings)?;
    plan.look_at_keys(folder, audit)?;
    plan.look_at_receipts(folder, audit)?;
    plan.look_at_drafts(folder)?;
    if plan.findings.is_empty() {
        let _ = fs::remove_dir(folder.incoming_dir());
        return Ok((audit.tail.clone(), None));
    }

    let mut event = stamp().event(Action::Recover);
    event.objects = plan.objects();
    event.note = Some(plan.findings.join("; "));
    let event = audit.tail.chain(event);
    let line = line::write(&event)?;
    let tail = Tail::after(&event, &line);
    rewrite_ledger(folder, audit, line)?;
    plan.carry_out(folder, &audit.holdings)?;
    Ok((tail, Some(event)))
}

/// Puts the whole lines and one more in the place of the ledger.
fn rewrite_ledger(folder: &CaseFolder, audit: &Audit, mut line: Vec<u8>) -> Result<(), Error> {
    let path = folder.ledger_path();
    line.push(b'\n');
    files::replace_with(&folder.custody_dir(), ledger::NAME, |draft| {
        let whole = audit.torn.as_ref().map_or(u64::MAX, |torn| torn.start);
        std::io::copy(&mut File::open(&path)?.take(whole), draft)?;
        draft.write_all(&line)
    })
}

/// Removes what is left of an exhibit that was recorded as destroyed.
pub(crate) fn destroy(
    folder: &CaseFolder,
    holdings: &Holdings,
    id: ExhibitId,
) -> Result<(), Error> {
    if let Some(exhibit) = holdings.exhibits.iter().find(|exhibit| exhibit.id == id) {
        files::remove(&folder.exhibit_path(exhibit))?;
    }
    files::remove(&exchanges::list_path(folder, id))?;
    files::sync_folder(&folder.evidence_dir())?;
    write_sums(folder, holdings)
}

impl Plan {
    fn look_at_incoming(&mut self, folder: &CaseFolder, holdings: &Holdings) -> Result<(), Error> {
        for name in files::names(&folder.incoming_dir())? {
            let path = folder.incoming_dir().join(&name);
            let (sha256, bytes) = files::hash_file(&path, &mut |_| {})?;
            let number = name
                .to_str()
                .filter(|name| is_number(name))
                .ok_or_else(|| Error::Unrecorded { path: path.clone() })?;
            let Some(object) = recorded(holdings, number) else {
                self.findings.push(format!(
                    "`evidence/.incoming/{number}` held {bytes} bytes (SHA-256 {sha256}) of an acquisition that was never recorded: removed"
                ));
                self.repairs.push(Repair::Remove(path));
                continue;
            };
            if (sha256, bytes) != (object.sha256, object.bytes) {
                return Err(Error::Damaged {
                    path,
                    number: number.to_owned(),
                    expected: object.sha256.to_hex(),
                    found: sha256.to_hex(),
                });
            }
            if files::ordinary_file(&files::within(&folder.root(), &object.path)?)?.is_some() {
                return Err(Error::Unrecorded { path });
            }
            self.findings.push(format!(
                "`evidence/.incoming/{number}` held {number} whole, {bytes} bytes (SHA-256 {sha256}) as recorded: put into place as `{}`",
                object.path
            ));
            self.repairs.push(Repair::Place(object, number.to_owned()));
        }
        Ok(())
    }

    fn look_at_deleted(&mut self, folder: &CaseFolder, holdings: &Holdings) -> Result<(), Error> {
        for (id, seq) in &holdings.deleted {
            let exhibit = holdings.exhibits.iter().find(|exhibit| exhibit.id == *id);
            let left = [
                exhibit.map(|exhibit| folder.exhibit_path(exhibit)),
                Some(exchanges::list_path(folder, *id)),
            ];
            for path in left.into_iter().flatten() {
                if files::ordinary_file(&path)?.is_some() {
                    self.findings.push(format!(
                        "`{}` was there although event {seq} destroyed {id}: removed",
                        path.file_name().unwrap_or_default().display()
                    ));
                    self.repairs.push(Repair::Remove(path));
                }
            }
        }
        Ok(())
    }

    /// Lists of exchanges of an acquisition that was never recorded.
    fn look_at_lists(&mut self, folder: &CaseFolder, holdings: &Holdings) -> Result<(), Error> {
        for name in files::names(&folder.exchanges_dir())? {
            let id = name
                .to_str()
                .and_then(|name| name.strip_suffix(".tsv"))
                .and_then(|id| id.parse::<ExhibitId>().ok());
            let Some(id) = id else { continue };
            if holdings.exhibits.iter().all(|exhibit| exhibit.id != id) {
                self.remove(
                    folder,
                    "custody/exchanges",
                    &name.to_string_lossy(),
                    "of an acquisition that was never recorded",
                )?;
            }
        }
        Ok(())
    }

    fn look_at_sums(&mut self, folder: &CaseFolder, holdings: &Holdings) -> Result<(), Error> {
        let path = folder.evidence_dir().join(sums::NAME);
        let exhibits = holdings.present();
        let finding = if files::ordinary_file(&path)?.is_none() {
            (!exhibits.is_empty()).then(|| "was absent".to_owned())
        } else {
            let (sha256, bytes) = files::hash_file(&path, &mut |_| {})?;
            let text = sums::text(&exhibits);
            (sha256 != Digest::of(text.as_bytes())).then(|| {
                format!("held {bytes} bytes (SHA-256 {sha256}) and did not agree with the ledger")
            })
        };
        if let Some(finding) = finding {
            self.findings.push(format!(
                "`evidence/SHA256SUMS` {finding}: written anew from the ledger"
            ));
            self.repairs.push(Repair::WriteSums);
        }
        Ok(())
    }

    /// Key files that the recording of a change did not come to write.
    fn look_at_keys(&mut self, folder: &CaseFolder, audit: &Audit) -> Result<(), Error> {
        let history = KeyHistory::of(&audit.origin(), &audit.events);
        for key in history.all() {
            for (name, _) in key_files(&key) {
                if files::ordinary_file(&folder.keys_dir().join(&name))?.is_none() {
                    self.findings.push(format!(
                        "`custody/keys/{name}` was absent: written anew from the ledger"
                    ));
                    self.repairs.push(Repair::FileKey(key.clone()));
                }
            }
        }
        Ok(())
    }

    /// Receipts of a transfer that was never recorded.
    fn look_at_receipts(&mut self, folder: &CaseFolder, audit: &Audit) -> Result<(), Error> {
        let shown = "custody/receipts";
        for name in files::names(&folder.receipts_dir())? {
            let name = name.to_string_lossy();
            let path = format!("{shown}/{name}");
            let mut objects = audit.events.iter().flat_map(|event| &event.objects);
            if !files::is_draft(&name) && objects.all(|object| object.path != path) {
                self.remove(
                    folder,
                    shown,
                    &name,
                    "of a transfer that was never recorded",
                )?;
            }
        }
        Ok(())
    }

    fn look_at_drafts(&mut self, folder: &CaseFolder) -> Result<(), Error> {
        for shown in [
            "custody",
            "custody/checkpoints",
            "custody/documents",
            "custody/exchanges",
            "custody/keys",
            "custody/receipts",
            "evidence",
        ] {
            for name in files::names(&folder.root().join(shown))? {
                let name = name.to_string_lossy();
                if files::is_draft(&name) {
                    self.remove(folder, shown, &name, "of a file that was being written")?;
                }
            }
        }
        Ok(())
    }

    fn remove(
        &mut self,
        folder: &CaseFolder,
        shown: &str,
        name: &str,
        what: &str,
    ) -> Result<(), Error> {
        let path = folder.root().join(shown).join(name);
        let (sha256, bytes) = files::hash_file(&path, &mut |_| {})?;
        self.findings.push(format!(
            "`{shown}/{name}` held {bytes} bytes (SHA-256 {sha256}) {what}: removed"
        ));
        self.repairs.push(Repair::Remove(path));
        Ok(())
    }

    /// The files that are put into place.
    fn objects(&self) -> Vec<CustodyObject> {
        self.repairs
            .iter()
            .filter_map(|repair| match repair {
                Repair::Place(object, _) => Some(object.clone()),
                Repair::Remove(_) | Repair::WriteSums | Repair::FileKey(_) => None,
            })
            .collect()
    }

    fn carry_out(&self, folder: &CaseFolder, holdings: &Holdings) -> Result<(), Error> {
        for repair in &self.repairs {
            match repair {
                Repair::Place(object, number) => place(folder, number, &object.path)?,
                Repair::WriteSums => write_sums(folder, holdings)?,
                Repair::FileKey(key) => folder.file_key(key)?,
                // The draft may be gone: the file it was for has been written.
                Repair::Remove(path) => files::remove(path)?,
            }
        }
        let _ = fs::remove_dir(folder.incoming_dir());
        files::sync_folder(&folder.evidence_dir())
    }
}

/// Whether a file of that name is one that is being taken in.
fn is_number(name: &str) -> bool {
    name.strip_prefix("W-").map_or_else(
        || {
            name.parse::<ExhibitId>()
                .is_ok_and(|id| id.to_string() == name)
        },
        |digits| digits.len() >= 4 && digits.bytes().all(|b| b.is_ascii_digit()),
    )
}

/// What the ledger says of a file that is being taken in.
fn recorded(holdings: &Holdings, number: &str) -> Option<CustodyObject> {
    let exhibit = holdings
        .exhibits
        .iter()
        .find(|exhibit| exhibit.id.to_string() == number);
    exhibit.map(object_of).or_else(|| {
        let begins = format!("working/{number}.");
        let mut copies = holdings.working.iter();
        copies
            .find(|object| object.path.starts_with(&begins))
            .cloned()
    })
}
