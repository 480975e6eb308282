use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::algorithm::Checksums;
use crate::compare::Comparison;
use crate::declaration::{self, Declaration};
use crate::finding::{Findings, Severity, printable};
use crate::manifest::{self, Manifest, ManifestKind, ManifestName};
use crate::{
    Algorithm, BagCheck, DATA, Error, MAX_TAG_BYTES, PayloadFile, fetch, info, read, walk,
};

/// Whether a folder claims to be a bag: it holds a regular file `bagit.txt`.
#[must_use]
pub fn is_bag(root: &Path) -> bool {
    fs::symlink_metadata(root.join(declaration::FILE)).is_ok_and(|m| m.is_file())
}

/// Checks a bag of version 0.93 to 1.0 (RFC 8493 section 3), whatever is in it.
///
/// The check goes to the end whatever it meets, and says everything that it
/// found. Each file is read once, links are never followed, and nothing is
/// fetched. `progress` gets the number of bytes of each step of reading.
///
/// # Errors
///
/// [`Error::NotAFolder`] or [`Error::Io`] where there is no folder to look at.
/// Everything wrong inside of it is a [`crate::Finding`].
pub fn check(root: &Path, progress: &mut dyn FnMut(u64)) -> Result<BagCheck, Error> {
    let mut findings = Findings::default();
    let paths = walk::walk(root, &mut findings)?;
    let names: Vec<ManifestName> = paths
        .iter()
        .filter_map(|path| ManifestName::parse(path))
        .collect();
    let files = Files::read(root, &paths, &names, &mut findings, progress);
    let declaration = files.declaration(&mut findings);
    let mut tags = Tags {
        files: &files,
        declaration: &declaration,
        findings: &mut findings,
    };
    let info = tags.info();
    let manifests = tags.manifests(&names);
    let fetch = tags
        .text(fetch::FILE)
        .map(|text| fetch::parse(&text, declaration.rules, &mut findings))
        .unwrap_or_default();
    Comparison {
        on_disk: &files.on_disk,
        names: &names,
        manifests: &manifests,
        fetch: &fetch,
        info: &info,
        rules: declaration.rules,
        findings: &mut findings,
    }
    .run();
    Ok(files.result(&declaration, info, &manifests, findings))
}

/// The files of a bag as they were read.
struct Files {
    on_disk: BTreeMap<String, OnDisk>,
    /// The tag files that say something about the bag.
    kept: BTreeMap<String, Vec<u8>>,
}

/// A file that is there; `None` where it could not be read.
pub(crate) type OnDisk = Option<(u64, Checksums)>;

impl Files {
    fn read(
        root: &Path,
        paths: &BTreeSet<String>,
        names: &[ManifestName],
        findings: &mut Findings,
        progress: &mut dyn FnMut(u64),
    ) -> Self {
        let wanted = |kind| {
            let of_kind = names.iter().filter(|m| m.kind == kind);
            of_kind.filter_map(|m| m.algorithm).collect()
        };
        let payload: BTreeSet<_> = wanted(ManifestKind::Payload);
        let tag: BTreeSet<_> = wanted(ManifestKind::Tag);
        let mut on_disk = BTreeMap::new();
        let mut kept = BTreeMap::new();
        let mut room = MAX_TAG_BYTES;
        for path in paths {
            let wanted = if path.starts_with(DATA) {
                &payload
            } else {
                &tag
            };
            let keep = speaks_of_the_bag(path);
            let file = match read::read(&root.join(path), wanted, keep && room > 0, progress) {
                Ok(contents) => {
                    match contents.kept.filter(|bytes| bytes.len() as u64 <= room) {
                        Some(bytes) => {
                            room -= bytes.len() as u64;
                            kept.insert(path.clone(), bytes);
                        }
                        None if keep => findings.add(
                            path,
                            Severity::Incomplete,
                            "it is too large to be taken into memory, and was not looked into",
                        ),
                        None => {}
                    }
                    Some((contents.bytes, contents.checksums))
                }
                Err(error) => {
                    let message = format!("it cannot be read: {error}");
                    findings.add(path, Severity::Incomplete, message);
                    None
                }
            };
            on_disk.insert(path.clone(), file);
        }
        Self { on_disk, kept }
    }

