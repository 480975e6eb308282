use std::fmt;
use std::process::ExitCode;

use affiant_custody::Verdict;

/// What a command came to, when it did what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done: 0.
    Done,
    /// Done, but the inputs had defects, which were listed: 3.
    DoneWithDefects,
    /// What was verified is not valid: 1, 4, 5 or 6.
    Verified(Verdict),
}

/// Why a command did not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The evidence or its record is not as it was recorded: 1.
    Verification,
    /// The request cannot be met as it was put: 2, as for a wrong argument.
    Usage,
    /// The program or the machine failed: 70, as in `sysexits.h`.
    Internal,
}

/// An error with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CliError {
    pub(crate) kind: Kind,
    pub(crate) message: String,
    /// Whether what was to be taken in could not be read: nothing was recorded,
    /// and the next item may do.
    pub(crate) of_the_source: bool,
}

impl CliError {
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self {
            kind: Kind::Usage,
            message: message.to_string(),
            of_the_source: false,
        }
    }

    /// The same, where it is the source that cannot be read.
    pub(crate) fn of_the_source(self) -> Self {
        Self {
            of_the_source: true,
            ..self
        }
    }

    pub(crate) fn verification(message: impl fmt::Display) -> Self {
        Self {
            kind: Kind::Verification,
            message: message.to_string(),
            of_the_source: false,
        }
    }

    pub(crate) fn internal(message: impl fmt::Display) -> Self {
        Self {
            kind: Kind::Internal,
            message: message.to_string(),
            of_the_source: false,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::DoneWithDefects => Self::from(3),
            Outcome::Verified(verdict) => Self::from(match verdict {
                Verdict::Valid => 0,
                Verdict::Invalid => 1,
                Verdict::Incomplete => 4,
                Verdict::UntrustedKey => 5,
                Verdict::NotChecked => 6,
            }),
        }
    }
}

impl From<Kind> for ExitCode {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Verification => Self::from(1),
            Kind::Usage => Self::from(2),
            Kind::Internal => Self::from(70),
        }
    }
}

impl From<affiant_custody::Error> for CliError {
    fn from(error: affiant_custody::Error) -> Self {
        use affiant_custody::Error as E;
        let kind = match error {
            E::Ledger { .. }
            | E::Torn { .. }
            | E::Damaged { .. }
            | E::Unrecorded { .. }
            | E::List { .. }
            | E::NotOrdinary { .. } => Kind::Verification,
            E::NotDerived { .. } | E::BrokenOff | E::NumbersUsedUp => Kind::Internal,
            _ => Kind::Usage,
        };
        Self {
            kind,
            message: error.to_string(),
            of_the_source: matches!(error, E::Source { .. }),
        }
    }
}

impl From<affiant_aggregate::Error> for CliError {
    fn from(error: affiant_aggregate::Error) -> Self {
        Self::internal(format!(
            "the tables cannot be made or read: {error}; run `affiant analyze` again"
        ))
    }
}

impl From<affiant_report::Error> for CliError {
    fn from(error: affiant_report::Error) -> Self {
        match error {
            // A file that was handed in, not one that the program made.
            affiant_report::Error::Inspect(_) => Self::usage(error),
            _ => Self::internal(error),
        }
    }
}

impl From<affiant_detect::Error> for CliError {
    fn from(error: affiant_detect::Error) -> Self {
        Self::internal(error)
    }
}

/// Names the file in an error of the operating system.
pub(crate) fn io(
    doing: &'static str,
    path: &std::path::Path,
) -> impl FnOnce(std::io::Error) -> CliError {
    let path = path.display().to_string();
    move |source| CliError::usage(format!("cannot {doing} `{path}`: {source}"))
}

impl From<affiant_redact::Error> for CliError {
    fn from(error: affiant_redact::Error) -> Self {
        Self::internal(error)
    }
}
