use std::collections::BTreeMap;

use affiant_model::Digest;

use crate::Algorithm;

/// How much a finding weighs. The order is from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// Allowed, but it protects less than it seems to, or other tools stumble over it.
    Warning,
    /// Something is absent or could not be checked: no verdict on the whole.
    Incomplete,
    /// The bag contradicts itself or the specification.
    Invalid,
}

impl Severity {
    /// The word for it, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Incomplete => "incomplete",
            Self::Invalid => "invalid",
        }
    }
}

/// One thing found in a bag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Path from the bag's root, with `/` between its parts; `.` for the bag as
    /// a whole. Control characters of a hostile name are written as `\u{1b}`.
    pub path: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What was found, in words.
    pub message: String,
    /// What the bag says, where a value differs from another.
    pub expected: Option<String>,
    /// What is there, where a value differs from another.
    pub found: Option<String>,
}

/// A file of a bag as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadFile {
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, taken whether or not a manifest asks for it.
    pub sha256: Digest,
}

/// What a check of a bag gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BagCheck {
    /// Version that `bagit.txt` declares: 0.97 is `(0, 97)`; `(0, 0)` where it declares none.
    pub version: (u32, u32),
    /// Files of the payload that are there and could be read.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// The payload by path from the bag's root: `data/a/b.har`.
    pub payload: BTreeMap<String, PayloadFile>,
    /// The tag files by path from the bag's root.
    pub tags: BTreeMap<String, PayloadFile>,
    /// The entries of `bag-info.txt` (of `package-info.txt` before 0.96) in order.
    pub info: Vec<(String, String)>,
    /// The algorithms by which the payload was checked.
    pub algorithms: Vec<Algorithm>,
    /// Everything found, in the order in which it was looked for.
    pub findings: Vec<Finding>,
}

impl BagCheck {
    /// Whether the bag is complete and valid (RFC 8493 section 3): nothing found
    /// is [`Severity::Incomplete`] or [`Severity::Invalid`].
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.first_invalid().is_none()
    }

    /// The first finding for which the bag is not valid: the first that is
    /// [`Severity::Invalid`], or else the first that is [`Severity::Incomplete`].
    #[must_use]
    pub fn first_invalid(&self) -> Option<&Finding> {
        let first = |severity| self.findings.iter().find(|f| f.severity == severity);
        first(Severity::Invalid).or_else(|| first(Severity::Incomplete))
    }
}

/// The most findings that are kept one by one: a hostile bag can have millions.
const MAX_FINDINGS: usize = 100_000;

/// Collects findings within bounds.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    kept: Vec<Finding>,
    /// Those beyond the bound, with the greatest weight among them.
    beyond: Option<(u64, Severity)>,
}

impl Findings {
    pub(crate) fn add(&mut self, path: &str, severity: Severity, message: impl Into<String>) {
        self.push(path, severity, message.into(), None);
    }

    pub(crate) fn differs(
        &mut self,
        path: &str,
        severity: Severity,
        message: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        let values = (expected.into(), found.into());
        self.push(path, severity, message.into(), Some(values));
    }

    fn push(
        &mut self,
        path: &str,
        severity: Severity,
        message: String,
        values: Option<(String, String)>,
    ) {
        if self.kept.len() >= MAX_FINDINGS {
            let (count, worst) = self.beyond.unwrap_or((0, severity));
            self.beyond = Some((count + 1, worst.max(severity)));
            return;
        }
        let (expected, found) = values.unzip();
        self.kept.push(Finding {
            path: printable(path),
            severity,
            message,
            expected,
            found,
        });
    }

    pub(crate) fn finish(mut self) -> Vec<Finding> {
        if let Some((count, severity)) = self.beyond {
            self.kept.push(Finding {
                path: ".".to_owned(),
                severity,
                message: format!("{count} further findings are not listed"),
                expected: None,
                found: None,
            });
        }
        self.kept
    }
}

/// Text of a bag for a message: control characters escaped, and cut where it is long.
pub(crate) fn printable(text: &str) -> String {
    const MOST: usize = 4096;
    let mut out = String::new();
    for (index, c) in text.chars().enumerate() {
        if index == MOST {
            out.push('…');
            break;
        }
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_findings_is_counted_and_keeps_its_weight() {
        let mut findings = Findings::default();
        for _ in 0..MAX_FINDINGS {
            findings.add("data/x", Severity::Note, "noise");
        }
        findings.add("data/y", Severity::Invalid, "what the noise is to hide");
        findings.add("data/z", Severity::Note, "noise");
        let list = findings.finish();
        let last = list.last().unwrap();
        assert_eq!(list.len(), MAX_FINDINGS + 1);
        assert_eq!(last.severity, Severity::Invalid);
        assert_eq!(last.message, "2 further findings are not listed");
    }

    #[test]
    fn names_cannot_drive_a_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\\n");
        assert!(printable(&"x".repeat(10_000)).len() < 4200);
    }
}
