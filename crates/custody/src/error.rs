use std::io;
use std::path::{Path, PathBuf};

use affiant_model::ExhibitId;

/// What can go wrong with a case folder.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder is no case folder.
    #[error(
        "`{path}` is not a case folder: it has no `custody/ledger.jsonl`; go to the case folder, or make one with `affiant new NAME`"
    )]
    NotACase {
        /// The folder.
        path: PathBuf,
    },
    /// A case folder cannot be made where something is already.
    #[error("`{path}` is there already and is not an empty folder; give another name")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// Another process holds the lock of the case.
    #[error("another affiant is at work in `{path}`; wait until it has ended")]
    Busy {
        /// The case folder.
        path: PathBuf,
    },
    /// A file of the case folder is a link, a folder or a device.
    #[error(
        "`{path}` is not an ordinary {wanted} but {found}; put the {wanted} itself in its place"
    )]
    NotOrdinary {
        /// The file.
        path: PathBuf,
        /// What should be there: `file` or `folder`.
        wanted: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A path does not stay within the case folder.
    #[error(
        "`{path}` is not a path within the case folder; write it from the case folder down, with `/` between its parts"
    )]
    Outside {
        /// The path as given.
        path: String,
    },
    /// A derived file would go where derived files do not go.
    #[error("`{path}` is not a file below `tables/` or `reports/`, where derived files go")]
    NotDerived {
        /// The path as given.
        path: String,
    },
    /// The operating system refused.
    #[error("cannot {doing} `{path}`: {source}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Its answer.
        source: io::Error,
    },
    /// What is to be acquired cannot be read.
    #[error("cannot read `{name}` to its end: {source}; nothing was taken in")]
    Source {
        /// Name under which it was handed in.
        name: String,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// The ledger is not as this program writes it.
    #[error(
        "`{path}` line {line}: {cause}; `affiant verify` shows everything that is wrong, and a copy of the case folder may hold the ledger whole"
    )]
    Ledger {
        /// The ledger.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        cause: String,
    },
    /// The last line of the ledger is not whole.
    #[error(
        "`{path}` line {line}: recording broke off before the line was whole; the next command that records puts it right"
    )]
    Torn {
        /// The ledger.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
    },
    /// The ledger is longer than this program reads.
    #[error("`{path}` has more than {limit} bytes and is not read")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most that is read.
        limit: u64,
    },
    /// An event cannot be written so that it reads back the same.
    #[error("the event cannot be recorded: {cause}; nothing was changed")]
    Unwritable {
        /// Why.
        cause: String,
    },
    /// A file stands where an exhibit is to go.
    #[error("`{path}` is there but the ledger does not know it; move it out of the case folder")]
    Unrecorded {
        /// The file.
        path: PathBuf,
    },
    /// A recorded exhibit that was not yet in its place has changed.
    #[error(
        "`{path}` is {number}, but its digest is {found} and not {expected} as recorded; move it out of the case folder, and keep it"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Its number.
        number: String,
        /// Digest in the ledger.
        expected: String,
        /// Digest of the file.
        found: String,
    },
    /// There is no exhibit of that number, or it was destroyed.
    #[error("there is no exhibit {exhibit}; `affiant verify` lists those that there are")]
    NoExhibit {
        /// The number.
        exhibit: ExhibitId,
    },
    /// The exhibit may not be destroyed.
    #[error("exhibit {exhibit} is under a legal hold; `affiant hold --release` ends it")]
    Held {
        /// The exhibit.
        exhibit: ExhibitId,
    },
    /// A list of exchanges is not as this program writes it.
    #[error("`{path}` line {line} is not a line of a list of exchanges")]
    List {
        /// The list.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
    },
    /// A key, a signature, a checkpoint or a proof does not do.
    #[error("{subject}: {cause}")]
    Proof {
        /// What it is about.
        subject: String,
        /// What is wrong, with the remedy.
        cause: String,
    },
    /// A bag cannot be written.
    #[error(transparent)]
    Bag(#[from] affiant_bagit::Error),
    /// An earlier step of this writer failed half-way.
    #[error(
        "an earlier record was not completed; start the command again, which first puts that right"
    )]
    BrokenOff,
    /// There is no further exhibit number.
    #[error("the exhibit numbers are used up; open another case folder")]
    NumbersUsedUp,
}

impl Error {
    /// For `map_err`: what was tried, on what.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }
}