    fn declaration(&self, findings: &mut Findings) -> Declaration {
        if let Some(bytes) = self.kept.get(declaration::FILE) {
            return declaration::parse(bytes, findings);
        }
        if !self.on_disk.contains_key(declaration::FILE) {
            let message = "it is absent: the folder is no bag";
            findings.add(declaration::FILE, Severity::Invalid, message);
        }
        Declaration::default()
    }

    fn result(
        self,
        declaration: &Declaration,
        info: Vec<(String, String)>,
        manifests: &[Manifest],
        findings: Findings,
    ) -> BagCheck {
        let (payload, tags): (BTreeMap<_, _>, BTreeMap<_, _>) = self
            .on_disk
            .into_iter()
            .filter_map(|(path, file)| {
                let (bytes, checksums) = file?;
                let sha256 = checksums.sha256;
                Some((path, PayloadFile { bytes, sha256 }))
            })
            .partition(|(path, _)| path.starts_with(DATA));
        BagCheck {
            version: declaration.version.unwrap_or((0, 0)),
            files: payload.len() as u64,
            bytes: payload.values().map(|f| f.bytes).sum(),
            payload,
            tags,
            info,
            algorithms: manifests
                .iter()
                .filter(|m| m.kind == ManifestKind::Payload)
                .map(|m| m.algorithm)
                .collect::<BTreeSet<Algorithm>>()
                .into_iter()
                .collect(),
            findings: findings.finish(),
        }
    }
}

/// Whether a tag file has a meaning of its own in some version.
fn speaks_of_the_bag(path: &str) -> bool {
    let named = [
        declaration::FILE,
        info::FILE,
        info::file((0, 93)),
        fetch::FILE,
    ];
    named.contains(&path) || ManifestName::parse(path).is_some()
}

/// Reads the tag files as text.
struct Tags<'a> {
    files: &'a Files,
    declaration: &'a Declaration,
    findings: &'a mut Findings,
}

impl Tags<'_> {
    fn text(&mut self, path: &str) -> Option<String> {
        let bytes = self.files.kept.get(path)?;
        // What an unknown encoding means was said of `bagit.txt`.
        let Some(decoded) = self.declaration.encoding?.decode(bytes) else {
            let message = "it is not text in the encoding that `bagit.txt` names";
            self.findings.add(path, Severity::Invalid, message);
            return None;
        };
        if decoded.bom {
            let message = "it begins with a byte order mark, which other tools take for text";
            self.findings.add(path, Severity::Warning, message);
        }
        Some(decoded.text)
    }

    fn info(&mut self) -> Vec<(String, String)> {
        let file = info::file(self.declaration.rules);
        match self.text(file) {
            Some(text) => info::parse(file, &text, self.findings),
            None => Vec::new(),
        }
    }

    fn manifests(&mut self, names: &[ManifestName]) -> Vec<Manifest> {
        let mut manifests = Vec::new();
        for name in names {
            let Some(algorithm) = name.algorithm else {
                let message = format!(
                    "its algorithm is not known, and it was not checked: `{}`",
                    printable(&name.file)
                );
                self.findings.add(&name.file, Severity::Incomplete, message);
                continue;
            };
            if let Some(text) = self.text(&name.file) {
                let rules = self.declaration.rules;
                manifests.push(manifest::parse(
                    name,
                    algorithm,
                    &text,
                    rules,
                    self.findings,
                ));
            }
        }
        if !names.iter().any(|m| m.kind == ManifestKind::Payload) {
            let message = "no payload manifest is there: nothing shows what the payload is";
            self.findings.add(".", Severity::Invalid, message);
        }
        manifests
    }
}
