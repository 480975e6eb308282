//! What was made from the evidence, against the events that made it.

use std::collections::BTreeMap;

use affiant_model::{Action, CustodyEvent, CustodyObject, Exhibit};

use super::run::Run;
use crate::folder::{CASE_FILE, DERIVED};
use crate::ledger::Audit;
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

    /// The files of the last analysis, of the last report and of every supplement;
    /// where two name a file the later event counts.
    pub(crate) fn derived(&mut self, audit: &Audit) {
        let last = |action| audit.events.iter().rev().find(|e| e.action == action);
        let mut events: Vec<_> = [Action::Analyse, Action::Report]
            .into_iter()
            .filter_map(last)
            .collect();
        let supplements = audit.events.iter();
        events.extend(supplements.filter(|event| event.action == Action::Supplement));
        events.sort_by_key(|event| event.seq);
        let mut named = BTreeMap::new();
        for event in events {
            for object in &event.objects {
                named.insert(object.path.as_str(), (event, object));
            }
        }
        self.out_of_date(audit);
        let exhibits: BTreeMap<String, &Exhibit> = audit
            .holdings
            .exhibits
            .iter()
            .map(|exhibit| (format!("evidence/{}", exhibit.file), exhibit))
            .collect();
        for (path, (event, object)) in &named {
            match exhibits.get(*path) {
                _ if *path == CASE_FILE => {}
                Some(exhibit) => self.used_exhibit(exhibit, event, object),
                None => self.derived_file(event, object),
            }
        }
        for top in DERIVED {
            self.other_derived(top, &audit.events, |path| named.contains_key(path));
        }
    }

    /// What was taken in after the last analysis is not in its tables, and a
    /// report from before it does not follow from them.
    fn out_of_date(&mut self, audit: &Audit) {
        let last = |action| audit.events.iter().rev().find(|e| e.action == action);
        let Some(analysis) = last(Action::Analyse) else {
            return;
        };
        let analysed = format!("the last analysis (event {})", analysis.seq);
        let later = audit
            .events
            .iter()
            .filter(|event| event.action == Action::Acquire && event.seq > analysis.seq);
        for exhibit in later.filter_map(|event| event.objects.first()?.exhibit) {
            let message =
                format!("{exhibit} was taken in after {analysed}; run `affiant analyze` again");
            self.add("tables", Verdict::NotChecked, message);
        }
        if last(Action::Report).is_some_and(|report| report.seq < analysis.seq) {
            let message = format!("made before {analysed}; run `affiant report` again");
            self.add("reports", Verdict::NotChecked, message);
        }
    }

    /// Files below the folder `top` that the last events do not name: nobody
    /// shall take them for what was recorded.
    fn other_derived(
        &mut self,
        top: &str,
        events: &[CustodyEvent],
        is_named: impl Fn(&str) -> bool,
    ) {
        // A name need not be text: what is printed does not lead back to it.
        let mut waiting = vec![(self.folder.root().join(top), top.to_owned())];
        while let Some((folder, shown)) = waiting.pop() {
            let names = match files::names(&folder) {
                Ok(names) => names,
                Err(error) => {
                    self.unreadable(shown, &error);
                    continue;
                }
            };
            for name in names {
                let on_disk = folder.join(&name);
                let name = name.to_string_lossy();
                let path = format!("{shown}/{name}");
                // A link to a folder is reported, not followed.
                if on_disk.symlink_metadata().is_ok_and(|found| found.is_dir()) {
                    waiting.push((on_disk, path));
                } else if !is_named(&path) {
                    let message = unnamed(&path, events);
                    self.add(path, Verdict::NotChecked, message);
                }
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
            Action::Supplement => "affiant supplement",
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

/// What to say of a derived file that the last events do not name.
fn unnamed(path: &str, events: &[CustodyEvent]) -> String {
    let names = |event: &&CustodyEvent| event.objects.iter().any(|object| object.path == path);
    match events.iter().rev().find(names) {
        Some(event) => format!(
            "named by event {} (`{}`) only, and not by the last of its kind: nothing is said of it",
            event.seq, event.action
        ),
        None if path.split('/').any(files::is_draft) => {
            "not named by the ledger: a file whose writing broke off; it can be deleted".to_owned()
        }
        None => "not named by the ledger: affiant has not recorded it; move it out of the case folder if you did not put it there".to_owned(),
    }
}
