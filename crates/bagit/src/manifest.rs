use std::collections::BTreeMap;

use crate::finding::{Findings, Severity, printable};
use crate::text::Lines;
use crate::{Algorithm, DATA, MAX_LINE, V1, Version, path};

/// A file of the bag's root that lists checksums.
#[derive(Debug, Clone)]
pub(crate) struct ManifestName {
    /// Name of the file.
    pub(crate) file: String,
    pub(crate) kind: ManifestKind,
    /// `None` where the algorithm is not known.
    pub(crate) algorithm: Option<Algorithm>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ManifestKind {
    /// Lists the payload.
    Payload,
    /// Lists tag files.
    Tag,
}

impl ManifestName {
    /// Whether a path from the bag's root is that of a manifest. A name in other
    /// than lower case counts, with an algorithm that is not known, so that no
    /// list goes unseen where a file system takes it for the manifest.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        if path.contains('/') {
            return None;
        }
        let lower = path.to_ascii_lowercase();
        let stem = lower.strip_suffix(".txt")?;
        let (kind, name) = if let Some(name) = stem.strip_prefix("manifest-") {
            (ManifestKind::Payload, name)
        } else {
            (ManifestKind::Tag, stem.strip_prefix("tagmanifest-")?)
        };
        let algorithm = if lower == path {
            Algorithm::from_name(name)
        } else {
            None
        };
        Some(Self {
            file: path.to_owned(),
            kind,
            algorithm,
        })
    }
}

/// A manifest as it was read.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub(crate) file: String,
    pub(crate) kind: ManifestKind,
    pub(crate) algorithm: Algorithm,
    /// Checksums in lower-case hexadecimal by path.
    pub(crate) entries: BTreeMap<String, String>,
}

/// Reads a manifest by RFC 8493 sections 2.1.3 and 2.2.1: on each line a
/// checksum, blanks, and a path.
pub(crate) fn parse(
    name: &ManifestName,
    algorithm: Algorithm,
    text: &str,
    version: Version,
    findings: &mut Findings,
) -> Manifest {
    let mut reader = Reader {
        manifest: Manifest {
            file: name.file.clone(),
            kind: name.kind,
            algorithm,
            entries: BTreeMap::new(),
        },
        version,
        findings,
        oddities: BTreeMap::new(),
    };
    let mut lines = Lines::new(text);
    for (index, line) in lines.by_ref().enumerate() {
        reader.line(index + 1, line);
    }
    if let Some((severity, message)) = lines.ends.complaint() {
        reader.findings.add(&name.file, severity, message);
    }
    reader.finish()
}

/// What is allowed, or let pass, yet not as it should be. Said once a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Oddity {
    EmptyLine,
    UpperCase,
    Separator,
    Asterisk,
    DotSlash,
}

impl Oddity {
    const fn say(self) -> (Severity, &'static str) {
        match self {
            Self::EmptyLine => (Severity::Warning, "empty lines"),
            Self::UpperCase => (Severity::Note, "checksums in upper case"),
            Self::Separator => (
                Severity::Note,
                "checksums not parted from the path by two spaces, as `sha256sum -c` wants",
            ),
            Self::Asterisk => (
                Severity::Warning,
                "`*` before the path, the mark of binary mode in `md5sum`, which is not part of the name",
            ),
            Self::DotSlash => (Severity::Warning, "`./` before the path"),
        }
    }
}

struct Reader<'a> {
    manifest: Manifest,
    version: Version,
    findings: &'a mut Findings,
    /// How often, and the first line.
    oddities: BTreeMap<Oddity, (u64, usize)>,
}

