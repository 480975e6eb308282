//! What persons and authorities put under documents.

use affiant_model::{CustodyEvent, Digest};

use super::Verdict;
use super::attested::TOLERANCE;
use super::run::Run;
use crate::documents::{DOCUMENT_NAMESPACE, FOLDER, FiledFor, made, read};
use crate::ledger::written;
use crate::{Error, files};

impl Run<'_> {
    /// The signatures and stamps of `custody/documents`. A signature can be checked where
    /// the document is in the folder; a token says the digest that it is over.
    pub(super) fn documents(&mut self, events: &[CustodyEvent]) {
        let folder = self.folder.documents_dir();
        for name in self.list(&folder, FOLDER) {
            let path = folder.join(&name);
            let name = name.to_string_lossy();
            let subject = format!("{FOLDER}/{name}");
            if files::is_draft(&name) {
                self.draft(subject, &path);
                continue;
            }
            let Some(filed) = FiledFor::parse(&name) else {
                let message = "no file of that name belongs here";
                self.add(subject, Verdict::Invalid, message);
                continue;
            };
            let Some((event, made_as)) = made(events, &filed.document) else {
                let message = "no event records the making of the document that it is of";
                self.add(subject, Verdict::Invalid, message);
                continue;
            };
            match filed.kind.as_str() {
                "sig" => self.document_signature(&subject, &path, &filed.document, events),
                "tsr" => {
                    let token = self.stamp(&subject, &path, &filed.document);
                    let Some((time, serial)) = token else {
                        continue;
                    };
                    if event.time.signed_duration_since(time) > TOLERANCE {
                        let message = format!(
                            "`{made_as}` was made later, by event {}, than the stamp over it: a clock was wrong, or it was dated forward",
                            event.seq
                        );
                        let (expected, found) = (written(time), written(event.time));
                        self.differs(&subject, message, &format!("not after {expected}"), &found);
                    }
                    self.document_tokens.insert((filed.document, time, serial));
                }
                kind => self.beside_a_stamp(&subject, &path, kind),
            }
        }
    }

    /// A signature over a document, which may have been deleted or made anew since.
    fn document_signature(
        &mut self,
        subject: &str,
        path: &std::path::Path,
        document: &Digest,
        events: &[CustodyEvent],
    ) {
        let message = self.find_document(document, events);
        let read = files::ordinary_file(path).and_then(|_| files::read_bounded(path, 1 << 20));
        match (read, message) {
            (Err(error), _) => self.unreadable(subject, &error),
            (Ok(signature), Some(message)) => {
                self.signature_over(subject, &signature, &message, DOCUMENT_NAMESPACE);
            }
            (Ok(_), None) => {
                let message = "the document that was signed is not in the folder: it was deleted or made anew";
                self.add(subject, Verdict::NotChecked, message);
            }
        }
    }

    /// The document of that digest, where any event says that one was made.
    fn find_document(&self, document: &Digest, events: &[CustodyEvent]) -> Option<Vec<u8>> {
        let root = self.folder.root();
        let objects = events.iter().flat_map(|event| &event.objects);
        let mut paths: Vec<&str> = objects
            .filter(|object| object.sha256 == *document && object.path.starts_with("reports/"))
            .map(|object| object.path.as_str())
            .collect();
        paths.dedup();
        paths
            .into_iter()
            .find_map(|path| {
                let found: Result<_, Error> = read(&root.join(path));
                found.ok().filter(|(_, digest)| digest == document)
            })
            .map(|(bytes, _)| bytes)
    }
}
