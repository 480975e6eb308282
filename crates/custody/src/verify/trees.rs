//! The trees over the exchanges of the exhibits, and what is signed of them.

use affiant_model::{Digest, Exhibit};

use super::Verdict;
use super::run::{Run, count};
use super::signed::Noted;
use crate::keys::KeyHistory;
use crate::ledger::Audit;
use crate::{exchanges, files};

impl Run<'_> {
    /// The tree over the exchanges of each exhibit.
    pub(super) fn trees(
        &mut self,
        audit: &Audit,
        origin: &str,
        history: &KeyHistory,
        notes: &[Noted],
    ) {
        let covered = notes
            .iter()
            .map(|note| note.checkpoint.size)
            .max()
            .unwrap_or(0);
        let present = audit.holdings.present();
        for exhibit in &present {
            if exhibit.exchanges.is_some() {
                self.tree(exhibit);
                self.tree_note(exhibit, origin, history, audit, covered);
            }
        }
        let folder = self.folder.exchanges_dir();
        for name in self.list(&folder, "custody/exchanges") {
            let path = folder.join(&name);
            let name = name.to_string_lossy().into_owned();
            let subject = format!("custody/exchanges/{name}");
            let of_exhibit = |exhibit: &Exhibit| {
                name.strip_prefix(&exhibit.id.to_string())
                    .is_some_and(|rest| rest == ".tsv" || rest == ".note")
            };
            if files::is_draft(&name) {
                self.draft(subject, &path);
            } else if present
                .iter()
                .any(|exhibit| exhibit.exchanges.is_some() && of_exhibit(exhibit))
            {
                // Looked into above.
            } else if !self.in_bag
                && name.ends_with(".tsv")
                && path.is_file()
                && !present.iter().any(of_exhibit)
            {
                self.add(subject, Verdict::Incomplete, "of an acquisition that was never recorded, or of an exhibit that was destroyed; the next command that records removes it");
            } else if name.ends_with(".note")
                && audit
                    .holdings
                    .exhibits
                    .iter()
                    .any(|exhibit| exhibit.exchanges.is_some() && of_exhibit(exhibit))
            {
                // The root of what was destroyed says nothing about it.
            } else {
                self.add(
                    subject,
                    Verdict::Invalid,
                    "no file of that name belongs here",
                );
            }
        }
    }

    fn tree(&mut self, exhibit: &Exhibit) {
        let Some(recorded) = &exhibit.exchanges else {
            return;
        };
        let subject = format!("custody/exchanges/{}.tsv", exhibit.id);
        let list = exchanges::list_path(&self.folder, exhibit.id);
        match files::ordinary_file(&list) {
            Err(error) => return self.unreadable(subject, &error),
            Ok(None) => {
                let message = "absent: single exchanges of this exhibit can no longer be proved; look for a copy of the case folder that holds it";
                self.add(subject, Verdict::Incomplete, message);
                return;
            }
            Ok(Some(_)) => {}
        }
        let found =
            match exchanges::recompute(&list, &self.folder.exhibit_path(exhibit), recorded.count) {
                Ok(found) => found,
                Err(error) => return self.unreadable(subject, &error),
            };
        if (found.count, found.root) != (recorded.count, recorded.root) {
            let message = format!(
                "not the tree that the ledger records: {} instead of {}",
                count(found.count, "exchange"),
                recorded.count
            );
            self.differs(
                subject,
                message,
                &recorded.root.to_hex(),
                &found.root.to_hex(),
            );
        } else if let Some(number) = found.first_wrong {
            let message = format!(
                "exchange {number} of the exhibit is not the one that was hashed at intake"
            );
            self.add(subject, Verdict::Invalid, message);
        } else {
            let exchanges = count(found.count, "exchange");
            let message = format!("{exchanges}, root as recorded");
            self.add(subject, Verdict::Valid, message);
        }
    }

    fn tree_note(
        &mut self,
        exhibit: &Exhibit,
        origin: &str,
        history: &KeyHistory,
        audit: &Audit,
        covered: u64,
    ) {
        let subject = format!("custody/exchanges/{}.note", exhibit.id);
        let path = self
            .folder
            .exchanges_dir()
            .join(format!("{}.note", exhibit.id));
        match files::ordinary_file(&path) {
            Err(error) => return self.unreadable(subject, &error),
            Ok(None) => {
                let acquired = audit.events.iter().find(|event| {
                    event
                        .objects
                        .iter()
                        .any(|object| object.exhibit == Some(exhibit.id))
                });
                if acquired.is_some_and(|event| event.seq <= covered) {
                    let message = "absent; `affiant checkpoint` signs the tree again";
                    self.add(subject, Verdict::Incomplete, message);
                }
                return;
            }
            Ok(Some(_)) => {}
        }
        let Some((note, checkpoint)) =
            self.note(&subject, &path, &format!("{origin}/{}", exhibit.id))
        else {
            return;
        };
        if !self.good_under(&subject, &note, &history.all()) {
            return;
        }
        let tree = exhibit.exchanges.as_ref();
        let recorded = tree.map(|tree| (tree.count, tree.root));
        if recorded == Some((checkpoint.size, checkpoint.root)) {
            self.add(
                subject,
                Verdict::Valid,
                "signed, with the root that the ledger records",
            );
        } else {
            let expected =
                recorded.map_or_else(String::new, |(_, root): (u64, Digest)| root.to_hex());
            let message = "not the tree that the ledger records";
            self.differs(subject, message, &expected, &checkpoint.root.to_hex());
        }
    }
}