impl Reader<'_> {
    fn line(&mut self, number: usize, line: &str) {
        if line.len() > MAX_LINE {
            return self.invalid(number, "is too long");
        }
        if line.trim().is_empty() {
            return self.odd(number, Oddity::EmptyLine);
        }
        let is_blank = |c| c == ' ' || c == '\t';
        let (checksum, rest) = line.split_at(line.find(is_blank).unwrap_or(line.len()));
        let hex = checksum.bytes().all(|b| b.is_ascii_hexdigit());
        let listed = rest.trim_start_matches(is_blank);
        if !hex || checksum.len() != self.manifest.algorithm.hex_len() || listed.is_empty() {
            let algorithm = self.manifest.algorithm;
            return self.invalid(
                number,
                &format!("is not a checksum of {algorithm}, blanks and a path"),
            );
        }
        if checksum.bytes().any(|b| b.is_ascii_uppercase()) {
            self.odd(number, Oddity::UpperCase);
        }
        let listed = match listed.strip_prefix('*') {
            Some(listed) => {
                self.odd(number, Oddity::Asterisk);
                listed
            }
            None => {
                if &rest[..rest.len() - listed.len()] != "  " {
                    self.odd(number, Oddity::Separator);
                }
                listed
            }
        };
        self.entry(number, checksum.to_ascii_lowercase(), listed);
    }

    fn entry(&mut self, number: usize, checksum: String, listed: &str) {
        let parsed = match path::parse(listed, self.version) {
            Ok(parsed) => parsed,
            Err(reason) => {
                let listed = printable(listed);
                return self.invalid(number, &format!("lists `{listed}`: {reason}"));
            }
        };
        if parsed.dot_slash {
            self.odd(number, Oddity::DotSlash);
        }
        let path = parsed.path;
        if let Some(reason) = self.out_of_scope(&path) {
            let path = printable(&path);
            return self.invalid(number, &format!("lists `{path}`: {reason}"));
        }
        match self.manifest.entries.get(&path) {
            None => {
                self.manifest.entries.insert(path, checksum);
            }
            Some(earlier) if *earlier == checksum && self.version < V1 => {
                let message = format!("line {number} lists `{}` again", printable(&path));
                self.findings
                    .add(&self.manifest.file, Severity::Warning, message);
            }
            Some(earlier) => {
                let other = if *earlier == checksum {
                    ""
                } else {
                    ", with another checksum"
                };
                let path = printable(&path);
                self.invalid(number, &format!("lists `{path}` a second time{other}"));
            }
        }
    }

    fn out_of_scope(&self, path: &str) -> Option<&'static str> {
        match self.manifest.kind {
            ManifestKind::Payload if !path.starts_with(DATA) => {
                Some("it is not in the payload folder `data`")
            }
            ManifestKind::Tag if path.starts_with(DATA) => {
                Some("a tag manifest must not list the payload")
            }
            ManifestKind::Tag
                if ManifestName::parse(path).is_some_and(|m| m.kind == ManifestKind::Tag) =>
            {
                Some("a tag manifest must not list tag manifests")
            }
            _ => None,
        }
    }

    fn invalid(&mut self, number: usize, what: &str) {
        let message = format!("line {number} {what}");
        self.findings
            .add(&self.manifest.file, Severity::Invalid, message);
    }

    fn odd(&mut self, number: usize, oddity: Oddity) {
        self.oddities.entry(oddity).or_insert((0, number)).0 += 1;
    }

    fn finish(self) -> Manifest {
        for (oddity, (count, first)) in self.oddities {
            let (severity, what) = oddity.say();
            let message = format!("it has {what}: {count} in all, the first on line {first}");
            self.findings.add(&self.manifest.file, severity, message);
        }
        self.manifest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    fn read(name: &str, text: &str, version: Version) -> (Manifest, Vec<Severity>) {
        let name = ManifestName::parse(name).unwrap();
        let mut findings = Findings::default();
        let manifest = parse(&name, Algorithm::Md5, text, version, &mut findings);
        let severities = findings.finish().iter().map(|f| f.severity).collect();
        (manifest, severities)
    }

    #[test]
    fn every_separator_of_the_format_is_read() {
        for (separator, severity) in [
            ("  ", None),
            (" ", Some(Severity::Note)),
            ("\t", Some(Severity::Note)),
            (" *", Some(Severity::Warning)),
            ("  ./", Some(Severity::Warning)),
        ] {
            let text = format!("{MD5}{separator}data/a b\n");
            let (manifest, severities) = read("manifest-md5.txt", &text, V1);
            assert_eq!(manifest.entries["data/a b"], MD5, "{separator:?}");
            assert_eq!(severities, severity.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_line_that_is_not_an_entry_is_invalid() {
        for line in [
            MD5.to_owned(),
            format!("{MD5}  "),
            format!(" {MD5}  data/a"),
            format!("\\{MD5}  data/a"),
            format!("{MD5}0  data/a"),
            format!("{}  data/a", &MD5[1..]),
            format!("{MD5}  bag-info.txt"),
            format!("{MD5}  data"),
            format!("# {MD5}  data/a"),
            format!("{MD5}  data/{}", "a".repeat(MAX_LINE)),
        ] {
            let (manifest, severities) = read("manifest-md5.txt", &format!("{line}\n"), V1);
            assert!(manifest.entries.is_empty());
            assert_eq!(severities, [Severity::Invalid], "{line:.80}");
        }
    }

    #[test]
    fn a_path_listed_twice_is_invalid_since_1_0_and_always_with_another_checksum() {
        let same = format!("{MD5}  data/a\n{MD5}  ./data/a\n");
        assert!(
            read("manifest-md5.txt", &same, V1)
                .1
                .contains(&Severity::Invalid)
        );
        assert_eq!(
            read("manifest-md5.txt", &same, (0, 97)).1,
            [Severity::Warning; 2]
        );
        let other = format!("{MD5}  data/a\n{}  data/a\n", MD5.replace('d', "e"));
        assert_eq!(
            read("manifest-md5.txt", &other, (0, 97)).1,
            [Severity::Invalid]
        );
    }

    #[test]
    fn a_tag_manifest_lists_neither_payload_nor_tag_manifests() {
        for path in ["data/a", "tagmanifest-sha1.txt", "TagManifest-sha1.txt"] {
            let (_, severities) = read("tagmanifest-md5.txt", &format!("{MD5}  {path}\n"), V1);
            assert_eq!(severities, [Severity::Invalid], "{path}");
        }
    }

    #[test]
    fn only_the_exact_name_of_a_manifest_names_its_algorithm() {
        let algorithm = |name| ManifestName::parse(name).map(|m| m.algorithm);
        assert_eq!(
            algorithm("manifest-sha512.txt"),
            Some(Some(Algorithm::Sha512))
        );
        assert_eq!(algorithm("MANIFEST-SHA512.TXT"), Some(None));
        assert_eq!(algorithm("manifest-sha-512.txt"), Some(None));
        assert_eq!(algorithm("manifest-blake3.txt"), Some(None));
        assert_eq!(algorithm("meta/manifest-md5.txt"), None);
        assert_eq!(algorithm("manifest.txt"), None);
    }
}
