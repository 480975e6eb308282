//! What the tables hold, and that they add up.
//!
//! One program, since each that is linked with polars takes a quarter of a gigabyte.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod common;

mod consent;
mod contacts;
mod export;
mod files;
mod inference;
mod records;
mod statements;
mod summaries;
mod summary;
mod tables;
