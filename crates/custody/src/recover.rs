//! Puts right what a recording that broke off has left.
//!
//! First everything is looked at and nothing is touched; then one `recover`
//! event says what was found; then it is put right. A crash between the two
//! makes the next writer find, and record, the rest.

use std::fs;
use std::path::PathBuf;

use affiant_model::{Action, CustodyEvent, CustodyObject, Exhibit, ExhibitId};

use crate::acquire::{place, write_sums};
use crate::ledger::{self, Audit, Tail};
use crate::{CaseFolder, Error, Stamp, files, line, sums};

/// One thing to do.
enum Repair<'a> {
    Place(&'a Exhibit),
    Remove(PathBuf),
    WriteSums,
}

/// What was found, in words, and what there is to do about it.
#[derive(Default)]
struct Plan<'a> {
    findings: Vec<String>,
    repairs: Vec<Repair<'a>>,
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

/// Puts right what is to be put right in a folder whose ledger is `bytes`.
pub(crate) fn recover(
    folder: &CaseFolder,
    bytes: &[u8],
    audit: &Audit,
    stamp: &mut dyn FnMut() -> Stamp,
) -> Result<(Tail, Option<CustodyEvent>), Error> {
    let mut plan = Plan::default();
    let whole = audit.torn.as_ref().map_or(bytes.len(), |torn| {
        plan.findings.push(format!(
            "`custody/ledger.jsonl` ended in {} bytes without a line feed (SHA-256 {}), an event that was never acknowledged: cut off",
            torn.bytes, torn.sha256
        ));
        torn.start
    });
    plan.look_at_incoming(folder, &audit.exhibits)?;
    plan.look_at_sums(folder, &audit.exhibits)?;
    plan.look_at_drafts(folder)?;
    if plan.findings.is_empty() {
        let _ = fs::remove_dir(folder.incoming_dir());
        return Ok((audit.tail.clone(), None));
    }

    let event = audit.tail.next(
        stamp(),
        Action::Recover,
        plan.objects(),
        Some(plan.findings.join("; ")),
    );
    let line = line::write(&event)?;
    let tail = Tail::after(&event, &line);
    let mut text = bytes[..whole].to_vec();
    text.extend_from_slice(&line);
    text.push(b'\n');
    files::replace(&folder.custody_dir(), ledger::NAME, &text)?;
    plan.carry_out(folder, &audit.exhibits)?;
    Ok((tail, Some(event)))
}

impl<'a> Plan<'a> {
    fn look_at_incoming(
        &mut self,
        folder: &CaseFolder,
        exhibits: &'a [Exhibit],
    ) -> Result<(), Error> {
        for name in files::names(&folder.incoming_dir())? {
            let path = folder.incoming_dir().join(&name);
            let (sha256, bytes) = files::hash_file(&path, &mut |_| {})?;
            let id = name
                .to_str()
                .and_then(|name| name.parse::<ExhibitId>().ok())
                .filter(|id| id.to_string().as_str() == name)
                .ok_or_else(|| Error::Unrecorded { path: path.clone() })?;
            let Some(exhibit) = exhibits.iter().find(|exhibit| exhibit.id == id) else {
                self.findings.push(format!(
                    "`evidence/.incoming/{id}` held {bytes} bytes (SHA-256 {sha256}) of an acquisition that was never recorded: removed"
                ));
                self.repairs.push(Repair::Remove(path));
                continue;
            };
            if (sha256, bytes) != (exhibit.sha256, exhibit.bytes) {
                return Err(Error::Damaged {
                    path,
                    exhibit: id,
                    expected: exhibit.sha256.to_hex(),
                    found: sha256.to_hex(),
                });
            }
            if files::ordinary_file(&folder.exhibit_path(exhibit))?.is_some() {
                return Err(Error::Unrecorded { path });
            }
            self.findings.push(format!(
                "`evidence/.incoming/{id}` held exhibit {id} whole, {bytes} bytes (SHA-256 {sha256}) as recorded: put into place as `evidence/{}`",
                exhibit.file
            ));
            self.repairs.push(Repair::Place(exhibit));
        }
        Ok(())
    }

    fn look_at_sums(&mut self, folder: &CaseFolder, exhibits: &[Exhibit]) -> Result<(), Error> {
        let path = folder.evidence_dir().join(sums::NAME);
        let finding = if files::ordinary_file(&path)?.is_none() {
            (!exhibits.is_empty()).then(|| "was absent".to_owned())
        } else {
            let (sha256, bytes) = files::hash_file(&path, &mut |_| {})?;
            let text = sums::text(exhibits);
            (sha256 != affiant_model::Digest::of(text.as_bytes())).then(|| {
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

    fn look_at_drafts(&mut self, folder: &CaseFolder) -> Result<(), Error> {
        for (directory, shown, name) in [
            (folder.custody_dir(), "custody", ledger::NAME),
            (folder.evidence_dir(), "evidence", sums::NAME),
        ] {
            let name = files::draft_name(name);
            let path = directory.join(&name);
            if files::ordinary_file(&path)?.is_some() {
                let (sha256, bytes) = files::hash_file(&path, &mut |_| {})?;
                self.findings.push(format!(
                    "`{shown}/{name}` held {bytes} bytes (SHA-256 {sha256}) of a file that was being written: removed"
                ));
                self.repairs.push(Repair::Remove(path));
            }
        }
        Ok(())
    }

    /// The exhibits that are put into place.
    fn objects(&self) -> Vec<CustodyObject> {
        self.repairs
            .iter()
            .filter_map(|repair| match repair {
                Repair::Place(exhibit) => Some(CustodyObject {
                    exhibit: Some(exhibit.id),
                    path: format!("evidence/{}", exhibit.file),
                    sha256: exhibit.sha256,
                    bytes: exhibit.bytes,
                    original_name: None,
                    format: None,
                }),
                Repair::Remove(_) | Repair::WriteSums => None,
            })
            .collect()
    }

    fn carry_out(&self, folder: &CaseFolder, exhibits: &[Exhibit]) -> Result<(), Error> {
        for repair in &self.repairs {
            match repair {
                Repair::Place(exhibit) => place(folder, exhibit)?,
                Repair::WriteSums => write_sums(folder, exhibits)?,
                // The draft may be gone: the file it was for has been written.
                Repair::Remove(path) => match fs::remove_file(path) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(Error::io("remove", path)(error));
                    }
                    _ => {}
                },
            }
        }
        let _ = fs::remove_dir(folder.incoming_dir());
        files::sync_folder(&folder.evidence_dir())
    }
}
