//! BagIt bags (RFC 8493): write, and check without trust.
//!
//! A bag is a folder in which every file of the payload, `data/`, is listed
//! with its checksum, so that anybody can tell with stock tools whether it is
//! whole. [`BagWriter`] writes bags of version 1.0. [`check`] reads bags of
//! version 0.93 to 1.0 as hostile input: nothing that a bag says makes it
//! leave the bag's folder, follow a link, fetch a file or stop half-way.
//!
//! A bag proves that it agrees with itself, not who made it or when: whoever
//! changes a file can write all the lists anew. That is for a signature over
//! the tag manifest to show, which is not this crate's concern.

mod algorithm;
mod check;
mod compare;
mod declaration;
mod error;
mod fetch;
mod finding;
mod info;
mod manifest;
mod names;
mod path;
mod read;
mod text;
mod walk;
mod write;

pub use algorithm::Algorithm;
pub use check::{check, is_bag};
pub use error::Error;
pub use finding::{BagCheck, Finding, PayloadFile, Severity};
pub use write::BagWriter;

/// The folder of the payload.
const DATA: &str = "data/";

/// The largest tag file that is taken into memory, in bytes.
const MAX_TAG_FILE: u64 = 64 << 20;

/// The most bytes of tag files that are taken into memory together.
const MAX_TAG_BYTES: u64 = 256 << 20;

/// The longest line of a tag file, in bytes.
const MAX_LINE: usize = 64 << 10;

/// A version of BagIt: 0.97 is `(0, 97)`.
type Version = (u32, u32);

/// The version of RFC 8493.
const V1: Version = (1, 0);
