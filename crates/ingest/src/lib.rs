//! Bytes of a traffic log to exchanges and defects.
//!
//! Three types carry it: a [`Format`] reads one kind of file and hands each
//! [`Item`], an exchange or a defect, to a [`Sink`] as soon as it is read, so
//! that memory is bounded by the largest entry and not by the file; a
//! [`Refusal`] says why a file is not read at all, and what to do about it.
//! [`recognise`] picks the format by content, never by name.
//!
//! What is built into an application (packages, manifests, reports of scanners,
//! lists of components) is no traffic and has readers of its own: an
//! [`SdkReader`], found by [`recognise_sdk`], hands out each [`SdkItem`], a finding
//! or a defect. HAR may claim a large JSON object of that kind by its beginning:
//! whoever tries both asks [`recognise_sdk`] first where HAR is all that claims.
//!
//! ```
//! use std::ops::ControlFlow;
//! use affiant_ingest::{Item, Settings, recognise};
//! use affiant_model::ExhibitId;
//!
//! let file = br#"{"log":{"version":"1.2","entries":[{
//!     "startedDateTime":"2020-03-20T10:00:00.000Z",
//!     "request":{"method":"GET","url":"https://example.org/?id=7","headers":[]},
//!     "response":{"status":200}}]}}"#;
//! let mut urls = Vec::new();
//! let capture = recognise(file)?.read(&mut std::io::Cursor::new(file), ExhibitId(1), &Settings::default(), &mut |item| {
//!     if let Item::Exchange(exchange) = item {
//!         urls.push(exchange.url);
//!     }
//!     ControlFlow::Continue(())
//! })?;
//! assert_eq!((capture.entries, urls), (1, vec!["https://example.org/?id=7".to_owned()]));
//! # Ok::<(), affiant_ingest::Refusal>(())
//! ```
//!
//! What each format can show, and what its writers do, is in `docs/formats`, a page each.

mod archive;
mod error;
mod input;
mod limits;
mod packing;
mod sdk;
mod settings;
mod traffic;

use std::ops::ControlFlow;

use affiant_model::{Defect, Exchange};

pub use archive::{Archive, Member, is_archive};
pub use error::Refusal;
pub use input::Input;
pub use limits::Limits;
pub use packing::Reader;
pub use sdk::{
    RuleKind, SdkCapture, SdkItem, SdkLimits, SdkReader, SdkRule, SdkRules, SdkSink, recognise_sdk,
    sdk_format_named, sdk_formats,
};
pub use settings::{Aids, Settings};
pub use traffic::{Format, HEAD_BYTES, format_named, formats, recognise};

/// Whether a file that begins with `head` is a zip archive of files to be taken
/// in one by one, and not itself a traffic log, as a session archive of Fiddler
/// or a WACZ file is.
#[must_use]
pub fn is_archive_of_files(head: &[u8]) -> bool {
    is_archive(head) && recognise(head).is_err()
}

/// Is what a reader hands out, in the order of the file: the defects of an
/// entry, then its exchange.
#[derive(Debug, Clone, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "handed over one at a time, never stored in bulk"
)]
pub enum Item {
    /// An entry that was read.
    Exchange(Exchange),
    /// Something that was not.
    Defect(Defect),
}

/// Takes each item. [`ControlFlow::Break`] ends the reading early, without error.
pub type Sink<'a> = dyn FnMut(Item) -> ControlFlow<()> + 'a;
