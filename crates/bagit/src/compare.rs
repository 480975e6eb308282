use std::collections::{BTreeMap, BTreeSet};

use crate::check::OnDisk;
use crate::fetch;
use crate::finding::{Findings, Severity, printable};
use crate::info;
use crate::manifest::{Manifest, ManifestKind, ManifestName};
use crate::names::Names;
use crate::{Algorithm, DATA, V1, Version, declaration, path};

/// Holds what a bag lists against what is there.
pub(crate) struct Comparison<'a> {
    pub(crate) on_disk: &'a BTreeMap<String, OnDisk>,
    /// All manifests, those of an unknown algorithm too.
    pub(crate) names: &'a [ManifestName],
    pub(crate) manifests: &'a [Manifest],
    pub(crate) fetch: &'a [fetch::Entry],
    pub(crate) info: &'a [(String, String)],
    pub(crate) rules: Version,
    pub(crate) findings: &'a mut Findings,
}

impl<'a> Comparison<'a> {
    pub(crate) fn run(mut self) {
        let payload = self.of_kind(ManifestKind::Payload);
        let tag = self.of_kind(ManifestKind::Tag);
        let respelled = self.respelled(&payload);
        let whole = self.entries(&payload, &respelled);
        self.payload_coverage(&payload, &respelled);
        self.oxum(whole);
        self.fetch(&payload);
        let respelled = self.respelled(&tag);
        self.entries(&tag, &respelled);
        self.tag_coverage(&tag, &respelled);
        self.weakness(&payload, "the payload");
        self.weakness(&tag, "the tag files");
        self.clashes();
        self.system_files();
    }

