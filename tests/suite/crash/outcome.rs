//! What must hold of a case after a kill, and after what puts it right.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::scenario::{KEY, NOTE, done, har, run};
use crate::support::files;

/// A case folder as it is.
pub(super) struct Case {
    ledger: Vec<u8>,
    events: Vec<Value>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Case {
    pub(super) fn read(here: &Path) -> Self {
        let files = files(&here.join("acme"));
        let ledger = files["custody/ledger.jsonl"].clone();
        // A line that is not whole is no event.
        let whole = ledger.iter().rposition(|byte| *byte == b'\n');
        let whole = &ledger[..whole.map_or(0, |at| at + 1)];
        let lines = whole.split_inclusive(|byte| *byte == b'\n');
        Self {
            events: lines
                .map(|line| serde_json::from_slice(line).unwrap())
                .collect(),
            ledger,
            files,
        }
    }

    pub(super) fn of(&self, action: &str) -> impl Iterator<Item = &Value> {
        self.events
            .iter()
            .filter(move |event| event["action"] == action)
    }

    /// The one file of each event of that kind.
    fn objects(&self, action: &str) -> impl Iterator<Item = &Value> {
        self.of(action).map(|event| &event["objects"][0])
    }

    fn destroyed(&self) -> BTreeSet<&str> {
        self.objects("delete")
            .map(|object| object["path"].as_str().unwrap())
            .collect()
    }

    /// What must lie in the folder, and nothing else, where nothing broke off.
    fn paths(&self) -> BTreeSet<String> {
        let mut paths: BTreeSet<String> = ["case.toml", "custody/ledger.jsonl", "custody/lock"]
            .map(str::to_owned)
            .into();
        let gone = self.destroyed();
        let objects = self.objects("acquire").chain(self.objects("derive"));
        for object in objects.filter(|object| !gone.contains(object["path"].as_str().unwrap())) {
            paths.insert(object["path"].as_str().unwrap().to_owned());
            if let Some(exhibit) = object["exhibit"].as_str() {
                paths.insert("evidence/SHA256SUMS".to_owned());
                if object["exchanges"].is_object() {
                    paths.insert(format!("custody/exchanges/{exhibit}.tsv"));
                }
            }
        }
        for event in self.of("key") {
            let key = event["key"]["key"].as_str().unwrap();
            let id = key.split('+').nth(1).unwrap();
            paths.extend(["vkey", "pem"].map(|kind| format!("custody/keys/{id}.{kind}")));
        }
        paths
    }
}

/// How a case was before something was done to it.
pub(super) struct Before {
    pub(super) case: Case,
    sources: BTreeSet<Vec<u8>>,
}

impl Before {
    pub(super) fn read(here: &Path) -> Self {
        let sources = files(here)
            .into_iter()
            .filter(|(path, _)| !path.starts_with("acme/"));
        let mut sources: BTreeSet<Vec<u8>> = sources.map(|(_, bytes)| bytes).collect();
        sources.extend([har(2), b"member".to_vec()]);
        Self {
            case: Case::read(here),
            sources,
        }
    }

    /// What must hold at any instant. `printed` is what commands that ended said;
    /// gives what `verify` says.
    pub(super) fn holds(&self, here: &Path, printed: &str) -> String {
        let quick = run(here, &["verify", "--quick", "acme"]);
        let said = String::from_utf8_lossy(&quick.stdout).into_owned();
        assert!(
            matches!(quick.status.code(), Some(0 | 4 | 5 | 6)),
            "{:?}: {said}{}",
            quick.status,
            String::from_utf8_lossy(&quick.stderr)
        );
        let now = Case::read(here);
        assert!(
            now.ledger.starts_with(&self.case.ledger),
            "something recorded was lost"
        );
        let gone = now.destroyed();
        for (path, bytes) in &self.case.files {
            if path.starts_with("evidence/E-") && !gone.contains(path.as_str()) {
                assert!(now.files.get(path) == Some(bytes), "{path} was lost");
            }
        }
        for line in printed.lines().filter(|line| line.starts_with("E-")) {
            let (number, digest) = (&line[..6], line.split("SHA-256 ").nth(1).unwrap());
            let held = now
                .files
                .iter()
                .find(|(path, _)| path.starts_with(&format!("evidence/{number}.")));
            let found = held.map(|(_, bytes)| hex::encode(Sha256::digest(bytes)));
            assert_eq!(found.as_deref(), digest.split(' ').next(), "{line}");
        }
        said
    }

    /// What must hold when the next command has put things right.
    pub(super) fn is_whole(&self, here: &Path) {
        let said = self.holds(here, "");
        assert!(said.contains(" 0 INCOMPLETE,"), "{said}");
        let now = Case::read(here);
        let gone = now.destroyed();
        for object in now.objects("acquire").chain(now.objects("derive")) {
            let path = object["path"].as_str().unwrap();
            if !gone.contains(path) {
                let bytes = &now.files[path];
                assert_eq!(object["sha256"], hex::encode(Sha256::digest(bytes)));
                assert!(
                    self.sources.contains(bytes),
                    "{path} is like nothing that was taken in"
                );
            }
        }
        let notes = |path: &&String| {
            path.starts_with("custody/checkpoints/")
                || path.starts_with("custody/exchanges/") && path.ends_with(".note")
        };
        let found: BTreeSet<String> = now
            .files
            .keys()
            .filter(|path| !notes(path))
            .cloned()
            .collect();
        assert_eq!(found, now.paths());
        for note in now.files.keys().filter(notes) {
            assert!(note.ends_with(".note") && !note.contains("/."), "{note}");
        }
        assert!(
            !here.join("acme/evidence/.incoming").exists(),
            "`.incoming` was left"
        );
    }
}

/// Everything that is asked after `kills` kills in a row.
pub(super) fn outlives(
    before: &Before,
    here: &Path,
    printed: &str,
    mend: &[Vec<&str>],
    kills: usize,
) {
    before.holds(here, printed);
    done(here, NOTE);
    for arguments in mend {
        done(here, arguments);
    }
    before.is_whole(here);
    let recovered = Case::read(here).of("recover").count() - before.case.of("recover").count();
    assert!(recovered <= kills, "put right {recovered} times");
    // The same again changes nothing.
    let acquired = Case::read(here).of("acquire").count();
    for arguments in mend {
        done(here, arguments);
    }
    let now = Case::read(here);
    assert_eq!(now.of("acquire").count(), acquired, "taken in twice");
    let names: BTreeSet<String> = now
        .objects("acquire")
        .map(|object| {
            format!(
                "{} {} {}",
                object["original_name"], object["from"], object["sha256"]
            )
        })
        .collect();
    assert_eq!(names.len(), acquired, "taken in twice");
    // A key that the ledger names is of use only with its private half.
    let keys = now.of("key").count();
    if keys > 0 {
        let private = [KEY, "second.pem"][keys - 1];
        done(here, &["checkpoint", "acme", "--log-key", private]);
        before.is_whole(here);
    }
}
