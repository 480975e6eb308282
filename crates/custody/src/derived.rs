//! What was made from the evidence, against the events that made it.

use std::collections::BTreeMap;

use affiant_model::{Action, CustodyEvent, CustodyObject, Exhibit};

use crate::folder::CASE_FILE;
use crate::ledger::Audit;
use crate::verify::Run;
use crate::{Verdict, files};

impl Run<'_> {
    /// The case file is a person's to edit; what was made from it is then out of date.
    pub(crate) fn case_file(&mut self, events: &[CustodyEvent]) {
        let named = events.iter().rev().find_map(|event| {
            let object = event
                .objects
                .iter()
                .find(|object| object.path == CASE_FILE)?;
            Some((event, object))
        });
        let path = self.folder.case_file();
        let found = match files::ordinary_file(&path) {
            Ok(Some(_)) => files::hash_file(&path, &mut |_| {}),
            Ok(None) => {
                self.add(CASE_FILE, Verdict::Incomplete, "absent: nothing can be analysed without it; restore it from a copy, or write it anew");
                return;
            }
            Err(error) => Err(error),
        };
        let found = match found {
            Ok((found, _)) => found,
            Err(error) => return self.unreadable(CASE_FILE, &error),
        };
        let Some((event, object)) = named else {
            let message = "no event of the ledger names it";
            self.add(CASE_FILE, Verdict::NotChecked, message);
            return;
        };
        if found == object.sha256 {
            let message = format!("as in event {} (`{}`)", event.seq, event.action);
            self.add(CASE_FILE, Verdict::Valid, message);
            return;
        }
        let check = if event.action == Action::Open {
            let message = "edited since the case was opened, and not yet used in an analysis";
            self.add(CASE_FILE, Verdict::NotChecked, message)
        } else {
            let message = format!(
                "changed since event {} (`{}`); analyse again with `affiant analyze`",
                event.seq, event.action
            );
            self.add(CASE_FILE, Verdict::Incomplete, message)
        };
        check.expected = Some(object.sha256.to_hex());
        check.found = Some(found.to_hex());
    }

    /// The files of the last analysis and the last report; where both name a
    /// file the later event counts.
    pub(crate) fn derived(&mut self, audit: &Audit) {
        let last = |action| audit.events.iter().rev().find(|e| e.action == action);
        let mut events: Vec<_> = [Action::Analyse, Action::Report]
            .into_iter()
            .filter_map(last)
            .collect();
        events.sort_by_key(|event| event.seq);
        let mut named = BTreeMap::new();
        for event in events {
            for object in &event.objects {
                named.insert(object.path.as_str(), (event, object));
            }
        }
        let exhibits: BTreeMap<String, &Exhibit> = audit
            .exhibits
            .iter()
            .map(|exhibit| (format!("evidence/{}", exhibit.file), exhibit))
            .collect();
        for (path, (event, object)) in named {
            match exhibits.get(path) {
                _ if path == CASE_FILE => {}
                Some(exhibit) => self.used_exhibit(exhibit, event, object),
                None => self.derived_file(event, object),
            }
        }
    }

    /// An exhibit that an analysis names is the one that was acquired. Its
    /// bytes are checked against the acquisition.
    fn used_exhibit(&mut self, exhibit: &Exhibit, event: &CustodyEvent, object: &CustodyObject) {
        if object.sha256 == exhibit.sha256 {
            return;
        }
        let message = format!(
            "event {} (`{}`) names exhibit {} with another digest than its acquisition",
            event.seq, event.action, exhibit.id
        );
        let check = self.add(object.path.clone(), Verdict::Invalid, message);
        check.expected = Some(exhibit.sha256.to_hex());
        check.found = Some(object.sha256.to_hex());
    }

    fn derived_file(&mut self, event: &CustodyEvent, object: &CustodyObject) {
        let subject = object.path.clone();
        let remedy = match event.action {
            Action::Report => "affiant report",
            _ => "affiant analyze",
        };
        let found = files::within(&self.folder.root(), &object.path)
            .and_then(|path| Ok(files::ordinary_file(&path)?.map(|_| path)))
            .and_then(|path| {
                path.map(|path| files::hash_file(&path, &mut |_| {}))
                    .transpose()
            });
        match found {
            Err(error) => self.unreadable(subject, &error),
            Ok(None) => {
                let message = format!("absent; it can be rebuilt with `{remedy}`");
                self.add(subject, Verdict::NotChecked, message);
            }
            Ok(Some((digest, bytes))) if digest == object.sha256 && bytes == object.bytes => {
                let message = format!("as in event {} (`{}`)", event.seq, event.action);
                self.add(subject, Verdict::Valid, message);
            }
            Ok(Some((digest, _))) => {
                let message = format!(
                    "altered since event {} (`{}`); rebuild it with `{remedy}`",
                    event.seq, event.action
                );
                let check = self.add(subject, Verdict::Invalid, message);
                check.expected = Some(object.sha256.to_hex());
                check.found = Some(digest.to_hex());
            }
        }
    }
}
