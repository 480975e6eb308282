//! What persons and authorities put under a checkpoint: SSH signatures and
//! time-stamps; and what events say about times.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use affiant_attest::{
    AllowedSigners, SshError, SshSignature, StampQuery, Trust as StampTrust, verify_ssh,
};
use affiant_model::{Action, CustodyEvent, Digest};
use chrono::{DateTime, TimeDelta, Utc};

use super::Verdict;
use super::run::Run;
use super::signed::Noted;
use crate::attest::{CHECKPOINT_NAMESPACE, RECEIPT_NAMESPACE};
use crate::checkpoint::numbered;
use crate::ledger::{Audit, written};
use crate::{Error, files};

/// Clocks of different machines may differ by so much, in seconds.
pub(crate) const TOLERANCE: TimeDelta = TimeDelta::seconds(300);

/// No file here is larger: a token with its certificates is some kilobytes.
const LIMIT: u64 = 1 << 20;

/// The name of a file beside a checkpoint: `000042.NAME.sig`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Filed {
    pub(crate) size: u64,
    pub(crate) name: String,
    pub(crate) kind: String,
}

impl Filed {
    pub(crate) fn parse(file: &str) -> Option<Self> {
        let mut parts = file.split('.');
        let (number, name, kind) = (parts.next()?, parts.next()?, parts.next()?);
        let size = number
            .parse()
            .ok()
            .filter(|size| numbered(*size) == number)?;
        let known = ["sig", "tsq", "tsr", "pem"].contains(&kind);
        (parts.next().is_none() && known && is_name(name)).then(|| Self {
            size,
            name: name.to_owned(),
            kind: kind.to_owned(),
        })
    }
}

/// Whether a person or an authority may be called so in a file name.
pub(crate) fn is_name(name: &str) -> bool {
    let fits = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (1..=32).contains(&name.len()) && name.bytes().all(fits)
}

