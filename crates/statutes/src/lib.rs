//! Claims, their elements, and which rows of the tables speak to each.
//!
//! [`Statutes::built_in`] reads `datasets/statutes`; [`Statutes::matrix`] puts each
//! question to the tables of a case, which the caller hands in as [`Tables`], and
//! gives a [`ClaimRow`] for each: how many rows there are, which for example, and
//! what no column shows. [`Rows`] is a `Tables` over plain maps.
//!
//! A row *speaks to* an element. Whether the element is met is for a court, and
//! whether the claim is made, for counsel: nothing here says either. The words of
//! the elements are ours, and each says whether the provision was read, and where.
//!
//! The tables and columns that may be named are those of [`TABLES`]; a dataset that
//! names another, or a value that a column never has, does not load.

mod error;
mod matrix;
mod query;
mod read;
mod rows;
mod schema;

pub use error::Error;
pub use matrix::{ClaimRow, Found, Outcome, Tables};
pub use query::{Beside, Condition, Moment, Phases, Query};
pub use rows::{Row, Rows};
pub use schema::{Column, TABLES, Table};

use std::collections::BTreeMap;

use affiant_model::Digest;
use include_dir::{Dir, include_dir};

static STATUTES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../datasets/statutes");

/// What is printed beside an element whose provision was not read.
pub const TO_BE_CHECKED: &str = "to be checked by counsel: the text of the provision was not read";

/// The claims that the program knows, in the order of the files and in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statutes {
    /// The claims.
    pub claims: Vec<Claim>,
    /// SHA-256 over the files: for each, in order of name, the name, a line feed
    /// and the bytes.
    pub sha256: Digest,
}

/// A claim, or a duty that an authority enforces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Name in tables: `cipa-631`.
    pub slug: String,
    /// Name in print.
    pub title: String,
    /// The provision.
    pub citation: String,
    /// Of which date its text is, as far as that is known.
    pub edition: String,
    /// Who may bring it, or what else must be known; empty where nothing.
    pub note: String,
    /// Its elements.
    pub elements: Vec<Element>,
}

/// One thing that has to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Name in tables.
    pub slug: String,
    /// What has to be shown, in our words.
    pub text: String,
    /// The part of the provision; that of the claim where it has none of its own.
    pub citation: String,
    /// Whether the text of the provision was read.
    pub checked: bool,
    /// Where it was read; empty where it was not.
    pub read: String,
    /// What rows speak to it; empty where none do.
    pub speaks: Vec<Speaks>,
    /// What no column can show.
    pub silent: String,
}

/// Rows that speak to an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speaks {
    /// Which rows.
    pub query: Query,
    /// What they say, and no more.
    pub says: String,
}

impl Statutes {
    /// The dataset that is built into the program.
    ///
    /// # Errors
    /// A file that does not follow its schema, by file, claim and element.
    pub fn built_in() -> Result<Self, Error> {
        let files: BTreeMap<String, &str> = STATUTES
            .files()
            .filter(|file| file.path().extension().is_some_and(|end| end == "toml"))
            .filter_map(|file| Some((file.path().display().to_string(), file.contents_utf8()?)))
            .collect();
        Self::from_files(files.iter().map(|(name, text)| (name.as_str(), *text)))
    }

    /// Reads files of the same schema, each with its name, in the order given.
    ///
    /// # Errors
    /// A file that does not follow its schema, by file, claim and element; a claim
    /// that is there twice.
    pub fn from_files<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Error> {
        let (mut claims, mut bytes) = (Vec::<Claim>::new(), Vec::new());
        for (name, text) in files {
            for claim in read::file(name, text)? {
                if claims.iter().any(|other| other.slug == claim.slug) {
                    return Err(Error::Dataset {
                        file: name.to_owned(),
                        place: claim.slug,
                        why: "the claim is there twice; give each its own `slug`".to_owned(),
                    });
                }
                claims.push(claim);
            }
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(b'\n');
            bytes.extend_from_slice(text.as_bytes());
        }
        Ok(Self {
            claims,
            sha256: Digest::of(&bytes),
        })
    }

    /// How many elements there are, and of how many the provision was read.
    #[must_use]
    pub fn checked(&self) -> (usize, usize) {
        let elements = || self.claims.iter().flat_map(|claim| &claim.elements);
        (
            elements().count(),
            elements().filter(|element| element.checked).count(),
        )
    }
}

impl Element {
    /// Whether its provision was read, and where, in words for print.
    #[must_use]
    pub fn reading(&self) -> String {
        if self.checked {
            format!(
                "read in {}; counsel compares it with the official text in force at the time",
                self.read
            )
        } else {
            TO_BE_CHECKED.to_owned()
        }
    }
}
