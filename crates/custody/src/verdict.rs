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
    /// Contradicts the record.
    Invalid,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Valid => "valid",
            Self::NotChecked => "not checked",
            Self::Incomplete => "incomplete",
            Self::Invalid => "invalid",
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

/// What a whole case folder came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// The checks, in the order of the case folder: ledger, evidence, case file,
    /// derived files, and at last what was not checked.
    pub checks: Vec<Check>,
    /// The worst of the checks. As long as the end of the ledger is not compared
    /// with a copy lodged elsewhere it is never better than [`Verdict::NotChecked`].
    pub verdict: Verdict,
    /// Digest of the last whole line of the ledger: the one value to compare
    /// with a copy that the holder of the folder could not change.
    pub head: Option<Digest>,
    /// Events read.
    pub events: u64,
    /// Exhibits that the ledger names.
    pub exhibits: u64,
    /// Bytes of exhibits read.
    pub bytes: u64,
}

impl Verification {
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
