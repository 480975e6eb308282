//! Exchanges to transmittals: decode what a request carries, find the known
//! values and read the documented fields in it, say whose host received it.
//!
//! [`Detector::examine`] takes an [`affiant_model::Exchange`] and gives an
//! [`Examination`]: the row of the exchange, its transmittals, what could not
//! be decoded and what was withheld. [`Knowledge`] holds the program's own
//! datasets. [`replay`] leads from a locator back to the bytes of the exhibit;
//! transmittals are replayed before they are asserted, and where a request is
//! too large to replay each, that is said. [`Consistency`] holds the evidence against
//! itself.
//!
//! [`List`] is a list of the user's own of who stands behind a domain; it
//! comes second to the program's.
//!
//! [`Screen`] looks for credentials and for addresses of others, which is no
//! finding: it warns before anything is printed or produced.
//!
//! Prefer a miss to an over-match, and count what was withheld.

mod certificates;
mod cite;
mod claims;
mod consistency;
mod contexts;
mod corroborate;
mod decode;
mod differential;
mod endpoints;
mod examine;
mod frame;
mod keypath;
mod knowledge;
mod known;
mod leaf;
mod lists;
mod nature;
mod patterns;
mod recipe;
mod recipients;
mod replay;
mod screen;
mod sieve;
mod sought;
mod source;
mod spelling;
mod uncloak;
mod walk;

pub use certificates::Certificates;
pub use cite::{Citation, CiteError, CiteIn, cite};
pub use consistency::{Consequences, Consistency, ConsistencyLimits, Fingerprint, Repeat};
pub use corroborate::{Corroboration, corroborate};
pub use decode::DecodeLimits;
pub use differential::{Differential, Tokens};
pub use endpoints::{Endpoint, Vector, VectorFailure};
pub use examine::{Detector, Examination};
pub use knowledge::{Datum, Knowledge, KnowledgeSource};
pub use lists::{List, ListEntry, ListKind};
pub use patterns::{FreeText, Shape, emails_without_spaces, free_text};
pub use recipe::Recipe;
pub use recipients::Recipients;
pub use replay::{Replay, ReplayError, ladder, replay};
pub use screen::{Masks, Screen};
pub use sought::{Digests, texts};
pub use uncloak::{Attributed, uncloak};

/// What keeps detection from starting.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A dataset does not follow its schema.
    #[error("dataset `{file}` cannot be read: {why}")]
    Dataset {
        /// The file.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// A list that the user named cannot be used.
    #[error("the list `{path}` cannot be used: {why}")]
    List {
        /// The file or folder.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// The matcher could not be built.
    #[error("the known values cannot be searched for: {0}; list fewer of them in case.toml")]
    Matcher(String),
}
