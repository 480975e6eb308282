//! Files what persons and authorities put under a checkpoint, or under a document. In a case folder
//! an event records it; beside a bag, whose ledger is closed, it is only filed.

use std::path::{Path, PathBuf};

use affiant_attest::{
    AllowedSigners, StampQuery, Trust as StampTrust, allowed_signers_line, public_key_of,
    verify_ssh,
};
use affiant_model::{Action, CustodyObject, Digest, StampRecord};
use affiant_tlog::Checkpoint;

use crate::checkpoint::{numbered, read_note};
use crate::documents::{self, DOCUMENT_NAMESPACE};
use crate::ledger::written;
use crate::verify::{TOLERANCE, is_name};
use crate::writer::{Details, Writer};
use crate::{CaseFolder, Error, Stamp, files};

/// Namespace of SSH signatures over checkpoints.
pub const CHECKPOINT_NAMESPACE: &str = "affiant-checkpoint@v1";
/// Namespace of SSH signatures over receipts.
pub const RECEIPT_NAMESPACE: &str = "affiant-receipt@v1";

/// A checkpoint or a document that others put something under, and where that is filed.
#[derive(Debug, Clone)]
pub struct Target {
    /// The note, or the document.
    pub note: PathBuf,
    /// Size of the checkpoint; 0 for a document.
    pub size: u64,
    /// SHA-256 of the document; `None` for a checkpoint.
    pub document: Option<Digest>,
    /// The folder in which what is put under it is filed.
    pub folder: PathBuf,
    /// Path of that folder in the case folder; `None` beside a bag.
    relative: Option<&'static str>,
}

/// A time-stamp that was checked and filed.
#[derive(Debug, Clone)]
pub struct FiledStamp {
    /// What the token says.
    pub record: StampRecord,
    /// The root certificate that it leads to; `None` where none that was given
    /// is its root, and why.
    pub root: Result<String, String>,
    /// The event that records it; `None` beside a bag.
    pub event: Option<u64>,
}

impl Target {
    /// The checkpoint of that size, or the last, of a case folder, of the bag of
    /// a whole case, or of a production.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] where there is none.
    pub fn find(root: &Path, size: Option<u64>) -> Result<Self, Error> {
        let bag = affiant_bagit::is_bag(root);
        let places: &[&str] = match bag {
            true => &["data/custody/checkpoints", "data/checkpoints"],
            false => &["custody/checkpoints"],
        };
        let mut found = None;
        for place in places {
            let folder = root.join(place);
            for name in files::names(&folder)? {
                let note = folder.join(name);
                if note.extension().is_none_or(|extension| extension != "note") {
                    continue;
                }
                let parsed = Checkpoint::parse(&read_note(&note)?.text);
                let at = parsed.map_err(|error| refused(error.to_string()))?.size;
                let larger = found.as_ref().is_none_or(|(largest, _)| *largest < at);
                if size.map_or(larger, |size| size == at) {
                    found = Some((at, note));
                }
            }
        }
        let (size, note) = found.ok_or_else(|| {
            refused("there is no such checkpoint; make one with `affiant checkpoint`".to_owned())
        })?;
        let folder = match bag {
            true => root.join("attestations"),
            false => root.join(places[0]),
        };
        Ok(Self {
            note,
            size,
            document: None,
            folder,
            relative: (!bag).then_some(places[0]),
        })
    }

    /// A document of a case folder, as an event records that it was made. `path` is the
    /// file, or its path in the folder.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] where no event records this very file, or `root` is a bag, whose
    /// documents are signed before it is sealed.
    pub fn document(root: &Path, path: &Path) -> Result<Self, Error> {
        if affiant_bagit::is_bag(root) {
            return Err(refused(
                "a bag is closed; sign the documents in the case folder, before `affiant seal`"
                    .to_owned(),
            ));
        }
        let folder = CaseFolder::open(root)?;
        let inside = root.join(path);
        let note = match inside.symlink_metadata() {
            Ok(_) => inside,
            Err(_) => path.to_path_buf(),
        };
        let (_, digest) = documents::read(&note)?;
        if documents::made(&folder.ledger()?, &digest).is_none() {
            return Err(refused(format!(
                "no event of the case records `{}`, SHA-256 {digest}; make it with `affiant report`, and sign what that wrote",
                path.display()
            )));
        }
        Ok(Self {
            note,
            size: 0,
            document: Some(digest),
            folder: folder.documents_dir(),
            relative: Some(documents::FOLDER),
        })
    }

    /// The namespace of SSH signatures over it.
    #[must_use]
    pub const fn namespace(&self) -> &'static str {
        match self.document {
            Some(_) => DOCUMENT_NAMESPACE,
            None => CHECKPOINT_NAMESPACE,
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        match &self.document {
            Some(digest) => format!("the document of SHA-256 {digest}"),
            None => format!("the checkpoint of size {}", self.size),
        }
    }

