//! Public versions: the data of a document rebuilt without values before it is
//! typeset.

use std::sync::{Mutex, PoisonError};

use affiant_redact::{Key, LogRow, Redactor};
use serde_json::Value;

use crate::printable::sanitise;
use crate::{Attachment, Error, view};

/// That a case has public versions, and which version a document is of.
#[derive(Debug, Clone, Copy)]
pub struct Redaction<'a> {
    /// The values that are taken out.
    pub key: &'a Key,
    /// The version.
    pub version: Version<'a>,
}

/// A version of a document.
#[derive(Debug, Clone, Copy)]
pub enum Version<'a> {
    /// With every value, to be filed under seal where it is filed.
    Sealed,
    /// Without.
    Public(Public<'a>),
}

/// What makes a public version.
#[derive(Debug, Clone, Copy)]
pub struct Public<'a> {
    /// Takes the values out.
    pub redactor: &'a Redactor<'a>,
    /// What was taken out, of every document so far.
    pub log: &'a Mutex<Vec<LogRow>>,
}

impl Redaction<'_> {
    /// What makes it, if it is public.
    pub(crate) const fn public(&self) -> Option<&Public<'_>> {
        match &self.version {
            Version::Sealed => None,
            Version::Public(public) => Some(public),
        }
    }
}

impl Public<'_> {
    /// What was taken out so far, in order.
    #[must_use]
    pub fn rows(&self) -> Vec<LogRow> {
        let held = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    /// The data and the attached files of a document without values. The ledger
    /// goes along as it is or not at all: changed by a byte it would be another.
    pub(crate) fn rebuild(
        &self,
        data: &[u8],
        attachments: &[Attachment],
    ) -> Result<(Vec<u8>, Vec<Attachment>), Error> {
        let mut kept = Vec::new();
        for attachment in attachments {
            let text = String::from_utf8_lossy(&attachment.bytes);
            if attachment.mime == "text/csv" {
                let bytes = self.redactor.csv(&attachment.bytes)?.into();
                kept.push(Attachment {
                    bytes,
                    ..attachment.clone()
                });
            } else if self.redactor.text(&text) == text {
                kept.push(attachment.clone());
            }
        }
        let mut data: Value = serde_json::from_slice(data)?;
        if !data["tables"].is_null() {
            data["tables"] = view::tables(&kept).into();
        }
        self.redactor.data(&mut data);
        let document = data["volume"]["title"]
            .as_str()
            .or(data["document"].as_str());
        let document = document.unwrap_or_default().to_owned();
        let rows = self.redactor.log(&document, &data);
        sanitise("", &mut data);
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend(rows);
        Ok((serde_json::to_vec(&data)?, kept))
    }
}
