//! The keys that sign checkpoints, and what became of them.
//!
//! A key enters, is replaced and is revoked by events that it, its predecessor
//! or its successor signed, so that who trusts one key of a case can follow it
//! to the others.

use affiant_model::{Action, CustodyEvent, Digest, KeyChange, KeyChangeKind};
use affiant_tlog::{NoteSignature, SignedNote, SigningKey, VerifierKey};

use crate::writer::Writer;
use crate::{CaseFolder, Error, Stamp, files};

/// One key and the events between which it held.
#[derive(Debug, Clone)]
pub struct Term {
    /// The key.
    pub key: VerifierKey,
    /// The event that brought it.
    pub since: u64,
    /// The event that ended it.
    pub until: Option<u64>,
    /// Whether the key before it vouched for it.
    pub(crate) succeeds: bool,
}

/// The keys of a case, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyHistory {
    pub(crate) terms: Vec<Term>,
    /// Events that cannot be so, with what is wrong.
    pub(crate) faults: Vec<(u64, String)>,
}

/// The statement that a change of keys signs (FORMAT.md).
fn statement(origin: &str, event: &CustodyEvent, change: &KeyChange) -> String {
    let mut text = format!(
        "affiant/key-change@v1\n{origin}\nevent {}\nprev {}\n{} {}\n",
        event.seq, event.prev, change.change, change.key
    );
    if let Some(old) = &change.old {
        text += &format!("old {old}\n");
    }
    if let Some(reason) = &event.reason {
        text += &format!("reason {}\n", Digest::of(reason.as_bytes()));
    }
    text
}

impl KeyHistory {
    /// Reads the keys out of the events of a case.
    pub(crate) fn of<'e>(origin: &str, events: impl IntoIterator<Item = &'e CustodyEvent>) -> Self {
        let mut history = Self::default();
        for event in events {
            if event.action == Action::Key
                && let Err(cause) = history.take(origin, event)
            {
                history.faults.push((event.seq, cause));
            }
        }
        history
    }

    /// The key that holds after the last event.
    pub(crate) fn current(&self) -> Option<&VerifierKey> {
        let last = self.terms.iter().rev().find(|term| term.until.is_none());
        last.map(|term| &term.key)
    }

    /// The keys under which a checkpoint of that size is good: the one that
    /// held after its last event, or before it, where that event is the change.
    pub(crate) fn at(&self, size: u64) -> Vec<VerifierKey> {
        let held =
            |term: &&Term| term.since <= size && term.until.is_none_or(|until| until >= size);
        self.terms
            .iter()
            .filter(held)
            .map(|term| term.key.clone())
            .collect()
    }

    /// Every key that ever held.
    pub(crate) fn all(&self) -> Vec<VerifierKey> {
        self.terms.iter().map(|term| term.key.clone()).collect()
    }

    /// The keys that `pinned` leads to: itself, what it vouched for, and what
    /// vouched for it.
    pub(crate) fn linked_to(&self, pinned: &Digest) -> Vec<VerifierKey> {
        let Some(at) = self
            .terms
            .iter()
            .position(|term| term.key.fingerprint() == *pinned)
        else {
            return Vec::new();
        };
        let begin = self.terms[..=at]
            .iter()
            .rposition(|term| !term.succeeds)
            .unwrap_or(0);
        let end = self.terms[at + 1..]
            .iter()
            .position(|term| !term.succeeds)
            .map_or(self.terms.len(), |found| at + 1 + found);
        let linked = &self.terms[begin..end];
        linked.iter().map(|term| term.key.clone()).collect()
    }

    fn take(&mut self, origin: &str, event: &CustodyEvent) -> Result<(), String> {
        let change = event.key.as_ref().ok_or("the event names no key")?;
        let key = key_of(origin, &change.key)?;
        let signers = signers(origin, event, change, &self.all(), &key)?;
        let current = self.current().cloned();
        let known = self.terms.iter().any(|term| term.key == key);
        if known != (change.change == KeyChangeKind::Revoke) {
            return Err(match known {
                true => "a key that ever held is not brought in again".to_owned(),
                false => "the key was never added".to_owned(),
            });
        }
        match change.change {
            KeyChangeKind::Add if current.is_some() => {
                Err("a key holds already: it is to be replaced or revoked".to_owned())
            }
            KeyChangeKind::Add => {
                require(&signers, &key)?;
                self.begin(key, event.seq, false);
                Ok(())
            }
            KeyChangeKind::Replace => {
                let old = key_of(origin, change.old.as_deref().unwrap_or_default())?;
                if current.as_ref() != Some(&old) {
                    return Err("the key that it replaces does not hold".to_owned());
                }
                require(&signers, &old)?;
                require(&signers, &key)?;
                self.end(&old, event.seq);
                self.begin(key, event.seq, true);
                Ok(())
            }
            KeyChangeKind::Revoke => {
                let by_current = current.is_some_and(|current| signers.contains(&current));
                if !by_current {
                    require(&signers, &key)?;
                }
                self.end(&key, event.seq);
                Ok(())
            }
        }
    }

    fn begin(&mut self, key: VerifierKey, since: u64, succeeds: bool) {
        self.terms.push(Term {
            key,
            since,
            until: None,
            succeeds,
        });
    }

    fn end(&mut self, key: &VerifierKey, until: u64) {
        for term in self.terms.iter_mut().filter(|term| term.key == *key) {
            term.until.get_or_insert(until);
        }
    }
}

fn key_of(origin: &str, text: &str) -> Result<VerifierKey, String> {
    let key: VerifierKey = text
        .parse()
        .map_err(|error| format!("the key cannot be read: {error}"))?;
    if key.name() != origin {
        return Err(format!(
            "the key is named `{}`, the case `{origin}`",
            key.name()
        ));
    }
    Ok(key)
}