    /// The bytes that are signed and stamped.
    ///
    /// # Errors
    ///
    /// [`Error::Io`].
    pub fn message(&self) -> Result<Vec<u8>, Error> {
        match self.document {
            None => files::read_bounded(&self.note, 1 << 20),
            Some(_) => documents::read(&self.note).map(|(bytes, _)| bytes),
        }
    }

    fn name(&self, name: &str, kind: &str) -> Result<String, Error> {
        if !is_name(name) {
            let name: String = name.chars().take(40).collect();
            return Err(refused(format!(
                "`{name}` is no name for a file: use 1 to 32 small letters, digits and hyphens"
            )));
        }
        let stem = match &self.document {
            Some(digest) => digest.to_hex(),
            None => numbered(self.size),
        };
        Ok(format!("{stem}.{name}.{kind}"))
    }

    fn file(&self, name: &str, bytes: &[u8]) -> Result<Option<CustodyObject>, Error> {
        files::make_folder(&self.folder)?;
        let path = self.folder.join(name);
        // The same again, whose recording broke off, is recorded now.
        let same = match files::ordinary_file(&path)? {
            None => false,
            Some(_) if files::read_bounded(&path, 1 << 20)? == bytes => true,
            Some(_) => {
                return Err(refused(format!(
                    "`{name}` is filed already; give another name"
                )));
            }
        };
        if !same {
            files::replace(&self.folder, name, bytes)?;
        }
        let path = self.relative.map(|relative| format!("{relative}/{name}"));
        Ok(path.map(|path| CustodyObject::new(path, Digest::of(bytes), bytes.len() as u64)))
    }

    /// Checks an SSH signature over it, made by `identity`, and
    /// files it. `writer` is that of the case folder; beside a bag there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] where the signature is not good.
    pub fn file_signature(
        &self,
        armored: &str,
        identity: &str,
        name: &str,
        recorder: Option<(&mut Writer, Stamp)>,
    ) -> Result<String, Error> {
        let file = self.name(name, "sig")?;
        let fingerprint = check_signature(armored, &self.message()?, self.namespace(), identity)?;
        let object = self.file(&file, armored.as_bytes())?;
        if let (Some(object), Some((writer, stamp))) = (object, recorder) {
            let key = public_key_of(armored).map_err(|error| refused(error.to_string()))?;
            writer.folder.allow(identity, self.namespace(), &key)?;
            let details = Details {
                objects: vec![object],
                note: Some(format!(
                    "{identity} ({fingerprint}) signed {}",
                    self.in_words()
                )),
                ..Details::default()
            };
            writer.record(Action::Sign, details, stamp)?;
        }
        Ok(fingerprint)
    }

    /// Writes the query to an authority, and gives its path.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] where a query to it is filed already, or its name does not do.
    pub fn request_stamp(&self, authority: &str, nonce: [u8; 16]) -> Result<PathBuf, Error> {
        let file = self.name(authority, "tsq")?;
        let query = StampQuery::new(Digest::of(&self.message()?), nonce);
        self.file(&file, &query.to_der())?;
        Ok(self.folder.join(file))
    }

    /// Checks the answer of an authority, and files it with the certificates
    /// that came apart from it.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] where it is not a good time-stamp over it.
    pub fn attach_stamp(
        &self,
        authority: &str,
        answer: &[u8],
        chain: Option<&str>,
        anchors: &[Vec<u8>],
        recorder: Option<(&mut Writer, Stamp)>,
    ) -> Result<FiledStamp, Error> {
        let file = self.name(authority, "tsr")?;
        let query_path = self.folder.join(self.name(authority, "tsq")?);
        let query = match files::ordinary_file(&query_path)? {
            None => None,
            Some(_) => {
                let bytes = files::read_bounded(&query_path, 1 << 20)?;
                let query = StampQuery::from_der(&bytes);
                Some(query.map_err(|error| refused(error.to_string()))?)
            }
        };
        let intermediates = match chain {
            None => Vec::new(),
            Some(pem) => affiant_attest::certificates_from_pem(pem)
                .map_err(|error| refused(error.to_string()))?,
        };
        let imprint = Digest::of(&self.message()?);
        let checked = affiant_attest::check_response(
            answer,
            &imprint,
            query.as_ref(),
            anchors,
            &intermediates,
        )
        .map_err(|error| refused(error.to_string()))?;
        if let Some((_, stamp)) = &recorder
            && checked.token.time.signed_duration_since(stamp.time) > TOLERANCE
        {
            return Err(refused(format!(
                "the token is of {}, which is not yet: a clock is wrong, that of the authority or that of this machine; nothing was filed",
                written(checked.token.time)
            )));
        }
        let record = StampRecord {
            authority: checked.token.authority.clone(),
            document: self.document,
            size: self.size,
            time: checked.token.time,
            serial: checked.token.serial.clone(),
        };
        let mut objects = Vec::new();
        objects.extend(self.file(&file, answer)?);
        if let Some(pem) = chain {
            objects.extend(self.file(&self.name(authority, "pem")?, pem.as_bytes())?);
        }
        let event = match recorder {
            Some((writer, stamp)) if !objects.is_empty() => {
                Some(writer.record_stamp(record.clone(), objects, stamp)?)
            }
            _ => None,
        };
        Ok(FiledStamp {
            record,
            root: match checked.trust {
                StampTrust::Anchored { root_subject } => Ok(root_subject),
                StampTrust::Unknown { reason } => Err(reason),
            },
            event,
        })
    }
}

