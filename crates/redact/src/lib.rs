//! Public versions of documents: which values of a case are taken out, what
//! stands in their place, and the search for what was left.
//!
//! [`Key`] holds every value that is taken out with its pseudonym; it is the
//! reference list of Fed. R. Civ. P. 5.2(g), and sealed. [`Redactor`] rebuilds
//! texts, rows and tables before anything is typeset: nothing is ever covered. [`host_only`] cuts addresses.
//! [`Search`] looks for every value, in every spelling, in what came out; [`Words`] looks
//! for short ones as whole words.
//!
//! A pseudonym is a number in the order of first appearance, the case file
//! before the transmittals: `[e-mail address A-1]`. The same evidence and case
//! file give the same numbers, and a number says nothing of its value. A digest
//! would: who can list the possible values (dates, telephone numbers, addresses
//! of the network) hashes each and compares. A digest under a secret key would
//! not, but the key would have to be kept for as long as the documents, and
//! nobody can say such a name in a court room.

mod address;
mod forms;
mod key;
mod redactor;
mod rule;
mod search;
mod short;

pub use address::{host_only, table_of_hosts};
pub use key::{Entry, Key, KeyBuilder, Known};
pub use redactor::{LogRow, Redactor};
pub use rule::{Rule, Settings, Treatment};
pub use search::{Search, Sighting};
pub use short::{Unsought, Words};

/// Why something could not be redacted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// So many values cannot be searched for at once.
    #[error("the values to be taken out cannot be searched for: {0}")]
    Matcher(String),
    /// Rows could not be rebuilt.
    #[error("a row could not be rebuilt without its values: {0}")]
    Rows(#[from] serde_json::Error),
    /// A table could not be rebuilt.
    #[error("a table could not be rebuilt without its values: {0}")]
    Table(#[from] csv::Error),
}
