use std::fmt;

use affiant_model::Digest;
use serde::Serialize;

/// What a check came to. The order is from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As recorded.
    Valid,
    /// Not looked into; the message says why.
    NotChecked,
    /// Nothing contradicts the record, but something is wanting or out of date.
    Incomplete,
    /// A signature is good, but under a key that the caller did not name.
    UntrustedKey,
    /// Contradicts the record.
    Invalid,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Valid => "VALID",
            Self::NotChecked => "NOT-CHECKED",
            Self::Incomplete => "INCOMPLETE",
            Self::UntrustedKey => "UNTRUSTED-KEY",
            Self::Invalid => "INVALID",
        })
    }
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked: a path in the case folder, with a line where it concerns one.
    pub subject: String,
    /// What it came to.
    pub verdict: Verdict,
    /// The same in words, with what to do.
    pub message: String,
    /// What the record says, where the file says otherwise.
    pub expected: Option<String>,
    /// What was found, where it is not what the record says.
    pub found: Option<String>,
}

/// What was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A case folder.
    Folder,
    /// A bag of a whole case.
    Bag,
    /// A bag of a part of a case, with proofs.
    Production,
    /// A document by itself.
    Document,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Folder => "case folder",
            Self::Bag => "bag of a whole case",
            Self::Production => "production",
            Self::Document => "document",
        })
    }
}

/// What a whole case folder, bag or production came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// What it is of.
    pub kind: Kind,
    /// The name under which the case signs.
    pub origin: Option<String>,
    /// The checks, in the order of the case folder: ledger, evidence, case file,
    /// derived files, signatures, and at last what was not checked.
    pub checks: Vec<Check>,
    /// The worst of the checks. As long as no checkpoint that was received by
    /// another way is given it is never better than [`Verdict::NotChecked`].
    pub verdict: Verdict,
    /// Digest of the last whole line of the ledger: the one value to compare
    /// with a copy that the holder of the folder could not change.
    pub head: Option<Digest>,
    /// Root of the tree over the lines of the ledger.
    pub root: Option<Digest>,
    /// What no check of these files can show, and what would show it.
    pub limits: Vec<String>,
    /// Events read.
    pub events: u64,
    /// Exhibits that the ledger names.
    pub exhibits: u64,
    /// The event of the last analysis, if there was one.
    pub analysed: Option<u64>,
    /// Bytes of exhibits read.
    pub bytes: u64,
}

impl Verification {
    /// One that has these checks and nothing else.
    #[must_use]
    pub fn of(kind: Kind, checks: Vec<Check>) -> Self {
        Self {
            kind,
            origin: None,
            checks: Vec::new(),
            verdict: Verdict::NotChecked,
            head: None,
            root: None,
            limits: Vec::new(),
            events: 0,
            exhibits: 0,
            analysed: None,
            bytes: 0,
        }
        .with(checks)
    }

    /// The same with further checks; the verdict is that of them all.
    #[must_use]
    pub fn with(mut self, checks: impl IntoIterator<Item = Check>) -> Self {
        self.checks.extend(checks);
        let worst = self.checks.iter().map(|check| check.verdict).max();
        self.verdict = worst.unwrap_or(Verdict::NotChecked);
        self
    }

    /// The first check that contradicts the record.
    #[must_use]
    pub fn first_invalid(&self) -> Option<&Check> {
        self.checks
            .iter()
            .find(|check| check.verdict == Verdict::Invalid)
    }

    /// How many checks came to `verdict`.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.checks
            .iter()
            .filter(|check| check.verdict == verdict)
            .count()
    }
}