/// Checks that the key in an SSH signature signed the message; gives its
/// fingerprint. Whose key it is, this cannot show.
pub(crate) fn check_signature(
    armored: &str,
    message: &[u8],
    namespace: &str,
    identity: &str,
) -> Result<String, Error> {
    let key = public_key_of(armored).map_err(|error| refused(error.to_string()))?;
    let line = allowed_signers_line(identity, namespace, &key)
        .map_err(|error| refused(error.to_string()))?;
    let own = AllowedSigners::parse(&line).map_err(|error| refused(error.to_string()))?;
    // The list made here sets no times.
    let any_time = chrono::DateTime::UNIX_EPOCH;
    let signer = verify_ssh(armored, message, namespace, &own, Some(identity), any_time)
        .map_err(|error| refused(error.to_string()))?;
    Ok(signer.fingerprint)
}

fn refused(cause: String) -> Error {
    Error::Proof {
        subject: "what is signed or stamped".to_owned(),
        cause,
    }
}

impl CaseFolder {
    /// Adds a person's key to `custody/keys/allowed_signers`.
    pub(crate) fn allow(&self, identity: &str, namespace: &str, key: &str) -> Result<(), Error> {
        let line = allowed_signers_line(identity, namespace, key)
            .map_err(|error| refused(error.to_string()))?;
        files::make_folder(&self.keys_dir())?;
        let path = self.keys_dir().join("allowed_signers");
        let mut text = match files::ordinary_file(&path)? {
            None => String::new(),
            Some(_) => String::from_utf8_lossy(&files::read_bounded(&path, 1 << 20)?).into_owned(),
        };
        if text.lines().any(|known| known == line.trim_end()) {
            return Ok(());
        }
        text.push_str(line.trim_end());
        text.push('\n');
        files::replace(&self.keys_dir(), "allowed_signers", text.as_bytes())
    }
}

impl Writer {
    fn record_stamp(
        &mut self,
        record: StampRecord,
        objects: Vec<CustodyObject>,
        stamp: Stamp,
    ) -> Result<u64, Error> {
        let mut event = stamp.event(Action::Stamp);
        event.note = Some(gap(&record, event.time));
        event.stamp = Some(record);
        event.objects = objects;
        self.append(event).map(|event| event.seq)
    }

    /// Records a transfer whose receipt the counterparty signed: the text is
    /// filed with the signature.
    ///
    /// # Errors
    ///
    /// [`Error::Proof`] where the signature over the receipt is not good.
    pub fn transfer_with_receipt(
        &mut self,
        mut details: Details,
        receipt: &[u8],
        armored: &str,
        identity: &str,
        stamp: Stamp,
    ) -> Result<u64, Error> {
        let fingerprint = check_signature(armored, receipt, RECEIPT_NAMESPACE, identity)?;
        let number = numbered(self.tail.seq + 1);
        let folder = self.folder.receipts_dir();
        files::make_folder(&folder)?;
        let mut file = |kind: &str, bytes: &[u8]| -> Result<(), Error> {
            files::replace(&folder, &format!("{number}.{kind}"), bytes)?;
            let path = format!("custody/receipts/{number}.{kind}");
            let object = CustodyObject::new(path, Digest::of(bytes), bytes.len() as u64);
            details.objects.push(object);
            Ok(())
        };
        file("txt", receipt)?;
        file("sig", armored.as_bytes())?;
        if let Some(transfer) = &mut details.transfer {
            transfer.signer = Some(format!("{identity} ({fingerprint})"));
        }
        let key = public_key_of(armored).map_err(|error| refused(error.to_string()))?;
        self.folder.allow(identity, RECEIPT_NAMESPACE, &key)?;
        self.record(Action::Transfer, details, stamp)
            .map(|event| event.seq)
    }
}

/// What lies between a stamp and its filing, said as it is.
fn gap(record: &StampRecord, filed: chrono::DateTime<chrono::Utc>) -> String {
    let seconds = filed.signed_duration_since(record.time).num_seconds();
    let (span, way) = (
        seconds.unsigned_abs(),
        if seconds < 0 { "before" } else { "after" },
    );
    let span = match span {
        0..120 => format!("{span} seconds"),
        120..7200 => format!("{} minutes", span / 60),
        7200..172_800 => format!("{} hours", span / 3600),
        _ => format!("{} days", span / 86_400),
    };
    format!("filed {span} {way} the time of the token, by the clock of this event")
}
