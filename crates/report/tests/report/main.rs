//! The documents as their readers get them: pages, text, attachments, bytes.
//!
//! One program, since each that is linked with typst takes a tenth of a gigabyte.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on stops, and one that is skipped says why"
)]

mod fixture;

mod aids;
mod courts;
mod custody;
mod documents;
mod forums;
mod papers;
mod parts;
mod stamp;
mod supplement;
mod volumes;

use std::sync::LazyLock;

use fixture::Fixture;
use fixture::tools::{Documents, documents};

/// The documents of the sample, made once.
static SAMPLE: LazyLock<Documents> = LazyLock::new(|| documents(&Fixture::sample()));