fn require(signers: &[VerifierKey], key: &VerifierKey) -> Result<(), String> {
    match signers.contains(key) {
        true => Ok(()),
        false => Err(format!("key {} did not sign it", key.key_id_hex())),
    }
}

/// The keys whose signature under the statement of the event is good.
fn signers(
    origin: &str,
    event: &CustodyEvent,
    change: &KeyChange,
    known: &[VerifierKey],
    key: &VerifierKey,
) -> Result<Vec<VerifierKey>, String> {
    let text = statement(origin, event, change);
    let lines: String = change
        .signatures
        .iter()
        .map(|line| format!("{line}\n"))
        .collect();
    let note = SignedNote::parse(format!("{text}\n{lines}").as_bytes())
        .map_err(|error| format!("its signatures cannot be read: {error}"))?;
    if note.text != text {
        return Err("its signatures cannot be read".to_owned());
    }
    let mut keys = known.to_vec();
    if !keys.contains(key) {
        keys.push(key.clone());
    }
    note.verify(&keys)
        .map_err(|error| format!("its signatures are not good: {error}"))
}

/// What to do with a key.
#[derive(Debug)]
pub enum KeyOrder<'k> {
    /// It is to sign from now on.
    Add(&'k SigningKey),
    /// The second is to sign from now on, and the first no more.
    Replace(&'k SigningKey, &'k SigningKey),
    /// It is to sign no more; its own signature says so.
    Revoke(&'k SigningKey),
    /// It is to sign no more; the key that holds says so, the other being lost
    /// or in other hands.
    RevokeLost(&'k VerifierKey, &'k SigningKey),
}

impl Writer {
    /// Records a change of keys, signed, and files the public key for stock tools.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] where the ledger would not accept it; as for [`Writer::record`].
    pub fn change_key(
        &mut self,
        order: &KeyOrder<'_>,
        reason: Option<String>,
        stamp: Stamp,
    ) -> Result<CustodyEvent, Error> {
        let (change, key, old, signers): (_, VerifierKey, Option<VerifierKey>, Vec<&SigningKey>) =
            match order {
                KeyOrder::Add(key) => (KeyChangeKind::Add, key.verifier_key(), None, vec![*key]),
                KeyOrder::Replace(old, new) => (
                    KeyChangeKind::Replace,
                    new.verifier_key(),
                    Some(old.verifier_key()),
                    vec![*old, *new],
                ),
                KeyOrder::Revoke(key) => {
                    (KeyChangeKind::Revoke, key.verifier_key(), None, vec![*key])
                }
                KeyOrder::RevokeLost(lost, holder) => {
                    (KeyChangeKind::Revoke, (*lost).clone(), None, vec![*holder])
                }
            };
        let (origin, mut history) = self.folder.keys()?;
        let mut event = stamp.event(Action::Key);
        event.reason = reason;
        let mut event = self.tail.chain(event);
        let mut record = KeyChange {
            change,
            key: key.to_string(),
            old: old.map(|old| old.to_string()),
            signatures: Vec::new(),
        };
        let text = statement(&origin, &event, &record);
        let note = SignedNote::sign(&text, &signers).map_err(|error| bad_key(error.to_string()))?;
        record.signatures = note
            .signatures
            .iter()
            .map(NoteSignature::to_string)
            .collect();
        event.key = Some(record);
        history.take(&origin, &event).map_err(bad_key)?;
        let event = self.append(event)?;
        // It is recorded: should this fail, the next writer does it.
        let _ = self.folder.file_key(&key);
        Ok(event)
    }
}

fn bad_key(cause: String) -> Error {
    Error::Proof {
        subject: "the change of keys".to_owned(),
        cause: format!("{cause}; `affiant key list` shows the keys of the case"),
    }
}

impl CaseFolder {
    /// The origin of the case, and its keys.
    pub(crate) fn keys(&self) -> Result<(String, KeyHistory), Error> {
        let audit = self.audit(crate::ledger::Keep::Milestones)?;
        let origin = audit.origin();
        let history = KeyHistory::of(&origin, &audit.events);
        Ok((origin, history))
    }

    /// The name under which the case signs.
    ///
    /// # Errors
    ///
    /// As for [`CaseFolder::ledger`].
    pub fn origin(&self) -> Result<String, Error> {
        self.keys().map(|(origin, _)| origin)
    }

    /// The keys of the case, in order.
    ///
    /// # Errors
    ///
    /// As for [`CaseFolder::ledger`].
    pub fn all_keys(&self) -> Result<Vec<Term>, Error> {
        self.keys().map(|(_, history)| history.terms)
    }

    /// The key that signs checkpoints now, if one does.
    ///
    /// # Errors
    ///
    /// As for [`CaseFolder::ledger`].
    pub fn current_key(&self) -> Result<Option<VerifierKey>, Error> {
        self.keys().map(|(_, history)| history.current().cloned())
    }

    /// Writes the public key as C2SP and as openssl want it.
    pub(crate) fn file_key(&self, key: &VerifierKey) -> Result<(), Error> {
        files::make_folder(&self.keys_dir())?;
        for (name, text) in key_files(key) {
            files::replace(&self.keys_dir(), &name, text.as_bytes())?;
        }
        Ok(())
    }
}

/// The files of a key in `custody/keys`: name and content.
pub(crate) fn key_files(key: &VerifierKey) -> [(String, String); 2] {
    let id = key.key_id_hex();
    [
        (format!("{id}.vkey"), format!("{key}\n")),
        (format!("{id}.pem"), key.to_spki_pem()),
    ]
}