impl Run<'_> {
    /// The signatures and stamps beside the checkpoints. `latest` gives the
    /// latest time that an event under a checkpoint of that size states.
    pub(super) fn attested(
        &mut self,
        notes: &[Noted],
        largest: Option<u64>,
        latest: &dyn Fn(u64) -> Option<DateTime<Utc>>,
    ) {
        let mut folders: Vec<(PathBuf, String)> = notes
            .first()
            .and_then(|note| {
                let shown = note.subject.rsplit_once('/')?.0.to_owned();
                Some((note.path.parent()?.to_path_buf(), shown))
            })
            .into_iter()
            .collect();
        folders.extend(
            self.attestations
                .clone()
                .map(|path| (path, "attestations".to_owned())),
        );
        let mut stamps = BTreeSet::new();
        let mut signed = false;
        for (folder, shown) in folders {
            for name in self.list(&folder, &shown) {
                let path = folder.join(&name);
                let name = name.to_string_lossy();
                let subject = format!("{shown}/{name}");
                let Some(filed) = Filed::parse(&name) else {
                    if shown == "attestations" {
                        self.add(
                            subject,
                            Verdict::Invalid,
                            "no file of that name belongs here",
                        );
                    }
                    continue;
                };
                let Some(note) = notes.iter().find(|note| note.checkpoint.size == filed.size)
                else {
                    let message = "there is no good checkpoint of that size";
                    self.add(subject, Verdict::Invalid, message);
                    continue;
                };
                match filed.kind.as_str() {
                    "sig" => {
                        signed = true;
                        self.signature(&subject, &path, &note.path, CHECKPOINT_NAMESPACE);
                    }
                    "tsr" => {
                        let imprint = files::read_bounded(&note.path, LIMIT);
                        let token = match imprint {
                            Ok(bytes) => self.stamp(&subject, &path, &Digest::of(&bytes)),
                            Err(error) => {
                                self.unreadable(&subject, &error);
                                None
                            }
                        };
                        if let Some((time, serial)) = token {
                            self.tokens.insert((filed.size, time, serial));
                            self.stamp_after_events(&subject, time, latest(filed.size));
                            stamps.insert(filed.size);
                        }
                    }
                    kind => self.beside_a_stamp(&subject, &path, kind),
                }
            }
        }
        if !signed {
            self.limit("no person signed a checkpoint: `affiant sign` files the signature of who is to testify");
        }
        if largest.is_some() && !stamps.contains(&largest.unwrap_or_default()) {
            self.limit("the last checkpoint bears no time-stamp: nobody but the holder of the folder says by when the events had happened");
        }
    }

    /// A query may wait for its answer; certificates come with one.
    pub(super) fn beside_a_stamp(&mut self, subject: &str, path: &Path, kind: &str) {
        let answered = path.with_extension("tsr").is_file();
        if kind == "pem" && !answered {
            let message = "certificates of a time-stamp that is not there";
            self.add(subject, Verdict::Invalid, message);
        }
        if kind == "tsq" && !answered {
            let query = files::ordinary_file(path)
                .and_then(|_| files::read_bounded(path, LIMIT))
                .map(|bytes| StampQuery::from_der(&bytes).map_err(|error| error.to_string()));
            match query {
                Ok(Ok(_)) => {}
                Ok(Err(cause)) => {
                    self.add(subject, Verdict::Invalid, cause);
                }
                Err(error) => self.unreadable(subject, &error),
            }
        }
    }

    /// One SSH signature over the file `over`.
    pub(super) fn signature(&mut self, subject: &str, path: &Path, over: &Path, namespace: &str) {
        let read = files::ordinary_file(path).and_then(|_| {
            Ok((
                files::read_bounded(path, LIMIT)?,
                files::read_bounded(over, LIMIT)?,
            ))
        });
        match read {
            Ok((signature, message)) => {
                self.signature_over(subject, &signature, &message, namespace);
            }
            Err(error) => self.unreadable(subject, &error),
        }
    }

    /// One SSH signature over these bytes.
    pub(super) fn signature_over(
        &mut self,
        subject: &str,
        signature: &[u8],
        message: &[u8],
        namespace: &str,
    ) {
        let armored = String::from_utf8_lossy(signature);
        let nobody = AllowedSigners::default();
        let allowed = self.trust.signers.as_ref().unwrap_or(&nobody);
        let now = self.trust.now.unwrap_or_default();
        match verify_ssh(&armored, message, namespace, allowed, None, now) {
            Ok(signer) => {
                let message = format!("signed by {} ({})", signer.identity, signer.fingerprint);
                self.add(subject, Verdict::Valid, message);
            }
            Err(SshError::UnknownKey { fingerprint, .. }) => {
                let message = format!(
                    "a good signature by {fingerprint}, which is not among the signers that you named; give them with `--signers`"
                );
                self.add(subject, Verdict::UntrustedKey, message);
            }
            Err(error) => {
                self.add(subject, Verdict::Invalid, error.to_string());
            }
        }
    }

    /// One time-stamp over what has that digest; gives its time and serial number
    /// if it is good.
    pub(super) fn stamp(
        &mut self,
        subject: &str,
        path: &Path,
        imprint: &Digest,
    ) -> Option<(DateTime<Utc>, String)> {
        match self.read_stamp(path, imprint) {
            Err(error) => {
                self.unreadable(subject, &error);
                None
            }
            Ok(checked) => {
                let token = checked.token;
                let (verdict, trust) = match checked.trust {
                    StampTrust::Anchored { root_subject } => (Verdict::Valid, root_subject),
                    StampTrust::Unknown { reason } => (
                        Verdict::UntrustedKey,
                        format!(
                            "nobody that you named: {reason}; give the authority's root certificate with `--tsa`"
                        ),
                    ),
                };
                let message = format!(
                    "stamped {} by {}, under {trust}",
                    written(token.time),
                    token.authority
                );
                self.add(subject, verdict, message);
                Some((token.time, token.serial))
            }
        }
    }

    fn read_stamp(&self, path: &Path, imprint: &Digest) -> Result<affiant_attest::Checked, Error> {
        let bad = |cause: String| Error::Proof {
            subject: "the time-stamp".to_owned(),
            cause,
        };
        files::ordinary_file(path)?;
        let token = files::read_bounded(path, LIMIT)?;
        let query_path = path.with_extension("tsq");
        let query = match files::ordinary_file(&query_path)? {
            None => None,
            Some(_) => {
                let bytes = files::read_bounded(&query_path, LIMIT)?;
                Some(StampQuery::from_der(&bytes).map_err(|error| bad(error.to_string()))?)
            }
        };
        let chain_path = path.with_extension("pem");
        let chain = match files::ordinary_file(&chain_path)? {
            None => Vec::new(),
            Some(_) => {
                let bytes = files::read_bounded(&chain_path, LIMIT)?;
                affiant_attest::certificates_from_pem(&String::from_utf8_lossy(&bytes))
                    .map_err(|error| bad(error.to_string()))?
            }
        };
        affiant_attest::check_response(&token, imprint, query.as_ref(), &self.trust.anchors, &chain)
            .map_err(|error| bad(error.to_string()))
    }

    fn stamp_after_events(
        &mut self,
        subject: &str,
        time: DateTime<Utc>,
        latest: Option<DateTime<Utc>>,
    ) {
        if let Some(latest) = latest.filter(|latest| latest.signed_duration_since(time) > TOLERANCE)
        {
            let message = "an event under the checkpoint states a later time than the stamp over it: its clock was wrong, or it was dated forward";
            self.differs(
                subject,
                message,
                &format!("not after {}", written(time)),
                &written(latest),
            );
        }
    }

    /// Each event that records a time-stamp has its token.
    pub(super) fn recorded_stamps(&mut self, events: &[CustodyEvent]) {
        for event in events {
            let Some(stamp) = &event.stamp else { continue };
            let good = match stamp.document {
                Some(document) => {
                    let recorded = (document, stamp.time, stamp.serial.clone());
                    self.document_tokens.contains(&recorded)
                }
                None => {
                    let recorded = (stamp.size, stamp.time, stamp.serial.clone());
                    self.tokens.contains(&recorded)
                }
            };
            if good {
                continue;
            }
            let of_it = |size: u64| stamp.document.is_none() && size == stamp.size;
            let tokens = self.tokens.iter().filter(|(size, ..)| of_it(*size));
            let found: Vec<_> = tokens
                .map(|(_, time, serial)| format!("{} serial {serial}", written(*time)))
                .collect();
            let subject = format!("{} line {}", super::folder::LEDGER, event.seq);
            let expected = format!("{} serial {}", written(stamp.time), stamp.serial);
            let message = "no token in the folder is the time-stamp that it records";
            self.differs(subject, message, &expected, &found.join(", "));
        }
    }

    /// Nothing was recorded later than now.
    pub(super) fn future(&mut self, latest: Option<DateTime<Utc>>) {
        let (Some(latest), Some(now)) = (latest, self.trust.now) else {
            return;
        };
        if latest.signed_duration_since(now) > TOLERANCE {
            let message = format!(
                "an event is of {}, which is not yet: a clock was wrong, here or there",
                written(latest)
            );
            self.add(super::folder::LEDGER, Verdict::Incomplete, message);
        }
    }

    /// What counterparties signed.
    pub(super) fn receipts(&mut self, events: &[CustodyEvent]) {
        let folder = self.folder.receipts_dir();
        let mut known = Vec::new();
        for event in events {
            let number = numbered(event.seq);
            let signed = |object: &affiant_model::CustodyObject| {
                object.path == format!("custody/receipts/{number}.sig")
            };
            if event.objects.iter().any(signed) {
                let subject = format!("custody/receipts/{number}.sig");
                let (sig, text) = (format!("{number}.sig"), format!("{number}.txt"));
                self.signature(
                    &subject,
                    &folder.join(&sig),
                    &folder.join(&text),
                    RECEIPT_NAMESPACE,
                );
                self.receipt_signer(&subject, &folder.join(&sig), event);
                known.extend([sig, text]);
            }
        }
        for name in self.list(&folder, "custody/receipts") {
            let path = folder.join(&name);
            let name = name.to_string_lossy().into_owned();
            if files::is_draft(&name) {
                self.draft(format!("custody/receipts/{name}"), &path);
            } else if !known.contains(&name) {
                let path = format!("custody/receipts/{name}");
                self.add(path, Verdict::Incomplete, "no event names this receipt: the recording of a transfer broke off, or somebody put it there");
            }
        }
    }

    /// The event says who signed, by the fingerprint of the key in the signature.
    fn receipt_signer(&mut self, subject: &str, path: &Path, event: &CustodyEvent) {
        let fingerprint = files::read_bounded(path, LIMIT).ok().and_then(|bytes| {
            SshSignature::parse(&String::from_utf8_lossy(&bytes))
                .ok()
                .map(|signature| signature.fingerprint())
        });
        let recorded = event.transfer.as_ref().and_then(|t| t.signer.clone());
        let (Some(fingerprint), Some(recorded)) = (fingerprint, recorded) else {
            let message = "the event does not say who signed it";
            self.add(subject, Verdict::Invalid, message);
            return;
        };
        if !recorded.ends_with(&format!("({fingerprint})")) {
            let message = "signed by another key than the event says";
            self.differs(subject, message, &recorded, &fingerprint);
        }
        // Whose key it is, only a list that the caller gave can say.
        let identity = recorded
            .rsplit_once(" (")
            .map_or("", |(identity, _)| identity);
        if let Some(signers) = &self.trust.signers {
            let signed = files::read_bounded(path, LIMIT).unwrap_or_default();
            let text = files::read_bounded(&path.with_extension("txt"), LIMIT).unwrap_or_default();
            let armored = String::from_utf8_lossy(&signed);
            let now = self.trust.now.unwrap_or_default();
            if let Err(SshError::Identity { .. }) = verify_ssh(
                &armored,
                &text,
                RECEIPT_NAMESPACE,
                signers,
                Some(identity),
                now,
            ) {
                let message = "signed by the key of another person than the event says";
                self.add(subject, Verdict::Invalid, message);
            }
        }
    }

    /// What the events say about times, against what was public or stamped.
    pub(super) fn times(&mut self, audit: &Audit) {
        for fault in &audit.out_of_time {
            let subject = format!("{} line {}", super::folder::LEDGER, fault.line);
            let expected = fault.expected.clone().unwrap_or_default();
            let found = fault.found.clone().unwrap_or_default();
            self.differs(subject, fault.message.clone(), &expected, &found);
        }
        for fault in &audit.stale {
            let subject = format!("{} line {}", super::folder::LEDGER, fault.line);
            self.add(subject, Verdict::Incomplete, fault.message.clone());
        }
        self.future(audit.high_time);
        let without = audit
            .events
            .iter()
            .filter(|event| event.action == Action::Acquire && event.beacon.is_none())
            .count();
        if without > 0 {
            self.limit(format!(
                "{without} acquisitions name no public value (`--beacon`): nothing shows that they are not older than they say"
            ));
        }
        self.limit("what a capture shows before it was taken in, and the clocks of the machines, are as stated by persons");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beside_a_checkpoint_are_read_strictly() {
        let filed = Filed::parse("000042.j-doe.sig").unwrap();
        assert_eq!((filed.size, filed.name.as_str()), (42, "j-doe"));
        assert!(Filed::parse("1234567.tsa.tsr").is_some());
        for other in [
            "42.a.sig",
            "000042.sig",
            "000042.A.sig",
            "000042.a.b.sig",
            "000042.a.exe",
            "000042..sig",
            "+00042.a.sig",
        ] {
            assert_eq!(Filed::parse(other), None, "{other}");
        }
    }
}