    fn of_kind(&self, kind: ManifestKind) -> Vec<&'a Manifest> {
        let manifests = self.manifests.iter();
        manifests.filter(|m| m.kind == kind).collect()
    }

    /// The listed files that are there under another spelling of the same
    /// Unicode text, as after a copy from one system to another: from the
    /// spelling on disk to that of the lists.
    fn respelled(&mut self, manifests: &[&'a Manifest]) -> BTreeMap<&'a str, &'a str> {
        let listed: BTreeSet<&str> = paths(manifests).collect();
        let absent = listed.iter().filter(|p| !self.on_disk.contains_key(**p));
        let wanted: BTreeMap<String, &str> = absent.map(|&p| (path::composed(p), p)).collect();
        if wanted.is_empty() {
            return BTreeMap::new();
        }
        let mut found = BTreeMap::new();
        for there in self.on_disk.keys() {
            let there = there.as_str();
            if listed.contains(there) {
                continue;
            }
            if let Some(&listed) = wanted.get(&path::composed(there)) {
                found.insert(there, listed);
                let message = "it is listed in another Unicode spelling of the same name";
                self.findings.add(there, Severity::Warning, message);
            }
        }
        found
    }

    /// Compares the checksums. Returns whether all listed files are there.
    fn entries(&mut self, manifests: &[&Manifest], respelled: &BTreeMap<&str, &str>) -> bool {
        let by_list: BTreeMap<_, _> = respelled
            .iter()
            .map(|(there, list)| (*list, *there))
            .collect();
        let mut absent: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for manifest in manifests {
            for (path, expected) in &manifest.entries {
                let path = path.as_str();
                let there = by_list.get(path).copied().unwrap_or(path);
                match self.on_disk.get(there) {
                    None => absent.entry(path).or_default().push(&manifest.file),
                    // That it could not be read was said.
                    Some(None) => {}
                    Some(Some((_, sums))) => {
                        let found = sums.hex.get(&manifest.algorithm).map_or("", String::as_str);
                        if found != expected {
                            let message =
                                format!("it is not the file that `{}` lists", manifest.file);
                            let severity = Severity::Invalid;
                            self.findings
                                .differs(there, severity, message, expected, found);
                        }
                    }
                }
            }
        }
        let fetched: BTreeSet<&str> = self.fetch.iter().map(|e| e.path.as_str()).collect();
        for (path, manifests) in &absent {
            let mut message = format!("it is absent, and listed in `{}`", manifests.join("`, `"));
            if fetched.contains(path) {
                message
                    .push_str("; `fetch.txt` says where it was to be had, and nothing is fetched");
            }
            self.findings.add(path, Severity::Incomplete, message);
        }
        absent.is_empty()
    }

    /// The manifests that do not list a file which is there.
    fn silent<'m>(
        manifests: &[&'m Manifest],
        respelled: &BTreeMap<&str, &str>,
        there: &str,
    ) -> Vec<&'m str> {
        let listed = respelled.get(there).copied();
        let lists = |m: &Manifest| {
            m.entries.contains_key(there) || listed.is_some_and(|p| m.entries.contains_key(p))
        };
        let silent = manifests.iter().filter(|m| !lists(m));
        silent.map(|m| m.file.as_str()).collect()
    }

    fn payload_coverage(&mut self, manifests: &[&Manifest], respelled: &BTreeMap<&str, &str>) {
        if manifests.is_empty() {
            return;
        }
        for there in self.on_disk.keys().filter(|p| p.starts_with(DATA)) {
            let silent = Self::silent(manifests, respelled, there);
            if silent.len() == manifests.len() {
                let message = "it is in the payload, and no manifest lists it";
                self.findings.add(there, Severity::Invalid, message);
            } else if !silent.is_empty() {
                let severity = if self.rules >= V1 {
                    Severity::Invalid
                } else {
                    Severity::Warning
                };
                let message = format!("`{}` does not list it", silent.join("`, `"));
                self.findings.add(there, severity, message);
            }
        }
    }

    fn tag_coverage(&mut self, manifests: &[&Manifest], respelled: &BTreeMap<&str, &str>) {
        if !self.names.iter().any(|m| m.kind == ManifestKind::Tag) {
            let message = "no tag manifest is there: nothing shows a change of the tag files";
            self.findings.add(".", Severity::Warning, message);
        }
        if manifests.is_empty() {
            return;
        }
        for there in self.on_disk.keys().filter(|p| !p.starts_with(DATA)) {
            let kind = ManifestName::parse(there).map(|m| m.kind);
            let silent = Self::silent(manifests, respelled, there);
            if kind == Some(ManifestKind::Tag) || silent.is_empty() {
                continue;
            }
            let named = [declaration::FILE, info::file(self.rules), fetch::FILE];
            let severity = match kind {
                Some(_) if self.rules >= V1 => Severity::Invalid,
                None if silent.len() == manifests.len() && !named.contains(&there.as_str()) => {
                    Severity::Note
                }
                _ => Severity::Warning,
            };
            let message = format!(
                "`{}` does not list it: nothing shows a change of it there",
                silent.join("`, `")
            );
            self.findings.add(there, severity, message);
        }
    }

    fn oxum(&mut self, whole: bool) {
        let file = info::file(self.rules);
        let payload: Vec<_> = self
            .on_disk
            .iter()
            .filter(|(path, _)| path.starts_with(DATA))
            .collect();
        let bytes: u64 = payload
            .iter()
            .filter_map(|(_, f)| Some(f.as_ref()?.0))
            .sum();
        let whole = whole && payload.iter().all(|(_, f)| f.is_some());
        let stated = self.info.iter();
        for (_, value) in stated.filter(|(label, _)| label.eq_ignore_ascii_case(info::OXUM)) {
            let Some((stated_bytes, stated_files)) = info::oxum(value) else {
                let message = format!(
                    "`{}: {}` is not size and number",
                    info::OXUM,
                    printable(value)
                );
                self.findings.add(file, Severity::Invalid, message);
                continue;
            };
            if (stated_bytes, stated_files) != (bytes, payload.len() as u64) {
                let severity = if whole {
                    Severity::Invalid
                } else {
                    Severity::Incomplete
                };
                let message =
                    "the payload has not the size and number of files that `Payload-Oxum` states";
                let found = format!("{bytes}.{}", payload.len());
                self.findings
                    .differs(file, severity, message, printable(value), found);
            }
        }
    }

    fn fetch(&mut self, manifests: &[&Manifest]) {
        let mut absent = 0;
        for entry in self.fetch {
            let path = &entry.path;
            let silent = Self::silent(manifests, &BTreeMap::new(), path);
            if !silent.is_empty() && self.rules >= V1 {
                let message = format!(
                    "`fetch.txt` names it, and `{}` does not",
                    silent.join("`, `")
                );
                self.findings.add(path, Severity::Invalid, message);
            } else if silent.len() == manifests.len() {
                let message = "`fetch.txt` names it, and no manifest lists it";
                self.findings.add(path, Severity::Warning, message);
            }
            match self.on_disk.get(path) {
                None => {
                    absent += 1;
                    if silent.len() == manifests.len() {
                        let message = "it is absent; `fetch.txt` says where it was to be had, and nothing is fetched";
                        self.findings.add(path, Severity::Incomplete, message);
                    }
                }
                Some(Some((bytes, _))) if entry.bytes.is_some_and(|stated| stated != *bytes) => {
                    let expected = entry.bytes.unwrap_or_default().to_string();
                    let message = "it has not the size that `fetch.txt` states";
                    let found = bytes.to_string();
                    self.findings
                        .differs(path, Severity::Warning, message, expected, found);
                }
                Some(_) => {}
            }
        }
        if !self.fetch.is_empty() {
            let message = format!(
                "it names {} files to be had elsewhere, of which {absent} are absent; nothing is fetched",
                self.fetch.len()
            );
            self.findings.add(fetch::FILE, Severity::Note, message);
        }
    }

    fn weakness(&mut self, manifests: &[&Manifest], what: &str) {
        let algorithms: BTreeSet<Algorithm> = manifests.iter().map(|m| m.algorithm).collect();
        if !algorithms.is_empty() && algorithms.iter().all(|a| a.is_weak()) {
            let list: Vec<_> = algorithms.iter().map(|a| a.as_str()).collect();
            let message = format!(
                "{what} is listed by {} alone, with which two different files can have the same checksum: it shows accidents, not intent",
                list.join(" and ")
            );
            self.findings.add(".", Severity::Warning, message);
        }
    }

    /// Names that are two here and one on another system.
    fn clashes(&mut self) {
        let mut listed: BTreeSet<&str> = self
            .manifests
            .iter()
            .flat_map(|m| m.entries.keys())
            .map(String::as_str)
            .collect();
        listed.extend(self.fetch.iter().map(|e| e.path.as_str()));
        let there: BTreeSet<&str> = self.on_disk.keys().map(String::as_str).collect();
        let mut clashes: BTreeSet<(&str, String)> = BTreeSet::new();
        for set in [there, listed] {
            let mut names = Names::default();
            for path in set {
                if let Err(other) = names.add(path) {
                    clashes.insert((path, other));
                }
            }
        }
        for (path, other) in clashes {
            let message = format!(
                "its name and `{}` are one on file systems that do not tell cases or Unicode spellings apart",
                printable(&other)
            );
            self.findings.add(path, Severity::Invalid, message);
        }
    }

    /// Files that operating systems make, change and drop by themselves.
    fn system_files(&mut self) {
        let mut all: BTreeSet<&str> = paths(&self.of_kind(ManifestKind::Payload)).collect();
        all.extend(self.on_disk.keys().map(String::as_str));
        for path in all.into_iter().filter(|p| p.starts_with(DATA)) {
            let name = path.rsplit('/').next().unwrap_or(path);
            if matches!(name, ".DS_Store" | "Thumbs.db" | "desktop.ini") {
                let message = "operating systems write and drop files of this name by themselves";
                self.findings.add(path, Severity::Warning, message);
            }
        }
    }
}

fn paths<'m>(manifests: &[&'m Manifest]) -> impl Iterator<Item = &'m str> {
    let entries = manifests.iter().flat_map(|m| m.entries.keys());
    entries.map(String::as_str)
}
